//! The functions that an expression may call: their names and numbers of arguments.

use crate::named::named;

/// A function that an expression may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ExprFunction {
    Abs,
    All,
    Any,
    Ceil,
    Exp,
    Float,
    Floor,
    /// True if each item is greater than the one before it.
    Increasing,
    Int,
    Len,
    Log,
    Log10,
    Log2,
    Max,
    Min,
    /// True if no item is less than the one before it.
    Monotone,
    Prod,
    Round,
    Sqrt,
    Str,
    Sum,
}

named!(pub(super) ExprFunction {
    Abs = "abs",
    All = "all",
    Any = "any",
    Ceil = "ceil",
    Exp = "exp",
    Float = "float",
    Floor = "floor",
    Increasing = "increasing",
    Int = "int",
    Len = "len",
    Log = "log",
    Log10 = "log10",
    Log2 = "log2",
    Max = "max",
    Min = "min",
    Monotone = "monotone",
    Prod = "prod",
    Round = "round",
    Sqrt = "sqrt",
    Str = "str",
    Sum = "sum",
});

/// Returns the names of all functions, in alphabetical order.
pub fn function_names() -> impl Iterator<Item = &'static str> {
    ExprFunction::NAMED.iter().map(|(name, _)| *name)
}

impl ExprFunction {
    /// Returns the function of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }

    /// Checks the number of arguments; the error says what the function takes.
    pub(super) fn check_arity(self, count: usize) -> Result<(), &'static str> {
        let (most, takes) = match self {
            Self::Max | Self::Min => (usize::MAX, "a list or several values"),
            Self::Log | Self::Round => (2, "one or two values"),
            _ => (1, "one value"),
        };
        if (1..=most).contains(&count) { Ok(()) } else { Err(takes) }
    }
}
