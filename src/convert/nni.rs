//! Search spaces of NNI, alone or in the config of an experiment.

use sweep_config::yaml::{SourceMark, YamlNode};
use sweep_config::{Map, Value};

use super::ConversionChoices;
use super::draft::{DraftEntry, SweepDraft};
use super::note::ConversionNote;
use super::parameter::{ParameterLaw, ParameterPlan, size_of_all};
use super::source::{SourceItem, SourceReader, SourceSection, join};
use super::{stepped, sweep_name};

/// Plans the conversion of a search space or an experiment.
pub(super) fn plan(
    reader: &SourceReader<'_>,
    root: &YamlNode,
    choices: &ConversionChoices,
) -> SweepDraft {
    let root = SourceItem::root(reader, root);
    let mut draft = SweepDraft::default();
    let Some(section) = root.section() else { return draft };
    for key in ["searchSpaceFile", "searchSpacePath"] {
        if let Some(item) = section.get(key) {
            let hint = "convert the file of the search space, or write it here under `searchSpace`";
            item.problem("the search space is in another file", Some(hint));
            return draft;
        }
    }
    let experiment = section.get("searchSpace");
    let plans = match &experiment {
        Some(space) => read_all(space, "", false),
        None => read_all(&root, "", false),
    };
    let name = experiment.as_ref().and_then(|_| section.get("experimentName"));
    let text = name.as_ref().and_then(SourceItem::text);
    let given =
        name.as_ref().zip(text.as_deref()).map(|(item, text)| (text, "experimentName", item.mark));
    draft.top.push(sweep_name::entry(given, &choices.stem));
    let empty = SourceSection::empty(&root);
    let settings = if experiment.is_some() { &section } else { &empty };
    draft.setup = setup(&plans, settings, choices);
    draft.launch = launch(settings, root.mark);
    if experiment.is_some() {
        draft.launch.extend(settings.rest().iter().map(|item| {
            let why = "a setting of NNI without counterpart";
            DraftEntry::note(ConversionNote::dropped(&item.path, item.mark, why))
        }));
    }
    draft
}

/// Reads the parameters below a key; those of a nested choice cannot be under `TREE`.
fn read_all(item: &SourceItem<'_>, path: &str, is_nested: bool) -> Vec<ParameterPlan> {
    let Some(section) = item.section() else { return Vec::new() };
    let _ = is_nested.then(|| section.get("_name"));
    let items = section.rest();
    items.iter().filter_map(|item| read(item, &join(path, &item.key), is_nested)).collect()
}

fn read(item: &SourceItem<'_>, path: &str, is_nested: bool) -> Option<ParameterPlan> {
    let section = item.section()?;
    let (Some(kind), Some(given)) = (section.get("_type"), section.get("_value")) else {
        item.problem("is not a parameter of NNI: `_type` and `_value` are needed", None);
        return None;
    };
    section.finish("a parameter of NNI");
    let (kind, values) = (kind.text()?, given.list()?);
    let mut plan = ParameterPlan {
        path: path.to_owned(),
        name: path.to_owned(),
        mark: item.mark,
        law: ParameterLaw::Values(Vec::new()),
        notes: vec![ConversionNote::kept(&item.path, item.mark, &kind)],
    };
    if values.is_empty() {
        given.problem("is empty", None);
        return None;
    }
    plan.law = match kind.as_str() {
        "choice" if values.iter().all(|value| is_named(value)) => {
            plan.path = join(path, "_name");
            nested(&values, path)
        }
        "choice" => ParameterLaw::Values(values.iter().map(SourceItem::value).collect()),
        _ => {
            let numbers = values.iter().map(SourceItem::number).collect::<Option<Vec<Value>>>()?;
            numeric(item, &kind, &numbers, is_nested)?
        }
    };
    Some(plan)
}

/// Returns true for a branch of a nested choice.
fn is_named(item: &SourceItem<'_>) -> bool {
    item.as_section().is_some_and(|section| section.has("_name"))
}

