//! Command lines of Hydra: `python app.py -m model=a,b lr=range(1,4)`.
//!
//! - `line`: the words of the line,
//! - `grammar`, `scalar`, `sweeps`: the values of overrides, and what they mean,
//! - `settings`: what the line says to Hydra itself.

mod grammar;
mod line;
mod scalar;
mod settings;
mod sweeps;

use sweep_config::Value;

use super::ConversionChoices;
use super::draft::{DraftEntry, SweepDraft};
use super::note::ConversionNote;
use super::parameter::{self, ParameterLaw, ParameterPlan};
use super::source::SourceReader;
use super::sweep_name;
use line::{HydraLine, LineOverride};
use settings::HydraSettings;
use sweeps::OverrideMeaning;

/// Plans the conversion of a line.
pub(super) fn plan(
    reader: &SourceReader<'_>,
    text: &str,
    choices: &ConversionChoices,
) -> SweepDraft {
    let line = line::split(text, reader);
    let (own, others): (Vec<_>, Vec<_>) =
        line.overrides.iter().partition(|given| settings::is_setting(&given.key));
    let settings = settings::read(&own, reader);
    let (deleted, set): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|given| given.prefix == "~");
    let mut plans: Vec<ParameterPlan> = Vec::new();
    for given in &set {
        if let Some(other) = plans.iter().find(|plan| plan.name == given.key) {
            let message = format!("`{}` is given twice", other.name);
            reader.problem(given.mark, &given.key, message, Some("remove one of the two"));
            continue;
        }
        plans.extend(read(given, reader));
    }
    if plans.is_empty() && set.is_empty() {
        let mark = sweep_config::yaml::SourceMark { line: 1, column: 1, source: 0 };
        let hint = "give overrides as for Hydra: `--hydra 'model=a,b lr=range(1,4)'`";
        reader.problem(mark, "", "the line has no override", Some(hint));
    }
    let is_parted = parameter::part(&mut plans);
    let mut draft = SweepDraft {
        top: vec![sweep_name::entry(None, &name(&line, choices))],
        ..SweepDraft::default()
    };
    draft.setup = setup(&plans, &settings, choices);
    draft.launch.push(command(&line, &set, &deleted, &plans, is_parted, reader));
    draft.launch.extend(settings.launch);
    draft.analyze = settings.analyze;
    draft
}

/// Returns a name for the sweep: that of the program.
fn name(line: &HydraLine, choices: &ConversionChoices) -> String {
    let script = line.program.iter().find(|word| {
        std::path::Path::new(word).extension().is_some_and(|extension| extension == "py")
    });
    let stem = script.and_then(|script| std::path::Path::new(script).file_stem());
    stem.map_or_else(|| choices.stem.clone(), |stem| stem.to_string_lossy().into_owned())
}

/// Reads an override that sets a value.
fn read(given: &LineOverride, reader: &SourceReader<'_>) -> Option<ParameterPlan> {
    let problem = |message: String, hint: Option<&str>| {
        reader.problem(given.mark, &given.key, message, hint);
    };
    let meaning = grammar::parse(given.value.as_deref().unwrap_or_default())
        .and_then(sweeps::meaning)
        .map_err(|why| problem(why, None))
        .ok()?;
    let (law, note) = match meaning {
        OverrideMeaning::Single(value) => (
            ParameterLaw::Values(vec![value]),
            ConversionNote::kept(&given.word, given.mark, "in every job"),
        ),
        OverrideMeaning::Sweep { law, remark: None } => {
            (law, ConversionNote::kept(&given.word, given.mark, ""))
        }
        OverrideMeaning::Sweep { law, remark: Some(remark) } => {
            (law, ConversionNote::approximated(&given.word, given.mark, remark))
        }
    };
    let path = given.key.replace(['@', ':', '$'], "_");
    let mut notes = vec![note];
    if path != given.key {
        let why = format!("is `{path}` in job configs; the command passes it under its own name");
        notes.push(ConversionNote::approximated(&given.key, given.mark, why));
    }
    Some(ParameterPlan { path, name: given.key.clone(), mark: given.mark, law, notes })
}

