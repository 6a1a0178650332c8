//! Config -> `cfgs/`: samples the job configs of a sweep.
//!
//! - `plan`: which candidates become jobs (pure), by way of `sampler`, `constraint`, `identity`,
//!   `candidate`,
//! - `diagnosis`: which constraint is the hard one,
//! - `store`: writes the set so that it is there whole or not at all,
//! - `present`: says what was set up, and (`shortfall`) why it is fewer than asked where it is.

mod candidate;
mod constraint;
mod defaults;
mod derived;
mod diagnosis;
mod extend;
mod identity;
mod info;
mod known;
mod lookup;
mod params;
mod plan;
mod present;
mod preview;
mod progress;
mod replicates;
mod reporter;
mod reuse;
mod rows;
mod sampler;
mod shortfall;
mod store;
mod text;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::{ThreadPool, ThreadPoolBuilder};
use sweep_config::Sweep;
use sweep_config::records::{FORMAT_VERSION, Replicates, SetupRecord};

use crate::app::{Exit, Failure, Printer, SweepArgs, VERSION, count};
use defaults::Schema;
use diagnosis::Diagnosis;
use extend::Before;
pub use info::info;
use plan::{Draws, Population, plan};
use preview::Sampling;
use progress::Progress;
use reuse::Done;
use rows::Rows;
use shortfall::Shortfall;
use store::Set;

/// What a setup is to do besides.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Print the record as JSON.
    pub json: bool,
    /// Write nothing.
    pub dry_run: bool,
    /// Print the distribution of each parameter.
    pub preview: bool,
    /// Write the distributions to this file, as a page.
    pub html: Option<PathBuf>,
    /// Append so many configs to those that are there.
    pub extend: Option<u64>,
    /// Do so without asking where the design space is another one.
    pub yes: bool,
    /// Other sweeps whose results stand for the same jobs of this one.
    pub reuse: Vec<PathBuf>,
    /// Values for each of several jobs, `KEY=a,b`.
    pub sweeps: Vec<String>,
}

/// Sets up the sweep of a config: samples its jobs and writes their configs, if it is not to be dry.
///
/// [`Exit::Incomplete`] means that there are fewer configs than were asked for.
///
/// # Errors
///
/// When the config is wrong, the sweep was launched already, not one config meets the constraints,
/// or the file system fails. An old set stays as it is, but for a failure amid its replacement.
pub fn run(args: &SweepArgs, options: &Options) -> Result<Exit, Failure> {
    let mut sweep = args.load()?;
    let before = match options.extend {
        Some(_) => Some(Before::read(&sweep, &options.sweeps)?),
        None => {
            store::refuse_launched(&sweep.dir())?;
            None
        }
    };
    if let Some((before, more)) = before.as_ref().zip(options.extend) {
        sweep.setup.num_configs = before.wanted(&sweep.setup, more);
        if !options.yes && !options.dry_run && !before.confirm(&sweep.dir(), args.printer())? {
            args.printer().note("Nothing was appended");
            return Ok(Exit::Incomplete);
        }
    }
    let pool = threads(sweep.num_proc)?;
    sweep.setup = sweep.setup.without_tree();
    sweep.setup.base_cfg = defaults::base(&sweep.setup)?;
    let rows = Rows::gather(&sweep.setup, &options.sweeps, directory(&args.sweep_cfg))?;
    let known = before.as_ref().map(|before| pool.install(|| before.known(&sweep.dir())));
    let known = known.transpose()?.flatten();
    let draws = Draws::new(&sweep.setup, &rows)?.without(known.as_ref());
    let schema = Schema::read(&sweep.setup)?;
    schema.check_first(&draws)?;
    let population = sample(&sweep, &draws, &pool, args.quiet)?;
    pool.install(|| schema.check_all(&population))?;
    let requested = draws.requested(&population);
    let population = replicates::expand(population, &sweep.setup);
    let mut record = record_of(&sweep, &draws, &population, requested);
    record.sweeps.clone_from(&options.sweeps);
    let write = Write { sweep: &sweep, before: before.as_ref(), options };
    let record = pool.install(|| write.run(args.printer(), &population, record))?;
    let diagnosis = pool.install(|| diagnose(&draws, &population));
    if options.preview {
        let (draws, population, diagnosis) = (&draws, &population, diagnosis.as_ref());
        let sampling = Sampling { sweep: &sweep, draws, population, diagnosis, record: &record };
        pool.install(|| preview::show(&sampling, args.printer(), options.html.as_deref()))?;
    }
    present::present(args, options, &sweep, &draws, (&population, diagnosis.as_ref()), &record);
    Ok(if record.kept < record.requested { Exit::Incomplete } else { Exit::Done })
}

