//! Makes suggestions and appends them: the one way of the command line and of the workers.
//!
//! Whoever has the turn reads what is known, writes the record of a suggestion, and appends its config. From the record on the
//! suggestion is decided: whoever finds a record whose config is not there makes that config, and no other.

use std::sync::{Mutex, PoisonError};

use sweep_config::Sweep;
use sweep_config::claim::{Claim, Claimant, TurnOutcome};
use sweep_config::fs;
use sweep_config::records::{JobOrigins, RoundRecord, SetupRecord};

use super::ended::ResultSource;
use super::no_config;
use super::picks::BestPicks;
use super::prior::PriorKnowledge;
use super::record::SuggestionRecord;
use super::results::KnownResults;
use super::search::{ConfigSearch, FoundConfig};
use super::suggested::{SuggestEnd, SuggestOutcome, SuggestedConfigs};
use super::turn;
use crate::app::num::saturated;
use crate::app::{Exit, Failure, Printer};
use crate::collect::JobResultReader;
use crate::setup::candidate::Candidate;
use crate::setup::drawing::DesignSpace;
use crate::setup::given::GivenValues;
use crate::setup::identity::{EarlierSetup, ExistingJobs, extension};
use crate::setup::job_set::{NewJobs, job_id};
use crate::setup::population::{DrawTally, DrawnPopulation};
use crate::setup::store::{self, RoundList};
use crate::setup::{defaults, directory, replicates, threads};

/// The maker of the suggestions of one sweep.
pub(crate) struct ConfigSuggester {
    sweep: Sweep,
    given: GivenValues,
    pool: rayon::ThreadPool,
    reader: JobResultReader,
    /// The jobs that there were at the last suggestion, so that a worker reads each config once.
    existing: Mutex<ExistingJobs>,
}

/// The words of past sweeps, and suggestions that follow from them.
type SuggestionsToWrite<'m> = (&'m PriorKnowledge, &'m [MadeSuggestion]);

/// A suggestion, with what it followed from and the number of the next candidate behind it.
struct MadeSuggestion {
    found: FoundConfig,
    record: SuggestionRecord,
    next: u64,
}

impl ConfigSuggester {
    /// Prepares the suggestions of a sweep.
    ///
    /// # Errors
    ///
    /// When its design space cannot be searched, or a file that it names cannot be read.
    pub(crate) fn new(mut sweep: Sweep) -> Result<Self, Failure> {
        let reader = JobResultReader::new(&sweep);
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
        Ok(Self { sweep, given, pool, reader, existing: Mutex::default() })
    }

    /// Returns the sweep.
    pub(super) fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    /// Appends the next configs, as many as are asked for at most. `patience` is the number of jobs that may be done without a
    /// value of the objective before that counts as a wrong one.
    ///
    /// # Errors
    ///
    /// When nothing can be learned, the user's program fails, or the file system does.
    pub(crate) fn suggest(
        &self,
        claimant: &mut Claimant,
        asked: usize,
        patience: usize,
    ) -> Result<SuggestOutcome, Failure> {
        let dir = self.sweep.dir();
        let claim = match claimant.take_turn(&dir, || turn::next_job(&dir))? {
            TurnOutcome::Held(_) => return Ok(SuggestOutcome::Held),
            TurnOutcome::Mine(claim) => claim,
        };
        let keeper = Some(claimant.id());
        let source = ResultSource { reader: Some(&self.reader), keeper, patience };
        let outcome = claim.while_beating(|| self.append(&claim, asked, &source));
        match outcome {
            Ok(SuggestOutcome::Made(_)) => claim.finish()?,
            _ => claim.withdraw()?,
        }
        outcome
    }

    fn append(
        &self,
        claim: &Claim,
        asked: usize,
        source: &ResultSource<'_>,
    ) -> Result<SuggestOutcome, Failure> {
        let earlier = EarlierSetup::read(&self.sweep, &[], false)?;
        earlier.refuse_other_space(&self.sweep)?;
        self.pool.install(|| {
            let outcome = self.choose(&earlier, asked, source, |space, made| {
                // Whoever was taken for dead leaves the suggestion to the successor.
                if claim.is_superseded() { Ok(false) } else { self.write(&earlier, space, made) }
            })?;
            Ok(outcome.unwrap_or(SuggestOutcome::Held))
        })
    }

    /// Returns what would be appended next.
    ///
    /// # Errors
    ///
    /// Fails where [`suggest`](Self::suggest) fails.
    pub(super) fn preview(
        &self,
        earlier: &EarlierSetup,
        asked: usize,
    ) -> Result<SuggestOutcome, Failure> {
        let source = ResultSource { reader: Some(&self.reader), keeper: None, patience: 1 };
        let outcome =
            self.pool.install(|| self.choose(earlier, asked, &source, |_, _| Ok(true)))?;
        Ok(outcome.unwrap_or(SuggestOutcome::Held))
    }

