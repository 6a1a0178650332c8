//! Decodes samplers, every rule of which is checked before anything is drawn.

use super::branches::{choice, kind_of};
use super::item::mapping;
use super::mistakes;
use super::points::spread;
use super::ranges::{float, int, regnet};
use super::scope::{LONGEST_LIST, SamplerScope};
use super::{
    BranchChoice, ConditionalSampler, ListLength, Sampler, ScalarRange, WeightedValues, weights,
};
use crate::Value;
use crate::config::given::GivenValue;
use crate::config::notation::{self, ForeignNotation, ShortForm};
use crate::config::section::ConfigSection;
use crate::config::value_types::equal_values;
use crate::yaml::{NodeKind, YamlEntry};

#[derive(Clone, Copy)]
enum SamplerKind {
    Value,
    Float,
    Int,
    List,
    Regnet,
    Choice,
    Union,
}

const KINDS: [(&str, SamplerKind); 7] = [
    ("value_sampler", SamplerKind::Value),
    ("float_sampler", SamplerKind::Float),
    ("int_sampler", SamplerKind::Int),
    ("list_sampler", SamplerKind::List),
    ("regnet_sampler", SamplerKind::Regnet),
    ("choice_sampler", SamplerKind::Choice),
    ("union_sampler", SamplerKind::Union),
];

/// Returns the words that `TYPE` may be.
pub(in crate::config) fn kinds() -> [&'static str; 7] {
    KINDS.map(|(name, _)| name)
}

/// Decodes the sampler of a parameter; `None` after its problems were reported.
pub(in crate::config) fn decode(
    parameter: &str,
    given: &GivenValue<'_>,
    scope: &SamplerScope<'_>,
) -> Option<Sampler> {
    if let NodeKind::List(_) = given.node.kind {
        return listed(parameter, given, scope);
    }
    let long = match notation::short_form(given.node) {
        None => None,
        Some(ShortForm::Sampler(long)) => Some(long),
        Some(ShortForm::Ambiguous(readings)) => {
            given
                .problem(format!("has two distributions: {readings}"), Some("keep one".to_owned()));
            return None;
        }
    };
    let given = &GivenValue { node: long.as_ref().unwrap_or(given.node), ..given.clone() };
    let section = given.section();
    let entries = given.node.entries()?;
    if mistakes::explain(given, &section) {
        return None;
    }
    if !section.has("TYPE") && explain_untyped(parameter, given, entries) {
        return None;
    }
    let kind = section.required("TYPE", "it says how to sample, e.g. `float_sampler`")?;
    let sampler = of_kind(kind.one_of(&KINDS)?, parameter, given, &section, scope);
    let condition = section.get("WHEN").map(|given| scope.expression(&given));
    section.finish();
    let sampler = sampler?;
    if let (Sampler::Choice(BranchChoice { counts: Some(_), .. }), Some(_)) = (&sampler, &condition)
    {
        given.problem("WHEN cannot be combined with NUM_CONFIGS, which counts every job", None);
        return None;
    }
    Some(match condition {
        None => sampler,
        Some(condition) => {
            let sampler = Box::new(sampler);
            Sampler::Conditional(ConditionalSampler { condition: condition?, sampler })
        }
    })
}

/// Decodes what samplers of one `TYPE` have of their own.
fn of_kind(
    kind: SamplerKind,
    parameter: &str,
    given: &GivenValue<'_>,
    section: &ConfigSection<'_>,
    scope: &SamplerScope<'_>,
) -> Option<Sampler> {
    match kind {
        SamplerKind::Value => {
            let given = section.required("VALUES", "a value_sampler draws one of them");
            let sampler = given.and_then(|given| listed(parameter, &given, scope));
            match section.get("WEIGHTS") {
                None => sampler,
                Some(given) => weighted(sampler, &given),
            }
        }

        SamplerKind::Float => spread(section, || float(section, scope)),
        SamplerKind::Int => spread(section, || int(section, scope)),
        SamplerKind::List => list(parameter, section, scope),
        SamplerKind::Choice => choice(parameter, section, scope, decode).map(Sampler::Choice),
        SamplerKind::Union => {
            let choice = choice(parameter, section, scope, decode);
            choice.map(|choice| Sampler::Choice(BranchChoice { in_config: false, ..choice }))
        }
        SamplerKind::Regnet if parameter == "REGNET" => regnet(section),
        SamplerKind::Regnet => {
            let hint =
                "use the key `REGNET`: it sets REGNET.DEPTH, W0, WA, WM, GROUP_W and BOT_MUL";
            given.problem(
                "a regnet_sampler samples several parameters, not one",
                Some(hint.to_owned()),
            );
            None
        }
    }
}

/// Adds weights to the values of a sampler.
fn weighted(sampler: Option<Sampler>, given: &GivenValue<'_>) -> Option<Sampler> {
    let Some(Sampler::Value(values)) = sampler else { return sampler };
    let probabilities = weights::of_values(given, values.len())?;
    Some(Sampler::Weighted(WeightedValues::new(values, probabilities)))
}

