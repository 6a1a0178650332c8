//! `sweep_setup --extend-replicates N`: further seeds of configs that exist, launched or not.
//!
//! A further replicate is a copy of the first job of its config in all but the seed. Seeds go on from the greatest one
//! that a config has, as those of a setup count up, so that none comes twice.

use std::collections::BTreeMap;

use rayon::prelude::*;
use sweep_config::paths::is_within;
use sweep_config::records::{JobOrigins, ReplicateRecord, SetupRecord};
use sweep_config::{JobFormat, JobId, Map, Sweep, SweepDir, Value, summary, yaml};

use super::candidate::{Candidate, DESCRIPTION};
use super::identity::EarlierSetup;
use super::identity::fingerprint::gather;
use super::job_set::{CopiedJob, job_id};
use super::param_list::ParamList;
use crate::app::{Failure, JobNumbers};
use crate::trials::{SampledRow, SampledValues, SentenceParser};

/// The seed of the first of further jobs of a config whose jobs have none: they count as the first, number 0.
const AFTER_NONE: i64 = 1;

/// Further replicates of configs.
#[derive(Debug)]
pub(crate) struct MoreReplicates {
    /// The parameters of the jobs.
    pub(crate) params: ParamList,
    /// The jobs, those of a config side by side.
    pub(crate) jobs: Vec<CopiedJob>,
    /// The configs that they are of.
    pub(crate) configs: Vec<u64>,
    /// The record of the sweep's replicates, with the key of their seeds.
    pub(crate) record: ReplicateRecord,
}

/// Makes `more` jobs of each config, or of those of the jobs in `only`. Runs on the threads of the caller's pool.
///
/// # Errors
///
/// When no key receives the seed, a seed cannot be counted up, or a file of the sweep cannot be read.
pub(crate) fn more_replicates(
    sweep: &Sweep,
    earlier: &EarlierSetup,
    more: u32,
    only: Option<&JobNumbers>,
) -> Result<MoreReplicates, Failure> {
    let record = earlier.record();
    let key = seed_key(sweep, record)?;
    let sources = SourceJobs::read(sweep, record, only)?;
    let params = params(record, &key);
    let copies = |jobs: &Vec<u32>| sources.copies(&params, &key, jobs, more);
    let copies = sources.configs.par_iter().map(|(_, jobs)| copies(jobs));
    let copies: Vec<Vec<CopiedJob>> = copies.collect::<Result<_, Failure>>()?;
    let count = record.replicates.as_ref().map_or(1, |replicates| replicates.count);
    Ok(MoreReplicates {
        jobs: copies.into_iter().flatten().collect(),
        configs: sources.configs.iter().map(|(config, _)| *config).collect(),
        record: ReplicateRecord { count, key },
        params,
    })
}

/// Returns the key that receives the seed.
fn seed_key(sweep: &Sweep, record: &SetupRecord) -> Result<String, Failure> {
    if let Some(replicates) = &record.replicates {
        return Ok(replicates.key.clone());
    }
    let key = &sweep.setup.seed_key;
    let around = |param: &&String| is_within(param, key) || is_within(key, param);
    if let Some(param) = record.params.iter().find(around) {
        return Err(Failure::usage(
            format!(
                "--extend-replicates: `{param}` is a parameter of the sweep and no seed (SETUP.SEED_KEY: {key})"
            ),
            "set SETUP.SEED_KEY to the key that receives the seed, or add values of the parameter with `--add`",
        ));
    }
    if sweep.setup.base_cfg.get_path(key).is_none() && key == "RNG_SEED" {
        let mut leaves = Vec::new();
        gather(&sweep.setup.base_cfg, "", &mut leaves);
        let is_seed = |(path, value): &&(String, &Value)| {
            path.to_ascii_lowercase().ends_with("seed") && matches!(value, Value::Int(_))
        };
        let key = leaves.iter().find(is_seed).map_or("…", |(path, _)| path.as_str());
        return Err(Failure::usage(
            "--extend-replicates: the job configs have no key `RNG_SEED`",
            format!(
                "write the key of the job config that receives the seed: `SETUP.SEED_KEY: {key}`"
            ),
        ));
    }
    Ok(key.clone())
}

/// Returns the parameters of copies. Their values are in the copied config already, but for the seed.
fn params(record: &SetupRecord, key: &str) -> ParamList {
    let mut names = record.params.clone();
    names.retain(|name| name != key);
    names.push(key.to_owned());
    let mut params = ParamList::new(names.clone());
    for (place, name) in names.iter().enumerate() {
        if name != key && name != DESCRIPTION {
            params.label(place);
        }
    }
    params
}

