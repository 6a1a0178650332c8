//! A parameter of Weights & Biases, by the schema of its package `sweeps`.

use sweep_config::yaml::{NodeForm, NodeKind, YamlNode};
use sweep_config::{Map, Value, yaml};

use crate::convert::grid_values;
use crate::convert::note::ConversionNote;
use crate::convert::parameter::{ParameterLaw, ParameterPlan};
use crate::convert::source::{SourceItem, SourceSection, join};

/// The distributions, with the keys that each takes beside `distribution`.
const LAWS: [(&str, &[&str]); 18] = [
    ("constant", &["value"]),
    ("categorical", &["values"]),
    ("categorical_w_probabilities", &["values", "probabilities"]),
    ("int_uniform", &["min", "max"]),
    ("uniform", &["min", "max"]),
    ("q_uniform", &["min", "max", "q"]),
    ("log_uniform", &["min", "max"]),
    ("q_log_uniform", &["min", "max", "q"]),
    ("inv_log_uniform", &["min", "max"]),
    ("log_uniform_values", &["min", "max"]),
    ("q_log_uniform_values", &["min", "max", "q"]),
    ("inv_log_uniform_values", &["min", "max"]),
    ("normal", &["mu", "sigma"]),
    ("q_normal", &["mu", "sigma", "q"]),
    ("log_normal", &["mu", "sigma"]),
    ("q_log_normal", &["mu", "sigma", "q"]),
    ("beta", &["a", "b"]),
    ("q_beta", &["a", "b", "q"]),
];

/// Reads the parameters below a key, in the order of the file; those below `parameters` come with their paths.
pub(super) fn read_all(item: &SourceItem<'_>, path: &str, is_grid: bool) -> Vec<ParameterPlan> {
    let Some(section) = item.section() else { return Vec::new() };
    let mut items = section.rest();
    if is_grid {
        // Weights & Biases sorts the keys, and the last one changes fastest.
        items.sort_by(|a, b| a.key.cmp(&b.key));
    }
    items.iter().flat_map(|item| read(item, &join(path, &item.key), is_grid)).collect()
}

fn read(item: &SourceItem<'_>, path: &str, is_grid: bool) -> Vec<ParameterPlan> {
    let Some(section) = item.section() else { return Vec::new() };
    if let Some(nested) = section.get("parameters") {
        section.finish("a nested parameter of Weights & Biases, which has `parameters` only");
        return read_all(&nested, path, is_grid);
    }
    let Some(law) = law_name(&section) else { return Vec::new() };
    let read = ReadParameter { section: &section, law };
    let law = if is_grid { read.grid_law() } else { read.law() };
    section.finish(&format!("a `{}` parameter of Weights & Biases", read.law));
    let Some((law, notes)) = law else { return Vec::new() };
    let notes = notes.into_iter().chain(spelling_note(item)).collect();
    let (path, name) = (path.to_owned(), path.to_owned());
    vec![ParameterPlan { path, name, mark: item.mark, law, notes }]
}

