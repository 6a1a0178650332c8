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
mod write;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::{ThreadPool, ThreadPoolBuilder};
use sweep_config::Sweep;
use sweep_config::records::{FORMAT_VERSION, ReplicateRecord, SetupRecord};

use crate::app::{Exit, Failure, SweepArgs, VERSION, count};
use defaults::Schema;
use diagnosis::Diagnosis;
use extend::Before;
pub use info::info;
use plan::{Draws, Population, plan};
use preview::SamplingOutcome;
use progress::Progress;
use rows::Rows;
use shortfall::Shortfall;
use write::Write;

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
    /// Append configs to those that are there.
    pub extend: Option<Extend>,
    /// Other sweeps whose results stand for the same jobs of this one.
    pub reuse: Vec<PathBuf>,
    /// Values for each of several jobs, `KEY=a,b`.
    pub sweeps: Vec<String>,
}

/// More configs for a sweep.
#[derive(Debug, Clone, Copy)]
pub struct Extend {
    /// How many.
    pub by: u64,
    /// Do so without asking where the design space is another one.
    pub yes: bool,
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
        None => {
            store::refuse_launched(&sweep.dir())?;
            None
        }
        Some(Extend { by, yes }) => {
            let before = Before::read(&sweep, &options.sweeps)?;
            if !yes && !options.dry_run && !before.confirm(&sweep.dir(), args.printer())? {
                args.printer().note("Nothing was appended");
                return Ok(Exit::Incomplete);
            }
            sweep.setup.num_configs = before.wanted(&sweep.setup, by);
            Some(before)
        }
    };
    sweep.setup = sweep.setup.without_tree();
    sweep.setup.base_cfg = defaults::base(&sweep.setup)?;
    let pool = threads(sweep.num_proc)?;
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
        let (sweep, record) = (&sweep, &record);
        let outcome = SamplingOutcome { sweep, draws, population, diagnosis, record };
        pool.install(|| preview::show(&outcome, args.printer(), options.html.as_deref()))?;
    }
    present::present(args, options, &sweep, &draws, (&population, diagnosis.as_ref()), &record);
    Ok(if record.kept < record.requested { Exit::Incomplete } else { Exit::Done })
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
            .then(|| ReplicateRecord { count: replicates, key: sweep.setup.seed_key.clone() }),
        extensions: Vec::new(),
    }
}

fn threads(num_proc: usize) -> Result<ThreadPool, Failure> {
    ThreadPoolBuilder::new().num_threads(num_proc).build().map_err(|e| {
        let threads = count(num_proc, "thread");
        Failure::usage(format!("cannot start {threads}: {e}"), "lower NUM_PROC")
    })
}
