//! All samplers of a sweep: a tree, drawn at random or point by point.

use indexmap::IndexMap;
use sweep_config::{BranchChoice, Sampler, SetupConfig, Value};

use super::candidate_rng::CandidateRng;
use super::failure::{GridTooFine, MissingValue, too_fine};
use super::param::{ParamSampler, pick};
use super::regnet;
use crate::app::{Failure, count};
use crate::setup::given::{GivenValues, is_branch};
use crate::setup::param_list::ParamList;

/// The samplers that candidates are drawn from.
#[derive(Debug)]
pub(crate) struct SamplerTree<'a> {
    params: ParamList,
    nodes: Vec<SamplerNode<'a>>,
    /// The places of given parameters that only branches have: a job has them where it has the branch.
    conditional: Vec<usize>,
}

/// A sampler with the places of its parameters.
#[derive(Debug)]
enum SamplerNode<'a> {
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
    },
    /// Parameters that a grid takes step by step together.
    Zip(Vec<SamplerNode<'a>>),
}

/// The values of a candidate that is being drawn.
struct ValueAssignment<'v> {
    values: &'v mut [Option<Value>],
    /// The places of the values that are given and stay.
    fixed: &'v [usize],
    /// Those of them that a branch must ask for.
    held: Vec<(usize, Value)>,
}

impl<'v> ValueAssignment<'v> {
    /// Starts with the given values, but for those that only branches have.
    fn new(values: &'v mut [Option<Value>], fixed: &'v [usize], conditional: &[usize]) -> Self {
        let mut held = Vec::new();
        for &place in conditional.iter().filter(|place| fixed.contains(place)) {
            held.extend(values[place].take().map(|value| (place, value)));
        }
        Self { values, fixed, held }
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

impl<'a> SamplerTree<'a> {
    /// Prepares the samplers, in the order of the config, behind parameters that are given.
    ///
    /// # Errors
    ///
    /// Names the parameter whose sampler cannot be drawn from, or zipped parameters that differ in how
    /// many values they have.
    pub(crate) fn new(setup: &'a SetupConfig, given: &GivenValues) -> Result<Self, Failure> {
        let params = ParamList::new(given.keys().to_vec());
        let mut builder = TreeBuilder { params, given, zip: &setup.zip, base: &setup.base_cfg };
        let nodes = builder.nodes(&setup.samplers)?;
        let mut in_branches = Vec::new();
        let mut at_top = Vec::new();
        for node in &nodes {
            node.gather_places(&mut at_top, &mut in_branches);
        }
        in_branches.retain(|place| *place < given.keys().len() && !at_top.contains(place));
        Ok(Self { params: builder.params, nodes, conditional: in_branches })
    }

    /// Returns the parameters, the given ones first, in the order in which they are drawn.
    pub(crate) fn params(&self) -> &ParamList {
        &self.params
    }

    /// Returns true if every candidate has a value for each parameter.
    pub(crate) fn is_complete(&self) -> bool {
        !self.nodes.iter().any(|node| matches!(node, SamplerNode::Choice { .. }))
    }

    /// Draws a value for every parameter, in place of what is in `values` but for the `fixed` ones.
    ///
    /// # Errors
    ///
    /// When one has no value for what was drawn before it.
    pub(crate) fn draw(
        &self,
        rng: &mut CandidateRng,
        values: &mut [Option<Value>],
        fixed: &[usize],
    ) -> Result<(), MissingValue> {
        let mut assignment = ValueAssignment::new(values, fixed, &self.conditional);
        self.nodes.iter().try_for_each(|node| node.draw(rng, &mut assignment))
    }

    /// Returns the number of different configs that can be drawn; `None` if there are more than 2^128, or
    /// it depends on the draws.
    pub(crate) fn support(&self) -> Option<u128> {
        product(&self.nodes, CombinationCount::Support)
    }

    /// Returns the number of points of its grid.
    ///
    /// # Errors
    ///
    /// When there are more than 2^63, or a sampler has no steps.
    pub(crate) fn points(&self) -> Result<u64, Failure> {
        if let Some(place) = self.nodes.iter().find_map(SamplerNode::stepless) {
            let param = &self.params.names()[place];
            return Err(Failure::usage(
                format!("SETUP.SAMPLERS.{param}: a grid cannot have every number of a range"),
                "give it so many values, `POINTS: 5`, or a QUANTIZE, or take another STRATEGY",
            ));
        }
        let points =
            product(&self.nodes, CombinationCount::Points).and_then(|n| i64::try_from(n).ok());
        points.map(i64::unsigned_abs).ok_or_else(|| {
            Failure::usage(
                "SETUP.STRATEGY: the grid has more than 2^63 points",
                "give fewer VALUES or a coarser QUANTIZE, or take STRATEGY: random",
            )
        })
    }

    /// Returns the parameter that has the most points in a grid, and how many.
    pub(crate) fn largest(&self) -> Option<(String, u64)> {
        let sizes = self.nodes.iter().filter_map(|node| {
            let points = node.size(CombinationCount::Points)?;
            let name = match node {
                SamplerNode::Zip(nodes) => nodes.iter().find_map(SamplerNode::place),
                other => other.place(),
            };
            Some((self.params.names()[name?].clone(), u64::try_from(points).unwrap_or(u64::MAX)))
        });
        sizes.max_by_key(|(_, points)| *points)
    }

    /// Sets a point of its grid, in place of what is in `values` but for the `fixed` ones.
    pub(crate) fn point(&self, number: u64, values: &mut [Option<Value>], fixed: &[usize]) {
        let mut assignment = ValueAssignment::new(values, fixed, &self.conditional);
        set_point(&self.nodes, number.into(), &mut assignment);
    }
}

/// The state of the construction of a tree.
struct TreeBuilder<'a, 'g> {
    params: ParamList,
    given: &'g GivenValues,
    zip: &'a [Vec<String>],
    base: &'a Value,
}

impl<'a> TreeBuilder<'a, '_> {
    /// Builds the samplers of one level.
    fn nodes(
        &mut self,
        samplers: &'a IndexMap<String, Sampler>,
    ) -> Result<Vec<SamplerNode<'a>>, Failure> {
        let mut nodes = Vec::new();
        let mut placed: Vec<&str> = Vec::new();
        for (param, sampler) in samplers {
            if placed.contains(&param.as_str()) {
                continue;
            }
            match self.zip.iter().find(|group| group.contains(param)) {
                None => self.push(param, sampler, &mut nodes)?,
                Some(group) => {
                    nodes.push(self.zipped(group, samplers)?);
                    placed.extend(group.iter().map(String::as_str));
                }
            }
        }
        Ok(nodes)
    }

