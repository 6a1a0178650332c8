//! A sampler of the tree with the places of its parameters, and the levels of the tree.

use std::ops::Deref;

use sweep_config::Value;

use super::assignment::ValueAssignment;
use super::candidate_rng::CandidateRng;
use super::chance::BranchChances;
use super::failure::MissingValue;
use super::param::{ParamSampler, pick};
use crate::setup::binding::BoundExpr;

/// A sampler with the places of its parameters.
#[derive(Debug)]
pub(super) enum SamplerNode<'a> {
    One {
        place: usize,
        draw: ParamSampler<'a>,
        /// True if its value is given in every job, so that it has one.
        is_given: bool,
    },
    Choice {
        place: usize,
        branches: Vec<NamedBranch<'a>>,
        /// The branches that a job may have.
        open: Vec<usize>,
        chances: BranchChances<'a>,
    },
    /// Parameters that a candidate has where a condition holds.
    Conditional { condition: BoundExpr<'a>, nodes: SamplerLevel<'a> },
    /// A parameter that follows from those before it.
    Derived { place: usize, expr: BoundExpr<'a> },
    /// Parameters that take their values step by step together: the members of a group at its outermost
    /// level.
    Zip { group: usize, nodes: SamplerLevel<'a> },
    /// A member of a group within a branch.
    Follower { group: usize, node: Box<SamplerNode<'a>> },
}

/// A branch of a choice: its name and its samplers.
pub(super) type NamedBranch<'a> = (Value, SamplerLevel<'a>);

/// Returns the names of branches.
fn names<'n>(branches: &'n [NamedBranch<'_>]) -> impl Iterator<Item = &'n Value> {
    branches.iter().map(|(name, _)| name)
}

/// The kind of values of a parameter that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum CombinationCount {
    /// The points that a grid has of it.
    Points,
    /// The different values that it has.
    Support,
}

/// The samplers of one level: of the config itself, of a branch, or of a group.
#[derive(Debug)]
pub(super) struct SamplerLevel<'a> {
    nodes: Vec<SamplerNode<'a>>,
    /// For each of them the number of its points in a grid; 1 where it has none that can be counted.
    each: Vec<u64>,
    /// The number of their combinations, if it is known and has 64 bits.
    points: Option<u64>,
}

impl<'a> SamplerLevel<'a> {
    /// Counts the points of some samplers.
    pub(super) fn new(nodes: Vec<SamplerNode<'a>>) -> Self {
        let points = |node: &SamplerNode<'_>| {
            node.size(CombinationCount::Points).and_then(|points| u64::try_from(points).ok())
        };
        let each = nodes.iter().map(|node| points(node).unwrap_or(1).max(1)).collect();
        let all = nodes.iter().try_fold(1_u64, |all, node| all.checked_mul(points(node)?));
        Self { nodes, each, points: all }
    }

    /// Returns the number of points of its grid, if it is known and has 64 bits.
    pub(super) fn points(&self) -> Option<u64> {
        self.points
    }

    /// Returns how many combinations the samplers have; `None` beyond 2^128.
    pub(super) fn size(&self, measure: CombinationCount) -> Option<u128> {
        self.nodes.iter().try_fold(1_u128, |size, node| size.checked_mul(node.size(measure)?))
    }

    /// Sets one of the combinations; the last parameter changes fastest.
    ///
    /// # Errors
    ///
    /// When a parameter has no such value.
    pub(super) fn set_point(
        &self,
        number: u64,
        assignment: &mut ValueAssignment<'_>,
    ) -> Result<(), MissingValue> {
        let mut rest = number;
        for (node, points) in self.nodes.iter().zip(&self.each).rev() {
            node.set_point(rest % points, assignment)?;
            rest /= points;
        }
        Ok(())
    }
}

