//! Tests of whole design spaces, drawn by every strategy.

use std::collections::HashSet;

use super::*;
use crate::setup::constraint::Rejection;
use crate::setup::given::GivenValues;
use indexmap::IndexMap;
use proptest::prelude::*;
use sweep_config::{
    BranchChoice, ChoiceBranch, Constraints, Distribution, ListLength, Sampler, ScalarRange,
    SetupConfig, Value,
};

fn setup(samplers: Vec<(&str, Sampler)>, num_configs: u64) -> SetupConfig {
    SetupConfig {
        format: sweep_config::JobFormat::Yaml,
        strategy: sweep_config::Strategy::Random,
        tune: sweep_config::TuneConfig::default(),
        zip: Vec::new(),
        num_configs: Some(num_configs),
        num_samples: 20_000,
        chunk_size: 5000,
        rng_seed: 3,
        base_cfg: Value::Null,
        defaults: String::new(),
        tree: None,
        entrypoints: Vec::new(),
        entrypoint_timeout: 300,
        remove_duplicates: true,
        points: Vec::new(),
        replicates: 1,
        seed_key: "RNG_SEED".to_owned(),
        derived: IndexMap::new(),
        helpers: Vec::new(),
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

fn drawn(setup: &SetupConfig) -> DrawnPopulation {
    draw_population(&DesignSpace::new(setup, &GivenValues::default()).unwrap(), |_, _| true)
        .unwrap()
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
    let list = Sampler::List { length: ListLength::Fixed(1000), item: Box::new(die(1_000_000)) };
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
                    let name = Value::Str(format!("b{b}"));
                    ChoiceBranch { name, samplers: items.into_iter().collect() }
                };
                let branches = branches.iter().enumerate().map(branch).collect();
                Sampler::Choice(BranchChoice {
                    branches,
                    in_config: true,
                    probabilities: None,
                    counts: None,
                })
            }
        };
        (key, sampler)
    };
    trees.iter().enumerate().map(sampler).collect()
}

fn descriptions(population: &DrawnPopulation) -> Vec<&str> {
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
            setup.num_configs = Some(10_000);
            let long = drawn(&setup);
            let found: HashSet<&str> = descriptions(&long).into_iter().collect();
            prop_assert_eq!(found.len(), long.kept.len());
            prop_assert!(found.is_subset(&all));
            prop_assert_eq!(long.tally.exhausted.is_some(), found.len() == all.len());
            setup.num_configs = Some(short);
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
