//! `SETUP`: how to sample the job configs.

use indexmap::IndexMap;

use super::constraints::{self, Constraints};
use super::derived;
use super::given::GivenValue;
use super::helpers;
use super::names::ExpressionNames;
use super::notation::{self, ForeignNotation};
use super::points::{self, PointSource};
use super::pycls;
use super::samplers::{self, BranchChoice, Sampler, SamplerScope};
use super::section::ConfigSection;
use super::seed_key;
use super::setters::{self, PathTarget, SetterGroup};
use super::tree::{self, DesignTree};
use super::tune::{self, TuneConfig};
use super::zip;
use crate::expr::Expression;
use crate::named::named;
use crate::yaml::{NodeKind, YamlNode};
use crate::{JobFormat, Map, Value};

/// `SETUP`: how to sample the job configs.
#[derive(Debug, Clone, PartialEq)]
pub struct SetupConfig {
    /// `STRATEGY`: which candidates there are.
    pub strategy: Strategy,
    /// `TUNE`: how `STRATEGY: tpe` chooses.
    pub tune: TuneConfig,
    /// `ZIP`: groups of parameters that take their values step by step together.
    pub zip: Vec<Vec<String>>,
    /// `NUM_CONFIGS`: how many unique configs are drawn; `None`, of a grid or of rows: all.
    pub num_configs: Option<u64>,
    /// `NUM_SAMPLES`: how many candidates at most.
    pub num_samples: u64,
    /// `CHUNK_SIZE`: how many candidates a thread draws at a time; changes nothing in the result.
    pub chunk_size: u64,
    /// `RNG_SEED`.
    pub rng_seed: u64,
    /// `FORMAT`: the format of the job configs.
    pub format: JobFormat,
    /// `BASE_CFG`: the config that every job starts from; a mapping.
    pub base_cfg: Value,
    /// `DEFAULTS`: what completes every job config, and which keys it may have: `pycls`, a file, or
    /// nothing.
    pub defaults: String,
    /// `ENTRYPOINTS`: programs that give rows of values, each row a part of a job config.
    pub entrypoints: Vec<String>,
    /// `ENTRYPOINT_TIMEOUT`: seconds that one of them may take.
    pub entrypoint_timeout: u32,
    /// `REMOVE_DUPLICATES`: whether rows of entrypoints that make the same job make it once.
    pub remove_duplicates: bool,
    /// `POINTS`: configs that are chosen, not drawn.
    pub points: Vec<PointSource>,
    /// `REPLICATES`: how many jobs there are of each config.
    pub replicates: u32,
    /// `SEED_KEY`: the key of the job config in which replicates differ.
    pub seed_key: String,
    /// `TREE`: Dysweep's form of a space, which comes before `SAMPLERS`.
    pub tree: Option<DesignTree>,
    /// `SAMPLERS`, in the order of the file: dotted parameter -> sampler.
    pub samplers: IndexMap<String, Sampler>,
    /// `DERIVED`: dotted parameter -> expression, each after those that it needs.
    pub derived: IndexMap<String, Expression>,
    /// `HELPERS`: sampled or derived parameters that expressions see and no job config gets.
    pub helpers: Vec<String>,
    /// `CONSTRAINTS`.
    pub constraints: Constraints,
}

/// `SETUP.STRATEGY`: which candidates there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// Draws of the samplers' distributions, each on its own.
    Random,
    /// Every combination of the values that the samplers can draw, the last parameter fastest.
    Grid,
    /// Draws of the distributions from Halton's sequence, which fills the space evenly.
    Halton,
    /// Draws of the distributions from Sobol's sequence, which does so best with a power of two.
    Sobol,
    /// Draws of the distributions from a Latin hypercube of `NUM_CONFIGS` points.
    LatinHypercube,
    /// Random draws first, then what a tree-structured Parzen estimator suggests by the results so far.
    Tpe,
}

named!(pub Strategy {
    Random = "random",
    Grid = "grid",
    Halton = "halton",
    Sobol = "sobol",
    LatinHypercube = "lhs",
    Tpe = "tpe",
});

