//! Builds the tree of samplers from the config.

use indexmap::IndexMap;
use sweep_config::{
    BranchChoice, ConditionalSampler, MappingSampler, RegnetRanges, Sampler, SetupConfig, Value,
};

use super::chance::BranchChances;
use super::failure::{GridTooFine, too_fine};
use super::mapping::MappingTree;
use super::node::{CombinationCount, NamedBranch, SamplerLevel, SamplerNode};
use super::param::{MappingDraw, ParamSampler};
use super::regnet;
use crate::app::{Failure, count};
use crate::setup::binding::BoundExpr;
use crate::setup::given::{GivenValues, is_branch};
use crate::setup::param_list::ParamList;

/// The state of the construction of a tree.
pub(super) struct TreeBuilder<'a, 'g> {
    pub(super) params: ParamList,
    given: &'g GivenValues,
    base: &'a Value,
    groups: Vec<ZipGroup<'a>>,
}

/// A group of zipped parameters.
struct ZipGroup<'a> {
    params: &'a [String],
    /// True while the level that it belongs to is built, and what lies in its branches.
    is_open: bool,
    /// For each level that it belongs to, and each drawn member there, the number of values, if that is known.
    sizes: Vec<Vec<(String, Option<u128>)>>,
}

/// Prepares the sampler of an item of the list `param`: a tree of its own, which sees nothing else.
fn mapping<'a>(
    param: &str,
    MappingSampler { key, choice }: &'a MappingSampler,
) -> Result<Box<dyn MappingDraw + 'a>, Failure> {
    let nothing = GivenValues::default();
    let mut builder = TreeBuilder {
        params: ParamList::default(),
        given: &nothing,
        base: &Value::Null,
        groups: Vec::new(),
    };
    // A union has no key of its own, so that its label can have any name.
    let node = builder.choice(key.as_deref().unwrap_or(param), choice)?;
    Ok(Box::new(MappingTree::new(builder.params, SamplerLevel::new(vec![node]))))
}

impl<'a, 'g> TreeBuilder<'a, 'g> {
    /// Begins a tree behind parameters that are given.
    pub(super) fn new(params: ParamList, given: &'g GivenValues, setup: &'a SetupConfig) -> Self {
        let group =
            |params: &'a Vec<String>| ZipGroup { params, is_open: false, sizes: Vec::new() };
        let groups = setup.zip.iter().map(group).collect();
        Self { params, given, base: &setup.base_cfg, groups }
    }

