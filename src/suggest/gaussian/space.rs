//! The coordinates in which a Gaussian process compares candidates.

use crate::suggest::trace::{DrawAddress, DrawTrace, QuantileCell};

/// The draws of candidates, each a coordinate.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CoordinateSpace(Vec<(DrawAddress, bool)>);

impl CoordinateSpace {
    /// Takes every draw of candidates as a coordinate; `None` if one of them lacks a draw of another.
    pub(super) fn new(traces: &[&DrawTrace]) -> Option<Self> {
        let mut all: Vec<(DrawAddress, bool)> = Vec::new();
        for trace in traces {
            all.extend(trace.iter().map(|(address, cell)| (*address, cell.is_ordered)));
            // Of one address, a draw that is not ordered comes first.
            all.sort_unstable();
            all.dedup_by_key(|(address, _)| *address);
        }
        traces.iter().all(|trace| trace.len() == all.len()).then_some(Self(all))
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

    /// Returns the square of the distance of two candidates in each coordinate. Values without an order are 1 apart unless they are
    /// the same, and so are a draw and none.
    pub(super) fn squares<'p>(
        &'p self,
        a: &'p [f64],
        b: &'p [f64],
    ) -> impl Iterator<Item = f64> + 'p {
        let square = |((a, b), (_, is_ordered)): ((&f64, &f64), &(DrawAddress, bool))| {
            let is_same = a.to_bits() == b.to_bits();
            let distance = if is_same { 0.0 } else { a - b };
            if *is_ordered && !distance.is_nan() {
                distance * distance
            } else {
                f64::from(u8::from(!is_same))
            }
        };
        a.iter().zip(b).zip(&self.0).map(square)
    }
}
