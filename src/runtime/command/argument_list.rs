//! Writes the sampled parameters of a job as arguments of its program (pure).
//!
//! Nothing is passed in a way that a program may take for something else in silence: `--amp=false` is true for
//! `type=bool` of argparse, so that truth values, lists and nulls have no form unless the template chooses one.

use sweep_config::Value;

use super::argument_style::{ArgumentForm, ArgumentStyle};
use super::hydra_text::{self, hydra_value};
use super::values::{list_text as json, text};

/// The message and the advice on a parameter that cannot be passed.
pub(super) type ArgumentFault = (String, String);

/// Returns the arguments for the parameters that the config has, in their order, quoted for the shell.
///
/// # Errors
///
/// The message and the advice on a parameter that cannot be passed so.
pub(super) fn arguments(
    form: ArgumentForm,
    style: &ArgumentStyle,
    config: &Value,
    params: &[String],
) -> Result<String, ArgumentFault> {
    let mut words: Vec<String> = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for param in params {
        let Some(value) = config.get_path(param) else { continue };
        // The mapping that another parameter lies in is passed as that parameter.
        if params.iter().any(|other| other.starts_with(&format!("{param}."))) {
            continue;
        }
        let given = GivenArgument { style, param, value };
        match form {
            ArgumentForm::Options => words.extend(given.options()?),
            ArgumentForm::Hydra => words.push(given.hydra()?),
            ArgumentForm::Variables => {
                let Some((name, word)) = given.variable()? else { continue };
                if names.contains(&name) {
                    let message = format!("two parameters would set the same variable `{name}`");
                    return Err((message, "write the parameters one by one".to_owned()));
                }
                names.push(name);
                words.push(word);
            }
        }
    }
    Ok(words.join(" "))
}

/// A parameter of a job, and how it is to be passed.
struct GivenArgument<'a> {
    style: &'a ArgumentStyle,
    param: &'a str,
    value: &'a Value,
}

