//! The part that past sweeps had in a sweep that is tuned: `suggestions/`.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use sweep_config::records::{PriorSnapshot, PriorUse, read_record};
use sweep_config::{SweepDir, fs};

use crate::app::num::float;
use crate::app::{count, counts_by_reason};
use crate::page::number::number;

/// A past sweep in the suggestions of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct PriorShare {
    /// The name of the past sweep.
    pub sweep: String,
    /// Its own objective, in words.
    pub objective: String,
    /// The reason why it gave nothing; missing if it gave anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The number of its configs that were used last.
    pub configs: usize,
    /// The number of its configs that were not, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// The number of suggestions that it was weighed for.
    pub suggestions: usize,
    /// Its weight for the first of them, that of the sweep's own results being 1.
    pub first_weight: f64,
    /// Its weight for the last of them.
    pub last_weight: f64,
    /// Its mean weight.
    pub mean_weight: f64,
}

/// The past sweeps of a sweep, and how many records of suggestions cannot be read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct PriorShares {
    pub(super) shares: Vec<PriorShare>,
    pub(super) damaged: usize,
}

/// The part of a suggestion's record that tells of past sweeps.
#[derive(Debug, Deserialize)]
struct SuggestionPriors {
    #[serde(default)]
    priors: Option<PriorUse>,
}

impl PriorShares {
    /// Reads the part of past sweeps; nothing where none was named.
    pub(super) fn read(dir: &SweepDir) -> Self {
        let mut found = Self::default();
        if !dir.prior_index().exists() {
            return found;
        }
        let names = fs::list_or_empty(&dir.suggestions()).unwrap_or_default();
        let number = |name: &String| name.strip_suffix(".json")?.parse::<u64>().ok();
        let mut numbers: Vec<u64> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        let mut uses: Vec<PriorUse> = Vec::new();
        for number in numbers {
            match read_record::<SuggestionPriors>(&dir.suggestion(number)) {
                Ok(record) => uses.extend(record.and_then(|record| record.priors)),
                Err(_) => found.damaged += 1,
            }
        }
        let Some(last) = uses.last() else { return found };
        match read_record::<PriorSnapshot<IgnoredAny>>(&dir.prior_snapshot(&last.snapshot)) {
            Ok(Some(snapshot)) => found.gather(&snapshot, &uses),
            _ => found.damaged += 1,
        }
        found
    }

    fn gather(&mut self, snapshot: &PriorSnapshot<IgnoredAny>, uses: &[PriorUse]) {
        for prior in &snapshot.sweeps {
            let weights = uses.iter().flat_map(|used| &used.weights);
            let own = weights.filter(|known| known.sweep == prior.sweep);
            let weights: Vec<f64> = own.map(|known| known.weight).collect();
            let [first, last] =
                [weights.first(), weights.last()].map(|w| w.copied().unwrap_or(0.0));
            let number = float(weights.len().max(1));
            self.shares.push(PriorShare {
                sweep: prior.sweep.clone(),
                objective: prior.objective.clone(),
                problem: prior.problem.clone(),
                configs: prior.jobs.len(),
                dropped: prior.dropped.clone(),
                suggestions: weights.len(),
                first_weight: first,
                last_weight: last,
                mean_weight: weights.iter().sum::<f64>() / number,
            });
        }
    }
}

impl PriorShare {
    /// Returns how much it gave, as a sentence.
    pub(super) fn words(&self) -> String {
        if let Some(problem) = &self.problem {
            return format!("Past sweep `{}` gave nothing: {problem}.", self.sweep);
        }
        let dropped = match counts_by_reason(&self.dropped, "config") {
            none if none.is_empty() => none,
            configs => format!(", without {configs}"),
        };
        let [first, last, mean] =
            [self.first_weight, self.last_weight, self.mean_weight].map(number);
        format!(
            "Past sweep `{}` ({}): weight {first} at first, {last} at last, {mean} on average over {}; {}{dropped}.",
            self.sweep,
            self.objective,
            count(self.suggestions, "suggestion"),
            count(self.configs, "config"),
        )
    }
}
