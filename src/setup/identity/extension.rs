//! `sweep_setup --extend N`, `--add FILE`, `--extend-replicates N`: more jobs for a sweep that may have been launched.
//!
//! A longer sweep begins with the shorter one, so of the same design space the new configs are those
//! that it would have had behind the old ones. That the old ones are of this space is known by the
//! digests that setup recorded of both; where one differs or is missing the old configs are drawn again
//! and compared. Of another space the new configs are drawn anew, and none is a job that exists already.

use std::collections::{BTreeMap, HashMap};

use sweep_config::records::{JobOrigins, ReplicateRecord, SetupExtension, SetupRecord};
use sweep_config::{JobFormat, SetupConfig, Sweep, SweepDir, Value, fs};

use super::digest::are_as_recorded;
use super::existing::ExistingJobs;
use super::fingerprint::{JobFingerprint, gather};
use super::lattice;
use crate::app::{self, Failure, Printer, VERSION, command, count};
use crate::setup::candidate::{Candidate, DESCRIPTION};
use crate::setup::job_set::job_id;
use crate::setup::population::DrawnPopulation;
use crate::setup::strategy;

/// The sweep as it is before configs are appended.
#[derive(Debug)]
pub(crate) struct EarlierSetup {
    record: SetupRecord,
    origins: JobOrigins,
    /// True if configs are to be drawn.
    draws: bool,
    /// The keys by which the design space differs from the one before.
    changed: Vec<String>,
}

impl EarlierSetup {
    /// Reads what a sweep was set up from. `sweeps` are the `--sweep` arguments of this call, which `draws` configs or
    /// appends others.
    ///
    /// # Errors
    ///
    /// When the sweep was not set up, cannot be extended, or its record cannot be read.
    pub(crate) fn read(sweep: &Sweep, sweeps: &[String], draws: bool) -> Result<Self, Failure> {
        let record = read_record(sweep)?;
        let mut changed = changes(sweep, &record);
        if record.sweeps != sweeps {
            changed.push("--sweep".to_owned());
        }
        let origins = JobOrigins::of(&record);
        let earlier = Self { record, origins, draws, changed };
        earlier.refuse(sweep)?;
        Ok(earlier)
    }

    /// Refuses a sweep whose configs would not go on from the old ones.
    fn refuse(&self, sweep: &Sweep) -> Result<(), Failure> {
        let SetupConfig { replicates, seed_key, strategy, format, .. } = &sweep.setup;
        let there = sweep.dir().format();
        if there != *format {
            return Err(Failure::usage(
                format!(
                    "SETUP.FORMAT is {}, but the existing configs are {}",
                    format.name(),
                    there.name()
                ),
                "extend with the FORMAT of the first setup, or choose another NAME",
            ));
        }
        let now = (*replicates > 1)
            .then(|| ReplicateRecord { count: *replicates, key: seed_key.clone() });
        // Of configs with one seed each, some may have got further ones since.
        let then = self.record.replicates.as_ref().filter(|replicates| replicates.count > 1);
        if then != now.as_ref() {
            return Err(Failure::usage(
                "SETUP.REPLICATES, SEED_KEY: the new configs would not have the same seeds as the existing \
                 ones",
                "extend with the REPLICATES and SEED_KEY of the first setup, or choose another NAME",
            ));
        }
        if self.draws && !strategy::is_extendable(*strategy) && !self.is_anew() {
            return Err(Failure::usage(
                "SETUP.STRATEGY: a Latin hypercube has a fixed number of configs and cannot be extended",
                "set another SETUP.RNG_SEED: the new configs then form a second hypercube",
            ));
        }
        Ok(())
    }

    /// Returns true if the new configs are drawn anew, because not all configs are of this design space.
    fn is_anew(&self) -> bool {
        let changed = |extension: &SetupExtension| !extension.changed.is_empty();
        !self.changed.is_empty() || self.record.extensions.iter().any(changed)
    }

    /// Returns the number of configs to draw for `more` new ones.
    ///
    /// # Errors
    ///
    /// When the branches of a choice are to have another number.
    pub(crate) fn wanted(&self, setup: &SetupConfig, more: u64) -> Result<u64, Failure> {
        let old = self.origins.draws();
        let wanted = if self.is_anew() { more } else { old.saturating_add(more) };
        match setup.counted_choice() {
            Some((key, _, counts)) if counts.iter().sum::<u64>() != wanted => Err(Failure::usage(
                format!(
                    "SETUP.SAMPLERS.{key}.NUM_CONFIGS: the numbers add up to {}, not to the number of new \
                     configs",
                    counts.iter().sum::<u64>()
                ),
                "set NUM_CONFIGS to the number of new configs of each branch, and `--extend` to their sum",
            )),
            _ => Ok(wanted),
        }
    }

