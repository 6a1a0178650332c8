//! `ANALYZE`: what the report shows.

use indexmap::IndexMap;

use super::filters::{MetricFilters, filters, splits};
use super::given::GivenValue;
use super::objective::{ObjectiveConfig, objectives};
use super::section::ConfigSection;
use super::sweep_name;
use crate::named::named;

/// `OVER_SEEDS`: how the values of a config's replicates become the config's one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeedReduction {
    /// Their mean.
    #[default]
    Mean,
    /// Their median.
    Median,
    /// The least of them.
    Min,
    /// The greatest of them.
    Max,
    /// The mean of their middle half (interquartile mean).
    InterquartileMean,
}

named!(pub SeedReduction {
    Mean = "mean",
    Median = "median",
    Min = "min",
    Max = "max",
    InterquartileMean = "iqm",
});

/// `ANALYZE` (also `ANALYSIS`): what the report shows.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "one field a key of pycls's config")]
pub struct AnalyzeConfig {
    /// `OBJECTIVE`: what jobs are ranked by, the first; several have a Pareto front. Empty: pycls's
    /// error.
    pub objectives: Vec<ObjectiveConfig>,
    /// `OVER_SEEDS`.
    pub over_seeds: SeedReduction,
    /// `METRICS`: shortcuts or dotted paths.
    pub metrics: Vec<String>,
    /// `COMPLEXITY`: likewise.
    pub complexity: Vec<String>,
    /// `PLOT_METRIC_VALUES`.
    pub plot_metric_values: bool,
    /// `PLOT_METRIC_TRENDS`.
    pub plot_metric_trends: bool,
    /// `PLOT_COMPLEXITY_VALUES`.
    pub plot_complexity_values: bool,
    /// `PLOT_COMPLEXITY_TRENDS`.
    pub plot_complexity_trends: bool,
    /// `PLOT_METRIC_PAIRS`: pairs of metrics to draw over each other.
    pub plot_metric_pairs: Vec<[String; 2]>,
    /// `PLOT_CURVES_BEST`: how many.
    pub plot_curves_best: usize,
    /// `PLOT_CURVES_WORST`: how many.
    pub plot_curves_worst: usize,
    /// `PLOT_MODELS_BEST`: how many.
    pub plot_models_best: usize,
    /// `PLOT_MODELS_WORST`: how many.
    pub plot_models_worst: usize,
    /// `PRE_FILTERS`.
    pub pre_filters: MetricFilters,
    /// `SPLIT_FILTERS`: name of the split -> its filters.
    pub split_filters: IndexMap<String, MetricFilters>,
    /// `COMPARE_BY`: the metrics whose values make the groups that are compared; none or one, mostly.
    pub compare_by: Vec<String>,
    /// `EXTRA_SWEEP_NAMES`: other sweeps below `ROOT_DIR` to lay over.
    pub extra_sweep_names: Vec<String>,
}

impl AnalyzeConfig {
    /// The default of `COMPLEXITY`.
    pub const COMPLEXITY: [&str; 3] = ["flops", "params", "acts"];
}

pub(super) fn decode(section: ConfigSection<'_>) -> AnalyzeConfig {
    let analyze = AnalyzeConfig {
        objectives: section.get("OBJECTIVE").map(|g| objectives(&g)).unwrap_or_default(),
        over_seeds: section.one_of("OVER_SEEDS", SeedReduction::NAMED, SeedReduction::Mean),
        metrics: section.texts("METRICS", &[]),
        complexity: section.texts("COMPLEXITY", &AnalyzeConfig::COMPLEXITY),
        plot_metric_values: section.flag("PLOT_METRIC_VALUES", true),
        plot_metric_trends: section.flag("PLOT_METRIC_TRENDS", true),
        plot_complexity_values: section.flag("PLOT_COMPLEXITY_VALUES", true),
        plot_complexity_trends: section.flag("PLOT_COMPLEXITY_TRENDS", true),
        plot_metric_pairs: section.get("PLOT_METRIC_PAIRS").map(|g| pairs(&g)).unwrap_or_default(),
        plot_curves_best: section.whole("PLOT_CURVES_BEST", 0..=10_000, 0),
        plot_curves_worst: section.whole("PLOT_CURVES_WORST", 0..=10_000, 0),
        plot_models_best: section.whole("PLOT_MODELS_BEST", 0..=10_000, 0),
        plot_models_worst: section.whole("PLOT_MODELS_WORST", 0..=10_000, 0),
        pre_filters: section.get("PRE_FILTERS").map(|g| filters(&g)).unwrap_or_default(),
        split_filters: section.get("SPLIT_FILTERS").map(|g| splits(&g)).unwrap_or_default(),
        compare_by: section.get("COMPARE_BY").map(|g| compare_by(&g)).unwrap_or_default(),
        extra_sweep_names: extra_sweeps(&section),
    };
    if let Some(given) = section.peek("COMPARE_BY").filter(|_| has_two_divisions(&analyze)) {
        let hint = Some("remove one of them".to_owned());
        given.problem(
            "cannot be combined with SPLIT_FILTERS, which also divides the jobs into groups",
            hint,
        );
    }
    section.finish();
    analyze
}

fn pairs(given: &GivenValue<'_>) -> Vec<[String; 2]> {
    let items = given.list("a list of pairs [METRIC, METRIC]").unwrap_or_default();
    let pair = |given: &GivenValue<'_>| {
        let [a, b] = given.pair()?;
        Some([a.text()?, b.text()?])
    };
    items.iter().filter_map(pair).collect()
}

fn extra_sweeps(section: &ConfigSection<'_>) -> Vec<String> {
    let items = section.get("EXTRA_SWEEP_NAMES").and_then(|given| given.list("a list of names"));
    items.unwrap_or_default().iter().filter_map(sweep_name).collect()
}

/// Returns the metrics of `COMPARE_BY`, which may be a single one.
fn compare_by(given: &GivenValue<'_>) -> Vec<String> {
    if given.is_nothing() {
        return Vec::new();
    }
    let items = if given.is_list() {
        given.list("a list of metrics").unwrap_or_default()
    } else {
        vec![given.clone()]
    };
    let mut metrics: Vec<String> = Vec::new();
    for item in items {
        match item.text() {
            Some(metric) if metric.is_empty() => {
                item.problem("expected the name of a metric", None);
            }
            Some(metric) if metrics.contains(&metric) => item.problem("listed twice", None),
            Some(metric) => metrics.push(metric),
            None => {}
        }
    }
    metrics
}

fn has_two_divisions(analyze: &AnalyzeConfig) -> bool {
    !analyze.compare_by.is_empty() && !analyze.split_filters.is_empty()
}
