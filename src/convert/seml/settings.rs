//! The block `seml`: the program, its environment, and the name of the sweep.

use super::named_configs::{KEY, NamedConfigs};
use crate::convert::ConversionChoices;
use crate::convert::draft::{DraftEntry, SweepDraft};
use crate::convert::note::ConversionNote;
use crate::convert::source::{SourceItem, SourceSection};
use crate::convert::sweep_name;

/// Reads the block, which may be missing.
pub(super) fn read(
    section: Option<&SourceSection<'_>>,
    named: NamedConfigs,
    choices: &ConversionChoices,
    draft: &mut SweepDraft,
) {
    let get = |key: &str| section.and_then(|section| section.get(key));
    let name = get("name");
    let text = name.as_ref().and_then(SourceItem::text);
    let given =
        name.as_ref().zip(text.as_deref()).map(|(item, text)| (text, "seml.name", item.mark));
    draft.top.push(sweep_name::entry(given, &choices.stem));
    if let Some(item) = get("description")
        && let Some(text) = item.text()
    {
        let key = "seml.description";
        let note = if text.contains("${") {
            ConversionNote::approximated(key, item.mark, "references in it stay as they are")
        } else {
            ConversionNote::kept(key, item.mark, "")
        };
        draft.top.push(DraftEntry::text("DESC", text.trim()).with(note));
    }
    draft.launch.push(command(
        get("executable").as_ref(),
        named,
        section.map(|section| &section.whole),
    ));
    if let Some(section) = section {
        draft.launch.extend(surroundings(section));
        section.finish("the block `seml`");
    }
}

/// Reads what a job finds around it: its code, its environment, and its last minutes.
fn surroundings(section: &SourceSection<'_>) -> Vec<DraftEntry> {
    let mut launch = Vec::new();
    if let Some(item) = section.get("project_root_dir")
        && let Some(text) = item.text()
    {
        let why = "all of the directory is copied, SEML uploads what the program imports; a relative path starts at \
                   the directory of your call here, at the file in SEML";
        let note = ConversionNote::approximated("seml.project_root_dir", item.mark, why);
        launch.push(DraftEntry::text("CODE_DIR", &text).with(note));
    }
    if let Some(item) = section.get("conda_environment")
        && let Some(text) = item.text()
    {
        let note = ConversionNote::kept("seml.conda_environment", item.mark, "");
        launch.push(DraftEntry::text("CONDA_ENV", &text).with(note));
    }
    if let Some(item) = section.get("reschedule_timeout")
        && let Some(seconds) = item.count()
    {
        let why = "the program itself gets USR1 this many seconds before the end, where SEML calls its \
                   reschedule_hook; the job continues in another task";
        let note = ConversionNote::approximated("seml.reschedule_timeout", item.mark, why);
        launch.push(DraftEntry::line("SIGNAL_BEFORE", seconds.to_string()).with(note));
    }
    for (key, why) in [
        ("output_dir", "logs are in the directory of each job, ROOT_DIR/NAME/logs"),
        ("stash_all_py_files", "CODE_DIR copies a directory"),
    ] {
        if let Some(item) = section.get(key) {
            launch.push(DraftEntry::note(ConversionNote::dropped(
                format!("seml.{key}"),
                item.mark,
                why,
            )));
        }
    }
    launch
}

/// Returns the command, which calls the experiment as Sacred's command line does.
fn command(
    executable: Option<&SourceItem<'_>>,
    named: NamedConfigs,
    block: Option<&SourceItem<'_>>,
) -> DraftEntry {
    let mark = block.map_or_else(Default::default, |block| block.mark);
    let Some(text) = executable.and_then(SourceItem::text) else {
        let why = "the file names no executable: write what runs a job, such as `COMMAND: python train.py with {{cfg_json}}`";
        return DraftEntry::note(ConversionNote::dropped("COMMAND", mark, why))
            .with_all(named.notes);
    };
    let quoted = shlex::try_quote(&text).map_or(text.clone(), std::borrow::Cow::into_owned);
    let words = [vec![String::new()], named.words].concat().join(" ");
    let run = |config: &str| format!("python {quoted} -F {{{{out_dir}}}} with{words} {config}");
    let command = if named.varies {
        let program = format!(
            "import json, sys; c = json.load(open(sys.argv[1])); c.pop(\"{KEY}\"); json.dump(c, open(sys.argv[2], \"w\"))"
        );
        let out = "{{out_dir}}/sacred.json";
        format!("python -c '{program}' {{{{cfg_json}}}} {out} && {}", run(out))
    } else {
        run("{{cfg_json}}")
    };
    let why = "by the command line of Sacred, with the whole job config; -F writes its records to the directory of the \
               job, where sweep_collect reads them, in place of MongoDB";
    let place = executable.map_or(mark, |item| item.mark);
    DraftEntry::text("COMMAND", &command)
        .with(ConversionNote::kept("seml.executable", place, why))
        .with_all(named.notes)
}
