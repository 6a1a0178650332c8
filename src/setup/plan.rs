//! Which candidates become jobs. Pure: the same setup gives the same population, whatever the
//! number of threads.
//!
//! Candidate *i* depends on the seed and on *i* alone. The first `NUM_CONFIGS` candidates that are
//! new and meet the constraints are kept, in the order of *i*, out of `NUM_SAMPLES` at most. So a
//! longer sweep begins with the shorter one, and it does not matter which thread draws what, in
//! which portions. Memory grows with what is kept, not with what is tried.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use rayon::prelude::*;
use sweep_config::{SetupConfig, Strategy};

use super::candidate::Candidate;
use super::constraint::{Judge, Network, Rejection};
use super::derived::Derived;
use super::identity::{self, Fingerprint, Jobs};
use super::known::Known;
use super::params::Params;
use super::reporter::Reporter;
use super::rows::Rows;
use super::sampler::{Dice, Drawn, Space, Spread, Undrawn};
use crate::app::Failure;
use crate::models::Complexity;

/// Candidates drawn before anything is known about how many are kept.
const FIRST_ROUND: u64 = 64;
/// Candidates that wait for their turn to be judged, at most: what bounds the memory of a round.
const LARGEST_ROUND: u64 = 1 << 17;
/// Spaces of at most so many configs are known to be exhausted when they are: every draw of them is
/// remembered.
const SMALL: u128 = 1 << 20;

/// The jobs of a sweep, and how they were found.
#[derive(Debug, PartialEq)]
pub(crate) struct Population {
    /// The parameters.
    pub(crate) params: Params,
    /// What was drawn for each job, in the order of the jobs.
    pub(crate) kept: Vec<Candidate>,
    /// How the drawing went.
    pub(crate) tally: Tally,
}

/// How the drawing went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tally {
    /// How many candidates were drawn.
    pub(crate) candidates: u64,
    /// How many of them were the same job as one before: one that was kept, in a small space also one
    /// that was rejected.
    pub(crate) duplicates: u64,
    /// How many were rejected for what reason, first things first.
    pub(crate) rejections: BTreeMap<Rejection, Rejected>,
    /// How many different configs the samplers can draw, if every one of them was drawn.
    pub(crate) exhausted: Option<u64>,
}

/// Candidates that were rejected for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rejected {
    /// How many.
    pub(crate) count: u64,
    /// The number of the first one.
    pub(crate) first: u64,
}

/// All that decides about a candidate.
pub(crate) struct Draws<'a> {
    setup: &'a SetupConfig,
    /// What is given, in all combinations.
    rows: &'a Rows,
    /// What is drawn from.
    space: Space<'a>,
    /// Of a grid, how many points it has; without samplers it is one.
    points: Option<u64>,
    derived: Derived<'a>,
    reporter: Option<Reporter<'a>>,
    params: Params,
    jobs: Jobs<'a>,
    /// Jobs that there are already, which are not to be made again.
    known: Option<&'a Known>,
    /// What must be met.
    pub(crate) judge: Judge<'a>,
}

impl<'a> Draws<'a> {
    /// # Errors
    ///
    /// When a sampler cannot be drawn from, or a constraint cannot be checked.
    pub(crate) fn new(setup: &'a SetupConfig, rows: &'a Rows) -> Result<Self, Failure> {
        let space = Space::new(setup, rows.keys())?;
        let points = match setup.strategy {
            Strategy::Grid => Some(space.points()?),
            _ if setup.samplers.is_empty() => Some(1),
            _ => None,
        };
        let base = &setup.base_cfg;
        let mut params = space.params().clone();
        let derived = Derived::new(&setup.derived, &mut params, base);
        let judge = Judge::new(&setup.constraints, &params, base)?;
        let reporter = Reporter::new(&setup.constraints);
        let jobs = Jobs::new(&params, base, rows.are_complete() && space.is_complete());
        let known = None;
        Ok(Self { setup, rows, space, points, derived, reporter, params, jobs, known, judge })
    }

    /// The same draws, of which those that make a known job count as repeats.
    pub(crate) fn without(self, known: Option<&'a Known>) -> Self {
        Self { known, ..self }
    }

    /// How many candidates there are, if they are not drawn at random.
    fn total(&self) -> Option<u64> {
        Some(self.points?.saturating_mul(self.rows.len()))
    }

