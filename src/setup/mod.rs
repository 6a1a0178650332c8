//! Config -> `cfgs/`: samples the job configs of a sweep.
//!
//! - `given` reads the values that are not sampled, `sampler` draws the others, `strategy` says in what
//!   order and which candidates become jobs,
//! - `points` are configs that are chosen, `more_replicates` further seeds of those that exist: the `additions`,
//! - `drawing` makes the population (pure), by way of `constraint`, `identity`, `candidate`; `binding`
//!   finds the values of names in it,
//! - `diagnosis` finds out what each constraint does on its own,
//! - `size` asks before more is written than anybody asked for,
//! - `writer` writes the set by `store`, so that it is there whole or not at all,
//! - `repeats` finds laws that are bent by what was left out,
//! - `tuning` appends configs that are chosen by results,
//! - `present` says what was set up, and (`shortfall`) why it is fewer than asked where it is.

mod additions;
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
mod more_replicates;
mod options;
mod outcome;
mod param_list;
mod points;
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
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use rayon::{ThreadPool, ThreadPoolBuilder};
use sweep_config::records::{FORMAT_VERSION, ReplicateRecord, SetupRecord};
use sweep_config::{Strategy, Sweep};

use crate::app::num::saturated;
use crate::app::sweep_source::SweepSource;
use crate::app::{Exit, Failure, Printer, SweepArgs, VERSION, count};
use additions::SetupAdditions;
use defaults::ConfigSchema;
use diagnosis::ConstraintDiagnosis;
use drawing::{DesignSpace, draw_population};
use given::GivenValues;
use identity::EarlierSetup;
pub use info::info;
pub use options::SetupOptions;
use outcome::SamplingOutcome;
use points::GivenPoints;
use population::{DrawTally, DrawnPopulation};
use progress::SamplingProgress;
pub use schema::schema;
use shortfall::PopulationShortfall;
use size::SizeQuestion;
pub(crate) use tuning::{ConfigSuggester, SuggestEnd, SuggestOutcome};
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
    SweepSource::refuse_imported(&sweep)?;
    if sweep.setup.strategy == Strategy::Tpe {
        begin_tuning(&mut sweep, options)?;
    }
    let printer = args.printer();
    let appends = options.appends_to(&sweep.dir());
    let earlier = if appends { extend(&mut sweep, args, options)? } else { None };
    if earlier.is_none() {
        if appends {
            return Ok(Exit::Incomplete);
        }
        store::refuse_launched(&sweep.dir())?;
        warn_of_replaced(&sweep, options, printer)?;
    }
    sweep.setup = sweep.setup.without_tree();
    sweep.setup.base_cfg = defaults::base(&sweep)?;
    let pool = threads(sweep.num_proc)?;
    let given = GivenValues::gather(&sweep.setup, &options.sweeps, directory(&sweep.source))?;
    given.warnings().iter().for_each(|warning| printer.warn(warning));
    let points = points(&sweep, &given, earlier.as_ref(), options)?;
    points.warnings().iter().for_each(|warning| printer.warn(warning));
    if !points.is_empty() && given.keys().is_empty() {
        sweep.setup = sweep.setup.with_points_only();
    }
    let additions =
        pool.install(|| SetupAdditions::of(&sweep, &points, earlier.as_ref(), options))?;
    additions.chosen.notes.iter().for_each(|note| printer.warn(note));
    if let Some(earlier) = earlier.as_ref().filter(|_| additions.draws) {
        pool.install(|| note_unmade(&sweep, &given, earlier, printer));
    }
    if !additions.draws && additions.jobs() == 0 {
        printer.note("Nothing to append: every point is a job already");
        return Ok(Exit::Done);
    }
    if additions.draws && additions.jobs() == 0 && sweep.setup.num_configs == Some(0) {
        return Err(Failure::usage(
            "nothing to set up: SETUP.NUM_CONFIGS is 0, and there are no points",
            "raise NUM_CONFIGS, or give configs with SETUP.POINTS or `--add FILE`",
        ));
    }
    let existing = match &earlier {
        None => None,
        Some(earlier) => pool.install(|| earlier.existing_jobs(&sweep.dir()))?,
    };
    let space = DesignSpace::new(&sweep.setup, &given)?.without(existing.as_ref());
    let question = SizeQuestion { sweep: &sweep, space: &space, options, printer };
    let sampled =
        if additions.draws { sample(&question, &pool, args.quiet)? } else { Some(nothing(&space)) };
    let Some((requested, population)) = sampled else {
        printer.note("Nothing was set up");
        return Ok(Exit::Incomplete);
    };
    let plan = SetupPlan { space: &space, population: &population, requested };
    finish(&sweep, &plan, (earlier.as_ref(), &additions), (&pool, printer, options))
}

/// The jobs that a setup draws.
struct SetupPlan<'a> {
    space: &'a DesignSpace<'a>,
    population: &'a DrawnPopulation,
    /// The number of configs that were to be drawn.
    requested: u64,
}

