//! Rows of named values, of programs that know nothing of us: where in the training they belong.

use std::borrow::Cow;

use super::Sink;
use super::record::{Positions, Record};
use super::series::At;
use crate::collect::datum::Datum;

/// What programs call the number of a step.
const STEPS: [&str; 5] = ["step", "global_step", "_step", "iteration", "iter"];

type Fields<'a> = Vec<(Cow<'a, str>, Datum)>;

/// Adds a row, the `number`-th of its file.
///
/// Its place is its whole-numbered `epoch`, and within that its step; where it has no such epoch, its
/// step; and where it has neither, its number. A row without any metric tells nothing.
pub(super) fn add(sink: &mut Sink<'_>, kind: Option<&str>, fields: Fields<'_>, number: u64) {
    let place = place(&fields, number);
    let is_metric = |(name, value): &(Cow<'_, str>, Datum)| {
        name != "epoch" && !STEPS.contains(&name.as_ref()) && *value != Datum::Null
    };
    if fields.iter().any(is_metric) {
        let kind = Cow::Owned(kind.unwrap_or(sink.kind).to_owned());
        sink.record(Record { kind, fields, place }, number);
    }
}

fn place(fields: &Fields<'_>, number: u64) -> Positions {
    let named = |name: &str| fields.iter().find(|field| field.0 == name).map(|field| &field.1);
    let step = STEPS.iter().find_map(|name| named(name).and_then(whole));
    let epoch = named("epoch");
    match (epoch.and_then(whole), step) {
        // An epoch that may be a fraction is no number of rows.
        (_, Some(step)) if matches!(epoch, Some(Datum::Float(_))) => Positions::Step(step),
        (Some(epoch), step) => Positions::At(At { epoch, iter: step.unwrap_or(0) }),
        (None, Some(step)) => Positions::Step(step),
        (None, None) => Positions::Step(i64::try_from(number).unwrap_or(i64::MAX)),
    }
}

/// A whole number, however it is written.
#[expect(clippy::cast_possible_truncation, reason = "it is compared with what it came from")]
#[expect(clippy::cast_precision_loss, reason = "a step is far below 2^53")]
#[expect(clippy::float_cmp, reason = "the same number is meant, to the last bit")]
fn whole(datum: &Datum) -> Option<i64> {
    match datum {
        Datum::Int(i) => Some(*i),
        Datum::Float(f) => Some(*f as i64).filter(|i| *i as f64 == *f),
        Datum::Text(text) => text.split('/').next()?.trim().parse().ok(),
        _ => None,
    }
}

/// A text as the number or truth value that it is, for formats that know texts only.
pub(super) fn datum(text: &str) -> Datum {
    let text = text.trim();
    if let Ok(int) = text.parse() {
        return Datum::Int(int);
    }
    if let Some(number) = float(text) {
        return Datum::Float(number);
    }
    match text {
        // Keras's word for a metric that was not measured, and Python's for nothing.
        "" | "NA" | "None" | "null" => Datum::Null,
        "true" | "True" => Datum::Bool(true),
        "false" | "False" => Datum::Bool(false),
        _ => Datum::text(text),
    }
}

/// A number as programs print them; `infinity` in a text of another meaning is none.
fn float(text: &str) -> Option<f64> {
    let first = text.trim_start_matches(['+', '-']);
    let is_number = first.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let is_word = ["nan", "inf", "infinity"].iter().any(|word| first.eq_ignore_ascii_case(word));
    if is_number || is_word { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_number_that_it_looks_like() {
        assert_eq!(datum(" 12 "), Datum::Int(12));
        assert_eq!(datum("-1.5e-3"), Datum::Float(-0.0015));
        assert!(matches!(datum("nan"), Datum::Float(f) if f.is_nan()));
        assert_eq!(datum("-Infinity"), Datum::Float(f64::NEG_INFINITY));
        assert_eq!(datum("information"), Datum::text("information"));
        assert_eq!(datum("False"), Datum::Bool(false));
        assert_eq!(datum(""), Datum::Null);
    }

    #[test]
    fn the_place_of_a_row_is_its_epoch_or_else_its_step_or_else_its_number() {
        let of = |fields: &[(&'static str, Datum)]| {
            place(&fields.iter().map(|(name, value)| ((*name).into(), value.clone())).collect(), 7)
        };
        let (epoch, step) = (("epoch", Datum::Int(3)), ("step", Datum::Int(90)));
        let at = |epoch, iter| Positions::At(At { epoch, iter });
        assert_eq!(of(&[epoch.clone(), step.clone()]), at(3, 90));
        assert_eq!(of(&[epoch]), at(3, 0));
        assert_eq!(of(&[("epoch", Datum::Float(2.0))]), at(2, 0));
        assert_eq!(of(&[("epoch", Datum::text("2/10"))]), at(2, 0));
        assert_eq!(of(&[("epoch", Datum::Float(2.0)), step]), Positions::Step(90));
        assert_eq!(of(&[("loss", Datum::Int(3))]), Positions::Step(7));
    }
}
