//! A parameter of a converted sweep, as every tool has it, and its sampler as text.

use sweep_config::yaml::{self, SourceMark};
use sweep_config::{Map, Value};

use super::draft::DraftEntry;
use super::note::ConversionNote;

/// The values or the distribution of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParameterLaw {
    /// One of some values with equal probability; a constant has one.
    Values(Vec<Value>),
    /// One of some values by weights.
    Weighted(Vec<Value>, Vec<f64>),
    /// Any number of a closed range.
    Uniform(Value, Value),
    /// Any number of a closed range, uniform in its logarithm.
    Log(Value, Value),
    /// A whole number of a closed range.
    Whole(i64, i64),
    /// A distribution that only `SETUP.TREE` has, in the words of Weights & Biases.
    Tree(Map),
    /// A sampler in our own form.
    Written(Value),
    /// An expression over other parameters.
    Derived(String),
    /// A choice between branches: the name of each, its constants and samplers.
    Branches {
        /// The type of the sampler: `choice_sampler` sets its key to the name, `union_sampler` does not.
        kind: &'static str,
        /// The branches.
        branches: Vec<(Value, Vec<ParameterPlan>)>,
        /// The number of configs of each branch, if each has its own.
        counts: Option<Vec<u64>>,
    },
}

impl ParameterLaw {
    /// Returns the values that it lists.
    pub(super) fn values(&self) -> &[Value] {
        match self {
            Self::Values(values) | Self::Weighted(values, _) => values,
            _ => &[],
        }
    }
}

/// A parameter of a converted sweep.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParameterPlan {
    /// Its dotted path in the job config.
    pub(super) path: String,
    /// The name under which its tool passes it to the program.
    pub(super) name: String,
    /// The place where the file has it.
    pub(super) mark: SourceMark,
    /// The values or the distribution.
    pub(super) law: ParameterLaw,
    /// The notes on it.
    pub(super) notes: Vec<ConversionNote>,
}

impl ParameterPlan {
    /// Returns the number of its values; none for a distribution over numbers.
    pub(super) fn size(&self) -> Option<u64> {
        match &self.law {
            ParameterLaw::Values(values) | ParameterLaw::Weighted(values, _) => {
                let mut distinct: Vec<&Value> = Vec::new();
                for value in values {
                    if !distinct.contains(&value) {
                        distinct.push(value);
                    }
                }
                u64::try_from(distinct.len()).ok()
            }
            ParameterLaw::Whole(low, high) => {
                u64::try_from(high.checked_sub(*low)?).ok()?.checked_add(1)
            }
            ParameterLaw::Branches { branches, .. } => branches
                .iter()
                .map(|(_, plans)| size_of_all(plans))
                .try_fold(0_u64, |sum, size| sum.checked_add(size?)),
            _ => None,
        }
    }

    /// Returns the line of the parameter under `SAMPLERS`, or under `TREE`.
    pub(super) fn entry(&self) -> DraftEntry {
        match &self.law {
            ParameterLaw::Branches { kind, branches, counts } => {
                let mut block = vec![DraftEntry::line("TYPE", *kind)];
                if let Some(counts) = counts {
                    let counts = counts.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                    block.push(DraftEntry::line("NUM_CONFIGS", format!("[{counts}]")));
                }
                block.push(DraftEntry::block("BRANCHES", branches.iter().map(branch).collect()));
                DraftEntry::block(&self.path, block)
            }
            _ => DraftEntry::line(&self.path, self.sampler()),
        }
        .with_all(self.notes.clone())
    }

    /// Returns its line in a branch, where a list is one value.
    fn in_branch(&self) -> DraftEntry {
        match &self.law {
            ParameterLaw::Values(values) if values.len() == 1 => {
                DraftEntry::line(&self.path, constant(&values[0])).with_all(self.notes.clone())
            }
            ParameterLaw::Values(values) => {
                let text = format!("{{TYPE: value_sampler, VALUES: {}}}", list(values));
                DraftEntry::line(&self.path, text).with_all(self.notes.clone())
            }
            _ => self.entry(),
        }
    }

