//! One value of a cell, small enough to hold millions of them.

use std::borrow::Cow;

use sweep_config::{Value, python};

/// A value that was sampled for a job.
///
/// [`Value`] holds a whole mapping inline and is three times this size. What is nested is boxed here,
/// because nearly all values are numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum CellValue {
    /// Nothing, as YAML's `null`.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction or an exponent; may be infinite or not a number.
    Float(f64),
    /// Text.
    Text(Box<str>),
    /// A list, a mapping or a date.
    Nested(Box<Value>),
}

impl CellValue {
    /// Returns the number, if and only if the value is a finite one; a truth value is none.
    #[expect(clippy::cast_precision_loss, reason = "a value beyond 2^53 is exact to 16 digits")]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(int) => Some(*int as f64),
            Self::Float(float) => Some(*float).filter(|float| float.is_finite()),
            _ => None,
        }
    }

    /// Returns the items of a list of finite numbers; `None` of anything else.
    pub fn numbers(&self) -> Option<Vec<f64>> {
        let Self::Nested(nested) = self else { return None };
        let Value::List(items) = nested.as_ref() else { return None };
        let number = |item: &Value| item.as_f64().filter(|number| number.is_finite());
        items.iter().map(number).collect()
    }

    /// Spells the value as Python's `str` does.
    pub fn spelled(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Null => Cow::Borrowed("None"),
            Self::Bool(true) => Cow::Borrowed("True"),
            Self::Bool(false) => Cow::Borrowed("False"),
            Self::Int(int) => Cow::Owned(int.to_string()),
            Self::Float(float) => Cow::Owned(python::text(&Value::Float(*float))),
            Self::Nested(value) => Cow::Owned(python::text(value)),
        }
    }
}

impl From<Value> for CellValue {
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(truth) => Self::Bool(truth),
            Value::Int(int) => Self::Int(int),
            Value::Float(float) => Self::Float(float),
            Value::Str(text) => Self::Text(text.into_boxed_str()),
            nested => Self::Nested(Box::new(nested)),
        }
    }
}

impl From<CellValue> for Value {
    fn from(value: CellValue) -> Self {
        match value {
            CellValue::Null => Self::Null,
            CellValue::Bool(truth) => Self::Bool(truth),
            CellValue::Int(int) => Self::Int(int),
            CellValue::Float(float) => Self::Float(float),
            CellValue::Text(text) => Self::Str(text.into_string()),
            CellValue::Nested(value) => *value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_small_and_is_spelled_as_python_spells_it() {
        assert_eq!(size_of::<CellValue>(), 24);
        let list = Value::List(vec![Value::Int(16), Value::Float(0.5)]);
        let cases = [
            (Value::Null, "None"),
            (Value::Bool(true), "True"),
            (Value::Int(-3), "-3"),
            (Value::Float(1e-5), "1e-05"),
            (Value::Str("a b".to_owned()), "a b"),
            (list.clone(), "[16, 0.5]"),
        ];
        for (value, text) in cases {
            let cell = CellValue::from(value.clone());
            assert_eq!(cell.spelled(), text);
            assert_eq!(Value::from(cell), value);
        }
        assert_eq!(CellValue::from(list).numbers(), Some(vec![16.0, 0.5]));
        assert_eq!(CellValue::Float(f64::NAN).number(), None);
    }
}
