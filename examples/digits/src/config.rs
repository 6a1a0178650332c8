//! The job config: every key, its default, its range.
//!
//! Keys are named as in pycls wherever they mean the same, so that the shortcuts of the analysis
//! (`lr`, `wd`, `epochs`, …) find them. An unknown key is an error: a typing error in a sweep must
//! not turn into sixty-four jobs that all ran with the default.

use std::fs::File;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

/// A whole job config; a key that is not given has its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct Config {
    /// The sampled values in the sweep's words; only logged.
    pub(crate) desc: String,
    /// Where the job writes; set from the command line.
    pub(crate) out_dir: String,
    /// Seed of the first weights and of the order of the images.
    pub(crate) rng_seed: u64,
    /// `MODEL`.
    pub(crate) model: ModelConfig,
    /// `MLP`.
    pub(crate) mlp: MlpConfig,
    /// `OPTIM`.
    pub(crate) optim: OptimConfig,
    /// `TRAIN`.
    pub(crate) train: TrainConfig,
}

/// `MODEL`: which family.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct ModelConfig {
    /// `mlp` or `resmlp`.
    pub(crate) r#type: ModelType,
}

/// The two model families.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ModelType {
    /// A plain multi-layer perceptron.
    #[default]
    Mlp,
    /// A perceptron in which every layer that keeps its width adds its input to its output.
    ResMlp,
}

/// `MLP`: the shape, the same for both families.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct MlpConfig {
    /// Hidden layers of each stage.
    pub(crate) depth: usize,
    /// Width of each stage; as many stages as items.
    pub(crate) widths: Vec<usize>,
}

/// `OPTIM`: stochastic gradient descent with Nesterov's momentum, cosine schedule, warm-up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct OptimConfig {
    /// The highest learning rate of the schedule.
    pub(crate) base_lr: f64,
    /// The factor of the decay of all weights and biases.
    pub(crate) weight_decay: f64,
    /// The share of the velocity that a step keeps.
    pub(crate) momentum: f64,
    /// Epochs of the whole run.
    pub(crate) max_epoch: usize,
    /// Epochs in which the learning rate rises linearly.
    pub(crate) warmup_epochs: usize,
    /// Where the rise begins, as a fraction of the schedule.
    pub(crate) warmup_factor: f64,
    /// How fast the averaged weights follow; see [`ema_weight`](crate::optim::ema_weight).
    pub(crate) ema_alpha: f64,
    /// The averaged weights follow every so many steps.
    pub(crate) ema_update_period: usize,
}

/// `TRAIN`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) struct TrainConfig {
    /// Images of a step.
    pub(crate) batch_size: usize,
    /// The share of the target that is spread over all classes.
    pub(crate) label_smoothing: f32,
    /// Go on from the newest checkpoint of the output directory.
    pub(crate) auto_resume: bool,
    /// A checkpoint every so many epochs, and always after the last.
    pub(crate) checkpoint_period: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            desc: String::new(),
            out_dir: String::new(),
            rng_seed: 1,
            model: ModelConfig::default(),
            mlp: MlpConfig::default(),
            optim: OptimConfig::default(),
            train: TrainConfig::default(),
        }
    }
}

impl Default for MlpConfig {
    fn default() -> Self {
        Self { depth: 2, widths: vec![64] }
    }
}

impl Default for OptimConfig {
    fn default() -> Self {
        Self {
            base_lr: 0.1,
            weight_decay: 5e-4,
            momentum: 0.9,
            max_epoch: 20,
            warmup_epochs: 2,
            warmup_factor: 0.1,
            ema_alpha: 1e-2,
            ema_update_period: 1,
        }
    }
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self { batch_size: 32, label_smoothing: 0.1, auto_resume: true, checkpoint_period: 10 }
    }
}

impl TrainConfig {
    /// Steps of an epoch.
    pub(crate) fn steps(&self) -> usize {
        crate::data::TRAIN_IMAGES / self.batch_size
    }
}

/// Why a config cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Which file.
        path: String,
        /// The reason that the system gave.
        source: io::Error,
    },
    /// Not YAML, or a key or a type that is not ours.
    #[error("`{path}`: {message}")]
    Syntax {
        /// Which file.
        path: String,
        /// The message of the parser, with the line.
        message: String,
    },
    /// Values outside their range: all of them.
    #[error("`{path}`: {}", problems.join("; "))]
    Range {
        /// Which file.
        path: String,
        /// `KEY.PATH must be …, not …`.
        problems: Vec<String>,
    },
}

impl Config {
    /// Reads and checks a job config.
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let name = || path.display().to_string();
        let text = File::open(path)
            .and_then(io::read_to_string)
            .map_err(|source| ConfigError::Read { path: name(), source })?;
        let config =
            Self::parse(&text).map_err(|message| ConfigError::Syntax { path: name(), message })?;
        let problems = config.problems();
        if problems.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Range { path: name(), problems })
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        serde_yaml::from_str(text).map_err(|e| e.to_string())
    }

    /// Returns what is out of range, each with its key.
    fn problems(&self) -> Vec<String> {
        let mut problems = Problems::default();
        let within = |low: usize, n: usize, high: usize| (low..=high).contains(&n);
        let Self { mlp, optim, train, .. } = self;
        problems.unless(within(1, mlp.depth, 100), "MLP.DEPTH", "1 to 100", &mlp.depth);
        let widths_ok = within(1, mlp.widths.len(), 16)
            && mlp.widths.iter().all(|&width| within(1, width, 4096));
        problems.unless(widths_ok, "MLP.WIDTHS", "1 to 16 numbers from 1 to 4096", &mlp.widths);
        problems.positive("OPTIM.BASE_LR", optim.base_lr);
        problems.fraction("OPTIM.MOMENTUM", optim.momentum);
        let decay = optim.weight_decay;
        let decay_ok = decay >= 0.0 && decay.is_finite();
        problems.unless(decay_ok, "OPTIM.WEIGHT_DECAY", "0 or more", &decay);
        let epochs = optim.max_epoch;
        problems.unless(within(1, epochs, 9999), "OPTIM.MAX_EPOCH", "1 to 9999", &epochs);
        problems.positive("OPTIM.EMA_ALPHA", optim.ema_alpha);
        let period = optim.ema_update_period;
        problems.unless(period >= 1, "OPTIM.EMA_UPDATE_PERIOD", "1 or more", &period);
        problems.fraction("OPTIM.WARMUP_FACTOR", optim.warmup_factor);
        let batch = train.batch_size;
        let images = crate::data::TRAIN_IMAGES;
        let range = format!("1 to {images}");
        problems.unless(within(1, batch, images), "TRAIN.BATCH_SIZE", &range, &batch);
        problems.fraction("TRAIN.LABEL_SMOOTHING", train.label_smoothing.into());
        let period = train.checkpoint_period;
        problems.unless(period >= 1, "TRAIN.CHECKPOINT_PERIOD", "1 or more", &period);
        problems.0
    }
}

/// Collects what is out of range.
#[derive(Default)]
struct Problems(Vec<String>);

impl Problems {
    fn unless(&mut self, ok: bool, key: &str, range: &str, value: &dyn std::fmt::Debug) {
        if !ok {
            self.0.push(format!("{key} must be {range}, not {value:?}"));
        }
    }

    fn positive(&mut self, key: &str, value: f64) {
        self.unless(value > 0.0 && value.is_finite(), key, "above 0", &value);
    }

    fn fraction(&mut self, key: &str, value: f64) {
        self.unless((0.0..1.0).contains(&value), key, "at least 0 and below 1", &value);
    }
}
