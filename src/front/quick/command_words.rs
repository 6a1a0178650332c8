//! The words after `--` as a command template (pure).

use std::path::Path;

use crate::app::Failure;
use crate::runtime::command::CommandTemplate;

/// Returns the text of `LAUNCH.COMMAND`. Words are quoted as they were for the shell that read them, placeholders are not;
/// one word with blanks is a line for a shell.
///
/// # Errors
///
/// When it is no template, or names nothing of the job.
pub(super) fn command(words: &[String]) -> Result<String, Failure> {
    let text = match words {
        [line] if line.trim().contains(char::is_whitespace) => line.clone(),
        words => joined(words)?,
    };
    let template = CommandTemplate::parse(&text)?;
    if !template.depends_on_job() {
        let message = format!("the command `{text}` uses no parameter");
        let hint = format!(
            "show where the parameters go: `-- {text} '{{{{args}}}}'`, or `{{{{cfg}}}}` for a config file"
        );
        return Err(Failure::usage(message, hint));
    }
    Ok(text)
}

/// Joins words to a line for a shell, in which placeholders stand as they are.
///
/// # Errors
///
/// When a word cannot be quoted.
pub(crate) fn joined(words: &[String]) -> Result<String, Failure> {
    let mut text = String::new();
    let mut is_inside = false;
    for word in words {
        if !text.is_empty() {
            text.push(' ');
        }
        if word.is_empty() {
            text.push_str("''");
        }
        push(&mut text, word, &mut is_inside)?;
    }
    Ok(text)
}

/// Appends a word, quoted outside of placeholders, which may have begun in an earlier word.
fn push(text: &mut String, word: &str, is_inside: &mut bool) -> Result<(), Failure> {
    let mut rest = word;
    while !rest.is_empty() {
        let end = if *is_inside { "}}" } else { "{{" };
        let (part, found) = match rest.find(end) {
            Some(at) if *is_inside => (&rest[..at + closing(&rest[at..])], true),
            Some(at) => (&rest[..at], true),
            None => (rest, false),
        };
        rest = &rest[part.len()..];
        if *is_inside {
            text.push_str(part);
        } else if !part.is_empty() {
            let nul = |_| Failure::usage("the command contains a NUL character", "remove it");
            text.push_str(&shlex::try_quote(part).map_err(nul)?);
        }
        *is_inside ^= found;
    }
    Ok(())
}

/// Returns the length of the braces that a text begins with.
fn closing(text: &str) -> usize {
    text.len() - text.trim_start_matches('}').len()
}

/// Returns a name for what the command runs: its script, or else its program.
pub(crate) fn program(words: &[String]) -> String {
    let words: Vec<&str> = words.iter().flat_map(|word| word.split_whitespace()).collect();
    let is_script = |word: &&&str| {
        let extension = Path::new(word).extension();
        extension.is_some_and(|extension| extension == "py" || extension == "sh")
    };
    let module = words.iter().position(|word| *word == "-m").and_then(|at| words.get(at + 1));
    let word = words.iter().find(is_script).or(module).or(words.first()).copied();
    let stem = Path::new(word.unwrap_or_default()).file_stem().unwrap_or_default();
    let stem = stem.to_string_lossy().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let stem = stem.trim_matches('-');
    if stem.is_empty() { "sweep".to_owned() } else { stem.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &[&str]) -> String {
        command(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn words_are_quoted_and_placeholders_are_not() {
        assert_eq!(text(&["python", "train.py", "{{args}}"]), "python train.py {{args}}");
        assert_eq!(text(&["x", "{{args", "bools=flag}}", "a b"]), "x {{args bools=flag}} 'a b'");
        assert_eq!(text(&["x", "--out=a b/{{index}}/c d"]), "x '--out=a b/'{{index}}'/c d'");
        assert_eq!(text(&["x {{args}} | tee log"]), "x {{args}} | tee log");
        assert_eq!(text(&["x", "", "{{{cfg}}}", "$HOME"]), "x '' {{{cfg}}} '$HOME'");
    }

    #[test]
    fn a_command_without_a_parameter_is_refused_with_one() {
        let words = ["python", "train.py"].map(str::to_owned);
        let Err(Failure::Usage { hint: Some(hint), .. }) = command(&words) else { panic!() };
        assert!(hint.contains("`-- python train.py '{{args}}'`"), "{hint}");
        assert!(command(&["{{nothing".to_owned(), "here}".to_owned()]).is_err());
    }

    #[test]
    fn the_name_is_that_of_the_script() {
        let name = |line: &str| program(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(name("python3 -u src/train_net.py {{args}}"), "train-net");
        assert_eq!(name("python -m pkg.train {{args}}"), "pkg");
        assert_eq!(name("./fit {{args}}"), "fit");
    }
}
