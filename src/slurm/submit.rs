//! `sbatch`, so that a submission happens once whatever becomes of its answer.

use std::path::Path;
use std::thread;

use super::Slurm;
use super::error::{CallError, SlurmError};

/// The answer of `sbatch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmittedArray {
    /// The array's number.
    pub id: u64,
    /// The cluster, where there are several.
    pub cluster: Option<String>,
}

impl Slurm {
    /// Submits a script under a job name that nothing else has; `options` win over those in it, and
    /// `arguments` are the script's own.
    ///
    /// An answer may be lost although the job was taken. So before `sbatch` is called again, SLURM
    /// is asked for the name; and if the job is there twice after all, one of them is cancelled.
    ///
    /// # Errors
    ///
    /// When SLURM refuses, or does not answer for so long that we give up.
    pub fn submit(
        &self,
        script: &Path,
        options: &[String],
        arguments: &[String],
        name: &str,
    ) -> Result<SubmittedArray, SlurmError> {
        let mut args = vec!["--parsable".to_owned(), format!("--job-name={name}")];
        args.extend_from_slice(options);
        args.push(script.to_string_lossy().into_owned());
        args.extend_from_slice(arguments);
        let mut waits = self.retry.iter();
        let mut repeated = false;
        loop {
            let error = match self.sbatch(&args) {
                Ok(Some(submitted)) if repeated => return Ok(self.only_one(name, submitted)),
                Ok(Some(submitted)) => return Ok(submitted),
                Ok(None) => {
                    return self.find(name)?.ok_or_else(|| SlurmError::garbage("sbatch", ""));
                }
                Err(error) if error.is_transient() => error,
                Err(error) if repeated => return Err(error.after_others()),
                Err(error) => return Err(error),
            };
            let Some(wait) = waits.next() else { return Err(error) };
            thread::sleep(*wait);
            if let Some(submitted) = self.find(name)? {
                return Ok(submitted);
            }
            repeated = true;
        }
    }

    /// Calls `sbatch` once; `None` if its answer names no job.
    fn sbatch(&self, args: &[String]) -> Result<Option<SubmittedArray>, SlurmError> {
        match self.call("sbatch", args) {
            Ok(printed) => Ok(parse(&printed.stdout)),
            // A wrapper may fail after the job was taken.
            Err(CallError::Refused { status, words }) => match parse(&words) {
                Some(submitted) => Ok(Some(submitted)),
                None => Err(SlurmError::new("sbatch", CallError::Refused { status, words })),
            },
            Err(failed) => Err(SlurmError::new("sbatch", failed)),
        }
    }

    /// Finds the job of that name, if SLURM has one.
    fn find(&self, name: &str) -> Result<Option<SubmittedArray>, SlurmError> {
        let ids = self.ids_of(name)?;
        Ok(ids.first().map(|id| SubmittedArray { id: *id, cluster: None }))
    }

    fn ids_of(&self, name: &str) -> Result<Vec<u64>, SlurmError> {
        let queue = self.queue(&[name.to_owned()])?;
        let mut ids: Vec<u64> = queue.tasks.iter().map(|task| task.id.array).collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Keeps the first of several jobs of one name and cancels the others. One that cannot be found
    /// or cancelled does no harm: its workers find nothing to do.
    fn only_one(&self, name: &str, submitted: SubmittedArray) -> SubmittedArray {
        let Ok(ids) = self.ids_of(name) else { return submitted };
        let Some((first, others)) = ids.split_first() else { return submitted };
        if others.is_empty() {
            return submitted;
        }
        let _ = self.cancel(others, false);
        SubmittedArray { id: *first, ..submitted }
    }
}

/// `123`, `123;cluster`, or `SubmittedArray batch job 123` of a wrapper, between whatever a site prints.
fn parse(printed: &str) -> Option<SubmittedArray> {
    printed.lines().rev().map(str::trim).find_map(|line| {
        let answer = line.strip_prefix("Submitted batch job ").unwrap_or(line);
        let mut words = answer.split([';', ' ']);
        let id = words.next()?.parse().ok()?;
        let cluster = answer.split_once(';').map(|(_, cluster)| cluster.to_owned());
        (cluster.is_some() || words.next().is_none() || answer != line)
            .then_some(SubmittedArray { id, cluster })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    #[test]
    fn the_number_is_found_between_banners() {
        let id = |printed: &str| parse(printed).map(|submitted| submitted.id);
        assert!(recorded("sbatch.txt").iter().all(|printed| id(printed) == Some(1)));
        assert_eq!(id("123\n"), Some(123));
        assert_eq!(id("*** 3 nodes are down ***\n123;north\nhave a nice day\n"), Some(123));
        assert_eq!(parse("123;north").unwrap().cluster.as_deref(), Some("north"));
        assert_eq!(id("Submitted batch job 123 on cluster north\n"), Some(123));
        assert_eq!(id("your quota: 12 of 100 GB\n"), None);
        assert_eq!(id("12 jobs of yours are queued\n"), None);
        assert_eq!(id(""), None);
    }
}
