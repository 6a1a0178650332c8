//! Clips lines and areas at the ends of their axes: what lies beyond is cut off, rather than drawn along the edge, where it
//! would look like a value.

use super::axis::ChartAxis;

/// A point as shares of the plotted area: from 0 to 1 where the axes show it.
type SharePoint = (f64, f64);

/// The distance beyond the axis, in its lengths, at which an infinite value is taken to lie.
const FAR: f64 = 1e6;

/// The area that two axes show.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClipArea<'a> {
    pub(super) x: &'a ChartAxis,
    pub(super) y: &'a ChartAxis,
}

/// An edge of the plotted area: the coordinate that it bounds, and if it is the greatest that is shown.
#[derive(Debug, Clone, Copy)]
struct AreaEdge {
    is_across: bool,
    is_high: bool,
}

const EDGES: [AreaEdge; 4] = [
    AreaEdge { is_across: true, is_high: false },
    AreaEdge { is_across: true, is_high: true },
    AreaEdge { is_across: false, is_high: false },
    AreaEdge { is_across: false, is_high: true },
];

impl AreaEdge {
    /// Returns how far inside the edge a point lies: negative beyond it.
    fn depth(self, (x, y): SharePoint) -> f64 {
        let at = if self.is_across { x } else { y };
        if self.is_high { 1.0 - at } else { at }
    }

    /// Returns where a line from a point on one side to one on the other meets the edge.
    fn crossing(self, from: SharePoint, to: SharePoint) -> SharePoint {
        let part = self.depth(from) / (self.depth(from) - self.depth(to));
        let between = |a: f64, b: f64| a + (b - a) * part;
        let edge = f64::from(u8::from(self.is_high));
        if self.is_across { (edge, between(from.1, to.1)) } else { (between(from.0, to.0), edge) }
    }
}

impl ClipArea<'_> {
    /// Returns the parts of a line that lie in the area, each with the points at which it enters and leaves.
    pub(super) fn line(self, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let shares: Vec<SharePoint> = points.iter().map(|&point| self.share(point)).collect();
        let mut parts: Vec<Vec<SharePoint>> = Vec::new();
        for pair in shares.windows(2) {
            let Some((from, to)) = segment(pair[0], pair[1]) else { continue };
            match parts.last_mut() {
                Some(part) if part.last() == Some(&from) => part.push(to),
                _ => parts.push(vec![from, to]),
            }
        }
        parts.iter().map(|part| self.values(part)).collect()
    }

    /// Returns the corners of the part of a polygon that lies in the area; none if nothing of it does.
    ///
    /// It is cut at one edge after the other (Sutherland and Hodgman, "Reentrant Polygon Clipping", 1974).
    pub(super) fn polygon(self, corners: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
        let shares = corners.map(|corner| self.share(corner)).collect();
        self.values(&EDGES.into_iter().fold(shares, cut))
    }

    fn share(self, (x, y): (f64, f64)) -> SharePoint {
        let share = |axis: &ChartAxis, value| match axis.share(value) {
            // The logarithm of 0 is minus infinity, that of less is no number.
            share if share.is_nan() => -FAR,
            share => share.clamp(-FAR, FAR),
        };
        (share(self.x, x), share(self.y, y))
    }

    fn values(self, shares: &[SharePoint]) -> Vec<(f64, f64)> {
        shares.iter().map(|&(x, y)| (self.x.at(x), self.y.at(y))).collect()
    }
}

/// Returns the part of a polygon on the inner side of an edge.
fn cut(corners: Vec<SharePoint>, edge: AreaEdge) -> Vec<SharePoint> {
    let mut kept = Vec::with_capacity(corners.len());
    let Some(mut from) = corners.last().copied() else { return kept };
    for to in corners {
        if (edge.depth(from) < 0.0) != (edge.depth(to) < 0.0) {
            kept.push(edge.crossing(from, to));
        }
        if edge.depth(to) >= 0.0 {
            kept.push(to);
        }
        from = to;
    }
    kept
}

/// Returns the part of a straight line on the inner side of all edges; `None` if there is none.
fn segment(mut from: SharePoint, mut to: SharePoint) -> Option<(SharePoint, SharePoint)> {
    for edge in EDGES {
        match (edge.depth(from) >= 0.0, edge.depth(to) >= 0.0) {
            (true, true) => {}
            (false, false) => return None,
            (true, false) => to = edge.crossing(from, to),
            (false, true) => from = edge.crossing(from, to),
        }
    }
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyze::stats::ValueSpan;
    use crate::page::AxisScale;

    fn axis(scale: AxisScale, low: f64, high: f64) -> ChartAxis {
        ChartAxis::exact("value", scale, ValueSpan { low, high }, 5)
    }

    fn rounded(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let round = |value: f64| (value * 1e4).round() / 1e4;
        points.iter().map(|&(x, y)| (round(x), round(y))).collect()
    }

    #[test]
    fn a_line_is_cut_where_it_leaves_and_goes_on_where_it_comes_back() {
        let (x, y) = (axis(AxisScale::Linear, 0.0, 4.0), axis(AxisScale::Linear, 0.0, 10.0));
        let parts = ClipArea { x: &x, y: &y }.line(&[
            (0.0, 40.0),
            (1.0, 20.0),
            (2.0, 0.0),
            (3.0, 20.0),
            (4.0, f64::INFINITY),
        ]);
        let parts: Vec<_> = parts.iter().map(|part| rounded(part)).collect();
        assert_eq!(parts, [[(1.5, 10.0), (2.0, 0.0), (2.5, 10.0)]]);
    }

    #[test]
    fn a_line_is_straight_on_its_axes_and_so_is_where_it_is_cut() {
        let (x, y) = (axis(AxisScale::Log10, 1.0, 100.0), axis(AxisScale::Log10, 0.1, 1.0));
        let parts = ClipArea { x: &x, y: &y }.line(&[(1.0, 10.0), (100.0, 0.1)]);
        assert_eq!(rounded(&parts[0]), [(10.0, 1.0), (100.0, 0.1)]);
    }

    #[test]
    fn an_area_is_cut_at_all_edges_and_one_beyond_them_is_none() {
        let (x, y) = (axis(AxisScale::Linear, 0.0, 1.0), axis(AxisScale::Linear, 0.0, 1.0));
        let area = ClipArea { x: &x, y: &y };
        let around = [(-1.0, -1.0), (2.0, -1.0), (2.0, f64::INFINITY), (-1.0, f64::INFINITY)];
        let mut corners = rounded(&area.polygon(around.into_iter()));
        corners.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        corners.dedup();
        assert_eq!(corners, [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)]);
        assert!(area.polygon([(2.0, 0.0), (3.0, 0.0), (3.0, 1.0)].into_iter()).is_empty());
    }
}
