//! The sampled values of a sweep that has them as sentences only: `OPTIM.BASE_LR 0.5 A.WIDTHS [16, 32]`.
//!
//! pycls, and older versions of this tool, leave nothing else. Types are guessed by the spelling.

use sweep_config::records::SetupRecord;
use sweep_config::{Sweep, SweepDir, Value};

use crate::trials::CellValue;

/// Takes sentences apart, given the names of the parameters that may stand in them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SentenceParser {
    keys: Vec<String>,
}

impl SentenceParser {
    /// Knows these names; a name stands for all names below it too.
    pub fn new(keys: Vec<String>) -> Self {
        Self { keys }
    }

    /// Knows the parameters of a sweep: as its setup recorded them, else as its config samples them.
    pub fn of_sweep(sweep: &Sweep) -> Self {
        Self::recorded(&sweep.dir()).unwrap_or_else(|| Self::sampled_by(sweep))
    }

    /// Knows the parameters of the sweep in a directory, by what setup left there; none if nothing there
    /// can be read.
    pub fn of_dir(dir: &SweepDir) -> Self {
        let by_config = || Sweep::load(&dir.sweep_cfg(), &[]).ok().map(|s| Self::sampled_by(&s));
        Self::recorded(dir).or_else(by_config).unwrap_or_default()
    }

    fn recorded(dir: &SweepDir) -> Option<Self> {
        // A record that cannot be read costs no more than the columns of the parameters.
        let record = SetupRecord::read(&dir.setup_json()).ok().flatten()?;
        (!record.params.is_empty()).then_some(Self { keys: record.params })
    }

    fn sampled_by(sweep: &Sweep) -> Self {
        let sampled = sweep.setup.samplers.iter().flat_map(|(key, sampler)| sampler.params(key));
        Self { keys: sampled.chain(sweep.setup.derived.keys().cloned()).collect() }
    }

    /// Returns the parameters and their values in the order of the sentence. A sentence that does not begin
    /// with a parameter cannot be taken apart: it gives nothing.
    pub(super) fn parse(&self, sentence: &str) -> Vec<(String, CellValue)> {
        let pairs = self.split(sentence).into_iter();
        pairs.map(|(name, text)| (name.to_owned(), guess(text))).collect()
    }

    /// Splits a sentence at its parameters; values may hold spaces.
    fn split<'t>(&self, sentence: &'t str) -> Vec<(&'t str, &'t str)> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        let mut begin = 0;
        let mut rest = sentence.trim_start();
        while let Some(word) = rest.split_whitespace().next() {
            let at = sentence.len() - rest.len();
            if self.is_parameter(word) {
                pairs.push((word, ""));
            } else if let Some((_, value)) = pairs.last_mut() {
                if value.is_empty() {
                    begin = at;
                }
                *value = &sentence[begin..at + word.len()];
            } else {
                return Vec::new();
            }
            rest = rest[word.len()..].trim_start();
        }
        pairs
    }

    fn is_parameter(&self, word: &str) -> bool {
        self.keys.iter().any(|key| {
            word.strip_prefix(key.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }
}

/// Returns the value that Python most likely spelled so.
fn guess(text: &str) -> CellValue {
    if let Ok(int) = text.parse::<i64>() {
        return CellValue::Int(int);
    }
    if let Some(float) = text.parse::<f64>().ok().filter(|float| float.is_finite()) {
        return CellValue::Float(float);
    }
    let list = |text: &str| {
        let items: Vec<serde_json::Number> = serde_json::from_str(text).ok()?;
        let item = |number: serde_json::Number| {
            number.as_i64().map(Value::Int).or_else(|| number.as_f64().map(Value::Float))
        };
        items.into_iter().map(item).collect::<Option<Vec<Value>>>()
    };
    match text {
        "None" => CellValue::Null,
        "True" => CellValue::Bool(true),
        "False" => CellValue::Bool(false),
        _ => list(text).map_or_else(
            || CellValue::Text(text.into()),
            |items| CellValue::Nested(Box::new(Value::List(items))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_be_lists_with_spaces() {
        let parser = SentenceParser::new(vec!["REGNET".to_owned(), "A.WIDTHS".to_owned()]);
        let pairs = parser.split("REGNET.DEPTH 8 A.WIDTHS [16, 32] REGNET.W0 240");
        let texts: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(texts, ["REGNET.DEPTH=8", "A.WIDTHS=[16, 32]", "REGNET.W0=240"]);
    }

    #[test]
    fn a_value_is_guessed_by_its_spelling_and_spelled_as_it_was() {
        for text in ["8", "0.5", "1e-05", "sgd", "[16, 0.5]", "[]", "['a', 'b']", "True", "nan"] {
            assert_eq!(guess(text).spelled(), text);
        }
        assert_eq!(guess("8"), CellValue::Int(8));
        assert_eq!(guess("8.0"), CellValue::Float(8.0));
        assert_eq!(guess("[16, 0.5]").numbers(), Some(vec![16.0, 0.5]));
        assert_eq!(guess("nan"), CellValue::Text("nan".into()));
    }
}
