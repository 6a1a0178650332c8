//! Sampled values of each job, with types: setup writes `sampled.jsonl`, all who read results read it.
//!
//! - `line`: a line of the file,
//! - `pairs`: the values of one job as JSON elsewhere,
//! - `sentence`: the values of sweeps that have sentences only.

mod line;
mod pairs;
mod sentence;

use std::cell::LazyCell;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use sweep_config::{JobId, SweepDir, fs};

use super::CellValue;
use crate::app::Failure;
use line::SampledLine;
pub use line::{TypedJson, truncate_lines, write_line};
pub(crate) use pairs::TypedPairs;
pub use sentence::SentenceParser;

/// The sampled values of one job, in the order of sampling.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampledRow(Vec<(Arc<str>, CellValue)>);

/// The sampled values of the jobs of a sweep.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampledValues {
    /// Sorted by job.
    jobs: Vec<(JobId, SampledRow)>,
}

/// How many bytes of lines one thread reads before it asks for more.
const CHUNK: usize = 1 << 16;

/// The advice for a damaged file.
const MOVE_AWAY: &str = "move the file away to read the values from cfgs_summary.yaml instead";

impl SampledRow {
    /// Returns the parameters with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &CellValue)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// Returns the value of a parameter, if the job has it.
    pub fn get(&self, name: &str) -> Option<&CellValue> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Returns true if nothing was sampled for the job, or nobody knows what.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Spells the values as `cfgs_summary.yaml` does.
    fn sentence(&self) -> String {
        let words = self.iter().map(|(name, value)| format!("{name} {}", value.spelled()));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl SampledValues {
    /// Reads the values of these jobs, which are in order, each with its sentence in `cfgs_summary.yaml`.
    ///
    /// Where `sampled.jsonl` says nothing of a job, or is not of the configs that are there, the sentence is
    /// taken apart; `parser` is asked for only then.
    ///
    /// # Errors
    ///
    /// When `sampled.jsonl` is there and cannot be read, or a line of it is damaged.
    pub fn read<'s>(
        dir: &SweepDir,
        jobs: impl Iterator<Item = (JobId, Option<&'s str>)>,
        parser: impl FnOnce() -> SentenceParser,
    ) -> Result<Self, Failure> {
        let mut names = ParameterNames::default();
        let mut written = Self::read_file(dir, &mut names)?;
        let jobs: Vec<(JobId, Option<&str>)> = jobs.collect();
        if !written.agrees(&jobs) {
            written = Self::default();
        }
        let mut written = written.jobs.into_iter().peekable();
        let parser = LazyCell::new(parser);
        let row = |(job, sentence): (JobId, Option<&str>)| {
            while written.next_if(|(other, _)| *other < job).is_some() {}
            let row = written.next_if(|(other, _)| *other == job).map(|(_, row)| row);
            let by_sentence = || {
                let sentence = sentence.filter(|text| !text.is_empty())?;
                Some(names.row(parser.parse(sentence).into_iter()))
            };
            (job, row.or_else(by_sentence).unwrap_or_default())
        };
        Ok(Self { jobs: jobs.into_iter().map(row).collect() })
    }

    /// Reads `sampled.jsonl`; nothing where it does not exist.
    fn read_file(dir: &SweepDir, names: &mut ParameterNames) -> Result<Self, Failure> {
        let path = dir.sampled_jsonl();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.is_not_found() => return Ok(Self::default()),
            Err(error) => return Err(error.into()),
        };
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let least = (CHUNK * lines.len() / bytes.len().max(1)).max(1);
        let lines = lines.into_par_iter().enumerate().with_min_len(least);
        let lines = lines.map(|(number, line)| parse_line(&path, number, line));
        let lines: Vec<SampledLine<'_>> = lines.collect::<Result<_, _>>()?;
        let row = |SampledLine { job, sampled }| (JobId(job), names.row(sampled.0.into_iter()));
        let mut jobs: Vec<(JobId, SampledRow)> = lines.into_iter().map(row).collect();
        jobs.sort_by_key(|(job, _)| *job);
        Ok(Self { jobs })
    }

    /// Returns false if the file is of other configs than the sentences: another tool set the sweep up
    /// again. The first and the last job that have both decide.
    fn agrees(&self, jobs: &[(JobId, Option<&str>)]) -> bool {
        let is_same = |(job, sentence): &(JobId, Option<&str>)| {
            let row = self.of_job(*job)?;
            Some(row.sentence() == (*sentence)?)
        };
        let ends = [jobs.iter().find_map(is_same), jobs.iter().rev().find_map(is_same)];
        !ends.contains(&Some(false))
    }

    /// Returns the values of a job; `None` of a job that was not read.
    pub fn of_job(&self, job: JobId) -> Option<&SampledRow> {
        let at = self.jobs.binary_search_by_key(&job, |(job, _)| *job).ok()?;
        Some(&self.jobs[at].1)
    }

    /// Returns the values of each job, in the order in which they were asked for.
    pub fn into_rows(self) -> impl Iterator<Item = SampledRow> {
        self.jobs.into_iter().map(|(_, row)| row)
    }
}

impl<N: AsRef<str>, P: IntoIterator<Item = (N, CellValue)>> FromIterator<(JobId, P)>
    for SampledValues
{
    /// Collects jobs, which are in order, with their parameters and values.
    fn from_iter<I: IntoIterator<Item = (JobId, P)>>(jobs: I) -> Self {
        let mut names = ParameterNames::default();
        let row = |(job, pairs): (JobId, P)| (job, names.row(pairs.into_iter()));
        Self { jobs: jobs.into_iter().map(row).collect() }
    }
}

/// Parses a line of the file at a path; lines are counted from 0 and named from 1.
fn parse_line<'l>(path: &Path, number: usize, line: &'l [u8]) -> Result<SampledLine<'l>, Failure> {
    serde_json::from_slice(line).map_err(|error| Failure::Damaged {
        message: format!("`{}`, line {}: {error}", path.display(), number + 1),
        hint: Some(MOVE_AWAY.to_owned()),
    })
}