impl SetupConfig {
    /// Returns how many configs there may be at most.
    #[must_use]
    pub fn most_configs(&self) -> u64 {
        self.num_configs.unwrap_or(MOST_CONFIGS.unsigned_abs())
    }

    /// The setup without a draw where nothing is to be drawn from and nobody asked for one: the points are all.
    #[must_use]
    pub fn with_points_only(self) -> Self {
        let is_all = self.num_configs.is_none() && self.samplers.is_empty();
        Self { num_configs: if is_all { Some(0) } else { self.num_configs }, ..self }
    }

    /// Returns the choice that says how many configs each of its branches gets, by its key, with these numbers.
    #[must_use]
    pub fn counted_choice(&self) -> Option<(&str, &BranchChoice, &[u64])> {
        self.samplers.iter().find_map(|(key, sampler)| match sampler {
            Sampler::Choice(choice) => Some((key.as_str(), choice, choice.counts.as_deref()?)),
            _ => None,
        })
    }

    /// The setup without its tree, as if what that stands for had been written.
    #[must_use]
    pub fn without_tree(mut self) -> Self {
        if let Some(DesignTree { base_cfg, mut samplers, .. }) = self.tree.take() {
            samplers.append(&mut self.samplers);
            self = Self { base_cfg, samplers, ..self };
        }
        self
    }
}

/// The greatest `NUM_CONFIGS`: all configs are held in memory, and a directory of more files helps nobody.
pub(super) const MOST_CONFIGS: i64 = 10_000_000;

/// Returns true if a sampler has the key `NUM_CONFIGS`.
fn a_sampler_says_it(section: &ConfigSection<'_>) -> bool {
    let given = section.peek("SAMPLERS").filter(GivenValue::is_mapping);
    given
        .is_some_and(|given| given.section().all().any(|(_, it)| it.below("NUM_CONFIGS").is_some()))
}

/// Decodes `NUM_CONFIGS`, which a grid and rows need not have, nor a sampler that says how many each of its branches
/// gets.
fn num_configs(
    section: &ConfigSection<'_>,
    strategy: Strategy,
    samplers: &IndexMap<String, Sampler>,
) -> Option<u64> {
    let counted: Vec<(&String, u64)> =
        samplers.iter().filter_map(|(key, it)| Some((key, it.counts()?.iter().sum()))).collect();
    if let [(first, sum), others @ ..] = counted.as_slice() {
        let given = section.get("NUM_CONFIGS").filter(|given| !given.is_nothing());
        if let Some((other, _)) = others.first() {
            let message = format!("`{first}` and `{other}` both set the number of configs");
            section.problem("SAMPLERS", message, Some("use WEIGHTS for one of them".to_owned()));
        } else if let Some(given) = given
            && given.whole(1..=MOST_CONFIGS).is_some_and(|asked: u64| asked != *sum)
        {
            let hint = format!("write `{sum}`, or remove it");
            given
                .problem(format!("those of the branches of `{first}` add up to {sum}"), Some(hint));
        }
        return Some(*sum);
    }
    let has_samplers = ["SAMPLERS", "TREE"].iter().any(|key| {
        let given = section.peek(key).filter(|given| !given.is_nothing());
        given.is_some_and(|given| given.node.entries().is_none_or(|entries| !entries.is_empty()))
    });
    // Where a sampler has it, that is wrong if it comes to here.
    let is_finite = strategy == Strategy::Grid || !has_samplers || a_sampler_says_it(section);
    let has_points = section.peek("POINTS").is_some_and(|given| !given.is_nothing());
    let given = if is_finite || has_points {
        section.get("NUM_CONFIGS").filter(|given| !given.is_nothing())
    } else {
        section.required("NUM_CONFIGS", "set it to the number of job configs to sample")
    };
    match given {
        // The points are all that is asked for.
        None if has_points && !is_finite => Some(0),
        given => given.and_then(|given| given.whole(0..=MOST_CONFIGS)),
    }
}

