//! The names that expressions of a sweep config may use.

use std::sync::LazyLock;

use indexmap::IndexMap;

use super::decoder::join;
use super::given::GivenValue;
use super::paths::{is_within, parameter_path};
use super::suggest;
use crate::Value;
use crate::expr::{Expression, spelled_name};
use crate::yaml::SourceMark;

/// The names that an expression may use.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact about the config")]
pub(super) struct ExpressionNames<'a> {
    pub(super) base_cfg: &'a Value,
    /// The sampled parameters; for a sampler, those that are drawn before it.
    pub(super) params: Vec<String>,
    /// The parameters that are drawn later and cannot be used yet.
    pub(super) later: Vec<&'a str>,
    /// For a sampler, the keys of what is derived from all that is sampled.
    pub(super) following: Vec<&'a str>,
    pub(super) derived: &'a IndexMap<String, Expression>,
    /// True if a program reports numbers, under names of its own.
    pub(super) reports: bool,
    /// True if there may be names that are not known here: of samplers or expressions that are wrong
    /// and left out, or of what entrypoints give.
    pub(super) is_open: bool,
    /// True if defaults complete the base config, which is not all of it then.
    pub(super) has_defaults: bool,
    /// True within an item of a list, which sees its own parameters only.
    pub(super) is_item: bool,
    /// The path in which replicates differ, if there are several.
    pub(super) replicated: Option<String>,
}

/// The derived parameters that expressions within an item of a list see: none.
static NOTHING_DERIVED: LazyLock<IndexMap<String, Expression>> = LazyLock::new(IndexMap::new);

/// The numbers of a network's complexity, as expressions name them.
const COMPLEXITY: [&str; 3] = ["flops", "params", "acts"];
/// The constants of Python, which other notations write in lower case.
const CONSTANTS: [&str; 3] = ["True", "False", "None"];
/// The sections of pycls's own config: its setup knows their keys and defaults.
const NETWORK: [&str; 8] = ["MODEL", "ANYNET", "REGNET", "EN", "RESNET", "VIT", "TRAIN", "TEST"];