    fn sampler(&self) -> String {
        let range = |low: &Value, high: &Value| format!("[{}, {}]", data(low), data(high));
        match &self.law {
            ParameterLaw::Values(values) => list(values),
            ParameterLaw::Weighted(values, weights) => {
                let weights = weights.iter().map(|weight| Value::Float(*weight)).collect();
                let weights = yaml::flow(&Value::List(weights));
                format!("{{TYPE: value_sampler, VALUES: {}, WEIGHTS: {weights}}}", list(values))
            }
            ParameterLaw::Uniform(low, high) => format!("{{uniform: {}}}", range(low, high)),
            ParameterLaw::Log(low, high) => format!("{{log: {}}}", range(low, high)),
            ParameterLaw::Whole(low, high) => format!("{{int: [{low}, {high}]}}"),
            ParameterLaw::Tree(words) => yaml::flow(&Value::Map(words.clone())),
            ParameterLaw::Written(sampler) => yaml::flow(sampler),
            ParameterLaw::Derived(expression) => yaml::flow(&Value::Str(expression.clone())),
            ParameterLaw::Branches { .. } => String::new(),
        }
    }
}

/// Writes a branch; its expressions are together under `DERIVED`.
fn branch((name, plans): &(Value, Vec<ParameterPlan>)) -> DraftEntry {
    let name = sweep_config::python::text(name);
    let (derived, own): (Vec<_>, Vec<_>) =
        plans.iter().partition(|plan| matches!(plan.law, ParameterLaw::Derived(_)));
    let mut entries: Vec<DraftEntry> = own.into_iter().map(ParameterPlan::in_branch).collect();
    if !derived.is_empty() {
        let derived = derived.into_iter().map(ParameterPlan::entry).collect();
        entries.push(DraftEntry::block("DERIVED", derived));
    }
    if entries.is_empty() {
        DraftEntry::line(&name, "{}")
    } else {
        DraftEntry::block(&name, entries)
    }
}

/// Renames each parameter that another one lies in, such as `optimizer` beside `optimizer.lr`: a job config cannot hold
/// both. Returns true if there was one; then no placeholder for all parameters gives the program their names.
pub(super) fn part(plans: &mut [ParameterPlan]) -> bool {
    let paths: Vec<String> = plans.iter().map(|plan| plan.path.clone()).collect();
    let mut is_any = false;
    for plan in plans {
        let inside = format!("{}.", plan.path);
        let Some(other) = paths.iter().find(|path| path.starts_with(&inside)) else { continue };
        let mut path = format!("{}_choice", plan.path);
        while paths.contains(&path) {
            path.push('_');
        }
        let why = format!(
            "a job config cannot hold `{}` beside `{other}`: it is `{path}` here, and the command passes it under \
             its own name",
            plan.path
        );
        plan.notes.push(ConversionNote::approximated(plan.name.clone(), plan.mark, why));
        plan.path = path;
        is_any = true;
    }
    is_any
}

/// Returns the words that pass each parameter under the name that its tool gives it.
pub(super) fn words(plans: &[ParameterPlan], prefix: &str, separator: &str) -> String {
    let word = |plan: &ParameterPlan| {
        let name = format!("{prefix}{}", plan.name);
        let name = shlex::try_quote(&name).map_or(name.clone(), std::borrow::Cow::into_owned);
        format!("{name}{separator}{{{{{}}}}}", plan.path)
    };
    plans.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Returns the number of combinations of some parameters; none if one has a distribution over numbers.
pub(super) fn size_of_all(plans: &[ParameterPlan]) -> Option<u64> {
    plans.iter().try_fold(1_u64, |product, plan| product.checked_mul(plan.size()?))
}

fn list(values: &[Value]) -> String {
    format!("[{}]", values.iter().map(data).collect::<Vec<_>>().join(", "))
}

/// Writes a value that every job of a branch has: a list says that it is one value.
pub(super) fn constant(value: &Value) -> String {
    match value {
        Value::List(_) => format!("!!seq {}", data(value)),
        _ => data(value),
    }
}

/// Writes a value so that no reader takes it for anything but data: text that looks like a number or another notation,
/// and mappings, have a tag.
pub(super) fn data(value: &Value) -> String {
    match value {
        Value::Str(text) if is_plain(text) && yaml::flow(value) == *text => text.clone(),
        Value::Str(text) if text.chars().any(char::is_control) => {
            format!("!!str {}", serde_json::Value::from(text.as_str()))
        }
        Value::Str(text) => format!("!!str '{}'", text.replace('\'', "''")),
        Value::List(items) => list(items),
        Value::Map(map) if !map.is_empty() => {
            let entry = |(key, value): (&String, &Value)| {
                format!("{}: {}", yaml::flow(&Value::Str(key.clone())), data(value))
            };
            format!("!!map {{{}}}", map.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => yaml::flow(other),
    }
}

/// Returns true for a text that is nothing but text to every reader.
fn is_plain(text: &str) -> bool {
    const PYTHON: [&str; 4] = ["None", "inf", "nan", "Infinity"];
    text.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '/')
        && text.chars().all(|c| c.is_alphanumeric() || "_-./+ =@".contains(c))
        && !PYTHON.contains(&text)
}