    /// How many candidates there are to try.
    pub(crate) fn candidates(&self) -> u64 {
        self.total().unwrap_or(u64::MAX).min(self.setup.num_samples)
    }

    /// How many configs are asked for; of candidates that can be counted no more than there are under
    /// the constraints.
    pub(crate) fn requested(&self, population: &Population) -> u64 {
        let are_all = self.total().is_some() && population.tally.exhausted.is_some();
        if are_all { population.kept.len() as u64 } else { self.setup.num_configs }
    }

    /// The parameters of a candidate, in the order of its values.
    pub(crate) fn params(&self) -> &Params {
        &self.params
    }

    /// The values of candidate number `number`, in place of what is in `values`.
    ///
    /// # Errors
    ///
    /// When one has none.
    pub(crate) fn draw(&self, number: u64, values: &mut Vec<Drawn>) -> Result<(), Undrawn> {
        self.draw_space(number, values)?;
        self.derived.extend(values)
    }

    /// As [`Draws::draw`], without the derived ones.
    fn draw_space(&self, number: u64, values: &mut Vec<Drawn>) -> Result<(), Undrawn> {
        values.clear();
        values.resize(self.space.params().names().len(), None);
        let (row, draw) = self.split(number);
        let fixed = self.rows.set(row, values);
        if self.points.is_some() {
            self.space.point(draw, values, fixed);
            return Ok(());
        }
        self.space.draw(&mut self.dice(draw), values, fixed)
    }

    /// Which of the given combinations a candidate has, and which draw of the samplers: where those can
    /// be counted, a combination has all of them before the next one comes, otherwise a draw has all
    /// combinations.
    fn split(&self, number: u64) -> (u64, u64) {
        match self.points {
            Some(points) => (number / points, number % points),
            // Divisions are dear where millions of candidates are drawn in a second.
            None if self.rows.len() == 1 => (0, number),
            None => (number % self.rows.len(), number / self.rows.len()),
        }
    }

    fn dice(&self, draw: u64) -> Dice {
        let seed = self.setup.rng_seed;
        match self.setup.strategy {
            Strategy::Random | Strategy::Grid => Dice::new(seed, draw),
            Strategy::Halton => Dice::spread(Spread::Halton, seed, draw),
            Strategy::Sobol => Dice::spread(Spread::Sobol, seed, draw),
            Strategy::LatinHypercube => {
                let points = self.setup.num_configs.div_ceil(self.rows.len());
                let points = u32::try_from(points).unwrap_or(u32::MAX);
                Dice::spread(Spread::LatinHypercube(points), seed, draw)
            }
        }
    }

    /// How many different draws there are at random, if that is known and every combination that is
    /// given counts as one of them.
    fn support(&self) -> Option<u128> {
        let is_random = self.points.is_none() && self.rows.len() == 1;
        if is_random { self.space.support() } else { None }
    }

    /// What tells jobs apart that are otherwise the same: nothing, or where repeats are wanted the
    /// combination that is given.
    fn salt(&self, number: u64) -> u64 {
        if self.setup.remove_duplicates { 0 } else { self.split(number).0 }
    }

    /// What is known about candidate number `number`: everything that speaks against it, each
    /// constraint on its own, and its complexity where it has one.
    pub(crate) fn examine(&self, number: u64) -> (Vec<Rejection>, Option<Complexity>) {
        let mut values = Vec::new();
        match self.draw(number, &mut values) {
            Ok(()) => self.judge.examine(&values),
            Err(Undrawn { place, .. }) => (vec![Rejection::Undrawn(place)], None),
        }
    }

    /// Why candidate number `number` cannot be judged, in words.
    pub(crate) fn explain(&self, number: u64, rejection: Rejection) -> Option<String> {
        let mut values = Vec::new();
        match self.draw(number, &mut values) {
            Err(Undrawn { why, .. }) => Some(why),
            Ok(()) => match self.judge.judge(&values) {
                Err(_) => self.judge.explain(&values, rejection),
                Ok(network) => {
                    let changes = network.changes.clone();
                    self.ask(&Candidate::new(self.params(), values, changes), &network)?.1
                }
            },
        }
    }

