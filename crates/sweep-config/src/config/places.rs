//! Paths of a config: replaces `~` and variables in them, as a shell would.

use std::borrow::Cow;
use std::path::PathBuf;

use super::given::GivenValue;
use super::section::ConfigSection;
use super::shape::KeyShape;

/// A reason why a path cannot be expanded.
#[derive(Debug, PartialEq, Eq)]
enum PlaceFault<'a> {
    /// The variable is not set, or empty.
    Unset(&'a str),
    /// A `${` without its `}`, or with something between them that is no name.
    Unclosed,
    /// `~name`: the home directory of somebody.
    OtherHome,
}

/// Returns a text that `expand` turns into this one.
#[must_use]
pub fn escape_variables(text: &str) -> Cow<'_, str> {
    if text.contains('$') { text.replace('$', "$$").into() } else { text.into() }
}

/// Replaces `~` at the start, and `$NAME` and `${NAME}` anywhere, `$$` being a dollar. A dollar before
/// anything else stays one.
///
/// An empty variable counts as unset: `$SCRATCH/sweeps` must not become `/sweeps`.
fn expand(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<String, PlaceFault<'_>> {
    let value = |name| {
        let value = variable(name).filter(|value| !value.is_empty());
        value.ok_or(PlaceFault::Unset(name))
    };
    let (mut expanded, mut rest) = match text.strip_prefix('~') {
        None => (String::new(), text),
        Some(below) if below.is_empty() || below.starts_with('/') => (value("HOME")?, below),
        Some(_) => return Err(PlaceFault::OtherHome),
    };
    while let Some((before, after)) = rest.split_once('$') {
        expanded.push_str(before);
        rest = if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            after
        } else if let Some(braced) = after.strip_prefix('{') {
            let (name, after) = braced.split_once('}').ok_or(PlaceFault::Unclosed)?;
            if name.is_empty() || name_length(name) < name.len() {
                return Err(PlaceFault::Unclosed);
            }
            expanded.push_str(&value(name)?);
            after
        } else {
            let (name, after) = after.split_at(name_length(after));
            expanded.push_str(&if name.is_empty() { "$".to_owned() } else { value(name)? });
            after
        };
    }
    Ok(expanded + rest)
}

/// Returns the length of the name of a variable that a text begins with.
fn name_length(text: &str) -> usize {
    let is_in_name = |(at, c): (usize, char)| {
        c.is_ascii_alphabetic() || c == '_' || (at > 0 && c.is_ascii_digit())
    };
    text.char_indices().find(|it| !is_in_name(*it)).map_or(text.len(), |(at, _)| at)
}

impl GivenValue<'_> {
    /// Returns the text with `~` and variables replaced; a variable that there is not is a problem.
    pub(super) fn place(&self) -> Option<String> {
        self.expanded(&self.text()?)
    }

    /// Returns an option `--name=value` with those of its value replaced.
    pub(super) fn option_place(&self) -> Option<String> {
        let text = self.text()?;
        let (name, value) = text.split_at(text.find('=').map_or(0, |at| at + 1));
        self.expanded(value).map(|value| format!("{name}{value}"))
    }

    fn expanded(&self, text: &str) -> Option<String> {
        let (message, hint) = match expand(text, |name| std::env::var(name).ok()) {
            Ok(place) => {
                if place != text {
                    self.decoder.add_replaced(&self.path);
                }
                return Some(place);
            }
            Err(PlaceFault::Unset(name)) => (
                format!("`{text}`: the variable `{name}` is not set, or empty"),
                format!(
                    "set it (`export {name}=…`), or write the path itself; `$$` is a literal dollar sign"
                ),
            ),
            Err(PlaceFault::Unclosed) => (
                format!("`{text}`: `${{` needs a name and a closing `}}`"),
                "write `${NAME}`; `$$` is a literal dollar sign".to_owned(),
            ),
            Err(PlaceFault::OtherHome) => (
                format!("`{text}`: `~` is expanded only on its own or before `/`"),
                "write the path itself, or `./~…` for a directory with that name".to_owned(),
            ),
        };
        self.problem(message, Some(hint));
        None
    }
}

impl ConfigSection<'_> {
    /// Returns the path of a key, with `~` and variables replaced; empty where it is not given.
    pub(super) fn place(&self, key: &'static str) -> PathBuf {
        self.ask(key, KeyShape::Text).and_then(|given| given.place()).unwrap_or_default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(text: &str) -> Result<String, PlaceFault<'_>> {
        let variables = [("HOME", "/home/me"), ("A_1", "x"), ("EMPTY", ""), ("DOLLAR", "$A_1")];
        expand(text, |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn what_a_shell_replaces_is_replaced_and_nothing_else() {
        for (text, place) in [
            ("sweeps", "sweeps"),
            ("~", "/home/me"),
            ("~/s w", "/home/me/s w"),
            ("a/~/b~", "a/~/b~"),
            ("$A_1", "x"),
            ("/s/$A_1.d/${A_1}y", "/s/x.d/xy"),
            ("$DOLLAR", "$A_1"),
            ("$$A_1/$$", "$A_1/$"),
            ("cost$ $1 $/", "cost$ $1 $/"),
            ("", ""),
        ] {
            assert_eq!(expanded(text).as_deref(), Ok(place), "{text}");
        }
        for (text, fault) in [
            ("/s/$NOBODY/x", PlaceFault::Unset("NOBODY")),
            ("$EMPTY/sweeps", PlaceFault::Unset("EMPTY")),
            ("${NOBODY}", PlaceFault::Unset("NOBODY")),
            ("${A_1", PlaceFault::Unclosed),
            ("${}", PlaceFault::Unclosed),
            ("${A-1}", PlaceFault::Unclosed),
            ("~root/x", PlaceFault::OtherHome),
        ] {
            assert_eq!(expanded(text), Err(fault), "{text}");
        }
    }

    #[test]
    fn what_was_escaped_is_replaced_by_itself() {
        for text in ["/a/$A_1/$$/${A_1}$", "plain", "$"] {
            assert_eq!(expanded(&escape_variables(text)).as_deref(), Ok(text));
        }
    }
}
