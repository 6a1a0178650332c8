//! Finds what a group of failed jobs has in common that the other jobs have not.
//!
//! For each column, every value and every threshold that occurs is tried. A trait that is reported holds
//! for most of the group and for few of the others, and is unlikely to be an accident among all that was
//! tried. It is a hint where to look, not a proof: columns that go together cannot be told apart.

use std::collections::BTreeMap;
use std::fmt;

use super::fisher::FisherTable;
use crate::app::num::float;

/// The greatest number of traits that are reported, and of columns that are named beside one.
const TOLD: usize = 3;

/// The least odds ratio that is reported.
const ODDS: f64 = 10.0;

/// The greatest probability that a reported trait is an accident, corrected for all that was tried.
const CHANCE: f64 = 0.01;

/// One value of one job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum FeatureValue<'a> {
    Number(f64),
    Text(&'a str),
    /// The job has no such value: what is told does not hold for it.
    Missing,
}

/// A parameter of the configs, `cfg.TRAIN.BATCH_SIZE`, or the `host`, with its value in each job.
#[derive(Debug, Clone)]
pub(crate) struct FeatureColumn<'a> {
    pub(crate) name: &'a str,
    pub(crate) values: Vec<FeatureValue<'a>>,
}

/// A condition that may hold for a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum TraitTest {
    AtLeast(f64),
    AtMost(f64),
    /// A text, or a number as it is written.
    Is(String),
}

/// Something that the group has in common.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CommonTrait {
    pub(crate) column: String,
    pub(crate) test: TraitTest,
    /// The number of jobs of the group for which it holds.
    pub(crate) inside: usize,
    pub(crate) group: usize,
    /// The number of other jobs for which it holds.
    pub(crate) outside: usize,
    pub(crate) others: usize,
    /// The odds ratio, half a job added to each count.
    pub(crate) odds: f64,
    /// The probability that it is an accident, corrected for all that was tried.
    pub(crate) p: f64,
    /// Columns that say the same of every job; three at most.
    pub(crate) also: Vec<String>,
}

impl TraitTest {
    fn holds(&self, value: FeatureValue<'_>) -> bool {
        match (self, value) {
            (Self::AtLeast(least), FeatureValue::Number(number)) => number >= *least,
            (Self::AtMost(most), FeatureValue::Number(number)) => number <= *most,
            (Self::Is(text), FeatureValue::Number(number)) => *text == written(number),
            (Self::Is(text), FeatureValue::Text(value)) => text == value,
            _ => false,
        }
    }
}

impl fmt::Display for TraitTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(number) => write!(f, ">= {}", written(*number)),
            Self::AtMost(number) => write!(f, "<= {}", written(*number)),
            Self::Is(text) => write!(f, "= {text}"),
        }
    }
}

/// Formats a number as a person writes it: `512`, `0.1`, `1e-5`.
fn written(number: f64) -> String {
    let size = number.abs();
    // A zero has no sign that a config could mean.
    let number = number + 0.0;
    if size == 0.0 || (1e-4..1e15).contains(&size) {
        format!("{number}")
    } else {
        format!("{number:e}")
    }
}

impl CommonTrait {
    /// Returns `All 37 have TRAIN.BATCH_SIZE >= 512 (other jobs: 4 of 160)`; `11 of 12 on n7 (other jobs: 3 of 148)`.
    pub(crate) fn sentence(&self) -> String {
        let group = if self.inside == self.group {
            format!("All {}", self.group)
        } else {
            format!("{} of {}", self.inside, self.group)
        };
        let says = match (self.column.as_str(), &self.test) {
            ("host", TraitTest::Is(host)) => format!("on {host}"),
            (name, test) => format!("have {} {test}", name.strip_prefix("cfg.").unwrap_or(name)),
        };
        let outside = match self.outside {
            0 => "none".to_owned(),
            n => n.to_string(),
        };
        format!("{group} {says} (other jobs: {outside} of {})", self.others)
    }

    fn counts(&self) -> FisherTable {
        let Self { inside, group, outside, others, .. } = *self;
        FisherTable { inside, group, outside, others }
    }

    /// Orders two traits by how telling they are: by higher odds, then by more of the group; else the simpler
    /// one.
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let simple = |of: &Self| usize::from(matches!(of.test, TraitTest::Is(_)));
        self.odds
            .total_cmp(&other.odds)
            .then(self.inside.cmp(&other.inside))
            .then(simple(self).cmp(&simple(other)))
    }
}

