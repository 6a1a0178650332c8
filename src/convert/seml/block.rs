//! One level of a file of SEML: its `fixed`, `grid` and `random` parameters, and how a level overrides the one above.

use indexmap::IndexMap;
use sweep_config::Value;
use sweep_config::yaml::{NodeKind, SourceMark};

use crate::convert::note::ConversionNote;
use crate::convert::parameter::ParameterLaw;
use crate::convert::source::SourceItem;

/// A parameter under `fixed`.
#[derive(Debug, Clone)]
pub(super) struct FixedParameter {
    /// The value; none for `!remove`.
    pub(super) value: Option<Value>,
    /// The dotted path of its key in the file.
    pub(super) key: String,
    /// The place of its key.
    pub(super) mark: SourceMark,
}

/// A parameter under `grid`.
#[derive(Debug, Clone)]
pub(super) struct GridParameter {
    /// Its values.
    pub(super) values: Vec<Value>,
    /// The name of the group of parameters that change together with it.
    pub(super) zip: Option<String>,
    /// The dotted path of its key in the file.
    pub(super) key: String,
    /// The place of its key.
    pub(super) mark: SourceMark,
    /// Its type, for the note.
    pub(super) kind: String,
    /// True for `!remove`.
    pub(super) is_removed: bool,
}

/// A parameter under `random`.
#[derive(Debug, Clone)]
pub(super) struct RandomParameter {
    /// Its distribution; none for `!remove`.
    pub(super) law: Option<ParameterLaw>,
    /// The place of its key.
    pub(super) mark: SourceMark,
    /// The notes on it.
    pub(super) notes: Vec<ConversionNote>,
}

/// The parameters of one level, by their dotted paths.
#[derive(Debug, Clone, Default)]
pub(super) struct ParameterBlock {
    /// The parameters that have one value.
    pub(super) fixed: IndexMap<String, FixedParameter>,
    /// The parameters of which every value is used.
    pub(super) grid: IndexMap<String, GridParameter>,
    /// The parameters that are drawn.
    pub(super) random: IndexMap<String, RandomParameter>,
    /// The number of draws for each point of the grid.
    pub(super) samples: Option<(u64, SourceMark)>,
    /// The seed of the draws.
    pub(super) seed: Option<(Value, SourceMark)>,
}

impl ParameterBlock {
    /// Returns true if it has no parameter.
    pub(super) fn is_empty(&self) -> bool {
        self.fixed.is_empty() && self.grid.is_empty() && self.random.is_empty()
    }

    /// Returns the level below this one: what that defines takes the place of what is defined here.
    pub(super) fn with_below(&self, below: &Self) -> Self {
        let is_below = |path: &String| {
            below.fixed.contains_key(path)
                || below.grid.contains_key(path)
                || below.random.contains_key(path)
        };
        let mut both = self.clone();
        both.fixed.retain(|path, _| !is_below(path));
        both.grid.retain(|path, _| !is_below(path));
        both.random.retain(|path, _| !is_below(path));
        let stays = |fixed: &FixedParameter| fixed.value.is_some();
        both.fixed.extend(below.fixed.clone().into_iter().filter(|(_, fixed)| stays(fixed)));
        both.grid.extend(below.grid.clone().into_iter().filter(|(_, grid)| !grid.is_removed));
        both.random
            .extend(below.random.clone().into_iter().filter(|(_, random)| random.law.is_some()));
        both.samples = below.samples.or(self.samples);
        both.seed = below.seed.clone().or_else(|| self.seed.clone());
        both
    }
}

/// Returns true for `!remove`.
pub(super) fn is_removed(item: &SourceItem<'_>) -> bool {
    matches!(item.node.kind, NodeKind::Faulty)
}
