//! `sweep_setup --extend N`: more configs for a sweep that may have been launched.
//!
//! A longer sweep begins with the shorter one, so the new configs are those that the same design space
//! would have had behind the old ones. That it is the same space is checked config by config.

use sweep_config::records::{Extension, SetupRecord};
use sweep_config::{JobId, Strategy, Sweep, SweepDir, Value, fs, yaml};

use super::plan::Population;
use super::store;
use crate::app::{Failure, VERSION, command, count};

/// What is there, before the new configs.
#[derive(Debug)]
pub(crate) struct Before {
    record: SetupRecord,
}

impl Before {
    /// # Errors
    ///
    /// When the sweep was not set up, cannot be extended, or its record cannot be read.
    pub(crate) fn read(sweep: &Sweep) -> Result<Self, Failure> {
        if sweep.setup.strategy == Strategy::LatinHypercube {
            return Err(Failure::usage(
                "SETUP.STRATEGY: a Latin hypercube is made for its number of configs",
                "set up a larger one under another NAME; all others can be extended",
            ));
        }
        let path = sweep.dir().setup_json();
        let bytes = match fs::read(&path) {
            Err(error) if error.is_not_found() => {
                let message =
                    format!("`{}` is missing: there is nothing to extend", path.display());
                let hint = format!("run `{}` first", command("sweep_setup", sweep));
                return Err(Failure::usage(message, hint));
            }
            bytes => bytes?,
        };
        let record = serde_json::from_slice(&bytes).map_err(|error| Failure::Damaged {
            message: format!("`{}` is damaged: {error}", path.display()),
            hint: Some("restore it from a backup, or set up a new sweep".to_owned()),
        })?;
        Ok(Self { record })
    }

    /// How many configs there are.
    pub(crate) fn kept(&self) -> u64 {
        self.record.kept
    }

    /// The new record, which keeps the history of the old one.
    pub(crate) fn extended(&self, record: SetupRecord) -> SetupRecord {
        let mut extensions = self.record.extensions.clone();
        extensions.push(Extension {
            from: self.record.kept,
            to: record.kept,
            tool_version: VERSION.to_owned(),
        });
        SetupRecord { extensions, ..record }
    }

    /// Appends what is new; the old configs are not touched.
    ///
    /// # Errors
    ///
    /// When the old configs are not those of this design space, nothing new was found, or the file
    /// system fails: then the sweep is what it was, and the same command may be given again.
    pub(crate) fn append(
        &self,
        sweep: &Sweep,
        population: &Population,
        record: &SetupRecord,
        dry_run: bool,
    ) -> Result<(), Failure> {
        let old = usize::try_from(self.record.kept).unwrap_or(usize::MAX);
        self.check(sweep, population, old)?;
        if population.kept.len() <= old {
            return Err(Failure::usage(
                format!("the design space has no config beyond the {old} that are there"),
                "widen SETUP.SAMPLERS in a new sweep, or raise SETUP.NUM_SAMPLES",
            ));
        }
        if dry_run { Ok(()) } else { store::append(sweep, population, record, old) }
    }

    fn check(&self, sweep: &Sweep, population: &Population, old: usize) -> Result<(), Failure> {
        let dir = sweep.dir();
        for (index, candidate) in population.kept.iter().take(old).enumerate() {
            let path = dir.cfg(store::job(index));
            let config = candidate.job_config(&population.params, &sweep.setup.base_cfg);
            if fs::read(&path)? != yaml::write(&config).as_bytes() {
                return Err(self.another_space(sweep, store::job(index)));
            }
        }
        if population.kept.len() < old {
            return Err(self.another_space(sweep, store::job(population.kept.len())));
        }
        Ok(())
    }

    fn another_space(&self, sweep: &Sweep, job: JobId) -> Failure {
        let path = sweep.dir().cfg(job);
        let changed = match changes(sweep, &self.record) {
            keys if keys.is_empty() => String::new(),
            keys => format!("; changed since are {}", keys.join(", ")),
        };
        Failure::usage(
            format!(
                "this config would not have made `{}`: it is another design space, or the file was \
                 edited{changed}",
                path.display()
            ),
            "extend with the sweep config and the --set of the first setup (`sweep_cfg.yaml` and \
             `setup.json` have them), or give the new space another NAME",
        )
    }
}

/// The keys of SETUP in which a config differs from the one that the sweep was set up with.
fn changes(sweep: &Sweep, record: &SetupRecord) -> Vec<String> {
    let Ok(first) = Sweep::load(&sweep.dir().sweep_cfg(), &record.overrides) else {
        return Vec::new();
    };
    let mut keys = Vec::new();
    differing(&setup_of(&first), &setup_of(sweep), "SETUP", &mut keys);
    // These do not say what the space is.
    keys.retain(|key| {
        !["SETUP.NUM_CONFIGS", "SETUP.NUM_SAMPLES", "SETUP.CHUNK_SIZE"].contains(&key.as_str())
    });
    keys
}

fn setup_of(sweep: &Sweep) -> Value {
    sweep.complete().get_path("SETUP").cloned().unwrap_or(Value::Null)
}

fn differing(a: &Value, b: &Value, path: &str, keys: &mut Vec<String>) {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            let missing = Value::Null;
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let (a, b) = (a.get(key).unwrap_or(&missing), b.get(key).unwrap_or(&missing));
                differing(a, b, &format!("{path}.{key}"), keys);
            }
        }
        (a, b) if a != b => keys.push(path.to_owned()),
        _ => {}
    }
}

/// What a person reads of an extension.
pub(crate) fn note(dir: &SweepDir, before: &Before, record: &SetupRecord) -> String {
    let new = usize::try_from(record.kept - before.kept()).unwrap_or(usize::MAX);
    format!("Extended         `{}` by {}", dir.path().display(), count(new, "config"))
}
