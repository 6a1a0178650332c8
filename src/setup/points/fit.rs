//! A cell as the value of its parameter: with the parameter's type, and in its range or outside.

use sweep_config::{
    ListLength, RangeBound, RangeQuantum, RegnetRanges, Sampler, ScalarRange, TypeFault, Value,
    python, type_fault,
};

use super::table::PointCell;
use crate::setup::given::is_branch;

/// The value that a cell gives to its parameter.
#[derive(Debug, PartialEq)]
pub(super) enum FittedCell {
    /// A value that the samplers can draw, or whose parameter they do not draw.
    Inside(Value),
    /// A value that they cannot draw, with what they can, in words.
    Outside(Value, String),
    /// Nothing: a null where neither samplers nor base config have one.
    Unset,
}

/// Gives a cell the type of its parameter `key`, that some samplers may draw, or else of its value in the base config.
///
/// # Errors
///
/// Says in words why no program could mean the value.
pub(super) fn fit(
    cell: &PointCell,
    key: &str,
    samplers: &[&Sampler],
    base: Option<&Value>,
) -> Result<FittedCell, String> {
    let mut limits = Vec::new();
    for sampler in samplers {
        match drawable(cell, key, sampler) {
            Ok(value) => return Ok(FittedCell::Inside(value)),
            Err(range) => limits.push(range),
        }
    }
    if cell.value == Value::Null && base != Some(&Value::Null) {
        return Ok(FittedCell::Unset);
    }
    let Some(sampler) = samplers.first() else {
        let value = base.map_or_else(|| cell.value.clone(), |base| alike(cell, base));
        return Ok(FittedCell::Inside(value));
    };
    let value = alike(cell, &example(sampler, key).unwrap_or(Value::Null));
    let is_number = value.as_f64().is_some() && !matches!(value, Value::Bool(_));
    if is_numeric(sampler) && !is_number {
        return Err(format!("{} is not a number", python::repr(&value)));
    }
    limits.dedup();
    Ok(FittedCell::Outside(value, limits.join(" or ")))
}

/// Returns a remark on the types of a parameter's values beside that of the base config, or why they cannot be meant.
///
/// # Errors
///
/// When a program would take them for others.
pub(super) fn types(values: &[Value], base: &Value) -> Result<Option<String>, String> {
    match type_fault(values, base) {
        Some(TypeFault { is_certain: true, message, .. }) => Err(message),
        fault => Ok(fault.map(|fault| fault.message)),
    }
}

/// Returns the value as a sampler draws it, or what it draws, in words.
fn drawable(cell: &PointCell, key: &str, sampler: &Sampler) -> Result<Value, String> {
    match sampler.unconditional() {
        Sampler::Value(values) => one_of(cell, values),
        Sampler::Weighted(weighted) => one_of(cell, &weighted.values),
        Sampler::Choice(choice) => {
            let names: Vec<Value> =
                choice.branches.iter().map(|branch| branch.name.clone()).collect();
            one_of(cell, &names)
        }
        Sampler::Scalar(_, range) => within(cell, *range),
        Sampler::Ranged(range) => {
            let end = |bound: &RangeBound, open: f64| match bound {
                RangeBound::Number(number) => *number,
                RangeBound::Expr(_) => open,
            };
            let low = end(&range.low, f64::NEG_INFINITY);
            let high = end(&range.high, f64::INFINITY);
            number(cell, low, high, matches!(range.quantum, RangeQuantum::Int(_)))
        }
        Sampler::Regnet(ranges) => regnet(cell, key, ranges),
        Sampler::List { length, item } => list(cell, key, length, item),
        Sampler::Law(_) | Sampler::Mapping(_) | Sampler::Derived(_) | Sampler::Conditional(_) => {
            Ok(cell.value.clone())
        }
    }
}

