//! The user's selection among the jobs that are not done: `--only`, `--state`, `--where`.

use std::collections::BTreeSet;
use std::str::FromStr;

use rayon::prelude::*;
use sweep_config::expr::Expression;
use sweep_config::records::JobState;
use sweep_config::{JobFormat, JobId, SweepDir, Value};

use crate::app::{Failure, JobNumbers};

/// The way to name parameters in `--where`.
const WHERE_HINT: &str =
    "write parameters by their path, such as `OPTIM.BASE_LR > 1` or `cfg['learning-rate'] > 1`";

/// The user's selection of jobs; an empty one selects all.
#[derive(Debug, Clone, Default)]
pub struct JobSelection {
    /// The numbers of the jobs.
    pub only: Option<JobNumbers>,
    /// The states that they may be in.
    pub states: Vec<String>,
    /// The condition that must be true of their configs.
    pub condition: Option<ConfigCondition>,
}

/// An expression over a job's config.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigCondition(Expression);

impl FromStr for ConfigCondition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Expression::parse(text).map(Self).map_err(|e| format!("column {}: {e}", e.at + 1))
    }
}

impl JobSelection {
    /// True if every job is selected.
    pub(super) fn is_all(&self) -> bool {
        self.only.is_none() && self.states.is_empty() && self.condition.is_none()
    }

    /// Returns the selected jobs with their states.
    ///
    /// # Errors
    ///
    /// When a number or state is that of no job, or the condition has no value for a config.
    pub(super) fn of(
        &self,
        dir: &SweepDir,
        states: &[(JobId, JobState)],
    ) -> Result<Vec<(JobId, JobState)>, Failure> {
        self.check_numbers(states)?;
        let wanted_states = self.wanted_states()?;
        let chosen = states.iter().filter(|(job, state)| {
            self.only.as_ref().is_none_or(|numbers| numbers.has(*job))
                && (wanted_states.is_empty() || wanted_states.contains(state))
        });
        let mut chosen: Vec<_> = chosen.cloned().collect();
        if let Some(condition) = &self.condition {
            let holds: Vec<bool> = chosen
                .par_iter()
                .map(|(job, _)| condition.holds(dir, *job))
                .collect::<Result<_, Failure>>()?;
            let mut holds = holds.into_iter();
            chosen.retain(|_| holds.next().unwrap_or(false));
        }
        Ok(chosen)
    }

    /// A number beyond the jobs is a slip of the pen that would else pass unseen.
    fn check_numbers(&self, states: &[(JobId, JobState)]) -> Result<(), Failure> {
        let Some(numbers) = &self.only else { return Ok(()) };
        numbers.check(&states.iter().map(|(job, _)| *job).collect::<Vec<_>>())
    }

    fn wanted_states(&self) -> Result<BTreeSet<JobState>, Failure> {
        let known = |name: &String| match JobState::from_name(&name.replace(['_', '-'], " ")) {
            JobState::Other(_) => Err(Failure::usage(
                format!("--state: unknown state `{name}`"),
                format!("choose from {}", JobState::NAMED.map(|s| s.name().to_owned()).join(", ")),
            )),
            state => Ok(state),
        };
        self.states.iter().map(known).collect()
    }
}

impl ConfigCondition {
    fn holds(&self, dir: &SweepDir, job: JobId) -> Result<bool, Failure> {
        let config = JobFormat::read_file(&dir.cfg(job))?;
        let names = self.0.names();
        let lookup = |name: usize| -> Option<&Value> { config.get_path(&names[name]) };
        self.0.is_true(&lookup).map_err(|e| {
            let message = format!("--where: `{}` has no value for job {job}: {e}", self.0.text());
            Failure::usage(message, WHERE_HINT)
        })
    }
}

#[cfg(test)]
mod tests {
    use sweep_config::fs;

    use super::*;

    fn sweep() -> (tempfile::TempDir, SweepDir, Vec<(JobId, JobState)>) {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        fs::create_dir_all(&dir.cfgs()).unwrap();
        let states = [JobState::Failed, JobState::Waiting, JobState::Lost, JobState::TimedOut];
        for job in 0..4 {
            let text = format!("OPTIM: {{BASE_LR: {job}.5}}\n");
            fs::write_atomic(&dir.cfg(JobId(job)), text.as_bytes()).unwrap();
        }
        let states = (0..).map(JobId).zip(states).collect();
        (root, dir, states)
    }

    fn chosen(selection: &JobSelection) -> Result<Vec<u32>, String> {
        let (_root, dir, states) = sweep();
        let chosen = selection.of(&dir, &states).map_err(|e| e.to_string())?;
        Ok(chosen.iter().map(|(job, _)| job.0).collect())
    }

    #[test]
    fn jobs_are_selected_by_number_state_and_condition_together() {
        let only = Some("0,2-3".parse().unwrap());
        assert_eq!(
            chosen(&JobSelection { only: only.clone(), ..JobSelection::default() }).unwrap(),
            [0, 2, 3]
        );
        let states = vec!["lost".to_owned(), "timed-out".to_owned()];
        assert_eq!(
            chosen(&JobSelection { states: states.clone(), ..JobSelection::default() }).unwrap(),
            [2, 3]
        );
        let condition = Some("OPTIM.BASE_LR > 2.5".parse().unwrap());
        assert_eq!(chosen(&JobSelection { only, states, condition }).unwrap(), [3]);
        assert_eq!(chosen(&JobSelection::default()).unwrap(), [0, 1, 2, 3]);
    }

    #[test]
    fn what_cannot_be_meant_is_told() {
        assert!("3-1".parse::<JobNumbers>().unwrap_err().contains("3-1"));
        assert!("a".parse::<JobNumbers>().is_err());
        assert!("OPTIM.BASE_LR >".parse::<ConfigCondition>().is_err());
        let only = JobSelection { only: Some("7".parse().unwrap()), ..JobSelection::default() };
        assert!(chosen(&only).unwrap_err().contains("no job 7"));
        let states = JobSelection { states: vec!["broken".into()], ..JobSelection::default() };
        assert!(chosen(&states).unwrap_err().contains("unknown state `broken`"));
        let condition = Some("NO.SUCH > 1".parse().unwrap());
        let message = chosen(&JobSelection { condition, ..JobSelection::default() }).unwrap_err();
        assert!(message.contains("NO.SUCH"), "{message}");
    }
}
