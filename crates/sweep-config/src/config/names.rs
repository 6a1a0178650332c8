//! The names that expressions of a sweep config may use.

use indexmap::IndexMap;

use super::decoder::join;
use super::given::GivenValue;
use super::paths::{is_within, parameter_path};
use super::suggest;
use crate::Value;
use crate::expr::Expression;
use crate::yaml::SourceMark;

/// The names that an expression may use.
#[derive(Clone)]
pub(super) struct ExpressionNames<'a> {
    pub(super) base_cfg: &'a Value,
    /// The sampled parameters; for a sampler, those that are drawn before it.
    pub(super) params: Vec<String>,
    /// The parameters that are drawn later and cannot be used yet.
    pub(super) later: Vec<&'a str>,
    pub(super) derived: &'a IndexMap<String, Expression>,
    /// True if a program reports numbers, under names of its own.
    pub(super) reports: bool,
    /// True if there may be names that are not known here: of samplers or expressions that are wrong
    /// and left out, or of what entrypoints give.
    pub(super) is_open: bool,
    /// True if defaults complete the base config, which is not all of it then.
    pub(super) has_defaults: bool,
}

/// The numbers of a network's complexity, as expressions name them.
const COMPLEXITY: [&str; 3] = ["flops", "params", "acts"];
/// The sections of pycls's own config: its setup knows their keys and defaults.
const NETWORK: [&str; 8] = ["MODEL", "ANYNET", "REGNET", "EN", "RESNET", "VIT", "TRAIN", "TEST"];

impl ExpressionNames<'_> {
    /// Returns the dotted path that a key stands for; one that stands for none is a problem.
    pub(super) fn path(&self, given: &GivenValue<'_>, key: &str) -> Option<String> {
        parameter_path(key, self.base_cfg, self.has_defaults)
            .map_err(|fault| given.problem(fault.message, fault.hint))
            .ok()
    }

    /// The expression that a value of the config is; names that there are not are problems.
    pub(super) fn expression(&self, given: &GivenValue<'_>) -> Option<Expression> {
        let text = given.text()?;
        let expr = match Expression::parse(&text) {
            Ok(expr) => expr,
            Err(error) => {
                let before = text.get(..error.at).unwrap_or_default().chars().count();
                let mark =
                    SourceMark { column: given.node.mark.column + before, ..given.node.mark };
                let message = format!("{error}, in `{text}`");
                given.decoder.problem(mark, &given.path, message, None);
                return None;
            }
        };
        for name in expr.names().iter().filter(|name| !self.has(name)) {
            given.problem(format!("there is no parameter `{name}`"), Some(self.hint(name)));
        }
        for name in expr.names() {
            if let Some(part) = self.part(name) {
                let hint = "an expression sees the base config's value of the whole: name the part";
                given.problem(
                    format!("`{name}` differs from job to job by its part `{part}`"),
                    Some(hint.to_owned()),
                );
            }
        }
        Some(expr)
    }

    /// True if the name is one of a network's complexity.
    pub(super) fn is_complexity(name: &str) -> bool {
        COMPLEXITY.contains(&name)
    }

    fn has(&self, name: &str) -> bool {
        let reaches = |sampler: &String| is_within(name, sampler);
        if self.later.contains(&name) {
            return false;
        }
        self.is_open
            || COMPLEXITY.contains(&name)
            || (self.reports && !name.contains('.'))
            || self.base_cfg.get_path(name).is_some()
            || self.params.iter().chain(self.derived.keys()).any(reaches)
            || name.split_once('.').is_some_and(|(section, _)| NETWORK.contains(&section))
    }

    /// Returns a parameter that lies inside of a name, where the name is none itself.
    fn part(&self, name: &str) -> Option<&String> {
        let mut set = self.params.iter().chain(self.derived.keys());
        if set.clone().any(|param| is_within(name, param)) {
            return None;
        }
        set.find(|param| is_within(param, name))
    }

    fn hint(&self, name: &str) -> String {
        if self.later.contains(&name) {
            return "it is drawn later: put its sampler above this one".to_owned();
        }
        let mut known = self.params.clone();
        known.extend(self.derived.keys().cloned());
        leaves(self.base_cfg, "", &mut known);
        known.extend(COMPLEXITY.map(str::to_owned));
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        suggest::word(name, &known)
            .unwrap_or_else(|| "names are parameters of SAMPLERS and BASE_CFG, by path".to_owned())
    }
}

fn leaves(value: &Value, path: &str, into: &mut Vec<String>) {
    match value {
        Value::Map(map) => map.iter().for_each(|(key, value)| {
            leaves(value, &join(path, key), into);
        }),
        _ => into.push(path.to_owned()),
    }
}
