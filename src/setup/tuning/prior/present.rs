//! Says what each past sweep gave.

use serde_json::{Value as Json, json};
use sweep_config::records::{PriorSweep, PriorUse};

use super::{KEY, PriorKnowledge};
use crate::app::{Printer, count, counts_by_reason};
use crate::trials::TypedPairs;

impl PriorKnowledge {
    /// Returns a sentence on each past sweep that gives nothing.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> {
        self.sweeps.iter().filter_map(|prior| {
            let problem = prior.problem.as_ref()?;
            Some(format!("{KEY}: `{}` gives nothing: {problem}", prior.sweep))
        })
    }
}

/// Prints how much each past sweep counts.
pub(in crate::setup::tuning) fn present(
    knowledge: &PriorKnowledge,
    used: Option<&PriorUse>,
    printer: Printer,
) {
    for prior in knowledge.of_use() {
        let why = match counts_by_reason(&prior.dropped, "config") {
            none if none.is_empty() => none,
            configs => format!(", without {configs}"),
        };
        printer.note(format_args!(
            "past sweep `{}` ({}): weight {:.2}, {}{why}",
            prior.sweep,
            prior.objective,
            weight(prior, used),
            count(prior.jobs.len(), "config"),
        ));
    }
}

/// Returns the same as JSON; `None` where no past sweep is named.
pub(in crate::setup::tuning) fn as_json(
    knowledge: &PriorKnowledge,
    used: Option<&PriorUse>,
) -> Option<Json> {
    used?;
    let one = |prior: &PriorSweep<TypedPairs>| {
        json!({
            "sweep": prior.sweep,
            "objective": prior.objective,
            "problem": prior.problem,
            "weight": weight(prior, used),
            "configs": prior.jobs.len(),
            "shared": prior.shared,
            "dropped": prior.dropped,
        })
    };
    Some(knowledge.sweeps.iter().map(one).collect())
}

fn weight(prior: &PriorSweep<TypedPairs>, used: Option<&PriorUse>) -> f64 {
    let weights = used.into_iter().flat_map(|used| &used.weights);
    weights.filter(|known| known.sweep == prior.sweep).map(|known| known.weight).sum()
}
