//! The outcome of a request for suggestions.

use sweep_config::records::PriorUse;

use super::prior::PriorKnowledge;
use super::search::FoundConfig;
use crate::app::count;
use crate::app::num::saturated;
use crate::setup::job_set::job_id;
use crate::setup::param_list::ParamList;

/// The outcome of a request for suggestions.
#[derive(Debug)]
pub(crate) enum SuggestOutcome {
    /// Some configs were suggested.
    Made(Box<SuggestedConfigs>),
    /// Another process is making a suggestion.
    Held,
    /// There is none to make.
    Over(SuggestEnd),
}

/// Why no further config is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SuggestEnd {
    /// `NUM_CONFIGS` are there.
    Spent,
    /// No other config meets the constraints.
    Exhausted,
}

/// Suggested configs, and what they were learned from.
#[derive(Debug)]
pub(crate) struct SuggestedConfigs {
    pub(super) params: ParamList,
    pub(super) found: Vec<FoundConfig>,
    /// The number of configs with a result.
    pub(super) results: usize,
    /// The number of configs without a result yet.
    pub(super) open: usize,
    /// The past sweeps, and their part in the last suggestion.
    pub(super) priors: (PriorKnowledge, Option<PriorUse>),
    /// Sentences on results that could not be read, and on past sweeps.
    pub(crate) warnings: Vec<String>,
    /// Why there are fewer than were asked for.
    pub(super) end: Option<SuggestEnd>,
}

impl SuggestEnd {
    /// Returns the reason in words.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::Spent => "NUM_CONFIGS is the budget",
            Self::Exhausted => "no other config meets the constraints",
        }
    }
}

impl SuggestedConfigs {
    /// Returns the number of configs.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Returns these and later ones together.
    pub(super) fn with(mut self, later: Self) -> Self {
        self.found.extend(later.found);
        Self { found: self.found, ..later }
    }

    /// Returns a sentence on a single suggestion.
    pub(crate) fn sentence(&self) -> String {
        let jobs: Vec<String> = self
            .found
            .iter()
            .map(|one| format!("{} ({})", job_id(saturated(one.job)), one.kind.name()))
            .collect();
        format!("suggested {} by {}", jobs.join(", "), count(self.results, "result"))
    }
}
