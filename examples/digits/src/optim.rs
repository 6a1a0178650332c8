//! The optimiser: the learning rate of each epoch, the step, and the averaged weights.

use std::f64::consts::PI;

use crate::config::{Config, OptimConfig};

/// The learning rate of an epoch (from 0): a half cosine from `BASE_LR` to 0 (Loshchilov and Hutter
/// 2017, arXiv:1608.03983), over which the first epochs rise from `WARMUP_FACTOR` (Goyal et al.
/// 2017, arXiv:1706.02677).
pub(crate) fn learning_rate(optim: &OptimConfig, epoch: usize) -> f64 {
    let cosine = 0.5 * (1.0 + (PI * to_f64(epoch) / to_f64(optim.max_epoch)).cos());
    let warmup = if epoch < optim.warmup_epochs {
        let risen = to_f64(epoch) / to_f64(optim.warmup_epochs);
        optim.warmup_factor * (1.0 - risen) + risen
    } else {
        1.0
    };
    optim.base_lr * cosine * warmup
}

/// One step of gradient descent with Nesterov's momentum and weight decay, as `PyTorch` defines
/// them /// (Sutskever et al. 2013 up to where the learning rate enters).
pub(crate) fn step(
    optim: &OptimConfig,
    learning_rate: f64,
    gradient: &[f32],
    velocity: &mut [f32],
    params: &mut [f32],
) {
    let (rate, momentum) = (to_f32(learning_rate), to_f32(optim.momentum));
    let decay = to_f32(optim.weight_decay);
    for ((param, speed), slope) in params.iter_mut().zip(velocity).zip(gradient) {
        let slope = slope + decay * *param;
        *speed = momentum * *speed + slope;
        *param -= rate * (slope + momentum * *speed);
    }
}

/// How far the averaged weights move towards the weights after a step (from 0) of an epoch (from
/// 0): all the way during warm-up, else by `EMA_ALPHA` times a factor that makes its meaning
/// independent of batch size, number of epochs and `EMA_UPDATE_PERIOD`, as pycls defines it.
pub(crate) fn ema_weight(config: &Config, epoch: usize, step: usize) -> f32 {
    let Config { optim, train, .. } = config;
    if !step.is_multiple_of(optim.ema_update_period) {
        return 0.0;
    }
    if epoch < optim.warmup_epochs {
        return 1.0;
    }
    let factor = to_f64(train.batch_size * optim.ema_update_period) / to_f64(optim.max_epoch);
    to_f32((optim.ema_alpha * factor).min(1.0))
}

/// Moves the averaged weights towards the weights.
pub(crate) fn average(ema: &mut [f32], params: &[f32], weight: f32) {
    if weight > 0.0 {
        for (mean, param) in ema.iter_mut().zip(params) {
            *mean = *mean * (1.0 - weight) + param * weight;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "epochs and steps are far below 2^53")]
fn to_f64(n: usize) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, reason = "the weights are of single precision")]
fn to_f32(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn optim() -> OptimConfig {
        OptimConfig { base_lr: 2.0, max_epoch: 10, warmup_epochs: 4, ..OptimConfig::default() }
    }

    #[test]
    fn the_learning_rate_rises_to_the_cosine_and_follows_it_down() {
        let rates: Vec<f64> = (0..10).map(|epoch| learning_rate(&optim(), epoch)).collect();
        assert!((rates[0] - 0.2).abs() < 1e-12, "a tenth of BASE_LR at first: {}", rates[0]);
        assert!(rates[..4].is_sorted());
        assert!(rates[4..].is_sorted_by(|a, b| a > b));
        assert!((rates[5] - 1.0).abs() < 1e-12, "half of BASE_LR half-way: {}", rates[5]);
    }

    #[test]
    fn two_steps_are_those_of_the_formula() {
        let optim = OptimConfig { momentum: 0.5, weight_decay: 0.1, ..optim() };
        let (mut velocity, mut params) = ([0.0], [1.0]);
        step(&optim, 0.1, &[0.4], &mut velocity, &mut params);
        // slope 0.4 + 0.1 * 1 = 0.5; velocity 0.5; 1 - 0.1 * (0.5 + 0.5 * 0.5)
        assert!((params[0] - 0.925_f32).abs() < 1e-6, "{}", params[0]);
        step(&optim, 0.1, &[0.4], &mut velocity, &mut params);
        // slope 0.4925; velocity 0.25 + 0.4925; 0.925 - 0.1 * (0.4925 + 0.37125)
        assert!((params[0] - 0.838_625_f32).abs() < 1e-6, "{}", params[0]);
    }

    #[test]
    fn the_average_copies_during_warm_up_and_then_follows_slowly() {
        let mut config = Config { optim: optim(), ..Config::default() };
        config.optim.ema_update_period = 2;
        config.train.batch_size = 10;
        let near = |weight: f32, expected: f32| (weight - expected).abs() < 1e-6;
        assert!(near(ema_weight(&config, 3, 0), 1.0));
        assert!(near(ema_weight(&config, 4, 1), 0.0), "not at every step");
        assert!(near(ema_weight(&config, 4, 2), 0.02), "0.01 * 10 * 2 / 10");
        let mut ema = [0.0, 1.0];
        average(&mut ema, &[1.0, 1.0], 0.25);
        assert!(near(ema[0], 0.25) && near(ema[1], 1.0));
    }
}
