//! Reads the options in the help of a program (pure): argparse, click, typer, tyro, and what looks like them.

use regex::Regex;
use sweep_config::Value;

use super::script_option::{OptionKind, ScriptOption};

/// The words by which click, typer and tyro name a type.
const TYPES: [(&str, OptionKind); 8] = [
    ("INT", OptionKind::Whole),
    ("INTEGER", OptionKind::Whole),
    ("FLOAT", OptionKind::Number),
    ("BOOL", OptionKind::Truth),
    ("BOOLEAN", OptionKind::Truth),
    ("TEXT", OptionKind::Text),
    ("STR", OptionKind::Text),
    ("PATH", OptionKind::Text),
];

/// Returns the options of a help, in their order, without those that every program has.
pub(super) fn options(help: &str) -> Vec<ScriptOption> {
    let mut found: Vec<(String, String)> = Vec::new();
    let head = Regex::new(
        r"^\*?\s*(?:-\w(?:[ =][^\s,-]\S*)?(?: [A-Z\[\]. ]+)?,\s+)?--([A-Za-z][\w.-]*)(.*)$",
    )
    .expect("the pattern is right");
    let mut is_open = false;
    for line in help.lines() {
        let line = line.trim_matches(|c: char| c.is_whitespace() || "│┃|".contains(c));
        if let Some(parts) = head.captures(line) {
            found.push((parts[1].to_owned(), parts[2].to_owned()));
            is_open = true;
        } else if line.is_empty() || line.ends_with(':') || line.starts_with(['╭', '╰', '┌', '└'])
        {
            is_open = false;
        } else if let Some((_, text)) = found.last_mut().filter(|_| is_open) {
            text.push_str("  ");
            text.push_str(line);
        }
    }
    let mut options: Vec<ScriptOption> = Vec::new();
    for (name, rest) in found {
        let is_known = options.iter().any(|option| option.name == name);
        if !is_known
            && !["help", "version", "install-completion", "show-completion"]
                .contains(&name.as_str())
        {
            options.push(option(name, &rest));
        }
    }
    options
}

/// Reads what stands behind the name of an option.
fn option(name: String, rest: &str) -> ScriptOption {
    let twin = format!("--no-{name}");
    let negatable =
        rest.split_whitespace().take(4).any(|word| word.trim_matches([',', '/']) == twin);
    let rest = if negatable { rest.split_once(&twin).map_or("", |(_, rest)| rest) } else { rest };
    // Other names of the option follow it: `--lr LR, --learning-rate LR`.
    let others = Regex::new(r"^( ?\S*),\s+--[\w.-]+(?:[ =]\S+)?").expect("the pattern is right");
    let rest = others.replace(rest, "$1");
    let (metavar, about) = metavar(&rest);
    let default = default(&about);
    let kind = kind(metavar.as_deref(), negatable, default.as_deref());
    let default = default.and_then(|text| value(&text, &kind));
    ScriptOption { name, kind, default, negatable, about: sentence(&about) }
}

/// Splits what follows a name into the word for its value and the description.
fn metavar(rest: &str) -> (Option<String>, String) {
    let spaces = rest.len() - rest.trim_start().len();
    let text = rest.trim_start();
    // Typer puts the short name behind the long one.
    let text = match text.strip_prefix('-').and_then(|short| short.split_once(' ')) {
        Some((short, rest)) if short.trim_end_matches(',').len() == 1 => rest.trim_start(),
        _ => text,
    };
    let (word, about) = text.split_once("  ").unwrap_or((text, ""));
    let (word, about) = (word.trim(), about.trim());
    let is_type = word.starts_with(['{', '[', '<'])
        || word.chars().all(|c| !c.is_ascii_lowercase())
            && word.contains(|c: char| c.is_ascii_uppercase());
    let is_default = word.starts_with("[default") || word.starts_with("[required");
    let follows = spaces == 1 || rest.starts_with('=');
    if word.is_empty() || is_default || !(is_type || follows && !about.is_empty()) {
        return (None, text.to_owned());
    }
    (Some(word.trim_start_matches('=').to_owned()), about.to_owned())
}

/// Returns the kind of values that an option takes.
fn kind(metavar: Option<&str>, negatable: bool, default: Option<&str>) -> OptionKind {
    let Some(word) = metavar.filter(|_| !negatable) else { return OptionKind::Truth };
    if let Some(inner) = word.strip_prefix('{').and_then(|rest| rest.split('}').next()) {
        return choices(inner.split(','));
    }
    let inner = word.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let inner = inner.or_else(|| word.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')));
    if let Some(inner) = inner.filter(|inner| inner.contains('|')) {
        return choices(inner.split('|'));
    }
    if word.contains("...") {
        return OptionKind::List;
    }
    // Click has `FLOAT RANGE`.
    let bare =
        word.split(' ').next().unwrap_or_default().trim_matches(['<', '>']).to_ascii_uppercase();
    if let Some((_, kind)) = TYPES.iter().find(|(name, _)| *name == bare) {
        return kind.clone();
    }
    match default {
        Some(text) if text.parse::<i64>().is_ok() => OptionKind::Whole,
        Some(text) if text.parse::<f64>().is_ok() => OptionKind::Number,
        Some("True" | "False") => OptionKind::Truth,
        Some(_) => OptionKind::Text,
        None => OptionKind::Unknown,
    }
}

fn choices<'t>(words: impl Iterator<Item = &'t str>) -> OptionKind {
    OptionKind::Choice(
        words.map(|word| word.trim().to_owned()).filter(|it| !it.is_empty()).collect(),
    )
}