/// Finds what the jobs of `in_group` have in common that the others have not, the strongest trait first.
///
/// Each column has one value for each job, in the same order as `in_group`.
pub(crate) fn common(columns: &[FeatureColumn<'_>], in_group: &[bool]) -> Vec<CommonTrait> {
    let group = in_group.iter().filter(|is_in| **is_in).count();
    let whole = FisherTable { inside: 0, group, outside: 0, others: in_group.len() - group };
    if whole.group == 0 || whole.others == 0 {
        return Vec::new();
    }
    let mut tried = 0;
    let mut found: Vec<(CommonTrait, &FeatureColumn<'_>)> = Vec::new();
    for column in columns {
        let tests = tests(column, in_group);
        tried += tests.len();
        found.extend(best(column, tests, whole).map(|best| (best, column)));
    }
    for (statement, _) in &mut found {
        statement.p = (statement.counts().p() * float(tried)).min(1.0);
    }
    found.retain(|(statement, _)| statement.p < CHANCE);
    // Stable: of equals, the column that comes first.
    found.sort_by(|(a, _), (b, _)| b.compare(a));
    without_twins(found)
}

/// The numbers of jobs of the group and of the others.
type GroupShare = (usize, usize);

fn sum(a: GroupShare, b: GroupShare) -> GroupShare {
    (a.0 + b.0, a.1 + b.1)
}

/// Lists the conditions on a column, and for how many jobs each holds; none for a constant column.
fn tests(column: &FeatureColumn<'_>, in_group: &[bool]) -> Vec<(TraitTest, GroupShare)> {
    let mut texts: BTreeMap<String, GroupShare> = BTreeMap::new();
    let mut numbers: Vec<(f64, GroupShare)> = Vec::new();
    let mut is_missing = false;
    for (value, is_in) in column.values.iter().zip(in_group) {
        let share = (usize::from(*is_in), usize::from(!is_in));
        match value {
            FeatureValue::Text(text) => {
                let all = texts.entry((*text).to_owned()).or_default();
                *all = sum(*all, share);
            }
            FeatureValue::Number(number) if !number.is_nan() => numbers.push((number + 0.0, share)),
            _ => is_missing = true,
        }
    }
    let numbers = distinct(numbers);
    if texts.len() + numbers.len() + usize::from(is_missing) < 2 {
        return Vec::new();
    }
    // What one job alone has is no trait of a group; a number may also be given as a text.
    for (number, share) in &numbers {
        let text = written(*number);
        if share.0 + share.1 > 1 || texts.contains_key(&text) {
            let all = texts.entry(text).or_default();
            *all = sum(*all, *share);
        }
    }
    let texts = texts.into_iter().map(|(text, share)| (TraitTest::Is(text), share));
    texts.chain(thresholds(&numbers)).collect()
}

/// Sorts the numbers, each once.
fn distinct(mut numbers: Vec<(f64, GroupShare)>) -> Vec<(f64, GroupShare)> {
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    numbers.dedup_by(|next, kept| {
        let is_same = next.0.total_cmp(&kept.0).is_eq();
        if is_same {
            kept.1 = sum(kept.1, next.1);
        }
        is_same
    });
    numbers
}

/// Lists each threshold with numbers on both of its sides.
fn thresholds(numbers: &[(f64, GroupShare)]) -> Vec<(TraitTest, GroupShare)> {
    let mut tests = Vec::new();
    let between = numbers.len().saturating_sub(1);
    let mut below = (0, 0);
    for (number, share) in &numbers[..between] {
        below = sum(below, *share);
        tests.push((TraitTest::AtMost(*number), below));
    }
    let mut above = (0, 0);
    for (number, share) in numbers.iter().rev().take(between) {
        above = sum(above, *share);
        tests.push((TraitTest::AtLeast(*number), above));
    }
    tests
}

/// Returns the most telling condition on a column that holds for at least four fifths of the group.
fn best(
    column: &FeatureColumn<'_>,
    tests: Vec<(TraitTest, GroupShare)>,
    whole: FisherTable,
) -> Option<CommonTrait> {
    let statement = |(test, (inside, outside)): (TraitTest, GroupShare)| CommonTrait {
        column: column.name.to_owned(),
        test,
        inside,
        group: whole.group,
        outside,
        others: whole.others,
        odds: FisherTable { inside, outside, ..whole }.odds(),
        p: 1.0,
        also: Vec::new(),
    };
    let covers = |(_, (inside, _)): &(TraitTest, GroupShare)| 5 * inside >= 4 * whole.group;
    let statements = tests.into_iter().filter(covers).map(statement);
    statements.filter(|statement| statement.odds >= ODDS).max_by(CommonTrait::compare)
}

/// Keeps the strongest statements; one that holds for just the same jobs as a stronger one is only named
/// there.
fn without_twins(found: Vec<(CommonTrait, &FeatureColumn<'_>)>) -> Vec<CommonTrait> {
    let mut told: Vec<(CommonTrait, &FeatureColumn<'_>)> = Vec::new();
    for (statement, column) in found {
        let twin = told.iter_mut().find(|(twin, of)| is_twin((twin, of), (&statement, column)));
        if let Some((twin, _)) = twin {
            twin.also.extend((twin.also.len() < TOLD).then_some(statement.column));
        } else if told.len() < TOLD {
            told.push((statement, column));
        }
    }
    told.into_iter().map(|(statement, _)| statement).collect()
}

/// True if both hold for the same jobs.
fn is_twin(a: (&CommonTrait, &FeatureColumn<'_>), b: (&CommonTrait, &FeatureColumn<'_>)) -> bool {
    a.0.counts() == b.0.counts()
        && a.1.values.iter().zip(&b.1.values).all(|(x, y)| a.0.test.holds(*x) == b.0.test.holds(*y))
}

#[cfg(test)]
mod tests;
