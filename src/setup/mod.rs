//! Config -> `cfgs/`: samples the job configs of a sweep.
//!
//! - `given` reads the values that are not sampled, `sampler` draws the others, `strategy` says in what
//!   order and which candidates become jobs,
//! - `drawing` makes the population (pure), by way of `constraint`, `identity`, `candidate`; `binding`
//!   finds the values of names in it,
//! - `diagnosis` finds out what each constraint does on its own,
//! - `size` asks before more is written than anybody asked for,
//! - `writer` writes the set by `store`, so that it is there whole or not at all,
//! - `repeats` finds laws that are bent by what was left out,
//! - `tuning` appends configs that are chosen by results,
//! - `present` says what was set up, and (`shortfall`) why it is fewer than asked where it is.

mod binding;
mod candidate;
mod constraint;
mod defaults;
mod derived;
mod derived_types;
mod descriptions;
mod diagnosis;
mod drawing;
mod given;
mod identity;
mod info;
mod job_set;
mod options;
mod outcome;
mod param_list;
mod population;
mod present;
mod preview;
mod progress;
mod repeats;
mod replicates;
mod reporter;
mod sampler;
mod schema;
mod shortfall;
mod size;
mod store;
mod strategy;
mod tuning;
mod writer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};
use sweep_config::records::{FORMAT_VERSION, ReplicateRecord, SetupRecord};
use sweep_config::{Strategy, Sweep};

use crate::app::{Exit, Failure, SweepArgs, VERSION, count};
use defaults::ConfigSchema;
use diagnosis::ConstraintDiagnosis;
use drawing::{DesignSpace, draw_population};
use given::GivenValues;
use identity::EarlierSetup;
pub use info::info;
pub use options::SetupOptions;
use outcome::SamplingOutcome;
use population::DrawnPopulation;
use progress::SamplingProgress;
pub use schema::schema;
use shortfall::PopulationShortfall;
use size::SizeQuestion;
pub use tuning::{TuningRequest, tune};
use writer::SetupWriter;

/// Sets up the sweep of a config: samples its jobs and writes their configs, unless it is a dry run.
///
/// [`Exit::Incomplete`] means that there are fewer configs than were asked for.
///
/// # Errors
///
/// When the config is wrong, the sweep was launched already, not one config meets the constraints,
/// or the file system fails. An old set stays as it is, but for a failure amid its replacement.
pub fn run(args: &SweepArgs, options: &SetupOptions) -> Result<Exit, Failure> {
    let mut sweep = load(args, options)?;
    let earlier = match options.extend {
        None => {
            store::refuse_launched(&sweep.dir())?;
            None
        }
        Some(more) => match extend(&mut sweep, more, args, options)? {
            None => return Ok(Exit::Incomplete),
            earlier => earlier,
        },
    };
    if sweep.setup.strategy == Strategy::Tpe {
        begin_tuning(&mut sweep, options)?;
    }
    sweep.setup = sweep.setup.without_tree();
    sweep.setup.base_cfg = defaults::base(&sweep)?;
    let pool = threads(sweep.num_proc)?;
    let given = GivenValues::gather(&sweep.setup, &options.sweeps, directory(&sweep.source))?;
    given.warnings().iter().for_each(|warning| args.printer().warn(warning));
    let existing = match &earlier {
        None => None,
        Some(earlier) => pool.install(|| earlier.existing_jobs(&sweep.dir()))?,
    };
    let space = DesignSpace::new(&sweep.setup, &given)?.without(existing.as_ref());
    let question = SizeQuestion { sweep: &sweep, space: &space, options, printer: args.printer() };
    let Some((requested, population)) = sample(&question, &pool, args.quiet)? else {
        args.printer().note("Nothing was set up");
        return Ok(Exit::Incomplete);
    };
    for remark in derived_types::check(&sweep.setup, &population)? {
        args.printer().warn(remark);
    }
    let mut record = record_of(&sweep, &space, &population, requested);
    record.sweeps.clone_from(&options.sweeps);
    let (sweep, space, population) = (&sweep, &space, &population);
    let writer = SetupWriter { sweep, space, earlier: earlier.as_ref(), options };
    let record = &pool.install(|| writer.run(args.printer(), population, record))?;
    let diagnosis = pool.install(|| diagnose(space, population));
    let diagnosis = diagnosis.as_ref();
    let outcome = SamplingOutcome { sweep, space, population, diagnosis, record };
    if options.preview {
        pool.install(|| preview::show(&outcome, args.printer(), options.html.as_deref()))?;
    }
    present::present(&outcome, args.printer(), options);
    Ok(if record.kept < record.requested { Exit::Incomplete } else { Exit::Done })
}

