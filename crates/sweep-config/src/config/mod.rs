//! A sweep config, loaded, validated and complete.
//!
//! The file becomes a tree that knows its places (`yaml`), the overrides are put into the tree, and
//! each section decodes its own keys ([`section::ConfigSection`]). Decoding goes on after a problem, so
//! that one report has them all.

mod aliases;
mod analyze;
mod base_file;
mod collect;
mod complete;
mod constraints;
mod decoder;
mod derived;
mod filters;
mod foreign_file;
mod given;
mod helpers;
mod included;
mod launch;
mod letter_case;
mod names;
pub mod notation;
mod objective;
mod overrides;
pub mod paths;
mod places;
mod points;
mod pycls;
mod reference;
mod samplers;
mod schema;
mod section;
mod seed_key;
mod setters;
mod setup;
mod shape;
mod slurm;
mod suggest;
mod tree;
mod tune;
mod value_types;
mod zip;

use std::path::{Path, PathBuf};

pub use analyze::{AnalyzeConfig, SeedReduction};
pub use collect::{CheckpointsKeep, CollectConfig, LogFormat, LogReader};
pub use constraints::Constraints;
use decoder::ConfigDecoder;
pub use filters::{KeptValues, MetricFilter, MetricFilters};
pub use foreign_file::{ForeignTool, foreign_sampler, foreign_tool};
use given::GivenValue;
pub use included::{IncludedFile, IncludingKey};
pub use launch::{Executor, JobPacking, LaunchConfig};
pub(crate) use letter_case::canonical as canonical_key;
pub use objective::{EpochReduction, ObjectiveConfig, ObjectiveGoal};
pub use places::escape_variables;
pub use points::PointSource;
pub use reference::config_keys;
pub use samplers::{
    BranchChoice, ChoiceBranch, ConditionalSampler, DependentRange, Distribution, LawQuantum,
    LawShape, ListLength, MappingSampler, QuantileLaw, RangeBound, RangeQuantum, RegnetRanges,
    Sampler, ScalarRange, WeightedValues, quantile_place,
};
pub use schema::json_schema;
use section::ConfigSection;
pub use setup::{SetupConfig, Strategy};
pub use slurm::SlurmOptions;
pub use suggest::nearest as nearest_word;
pub use tree::DesignTree;
pub use tune::{PriorSource, TuneConfig};
pub use value_types::{TypeFault, type_fault};

use crate::yaml::{YamlNode, read_text, read_tree};
use crate::{ConfigProblem, ConfigProblems, SweepDir};

/// A closed interval of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClosedInterval {
    /// The least number in it.
    pub low: f64,
    /// The greatest number in it.
    pub high: f64,
}

/// A whole sweep config. Only [`Sweep::load`] makes one from a file, and only a valid one.
#[derive(Debug, Clone, PartialEq)]
pub struct Sweep {
    /// `ROOT_DIR`: where sweep directories lie.
    pub root_dir: PathBuf,
    /// `NAME`: the sweep directory below it; may hold slashes.
    pub name: String,
    /// `DESC`: what the sweep is for.
    pub desc: String,
    /// `NUM_PROC`: threads for everything but the jobs.
    pub num_proc: usize,
    /// `SETUP`.
    pub setup: SetupConfig,
    /// `LAUNCH`.
    pub launch: LaunchConfig,
    /// `COLLECT`.
    pub collect: CollectConfig,
    /// `ANALYZE`.
    pub analyze: AnalyzeConfig,
    /// The file it was loaded from.
    pub source: PathBuf,
    /// The path by which the call named it: the file, or the sweep directory that keeps it.
    pub named: PathBuf,
    /// The text of that file.
    pub text: String,
    /// The files that it names and whose text belongs to it.
    pub included: Vec<IncludedFile>,
    /// The `--set KEY.PATH=VALUE` arguments that were applied, as typed.
    pub overrides: Vec<String>,
    /// Those of them that a call with the same name has to have again.
    pub typed: Vec<String>,
    /// The keys in whose values `~` or a variable of the environment was replaced, as dotted paths.
    pub replaced: Vec<String>,
    /// Remarks on what is no mistake for certain, in the order of their places.
    pub warnings: Vec<ConfigProblem>,
}

impl Sweep {
    /// Loads a sweep config, applies the overrides (`KEY.PATH=VALUE`) and validates the whole.
    ///
    /// # Errors
    ///
    /// All problems of the file and the overrides at once.
    pub fn load(path: &Path, overrides: &[String]) -> Result<Self, ConfigProblems> {
        Self::parse(path, read_text(path)?, overrides)
    }

    /// Parses a text as [`Sweep::load`] does a file; `path` is for the messages, and files that the config names are
    /// searched beside it.
    ///
    /// # Errors
    ///
    /// All problems of the text and the overrides at once.
    pub fn parse(path: &Path, text: String, overrides: &[String]) -> Result<Self, ConfigProblems> {
        let (mut root, faults) = read_tree(path, &text)?;
        if root.entries().is_none() {
            let message = format!("a sweep config must be a mapping, not {}", root.found());
            return Err(ConfigProblems::of_file(path, message, None));
        }
        if let Some(problem) = foreign_file::refusal(path, &root) {
            return Err(problem);
        }
        let decoder = ConfigDecoder::new(path, overrides);
        decoder.faults(faults);
        letter_case::rename(&mut root, "", &decoder);
        aliases::rename(&mut root, &decoder);
        overrides::apply(&mut root, overrides, &decoder);
        base_file::include_base(&mut root, &decoder);
        let mut sweep = decode(&decoder, &root);
        sweep.included.extend(decoder.take_included());
        sweep.included.extend(included::defaults(path, &sweep.setup.defaults));
        sweep.replaced = decoder.take_replaced();
        sweep.warnings = decoder.take_warnings();
        decoder.finish()?;
        path.clone_into(&mut sweep.source);
        path.clone_into(&mut sweep.named);
        sweep.text = text;
        sweep.overrides = overrides.to_vec();
        sweep.typed = overrides.to_vec();
        Ok(sweep)
    }