pub(super) fn decode(section: ConfigSection<'_>) -> SetupConfig {
    let strategy = section.one_of("STRATEGY", Strategy::NAMED, Strategy::Random);
    let base_cfg = base_cfg(&section);
    let tree = tree::decode(&section, &base_cfg, strategy == Strategy::Grid);
    let mut setters = vec![tree_setters(&section, tree.as_ref())];
    let (samplers, is_broken) =
        samplers(&section, &base_cfg, tree.as_ref(), strategy, &mut setters);
    let num_configs = num_configs(&section, strategy, &samplers);
    let has_entrypoints = section.has("ENTRYPOINTS");
    let has_defaults = section.has("DEFAULTS");
    let none = IndexMap::new();
    let names = ExpressionNames {
        base_cfg: tree.as_ref().map_or(&base_cfg, |tree| &tree.base_cfg),
        params: params(tree.as_ref(), &samplers),
        later: Vec::new(),
        following: Vec::new(),
        derived: &none,
        reports: false,
        is_open: is_broken || has_entrypoints,
        has_defaults,
        is_item: false,
        replicated: seed_key::replicated(&section, &base_cfg),
    };
    let derived = derived::decode(&section, &names, &mut setters);
    let helpers = helpers::decode(&section, &names, &derived, &mut setters);
    let target =
        PathTarget { base_cfg: names.base_cfg, given: section.peek("BASE_CFG"), has_defaults };
    setters::check(&setters, &target);
    let names = ExpressionNames { derived: &derived, ..names.clone() };
    let constraints = constraints::decode(section.section("CONSTRAINTS"), &names);
    let replicates = section.whole("REPLICATES", 1..=10_000, 1);
    let setup = SetupConfig {
        zip: zip::decode(&section, &samplers, &names, is_broken),
        strategy,
        tune: tune::decode(&section, strategy == Strategy::Tpe),
        num_configs,
        num_samples: section.whole("NUM_SAMPLES", 1..=1_000_000_000_000, 1_000_000),
        chunk_size: section.whole("CHUNK_SIZE", 1..=MOST_CONFIGS, 5000),
        rng_seed: section.whole("RNG_SEED", 0.., 0),
        format: section.one_of("FORMAT", JobFormat::NAMED, JobFormat::Yaml),
        defaults: section.text("DEFAULTS", ""),
        entrypoints: section.texts("ENTRYPOINTS", &[]),
        entrypoint_timeout: section.whole("ENTRYPOINT_TIMEOUT", 1..=86_400, 300),
        remove_duplicates: section.flag("REMOVE_DUPLICATES", true),
        points: points::decode(&section),
        replicates,
        seed_key: seed_key::decode(&section, &names, replicates),
        tree,
        base_cfg,
        samplers,
        derived,
        helpers,
        constraints,
    };
    section.finish();
    setup
}

fn base_cfg(section: &ConfigSection<'_>) -> Value {
    let given = section.get("BASE_CFG");
    given.iter().for_each(GivenValue::check_data);
    match given.as_ref().map(|given| given.node.to_value()) {
        Some(map @ Value::Map(_)) => map,
        None | Some(Value::Null) => Value::Map(Map::new()),
        Some(Value::Keyed(_)) => {
            if let Some(given) = given {
                given
                    .problem("top-level keys of a job config must be text: quote the others", None);
            }
            Value::Map(Map::new())
        }
        Some(_) => {
            if let Some(given) = given {
                given.expected("a mapping: the config that every job starts from");
            }
            Value::Map(Map::new())
        }
    }
}

