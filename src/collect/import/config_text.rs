//! The sweep config of an import: its design space as the runs show it, and what they are ranked by (pure).

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use sweep_config::{Map, Value, yaml};

use super::imported_run::ImportedSource;
use super::space::ImportedSpace;

/// The key of the section that an import writes.
const SETUP: &str = "SETUP:";

/// Returns the text of a sweep config.
pub(super) fn config_text(
    name: &str,
    origin: &str,
    source: &ImportedSource,
    space: &ImportedSpace,
    has_samplers: bool,
) -> String {
    let text = |text: &str| Value::Str(text.to_owned());
    let count = i64::try_from(source.runs.len()).unwrap_or(i64::MAX);
    let mut setup = Map::from([("NUM_CONFIGS".to_owned(), Value::Int(count))]);
    let (samplers, base) = (space.samplers(), space.base());
    if has_samplers && !samplers.is_empty() {
        setup.insert("SAMPLERS".to_owned(), Value::Map(samplers));
    }
    if has_samplers && !base.is_empty() {
        setup.insert("BASE_CFG".to_owned(), Value::Map(base));
    }
    let mut config = Map::from([
        ("NAME".to_owned(), text(name)),
        ("DESC".to_owned(), text(&format!("imported from {origin}"))),
        ("SETUP".to_owned(), Value::Map(setup)),
    ]);
    let objective = |(metric, goal): &(String, sweep_config::ObjectiveGoal)| {
        Value::Map(Map::from([
            ("METRIC".to_owned(), text(metric)),
            ("GOAL".to_owned(), text(goal.name())),
        ]))
    };
    let mut objectives: Vec<Value> = source.objectives.iter().map(objective).collect();
    if !objectives.is_empty() {
        let objective =
            if objectives.len() == 1 { objectives.remove(0) } else { Value::List(objectives) };
        let analyze = Map::from([("OBJECTIVE".to_owned(), objective)]);
        config.insert("ANALYZE".to_owned(), Value::Map(analyze));
    }
    format!(
        "# Written by `sweep_collect --import`. The runs are over: none of these jobs is ever run again. Each import writes\n\
         # SETUP again; all else is yours.\n{}",
        yaml::write(&Value::Map(config))
    )
}

/// Returns the digest of a text.
pub(super) fn digest(text: &str) -> String {
    let mut hex = "sha256:".to_owned();
    for byte in Sha256::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Puts the section `SETUP` of a new text into one that somebody edited; `None` if either has none at its top.
pub(super) fn with_setup_of(edited: &str, new: &str) -> Option<String> {
    let (before, _, after) = around_setup(edited)?;
    let (_, setup, _) = around_setup(new)?;
    Some([before, setup, after].concat())
}

/// Splits a text before and behind its section `SETUP`.
fn around_setup(text: &str) -> Option<(&str, &str, &str)> {
    let mut at = 0;
    let mut begin = None;
    for line in text.split_inclusive('\n') {
        let is_key = !line.starts_with([' ', '\t', '#', '\n', '\r']);
        match begin {
            None if line.starts_with(SETUP) => begin = Some(at),
            Some(begin) if is_key => return Some((&text[..begin], &text[begin..at], &text[at..])),
            _ => {}
        }
        at += line.len();
    }
    begin.map(|begin| (&text[..begin], &text[begin..], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_edited_keeps_all_but_its_setup() {
        let edited =
            "# mine\nNAME: a\nSETUP:\n  NUM_CONFIGS: 1\n\n# more\nANALYZE: {OBJECTIVE: x}\n";
        let new = "NAME: b\nSETUP:\n  NUM_CONFIGS: 2\nDESC: c\n";
        assert_eq!(
            with_setup_of(edited, new).unwrap(),
            "# mine\nNAME: a\nSETUP:\n  NUM_CONFIGS: 2\nANALYZE: {OBJECTIVE: x}\n"
        );
        assert_eq!(with_setup_of("NAME: a\n", new), None);
    }
}
