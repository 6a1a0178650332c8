//! `sweep_collect` over real logs of pycls: the same values, the tables, the status.

use std::fs;

use crate::logs::{Logs, OUTPUTS, as_pycls};
use serde_json::{Value, json};

#[track_caller]
fn assert_entries_equal_pycls(logs: &Logs, except: &[u32]) {
    let expected = logs.entries("pycls_sweep.json");
    let entries = logs.entries("sweep.json");
    assert_eq!(entries.len(), expected.len());
    for (entry, expected) in entries.iter().zip(&expected) {
        if !except.iter().any(|job| entry["job"] == *job) {
            assert_eq!(as_pycls(entry), as_pycls(expected));
        }
    }
}

#[test]
fn the_digits_sweeps_give_the_values_that_pycls_itself_wrote() {
    for logs in [Logs::optim(), Logs::best()] {
        logs.collect(&[]).expect(0);
        assert_entries_equal_pycls(&logs, &[]);
    }
}

#[test]
fn odd_jobs_cost_only_what_is_odd_about_them() {
    let logs = Logs::sweep200();
    let status = logs.status(1);
    assert_entries_equal_pycls(&logs, &[91]);
    assert_eq!(status["states"], json!({"waiting": 2, "done": 8, "unfinished": 8}));
    assert_eq!((&status["jobs"], &status["started"]), (&json!(18), &json!(16)));
    let sum = |key: &str| {
        let jobs = logs.entries("pycls_sweep.json");
        jobs.iter()
            .filter_map(|job| job["test_epoch"][key].as_array()?.last()?.as_i64())
            .sum::<i64>()
    };
    assert_eq!(status["epochs"], json!({"done": sum("epoch_ind"), "total": 16 * 50}));
    let remarks: Vec<(&str, &str)> = status["remarks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|remark| (remark["kind"].as_str().unwrap(), remark["first"].as_str().unwrap()))
        .collect();
    assert_eq!(
        remarks,
        [
            ("no_stdout", "logs/000200"),
            ("no_record", "logs/000005/stdout.log"),
            ("torn", "logs/000011/stdout.log:328"),
            ("superseded", "logs/000091/stdout.log:119"),
        ]
    );
}

#[test]
fn of_a_job_that_was_restarted_the_last_run_counts_whole() {
    let logs = Logs::sweep200();
    logs.collect(&[]).expect(1);
    let text = fs::read_to_string(logs.of_job(91, "stdout.log")).unwrap();
    let last_run = text.rfind("\"_type\": \"cfg\"").unwrap();
    let entry = logs.entry(91);
    for kind in ["train_epoch", "test_epoch", "test_ema_epoch"] {
        let tag = format!("json_stats: {{\"_type\": \"{kind}\"");
        let lines = text[last_run..].lines().filter(|line| line.contains(&tag));
        let records: Vec<Value> = lines
            .map(|line| serde_json::from_str(line.split_once("json_stats: ").unwrap().1).unwrap())
            .collect();
        assert_eq!(records.len(), 50);
        for metric in ["epoch", "top1_err", "time_epoch"] {
            let expected: Vec<&Value> = records.iter().map(|record| &record[metric]).collect();
            assert_eq!(entry[kind][metric], json!(expected), "{kind}.{metric}");
        }
    }
}

#[test]
fn the_status_names_counts_failures_and_what_to_type_next() {
    let logs = Logs::sweep200();
    let run = logs.collect(&[]).expect(1);
    let head = format!("{}: 18 jobs, 16 started", logs.path("").display());
    assert_eq!(run.stdout.lines().next().unwrap(), head.replace("/:", ":"));
    for line in [
        "  waiting           2   11%",
        "  unfinished        8   44%",
        "      1  unfinished  srun: error: node12: task 0: Killed",
        "         jobs 5",
    ] {
        assert!(run.stdout.lines().any(|l| l == line), "`{line}` in\n{}", run.stdout);
    }
    assert!(run.stdout.contains("1 job with a truncated last line"), "{}", run.stdout);
    assert!(run.stderr.contains("next: sweep_launch --sweep-cfg "), "{}", run.stderr);
    assert!(run.stderr.contains("next: sweep_analyze --sweep-cfg "), "{}", run.stderr);
    assert!(logs.collect(&["-q"]).expect(1).stderr.is_empty());
}

#[test]
fn the_table_has_a_row_for_every_job_and_the_values_of_the_logs() {
    let logs = Logs::sweep200();
    logs.collect(&[]).expect(1);
    let table = logs.table("sweep.parquet");
    let facts = [
        "job",
        "state",
        "sampled",
        "config",
        "attempts",
        "host",
        "started",
        "ended",
        "seconds",
        "exit_code",
        "signal",
        "reason",
        "error_line",
        "cause",
        "diverged",
        "epoch_ind",
        "epoch_max",
    ];
    assert_eq!(table.columns[..facts.len()], facts);
    let jobs = table.ints("job");
    assert_eq!(jobs.first(), Some(&Some(0)));
    assert_eq!(jobs[16..], [Some(200), Some(201)]);
    let at = |job| jobs.iter().position(|j| *j == Some(job)).unwrap();

    // The config is there of a job that never logged it, and of the one that did.
    let rates = table.doubles("cfg.OPTIM.BASE_LR");
    assert!(rates.iter().all(Option::is_some));
    assert!(table.texts("sampled")[at(201)].as_ref().unwrap().starts_with("REGNET.DEPTH "));
    assert_eq!(table.ints("epoch_max"), vec![Some(50); 18]);
    assert_eq!(table.ints("epoch_ind")[at(42)], Some(12));
    assert_eq!(table.ints("epoch_ind")[at(55)], None);
    assert_eq!(table.texts("state")[at(201)].as_deref(), Some("waiting"));
    let said = table.texts("error_line");
    assert_eq!(said[at(5)].as_deref(), Some("srun: Terminating job step 4242.0"));
    assert_eq!(said[at(33)], None, "a job that is done has no error");

    for job in logs.entries("pycls_sweep.json").iter().filter(|job| job["test_epoch"].is_object()) {
        let number = job["log_file"].as_str().unwrap().split('/').nth_back(1).unwrap();
        let row = at(number.parse().unwrap());
        assert_eq!(rates[row], job["cfg"]["OPTIM"]["BASE_LR"].as_f64());
        assert_eq!(table.ints("complexity.flops")[row], job["complexity"]["flops"].as_i64());
        if number == "000091" {
            continue;
        }
        let errors = job["test_epoch"]["top1_err"].as_array().unwrap();
        let errors: Vec<f64> = errors.iter().map(|e| e.as_f64().unwrap()).collect();
        let mean = errors.iter().sum::<f64>() / errors.iter().map(|_| 1.0).sum::<f64>();
        let least = errors.iter().copied().reduce(f64::min);
        let greatest = errors.iter().copied().reduce(f64::max);
        assert_eq!(table.doubles("test_epoch.top1_err")[row], errors.last().copied());
        assert_eq!(table.doubles("test_epoch.top1_err.min")[row], least);
        assert_eq!(table.doubles("test_epoch.top1_err.max")[row], greatest);
        assert_eq!(table.doubles("test_epoch.top1_err.mean")[row], Some(mean));
    }
}

#[test]
fn the_curves_have_a_row_for_every_job_type_and_epoch() {
    let logs = Logs::best();
    logs.collect(&[]).expect(0);
    let curves = logs.table("curves.parquet");
    assert_eq!(curves.columns[..4], ["job", "phase", "epoch", "epoch_max"]);
    let mut expected = Vec::new();
    for entry in logs.entries("sweep.json") {
        for phase in ["test_ema_epoch", "test_epoch", "train_epoch"] {
            let data = &entry[phase];
            for (i, epoch) in data["epoch_ind"].as_array().unwrap().iter().enumerate() {
                expected.push((
                    entry["job"].as_i64(),
                    Some(phase.to_owned()),
                    epoch.as_i64(),
                    data["epoch_max"][i].as_i64(),
                    data["top1_err"][i].as_f64(),
                    data["loss"][i].as_f64(),
                ));
            }
        }
    }
    let rows: Vec<_> = (0..curves.len()).zip(curves.ints("job")).collect();
    let (phases, epochs) = (curves.texts("phase"), curves.ints("epoch"));
    let (maxima, errors) = (curves.ints("epoch_max"), curves.doubles("top1_err"));
    let losses = curves.doubles("loss");
    let found: Vec<_> = rows
        .into_iter()
        .map(|(i, job)| (job, phases[i].clone(), epochs[i], maxima[i], errors[i], losses[i]))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn the_bytes_depend_on_neither_the_threads_nor_the_time() {
    let logs = Logs::sweep200();
    logs.collect(&["--set=NUM_PROC=1"]).expect(1);
    let first = logs.outputs();
    assert!(first.iter().all(Option::is_some));
    for threads in ["--set=NUM_PROC=8", "--set=NUM_PROC=3"] {
        logs.collect(&[threads]).expect(1);
        assert!(logs.outputs() == first, "other bytes with {threads}");
    }
}

#[test]
fn a_sweep_that_was_not_set_up_says_how_to() {
    let logs = Logs::four();
    fs::remove_dir_all(logs.path("cfgs")).unwrap();
    let run = logs.collect(&[]).expect(2);
    assert!(run.stderr.contains("contains no job configs"), "{}", run.stderr);
    assert!(
        run.stderr.contains("hint: set up the sweep first: sweep_setup --sweep-cfg"),
        "{}",
        run.stderr
    );
    assert!(OUTPUTS.iter().all(|name| !logs.path(name).exists()));
}

#[test]
fn a_sweep_that_was_not_launched_has_its_jobs_waiting() {
    let logs = Logs::four();
    fs::remove_dir_all(logs.path("logs")).unwrap();
    let run = logs.collect(&[]).expect(1);
    assert!(run.stdout.contains("4 jobs, none started yet"), "{}", run.stdout);
    assert!(run.stderr.contains("next: sweep_launch"), "{}", run.stderr);
    assert!(logs.entries("sweep.json").is_empty());
    let table = logs.table("sweep.parquet");
    assert_eq!(table.texts("state"), vec![Some("waiting".to_owned()); 4]);
    assert_eq!(table.ints("cfg.OPTIM.MAX_EPOCH"), [Some(3), Some(3), Some(10), Some(10)]);
    assert_eq!(logs.table("curves.parquet").len(), 0);
}

#[test]
fn the_state_of_a_job_is_what_its_worker_recorded() {
    let logs = Logs::four();
    let start = |attempt: u32| {
        format!(
            r#"{{"event":"start","attempt":{attempt},"launch":"000001","host":"node1","pid":7,"started":"2026-01-0{attempt}T00:00:00Z","command":"train"}}"#
        )
    };
    let end = |attempt: u32, rest: &str| {
        format!(
            r#"{{"event":"end","attempt":{attempt},"ended":"2026-01-0{attempt}T01:00:00Z","seconds":1.5,{rest}}}"#
        )
    };
    let failed = r#""outcome":"failed","exit_code":3,"reason":"it exited with code 3""#;
    let journal = [start(1), end(1, failed), start(2), end(2, failed)].join("\n");
    fs::write(logs.of_job(1, "attempts.jsonl"), journal).unwrap();
    fs::write(logs.of_job(1, "stderr.log"), "Traceback\nValueError: loss is NaN\n\n").unwrap();
    let killed = r#""outcome":"out_of_memory","signal":9,"reason":"out of memory""#;
    let journal = [start(1), end(1, killed)].join("\n");
    fs::write(logs.of_job(3, "attempts.jsonl"), journal).unwrap();
    let status = logs.status(1);
    assert_eq!(status["states"], json!({"done": 2, "failed": 1, "out of memory": 1}));
    let failures = status["failures"].as_array().unwrap();
    let of = |key: &str| failures.iter().map(|f| f[key].clone()).collect::<Value>();
    assert_eq!(of("state"), json!(["failed", "out of memory"]));
    assert_eq!(of("cause"), json!(["ValueError: loss is NaN", null]));
    assert_eq!(of("error"), json!(["ValueError: loss is NaN", "out of memory"]));
    assert_eq!((of("exit_code"), of("signal")), (json!([3, null]), json!([null, 9])));
    assert_eq!((of("jobs"), of("hosts")), (json!([[1], [3]]), json!([{"node1": 1}, {"node1": 1}])));
    assert!(failures[0]["rerun"].as_str().unwrap().ends_with(" --only 1"));
    let table = logs.table("sweep.parquet");
    assert_eq!(table.ints("attempts"), [Some(0), Some(2), Some(0), Some(1)]);
    assert_eq!(table.doubles("seconds"), [None, Some(3.0), None, Some(1.5)]);
    assert_eq!(table.texts("started")[1].as_deref(), Some("2026-01-02T00:00:00Z"));
    let exits: Vec<String> = table.column("exit_code").iter().map(ToString::to_string).collect();
    assert_eq!(exits, ["null", "3", "null", "null"]);
}

#[test]
fn the_reference_names_every_column_that_a_table_always_has() {
    let logs = Logs::four();
    logs.collect(&[]).expect(0);
    let reference = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reference/files.md");
    let reference = fs::read_to_string(reference).unwrap();
    let jobs = logs.table("sweep.parquet").columns;
    let jobs = jobs.iter().filter(|column| !column.contains('.'));
    for column in jobs.chain(&logs.table("curves.parquet").columns[..4]) {
        assert!(reference.contains(&format!("`{column}`")), "`{column}` is not in the reference");
    }
}

#[test]
fn what_was_sampled_is_told_apart_from_the_network_that_it_made() {
    let logs = Logs::four();
    let path = logs.path("cfgs_summary.yaml");
    let summary = fs::read_to_string(&path).unwrap();
    let with_network =
        |line: &str| format!("{line} -> ANYNET.DEPTHS [1, 2] ANYNET.WIDTHS [8, 16]\n");
    fs::write(&path, summary.lines().map(with_network).collect::<String>()).unwrap();
    logs.collect(&[]);
    let told = logs.table("sweep.parquet").texts("sampled");
    fs::write(&path, &summary).unwrap();
    logs.collect(&[]);
    assert_eq!(told, logs.table("sweep.parquet").texts("sampled"));
    assert!(told.iter().flatten().count() == 4, "{told:?}");
}
