//! `SETUP.CONSTRAINTS`: which candidates are kept.

use indexmap::IndexMap;

use super::given::Given;
use super::samplers::Sampler;
use super::section::Section;
use super::{Interval, suggest};
use crate::Value;
use crate::expr::Expr;
use crate::yaml::{Mark, NodeKind};

/// `SETUP.CONSTRAINTS`.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraints {
    /// `CX.FLOPS`; `None` is off. An open side is infinite.
    pub flops: Option<Interval>,
    /// `CX.PARAMS`, likewise.
    pub params: Option<Interval>,
    /// `CX.ACTS`, likewise.
    pub acts: Option<Interval>,
    /// `REGNET.NUM_STAGES`: least and greatest number of stages; of regnets only.
    pub num_stages: (u32, u32),
    /// `WHERE`: what must be true of a job's parameters and complexity.
    pub conditions: Vec<Expr>,
}

/// What an expression may name.
pub(super) struct Names<'a> {
    pub(super) base_cfg: &'a Value,
    pub(super) samplers: &'a IndexMap<String, Sampler>,
}

/// The numbers of a network's complexity, as expressions name them.
const COMPLEXITY: [&str; 3] = ["flops", "params", "acts"];
/// The sections of pycls's own config: its setup knows their keys and defaults.
const NETWORK: [&str; 8] = ["MODEL", "ANYNET", "REGNET", "EN", "RESNET", "VIT", "TRAIN", "TEST"];

impl Names<'_> {
    fn has(&self, name: &str) -> bool {
        let reaches = |sampler: &String| {
            name.strip_prefix(sampler.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        COMPLEXITY.contains(&name)
            || self.base_cfg.get_path(name).is_some()
            || self.samplers.keys().any(reaches)
            || name.split_once('.').is_some_and(|(section, _)| NETWORK.contains(&section))
    }

    fn hint(&self, name: &str) -> String {
        let mut known: Vec<String> = self.samplers.keys().cloned().collect();
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
            leaves(value, &super::section::join(path, key), into);
        }),
        _ => into.push(path.to_owned()),
    }
}

fn conditions(section: &Section<'_>, names: &Names<'_>) -> Vec<Expr> {
    let Some(given) = section.get("WHERE") else { return Vec::new() };
    let all = match &given.node.kind {
        NodeKind::Scalar(_) => vec![given],
        _ => given.list("a list of expressions, e.g. [OPTIM.BASE_LR < 1]").unwrap_or_default(),
    };
    all.iter().filter_map(|given| condition(given, names)).collect()
}

fn condition(given: &Given<'_>, names: &Names<'_>) -> Option<Expr> {
    let text = given.text()?;
    let expr = match Expr::parse(&text) {
        Ok(expr) => expr,
        Err(error) => {
            let before = text.get(..error.at).unwrap_or_default().chars().count();
            let mark = Mark { column: given.node.mark.column + before, ..given.node.mark };
            let message = format!("{error}, in `{text}`");
            given.decoder.problem(mark, &given.path, message, None);
            return None;
        }
    };
    for name in expr.names().iter().filter(|name| !names.has(name)) {
        given.problem(format!("there is no parameter `{name}`"), Some(names.hint(name)));
    }
    Some(expr)
}

pub(super) fn decode(section: Section<'_>, names: &Names<'_>) -> Constraints {
    let cx = section.section("CX");
    let (flops, params, acts) = (bounds(&cx, "FLOPS"), bounds(&cx, "PARAMS"), bounds(&cx, "ACTS"));
    cx.finish();
    let regnet = section.section("REGNET");
    let num_stages = stages(&regnet);
    regnet.finish();
    let conditions = conditions(&section, names);
    section.finish();
    Constraints { flops, params, acts, num_stages, conditions }
}

/// `[LOW, HIGH]`, where both 0 is off and one 0 leaves that side open.
fn bounds(section: &Section<'_>, key: &'static str) -> Option<Interval> {
    let given = section.get(key)?;
    let [low, high] = given.pair()?;
    let (low, high) = (low.bound()?, high.bound()?);
    if low == 0.0 && high == 0.0 {
        return None;
    }
    let low = if low == 0.0 { f64::NEG_INFINITY } else { low };
    let high = if high == 0.0 { f64::INFINITY } else { high };
    if low > high {
        given.problem(format!("LOW {low} is above HIGH {high}: nothing can fulfil it"), None);
        return None;
    }
    Some(Interval { low, high })
}

fn stages(section: &Section<'_>) -> (u32, u32) {
    const DEFAULT: (u32, u32) = (4, 4);
    let Some(given) = section.get("NUM_STAGES") else { return DEFAULT };
    let Some([low, high]) = given.pair() else { return DEFAULT };
    let (Some(low), Some(high)) = (low.whole::<u32>(1..), high.whole::<u32>(1..)) else {
        return DEFAULT;
    };
    if low > high {
        given.problem(format!("LOW {low} is above HIGH {high}: nothing can fulfil it"), None);
    }
    (low, high)
}
