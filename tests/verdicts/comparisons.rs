//! Which of two design spaces is better.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::bin;
use crate::common::Sandbox;
use crate::simulation::{JobEnd, at_least, at_most, count, digest, named, runs, sweep};

const ONE: &str = "  NUM_CONFIGS: 64\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}\n";
const FEW: &str = "  NUM_CONFIGS: 16\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}\n";
const REPLICATED: &str = "  NUM_CONFIGS: 16\n  REPLICATES: 4\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}, Y: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}\n";
const DONE: &str = "PRE_FILTERS: {done: [1, 1]}";

/// True if a report names a better one among its groups.
fn names_one(digest: &Value) -> bool {
    digest["comparisons"].as_array().unwrap().iter().any(|c| is_better(c, "a") || is_better(c, "b"))
}

fn is_better(comparison: &Value, which: &str) -> bool {
    comparison["verdict"] == which
}

#[test]
fn a_space_whose_jobs_crash_is_not_the_better_one_because_only_done_jobs_count() {
    let runs = runs(8);
    let better = count(runs, |run| {
        let sandbox = Sandbox::new();
        sweep(&sandbox, "a", 2 * run + 1, (ONE, DONE), |_, draw| {
            let (x, error) = (draw.number("X"), 10.0 + 10.0 * draw.number("X") + draw.normal());
            if x > 0.6 { JobEnd::Failed(error) } else { JobEnd::Done(error) }
        });
        sweep(&sandbox, "b", 2 * run + 2, (ONE, DONE), |_, draw| {
            JobEnd::Done(10.0 + 10.0 * draw.number("X") + draw.normal())
        });
        is_better(&digest(&sandbox, &["a", "b"])["comparisons"][0], "a")
    });
    at_most("the space that crashes is called better", 0.05, better, runs);
}

#[test]
fn replicates_of_a_config_are_no_further_evidence() {
    let runs = runs(12);
    let (missed, noise) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let better = count(runs, |run| {
        let sandbox = Sandbox::new();
        for (at, name) in ["a", "b"].into_iter().enumerate() {
            let seed = 2 * run + at as u64 + 1;
            sweep(&sandbox, name, seed, (REPLICATED, ""), |_, draw| {
                JobEnd::Done(50.0 + 1.5 * draw.of_config("X") + draw.normal())
            });
        }
        let found = digest(&sandbox, &["a", "b"]);
        let interval = found["comparisons"][0]["interval"].as_array().unwrap();
        let holds = interval[0].as_f64() <= Some(0.5) && interval[1].as_f64() >= Some(0.5);
        missed.fetch_add(usize::from(!holds), Ordering::Relaxed);
        let sweeps = found["sweeps"].as_array().unwrap();
        noise.fetch_add(sweeps.iter().filter(|s| !named(s).is_empty()).count(), Ordering::Relaxed);
        names_one(&found)
    });
    at_most("of 16 × 4 and 16 × 4 one is called better", 0.06, better, runs);
    at_most("their interval misses the truth", 0.07, missed.into_inner(), runs);
    at_most("a parameter without effect is named", 0.08, noise.into_inner(), 2 * runs);
}

#[test]
fn while_half_of_a_sweep_goes_on_nothing_is_decided() {
    let runs = runs(6);
    let decided = count(runs, |run| {
        let sandbox = Sandbox::new();
        sweep(&sandbox, "a", 2 * run + 1, (ONE, ""), |_, draw| JobEnd::Done(20.0 + draw.normal()));
        sweep(&sandbox, "b", 2 * run + 2, (ONE, ""), |number, draw| {
            let error = 20.0 + draw.normal();
            if number % 2 == 0 { JobEnd::Open(error + 10.0) } else { JobEnd::Done(error) }
        });
        names_one(&digest(&sandbox, &["a", "b"]))
    });
    assert_eq!(decided, 0, "of {runs}");
}

#[test]
fn among_four_identical_sweeps_none_is_better() {
    let runs = runs(12);
    let wrong = count(runs, |run| {
        let sandbox = Sandbox::new();
        let names = ["a", "b", "c", "d"];
        for (at, name) in names.into_iter().enumerate() {
            let seed = 4 * run + at as u64 + 1;
            sweep(&sandbox, name, seed, (FEW, ""), |_, draw| JobEnd::Done(20.0 + draw.normal()));
        }
        names_one(&digest(&sandbox, &names))
    });
    at_most("of four identical sweeps one is called better", 0.06, wrong, runs);
}