    /// Chooses the next configs and writes them; `None` if they were not to be written.
    fn choose(
        &self,
        earlier: &EarlierSetup,
        asked: usize,
        source: &ResultSource<'_>,
        write: impl FnOnce(&DesignSpace<'_>, SuggestionsToWrite<'_>) -> Result<bool, Failure>,
    ) -> Result<Option<SuggestOutcome>, Failure> {
        let Self { sweep, given, .. } = self;
        let record = earlier.record();
        let there = JobOrigins::of(record).configs();
        let left: usize = saturated(sweep.setup.most_configs().saturating_sub(there));
        if left == 0 {
            return Ok(Some(SuggestOutcome::Over(SuggestEnd::Spent)));
        }
        let mut existing = self.existing.lock().unwrap_or_else(PoisonError::into_inner);
        existing.catch_up(&sweep.dir(), record)?;
        let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
        let decided = SuggestionRecord::decided(&sweep.dir(), (there, record.kept), &sweep.setup)?;
        // A suggestion that somebody decided on and could not append comes first, alone.
        let wanted = if decided.is_some() { 1 } else { asked.min(left) };
        let mut warnings = Vec::new();
        let (results, first, priors) = if let Some(decided) = &decided {
            let priors = decided.priors(&sweep.dir())?;
            (decided.results(sweep, record)?, decided.first_candidate(), priors)
        } else {
            let priors = PriorKnowledge::gather(sweep, &space, record.kept, &mut warnings)?;
            (KnownResults::read(sweep, record, source)?, record.candidates, priors)
        };
        let picks = BestPicks::before(&priors, sweep, record, record.kept);
        let best = (&priors, &picks);
        let mut search = ConfigSearch::new(&space, &sweep.setup, results, first, best);
        let made = self.search(&mut search, (there, record.kept), wanted)?;
        if made.is_empty() {
            return Ok(Some(SuggestOutcome::Over(SuggestEnd::Exhausted)));
        }
        if !write(&space, (&priors, &made))? {
            return Ok(None);
        }
        let end = match made.len() {
            enough if enough >= asked || decided.is_some() => None,
            all if all == left => Some(SuggestEnd::Spent),
            _ => Some(SuggestEnd::Exhausted),
        };
        let (learned, used) = (search.results(), search.priors().in_use());
        warnings.extend(learned.warnings.iter().cloned());
        Ok(Some(SuggestOutcome::Made(Box::new(SuggestedConfigs {
            params: space.params().clone(),
            results: learned.outcomes.len(),
            open: learned.open,
            warnings,
            priors: (priors, used),
            found: made.into_iter().map(|made| made.found).collect(),
            end,
        }))))
    }

    /// Finds configs one after the other, from the first number of a config and of its job on.
    fn search(
        &self,
        search: &mut ConfigSearch<'_>,
        (config, job): (u64, u64),
        wanted: usize,
    ) -> Result<Vec<MadeSuggestion>, Failure> {
        let replicates = u64::from(self.sweep.setup.replicates);
        let mut made = Vec::new();
        for new in 0..wanted as u64 {
            let numbers = (config + new, job + new * replicates);
            let record = search.record(numbers);
            let Some(found) = search.find(numbers)? else { break };
            let record = record.of_kind(found.kind);
            made.push(MadeSuggestion { record, found, next: search.next_candidate() });
        }
        Ok(made)
    }

    /// Makes a suggestion again from its record, and prints the config.
    ///
    /// # Errors
    ///
    /// When there is no such record, or it cannot be read.
    pub(super) fn replay(
        &self,
        earlier: &EarlierSetup,
        job: u64,
        printer: Printer,
    ) -> Result<Exit, Failure> {
        self.pool.install(|| {
            let Self { sweep, given, .. } = self;
            let dir = sweep.dir();
            let known = SuggestionRecord::read(&dir, job)?;
            let existing = ExistingJobs::read(&dir, earlier.record(), (0..job).collect())?;
            let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
            let results = known.results(sweep, earlier.record())?;
            let priors = known.priors(&dir)?;
            let picks = BestPicks::before(&priors, sweep, earlier.record(), job);
            let best = (&priors, &picks);
            let first = known.first_candidate();
            let mut search = ConfigSearch::new(&space, &sweep.setup, results, first, best);
            let found = search.find(known.numbers())?.ok_or_else(|| no_config(sweep))?;
            let jobs =
                replicates::expand(population(&space, vec![found.candidate]), &sweep.setup).kept;
            let config = jobs[0].job_config(space.params(), &sweep.setup.base_cfg);
            let id = job_id(saturated(job));
            let text =
                sweep.setup.format.write(&config).map_err(|lack| store::lacking(id, &lack))?;
            printer.data(text.trim_end());
            Ok(Exit::Done)
        })
    }

    /// Writes suggestions: what each followed from, then the configs. Those that were tuned are recorded as chosen ones, since
    /// no law drew them.
    fn write(
        &self,
        earlier: &EarlierSetup,
        space: &DesignSpace<'_>,
        (priors, made): SuggestionsToWrite<'_>,
    ) -> Result<bool, Failure> {
        let sweep = &self.sweep;
        let dir = sweep.dir();
        fs::create_dir_all(&dir.suggestions())?;
        priors.write(&dir)?;
        for made in made {
            if !made.record.write(&dir)? {
                return Ok(false);
            }
        }
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
                chosen: is_tuned(&group[0]).then(|| RoundRecord::SUGGESTED.to_owned()),
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
        store::append(sweep, &rounds, record, earlier)?;
        Ok(true)
    }
}

fn population(space: &DesignSpace<'_>, kept: Vec<Candidate>) -> DrawnPopulation {
    DrawnPopulation { params: space.params().clone(), kept, tally: DrawTally::default() }
}
