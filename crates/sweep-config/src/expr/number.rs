//! Numbers on the way of an evaluation, beside the values of any kind: most conditions are about numbers,
//! and millions of candidates are held against them.

use std::cmp::Ordering;

use super::arithmetic::binary;
use super::comparison::compare_numbers;
use super::tree::{BinaryOperator, ComparisonOperator};
use crate::Value;

/// A whole number or a float. True and false, which are numbers to Python, are left to the general way.
#[derive(Debug, Clone, Copy)]
pub(super) enum PlainNumber {
    Int(i64),
    Float(f64),
}

impl PlainNumber {
    /// Returns the number that a value is, if it is one.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::Int(*number)),
            Value::Float(number) => Some(Self::Float(*number)),
            _ => None,
        }
    }

    /// Returns the value that it is.
    pub(super) fn value(self) -> Value {
        match self {
            Self::Int(number) => Value::Int(number),
            Self::Float(number) => Value::Float(number),
        }
    }

    /// Returns true unless it is zero.
    pub(super) fn is_true(self) -> bool {
        match self {
            Self::Int(number) => number != 0,
            Self::Float(number) => number != 0.0,
        }
    }

    /// Returns the negative; `None` where there is none, for which the general way has words.
    pub(super) fn negative(self) -> Option<Self> {
        match self {
            Self::Int(number) => number.checked_neg().map(Self::Int),
            Self::Float(number) => Some(Self::Float(-number)),
        }
    }

    /// Applies an operator; `None` where there is no result, for which the general way has words.
    pub(super) fn apply(self, operator: BinaryOperator, other: Self) -> Option<Self> {
        match (operator, self, other) {
            (BinaryOperator::Add, Self::Int(a), Self::Int(b)) => a.checked_add(b).map(Self::Int),
            (BinaryOperator::Subtract, Self::Int(a), Self::Int(b)) => {
                a.checked_sub(b).map(Self::Int)
            }
            (BinaryOperator::Multiply, Self::Int(a), Self::Int(b)) => {
                a.checked_mul(b).map(Self::Int)
            }
            (BinaryOperator::Multiply, Self::Float(a), Self::Float(b)) => Some(Self::Float(a * b)),
            _ => Self::of(&binary(operator, &self.value(), &other.value()).ok()?),
        }
    }

    /// True if a comparison holds; `None` for `in`, which has no meaning for numbers.
    pub(super) fn holds(self, comparison: ComparisonOperator, other: Self) -> Option<bool> {
        let order = match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            _ => compare_numbers(&self.value(), &other.value()),
        };
        Some(match comparison {
            ComparisonOperator::Equal => order == Some(Ordering::Equal),
            ComparisonOperator::NotEqual => order != Some(Ordering::Equal),
            ComparisonOperator::Less => order == Some(Ordering::Less),
            ComparisonOperator::Greater => order == Some(Ordering::Greater),
            ComparisonOperator::LessEqual => order.is_some_and(Ordering::is_le),
            ComparisonOperator::GreaterEqual => order.is_some_and(Ordering::is_ge),
            ComparisonOperator::In | ComparisonOperator::NotIn => return None,
        })
    }
}
