//! Rows of named values, from programs that know nothing of us, and their places in the training.

use std::borrow::Cow;

use super::record::{EpochIter, LogRecord, PlaceSource, RecordFields};
use super::row_keys::{RowKeys, take_phase};
use super::{RecordSink, odd_number};
use crate::collect::log_value::LogValue;

/// Adds a row, the `number`-th of its file.
///
/// The type of a row that names its phase (`split: val`) is that phase; below the type that was given, if one was. A
/// row without any metric tells nothing.
pub(super) fn add(
    sink: &mut RecordSink<'_>,
    kind: Option<&str>,
    mut fields: RecordFields<'_>,
    number: u64,
) {
    let place = place(&fields, number, sink.keys);
    let is_metric = |(name, value): &(Cow<'_, str>, LogValue)| {
        *value != LogValue::Null && !sink.keys.is_place(name)
    };
    if !fields.iter().any(is_metric) {
        return;
    }
    let given = kind.or(sink.keys.is_type_given.then_some(sink.series_name));
    let kind = match (take_phase(&mut fields), given) {
        (Some(phase), Some(given)) => Cow::Owned(format!("{given}.{phase}")),
        (Some(phase), None) => Cow::Owned(phase),
        (None, given) => Cow::Owned(given.unwrap_or(sink.series_name).to_owned()),
    };
    sink.record(LogRecord { kind, fields, place }, number);
}

/// Guesses the place of a row, as far as the row alone tells: its epoch, and within that its step; without an epoch
/// its step; and without either, its number. The whole file may show that it is another
/// ([`super::series::LogSeries::settle`]).
fn place(fields: &RecordFields<'_>, number: u64, keys: &RowKeys) -> PlaceSource {
    let (epoch, step) = keys.place_fields(fields);
    let step = step.and_then(whole);
    match (epoch.and_then(whole), step) {
        // An epoch that may be a fraction is no number of rows.
        (_, Some(step)) if matches!(epoch, Some(LogValue::Float(_))) => PlaceSource::Step(step),
        (Some(epoch), step) => PlaceSource::At(EpochIter { epoch, iter: step.unwrap_or(0) }),
        (None, Some(step)) => PlaceSource::Step(step),
        (None, None) => PlaceSource::Line(i64::try_from(number).unwrap_or(i64::MAX)),
    }
}

/// Returns a whole number, however it is written.
#[expect(clippy::cast_possible_truncation, reason = "it is compared with what it came from")]
#[expect(clippy::cast_precision_loss, reason = "a step is far below 2^53")]
#[expect(clippy::float_cmp, reason = "the same number is meant, to the last bit")]
pub(super) fn whole(log_value: &LogValue) -> Option<i64> {
    match log_value {
        LogValue::Int(i) => Some(*i),
        LogValue::Float(f) => Some(*f as i64).filter(|i| *i as f64 == *f),
        LogValue::Text(text) => text.split('/').next()?.trim().parse().ok(),
        _ => None,
    }
}

/// Reads a text as the number or truth value that it looks like, for formats that know texts only.
pub(crate) fn log_value(text: &str) -> LogValue {
    let text = text.trim();
    if let Some(number) = odd_number::plain(text) {
        return number;
    }
    match text {
        "true" | "True" => LogValue::Bool(true),
        "false" | "False" => LogValue::Bool(false),
        _ => odd_number::read(text).unwrap_or_else(|| LogValue::text(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_number_that_it_looks_like() {
        assert_eq!(log_value(" 12 "), LogValue::Int(12));
        assert_eq!(log_value("-1.5e-3"), LogValue::Float(-0.0015));
        assert!(matches!(log_value("nan"), LogValue::Float(f) if f.is_nan()));
        assert_eq!(log_value("-Infinity"), LogValue::Float(f64::NEG_INFINITY));
        assert_eq!(log_value("information"), LogValue::text("information"));
        assert_eq!(log_value("False"), LogValue::Bool(false));
        assert_eq!(log_value(""), LogValue::Null);
    }

    #[test]
    fn the_place_of_a_row_is_its_epoch_or_else_its_step_or_else_its_number() {
        let of = |fields: &[(&'static str, LogValue)]| {
            let fields = fields.iter().map(|(name, value)| ((*name).into(), value.clone()));
            place(&fields.collect(), 7, &RowKeys::default())
        };
        let (epoch, step) = (("epoch", LogValue::Int(3)), ("step", LogValue::Int(90)));
        let at = |epoch, iter| PlaceSource::At(EpochIter { epoch, iter });
        assert_eq!(of(&[epoch.clone(), step.clone()]), at(3, 90));
        assert_eq!(of(&[epoch]), at(3, 0));
        assert_eq!(of(&[("epoch", LogValue::Float(2.0))]), at(2, 0));
        assert_eq!(of(&[("epoch", LogValue::text("2/10"))]), at(2, 0));
        assert_eq!(of(&[("epoch", LogValue::Float(2.0)), step]), PlaceSource::Step(90));
        assert_eq!(of(&[("Global_Step", LogValue::Int(4))]), PlaceSource::Step(4));
        assert_eq!(of(&[("loss", LogValue::Int(3))]), PlaceSource::Line(7));
    }
}
