//! The command of a sweep of Weights & Biases: its macros, and how parameters reach the program.

use std::fmt::Write;

use sweep_config::Value;
use sweep_config::yaml::SourceMark;

use crate::convert::draft::DraftEntry;
use crate::convert::note::ConversionNote;
use crate::convert::parameter::{self, ParameterPlan};
use crate::convert::source::{SourceItem, SourceSection};

/// The command that Weights & Biases runs if the file has none.
const USUAL: [&str; 4] = ["${env}", "${interpreter}", "${program}", "${args}"];

/// The macros for all parameters, with our placeholder, what stands before each name, and what between it and its value.
const ARGUMENTS: [(&str, (&str, &str, &str)); 6] = [
    ("${args}", ("args", "--", "=")),
    ("${args_no_hyphens}", ("args", "", "=")),
    ("${args_no_equals}", ("args", "--", " ")),
    ("${args_no_boolean_flags}", ("args", "--", "=")),
    ("${args_append_hydra}", ("hydra_args", "+", "=")),
    ("${args_override_hydra}", ("hydra_args", "++", "=")),
];

/// Reads `program` and `command`; returns the entries of `LAUNCH`.
pub(super) fn read(
    section: &SourceSection<'_>,
    plans: &[ParameterPlan],
    is_parted: bool,
) -> Vec<DraftEntry> {
    let program = section.get("program");
    let given = section.get("command");
    if program.is_none() && given.is_none() {
        let mark = section.whole.mark;
        let why = "the file names no program (a sweep from a notebook, or a Launch job): write what runs a job, \
                   such as `COMMAND: python train.py {{args}}`";
        return vec![DraftEntry::note(ConversionNote::dropped(
            "COMMAND",
            SourceMark { line: 0, ..mark },
            why,
        ))];
    }
    let mut build =
        CommandBuild { words: Vec::new(), notes: Vec::new(), program, plans, is_parted };
    match &given {
        None => USUAL.iter().for_each(|word| build.word(word, &section.whole)),
        Some(given) => {
            for item in given.list().unwrap_or_default() {
                if let Some(word) = item.text() {
                    build.word(&word, &item);
                }
            }
        }
    }
    let named = given.as_ref().or(build.program.as_ref()).unwrap_or(&section.whole);
    let why = "WANDB_DIR puts the files of W&B into the directory of the job, where sweep_collect reads them";
    let kept = ConversionNote::kept(named.path.clone(), named.mark, why);
    let command = format!("WANDB_DIR={{{{out_dir}}}} {}", build.words.join(" "));
    vec![DraftEntry::text("COMMAND", &command).with(kept).with_all(build.notes)]
}

/// A command under way.
struct CommandBuild<'p, 'a> {
    words: Vec<String>,
    notes: Vec<ConversionNote>,
    program: Option<SourceItem<'a>>,
    plans: &'p [ParameterPlan],
    /// True if no placeholder passes all parameters under their names.
    is_parted: bool,
}

impl CommandBuild<'_, '_> {
    /// Appends a word of the command.
    fn word(&mut self, word: &str, item: &SourceItem<'_>) {
        if let Some((_, form)) = ARGUMENTS.iter().find(|(known, _)| *known == word) {
            return self.arguments(word, *form, item);
        }
        let text = match word {
            "${env}" => "/usr/bin/env".to_owned(),
            "${interpreter}" => "python".to_owned(),
            "${program}" => match self.program.as_ref().map(SourceItem::text) {
                Some(Some(program)) => quoted(&program, item),
                Some(None) => return,
                None => {
                    return item.problem("`${program}` needs the key `program`", None);
                }
            },
            "${args_json}" => "\"$(cat {{cfg_json}})\"".to_owned(),
            "${args_json_file}" => "{{cfg_json}}".to_owned(),
            _ if word.contains("${envvar:") => return self.variable(word, item),
            _ if word.starts_with("${") && word.ends_with('}') => {
                let hint = "the macros are env, interpreter, program, args, args_no_hyphens, args_no_equals, \
                            args_no_boolean_flags, args_append_hydra, args_override_hydra, args_json, \
                            args_json_file and envvar:NAME";
                let message =
                    format!("`{word}` is not a macro of Weights & Biases, which leaves it out");
                return item.problem(message, Some(hint));
            }
            _ => quoted(word, item),
        };
        self.words.push(text);
    }

