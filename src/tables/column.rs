//! The columns of a table as plain values.

use std::fmt::{self, Display};

use sweep_config::JobId;

/// A column with one entry a row; a missing value is `None`, and so is a number that is not finite.
#[derive(Debug, Clone, PartialEq)]
pub enum PlainColumn {
    /// Numbers; truth values are 0 and 1.
    Numbers(Vec<Option<f64>>),
    /// Texts, and lists as JSON text.
    Texts(Vec<Option<String>>),
}

/// The type of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Numbers.
    Numbers,
    /// Truth values, read as 0 and 1.
    Truths,
    /// Texts.
    Texts,
}

/// The value that all rows share that have any.
#[derive(Debug, Clone, PartialEq)]
pub struct SharedValue {
    /// The value.
    pub value: ScalarValue,
    /// True for each row that has it; `None` if all have.
    pub present: Option<Vec<bool>>,
}

/// A single value.
#[derive(Debug, Clone, PartialEq)]
pub enum ScalarValue {
    /// A number.
    Number(f64),
    /// A truth value.
    Truth(bool),
    /// A text, or a list as JSON text.
    Text(String),
}

impl Display for ScalarValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Truth(truth) => truth.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// Returns a number as that of a job; `None` of one that is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked just before")]
pub fn job_id(number: f64) -> Option<JobId> {
    let whole = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    whole.then_some(JobId(number as u32))
}
