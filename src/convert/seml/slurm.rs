//! The block `slurm`: what SEML asks of the cluster.

use sweep_config::yaml::{NodeKind, SourceMark};
use sweep_config::{Value, yaml};

use super::block::is_removed;
use crate::convert::draft::DraftEntry;
use crate::convert::note::ConversionNote;
use crate::convert::source::{SourceItem, SourceSection};

/// The options that have a key of their own, by their long names.
const KEYS: [(&str, &str); 12] = [
    ("partition", "PARTITION"),
    ("account", "ACCOUNT"),
    ("qos", "QOS"),
    ("reservation", "RESERVATION"),
    ("comment", "COMMENT"),
    ("constraint", "CONSTRAINT"),
    ("gres", "GRES"),
    ("exclude", "EXCLUDE"),
    ("nodelist", "NODELIST"),
    ("nodes", "NODES"),
    ("ntasks-per-node", "TASKS_PER_NODE"),
    ("mail-user", "MAIL"),
];

/// The long names of short options.
const SHORT: [(&str, &str); 11] = [
    ("p", "partition"),
    ("A", "account"),
    ("q", "qos"),
    ("C", "constraint"),
    ("x", "exclude"),
    ("w", "nodelist"),
    ("N", "nodes"),
    ("c", "cpus-per-task"),
    ("t", "time"),
    ("n", "ntasks"),
    ("J", "job-name"),
];

/// The options that sweepkit itself sets.
const OURS: [&str; 5] = ["job-name", "output", "error", "array", "signal"];

/// The options of SEML for files that do not set them.
const USUAL: [(&str, &str); 3] = [("time", "0-08:00"), ("cpus-per-task", "1"), ("mem", "8G")];

/// Reads the block.
pub(super) fn read(item: &SourceItem<'_>) -> Vec<DraftEntry> {
    let mut entries = vec![
        DraftEntry::line("EXECUTOR", "slurm").with(ConversionNote::kept("slurm", item.mark, "")),
    ];
    let blocks = match &item.node.kind {
        NodeKind::List(_) => item.list().unwrap_or_default(),
        NodeKind::Map(_) => vec![item.clone()],
        _ => Vec::new(),
    };
    let mut options = None;
    if let Some(section) = blocks.first().and_then(SourceItem::section) {
        options = Some(of_block(&section, &mut entries));
    }
    let options = options.unwrap_or_default();
    entries.extend(of_options(&options, item));
    for other in blocks.iter().skip(1) {
        let why = "jobs are offered to the first block only: a list in PARTITION offers them to several partitions";
        entries.push(DraftEntry::note(ConversionNote::dropped(
            other.path.clone(),
            other.mark,
            why,
        )));
    }
    entries
}

/// An option of sbatch, with its place.
type PlacedOption<'a> = (String, SourceItem<'a>);

/// Reads one block but for its options, which are returned.
fn of_block<'a>(
    section: &SourceSection<'a>,
    entries: &mut Vec<DraftEntry>,
) -> Vec<PlacedOption<'a>> {
    if let Some(item) = section.get("experiments_per_job")
        && let Some(count) = item.count()
        && count > 1
    {
        let why = "the number of jobs that run at once in a task, which takes further jobs while its time allows";
        let note = ConversionNote::approximated(item.path.clone(), item.mark, why);
        entries.push(DraftEntry::line("PARALLEL_PER_TASK", count.to_string()).with(note));
    }
    if let Some(item) = section.get("max_simultaneous_jobs")
        && let Some(count) = item.count()
    {
        let why = "counts jobs here, and tasks in SEML";
        let note = ConversionNote::approximated(item.path.clone(), item.mark, why);
        entries.push(DraftEntry::line("PARALLEL_JOBS", count.to_string()).with(note));
    }
    if let Some(item) = section.get("sbatch_options_template") {
        let why = "the template is in your settings of SEML: write its options here";
        entries.push(DraftEntry::note(ConversionNote::dropped(item.path.clone(), item.mark, why)));
    }
    let mut options = Vec::new();
    if let Some(given) = section.get("sbatch_options").filter(|given| !given.is_nothing())
        && let Some(inner) = given.section()
    {
        for item in inner.rest() {
            let name = item.key.trim_start_matches('-');
            let long =
                SHORT.iter().find(|(short, _)| *short == name).map_or(name, |(_, long)| *long);
            options.push((long.to_owned(), item));
        }
    }
    section.finish("a block under `slurm`");
    options
}

/// Writes the options, and those that SEML adds.
fn of_options(options: &[PlacedOption<'_>], block: &SourceItem<'_>) -> Vec<DraftEntry> {
    let mut entries = Vec::new();
    let mut extra = Vec::new();
    let mut notes = Vec::new();
    let has = |name: &str| {
        options.iter().any(|(other, _)| {
            other == name
                || (name == "mem" && ["mem-per-cpu", "mem-per-gpu"].contains(&other.as_str()))
                || (name == "cpus-per-task" && other == "cpus-per-gpu")
        })
    };
    for (name, value) in USUAL.into_iter().filter(|(name, _)| !has(name)) {
        extra.push(format!("--{name}={value}"));
        let key = format!("--{name}={value}");
        notes.push(ConversionNote::kept(
            key,
            SourceMark { line: 0, ..block.mark },
            "the default of SEML",
        ));
    }
    for (name, item) in options.iter().filter(|(_, item)| !is_removed(item)) {
        if OURS.contains(&name.as_str()) {
            let why = "sweepkit sets this option";
            entries.push(DraftEntry::note(ConversionNote::dropped(
                item.path.clone(),
                item.mark,
                why,
            )));
            continue;
        }
        let Some(text) = option_text(item) else { continue };
        if let Some((_, key)) = KEYS.iter().find(|(option, _)| option == name) {
            let note = ConversionNote::kept(item.path.clone(), item.mark, "");
            entries.push(DraftEntry::text(key, &text).with(note));
            continue;
        }
        extra.push(if text.is_empty() { format!("--{name}") } else { format!("--{name}={text}") });
        notes.push(option_note(item, &text));
    }
    if !extra.is_empty() {
        let items = extra.iter().map(|option| yaml::flow(&Value::Str(option.replace('$', "$$"))));
        let list = format!("[{}]", items.collect::<Vec<_>>().join(", "));
        entries.push(DraftEntry::line("EXTRA", list).with_all(notes));
    }
    entries
}

/// Returns the value of an option as text; empty for an option without value.
fn option_text(item: &SourceItem<'_>) -> Option<String> {
    match &item.node.kind {
        NodeKind::Scalar(Value::Null | Value::Bool(true)) => Some(String::new()),
        _ => item.text(),
    }
}

/// Returns the note on an option: a time such as `12:30:00` is a number to PyYAML.
fn option_note(item: &SourceItem<'_>, text: &str) -> ConversionNote {
    if text.contains(':') && matches!(item.node.kind, NodeKind::Scalar(Value::Int(_))) {
        let number = sweep_config::python::text(&item.value());
        let why =
            format!("SEML (PyYAML) reads `{text}` as the number {number}; here it is the time");
        return ConversionNote::approximated(item.path.clone(), item.mark, why);
    }
    ConversionNote::kept(item.path.clone(), item.mark, "")
}
