//! Failed jobs in groups of one cause, and what tells each group from the jobs that fared otherwise.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sweep_config::JobId;
use sweep_config::records::JobState;

use super::common::{Column, Feature, Trait, common};
use crate::collect::job::Brief;
use crate::collect::verdict::is_settled;
use crate::failure_text::{FailureCause, likeness};
use crate::trials::{CellValue, SampledRow, SampledValues};

/// Jobs that ended badly for one cause.
#[derive(Debug, PartialEq)]
pub(crate) struct Group {
    pub(crate) state: JobState,
    /// What the first of them died of, by its `stderr.log`.
    pub(crate) cause: Option<FailureCause>,
    /// What the first of them said last, or why its attempt ended; `None` where there is no word.
    pub(crate) said: Option<String>,
    /// The exit code and the signal of the first of them.
    pub(crate) exit_code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) jobs: Vec<JobId>,
    /// The hosts of their last attempts, and how many jobs each had.
    pub(crate) hosts: BTreeMap<String, usize>,
    /// What they have in common that the others have not.
    pub(crate) traits: Vec<Trait>,
}

/// The groups, the largest first. Of jobs whose `stderr.log` tells no cause, those that said the same but
/// for numbers are one group, or else those with one exit code and signal.
pub(crate) fn groups(briefs: &[&Brief], sampled: &SampledValues) -> Vec<Group> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for brief in briefs.iter().filter(|brief| brief.state.is_bad()) {
        let status = (brief.runs.exit_code, brief.runs.signal);
        let key = likeness(&brief.state, brief.cause.as_ref(), brief.error.as_deref(), status);
        let group = groups.entry(key).or_insert_with(|| Group {
            state: brief.state.clone(),
            cause: brief.cause.clone(),
            said: brief.error.clone(),
            exit_code: brief.runs.exit_code,
            signal: brief.runs.signal,
            jobs: Vec::new(),
            hosts: BTreeMap::new(),
            traits: Vec::new(),
        });
        group.jobs.push(brief.job);
        if let Some(host) = &brief.runs.host {
            *group.hosts.entry(host.clone()).or_default() += 1;
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| (usize::MAX - group.jobs.len(), group.jobs[0]));
    compare(&mut groups, briefs, sampled);
    groups
}

/// Compares each group with all other jobs that were tried to their end.
fn compare(groups: &mut [Group], briefs: &[&Brief], sampled: &SampledValues) {
    if groups.is_empty() {
        return;
    }
    let tried: Vec<&&Brief> = briefs.iter().filter(|brief| is_settled(&brief.state)).collect();
    let table = TriedJobs::new(&tried, sampled);
    let columns = table.columns();
    for group in groups {
        let in_group: Vec<bool> =
            tried.iter().map(|brief| group.jobs.binary_search(&brief.job).is_ok()).collect();
        group.traits = common(&columns, &in_group);
    }
}

/// The values of the sampled parameters, and the hosts, of the jobs that were tried.
struct TriedJobs<'a> {
    names: Vec<&'a str>,
    /// By name, then by job.
    values: Vec<Vec<Option<TriedValue<'a>>>>,
}

/// A value of a job: a number, or the text that is compared.
enum TriedValue<'a> {
    Number(f64),
    Text(Cow<'a, str>),
}

impl<'a> TriedJobs<'a> {
    fn new(tried: &[&&'a Brief], sampled: &'a SampledValues) -> Self {
        let mut by_name: BTreeMap<&str, Vec<Option<TriedValue<'_>>>> = BTreeMap::new();
        for (row, brief) in tried.iter().enumerate() {
            let host = brief.runs.host.as_deref();
            let host = host.map(|host| ("host", TriedValue::Text(Cow::Borrowed(host))));
            let pairs = sampled.of_job(brief.job).into_iter().flat_map(SampledRow::iter);
            let pairs = pairs.map(|(name, value)| (name, TriedValue::of(value)));
            for (name, value) in pairs.chain(host) {
                let values = by_name.entry(name).or_default();
                values.resize_with(row, || None);
                values.push(Some(value));
            }
        }
        for values in by_name.values_mut() {
            values.resize_with(tried.len(), || None);
        }
        let (names, values) = by_name.into_iter().unzip();
        Self { names, values }
    }

    fn columns(&self) -> Vec<Column<'_>> {
        let columns = self.names.iter().zip(&self.values).map(|(name, values)| Column {
            name,
            values: values.iter().map(TriedValue::feature).collect(),
        });
        columns.collect()
    }
}

impl<'a> TriedValue<'a> {
    fn of(value: &'a CellValue) -> Self {
        value.number().map_or_else(|| Self::Text(value.spelled()), Self::Number)
    }

    fn feature(value: &Option<Self>) -> Feature<'_> {
        match value {
            None => Feature::Missing,
            Some(Self::Number(number)) => Feature::Number(*number),
            Some(Self::Text(text)) => Feature::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::status::tests::{brief, failed};

    fn of(briefs: &[Brief], sampled: &SampledValues) -> Vec<Group> {
        groups(&briefs.iter().collect::<Vec<_>>(), sampled)
    }

    #[test]
    fn errors_that_differ_in_numbers_only_are_one_group() {
        let briefs = [
            failed(2, "tried to allocate 20.00 MiB"),
            failed(3, "tried to allocate 8.25 MiB"),
            failed(4, "ValueError"),
        ];
        let groups = of(&briefs, &SampledValues::default());
        let groups: Vec<(Option<&str>, usize)> =
            groups.iter().map(|group| (group.said.as_deref(), group.jobs.len())).collect();
        assert_eq!(groups, [(Some("tried to allocate 20.00 MiB"), 2), (Some("ValueError"), 1)]);
    }

    #[test]
    fn a_group_is_told_from_the_others_by_what_was_sampled() {
        let batch = |job: u32| CellValue::Int(if job < 12 { 1024 } else { 256 });
        let sampled = (0..40).map(|job| (JobId(job), [("TRAIN.BATCH_SIZE", batch(job))]));
        let sampled: SampledValues = sampled.collect();
        let briefs = (0..40).map(|job| match job {
            0..12 => failed(job, "CUDA out of memory"),
            _ => brief(job, JobState::Done, None, None),
        });
        let groups = of(&briefs.collect::<Vec<_>>(), &sampled);
        let sentence = groups[0].traits[0].sentence();
        assert!(sentence.starts_with("All 12 have TRAIN.BATCH_SIZE"), "{sentence}");
    }
}
