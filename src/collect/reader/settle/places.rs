//! Finds the place of every row in the training, by what all rows of its type name.
//!
//! It is the epoch, and within that the step; the step alone where there is no epoch, or where epochs may be fractions;
//! and the number of the row where there is neither. A row that lacks what others have is where the one before it is.

use std::collections::BTreeMap;

use crate::app::num::{float, whole as truncated};
use crate::collect::log_value::LogValue;
use crate::collect::reader::generic::whole;
use crate::collect::reader::record::EpochIter;
use crate::collect::reader::row::{SeriesRow, fraction};
use crate::collect::reader::row_keys::RowKeys;
use crate::collect::reader::series::LogSeries;

/// The parts that a whole epoch has for rows within it, while they are put in order.
const PARTS_OF_EPOCH: f64 = 1e9;

/// The place that a row names itself.
#[derive(Debug, Clone, Copy)]
struct NamedPlace {
    epoch: Option<f64>,
    step: Option<i64>,
}

impl LogSeries {
    /// Gives every row its place; returns true if they are at fractions of epochs, with no steps.
    pub(super) fn find_places(&mut self, keys: &RowKeys) -> bool {
        let epochs = self.likeliest(|name| keys.epoch_rank(name));
        let steps = self.likeliest(|name| keys.step_rank(name));
        let mut places: Vec<NamedPlace> = self
            .rows
            .iter_mut()
            .map(|row| NamedPlace {
                epoch: epochs.and_then(|column| row.epoch(column)),
                step: steps.and_then(|column| row.step(column)),
            })
            .collect();
        forget_still_steps(&self.rows, &mut places);
        let is_fraction = places.iter().filter_map(|place| place.epoch).any(|e| e.fract() != 0.0);
        let has_epochs = places.iter().any(|place| place.epoch.is_some());
        let has_steps = places.iter().any(|place| place.step.is_some());
        self.is_by_step = !has_epochs || (is_fraction && has_steps);
        let mut last =
            NamedPlace { epoch: places.iter().find_map(|place| place.epoch), step: Some(0) };
        for (row, place) in self.rows.iter_mut().zip(&places) {
            let epoch = place.epoch.or(last.epoch);
            let is_same_epoch = self.is_by_step || epoch == last.epoch;
            let step = place.step.or(last.step.filter(|_| is_same_epoch));
            row.at = match (self.is_by_step, epoch) {
                (false, Some(epoch)) => within(epoch, step.unwrap_or(0)),
                _ if has_steps => EpochIter { epoch: step.unwrap_or(0), iter: 0 },
                _ => EpochIter { epoch: i64::try_from(row.line).unwrap_or(i64::MAX), iter: 0 },
            };
            last = NamedPlace { epoch, step };
        }
        is_fraction && !has_steps
    }

    /// Finds the field that most rows have of those with a rank, of equal ones the likeliest.
    fn likeliest(&self, rank: impl Fn(&str) -> Option<usize>) -> Option<usize> {
        let ranked = self.names.iter().enumerate();
        let ranked = ranked.filter_map(|(column, name)| Some((rank(name)?, column)));
        let mut ranked: Vec<(usize, usize)> = ranked.collect();
        if ranked.len() < 2 {
            return ranked.first().map(|(_, column)| *column);
        }
        ranked.sort_unstable();
        let given = |column: usize| {
            let is_given =
                |row: &&SeriesRow| row.given(column).is_some_and(|v| *v != LogValue::Null);
            self.rows.iter().filter(is_given).count()
        };
        let counted = ranked.into_iter().rev().map(|(_, column)| (given(column), column));
        counted.max_by_key(|(rows, _)| *rows).map(|(_, column)| column)
    }

    /// Numbers the rows within an epoch where they were at fractions of it.
    pub(super) fn number_fractions(&mut self) {
        let mut last: Option<(EpochIter, i64)> = None;
        for row in &mut self.rows {
            let number = match last {
                Some((at, number)) if at == row.at => number,
                Some((at, number)) if at.epoch == row.at.epoch => number + 1,
                _ => 0,
            };
            last = Some((row.at, number));
            row.at.iter = number;
        }
    }
}

impl SeriesRow {
    /// Returns the epoch that a row names in a column, and notes the number of all epochs if it names that.
    fn epoch(&mut self, column: usize) -> Option<f64> {
        let value = self.given(column)?;
        if let Some(number) = value.number() {
            return Some(number).filter(|number| number.is_finite());
        }
        let (epoch, of) = fraction(value)?;
        self.epoch_max = of.or(self.epoch_max);
        Some(float(epoch))
    }

    /// Returns the step that a row names in a column, and notes the number of all steps if it names that.
    fn step(&mut self, column: usize) -> Option<i64> {
        let value = self.given(column)?;
        let (step, of) = (whole(value)?, fraction(value).and_then(|(_, of)| of));
        self.iter_max = of.or(self.iter_max);
        Some(step)
    }
}

/// Forgets the step of rows of the same metrics that all name one and the same, each behind a row of others that is
/// further: `OpenMMLab` counts no iterations for the validations of a training without epochs.
fn forget_still_steps(rows: &[SeriesRow], places: &mut [NamedPlace]) {
    let goes_back = |pair: &[NamedPlace]| pair[1].step.is_some() && pair[1].step < pair[0].step;
    if !places.windows(2).any(goes_back) {
        return;
    }
    let mut groups: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (number, row) in rows.iter().enumerate() {
        let given = row.values.iter().enumerate().filter(|(_, value)| value.is_some());
        groups.entry(given.map(|(column, _)| column).collect()).or_default().push(number);
    }
    for group in groups.values().filter(|group| group.len() > 1) {
        let NamedPlace { epoch, step } = places[group[0]];
        let is_still = group.iter().all(|&number| {
            let is_behind = number > 0 && places[number - 1].step > step;
            is_behind && places[number].step == step && places[number].epoch == epoch
        });
        if is_still && step.is_some() {
            for &number in group {
                places[number].step = None;
            }
        }
    }
}

/// Returns the place of a step in an epoch, or of a part of an epoch without steps.
fn within(epoch: f64, step: i64) -> EpochIter {
    let whole = epoch.floor();
    let part: i64 = truncated((epoch - whole) * PARTS_OF_EPOCH);
    EpochIter { epoch: truncated(whole), iter: step.saturating_add(part) }
}