/// Loads the sweep config with the samplers that the command line gives, and tells of its warnings.
fn load(args: &SweepArgs, options: &SetupOptions) -> Result<Sweep, Failure> {
    let sweep = args.load_with(&given::overrides(&options.sweeps)?)?;
    for warning in &sweep.warnings {
        args.printer().warn(warning);
    }
    Ok(sweep)
}

/// Reads the sweep that is to be extended, and asks for as many configs more. `None` if the user does
/// not want configs of another design space.
fn extend(
    sweep: &mut Sweep,
    more: u64,
    args: &SweepArgs,
    options: &SetupOptions,
) -> Result<Option<EarlierSetup>, Failure> {
    let earlier = EarlierSetup::read(sweep, &options.sweeps)?;
    if !options.yes && !options.dry_run && !earlier.confirm(&sweep.dir(), args.printer())? {
        args.printer().note("Nothing was appended");
        return Ok(None);
    }
    sweep.setup.num_configs = Some(earlier.wanted(&sweep.setup, more)?);
    Ok(Some(earlier))
}

/// Asks for the first configs of a sweep that is tuned, which are random draws.
fn begin_tuning(sweep: &mut Sweep, options: &SetupOptions) -> Result<(), Failure> {
    if options.extend.is_some() {
        return Err(Failure::usage(
            "SETUP.STRATEGY: `tpe` chooses further configs by results",
            "use `--suggest N` in place of `--extend N`",
        ));
    }
    let first = u64::from(sweep.setup.tune.startup).min(sweep.setup.most_configs());
    sweep.setup.num_configs = Some(first);
    Ok(())
}

/// Returns the directory that a file is in.
fn directory(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Draws the jobs, of which there is at least one, with the number of configs that were asked for. `None` if the
/// user does not want so many.
fn sample(
    question: &SizeQuestion<'_>,
    pool: &ThreadPool,
    quiet: bool,
) -> Result<Option<(u64, DrawnPopulation)>, Failure> {
    let &SizeQuestion { sweep, space, .. } = question;
    let schema = ConfigSchema::read(sweep)?;
    schema.check_first(space)?;
    let answer = OnceLock::new();
    let population = pool.install(|| {
        let wanted = sweep.setup.most_configs().min(space.candidates());
        let progress = SamplingProgress::new(wanted, quiet);
        draw_population(space, |candidates, kept| {
            progress.report(candidates, kept);
            let ask = || progress.suspend(|| question.is_wanted(candidates, kept));
            !question.is_due(kept) || matches!(answer.get_or_init(ask), Ok(true))
        })
    })?;
    if !answer.into_inner().unwrap_or(Ok(true))? {
        return Ok(None);
    }
    if population.kept.is_empty() {
        return Err(refuse_empty(space, pool, &population));
    }
    pool.install(|| schema.check_all(&population))?;
    let requested = space.requested(&population);
    Ok(Some((requested, replicates::expand(population, &sweep.setup))))
}

/// Returns the failure of a sweep without a single config.
fn refuse_empty(
    space: &DesignSpace<'_>,
    pool: &ThreadPool,
    population: &DrawnPopulation,
) -> Failure {
    let PopulationShortfall { reason, hint } =
        PopulationShortfall::explain(space, &population.tally, 0);
    let diagnosis = pool.install(|| diagnose(space, population));
    let warnings = diagnosis.iter().flat_map(|diagnosis| diagnosis.warnings(space));
    let reasons: Vec<String> = std::iter::once(reason).chain(warnings).collect();
    Failure::usage(format!("found no config: {}", reasons.join("; ")), hint)
}

/// Diagnoses the constraints, where they reject anything.
fn diagnose(space: &DesignSpace<'_>, population: &DrawnPopulation) -> Option<ConstraintDiagnosis> {
    let tally = &population.tally;
    (!tally.rejections.is_empty()).then(|| ConstraintDiagnosis::of(space, tally))
}

fn record_of(
    sweep: &Sweep,
    space: &DesignSpace<'_>,
    population: &DrawnPopulation,
    requested: u64,
) -> SetupRecord {
    let replicates = sweep.setup.replicates;
    let tally = &population.tally;
    let mut rejections = BTreeMap::new();
    for (rejection, rejected) in &tally.rejections {
        *rejections.entry(space.key(*rejection)).or_default() += rejected.count;
    }
    if let Some((key, ..)) = sweep.setup.counted_choice().filter(|_| tally.surplus > 0) {
        rejections.insert(format!("SAMPLERS.{key}.NUM_CONFIGS"), tally.surplus);
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
        rounds: Vec::new(),
    }
}

fn threads(num_proc: usize) -> Result<ThreadPool, Failure> {
    ThreadPoolBuilder::new().num_threads(num_proc).build().map_err(|e| {
        let threads = count(num_proc, "thread");
        Failure::usage(format!("cannot start {threads}: {e}"), "lower NUM_PROC")
    })
}
