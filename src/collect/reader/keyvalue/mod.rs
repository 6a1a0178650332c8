//! Printed lines with pairs `name: number` and `name=number`, of programs that only print.
//!
//! A line belongs to the epoch and step that it names, or else to the last that were named, as in Keras's
//! `Epoch 1/2` above `loss: 1.9 - val_loss: 1.7`. Within one place the last print of a metric counts, since a
//! progress bar prints it again and again. Where no line names a place, the number of the line is the step.
//!
//! - `pairs`: the pairs of a line, - `heading`: the place that it names, - `table`: tables of numbers.

mod heading;
mod pairs;
mod table;

use std::borrow::Cow;

use super::record::{LogRecord, PlaceSource, RecordFields};
use super::{LineFormat, RecordSink, RowKeys, generic};
use crate::app::num::float;
use crate::collect::cache::codec::{CacheCodec, codec_struct};
use crate::collect::diagnostic::{DiagnosticKind, DiagnosticPlace, STDOUT};
use crate::collect::log_value::LogValue;
use crate::trials::guess_goal;
use heading::{LineHeading, heading};
use pairs::{NumberPair, pairs, plain};
use table::{PrintedNumbers, PrintedTable, may_be_of_table};

/// Names of pairs that are places.
const PLACES: [&str; 13] = [
    "epoch",
    "step",
    "iter",
    "iteration",
    "global_step",
    "num_updates",
    "update",
    "train_step",
    "Epoch",
    "Step",
    "Iter",
    "Iteration",
    "Train_Epoch",
];

/// A line of so many pairs for each that may be a metric prints settings.
const FEW_OF: usize = 12;

/// The reader of printed pairs.
pub(crate) struct KeyvalueReader {
    /// The lines that count.
    pub(crate) lines: PrintedLines,
}

/// The lines of a print whose pairs are metrics.
pub(crate) enum PrintedLines {
    /// All, since somebody said that the program prints metrics.
    All,
    /// Those with a name that is surely a metric's, or that the objectives end in.
    WithMetric(Vec<String>),
}