/// Reports a mapping without `TYPE` that is another tool's, or has samplers one level deeper.
fn explain_untyped(parameter: &str, given: &GivenValue<'_>, entries: &[YamlEntry]) -> bool {
    const OURS: [&str; 11] = [
        "VALUES",
        "RANGE",
        "RAND_TYPE",
        "QUANTIZE",
        "POINTS",
        "LENGTH",
        "ITEM_SAMPLER",
        "BRANCHES",
        "WHEN",
        "WEIGHTS",
        "NUM_CONFIGS",
    ];
    if let Some(ForeignNotation { message, form, escape }) = notation::foreign(given.node) {
        let hint = form.map_or(escape, |form| format!("write `{}`", form.show()));
        given.problem(message.split(", not").next().unwrap_or(&message), Some(hint));
        return true;
    }
    if entries.iter().any(|entry| notation::foreign_key(entry).is_some()) {
        given.check_data();
        return true;
    }
    if let Some((odd, law)) = notation::odd_key(entries) {
        let hint = "with a distribution you may use step, points and when".to_owned();
        let path = format!("{}.{}", given.path, odd.key);
        given.decoder.problem(odd.mark, &path, format!("unknown key next to `{law}`"), Some(hint));
        return true;
    }
    if entries.iter().any(|entry| OURS.contains(&entry.key.as_str())) {
        return false;
    }
    if let Some(form) = notation::one_law(entries) {
        let hint = Some(format!("write `{}`", form.show()));
        given.problem("is the notation of another tool", hint);
        return true;
    }
    let is_sampler = |item: &GivenValue<'_>| {
        kind_of(item).is_some() || item.is_list() || notation::foreign(item.node).is_some()
    };
    let inner = given.section().all().find(|(_, item)| is_sampler(item));
    let Some((key, _)) = inner.filter(|_| !entries.is_empty()) else { return false };
    let hint = format!("write the parameter by its path: `{parameter}.{key}:`");
    given.problem("is a mapping without TYPE: samplers cannot be nested", Some(hint));
    true
}

/// Decodes a list of values as the sampler of one of them.
fn listed(parameter: &str, given: &GivenValue<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    if let NodeKind::Scalar(Value::Str(text)) = &given.node.kind
        && let Some(meaning) = notation::sampler_of_text(text)
    {
        let (message, hint) = match meaning {
            Ok(form) => (
                "write a list of values in brackets".to_owned(),
                Some(format!("write `{}`", form.show())),
            ),
            Err(why) => (why, None),
        };
        given.problem(message, hint);
        return None;
    }
    let items = given.list("a list of values")?;
    if items.is_empty() {
        given.problem("has no values to draw", None);
        return None;
    }
    // What has the keys of the base config's mapping is data as that is.
    let base = scope.names.base_cfg.get_path(parameter);
    let is_data = |item: &&GivenValue<'_>| match (base, item.node.entries()) {
        (Some(Value::Map(map)), Some(keys)) => keys.iter().all(|key| map.contains_key(&key.key)),
        _ => false,
    };
    if items.iter().any(|item| is_data(&item)) {
        items.iter().filter(|item| !is_data(item)).for_each(GivenValue::check_data);
    } else {
        given.check_data();
    }
    let values: Vec<Value> = items.iter().map(|item| item.node.to_value()).collect();
    if let Some((one, other)) = equal_values(values.iter()) {
        let message = format!("{one} and {other} are equal in Python and make the same job");
        given.warn(message, None);
    }
    Some(Sampler::Value(values))
}

fn list(parameter: &str, section: &ConfigSection<'_>, scope: &SamplerScope<'_>) -> Option<Sampler> {
    let given = section.required("LENGTH", "how many items to draw");
    let length = given.and_then(|given| length(parameter, &given, scope));
    let item = section.required("ITEM_SAMPLER", "how to draw an item")?;
    let scope = scope.item(length.as_ref().map_or(1, |(_, longest)| *longest));
    let given = item.clone();
    let item = match kind_of(&item).as_deref() {
        Some("regnet_sampler") => {
            item.problem("a regnet_sampler sets several parameters and cannot be an item", None);
            return None;
        }
        Some(kind @ ("choice_sampler" | "union_sampler")) => {
            mapping(&item, kind == "choice_sampler", &scope, decode)?
        }
        _ => decode(parameter, &item, &scope)?,
    };
    if matches!(item, Sampler::Conditional(_)) {
        given.problem("an item of a list is always drawn: WHEN belongs to the list", None);
        return None;
    }
    Some(Sampler::List { length: length?.0, item: Box::new(item) })
}

/// Decodes a length, with the greatest that it may become as far as that is known.
fn length(
    parameter: &str,
    given: &GivenValue<'_>,
    scope: &SamplerScope<'_>,
) -> Option<(ListLength, usize)> {
    let (length, longest) = match &given.node.kind {
        NodeKind::Scalar(Value::Str(_)) => {
            return Some((ListLength::Expr(scope.expression(given)?), 1));
        }
        NodeKind::Map(_) | NodeKind::List(_) => {
            let sampler = decode(parameter, given, scope)?;
            let Some(longest) = longest_of(&sampler) else {
                let message = "must draw whole numbers of 0 or more";
                given.problem(message, Some("use an int_sampler, or a list of lengths".to_owned()));
                return None;
            };
            (ListLength::Sampled(Box::new(sampler)), longest)
        }
        _ => {
            let length = given.whole(0..)?;
            (ListLength::Fixed(length), length)
        }
    };
    if longest > scope.longest {
        given.problem(format!("could draw more than {LONGEST_LIST} items for one job"), None);
        return None;
    }
    Some((length, longest))
}

/// Returns the greatest length that a sampler draws, if it draws lengths.
fn longest_of(sampler: &Sampler) -> Option<usize> {
    match sampler {
        Sampler::Scalar(_, ScalarRange::Int { low: 0.., high, .. }) => usize::try_from(*high).ok(),
        Sampler::Value(values) => {
            let lengths = values.iter().map(|value| match value {
                Value::Int(length) => usize::try_from(*length).ok(),
                _ => None,
            });
            lengths.collect::<Option<Vec<usize>>>()?.into_iter().max()
        }
        _ => None,
    }
}
