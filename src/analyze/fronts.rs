//! Finds the Pareto fronts of a report: what page, digest and JSON all say of them.
//!
//! A point is a config that ended, with the values over its seeds; what has no value of one of the two objectives is counted.

use std::collections::BTreeSet;

use super::configs::reduce;
use super::group::JobGroup;
use super::metrics::Objective;
use super::stats::pareto_front;
use crate::app::count;

/// The front of the first objective of a group and another one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ObjectiveFront {
    /// The place of the group.
    pub(super) group: usize,
    /// The place of the other objective among all.
    pub(super) other: usize,
    /// The configs that no other beats in both, the best of the other objective first.
    pub(super) front: Vec<FrontPoint>,
    /// The configs that another beats, or equals in one and beats in the other objective.
    pub(super) dominated: Vec<FrontPoint>,
    /// The number of configs that are lost: they ended without a value of the first objective.
    pub(super) lost: usize,
    /// The number of configs that ended with a value of the first objective and none of the other.
    pub(super) without: usize,
    /// The number of configs that still open.
    pub(super) open: usize,
}

/// A config with both values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FrontPoint {
    /// The rows of its jobs.
    pub(super) rows: Vec<usize>,
    /// Its value of the first objective.
    pub(super) value: f64,
    /// Its value of the other.
    pub(super) cost: f64,
}

/// Finds the front of each group for each objective but the first.
pub(super) fn fronts(groups: &[JobGroup<'_>]) -> Vec<ObjectiveFront> {
    let objectives = groups.first().map_or(0, |group| group.population.trials.objectives.len());
    let of = |other: usize| (0..groups.len()).map(move |at| ObjectiveFront::of(groups, at, other));
    (1..objectives).flat_map(of).collect()
}

impl ObjectiveFront {
    fn of(groups: &[JobGroup<'_>], at: usize, other: usize) -> Self {
        let group = &groups[at];
        let goal = group.population.trials.objectives[other].goal;
        let costs = group.population.trials.values(other);
        let cost = |rows: &[usize]| {
            let loss = |&row: &usize| costs[row].map_or(f64::INFINITY, |cost| goal.as_loss(cost));
            let losses: Vec<f64> = rows.iter().map(loss).collect();
            Some(reduce(losses, goal, group.over_seeds())).filter(|loss| loss.is_finite())
        };
        let (mut failed, mut without, mut points) = (0, 0, Vec::new());
        for config in group.configs() {
            match config.settled() {
                None => {}
                Some(loss) if loss.is_infinite() => failed += 1,
                Some(loss) => match cost(&config.rows) {
                    None => without += 1,
                    Some(cost) => points.push((cost, loss, &config.rows)),
                },
            }
        }
        let losses: Vec<(f64, f64)> = points.iter().map(|point| (point.0, point.1)).collect();
        let places = pareto_front(&losses);
        let point = |place: usize| FrontPoint {
            rows: points[place].2.clone(),
            value: group.objective.goal.as_loss(points[place].1),
            cost: goal.as_loss(points[place].0),
        };
        let on_front: BTreeSet<usize> = places.iter().copied().collect();
        let is_dominated = |place: &usize| !on_front.contains(place);
        let dominated = (0..points.len()).filter(is_dominated).map(point).collect();
        let front = places.iter().map(|&place| point(place)).collect();
        Self { group: at, other, front, dominated, lost: failed, without, open: group.open() }
    }

    /// Returns the other objective.
    pub(super) fn objective<'g>(&self, groups: &'g [JobGroup<'_>]) -> &'g Objective {
        &groups[self.group].population.trials.objectives[self.other]
    }

    /// Says how many configs are on the front, and what became of the others: `16 of 40 jobs are on the front, 24 are
    /// dominated`.
    pub(super) fn words(&self, groups: &[JobGroup<'_>]) -> String {
        let group = &groups[self.group];
        let all = self.front.len() + self.dominated.len();
        let verb = |n: usize| if n == 1 { "is" } else { "are" };
        let words = format!(
            "{} of {} with both values {} on the front, {} {} dominated",
            self.front.len(),
            count(all, group.unit()),
            verb(self.front.len()),
            self.dominated.len(),
            verb(self.dominated.len()),
        );
        let first = &group.objective.label;
        let others = [
            (self.lost, format!("ended without {first}")),
            (self.without, format!("ended without {}", self.objective(groups).label)),
            (self.open, "still open".to_owned()),
        ];
        let others = others.into_iter().filter(|(n, _)| *n > 0);
        let others: Vec<String> = others.map(|(n, what)| format!("{n} {what}")).collect();
        if others.is_empty() {
            words
        } else {
            format!("{words}; not counted: {}", others.join(", "))
        }
    }
}
