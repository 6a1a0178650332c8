//! Compares the best config with the values that `BASE_CFG` has itself: what tuning gained.
//!
//! Probst, Boulesteix and Bischl ("Tunability: Importance of Hyperparameters of Machine Learning Algorithms", JMLR 20, 2019) call
//! tunability the loss of the defaults less that of the best config. They estimate both on models of many data sets; here each is
//! one config, and the best is chosen by the very numbers that it is compared by, so that the gain is flattered and said to be so. Theirs
//! of a single parameter needs configs that differ from the defaults in nothing else, which a sweep has none of.

use indexmap::IndexMap;
use sweep_config::Sweep;

use super::configs::ConfigOutcome;
use super::group::JobGroup;
use crate::app::{command, count, listed};
use crate::page::number::number;
use crate::trials::CellValue;

/// The outcome of `BASE_CFG`'s own values beside the best.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DefaultOutcome {
    /// A config has these values.
    Run(TuningGain),
    /// None has; the command that adds one.
    Missing(String),
}

/// The gain over `BASE_CFG`'s own values.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TuningGain {
    /// The numbers of the jobs with these values.
    pub(super) jobs: Vec<u32>,
    /// Their value of the objective; `None` if they are lost.
    pub(super) value: Option<f64>,
    /// The best value.
    pub(super) best: f64,
    /// The number of configs that are better.
    pub(super) better: usize,
    /// The number of configs that ended.
    pub(super) configs: usize,
}

impl DefaultOutcome {
    /// Looks for the config in the report's own sweep; `None` unless `BASE_CFG` has a value of everything that was sampled, and
    /// while that config is open.
    pub(super) fn of(sweep: &Sweep, own: &JobGroup<'_>) -> Option<Self> {
        let base = values(sweep, own)?;
        let default = |config: &&ConfigOutcome| {
            let mut sampled = own.job(config.rows[0]).sampled.iter();
            sampled.all(|(key, value)| base.get(key).is_none_or(|base| is_same(value, base)))
        };
        let others = || own.all_configs().filter_map(ConfigOutcome::settled);
        let best = others().filter(|loss| loss.is_finite()).reduce(f64::min)?;
        let Some(found) = own.all_configs().find(default) else {
            return Some(Self::Missing(extension(sweep, &base)));
        };
        let loss = found.settled()?;
        let goal = own.objective.goal;
        Some(Self::Run(TuningGain {
            jobs: found.rows.iter().map(|&row| own.job(row).id.0).collect(),
            value: loss.is_finite().then(|| goal.as_loss(loss)),
            best: goal.as_loss(best),
            better: others().filter(|other| *other < loss).count(),
            configs: others().count(),
        }))
    }

    /// Returns the gain, if a config has the values.
    pub(super) fn gain(&self) -> Option<&TuningGain> {
        match self {
            Self::Run(gain) => Some(gain),
            Self::Missing(_) => None,
        }
    }
}

impl TuningGain {
    /// Returns words on it.
    pub(super) fn words(&self, own: &JobGroup<'_>) -> String {
        let ids: Vec<String> = self.jobs.iter().map(|job| format!("{job:06}")).collect();
        let jobs = format!("{} {}", if ids.len() == 1 { "job" } else { "jobs" }, listed(&ids));
        let (label, all) = (&own.objective.label, count(self.configs, own.unit()));
        let Some(value) = self.value else {
            return format!(
                "The values of BASE_CFG ({jobs}) are lost; the best {label} is {}.",
                own.objective.said(self.best)
            );
        };
        let value_words =
            format!("The values of BASE_CFG ({jobs}) have {label} {}", own.objective.said(value));
        if self.better == 0 {
            return format!("{value_words}; none of {all} is better.");
        }
        format!(
            "{value_words}; {} of {all} {} better, the best by {} (an optimistic figure, since the best was \
             chosen by these numbers).",
            self.better,
            if self.better == 1 { "is" } else { "are" },
            own.objective.unit.behind_difference(number((value - self.best).abs())),
        )
    }
}

/// Returns `BASE_CFG`'s value of each parameter that was sampled, but for the seed; `None` unless it has one of each.
fn values<'a>(sweep: &Sweep, own: &JobGroup<'a>) -> Option<IndexMap<&'a str, CellValue>> {
    let mut base: IndexMap<&str, CellValue> = IndexMap::new();
    for &row in own.rows() {
        let sampled = own.job(row).sampled.iter().map(|(key, _)| key);
        for key in sampled.filter(|key| *key != sweep.setup.seed_key) {
            if !base.contains_key(key) {
                let value = sweep.setup.base_cfg.get_path(key)?;
                base.insert(key, CellValue::from(value.clone()));
            }
        }
    }
    (!base.is_empty()).then_some(base)
}

/// Returns true if a sampled value is the one of the config.
fn is_same(sampled: &CellValue, base: &CellValue) -> bool {
    match (sampled.number(), base.number()) {
        (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * b.abs(),
        _ => sampled.spelled() == base.spelled(),
    }
}

/// Returns the command that adds a config with `BASE_CFG`'s own values to the sweep.
fn extension(sweep: &Sweep, base: &IndexMap<&str, CellValue>) -> String {
    let values: Vec<String> =
        base.iter().map(|(key, value)| format!("{key}={}", value.spelled())).collect();
    let words = values.iter().flat_map(|value| ["--sweep", value]);
    let words = shlex::try_join(words).unwrap_or_else(|_| values.join(" "));
    format!("{} --extend 1 {words}", command("sweep_setup", sweep))
}
