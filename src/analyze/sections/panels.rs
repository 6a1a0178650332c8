//! What the figures of several sections share: the axis of a metric, the axis of the error.

use crate::analyze::group::Group;
use crate::analyze::metrics::{Metric, Spacing, WIDE};
use crate::analyze::plot::{Axis, Scale};
use crate::analyze::stats::{Edges, Span, robust_span};

/// How many labels the axes of a small figure have room for.
pub(super) const X_LABELS: usize = 6;
pub(super) const Y_LABELS: usize = 5;

/// The error's axis: the same for all groups, cut where a few jobs are far out; `None` if no job
/// has an error.
pub(super) fn error_axis(groups: &[Group<'_>], labels: usize) -> Option<Axis> {
    let objective = &groups.first()?.objective;
    let losses: Vec<f64> = groups.iter().flat_map(Group::losses).collect();
    let span = robust_span(&losses, Edges::High)?;
    let (a, b) = (objective.goal.as_loss(span.low), objective.goal.as_loss(span.high));
    let span = Span { low: a.min(b), high: a.max(b) };
    Some(Axis::new(objective.label.as_str(), Scale::Linear, span, labels))
}

/// The axis of a metric that has these values, cut where a few are far out; `None` of no values.
pub(super) fn metric_axis(metric: &Metric, values: &[f64], labels: usize) -> Option<Axis> {
    metric_axis_of(&metric.label, metric.spacing, values, labels)
}

/// The same of anything with a name.
pub(super) fn metric_axis_of(
    label: &str,
    spacing: Spacing,
    values: &[f64],
    labels: usize,
) -> Option<Axis> {
    let scale = scale(spacing, Span::of(values.iter().copied())?);
    let span = match scale {
        Scale::Linear => robust_span(values, Edges::Both)?,
        Scale::Log10 | Scale::Log2 => robust_ratio_span(values)?,
    };
    Some(Axis::new(label, scale, span, labels))
}

/// The scale of a metric's axis; by difference where a value has no logarithm.
fn scale(spacing: Spacing, span: Span) -> Scale {
    match spacing {
        _ if span.low <= 0.0 => Scale::Linear,
        Spacing::Log10 => Scale::Log10,
        Spacing::Log2 => Scale::Log2,
        Spacing::Auto if span.high / span.low >= WIDE => Scale::Log10,
        Spacing::Linear | Spacing::Auto => Scale::Linear,
    }
}

/// The range to show by ratio.
fn robust_ratio_span(values: &[f64]) -> Option<Span> {
    let logs: Vec<f64> = values.iter().map(|value| value.log10()).collect();
    let shown = robust_span(&logs, Edges::Both)?;
    // Of the values themselves: ten to the power of a logarithm misses them by a rounding.
    let inside = values.iter().zip(&logs);
    let inside = inside.filter(|(_, log)| shown.low <= **log && **log <= shown.high);
    Span::of(inside.map(|(value, _)| *value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_decay_of_zero_makes_its_axis_linear() {
        assert_eq!(scale(Spacing::Log10, Span { low: 0.0, high: 0.1 }), Scale::Linear);
        assert_eq!(scale(Spacing::Log10, Span { low: 1e-5, high: 0.1 }), Scale::Log10);
        assert_eq!(scale(Spacing::Auto, Span { low: 0.01, high: 0.1 }), Scale::Linear);
        assert_eq!(scale(Spacing::Auto, Span { low: 0.0001, high: 0.1 }), Scale::Log10);
    }
}