    /// The key under which a rejection is counted.
    pub(crate) fn key(&self, rejection: Rejection) -> String {
        match rejection {
            Rejection::Undrawn(place) => {
                let is_derived = place >= self.space.params().names().len();
                let section = if is_derived { "DERIVED" } else { "SAMPLERS" };
                format!("{section}.{}", self.params.names()[place])
            }
            other => other.key().into_owned(),
        }
    }

    /// The text of the expression that a rejection is about.
    pub(crate) fn text(&self, rejection: Rejection) -> Option<&str> {
        match rejection {
            Rejection::Undrawn(place) => {
                self.derived.text(place.checked_sub(self.space.params().names().len())?)
            }
            other => self.judge.text(other),
        }
    }

    fn verdict(&self, number: u64, small: bool, values: &mut Vec<Drawn>) -> Verdict {
        let drawn = self.draw_space(number, values);
        let draw = small.then(|| identity::of_values(values));
        let drawn = drawn.and_then(|()| self.derived.extend(values));
        let drawn = drawn.map_err(|Undrawn { place, .. }| Rejection::Undrawn(place));
        let outcome = drawn.and_then(|()| self.judge.judge(values)).and_then(|network| {
            let job = self.jobs.fingerprint(values, &network.changes, self.salt(number));
            let kept = Candidate::new(&self.params, values.clone(), network.changes.clone());
            if self.is_known(&kept) {
                return Ok(None);
            }
            match self.ask(&kept, &network) {
                Some((rejection, _)) => Err(rejection),
                None => Ok(Some((job, Box::new(kept)))),
            }
        });
        Verdict { draw, outcome }
    }

    fn is_known(&self, candidate: &Candidate) -> bool {
        self.known.is_some_and(|known| {
            let config = candidate.job_config(self.params(), &self.setup.base_cfg);
            known.has(&config)
        })
    }

    /// Whether a program of the user's reports numbers that candidates are judged by.
    pub(crate) fn asks(&self) -> bool {
        self.reporter.is_some()
    }

    /// Asks the user's program, where there is one, and judges what it reports.
    fn ask(&self, candidate: &Candidate, network: &Network) -> Option<(Rejection, Option<String>)> {
        let reporter = self.reporter.as_ref()?;
        let config = candidate.job_config(self.params(), &self.setup.base_cfg);
        match reporter.ask(&config) {
            Some(numbers) => self.judge.judge_reported(&candidate.values, network, &numbers),
            // Without an answer the whole setup fails, so that the reason does not matter.
            None => Some((Rejection::Network(None), None)),
        }
    }

    /// A program takes its time: no more of it is spent in vain than on a few candidates a thread.
    fn largest_round(&self) -> u64 {
        let few = 4 * rayon::current_num_threads() as u64;
        if self.reporter.is_some() { few } else { LARGEST_ROUND }
    }
}

/// Draws the population. `report` hears now and then how many candidates were drawn and how many
/// configs were kept.
///
/// Runs on the threads of the caller's pool.
///
/// # Errors
///
/// When the user's program fails.
pub(crate) fn plan(draws: &Draws<'_>, report: impl Fn(u64, u64)) -> Result<Population, Failure> {
    let setup = draws.setup;
    let support = draws.support().filter(|support| *support <= SMALL);
    let candidates = draws.candidates();
    let mut sieve = Sieve { wanted: setup.num_configs, support, ..Sieve::default() };
    while sieve.tally.candidates < candidates && !sieve.is_done() {
        let next = sieve.tally.candidates;
        let size = sieve.round_size().min(draws.largest_round());
        let round = next..candidates.min(next.saturating_add(size));
        for verdict in draw_round(draws, round, support.is_some()) {
            sieve.take(verdict);
            if sieve.is_done() {
                break;
            }
        }
        if let Some(failure) = draws.reporter.as_ref().and_then(Reporter::failure) {
            return Err(failure);
        }
        report(sieve.tally.candidates, sieve.kept.len() as u64);
    }
    let Sieve { kept, mut tally, .. } = sieve;
    if draws.total() == Some(tally.candidates) {
        tally.exhausted = tally.exhausted.or(Some(tally.candidates - tally.duplicates));
    }
    Ok(Population { params: draws.params.clone(), kept, tally })
}

/// A candidate that was judged on its own, not yet held against those before it.
struct Verdict {
    /// What was drawn, in a small space.
    draw: Option<Fingerprint>,
    /// The job that it is; `None` if there is that job already.
    outcome: Result<Option<(Fingerprint, Box<Candidate>)>, Rejection>,
}