fn setup(
    plans: &[ParameterPlan],
    settings: &HydraSettings,
    choices: &ConversionChoices,
) -> Vec<DraftEntry> {
    let is_drawn = plans
        .iter()
        .any(|plan| plan.size().is_none() || matches!(plan.law, ParameterLaw::Whole(..)));
    let mut setup = Vec::new();
    if is_drawn || settings.is_search() {
        let mark = plans
            .iter()
            .find(|plan| plan.size().is_none())
            .map_or_else(Default::default, |plan| plan.mark);
        let why = "intervals are for sweepers such as Optuna's, which learn from results; here everything is drawn at \
                   random, choices, too";
        let note = ConversionNote::approximated("interval", mark, why);
        setup.push(DraftEntry::line("STRATEGY", "random").with(note));
        let asked = settings.trials.as_ref();
        let jobs = asked.map_or_else(|| choices.jobs(), |(trials, _)| *trials);
        let jobs = parameter::size_of_all(plans).map_or(jobs, |size| size.min(jobs));
        let note = match asked {
            Some((_, note)) => note.clone(),
            None => ConversionNote::approximated(
                "hydra.sweeper.n_trials",
                sweep_config::yaml::SourceMark::default(),
                "the line does not say how many: choose a number",
            ),
        };
        setup.push(DraftEntry::line("NUM_CONFIGS", jobs.to_string()).with(note));
    } else {
        setup.push(DraftEntry::line("STRATEGY", "grid"));
    }
    setup.push(DraftEntry::block("SAMPLERS", plans.iter().map(ParameterPlan::entry).collect()));
    setup
}

/// Returns the command: the program of the line, what it deletes, and the parameters.
fn command(
    line: &HydraLine,
    set: &[&LineOverride],
    deleted: &[&LineOverride],
    plans: &[ParameterPlan],
    is_parted: bool,
    reader: &SourceReader<'_>,
) -> DraftEntry {
    let mut notes = Vec::new();
    let mut words: Vec<String> = line.program.iter().map(|word| quoted(word)).collect();
    if words.is_empty() {
        let why = "the line names no program: write yours in place of my_app.py";
        notes.push(ConversionNote::approximated(
            "COMMAND",
            sweep_config::yaml::SourceMark::default(),
            why,
        ));
        words = vec!["python".to_owned(), "my_app.py".to_owned()];
    }
    for given in deleted {
        notes.push(ConversionNote::kept(&given.word, given.mark, "part of the command"));
        words.push(quoted(&given.word));
    }
    let prefix = set.first().map_or("", |given| given.prefix);
    let is_even = set.iter().all(|given| given.prefix == prefix);
    let is_renamed = plans.iter().any(|plan| plan.path != plan.name);
    if is_even && !is_parted && !is_renamed {
        words.push(match prefix {
            "" => "{{hydra_args}}".to_owned(),
            prefix => format!("{{{{hydra_args prefix=\"{prefix}\"}}}}"),
        });
    } else {
        for given in set {
            let Some(plan) = plans.iter().find(|plan| plan.name == given.key) else { continue };
            refuse_odd(plan, reader);
            words.push(parameter::words(std::slice::from_ref(plan), given.prefix, "="));
        }
    }
    DraftEntry::text("COMMAND", &words.join(" ")).with_all(notes)
}

/// Refuses a text that Hydra would read as something else where each parameter is passed by a word of its own.
fn refuse_odd(plan: &ParameterPlan, reader: &SourceReader<'_>) {
    let is_odd = |value: &&Value| match value {
        Value::Str(text) => {
            let is_word = !text.is_empty()
                && text.chars().all(|c| c.is_alphanumeric() || "_-./${}:".contains(c));
            !is_word || scalar::value(text) != **value
        }
        Value::Map(_) | Value::Keyed(_) | Value::List(_) => true,
        _ => false,
    };
    if let Some(odd) = plan.law.values().iter().find(is_odd) {
        let message = format!(
            "`{}` needs the quotes of Hydra, which only a line of overrides with the same sign (none, `+` or `++`) has",
            sweep_config::yaml::flow(odd)
        );
        reader.problem(
            plan.mark,
            &plan.name,
            message,
            Some("give all overrides the same sign, `++`"),
        );
    }
}

/// Quotes a word for the shell; what sets a variable still does.
fn quoted(word: &str) -> String {
    if let Some((name, value)) = word.split_once('=')
        && !name.is_empty()
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    {
        return format!("{name}={}", quoted(value));
    }
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}
