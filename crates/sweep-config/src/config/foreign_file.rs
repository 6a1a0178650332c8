//! Whole files of other tools, which `sweepkit convert` reads: recognized by their keys.

use std::path::Path;

use crate::ConfigProblems;
use crate::yaml::{YamlEntry, YamlNode};

/// A tool whose files describe a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignTool {
    /// Weights & Biases: `method` and `parameters`.
    Wandb,
    /// SEML: `seml`, `slurm`, `fixed`, `grid`, `random`.
    Seml,
    /// NNI: a search space of `_type` and `_value`, or an experiment that has one.
    Nni,
    /// A search space in the words of Ray Tune and others: `grid_search`, `tune.loguniform(...)`.
    Ray,
    /// A command line of Hydra.
    Hydra,
}

impl ForeignTool {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Wandb, Self::Seml, Self::Nni, Self::Ray, Self::Hydra];

    /// Returns its name on a command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wandb => "wandb",
            Self::Seml => "seml",
            Self::Nni => "nni",
            Self::Ray => "ray",
            Self::Hydra => "hydra",
        }
    }

    /// Returns what its file is, in words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Wandb => "a sweep of Weights & Biases",
            Self::Seml => "an experiment file of SEML",
            Self::Nni => "a search space of NNI",
            Self::Ray => "a search space of Ray Tune",
            Self::Hydra => "a command line of Hydra",
        }
    }
}

/// The methods of Weights & Biases.
const METHODS: [&str; 4] = ["grid", "random", "bayes", "custom"];

/// Keys of an experiment of NNI that has a search space.
const NNI_SPACES: [&str; 3] = ["searchSpace", "searchSpaceFile", "searchSpacePath"];

/// Returns the tool whose file this is, if its keys say so.
#[must_use]
pub fn foreign_tool(root: &YamlNode) -> Option<ForeignTool> {
    let entries = root.entries()?;
    let has = |key: &str| entries.iter().any(|entry| entry.key == key);
    let is_mapping =
        |key: &str| entries.iter().any(|entry| entry.key == key && entry.node.entries().is_some());
    let is_ours = ["NAME", "SETUP", "setup", "LAUNCH", "launch"].iter().any(|key| has(key));
    if is_ours || entries.is_empty() {
        return None;
    }
    let is_method = |entry: &YamlEntry| {
        let method = entry.node.to_value();
        entry.key == "method"
            && METHODS.iter().any(|name| method == crate::Value::Str((*name).into()))
    };
    let is_launch = has("scheduler") && (has("job") || has("image_uri"));
    let is_program = is_mapping("parameters") && (has("program") || has("metric"));
    if entries.iter().any(is_method) || is_program || is_launch {
        return Some(ForeignTool::Wandb);
    }
    if is_mapping("seml") || ["fixed", "grid", "random"].iter().any(|key| is_mapping(key)) {
        return Some(ForeignTool::Seml);
    }
    let is_nni = |entry: &YamlEntry| has_key(&entry.node, "_type");
    if NNI_SPACES.iter().any(|key| has(key)) || entries.iter().any(is_nni) {
        return Some(ForeignTool::Nni);
    }
    let is_search = |entry: &YamlEntry| {
        has_key(&entry.node, "grid_search") || super::notation::foreign(&entry.node).is_some()
    };
    entries.iter().any(is_search).then_some(ForeignTool::Ray)
}

fn has_key(node: &YamlNode, key: &str) -> bool {
    node.entries().is_some_and(|entries| entries.iter().any(|entry| entry.key == key))
}

/// Refuses the file of another tool, and says what converts it.
pub(super) fn refusal(path: &Path, root: &YamlNode) -> Option<ConfigProblems> {
    let tool = foreign_tool(root).filter(|tool| *tool != ForeignTool::Ray)?;
    let first = root.entries()?.first()?;
    let message = format!("is {}, not a sweep config", tool.title());
    let hint = format!("convert it: `sweepkit convert {} -o sweep.yaml`", path.display());
    let mut problems = ConfigProblems::of_file(path, message, Some(hint));
    problems.place_first(first.mark.line, first.mark.column);
    Some(problems)
}

/// Returns the sampler that a mapping or a call of another tool stands for, such as `{grid_search: [1, 2]}` or
/// `tune.loguniform(1e-4, 1e-1)`: a list of values, or a mapping as under `SAMPLERS`. None for a value.
///
/// # Errors
///
/// Why it has no such form, in words.
pub fn foreign_sampler(node: &YamlNode) -> Option<Result<crate::Value, String>> {
    let found = super::notation::foreign(node)?;
    Some(found.form.map(|form| form.to_value()).ok_or(found.message))
}
