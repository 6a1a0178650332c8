//! Values that another design space gave: which of them a parameter of this one may have, and which no draw gives.

use std::mem::discriminant;

use sweep_config::Value;

use super::node::SamplerNode;
use super::param::{LengthSampler, ParamSampler};
use crate::setup::given::is_branch;

impl SamplerNode<'_> {
    /// Returns true if the parameter at a place may have values of this kind: a number, a word, a truth value, or a list.
    pub(super) fn takes(&self, place: usize, value: &Value) -> bool {
        match self {
            Self::One { place: own, draw, is_given } => {
                *own == place && !is_given && draw.takes(value)
            }
            Self::Choice { place: own, branches, .. } => {
                let is_own = *own == place;
                (is_own && branches.iter().any(|(name, _)| is_alike(name, value)))
                    || branches
                        .iter()
                        .flat_map(|(_, nodes)| &**nodes)
                        .any(|n| n.takes(place, value))
            }
            Self::Conditional { nodes, .. } => nodes.iter().any(|node| node.takes(place, value)),
            Self::Zip { nodes, .. } => {
                self.countable_steps().is_some()
                    && nodes.iter().any(|node| node.takes(place, value))
            }
            Self::Follower { node, .. } => {
                self.countable_steps().is_some() && node.takes(place, value)
            }
            Self::Derived { .. } => false,
        }
    }

    /// Gathers the places of parameters that have a value which no draw gives beside the others.
    pub(super) fn gather_outside(&self, values: &[Option<Value>], places: &mut Vec<usize>) {
        match self {
            Self::One { is_given: true, .. } | Self::Derived { .. } => {}
            Self::One { place, draw, .. } => {
                let is_outside = |value| draw.cells(value, values).is_none();
                places.extend(values[*place].as_ref().filter(|v| is_outside(v)).map(|_| *place));
            }
            Self::Choice { place, branches, .. } => {
                let Some(value) = &values[*place] else { return };
                match branches.iter().find(|(name, _)| is_branch(name, value)) {
                    Some((_, nodes)) => {
                        for node in &**nodes {
                            node.gather_outside(values, places);
                        }
                    }
                    None => places.push(*place),
                }
            }
            Self::Conditional { nodes, .. } => {
                for node in &**nodes {
                    node.gather_outside(values, places);
                }
            }
            Self::Zip { .. } | Self::Follower { .. } => {
                let mut members = Vec::new();
                self.gather_places(&mut members, &mut Vec::new());
                // A group of which a member is missing has no step that is known.
                let is_whole = members.iter().all(|place| values[*place].is_some());
                if is_whole && self.step_cell(values).is_none() {
                    places.extend(self.step_place());
                }
            }
        }
    }
}

impl ParamSampler<'_> {
    /// Returns true if it may give values of this kind, by draws that are known.
    fn takes(&self, value: &Value) -> bool {
        match self {
            Self::Value(values) => values.iter().any(|known| is_alike(known, value)),
            Self::Weighted(weighted) => weighted.values.iter().any(|known| is_alike(known, value)),
            Self::Law(_) | Self::Scalar(_) | Self::Ranged(_) => is_number(value),
            Self::Mapping(_) => false,
            Self::List { length, item, .. } => {
                let is_known = match length {
                    LengthSampler::Sampled(length) => length.takes(&Value::Int(0)),
                    LengthSampler::Fixed(_) | LengthSampler::Expr(_) => true,
                };
                let Value::List(items) = value else { return false };
                is_known && items.iter().all(|value| item.takes(value))
            }
        }
    }
}

/// Returns true if two values are of one kind.
fn is_alike(a: &Value, b: &Value) -> bool {
    discriminant(a) == discriminant(b) || (is_number(a) && is_number(b))
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_))
}
