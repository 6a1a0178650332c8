//! `STRATEGY: tpe`: suggestions follow from results, and from nothing else.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::bin;
use crate::common::{Run, Sandbox};

const SPACE: &str = "\
ROOT_DIR: sweeps
NAME: t
SETUP:
  STRATEGY: tpe
  NUM_CONFIGS: 60
  TUNE: {STARTUP: 8, CONTROL: 0.2}
  SAMPLERS:
    lr: {log: [1.0e-5, 1.0e-1]}
    x: {uniform: [-5, 5]}
    opt: [sgd, adam, lion]
ANALYZE: {OBJECTIVE: {METRIC: loss, GOAL: minimize}}
";

fn sweep(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("s.yaml", config);
    sandbox.run(bin!("sweep_setup"), &["s.yaml"]).expect(0);
    sandbox
}

fn setup(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(bin!("sweep_setup"), &[&["s.yaml"], args].concat())
}

/// The sampled values of each job.
fn sampled(sandbox: &Sandbox) -> Vec<Json> {
    let lines = sandbox.read("sweeps/t/sampled.jsonl");
    lines
        .lines()
        .map(|line| serde_json::from_str::<Json>(line).unwrap()["sampled"].clone())
        .collect()
}

/// The loss of a config: least at a rate of 0.001, an x of 1.5, and `adam`.
fn loss(values: &Json) -> f64 {
    let opt = if values["opt"] == "adam" { 0.0 } else { 1.0 };
    let rate = values["lr"].as_f64().unwrap().log10() + 3.0;
    let x = values["x"].as_f64().unwrap() - 1.5;
    rate * rate + x * x / 4.0 + opt
}

/// The results of all jobs, as lines to tell.
fn results(sandbox: &Sandbox) -> String {
    let lines = sampled(sandbox)
        .iter()
        .enumerate()
        .map(|(job, values)| format!("{}\n", json!({"job": job, "values": {"loss": loss(values)}})))
        .collect::<Vec<_>>();
    lines.concat()
}

/// Tells all results and asks for more, as one command.
fn tell_and_suggest(sandbox: &Sandbox, count: &str) -> Vec<Json> {
    sandbox.write("told.jsonl", results(sandbox));
    let run = setup(sandbox, &["--tell", "told.jsonl", "--suggest", count, "--json"]).expect(0);
    let answer: Json = serde_json::from_str(&run.stdout).unwrap();
    answer["suggestions"].as_array().unwrap().clone()
}

fn mean(losses: &[f64]) -> f64 {
    losses.iter().sum::<f64>() / f64::from(u32::try_from(losses.len()).unwrap())
}

#[test]
fn a_sweep_whose_results_were_told_is_not_set_up_anew() {
    let sandbox = sweep(SPACE);
    tell_and_suggest(&sandbox, "2");
    let (jobs, told) = (sampled(&sandbox), sandbox.read("sweeps/t/told.jsonl"));
    let run = setup(&sandbox, &[]).expect(2);
    assert!(run.stderr.contains("the sweep has results: `sweeps/t/told.jsonl`"), "{}", run.stderr);
    assert_eq!((sampled(&sandbox), sandbox.read("sweeps/t/told.jsonl")), (jobs, told));
}

#[test]
fn suggestions_get_better_than_random_draws_and_none_is_there_twice() {
    let sandbox = sweep(SPACE);
    let mut kinds: Vec<(String, f64)> = Vec::new();
    for _ in 0..10 {
        for one in tell_and_suggest(&sandbox, "4") {
            kinds.push((one["kind"].as_str().unwrap().to_owned(), loss(&one["values"])));
        }
    }
    let of = |kind: &str| -> Vec<f64> {
        kinds.iter().filter(|(known, _)| known == kind).map(|(_, loss)| *loss).collect()
    };
    let (tuned, control) = (of("tuned"), of("control"));
    assert_eq!(tuned.len() + control.len(), 40);
    assert!((3..=16).contains(&control.len()), "about a fifth: {}", control.len());
    let late = &tuned[tuned.len() / 2..];
    assert!(mean(late) < 0.5 * mean(&control), "{} and {}", mean(late), mean(&control));
    let all = sampled(&sandbox);
    let different: BTreeSet<String> = all.iter().map(Json::to_string).collect();
    assert_eq!((all.len(), different.len()), (48, 48));
    // They are jobs as any other.
    let config = sandbox.read("sweeps/t/cfgs/000047.yaml");
    assert!(config.contains("opt: ") && config.contains("lr: "), "{config}");
    let record: Json = serde_json::from_str(&sandbox.read("sweeps/t/setup.json")).unwrap();
    assert_eq!(record["kept"], 48);
}

