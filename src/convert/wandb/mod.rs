//! Sweep files of Weights & Biases: what its package `sweeps` and its agent do with each key, as ours.

mod command;
mod parameter;

use sweep_config::yaml::YamlNode;
use sweep_config::{Value, yaml};

use super::ConversionChoices;
use super::draft::{DraftEntry, SweepDraft};
use super::note::ConversionNote;
use super::parameter::{self as parameters, ParameterLaw, ParameterPlan, size_of_all};
use super::source::{SourceItem, SourceReader, SourceSection};
use super::sweep_name;

/// Plans the conversion of a sweep.
pub(super) fn plan(
    reader: &SourceReader<'_>,
    root: &YamlNode,
    choices: &ConversionChoices,
) -> SweepDraft {
    let Some(section) = SourceItem::root(reader, root).section() else {
        return SweepDraft::default();
    };
    let method = method(&section);
    let is_grid = method.as_ref().is_some_and(|(name, _)| name == "grid");
    let mut plans = Vec::new();
    if let Some(given) = section.get("parameters") {
        plans = parameter::read_all(&given, "", is_grid);
    } else {
        section.whole.problem("`parameters` is missing", None);
    }
    let is_parted = parameters::part(&mut plans);
    let mut draft = SweepDraft { top: top(&section, choices), ..SweepDraft::default() };
    draft.setup = setup(&section, method, &plans, choices);
    draft.launch = command::read(&section, &plans, is_parted);
    draft.launch.extend(left_out(&section));
    draft.analyze = objective(&section);
    section.finish("a sweep of Weights & Biases");
    draft
}

/// Reads the name and the description.
fn top(section: &SourceSection<'_>, choices: &ConversionChoices) -> Vec<DraftEntry> {
    let name = section.get("name");
    let text = name.as_ref().and_then(SourceItem::text);
    let given = name.as_ref().zip(text.as_deref()).map(|(item, text)| (text, "name", item.mark));
    let mut top = vec![sweep_name::entry(given, &choices.stem)];
    if let Some(item) = section.get("description")
        && let Some(text) = item.text()
    {
        let note = ConversionNote::kept("description", item.mark, "");
        top.push(DraftEntry::text("DESC", text.trim()).with(note));
    }
    for (key, why) in [
        ("project", "a sweep is the directory ROOT_DIR/NAME; there are no projects"),
        ("entity", "a sweep is the directory ROOT_DIR/NAME; there are no accounts"),
    ] {
        if let Some(item) = section.get(key) {
            top.push(DraftEntry::note(ConversionNote::dropped(key, item.mark, why)));
        }
    }
    top
}

/// Reads `method`.
fn method(section: &SourceSection<'_>) -> Option<(String, ConversionNote)> {
    let Some(given) = section.get("method") else {
        if section.has("scheduler") {
            let why = "the scheduler of the file decides what is tried; here, configs are drawn at random";
            let note = ConversionNote::approximated("scheduler", section.whole.mark, why);
            return Some(("random".to_owned(), note));
        }
        section.whole.problem("`method` is missing: grid, random or bayes", None);
        return None;
    };
    let name = given.text()?;
    let note = match name.as_str() {
        "grid" => {
            ConversionNote::kept("method", given.mark, "grid, in the order of Weights & Biases")
        }
        "random" => ConversionNote::kept(
            "method",
            given.mark,
            "random; but no config is drawn twice, where Weights & Biases draws with replacement",
        ),
        "bayes" => ConversionNote::approximated(
            "method: bayes",
            given.mark,
            "configs are drawn at random from the same space; with `tpe`, `sweep_setup --suggest N` chooses them \
             by the results so far",
        ),
        "custom" => {
            let why = "`custom` runs a program of yours that suggests configs";
            given.problem(
                why,
                Some("let it print rows, see ENTRYPOINTS in docs/reference/spaces.md"),
            );
            return None;
        }
        _ => {
            given.problem(format!("`{name}` is not a method: grid, random or bayes"), None);
            return None;
        }
    };
    Some((name, note))
}

/// Writes `SETUP`.
fn setup(
    section: &SourceSection<'_>,
    method: Option<(String, ConversionNote)>,
    plans: &[ParameterPlan],
    choices: &ConversionChoices,
) -> Vec<DraftEntry> {
    let mut setup = Vec::new();
    let is_grid = method.as_ref().is_some_and(|(name, _)| name == "grid");
    if let Some((_, note)) = method {
        setup
            .push(DraftEntry::line("STRATEGY", if is_grid { "grid" } else { "random" }).with(note));
    }
    setup.extend(number(section, plans, is_grid, choices));
    let (tree, samplers): (Vec<_>, Vec<_>) =
        plans.iter().partition(|plan| matches!(plan.law, ParameterLaw::Tree(_)));
    if !tree.is_empty() {
        setup.push(DraftEntry::block("TREE", tree.iter().map(|plan| plan.entry()).collect()));
    }
    if !samplers.is_empty() {
        let entries = samplers.iter().map(|plan| plan.entry()).collect();
        setup.push(DraftEntry::block("SAMPLERS", entries));
    }
    setup
}

