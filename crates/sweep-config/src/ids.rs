//! The numbers of jobs and submissions, as names of directories have them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The number of a job: `cfgs/000017.yaml` and `logs/000017/` belong to job 17.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId(pub u32);

/// The number of a submission: `launches/000001/` is the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubmissionId(pub u32);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Display for SubmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// A directory name that is not six or more digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a number of six or more digits")]
pub struct InvalidNumber(String);

fn parse_number(text: &str) -> Result<u32, InvalidNumber> {
    let digits = text.len() >= 6 && text.bytes().all(|b| b.is_ascii_digit());
    let canonical = digits && (text.len() == 6 || !text.starts_with('0'));
    let number = if canonical { text.parse().ok() } else { None };
    number.ok_or_else(|| InvalidNumber(text.to_owned()))
}

impl FromStr for JobId {
    type Err = InvalidNumber;

    /// Reads exactly what [`Display`](fmt::Display) writes: `000017`, `1234567`.
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        parse_number(text).map(Self)
    }
}

impl FromStr for SubmissionId {
    type Err = InvalidNumber;

    /// Reads exactly what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        parse_number(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_number_has_six_digits_and_more_when_needed() {
        assert_eq!(JobId(17).to_string(), "000017");
        assert_eq!(JobId(1_234_567).to_string(), "1234567");
        assert_eq!("000017".parse(), Ok(JobId(17)));
        assert_eq!("1234567".parse(), Ok(JobId(1_234_567)));
    }

    #[test]
    fn a_name_that_we_did_not_write_is_no_job() {
        for name in ["17", "0000017", "00001a", "sbatch", "", "+00017", "99999999999"] {
            assert!(name.parse::<JobId>().is_err(), "{name}");
        }
    }
}