#[test]
fn a_suggestion_follows_from_results_alone_and_can_be_made_again() {
    let suggested = |threads: &str, is_reversed: bool| {
        let sandbox = sweep(SPACE);
        let mut lines: Vec<String> = results(&sandbox).lines().map(str::to_owned).collect();
        if is_reversed {
            lines.reverse();
        }
        sandbox.write("told.jsonl", lines.join("\n"));
        let threads = format!("NUM_PROC={threads}");
        setup(&sandbox, &["--tell", "told.jsonl", "--suggest", "6", "--set", &threads]).expect(0);
        sandbox
    };
    let (one, other) = (suggested("1", false), suggested("8", true));
    for job in 8..14 {
        let path = format!("sweeps/t/cfgs/{job:06}.yaml");
        assert_eq!(one.read(&path), other.read(&path), "{job}");
        let again = setup(&one, &["--replay", &job.to_string()]).expect(0).stdout;
        assert_eq!(again, one.read(&path), "{job}");
    }
    // What comes later changes nothing of it.
    tell_and_suggest(&one, "3");
    assert_eq!(setup(&one, &["--replay", "9"]).stdout, one.read("sweeps/t/cfgs/000009.yaml"));
    let why = setup(&one, &["--replay", "2"]).expect(2).stderr;
    assert!(why.contains("there is no suggestion 2"), "{why}");
}

#[test]
fn what_is_only_looked_at_is_not_written_and_comes_as_it_was_shown() {
    let sandbox = sweep(SPACE);
    sandbox.write("told.jsonl", results(&sandbox));
    let shown = setup(&sandbox, &["--tell", "told.jsonl", "--suggest", "2", "--dry-run", "--json"])
        .expect(0);
    assert_eq!(sampled(&sandbox).len(), 8);
    let written = setup(&sandbox, &["--suggest", "2", "--json"]).expect(0);
    assert_eq!(shown.stdout, written.stdout);
    assert_eq!(sampled(&sandbox).len(), 10);
}