    /// Appends the placeholder for all parameters, with the forms of the values that there are.
    fn arguments(
        &mut self,
        word: &str,
        (form, prefix, separator): (&str, &str, &str),
        item: &SourceItem<'_>,
    ) {
        if self.is_parted {
            self.words.push(parameter::words(self.plans, prefix, separator));
            return;
        }
        let mut choices = String::new();
        if (form, prefix) != ("args", "--") && (form, prefix) != ("hydra_args", "") {
            let _ = write!(choices, " prefix=\"{prefix}\"");
        }
        if separator != "=" {
            let _ = write!(choices, " sep=\"{separator}\"");
        }
        if form == "args" {
            choices.push_str(&self.forms(word, item));
        }
        if self.plans.iter().any(|plan| plan.path.contains('.')) {
            let why = "nested parameters are passed one by one, `--a.b=1`; Weights & Biases passes the outer one as \
                       a mapping";
            self.notes.push(ConversionNote::approximated(word, item.mark, why));
        }
        self.words.push(format!("{{{{{form}{choices}}}}}"));
    }

    /// Returns the choices of a placeholder for values that programs take in several forms.
    fn forms(&mut self, word: &str, item: &SourceItem<'_>) -> String {
        let values: Vec<&Value> = self.plans.iter().flat_map(|plan| plan.law.values()).collect();
        let mut choices = String::new();
        let mut notes = Vec::new();
        if values.iter().any(|value| matches!(value, Value::Bool(_))) {
            if word == "${args_no_boolean_flags}" {
                choices.push_str(" bools=flag");
            } else {
                choices.push_str(" bools=text");
                notes.push(
                    "Weights & Biases passes `True` and `False`, this passes `true` and `false`",
                );
            }
        }
        if values.iter().any(|value| matches!(value, Value::List(_))) {
            choices.push_str(" lists=json");
            notes.push("lists are passed as JSON, `[1, 2]`; Weights & Biases passes text in Python's quotes");
        }
        if values.iter().any(|value| matches!(value, Value::Null)) {
            choices.push_str(" nulls=None");
        }
        if values.iter().any(|value| matches!(value, Value::Map(_) | Value::Keyed(_))) {
            notes.push(
                "a value that is a mapping cannot be an argument: let the program read {{cfg}}",
            );
        }
        let note = |why: &str| ConversionNote::approximated(word, item.mark, why);
        self.notes.extend(notes.into_iter().map(note));
        choices
    }

    /// Appends a word with variables of the environment.
    fn variable(&mut self, word: &str, item: &SourceItem<'_>) {
        let mut text = String::from("\"");
        let mut rest = word;
        while let Some((before, after)) = rest.split_once("${envvar:") {
            let Some((name, behind)) = after.split_once('}') else { break };
            let is_name =
                !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !is_name || before.contains(['"', '$', '`', '\\', '{']) {
                return item.problem(format!("`{word}` cannot be converted"), None);
            }
            text.push_str(before);
            // Weights & Biases puts the name itself for a variable that is not set.
            let _ = write!(text, "${{{name}:-{name}}}");
            rest = behind;
        }
        if rest.contains(['"', '$', '`', '\\', '{']) {
            return item.problem(format!("`{word}` cannot be converted"), None);
        }
        text.push_str(rest);
        text.push('"');
        self.words.push(text);
    }
}

/// Quotes a word for the shell; braces that a template would read are a problem.
fn quoted(word: &str, item: &SourceItem<'_>) -> String {
    if word.contains("{{") {
        item.problem(
            format!("`{word}` has `{{{{`, which a command here reads as a placeholder"),
            None,
        );
    }
    if let Ok(quoted) = shlex::try_quote(word) {
        return quoted.into_owned();
    }
    item.problem("contains a NUL character", None);
    String::new()
}
