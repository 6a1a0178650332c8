//! Groups failed jobs by cause, and compares each group with the jobs that fared otherwise.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sweep_config::JobId;
use sweep_config::records::JobState;

use super::common::{CommonTrait, FeatureColumn, FeatureValue, common};
use crate::collect::job::JobStatus;
use crate::collect::verdict::is_settled;
use crate::failure_text::{FailureCause, likeness};
use crate::trials::{CellValue, SampledRow, SampledValues};

/// Jobs that ended badly for one cause.
#[derive(Debug, PartialEq)]
pub(crate) struct FailureGroup {
    pub(crate) state: JobState,
    /// The cause of the first of them, by its `stderr.log`.
    pub(crate) cause: Option<FailureCause>,
    /// The last line of the first of them, or why its attempt ended; `None` if neither is known.
    pub(crate) said: Option<String>,
    /// The exit code and the signal of the first of them.
    pub(crate) exit_code: Option<i32>,
    pub(crate) signal: Option<i32>,
    pub(crate) jobs: Vec<JobId>,
    /// The hosts of their last attempts, and how many jobs each had.
    pub(crate) hosts: BTreeMap<String, usize>,
    /// The traits that they have in common and the others have not.
    pub(crate) traits: Vec<CommonTrait>,
}

/// Groups the failed jobs by [`likeness`], the largest group first.
pub(crate) fn groups(job_statuses: &[&JobStatus], sampled: &SampledValues) -> Vec<FailureGroup> {
    let mut groups: BTreeMap<String, FailureGroup> = BTreeMap::new();
    for job_status in job_statuses.iter().filter(|job_status| job_status.state.is_bad()) {
        let status = (job_status.runs.exit_code, job_status.runs.signal);
        let key = likeness(
            &job_status.state,
            job_status.cause.as_ref(),
            job_status.error.as_deref(),
            status,
        );
        let group = groups.entry(key).or_insert_with(|| FailureGroup {
            state: job_status.state.clone(),
            cause: job_status.cause.clone(),
            said: job_status.error.clone(),
            exit_code: job_status.runs.exit_code,
            signal: job_status.runs.signal,
            jobs: Vec::new(),
            hosts: BTreeMap::new(),
            traits: Vec::new(),
        });
        group.jobs.push(job_status.job);
        if let Some(host) = &job_status.runs.host {
            *group.hosts.entry(host.clone()).or_default() += 1;
        }
    }
    let mut groups: Vec<FailureGroup> = groups.into_values().collect();
    groups.sort_by_key(|group| (usize::MAX - group.jobs.len(), group.jobs[0]));
    compare(&mut groups, job_statuses, sampled);
    groups
}

/// Compares each group with all other jobs that were tried to their end.
fn compare(groups: &mut [FailureGroup], job_statuses: &[&JobStatus], sampled: &SampledValues) {
    if groups.is_empty() {
        return;
    }
    let tried: Vec<&&JobStatus> =
        job_statuses.iter().filter(|job_status| is_settled(&job_status.state)).collect();
    let table = FeatureTable::new(&tried, sampled);
    let columns = table.columns();
    for group in groups {
        let in_group: Vec<bool> = tried
            .iter()
            .map(|job_status| group.jobs.binary_search(&job_status.job).is_ok())
            .collect();
        group.traits = common(&columns, &in_group);
    }
}

/// The values of the sampled parameters, and the hosts, of the jobs that were tried.
struct FeatureTable<'a> {
    names: Vec<&'a str>,
    /// The values by name, then by job.
    values: Vec<Vec<Option<TriedValue<'a>>>>,
}

/// A value of a job: a number, or the text that is compared.
enum TriedValue<'a> {
    Number(f64),
    Text(Cow<'a, str>),
}

impl<'a> FeatureTable<'a> {
    fn new(tried: &[&&'a JobStatus], sampled: &'a SampledValues) -> Self {
        let mut by_name: BTreeMap<&str, Vec<Option<TriedValue<'_>>>> = BTreeMap::new();
        for (row, job_status) in tried.iter().enumerate() {
            let host = job_status.runs.host.as_deref();
            let host = host.map(|host| ("host", TriedValue::Text(Cow::Borrowed(host))));
            let pairs = sampled.of_job(job_status.job).into_iter().flat_map(SampledRow::iter);
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

    fn columns(&self) -> Vec<FeatureColumn<'_>> {
        let columns = self.names.iter().zip(&self.values).map(|(name, values)| FeatureColumn {
            name,
            values: values.iter().map(|value| TriedValue::feature(value.as_ref())).collect(),
        });
        columns.collect()
    }
}

impl<'a> TriedValue<'a> {
    fn of(value: &'a CellValue) -> Self {
        value.number().map_or_else(|| Self::Text(value.spelled()), Self::Number)
    }

    fn feature(value: Option<&Self>) -> FeatureValue<'_> {
        match value {
            None => FeatureValue::Missing,
            Some(Self::Number(number)) => FeatureValue::Number(*number),
            Some(Self::Text(text)) => FeatureValue::Text(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::status::tests::{failed, job_status};

    fn of(job_statuses: &[JobStatus], sampled: &SampledValues) -> Vec<FailureGroup> {
        groups(&job_statuses.iter().collect::<Vec<_>>(), sampled)
    }

    #[test]
    fn errors_that_differ_in_numbers_only_are_one_group() {
        let job_statuses = [
            failed(2, "tried to allocate 20.00 MiB"),
            failed(3, "tried to allocate 8.25 MiB"),
            failed(4, "ValueError"),
        ];
        let groups = of(&job_statuses, &SampledValues::default());
        let groups: Vec<(Option<&str>, usize)> =
            groups.iter().map(|group| (group.said.as_deref(), group.jobs.len())).collect();
        assert_eq!(groups, [(Some("tried to allocate 20.00 MiB"), 2), (Some("ValueError"), 1)]);
    }

    #[test]
    fn a_group_is_told_from_the_others_by_what_was_sampled() {
        let batch = |job: u32| CellValue::Int(if job < 12 { 1024 } else { 256 });
        let sampled = (0..40).map(|job| (JobId(job), [("TRAIN.BATCH_SIZE", batch(job))]));
        let sampled: SampledValues = sampled.collect();
        let job_statuses = (0..40).map(|job| match job {
            0..12 => failed(job, "CUDA out of memory"),
            _ => job_status(job, JobState::Done, None, None),
        });
        let groups = of(&job_statuses.collect::<Vec<_>>(), &sampled);
        let sentence = groups[0].traits[0].sentence();
        assert!(sentence.starts_with("All 12 have TRAIN.BATCH_SIZE"), "{sentence}");
    }
}
