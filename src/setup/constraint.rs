//! What a candidate must meet to be kept.
//!
//! A constraint sees the candidate before its job config is made, and says either nothing or the
//! key under which the rejection is counted.

use sweep_config::{Constraints, Value};

use super::candidate::Candidate;
use crate::app::Failure;
use crate::models::regnet::{Regnet, Unbuildable};

/// The key under which a rejected candidate is counted.
pub(crate) type Rejection = &'static str;

/// The count of candidates whose number of stages is not the one asked for.
pub(crate) const NUM_STAGES: Rejection = "REGNET.NUM_STAGES";

/// pycls rounds the widths of a RegNet to multiples of this when it counts the stages.
const WIDTH_QUANTUM: i64 = 8;

/// The constraints of a sweep, ready to judge.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    params: &'a [String],
    base: &'a Value,
    num_stages: (u32, u32),
}

impl<'a> Judge<'a> {
    /// The constraints over candidates that have these parameters and this base config.
    ///
    /// # Errors
    ///
    /// Names the constraints that need a model's complexity: passing over them in silence would
    /// set up another sweep than the one that was asked for.
    pub(crate) fn new(
        constraints: &Constraints,
        params: &'a [String],
        base: &'a Value,
    ) -> Result<Self, Failure> {
        refuse_complexity(constraints)?;
        Ok(Self { params, base, num_stages: constraints.num_stages })
    }

    /// Why the candidate is rejected; `None` if it is kept.
    pub(crate) fn reject(&self, candidate: &Candidate) -> Option<Rejection> {
        self.reject_stages(candidate)
    }

    /// `regnet` models only: the number of stages must lie in the range, and no stage be jumped over.
    fn reject_stages(&self, candidate: &Candidate) -> Option<Rejection> {
        let find = |path: &'static str| candidate.lookup(self.params, self.base, path);
        if find("MODEL.TYPE") != Some(&Value::Str("regnet".to_owned())) {
            return None;
        }
        let stages = match regnet(find).and_then(|regnet| regnet.stages(WIDTH_QUANTUM)) {
            Ok(stages) => stages,
            Err(parameter) => return Some(unbuildable(parameter)),
        };
        let (least, most) = self.num_stages;
        let count = stages.widths.len() as u64;
        let asked_for = (u64::from(least)..=u64::from(most)).contains(&count);
        (!asked_for || count != stages.steps).then_some(NUM_STAGES)
    }
}

/// The RegNet of a candidate; what it does not give is as in pycls's own config.
fn regnet<'a>(find: impl Fn(&'static str) -> Option<&'a Value>) -> Result<Regnet, Unbuildable> {
    let number = |path, default, fault| match find(path) {
        None => Ok(default),
        Some(value) => value.as_f64().ok_or(fault),
    };
    let width = number("REGNET.W0", 32.0, Unbuildable::InitialWidth)?;
    let depth = number("REGNET.DEPTH", 10.0, Unbuildable::Depth)?;
    Ok(Regnet {
        slope: number("REGNET.WA", 5.0, Unbuildable::Slope)?,
        initial_width: whole(width).ok_or(Unbuildable::InitialWidth)?,
        ratio: number("REGNET.WM", 2.5, Unbuildable::Ratio)?,
        depth: whole(depth).and_then(|d| d.try_into().ok()).ok_or(Unbuildable::Depth)?,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "checked: a whole number below 2^53")]
fn whole(number: f64) -> Option<i64> {
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= LIMIT).then_some(number as i64)
}

/// The key of candidates that are no network at all: the parameter at fault.
fn unbuildable(parameter: Unbuildable) -> Rejection {
    match parameter {
        Unbuildable::Slope => "REGNET.WA",
        Unbuildable::InitialWidth => "REGNET.W0",
        Unbuildable::Ratio => "REGNET.WM",
        Unbuildable::Depth => "REGNET.DEPTH",
    }
}