/// Returns a choice whose values have parameters of their own.
fn nested(values: &[SourceItem<'_>], path: &str) -> ParameterLaw {
    let branch = |item: &SourceItem<'_>| {
        let name = item.as_section().and_then(|section| section.get("_name"));
        (name.map_or(Value::Null, |name| name.value()), read_all(item, path, true))
    };
    let branches = values.iter().map(branch).collect();
    ParameterLaw::Branches { kind: "choice_sampler", branches, counts: None }
}

/// Returns a distribution over numbers.
fn numeric(
    item: &SourceItem<'_>,
    kind: &str,
    numbers: &[Value],
    is_nested: bool,
) -> Option<ParameterLaw> {
    let wrong = |message: String, hint: Option<&str>| {
        item.problem(message, hint);
        None
    };
    let wanted = match kind {
        "quniform" | "qloguniform" | "qnormal" | "qlognormal" => 3,
        "randint" | "uniform" | "loguniform" | "normal" | "lognormal" => 2,
        _ => {
            let hint = "the types are choice, randint, uniform, loguniform, normal, lognormal, and these with `q`";
            return wrong(format!("`{kind}` is not a type of NNI"), Some(hint));
        }
    };
    if numbers.len() != wanted {
        return wrong(format!("`{kind}` needs {wanted} numbers, found {}", numbers.len()), None);
    }
    let (a, b) = (numbers[0].as_f64()?, numbers[1].as_f64()?);
    let is_range = !kind.contains("normal");
    if (is_range && a > b) || (!is_range && b <= 0.0) || (kind.contains("loguniform") && a <= 0.0) {
        return wrong(format!("`{kind}` cannot be drawn from {a} and {b}"), None);
    }
    if numbers.get(2).and_then(Value::as_f64).is_some_and(|q| q <= 0.0) {
        return wrong("the step must be above 0".to_owned(), None);
    }
    match kind {
        "randint" => {
            whole(a, b).or_else(|| wrong(format!("no whole number from {a} to {b}"), None))
        }
        _ if is_range && a >= b => Some(ParameterLaw::Values(vec![numbers[0].clone()])),
        "uniform" => Some(ParameterLaw::Uniform(numbers[0].clone(), numbers[1].clone())),
        "loguniform" => Some(ParameterLaw::Log(numbers[0].clone(), numbers[1].clone())),
        "quniform" | "qloguniform" => {
            let law =
                stepped::clipped(&numbers[0], &numbers[1], &numbers[2], kind == "qloguniform");
            law.or_else(|| {
                wrong(
                    "more than 500 steps".to_owned(),
                    Some("choose a larger step, or leave it out"),
                )
            })
        }
        _ if is_nested => wrong(
            format!("`{kind}` within a choice cannot be converted"),
            Some("use uniform or loguniform"),
        ),
        _ => Some(ParameterLaw::Tree(normal(kind, numbers))),
    }
}

/// Returns the whole numbers of a range, whose end is not one.
#[expect(clippy::cast_possible_truncation, reason = "ends beyond 2^53 are refused")]
fn whole(from: f64, to: f64) -> Option<ParameterLaw> {
    const MOST: f64 = 9_007_199_254_740_992.0;
    let (low, high) = (from.ceil(), to.ceil() - 1.0);
    let is_range = low <= high && low.abs() <= MOST && high.abs() <= MOST;
    is_range.then(|| ParameterLaw::Whole(low as i64, high as i64))
}

/// Returns a normal distribution in the words of Weights & Biases, which mean the same.
fn normal(kind: &str, numbers: &[Value]) -> Map {
    let (step, base) = kind.strip_prefix('q').map_or(("", kind), |base| ("q_", base));
    let law = if base == "lognormal" { "log_normal" } else { "normal" };
    let mut words = Map::new();
    words.insert("distribution".to_owned(), Value::Str(format!("{step}{law}")));
    for (key, number) in ["mu", "sigma", "q"].iter().zip(numbers) {
        words.insert((*key).to_owned(), number.clone());
    }
    words
}

