//! The gain of tuning in numbers.

use serde::Serialize;

use crate::analyze::findings::ReportFindings;
use crate::analyze::tunability::DefaultOutcome;

/// The best config beside `BASE_CFG`'s own values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct DigestGain {
    /// The numbers of the jobs with these values.
    pub jobs: Vec<u32>,
    /// Their value; missing if they are lost.
    pub value: Option<f64>,
    /// The best value.
    pub best: f64,
    /// The number of configs that are better.
    pub better: usize,
    /// The number of configs that ended.
    pub configs: usize,
    /// The sentence that says so.
    pub words: String,
}

impl DigestGain {
    /// Returns what a report found; `None` if no config has these values.
    pub(super) fn of(findings: &ReportFindings<'_>) -> Option<Self> {
        let own = findings.wholes.first()?;
        let gain = findings.default.as_ref().and_then(DefaultOutcome::gain)?;
        Some(Self {
            jobs: gain.jobs.clone(),
            value: gain.value,
            best: gain.best,
            better: gain.better,
            configs: gain.configs,
            words: gain.words(own),
        })
    }
}