/// Decodes the samplers; true if one of them is wrong and left out.
fn samplers<'a>(
    section: &ConfigSection<'a>,
    base_cfg: &Value,
    tree: Option<&DesignTree>,
    strategy: Strategy,
    setters: &mut Vec<SetterGroup<'a>>,
) -> (IndexMap<String, Sampler>, bool) {
    let mut decoded = IndexMap::new();
    let Some(given) = section.get("SAMPLERS") else { return (decoded, false) };
    given.check_names();
    let has_entrypoints = section.has("ENTRYPOINTS");
    let has_defaults = section.has("DEFAULTS");
    let all: Vec<(&str, GivenValue<'_>)> = given.section().all().collect();
    let derived = section.peek("DERIVED").filter(GivenValue::is_mapping);
    let following: Vec<&str> = derived
        .map(|given| given.section().all().map(|(key, _)| key).collect())
        .unwrap_or_default();
    let mut set = params(tree, &decoded);
    let defaults = section.peek("DEFAULTS").map(|given| given.node.to_value());
    let is_pycls = pycls::are_pyclss(defaults.as_ref(), base_cfg);
    let replicated = seed_key::replicated(section, base_cfg);
    for (i, (parameter, given)) in all.iter().enumerate() {
        let names = ExpressionNames {
            base_cfg: tree.map_or(base_cfg, |tree| &tree.base_cfg),
            params: set.clone(),
            later: all[i..].iter().map(|(key, _)| *key).collect(),
            following: following.clone(),
            derived: &IndexMap::new(),
            reports: false,
            is_open: decoded.len() < i || has_entrypoints,
            has_defaults,
            is_item: false,
            replicated: replicated.clone(),
        };
        let Some(key) = names.path(given, parameter) else { continue };
        let Some(sampler) = sampler(&key, given, &SamplerScope::new(names, is_pycls)) else {
            continue;
        };
        setters.push(SetterGroup::of_sampler(&key, &sampler, given));
        if strategy == Strategy::Grid && sampler.is_dependent() {
            let hint = "sample the LENGTH of a list, or select points with CONSTRAINTS.WHERE";
            let message = "the points of a grid cannot depend on other parameters";
            given.problem(message, Some(hint.to_owned()));
            continue;
        }
        set.extend(sampler.params(&key));
        decoded.insert(key, sampler);
    }
    let is_broken = decoded.len() < all.len();
    (decoded, is_broken)
}

/// Returns the paths that a tree sets differently from job to job: it says in which order, so that they
/// are not held against each other.
fn tree_setters<'a>(section: &ConfigSection<'a>, tree: Option<&DesignTree>) -> SetterGroup<'a> {
    let given = section.peek("TREE");
    let parts = given.iter().flat_map(|given| {
        let samplers = tree.into_iter().flat_map(|tree| &tree.samplers);
        samplers.map(|(key, sampler)| SetterGroup::of_sampler(key, sampler, given))
    });
    SetterGroup::ordered(parts.collect())
}

/// Returns all sampled parameters.
fn params(tree: Option<&DesignTree>, samplers: &IndexMap<String, Sampler>) -> Vec<String> {
    let tree = tree.into_iter().flat_map(|tree| &tree.samplers);
    tree.chain(samplers).flat_map(|(key, sampler)| sampler.params(key)).collect()
}

fn sampler(parameter: &str, given: &GivenValue<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    match &given.node.kind {
        NodeKind::Map(_) | NodeKind::List(_) => samplers::decode(parameter, given, scope),
        NodeKind::Scalar(Value::Str(text)) => match notation::sampler_of_text(text) {
            Some(Ok(form)) => {
                let node = YamlNode::of_value(&form.to_value(), given.node.mark);
                samplers::decode(parameter, &GivenValue { node: &node, ..given.clone() }, scope)
            }
            Some(Err(why)) => {
                given.problem(why, None);
                None
            }
            None => expected_sampler(given),
        },
        _ => expected_sampler(given),
    }
}

fn expected_sampler(given: &GivenValue<'_>) -> Option<Sampler> {
    if let Some(ForeignNotation { message, form: Some(form), .. }) = notation::foreign(given.node) {
        given.problem(message, Some(format!("write `{}`", form.show())));
        return None;
    }
    given.expected("a sampler, e.g. {TYPE: value_sampler, VALUES: [1, 2]}, or a list of values");
    None
}
