//! `STRATEGY: tpe`: the next configs are chosen by the results so far.
//!
//! - `told` takes results that were measured elsewhere,
//! - `results` gathers what is known of each config (collected or told),
//! - `search` chooses a config by it (pure), with `crate::suggest`,
//! - `prior` reads past sweeps and weighs what they say,
//! - `record` keeps what each choice followed from, by which it can be made again.
//!
//! Results come from files only: `sweep.parquet` of the last collect, and `told.jsonl`.

mod present;
mod prior;
mod record;
mod results;
mod search;
mod told;

use std::path::PathBuf;

use sweep_config::fs;
use sweep_config::records::{JobOrigins, RoundRecord, SetupRecord};
use sweep_config::{Strategy, Sweep};

use super::candidate::Candidate;
use super::drawing::DesignSpace;
use super::given::GivenValues;
use super::identity::{EarlierSetup, ExistingJobs, extension};
use super::job_set::{NewJobs, job_id};
use super::population::{DrawTally, DrawnPopulation};
use super::store::{self, RoundList};
use super::{defaults, directory, replicates, threads};
use crate::app::num::saturated;
use crate::app::sweep_source::SweepSource;
use crate::app::{Exit, Failure, SweepArgs, command, count};
use prior::PriorKnowledge;
pub(in crate::setup) use prior::best_configs;
use record::SuggestionRecord;
use results::KnownResults;
use search::{ConfigSearch, FoundConfig};

/// The source of tuned configs, as the record of a setup names it.
const CHOSEN_BY: &str = RoundRecord::SUGGESTED;

/// The request to a sweep that is tuned.
#[derive(Debug, Clone, Default)]
pub struct TuningRequest {
    /// Append so many suggested configs.
    pub suggest: Option<u64>,
    /// Take the results in this file first; `-` is standard input.
    pub tell: Option<PathBuf>,
    /// Make the suggestion of this job again, and print its config.
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
    SweepSource::refuse_imported(&sweep)?;
    let strategy = sweep.setup.strategy;
    if strategy != Strategy::Tpe {
        return Err(Failure::usage(
            format!("SETUP.STRATEGY is `{}`, which learns from no results", strategy.name()),
            "set `STRATEGY: tpe`; a sweep of random draws can continue with it",
        ));
    }
    let earlier = EarlierSetup::read(&sweep, &[], false)?;
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
    job: u64,
    args: &SweepArgs,
) -> Result<Exit, Failure> {
    let dir = sweep.dir();
    let known = SuggestionRecord::read(&dir, job)?;
    let existing = ExistingJobs::read(&dir, earlier.record(), (0..job).collect())?;
    let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
    let results = known.results(sweep, earlier.record())?;
    let priors = known.priors(&dir)?;
    let priors = (&priors, prior::best_left(sweep, earlier.record(), job));
    let mut search =
        ConfigSearch::new(&space, &sweep.setup, results, known.first_candidate(), priors);
    let found = search.find(known.numbers())?.ok_or_else(|| no_config(sweep))?;
    let jobs = replicates::expand(population(&space, vec![found.candidate]), &sweep.setup).kept;
    let config = jobs[0].job_config(space.params(), &sweep.setup.base_cfg);
    let id = job_id(saturated(job));
    let text = sweep.setup.format.write(&config).map_err(|lack| store::lacking(id, &lack))?;
    args.printer().data(text.trim_end());
    Ok(Exit::Done)
}

/// A suggestion, with what it followed from and the number of the next candidate behind it.
struct MadeSuggestion {
    found: FoundConfig,
    record: SuggestionRecord,
    next: u64,
}

