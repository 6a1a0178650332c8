//! A run: epochs of training and testing, logged as pycls logs them.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use serde::Serialize;

use crate::checkpoint::{CheckpointDir, FoundCheckpoint, LowestErrors, State};
use crate::config::Config;
use crate::data::{self, DigitsData};
use crate::log::{StatsLog, peak_memory, time_string};
use crate::loss::MistakeCounts;
use crate::model::DigitsModel;
use crate::optim;

/// Why a run ended before its last epoch.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrainError {
    /// The loss or an output of the network is not a finite number any more.
    #[error(
        "training has diverged: {what} is {value} in epoch {epoch} at a learning rate of {rate:.4}"
    )]
    Diverged {
        /// "the loss" or "an output of the network".
        what: &'static str,
        /// NaN or an infinity.
        value: f64,
        /// From 1.
        epoch: usize,
        /// The learning rate of that epoch.
        rate: f64,
    },
    /// The output directory holds a run of another config.
    #[error("`{}` belongs to another config", .0.display())]
    OtherConfig(PathBuf),
    /// A file could not be written or read, or the log's reader has gone.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Everything that a run works with.
pub(crate) struct TrainingRun<W> {
    config: Config,
    data: DigitsData,
    model: DigitsModel,
    checkpoints: CheckpointDir,
    log: StatsLog<W>,
    timer: StepTimer,
}

/// How long the steps of this process have taken so far.
#[derive(Default)]
struct StepTimer {
    total: Duration,
    steps: u32,
}

#[derive(Serialize)]
struct TrainEpoch {
    epoch: String,
    eta: String,
    loss: f64,
    lr: f64,
    mem: u64,
    time_avg: f64,
    time_epoch: f64,
    top1_err: f64,
    top5_err: f64,
}

#[derive(Serialize)]
struct TestEpoch {
    epoch: String,
    mem: u64,
    min_top1_err: f64,
    min_top5_err: f64,
    time_avg: f64,
    time_epoch: f64,
    top1_err: f64,
    top5_err: f64,
}