/// Writes the jobs of a setup, and says what was set up.
fn finish(
    sweep: &Sweep,
    plan: &SetupPlan<'_>,
    (earlier, additions): (Option<&EarlierSetup>, &SetupAdditions),
    (pool, printer, options): (&ThreadPool, Printer, &SetupOptions),
) -> Result<Exit, Failure> {
    let SetupPlan { space, population, requested } = *plan;
    for remark in derived_types::check(&sweep.setup, population)? {
        printer.warn(remark);
    }
    let before = earlier.map_or(0, |earlier| earlier.drawn_before(sweep.setup.replicates));
    let jobs = requested.saturating_mul(sweep.setup.replicates.into());
    let new = jobs.saturating_sub(before).saturating_add(additions.jobs() as u64);
    let mut record = record_of(sweep, space, population, new);
    record.sweeps.clone_from(&options.sweeps);
    let writer = SetupWriter { sweep, space, earlier, additions, options };
    let record = &pool.install(|| writer.run(printer, population, record))?;
    let diagnosis = pool.install(|| diagnose(space, population));
    let diagnosis = diagnosis.as_ref();
    let outcome =
        SamplingOutcome { sweep, space, population, requested, additions, diagnosis, record };
    if options.preview {
        pool.install(|| preview::show(&outcome, printer, options.html.as_deref()))?;
    }
    present::present(&outcome, printer, options);
    Ok(if outcome.shortfall().is_some() { Exit::Incomplete } else { Exit::Done })
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
    args: &SweepArgs,
    options: &SetupOptions,
) -> Result<Option<EarlierSetup>, Failure> {
    let earlier = EarlierSetup::read(sweep, &options.sweeps, options.extend.is_some())?;
    if !options.yes && !options.dry_run && !earlier.confirm(&sweep.dir(), args.printer())? {
        args.printer().note("Nothing was appended");
        return Ok(None);
    }
    if let Some(more) = options.extend {
        sweep.setup.num_configs = Some(earlier.wanted(&sweep.setup, more)?);
    }
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
    let first = u64::from(sweep.setup.tune.startup) - tuning::best_configs(sweep)?;
    let first = first.min(sweep.setup.most_configs());
    sweep.setup.num_configs = Some(first);
    Ok(())
}

/// Tells of points that an earlier `--add` made jobs of, which this setup replaces.
fn warn_of_replaced(
    sweep: &Sweep,
    options: &SetupOptions,
    printer: Printer,
) -> Result<(), Failure> {
    let record = SetupRecord::read(&sweep.dir().setup_json())?;
    for (source, jobs) in record.iter().flat_map(SetupRecord::added).filter(|_| !options.dry_run) {
        let jobs = count(saturated(jobs), "job");
        printer.warn(format!(
            "this setup replaces the one before and drops its {jobs} of `{source}`: add them again"
        ));
    }
    Ok(())
}

/// Reads the points that jobs are made of: an extension takes those of the command line alone.
fn points(
    sweep: &Sweep,
    given: &GivenValues,
    earlier: Option<&EarlierSetup>,
    options: &SetupOptions,
) -> Result<GivenPoints, Failure> {
    let mut others = given.keys().to_vec();
    let mut is_replicated = sweep.setup.replicates > 1;
    if let Some(earlier) = earlier {
        let record = earlier.record();
        is_replicated |= record.replicates.is_some();
        others.extend(
            record
                .params
                .iter()
                .filter(|param| !is_replicated || **param != sweep.setup.seed_key)
                .cloned(),
        );
    }
    let sources = (earlier.is_none(), directory(&sweep.source), options.add.as_slice());
    GivenPoints::gather(&sweep.setup, &others, is_replicated, sources)
}

/// Tells of points of the config that are no jobs: an extension draws.
fn note_unmade(sweep: &Sweep, given: &GivenValues, earlier: &EarlierSetup, printer: Printer) {
    if sweep.setup.points.is_empty() {
        return;
    }
    let sources: (bool, &Path, &[PathBuf]) = (true, directory(&sweep.source), &[]);
    let unmade = || {
        let points = GivenPoints::gather(&sweep.setup, given.keys(), false, sources)?;
        SetupAdditions::of(sweep, &points, Some(earlier), &SetupOptions::default())
    };
    let jobs = unmade().map_or_else(
        |failure| {
            printer.warn(format!(
                "an extension only draws, and SETUP.POINTS cannot be compared: {failure}"
            ));
            0
        },
        |additions| additions.jobs(),
    );
    if jobs > 0 {
        let jobs = count(jobs, "job");
        printer.warn(format!(
            "SETUP.POINTS has configs without a job ({jobs}): append them with `--add FILE`"
        ));
    }
}

/// Returns a population of which nothing was to be drawn.
fn nothing(space: &DesignSpace<'_>) -> (u64, DrawnPopulation) {
    let params = space.params().clone();
    (0, DrawnPopulation { params, kept: Vec::new(), tally: DrawTally::default() })
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
    if sweep.setup.num_configs != Some(0) {
        schema.check_first(space)?;
    }
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
    if population.kept.is_empty() && sweep.setup.num_configs != Some(0) {
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
        requested,
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
