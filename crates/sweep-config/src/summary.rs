//! A line of `cfgs_summary.yaml`: what was sampled for a job, and the network that it makes.

use crate::Sweep;
use crate::records::SetupRecord;

const ARROW: &str = " -> ";
/// How the part behind the arrow begins: no value that is sampled does.
const NETWORKS: [&str; 2] = ["ANYNET.", "EN."];

/// The line of a job, given what was sampled and its network; that is empty where the sampled values
/// say all.
#[must_use]
pub fn line(sampled: &str, network: &str) -> String {
    if network.is_empty() { sampled.to_owned() } else { format!("{sampled}{ARROW}{network}") }
}

/// What was sampled, of a line.
#[must_use]
pub fn sampled(line: &str) -> &str {
    match line.rsplit_once(ARROW) {
        Some((sampled, network)) if NETWORKS.iter().any(|name| network.starts_with(name)) => {
            sampled
        }
        _ => line,
    }
}

/// The parameters that a sweep samples or derives, to know them in the text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParameterKeys {
    keys: Vec<String>,
}

impl ParameterKeys {
    /// Of these names; a name stands for all below it too.
    #[must_use]
    pub fn new(keys: Vec<String>) -> Self {
        Self { keys }
    }

    /// Those of both.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        for key in other.keys {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
        self
    }

    /// Those of a sweep: as its setup recorded them, else as its config samples them.
    #[must_use]
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
    #[must_use]
    pub fn split<'t>(&self, sampled: &'t str) -> Vec<(&'t str, &'t str)> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        let mut begin = 0;
        let mut rest = sampled.trim_start();
        while let Some(word) = rest.split_whitespace().next() {
            let at = sampled.len() - rest.len();
            if self.is_parameter(word) {
                pairs.push((word, ""));
            } else if let Some((_, value)) = pairs.last_mut() {
                if value.is_empty() {
                    begin = at;
                }
                *value = &sampled[begin..at + word.len()];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_may_be_lists_with_spaces() {
        let parameters = ParameterKeys::new(vec!["REGNET".to_owned(), "A.WIDTHS".to_owned()]);
        let pairs = parameters.split("REGNET.DEPTH 8 A.WIDTHS [16, 32] REGNET.W0 240");
        let texts: Vec<String> = pairs.iter().map(|(k, v)| format!("{k}={v}")).collect();
        assert_eq!(texts, ["REGNET.DEPTH=8", "A.WIDTHS=[16, 32]", "REGNET.W0=240"]);
    }

    #[test]
    fn what_was_sampled_is_found_again() {
        for text in ["REGNET.W0 8", "A a -> b", ""] {
            assert_eq!(sampled(&line(text, "ANYNET.DEPTHS [1] ANYNET.WIDTHS [8]")), text);
            assert_eq!(sampled(&line(text, "")), text);
        }
    }
}