    /// Reads the drawn jobs that must not be drawn again, where the new configs are drawn anew.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub(crate) fn existing_jobs(&self, dir: &SweepDir) -> Result<Option<ExistingJobs>, Failure> {
        if !self.draws || !self.is_anew() {
            return Ok(None);
        }
        let drawn = (0..self.record.kept).filter(|job| !self.origins.is_chosen(*job));
        ExistingJobs::read(dir, &self.record, drawn.collect()).map(Some)
    }

    /// Returns none of its jobs, but what tells jobs apart.
    pub(crate) fn no_jobs(&self) -> ExistingJobs {
        let seed_key = self.record.replicates.as_ref().map(|replicates| replicates.key.as_str());
        ExistingJobs::none(seed_key)
    }

    /// Reads all jobs, of which no point makes another one.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub(crate) fn all_jobs(&self, dir: &SweepDir) -> Result<ExistingJobs, Failure> {
        ExistingJobs::read(dir, &self.record, (0..self.record.kept).collect())
    }

    /// Reads the chosen configs, drawn too or not: their fingerprints and numbers.
    ///
    /// # Errors
    ///
    /// When one of them cannot be read.
    pub(crate) fn chosen_configs(
        &self,
        dir: &SweepDir,
    ) -> Result<Vec<(JobFingerprint, u64)>, Failure> {
        let chosen = (0..self.record.kept).filter(|job| self.origins.was_chosen(*job));
        let chosen = ExistingJobs::read(dir, &self.record, chosen.collect())?;
        Ok(chosen.configs().map(|(config, job)| (config, self.origins.config(job))).collect())
    }

    /// Returns the record of the sweep as it is.
    pub(crate) fn record(&self) -> &SetupRecord {
        &self.record
    }

    /// Returns the number of the next config.
    pub(crate) fn next_config(&self) -> u64 {
        self.origins.configs()
    }

    /// Asks whether the user wants configs of another design space behind the old ones.
    ///
    /// # Errors
    ///
    /// When the user cannot be asked.
    pub(crate) fn confirm(&self, dir: &SweepDir, printer: Printer) -> Result<bool, Failure> {
        if self.changed.is_empty() {
            return Ok(true);
        }
        let what = format!("a change of {}", self.changed.join(", "));
        let question = format!(
            "`{}` was set up from another design space. Changed: {}.\nAppend configs of the new one?",
            dir.path().display(),
            self.changed.join(", ")
        );
        let hint = "`--yes` appends configs of the new design space, `--dry-run` shows which";
        app::confirm(printer, question, &what, hint)
    }

    /// Refuses to learn from the results of another design space; how it was drawn from does not matter.
    ///
    /// # Errors
    ///
    /// Names the keys that have changed.
    pub(crate) fn refuse_other_space(&self, sweep: &Sweep) -> Result<(), Failure> {
        let changed = self.changed.iter().map(String::as_str);
        let changed: Vec<&str> = changed.filter(|key| *key != "SETUP.STRATEGY").collect();
        if changed.is_empty() {
            return Ok(());
        }
        Err(Failure::usage(
            format!(
                "`{}` was set up from another design space. Changed: {}",
                sweep.dir().path().display(),
                changed.join(", ")
            ),
            "undo the change, or choose another NAME",
        ))
    }

    /// Returns the number of drawn jobs that the draws go on from.
    pub(crate) fn drawn_before(&self, replicates: u32) -> u64 {
        let goes_on = self.draws && !self.is_anew();
        if goes_on { self.origins.draws() * u64::from(replicates) } else { 0 }
    }

    /// Returns the number of jobs that exist.
    pub(crate) fn kept(&self) -> usize {
        usize::try_from(self.record.kept).unwrap_or(usize::MAX)
    }

    /// Returns the record of both sets together, with the history of the old one. `new` has the number of new jobs.
    pub(crate) fn extended(&self, new: SetupRecord) -> SetupRecord {
        let old = &self.record;
        // Draws that go on from the old ones count those, too.
        let goes_on = self.draws && !self.is_anew();
        let tally = goes_on.then(|| (new.candidates, new.duplicates, new.rejections.clone()));
        let mut record = sum(old, new);
        if let Some((candidates, duplicates, rejections)) = tally {
            record = SetupRecord { candidates, duplicates, rejections, ..record };
        }
        record.rounds.clone_from(&old.rounds);
        record.extensions.clone_from(&old.extensions);
        record.reused.clone_from(&old.reused);
        record.replicates = record.replicates.or_else(|| old.replicates.clone());
        record.extensions.push(SetupExtension {
            from: old.kept,
            to: record.kept,
            tool_version: VERSION.to_owned(),
            changed: self.changed.clone(),
            sweep_cfg_before: self.old_cfg(),
        });
        record
    }

    /// Returns the number of the first candidate that is tried for the new configs: where the draws go
    /// on, the one behind those that were tried before.
    pub(crate) fn first_candidate(&self) -> u64 {
        if self.is_anew() { 0 } else { self.record.candidates }
    }

    /// Returns the name under which the old sweep config is kept, if the new one differs.
    pub(crate) fn old_cfg(&self) -> Option<String> {
        (!self.changed.is_empty()).then(|| format!("sweep_cfg-{:06}.yaml", self.record.kept))
    }

    /// Returns the jobs that are new. `space` is the digest of the design space, if it has one.
    ///
    /// # Errors
    ///
    /// When the old configs are not those of this design space, or nothing new was found.
    pub(crate) fn new_jobs<'a>(
        &self,
        sweep: &Sweep,
        space: Option<&str>,
        population: &'a DrawnPopulation,
    ) -> Result<&'a [Candidate], Failure> {
        if self.is_anew() {
            return Ok(&population.kept);
        }
        if !are_as_recorded(&sweep.dir(), &self.record, space)? {
            self.compare(sweep, population)?;
        }
        let old = usize::try_from(self.origins.draws()).unwrap_or(usize::MAX);
        let old = old.saturating_mul(sweep.setup.replicates as usize);
        let jobs = population.kept.get(old..).unwrap_or_default();
        if jobs.is_empty() {
            return Err(Failure::usage(
                format!("the design space has no configs beyond the {old} that exist"),
                "widen SETUP.SAMPLERS, or raise SETUP.NUM_SAMPLES",
            ));
        }
        Ok(jobs)
    }

    /// Compares the old configs with those that were drawn again.
    ///
    /// # Errors
    ///
    /// Names the first config that differs.
    fn compare(&self, sweep: &Sweep, population: &DrawnPopulation) -> Result<(), Failure> {
        let base = &sweep.setup.base_cfg;
        let (dir, format) = (sweep.dir(), sweep.setup.format);
        let differs = |(job, candidate): (u64, &Candidate)| -> Result<_, Failure> {
            let index = usize::try_from(job).unwrap_or(usize::MAX);
            let written = fs::read(&dir.cfg(job_id(index)))?;
            let mut config = candidate.job_config(&population.params, base);
            let is_as_written =
                |config: &Value| format.write(config).is_ok_and(|text| written == text.as_bytes());
            if is_as_written(&config) {
                return Ok(None);
            }
            // Older versions described every job in its config.
            config.set_path(DESCRIPTION, Value::Str(candidate.description.clone()));
            Ok((!is_as_written(&config)).then_some(index))
        };
        let drawn: Vec<u64> = self.origins.drawn_jobs().collect();
        let chosen: HashMap<_, _> = self.chosen_configs(&dir)?.into_iter().collect();
        let none = self.no_jobs();
        let is_made = |candidate: &&Candidate| {
            let config = || candidate.job_config(&population.params, base);
            chosen.is_empty()
                || !chosen.contains_key(&none.fingerprint(&config(), &population.params))
        };
        let made: Vec<&Candidate> = population.kept.iter().filter(is_made).collect();
        let pairs = drawn.iter().copied().zip(made.iter().copied());
        let first = pairs.map(differs).find_map(Result::transpose).transpose()?;
        let lacking = drawn.get(made.len()).map(|job| usize::try_from(*job).unwrap_or(usize::MAX));
        match first.or(lacking) {
            None => Ok(()),
            Some(index) => Err(mismatch(sweep, index)),
        }
    }
}

