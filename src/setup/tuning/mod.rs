//! `STRATEGY: tpe`: the next configs are chosen by the results so far.
//!
//! - `told` takes results that were measured elsewhere,
//! - `results` gathers what is known of each config (collected or told),
//! - `search` chooses a config by it (pure), with `crate::suggest`,
//! - `record` keeps what each choice followed from, by which it can be made again.
//!
//! Results come from files only: `sweep.parquet` of the last collect, and `told.jsonl`.

mod present;
mod record;
mod results;
mod search;
mod told;

use std::path::PathBuf;

use sweep_config::fs;
use sweep_config::records::{RoundRecord, SetupRecord};
use sweep_config::{Strategy, Sweep};

use super::drawing::DesignSpace;
use super::given::GivenValues;
use super::identity::{EarlierSetup, ExistingJobs, extension};
use super::job_set::{JobSet, job_id};
use super::population::{DrawTally, DrawnPopulation};
use super::{defaults, directory, replicates, store, threads};
use crate::app::{Exit, Failure, SweepArgs, command, count};
use record::SuggestionRecord;
use results::KnownResults;
use search::{ConfigSearch, FoundConfig};

/// The request to a sweep that is tuned.
#[derive(Debug, Clone, Default)]
pub struct TuningRequest {
    /// Append so many suggested configs.
    pub suggest: Option<u64>,
    /// Take the results in this file first; `-` is standard input.
    pub tell: Option<PathBuf>,
    /// Make this suggestion again, and print its config.
    pub replay: Option<u64>,
    /// Print the suggestions as JSON.
    pub json: bool,
    /// Write no config.
    pub dry_run: bool,
}

/// Takes results, and suggests configs.
///
/// [`Exit::Incomplete`] means that there are fewer suggestions than were asked for.
///
/// # Errors
///
/// When the sweep is not one that is tuned, was not set up, a result is wrong, or the file system fails. Then nothing was
/// taken and nothing appended.
pub fn tune(args: &SweepArgs, request: &TuningRequest) -> Result<Exit, Failure> {
    let mut sweep = args.load()?;
    sweep.warnings.iter().for_each(|warning| args.printer().warn(warning));
    let strategy = sweep.setup.strategy;
    if strategy != Strategy::Tpe {
        return Err(Failure::usage(
            format!("SETUP.STRATEGY is `{}`, which learns from no results", strategy.name()),
            "set `STRATEGY: tpe`; a sweep of random draws can continue with it",
        ));
    }
    let earlier = EarlierSetup::read(&sweep, &[])?;
    earlier.refuse_other_space(&sweep)?;
    if let Some(path) = &request.tell {
        let told = told::take(&sweep, earlier.record(), path)?;
        args.printer().note(format_args!("Took {}", count(told, "result")));
    }
    if request.suggest.is_none() && request.replay.is_none() {
        return Ok(Exit::Done);
    }
    sweep.setup = sweep.setup.without_tree();
    sweep.setup.base_cfg = defaults::base(&sweep)?;
    let given = GivenValues::gather(&sweep.setup, &[], directory(&sweep.source))?;
    if !given.keys().is_empty() {
        return Err(Failure::usage(
            "SETUP.ENTRYPOINTS: `STRATEGY: tpe` cannot choose among rows of programs",
            "write their values as SAMPLERS",
        ));
    }
    let pool = threads(sweep.num_proc)?;
    pool.install(|| match request.replay {
        Some(number) => replay(&sweep, &earlier, &given, number, args),
        None => append(&sweep, &earlier, &given, request, args),
    })
}

/// Makes a suggestion again from its record, and prints the config.
fn replay(
    sweep: &Sweep,
    earlier: &EarlierSetup,
    given: &GivenValues,
    number: u64,
    args: &SweepArgs,
) -> Result<Exit, Failure> {
    let dir = sweep.dir();
    let known = SuggestionRecord::read(&dir, number)?;
    let before = SetupRecord { kept: known.job(), ..earlier.record().clone() };
    let existing = ExistingJobs::read(&dir, &before)?;
    let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
    let results = known.results(sweep)?;
    let mut search = ConfigSearch::new(&space, &sweep.setup, results, known.first_candidate());
    let found = search.find(number)?.ok_or_else(|| no_config(sweep))?;
    let jobs = replicates::expand(population(&space, vec![found]), &sweep.setup).kept;
    let config = jobs[0].job_config(space.params(), &sweep.setup.base_cfg);
    let text =
        sweep.setup.format.write(&config).map_err(|lack| store::lacking(job_id(0), &lack))?;
    args.printer().data(text.trim_end());
    Ok(Exit::Done)
}

