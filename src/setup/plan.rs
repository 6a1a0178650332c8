//! Which candidates become jobs. Pure: the same setup gives the same population, whatever the
//! number of threads.
//!
//! Candidate *i* depends on the seed and on *i* alone. The first `NUM_CONFIGS` candidates that are
//! new and meet the constraints are kept, in the order of *i*, out of `NUM_SAMPLES` at most. So a
//! longer sweep begins with the shorter one, and it does not matter which thread draws what, in
//! which portions.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ops::Range;

use rayon::prelude::*;
use sweep_config::Setup;

use super::candidate::Candidate;
use super::constraint::{Judge, Rejection};
use super::sampler::Space;
use crate::app::Failure;

/// Candidates drawn before anything is known about how many are kept.
const FIRST_ROUND: u64 = 64;
/// Candidates that wait for their turn to be judged, at most: what bounds the memory of a round.
const LARGEST_ROUND: u64 = 1 << 17;

/// The jobs of a sweep, and how they were found.
#[derive(Debug, PartialEq)]
pub(crate) struct Population {
    /// The sampled parameters.
    pub(crate) params: Vec<String>,
    /// What was drawn for each job, in the order of the jobs.
    pub(crate) kept: Vec<Candidate>,
    /// How the drawing went.
    pub(crate) tally: Tally,
}

/// How the drawing went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    /// How many candidates were drawn.
    pub(crate) candidates: u64,
    /// How many of them repeated an earlier one, kept or not.
    pub(crate) duplicates: u64,
    /// How many each constraint rejected.
    pub(crate) rejections: BTreeMap<Rejection, u64>,
    /// How many different configs the samplers can draw; `None` for more than 2^128.
    pub(crate) support: Option<u128>,
}

impl Tally {
    /// How many different candidates were drawn.
    pub(crate) fn distinct(&self) -> u64 {
        self.candidates - self.duplicates
    }

    /// True if and only if every config that the samplers can draw was drawn.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.support.is_some_and(|support| u128::from(self.distinct()) >= support)
    }
}

/// Draws the population. `report` hears now and then how many candidates were drawn and how many
/// configs were kept.
///
/// Runs on the threads of the caller's pool.
///
/// # Errors
///
/// When a sampler cannot be drawn from, or a constraint cannot be checked.
pub(crate) fn plan(setup: &Setup, report: impl Fn(u64, u64)) -> Result<Population, Failure> {
    let space = Space::new(&setup.samplers)?;
    let judge = Judge::new(&setup.constraints, space.params(), &setup.base_cfg)?;
    let mut sieve = Sieve::new(setup.num_configs, space.support());
    let mut next = 0;
    while next < setup.num_samples && !sieve.is_done() {
        let round = next..setup.num_samples.min(next.saturating_add(sieve.round_size()));
        next = round.end;
        for verdict in draw_round(round, setup, &space, &judge) {
            sieve.take(verdict);
            if sieve.is_done() {
                break;
            }
        }
        report(sieve.tally.candidates, sieve.kept.len() as u64);
    }
    let Sieve { kept, tally, .. } = sieve;
    Ok(Population { params: space.params().to_vec(), kept, tally })
}

/// A candidate that was judged on its own, not yet held against those before it.
struct Verdict {
    fingerprint: u128,
    candidate: Result<Candidate, Rejection>,
}

/// Draws and judges a round's candidates on all threads, `CHUNK_SIZE` at a time; in order.
fn draw_round(round: Range<u64>, setup: &Setup, space: &Space, judge: &Judge) -> Vec<Verdict> {
    let judged = |number| {
        let candidate = Candidate::draw(space, setup.rng_seed, number);
        let fingerprint = fingerprint(&candidate.description);
        let candidate = judge.reject(&candidate).map_or(Ok(candidate), Err);
        Verdict { fingerprint, candidate }
    };
    let numbers: Vec<u64> = round.collect();
    let chunk = usize::try_from(setup.chunk_size.max(1)).unwrap_or(usize::MAX);
    numbers.into_par_iter().with_max_len(chunk).map(judged).collect()
}

/// Two hashes of 64 bits over the description, salted apart.
///
/// Two descriptions of a sweep share one with probability n^2 / 2^129: for a thousand million
/// candidates, 10^-21. Whole descriptions of every candidate would need ten times the memory.
fn fingerprint(description: &str) -> u128 {
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let half = |salt: u8| u128::from(hasher.hash_one((salt, description)));
    half(0) << 64 | half(1)
}

/// Lets candidates through one by one, in order.
struct Sieve {
    wanted: u64,
    seen: HashSet<u128>,
    kept: Vec<Candidate>,
    tally: Tally,
}

impl Sieve {
    fn new(wanted: u64, support: Option<u128>) -> Self {
        let tally = Tally { candidates: 0, duplicates: 0, rejections: BTreeMap::new(), support };
        Self { wanted, seen: HashSet::new(), kept: Vec::new(), tally }
    }

    fn take(&mut self, verdict: Verdict) {
        self.tally.candidates += 1;
        if !self.seen.insert(verdict.fingerprint) {
            self.tally.duplicates += 1;
            return;
        }
        match verdict.candidate {
            Ok(candidate) => self.kept.push(candidate),
            Err(rejection) => *self.tally.rejections.entry(rejection).or_default() += 1,
        }
    }

