//! Config -> `cfgs/`: samples the job configs of a sweep.
//!
//! - `plan`: which candidates become jobs (pure), by way of `sampler`, `candidate`, `constraint`,
//! - `store`: writes the set so that it is there whole or not at all,
//! - `present`: says what was set up, and (`shortfall`) why it is fewer than asked where it is.

mod candidate;
mod constraint;
mod plan;
mod present;
mod progress;
mod sampler;
mod shortfall;
mod store;
mod text;

use rayon::{ThreadPool, ThreadPoolBuilder};
use sweep_config::Sweep;
use sweep_config::records::{FORMAT_VERSION, SetupRecord};

use crate::app::{Exit, Failure, SweepArgs, VERSION, count};
use plan::{Population, plan};
use progress::Progress;
use shortfall::Shortfall;

/// Sets up the sweep of a config: samples its jobs and writes their configs.
///
/// [`Exit::Incomplete`] means that there are fewer configs than were asked for.
///
/// # Errors
///
/// When the config is wrong, the sweep was launched already, not one config meets the constraints,
/// or the file system fails. An old set stays as it is, but for a failure amid its replacement.
pub fn run(args: &SweepArgs, json: bool) -> Result<Exit, Failure> {
    let sweep = args.load()?;
    store::refuse_launched(&sweep.dir())?;
    let pool = threads(sweep.num_proc)?;
    let population = sample(&sweep, &pool, args.quiet)?;
    let record = record_of(&sweep, &population);
    pool.install(|| store::replace(&sweep, &population, &record))?;
    present::present(args, json, &sweep, &population, &record);
    Ok(if record.kept < record.requested { Exit::Incomplete } else { Exit::Done })
}

/// The population, which is never empty.
fn sample(sweep: &Sweep, pool: &ThreadPool, quiet: bool) -> Result<Population, Failure> {
    let population = pool.install(|| {
        let progress = Progress::new(sweep.setup.num_configs, quiet);
        plan(&sweep.setup, |candidates, kept| progress.report(candidates, kept))
    })?;
    if population.kept.is_empty() {
        let Shortfall { reason, hint } = Shortfall::explain(&population.tally, 0);
        return Err(Failure::usage(format!("no config was found: {reason}"), hint));
    }
    Ok(population)
}

fn record_of(sweep: &Sweep, population: &Population) -> SetupRecord {
    let tally = &population.tally;
    let rejections = tally.rejections.iter().map(|(key, n)| ((*key).to_owned(), *n));
    SetupRecord {
        format_version: FORMAT_VERSION,
        tool_version: VERSION.to_owned(),
        seed: sweep.setup.rng_seed,
        requested: sweep.setup.num_configs,
        kept: population.kept.len() as u64,
        candidates: tally.candidates,
        duplicates: tally.duplicates,
        rejections: rejections.collect(),
        overrides: sweep.overrides.clone(),
    }
}

fn threads(num_proc: usize) -> Result<ThreadPool, Failure> {
    ThreadPoolBuilder::new().num_threads(num_proc).build().map_err(|e| {
        let threads = count(num_proc, "thread");
        Failure::usage(format!("cannot start {threads}: {e}"), "lower NUM_PROC")
    })
}
