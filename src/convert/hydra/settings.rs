//! Settings of Hydra itself in a line: its sweeper, its launcher, its directories.

use sweep_config::Value;

use super::line::LineOverride;
use super::scalar;
use crate::convert::draft::DraftEntry;
use crate::convert::note::ConversionNote;
use crate::convert::source::SourceReader;

/// The settings of Hydra that mean something here.
#[derive(Debug, Clone, Default)]
pub(super) struct HydraSettings {
    /// The number of configs, with its note.
    pub(super) trials: Option<(u64, ConversionNote)>,
    /// True if a sweeper is named that searches.
    is_searching: bool,
    /// The entries of `LAUNCH`.
    pub(super) launch: Vec<DraftEntry>,
    /// The entries of `ANALYZE`.
    pub(super) analyze: Vec<DraftEntry>,
}

impl HydraSettings {
    /// Returns true if the line searches with a sweeper, even without an interval.
    pub(super) fn is_search(&self) -> bool {
        self.is_searching
    }
}

/// The settings of the launcher of submitit, with our keys.
const LAUNCHER: [(&str, &str); 6] = [
    ("partition", "PARTITION"),
    ("account", "ACCOUNT"),
    ("qos", "QOS"),
    ("constraint", "CONSTRAINT"),
    ("gpus_per_node", "NUM_GPUS"),
    ("timeout_min", "TIME_LIMIT"),
];

/// Returns true for a key of Hydra itself.
pub(super) fn is_setting(key: &str) -> bool {
    key == "hydra" || key.starts_with("hydra.") || key.starts_with("hydra/")
}

/// Reads the settings.
pub(super) fn read(given: &[&LineOverride], reader: &SourceReader<'_>) -> HydraSettings {
    let mut settings = HydraSettings::default();
    for one in given {
        let text = one.value.clone().unwrap_or_default();
        if let Some(entry) =
            one.key.strip_prefix("hydra.launcher.").and_then(|name| launcher(name, &text, one))
        {
            settings.launch.push(entry);
            continue;
        }
        let dropped =
            |why: &str| DraftEntry::note(ConversionNote::dropped(&one.word, one.mark, why));
        match one.key.as_str() {
            "hydra.sweeper.n_trials" => match scalar::value(&text) {
                Value::Int(trials @ 1..) => {
                    let note = ConversionNote::kept(&one.word, one.mark, "");
                    settings.trials = u64::try_from(trials).ok().map(|trials| (trials, note));
                }
                _ => reader.problem(one.mark, &one.key, "expected a whole number above 0", None),
            },
            "hydra/sweeper" if text != "basic" => {
                settings.is_searching = true;
                settings.launch.push(dropped(
                    "`STRATEGY: tpe` chooses by results, call by call: docs/guide/tuning.md",
                ));
            }
            "hydra.sweeper.direction" => {
                let why = "name the metric, too: `OBJECTIVE: {METRIC: NAME, GOAL: maximize}`; Hydra takes what the \
                           function returns";
                settings.analyze.push(dropped(why));
            }
            "hydra/launcher" if text.contains("slurm") => {
                let note = ConversionNote::kept(&one.word, one.mark, "");
                settings.launch.push(DraftEntry::line("EXECUTOR", "slurm").with(note));
            }
            "hydra/launcher" if text.contains("local") || text == "joblib" || text == "basic" => {
                let note = ConversionNote::kept(&one.word, one.mark, "");
                settings.launch.push(DraftEntry::line("EXECUTOR", "local").with(note));
            }
            "hydra.mode" => settings.launch.push(dropped("every job is one run of the program")),
            key if key.starts_with("hydra.sweep.")
                || key.starts_with("hydra.run.")
                || key.starts_with("hydra.job.") =>
            {
                let why = "sweepkit gives each job its directory; `hydra.run.dir={{out_dir}}` in the command puts the files \
                           of Hydra there, too";
                settings.launch.push(dropped(why));
            }
            _ => settings.launch.push(dropped(
                "a setting of Hydra without counterpart; add it to the command if it is needed",
            )),
        }
    }
    settings
}

fn launcher(name: &str, text: &str, given: &LineOverride) -> Option<DraftEntry> {
    let (_, key) = LAUNCHER.iter().find(|(known, _)| *known == name)?;
    let note = ConversionNote::kept(&given.word, given.mark, "");
    let entry = match scalar::value(text) {
        Value::Int(number) => DraftEntry::line(key, number.to_string()),
        _ => DraftEntry::text(key, text),
    };
    Some(entry.with(note))
}
