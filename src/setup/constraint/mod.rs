//! What a candidate must meet to be kept.
//!
//! A candidate is judged before its job config is made, cheapest question first: nine of ten fall at
//! the number of stages, which needs four numbers. What pycls's setup does to the config of a network
//! on the way (see [`crate::models::scale`]) comes out of the judgement.

mod condition;
mod view;

use std::borrow::Cow;
use std::sync::LazyLock;

use sweep_config::{Constraints, Interval, Map, Value};

use super::sampler::Drawn;
use crate::app::Failure;
use crate::models::regnet::{Regnet, WIDTH_QUANTUM};
use crate::models::scale::{Scaled, scale};
use crate::models::{Complexity, Field, Fields, Model, ModelError};
use condition::{Condition, Facts};
use view::{Sources, View};

/// Why a candidate is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rejection {
    /// The number of stages is not the one asked for, or one is jumped over.
    Stages,
    /// There is no such network; the key at fault, where it is one.
    Network(Option<Field>),
    /// A limit on the complexity: its number in [`LIMITS`].
    Limit(usize),
    /// A derived parameter has no value: its number.
    Derived(usize),
    /// An expression of `WHERE` is not true: its number.
    Where(usize),
    /// An expression of `WHERE` has no value: its number.
    NoValue(usize),
}

/// A number of a network's complexity.
type Measure = fn(&Complexity) -> i64;

/// The limits on complexity: name of the key, and the number that it limits.
pub(crate) const LIMITS: [(&str, Measure); 3] =
    [("CX.FLOPS", |cx| cx.flops), ("CX.PARAMS", |cx| cx.params), ("CX.ACTS", |cx| cx.acts)];

impl Rejection {
    /// The key under which it is counted.
    pub(crate) fn key(self) -> Cow<'static, str> {
        match self {
            Self::Stages => "REGNET.NUM_STAGES".into(),
            Self::Network(field) => field.map_or("MODEL", Field::path).into(),
            Self::Limit(limit) => LIMITS[limit].0.into(),
            Self::Derived(i) => format!("DERIVED[{i}]").into(),
            Self::Where(i) | Self::NoValue(i) => format!("WHERE[{i}]").into(),
        }
    }

    /// Whether it is a constraint that is not met, not one that cannot be judged or a network that
    /// cannot be.
    pub(crate) fn is_constraint(self) -> bool {
        !matches!(self, Self::Network(_) | Self::NoValue(_) | Self::Derived(_))
    }
}

