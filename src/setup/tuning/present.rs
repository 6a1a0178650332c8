//! Prints suggestions.

use serde_json::json;
use sweep_config::{Sweep, python};

use super::TuningRequest;
use super::prior::{self, PriorKnowledge};
use super::record::SuggestionKind;
use super::search::{ConfigSearch, FoundConfig};
use crate::app::num::saturated;
use crate::app::{Printer, command, count};
use crate::setup::drawing::DesignSpace;
use crate::setup::job_set::job_id;
use crate::trials::TypedJson;

/// Prints what was suggested, and what it was learned from.
pub(super) fn present(
    sweep: &Sweep,
    space: &DesignSpace<'_>,
    found: &[&FoundConfig],
    (search, priors): (&ConfigSearch<'_>, &PriorKnowledge),
    request: &TuningRequest,
    printer: Printer,
) {
    let learned = search.results();
    let used = search.priors().in_use();
    if request.json {
        let suggestions: Vec<_> = found.iter().map(|one| as_json(sweep, space, one)).collect();
        let mut answer = json!({ "suggestions": suggestions });
        if let Some(priors) = prior::as_json(priors, used.as_ref()) {
            answer["priors"] = priors;
        }
        printer.json(&answer);
        return;
    }
    for one in found {
        let values = space.params().given(&one.candidate.values);
        let values: Vec<String> =
            values.map(|(name, value)| format!("{name}={}", python::text(value))).collect();
        let job = first_job(one);
        printer.data(format_args!("{job}  {:<7}  {}", one.kind.name(), values.join(" ")));
    }
    let tuned = found.iter().filter(|one| one.kind == SuggestionKind::Tuned).count();
    printer.note(format_args!(
        "{}, {tuned} by {}; {} without a result yet",
        count(found.len(), "config"),
        count(learned.outcomes.len(), "result"),
        count(learned.open, "config"),
    ));
    prior::present(priors, used.as_ref(), printer);
    let next = if request.dry_run { "sweep_setup" } else { "sweep_launch" };
    printer.note(format_args!("next: {}", command(next, sweep)));
}

fn first_job(found: &FoundConfig) -> sweep_config::JobId {
    job_id(saturated(found.job))
}

fn as_json(sweep: &Sweep, space: &DesignSpace<'_>, found: &FoundConfig) -> serde_json::Value {
    let job = first_job(found);
    let values: serde_json::Map<String, serde_json::Value> = space
        .params()
        .given(&found.candidate.values)
        .map(|(name, value)| (name.to_owned(), json!(TypedJson(value))))
        .collect();
    json!({
        "job": job.0,
        "kind": found.kind.name(),
        "values": values,
        "config": sweep.dir().with_format(sweep.setup.format).cfg(job),
    })
}