impl<'a> Deref for SamplerLevel<'a> {
    type Target = [SamplerNode<'a>];

    fn deref(&self) -> &[SamplerNode<'a>] {
        &self.nodes
    }
}

impl SamplerNode<'_> {
    /// Returns the place of the parameter that it is known by.
    pub(super) fn place(&self) -> Option<usize> {
        match self {
            Self::One { place, .. } | Self::Choice { place, .. } | Self::Derived { place, .. } => {
                Some(*place)
            }
            Self::Conditional { nodes, .. } => nodes.first().and_then(Self::place),
            Self::Follower { node, .. } => node.place(),
            Self::Zip { .. } => None,
        }
    }

    /// Returns the place under which the step of a group is drawn: that of its first parameter.
    pub(super) fn step_place(&self) -> Option<usize> {
        match self {
            Self::Zip { nodes, .. } => nodes.iter().find_map(Self::step_place),
            other => other.place(),
        }
    }

    /// Returns the place of a parameter that has no steps for a grid to take, if there is one.
    pub(super) fn stepless(&self) -> Option<usize> {
        match self {
            Self::One { place, draw, is_given } => {
                (!is_given && draw.is_stepless()).then_some(*place)
            }
            Self::Choice { branches, open, .. } => {
                open.iter().flat_map(|number| &*branches[*number].1).find_map(Self::stepless)
            }
            Self::Conditional { nodes, .. } | Self::Zip { nodes, .. } => {
                nodes.iter().find_map(Self::stepless)
            }
            Self::Follower { node, .. } => node.stepless(),
            Self::Derived { .. } => None,
        }
    }

    /// Gathers the places of its choices.
    pub(super) fn gather_choices(&self, places: &mut Vec<usize>) {
        match self {
            Self::One { .. } | Self::Derived { .. } | Self::Follower { .. } => {}
            Self::Conditional { nodes, .. } | Self::Zip { nodes, .. } => {
                for node in &**nodes {
                    node.gather_choices(places);
                }
            }
            Self::Choice { place, branches, .. } => {
                places.push(*place);
                for node in branches.iter().flat_map(|(_, nodes)| &**nodes) {
                    node.gather_choices(places);
                }
            }
        }
    }

    /// Gathers the places of its parameters, those of branches apart.
    pub(super) fn gather_places(&self, own: &mut Vec<usize>, in_branches: &mut Vec<usize>) {
        match self {
            Self::One { place, .. } | Self::Derived { place, .. } => own.push(*place),
            Self::Conditional { nodes, .. } => {
                let mut inner = Vec::new();
                for node in &**nodes {
                    node.gather_places(&mut inner, in_branches);
                }
                in_branches.append(&mut inner);
            }
            Self::Choice { place, branches, .. } => {
                own.push(*place);
                let mut inner = Vec::new();
                for node in branches.iter().flat_map(|(_, nodes)| &**nodes) {
                    node.gather_places(&mut inner, in_branches);
                }
                in_branches.append(&mut inner);
            }
            Self::Follower { node, .. } => node.gather_places(own, in_branches),
            Self::Zip { nodes, .. } => {
                for node in &**nodes {
                    node.gather_places(own, in_branches);
                }
            }
        }
    }

    /// Returns true if its value is given in every job.
    pub(super) fn is_given(&self) -> bool {
        matches!(self, Self::One { is_given: true, .. })
    }

