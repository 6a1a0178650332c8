//! What a candidate must meet to be kept.
//!
//! A candidate is judged before its job config is made, cheapest question first: nine of ten fall at
//! the number of stages, which needs four numbers. What pycls's setup does to the config of a network
//! on the way (see [`crate::models::scale`]) comes out of the judgement.

mod condition;
mod rejection;
mod view;

use std::ops::ControlFlow;

use sweep_config::{ClosedInterval, Constraints, Map, Value};

use super::params::Params;
use super::sampler::Drawn;
use crate::app::Failure;
use crate::app::num::float;
use crate::models::regnet::{Regnet, WIDTH_QUANTUM};
use crate::models::scale::{Scaled, scale};
use crate::models::{Complexity, Field, Fields, Model, ModelError};
use condition::{Condition, Facts};
pub(crate) use rejection::{LIMITS, Rejection};
use view::{Sources, View};

/// The constraints of a sweep, ready to judge.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    sources: Sources<'a>,
    num_stages: (u32, u32),
    limits: [Option<ClosedInterval>; 3],
    conditions: Vec<Condition<'a>>,
    /// Whether anything asks for the complexity.
    counts: bool,
}

/// What a candidate's judgement finds out about it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Network {
    /// What pycls's setup changes in the config; empty where it leaves it.
    pub(crate) changes: Vec<(Field, Value)>,
    /// Its cost, where a constraint asks for it.
    pub(crate) complexity: Option<Complexity>,
}

impl<'a> Judge<'a> {
    /// The constraints over candidates that have these parameters and this base config.
    ///
    /// # Errors
    ///
    /// When a constraint asks for a complexity and no candidate has any that we can compute, or for
    /// a parameter that there is not.
    pub(crate) fn new(
        constraints: &'a Constraints,
        params: &Params,
        base: &'a Value,
    ) -> Result<Self, Failure> {
        let sources = Sources::new(params, base);
        let limits = [constraints.flops, constraints.params, constraints.acts];
        let reports = !constraints.command.is_empty();
        let condition = |expr| Condition::new(expr, params, base, reports);
        let conditions: Vec<Condition<'a>> =
            constraints.conditions.iter().map(condition).collect::<Result<_, _>>()?;
        let counting: Vec<String> = (limits.iter().zip(LIMITS))
            .filter(|(limit, _)| limit.is_some())
            .map(|(_, (key, _))| key.to_owned())
            .chain((0..conditions.len()).filter(|&i| conditions[i].counts()).map(where_key))
            .collect();
        if !counting.is_empty() {
            refuse_unknown(&sources, &counting)?;
        }
        let (num_stages, counts) = (constraints.num_stages, !counting.is_empty());
        Ok(Self { sources, num_stages, limits, conditions, counts })
    }

    /// What the candidate with these values is, or why it is rejected: the first thing that speaks
    /// against it.
    pub(crate) fn judge(&self, values: &[Drawn]) -> Result<Network, Rejection> {
        match self.walk(values, |rejection, _| ControlFlow::Break(rejection)) {
            ControlFlow::Continue(network) => Ok(network),
            ControlFlow::Break(rejection) => Err(rejection),
        }
    }

    /// Everything that speaks against the candidate, each constraint on its own, and its complexity
    /// where a constraint asks for it.
    pub(crate) fn examine(&self, values: &[Drawn]) -> (Vec<Rejection>, Option<Complexity>) {
        let mut against = Vec::new();
        let walked = self.walk(values, |rejection, _| {
            against.push(rejection);
            ControlFlow::<()>::Continue(())
        });
        (against, walked.continue_value().and_then(|network| network.complexity))
    }

    /// Why the candidate of these values cannot be judged, or there is no network of it, in words.
    pub(crate) fn explain(&self, values: &[Drawn], wanted: Rejection) -> Option<String> {
        let walked = self.walk(values, |rejection, why| match why {
            Some(why) if rejection == wanted => ControlFlow::Break(why.to_owned()),
            _ => ControlFlow::Continue(()),
        });
        walked.break_value()
    }

