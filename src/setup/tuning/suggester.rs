//! Makes suggestions and appends them: the one way of the command line and of the workers.
//!
//! Whoever has the turn reads what is known, writes the record of a suggestion, and appends its config. From the record on the
//! suggestion is decided: whoever finds a record whose config is not there makes that config, and no other.

use sweep_config::Sweep;
use sweep_config::claim::{Claim, Claimant, TurnOutcome};
use sweep_config::fs;
use sweep_config::records::{JobOrigins, RoundRecord, SetupRecord};

use super::ended::ResultSource;
use super::no_config;
use super::record::{SuggestionKind, SuggestionRecord};
use super::results::KnownResults;
use super::search::{ConfigSearch, FoundConfig};
use super::turn;
use crate::app::num::saturated;
use crate::app::{Exit, Failure, Printer};
use crate::collect::JobResultReader;
use crate::setup::candidate::Candidate;
use crate::setup::drawing::DesignSpace;
use crate::setup::given::GivenValues;
use crate::setup::identity::{EarlierSetup, ExistingJobs, extension};
use crate::setup::job_set::{NewJobs, job_id};
use crate::setup::param_list::ParamList;
use crate::setup::population::{DrawTally, DrawnPopulation};
use crate::setup::store::{self, RoundList};
use crate::setup::{defaults, directory, replicates, threads};

/// The source of tuned configs, as the record of a setup names it.
const CHOSEN_BY: &str = RoundRecord::SUGGESTED;

/// The maker of the suggestions of one sweep.
pub(crate) struct ConfigSuggester {
    sweep: Sweep,
    given: GivenValues,
    pool: rayon::ThreadPool,
    reader: JobResultReader,
}

/// The outcome of a request for suggestions.
#[derive(Debug)]
pub(crate) enum SuggestOutcome {
    /// Some configs were suggested.
    Made(SuggestedConfigs),
    /// Another process is making a suggestion.
    Held,
    /// There is none to make.
    Over(SuggestEnd),
}

/// Why no further config is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuggestEnd {
    /// `NUM_CONFIGS` are there.
    Spent,
    /// No other config meets the constraints.
    Exhausted,
}

/// Suggested configs, and what they were learned from.
#[derive(Debug)]
pub(crate) struct SuggestedConfigs {
    pub(super) params: ParamList,
    pub(super) found: Vec<FoundConfig>,
    /// The number of configs with a result.
    pub(super) results: usize,
    /// The number of configs without a result yet.
    pub(super) open: usize,
    /// Sentences on results that could not be read.
    pub(crate) warnings: Vec<String>,
    /// Why there are fewer than were asked for.
    pub(super) end: Option<SuggestEnd>,
}

/// A suggestion, with what it followed from and the number of the next candidate behind it.
struct MadeSuggestion {
    found: FoundConfig,
    record: SuggestionRecord,
    next: u64,
}

impl SuggestEnd {
    /// Returns the reason in words.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Spent => "NUM_CONFIGS is the budget",
            Self::Exhausted => "no other config meets the constraints",
        }
    }
}

impl SuggestedConfigs {
    /// Returns the number of configs.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Returns these and later ones together.
    pub(super) fn with(mut self, later: Self) -> Self {
        self.found.extend(later.found);
        Self { found: self.found, ..later }
    }

    /// Returns a sentence on a single suggestion.
    pub(crate) fn sentence(&self) -> String {
        let jobs: Vec<String> = self
            .found
            .iter()
            .map(|one| format!("{} ({})", job_id(saturated(one.job)), one.kind.name()))
            .collect();
        format!("suggested {} by {}", jobs.join(", "), crate::app::count(self.results, "result"))
    }
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
        Ok(Self { sweep, given, pool, reader })
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
        let source = ResultSource { reader: &self.reader, keeper, patience };
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
        let source = ResultSource { reader: &self.reader, keeper: None, patience: 1 };
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
        write: impl FnOnce(&DesignSpace<'_>, &[MadeSuggestion]) -> Result<bool, Failure>,
    ) -> Result<Option<SuggestOutcome>, Failure> {
        let Self { sweep, given, .. } = self;
        let record = earlier.record();
        let there = JobOrigins::of(record).configs();
        let left: usize = saturated(sweep.setup.most_configs().saturating_sub(there));
        if left == 0 {
            return Ok(Some(SuggestOutcome::Over(SuggestEnd::Spent)));
        }
        let existing = ExistingJobs::read(&sweep.dir(), record, (0..record.kept).collect())?;
        let space = DesignSpace::new(&sweep.setup, given)?.without(Some(&existing));
        let decided = SuggestionRecord::decided(&sweep.dir(), (there, record.kept), &sweep.setup)?;
        // A suggestion that somebody decided on and could not append comes first, alone.
        let wanted = if decided.is_some() { 1 } else { asked.min(left) };
        let (results, first) = match &decided {
            Some(decided) => (decided.results(sweep, record)?, decided.first_candidate()),
            None => (KnownResults::read(sweep, record, source)?, record.candidates),
        };
        let mut search = ConfigSearch::new(&space, &sweep.setup, results, first);
        let made = self.search(&mut search, (there, record.kept), wanted)?;
        if made.is_empty() {
            return Ok(Some(SuggestOutcome::Over(SuggestEnd::Exhausted)));
        }
        if !write(&space, &made)? {
            return Ok(None);
        }
        let end = match made.len() {
            enough if enough >= asked || decided.is_some() => None,
            all if all == left => Some(SuggestEnd::Spent),
            _ => Some(SuggestEnd::Exhausted),
        };
        let learned = search.results();
        Ok(Some(SuggestOutcome::Made(SuggestedConfigs {
            params: space.params().clone(),
            results: learned.outcomes.len(),
            open: learned.open,
            warnings: learned.warnings.clone(),
            found: made.into_iter().map(|made| made.found).collect(),
            end,
        })))
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
            let mut search =
                ConfigSearch::new(&space, &sweep.setup, results, known.first_candidate());
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
        made: &[MadeSuggestion],
    ) -> Result<bool, Failure> {
        let sweep = &self.sweep;
        let dir = sweep.dir();
        fs::create_dir_all(&dir.suggestions())?;
        for made in made {
            if !made.record.write(&dir)? {
                return Ok(false);
            }
        }
        let is_tuned = |made: &MadeSuggestion| made.found.kind == SuggestionKind::Tuned;
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
        store::append(sweep, &rounds, record, earlier)?;
        Ok(true)
    }
}

fn population(space: &DesignSpace<'_>, kept: Vec<Candidate>) -> DrawnPopulation {
    DrawnPopulation { params: space.params().clone(), kept, tally: DrawTally::default() }
}
