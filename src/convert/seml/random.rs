//! The parameters under `random`.

use sweep_config::Value;

use super::block::{ParameterBlock, RandomParameter, is_removed};
use super::grid::{number, options, type_of};
use crate::convert::note::ConversionNote;
use crate::convert::parameter::ParameterLaw;
use crate::convert::source::{SourceItem, SourceSection, join};

/// Reads the block.
pub(super) fn read(item: &SourceItem<'_>, block: &mut ParameterBlock) {
    let Some(section) = item.section() else { return };
    match section.get("samples") {
        None => item.problem("`samples` is missing: the number of draws", None),
        Some(given) => {
            let samples = given.count().and_then(|count| u64::try_from(count).ok());
            block.samples = samples.map(|samples| (samples, given.mark));
        }
    }
    if let Some(given) = section.get("seed") {
        block.seed = Some((given.value(), given.mark));
    }
    for below in section.rest() {
        parameter(&below, &below.key.clone(), block);
    }
}

fn parameter(item: &SourceItem<'_>, path: &str, block: &mut ParameterBlock) {
    if is_removed(item) {
        let removed = RandomParameter { law: None, mark: item.mark, notes: Vec::new() };
        block.random.insert(path.to_owned(), removed);
        return;
    }
    let Some(section) = item.section() else { return };
    let Some(kind) = type_of(&section) else {
        for below in section.rest() {
            parameter(&below, &join(path, &below.key), block);
        }
        return;
    };
    if kind == "parameter_collection" {
        for below in section
            .get("params")
            .and_then(|params| params.section())
            .map_or(Vec::new(), |s| s.rest())
        {
            parameter(&below, &join(path, &below.key), block);
        }
        return;
    }
    let law = law(&section, &kind);
    let _ = section.get("seed");
    section.finish(&format!("a random parameter of type `{kind}`"));
    let Some((law, note)) = law else { return };
    let random = RandomParameter { law: Some(law), mark: item.mark, notes: vec![note] };
    if block.random.insert(path.to_owned(), random).is_some() {
        item.problem(format!("`{path}` is given twice"), Some("remove one of the two"));
    }
}

fn law(section: &SourceSection<'_>, kind: &str) -> Option<(ParameterLaw, ConversionNote)> {
    let (key, mark) = (section.whole.path.clone(), section.whole.mark);
    let kept = |why: &str| ConversionNote::kept(key.clone(), mark, why);
    match kind {
        "choice" => Some((ParameterLaw::Values(options(section)?), kept("choice"))),
        "uniform" | "loguniform" => {
            let (low, high) = (number(section, "min"), number(section, "max"));
            let (low, high) = (low?, high?);
            let (from, to) = (low.as_f64()?, high.as_f64()?);
            if from > to || (kind == "loguniform" && from <= 0.0) {
                let message = format!("min {from} and max {to} cannot be a range to draw from");
                section.whole.problem(message, None);
                return None;
            }
            let law = match kind {
                _ if from >= to => ParameterLaw::Values(vec![Value::Float(from)]),
                "uniform" => ParameterLaw::Uniform(low, high),
                _ => ParameterLaw::Log(low, high),
            };
            Some((law, kept(kind)))
        }
        "randint" | "randint_unique" => {
            let (low, high) = (number(section, "min"), number(section, "max"));
            let (low, high) = (whole(&low?)?, whole(&high?)?);
            if low >= high {
                section.whole.problem(format!("min {low} is not less than max {high}"), None);
                return None;
            }
            let law = ParameterLaw::Whole(low, high - 1);
            if kind == "randint" {
                return Some((law, kept("randint, without `max`")));
            }
            let why = "randint_unique draws no number twice; here no config is made twice, a number may be";
            Some((law, ConversionNote::approximated(key, mark, why)))
        }
        _ => {
            let message = format!("`{kind}` is not a type of a random parameter");
            let hint = "the types are choice, uniform, loguniform, randint and randint_unique";
            section.whole.problem(message, Some(hint));
            let _ = section.rest();
            None
        }
    }
}

/// Returns a number as Python's `int` does.
#[expect(clippy::cast_possible_truncation, reason = "Python's int cuts off, too")]
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        Value::Float(number) => Some(*number as i64),
        _ => None,
    }
}