/// Appends suggested configs.
fn append(
    sweep: &Sweep,
    earlier: &EarlierSetup,
    given: &GivenValues,
    request: &TuningRequest,
    args: &SweepArgs,
) -> Result<Exit, Failure> {
    let dir = sweep.dir();
    let replicates = u64::from(sweep.setup.replicates);
    let there = earlier.record().kept / replicates;
    let asked = request.suggest.unwrap_or(0);
    let left = sweep.setup.most_configs().saturating_sub(there);
    if left == 0 {
        return Err(Failure::usage(
            format!("all {} of NUM_CONFIGS are there", count(usize_of(there), "config")),
            "raise SETUP.NUM_CONFIGS, the budget of the search",
        ));
    }
    let existing = ExistingJobs::read(&dir, earlier.record())?;
    let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
    let results = KnownResults::read(sweep, earlier.record())?;
    let learned = results.clone();
    let first = earlier.record().candidates;
    let mut search = ConfigSearch::new(&space, &sweep.setup, results, first);
    let mut found = Vec::new();
    for number in there..there + asked.min(left) {
        let record = search.record(number);
        let Some(config) = search.find(number)? else { break };
        found.push((config, record));
    }
    if found.is_empty() {
        return Err(no_config(sweep));
    }
    let shown: Vec<FoundConfig> = found.iter().map(|(config, _)| config.clone()).collect();
    if !request.dry_run {
        write(sweep, earlier, &space, &search, found)?;
    }
    present::present(sweep, &space, &shown, &learned, request, args.printer());
    let is_short = (shown.len() as u64) < asked;
    if is_short {
        args.printer().warn(format!(
            "{} of {asked}: {}",
            shown.len(),
            if left < asked {
                "NUM_CONFIGS is the budget"
            } else {
                "no other config meets the constraints"
            }
        ));
    }
    Ok(if is_short { Exit::Incomplete } else { Exit::Done })
}

/// Writes suggestions: what each followed from, then the configs.
fn write(
    sweep: &Sweep,
    earlier: &EarlierSetup,
    space: &DesignSpace<'_>,
    search: &ConfigSearch<'_>,
    found: Vec<(FoundConfig, SuggestionRecord)>,
) -> Result<(), Failure> {
    let dir = sweep.dir();
    fs::create_dir_all(&dir.suggestions())?;
    let mut configs = Vec::with_capacity(found.len());
    for (config, record) in found {
        record.write(&dir)?;
        configs.push(config);
    }
    let first = usize_of(earlier.record().kept);
    let suggested = configs.len() as u64;
    let population = replicates::expand(population(space, configs), &sweep.setup);
    let set = JobSet { sweep, params: &population.params, jobs: &population.kept, first };
    let from = first as u64;
    let round = RoundRecord {
        from,
        to: from + population.kept.len() as u64,
        seed: sweep.setup.rng_seed,
        candidates: (earlier.record().candidates, search.next_candidate()),
        space: extension::with_settings(sweep, |settings| space.digest(settings)),
        configs: String::new(),
    };
    let replicates = u64::from(sweep.setup.replicates);
    let record = SetupRecord {
        kept: from + population.kept.len() as u64,
        requested: earlier.record().requested + suggested * replicates,
        candidates: search.next_candidate(),
        params: population.params.names().to_vec(),
        ..earlier.record().clone()
    };
    store::append(&set, (record, round), earlier.old_cfg().as_deref())?;
    Ok(())
}

fn population(space: &DesignSpace<'_>, found: Vec<FoundConfig>) -> DrawnPopulation {
    let kept = found.into_iter().map(|found| found.candidate).collect();
    DrawnPopulation { params: space.params().clone(), kept, tally: DrawTally::default() }
}

fn no_config(sweep: &Sweep) -> Failure {
    Failure::usage(
        "found no config that meets the constraints and is not there yet",
        format!("look at the space with `{} --preview`", command("sweep_setup", sweep)),
    )
}

fn usize_of(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