    /// The sweep directory, `ROOT_DIR/NAME`.
    #[must_use]
    pub fn dir(&self) -> SweepDir {
        let path = self.root_dir.join(&self.name);
        // Without the doubled slashes that a ROOT_DIR may have.
        SweepDir::new(path.components().collect::<PathBuf>())
    }
}

/// Decodes the tree; what is wrong with it is with the decoder.
fn decode(decoder: &ConfigDecoder<'_>, root: &YamlNode) -> Sweep {
    let top = ConfigSection::new(decoder, "", Some(root), true);
    // pycls writes this key itself, with what it holds.
    let _ = top.get("SWEEP_CFG_FILE");
    let sweep = Sweep {
        root_dir: root_dir(&top),
        name: name(&top),
        desc: top.text("DESC", ""),
        num_proc: top.whole("NUM_PROC", 1..=4096, cores()),
        setup: setup::decode(top.section("SETUP")),
        launch: launch::decode(top.section("LAUNCH")),
        collect: collect::decode(top.section("COLLECT")),
        analyze: analyze::decode(top.section("ANALYZE")),
        source: PathBuf::new(),
        named: PathBuf::new(),
        text: String::new(),
        included: Vec::new(),
        overrides: Vec::new(),
        typed: Vec::new(),
        replaced: Vec::new(),
        warnings: Vec::new(),
    };
    top.finish();
    sweep
}

fn root_dir(top: &ConfigSection<'_>) -> PathBuf {
    let Some(given) = top.get("ROOT_DIR") else { return "sweeps".into() };
    let root = given.place();
    if root.as_deref() == Some("") {
        let hint = "set it to the directory for your sweeps, or remove it to use `sweeps`";
        given.problem("is empty", Some(hint.to_owned()));
    }
    root.unwrap_or_default().into()
}

fn name(top: &ConfigSection<'_>) -> String {
    let given = top.required("NAME", "it is the sweep's directory below ROOT_DIR");
    given.and_then(|given| sweep_name(&given)).unwrap_or_default()
}

/// The name of a sweep: a relative path that leads down only, so that two names are two directories.
fn sweep_name(given: &GivenValue<'_>) -> Option<String> {
    let name = given.text()?;
    let why = if name.is_empty() {
        "is empty"
    } else if name.starts_with('/') {
        "is an absolute path"
    } else if name.split('/').any(|part| matches!(part, "" | "." | "..")) {
        "has a part that is empty, `.` or `..`"
    } else if name.chars().any(char::is_control) {
        "contains a control character"
    } else {
        return Some(name);
    };
    let hint = "write it as `digits` or `cifar/cifar_optim`".to_owned();
    given.problem(format!("`{}` {why}", name.escape_debug()), Some(hint));
    None
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    use super::reference::REFERENCE;

    fn known_keys(text: &str) -> Vec<String> {
        let (root, _) = read_tree(Path::new("x"), text).unwrap();
        let decoder = ConfigDecoder::new(Path::new("x"), &[]);
        decode(&decoder, &root);
        decoder.take_known().into_iter().map(|(path, _)| path).collect()
    }

    /// The dotted paths of the keys of a file, down to those that the code asks for.
    fn keys_of(node: &YamlNode, path: &str, known: &[String], keys: &mut Vec<String>) {
        for entry in node.entries().unwrap_or_default() {
            let path = decoder::join(path, &entry.key);
            if known.contains(&path) {
                keys.push(path);
            } else {
                keys_of(&entry.node, &path, known, keys);
            }
        }
    }

    #[test]
    fn the_reference_names_every_key_that_the_code_knows() {
        let mut known = known_keys("NAME: x\nSETUP: {NUM_CONFIGS: 1}");
        let mut named = Vec::new();
        keys_of(&read_tree(Path::new("x"), REFERENCE).unwrap().0, "", &known, &mut named);
        known.sort();
        named.sort();
        assert_eq!(named, known);
    }

    #[test]
    fn the_values_of_the_reference_are_the_defaults() {
        let parse = |text: &str, set: &str| {
            let sweep = Sweep::parse(Path::new("x"), text.to_owned(), &[set.to_owned()]);
            sweep.unwrap_or_else(|problems| panic!("{problems}"))
        };
        let smallest = "NAME: reference\nNUM_PROC: 1\nSETUP: {NUM_CONFIGS: 1}\n";
        let (mut reference, default) =
            (parse(REFERENCE, "LAUNCH.CONDA_ENV="), parse(smallest, "LAUNCH.CONDA_ENV="));
        reference.text.clone_from(&default.text);
        assert_eq!(reference, default);
    }
}
