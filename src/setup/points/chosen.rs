//! Makes jobs of points, those that do not exist yet.

use std::collections::HashMap;
use std::fmt::Write as _;

use indexmap::IndexMap;
use sweep_config::{Sampler, SetupConfig, Strategy, Sweep};

use super::reading::{GivenPoints, PointSet};
use crate::app::{Failure, count};
use crate::setup::candidate::Candidate;
use crate::setup::defaults::ConfigSchema;
use crate::setup::drawing::DesignSpace;
use crate::setup::given::{GivenRow, GivenValues};
use crate::setup::identity::{ExistingJobs, JobFingerprint};
use crate::setup::job_set::job_id;
use crate::setup::param_list::ParamList;
use crate::setup::population::{DrawTally, DrawnPopulation};
use crate::setup::replicates;

/// The jobs that the points of one source make.
#[derive(Debug)]
pub(crate) struct ChosenRound {
    /// The source: `SETUP.POINTS: points.csv`, `--add points.csv`, `SETUP.POINTS`.
    pub(crate) source: String,
    /// Their parameters.
    pub(crate) params: ParamList,
    /// The jobs, the replicates of a config side by side.
    pub(crate) jobs: Vec<Candidate>,
}

/// The jobs that points make, and what became of the other points.
#[derive(Debug, Default)]
pub(crate) struct ChosenJobs {
    /// The sources, without those of which every point is a job already.
    pub(crate) rounds: Vec<ChosenRound>,
    /// The new configs by their fingerprints, with their numbers.
    pub(crate) configs: HashMap<JobFingerprint, u64>,
    /// Remarks on points that make no job, or one outside of the design space.
    pub(crate) notes: Vec<String>,
}

/// The jobs that are there before the points.
pub(crate) struct EarlierJobs<'a> {
    /// All of them.
    pub(crate) all: &'a ExistingJobs,
    /// The number of the next job.
    pub(crate) next_job: u64,
    /// The number of the next config.
    pub(crate) next_config: u64,
}

impl ChosenJobs {
    /// Makes the jobs of points, in their order. Runs on the threads of the caller's pool.
    ///
    /// # Errors
    ///
    /// When a point is no config that a program could take.
    pub(crate) fn of(
        sweep: &Sweep,
        points: &GivenPoints,
        earlier: &EarlierJobs<'_>,
    ) -> Result<Self, Failure> {
        let mut chosen = Self::default();
        for set in &points.sets {
            chosen.take(sweep, set, points.others(), earlier)?;
        }
        Ok(chosen)
    }

    fn take(
        &mut self,
        sweep: &Sweep,
        set: &PointSet,
        others: &[String],
        earlier: &EarlierJobs<'_>,
    ) -> Result<(), Failure> {
        let rows: Vec<GivenRow> = set.rows.iter().map(|(_, row)| row.clone()).collect();
        let setup = without_samplers(&sweep.setup);
        let given = GivenValues::of_rows(params_of(&sweep.setup, others), &rows);
        let space = DesignSpace::new(&setup, &given)?;
        let mut kept = Vec::new();
        let mut repeats = Vec::new();
        let mut unmet: IndexMap<String, (&String, usize)> = IndexMap::new();
        for (number, (place, _)) in (0..).zip(&set.rows) {
            let taken = space.take(number);
            let (candidate, against) = taken.map_err(|why| refusal(set, place, &why))?;
            let config = candidate.job_config(space.params(), &setup.base_cfg);
            let job = earlier.all.fingerprint(&config, space.params());
            let same = earlier.all.job_of(job).or_else(|| {
                let before = self.configs.get(&job)? - earlier.next_config;
                Some(earlier.next_job + before * u64::from(setup.replicates))
            });
            if let Some(same) = same {
                let same = job_id(usize::try_from(same).unwrap_or(usize::MAX));
                repeats.push(format!("{place} is job {same} already"));
                continue;
            }
            if !against.is_empty() {
                unmet.entry(against.join(", ")).or_insert((place, 0)).1 += 1;
            }
            self.configs.insert(job, earlier.next_config + self.configs.len() as u64);
            kept.push(*candidate);
        }
        self.notes.extend(unmet.into_iter().map(|(against, (first, points))| {
            let points = count(points, "point");
            let source = &set.source;
            format!(
                "{source}: {points} outside of SETUP.CONSTRAINTS, which stay as you chose them: {first} does not meet {against}"
            )
        }));
        self.notes.extend(repeated(set, &repeats));
        if kept.is_empty() {
            return Ok(());
        }
        let params = space.params().clone();
        let population = DrawnPopulation { params, kept, tally: DrawTally::default() };
        ConfigSchema::read(sweep)?.check_all(&population)?;
        let DrawnPopulation { params, kept: jobs, .. } =
            replicates::expand(population, &sweep.setup);
        self.rounds.push(ChosenRound { source: set.source.clone(), params, jobs });
        Ok(())
    }

    /// Returns the number of jobs that are new.
    pub(crate) fn jobs(&self) -> usize {
        self.rounds.iter().map(|round| round.jobs.len()).sum()
    }
}

fn refusal(set: &PointSet, place: &str, why: &str) -> Failure {
    Failure::usage(
        format!("{}: {place}: {why}", set.source),
        "nothing was written: correct the point and try again",
    )
}

/// Returns the remark on points that are jobs already.
fn repeated(set: &PointSet, repeats: &[String]) -> Option<String> {
    const SHOWN: usize = 5;
    let mut shown = repeats.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if repeats.len() > SHOWN {
        let _ = write!(shown, ", and {} more", repeats.len() - SHOWN);
    }
    (!repeats.is_empty()).then(|| format!("{}: {shown}", set.source))
}

/// Returns the setup of the same programs and constraints in which nothing is drawn.
fn without_samplers(setup: &SetupConfig) -> SetupConfig {
    let mut helpers = setup.helpers.clone();
    unions(setup.samplers.iter(), &mut helpers);
    SetupConfig {
        samplers: IndexMap::new(),
        zip: Vec::new(),
        strategy: Strategy::Grid,
        num_configs: None,
        num_samples: u64::MAX,
        helpers,
        ..setup.clone()
    }
}

/// Gathers the keys that only describe a job: those of unions.
fn unions<'a>(samplers: impl Iterator<Item = (&'a String, &'a Sampler)>, into: &mut Vec<String>) {
    for (key, sampler) in samplers {
        let Sampler::Choice(choice) = sampler.unconditional() else { continue };
        if !choice.in_config {
            into.push(key.clone());
        }
        choice.branches.iter().for_each(|branch| unions(branch.samplers.iter(), into));
    }
}

/// Returns the parameters that points may have: those of the samplers in their order, then the others.
fn params_of(setup: &SetupConfig, others: &[String]) -> Vec<String> {
    let sampled = setup.samplers.iter().flat_map(|(key, sampler)| sampler.params(key));
    let mut params: Vec<String> = Vec::new();
    for key in sampled.chain(others.iter().cloned()) {
        if !params.contains(&key) {
            params.push(key);
        }
    }
    params
}