/// The jobs that are copied.
struct SourceJobs {
    dir: SweepDir,
    /// The jobs of each config, in order.
    configs: Vec<(u64, Vec<u32>)>,
    sampled: SampledValues,
    summary: Map,
}

impl SourceJobs {
    fn read(
        sweep: &Sweep,
        record: &SetupRecord,
        only: Option<&JobNumbers>,
    ) -> Result<Self, Failure> {
        let dir = sweep.dir();
        let kept = usize::try_from(record.kept).unwrap_or(usize::MAX);
        let jobs: Vec<JobId> = (0..kept).map(job_id).collect();
        only.map_or(Ok(()), |only| only.check(&jobs))?;
        let origins = JobOrigins::of(record);
        let mut configs: BTreeMap<u64, (bool, Vec<u32>)> = BTreeMap::new();
        for job in &jobs {
            let (is_wanted, of_config) = configs.entry(origins.config(job.0.into())).or_default();
            *is_wanted |= only.is_none_or(|only| only.has(*job));
            of_config.push(job.0);
        }
        let wanted = configs.into_iter().filter(|(_, (is_wanted, _))| *is_wanted);
        let configs = wanted.map(|(config, (_, jobs))| (config, jobs)).collect();
        let summary = match yaml::read_file(&dir.cfgs_summary())? {
            Value::Map(summary) => summary,
            _ => Map::new(),
        };
        let sentence = |job: &JobId| (*job, sentence(&dir, &summary, *job).map(summary::sampled));
        let sentences: Vec<_> = jobs.iter().map(sentence).collect();
        let parser = || SentenceParser::of_sweep(sweep);
        let sampled = SampledValues::read(&dir, sentences.into_iter(), parser)?;
        Ok(Self { dir, configs, sampled, summary })
    }

    /// Returns further jobs of the config that some jobs have.
    fn copies(
        &self,
        params: &ParamList,
        key: &str,
        jobs: &[u32],
        more: u32,
    ) -> Result<Vec<CopiedJob>, Failure> {
        let configs = jobs.iter().map(|job| JobFormat::read_file(&self.dir.cfg(JobId(*job))));
        let configs: Vec<Value> = configs.collect::<Result<_, _>>()?;
        let first = JobId(jobs[0]);
        let seeds = configs.iter().filter_map(|config| match config.get_path(key) {
            Some(Value::Int(seed)) => Some(Ok(*seed)),
            None | Some(Value::Null) => None,
            Some(_) => Some(Err(no_seed(&self.dir, first, key))),
        });
        let seeds: Vec<i64> = seeds.collect::<Result<_, Failure>>()?;
        let from = seeds.iter().max().map_or(AFTER_NONE, |seed| seed.saturating_add(1));
        if from.checked_add(more.into()).is_none() {
            return Err(no_seed(&self.dir, first, key));
        }
        let sampled = self.sampled.of_job(first);
        let line = sentence(&self.dir, &self.summary, first).unwrap_or_default();
        let network = line.strip_prefix(summary::sampled(line)).unwrap_or_default();
        let network = network.strip_prefix(" -> ").unwrap_or_default();
        let copy = |number: u32| CopiedJob {
            candidate: candidate(params, key, sampled, from + i64::from(number)),
            config: configs[0].clone(),
            network: network.to_owned(),
        };
        Ok((0..more).map(copy).collect())
    }
}

fn sentence<'s>(dir: &SweepDir, summary: &'s Map, job: JobId) -> Option<&'s str> {
    match summary.get(&dir.cfg_name(job))? {
        Value::Str(text) => Some(text),
        _ => None,
    }
}

fn no_seed(dir: &SweepDir, job: JobId, key: &str) -> Failure {
    Failure::usage(
        format!(
            "`{}`: `{key}` is not a whole number that can be counted up",
            dir.cfg(job).display()
        ),
        "set SETUP.SEED_KEY to a key whose value is a whole number",
    )
}

fn candidate(params: &ParamList, key: &str, sampled: Option<&SampledRow>, seed: i64) -> Candidate {
    let value = |name: &String| {
        if name == key {
            return Some(Value::Int(seed));
        }
        sampled.and_then(|row| row.get(name)).cloned().map(Value::from)
    };
    Candidate::new(params, params.names().iter().map(value).collect(), Vec::new())
}
