//! Prints suggestions.

use serde_json::json;
use sweep_config::{Sweep, python};

use super::prior;
use super::record::SuggestionKind;
use super::search::FoundConfig;
use super::{SuggestedConfigs, TuningRequest};
use crate::app::num::saturated;
use crate::app::{Printer, command, count};
use crate::setup::job_set::job_id;
use crate::setup::param_list::ParamList;
use crate::trials::TypedJson;

/// Prints what was suggested, and what it was learned from.
pub(super) fn present(
    sweep: &Sweep,
    suggested: &SuggestedConfigs,
    request: &TuningRequest,
    printer: Printer,
) {
    let SuggestedConfigs { params, found, results, open, .. } = suggested;
    let (priors, used) = &suggested.priors;
    if request.json {
        let suggestions: Vec<_> = found.iter().map(|one| as_json(sweep, params, one)).collect();
        let mut answer = json!({ "suggestions": suggestions });
        if let Some(priors) = prior::as_json(priors, used.as_ref()) {
            answer["priors"] = priors;
        }
        printer.json(&answer);
        return;
    }
    for one in found {
        let values = params.given(&one.candidate.values);
        let values: Vec<String> =
            values.map(|(name, value)| format!("{name}={}", python::text(value))).collect();
        let job = first_job(one);
        printer.data(format_args!("{job}  {:<7}  {}", one.kind.name(), values.join(" ")));
    }
    let tuned = found.iter().filter(|one| one.kind == SuggestionKind::Tuned).count();
    printer.note(format_args!(
        "{}, {tuned} by {}; {} without a result yet",
        count(found.len(), "config"),
        count(*results, "result"),
        count(*open, "config"),
    ));
    prior::present(priors, used.as_ref(), printer);
    let next = if request.dry_run { "sweep_setup" } else { "sweep_launch" };
    printer.note(format_args!("next: {}", command(next, sweep)));
}

fn first_job(found: &FoundConfig) -> sweep_config::JobId {
    job_id(saturated(found.job))
}

fn as_json(sweep: &Sweep, params: &ParamList, found: &FoundConfig) -> serde_json::Value {
    let job = first_job(found);
    let values: serde_json::Map<String, serde_json::Value> = params
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
