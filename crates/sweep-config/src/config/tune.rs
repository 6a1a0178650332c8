//! `SETUP.TUNE`: how `STRATEGY: tpe` chooses configs.

use super::section::ConfigSection;

/// How a sweep learns from its results.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TuneConfig {
    /// `STARTUP`: how many configs are drawn at random before any is suggested.
    pub startup: u32,
    /// `CONTROL`: the share of later configs that are drawn at random all the same.
    pub control: f64,
    /// `CANDIDATES`: how many candidates a suggestion is chosen from.
    pub candidates: u32,
}

impl Default for TuneConfig {
    fn default() -> Self {
        Self { startup: 10, control: 0.1, candidates: 128 }
    }
}

/// The greatest share of configs that are drawn at random: beyond it nothing is left to be tuned.
const MOST_CONTROL: f64 = 0.9;

pub(super) fn decode(setup: &ConfigSection<'_>, is_used: bool) -> TuneConfig {
    let section = setup.section("TUNE");
    let TuneConfig { startup, control, candidates } = TuneConfig::default();
    let tune = TuneConfig {
        startup: section.whole("STARTUP", 1..=100_000, startup),
        control: section.at_least("CONTROL", 0.0, control),
        candidates: section.whole("CANDIDATES", 1..=100_000, candidates),
    };
    if tune.control > MOST_CONTROL {
        let hint = Some(format!("set it to at most {MOST_CONTROL}"));
        section.problem("CONTROL", "leaves nothing to be tuned".to_owned(), hint);
    }
    section.finish();
    if tune != TuneConfig::default() && !is_used {
        let hint = Some("set `STRATEGY: tpe`, or remove TUNE".to_owned());
        setup.problem("TUNE", "only `STRATEGY: tpe` uses it".to_owned(), hint);
    }
    tune
}