/// Returns the default that a description names.
fn default(about: &str) -> Option<String> {
    let pattern =
        Regex::new(r"(?i)(?:\bdefaults?\s*(?:is|to|[:=])\s*|[\[(]default\s+)([^\s\])(;,]+)")
            .expect("the pattern is right");
    let text = pattern.captures(about)?.get(1)?.as_str().trim_end_matches('.');
    let text = text.trim_matches(['\'', '"', '`']);
    (!text.is_empty() && text != "None").then(|| text.to_owned())
}

fn value(text: &str, kind: &OptionKind) -> Option<Value> {
    match kind {
        OptionKind::Whole => text.parse().ok().map(Value::Int),
        OptionKind::Number => text.parse().ok().map(Value::Float),
        OptionKind::Truth => match text.to_ascii_lowercase().as_str() {
            "true" => Some(Value::Bool(true)),
            "false" => Some(Value::Bool(false)),
            // Typer names the form: `[default: no-amp]`.
            other => Some(Value::Bool(!other.starts_with("no"))),
        },
        OptionKind::List | OptionKind::Unknown => None,
        _ => Some(Value::Str(text.to_owned())),
    }
}

/// Returns a description on one line, without what is said of the default.
fn sentence(about: &str) -> String {
    let default =
        Regex::new(r"(?i)[\[(]\s*(?:default|required)[^\])]*[\])]").expect("the pattern is right");
    let text = default.replace_all(about, "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the options of a recorded help, a line each: name, kind, default, if it can be negated.
    fn read(help: &str) -> Vec<String> {
        let line = |option: &ScriptOption| {
            let default = option.default.as_ref().map(|value| format!(" {}", value.to_json()));
            let negatable = if option.negatable { " no" } else { "" };
            format!("{} {:?}{}{negatable}", option.name, option.kind, default.unwrap_or_default())
        };
        options(help).iter().map(line).collect()
    }

    #[test]
    fn argparse_tells_defaults_or_not() {
        let help = "usage: ap.py [-h] [--lr LR] [-b N] data\n\npositional arguments:\n  data                  the data\n\n\
            options:\n  -h, --help            show this help message and exit\n  --lr LR, --learning-rate LR\n\
            \x20                       learning rate (default: 0.1)\n\
            \x20 -b N, --batch-size N  samples a step (default: 128)\n  --opt {sgd,adam}\n\
            \x20 --weight-decay WEIGHT_DECAY\n  --widths WIDTHS [WIDTHS ...]\n\
            \x20 --amp                 mixed precision, the default precision else (default: False)\n\
            \x20 --nesterov, --no-nesterov\n  --output-dir OUTPUT_DIR\n";
        assert_eq!(
            read(help),
            [
                "lr Number 0.1",
                "batch-size Whole 128",
                "opt Choice([\"sgd\", \"adam\"])",
                "weight-decay Unknown",
                "widths List",
                "amp Truth false",
                "nesterov Truth no",
                "output-dir Unknown",
            ]
        );
    }

    #[test]
    fn click_names_types() {
        let help = "Usage: cl.py [OPTIONS]\n\nOptions:\n  --lr FLOAT             Learning rate.  [default: 0.001]\n\
            \x20 -d, --depth INTEGER    [default: 4]\n  --opt [sgd|adam]       [default: sgd]\n\
            \x20 --amp / --no-amp       Mixed precision.  [default: no-amp]\n\
            \x20 --dropout FLOAT RANGE  [default: 0.1; 0<=x<=1]\n  --help                 Show this message and exit.\n";
        assert_eq!(
            read(help),
            [
                "lr Number 0.001",
                "depth Whole 4",
                "opt Choice([\"sgd\", \"adam\"]) \"sgd\"",
                "amp Truth false no",
                "dropout Number 0.1",
            ]
        );
    }

    #[test]
    fn boxes_of_typer_and_tyro_are_seen_through() {
        let typer = "╭─ Options ─────╮\n│    --lr                     <float>     [default: 0.001]   │\n\
            │    --depth  -d              <int>       Layers [default: 4]  │\n\
            │    --opt                    <sgd|adam>  [default: sgd]   │\n\
            │    --amp        --no-amp    <bool>      [default: no-amp]  │\n\
            │ *  --tag                    <str>       [required]    │\n╰─────╯\n";
        assert_eq!(
            read(typer),
            [
                "lr Number 0.001",
                "depth Whole 4",
                "opt Choice([\"sgd\", \"adam\"]) \"sgd\"",
                "amp Truth false no",
                "tag Text",
            ]
        );
        let tyro = "╭─ options ───╮\n│ -h, --help               show this help message and exit │\n\
            │ --amp, --no-amp          (default: False)                │\n╰────╯\n\
            ╭─ optim options ──╮\n│ --optim.lr FLOAT         Learning rate. (default: 0.001) │\n\
            │ --optim.name {sgd,adam}  (default: sgd)                  │\n╰──────╯\n";
        assert_eq!(
            read(tyro),
            [
                "amp Truth false no",
                "optim.lr Number 0.001",
                "optim.name Choice([\"sgd\", \"adam\"]) \"sgd\""
            ]
        );
    }
}