/// Draws and judges a round's candidates on all threads, `CHUNK_SIZE` at a time; in order.
fn draw_round(draws: &Draws<'_>, round: Range<u64>, small: bool) -> Vec<Verdict> {
    let length = usize::try_from(round.end - round.start).unwrap_or(usize::MAX);
    let chunk = usize::try_from(draws.setup.chunk_size.max(1)).unwrap_or(usize::MAX);
    (0..length)
        .into_par_iter()
        .with_max_len(chunk)
        .map_init(Vec::new, |values, i| draws.verdict(round.start + i as u64, small, values))
        .collect()
}

/// Lets candidates through one by one, in order.
#[derive(Default)]
struct Sieve {
    wanted: u64,
    /// How many different draws there are, in a small space.
    support: Option<u128>,
    drawn: HashSet<Fingerprint>,
    jobs: HashSet<Fingerprint>,
    kept: Vec<Candidate>,
    tally: Tally,
}

impl Sieve {
    fn take(&mut self, verdict: Verdict) {
        let number = self.tally.candidates;
        self.tally.candidates += 1;
        if verdict.draw.is_some_and(|draw| !self.drawn.insert(draw)) {
            self.tally.duplicates += 1;
            return;
        }
        match verdict.outcome {
            Ok(Some((job, candidate))) if self.jobs.insert(job) => self.kept.push(*candidate),
            Ok(_) => self.tally.duplicates += 1,
            Err(rejection) => {
                let none = Rejected { count: 0, first: number };
                self.tally.rejections.entry(rejection).or_insert(none).count += 1;
            }
        }
        if self.support.is_some_and(|support| self.drawn.len() as u128 >= support) {
            self.tally.exhausted = Some(self.drawn.len() as u64);
        }
    }

