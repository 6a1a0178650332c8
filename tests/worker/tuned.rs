//! Sweeps that are tuned: workers suggest the next configs by what others have reached.

use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

use serde_json::Value as Json;

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::launching::{binaries_in, signal, wait_until};

/// The loss is least at an `x` of 1.5; a job takes a moment.
const CONFIG: &str = "\
ROOT_DIR: sweeps
NAME: t
SETUP:
  STRATEGY: tpe
  NUM_CONFIGS: 24
  TUNE: {STARTUP: 6, CONTROL: 0.2}
  SAMPLERS:
    x: {uniform: [-5, 5]}
    opt: [sgd, adam, lion]
LAUNCH:
  EXECUTOR: local
  LOCAL_WORKERS: 3
  COMMAND: sh train.sh {{x}} {{opt}}
ANALYZE: {OBJECTIVE: {METRIC: loss, GOAL: minimize}}
";

const PROGRAM: &str = r#"
awk -v x="$1" -v opt="$2" 'BEGIN { l = (x - 1.5) ^ 2 / 4 + (opt != "adam")
    printf "{\"epoch\": 1, \"loss\": %.9f}\n{\"epoch\": 2, \"loss\": %.9f}\n", l + 1, l }' > "$SWEEP_OUT_DIR/metrics.jsonl"
"#;

fn sweep(config: &str, program: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("s.yaml", config);
    sandbox.write("train.sh", program);
    sandbox.run(bin!("sweep_setup"), &["s.yaml"]).expect(0);
    sandbox
}

fn launch(sandbox: &Sandbox, args: &[&str]) -> Run {
    sandbox.run(bin!("sweep_launch"), &[&["s.yaml", "--yes"], args].concat())
}

fn lines(sandbox: &Sandbox, path: &str) -> Vec<Json> {
    sandbox.read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The lines of all files of results, which a killed worker may have left torn.
fn results(sandbox: &Sandbox) -> Vec<Json> {
    let mut lines = Vec::new();
    for file in fs::read_dir(sandbox.join("sweeps/t/results")).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        lines.extend(text.lines().filter_map(|line| serde_json::from_str::<Json>(line).ok()));
    }
    lines
}

/// The loss of a job by its own program.
fn loss(sandbox: &Sandbox, job: u64) -> f64 {
    let lines = lines(sandbox, &format!("sweeps/t/logs/{job:06}/metrics.jsonl"));
    lines.last().unwrap()["loss"].as_f64().unwrap()
}

/// Checks that so many configs are there, all of them different, each suggestion follows from its record, and that
/// from nothing but results that there are.
fn check_configs(sandbox: &Sandbox, configs: usize, first: usize) {
    let sampled = lines(sandbox, "sweeps/t/sampled.jsonl");
    let different: BTreeSet<String> =
        sampled.iter().map(|line| line["sampled"].to_string()).collect();
    assert_eq!((sampled.len(), different.len()), (configs, configs));
    assert_eq!(fs::read_dir(sandbox.join("sweeps/t/cfgs")).unwrap().count(), configs);
    let names: Vec<String> = sweep_config::fs::list(&sandbox.join("sweeps/t/suggestions")).unwrap();
    let expected: Vec<String> = (first..configs).map(|job| format!("{job:06}.json")).collect();
    // A worker that is killed may leave a claim, or a file that it was about to put in place.
    let is_record = |name: &&String| !name.starts_with("claim.") && !name.starts_with(".tmp-");
    let records: Vec<&String> = names.iter().filter(is_record).collect();
    assert_eq!(records, expected.iter().collect::<Vec<_>>());
    for job in first..configs {
        let record: Json =
            serde_json::from_str(&sandbox.read(format!("sweeps/t/suggestions/{job:06}.json")))
                .unwrap();
        for observed in record["observed"].as_array().unwrap() {
            let of = observed[0].as_u64().unwrap();
            let value = observed[1][0].as_f64().unwrap();
            assert!(
                (value - loss(sandbox, of)).abs() < 1e-9 && of < job as u64,
                "{job}: {observed}"
            );
        }
    }
    for job in (first..configs).step_by(5 + configs / 50) {
        let again = sandbox.run(bin!("sweep_setup"), &["s.yaml", "--replay", &job.to_string()]);
        assert_eq!(again.expect(0).stdout, sandbox.read(format!("sweeps/t/cfgs/{job:06}.yaml")));
    }
}