    /// True if and only if there are enough, or there can be no more.
    fn is_done(&self) -> bool {
        self.kept.len() as u64 >= self.wanted || self.tally.is_exhausted()
    }

    /// How many candidates to draw next: as many as are likely to be needed, so that little is
    /// drawn in vain. The result does not depend on it.
    fn round_size(&self) -> u64 {
        let kept = self.kept.len() as u64;
        let missing = self.wanted - kept;
        let tried = self.tally.candidates;
        let likely = match kept {
            0 => tried.saturating_mul(4).max(missing),
            _ => (u128::from(missing) * u128::from(tried) / u128::from(kept))
                .try_into()
                .unwrap_or(LARGEST_ROUND),
        };
        likely.saturating_add(likely / 16).clamp(FIRST_ROUND, LARGEST_ROUND)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indexmap::IndexMap;
    use proptest::prelude::*;
    use sweep_config::{Constraints, Law, Quantized, Sampler, Value};

    fn setup(samplers: Vec<(&str, Sampler)>, num_configs: u64) -> Setup {
        Setup {
            num_configs,
            num_samples: 20_000,
            chunk_size: 5000,
            rng_seed: 3,
            base_cfg: Value::Null,
            samplers: samplers.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
            constraints: Constraints { flops: None, params: None, acts: None, num_stages: (4, 4) },
        }
    }

    fn die(high: i64) -> Sampler {
        Sampler::Scalar(Law::Uniform, Quantized::Int { low: 1, high, quantum: 1 })
    }

    fn drawn(setup: &Setup) -> Population {
        plan(setup, |_, _| {}).unwrap()
    }

    #[test]
    fn a_longer_sweep_begins_with_the_shorter_one() {
        let short = drawn(&setup(vec![("A", die(5000))], 100));
        let long = drawn(&setup(vec![("A", die(5000))], 1000));
        assert_eq!((short.kept.len(), long.kept.len()), (100, 1000));
        assert_eq!(long.kept[..100], short.kept);
    }

    #[test]
    fn threads_and_chunks_change_nothing() {
        let with = |threads, chunk_size| {
            let setup = Setup { chunk_size, ..setup(vec![("A", die(3000))], 2000) };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| drawn(&setup))
        };
        let one = with(1, 5000);
        assert_eq!(with(64, 1), one);
        assert_eq!(with(3, 7), one);
    }

    #[test]
    fn a_finite_space_is_drawn_whole_and_then_left_alone() {
        let population = drawn(&setup(vec![("A", die(4)), ("B", die(3))], 100));
        assert_eq!(population.kept.len(), 12);
        assert!(population.tally.is_exhausted());
        assert!(population.tally.candidates < 500, "{:?}", population.tally);
        let last = population.tally.candidates - population.tally.duplicates;
        assert_eq!(last, 12);
    }

    #[test]
    fn no_more_candidates_are_tried_than_allowed() {
        let setup = Setup { num_samples: 10, ..setup(vec![("A", die(1_000_000))], 100) };
        let population = drawn(&setup);
        assert_eq!((population.kept.len(), population.tally.candidates), (10, 10));
        assert!(!population.tally.is_exhausted());
    }

    #[test]
    fn without_samplers_there_is_one_config() {
        let population = drawn(&setup(vec![], 5));
        assert_eq!(population.kept.len(), 1);
        assert_eq!(population.kept[0].description, "");
        assert_eq!(population.tally.candidates, 1);
    }

    #[test]
    fn what_a_constraint_rejects_is_counted_once_and_ends_a_finite_space() {
        let depths = Sampler::Value((1..=20).map(Value::Int).collect());
        let mut setup = setup(vec![("REGNET.DEPTH", depths)], 100);
        setup.base_cfg.set_path("MODEL.TYPE", Value::Str("regnet".into()));
        setup.constraints.num_stages = (2, 2);
        let population = drawn(&setup);
        let rejected = population.tally.rejections["REGNET.NUM_STAGES"];
        assert_eq!(population.kept.len() as u64 + rejected, 20);
        assert!(population.tally.is_exhausted());
    }

    #[test]
    fn a_space_too_large_to_count_is_no_problem() {
        let list = Sampler::List { length: 1000, item: Box::new(die(1_000_000)) };
        let population = drawn(&setup(vec![("A", list)], 3));
        assert_eq!((population.kept.len(), population.tally.support), (3, None));
    }

    proptest! {
        /// Values that differ have descriptions that differ, and the other way round.
        #[test]
        fn every_config_of_a_space_is_found_once(a in 1_i64..6, b in 1_i64..5, length in 0_usize..3) {
            let list = Sampler::List { length, item: Box::new(die(b)) };
            let population = drawn(&setup(vec![("A", die(a)), ("B", list)], 10_000));
            let support = a.pow(1) * b.pow(u32::try_from(length).unwrap());
            prop_assert_eq!(population.kept.len(), usize::try_from(support).unwrap());
            let distinct: IndexMap<String, ()> =
                population.kept.iter().map(|c| (format!("{:?}", c.values), ())).collect();
            prop_assert_eq!(distinct.len(), population.kept.len());
        }
    }
}
