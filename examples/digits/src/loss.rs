//! Computes what is learnt and what is reported: the cross-entropy of the softmax, and top-k errors.

use ndarray::{Array2, ArrayView1, Axis};

/// The mean cross-entropy of the softmax of each row, and its gradient.
///
/// The target of a row is `1 - smoothing` for its label, and `smoothing` spread evenly over all
/// classes on top (Szegedy et al. 2016, arXiv:1512.00567).
pub(crate) fn cross_entropy(
    logits: &Array2<f32>,
    labels: &[usize],
    smoothing: f32,
) -> (f64, Array2<f32>) {
    let rows = count(labels.len());
    let spread = smoothing / count(logits.ncols());
    let mut gradient = logits.clone();
    let mut total = 0.0;
    for (mut row, &label) in gradient.axis_iter_mut(Axis(0)).zip(labels) {
        let target = |class| spread + if class == label { 1.0 - smoothing } else { 0.0 };
        // Logits less the highest: the same softmax, and no exponential overflows.
        let highest = row.fold(f32::NEG_INFINITY, |most, &logit| most.max(logit));
        row -= highest;
        let log_sum = row.fold(0.0, |sum, &logit| sum + logit.exp()).ln();
        for (class, value) in row.iter_mut().enumerate() {
            let log_probability = *value - log_sum;
            total -= f64::from(target(class) * log_probability);
            *value = (log_probability.exp() - target(class)) / rows;
        }
    }
    (total / f64::from(rows), gradient)
}

/// How many images were classified wrongly, of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct MistakeCounts {
    images: u32,
    top1: u32,
    top5: u32,
}

impl MistakeCounts {
    /// Adds some images.
    pub(crate) fn add(&mut self, logits: &Array2<f32>, labels: &[usize]) {
        for (row, &label) in logits.axis_iter(Axis(0)).zip(labels) {
            let rank = rank(&row, label);
            self.images += 1;
            self.top1 += u32::from(rank >= 1);
            self.top5 += u32::from(rank >= 5);
        }
    }

    /// The share in percent for which the label's logit is not the highest.
    pub(crate) fn top1_err(&self) -> f64 {
        100.0 * f64::from(self.top1) / f64::from(self.images)
    }

    /// The share in percent for which the label's logit is not among the five highest.
    pub(crate) fn top5_err(&self) -> f64 {
        100.0 * f64::from(self.top5) / f64::from(self.images)
    }
}

/// How many classes come before the label; of equal logits the lower class comes first, so that a
/// network that says the same of all classes is not right about all images.
fn rank(logits: &ArrayView1<'_, f32>, label: usize) -> usize {
    let own = logits[label];
    let before = |&(class, &logit): &(usize, &f32)| {
        logit > own || (logit.total_cmp(&own).is_eq() && class < label)
    };
    logits.iter().enumerate().filter(before).count()
}

#[expect(clippy::cast_precision_loss, reason = "images and classes are far below 2^24")]
fn count(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn equal_logits_cost_the_logarithm_of_the_number_of_classes() {
        let (loss, gradient) = cross_entropy(&array![[5.0, 5.0, 5.0, 5.0]], &[2], 0.0);
        assert!((loss - 4.0_f64.ln()).abs() < 1e-6);
        assert_eq!(gradient, array![[0.25, 0.25, -0.75, 0.25]]);
    }

    #[test]
    fn huge_logits_do_not_overflow() {
        let (loss, _) = cross_entropy(&array![[1e30, 0.0]], &[0], 0.0);
        assert!(loss.abs() < 1e-6, "{loss}");
    }

    #[test]
    fn errors_count_the_classes_before_the_label() {
        let logits = array![[9.0, 8.0, 7.0, 6.0, 5.0, 4.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]];
        let mut mistakes = MistakeCounts::default();
        mistakes.add(&logits, &[4, 5]);
        assert_eq!((mistakes.top1_err(), mistakes.top5_err()), (100.0, 50.0));
        mistakes.add(&logits, &[0, 0]);
        assert_eq!((mistakes.top1_err(), mistakes.top5_err()), (50.0, 25.0));
    }
}