/// How what was sampled gets into the sweep directory.
struct Write<'a> {
    sweep: &'a Sweep,
    before: Option<&'a Before>,
    options: &'a Options,
}

impl Write<'_> {
    /// Writes the jobs, if it is not to be dry; the record that they have.
    fn run(
        &self,
        printer: Printer,
        population: &Population,
        mut record: SetupRecord,
    ) -> Result<SetupRecord, Failure> {
        let dir = self.sweep.dir();
        let jobs = match self.before {
            None => &population.kept[..],
            Some(before) => before.new_jobs(self.sweep, population)?,
        };
        let done = Done::find(self.sweep, &self.options.reuse)?;
        let first = self.before.map_or(0, Before::kept);
        let set = Set { sweep: self.sweep, params: &population.params, jobs, first };
        let found = done.among(&set);
        let reused = done.record(&found);
        if let Some(before) = self.before {
            record = before.extended(record);
        }
        record.reused.extend(reused);
        if !self.options.dry_run {
            match self.before {
                None => store::replace(&set, &record)?,
                Some(before) => store::append(&set, &record, before.old_cfg().as_deref())?,
            }
            store::link(&dir, &found)?;
        }
        if let Some(before) = self.before {
            printer.note(extend::note(&dir, before, &record));
        }
        if !self.options.reuse.is_empty() {
            printer.note(done.note(&found));
        }
        Ok(record)
    }
}

/// The directory that a file is in.
fn directory(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The population, which is never empty.
fn sample(
    sweep: &Sweep,
    draws: &Draws<'_>,
    pool: &ThreadPool,
    quiet: bool,
) -> Result<Population, Failure> {
    let population = pool.install(|| {
        let progress = Progress::new(sweep.setup.num_configs.min(draws.candidates()), quiet);
        plan(draws, |candidates, kept| progress.report(candidates, kept))
    })?;
    if population.kept.is_empty() {
        let Shortfall { reason, hint } = Shortfall::explain(draws, &population.tally, 0);
        let diagnosis = pool.install(|| diagnose(draws, &population));
        let warnings = diagnosis.iter().flat_map(|diagnosis| diagnosis.warnings(draws));
        let reasons: Vec<String> = std::iter::once(reason).chain(warnings).collect();
        let message = format!("no config was found: {}", reasons.join("; "));
        return Err(Failure::usage(message, hint));
    }
    Ok(population)
}

/// What the constraints do, where they reject anything.
fn diagnose(draws: &Draws<'_>, population: &Population) -> Option<Diagnosis> {
    let tally = &population.tally;
    (!tally.rejections.is_empty()).then(|| Diagnosis::of(draws, tally.candidates))
}

fn record_of(
    sweep: &Sweep,
    draws: &Draws<'_>,
    population: &Population,
    requested: u64,
) -> SetupRecord {
    let replicates = sweep.setup.replicates;
    let tally = &population.tally;
    let mut rejections = BTreeMap::new();
    for (rejection, rejected) in &tally.rejections {
        *rejections.entry(draws.key(*rejection)).or_default() += rejected.count;
    }
    SetupRecord {
        format_version: FORMAT_VERSION,
        tool_version: VERSION.to_owned(),
        seed: sweep.setup.rng_seed,
        requested: requested.saturating_mul(replicates.into()),
        kept: population.kept.len() as u64,
        candidates: tally.candidates,
        duplicates: tally.duplicates,
        rejections,
        overrides: sweep.overrides.clone(),
        sweeps: Vec::new(),
        reused: Vec::new(),
        params: population.params.names().to_vec(),
        replicates: (replicates > 1)
            .then(|| Replicates { count: replicates, key: sweep.setup.seed_key.clone() }),
        extensions: Vec::new(),
    }
}

fn threads(num_proc: usize) -> Result<ThreadPool, Failure> {
    ThreadPoolBuilder::new().num_threads(num_proc).build().map_err(|e| {
        let threads = count(num_proc, "thread");
        Failure::usage(format!("cannot start {threads}: {e}"), "lower NUM_PROC")
    })
}