#[test]
fn a_launch_suggests_configs_until_the_budget_is_used_up() {
    let sandbox = sweep(CONFIG, PROGRAM);
    let shown = launch(&sandbox, &["--dry-run"]).expect(0).stdout;
    let to_come = "to come      6 jobs are there, 18 more will be suggested as results arrive";
    assert!(shown.contains(to_come), "{shown}");
    let run = launch(&sandbox, &[]).expect(0);
    assert!(run.stdout.starts_with("24 of 24 jobs done in "), "{}", run.stdout);
    check_configs(&sandbox, 24, 6);
    let records = (6..24).map(|job| sandbox.read(format!("sweeps/t/suggestions/{job:06}.json")));
    let kinds: Vec<Json> =
        records.map(|text| serde_json::from_str::<Json>(&text).unwrap()["kind"].clone()).collect();
    assert!(kinds.iter().filter(|kind| **kind == "tuned").count() > 9, "{kinds:?}");
    let late: f64 = (18..24).map(|job| loss(&sandbox, job)).sum();
    let early: f64 = (0..6).map(|job| loss(&sandbox, job)).sum();
    assert!(late < early, "{late} {early}");
    let run = launch(&sandbox, &[]).expect(0);
    assert!(run.stderr.contains("Nothing to run: all 24 jobs are done."), "{}", run.stderr);
    // A larger budget is launched as well.
    sandbox.write("s.yaml", CONFIG.replace("24", "26"));
    let run = launch(&sandbox, &[]).expect(0);
    assert!(run.stderr.contains("jobs         none to run of 24: 24 done"), "{}", run.stderr);
    assert!(run.stdout.starts_with("2 of 2 jobs done in "), "{}", run.stdout);
    check_configs(&sandbox, 26, 6);
}

#[test]
fn what_workers_note_is_what_a_collect_finds() {
    // Jobs 1 and 4 fail at first, and job 2 always; job 3 diverges; the logs of job 5 cannot be read.
    let program = PROGRAM.replace(
        "\nawk",
        "\ncase ${SWEEP_OUT_DIR##*/}-$SWEEP_ATTEMPT in
        *1-1|*4-1) exit 3;;
        *2-?) exit 4;;
        *3-?) echo '{\"epoch\": 1, \"loss\": NaN}' > $SWEEP_OUT_DIR/metrics.jsonl; exit;;
        *5-?) ln -s metrics.jsonl $SWEEP_OUT_DIR/metrics.jsonl; exit;;
        esac\nawk",
    );
    let config = CONFIG
        .replace("NUM_CONFIGS: 24", "NUM_CONFIGS: 9")
        .replace("COMMAND", "MAX_RETRY: 1\n  COMMAND");
    let sandbox = sweep(&config, &program);
    let run = launch(&sandbox, &[]).expect(1);
    let warning = "the result of job 000005 is unknown, since its logs could not be read: ";
    assert!(run.stderr.contains(warning), "{}", run.stderr);
    sandbox.run(bin!("sweep_collect"), &["s.yaml", "--quiet"]);
    let run = sandbox.run(bin!("sweep_collect"), &["s.yaml", "--jobs", "--json"]);
    let collected: Json = serde_json::from_str(&run.stdout).unwrap();
    let mut newest: Vec<Option<Json>> = vec![None; 9];
    for line in results(&sandbox) {
        let place = &mut newest[usize::try_from(line["job"].as_u64().unwrap()).unwrap()];
        if place.as_ref().is_none_or(|known| known["attempt"].as_u64() <= line["attempt"].as_u64())
        {
            *place = Some(line);
        }
    }
    let jobs = collected.as_array().unwrap();
    assert_eq!(jobs.len(), 9);
    for (job, (noted, collected)) in newest.iter().zip(jobs).enumerate() {
        let noted = noted.as_ref().unwrap();
        assert_eq!(noted["state"], collected["state"], "{job}");
        assert_eq!(noted["attempt"], collected["attempts"], "{job}");
        assert_eq!(
            noted["values"]["metrics.loss.min"], collected["objective"],
            "{job}: {noted} {collected}"
        );
        assert_eq!(noted["unreadable"].is_string(), job == 5, "{job}");
    }
    let record: Json =
        serde_json::from_str(&sandbox.read("sweeps/t/suggestions/000008.json")).unwrap();
    let observed = record["observed"].as_array().unwrap();
    let of = |job: u64| observed.iter().find(|it| it[0] == job).map(|it| it[1].clone());
    assert_eq!(of(2), Some(Json::Null), "it failed by its own fault");
    assert_eq!(of(3), Some(Json::Null), "it diverged");
    assert_eq!(of(5), None, "nobody knows");
    assert!(of(1).unwrap()[0].is_f64() && of(4).unwrap()[0].is_f64());
}

#[test]
fn jobs_that_were_told_and_jobs_that_ran_are_ranked_together() {
    let config = CONFIG.replace("NUM_CONFIGS: 24", "NUM_CONFIGS: 8");
    let sandbox = sweep(&config.replace("METRIC: loss", "METRIC: metrics.loss"), PROGRAM);
    for (metric, name) in [("metrics.loss", "by its column"), ("loss", "by its end")] {
        sandbox.write("s.yaml", config.replace("METRIC: loss", &format!("METRIC: {metric}")));
        let told = |job: u32, value: f64| {
            format!("{{\"job\": {job}, \"values\": {{\"{metric}\": {value}}}}}\n")
        };
        sandbox.write("told.jsonl", told(0, 0.25) + &told(2, 70.0));
        sandbox.run(bin!("sweep_setup"), &["s.yaml", "--tell", "told.jsonl"]).expect(0);
        launch(&sandbox, &[]).expect(0);
        let run = sandbox.run(bin!("sweep_collect"), &["s.yaml", "--jobs", "--json"]).expect(0);
        let jobs: Json = serde_json::from_str(&run.stdout).unwrap();
        for (job, found) in (0_u64..).zip(jobs.as_array().unwrap()) {
            let (value, attempts) = match job {
                0 => (0.25, 0),
                2 => (70.0, 0),
                _ => (loss(&sandbox, job), 1),
            };
            let objective = found["objective"].as_f64();
            assert!(objective.is_some_and(|it| (it - value).abs() < 1e-9), "{name}: {found}");
            assert_eq!(
                (found["state"].as_str(), &found["attempts"]),
                (Some("done"), &attempts.into())
            );
        }
    }
}

