//! From the tree to samplers, every rule of which is checked before anything is drawn.

use indexmap::IndexMap;

use super::law::{Bounds, check};
use super::{LAWS, Law, Quantized, RegnetRanges, Sampler};
use crate::Value;
use crate::config::given::Given;
use crate::config::section::Section;
use crate::yaml::NodeKind;

/// How long a sampled list may be, and all lists of a sampler that nests them together.
const LONGEST_LIST: usize = 100_000;

/// How many choices may lie within each other.
const MOST_NESTED: usize = 16;

/// Beyond this a float, in which samplers compute, no longer tells one whole number from the next.
const LARGEST_WHOLE: i64 = 1 << 53;

#[derive(Clone, Copy)]
enum Kind {
    Value,
    Float,
    Int,
    List,
    Regnet,
    Choice,
}

const KINDS: [(&str, Kind); 6] = [
    ("value_sampler", Kind::Value),
    ("float_sampler", Kind::Float),
    ("int_sampler", Kind::Int),
    ("list_sampler", Kind::List),
    ("regnet_sampler", Kind::Regnet),
    ("choice_sampler", Kind::Choice),
];

/// The sampler of a parameter; `None` after its problems were reported.
pub(in crate::config) fn decode(parameter: &str, given: &Given<'_>) -> Option<Sampler> {
    sampler(parameter, given, LONGEST_LIST, MOST_NESTED)
}

fn sampler(parameter: &str, given: &Given<'_>, longest: usize, nested: usize) -> Option<Sampler> {
    let section = given.section();
    given.node.entries()?;
    let kind = section.required("TYPE", "it says how to sample, e.g. `float_sampler`")?;
    let sampler = match kind.one_of(&KINDS)? {
        Kind::Value => values(&section),
        Kind::Float => float(&section),
        Kind::Int => int(&section),
        Kind::List => list(parameter, &section, longest),
        Kind::Choice => choice(parameter, &section, nested),
        Kind::Regnet if parameter == "REGNET" => regnet(&section),
        Kind::Regnet => {
            let hint =
                "give it the key `REGNET`: it sets REGNET.DEPTH, W0, WA, WM, GROUP_W and BOT_MUL";
            given.problem("a regnet_sampler samples no single parameter", Some(hint.to_owned()));
            return None;
        }
    };
    section.finish();
    sampler
}

fn values(section: &Section<'_>) -> Option<Sampler> {
    let given = section.required("VALUES", "a value_sampler draws one of them")?;
    let items = given.list("a list of values")?;
    if items.is_empty() {
        given.problem("holds no value to draw", None);
        return None;
    }
    Some(Sampler::Value(items.iter().map(|item| item.node.to_value()).collect()))
}

fn list(parameter: &str, section: &Section<'_>, longest: usize) -> Option<Sampler> {
    let length: Option<usize> =
        section.required("LENGTH", "how many items to draw").and_then(|given| {
            let length = given.whole(0..)?;
            if length > longest {
                let message = format!("would draw more than {LONGEST_LIST} items for one job");
                given.problem(message, None);
                return None;
            }
            Some(length)
        });
    let item = section.required("ITEM_SAMPLER", "how to draw an item")?;
    if let Some(kind @ ("regnet_sampler" | "choice_sampler")) = kind_of(&item).as_deref() {
        item.problem(format!("a {kind} sets several parameters and cannot be an item"), None);
        return None;
    }
    let longest = longest / length.unwrap_or(1).max(1);
    let item = sampler(parameter, &item, longest, MOST_NESTED)?;
    Some(Sampler::List { length: length?, item: Box::new(item) })
}

/// What a mapping says to be, if it is a sampler.
fn kind_of(given: &Given<'_>) -> Option<String> {
    let NodeKind::Map(entries) = &given.node.kind else { return None };
    match entries.iter().find(|entry| entry.key == "TYPE")?.node.to_value() {
        Value::Str(kind) if kind.ends_with("_sampler") => Some(kind),
        _ => None,
    }
}

