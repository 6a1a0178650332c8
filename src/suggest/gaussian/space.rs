//! The coordinates in which a Gaussian process compares candidates.

use std::collections::BTreeMap;

use crate::suggest::trace::{DrawAddress, DrawTrace, QuantileCell};

/// The meaning of distances in a coordinate.
#[derive(Debug, Clone, Copy, PartialEq)]
enum CoordinateKind {
    /// The distance of two quantiles.
    Line,
    /// Some candidates lack the draw. Quantiles are on an arc of length and radius 1, at whose center those are that lack it: the
    /// distance from every quantile is the same, as in no other place, and the covariance stays positive definite.
    Arc,
    /// Values without an order are 1 apart, and 1 from none.
    Names,
}

/// The draws of candidates, each a coordinate.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CoordinateSpace(Vec<(DrawAddress, CoordinateKind)>);

impl CoordinateSpace {
    /// Takes every draw of candidates as a coordinate.
    pub(super) fn new(traces: &[&DrawTrace]) -> Self {
        // By address, how many have the draw, and whether all of these are ordered.
        let mut draws: BTreeMap<DrawAddress, (usize, bool)> = BTreeMap::new();
        for (address, cell) in traces.iter().flat_map(|trace| trace.iter()) {
            let (count, is_ordered) = draws.entry(*address).or_insert((0, true));
            *count += 1;
            *is_ordered &= cell.is_ordered;
        }
        let kind = |(count, is_ordered)| match (is_ordered, count == traces.len()) {
            (false, _) => CoordinateKind::Names,
            (true, true) => CoordinateKind::Line,
            (true, false) => CoordinateKind::Arc,
        };
        Self(draws.into_iter().map(|(address, known)| (address, kind(known))).collect())
    }

    /// Returns the number of coordinates.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the place of a candidate: the middles of its cells, not-a-number where it lacks a draw.
    pub(super) fn point(&self, trace: &DrawTrace) -> Vec<f64> {
        let cells = self.0.iter().map(|(address, _)| trace.get(*address));
        cells.map(|cell| cell.map_or(f64::NAN, QuantileCell::middle)).collect()
    }

    /// Returns the square of the distance of two candidates in each coordinate.
    pub(super) fn squares<'p>(
        &'p self,
        a: &'p [f64],
        b: &'p [f64],
    ) -> impl Iterator<Item = f64> + 'p {
        let square = |((a, b), (_, kind)): ((&f64, &f64), &(DrawAddress, CoordinateKind))| {
            if a.to_bits() == b.to_bits() {
                return 0.0;
            }
            let distance = a - b;
            match kind {
                CoordinateKind::Line if !distance.is_nan() => distance * distance,
                CoordinateKind::Arc if !distance.is_nan() => {
                    let chord = 2.0 * libm::sin(distance / 2.0);
                    chord * chord
                }
                _ => 1.0,
            }
        };
        a.iter().zip(b).zip(&self.0).map(square)
    }
}
