//! Writes what was sampled and chosen into the sweep directory.

use std::borrow::Cow;

use sweep_config::records::{RoundRecord, SetupRecord};
use sweep_config::{Strategy, Sweep};

use super::additions::SetupAdditions;
use super::candidate::Candidate;
use super::drawing::DesignSpace;
use super::identity::{EarlierSetup, ReusableResults, extension};
use super::job_set::NewJobs;
use super::options::SetupOptions;
use super::population::DrawnPopulation;
use super::store::{self, NewRound, RoundList};
use super::tuning::turn::await_turn;
use crate::app::{Failure, Printer};

/// Writes the population of a sweep into its directory.
pub(crate) struct SetupWriter<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) space: &'a DesignSpace<'a>,
    /// The set that configs are appended to, if they are.
    pub(crate) earlier: Option<&'a EarlierSetup>,
    /// The jobs that are not drawn.
    pub(crate) additions: &'a SetupAdditions,
    pub(crate) options: &'a SetupOptions,
}

/// The drawn jobs that are new.
struct NewDraws<'a> {
    jobs: Cow<'a, [Candidate]>,
    /// The chosen configs that were drawn, too.
    drawn_too: Vec<u64>,
    /// The digest of their design space, if it has one.
    space: Option<String>,
}

impl SetupWriter<'_> {
    /// Writes the jobs, unless nothing is to be written, and returns their record. Runs on the threads of
    /// the caller's pool.
    ///
    /// # Errors
    ///
    /// When there is nothing new to append, a sweep that is to be reused cannot be read, or the file
    /// system fails.
    pub(crate) fn run(
        &self,
        printer: Printer,
        population: &DrawnPopulation,
        mut record: SetupRecord,
    ) -> Result<SetupRecord, Failure> {
        let dir = self.sweep.dir();
        let draws = self.new_draws(population)?;
        let rounds = self.rounds(draws.as_ref(), population);
        let results = ReusableResults::find(self.sweep, &self.options.reuse)?;
        let found: Vec<_> = rounds.iter().flat_map(|round| results.among(&round.set)).collect();
        let reused = results.record(&found);
        let shared = draws.as_ref().map_or(0, |draws| draws.drawn_too.len() as u64);
        record.kept = rounds.iter().map(|round| round.set.len() as u64).sum();
        record.requested -= shared * u64::from(self.sweep.setup.replicates);
        for round in &rounds {
            for name in round.set.params.names() {
                if !record.params.contains(name) && round.set.has(name) {
                    record.params.push(name.clone());
                }
            }
        }
        if let Some(more) = &self.additions.more {
            record.replicates = Some(more.record.clone());
        }
        if let Some(earlier) = self.earlier {
            record = earlier.extended(record);
        }
        record.reused.extend(reused);
        if !self.options.dry_run {
            record = match self.earlier {
                None => store::replace(self.sweep, &rounds, record)?,
                Some(earlier) => self.append(&rounds, record, earlier)?,
            };
            store::link(&dir, &found)?;
        }
        if let Some(earlier) = self.earlier {
            printer.note(extension::note(&dir, earlier, &record));
        }
        if !self.options.reuse.is_empty() {
            printer.note(results.note(&found));
        }
        Ok(record)
    }

    /// Appends the jobs, of a sweep that is tuned in turn with its workers.
    fn append(
        &self,
        rounds: &[NewRound<'_>],
        record: SetupRecord,
        earlier: &EarlierSetup,
    ) -> Result<SetupRecord, Failure> {
        if self.sweep.setup.strategy != Strategy::Tpe {
            return store::append(self.sweep, rounds, record, earlier);
        }
        let claim = await_turn(&self.sweep.dir())?;
        let appended = claim.while_beating(|| store::append(self.sweep, rounds, record, earlier));
        claim.finish()?;
        appended
    }

    /// Returns the drawn jobs that are new; `None` where nothing was to be drawn.
    fn new_draws<'p>(
        &self,
        population: &'p DrawnPopulation,
    ) -> Result<Option<NewDraws<'p>>, Failure> {
        if !self.additions.draws {
            return Ok(None);
        }
        let space = extension::with_settings(self.sweep, |settings| self.space.digest(settings));
        let jobs = match self.earlier {
            None => &population.kept[..],
            Some(earlier) => earlier.new_jobs(self.sweep, space.as_deref(), population)?,
        };
        let (jobs, drawn_too) = self.additions.without_chosen(self.sweep, &population.params, jobs);
        Ok(Some(NewDraws { jobs, drawn_too, space }))
    }

    /// Returns the rounds that are new: what was chosen, drawn, and copied.
    fn rounds<'r>(
        &'r self,
        draws: Option<&'r NewDraws<'_>>,
        population: &'r DrawnPopulation,
    ) -> Vec<NewRound<'r>> {
        let SetupAdditions { chosen, more, .. } = self.additions;
        let mut rounds = RoundList::new(self.sweep, self.earlier.map_or(0, EarlierSetup::kept));
        for round in &chosen.rounds {
            let record =
                RoundRecord { chosen: Some(round.source.clone()), ..RoundRecord::default() };
            rounds.push(&round.params, NewJobs::Made(&round.jobs), record);
        }
        if let Some(draws) = draws.filter(|_| !population.kept.is_empty()) {
            let begin = self.earlier.map_or(0, EarlierSetup::first_candidate);
            let record = RoundRecord {
                candidates: (begin, population.tally.candidates),
                space: draws.space.clone(),
                drawn_too: draws.drawn_too.clone(),
                ..RoundRecord::default()
            };
            rounds.push(&population.params, NewJobs::Made(&draws.jobs), record);
        }
        if let Some(more) = more {
            let record =
                RoundRecord { replicates_of: more.configs.clone(), ..RoundRecord::default() };
            rounds.push(&more.params, NewJobs::Copied(&more.jobs), record);
        }
        rounds.finish()
    }
}