#[test]
fn a_shift_of_one_standard_deviation_is_found_among_64_jobs() {
    let runs = runs(8);
    let found = count(runs, |run| {
        let sandbox = Sandbox::new();
        for (at, name) in ["a", "b"].into_iter().enumerate() {
            let seed = 2 * run + at as u64 + 1;
            sweep(&sandbox, name, seed, (ONE, ""), |_, draw| {
                JobEnd::Done(20.0 + at as f64 + draw.normal())
            });
        }
        is_better(&digest(&sandbox, &["a", "b"])["comparisons"][0], "a")
    });
    at_least("the better of two spaces a standard deviation apart is named", 0.95, found, runs);
}

#[test]
fn the_same_configs_in_two_spaces_are_compared_in_pairs() {
    let sandbox = Sandbox::new();
    for (name, gain) in [("a", 0.5), ("b", 0.0)] {
        sweep(&sandbox, name, 7, (FEW, ""), |_, draw| {
            JobEnd::Done(30.0 + 20.0 * draw.number("X") - gain + 0.1 * draw.normal())
        });
    }
    let comparison = &digest(&sandbox, &["a", "b"])["comparisons"][0];
    // As two crowds nobody could tell them apart.
    let interval = comparison["interval"].as_array().unwrap();
    assert!(interval[0].as_f64().unwrap() < 0.5, "{comparison}");
    assert_eq!(comparison["verdict"], "a", "{comparison}");
    assert_eq!(comparison["pairs"]["wins"], 16, "{comparison}");
    assert!((comparison["pairs"]["gain"].as_f64().unwrap() - 0.5).abs() < 0.1, "{comparison}");
    let words = comparison["words"].as_str().unwrap();
    assert!(words.starts_with("a is clearly better than b: of 16 shared configs"), "{words}");
}

#[test]
fn three_jobs_against_three_are_said_to_be_too_few() {
    let sandbox = Sandbox::new();
    let three = FEW.replace("16", "3");
    for (at, name) in ["a", "b"].into_iter().enumerate() {
        sweep(&sandbox, name, 5 + at as u64, (&three, ""), |number, _| {
            JobEnd::Done(10.0 * at as f64 + number as f64)
        });
    }
    let comparison = &digest(&sandbox, &["a", "b"])["comparisons"][0];
    assert_eq!(comparison["verdict"], "cannot be shown", "{comparison}");
    let words = comparison["words"].as_str().unwrap();
    assert!(words.contains("too few jobs to show a difference at 5 %"), "{words}");
}

/// True if a report says of one of its groups that it is the better one to search in.
fn leads_a_search(digest: &Value) -> bool {
    let comparisons = digest["comparisons"].as_array().unwrap();
    comparisons.iter().any(|c| ["a", "b"].iter().any(|which| c["best_of"]["verdict"] == *which))
}

#[test]
fn of_identical_sweeps_none_leads_in_the_best_of_some_jobs() {
    let runs = runs(20);
    let missed = AtomicUsize::new(0);
    let wrong = count(runs, |run| {
        let sandbox = Sandbox::new();
        for (at, name) in ["a", "b"].into_iter().enumerate() {
            let seed = 2 * run + at as u64 + 1;
            sweep(&sandbox, name, seed, (ONE, ""), |_, draw| {
                let error = 20.0 + draw.normal();
                if draw.number("X") > 0.85 { JobEnd::Failed(f64::NAN) } else { JobEnd::Done(error) }
            });
        }
        let found = digest(&sandbox, &["a", "b"]);
        let best = &found["comparisons"][0]["best_of"];
        let interval = best["gain_interval"].as_array().unwrap();
        let holds = interval[0].as_f64() <= Some(0.0) && interval[1].as_f64() >= Some(0.0);
        missed.fetch_add(usize::from(!holds), Ordering::Relaxed);
        leads_a_search(&found)
    });
    at_most("of two identical sweeps one leads in the best of 8", 0.06, wrong, runs);
    at_most("the interval of their difference misses the truth", 0.06, missed.into_inner(), runs);
}

#[test]
fn the_best_of_some_jobs_differs_where_the_tails_do_and_its_interval_holds_the_difference() {
    let runs = runs(20);
    let missed = AtomicUsize::new(0);
    let found = count(runs, |run| {
        let sandbox = Sandbox::new();
        for (name, width) in [("a", 30.0), ("b", 10.0)] {
            let seed = 2 * run + u64::from(name == "b") + 1;
            sweep(&sandbox, name, seed, (ONE, ""), |_, draw| {
                JobEnd::Done(30.0 + width * (draw.number("X") - 0.5))
            });
        }
        let best = &digest(&sandbox, &["a", "b"])["comparisons"][0]["best_of"];
        // The best of 8 uniform numbers is at 1/9: 30 + 30 (1/9 - 1/2) and 30 + 10 (1/9 - 1/2).
        let truth = Some(20.0 * (0.5 - 1.0 / 9.0));
        let interval = best["gain_interval"].as_array().unwrap();
        let holds = interval[0].as_f64() <= truth && interval[1].as_f64() >= truth;
        missed.fetch_add(usize::from(!holds), Ordering::Relaxed);
        best["verdict"] == "a"
    });
    at_least("the sweep with the better tail leads", 0.95, found, runs);
    at_most("the interval of the difference misses the truth", 0.06, missed.into_inner(), runs);
}

