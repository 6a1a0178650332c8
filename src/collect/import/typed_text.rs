//! Gives the values of a parameter the type that all of them have, for tools that keep only text, or that write `1.0` as `1`.

use std::collections::HashMap;

use sweep_config::Value;

use super::imported_run::ImportedRun;

/// The types that the values of a parameter look like.
#[expect(clippy::struct_excessive_bools, reason = "each is a look of some value")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct TextEvidence {
    /// A value is a number with a fraction or an exponent.
    has_float: bool,
    /// A value is a finite number.
    has_number: bool,
    has_truth: bool,
    has_text: bool,
}

/// The look of a text alone.
enum SeenText {
    Missing,
    Int(i64),
    Float(f64),
    Truth(bool),
    Text,
}

impl SeenText {
    fn of(text: &str) -> Self {
        match text {
            "None" | "null" => return Self::Missing,
            "True" | "true" => return Self::Truth(true),
            "False" | "false" => return Self::Truth(false),
            _ => {}
        }
        let digits = text.trim_start_matches(['-', '+']);
        // An identifier such as `007` would lose its zeros, and `١` its digits.
        let has_zeros = digits.len() > 1
            && digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if has_zeros || !text.is_ascii() {
            return Self::Text;
        }
        if let Ok(int) = text.parse() {
            return Self::Int(int);
        }
        let is_whole = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        // A number of more than 64 bits names something.
        text.parse().ok().filter(|_| !is_whole).map_or(Self::Text, Self::Float)
    }
}

impl TextEvidence {
    fn add(&mut self, text: &str) {
        match SeenText::of(text) {
            SeenText::Missing => {}
            SeenText::Int(_) => self.has_number = true,
            SeenText::Float(float) => {
                self.has_float = true;
                self.has_number |= float.is_finite();
            }
            SeenText::Truth(_) => self.has_truth = true,
            SeenText::Text => self.has_text = true,
        }
    }

    /// Returns the value of a text. A word beside others of another type stays the word that it is.
    #[expect(clippy::cast_precision_loss, reason = "the others of the parameter have fractions")]
    fn value(self, text: &str) -> Value {
        let is_number = self.has_number && !self.has_truth && !self.has_text;
        let is_truth = self.has_truth && !self.has_number && !self.has_float && !self.has_text;
        match SeenText::of(text) {
            SeenText::Missing if is_number || is_truth => Value::Null,
            SeenText::Int(int) if is_number && !self.has_float => Value::Int(int),
            SeenText::Int(int) if is_number => Value::Float(int as f64),
            SeenText::Float(float) if is_number => Value::Float(float),
            SeenText::Truth(truth) if is_truth => Value::Bool(truth),
            _ => Value::Str(text.to_owned()),
        }
    }
}

/// Turns the parameters of runs, all of them texts, into what the texts of all runs say they are: `'0.1'` is a number
/// if all values of that parameter are.
pub(super) fn type_texts(runs: &mut [ImportedRun]) {
    let mut evidence: HashMap<String, TextEvidence> = HashMap::new();
    for (name, value) in runs.iter().flat_map(|run| &run.params) {
        if let Value::Str(text) = value {
            evidence.entry(name.clone()).or_default().add(text);
        }
    }
    for (name, value) in runs.iter_mut().flat_map(|run| &mut run.params) {
        if let Value::Str(text) = value {
            *value = evidence[name.as_str()].value(text);
        }
    }
}

/// Makes all numbers of a parameter floats where one of them is: JSON of another language may write `1.0` as `1`.
#[expect(clippy::cast_precision_loss, reason = "the others of the parameter have fractions")]
pub(super) fn unify_numbers(runs: &mut [ImportedRun]) {
    let params = || runs.iter().flat_map(|run| &run.params);
    let mut is_float: HashMap<&str, bool> = HashMap::new();
    for (name, value) in params() {
        *is_float.entry(name).or_default() |= matches!(value, Value::Float(_));
    }
    let floats: Vec<String> = is_float
        .into_iter()
        .filter(|(_, is_float)| *is_float)
        .map(|(name, _)| name.to_owned())
        .collect();
    let floats: std::collections::HashSet<String> = floats.into_iter().collect();
    for (name, value) in runs.iter_mut().flat_map(|run| &mut run.params) {
        if let Value::Int(int) = value
            && floats.contains(name.as_str())
        {
            *value = Value::Float(*int as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(texts: &[&str]) -> Vec<Value> {
        let run = |text: &&str| ImportedRun {
            params: vec![("p".to_owned(), Value::Str((*text).to_owned()))],
            ..ImportedRun::default()
        };
        let mut runs: Vec<ImportedRun> = texts.iter().map(run).collect();
        type_texts(&mut runs);
        runs.into_iter().map(|mut run| run.params.remove(0).1).collect()
    }

    fn text(text: &str) -> Value {
        Value::Str(text.to_owned())
    }

    #[test]
    fn a_text_is_a_number_only_if_all_of_its_parameter_are() {
        assert_eq!(typed(&["1", "20"]), [Value::Int(1), Value::Int(20)]);
        assert_eq!(typed(&["1", "1e-3"]), [Value::Float(1.0), Value::Float(1e-3)]);
        assert_eq!(typed(&["1", "auto"]), [text("1"), text("auto")]);
        assert_eq!(typed(&["0.5", "None"]), [Value::Float(0.5), Value::Null]);
        assert_eq!(typed(&["True", "False"]), [Value::Bool(true), Value::Bool(false)]);
        assert_eq!(typed(&["True", "1"]), [text("True"), text("1")]);
        assert_eq!(typed(&["None", "adam"]), [text("None"), text("adam")]);
        assert_eq!(typed(&["007", "12"]), [text("007"), text("12")]);
        assert_eq!(typed(&["nan", "inf"]), [text("nan"), text("inf")]);
        assert_eq!(typed(&["123456789012345678901"]), [text("123456789012345678901")]);
    }
}