/// Returns the distribution of a parameter: the one that it names, or the one that its keys stand for.
fn law_name(section: &SourceSection<'_>) -> Option<&'static str> {
    let known = |name: &str| LAWS.iter().map(|(law, _)| *law).find(|law| *law == name);
    let has = |key: &str| section.has(key);
    if let Some(given) = section.get("distribution") {
        let name = given.text()?;
        let law = known(&name);
        if law.is_none() {
            let near = sweep_config::nearest_word(&name, LAWS.iter().map(|(law, _)| *law));
            let hint = near.map(|near| format!("did you mean `{near}`?"));
            given.problem(
                format!("`{name}` is not a distribution of Weights & Biases"),
                hint.as_deref(),
            );
        }
        return law;
    }
    if has("values") {
        return known(if has("probabilities") {
            "categorical_w_probabilities"
        } else {
            "categorical"
        });
    }
    if has("value") {
        return known("constant");
    }
    let are_whole = ["min", "max"]
        .map(|key| section.get(key))
        .map(|end| end.is_some_and(|end| matches!(end.node.kind, NodeKind::Scalar(Value::Int(_)))));
    if has("min") && has("max") {
        return known(if are_whole == [true, true] { "int_uniform" } else { "uniform" });
    }
    let hint = "give `value`, `values`, `min` and `max`, a `distribution`, or nested `parameters`";
    section.whole.problem("is not a parameter of Weights & Biases", Some(hint));
    let _ = section.rest();
    None
}

/// A parameter while it is read.
struct ReadParameter<'s, 'a> {
    section: &'s SourceSection<'a>,
    law: &'static str,
}

/// A law with the notes on it.
type NotedLaw = (ParameterLaw, Vec<ConversionNote>);

impl ReadParameter<'_, '_> {
    fn kept(&self, why: impl Into<String>) -> Vec<ConversionNote> {
        let whole = &self.section.whole;
        vec![ConversionNote::kept(whole.path.clone(), whole.mark, why)]
    }

    /// Returns what the parameter is at random.
    fn law(&self) -> Option<NotedLaw> {
        let law = match self.law {
            "constant" => return self.constant(),
            "categorical" => ParameterLaw::Values(self.values()?),
            "categorical_w_probabilities" => self.weighted()?,
            "int_uniform" => {
                let (low, high) = self.whole_ends()?;
                ParameterLaw::Whole(low, high)
            }
            "uniform" => {
                let (low, high) = self.ends(f64::NEG_INFINITY)?;
                ParameterLaw::Uniform(low, high)
            }
            "log_uniform_values" | "inv_log_uniform_values" => {
                let (low, high) = self.ends(0.0)?;
                ParameterLaw::Log(low, high)
            }
            "log_uniform" | "inv_log_uniform" => return self.exponents(),
            _ => return self.tree(),
        };
        Some((law, self.kept(self.law)))
    }

    /// Returns the values that a grid of Weights & Biases takes.
    fn grid_law(&self) -> Option<NotedLaw> {
        match self.law {
            "constant" | "categorical" | "int_uniform" => self.law(),
            "q_uniform" => {
                let (low, high) = self.ends(f64::NEG_INFINITY)?;
                let q = self.quantum()?;
                let Some(values) = grid_values::arange(&low, &high, &q) else {
                    self.section.whole.problem("a grid of more than 100,000 values", None);
                    return None;
                };
                let why = "q_uniform; the grid of Weights & Biases ends before `max`";
                Some((ParameterLaw::Values(values), self.kept(why)))
            }
            law => {
                let message = format!(
                    "`{law}` cannot be in a grid, which Weights & Biases refuses, too: it takes `value`, \
                     `values`, whole numbers and `q_uniform`"
                );
                self.section
                    .whole
                    .problem(message, Some("use `method: random`, or list the values"));
                let _ = self.section.rest();
                None
            }
        }
    }

    fn constant(&self) -> Option<NotedLaw> {
        let given = self.section.get("value");
        let Some(given) = given else {
            self.section.whole.problem("`value` is missing", None);
            return None;
        };
        Some((ParameterLaw::Values(vec![given.value()]), self.kept("constant")))
    }

    fn values(&self) -> Option<Vec<Value>> {
        let Some(given) = self.section.get("values") else {
            self.section.whole.problem("`values` is missing", None);
            return None;
        };
        let values: Vec<Value> = given.list()?.iter().map(SourceItem::value).collect();
        if values.is_empty() {
            given.problem("is empty", None);
            return None;
        }
        Some(values)
    }

    fn weighted(&self) -> Option<ParameterLaw> {
        let values = self.values()?;
        let Some(given) = self.section.get("probabilities") else {
            self.section.whole.problem("`probabilities` is missing", None);
            return None;
        };
        let weights: Vec<f64> = given
            .list()?
            .iter()
            .map(|item| item.number().and_then(|number| number.as_f64()))
            .collect::<Option<_>>()?;
        let sum: f64 = weights.iter().sum();
        if weights.len() != values.len() {
            let message = format!("has {} for {} values", weights.len(), values.len());
            given.problem(message, None);
            return None;
        }
        if weights.iter().any(|weight| *weight < 0.0) || (sum - 1.0).abs() > 1e-5 {
            given.problem(format!("must be 0 or more and add up to 1, not {sum}"), None);
            return None;
        }
        Some(ParameterLaw::Weighted(values, weights))
    }

    fn given_number(&self, key: &str) -> Option<Value> {
        let Some(given) = self.section.get(key) else {
            self.section.whole.problem(format!("`{key}` is missing"), None);
            return None;
        };
        given.number()
    }

    /// Returns the ends of a range, of which the lower one is above a bound.
    fn ends(&self, above: f64) -> Option<(Value, Value)> {
        let (low, high) = (self.given_number("min"), self.given_number("max"));
        let (low, high) = (low?, high?);
        let (from, to) = (low.as_f64()?, high.as_f64()?);
        if from >= to {
            self.section.whole.problem(format!("min {from} is not less than max {to}"), None);
            return None;
        }
        if from <= above {
            let message = format!("`{}` needs a `min` above {above}", self.law);
            self.section.whole.problem(message, None);
            return None;
        }
        Some((low, high))
    }

    fn whole_ends(&self) -> Option<(i64, i64)> {
        let (low, high) = self.ends(f64::NEG_INFINITY)?;
        if let (Value::Int(low), Value::Int(high)) = (low, high) {
            return Some((low, high));
        }
        self.section.whole.problem("`int_uniform` needs whole numbers", None);
        None
    }

    /// Returns the law of a range of exponents of e.
    fn exponents(&self) -> Option<NotedLaw> {
        let (low, high) = self.ends(f64::NEG_INFINITY)?;
        let (mut from, mut to) = (low.as_f64()?, high.as_f64()?);
        if self.law == "inv_log_uniform" {
            (from, to) = (-to, -from);
        }
        let (least, most) = (libm::exp(from), libm::exp(to));
        if least == 0.0 || !most.is_finite() {
            let message = "min and max are exponents of e and out of range";
            self.section.whole.problem(message, Some("give values by `log_uniform_values`"));
            return None;
        }
        let why = format!("{}, whose ends are exponents of e: {from} and {to}", self.law);
        Some((ParameterLaw::Log(Value::Float(least), Value::Float(most)), self.kept(why)))
    }

    fn quantum(&self) -> Option<Value> {
        let Some(given) = self.section.get("q") else { return Some(Value::Float(1.0)) };
        let q = given.number()?;
        if q.as_f64().is_some_and(|q| q <= 0.0) {
            given.problem("must be above 0", None);
            return None;
        }
        Some(q)
    }

    /// Returns a distribution that `SETUP.TREE` takes as Weights & Biases has it.
    fn tree(&self) -> Option<NotedLaw> {
        let keys = LAWS.iter().find(|(law, _)| *law == self.law).map_or(&[][..], |(_, keys)| *keys);
        if keys.contains(&"min") {
            let is_log = self.law.ends_with("_values");
            self.ends(if is_log { 0.0 } else { f64::NEG_INFINITY })?;
        }
        if keys.contains(&"q") {
            self.quantum()?;
        }
        let mut words = Map::new();
        words.insert("distribution".to_owned(), Value::Str(self.law.to_owned()));
        for key in keys {
            if let Some(given) = self.section.get(key) {
                let number = given.number()?;
                let is_scale = ["sigma", "a", "b"].contains(key);
                if is_scale && number.as_f64().is_some_and(|number| number <= 0.0) {
                    given.problem("must be above 0", Some("for a constant, use `value`"));
                    return None;
                }
                words.insert((*key).to_owned(), number);
            }
        }
        Some((ParameterLaw::Tree(words), self.kept("")))
    }
}

/// Returns the note on numbers of a parameter that PyYAML, and so Weights & Biases, reads as text.
fn spelling_note(item: &SourceItem<'_>) -> Option<ConversionNote> {
    let spelt = python_text(item.node)?;
    let number = yaml::flow(&item_value(item.node, &spelt));
    let why = format!(
        "Weights & Biases (PyYAML) reads `{spelt}` as text, because it has no dot or no sign of the exponent; \
         here it is the number {number}"
    );
    Some(ConversionNote::approximated(item.path.clone(), item.mark, why))
}

/// Returns the first number below a node that PyYAML reads as text, as it was written.
fn python_text(node: &YamlNode) -> Option<String> {
    match &node.kind {
        NodeKind::Scalar(Value::Float(_)) if node.form == NodeForm::Plain => {
            let spelt = node.spelt.as_deref()?;
            let (mantissa, exponent) = spelt.split_once(['e', 'E'])?;
            let is_number = mantissa.contains('.') && exponent.starts_with(['+', '-']);
            (!is_number).then(|| spelt.to_owned())
        }
        NodeKind::List(items) => items.iter().find_map(python_text),
        NodeKind::Map(entries) => entries.iter().find_map(|entry| python_text(&entry.node)),
        _ => None,
    }
}

/// Returns the number that is spelt so below a node.
fn item_value(node: &YamlNode, spelt: &str) -> Value {
    match &node.kind {
        NodeKind::List(items) => items
            .iter()
            .find(|item| python_text(item).as_deref() == Some(spelt))
            .map_or(Value::Null, |item| item_value(item, spelt)),
        NodeKind::Map(entries) => entries
            .iter()
            .find(|entry| python_text(&entry.node).as_deref() == Some(spelt))
            .map_or(Value::Null, |entry| item_value(&entry.node, spelt)),
        _ => node.to_value(),
    }
}
