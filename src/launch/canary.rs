//! `--canary K`: the jobs that show whether the others are worth starting.

use rayon::prelude::*;
use sweep_config::{JobFormat, JobId, SweepDir};

use crate::app::Failure;
use crate::models::{Complexity, NetworkModel, WholeConfig};

/// Chooses `k` of the jobs, in order: those with the most flops, params and activations, where the configs
/// are of networks that we know, and for the rest jobs spread evenly over all.
///
/// What runs out of memory or time does so with the largest network first.
///
/// # Errors
///
/// When a job's config cannot be read.
pub(super) fn canary(dir: &SweepDir, jobs: &[JobId], k: usize) -> Result<Vec<JobId>, Failure> {
    let costs: Vec<Option<Complexity>> =
        jobs.par_iter().map(|job| cost(dir, *job)).collect::<Result<_, Failure>>()?;
    Ok(choose(jobs, &costs, k))
}

/// Returns the complexity of a job's network; `None` if the config is of another program than pycls.
fn cost(dir: &SweepDir, job: JobId) -> Result<Option<Complexity>, Failure> {
    let config = JobFormat::read_file(&dir.cfg(job))?;
    if config.get_path("MODEL.TYPE").is_none() {
        return Ok(None);
    }
    Ok(NetworkModel::read(&WholeConfig(&config)).and_then(|model| model.complexity()).ok())
}

fn choose(jobs: &[JobId], costs: &[Option<Complexity>], k: usize) -> Vec<JobId> {
    let k = k.min(jobs.len());
    let largest = |size: fn(&Complexity) -> i64| {
        let sizes =
            jobs.iter().zip(costs).filter_map(|(job, cost)| Some((size(cost.as_ref()?), *job)));
        sizes.max().map(|(_, job)| job)
    };
    let mut chosen: Vec<JobId> = Vec::new();
    for job in
        [largest(|c| c.flops), largest(|c| c.acts), largest(|c| c.params)].into_iter().flatten()
    {
        if chosen.len() < k && !chosen.contains(&job) {
            chosen.push(job);
        }
    }
    let left = k - chosen.len();
    let others: Vec<JobId> = jobs.iter().copied().filter(|job| !chosen.contains(job)).collect();
    chosen.extend((0..left).map(|i| others[i * others.len() / left]));
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jobs() -> Vec<JobId> {
        (0..100).map(JobId).collect()
    }

    #[test]
    fn the_largest_networks_are_among_them() {
        let cost = |flops, params, acts| Some(Complexity { flops, params, acts });
        let mut costs = vec![cost(1, 1, 1); 100];
        costs[30] = cost(9, 1, 1);
        costs[20] = cost(1, 9, 1);
        costs[10] = cost(1, 1, 9);
        assert_eq!(choose(&jobs(), &costs, 1), [JobId(30)]);
        assert_eq!(choose(&jobs(), &costs, 3), [JobId(10), JobId(20), JobId(30)]);
        let five = choose(&jobs(), &costs, 5);
        assert_eq!(five.len(), 5);
        assert!(five.contains(&JobId(30)));
    }

    #[test]
    fn programs_of_other_kinds_give_jobs_from_everywhere_and_never_more_than_there_are() {
        let costs = vec![None; 100];
        assert_eq!(choose(&jobs(), &costs, 4), [0, 25, 50, 75].map(JobId));
        assert_eq!(choose(&jobs()[..2], &costs[..2], 4), [JobId(0), JobId(1)]);
    }
}
