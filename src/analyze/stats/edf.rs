//! The empirical distribution function, by which Radosavovic et al. compare design spaces
//! ("On Network Design Spaces for Visual Recognition", ICCV 2019, section 3.1).
//!
//! `F(x) = #{i : e_i <= x} / n`: the share of the sample that is at most `x`.

use crate::app::num::float;

/// An empirical distribution function.
#[derive(Debug, Clone, PartialEq)]
pub struct EmpiricalDistribution {
    sorted: Vec<f64>,
}

impl EmpiricalDistribution {
    /// Creates it of values that are all numbers, in any order.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self { sorted: values }
    }

    /// Returns the sample, least first.
    #[must_use]
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }

    /// Returns `F(x)`, a share from 0 to 1; 0 for an empty sample.
    #[must_use]
    pub fn at(&self, x: f64) -> f64 {
        let below = self.sorted.partition_point(|&value| value <= x);
        if below == 0 { 0.0 } else { float(below) / float(self.sorted.len()) }
    }

    /// Returns the corners `(x, F(x))` of the step function up to `end`, from its foot on the axis
    /// at the least value; for a large sample, the function at so many places that nobody sees the
    /// difference.
    #[must_use]
    pub fn corners(&self, end: f64) -> Vec<(f64, f64)> {
        /// The number of places: more than a figure has pixels.
        const MOST: usize = 1000;
        let n = float(self.sorted.len());
        if self.sorted.len() > MOST
            && let Some(&least) = self.sorted.first()
            && least < end
        {
            let x = |i: usize| least + (end - least) * float(i) / float(MOST);
            let places = (0..=MOST).map(|i| (x(i), self.at(x(i))));
            return std::iter::once((least, 0.0)).chain(places).collect();
        }
        let mut corners = Vec::with_capacity(2 * self.sorted.len() + 1);
        let mut height = 0.0;
        for (i, &x) in self.sorted.iter().enumerate().take_while(|(_, x)| **x <= end) {
            corners.push((x, height));
            height = float(i + 1) / n;
            corners.push((x, height));
        }
        corners.push((end, height));
        corners
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_share_at_or_below() {
        let edf = EmpiricalDistribution::of(vec![2.0, 1.0, 2.0, 4.0]);
        assert_eq!([0.5, 1.0, 2.0, 3.9, 4.0].map(|x| edf.at(x)), [0.0, 0.25, 0.75, 0.75, 1.0]);
        assert!(EmpiricalDistribution::of(Vec::new()).at(1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn its_corners_stop_at_the_edge_of_the_figure_without_reaching_one() {
        let edf = EmpiricalDistribution::of(vec![1.0, 100.0]);
        assert_eq!(edf.corners(5.0), [(1.0, 0.0), (1.0, 0.5), (5.0, 0.5)]);
    }
}