/// The names of parameters, each kept once.
#[derive(Debug, Default)]
struct ParameterNames(Vec<Arc<str>>);

impl ParameterNames {
    /// Makes a row of names that share their text with other rows. Rows have nearly the same names in the
    /// same order, so that the name after the last one is nearly always the right one.
    fn row<N: AsRef<str>>(&mut self, pairs: impl Iterator<Item = (N, CellValue)>) -> SampledRow {
        let mut next = 0;
        let shared = pairs.map(|(name, value)| {
            let at = self.place(next, name.as_ref());
            next = at + 1;
            (Arc::clone(&self.0[at]), value)
        });
        SampledRow(shared.collect())
    }

    fn place(&mut self, guess: usize, name: &str) -> usize {
        if self.0.get(guess).is_some_and(|guessed| **guessed == *name) {
            return guess;
        }
        self.0.iter().position(|known| **known == *name).unwrap_or_else(|| {
            self.0.push(name.into());
            self.0.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dir_with(lines: &str) -> (tempfile::TempDir, SweepDir) {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        fs::write_atomic(&dir.sampled_jsonl(), lines.as_bytes()).unwrap();
        (root, dir)
    }

    fn texts(values: &SampledValues, job: u32) -> Vec<String> {
        let row = values.of_job(JobId(job)).unwrap();
        row.iter().map(|(name, value)| format!("{name}={value:?}")).collect()
    }

    fn parser() -> SentenceParser {
        SentenceParser::new(vec!["A".to_owned(), "B".to_owned()])
    }

    #[test]
    fn a_job_without_a_line_is_taken_from_its_sentence() {
        let (_root, dir) = dir_with("{\"job\":1,\"sampled\":{\"A\":\"2\",\"B\":0.5},\"new\":1}\n");
        let jobs = [(JobId(0), Some("B 7")), (JobId(1), Some("A 2 B 0.5")), (JobId(2), None)];
        let values = SampledValues::read(&dir, jobs.into_iter(), parser).unwrap();
        assert_eq!(texts(&values, 0), ["B=Int(7)"]);
        assert_eq!(texts(&values, 1), ["A=Text(\"2\")", "B=Float(0.5)"]);
        assert_eq!(texts(&values, 2), Vec::<String>::new());
    }

    #[test]
    fn a_file_of_other_configs_is_passed_over() {
        let (_root, dir) = dir_with("{\"job\":0,\"sampled\":{\"A\":1}}\n");
        let jobs = [(JobId(0), Some("A 3"))];
        let values = SampledValues::read(&dir, jobs.into_iter(), parser).unwrap();
        assert_eq!(texts(&values, 0), ["A=Int(3)"]);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let (_root, dir) = dir_with("{\"job\":0,\"sampled\":{}}\n{\"job\":1,\n");
        let error = SampledValues::read(&dir, std::iter::empty(), parser).unwrap_err();
        assert!(error.to_string().contains("sampled.jsonl`, line 2"), "{error}");
    }
}
