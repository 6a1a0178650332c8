//! The sweeps that a report is about: its own, and those that are laid over it.

use sweep_config::{AnalyzeConfig, MetricFilter, Sweep, SweepDir};

use super::fate::ValueRule;
use super::group::JobGroup;
use super::metrics::{MetricProblem, Objective};
use super::population::Population;
use super::value_order::ValueOrder;
use crate::app::Failure;
use crate::trials::{ColumnSource, SentenceParser, check_collected};

/// The sweeps that were read, and what their jobs are ranked by.
#[derive(Debug)]
pub(crate) struct Study {
    /// The sweeps, the report's own first.
    sweeps: Vec<Population>,
    /// The objective that jobs are ranked by.
    pub objective: Objective,
    /// Further objectives, if the config names any.
    pub others: Vec<Objective>,
    /// The sentences that say why a sweep that was asked for is not among them.
    pub missing: Vec<String>,
}

/// Whole sweeps with the values of their jobs.
#[derive(Debug)]
pub(super) struct RuledGroups<'a> {
    /// One group a sweep, the report's own first.
    pub(super) wholes: Vec<JobGroup<'a>>,
    /// The rule by which their jobs have values.
    pub(super) rule: ValueRule,
    /// The filters that remain to be applied to them.
    pub(super) filters: Vec<MetricFilter>,
    /// The sentences that say what the config asked for and could not be done.
    pub(super) warnings: Vec<String>,
}

impl Study {
    /// Returns true if the report is about one sweep.
    pub(super) fn is_single(&self) -> bool {
        self.sweeps.len() == 1
    }

    /// Reads what was collected; `also` are sweeps beside those that the config names.
    ///
    /// # Errors
    ///
    /// When nothing was collected of the report's own sweep, or it cannot be read. Another one that
    /// cannot be read is missing.
    pub(crate) fn read(sweep: &Sweep, also: &[Sweep]) -> Result<Self, Failure> {
        check_collected(sweep)?;
        // `val.accuracy` is the column `accuracy` of the phase `val`.
        let objective = sweep.analyze.objectives.first();
        let metric = objective.and_then(|o| o.metric.rsplit('.').next());
        let parser = || SentenceParser::of_sweep(sweep);
        let mut sweeps = vec![Population::read(&sweep.name, sweep.dir(), metric, parser)?];
        let mut missing = Vec::new();
        let named = sweep.analyze.extra_sweep_names.iter();
        let named = named.map(|name| (name.as_str(), SweepDir::new(sweep.root_dir.join(name))));
        let given = also.iter().map(|other| (other.name.as_str(), other.dir()));
        for (name, dir) in named.chain(given) {
            let parser = {
                let dir = dir.clone();
                move || SentenceParser::of_dir(&dir)
            };
            match Population::read(name, dir, metric, parser) {
                Ok(population) => sweeps.push(population),
                Err(why) => missing.push(format!("The sweep `{name}` is not shown: {why}.")),
            }
        }
        let objectives = &sweep.analyze.objectives;
        let sources: Vec<&dyn ColumnSource> =
            sweeps.iter().map(|p| &p.table as &dyn ColumnSource).collect();
        let mut others = Objective::all(objectives, &sources);
        for population in &mut sweeps {
            population.rank(&others);
            population.order = ValueOrder::of(sweep);
        }
        let objective = others.remove(0);
        if !objectives.is_empty() {
            let problems = sweeps.iter().map(|p| objective.try_values(&p.table).err());
            let problems = problems.flatten().map(|p| format!("The objective {}", p.sentence()));
            missing.extend(problems);
        }
        let proposal = sweeps.first().and_then(|own| objective.proposal(&own.table));
        missing.extend(proposal);
        Ok(Self { sweeps, objective, others, missing })
    }

    /// Returns one group a sweep, named by the last part of its name unless two share it, with the values that the
    /// config's rule gives its jobs.
    pub(super) fn groups<'a>(&'a self, analyze: &AnalyzeConfig) -> RuledGroups<'a> {
        let (rule, filters) = ValueRule::new(analyze.over_seeds, &analyze.pre_filters);
        match self.groups_by(&rule) {
            Ok(wholes) => RuledGroups { wholes, rule, filters, warnings: Vec::new() },
            Err(problem) => {
                let why = problem.sentence();
                let why = format!("The filters are not applied: {}.", why.trim_end_matches('.'));
                let rule = ValueRule { over_seeds: analyze.over_seeds, ..ValueRule::default() };
                let wholes = self.groups_by(&rule).unwrap_or_default();
                RuledGroups { wholes, rule, filters: Vec::new(), warnings: vec![why] }
            }
        }
    }

    fn groups_by<'a>(&'a self, rule: &ValueRule) -> Result<Vec<JobGroup<'a>>, MetricProblem> {
        let name = |at: usize, name: &str| {
            let short = short_name(name);
            let is_shared = |(other, sweep): (usize, &Population)| {
                other != at && sweep.name != name && short_name(&sweep.name) == short
            };
            let is_shared = self.sweeps.iter().enumerate().any(is_shared);
            if is_shared { name.to_owned() } else { short }
        };
        let group = |(at, population): (usize, &'a Population)| {
            JobGroup::ruled(name(at, &population.name), population, rule)
        };
        self.sweeps.iter().enumerate().map(group).collect()
    }
}

/// The last part of a sweep's name, as pycls's legends have it.
pub(super) fn short_name(name: &str) -> String {
    name.rsplit('/').next().unwrap_or(name).to_owned()
}
