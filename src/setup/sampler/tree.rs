//! All samplers of a sweep: a tree, drawn at random or point by point.

use sweep_config::{SetupConfig, Value};

use super::assignment::ValueAssignment;
use super::build::TreeBuilder;
use super::candidate_rng::CandidateRng;
use super::failure::MissingValue;
use super::node::{CombinationCount, SamplerLevel, SamplerNode};
use crate::app::Failure;
use crate::setup::given::GivenValues;
use crate::setup::param_list::ParamList;
use crate::suggest::DrawTrace;

/// The samplers that candidates are drawn from.
#[derive(Debug)]
pub(crate) struct SamplerTree<'a> {
    params: ParamList,
    nodes: SamplerLevel<'a>,
    /// The places of given parameters that only branches have: a job has them where it has the branch.
    conditional: Vec<usize>,
    /// True if some parameters follow from others, or are there where others say so.
    has_dependents: bool,
}

impl<'a> SamplerTree<'a> {
    /// Prepares the samplers, in the order of the config, behind parameters that are given.
    ///
    /// # Errors
    ///
    /// Names the parameter whose sampler cannot be drawn from, or zipped parameters that differ in how
    /// many values they have.
    pub(crate) fn new(setup: &'a SetupConfig, given: &GivenValues) -> Result<Self, Failure> {
        let mut params = ParamList::new(given.keys().to_vec());
        params.label_all(&setup.helpers);
        let mut builder = TreeBuilder::new(params, given, setup);
        let nodes = SamplerLevel::new(builder.nodes(&setup.samplers)?);
        builder.check_groups()?;
        let mut in_branches = Vec::new();
        let mut at_top = Vec::new();
        for node in &*nodes {
            node.gather_places(&mut at_top, &mut in_branches);
        }
        in_branches.retain(|place| *place < given.keys().len() && !at_top.contains(place));
        let has_dependents = nodes.iter().any(SamplerNode::has_dependents);
        Ok(Self { params: builder.params, nodes, conditional: in_branches, has_dependents })
    }

    /// Returns the parameters, the given ones first, in the order in which they are drawn.
    pub(crate) fn params(&self) -> &ParamList {
        &self.params
    }

    /// Returns true if every candidate has a value for each parameter.
    pub(crate) fn is_complete(&self) -> bool {
        let is_choice = |node: &SamplerNode<'_>| matches!(node, SamplerNode::Choice { .. });
        !self.has_dependents && !self.nodes.iter().any(is_choice)
    }

    /// Returns the places of the choices, those within branches after the one that they lie in.
    pub(crate) fn choices(&self) -> Vec<usize> {
        let mut places = Vec::new();
        for node in &*self.nodes {
            node.gather_choices(&mut places);
        }
        places
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

    /// Returns the draws that give some values. What no draw gives, because it is given, derived or from elsewhere, has none.
    pub(crate) fn trace(&self, values: &[Option<Value>]) -> DrawTrace {
        let mut trace = DrawTrace::default();
        for node in &*self.nodes {
            node.trace(values, &mut trace);
        }
        trace.finish()
    }

    /// Returns true if the parameter at a place is drawn and may have values of this kind.
    pub(crate) fn takes(&self, place: usize, value: &Value) -> bool {
        self.nodes.iter().any(|node| node.takes(place, value))
    }

    /// Returns the places of parameters that have a value which no draw gives beside the others.
    pub(crate) fn outside(&self, values: &[Option<Value>]) -> Vec<usize> {
        let mut places = Vec::new();
        for node in &*self.nodes {
            node.gather_outside(values, &mut places);
        }
        places
    }

    /// Returns the number of different configs that can be drawn; `None` if there are more than 2^128, or
    /// it depends on the draws.
    pub(crate) fn support(&self) -> Option<u128> {
        self.nodes.size(CombinationCount::Support)
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
                format!("SETUP.SAMPLERS.{param}: a grid needs a finite number of values"),
                "set the number of values (`POINTS: 5`) or a QUANTIZE, or choose another STRATEGY",
            ));
        }
        let points = self.nodes.points().filter(|points| i64::try_from(*points).is_ok());
        points.ok_or_else(|| {
            Failure::usage(
                "SETUP.STRATEGY: the grid has more than 2^63 points",
                "give fewer VALUES or a coarser QUANTIZE, or set STRATEGY: random",
            )
        })
    }

    /// Returns the parameter that has the most points in a grid, and how many.
    pub(crate) fn largest(&self) -> Option<(String, u64)> {
        let sizes = self.nodes.iter().filter_map(|node| {
            let points = node.size(CombinationCount::Points)?;
            let name = &self.params.names()[node.step_place()?];
            Some((name.clone(), u64::try_from(points).unwrap_or(u64::MAX)))
        });
        sizes.max_by_key(|(_, points)| *points)
    }

    /// Sets a point of its grid, in place of what is in `values` but for the `fixed` ones.
    ///
    /// # Errors
    ///
    /// When a parameter that follows from others, or is an item of a list, cannot be computed.
    pub(crate) fn point(
        &self,
        number: u64,
        values: &mut [Option<Value>],
        fixed: &[usize],
    ) -> Result<(), MissingValue> {
        let mut assignment = ValueAssignment::new(values, fixed, &self.conditional);
        self.nodes.set_point(number, &mut assignment)?;
        if self.has_dependents {
            self.nodes.iter().try_for_each(|node| node.settle(&mut assignment))?;
        }
        Ok(())
    }
}
