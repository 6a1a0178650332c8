//! `SETUP.TUNE`: how `STRATEGY: tpe` chooses configs.

use super::given::GivenValue;
use super::section::ConfigSection;
use crate::Value;

/// How a sweep learns from its results.
#[derive(Debug, Clone, PartialEq)]
pub struct TuneConfig {
    /// `STARTUP`: how many configs are drawn at random before any is suggested.
    pub startup: u32,
    /// `CONTROL`: the share of later configs that are drawn at random all the same.
    pub control: f64,
    /// `CANDIDATES`: how many candidates a suggestion is chosen from.
    pub candidates: u32,
    /// `PRIOR_SWEEPS`: past sweeps whose results are learned from, too.
    pub prior_sweeps: Vec<PriorSource>,
}

/// An item of `PRIOR_SWEEPS`.
#[derive(Debug, Clone)]
pub struct PriorSource {
    /// The path of a sweep directory, a glob of such, or [`PriorSource::ALL`].
    pub text: String,
    /// The place of the item: the file with its line, or the override.
    pub place: String,
}

impl PriorSource {
    /// The word for every sweep below `ROOT_DIR`.
    pub const ALL: &str = "all";
}

impl PartialEq for PriorSource {
    /// Compares what it says, wherever that stands.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Default for TuneConfig {
    fn default() -> Self {
        Self { startup: 10, control: 0.1, candidates: 128, prior_sweeps: Vec::new() }
    }
}

/// The greatest share of configs that are drawn at random: beyond it nothing is left to be tuned.
const MOST_CONTROL: f64 = 0.9;

pub(super) fn decode(setup: &ConfigSection<'_>, is_used: bool) -> TuneConfig {
    let section = setup.section("TUNE");
    let TuneConfig { startup, control, candidates, .. } = TuneConfig::default();
    let tune = TuneConfig {
        startup: section.whole("STARTUP", 1..=100_000, startup),
        control: section.at_least("CONTROL", 0.0, control),
        candidates: section.whole("CANDIDATES", 1..=100_000, candidates),
        prior_sweeps: prior_sweeps(&section),
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

/// Decodes the past sweeps: a list, or a single one. Nobody looks for them here, since a sweep is read when they are gone, too.
fn prior_sweeps(section: &ConfigSection<'_>) -> Vec<PriorSource> {
    const EXPECTED: &str = "a list of sweep directories, globs, or `all`";
    let Some(given) = section.get("PRIOR_SWEEPS").filter(|given| !given.is_nothing()) else {
        return Vec::new();
    };
    let is_word = |given: &GivenValue<'_>| matches!(given.scalar(), Some(Value::Str(_)));
    let items =
        if is_word(&given) { vec![given] } else { given.list(EXPECTED).unwrap_or_default() };
    let source = |item: &GivenValue<'_>| {
        if !is_word(item) {
            item.expected("the path of a sweep directory, a glob, or `all`");
            return None;
        }
        let text = item.place().filter(|text| !text.is_empty())?;
        Some(PriorSource { text, place: item.location() })
    };
    items.iter().filter_map(source).collect()
}