/// The number of configs whose numbers are looked at, at least.
const FEW_CONFIGS: usize = 16;

/// Refuses to go on behind a config that would have been another one.
fn mismatch(sweep: &Sweep, index: usize) -> Failure {
    let dir = sweep.dir();
    let path = dir.cfg(job_id(index));
    let message = format!("this sweep config would not have produced `{}`", path.display());
    // So many numbers are multiples by no chance.
    let read = |index: usize| JobFormat::read_file(&dir.cfg(job_id(index))).ok();
    let configs: Vec<Value> = (0..=index.max(FEW_CONFIGS)).map_while(read).collect();
    if let Some(params) = lattice::on_the_lattice(&sweep.setup.samplers, &configs) {
        let params = params.join("`, `");
        return Failure::usage(
            format!(
                "{message}: an older version drew `{params}` as multiples of 0.00001 where QUANTIZE was not set"
            ),
            format!("set `QUANTIZE: {}` for `{params}`, and extend again", lattice::PYCLS_QUANTUM),
        );
    }
    Failure::usage(
        format!(
            "{message}: the file was edited, or the output of an entrypoint or the defaults have changed"
        ),
        "set another SETUP.RNG_SEED to draw the new configs regardless of the old ones",
    )
}

fn read_record(sweep: &Sweep) -> Result<SetupRecord, Failure> {
    let path = sweep.dir().setup_json();
    SetupRecord::read(&path)?.ok_or_else(|| {
        let message = format!("`{}` is missing: there is nothing to extend", path.display());
        Failure::usage(message, format!("run `{}` first", command("sweep_setup", sweep)))
    })
}

