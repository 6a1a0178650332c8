//! Reads what workers noted of ended jobs (`results/`), and the logs of those that nobody noted.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sweep_config::records::{JobState, ResultLine};
use sweep_config::{JobId, SweepDir};

use super::job_result::{JobResult, values_by_row};
use crate::app::Failure;
use crate::collect::JobResultReader;
use crate::trials::{ColumnSource, ColumnValues, Objective, finite};

/// The source of results beside what was collected and told.
pub(super) struct ResultSource<'a> {
    /// The reader of logs; none where what was noted and collected is all.
    pub(super) reader: Option<&'a JobResultReader>,
    /// The claimant that keeps the results which it reads in a file of its own; none where nothing is to be written.
    pub(super) keeper: Option<&'a str>,
    /// The number of jobs that may be done without a value before the objective counts as a wrong one.
    pub(super) patience: usize,
}

/// The newest line of each job.
#[derive(Debug, Default)]
pub(super) struct EndedJobs {
    lines: BTreeMap<JobId, ResultLine>,
}

impl EndedJobs {
    /// Reads what workers noted. A job counts as done if any attempt is; else its newest attempt counts.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(super) fn read(dir: &SweepDir) -> Result<Self, Failure> {
        // Of one attempt the last line counts: its end may have been judged again.
        let mut attempts: BTreeMap<(u32, u32), ResultLine> = BTreeMap::new();
        attempts
            .extend(ResultLine::all(dir)?.into_iter().map(|line| ((line.job, line.attempt), line)));
        let mut ended = Self::default();
        for line in attempts.into_values() {
            ended.take(line);
        }
        Ok(ended)
    }

    /// Takes a line whose attempt is not older than the one before.
    fn take(&mut self, line: ResultLine) {
        let job = JobId(line.job);
        if !self.lines.get(&job).is_some_and(|known| is_done(known) && !is_done(&line)) {
            self.lines.insert(job, line);
        }
    }

    /// Reads the logs of those of some jobs whose end nobody noted: their worker was killed before it could, or ran them when
    /// the sweep was not tuned yet.
    ///
    /// # Errors
    ///
    /// When a journal cannot be read, or a result not be kept.
    pub(super) fn complete(
        &mut self,
        dir: &SweepDir,
        jobs: impl Iterator<Item = JobId>,
        source: &ResultSource<'_>,
    ) -> Result<(), Failure> {
        let Some(reader) = source.reader else { return Ok(()) };
        for job in jobs {
            let known = self.lines.get(&job);
            if known.is_some_and(is_done) {
                continue;
            }
            let Some(line) = reader.read(job, known.map(|line| line.attempt))? else {
                continue;
            };
            if let Some(keeper) = source.keeper {
                line.append(dir, keeper)?;
            }
            self.take(line);
        }
        Ok(())
    }

    /// Returns the newest attempt of each job with its result, by objectives over these jobs and others.
    pub(super) fn results(
        &self,
        objectives: &[Objective],
    ) -> impl Iterator<Item = (JobId, u32, JobResult)> {
        let result = |((job, line), values): ((&JobId, &ResultLine), Vec<Option<f64>>)| {
            let state = JobState::from_name(&line.state);
            let result = if line.unreadable.is_some() {
                JobResult::Unknown
            } else {
                JobResult::of(&state, objectives, &values)
            };
            (*job, line.attempt, result)
        };
        self.lines.iter().zip(values_by_row(objectives, self)).map(result)
    }

    /// Returns a sentence on each job whose logs could not be read.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        self.lines.iter().filter_map(|(job, line)| {
            let why = line.unreadable.as_ref()?;
            Some(format!(
                "the result of job {job} is unknown, since its logs could not be read: {why}"
            ))
        })
    }

    /// Returns true if jobs are done, and none of them logged what an objective may read.
    pub(super) fn lack_metrics(&self) -> bool {
        let mut done = self.lines.values().filter(|line| is_done(line)).peekable();
        done.peek().is_some()
            && done.all(|line| line.values.is_empty() && line.unreadable.is_none())
    }
}

fn is_done(line: &ResultLine) -> bool {
    line.state == JobState::Done.name()
}

impl ColumnSource for EndedJobs {
    fn rows(&self) -> usize {
        self.lines.len()
    }

    fn column(&self, name: &str) -> Option<ColumnValues<'_>> {
        let is_there = self.lines.values().any(|line| line.values.contains_key(name));
        let value = |line: &ResultLine| line.values.get(name).copied().flatten().and_then(finite);
        is_there
            .then(|| ColumnValues::Numbers(Cow::Owned(self.lines.values().map(value).collect())))
    }

    fn number_names(&self) -> Vec<&str> {
        self.column_names()
    }

    fn column_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            self.lines.values().flat_map(|line| line.values.keys().map(String::as_str)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}
