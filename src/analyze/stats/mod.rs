//! Population statistics: pure functions of numbers, each with its formula and its source.
//!
//! Nothing here knows jobs, metrics or figures. Callers leave out values that are not numbers.

mod band;
mod best;
mod compare;
mod edf;
mod effective;
mod enough;
mod importance;
mod lead;
mod median;
mod middle;
mod multiple;
mod normalised;
mod pareto;
mod quantile;
mod ranks;
mod search;
mod search_contrast;
mod span;
mod summary;
mod variance;

pub use band::{CONFIDENCE, PointwiseBand, clopper_pearson, dkw, draws_for_dkw};
pub use best::{BestRange, best_range, draws};
pub use compare::{PairedComparison, SampleComparison, compare, compare_pairs, least_p};
pub use edf::EmpiricalDistribution;
pub use effective::{BinnedDistribution, effective_draws};
pub use enough::mean_distance;
pub use importance::{
    ImportanceColumn, MainEffect, MarginalLevel, PairEffect, ParameterImportance, importance,
};
pub use lead::BestLead;
pub use median::MedianInterval;
pub use middle::{MiddleMean, interquartile_mean};
pub use multiple::holm;
pub use normalised::{NormalisationRefusal, NormalisedSpaces, WeighedJob, normalise};
pub use pareto::pareto_front;
pub use quantile::{quantile, weighted_quantile, weighted_quantiles};
pub use ranks::{correlation_of_ranks, is_trendless, ranks, spearman};
pub use search::{BestOf, best_of, draw_counts};
pub use search_contrast::{BestDifference, DrawsToReach, SearchContrast};
pub use span::{OutlierEnds, ValueSpan, beyond, robust_span, robust_spans};
pub use summary::SampleSummary;
pub use variance::{VarianceComponents, components};
