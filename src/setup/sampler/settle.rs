//! Parameters that follow from others: those with `WHEN`, the derived ones of branches, and those of a
//! branch that are zipped with one outside of it.

use super::assignment::ValueAssignment;
use super::failure::MissingValue;
use super::node::{NamedBranch, SamplerNode};
use crate::setup::binding::BoundExpr;

impl SamplerNode<'_> {
    /// Returns true if it, or a part of it, follows from other parameters.
    pub(super) fn has_dependents(&self) -> bool {
        match self {
            Self::One { .. } => false,
            Self::Conditional { .. } | Self::Derived { .. } | Self::Follower { .. } => true,
            Self::Choice { branches, .. } => {
                branches.iter().flat_map(|(_, nodes)| &**nodes).any(Self::has_dependents)
            }
            Self::Zip { nodes, .. } => nodes.iter().any(Self::has_dependents),
        }
    }

    /// Returns true if the condition of the node holds for the values before it.
    ///
    /// # Errors
    ///
    /// When it is neither true nor false.
    pub(super) fn is_there(&self, assignment: &ValueAssignment<'_>) -> Result<bool, MissingValue> {
        let Self::Conditional { condition, .. } = self else { return Ok(true) };
        let missing = |why| MissingValue { place: self.place().unwrap_or(0), why };
        condition.holds(assignment.values).map_err(missing)
    }

    /// Takes back what a point of a grid set where its condition does not hold, sets what follows a group,
    /// and computes derived parameters, from the first to the last.
    ///
    /// # Errors
    ///
    /// When one of them cannot be computed.
    pub(super) fn settle(&self, assignment: &mut ValueAssignment<'_>) -> Result<(), MissingValue> {
        match self {
            Self::One { .. } => Ok(()),
            Self::Derived { place, expr } => Self::derive(*place, expr, assignment),
            Self::Zip { nodes, .. } => nodes.iter().try_for_each(|node| node.settle(assignment)),
            Self::Follower { group, node } => {
                let number = assignment.step(*group, || 0);
                node.set_point(number, assignment)?;
                node.settle(assignment)
            }
            Self::Choice { place, branches, .. } => {
                let chosen =
                    |(name, _): &&NamedBranch<'_>| assignment.values[*place].as_ref() == Some(name);
                let nodes = branches.iter().find(chosen).map(|(_, nodes)| &**nodes);
                nodes.into_iter().flatten().try_for_each(|node| node.settle(assignment))
            }
            Self::Conditional { nodes, .. } if self.is_there(assignment)? => {
                nodes.iter().try_for_each(|node| node.settle(assignment))
            }
            Self::Conditional { nodes, .. } => {
                let (mut own, mut inner) = (Vec::new(), Vec::new());
                for node in &**nodes {
                    node.gather_places(&mut own, &mut inner);
                }
                for place in own.into_iter().chain(inner) {
                    assignment.values[place] = None;
                }
                Ok(())
            }
        }
    }

    /// Sets a derived parameter; a candidate that lacks what it needs lacks it too.
    pub(super) fn derive(
        place: usize,
        expr: &BoundExpr<'_>,
        assignment: &mut ValueAssignment<'_>,
    ) -> Result<(), MissingValue> {
        let value = expr.value_if_there(assignment.values);
        assignment.values[place] = value.map_err(|why| MissingValue { place, why })?;
        Ok(())
    }
}
