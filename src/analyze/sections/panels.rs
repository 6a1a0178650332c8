//! The axes that figures of several sections share: that of a metric, and that of the error.

use crate::analyze::group::JobGroup;
use crate::analyze::metrics::{Metric, ValueSpacing, WIDE};
use crate::analyze::plot::{AxisScale, ChartAxis};
use crate::analyze::stats::{OutlierEnds, ValueSpan, robust_spans};

/// The number of labels that the axes of a small figure have room for.
pub(super) const X_LABELS: usize = 6;
pub(super) const Y_LABELS: usize = 5;

/// Returns the error's axis, the same for all groups, cut where a few jobs of a group are far out of it; `None` if
/// no job has an error.
pub(super) fn error_axis(groups: &[JobGroup<'_>], labels: usize) -> Option<ChartAxis> {
    let objective = &groups.first()?.objective;
    let loss = |error| objective.goal.as_loss(error);
    let losses = groups.iter().map(|group| group.errors().into_iter().map(loss).collect());
    let span = robust_spans(&losses.collect::<Vec<_>>(), OutlierEnds::High)?;
    let (a, b) = (objective.goal.as_loss(span.low), objective.goal.as_loss(span.high));
    let span = ValueSpan { low: a.min(b), high: a.max(b) };
    Some(
        ChartAxis::new(objective.label.as_str(), AxisScale::Linear, span, labels)
            .measured(objective.unit),
    )
}

/// Returns the axis of a metric with these values by group, cut where a few of a group are far out of it; `None` if there
/// are no values.
pub(super) fn metric_axis(
    metric: &Metric,
    values: &[Vec<f64>],
    labels: usize,
) -> Option<ChartAxis> {
    let unit = metric.unit().of_values(values.iter().flatten().copied());
    Some(metric_axis_of(&metric.label, metric.spacing, values, labels)?.measured(unit))
}

/// Returns such an axis for a name and a spacing.
pub(super) fn metric_axis_of(
    label: &str,
    spacing: ValueSpacing,
    values: &[Vec<f64>],
    labels: usize,
) -> Option<ChartAxis> {
    let scale = scale(spacing, &values.concat())?;
    let span = match scale {
        AxisScale::Linear => robust_spans(values, OutlierEnds::Both)?,
        AxisScale::Log10 | AxisScale::Log2 => robust_ratio_span(values)?,
    };
    Some(ChartAxis::new(label, scale, span, labels))
}

/// Returns the scale of a metric's axis; `None` if there are no values.
///
/// A metric that is spaced by ratio, such as a weight decay, stays so if some jobs have 0: they are
/// arrows at the edge, like all that lies beyond an axis. If most values have no logarithm, the
/// axis is linear.
fn scale(spacing: ValueSpacing, values: &[f64]) -> Option<AxisScale> {
    let all = ValueSpan::of(values.iter().copied())?;
    let positive = values.iter().filter(|value| **value > 0.0).count();
    let has_ratio = 2 * positive > values.len();
    Some(match spacing {
        ValueSpacing::Log10 if has_ratio => AxisScale::Log10,
        ValueSpacing::Log2 if has_ratio => AxisScale::Log2,
        ValueSpacing::Auto if all.low > 0.0 && all.high / all.low >= WIDE => AxisScale::Log10,
        _ => AxisScale::Linear,
    })
}

/// Returns the range of the positive values, if most are positive and they span at least the ratio
/// asked for.
pub(super) fn span_by_ratio(
    values: impl Iterator<Item = f64> + Clone,
    least: f64,
) -> Option<ValueSpan> {
    let positive = values.clone().filter(|value| *value > 0.0);
    let most = 2 * positive.clone().count() > values.count();
    ValueSpan::of(positive).filter(|span| most && span.high / span.low >= least)
}

/// Returns the range to show on a logarithmic axis of values by group.
fn robust_ratio_span(values: &[Vec<f64>]) -> Option<ValueSpan> {
    let positive =
        |values: &Vec<f64>| values.iter().copied().filter(|value| *value > 0.0).collect();
    let positive: Vec<Vec<f64>> = values.iter().map(positive).collect();
    let logs = |values: &Vec<f64>| values.iter().map(|value| value.log10()).collect();
    let shown = robust_spans(&positive.iter().map(logs).collect::<Vec<_>>(), OutlierEnds::Both)?;
    // Of the values themselves: ten to the power of a logarithm misses them by a rounding.
    let is_inside = |value: &f64| (shown.low..=shown.high).contains(&value.log10());
    ValueSpan::of(positive.into_iter().flatten().filter(is_inside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_weight_decays_of_zero_leave_its_axis_by_ratio() {
        let some_zero = [0.0, 1e-5, 1e-3, 0.1];
        assert_eq!(scale(ValueSpacing::Log10, &some_zero), Some(AxisScale::Log10));
        assert_eq!(
            robust_ratio_span(&[some_zero.to_vec()]),
            Some(ValueSpan { low: 1e-5, high: 0.1 })
        );
        assert_eq!(scale(ValueSpacing::Log10, &[0.0, 0.0, 0.1]), Some(AxisScale::Linear));
        assert_eq!(scale(ValueSpacing::Log10, &[]), None);
    }

    #[test]
    fn values_of_a_metric_that_nobody_knows_are_by_ratio_if_they_span_much() {
        assert_eq!(scale(ValueSpacing::Auto, &[0.01, 0.1]), Some(AxisScale::Linear));
        assert_eq!(scale(ValueSpacing::Auto, &[0.0001, 0.1]), Some(AxisScale::Log10));
        assert_eq!(scale(ValueSpacing::Auto, &[0.0, 0.0001, 0.1]), Some(AxisScale::Linear));
    }
}