    /// Builds the samplers of one level.
    pub(super) fn nodes(
        &mut self,
        samplers: &'a IndexMap<String, Sampler>,
    ) -> Result<Vec<SamplerNode<'a>>, Failure> {
        let opened = self.open_groups(samplers);
        let mut nodes = Vec::new();
        for (param, sampler) in samplers {
            match self.groups.iter().position(|group| group.params.contains(param)) {
                None => self.push(param, sampler, &mut nodes)?,
                Some(group) if !opened.contains(&group) => {
                    let mut inner = Vec::new();
                    self.push(param, sampler, &mut inner)?;
                    self.note_sizes(group, &inner);
                    let follower = |node| SamplerNode::Follower { group, node: Box::new(node) };
                    nodes.extend(inner.into_iter().map(follower));
                }
                Some(group) => self.push_zipped(group, samplers, &mut nodes)?,
            }
        }
        for group in opened {
            self.groups[group].is_open = false;
        }
        Ok(nodes)
    }

    /// Opens the groups of which this is the outermost level, and returns their numbers.
    fn open_groups(&mut self, samplers: &IndexMap<String, Sampler>) -> Vec<usize> {
        let mut opened = Vec::new();
        for (number, group) in self.groups.iter_mut().enumerate() {
            let is_here = group.params.iter().any(|param| samplers.contains_key(param));
            if is_here && !group.is_open {
                group.is_open = true;
                group.sizes.push(Vec::new());
                opened.push(number);
            }
        }
        opened
    }

    /// Builds the members of a group at its outermost level, in place of the first of them.
    fn push_zipped(
        &mut self,
        group: usize,
        samplers: &'a IndexMap<String, Sampler>,
        nodes: &mut Vec<SamplerNode<'a>>,
    ) -> Result<(), Failure> {
        let is_built = |node: &SamplerNode<'_>| matches!(node, SamplerNode::Zip { group: built, .. } if *built == group);
        if nodes.iter().any(is_built) {
            return Ok(());
        }
        let members = self.groups[group].params;
        let mut inner = Vec::new();
        for (param, sampler) in samplers.iter().filter(|(param, _)| members.contains(param)) {
            self.push(param, sampler, &mut inner)?;
        }
        self.note_sizes(group, &inner);
        nodes.push(SamplerNode::Zip { group, nodes: SamplerLevel::new(inner) });
        Ok(())
    }

    fn note_sizes(&mut self, group: usize, nodes: &[SamplerNode<'_>]) {
        for node in nodes.iter().filter(|node| !node.is_given()) {
            let param = node.place().map_or("", |place| self.params.names()[place].as_str());
            let size = (param.to_owned(), node.size(CombinationCount::Points));
            self.groups[group].sizes.last_mut().into_iter().for_each(|all| all.push(size.clone()));
        }
    }

    /// Checks that the members of each group have equally many values.
    ///
    /// # Errors
    ///
    /// Names the parameters of the first group whose members do not.
    pub(super) fn check_groups(&self) -> Result<(), Failure> {
        let few = |points: Option<u128>| points.and_then(|points| u32::try_from(points).ok());
        let is_uneven = |sizes: &&Vec<(String, Option<u128>)>| {
            let is_other = |points: Option<u128>| few(points).is_none() || points != sizes[0].1;
            sizes.iter().any(|(_, points)| is_other(*points))
        };
        let mut all = self.groups.iter().flat_map(|group| &group.sizes);
        let Some(uneven) = all.find(is_uneven) else { return Ok(()) };
        let each = uneven.iter().map(|(param, points)| {
            let values = few(*points).and_then(|points| usize::try_from(points).ok());
            let values = values.map_or("no countable steps".to_owned(), |n| count(n, "value"));
            format!("{param} has {values}")
        });
        Err(Failure::usage(
            format!("SETUP.ZIP: {}", each.collect::<Vec<_>>().join(", ")),
            "zipped parameters must have the same number of values",
        ))
    }

    fn push(
        &mut self,
        param: &str,
        sampler: &'a Sampler,
        nodes: &mut Vec<SamplerNode<'a>>,
    ) -> Result<(), Failure> {
        match sampler {
            Sampler::Regnet(ranges) => self.push_regnet(param, ranges, nodes)?,
            Sampler::Choice(choice) => nodes.push(self.choice(param, choice)?),
            Sampler::Conditional(ConditionalSampler { condition, sampler }) => {
                let condition = BoundExpr::new(condition, &self.params, self.base);
                let mut inner = Vec::new();
                self.push(param, sampler, &mut inner)?;
                nodes.push(SamplerNode::Conditional { condition, nodes: SamplerLevel::new(inner) });
            }
            Sampler::Derived(expr) => {
                let expr = BoundExpr::new(expr, &self.params, self.base);
                nodes.push(SamplerNode::Derived { place: self.params.place(param), expr });
            }
            _ => {
                let (params, base) = (&self.params, self.base);
                let draw = ParamSampler::new(param, sampler, params, base, mapping)?;
                nodes.push(self.one(param, draw));
            }
        }
        Ok(())
    }

    fn one(&mut self, param: &str, draw: ParamSampler<'a>) -> SamplerNode<'a> {
        let (place, is_given) = (self.params.place(param), self.given.always_has(param));
        SamplerNode::One { place, draw, is_given }
    }

    fn push_regnet(
        &mut self,
        param: &str,
        ranges: &RegnetRanges,
        nodes: &mut Vec<SamplerNode<'a>>,
    ) -> Result<(), Failure> {
        let parameters = regnet::parameters(ranges).map_err(|GridTooFine| too_fine(param))?;
        for (name, scalar) in parameters {
            nodes.push(self.one(&format!("{param}.{name}"), ParamSampler::Scalar(scalar)));
        }
        Ok(())
    }

    fn choice(
        &mut self,
        param: &str,
        BranchChoice { branches, in_config, probabilities, .. }: &'a BranchChoice,
    ) -> Result<SamplerNode<'a>, Failure> {
        let place = self.params.place(param);
        if !in_config {
            self.params.label(place);
        }
        let branches = branches.iter().map(|branch| {
            let level = SamplerLevel::new(self.nodes(&branch.samplers)?);
            Ok((branch.name.clone(), level))
        });
        let branches = branches.collect::<Result<Vec<_>, Failure>>()?;
        let open = self.open_branches(param, &branches, probabilities.as_deref());
        let chances = BranchChances::new(branches.len(), probabilities.as_deref());
        Ok(SamplerNode::Choice { place, branches, open, chances })
    }

    /// Returns the branches that a job may have: those that are given, or all that can be drawn.
    fn open_branches(
        &self,
        param: &str,
        branches: &[NamedBranch<'_>],
        probabilities: Option<&[f64]>,
    ) -> Vec<usize> {
        let values = self.given.values_of(param);
        let is_drawn = |number: usize| probabilities.is_none_or(|all| all[number] > 0.0);
        let is_given = self.given.always_has(param);
        let is_open = |number: usize, name: &Value| {
            let is_value = || values.iter().any(|value| is_branch(name, value));
            if is_given { is_value() } else { is_drawn(number) }
        };
        let open = branches.iter().enumerate().filter(|(number, (name, _))| is_open(*number, name));
        open.map(|(number, _)| number).collect()
    }
}
