//! Items of a list that are mappings: a small tree of samplers of its own draws each.

use std::collections::BTreeSet;

use sweep_config::{Map, Value, python};

use super::assignment::ValueAssignment;
use super::candidate_rng::CandidateRng;
use super::failure::MissingValue;
use super::node::{SamplerLevel, SamplerNode};
use super::param::MappingDraw;
use crate::setup::param_list::ParamList;

/// Up to so many points are compared with each other to tell how many differ.
const FEW_POINTS: u64 = 10_000;

/// The samplers of one item of a list.
#[derive(Debug)]
pub(super) struct MappingTree<'a> {
    params: ParamList,
    level: SamplerLevel<'a>,
    has_dependents: bool,
    support: Option<u128>,
}

impl<'a> MappingTree<'a> {
    /// Prepares the samplers of an item, whose parameters are paths within it.
    pub(super) fn new(params: ParamList, level: SamplerLevel<'a>) -> Self {
        let has_dependents = level.iter().any(SamplerNode::has_dependents);
        let mut tree = Self { params, level, has_dependents, support: None };
        tree.support = tree.different();
        tree
    }

    /// Returns how many of its points differ: two branches may set the same. `None` where they are too many to be
    /// compared, or not all can be made.
    fn different(&self) -> Option<u128> {
        let points = self.level.points().filter(|points| *points <= FEW_POINTS)?;
        let texts = (0..points).map(|number| Some(python::text(&self.point(number).ok()?)));
        Some(texts.collect::<Option<BTreeSet<String>>>()?.len() as u128)
    }

    /// Returns the item of which `set` assigns the values.
    fn item(
        &self,
        set: impl FnOnce(&mut ValueAssignment<'_>) -> Result<(), MissingValue>,
    ) -> Result<Value, String> {
        let mut values = vec![None; self.params.names().len()];
        set(&mut ValueAssignment::new(&mut values, &[], &[])).map_err(
            |MissingValue { place, why }| {
                format!("`{}` of an item: {why}", self.params.names()[place])
            },
        )?;
        let mut item = Value::Map(Map::new());
        for (param, value) in self.params.in_config(&values) {
            item.set_path(param, value.clone());
        }
        Ok(item)
    }
}

impl MappingDraw for MappingTree<'_> {
    fn draw(&self, rng: &mut CandidateRng) -> Result<Value, String> {
        self.item(|values| self.level.iter().try_for_each(|node| node.draw(rng, values)))
    }

    fn points(&self) -> Option<u64> {
        self.level.points()
    }

    fn point(&self, number: u64) -> Result<Value, String> {
        self.item(|values| {
            self.level.set_point(number, values)?;
            if self.has_dependents {
                self.level.iter().try_for_each(|node| node.settle(values))?;
            }
            Ok(())
        })
    }

    fn support(&self) -> Option<u128> {
        self.support
    }

    fn is_stepless(&self) -> bool {
        self.level.iter().any(|node| node.stepless().is_some())
    }
}