/// Reads `run_cap`, which becomes the number of configs.
fn number(
    section: &SourceSection<'_>,
    plans: &[ParameterPlan],
    is_grid: bool,
    choices: &ConversionChoices,
) -> Option<DraftEntry> {
    let given = section.get("run_cap");
    let cap = given.as_ref().and_then(|item| Some((item, u64::try_from(item.count()?).ok()?)));
    let size = size_of_all(plans);
    let entry = |number: u64| DraftEntry::line("NUM_CONFIGS", number.to_string());
    match (cap, size) {
        (Some((item, cap)), Some(size)) if size < cap && !is_grid => {
            let why = format!(
                "{cap} runs, but there are {size} different configs, and each is made once: for more seeds of each, \
                 use REPLICATES"
            );
            Some(entry(size).with(ConversionNote::approximated("run_cap", item.mark, why)))
        }
        (Some((item, cap)), size) => {
            let cap = if is_grid { size.map_or(cap, |size| size.min(cap)) } else { cap };
            Some(entry(cap).with(ConversionNote::kept("run_cap", item.mark, "")))
        }
        (None, _) if is_grid => None,
        (None, size) => {
            let asked = choices.jobs();
            let jobs = size.map_or(asked, |size| size.min(asked));
            let why = "the file has no run_cap, so that Weights & Biases runs until it is stopped: choose a number";
            let mark = yaml::SourceMark::default();
            Some(entry(jobs).with(ConversionNote::approximated("run_cap", mark, why)))
        }
    }
}

/// Reads `metric` or `metrics`.
fn objective(section: &SourceSection<'_>) -> Vec<DraftEntry> {
    let mut notes = Vec::new();
    let mut metrics = Vec::new();
    if let Some(given) = section.get("metric") {
        metrics.extend(metric(&given, &mut notes));
    }
    if let Some(given) = section.get("metrics") {
        metrics.extend(
            given.list().unwrap_or_default().iter().filter_map(|item| metric(item, &mut notes)),
        );
    }
    let mut entries = Vec::new();
    match metrics.as_slice() {
        [] => {}
        [only] => entries.push(DraftEntry::line("OBJECTIVE", only)),
        _ => entries.push(DraftEntry::items("OBJECTIVE", metrics)),
    }
    match entries.first_mut() {
        Some(entry) => entry.notes = notes,
        None => entries.extend(notes.into_iter().map(DraftEntry::note)),
    }
    if let Some(item) = section.get("early_terminate") {
        let why = "no running job is stopped here: every job runs to its end";
        let note = ConversionNote::dropped("early_terminate", item.mark, why);
        entries.push(DraftEntry::note(note));
    }
    entries
}

/// Returns a metric as an objective.
fn metric(given: &SourceItem<'_>, notes: &mut Vec<ConversionNote>) -> Option<String> {
    let section = given.section()?;
    let name = section.get("name").and_then(|item| item.text());
    let goal = section.get("goal");
    for (key, why) in [
        ("target", "no search ends early: all configs are run"),
        ("impute", "a job that ends without a value counts as worse than all others"),
        ("impute_while_running", "a running job counts as undecided"),
    ] {
        if let Some(item) = section.get(key) {
            notes.push(ConversionNote::dropped(item.path.clone(), item.mark, why));
        }
    }
    section.finish("a metric of Weights & Biases");
    let Some(name) = name else {
        given.problem("`name` is missing", None);
        return None;
    };
    let goal = match goal.as_ref().map(|goal| (goal, goal.text())) {
        None => "minimize",
        Some((_, Some(text))) if text == "maximize" => "maximize",
        Some((_, Some(text))) if text == "minimize" => "minimize",
        Some((goal, _)) => {
            let message =
                "must be minimize or maximize; Weights & Biases takes anything else as minimize";
            goal.problem(message, None);
            return None;
        }
    };
    let why = "the value at the end, as the summary of Weights & Biases has it";
    notes.insert(0, ConversionNote::kept(given.path.clone(), given.mark, why));
    let name = yaml::flow(&Value::Str(name));
    Some(format!("{{METRIC: {name}, GOAL: {goal}, OVER: last}}"))
}

/// Notes the keys that have no counterpart.
fn left_out(section: &SourceSection<'_>) -> Vec<DraftEntry> {
    let mut entries = Vec::new();
    for (key, why) in [
        ("controller", "there is no server that decides: sweep_launch runs all jobs"),
        ("apiVersion", "has no meaning outside of Weights & Biases"),
        ("kind", "has no meaning outside of Weights & Biases"),
        ("job", "Launch jobs are of the server of Weights & Biases: write COMMAND"),
        ("image_uri", "start the container in COMMAND"),
        ("scheduler", "sweep_launch schedules the jobs"),
    ] {
        if let Some(item) = section.get(key) {
            entries.push(DraftEntry::note(ConversionNote::dropped(key, item.mark, why)));
        }
    }
    entries
}