#[test]
fn workers_and_the_command_line_never_collide() {
    let sandbox = sweep(CONFIG, PROGRAM);
    let mut launched = sandbox.command(bin!("sweep_launch"));
    let mut launched = launched.args(["s.yaml", "--yes", "--quiet"]).spawn().unwrap();
    let mut by_hand = 0;
    while launched.try_wait().unwrap().is_none() {
        let run = sandbox.run(bin!("sweep_setup"), &["s.yaml", "--suggest", "2", "--json"]);
        assert!(run.code != 4, "{}", run.stderr);
        let answer: Json = serde_json::from_str(&run.stdout).unwrap_or_default();
        by_hand += answer["suggestions"].as_array().map_or(0, Vec::len);
    }
    assert!(by_hand > 0);
    launch(&sandbox, &[]).expect(0);
    check_configs(&sandbox, 24, 6);
}

#[test]
fn a_space_without_further_configs_ends_the_launch_with_the_reason() {
    let small = CONFIG.replace("x: {uniform: [-5, 5]}", "x: [1, 2, 3]");
    let sandbox = sweep(&small, PROGRAM);
    let run = launch(&sandbox, &[]).expect(1);
    let why = "15 jobs of SETUP.NUM_CONFIGS not suggested: no other config meets the constraints";
    assert!(run.stdout.contains("9 of 9 jobs done") && run.stdout.contains(why), "{}", run.stdout);
}

#[test]
fn where_the_objective_is_in_no_log_the_workers_leave_and_say_so() {
    let sandbox = sweep(&CONFIG.replace("METRIC: loss", "METRIC: los"), PROGRAM);
    let run = launch(&sandbox, &[]).expect(1);
    let why = "cannot choose the next config: no job has a value of ANALYZE.OBJECTIVE";
    assert!(run.stderr.contains(why), "{}", run.stderr);
    assert!(run.stdout.contains(" jobs of SETUP.NUM_CONFIGS not suggested"), "{}", run.stdout);
}

/// Kills workers at random moments after each step that the sweep makes, and the launch after each round of kills; then
/// a launch finishes the sweep.
fn storm(configs: usize, rounds: usize, kills: usize) {
    let config = CONFIG.replace("LOCAL_WORKERS: 3", "LOCAL_WORKERS: 4");
    let sandbox = sweep(&config.replace("24", &configs.to_string()), PROGRAM);
    let steps = || {
        let results = sandbox.join("sweeps/t/results");
        let noted = if results.exists() { self::results(&sandbox).len() } else { 0 };
        noted + sandbox.read("sweeps/t/sampled.jsonl").lines().count()
    };
    let mut seed = 7_u64;
    for _ in 0..rounds {
        let mut launched = sandbox.command(bin!("sweep_launch"));
        let mut launched = launched.args(["s.yaml", "--yes", "--quiet"]).spawn().unwrap();
        for _ in 0..kills {
            let before = steps();
            let mut is_over = || launched.try_wait().unwrap().is_some();
            wait_until("the sweep makes a step", || steps() > before || is_over());
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(Duration::from_millis((seed >> 33) % 300));
            let workers = binaries_in(sandbox.path(), "sweep_worker");
            let unlucky = usize::try_from(seed >> 40).unwrap() % workers.len().max(1);
            if let Some(worker) = workers.get(unlucky) {
                signal(*worker, "KILL");
            }
        }
        signal(launched.id(), "KILL");
        launched.wait().unwrap();
        wait_until("no worker is left", || binaries_in(sandbox.path(), "sweep_worker").is_empty());
    }
    launch(&sandbox, &[]).expect(0);
    check_configs(&sandbox, configs, 6);
    let run = sandbox.run(bin!("sweep_collect"), &["s.yaml", "--jobs", "--json"]).expect(0);
    let collected: Json = serde_json::from_str(&run.stdout).unwrap();
    for job in collected.as_array().unwrap() {
        assert_eq!(job["state"], "done", "{job}");
    }
}

#[test]
fn killed_workers_lose_and_double_no_config() {
    storm(24, 2, 4);
}

/// Takes minutes: `cargo test --test worker -- --ignored killed_workers`.
#[test]
#[ignore = "takes minutes"]
fn killed_workers_lose_and_double_no_config_of_many() {
    storm(120, 10, 8);
}