#[test]
fn a_wrong_result_is_refused_with_all_others() {
    let sandbox = sweep(SPACE);
    let good = json!({"job": 0, "values": {"loss": 1}}).to_string();
    for (line, why) in [
        (
            r#"{"job": 99, "values": {"loss": 1}}"#,
            "told.jsonl:2: there is no job 99; the last one is 7",
        ),
        (r#"{"job": 1, "values": {"los": 1}}"#, "`values` has no `loss`"),
        (r#"{"job": 1, "values": {"loss": NaN}}"#, "is not a result"),
        (r#"{"job": 1, "value": {"loss": 1}}"#, "unknown field `value`"),
        (r#"{"job": 1, "state": "failed", "values": {"loss": 1}}"#, "a failed job has no values"),
        (r#"{"job": 1}"#, "`values` has no `loss`"),
        ("7", "is not a result"),
    ] {
        sandbox.write("told.jsonl", format!("{good}\n{line}\n"));
        let run = setup(&sandbox, &["--tell", "told.jsonl", "--suggest", "1"]).expect(2);
        assert!(run.stderr.contains(why), "{line}: {}", run.stderr);
        assert!(!sandbox.join("sweeps/t/told.jsonl").exists(), "{line}");
        assert_eq!(sampled(&sandbox).len(), 8, "{line}");
    }
}

#[test]
fn what_was_told_by_an_earlier_objective_is_left_out_and_that_is_said() {
    let sandbox = sweep(SPACE);
    tell_and_suggest(&sandbox, "2");
    sandbox.write("s.yaml", SPACE.replace("METRIC: loss", "METRIC: acc"));
    sandbox.write("acc.jsonl", r#"{"job": 1, "values": {"acc": 0.5}}"#);
    let run = setup(&sandbox, &["--tell", "acc.jsonl", "--suggest", "1"]).expect(0);
    assert!(run.stderr.contains("told.jsonl`: 7 results without `acc` left out"), "{}", run.stderr);
    assert!(run.stdout.contains("by 1 result") || run.stderr.contains("by 1 result"), "{run:?}");
}

#[test]
fn results_that_were_told_are_collected_and_not_run_again() {
    let sandbox = sweep(SPACE);
    let collect = || {
        let run = sandbox.run(bin!("sweep_collect"), &["s.yaml", "--jobs", "--json"]);
        let jobs: Json = serde_json::from_str(&run.stdout).unwrap();
        let jobs = jobs.as_array().unwrap().clone();
        jobs.into_iter().map(|job| (job["state"].clone(), job["objective"].clone())).collect()
    };
    let before: Vec<(Json, Json)> = collect();
    assert!(before.iter().all(|(state, _)| state == "waiting"), "{before:?}");
    sandbox.write("told.jsonl", results(&sandbox));
    setup(&sandbox, &["--tell", "told.jsonl"]).expect(0);
    sandbox.write("more.jsonl", r#"{"job": 3, "state": "failed"}"#);
    setup(&sandbox, &["--tell", "more.jsonl", "--suggest", "2"]).expect(0);
    let jobs: Vec<(Json, Json)> = collect();
    for (job, (values, (state, objective))) in sampled(&sandbox).iter().zip(&jobs).enumerate() {
        let expected = match job {
            3 => json!("failed"),
            0..8 => json!("done"),
            _ => json!("waiting"),
        };
        assert_eq!(*state, expected, "{job}");
        let value = (expected == "done").then(|| loss(values));
        assert_eq!(objective.as_f64(), value, "{job}: {jobs:?}");
    }
    assert_eq!(collect(), jobs, "a collect that keeps what has not changed says the same");
    // Half a line, as a full disk leaves it, costs the others nothing, and is named.
    let whole = sandbox.read("sweeps/t/told.jsonl");
    sandbox.write("sweeps/t/told.jsonl", format!("{whole}{{\"job\""));
    assert_eq!(collect(), jobs);
    let run = setup(&sandbox, &["--suggest", "1"]);
    assert!(run.stderr.contains("told.jsonl:10`: ") && run.code != 0, "{run:?}");
    sandbox.write("sweeps/t/told.jsonl", whole);
    let local = ["s.yaml", "--dry-run", "--set", "LAUNCH.EXECUTOR=local"];
    let command = ["--set", "LAUNCH.COMMAND=true {{cfg}}"];
    let run = sandbox.run(bin!("sweep_launch"), &[&local[..], &command].concat()).expect(0);
    assert!(run.stdout.contains("3 to run (2 waiting, 1 failed) of 10: 7 done"), "{}", run.stdout);
}

#[test]
fn where_jobs_fail_none_is_suggested() {
    let sandbox = sweep(SPACE);
    for _ in 0..8 {
        let lines = sampled(&sandbox).into_iter().enumerate().map(|(job, values)| {
            let result = if values["x"].as_f64().unwrap() > 0.0 {
                json!({"job": job, "state": "failed"})
            } else {
                json!({"job": job, "values": {"loss": loss(&values)}})
            };
            format!("{result}\n")
        });
        sandbox.write("told.jsonl", lines.collect::<String>());
        setup(&sandbox, &["--tell", "told.jsonl", "--suggest", "5"]).expect(0);
    }
    let all = sampled(&sandbox);
    let fails = all[28..].iter().filter(|values| values["x"].as_f64().unwrap() > 0.0).count();
    assert!(fails <= 7, "{fails} of 20");
}

#[test]
fn the_results_of_jobs_that_ran_are_learned_from_collected_or_not() {
    let sandbox = sweep(SPACE);
    for (job, values) in (0_u64..).zip(&sampled(&sandbox)) {
        let log = format!("{{\"epoch\": 1, \"loss\": {}}}\n", loss(values));
        sandbox.write_done("t", job, &log);
    }
    let words = setup(&sandbox, &["--suggest", "3", "--dry-run"]).expect(0).stderr;
    assert!(words.contains("by 8 results; 0 configs without a result yet"), "{words}");
    let before = setup(&sandbox, &["--suggest", "3", "--dry-run", "--json"]).expect(0);
    assert!(!sandbox.join("sweeps/t/results").exists(), "it was only looked at");
    let next = sandbox.run(bin!("sweep_collect"), &["s.yaml"]).expect(0).stderr;
    let expected = "next: sweep_launch --sweep-cfg s.yaml    # suggests and runs 52 more configs";
    assert!(next.contains(expected), "{next}");
    let run = setup(&sandbox, &["--suggest", "3", "--json"]).expect(0);
    let shown: Json = serde_json::from_str(&before.stdout).unwrap();
    assert_eq!(shown, serde_json::from_str::<Json>(&run.stdout).unwrap());
    // The same as if they had been told.
    let told = sweep(SPACE);
    let answer: Json = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(&tell_and_suggest(&told, "3"), answer["suggestions"].as_array().unwrap());
}

#[test]
fn a_suggestion_that_was_decided_on_is_finished_by_whoever_comes_next() {
    let sandbox = sweep(SPACE);
    let setup_json = sandbox.read("sweeps/t/setup.json");
    tell_and_suggest(&sandbox, "2");
    let decided = [8, 9].map(|job| sandbox.read(format!("sweeps/t/cfgs/{job:06}.yaml")));
    // As if a kill had come before the configs were there; results have arrived since.
    sandbox.write("sweeps/t/setup.json", setup_json);
    sandbox.write("more.jsonl", r#"{"job": 0, "values": {"loss": 99}}"#);
    let run = setup(&sandbox, &["--tell", "more.jsonl", "--suggest", "3", "--json"]).expect(0);
    let answer: Json = serde_json::from_str(&run.stdout).unwrap();
    let jobs: Vec<&Json> =
        answer["suggestions"].as_array().unwrap().iter().map(|it| &it["job"]).collect();
    assert_eq!(jobs, [8, 9, 10]);
    assert_eq!([8, 9].map(|job| sandbox.read(format!("sweeps/t/cfgs/{job:06}.yaml"))), decided);
    for job in 8..11 {
        let again = setup(&sandbox, &["--replay", &job.to_string()]).expect(0).stdout;
        assert_eq!(again, sandbox.read(format!("sweeps/t/cfgs/{job:06}.yaml")), "{job}");
    }
    // Another setup leaves none of them behind.
    std::fs::remove_file(sandbox.join("sweeps/t/told.jsonl")).unwrap();
    sandbox.run(bin!("sweep_setup"), &["s.yaml"]).expect(0);
    assert!(!sandbox.join("sweeps/t/suggestions").exists());
}

#[test]
fn suggestions_meet_conditions_and_small_spaces_end() {
    let small = "\
ROOT_DIR: sweeps
NAME: t
SETUP:
  STRATEGY: tpe
  NUM_CONFIGS: 100
  TUNE: {STARTUP: 4, CONTROL: 0}
  SAMPLERS: {x: [1, 2, 3, 4, 5], opt: [sgd, adam], lr: [0.1, 0.01]}
  CONSTRAINTS: {WHERE: [x < 5 or opt == 'adam']}
ANALYZE: {OBJECTIVE: {METRIC: loss}}
";
    let sandbox = sweep(small);
    sandbox.write("told.jsonl", results(&sandbox));
    let run = setup(&sandbox, &["--tell", "told.jsonl", "--suggest", "50"]).expect(1);
    assert!(
        run.stderr.contains("14 of 50: no other config meets the constraints"),
        "{}",
        run.stderr
    );
    let all = sampled(&sandbox);
    assert_eq!(all.iter().map(Json::to_string).collect::<BTreeSet<_>>().len(), 18);
    let run = setup(&sandbox, &["--suggest", "1"]).expect(2);
    assert!(run.stderr.contains("found no config that meets the constraints"), "{}", run.stderr);
}

#[test]
fn the_budget_is_kept_and_a_random_sweep_may_go_on_by_results() {
    let random = SPACE.replace("tpe", "random").replace("  TUNE: {STARTUP: 8, CONTROL: 0.2}\n", "");
    let sandbox = sweep(&random.replace("60", "10"));
    let why = setup(&sandbox, &["--suggest", "1"]).expect(2).stderr;
    assert!(why.contains("SETUP.STRATEGY is `random`, which learns from no results"), "{why}");
    let random_draws = sampled(&sandbox);
    sandbox.write("s.yaml", SPACE.replace("60", "12"));
    let found = tell_and_suggest(&sandbox, "1");
    assert_eq!(found[0]["job"], 10);
    assert_eq!(sampled(&sandbox)[..10], random_draws);
    let run = setup(&sandbox, &["--suggest", "5"]).expect(1);
    assert!(run.stderr.contains("1 of 5: NUM_CONFIGS is the budget"), "{}", run.stderr);
    let why = setup(&sandbox, &["--suggest", "1"]).expect(2).stderr;
    assert!(why.contains("raise SETUP.NUM_CONFIGS"), "{why}");
    let why = setup(&sandbox, &["--extend", "5"]).expect(2).stderr;
    assert!(why.contains("use `--suggest N` in place of `--extend N`"), "{why}");
    sandbox.write("s.yaml", SPACE.replace("[-5, 5]", "[-9, 9]"));
    let why = setup(&sandbox, &["--suggest", "1"]).expect(2).stderr;
    assert!(why.contains("another design space. Changed: SETUP.SAMPLERS.x"), "{why}");
}
