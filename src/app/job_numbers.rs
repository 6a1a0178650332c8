//! Job numbers on the command line.

use std::str::FromStr;

use sweep_config::JobId;

use super::Failure;

/// Job numbers as a user lists them: `3,7-9`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobNumbers(Vec<(u32, u32)>);

impl FromStr for JobNumbers {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse::<u32>().ok();
        let range = |item: &str| match item.split_once('-') {
            Some((first, last)) => Some((number(first)?, number(last)?)),
            None => number(item).map(|n| (n, n)),
        };
        text.split(',')
            .map(|item| match range(item) {
                Some((first, last)) if first <= last => Ok((first, last)),
                _ => Err(format!("`{item}` is neither a job number nor a range; write `3,7-9`")),
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl JobNumbers {
    /// Returns true if a job is among them.
    pub fn has(&self, job: JobId) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&job.0))
    }

    /// Refuses numbers that are those of no job.
    ///
    /// # Errors
    ///
    /// Names the first that is none of the `jobs`, which are in order.
    pub fn check(&self, jobs: &[JobId]) -> Result<(), Failure> {
        let is_there = |first: u32, last: u32| {
            let at = jobs.partition_point(|job| job.0 < first);
            jobs.get(at).is_some_and(|job| job.0 <= last)
        };
        let stranger = self.0.iter().find(|(first, last)| !is_there(*first, *last));
        let (Some((first, _)), Some(last)) = (stranger, jobs.last()) else { return Ok(()) };
        let message = format!("--only: there is no job {first}");
        Err(Failure::usage(message, format!("jobs are numbered 0 to {}", last.0)))
    }
}