fn one_of(cell: &PointCell, values: &[Value]) -> Result<Value, String> {
    let is_it = |value: &&Value| {
        is_branch(value, &cell.value)
            || cell.spelt.as_ref().is_some_and(|spelt| *spelt == python::text(value))
    };
    let shown = || values.iter().map(python::repr).collect::<Vec<_>>().join(", ");
    values.iter().find(is_it).cloned().ok_or_else(|| format!("one of {}", shown()))
}

fn within(cell: &PointCell, range: ScalarRange) -> Result<Value, String> {
    match range {
        #[expect(clippy::cast_precision_loss, reason = "a bound to compare with")]
        ScalarRange::Int { low, high, .. } => number(cell, low as f64, high as f64, true),
        ScalarRange::Float { low, high, .. } | ScalarRange::Real { low, high } => {
            number(cell, low, high, false)
        }
    }
}

fn number(cell: &PointCell, low: f64, high: f64, is_whole: bool) -> Result<Value, String> {
    let range = || {
        let end = |end: f64| {
            if is_whole { format!("{end:.0}") } else { python::text(&Value::Float(end)) }
        };
        format!(
            "{} [{}, {}]",
            if is_whole { "a whole number in" } else { "in" },
            end(low),
            end(high)
        )
    };
    let value = if is_whole { whole(&cell.value) } else { real(&cell.value) };
    let number = value.as_f64().filter(|_| !matches!(value, Value::Bool(_)));
    let fits = number.is_some_and(|number| low <= number && number <= high);
    (fits && (!is_whole || matches!(value, Value::Int(_)))).then_some(value).ok_or_else(range)
}

fn regnet(cell: &PointCell, key: &str, ranges: &RegnetRanges) -> Result<Value, String> {
    #[expect(clippy::cast_precision_loss, reason = "bounds to compare with")]
    let whole = |(low, high): (i64, i64)| number(cell, low as f64, high as f64, true);
    let real = |(low, high): (f64, f64)| number(cell, low, high, false);
    match key.rsplit('.').next().unwrap_or_default() {
        "DEPTH" => whole(ranges.depth),
        "W0" => whole(ranges.w0),
        "GROUP_W" => whole(ranges.group_w),
        "WA" => real(ranges.wa),
        "WM" => real(ranges.wm),
        _ => real(ranges.bot_mul),
    }
}

fn list(cell: &PointCell, key: &str, length: &ListLength, item: &Sampler) -> Result<Value, String> {
    let Value::List(items) = &cell.value else { return Err("a list".to_owned()) };
    if let ListLength::Fixed(length) = length
        && items.len() != *length
    {
        return Err(format!("a list of {length}"));
    }
    let fitted = items.iter().map(|value| drawable(&value.clone().into(), key, item));
    let fitted: Result<Vec<Value>, String> = fitted.collect();
    fitted.map(Value::List).map_err(|range| format!("a list of items {range}"))
}

/// Returns true if all that a sampler draws are numbers.
fn is_numeric(sampler: &Sampler) -> bool {
    matches!(
        sampler.unconditional(),
        Sampler::Scalar(..) | Sampler::Ranged(_) | Sampler::Regnet(_) | Sampler::Law(_)
    )
}

/// Returns a value of the type that a sampler draws.
fn example(sampler: &Sampler, key: &str) -> Option<Value> {
    let is_whole = match sampler.unconditional() {
        Sampler::Value(values) => return values.first().cloned(),
        Sampler::Weighted(weighted) => return weighted.values.first().cloned(),
        Sampler::Choice(choice) => {
            return choice.branches.first().map(|branch| branch.name.clone());
        }
        Sampler::Scalar(_, range) => matches!(range, ScalarRange::Int { .. }),
        Sampler::Ranged(range) => matches!(range.quantum, RangeQuantum::Int(_)),
        Sampler::Regnet(_) => ["DEPTH", "W0", "GROUP_W"].iter().any(|end| key.ends_with(end)),
        Sampler::Law(_) => false,
        _ => return None,
    };
    Some(if is_whole { Value::Int(0) } else { Value::Float(0.0) })
}

