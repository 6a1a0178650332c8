//! How much of the space of objectives each point adds to what the others dominate.

use std::cmp::Ordering;

/// The margin beyond the worst value of an objective, as a share of its range, so that the best of each objective adds something.
const MARGIN: f64 = 0.1;

/// Returns the volume that each point dominates and no other one does, up to a corner beyond the worst values. Less is better in
/// each objective; the unit is the range of all points in each, so that no objective's scale counts.
pub(super) fn contributions(points: &[&[f64]]) -> Vec<f64> {
    let scaled = scaled(points);
    let corner = vec![1.0 + MARGIN; scaled.first().map_or(0, Vec::len)];
    let contribution = |at: usize| {
        let own = &scaled[at];
        // Of the box behind the point, all that the others dominate, too, is taken away.
        let others = scaled.iter().enumerate().filter(|(other, _)| *other != at);
        let shared = others.map(|(_, other)| limited(own, other)).collect();
        volume(vec![own.clone()], &corner) - volume(shared, &corner)
    };
    (0..points.len()).map(contribution).collect()
}

/// Returns the points with the least value of each objective as 0 and the greatest as 1.
fn scaled(points: &[&[f64]]) -> Vec<Vec<f64>> {
    let objectives = points.first().map_or(0, |point| point.len());
    let range = |at: usize| {
        let values = points.iter().map(|point| point[at]);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ranges: Vec<(f64, f64)> = (0..objectives).map(range).collect();
    let scale = |(value, (low, high)): (&f64, &(f64, f64))| {
        // Halves, since the range of floats is wider than a float.
        let width = high / 2.0 - low / 2.0;
        if width > 0.0 { (value / 2.0 - low / 2.0) / width } else { 0.0 }
    };
    points.iter().map(|point| point.iter().zip(&ranges).map(scale).collect()).collect()
}

fn limited(own: &[f64], other: &[f64]) -> Vec<f64> {
    own.iter().zip(other).map(|(a, b)| a.max(*b)).collect()
}

/// Returns the volume that points dominate up to a corner, by slices along the last objective.
fn volume(mut points: Vec<Vec<f64>>, corner: &[f64]) -> f64 {
    let Some((end, corner)) = corner.split_last() else { return 1.0 };
    retain_undominated(&mut points);
    let last = |point: &Vec<f64>| point.last().copied().unwrap_or(*end);
    points.sort_by(|a, b| last(a).total_cmp(&last(b)));
    let slice = |at: usize| {
        let until = points.get(at + 1).map_or(*end, last);
        let thickness = until - last(&points[at]);
        if thickness <= 0.0 {
            return 0.0;
        }
        let within = points[..=at].iter().map(|point| point[..corner.len()].to_vec()).collect();
        thickness * volume(within, corner)
    };
    (0..points.len()).map(slice).sum()
}

/// Keeps one of each group of equal points that no other point dominates.
fn retain_undominated(points: &mut Vec<Vec<f64>>) {
    // What dominates a point comes before it.
    points.sort_by(|a, b| {
        let orders = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
        orders.fold(Ordering::Equal, Ordering::then)
    });
    let mut kept: Vec<Vec<f64>> = Vec::new();
    for point in points.drain(..) {
        let is_covered = |known: &Vec<f64>| known.iter().zip(&point).all(|(a, b)| a <= b);
        if !kept.iter().any(is_covered) {
            kept.push(point);
        }
    }
    *points = kept;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::num::float;

    #[test]
    fn of_two_objectives_a_contribution_is_the_rectangle_to_the_neighbours() {
        let points: [&[f64]; 4] = [&[0.0, 40.0], &[1.0, 10.0], &[2.0, 5.0], &[4.0, 0.0]];
        // In units of the ranges, 4 and 40.
        let right = [0.25 * 0.1, 0.25 * 0.75, 0.5 * 0.125, 0.1 * 0.125];
        for (ours, right) in contributions(&points).iter().zip(right) {
            assert!((ours - right).abs() < 1e-12, "{ours} {right}");
        }
    }

    #[test]
    fn of_three_objectives_contributions_are_what_a_count_of_small_cubes_says() {
        let points: Vec<Vec<f64>> = (0..12_u32)
            .map(|i| [(i + 1) * 7 % 11, (i + 3) * 5 % 11, (i + 6).pow(3) % 11])
            .map(|point| point.map(f64::from).to_vec())
            .collect();
        let points: Vec<&[f64]> = points.iter().map(Vec::as_slice).collect();
        // Each of 10 wide, so that a cube is a tenth of a unit wide, and the margin is one cube.
        let mut counted = [0_usize; 12];
        for cube in 0..11_usize.pow(3) {
            let at = [cube % 11, cube / 11 % 11, cube / 121].map(float);
            let covers = |point: &&[f64]| point.iter().zip(at).all(|(v, at)| *v <= at);
            let by: Vec<usize> = (0..12).filter(|i| covers(&points[*i])).collect();
            if let [only] = by[..] {
                counted[only] += 1;
            }
        }
        for (ours, right) in contributions(&points).iter().zip(counted) {
            assert!((ours - float(right) / 1000.0).abs() < 1e-12, "{ours} {right}");
        }
        assert!(counted.iter().filter(|count| **count > 0).count() > 3, "{counted:?}");
    }

    #[test]
    fn equal_points_and_ends_of_floats_add_nothing_and_everything() {
        assert_eq!(contributions(&[&[1.0, 2.0], &[1.0, 2.0]]), [0.0, 0.0]);
        assert_eq!(contributions(&[]), [0.0; 0]);
        let ends: [&[f64]; 2] = [&[f64::MIN, f64::MAX], &[f64::MAX, f64::MIN]];
        assert!(contributions(&ends).iter().all(|x| (x - 0.11 + 0.01).abs() < 1e-12));
    }
}
