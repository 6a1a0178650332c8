//! A sampler of the tree with the places of its parameters, and the values of a candidate that is being drawn.

use sweep_config::Value;

use super::candidate_rng::CandidateRng;
use super::chance::BranchChances;
use super::failure::MissingValue;
use super::param::{ParamSampler, pick};
use crate::setup::binding::BoundExpr;
use crate::setup::given::is_branch;

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
        branches: Vec<(Value, Vec<SamplerNode<'a>>)>,
        /// The branches that a job may have.
        open: Vec<usize>,
        chances: BranchChances<'a>,
    },
    /// Parameters that a candidate has where a condition holds.
    Conditional { condition: BoundExpr<'a>, nodes: Vec<SamplerNode<'a>> },
    /// A parameter that follows from those before it.
    Derived { place: usize, expr: BoundExpr<'a> },
    /// Parameters that take their values step by step together: the members of a group at its outermost
    /// level.
    Zip { group: usize, nodes: Vec<SamplerNode<'a>> },
    /// A member of a group within a branch.
    Follower { group: usize, node: Box<SamplerNode<'a>> },
}

/// The values of a candidate that is being drawn.
pub(super) struct ValueAssignment<'v> {
    pub(super) values: &'v mut [Option<Value>],
    /// The places of the values that are given and stay.
    fixed: &'v [usize],
    /// Those of them that a branch must ask for.
    held: Vec<(usize, Value)>,
    /// For each group of zipped parameters the number of the values that its members take.
    steps: Vec<Option<u128>>,
}

impl<'v> ValueAssignment<'v> {
    /// Starts with the given values, but for those that only branches have.
    pub(super) fn new(
        values: &'v mut [Option<Value>],
        fixed: &'v [usize],
        conditional: &[usize],
    ) -> Self {
        let mut held = Vec::new();
        for &place in conditional.iter().filter(|place| fixed.contains(place)) {
            held.extend(values[place].take().map(|value| (place, value)));
        }
        Self { values, fixed, held, steps: Vec::new() }
    }

    fn set(&mut self, place: usize, value: Value) {
        // Mostly nothing is given, and millions of candidates are drawn in a second.
        if self.fixed.is_empty() || !self.is_fixed(place) {
            self.values[place] = Some(value);
        }
    }

    /// Returns true if a value is given, which then is in its place.
    fn is_fixed(&mut self, place: usize) -> bool {
        if let Some((_, value)) = self.held.iter().find(|(held, _)| *held == place) {
            self.values[place] = Some(value.clone());
        }
        self.fixed.contains(&place)
    }

    /// Returns the number of the values that the members of a group take; `choose` says it the first time.
    pub(super) fn step(&mut self, group: usize, choose: impl FnOnce() -> u128) -> u128 {
        if self.steps.len() <= group {
            self.steps.resize(group + 1, None);
        }
        *self.steps[group].get_or_insert_with(choose)
    }

    /// Returns the number of the branch that a choice is given, if it is; its name is the value.
    fn branch(
        &mut self,
        place: usize,
        branches: &[(Value, Vec<SamplerNode<'_>>)],
    ) -> Option<usize> {
        if !self.is_fixed(place) {
            return None;
        }
        let given = self.values[place].as_ref()?;
        let number = branches.iter().position(|(name, _)| is_branch(name, given))?;
        self.values[place] = Some(branches[number].0.clone());
        Some(number)
    }
}

/// The kind of values of a parameter that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum CombinationCount {
    /// The points that a grid has of it.
    Points,
    /// The different values that it has.
    Support,
}

/// Returns how many combinations some samplers have; `None` beyond 2^128.
pub(super) fn product(nodes: &[SamplerNode<'_>], measure: CombinationCount) -> Option<u128> {
    nodes.iter().try_fold(1_u128, |product, node| product.checked_mul(node.size(measure)?))
}

/// Sets one of the combinations; the last parameter changes fastest.
pub(super) fn set_point(
    nodes: &[SamplerNode<'_>],
    number: u128,
    assignment: &mut ValueAssignment<'_>,
) {
    let mut rest = number;
    for node in nodes.iter().rev() {
        let points = node.size(CombinationCount::Points).unwrap_or(1).max(1);
        node.set_point(rest % points, assignment);
        rest /= points;
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

    /// Returns the place of a parameter that has no steps for a grid to take, if there is one.
    pub(super) fn stepless(&self) -> Option<usize> {
        match self {
            Self::One { place, draw, is_given } => {
                (!is_given && draw.is_stepless()).then_some(*place)
            }
            Self::Choice { branches, open, .. } => {
                let nodes = open.iter().flat_map(|number| &branches[*number].1);
                nodes.into_iter().find_map(Self::stepless)
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
                for node in nodes {
                    node.gather_choices(places);
                }
            }
            Self::Choice { place, branches, .. } => {
                places.push(*place);
                for node in branches.iter().flat_map(|(_, nodes)| nodes) {
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
                for node in nodes {
                    node.gather_places(&mut inner, in_branches);
                }
                in_branches.append(&mut inner);
            }
            Self::Choice { place, branches, .. } => {
                own.push(*place);
                let mut inner = Vec::new();
                for node in branches.iter().flat_map(|(_, nodes)| nodes) {
                    node.gather_places(&mut inner, in_branches);
                }
                in_branches.append(&mut inner);
            }
            Self::Follower { node, .. } => node.gather_places(own, in_branches),
            Self::Zip { nodes, .. } => {
                for node in nodes {
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
                let drawn = draw.draw(rng, assignment.values);
                assignment.set(*place, drawn.map_err(|why| MissingValue { place: *place, why })?);
                Ok(())
            }
            Self::Choice { place, branches, chances, .. } => {
                let drawn = chances.draw(rng);
                let (name, nodes) = &branches[assignment.branch(*place, branches).unwrap_or(drawn)];
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
                self.set_point(number, assignment);
                self.settle(assignment)
            }
            Self::Follower { group, node } => {
                let number = assignment.step(*group, || node.draw_step(rng));
                node.set_point(number, assignment);
                node.settle(assignment)
            }
        }
    }

    /// Draws the number of one of its points.
    fn draw_step(&self, rng: &mut CandidateRng) -> u128 {
        let points = self.size(CombinationCount::Points).and_then(|n| usize::try_from(n).ok());
        pick(rng, points.unwrap_or(1)) as u128
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
                sum.checked_add(product(&branches[*number].1, measure)?)
            }),
            Self::Conditional { nodes, .. } => match measure {
                CombinationCount::Points => product(nodes, measure),
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
    pub(super) fn set_point(&self, number: u128, assignment: &mut ValueAssignment<'_>) {
        match self {
            Self::One { place, is_given: true, .. } => {
                assignment.is_fixed(*place);
            }
            Self::One { place, draw, .. } => assignment.set(*place, draw.point(number)),
            Self::Choice { place, branches, open, .. } => {
                if let Some(branch) = assignment.branch(*place, branches) {
                    let nodes = &branches[branch].1;
                    let points = product(nodes, CombinationCount::Points).unwrap_or(1).max(1);
                    // The points of other branches are repeats of these.
                    return set_point(nodes, number % points, assignment);
                }
                let mut rest = number;
                for (name, nodes) in open.iter().map(|number| &branches[*number]) {
                    let points = product(nodes, CombinationCount::Points).unwrap_or(u128::MAX);
                    if rest < points {
                        assignment.set(*place, name.clone());
                        return set_point(nodes, rest, assignment);
                    }
                    rest -= points;
                }
            }
            Self::Conditional { nodes, .. } => set_point(nodes, number, assignment),
            // It is computed once all others are set.
            Self::Derived { .. } | Self::Follower { .. } => {}
            Self::Zip { group, nodes } => {
                assignment.step(*group, || number);
                for node in nodes {
                    node.set_point(number, assignment);
                }
            }
        }
    }
}