    /// True if and only if there are enough, or there can be no more.
    fn is_done(&self) -> bool {
        self.kept.len() as u64 >= self.wanted || self.tally.exhausted.is_some()
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
    use proptest::strategy::Strategy as _;
    use sweep_config::{
        BranchChoice, Constraints, Distribution, ListLength, Sampler, ScalarRange, Value,
    };

    fn setup(samplers: Vec<(&str, Sampler)>, num_configs: u64) -> SetupConfig {
        SetupConfig {
            strategy: sweep_config::Strategy::Random,
            zip: Vec::new(),
            num_configs,
            num_samples: 20_000,
            chunk_size: 5000,
            rng_seed: 3,
            base_cfg: Value::Null,
            defaults: String::new(),
            tree: None,
            entrypoints: Vec::new(),
            entrypoint_timeout: 300,
            remove_duplicates: true,
            replicates: 1,
            seed_key: "RNG_SEED".to_owned(),
            derived: IndexMap::new(),
            samplers: samplers.into_iter().map(|(k, v)| (k.to_owned(), v)).collect(),
            constraints: Constraints {
                flops: None,
                params: None,
                acts: None,
                num_stages: (4, 4),
                conditions: Vec::new(),
                command: String::new(),
                command_timeout: 60,
            },
        }
    }

    fn die(high: i64) -> Sampler {
        Sampler::Scalar(Distribution::Uniform, ScalarRange::Int { low: 1, high, quantum: 1 })
    }

    fn drawn(setup: &SetupConfig) -> Population {
        plan(&Draws::new(setup, &Rows::default()).unwrap(), |_, _| {}).unwrap()
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
            let setup = SetupConfig { chunk_size, ..setup(vec![("A", die(3000))], 2000) };
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
        assert!(population.tally.exhausted.is_some());
        assert!(population.tally.candidates < 500, "{:?}", population.tally);
        let last = population.tally.candidates - population.tally.duplicates;
        assert_eq!(last, 12);
    }

    #[test]
    fn no_more_candidates_are_tried_than_allowed() {
        let setup = SetupConfig { num_samples: 10, ..setup(vec![("A", die(1_000_000))], 100) };
        let population = drawn(&setup);
        assert_eq!((population.kept.len(), population.tally.candidates), (10, 10));
        assert!(population.tally.exhausted.is_none());
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
        let rejected = population.tally.rejections[&Rejection::Stages].count;
        assert_eq!(population.kept.len() as u64 + rejected, 20);
        assert!(population.tally.exhausted.is_some());
    }

    #[test]
    fn a_space_too_large_to_count_is_no_problem() {
        let list =
            Sampler::List { length: ListLength::Fixed(1000), item: Box::new(die(1_000_000)) };
        let population = drawn(&setup(vec![("A", list)], 3));
        assert_eq!((population.kept.len(), population.tally.exhausted), (3, None));
    }

    /// A sampler without its key: so many values, or branches with samplers of their own.
    #[derive(Debug, Clone)]
    enum Tree {
        Values(i64),
        Branches(Vec<Vec<Tree>>),
    }

    fn trees() -> impl proptest::strategy::Strategy<Value = Vec<Tree>> {
        let leaf = (1_i64..4).prop_map(Tree::Values);
        let tree = leaf.prop_recursive(2, 8, 3, |inner| {
            let branch = prop::collection::vec(inner, 0..3);
            prop::collection::vec(branch, 1..4).prop_map(Tree::Branches)
        });
        prop::collection::vec(tree, 1..4)
    }

    /// The samplers with keys of their own.
    fn samplers(trees: &[Tree], prefix: &str) -> Vec<(String, Sampler)> {
        let sampler = |(i, tree): (usize, &Tree)| {
            let key = format!("{prefix}K{i}");
            let sampler = match tree {
                Tree::Values(count) => die(*count),
                Tree::Branches(branches) => {
                    let branch = |(b, trees): (usize, &Vec<Tree>)| {
                        let items = samplers(trees, &format!("{key}B{b}"));
                        (format!("b{b}"), items.into_iter().collect::<IndexMap<_, _>>())
                    };
                    let branches = branches.iter().enumerate().map(branch).collect();
                    Sampler::Choice(BranchChoice { branches, in_config: true })
                }
            };
            (key, sampler)
        };
        trees.iter().enumerate().map(sampler).collect()
    }

    fn descriptions(population: &Population) -> Vec<&str> {
        population.kept.iter().map(|candidate| candidate.description.as_str()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// A conditional space is the same set of jobs by chance, by points and as a grid, each job
        /// once, and a longer sweep begins with the shorter one.
        #[test]
        fn random_spaces_are_drawn_whole_and_nothing_twice(trees in trees(), short in 1_u64..30) {
            let named = samplers(&trees, "");
            let named = || named.iter().map(|(k, s)| (k.as_str(), s.clone())).collect();
            let mut setup = setup(named(), 10_000);
            setup.strategy = sweep_config::Strategy::Grid;
            let grid = drawn(&setup);
            // A space with more jobs than are asked for is not drawn whole: rare trees make one.
            prop_assume!(grid.kept.len() < 10_000);
            let all: HashSet<&str> = descriptions(&grid).into_iter().collect();
            prop_assert_eq!(all.len(), grid.kept.len());
            prop_assert_eq!(grid.tally.exhausted, Some(all.len() as u64));
            setup.num_samples = 3_000;
            for strategy in [
                sweep_config::Strategy::Random,
                sweep_config::Strategy::Halton,
                sweep_config::Strategy::Sobol,
            ] {
                setup.strategy = strategy;
                setup.num_configs = 10_000;
                let long = drawn(&setup);
                let found: HashSet<&str> = descriptions(&long).into_iter().collect();
                prop_assert_eq!(found.len(), long.kept.len());
                prop_assert!(found.is_subset(&all));
                prop_assert_eq!(long.tally.exhausted.is_some(), found.len() == all.len());
                setup.num_configs = short;
                let short = drawn(&setup);
                prop_assert_eq!(&long.kept[..short.kept.len()], short.kept);
            }
        }

        /// Values that differ have descriptions that differ, and the other way round.
        #[test]
        fn every_config_of_a_space_is_found_once(a in 1_i64..6, b in 1_i64..5, length in 0_usize..3) {
            let list = Sampler::List { length: ListLength::Fixed(length), item: Box::new(die(b)) };
            let population = drawn(&setup(vec![("A", die(a)), ("B", list)], 10_000));
            let support = a.pow(1) * b.pow(u32::try_from(length).unwrap());
            prop_assert_eq!(population.kept.len(), usize::try_from(support).unwrap());
            let distinct: IndexMap<String, ()> =
                population.kept.iter().map(|c| (format!("{:?}", c.values), ())).collect();
            prop_assert_eq!(distinct.len(), population.kept.len());
        }
    }
}
