//! Why a candidate is not kept, and under which key that is counted.

use std::borrow::Cow;

use crate::models::{Complexity, ModelField};

/// Why a candidate is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rejection {
    /// The number of stages is not the one asked for, or one is jumped over.
    Stages,
    /// There is no such network; the key at fault, where it is one.
    Network(Option<ModelField>),
    /// A limit on the complexity: its number in [`LIMITS`].
    Limit(usize),
    /// A parameter has no value for what was drawn before it: its place.
    Undrawn(usize),
    /// An expression of `WHERE` is not true: its number.
    Where(usize),
    /// An expression of `WHERE` has no value: its number.
    NoValue(usize),
}

/// A number of a network's complexity.
type Measure = fn(&Complexity) -> i64;

/// The limits on complexity: name of the key, and the number that it limits.
pub(crate) const LIMITS: [(&str, Measure); 3] =
    [("CX.FLOPS", |cx| cx.flops), ("CX.PARAMS", |cx| cx.params), ("CX.ACTS", |cx| cx.acts)];

impl Rejection {
    /// The key under which it is counted.
    pub(crate) fn key(self) -> Cow<'static, str> {
        match self {
            Self::Stages => "REGNET.NUM_STAGES".into(),
            Self::Network(field) => field.map_or("MODEL", ModelField::path).into(),
            Self::Limit(limit) => LIMITS[limit].0.into(),
            Self::Undrawn(place) => format!("parameter {place}").into(),
            Self::Where(i) | Self::NoValue(i) => format!("WHERE[{i}]").into(),
        }
    }

    /// Whether it is a constraint that is not met, not one that cannot be judged or a network that
    /// cannot be.
    pub(crate) fn is_constraint(self) -> bool {
        !matches!(self, Self::Network(_) | Self::NoValue(_) | Self::Undrawn(_))
    }
}
