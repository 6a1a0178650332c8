//! Studies of Optuna with their trials, whichever of its two storages they are from.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::records::JobState;
use sweep_config::{Map, ObjectiveGoal, Value};

use super::imported_run::{ImportedRun, ImportedSource};
use super::mlflow::chosen;
use super::optuna_law::OptunaLaw;
use crate::app::Failure;
use crate::collect::log_value::LogValue;

/// A study as a storage keeps it.
#[derive(Debug, Default)]
pub(super) struct StoredStudy {
    pub(super) name: String,
    /// One for each objective; `None` where nothing was said.
    pub(super) goals: Vec<Option<ObjectiveGoal>>,
    /// The names of the objectives, if they have any.
    pub(super) metric_names: Vec<String>,
    /// In the order of their numbers.
    pub(super) trials: Vec<StoredTrial>,
}

/// A trial as a storage keeps it.
#[derive(Debug, Default, Clone)]
pub(super) struct StoredTrial {
    pub(super) state: TrialEnd,
    pub(super) started: Option<i64>,
    pub(super) ended: Option<i64>,
    /// By name, with the distribution.
    pub(super) params: Vec<(String, f64, OptunaLaw)>,
    /// By objective.
    pub(super) values: Vec<f64>,
    /// By step.
    pub(super) intermediate: BTreeMap<i64, f64>,
    pub(super) attributes: BTreeMap<String, LogValue>,
}

/// The state of a trial.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum TrialEnd {
    #[default]
    Running,
    Complete,
    Pruned,
    Failed,
    Waiting,
}

impl StoredStudy {
    /// Chooses one of the studies of a storage.
    ///
    /// # Errors
    ///
    /// When several have trials and none is named, or none is called so.
    pub(super) fn choose(
        studies: Vec<Self>,
        wanted: Option<&str>,
    ) -> Result<ImportedSource, Failure> {
        let has_trials = |study: &&Self| !study.trials.is_empty();
        let names: BTreeSet<String> =
            studies.iter().filter(has_trials).map(|study| study.name.clone()).collect();
        let name = chosen("study", &names, wanted)?;
        let mut source = ImportedSource::default();
        let mut others = 0;
        for study in studies {
            if study.trials.is_empty() || name.as_ref().is_some_and(|name| study.name != *name) {
                others += study.trials.len();
            } else {
                source = study.into_source();
            }
        }
        source.leave_out(others, "of another study");
        Ok(source)
    }

    fn into_source(self) -> ImportedSource {
        let mut source = ImportedSource::default();
        let names = self.objective_names();
        source.objectives = self
            .goals
            .iter()
            .zip(&names)
            .filter_map(|(goal, name)| Some((format!("results.{name}"), (*goal)?)))
            .collect();
        let mut laws: BTreeMap<String, OptunaLaw> = BTreeMap::new();
        for (name, _, law) in self.trials.iter().flat_map(|trial| &trial.params) {
            laws.entry(name.clone())
                .and_modify(|known| known.widen(law))
                .or_insert_with(|| law.clone());
        }
        source.declared =
            laws.iter().map(|(name, law)| (name.clone(), law.sampler())).collect::<Map>();
        let all = self.trials.len();
        let numbered = self.trials.into_iter().enumerate();
        let begun = numbered.filter(|(_, trial)| trial.state != TrialEnd::Waiting);
        source.runs = begun.map(|(number, trial)| trial.into_run(number, &names)).collect();
        source.leave_out(all - source.runs.len(), "enqueued, not started");
        source
    }

    /// Returns the names of the values of a trial.
    fn objective_names(&self) -> Vec<String> {
        match self.goals.len() {
            n if n == self.metric_names.len() => self.metric_names.clone(),
            0 | 1 => vec!["value".to_owned()],
            n => (0..n).map(|at| format!("values_{at}")).collect(),
        }
    }
}

impl StoredTrial {
    fn into_run(self, number: usize, names: &[String]) -> ImportedRun {
        let (state, reason) = match self.state {
            TrialEnd::Running | TrialEnd::Waiting => (JobState::Running, String::new()),
            TrialEnd::Complete => (JobState::Done, String::new()),
            TrialEnd::Failed => (JobState::Failed, "Optuna has it as FAIL".to_owned()),
            TrialEnd::Pruned => (JobState::Other(JobState::PRUNED.to_owned()), self.pruned()),
        };
        // What a pruned trial has as its value is the last of its intermediate values: no result.
        let values = if self.state == TrialEnd::Complete { &self.values[..] } else { &[] };
        let reached = names.iter().cloned().zip(values.iter().map(|value| LogValue::Float(*value)));
        let mut results: Vec<(String, LogValue)> = reached.collect();
        for (name, value) in self.attributes {
            let is_taken = names.contains(&name);
            let name = if is_taken { format!("user_attrs.{name}") } else { name };
            results.push((name, value));
        }
        let row = |(step, value): (i64, f64)| {
            vec![
                ("step".to_owned(), LogValue::Int(step)),
                ("intermediate".to_owned(), LogValue::Float(value)),
            ]
        };
        let param = |(name, stored, law): (String, f64, OptunaLaw)| -> (String, Value) {
            let value = law.value(stored);
            (name, value)
        };
        ImportedRun {
            id: number.to_string(),
            name: format!("trial {number}"),
            params: self.params.into_iter().map(param).collect(),
            state: Some(state),
            reason,
            started: self.started,
            ended: self.ended,
            rows: self.intermediate.into_iter().map(row).collect(),
            results,
            ..ImportedRun::default()
        }
    }

    fn pruned(&self) -> String {
        match self.intermediate.last_key_value() {
            Some((step, _)) => format!("pruned at step {step}"),
            None => "pruned".to_owned(),
        }
    }
}