    fn push(
        &mut self,
        param: &str,
        sampler: &'a Sampler,
        nodes: &mut Vec<SamplerNode<'a>>,
    ) -> Result<(), Failure> {
        match sampler {
            Sampler::Regnet(ranges) => {
                let parameters =
                    regnet::parameters(ranges).map_err(|GridTooFine| too_fine(param))?;
                for (name, scalar) in parameters {
                    let name = format!("{param}.{name}");
                    let (place, is_given) =
                        (self.params.place(&name), self.given.always_has(&name));
                    nodes.push(SamplerNode::One {
                        place,
                        draw: ParamSampler::Scalar(scalar),
                        is_given,
                    });
                }
            }
            Sampler::Choice(BranchChoice { branches, in_config }) => {
                let place = self.params.place(param);
                if !in_config {
                    self.params.label(place);
                }
                let branches = branches
                    .iter()
                    .map(|branch| Ok((branch.name.clone(), self.nodes(&branch.samplers)?)));
                let branches = branches.collect::<Result<Vec<_>, Failure>>()?;
                let open = self.open_branches(param, &branches);
                nodes.push(SamplerNode::Choice { place, branches, open });
            }
            _ => {
                let draw = ParamSampler::new(param, sampler, &self.params, self.base)?;
                let (place, is_given) = (self.params.place(param), self.given.always_has(param));
                nodes.push(SamplerNode::One { place, draw, is_given });
            }
        }
        Ok(())
    }