    /// Draws its values.
    ///
    /// # Errors
    ///
    /// When one has no value for what was drawn before it.
    pub(super) fn draw(
        &self,
        rng: &mut CandidateRng,
        assignment: &mut ValueAssignment<'_>,
    ) -> Result<(), MissingValue> {
        match self {
            Self::One { place, draw, .. } => {
                rng.enter(*place);
                let drawn = draw.draw(rng, assignment.values);
                assignment.set(*place, drawn.map_err(|why| MissingValue { place: *place, why })?);
                Ok(())
            }
            Self::Choice { place, branches, chances, .. } => {
                rng.enter(*place);
                let drawn = chances.draw(rng);
                let (name, nodes) =
                    &branches[assignment.branch(*place, names(branches)).unwrap_or(drawn)];
                assignment.set(*place, name.clone());
                nodes.iter().try_for_each(|node| node.draw(rng, assignment))
            }
            Self::Conditional { nodes, .. } if self.is_there(assignment)? => {
                nodes.iter().try_for_each(|node| node.draw(rng, assignment))
            }
            Self::Conditional { .. } => Ok(()),
            Self::Derived { place, expr } => Self::derive(*place, expr, assignment),
            Self::Zip { group, .. } => {
                let number = assignment.step(*group, || self.draw_step(rng));
                self.set_point(number, assignment)?;
                self.settle(assignment)
            }
            Self::Follower { group, node } => {
                let number = assignment.step(*group, || node.draw_step(rng));
                node.set_point(number, assignment)?;
                node.settle(assignment)
            }
        }
    }

    /// Draws the number of one of its points.
    fn draw_step(&self, rng: &mut CandidateRng) -> u64 {
        self.step_place().into_iter().for_each(|place| rng.enter(place));
        let points = self.size(CombinationCount::Points).and_then(|n| usize::try_from(n).ok());
        pick(rng, points.unwrap_or(1)) as u64
    }

    /// Returns how many combinations it has.
    pub(super) fn size(&self, measure: CombinationCount) -> Option<u128> {
        match self {
            Self::One { is_given: true, .. } | Self::Derived { .. } | Self::Follower { .. } => {
                Some(1)
            }
            Self::One { draw, .. } => match measure {
                CombinationCount::Points => draw.points(),
                CombinationCount::Support => draw.support(),
            },
            Self::Choice { branches, open, .. } => open.iter().try_fold(0_u128, |sum, number| {
                sum.checked_add(branches[*number].1.size(measure)?)
            }),
            Self::Conditional { nodes, .. } => match measure {
                CombinationCount::Points => nodes.size(measure),
                CombinationCount::Support => None,
            },
            Self::Zip { nodes, .. } => {
                let mut drawn = nodes.iter().filter(|node| !node.is_given());
                let Some(first) = drawn.next() else { return Some(1) };
                let points = first.size(CombinationCount::Points);
                // Where a value stands twice the others tell its steps apart, or do not.
                let are_different =
                    first.size(measure) == points && drawn.all(|node| node.size(measure) == points);
                points.filter(|_| are_different)
            }
        }
    }

    /// Sets one of its points; of a choice the branches follow each other.
    ///
    /// # Errors
    ///
    /// When a parameter has no such value.
    pub(super) fn set_point(
        &self,
        number: u64,
        assignment: &mut ValueAssignment<'_>,
    ) -> Result<(), MissingValue> {
        match self {
            Self::One { place, is_given: true, .. } => {
                assignment.is_fixed(*place);
            }
            Self::One { place, draw, .. } => {
                let value =
                    draw.point(number).map_err(|why| MissingValue { place: *place, why })?;
                assignment.set(*place, value);
            }
            Self::Choice { place, branches, open, .. } => {
                if let Some(branch) = assignment.branch(*place, names(branches)) {
                    let nodes = &branches[branch].1;
                    // The points of other branches are repeats of these.
                    let points = nodes.points().unwrap_or(1).max(1);
                    return nodes.set_point(number % points, assignment);
                }
                let mut rest = number;
                for (name, nodes) in open.iter().map(|number| &branches[*number]) {
                    let points = nodes.points().unwrap_or(u64::MAX);
                    if rest < points {
                        assignment.set(*place, name.clone());
                        return nodes.set_point(rest, assignment);
                    }
                    rest -= points;
                }
            }
            Self::Conditional { nodes, .. } => return nodes.set_point(number, assignment),
            // It is computed once all others are set.
            Self::Derived { .. } | Self::Follower { .. } => {}
            Self::Zip { group, nodes } => {
                assignment.step(*group, || number);
                return nodes.iter().try_for_each(|node| node.set_point(number, assignment));
            }
        }
        Ok(())
    }
}