impl ExpressionNames<'_> {
    /// Returns the names within an item of a list, of which none is drawn yet.
    pub(super) fn of_item() -> Self {
        Self {
            base_cfg: &Value::Null,
            params: Vec::new(),
            later: Vec::new(),
            following: Vec::new(),
            derived: &NOTHING_DERIVED,
            reports: false,
            is_open: false,
            has_defaults: false,
            replicated: None,
            is_item: true,
        }
    }

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
        if expr.has_quoted_names() && self.is_taken("cfg") {
            let hint = "write `cfg.a` for its key `a`, or `cfg['cfg']['a-b']`";
            let message = "`cfg['…']` means any parameter, but there is also a parameter `cfg`";
            given.problem(message, Some(hint.to_owned()));
        }
        self.check_known(given, &expr);
        for name in expr.names() {
            self.check_seed(given, name);
            if let Some(part) = self.part(name) {
                let hint = format!(
                    "an expression sees only its value in BASE_CFG: use the part, `{}`",
                    spelled_name(part)
                );
                given.problem(
                    format!("the part `{part}` of `{name}` differs from job to job"),
                    Some(hint),
                );
            }
        }
        Some(expr)
    }

    /// Tells of a name that differs among the replicates of one config.
    fn check_seed(&self, given: &GivenValue<'_>, name: &str) {
        let Some(seed) = &self.replicated else { return };
        let is_part = is_within(seed, name) && self.base_cfg.get_path(seed).is_some();
        if is_within(name, seed) || is_part {
            let message = format!(
                "`{seed}` is the seed of the replicates (SEED_KEY), and an expression would see only the first"
            );
            let hint = format!(
                "sample it instead of using REPLICATES: `{seed}: [0, 1, 2]` under SETUP.SAMPLERS"
            );
            given.problem(message, Some(hint));
        }
    }

    /// Tells of each name that there is not; of those that are parts of one, `learning-rate`, once.
    fn check_known(&self, given: &GivenValue<'_>, expr: &Expression) {
        let unknown: Vec<&String> = expr.names().iter().filter(|name| !self.has(name)).collect();
        if unknown.is_empty() {
            self.check_ambiguous(given, expr);
            return;
        }
        let known = self.known();
        let mut told: Vec<&str> = Vec::new();
        for name in unknown {
            if told.iter().any(|path| path.contains(name.as_str())) {
                continue;
            }
            let message = format!("no parameter is called `{name}`");
            if let Some(path) = no_word(name, expr.text(), &known) {
                told.push(path);
                let hint = format!(
                    "`{path}` is `{}` in an expression: {}",
                    spelled_name(path),
                    sign_meaning(path)
                );
                given.problem(message, Some(hint));
            } else {
                given.problem(message, Some(self.hint(name, &known)));
            }
        }
    }

    /// Tells of a parameter such as `a-b` that an expression with `a` and `b` spells, and does not name.
    fn check_ambiguous(&self, given: &GivenValue<'_>, expr: &Expression) {
        let mut set = self.params.iter().chain(self.derived.keys());
        let is_spelled = |path: &&String| {
            spelled_name(path) != **path
                && !expr.names().contains(path)
                && expr
                    .names()
                    .iter()
                    .any(|name| no_word(name, expr.text(), std::slice::from_ref(*path)).is_some())
        };
        if let Some(path) = set.find(is_spelled) {
            let message = format!("`{path}` is a parameter, but reads as an operation here");
            let hint = format!(
                "write `{}` for the parameter, or put spaces around the sign for the operation",
                spelled_name(path)
            );
            given.problem(message, Some(hint));
        }
    }

    /// True if the name is one of a network's complexity, and no parameter's.
    pub(super) fn is_complexity(&self, name: &str) -> bool {
        COMPLEXITY.contains(&name) && !self.is_parameter(name)
    }

    /// True if the name is sampled, derived or a single value of the base config.
    fn is_parameter(&self, name: &str) -> bool {
        let base = self.base_cfg.get_path(name);
        is_set_by(&self.later, name)
            || self.params.iter().chain(self.derived.keys()).any(|param| is_within(name, param))
            || base.is_some_and(|value| !matches!(value, Value::Map(_)))
    }

    /// True if the job config has the key on its top level.
    fn is_taken(&self, key: &str) -> bool {
        let mut set = self.params.iter().chain(self.derived.keys());
        self.base_cfg.get_path(key).is_some() || set.any(|param| is_within(param, key))
    }

    fn has(&self, name: &str) -> bool {
        if is_set_by(&self.later, name) || is_set_by(&self.following, name) {
            return false;
        }
        if self.is_item {
            return self.is_parameter(name);
        }
        self.is_open
            || COMPLEXITY.contains(&name)
            || (self.reports && !name.contains('.'))
            || self.base_cfg.get_path(name).is_some()
            || self.is_parameter(name)
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

    /// Returns the paths of all parameters and what else has a name.
    fn known(&self) -> Vec<String> {
        let mut known = self.params.clone();
        known.extend(self.derived.keys().cloned());
        leaves(self.base_cfg, "", &mut known);
        known.extend(COMPLEXITY.map(str::to_owned));
        known
    }

    fn hint(&self, name: &str, known: &[String]) -> String {
        if self.is_item {
            let above = self.params.iter().filter(|param| !param.is_empty());
            let above = above.map(|param| format!("`{}`", spelled_name(param)));
            let above = above.collect::<Vec<_>>().join(", ");
            return format!(
                "an expression in an item of a list sees only the earlier keys of the same item: {}",
                if above.is_empty() { "nothing" } else { &above }
            );
        }
        if self.later.first().is_some_and(|own| is_within(name, own)) {
            return "this sampler itself draws it, so its value is already known inside each branch".to_owned();
        }
        if is_set_by(&self.later, name) {
            return "it is drawn later: move its sampler above this one".to_owned();
        }
        if is_set_by(&self.following, name) {
            return format!(
                "`{name}` is derived from sampled parameters: write its expression here"
            );
        }
        if let Some(constant) = CONSTANTS.iter().find(|known| known.eq_ignore_ascii_case(name)) {
            return format!("write `{constant}`");
        }
        if name.eq_ignore_ascii_case("null") {
            return "write `None`".to_owned();
        }
        if let Some(path) = name.strip_prefix("cfg.").filter(|path| self.has(path)) {
            return format!(
                "write `{}`: names start at the top of the job config",
                spelled_name(path)
            );
        }
        if name == "cfg" {
            return "write a parameter by its path, or as `cfg['learning-rate']`".to_owned();
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        suggest::name(name, &known)
            .unwrap_or_else(|| "use the path of a parameter of SAMPLERS or BASE_CFG".to_owned())
    }
}

/// Returns true if one of the keys sets the parameter of a name.
fn is_set_by(keys: &[&str], name: &str) -> bool {
    keys.iter().any(|key| is_within(name, key))
}

/// Says what the sign in a bare path means to an expression.
fn sign_meaning(path: &str) -> &'static str {
    match path.find(['-', '/', '*', '+']).map(|at| &path[at..=at]) {
        Some("-") => "`-` subtracts",
        Some("/") => "`/` divides",
        Some("*") => "`*` multiplies",
        Some("+") => "`+` adds",
        _ => "an unquoted name may contain only letters and digits",
    }
}

/// Returns the parameter that a text names by its bare path, of which only a part was taken for a name.
fn no_word<'k>(name: &str, text: &str, known: &'k [String]) -> Option<&'k str> {
    let mut known = known.iter().map(String::as_str);
    known.find(|path| spelled_name(path) != *path && path.contains(name) && text.contains(path))
}

/// Collects the paths of all values that are no mappings.
pub(super) fn leaves(value: &Value, path: &str, into: &mut Vec<String>) {
    match value {
        Value::Map(map) => map.iter().for_each(|(key, value)| {
            leaves(value, &join(path, key), into);
        }),
        _ => into.push(path.to_owned()),
    }
}