    /// Asks one question after the other, the cheapest first. `object` hears what speaks against the
    /// candidate, with the words of what is wrong where it is no constraint, and may end the walk.
    fn walk<B>(
        &self,
        values: &[Drawn],
        mut object: impl FnMut(Rejection, Option<&str>) -> ControlFlow<B>,
    ) -> ControlFlow<B, Network> {
        let view = self.sources.view(values);
        let family = family(&view);
        // Without a network there is nothing more to ask.
        let nothing = ControlFlow::Continue(Network::default());
        if family == "regnet" {
            match self.judge_stages(&view) {
                Ok(stages) => stages.map_or(ControlFlow::Continue(()), |r| object(r, None))?,
                Err(error) => {
                    object(Rejection::Network(error.field), Some(&error.why))?;
                    return nothing;
                }
            }
        }
        let scaled = match scaled(&view, family) {
            Ok(scaled) => scaled,
            Err(error) => {
                object(Rejection::Network(error.field), Some(&error.why))?;
                return nothing;
            }
        };
        let complexity = match &scaled {
            _ if !self.counts => Ok(None),
            Some(scaled) => scaled.model.complexity().map(Some),
            None => read(&view).map(Some),
        };
        let complexity = match complexity {
            Ok(complexity) => complexity,
            Err(error) => {
                object(Rejection::Network(error.field), Some(&error.why))?;
                None
            }
        };
        for rejection in complexity.iter().flat_map(|complexity| self.outside(complexity)) {
            object(rejection, None)?;
        }
        let changes = scaled.map(|scaled| scaled.changes).unwrap_or_default();
        let facts =
            Facts { view: &view, values, changes: &changes, complexity, reported: &Map::new() };
        for asked in self.conditions.iter().enumerate().filter(|(_, c)| !c.needs_report()) {
            if let Some((rejection, why)) = unmet(asked, &facts) {
                object(rejection, why.as_deref())?;
            }
        }
        ControlFlow::Continue(Network { changes, complexity })
    }

    /// The first expression that is not met once a program has reported numbers of the candidate,
    /// with words where it has no value.
    pub(crate) fn judge_reported(
        &self,
        values: &[Drawn],
        network: &Network,
        reported: &Map,
    ) -> Option<(Rejection, Option<String>)> {
        let view = self.sources.view(values);
        let facts = Facts {
            view: &view,
            values,
            changes: &network.changes,
            complexity: network.complexity,
            reported,
        };
        self.conditions
            .iter()
            .enumerate()
            .filter(|(_, condition)| condition.needs_report())
            .find_map(|asked| unmet(asked, &facts))
    }

    /// The text of the expression that a rejection is about.
    pub(crate) fn text(&self, rejection: Rejection) -> Option<&str> {
        match rejection {
            Rejection::Where(i) | Rejection::NoValue(i) => Some(self.conditions[i].text()),
            _ => None,
        }
    }

    /// The limits on complexity that are set, with the range of each.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (usize, ClosedInterval)> {
        self.limits.iter().enumerate().filter_map(|(i, limit)| Some((i, (*limit)?)))
    }

    fn outside<'b>(&'b self, complexity: &'b Complexity) -> impl Iterator<Item = Rejection> + 'b {
        let outside = |(i, limit): &(usize, ClosedInterval)| {
            let number = float(LIMITS[*i].1(complexity));
            number < limit.low || limit.high < number
        };
        self.limits().filter(outside).map(|(i, _)| Rejection::Limit(i))
    }

    /// The number of stages must lie in the range, and none be jumped over.
    fn judge_stages(&self, view: &View<'_>) -> Result<Option<Rejection>, ModelError> {
        let (least, most) = self.num_stages;
        let asked_for = u64::from(least)..=u64::from(most);
        let regnet = Regnet::read(view)?;
        // There are no more stages than steps.
        let steps = regnet.steps(WIDTH_QUANTUM)?;
        if !asked_for.contains(&steps) {
            return Ok(Some(Rejection::Stages));
        }
        let count = regnet.stages(WIDTH_QUANTUM)?.widths.len() as u64;
        Ok((count != steps).then_some(Rejection::Stages))
    }
}