fn refuse_complexity(constraints: &Constraints) -> Result<(), Failure> {
    let limits =
        [("FLOPS", constraints.flops), ("PARAMS", constraints.params), ("ACTS", constraints.acts)];
    let set: Vec<String> = limits
        .iter()
        .filter(|(_, limit)| limit.is_some())
        .map(|(name, _)| format!("SETUP.CONSTRAINTS.CX.{name}"))
        .collect();
    if set.is_empty() {
        return Ok(());
    }
    let off: Vec<String> = set.iter().map(|key| format!("--set '{key}=[0, 0]'")).collect();
    Err(Failure::usage(
        format!("{}: this version cannot compute the complexity of a model yet", set.join(", ")),
        format!("to sample without these limits, add {}", off.join(" ")),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sweep_config::{Interval, Map};

    fn judge_of(base: &Value, num_stages: (u32, u32)) -> Judge<'_> {
        Judge { params: &[], base, num_stages }
    }

    fn nothing_sampled() -> Candidate {
        Candidate { values: Vec::new(), description: String::new() }
    }

    fn regnet_with(entries: &[(&str, Value)]) -> Value {
        let mut base = Value::Map(Map::new());
        base.set_path("MODEL.TYPE", Value::Str("regnet".into()));
        for (path, value) in entries {
            base.set_path(path, value.clone());
        }
        base
    }

    #[test]
    fn a_regnet_must_have_the_stages_asked_for() {
        // The best RegNet of pycls's cifar example: two stages.
        let base = regnet_with(&[
            ("REGNET.DEPTH", Value::Int(12)),
            ("REGNET.W0", Value::Int(96)),
            ("REGNET.WA", Value::Float(19.5)),
            ("REGNET.WM", Value::Float(2.942)),
        ]);
        assert_eq!(judge_of(&base, (2, 2)).reject(&nothing_sampled()), None);
        assert_eq!(judge_of(&base, (1, 4)).reject(&nothing_sampled()), None);
        assert_eq!(judge_of(&base, (4, 4)).reject(&nothing_sampled()), Some(NUM_STAGES));
    }

    #[test]
    fn a_stage_that_is_jumped_over_rejects_whatever_the_range() {
        let base = regnet_with(&[
            ("REGNET.DEPTH", Value::Int(4)),
            ("REGNET.W0", Value::Int(8)),
            ("REGNET.WA", Value::Float(100.0)),
            ("REGNET.WM", Value::Float(2.0)),
        ]);
        assert_eq!(judge_of(&base, (1, 100)).reject(&nothing_sampled()), Some(NUM_STAGES));
    }

    #[test]
    fn what_the_base_config_does_not_give_is_as_in_pycls() {
        // pycls's defaults (10 blocks, 32 wide, slope 5, ratio 2.5) make two stages: 32 and 80.
        assert_eq!(judge_of(&regnet_with(&[]), (2, 2)).reject(&nothing_sampled()), None);
    }

    #[test]
    fn other_models_have_no_stages_to_count() {
        let mut base = regnet_with(&[]);
        base.set_path("MODEL.TYPE", Value::Str("anynet".into()));
        assert_eq!(judge_of(&base, (4, 4)).reject(&nothing_sampled()), None);
        assert_eq!(judge_of(&Value::Null, (4, 4)).reject(&nothing_sampled()), None);
    }

    #[test]
    fn a_parameter_that_makes_no_network_is_counted_under_its_name() {
        let faults = [
            ("REGNET.W0", Value::Int(12)),
            ("REGNET.WM", Value::Float(1.0)),
            ("REGNET.WA", Value::Str("wide".into())),
            ("REGNET.DEPTH", Value::Float(1.5)),
        ];
        for (path, value) in faults {
            let base = regnet_with(&[(path, value)]);
            assert_eq!(judge_of(&base, (1, 4)).reject(&nothing_sampled()), Some(path));
        }
    }

    #[test]
    fn a_limit_on_complexity_is_refused_by_name_not_passed_over() {
        let limit = Some(Interval { low: 0.0, high: 1e6 });
        let constraints =
            Constraints { flops: limit, params: None, acts: limit, num_stages: (4, 4) };
        let failure = Judge::new(&constraints, &[], &Value::Null).unwrap_err();
        let text = failure.to_string();
        assert!(text.contains("CX.FLOPS") && text.contains("CX.ACTS"), "{text}");
        assert!(!text.contains("CX.PARAMS"), "{text}");
    }
}