impl PrintedLines {
    /// Returns true if a pair of this name makes a line count.
    fn have(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::WithMetric(_) => is_metric(name) || self.name(name),
        }
    }

    /// Returns true if an objective has this name.
    fn name(&self, name: &str) -> bool {
        let Self::WithMetric(objectives) = self else { return false };
        objectives.iter().any(|objective| {
            let rest = objective.strip_suffix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

/// Returns true if a name is surely a metric's. `CatBoost` calls its own `learn`, and `test` beside it.
fn is_metric(name: &str) -> bool {
    guess_goal(name).is_some() || name == "learn"
}

impl KeyvalueReader {
    /// The files that are looked for if `FILES` names none.
    pub(crate) const USUAL_FILES: &[&str] = &[STDOUT];
}

/// The last place that a line named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct PrintedPlace {
    epoch: Option<i64>,
    epoch_max: Option<i64>,
    step: Option<i64>,
    /// The first epoch, or step where there are no epochs: a program that goes back to it has begun anew.
    first: Option<i64>,
    /// There are rows by the number of their line.
    has_unplaced: bool,
    /// Epochs are fractions: rows are by the number of their line.
    is_by_line: bool,
    /// The phase that the last line with a heading named.
    phase: String,
    table: PrintedTable,
}

codec_struct!(PrintedPlace {
    epoch,
    epoch_max,
    step,
    first,
    has_unplaced,
    is_by_line,
    phase,
    table,
});

/// The beginning of the line that sums up the lines before it, whatever phase these are of.
const SUMMARY: &str = "Averaged stats";

impl LineFormat for KeyvalueReader {
    fn line(&self, number: u64, text: &[u8], is_last: bool, sink: &mut RecordSink<'_>) {
        // The last digit of a line that is being written may be missing.
        if is_last || !may_tell(text) {
            return;
        }
        let line = plain(text);
        let mut place = PrintedPlace::get(&mut sink.progress.memo.as_slice()).unwrap_or_default();
        let before = place.clone();
        let PrintedNumbers { pairs, mut heading } =
            place.table.take(&line, sink.keys).unwrap_or_else(|| PrintedNumbers::of(&line));
        place.carry_phase(&line, &mut heading);
        let row = self.row(&line, pairs);
        if matches!(self.lines, PrintedLines::All) || !row.is_empty() || heading.epoch.is_some() {
            place.move_to(&heading, !row.is_empty(), number, sink);
        }
        if !row.is_empty() {
            place.add(row, &heading, number, sink);
        }
        if place != before {
            sink.progress.memo.clear();
            place.put(&mut sink.progress.memo);
        }
    }
}

impl PrintedNumbers {
    /// Returns what a line tells that belongs to no table.
    fn of(line: &str) -> Self {
        let pairs = pairs(line);
        let heading = heading(line, !pairs.is_empty());
        Self { pairs, heading }
    }
}

/// True if a line can hold a pair or a place, or belong to a table.
fn may_tell(text: &[u8]) -> bool {
    text.len() < 10_000 && (text.iter().any(u8::is_ascii_digit) || may_be_of_table(text))
        || text.windows(3).any(|w| w.eq_ignore_ascii_case(b"nan"))
}

impl KeyvalueReader {
    /// Returns the metrics of a line.
    fn row(&self, line: &str, found: Vec<NumberPair>) -> RecordFields<'static> {
        let may_be_metric = |pair: &NumberPair| {
            !PLACES.contains(&pair.name.as_str())
                && (!pair.is_bare || is_metric(&pair.name) || self.lines.name(&pair.name))
        };
        let found: Vec<NumberPair> = found.into_iter().filter(may_be_metric).collect();
        let metrics = found.iter().filter(|pair| self.lines.have(&pair.name)).count();
        // A line of many settings has one that is called like a metric.
        if metrics == 0 || metrics * FEW_OF < found.len() {
            return Vec::new();
        }
        let mut row = RecordFields::new();
        for pair in found {
            let Some(value) = value(&pair, line) else { continue };
            if let Some(average) = average(line, &pair) {
                row.push((Cow::Owned(format!("{}_avg", pair.name)), average));
            }
            row.push((Cow::Owned(pair.name), value));
        }
        row
    }
}

/// Returns the value of a pair; `9890/10000` of an accuracy is a share, of anything else nothing.
fn value(pair: &NumberPair, line: &str) -> Option<LogValue> {
    let number = generic::log_value(&pair.number);
    let Some(of) = &pair.of else {
        // `Train: 0 [  10/100` is timm's place.
        let is_heading = line.contains(&format!("{}: {} [", pair.name, pair.number));
        return (!is_heading).then_some(number);
    };
    let is_share = pair.name.to_lowercase().contains("acc");
    let of = generic::log_value(of).number().filter(|of| is_share && *of > 0.0)?;
    Some(LogValue::Float(number.number()? / of))
}

/// Returns the running average that follows a value in brackets: `Loss: 2.3 (2.4)`.
fn average(line: &str, pair: &NumberPair) -> Option<LogValue> {
    let (_, behind) = line.split_once(&format!("{} (", pair.number))?;
    let (inside, _) = behind.split_once(')')?;
    let is_number = pair.of.is_none() && pair.number.contains('.') && inside.contains('.');
    let number = generic::log_value(inside);
    number.number().filter(|_| is_number).map(|_| number)
}

impl PrintedPlace {
    /// Keeps the phase of a line for the sum of such lines.
    fn carry_phase(&mut self, line: &str, heading: &mut LineHeading) {
        if line.starts_with(SUMMARY) {
            heading.phase = heading::usual_phase(&self.phase);
        } else if *heading != LineHeading::default() {
            heading.phase.unwrap_or_default().clone_into(&mut self.phase);
        }
    }

    /// Takes the place that a line names.
    fn move_to(
        &mut self,
        heading: &LineHeading,
        has_row: bool,
        number: u64,
        sink: &mut RecordSink<'_>,
    ) {
        // The batch of a validation is no step of the training.
        let step = heading.step.filter(|_| matches!(heading.phase, None | Some("train")));
        self.is_by_line |= heading.fraction.is_some();
        // A program that began by counting steps goes on so.
        let epoch = heading.epoch.filter(|_| self.epoch.is_some() || self.first.is_none());
        let tells = epoch.is_some() || (step.is_some() && (has_row || self.epoch.is_some()));
        if self.is_by_line || !tells {
            return;
        }
        let was = if self.epoch.is_some() { self.epoch } else { self.step };
        // The end of an epoch is no earlier than its last step.
        let is_same_epoch = epoch.is_some_and(|(epoch, _)| self.epoch == Some(epoch));
        if let Some((epoch, of)) = epoch {
            self.epoch_max = of.or(self.epoch_max);
            self.epoch = Some(epoch);
        }
        self.step = step.or(self.step.filter(|_| is_same_epoch));
        let now = if self.epoch.is_some() { self.epoch } else { self.step };
        let has_begun_anew = was.zip(now).is_some_and(|(was, now)| now < was) && self.first >= now;
        if let Some(now) = now.filter(|_| has_begun_anew) {
            let dropped = sink.progress.log.drop_after(now);
            let place = DiagnosticPlace::Line(number);
            sink.progress.diagnostics.add_times(DiagnosticKind::Superseded, dropped, place);
        }
        if self.first.is_none() || has_begun_anew {
            self.first = now;
        }
    }

    /// Adds a row at the place.
    fn add(
        &mut self,
        mut row: RecordFields<'static>,
        heading: &LineHeading,
        number: u64,
        sink: &mut RecordSink<'_>,
    ) {
        let kind = Cow::Owned(heading.phase.unwrap_or(sink.series_name).to_owned());
        if self.is_by_line {
            // The trainer prints its whole epochs as `1`.
            let epoch = heading.fraction.or(heading.epoch.map(|(epoch, _)| float(epoch)));
            row.extend(epoch.map(|epoch| (Cow::Borrowed("epoch"), LogValue::Float(epoch))));
            return generic::add(sink, heading.phase, row, number);
        }
        let place = match (self.epoch, self.step) {
            (Some(epoch), step) => {
                let epoch = match self.epoch_max {
                    Some(of) => LogValue::text(&format!("{epoch}/{of}")),
                    None => LogValue::Int(epoch),
                };
                row.push((Cow::Borrowed("epoch"), epoch));
                let step = step.filter(|_| matches!(heading.phase, None | Some("train")));
                row.extend(step.map(|step| (Cow::Borrowed("iter"), LogValue::Int(step))));
                PlaceSource::Fields
            }
            (None, Some(step)) => {
                row.push((Cow::Borrowed("step"), LogValue::Int(step)));
                PlaceSource::Step(step)
            }
            (None, None) => PlaceSource::Line(i64::try_from(number).unwrap_or(i64::MAX)),
        };
        let is_placed = self.epoch.is_some() || self.step.is_some();
        let record = LogRecord { kind, fields: row, place };
        if is_placed && std::mem::take(&mut self.has_unplaced) {
            sink.progress.log.gather_at(&record);
        }
        self.has_unplaced |= !is_placed;
        sink.latest(record, number);
    }
}

/// Returns the names that a printed line pairs with numbers, those that are surely metrics first.
pub(crate) fn printed_names(text: &[u8]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let (mut table, keys) = (PrintedTable::default(), RowKeys::default());
    for line in text.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| may_tell(line)) {
        let line = plain(line);
        let found = table.take(&line, &keys).map_or_else(|| pairs(&line), |numbers| numbers.pairs);
        let found = found.into_iter().map(|pair| pair.name);
        for name in found.filter(|name| is_metric(name)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests;
