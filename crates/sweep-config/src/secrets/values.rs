//! Secret values where programs print them: `set -x` writes them to `stderr.log`, of which reports show the end.

use std::borrow::Cow;
use std::path::Path;

use serde::de::IgnoredAny;
use serde_json::Value as Json;

use super::{MASK, without_credentials};

/// The words in a variable's name that say that its value is a secret.
const NAMES: [&str; 7] = ["TOKEN", "KEY", "SECRET", "PASS", "PWD", "CREDENTIAL", "AUTH"];

/// A shorter value could be any word.
const SHORTEST: usize = 8;

/// The values of variables whose names say that they are secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SecretValues(Vec<String>);

impl SecretValues {
    /// Returns no values.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Picks the secrets among variables: a telling name, and a value long and odd enough to be nothing else.
    pub(super) fn of(variables: impl Iterator<Item = (String, String)>) -> Self {
        let is_secret = |(name, value): &(String, String)| {
            let name = name.to_uppercase();
            let is_odd = value.contains(|c: char| c.is_ascii_digit())
                && value.chars().all(|c| c.is_ascii_graphic() && !"<>&\"'\\$".contains(c));
            NAMES.iter().any(|word| name.contains(word)) && value.len() >= SHORTEST && is_odd
        };
        let mut values: Vec<String> = variables.filter(is_secret).map(|(_, value)| value).collect();
        // A value that is part of another must not be replaced first.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self(values)
    }

    /// Returns the text with [`MASK`] for each of the values: text, JSON and HTML alike, since no value has a
    /// character that these escape.
    #[must_use]
    pub fn masked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut masked = Cow::Borrowed(text);
        for value in &self.0 {
            if masked.contains(value.as_str()) {
                masked = Cow::Owned(masked.replace(value.as_str(), MASK));
            }
        }
        masked
    }

    /// Returns what a program or a person wrote without these values, and without credentials of any other origin.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        self.masked(&without_credentials(text)).into_owned()
    }

    /// Returns JSON with [`MASK`] for each of the values, in texts alone: a number of the same digits is no secret.
    #[must_use]
    pub fn masked_json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        let masked = self.masked(json);
        if matches!(masked, Cow::Borrowed(_)) || serde_json::from_str::<IgnoredAny>(&masked).is_ok()
        {
            return masked;
        }
        serde_json::from_str(json)
            .map_or(masked, |value| Cow::Owned(self.in_texts(value).to_string()))
    }

    fn in_texts(&self, value: Json) -> Json {
        match value {
            Json::String(text) => Json::String(self.masked(&text).into_owned()),
            Json::Array(items) => items.into_iter().map(|item| self.in_texts(item)).collect(),
            Json::Object(map) => {
                map.into_iter().map(|(name, item)| (name, self.in_texts(item))).collect()
            }
            plain => plain,
        }
    }

    /// Adds the values of another sweep. The path of a file that is there is no secret, and the name of a directory that was
    /// printed must still lead there.
    pub fn add(&mut self, other: &Self) {
        let is_path = |value: &String| value.starts_with('/') && Path::new(value).exists();
        let new = other.0.iter().filter(|value| !self.0.contains(value) && !is_path(value));
        let new: Vec<String> = new.cloned().collect();
        self.0.extend(new);
        self.0.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// True if there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_a_secret_is_looked_for() {
        let variables = [
            ("HF_TOKEN", "hf_0123456789"),
            ("wandb_api_key", "0123456789"),
            ("PYTHONPATH", "/home/me/project1"),
            ("KEY", "1234567"),
            ("TOKENIZER", "bert-base"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let secrets = SecretValues::of(variables.into_iter());
        assert_eq!(secrets.masked("+ X=hf_0123456789 bert-base"), "+ X=*** bert-base");
        assert_eq!(secrets.masked("0123456789 /home/me/project1"), "*** /home/me/project1");
    }

    #[test]
    fn json_stays_json_where_a_number_has_the_digits_of_a_secret() {
        let secrets =
            SecretValues::of(std::iter::once(("API_KEY".to_owned(), "0123456789".to_owned())));
        let json = r#"{"seed":10123456789,"said":"by 0123456789","all":["0123456789",0.5]}"#;
        let masked = r#"{"seed":10123456789,"said":"by ***","all":["***",0.5]}"#;
        assert_eq!(secrets.masked_json(json), masked);
        assert_eq!(secrets.masked_json(r#"{"said":"0123456789"}"#), r#"{"said":"***"}"#);
    }

    #[test]
    fn the_values_of_several_sweeps_are_masked_and_no_path_that_is_there() {
        let of = |value: &str| {
            SecretValues::of(std::iter::once(("MY_KEY".to_owned(), value.to_owned())))
        };
        let dir = tempfile::Builder::new().prefix("sweep1").tempdir().unwrap();
        let path = dir.path().display().to_string();
        let mut all = SecretValues::none();
        for value in ["12345678", "1234567890", &path, "12345678", "/none/such1"] {
            all.add(&of(value));
        }
        let text = format!("1234567890 12345678 {path} /none/such1");
        assert_eq!(all.masked(&text), format!("*** *** {path} ***"));
    }
}
