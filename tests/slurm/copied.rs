//! Copies of sweep directories whose tasks are in SLURM's queue.

use std::fs;
use std::process::Command;

use crate::bin;
use crate::cluster::{Cluster, Setup, wait_until};
use crate::common::Run;
use crate::fake::Faked;
use crate::study::Study;
use serde_json::{Value, json};
use sweep_config::records::{Outcome, read_attempts};
use sweep_config::{JobId, SweepDir};

fn copy(from: &std::path::Path, to: &std::path::Path) {
    assert!(Command::new("cp").arg("-r").args([from, to]).status().unwrap().success());
}

fn states(run: &Run) -> Value {
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    status["states"].clone()
}

#[test]
fn slurm_is_not_asked_in_a_copy_for_tasks_of_the_original_and_told_nothing_of_them() {
    let faked = Faked::new(2, "");
    faked.launch(&[]).expect(0);
    let dir = faked.0.dir();
    let name = fs::read_to_string(dir.submissions().join("000001/0000.json")).unwrap();
    let name: Value = serde_json::from_str(&name).unwrap();
    let name = name["name"].as_str().unwrap().to_owned();
    faked.says(
        "squeue",
        &format!(
            "echo \"$@\" >> asked; for i in 0 1; do echo \"7_$i|{name}|RUNNING|None|far\"; done"
        ),
    );
    faked.says("sacct", "echo \"$@\" >> asked; echo '7_0|CANCELLED|0:0|2026-01-01T00:00:00|far'");
    // Job 0 was left open as its task was being ended; job 1 runs.
    for (job, end) in [(0, true), (1, false)] {
        let start = json!({"event": "start", "attempt": 1, "launch": "000001", "host": "far", "pid": 7,
                           "started": "2026-01-01T00:00:00Z", "command": "c", "slurm": format!("7_{job}")});
        let open = json!({"event": "end", "attempt": 1, "ended": "2026-01-01T00:00:01Z", "seconds": 1.0,
                          "outcome": "open", "exit_code": 0});
        let lines = if end { format!("{start}\n{open}\n") } else { format!("{start}\n") };
        faked.0.sandbox.write(format!("root/sweep/logs/{job:06}/attempts.jsonl"), lines);
    }
    let copied = faked.0.sandbox.join("root/copy");
    copy(dir.path(), &copied);

    let run = faked.launch(&["--set", "NAME=copy", "--cancel"]).expect(0);
    assert!(run.stderr.contains("This sweep has no tasks in the queue."), "{}", run.stderr);
    assert!(run.stderr.contains("this directory is a copy of"), "{}", run.stderr);
    let run = faked.launch(&["--set", "NAME=copy"]).expect(0);
    assert!(run.stderr.contains("2 to run (1 waiting, 1 lost)"), "{}", run.stderr);
    assert_eq!((faked.submitted(), faked.0.lines("cancelled").len()), (2, 0));
    let asked = faked.0.lines("asked").join("\n");
    assert!(!asked.contains(&name) && !asked.contains("-j 7"), "{asked}");
    let outcomes = |job: u32| -> Vec<Option<Outcome>> {
        let attempts = read_attempts(&SweepDir::new(&copied).attempts(JobId(job))).unwrap();
        attempts.into_iter().map(|attempt| attempt.end.map(|end| end.outcome)).collect()
    };
    assert_eq!((outcomes(0), outcomes(1)), (vec![Some(Outcome::Open)], vec![None]));

    faked.launch(&["--cancel"]).expect(0);
    assert_eq!(faked.0.lines("cancelled"), ["7"], "the original's own");
}

#[test]
fn a_copy_of_a_sweep_on_a_real_cluster_runs_its_own_tasks_and_the_original_goes_on() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    // The guard of the study is for one directory.
    let command = "d=$(basename $SWEEP_DIR); exec 9>&-; while [ ! -e go-$d ]; do sleep 0.1; done";
    let study = Study::new(&cluster, 6, command, "PARALLEL_JOBS: 2\nMAX_RETRY: 0");
    study.launch(&[]);
    study.wait_until_running(2);
    copy(study.dir().path(), &study.path("root/copy"));
    let in_copy = |program: &str, args: &[&str]| {
        study.run(program, &[&["--set", "NAME=copy"], args].concat())
    };
    let collected = in_copy(bin!("sweep_collect"), &["--dry-run", "--json"]);
    assert_eq!(states(&collected), json!({"lost": 2, "waiting": 4}), "{}", collected.stderr);
    assert!(collected.stderr.contains("this directory is a copy of"), "{}", collected.stderr);
    for action in ["--cancel", "--hold", "--release"] {
        let run = in_copy(bin!("sweep_launch"), &[action]).expect(0);
        assert!(run.stderr.contains("This sweep has no tasks in the queue."), "{}", run.stderr);
    }
    assert_eq!((study.count("running"), study.count("queued")), (2, 4));

    let run = in_copy(bin!("sweep_launch"), &["--yes"]).expect(0);
    assert!(run.stderr.contains("6 to run (4 waiting, 2 lost)"), "{}", run.stderr);
    fs::write(study.path("go-copy"), "").unwrap();
    let done = || states(&in_copy(bin!("sweep_collect"), &["--dry-run", "--json"]));
    wait_until("the jobs of the copy", 120, || done() == json!({"done": 6}));
    assert_eq!((study.count("running"), study.count("queued")), (2, 4), "as before");
    assert_eq!(study.outcomes(0), [None], "nobody has ended it");
    fs::write(study.path("go-sweep"), "").unwrap();
    cluster.wait_until_empty(120);
    assert_eq!(study.count("done"), 6);
    for job in 0..6 {
        assert_eq!(study.outcomes(job), [Some(Outcome::Done)], "job {job}");
    }
}
