//! The reasons to reject a candidate, and the keys under which they are counted.

use std::borrow::Cow;

use crate::models::{Complexity, ModelField};

/// The reason to reject a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rejection {
    /// The number of stages is not the one asked for, or a stage is jumped over.
    Stages,
    /// There is no such network; the key at fault, if it is one.
    Network(Option<ModelField>),
    /// A limit on the complexity is exceeded: its number in [`LIMITS`].
    Limit(usize),
    /// A parameter has no value for what was drawn before it: its place.
    Undrawn(usize),
    /// An expression of `WHERE` is not true: its number.
    Where(usize),
    /// An expression of `WHERE` has no value: its number.
    NoValue(usize),
}

/// A figure of a network's complexity.
type ComplexityFigure = fn(&Complexity) -> i64;

/// The limits on complexity: the key of each, and the figure that it limits.
pub(crate) const LIMITS: [(&str, ComplexityFigure); 3] =
    [("CX.FLOPS", |cx| cx.flops), ("CX.PARAMS", |cx| cx.params), ("CX.ACTS", |cx| cx.acts)];

impl Rejection {
    /// Returns the key under which it is counted.
    pub(crate) fn key(self) -> Cow<'static, str> {
        match self {
            Self::Stages => "REGNET.NUM_STAGES".into(),
            Self::Network(field) => field.map_or("MODEL", ModelField::path).into(),
            Self::Limit(limit) => LIMITS[limit].0.into(),
            Self::Undrawn(place) => format!("parameter {place}").into(),
            Self::Where(i) | Self::NoValue(i) => format!("WHERE[{i}]").into(),
        }
    }

    /// Returns true if it is a constraint that is not met, rather than one that cannot be judged or a
    /// network that does not exist.
    pub(crate) fn is_constraint(self) -> bool {
        !matches!(self, Self::Network(_) | Self::NoValue(_) | Self::Undrawn(_))
    }
}
