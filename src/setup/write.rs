//! From what was sampled to what is in the sweep directory.

use sweep_config::Sweep;
use sweep_config::records::SetupRecord;

use super::Options;
use super::extend::{self, Before};
use super::plan::Population;
use super::reuse::Done;
use super::store::{self, Set};
use crate::app::{Failure, Printer};

/// How what was sampled gets into the sweep directory.
pub(crate) struct Write<'a> {
    pub(crate) sweep: &'a Sweep,
    /// What is there, where configs are appended.
    pub(crate) before: Option<&'a Before>,
    pub(crate) options: &'a Options,
}

impl Write<'_> {
    /// Writes the jobs, if it is not to be dry; the record that they have. Runs on the threads of the
    /// caller's pool.
    ///
    /// # Errors
    ///
    /// When there is nothing new to append, a sweep that is to be reused cannot be read, or the file
    /// system fails.
    pub(crate) fn run(
        &self,
        printer: Printer,
        population: &Population,
        mut record: SetupRecord,
    ) -> Result<SetupRecord, Failure> {
        let dir = self.sweep.dir();
        let jobs = match self.before {
            None => &population.kept[..],
            Some(before) => before.new_jobs(self.sweep, population)?,
        };
        let done = Done::find(self.sweep, &self.options.reuse)?;
        let first = self.before.map_or(0, Before::kept);
        let set = Set { sweep: self.sweep, params: &population.params, jobs, first };
        let found = done.among(&set);
        let reused = done.record(&found);
        if let Some(before) = self.before {
            record = before.extended(record);
        }
        record.reused.extend(reused);
        if !self.options.dry_run {
            match self.before {
                None => store::replace(&set, &record)?,
                Some(before) => store::append(&set, &record, before.old_cfg().as_deref())?,
            }
            store::link(&dir, &found)?;
        }
        if let Some(before) = self.before {
            printer.note(extend::note(&dir, before, &record));
        }
        if !self.options.reuse.is_empty() {
            printer.note(done.note(&found));
        }
        Ok(record)
    }
}
