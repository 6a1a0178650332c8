//! Writes what was sampled into the sweep directory.

use sweep_config::Sweep;
use sweep_config::records::{RoundRecord, SetupRecord};

use super::drawing::DesignSpace;
use super::identity::{EarlierSetup, ReusableResults, extension};
use super::job_set::JobSet;
use super::options::SetupOptions;
use super::population::DrawnPopulation;
use super::store;
use crate::app::{Failure, Printer};

/// Writes the population of a sweep into its directory.
pub(crate) struct SetupWriter<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) space: &'a DesignSpace<'a>,
    /// The set that configs are appended to, if they are.
    pub(crate) earlier: Option<&'a EarlierSetup>,
    pub(crate) options: &'a SetupOptions,
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
        let space = self.space_digest();
        let jobs = match self.earlier {
            None => &population.kept[..],
            Some(earlier) => earlier.new_jobs(self.sweep, space.as_deref(), population)?,
        };
        let results = ReusableResults::find(self.sweep, &self.options.reuse)?;
        let first = self.earlier.map_or(0, EarlierSetup::kept);
        let set = JobSet { sweep: self.sweep, params: &population.params, jobs, first };
        let found = results.among(&set);
        let reused = results.record(&found);
        if let Some(earlier) = self.earlier {
            record = earlier.extended(record);
        }
        record.reused.extend(reused);
        if !self.options.dry_run {
            let round = self.round(&set, population, space);
            record = match self.earlier {
                None => store::replace(&set, record, round)?,
                Some(earlier) => {
                    store::append(&set, (record, round), earlier.old_cfg().as_deref())?
                }
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

    fn space_digest(&self) -> Option<String> {
        extension::with_settings(self.sweep, |settings| self.space.digest(settings))
    }

    /// Returns the record of the round in which the jobs were drawn, but for the digest of their files.
    fn round(
        &self,
        set: &JobSet<'_>,
        population: &DrawnPopulation,
        space: Option<String>,
    ) -> RoundRecord {
        let from = set.first as u64;
        let first = self.earlier.map_or(0, EarlierSetup::first_candidate);
        RoundRecord {
            from,
            to: from + set.jobs.len() as u64,
            seed: self.sweep.setup.rng_seed,
            candidates: (first, population.tally.candidates),
            space,
            configs: String::new(),
        }
    }
}