/// Returns the value of a cell with the type of another value, where that changes nothing of it.
fn alike(cell: &PointCell, other: &Value) -> Value {
    match (other, &cell.spelt) {
        (Value::Int(_), _) => whole(&cell.value),
        (Value::Float(_), _) => real(&cell.value),
        // A table without types has no other way to say text.
        (Value::Str(_), Some(spelt)) => match &cell.value {
            Value::Str(text) => Value::Str(text.clone()),
            _ => Value::Str(spelt.clone()),
        },
        _ => cell.value.clone(),
    }
}

/// Returns a float that is whole as a whole number.
fn whole(value: &Value) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
        Value::Float(float) if float.fract() == 0.0 && float.abs() <= EXACT => {
            Value::Int(*float as i64)
        }
        other => other.clone(),
    }
}

/// Returns a whole number as a float, where that holds it.
fn real(value: &Value) -> Value {
    const EXACT: i64 = 1 << 53;
    match value {
        #[expect(clippy::cast_precision_loss, reason = "within 2^53")]
        Value::Int(int) if (-EXACT..=EXACT).contains(int) => Value::Float(*int as f64),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(text: &str) -> PointCell {
        PointCell { value: sweep_config::yaml::plain(text).unwrap(), spelt: Some(text.to_owned()) }
    }

    fn int(low: i64, high: i64) -> Sampler {
        let range = ScalarRange::Int { low, high, quantum: 1 };
        Sampler::Scalar(sweep_config::Distribution::Uniform, range)
    }

    #[test]
    fn a_cell_has_the_type_that_the_sampler_draws() {
        let texts = Sampler::Value(vec![Value::Str("1".into()), Value::Str("no".into())]);
        let inside = |value| Ok(FittedCell::Inside(value));
        assert_eq!(fit(&csv("1"), "a", &[&texts], None), inside(Value::Str("1".into())));
        assert_eq!(fit(&csv("no"), "a", &[&texts], None), inside(Value::Str("no".into())));
        assert_eq!(fit(&csv("16.0"), "a", &[&int(1, 16)], None), inside(Value::Int(16)));
        let real = Sampler::Scalar(
            sweep_config::Distribution::Uniform,
            ScalarRange::Real { low: 0.0, high: 2.0 },
        );
        assert_eq!(fit(&csv("1"), "a", &[&real], None), inside(Value::Float(1.0)));
        let branches = [&int(1, 2), &texts];
        assert_eq!(fit(&csv("no"), "a", &branches, None), inside(Value::Str("no".into())));
    }

    #[test]
    fn what_cannot_be_drawn_is_kept_with_its_range_unless_it_is_no_number() {
        let outside = FittedCell::Outside(Value::Int(17), "a whole number in [1, 16]".to_owned());
        assert_eq!(fit(&csv("17"), "a", &[&int(1, 16)], None), Ok(outside));
        assert!(fit(&csv("x"), "a", &[&int(1, 16)], None).is_err());
        assert!(fit(&csv("true"), "a", &[&int(0, 16)], None).is_err());
        let half = FittedCell::Outside(Value::Float(0.5), "a whole number in [0, 16]".to_owned());
        assert_eq!(fit(&csv("0.5"), "a", &[&int(0, 16)], None), Ok(half));
    }

    #[test]
    fn a_null_is_a_value_only_where_there_are_nulls() {
        let null = PointCell::from(Value::Null);
        assert_eq!(fit(&null, "a", &[&int(0, 1)], None), Ok(FittedCell::Unset));
        assert_eq!(fit(&null, "a", &[], Some(&Value::Int(1))), Ok(FittedCell::Unset));
        let inside = Ok(FittedCell::Inside(Value::Null));
        assert_eq!(fit(&null, "a", &[], Some(&Value::Null)), inside);
        let some = Sampler::Value(vec![Value::Null, Value::Int(1)]);
        assert_eq!(fit(&null, "a", &[&some], None), inside);
    }
}