/// Writes `SETUP`.
fn setup(
    plans: &[ParameterPlan],
    settings: &SourceSection<'_>,
    choices: &ConversionChoices,
) -> Vec<DraftEntry> {
    let tuner = settings.get("tuner");
    let inner = tuner.as_ref().and_then(SourceItem::as_section);
    let name = inner.as_ref().and_then(|section| section.get("name")).and_then(|item| item.text());
    let size = size_of_all(plans);
    let is_plain = plans
        .iter()
        .all(|plan| matches!(plan.law, ParameterLaw::Values(_) | ParameterLaw::Whole(..)));
    let is_grid = name.as_deref() == Some("GridSearch") && is_plain;
    let strategy = if is_grid { "grid" } else { "random" };
    let mark = tuner.as_ref().map_or_else(SourceMark::default, |item| item.mark);
    let key = name.map_or_else(|| "tuner".to_owned(), |name| format!("tuner {name}"));
    let note = match key.as_str() {
        "tuner Random" => ConversionNote::kept(key, mark, "no config is drawn twice"),
        "tuner GridSearch" if is_grid => ConversionNote::kept(key, mark, ""),
        "tuner" => ConversionNote::approximated(
            key,
            mark,
            "the file names no tuner; configs are drawn at random",
        ),
        _ => ConversionNote::approximated(
            key,
            mark,
            "configs are drawn at random; `tpe` chooses by results, call by call: docs/guide/tuning.md",
        ),
    };
    let mut setup = vec![DraftEntry::line("STRATEGY", strategy).with(note)];
    let trials = ["maxTrialNumber", "max_trial_number"].iter().find_map(|key| settings.get(key));
    let asked = trials.as_ref().and_then(|item| u64::try_from(item.count()?).ok());
    let fit = |number: u64| size.map_or(number, |size| size.min(number)).to_string();
    match (trials, asked) {
        (Some(item), Some(asked)) => {
            let note = ConversionNote::kept(item.path.clone(), item.mark, "");
            setup.push(DraftEntry::line("NUM_CONFIGS", fit(asked)).with(note));
        }
        _ if is_grid => {}
        _ => {
            let why = "the file does not say how many trials: choose a number";
            let note = ConversionNote::approximated("maxTrialNumber", SourceMark::default(), why);
            setup.push(DraftEntry::line("NUM_CONFIGS", fit(choices.jobs())).with(note));
        }
    }
    let (tree, samplers): (Vec<_>, Vec<_>) =
        plans.iter().partition(|plan| matches!(plan.law, ParameterLaw::Tree(_)));
    for (key, plans) in [("TREE", tree), ("SAMPLERS", samplers)] {
        if !plans.is_empty() {
            setup.push(DraftEntry::block(
                key,
                plans.into_iter().map(ParameterPlan::entry).collect(),
            ));
        }
    }
    setup
}

/// Writes `LAUNCH`.
fn launch(settings: &SourceSection<'_>, mark: SourceMark) -> Vec<DraftEntry> {
    let mut launch = Vec::new();
    let command = settings.get("trialCommand");
    if let Some((item, text)) = command.as_ref().and_then(|item| Some((item, item.text()?))) {
        let why = "a program of NNI asks `nni.get_next_parameter()`: let it take options, or read {{cfg_json}}";
        let note = ConversionNote::approximated("trialCommand", item.mark, why);
        launch.push(DraftEntry::text("COMMAND", &format!("{text} {{{{args}}}}")).with(note));
    } else {
        let why = "a search space names no program: write what runs a job, such as `COMMAND: python train.py {{args}}`";
        launch.push(DraftEntry::note(ConversionNote::dropped(
            "COMMAND",
            SourceMark { line: 0, ..mark },
            why,
        )));
    }
    if let Some(item) = settings.get("trialCodeDirectory")
        && let Some(text) = item.text()
    {
        let note = ConversionNote::kept("trialCodeDirectory", item.mark, "");
        launch.push(DraftEntry::text("CODE_DIR", &text).with(note));
    }
    if let Some(item) = settings.get("trialConcurrency")
        && let Some(count) = item.count()
    {
        let note = ConversionNote::kept("trialConcurrency", item.mark, "");
        launch.push(DraftEntry::line("PARALLEL_JOBS", count.to_string()).with(note));
    }
    launch
}