/// Branches, each with samplers and constants of its own.
fn choice(parameter: &str, section: &Section<'_>, nested: usize) -> Option<Sampler> {
    let given = section.required("BRANCHES", "what there is to choose from, by name")?;
    given.node.entries().or_else(|| {
        given.expected("a mapping from names to parameters, e.g. {sgd: {OPTIM.MOMENTUM: 0.9}}");
        None
    })?;
    let Some(nested) = nested.checked_sub(1) else {
        given.problem(format!("choices within each other more than {MOST_NESTED} deep"), None);
        return None;
    };
    let mut branches = IndexMap::new();
    for (name, branch) in given.section().all() {
        let mut items = IndexMap::new();
        for (key, item) in branch.section().all() {
            let sampler = if kind_of(&item).is_some() {
                sampler(key, &item, LONGEST_LIST, nested)?
            } else {
                Sampler::Value(vec![item.node.to_value()])
            };
            items.insert(key.to_owned(), sampler);
            let all = items.iter().flat_map(|(key, sampler)| sampler.params(key));
            let all: Vec<String> = all.collect();
            let twice =
                all.iter().enumerate().find(|(i, p)| all[..*i].contains(p) || **p == parameter);
            if let Some((_, twice)) = twice {
                item.problem(format!("`{twice}` is set twice in this branch"), None);
                return None;
            }
        }
        branches.insert(name.to_owned(), items);
    }
    if branches.is_empty() {
        given.problem("holds no branch to choose", None);
        return None;
    }
    Some(Sampler::Choice(branches))
}

fn int(section: &Section<'_>) -> Option<Sampler> {
    let law = section.one_of("RAND_TYPE", &LAWS, Law::Uniform);
    let quantum = section.whole("QUANTIZE", 1..=LARGEST_WHOLE, 1);
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    let (low, high) = whole_pair(&range)?;
    check(&range, law, &Bounds::new(low, high, quantum))?;
    Some(Sampler::Scalar(law, Quantized::Int { low, high, quantum }))
}

fn whole_pair(range: &Given<'_>) -> Option<(i64, i64)> {
    let [low, high] = range.pair()?;
    let whole = |given: &Given<'_>| given.whole(-LARGEST_WHOLE..=LARGEST_WHOLE);
    let (low, high) = (whole(&low), whole(&high));
    Some((low?, high?))
}

fn float(section: &Section<'_>) -> Option<Sampler> {
    let law = section.one_of("RAND_TYPE", &LAWS, Law::Uniform);
    let quantum = section.get("QUANTIZE").map_or(Some(0.00001), |given| positive(&given));
    let range = section.required("RANGE", "the closed range [LOW, HIGH] to draw from")?;
    let (low, high) = number_pair(&range)?;
    let quantum = quantum?;
    check(&range, law, &Bounds::new(low, high, quantum))?;
    Some(Sampler::Scalar(law, Quantized::Float { low, high, quantum }))
}

fn positive(given: &Given<'_>) -> Option<f64> {
    let number = given.number()?;
    if number <= 0.0 {
        given.problem(format!("must be above 0, found `{number}`"), None);
        return None;
    }
    Some(number)
}

fn number_pair(range: &Given<'_>) -> Option<(f64, f64)> {
    let [low, high] = range.pair()?;
    let (low, high) = (low.number(), high.number());
    Some((low?, high?))
}

fn regnet(section: &Section<'_>) -> Option<Sampler> {
    let whole = |key, default, law, quantum: i64| {
        let Some(range) = section.get(key) else { return Some(default) };
        let (low, high) = whole_pair(&range)?;
        check(&range, law, &Bounds::new(low, high, quantum))?;
        Some((low, high))
    };
    let number = |key, default, law, quantum| {
        let Some(range) = section.get(key) else { return Some(default) };
        let (low, high) = number_pair(&range)?;
        check(&range, law, &Bounds::new(low, high, quantum))?;
        Some((low, high))
    };
    let depth = whole("DEPTH", (12, 28), Law::Uniform, 1);
    let w0 = whole("W0", (8, 256), Law::LogUniform, 8);
    let wa = number("WA", (8.0, 256.0), Law::LogUniform, 0.1);
    let wm = number("WM", (2.0, 3.0), Law::LogUniform, 0.001);
    let group_w = whole("GROUP_W", (8, 128), Law::Power2OrLogUniform, 8);
    let bot_mul = number("BOT_MUL", (1.0, 1.0), Law::Power2Uniform, 1.0 / 128.0);
    Some(Sampler::Regnet(RegnetRanges {
        depth: depth?,
        w0: w0?,
        wa: wa?,
        wm: wm?,
        group_w: group_w?,
        bot_mul: bot_mul?,
    }))
}
