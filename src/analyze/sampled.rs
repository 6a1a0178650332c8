//! What was sampled for a job, taken apart: `OPTIM.BASE_LR 0.1 REGNET.DEPTH 8`.

use sweep_config::Sweep;
use sweep_config::records::SetupRecord;

use crate::page::number::number;

/// A space at which no line ends.
const NO_BREAK: char = '\u{a0}';

/// The parameters that a sweep samples or derives, to know them in the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parameters {
    keys: Vec<String>,
}

impl Parameters {
    /// Those of a sweep: as its setup recorded them, else as its config samples them.
    pub fn of(sweep: &Sweep) -> Self {
        // A record that cannot be read costs no more than a column with too long names.
        let record = SetupRecord::read(&sweep.dir().setup_json()).ok().flatten();
        if let Some(record) = record.filter(|record| !record.params.is_empty()) {
            return Self { keys: record.params };
        }
        let sampled = sweep.setup.samplers.iter().flat_map(|(key, sampler)| sampler.params(key));
        Self { keys: sampled.chain(sweep.setup.derived.keys().cloned()).collect() }
    }

    /// The parameters and their values, in the order of the text; values may hold spaces.
    ///
    /// A text that does not begin with a parameter cannot be taken apart: it gives nothing.
    pub fn split(&self, sampled: &str) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for word in sampled.split_whitespace() {
            if self.is_parameter(word) {
                pairs.push((word.to_owned(), String::new()));
            } else if let Some((_, value)) = pairs.last_mut() {
                if !value.is_empty() {
                    value.push(' ');
                }
                value.push_str(word);
            } else {
                return Vec::new();
            }
        }
        pairs
    }

    fn is_parameter(&self, word: &str) -> bool {
        self.keys.iter().any(|key| {
            word.strip_prefix(key.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// The text for a caption: short names and numbers; as it is where it cannot be taken apart.
    pub fn brief(&self, sampled: &str) -> String {
        let pairs = self.split(sampled);
        if pairs.is_empty() {
            return sampled.to_owned();
        }
        let words =
            pairs.iter().map(|(key, value)| format!("{}{NO_BREAK}{}", last_part(key), tidy(value)));
        words.collect::<Vec<_>>().join(&format!("{NO_BREAK}· "))
    }
}

/// The last part of a dotted name.
pub fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// A value with at most four significant digits if it is a number with more.
pub fn tidy(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(parsed) if value.contains(['.', 'e', 'E']) && parsed.is_finite() => number(parsed),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(keys: &[&str]) -> Parameters {
        Parameters { keys: keys.iter().map(|&key| key.to_owned()).collect() }
    }

    #[test]
    fn values_may_be_lists_with_spaces() {
        let parameters = parameters(&["REGNET", "A.WIDTHS"]);
        let pairs = parameters.split("REGNET.DEPTH 8 A.WIDTHS [16, 32] REGNET.W0 240");
        let texts: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(texts, ["REGNET.DEPTH=8", "A.WIDTHS=[16, 32]", "REGNET.W0=240"]);
    }

    #[test]
    fn a_text_of_unknown_parameters_stays_as_it_is() {
        assert_eq!(parameters(&["LR"]).brief("MOMENTUM 0.9"), "MOMENTUM 0.9");
        assert_eq!(parameters(&["O.LR"]).brief("O.LR 0.9993621893"), "LR\u{a0}0.9994");
    }
}
