//! Says where the middle of a group lies: the mean of the middle half of its configs.

use super::group::JobGroup;
use super::stats::MiddleMean;
use crate::app::count;
use crate::page::number::number;

/// The mean of the middle half of a group's configs, in the unit of the objective.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct GroupMiddle {
    /// The mean; `None` while configs are open, and if more than a quarter are lost.
    pub(super) mean: Option<f64>,
    /// Its 95 % interval, however the open ones end, from the lower end; infinite where it reaches into what is lost or open.
    pub(super) interval: (f64, f64),
    /// The number of configs that it is of.
    configs: usize,
}

impl GroupMiddle {
    /// Returns that of a group; `None` with fewer than four configs.
    pub(super) fn of(group: &JobGroup<'_>) -> Option<Self> {
        let ends = |best: bool| -> Vec<f64> {
            group.configs().iter().map(|c| if best { c.best } else { c.worst }).collect()
        };
        let best = MiddleMean::of(&ends(true))?;
        let worst = if group.open() > 0 { MiddleMean::of(&ends(false))? } else { best };
        let value = |loss| group.objective.goal.as_loss(loss);
        let [one, other] = [best.interval.0, worst.interval.1].map(value);
        let is_known = group.open() == 0 && best.mean.is_finite();
        Some(Self {
            mean: is_known.then(|| value(best.mean)),
            interval: (one.min(other), one.max(other)),
            configs: group.configs().len(),
        })
    }

    /// Returns the value and its interval as words on a group.
    pub(super) fn words(&self, group: &JobGroup<'_>) -> String {
        let (low, high) = self.interval;
        let objective = &group.objective;
        let end = |end: f64| if end.is_finite() { number(end) } else { "no value".to_owned() };
        let all = count(self.configs, group.unit());
        let range = format!("{} to {}", end(low), end(high));
        match self.mean {
            Some(mean) => format!("{} ({range}) for {all}", objective.said(mean)),
            None if group.open() > 0 => {
                format!("within {range} for {all}, {} of them open", group.open())
            }
            None => format!("none for {all}, of which more than a quarter are lost"),
        }
    }
}
