//! `SETUP.CONSTRAINTS`: which candidates are kept.

use super::ClosedInterval;
use super::names::ExpressionNames;
use super::section::ConfigSection;
use crate::expr::Expression;
use crate::yaml::NodeKind;

/// `SETUP.CONSTRAINTS`.
#[derive(Debug, Clone, PartialEq)]
pub struct Constraints {
    /// `CX.FLOPS`; `None` is off. An open side is infinite.
    pub flops: Option<ClosedInterval>,
    /// `CX.PARAMS`, likewise.
    pub params: Option<ClosedInterval>,
    /// `CX.ACTS`, likewise.
    pub acts: Option<ClosedInterval>,
    /// `REGNET.NUM_STAGES`: least and greatest number of stages; of regnets only.
    pub num_stages: (u32, u32),
    /// `WHERE`: what must be true of a job's parameters and complexity.
    pub conditions: Vec<Expression>,
    /// `COMMAND`: a program that tells numbers of a job config, which `WHERE` may name; empty for
    /// none.
    pub command: String,
    /// `COMMAND_TIMEOUT`: how long an answer of it may take, in seconds.
    pub command_timeout: u32,
}

fn conditions(section: &ConfigSection<'_>, names: &ExpressionNames<'_>) -> Vec<Expression> {
    let Some(given) = section.get("WHERE") else { return Vec::new() };
    let all = match &given.node.kind {
        NodeKind::Scalar(_) => vec![given],
        _ => given.list("a list of expressions, e.g. [OPTIM.BASE_LR < 1]").unwrap_or_default(),
    };
    all.iter().filter_map(|given| names.expression(given)).collect()
}

pub(super) fn decode(section: ConfigSection<'_>, names: &ExpressionNames<'_>) -> Constraints {
    let cx = section.section("CX");
    let (flops, params, acts) = (bounds(&cx, "FLOPS"), bounds(&cx, "PARAMS"), bounds(&cx, "ACTS"));
    cx.finish();
    let regnet = section.section("REGNET");
    let num_stages = stages(&regnet);
    regnet.finish();
    let command = section.text("COMMAND", "");
    let command_timeout = section.whole("COMMAND_TIMEOUT", 1..=86_400, 60);
    let conditions =
        conditions(&section, &ExpressionNames { reports: !command.is_empty(), ..names.clone() });
    section.finish();
    Constraints { flops, params, acts, num_stages, conditions, command, command_timeout }
}

/// `[LOW, HIGH]`, where both 0 is off and one 0 leaves that side open.
fn bounds(section: &ConfigSection<'_>, key: &'static str) -> Option<ClosedInterval> {
    let given = section.get(key)?;
    let [low, high] = given.pair()?;
    let (low, high) = (low.bound()?, high.bound()?);
    if low == 0.0 && high == 0.0 {
        return None;
    }
    let low = if low == 0.0 { f64::NEG_INFINITY } else { low };
    let high = if high == 0.0 { f64::INFINITY } else { high };
    if low > high {
        given.problem(format!("LOW {low} is above HIGH {high}: nothing can satisfy it"), None);
        return None;
    }
    Some(ClosedInterval { low, high })
}

fn stages(section: &ConfigSection<'_>) -> (u32, u32) {
    const DEFAULT: (u32, u32) = (4, 4);
    let Some(given) = section.get("NUM_STAGES") else { return DEFAULT };
    let Some([low, high]) = given.pair() else { return DEFAULT };
    let (Some(low), Some(high)) = (low.whole::<u32>(1..), high.whole::<u32>(1..)) else {
        return DEFAULT;
    };
    if low > high {
        given.problem(format!("LOW {low} is above HIGH {high}: nothing can satisfy it"), None);
    }
    (low, high)
}
