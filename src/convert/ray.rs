//! Search spaces in the words of Ray Tune, and of other tools whose mappings setup knows.

use sweep_config::yaml::{SourceMark, YamlNode};
use sweep_config::{Value, foreign_sampler};

use super::ConversionChoices;
use super::draft::{DraftEntry, SweepDraft};
use super::note::ConversionNote;
use super::parameter::{ParameterLaw, ParameterPlan, size_of_all};
use super::source::{SourceItem, SourceReader, join};
use super::sweep_name;

/// Plans the conversion of a search space.
pub(super) fn plan(
    reader: &SourceReader<'_>,
    root: &YamlNode,
    choices: &ConversionChoices,
) -> SweepDraft {
    let mut plans = Vec::new();
    gather(&SourceItem::root(reader, root), "", &mut plans);
    let is_grid = plans.iter().all(|plan| matches!(plan.law, ParameterLaw::Values(_)));
    let mut setup = Vec::new();
    if is_grid {
        let why = "every combination of `grid_search` and choices";
        let note = ConversionNote::kept("grid_search", SourceMark::default(), why);
        setup.push(DraftEntry::line("STRATEGY", "grid").with(note));
    } else {
        let why = "drawn at random, values of `grid_search`, too; `tpe` chooses by results: docs/guide/tuning.md";
        let note = ConversionNote::approximated("the search", SourceMark::default(), why);
        setup.push(DraftEntry::line("STRATEGY", "random").with(note));
        let jobs = choices.jobs();
        let jobs = size_of_all(&plans).map_or(jobs, |size| size.min(jobs));
        let why = "a search space does not say how many: choose a number";
        let note = ConversionNote::approximated("num_samples", SourceMark::default(), why);
        setup.push(DraftEntry::line("NUM_CONFIGS", jobs.to_string()).with(note));
    }
    setup.push(DraftEntry::block("SAMPLERS", plans.iter().map(ParameterPlan::entry).collect()));
    let why = "a search space names no program: write what runs a job, such as `COMMAND: python train.py {{args}}`";
    let launch = DraftEntry::note(ConversionNote::dropped("COMMAND", SourceMark::default(), why));
    SweepDraft {
        top: vec![sweep_name::entry(None, &choices.stem)],
        setup,
        launch: vec![launch],
        ..SweepDraft::default()
    }
}

fn gather(item: &SourceItem<'_>, path: &str, plans: &mut Vec<ParameterPlan>) {
    let Some(section) = item.section() else { return };
    for below in section.rest() {
        let path = join(path, &below.key);
        let kept = |why: &str| ConversionNote::kept(&below.path, below.mark, why);
        let (law, note) = match foreign_sampler(below.node) {
            Some(Ok(Value::List(values))) => (ParameterLaw::Values(values), kept("")),
            Some(Ok(sampler)) => {
                let has_step =
                    matches!(&sampler, Value::Map(keys) if keys.contains_key("QUANTIZE"));
                let note = if has_step {
                    let why = "all steps are equally likely here; most tools draw the first and last one half as often";
                    ConversionNote::approximated(&below.path, below.mark, why)
                } else {
                    kept("")
                };
                (ParameterLaw::Written(sampler), note)
            }
            Some(Err(why)) => {
                below.problem(why, Some("write it as a range or a list of values"));
                continue;
            }
            None if below.node.entries().is_some_and(|entries| !entries.is_empty()) => {
                gather(&below, &path, plans);
                continue;
            }
            None => (ParameterLaw::Values(vec![below.value()]), kept("in every job")),
        };
        plans.push(ParameterPlan {
            path: path.clone(),
            name: path,
            mark: below.mark,
            law,
            notes: vec![note],
        });
    }
}