impl GivenArgument<'_> {
    /// Returns the words of an option.
    fn options(&self) -> Result<Vec<String>, ArgumentFault> {
        match self.value {
            Value::Null => {
                Ok(self.null()?.map(|text| self.option(&text)).transpose()?.unwrap_or_default())
            }
            Value::Bool(truth) => self.truth(*truth),
            Value::List(items) => self.list(items),
            Value::Map(_) | Value::Keyed(_) => Err(self.no_mapping()),
            plain => self.option(&text(plain)),
        }
    }

    fn truth(&self, truth: bool) -> Result<Vec<String>, ArgumentFault> {
        match (self.style.get("bools"), truth) {
            (Some("text"), _) => self.option(if truth { "true" } else { "false" }),
            (Some(_), true) => Ok(vec![quote(&self.name(""))?]),
            (Some("flag"), false) => Ok(Vec::new()),
            (Some(_), false) => Ok(vec![quote(&self.name("no-"))?]),
            (None, _) => Err((
                format!("`{}` is a boolean, and programs differ in how they take these", self.param),
                "write `{{args bools=flag}}` for `--x` or nothing, `bools=no` for `--x` or `--no-x`, \
                 `bools=text` for `--x=true` (argparse's `type=bool` reads even `--x=false` as true)"
                    .to_owned(),
            )),
        }
    }

    fn list(&self, items: &[Value]) -> Result<Vec<String>, ArgumentFault> {
        let Some(chosen) = self.style.get("lists") else {
            return Err((
                format!("`{}` is a list, and programs differ in how they take these", self.param),
                "write `{{args lists=words}}` for `--x 1 2` (argparse's nargs), `lists=repeat` for `--x=1 --x=2`, \
                 `lists=commas` for `--x=1,2`, `lists=json` for `--x='[1, 2]'`"
                    .to_owned(),
            ));
        };
        if chosen == "json" {
            return self.option(&json(self.value));
        }
        let is_nested = |item: &Value| {
            matches!(item, Value::List(_) | Value::Map(_) | Value::Keyed(_) | Value::Null)
        };
        if items.iter().any(is_nested) {
            let message = format!("`{}` contains an item that is not a plain value", self.param);
            return Err((
                message,
                "write `lists=json`, or pass the whole config: `{{cfg}}`".to_owned(),
            ));
        }
        let texts: Vec<String> = items.iter().map(text).collect();
        match chosen {
            "repeat" => {
                let each = texts.iter().map(|text| self.option(text));
                Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
            }
            "commas" if texts.iter().any(|text| text.contains(',')) => {
                let message = format!("an item of `{}` contains a comma", self.param);
                Err((message, "write `lists=json` or `lists=repeat`".to_owned()))
            }
            "commas" => self.option(&texts.join(",")),
            _ => self.words(&texts),
        }
    }

    /// Returns the name and each item as a word of its own.
    fn words(&self, texts: &[String]) -> Result<Vec<String>, ArgumentFault> {
        let mut words = vec![quote(&self.name(""))?];
        for text in texts {
            self.check_word(text)?;
            words.push(quote(text)?);
        }
        Ok(words)
    }

    /// Returns an option with a text as its value.
    fn option(&self, text: &str) -> Result<Vec<String>, ArgumentFault> {
        if self.style.get("sep") == Some(" ") {
            self.check_word(text)?;
            return Ok(vec![quote(&self.name(""))?, quote(text)?]);
        }
        Ok(vec![pair(&self.name(""), text)?])
    }

    /// Refuses a word that a program would take for an option.
    fn check_word(&self, text: &str) -> Result<(), ArgumentFault> {
        if text.starts_with('-') && text.parse::<f64>().is_err() {
            let message =
                format!("`{}` has the value `{text}`, which looks like an option", self.param);
            return Err((
                message,
                "pass it after a `=`: use `lists=repeat` without `sep=\" \"`".to_owned(),
            ));
        }
        Ok(())
    }

    fn name(&self, no: &str) -> String {
        format!("{}{no}{}", self.style.get("prefix").unwrap_or("--"), self.param)
    }

    fn hydra(&self) -> Result<String, ArgumentFault> {
        let prefix = self.style.get("prefix").unwrap_or_default();
        if !hydra_text::is_key(self.param) {
            let message = format!("`{}` cannot be a key on a Hydra command line", self.param);
            return Err((
                message,
                "keys may contain letters, digits, `_`, `-`, `.` and `/`".to_owned(),
            ));
        }
        pair(&format!("{prefix}{}", self.param), &hydra_value(self.value))
    }

    /// Returns the name of a variable, and its assignment.
    fn variable(&self) -> Result<Option<(String, String)>, ArgumentFault> {
        let value = match self.value {
            Value::Null => match self.null()? {
                None => return Ok(None),
                Some(text) => text,
            },
            Value::Bool(truth) => truth.to_string(),
            Value::List(_) | Value::Map(_) | Value::Keyed(_) => json(self.value),
            plain => text(plain),
        };
        let prefix = self.style.get("prefix").unwrap_or_default();
        let letters = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let mut name: String = format!("{prefix}{}", self.param).chars().map(letters).collect();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            name.insert(0, '_');
        }
        let word = pair(&name, &value)?;
        Ok(Some((name, word)))
    }

    /// Returns the text that stands for null; none where it is to be left out.
    fn null(&self) -> Result<Option<String>, ArgumentFault> {
        match self.style.get("nulls") {
            Some("omit") => Ok(None),
            Some(text) => Ok(Some(text.to_owned())),
            None => Err((
                format!("`{}` is null, and programs differ in how they take it", self.param),
                "write `nulls=omit` to leave it out, or give the text to pass: `nulls=None`"
                    .to_owned(),
            )),
        }
    }

    fn no_mapping(&self) -> ArgumentFault {
        let message = format!("`{}` is a mapping", self.param);
        (message, "pass the whole config: `{{cfg}}`, `{{cfg_json}}` or `{{cfg_toml}}`".to_owned())
    }
}

/// Returns a name and its value as one word. Each is quoted by itself, since a shell takes no name in quotes for a variable.
fn pair(name: &str, value: &str) -> Result<String, ArgumentFault> {
    Ok(format!("{}={}", quote(name)?, quote(value)?))
}

/// Quotes a text as one word of a POSIX shell.
fn quote(text: &str) -> Result<String, ArgumentFault> {
    shlex::try_quote(text).map(std::borrow::Cow::into_owned).map_err(|_| {
        let message =
            "a value contains a NUL character, which a command line cannot hold".to_owned();
        (message, "pass the whole config instead: `{{cfg}}`".to_owned())
    })
}