#[test]
fn the_better_space_reaches_with_fewer_jobs_what_the_other_reaches() {
    let sandbox = Sandbox::new();
    for (name, gain, seed) in [("a", 4.0, 7), ("b", 0.0, 8)] {
        sweep(&sandbox, name, seed, (ONE, ""), |_, draw| {
            JobEnd::Done(30.0 + 10.0 * draw.number("X") - gain + 0.1 * draw.normal())
        });
    }
    let digest = digest(&sandbox, &["a", "b"]);
    let best = &digest["comparisons"][0]["best_of"];
    let words = best["words"].as_str().unwrap();
    assert!(words.starts_with("a reaches with 2 jobs [1, 2] what"), "{words}");
    assert!(words.contains("what b reaches with 8: the best of 8 jobs has error"), "{words}");
    assert_eq!(best["jobs_to_reach"], 2, "{best}");
    let page = sandbox.read("sweeps/a/analysis.html");
    assert_eq!(
        page.matches(&words.replace("< 0.001", "&lt; 0.001")).count(),
        2,
        "in short, and beside the curves: {words}"
    );
    let summary =
        sandbox.run(bin!("sweep_analyze"), &["--summary", "--sweep-cfg", "a.yaml", "b.yaml"]);
    assert!(summary.stdout.contains(words), "{}", summary.stdout);
}

#[test]
fn while_a_job_goes_on_nothing_is_said_of_the_best() {
    let sandbox = Sandbox::new();
    for (name, error, seed) in [("a", 20.0, 7), ("b", 60.0, 8)] {
        sweep(&sandbox, name, seed, (ONE, ""), |number, draw| match number {
            0 if name == "b" => JobEnd::Open(error),
            _ => JobEnd::Done(error + draw.normal()),
        });
    }
    let comparison = &digest(&sandbox, &["a", "b"])["comparisons"][0];
    assert_eq!((&comparison["verdict"], &comparison["best_of"]), (&"a".into(), &Value::Null));
}

#[test]
fn the_interval_of_the_middle_half_holds_the_truth_of_the_space_whatever_the_seeds_say() {
    let runs = runs(20);
    let missed = count(runs, |run| {
        let sandbox = Sandbox::new();
        sweep(&sandbox, "a", run + 1, (REPLICATED, ""), |_, draw| {
            JobEnd::Done(50.0 + 1.5 * draw.of_config("X") + draw.normal())
        });
        let found = &digest(&sandbox, &["a"])["sweeps"][0];
        let interval = found["iqm_interval"].as_array().unwrap();
        !(interval[0].as_f64() <= Some(50.0) && interval[1].as_f64() >= Some(50.0))
    });
    at_most("the interval of the middle half misses the truth", 0.08, missed, runs);
}

#[test]
fn a_lost_job_is_at_the_bad_end_of_the_middle_half_and_an_open_one_at_both() {
    let sandbox = Sandbox::new();
    let few = FEW.replace("16", "8");
    let middle = |sandbox: &Sandbox, name: &str, ends: [JobEnd; 2]| {
        sweep(sandbox, name, 1, (&few, ""), |number, _| match number {
            0 => ends[0],
            1 => ends[1],
            _ => JobEnd::Done(number as f64),
        });
        let found = digest(sandbox, &[name])["sweeps"][0].clone();
        (
            found["iqm"].as_f64(),
            found["iqm_interval"][0].as_f64(),
            found["iqm_interval"][1].as_f64(),
        )
    };
    // Of 2, 3, 4, 5, 6, 7 and two that are lost the middle four are 4, 5, 6, 7; eight draws are often three of the lost.
    let lost = JobEnd::Failed(f64::NAN);
    let (mean, _, high) = middle(&sandbox, "lost", [lost, lost]);
    assert_eq!((mean, high), (Some(5.5), None));
    let (mean, low, high) = middle(&sandbox, "open", [JobEnd::Done(1.0), JobEnd::Open(1.0)]);
    assert_eq!(mean, None);
    assert!(low < Some(4.5) && high.is_none_or(|high| high > 4.5), "{low:?} {high:?}");
}
