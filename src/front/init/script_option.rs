//! An option of a program, and the sampler that is proposed for it (pure).

use sweep_config::{Value, yaml};

/// The kind of values that an option takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OptionKind {
    Whole,
    Number,
    Truth,
    /// One of these.
    Choice(Vec<String>),
    Text,
    List,
    /// Nothing says what it takes.
    Unknown,
}

/// An option of a program, or a value of its config file.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ScriptOption {
    pub(super) name: String,
    pub(super) kind: OptionKind,
    pub(super) default: Option<Value>,
    /// True if there is `--no-NAME`, too.
    pub(super) negatable: bool,
    pub(super) about: String,
}

/// The purpose that an option's name speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OptionRole {
    /// It is studied.
    Varied,
    /// It may be studied.
    Possible,
    /// The seed.
    Seed,
    /// The directory of what the program writes.
    OutDir,
    /// It says where and how the program runs.
    Setting,
}

const OUT_DIRS: [&str; 12] = [
    "out",
    "out_dir",
    "outdir",
    "output",
    "output_dir",
    "save_dir",
    "log_dir",
    "logdir",
    "work_dir",
    "workdir",
    "checkpoint_dir",
    "results_dir",
];

/// The words of names that are no parameters of a study.
const SETTINGS: [&str; 37] = [
    "config",
    "cfg",
    "resume",
    "checkpoint",
    "ckpt",
    "device",
    "gpu",
    "gpus",
    "cpu",
    "cuda",
    "data",
    "dataset",
    "root",
    "path",
    "dir",
    "file",
    "log",
    "save",
    "project",
    "entity",
    "wandb",
    "workers",
    "port",
    "host",
    "verbose",
    "quiet",
    "debug",
    "dry",
    "test",
    "eval",
    "only",
    "print",
    "interval",
    "freq",
    "epochs",
    "steps",
    "iters",
];

impl ScriptOption {
    /// Returns the purpose that its name and kind speak of.
    pub(super) fn role(&self) -> OptionRole {
        let name = self.name.to_lowercase().replace('-', "_");
        let last = name.rsplit('.').next().unwrap_or_default();
        if ["seed", "rng_seed", "random_seed"].contains(&last) {
            return OptionRole::Seed;
        }
        if OUT_DIRS.contains(&name.as_str()) {
            return OptionRole::OutDir;
        }
        if last.split('_').any(|word| SETTINGS.contains(&word)) {
            return OptionRole::Setting;
        }
        match self.kind {
            OptionKind::Number | OptionKind::Choice(_) if self.sampler().is_some() => {
                OptionRole::Varied
            }
            OptionKind::Text => OptionRole::Setting,
            _ if self.is_rate() => OptionRole::Varied,
            _ => OptionRole::Possible,
        }
    }

    /// Returns the sampler that is proposed; none where nothing says which values make sense.
    pub(super) fn sampler(&self) -> Option<String> {
        match (&self.kind, &self.default) {
            (OptionKind::Choice(words), _) => {
                let values = words.iter().map(|word| word_value(word)).collect();
                Some(yaml::flow(&Value::List(values)))
            }
            (OptionKind::Truth, _) => Some("[true, false]".to_owned()),
            (_, Some(Value::Int(default))) => Some(whole(*default)),
            (_, Some(Value::Float(default))) => self.number(*default),
            _ if self.is_rate() => Some("{log: [1.0e-05, 0.1]}".to_owned()),
            _ => None,
        }
    }

    /// True if its name is that of a learning rate.
    fn is_rate(&self) -> bool {
        let name = self.name.to_lowercase().replace('-', "_");
        let last = name.rsplit('.').next().unwrap_or_default();
        matches!(last, "lr" | "base_lr" | "learning_rate" | "rate")
    }

    fn number(&self, default: f64) -> Option<String> {
        let number = |x: f64| yaml::flow(&Value::Float(rounded(x)));
        let range = |law: &str, low: f64, high: f64| {
            format!("{{{law}: [{}, {}]}}", number(low), number(high))
        };
        if !default.is_finite() {
            return None;
        }
        Some(match default {
            0.0 => range("uniform", 0.0, 0.1),
            x if x < 0.0 => range("uniform", 2.0 * x, 0.0),
            x if self.is_rate() || x <= 0.01 => range("log", x / 10.0, x * 10.0),
            // A momentum, or what forgets slowly.
            x if (0.5..1.0).contains(&x) => range("uniform", 2.0 * x - 1.0, 1.0 - (1.0 - x) / 10.0),
            x if x < 0.5 => range("uniform", 0.0, 2.0 * x),
            x => range("uniform", x / 2.0, 2.0 * x),
        })
    }
}

fn whole(default: i64) -> String {
    let is_power = default >= 8 && default.unsigned_abs().is_power_of_two();
    match default {
        _ if is_power => format!("{{power2: [{}, {}]}}", default / 2, default.saturating_mul(2)),
        i64::MIN..=1 => format!("{{int: [{default}, {}]}}", default.saturating_add(3)),
        _ => format!("{{int: [{}, {}]}}", default / 2, default.saturating_mul(2)),
    }
}

/// Returns a word of a list of choices as what it is: a number, or text.
fn word_value(word: &str) -> Value {
    match (word.parse(), word.parse()) {
        (Ok(whole), _) => Value::Int(whole),
        (_, Ok(number)) => Value::Float(number),
        _ => Value::Str(word.to_owned()),
    }
}

/// Rounds to four digits that count.
fn rounded(x: f64) -> f64 {
    format!("{x:.3e}").parse().unwrap_or(x)
}
