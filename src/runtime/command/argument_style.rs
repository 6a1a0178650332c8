//! The choices of a placeholder for all parameters, such as `{{args bools=flag lists=words}}` (pure).

use std::collections::HashMap;

use handlebars::template::Parameter;
use serde_json::Value as Json;

/// The forms in which the sampled parameters are passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArgumentForm {
    /// `{{args}}`: `--lr=0.1 --optim.name=sgd`.
    Options,
    /// `{{hydra_args}}`: `lr=0.1 optim.name=sgd`, by the grammar of Hydra.
    Hydra,
    /// `{{env_vars}}`: `lr=0.1 optim_name=sgd`, for the shell or `env`.
    Variables,
}

impl ArgumentForm {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Options, Self::Hydra, Self::Variables];

    /// Returns the form of a placeholder's name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Returns the name of its placeholder.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Options => "args",
            Self::Hydra => "hydra_args",
            Self::Variables => "env_vars",
        }
    }

    /// Returns the choices that it has, with the words of each; none stands for any text.
    fn choices(self) -> &'static [(&'static str, &'static [&'static str])] {
        const BOOLS: (&str, &[&str]) = ("bools", &["flag", "no", "text"]);
        const LISTS: (&str, &[&str]) = ("lists", &["words", "repeat", "commas", "json"]);
        const NULLS: (&str, &[&str]) = ("nulls", &[]);
        const PREFIX: (&str, &[&str]) = ("prefix", &[]);
        const SEP: (&str, &[&str]) = ("sep", &["=", " "]);
        match self {
            Self::Options => &[BOOLS, LISTS, NULLS, PREFIX, SEP],
            Self::Hydra => &[PREFIX],
            Self::Variables => &[NULLS, PREFIX],
        }
    }
}

/// The choices of one placeholder, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ArgumentStyle(Vec<(&'static str, String)>);

impl ArgumentStyle {
    /// Reads the choices.
    ///
    /// # Errors
    ///
    /// The message and the advice on one that there is not.
    pub(super) fn read(
        form: ArgumentForm,
        given: &HashMap<String, Parameter>,
    ) -> Result<Self, (String, String)> {
        let mut names: Vec<&String> = given.keys().collect();
        names.sort();
        let choices = names.into_iter().map(|name| one(form, name, &given[name]));
        choices.collect::<Result<_, _>>().map(Self)
    }

    /// Returns what was chosen.
    pub(super) fn get(&self, choice: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == choice).map(|(_, chosen)| chosen.as_str())
    }
}

/// Reads one choice.
fn one(
    form: ArgumentForm,
    name: &str,
    given: &Parameter,
) -> Result<(&'static str, String), (String, String)> {
    let choices = form.choices();
    let Some((known, words)) = choices.iter().find(|(known, _)| *known == name) else {
        let names = choices.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>();
        let message = format!("`{}` has no option `{name}`", form.name());
        return Err((message, format!("it has {}", names.join(", "))));
    };
    let chosen = match given {
        Parameter::Literal(Json::String(text)) => text.clone(),
        Parameter::Literal(other) => other.to_string(),
        path => path.as_name().unwrap_or_default().to_owned(),
    };
    if words.is_empty() || words.contains(&chosen.as_str()) {
        return Ok((known, chosen));
    }
    let examples = words.iter().map(|word| format!("`{name}=\"{word}\"`")).collect::<Vec<_>>();
    let message = format!("`{name}` of `{}` cannot be `{chosen}`", form.name());
    Err((message, format!("write {}", examples.join(" or "))))
}