/// Appends suggested configs.
fn append(
    sweep: &Sweep,
    earlier: &EarlierSetup,
    given: &GivenValues,
    request: &TuningRequest,
    args: &SweepArgs,
) -> Result<Exit, Failure> {
    let replicates = u64::from(sweep.setup.replicates);
    let there = JobOrigins::of(earlier.record()).configs();
    let asked = request.suggest.unwrap_or(0);
    let left = sweep.setup.most_configs().saturating_sub(there);
    if left == 0 {
        return Err(Failure::usage(
            format!("all {} of NUM_CONFIGS are there", count(saturated(there), "config")),
            "raise SETUP.NUM_CONFIGS, the budget of the search",
        ));
    }
    let kept = earlier.record().kept;
    let existing = ExistingJobs::read(&sweep.dir(), earlier.record(), (0..kept).collect())?;
    let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
    let results = KnownResults::read(sweep, earlier.record())?;
    let priors = PriorKnowledge::gather(sweep, &space, args.printer())?;
    let best = (&priors, prior::best_left(sweep, earlier.record(), kept));
    let next = earlier.record().candidates;
    let mut search = ConfigSearch::new(&space, &sweep.setup, results, next, best);
    let mut made = Vec::new();
    for new in 0..asked.min(left) {
        let numbers = (there + new, kept + new * replicates);
        let record = search.record(numbers);
        let Some(found) = search.find(numbers)? else { break };
        made.push(MadeSuggestion {
            record: record.of_kind(found.kind),
            found,
            next: search.next_candidate(),
        });
    }
    if made.is_empty() {
        return Err(no_config(sweep));
    }
    if !request.dry_run {
        priors.write(&sweep.dir())?;
        write(sweep, earlier, &space, &made)?;
    }
    let found: Vec<&FoundConfig> = made.iter().map(|made| &made.found).collect();
    present::present(sweep, &space, &found, (&search, &priors), request, args.printer());
    if (found.len() as u64) < asked {
        let why = if left < asked && found.len() as u64 == left {
            "NUM_CONFIGS is the budget"
        } else {
            "no other config meets the constraints"
        };
        args.printer().warn(format!("{} of {asked}: {why}", found.len()));
        return Ok(Exit::Incomplete);
    }
    Ok(Exit::Done)
}

/// Writes suggestions: what each followed from, then the configs. Those that were tuned are recorded as chosen ones, since no law
/// drew them.
fn write(
    sweep: &Sweep,
    earlier: &EarlierSetup,
    space: &DesignSpace<'_>,
    made: &[MadeSuggestion],
) -> Result<(), Failure> {
    let dir = sweep.dir();
    fs::create_dir_all(&dir.suggestions())?;
    made.iter().try_for_each(|made| made.record.write(&dir))?;
    let is_tuned = |made: &MadeSuggestion| !made.found.kind.is_drawn();
    let groups: Vec<(&[MadeSuggestion], DrawnPopulation)> = made
        .chunk_by(|a, b| is_tuned(a) == is_tuned(b))
        .map(|group| {
            let candidates = group.iter().map(|made| made.found.candidate.clone()).collect();
            (group, replicates::expand(population(space, candidates), &sweep.setup))
        })
        .collect();
    let digest = extension::with_settings(sweep, |settings| space.digest(settings));
    let mut rounds = RoundList::new(sweep, earlier.kept());
    for (group, population) in &groups {
        let record = RoundRecord {
            candidates: (group[0].record.first_candidate(), group[group.len() - 1].next),
            space: digest.clone(),
            chosen: is_tuned(&group[0]).then(|| CHOSEN_BY.to_owned()),
            ..RoundRecord::default()
        };
        rounds.push(&population.params, NewJobs::Made(&population.kept), record);
    }
    let rounds = rounds.finish();
    let new = rounds.iter().map(|round| round.set.len() as u64).sum::<u64>();
    let record = SetupRecord {
        kept: earlier.record().kept + new,
        requested: earlier.record().requested + new,
        candidates: made[made.len() - 1].next,
        ..earlier.record().clone()
    };
    store::append(sweep, &rounds, record, earlier.old_cfg().as_deref())?;
    Ok(())
}

fn population(space: &DesignSpace<'_>, kept: Vec<Candidate>) -> DrawnPopulation {
    DrawnPopulation { params: space.params().clone(), kept, tally: DrawTally::default() }
}

fn no_config(sweep: &Sweep) -> Failure {
    Failure::usage(
        "found no config that meets the constraints and is not there yet",
        format!("look at the space with `{} --preview`", command("sweep_setup", sweep)),
    )
}