impl<W: Write> TrainingRun<W> {
    /// A run of `config` that keeps its checkpoints below `out_dir`.
    pub(crate) fn new(mut config: Config, out_dir: &Path, out: W) -> io::Result<Self> {
        config.out_dir = out_dir.display().to_string();
        let model = DigitsModel::new(data::PIXELS, data::CLASSES, config.model.r#type, &config.mlp);
        Ok(Self {
            data: DigitsData::load()?,
            model,
            checkpoints: CheckpointDir::new(out_dir),
            log: StatsLog::new(out),
            timer: StepTimer::default(),
            config,
        })
    }

    /// Trains to the last epoch, from the newest checkpoint if there is one.
    pub(crate) fn run(mut self) -> Result<(), TrainError> {
        self.log.exact("cfg", &self.config)?;
        self.log.measured("complexity", &self.model.complexity())?;
        let mut state = self.start()?;
        while state.epochs < self.config.optim.max_epoch {
            let epoch = state.epochs;
            self.train_epoch(epoch, &mut state)?;
            state.best = self.test_epoch("test_epoch", epoch, &state.params, state.best)?;
            state.best_ema =
                self.test_epoch("test_ema_epoch", epoch, &state.ema, state.best_ema)?;
            state.epochs = epoch + 1;
            self.save(&state)?;
        }
        Ok(())
    }

    /// The state to go on from.
    fn start(&mut self) -> Result<State, TrainError> {
        if self.config.train.auto_resume {
            let Self { checkpoints, config, log, .. } = self;
            let found = checkpoints.newest(config, |path| {
                log.info(&format!("Passed over a damaged checkpoint: {}", path.display()))
            })?;
            match found {
                FoundCheckpoint::State(state) => {
                    self.log.info(&format!("Resumed after epoch {}", state.epochs))?;
                    return Ok(*state);
                }
                FoundCheckpoint::OtherConfig(path) => return Err(TrainError::OtherConfig(path)),
                FoundCheckpoint::Nothing => {}
            }
        }
        let params = self.model.init(&mut self.random(0));
        let velocity = vec![0.0; params.len()];
        let ema = params.clone();
        let (best, best_ema) = (LowestErrors::default(), LowestErrors::default());
        Ok(State { epochs: 0, params, velocity, ema, best, best_ema })
    }

    /// One pass over the training images, in an order that depends on seed and epoch only.
    ///
    /// As in pycls, the few images that fill no batch are left out of the pass.
    fn train_epoch(&mut self, epoch: usize, state: &mut State) -> Result<(), TrainError> {
        let Config { optim, train, .. } = &self.config;
        let rate = optim::learning_rate(optim, epoch);
        let mut order: Vec<usize> = (0..self.data.train.len()).collect();
        order.shuffle(&mut self.random(epoch + 1));
        let mut gradient = vec![0.0; state.params.len()];
        let (mut mistakes, mut losses, mut steps) = (MistakeCounts::default(), 0.0, 0);
        for rows in order.chunks_exact(train.batch_size) {
            let begin = Instant::now();
            let (images, labels) = self.data.train.batch(rows);
            let batch = (&*images, labels.as_slice());
            let smoothing = train.label_smoothing;
            let (loss, logits) =
                self.model.gradient(&state.params, batch, smoothing, &mut gradient);
            if !loss.is_finite() {
                let (epoch, what) = (epoch + 1, "the loss");
                return Err(TrainError::Diverged { what, value: loss, epoch, rate });
            }
            optim::step(optim, rate, &gradient, &mut state.velocity, &mut state.params);
            let weight = optim::ema_weight(&self.config, epoch, steps);
            optim::average(&mut state.ema, &state.params, weight);
            mistakes.add(&logits, &labels);
            losses += loss;
            steps += 1;
            self.timer.add(begin.elapsed());
        }
        self.log_train_epoch(epoch, rate, losses / to_f64(steps), mistakes)?;
        Ok(())
    }

    fn log_train_epoch(
        &mut self,
        epoch: usize,
        lr: f64,
        loss: f64,
        mistakes: MistakeCounts,
    ) -> io::Result<()> {
        let steps = self.config.train.steps();
        let epochs_left = self.config.optim.max_epoch - epoch - 1;
        let time_avg = self.timer.average();
        let time_epoch = time_avg * to_f64(steps);
        let stats = TrainEpoch {
            epoch: self.epoch_name(epoch),
            eta: time_string(time_epoch * to_f64(epochs_left)),
            loss,
            lr,
            mem: peak_memory(),
            time_avg,
            time_epoch,
            top1_err: mistakes.top1_err(),
            top5_err: mistakes.top5_err(),
        };
        self.log.measured("train_epoch", &stats)
    }

    /// Tests some weights on all test images at once and gives the lowest errors so far.
    fn test_epoch(
        &mut self,
        kind: &str,
        epoch: usize,
        params: &[f32],
        best: LowestErrors,
    ) -> Result<LowestErrors, TrainError> {
        let begin = Instant::now();
        let logits = self.model.logits(params, &self.data.test.images());
        if let Some(&value) = logits.iter().find(|logit| !logit.is_finite()) {
            let rate = optim::learning_rate(&self.config.optim, epoch);
            let (epoch, what) = (epoch + 1, "an output of the network");
            return Err(TrainError::Diverged { what, value: value.into(), epoch, rate });
        }
        let mut mistakes = MistakeCounts::default();
        mistakes.add(&logits, self.data.test.labels());
        let (top1_err, top5_err) = (mistakes.top1_err(), mistakes.top5_err());
        let best = LowestErrors { top1: best.top1.min(top1_err), top5: best.top5.min(top5_err) };
        let time = begin.elapsed().as_secs_f64();
        let stats = TestEpoch {
            epoch: self.epoch_name(epoch),
            mem: peak_memory(),
            min_top1_err: best.top1,
            min_top5_err: best.top5,
            time_avg: time,
            time_epoch: time,
            top1_err,
            top5_err,
        };
        self.log.measured(kind, &stats)?;
        Ok(best)
    }

    fn save(&mut self, state: &State) -> io::Result<()> {
        let last = state.epochs == self.config.optim.max_epoch;
        if last || state.epochs.is_multiple_of(self.config.train.checkpoint_period) {
            let path = self.checkpoints.save(&self.config, state)?;
            self.log.info(&format!("Wrote checkpoint to: {}", path.display()))?;
        }
        Ok(())
    }

    /// `3/20` for the epoch with number 2.
    fn epoch_name(&self, epoch: usize) -> String {
        format!("{}/{}", epoch + 1, self.config.optim.max_epoch)
    }

    /// Random numbers of one purpose: stream 0 for the first weights, then one an epoch. So a run
    /// that goes on from a checkpoint draws what it would have drawn without the stop.
    fn random(&self, stream: usize) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.config.rng_seed);
        rng.set_stream(stream as u64);
        rng
    }
}

impl StepTimer {
    fn add(&mut self, step: Duration) {
        self.total += step;
        self.steps += 1;
    }

    /// Seconds a step.
    fn average(&self) -> f64 {
        self.total.as_secs_f64() / f64::from(self.steps)
    }
}

#[expect(clippy::cast_precision_loss, reason = "epochs and steps are far below 2^53")]
fn to_f64(n: usize) -> f64 {
    n as f64
}
