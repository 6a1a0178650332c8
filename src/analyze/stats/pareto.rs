//! The Pareto front of two objectives.

/// Returns the indices of the points that no other dominates, in the order of the first coordinate.
/// A point dominates another if it is at most as great in both coordinates and less in one (Pareto
/// dominance; Deb, "Multi-Objective Optimization Using Evolutionary Algorithms", 2001, section
/// 2.4): less is better in both. Equal points are on the front together.
#[must_use]
pub fn pareto_front(points: &[(f64, f64)]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).collect();
    let key = |i: usize| points[i];
    order.sort_by(|&a, &b| {
        let (a, b) = (key(a), key(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    });
    let mut front: Vec<usize> = Vec::new();
    let mut least = f64::INFINITY;
    for place in order {
        let is_twin = front.last().is_some_and(|&last| points[last] == points[place]);
        if is_twin || points[place].1 < least {
            least = points[place].1;
            front.push(place);
        }
    }
    front
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_worse_point_is_not_on_it() {
        let points = [(3.0, 1.0), (1.0, 3.0), (2.0, 2.0), (3.0, 2.0), (2.0, 3.0), (2.0, 2.0)];
        assert_eq!(pareto_front(&points), [1, 2, 5, 0]);
        assert!(pareto_front(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn it_is_what_the_definition_says(points in prop::collection::vec((0u8..9, 0u8..9), 0..40)) {
            let points: Vec<(f64, f64)> =
                points.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect();
            let beats = |a: (f64, f64), b: (f64, f64)| a.0 <= b.0 && a.1 <= b.1 && a != b;
            let expected: Vec<usize> = (0..points.len())
                .filter(|&i| !points.iter().any(|&other| beats(other, points[i])))
                .collect();
            let mut front = pareto_front(&points);
            front.sort_unstable();
            prop_assert_eq!(front, expected);
        }
    }
}