/// Why an expression is not met: it is not true, or it has no value, for which there are words.
fn unmet(
    (i, condition): (usize, &Condition<'_>),
    facts: &Facts<'_>,
) -> Option<(Rejection, Option<String>)> {
    match condition.is_met(facts) {
        Ok(true) => None,
        Ok(false) => Some((Rejection::Where(i), None)),
        Err(why) => Some((Rejection::NoValue(i), Some(why))),
    }
}

/// The family of networks that a candidate names; other programs have other names, or none.
fn family<'a>(view: &'a View<'_>) -> &'a str {
    match view.given(Field::ModelType) {
        Some(Value::Str(family)) => family,
        _ => "",
    }
}

/// The families that pycls's setup rewrites.
fn is_scaled(family: &str) -> bool {
    matches!(family, "anynet" | "effnet" | "regnet")
}

/// The families whose complexity we know.
fn is_network(family: &str) -> bool {
    is_scaled(family) || matches!(family, "resnet" | "vit")
}

fn scaled(view: &View<'_>, family: &str) -> Result<Option<Scaled>, ModelError> {
    if is_scaled(family) { scale(view) } else { Ok(None) }
}

fn read(view: &View<'_>) -> Result<Complexity, ModelError> {
    Model::read(view)?.complexity()
}

fn where_key(i: usize) -> String {
    Rejection::Where(i).key().into_owned()
}

/// Refuses constraints that ask for the complexity of what is no network that we know.
fn refuse_unknown(sources: &Sources<'_>, counting: &[String]) -> Result<(), Failure> {
    let found = match sources.constant(Field::ModelType) {
        _ if sources.is_sampled(Field::ModelType) => return Ok(()),
        Some(Value::Str(family)) if is_network(family) => return Ok(()),
        Some(Value::Str(family)) => format!("MODEL.TYPE is `{family}`"),
        Some(other) => format!("MODEL.TYPE is {}", other.kind()),
        None => "BASE_CFG has no MODEL.TYPE".to_owned(),
    };
    let set: Vec<String> = counting.iter().map(|key| format!("SETUP.CONSTRAINTS.{key}")).collect();
    let limits = set.iter().filter(|key| key.contains(".CX."));
    let off: Vec<String> = limits.map(|key| format!("--set '{key}=[0, 0]'")).collect();
    let without = match off.as_slice() {
        [] => String::new(),
        off => format!("; to sample without these limits, add {}", off.join(" ")),
    };
    Err(Failure::usage(
        format!("{}: the complexity of the model is not known: {found}", set.join(", ")),
        format!("it is known of anynet, effnet, regnet, resnet and vit{without}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constraints(flops: Option<ClosedInterval>, num_stages: (u32, u32)) -> Constraints {
        Constraints {
            flops,
            params: None,
            acts: None,
            num_stages,
            conditions: Vec::new(),
            command: String::new(),
            command_timeout: 60,
        }
    }

    /// Judges a base config with nothing sampled.
    fn judged(base: &Value, constraints: &Constraints) -> Result<Network, Rejection> {
        let judge = Judge::new(constraints, &Params::default(), base).unwrap();
        let judged = judge.judge(&[]);
        let (against, _) = judge.examine(&[]);
        assert_eq!(judged.as_ref().err(), against.first(), "both ways find the same");
        judged
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
        let with = |num_stages| judged(&base, &constraints(None, num_stages)).map(|_| ());
        assert_eq!(with((2, 2)), Ok(()));
        assert_eq!(with((1, 4)), Ok(()));
        assert_eq!(with((4, 4)), Err(Rejection::Stages));
    }

    #[test]
    fn a_stage_that_is_jumped_over_rejects_whatever_the_range() {
        let base = regnet_with(&[
            ("REGNET.DEPTH", Value::Int(4)),
            ("REGNET.W0", Value::Int(8)),
            ("REGNET.WA", Value::Float(100.0)),
            ("REGNET.WM", Value::Float(2.0)),
        ]);
        assert_eq!(judged(&base, &constraints(None, (1, 100))), Err(Rejection::Stages));
    }

    #[test]
    fn what_the_base_config_does_not_give_is_as_in_pycls() {
        // pycls's defaults (10 blocks, 32 wide, slope 5, ratio 2.5) make two stages: 32 and 80.
        let network = judged(&regnet_with(&[]), &constraints(None, (2, 2))).unwrap();
        let widths = Value::List(vec![Value::Int(32), Value::Int(80)]);
        assert!(network.changes.contains(&(Field::AnyWidths, widths)), "{network:?}");
    }

    #[test]
    fn other_models_have_no_stages_to_count() {
        let mut base = regnet_with(&[]);
        base.set_path("MODEL.TYPE", Value::Str("mlp".into()));
        assert_eq!(judged(&base, &constraints(None, (4, 4))), Ok(Network::default()));
        assert_eq!(judged(&Value::Null, &constraints(None, (4, 4))), Ok(Network::default()));
    }

    #[test]
    fn a_parameter_that_makes_no_network_is_counted_under_its_name() {
        let faults = [
            ("REGNET.W0", Value::Int(12), Field::RegW0),
            ("REGNET.WM", Value::Float(1.0), Field::RegWm),
            ("REGNET.WA", Value::Str("wide".into()), Field::RegWa),
            ("REGNET.DEPTH", Value::Float(1.5), Field::RegDepth),
        ];
        for (path, value, field) in faults {
            let base = regnet_with(&[(path, value)]);
            let rejection = judged(&base, &constraints(None, (1, 4))).unwrap_err();
            assert_eq!((rejection, &*rejection.key()), (Rejection::Network(Some(field)), path));
        }
    }

    #[test]
    fn limits_on_complexity_are_those_of_the_reference_at_their_borders() {
        let mut base = Value::Map(Map::new());
        base.set_path("MODEL.TYPE", Value::Str("anynet".into()));
        for (key, items) in [("DEPTHS", [1, 2]), ("WIDTHS", [32, 64]), ("STRIDES", [2, 2])] {
            let items = items.map(Value::Int).to_vec();
            base.set_path(&format!("ANYNET.{key}"), Value::List(items));
        }
        base.set_path("ANYNET.BOT_MULS", Value::List(vec![Value::Float(1.0); 2]));
        base.set_path("ANYNET.GROUP_WS", Value::List(vec![Value::Int(8); 2]));
        let with = |low, high| {
            judged(&base, &constraints(Some(ClosedInterval { low, high }), (4, 4))).map(|_| ())
        };
        let flops = 62_218_890.0;
        assert_eq!(with(flops, flops), Ok(()));
        assert_eq!(with(f64::NEG_INFINITY, flops), Ok(()));
        assert_eq!(with(f64::NEG_INFINITY, flops - 1.0), Err(Rejection::Limit(0)));
        assert_eq!(with(flops + 1.0, f64::INFINITY), Err(Rejection::Limit(0)));
    }

    #[test]
    fn a_limit_on_a_complexity_that_is_not_known_is_refused_by_name() {
        let limits = constraints(Some(ClosedInterval { low: 0.0, high: 1e6 }), (4, 4));
        let text = Judge::new(&limits, &Params::default(), &Value::Null).unwrap_err().to_string();
        assert!(text.contains("CX.FLOPS") && !text.contains("CX.PARAMS"), "{text}");
        assert!(text.contains("BASE_CFG has no MODEL.TYPE"), "{text}");
    }
}
