//! The sweeps that a report is about: its own, and those that are laid over it.

use sweep_config::{Sweep, SweepDir};

use super::frame::Population;
use super::group::Group;
use super::metrics::{Objective, configured, error};
use super::sampled::Parameters;
use crate::app::{Failure, command};

/// All that was read.
#[derive(Debug)]
pub struct Study {
    /// Name and jobs of each sweep, the report's own first.
    sweeps: Vec<(String, Population)>,
    /// What jobs are ranked by.
    pub objective: Objective,
    /// Further objectives, if the config names any.
    pub others: Vec<Objective>,
    /// The parameters that were sampled in the report's own sweep.
    pub parameters: Parameters,
    /// Why a sweep that was asked for is not among them.
    pub missing: Vec<String>,
}

impl Study {
    /// Reads what was collected.
    ///
    /// # Errors
    ///
    /// When nothing was collected of the report's own sweep, or it cannot be read. Another one that
    /// cannot be read is missing.
    pub fn read(sweep: &Sweep) -> Result<Self, Failure> {
        let dir = sweep.dir();
        if !dir.sweep_parquet().exists() {
            let message = format!("nothing was collected in `{}` yet", dir.path().display());
            let collect = command("sweep_collect", sweep);
            return Err(Failure::usage(message, format!("run `{collect}` first")));
        }
        // `val.accuracy` is the column `accuracy` of the phase `val`.
        let objective = sweep.analyze.objectives.first();
        let metric = objective.and_then(|o| o.metric.rsplit('.').next());
        let mut sweeps = vec![(short_name(&sweep.name), Population::read(&dir, metric)?)];
        let mut missing = Vec::new();
        for name in &sweep.analyze.extra_sweep_names {
            match Population::read(&SweepDir::new(sweep.root_dir.join(name)), metric) {
                Ok(population) => sweeps.push((short_name(name), population)),
                Err(why) => missing.push(format!("The sweep `{name}` is not shown: {why}.")),
            }
        }
        let populations = || sweeps.iter().map(|(_, population)| population);
        let objectives = &sweep.analyze.objectives;
        let mut others: Vec<Objective> =
            objectives.iter().map(|config| configured(config, populations())).collect();
        let objective = if others.is_empty() { error(populations()) } else { others.remove(0) };
        if !objectives.is_empty() {
            let problems = populations().map(|p| objective.try_values(p).err());
            let problems = problems.flatten().map(|p| format!("The objective {}", p.sentence()));
            missing.extend(problems);
        }
        Ok(Self { sweeps, objective, others, parameters: Parameters::of(sweep), missing })
    }

    /// One group a sweep, the report's own first.
    pub fn groups(&self) -> Vec<Group<'_>> {
        let group = |name: &String, population| {
            Group::whole(name.clone(), population, self.objective.clone())
        };
        self.sweeps.iter().map(|(name, population)| group(name, population)).collect()
    }
}

/// The last part of a sweep's name, as pycls's legends have it.
pub(super) fn short_name(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}
