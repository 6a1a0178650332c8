//! Pareto fronts: the page, `--summary` and `--json` say the same, in both directions, of configs and of what is lost.

use serde_json::Value;

use crate::common::Sandbox;
use crate::printed::{Report, text};
use crate::simulation::{JobEnd, sweep};

const SETUP: &str = "  NUM_CONFIGS: 40\n  SAMPLERS:\n    size: {TYPE: int_sampler, RANGE: [1, 30]}\n    X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}\n";

fn objectives(goal: &str, cost_goal: &str) -> String {
    format!(
        "OBJECTIVE: [{{METRIC: test_epoch.top1_err, GOAL: {goal}}}, {{METRIC: cfg.size, GOAL: {cost_goal}}}], PRE_FILTERS: {{done: [1, 1]}}"
    )
}

/// Returns the value of a job, which falls as its size grows; there are ties.
fn value(size: f64, x: f64) -> f64 {
    (40.0 - size + 20.0 * x).round()
}

fn has_failed(number: usize) -> bool {
    number % 10 == 3
}

fn sampled(sandbox: &Sandbox) -> Vec<(f64, f64)> {
    let lines = sandbox.read("sweeps/s/sampled.jsonl");
    let pair = |line: &str| {
        let line: Value = serde_json::from_str(line).unwrap();
        let number = |name: &str| line["sampled"][name].as_f64().unwrap();
        (number("size"), value(number("size"), number("X")))
    };
    lines.lines().map(pair).collect()
}

/// The front by its definition: no other is as good in both and better in one.
fn front_of(points: &[(usize, f64, f64)], (up, cost_up): (bool, bool)) -> Vec<u64> {
    let worse = |a: f64, b: f64, up: bool| if up { a < b } else { a > b };
    let dominates = |a: &(usize, f64, f64), b: &(usize, f64, f64)| {
        let is_as_good = !worse(a.1, b.1, cost_up) && !worse(a.2, b.2, up);
        is_as_good && (worse(b.1, a.1, cost_up) || worse(b.2, a.2, up))
    };
    let is_on = |b: &&(usize, f64, f64)| !points.iter().any(|a| dominates(a, b));
    points.iter().filter(is_on).map(|point| point.0 as u64).collect()
}

fn jobs(front: &Value) -> Vec<u64> {
    let points = front["front"].as_array().unwrap().iter();
    let mut jobs: Vec<u64> = points
        .flat_map(|p| p["jobs"].as_array().unwrap().iter().map(|j| j.as_u64().unwrap()))
        .collect();
    jobs.sort_unstable();
    jobs
}

#[test]
fn a_front_is_right_in_both_directions_and_said_alike_everywhere() {
    for (goal, cost_goal) in [
        ("minimize", "minimize"),
        ("minimize", "maximize"),
        ("maximize", "minimize"),
        ("maximize", "maximize"),
    ] {
        let sandbox = Sandbox::new();
        sweep(&sandbox, "s", 5, (SETUP, &objectives(goal, cost_goal)), |number, draw| {
            let value = value(draw.number("size"), draw.number("X"));
            if has_failed(number) { JobEnd::Failed(value) } else { JobEnd::Done(value) }
        });
        let all = sampled(&sandbox);
        let points: Vec<(usize, f64, f64)> = all
            .iter()
            .enumerate()
            .filter(|(job, _)| !has_failed(*job))
            .map(|(job, (size, value))| (job, *size, *value))
            .collect();
        let expected = front_of(&points, (goal == "maximize", cost_goal == "maximize"));
        let report = Report::of(&sandbox, &["s"]);
        let front = &report.json["fronts"][0];
        let what = format!("{goal} {cost_goal}: {front}");
        assert_eq!(jobs(front), expected, "{what}");
        assert_eq!(front["dominated"], points.len() - expected.len(), "{what}");
        assert_eq!(
            (&front["lost"], &front["goal"], &front["cost_goal"]),
            (&4.into(), &goal.into(), &cost_goal.into())
        );
        for point in front["front"].as_array().unwrap() {
            let job = usize::try_from(point["jobs"][0].as_u64().unwrap()).unwrap();
            assert_eq!(
                (point["cost"].as_f64(), point["value"].as_f64()),
                (Some(all[job].0), Some(all[job].1)),
                "{what}"
            );
            let line = report
                .summary
                .iter()
                .find(|line| line.starts_with(&format!("    {job:06}  test_epoch.top1_err")));
            let numbers = format!("test_epoch.top1_err {}  size {}", all[job].1, all[job].0);
            assert!(
                line.is_some_and(|line| line.contains(&numbers)),
                "{job}: {:?}",
                report.summary
            );
        }
        let words = front["words"].as_str().unwrap();
        assert!(report.summary.iter().any(|line| line.trim() == words), "{words}");
        let section = report.section("pareto");
        assert!(text(section).contains(words), "{words}");
        let n = expected.len();
        let are = if n == 1 { "is" } else { "are" };
        assert!(words.starts_with(&format!("{n} of 36 jobs with both values {are} on the front, {} are dominated; not counted: 4 ended without", 36 - n)), "{words}");
        let faint = section.split("points faint").nth(1).unwrap().split("</g>").next().unwrap();
        assert_eq!(faint.matches("<title>").count(), 36 - n, "the dominated are drawn");
        assert!(
            section.contains("data-part=\"dominated\"")
                && section.contains("data-part=\"on the front\"")
        );
    }
}

#[test]
fn configs_with_seeds_are_on_the_front_by_their_means() {
    let setup = SETUP.replace("40\n", "12\n  REPLICATES: 3\n");
    let sandbox = Sandbox::new();
    sweep(&sandbox, "s", 5, (&setup, &objectives("minimize", "minimize")), |number, draw| {
        // One lucky seed of a large model, and a lost one.
        let value = value(draw.number("size"), draw.number("X"))
            + [0.0, 3.0, -30.0][number % 3] * f64::from(u8::from(number / 3 == 4));
        if number == 20 { JobEnd::Failed(value) } else { JobEnd::Done(value) }
    });
    let all = sampled(&sandbox);
    let configs: Vec<(usize, f64, f64)> = (0..12)
        .filter(|config| *config != 6)
        .map(|config| {
            (config, all[3 * config].0, all[3 * config].1 - if config == 4 { 9.0 } else { 0.0 })
        })
        .collect();
    let expected = front_of(&configs, (false, false));
    let report = Report::of(&sandbox, &["s"]);
    let front = &report.json["fronts"][0];
    let found: Vec<u64> =
        jobs(front).into_iter().filter(|job| job % 3 == 0).map(|job| job / 3).collect();
    assert_eq!(found, expected, "{front}");
    for point in front["front"].as_array().unwrap() {
        let config = usize::try_from(point["jobs"][0].as_u64().unwrap() / 3).unwrap();
        let mean = configs.iter().find(|it| it.0 == config).unwrap().2;
        assert!((point["value"].as_f64().unwrap() - mean).abs() < 1e-9, "{point}");
        assert_eq!(point["config"].as_u64(), Some(config as u64), "{point}");
    }
    assert_eq!(
        (front["dominated"].as_u64(), front["lost"].as_u64()),
        (Some(11 - found.len() as u64), Some(1))
    );
    let section = report.section("pareto");
    assert!(text(section).contains("11 configs with both values"), "{section}");
    assert!(
        section.contains("<metadata>") && !section.contains("data-group"),
        "a config is no job"
    );
}