/// Returns the record of two sets together.
fn sum(old: &SetupRecord, new: SetupRecord) -> SetupRecord {
    let mut rejections: BTreeMap<String, u64> = old.rejections.clone();
    for (key, count) in new.rejections {
        *rejections.entry(key).or_default() += count;
    }
    let mut params = old.params.clone();
    params.extend(new.params.into_iter().filter(|param| !old.params.contains(param)));
    SetupRecord {
        requested: old.kept + new.requested,
        kept: old.kept + new.kept,
        candidates: old.candidates + new.candidates,
        duplicates: old.duplicates + new.duplicates,
        rejections,
        params,
        ..new
    }
}

/// The keys of SETUP that do not change the design space.
const OTHER_KEYS: [&str; 10] = [
    "SETUP.TUNE.STARTUP",
    "SETUP.TUNE.CONTROL",
    "SETUP.TUNE.CANDIDATES",
    "SETUP.TUNE.PRIOR_SWEEPS",
    "SETUP.NUM_CONFIGS",
    "SETUP.POINTS",
    "SETUP.NUM_SAMPLES",
    "SETUP.CHUNK_SIZE",
    "SETUP.ENTRYPOINT_TIMEOUT",
    "SETUP.CONSTRAINTS.COMMAND_TIMEOUT",
];

/// Calls `use_settings` with the keys of SETUP that the design space follows from, and their values.
pub(crate) fn with_settings<T>(
    sweep: &Sweep,
    use_settings: impl FnOnce(&[(String, &Value)]) -> T,
) -> T {
    let setup = setup_of(sweep);
    let mut settings = Vec::new();
    gather(&setup, "SETUP", &mut settings);
    settings.retain(|(key, _)| !OTHER_KEYS.contains(&key.as_str()));
    use_settings(&settings)
}

/// Returns the keys of SETUP in which a config differs from the one that the sweep was set up with.
fn changes(sweep: &Sweep, record: &SetupRecord) -> Vec<String> {
    let Ok(first) = Sweep::load(&sweep.dir().sweep_cfg(), &record.overrides) else {
        return Vec::new();
    };
    let mut keys = Vec::new();
    differing(&setup_of(&first), &setup_of(sweep), "SETUP", &mut keys);
    let count = record.replicates.as_ref().map_or(1, |replicates| replicates.count);
    let is_without_seeds = count == 1 && sweep.setup.replicates == 1;
    keys.retain(|key| !OTHER_KEYS.contains(&key.as_str()));
    keys.retain(|key| !(is_without_seeds && key == "SETUP.SEED_KEY"));
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

/// Returns the note for the user.
pub(crate) fn note(dir: &SweepDir, earlier: &EarlierSetup, record: &SetupRecord) -> String {
    let new = usize::try_from(record.kept - earlier.record.kept).unwrap_or(usize::MAX);
    format!("Extended         `{}` by {}", dir.path().display(), count(new, "config"))
}
