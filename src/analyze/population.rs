//! All jobs of one sweep, as they were collected.

use sweep_config::SweepDir;

use super::curves::LearningCurves;
use super::value_order::ValueOrder;
use crate::app::Failure;
use crate::trials::{Objective, SentenceParser, TrialTable, Trials};

/// All jobs of one sweep.
#[derive(Debug)]
pub struct Population {
    /// The `NAME` of the sweep.
    pub name: String,
    /// Its directory.
    pub dir: SweepDir,
    /// The jobs, in the order of their numbers, and the objectives that they are ranked by.
    pub trials: Trials,
    /// One row a job, in the same order.
    pub table: TrialTable,
    /// The curves that they logged; the reason in words where these cannot be read.
    pub curves: Result<LearningCurves, String>,
    /// The order of the values of each parameter.
    pub order: ValueOrder,
}

impl Population {
    /// Reads what was collected of a sweep; `metric` is what learning curves show if it was logged, `parser`
    /// takes the sentences of a sweep apart that has nothing better. The jobs are not ranked yet.
    ///
    /// # Errors
    ///
    /// When `sweep.parquet` cannot be read or is no such table.
    pub fn read(
        name: &str,
        dir: SweepDir,
        metric: Option<&str>,
        parser: impl FnOnce() -> SentenceParser,
    ) -> Result<Self, Failure> {
        let table = TrialTable::open(&dir.sweep_parquet())?;
        let trials = Trials::of_table(&table, &dir, parser)?;
        let curves = LearningCurves::read(&dir.curves_parquet(), metric);
        let curves = curves.map_err(|error| error.to_string());
        let order = ValueOrder::default();
        Ok(Self { name: name.to_owned(), dir, trials, table, curves, order })
    }

    /// Evaluates objectives, of which the first ranks.
    pub fn rank(&mut self, objectives: &[Objective]) {
        self.trials.rank(objectives, &self.table);
    }

    /// Returns the sentences that say what was asked for and could not be read.
    pub fn damage(&self) -> Vec<String> {
        let curves = self.curves.iter().flat_map(LearningCurves::damage);
        self.table.damage().into_iter().chain(curves).collect()
    }
}