/// The constraints of a sweep, ready to judge.
#[derive(Debug)]
pub(crate) struct Judge<'a> {
    sources: Sources<'a>,
    num_stages: (u32, u32),
    limits: [Option<Interval>; 3],
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
        params: &[String],
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

    /// What the candidate with these values is, or why it is rejected.
    pub(crate) fn judge(&self, values: &[Drawn]) -> Result<Network, Rejection> {
        let view = self.sources.view(values);
        let family = family(&view);
        if family == "regnet" {
            self.judge_stages(&view).map_err(rejection)?.map_or(Ok(()), Err)?;
        }
        let scaled = scaled(&view, family).map_err(rejection)?;
        let complexity = match &scaled {
            _ if !self.counts => None,
            Some(scaled) => Some(scaled.model.complexity().map_err(rejection)?),
            None => Some(read(&view).map_err(rejection)?),
        };
        if let Some(rejection) = complexity.and_then(|cx| self.outside(&cx).next()) {
            return Err(rejection);
        }
        let changes = scaled.map(|s| s.changes).unwrap_or_default();
        let unmet = self.unmet(&view, values, &changes, complexity).next();
        unmet.map_or(Ok(Network { changes, complexity }), Err)
    }

    /// The first expression that is not true once a program has reported numbers of the candidate.
    pub(crate) fn judge_reported(
        &self,
        values: &[Drawn],
        network: &Network,
        reported: &Map,
    ) -> Result<(), Rejection> {
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
            .map_or(Ok(()), Err)
    }

    /// The expressions that are not true.
    fn unmet<'b>(
        &'b self,
        view: &'b View<'b>,
        values: &'b [Drawn],
        changes: &'b [(Field, Value)],
        complexity: Option<Complexity>,
    ) -> impl Iterator<Item = Rejection> + 'b {
        static NOTHING: LazyLock<Map> = LazyLock::new(Map::new);
        let facts = Facts { view, values, changes, complexity, reported: &NOTHING };
        let own = self.conditions.iter().enumerate().filter(|(_, c)| !c.needs_report());
        own.filter_map(move |asked| unmet(asked, &facts))
    }

    /// Everything that speaks against the candidate, each constraint on its own, and its complexity
    /// where it has one.
    pub(crate) fn examine(&self, values: &[Drawn]) -> (Vec<Rejection>, Option<Complexity>) {
        let view = self.sources.view(values);
        let family = family(&view);
        let mut against = Vec::new();
        if family == "regnet" {
            match self.judge_stages(&view) {
                Ok(stages) => against.extend(stages),
                Err(error) => return (vec![rejection(error)], None),
            }
        }
        let scaled = match scaled(&view, family) {
            Ok(scaled) => scaled,
            Err(error) => {
                against.push(rejection(error));
                return (against, None);
            }
        };
        let complexity = match &scaled {
            Some(scaled) => scaled.model.complexity().map(Some),
            None if self.counts => read(&view).map(Some),
            None => Ok(None),
        };
        let complexity = complexity.unwrap_or_else(|error| {
            against.push(rejection(error));
            None
        });
        against.extend(complexity.iter().flat_map(|cx| self.outside(cx)));
        let changes = scaled.map(|scaled| scaled.changes).unwrap_or_default();
        against.extend(self.unmet(&view, values, &changes, complexity));
        (against, complexity)
    }

    /// Why the candidate of these values cannot be judged, or there is no network of it, in words.
    pub(crate) fn explain(&self, values: &[Drawn], rejection: Rejection) -> Option<String> {
        let view = self.sources.view(values);
        let family = family(&view);
        let network = || -> Result<Network, ModelError> {
            if family == "regnet" {
                self.judge_stages(&view)?;
            }
            match scaled(&view, family)? {
                Some(scaled) => {
                    let complexity = scaled.model.complexity()?;
                    Ok(Network { changes: scaled.changes, complexity: Some(complexity) })
                }
                None if self.counts => {
                    Ok(Network { changes: Vec::new(), complexity: Some(read(&view)?) })
                }
                None => Ok(Network::default()),
            }
        };
        match (network(), rejection) {
            (Err(error), _) => Some(error.why.into_owned()),
            (Ok(Network { changes, complexity }), Rejection::NoValue(i)) => {
                let (view, changes) = (&view, changes.as_slice());
                let facts = Facts { view, values, changes, complexity, reported: &Map::new() };
                self.conditions[i].is_met(&facts).err()
            }
            _ => None,
        }
    }

    /// The text of the expression that a rejection is about.
    pub(crate) fn text(&self, rejection: Rejection) -> Option<&str> {
        match rejection {
            Rejection::Where(i) | Rejection::NoValue(i) => Some(self.conditions[i].text()),
            _ => None,
        }
    }

    /// The limits on complexity that are set, with the range of each.
    pub(crate) fn limits(&self) -> impl Iterator<Item = (usize, Interval)> {
        self.limits.iter().enumerate().filter_map(|(i, limit)| Some((i, (*limit)?)))
    }

    fn outside<'b>(&'b self, complexity: &'b Complexity) -> impl Iterator<Item = Rejection> + 'b {
        let outside = |(i, limit): &(usize, Interval)| {
            #[expect(clippy::cast_precision_loss, reason = "limits are written as round numbers")]
            let number = LIMITS[*i].1(complexity) as f64;
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

fn unmet((i, condition): (usize, &Condition<'_>), facts: &Facts<'_>) -> Option<Rejection> {
    match condition.is_met(facts) {
        Ok(true) => None,
        Ok(false) => Some(Rejection::Where(i)),
        Err(_) => Some(Rejection::NoValue(i)),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` wants")]
fn rejection(error: ModelError) -> Rejection {
    Rejection::Network(error.field)
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

    fn constraints(flops: Option<Interval>, num_stages: (u32, u32)) -> Constraints {
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
        let judge = Judge::new(constraints, &[], base).unwrap();
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
            judged(&base, &constraints(Some(Interval { low, high }), (4, 4))).map(|_| ())
        };
        let flops = 62_218_890.0;
        assert_eq!(with(flops, flops), Ok(()));
        assert_eq!(with(f64::NEG_INFINITY, flops), Ok(()));
        assert_eq!(with(f64::NEG_INFINITY, flops - 1.0), Err(Rejection::Limit(0)));
        assert_eq!(with(flops + 1.0, f64::INFINITY), Err(Rejection::Limit(0)));
    }

    #[test]
    fn a_limit_on_a_complexity_that_is_not_known_is_refused_by_name() {
        let limits = constraints(Some(Interval { low: 0.0, high: 1e6 }), (4, 4));
        let text = Judge::new(&limits, &[], &Value::Null).unwrap_err().to_string();
        assert!(text.contains("CX.FLOPS") && !text.contains("CX.PARAMS"), "{text}");
        assert!(text.contains("BASE_CFG has no MODEL.TYPE"), "{text}");
    }
}