    /// Returns the branches that a job may have: those that are given, or all.
    fn open_branches(&self, param: &str, branches: &[(Value, Vec<SamplerNode<'_>>)]) -> Vec<usize> {
        let values = self.given.values_of(param);
        let is_all = !self.given.always_has(param);
        let is_open = |name: &Value| is_all || values.iter().any(|value| is_branch(name, value));
        let open = branches.iter().enumerate().filter(|(_, (name, _))| is_open(name));
        open.map(|(number, _)| number).collect()
    }

    /// Builds a group of parameters, which must have equally many values.
    fn zipped(
        &mut self,
        group: &[String],
        samplers: &'a IndexMap<String, Sampler>,
    ) -> Result<SamplerNode<'a>, Failure> {
        let mut nodes = Vec::new();
        for (param, sampler) in samplers.iter().filter(|(param, _)| group.contains(param)) {
            self.push(param, sampler, &mut nodes)?;
        }
        let drawn = || nodes.iter().filter(|node| !node.is_given());
        let points: Vec<Option<u128>> =
            drawn().map(|node| node.size(CombinationCount::Points)).collect();
        if points.windows(2).all(|pair| pair[0] == pair[1]) {
            return Ok(SamplerNode::Zip(nodes));
        }
        let each = drawn().zip(&points).map(|(node, points)| {
            let points = points.and_then(|points| usize::try_from(points).ok());
            let endless = if node.stepless().is_some() { "no steps" } else { "too many values" };
            let values = points.map_or(endless.to_owned(), |n| count(n, "value"));
            let param = node.place().map_or("", |place| self.params.names()[place].as_str());
            format!("{param} has {values}")
        });
        Err(Failure::usage(
            format!("SETUP.ZIP: {}", each.collect::<Vec<_>>().join(", ")),
            "parameters that are zipped must have equally many values",
        ))
    }
}

/// The kind of values of a parameter that are counted.
#[derive(Debug, Clone, Copy)]
enum CombinationCount {
    /// The points that a grid has of it.
    Points,
    /// The different values that it has.
    Support,
}

/// Returns how many combinations some samplers have; `None` beyond 2^128.
fn product(nodes: &[SamplerNode<'_>], measure: CombinationCount) -> Option<u128> {
    nodes.iter().try_fold(1_u128, |product, node| product.checked_mul(node.size(measure)?))
}

/// Sets one of the combinations; the last parameter changes fastest.
fn set_point(nodes: &[SamplerNode<'_>], number: u128, assignment: &mut ValueAssignment<'_>) {
    let mut rest = number;
    for node in nodes.iter().rev() {
        let points = node.size(CombinationCount::Points).unwrap_or(1).max(1);
        node.set_point(rest % points, assignment);
        rest /= points;
    }
}

impl SamplerNode<'_> {
    /// Returns the place of the parameter that it is known by.
    fn place(&self) -> Option<usize> {
        match self {
            Self::One { place, .. } | Self::Choice { place, .. } => Some(*place),
            Self::Zip(_) => None,
        }
    }

    /// Returns the place of a parameter that has no steps for a grid to take, if there is one.
    fn stepless(&self) -> Option<usize> {
        match self {
            Self::One { place, draw, is_given } => {
                (!is_given && draw.is_stepless()).then_some(*place)
            }
            Self::Choice { branches, open, .. } => {
                let nodes = open.iter().flat_map(|number| &branches[*number].1);
                nodes.into_iter().find_map(Self::stepless)
            }
            Self::Zip(nodes) => nodes.iter().find_map(Self::stepless),
        }
    }

    /// Gathers the places of its parameters, those of branches apart.
    fn gather_places(&self, own: &mut Vec<usize>, in_branches: &mut Vec<usize>) {
        match self {
            Self::One { place, .. } => own.push(*place),
            Self::Choice { place, branches, .. } => {
                own.push(*place);
                let mut inner = Vec::new();
                for node in branches.iter().flat_map(|(_, nodes)| nodes) {
                    node.gather_places(&mut inner, in_branches);
                }
                in_branches.append(&mut inner);
            }
            Self::Zip(nodes) => {
                for node in nodes {
                    node.gather_places(own, in_branches);
                }
            }
        }
    }

    /// Returns true if its value is given in every job.
    fn is_given(&self) -> bool {
        matches!(self, Self::One { is_given: true, .. })
    }

    fn draw(
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
            Self::Choice { place, branches, .. } => {
                let drawn = pick(rng, branches.len());
                let (name, nodes) = &branches[assignment.branch(*place, branches).unwrap_or(drawn)];
                assignment.set(*place, name.clone());
                nodes.iter().try_for_each(|node| node.draw(rng, assignment))
            }
            Self::Zip(nodes) => nodes.iter().try_for_each(|node| node.draw(rng, assignment)),
        }
    }

    /// Returns how many combinations it has.
    fn size(&self, measure: CombinationCount) -> Option<u128> {
        match self {
            Self::One { is_given: true, .. } => Some(1),
            Self::One { draw, .. } => match measure {
                CombinationCount::Points => draw.points(),
                CombinationCount::Support => draw.support(),
            },
            Self::Choice { branches, open, .. } => open.iter().try_fold(0_u128, |sum, number| {
                sum.checked_add(product(&branches[*number].1, measure)?)
            }),
            Self::Zip(nodes) => {
                let drawn = nodes.iter().find(|node| !node.is_given());
                drawn.map_or(Some(1), |node| node.size(measure))
            }
        }
    }

    /// Sets one of its points; of a choice the branches follow each other.
    fn set_point(&self, number: u128, assignment: &mut ValueAssignment<'_>) {
        match self {
            Self::One { place, is_given: true, .. } => {
                assignment.is_fixed(*place);
            }
            Self::One { place, draw, .. } => assignment.set(*place, draw.point(number)),
            Self::Choice { place, branches, open } => {
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
            Self::Zip(nodes) => nodes.iter().for_each(|node| node.set_point(number, assignment)),
        }
    }
}
