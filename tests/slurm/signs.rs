//! Who is dead: what a launch and a collect make of a worker that they cannot see, from SLURM's answers and its
//! heartbeat. `out_of_sight` has the same on a real SLURM.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::bin;
use crate::common::Run;
use crate::fake::Faked;
use serde_json::{Value, json};
use sweep_config::JobId;
use sweep_config::claim::{LATE, STALE};
use sweep_config::records::Outcome;

/// SLURM's commands of a cluster of that name.
fn name_cluster(faked: &Faked, name: &str) {
    faked.says("scontrol", &format!("case $2 in config) echo 'MaxArraySize = 1001'; echo 'ClusterName = {name}';; partition) echo PartitionName=learnfair;; esac"));
}

/// One job, launched on the cluster `north`, that a worker on another host has.
fn running_elsewhere() -> Faked {
    let faked = Faked::new(1, "");
    name_cluster(&faked, "north");
    faked.launch(&[]).expect(0);
    let dir = faked.0.dir();
    fs::create_dir_all(dir.out_dir(JobId(0))).unwrap();
    let start = json!({"event": "start", "attempt": 1, "launch": "000001", "host": "far", "pid": 7,
                       "started": "2026-01-01T00:00:00Z", "command": "c", "slurm": "7_0"});
    fs::write(dir.attempts(JobId(0)), format!("{start}\n")).unwrap();
    let claim = json!({"host": "far", "boot_id": "another", "pid_namespace": "pid:[1]", "pid": 7,
                       "start_time": 1, "token": "far.1", "slurm": "7_0"});
    fs::write(claim_path(&faked), claim.to_string()).unwrap();
    faked
}

fn claim_path(faked: &Faked) -> PathBuf {
    faked.0.dir().claim(JobId(0), 1)
}

/// Makes a heartbeat as old as it is after so long a silence.
pub fn age_heartbeat(claim: &Path, age: Duration) {
    let file = fs::File::options().write(true).open(claim).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

fn collect(faked: &Faked) -> (Value, String) {
    let mut command = faked.command(bin!("sweep_collect"));
    let output = command.args(["--sweep-cfg", "sweep.yaml", "--json"]).output().unwrap();
    let run = Run::of(&output);
    let status: Value = serde_json::from_str(&run.stdout).unwrap();
    (status["states"].clone(), run.stderr)
}

#[test]
fn an_empty_queue_alone_ends_nothing() {
    let faked = running_elsewhere();
    assert_eq!(collect(&faked).0, json!({"running": 1}));
    let run = faked.launch(&[]);
    assert!(!run.stderr.contains("can run again") && claim_path(&faked).exists(), "{}", run.stderr);
    assert_eq!(faked.submitted(), 1);

    age_heartbeat(&claim_path(&faked), LATE + Duration::from_secs(5));
    assert_eq!(collect(&faked).0, json!({"lost": 1}));
    let run = faked.launch(&[]).expect(0);
    assert!(run.stderr.contains("1 job can run again"), "{}", run.stderr);
    assert_eq!(faked.submitted(), 2);
}

#[test]
fn what_slurm_suspends_hides_or_does_not_say_keeps_its_claim() {
    let faked = running_elsewhere();
    age_heartbeat(&claim_path(&faked), STALE * 10);
    let name = fs::read_to_string(faked.0.dir().submissions().join("000001/0000.json")).unwrap();
    let name: Value = serde_json::from_str(&name).unwrap();
    let name = name["name"].as_str().unwrap();
    for squeue in [
        format!("echo '7_0|{name}|SUSPENDED|None|far'"),
        format!("echo '7_0|{name}|STOPPED|None|far'"),
        format!("case \"$*\" in *-a*) echo '7_0|{name}|RUNNING|None|far';; esac"),
        format!("printf '7_0|{name}|RUNN'; echo"),
        "echo 'slurm_load_jobs error: Invalid user' >&2; exit 1".to_owned(),
        "echo 'some nodes did not answer' >&2".to_owned(),
    ] {
        faked.says("squeue", &squeue);
        assert_eq!(collect(&faked).0, json!({"running": 1}), "{squeue}");
        faked.launch(&[]);
        assert_eq!(faked.submitted(), 1, "{squeue}");
    }
}

#[test]
fn the_queue_of_another_cluster_proves_nothing_and_that_is_said() {
    let faked = running_elsewhere();
    age_heartbeat(&claim_path(&faked), STALE * 10);
    name_cluster(&faked, "south");
    let said = "submitted on cluster north, but this is south: its tasks are not visible";
    let (states, stderr) = collect(&faked);
    assert_eq!(states, json!({"running": 1}));
    assert!(stderr.contains(said), "{stderr}");
    let run = faked.launch(&[]);
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(faked.submitted(), 1);
    name_cluster(&faked, "north");
    assert_eq!(collect(&faked).0, json!({"lost": 1}));
}

#[test]
fn another_cluster_settles_no_open_attempt_though_it_has_a_task_of_that_number() {
    let faked = running_elsewhere();
    fs::remove_file(claim_path(&faked)).unwrap();
    let end = json!({"event": "end", "attempt": 1, "ended": "2026-01-01T00:00:01Z", "seconds": 1.0,
                     "outcome": "open", "reason": ""});
    let journal = faked.0.dir().attempts(JobId(0));
    let begun = fs::read_to_string(&journal).unwrap() + &format!("{end}\n");
    fs::write(&journal, &begun).unwrap();
    let account = "7_0|CANCELLED by 0|0:0|far|2025-12-31T00:00:00|2026-01-02T00:00:00|$cluster";
    let by_accounts = ("sacct", format!("cluster=$(cat cluster); echo \"{account}\""));
    let by_controller = ("sacct", "exit 1".to_owned());
    let scontrol = "case $2 in config) echo 'MaxArraySize = 1001'; echo \"ClusterName = $(cat cluster)\";; \
                    job) echo 'JobId=8 ArrayJobId=7 ArrayTaskId=0 JobState=CANCELLED Reason=None';; \
                    partition) echo PartitionName=learnfair;; esac";
    faked.says("scontrol", scontrol);
    for (program, script) in [by_accounts, by_controller] {
        faked.says(program, &script);
        faked.0.sandbox.write("cluster", "south");
        let (states, stderr) = collect(&faked);
        assert_eq!(states, json!({"waiting": 1}), "{script}");
        assert!(stderr.contains("run sweep_launch on north to settle them"), "{stderr}");
        faked.launch(&["--only", "0"]);
        assert_eq!(faked.0.outcomes(0), [Some(Outcome::Open)], "{script}");

        faked.0.sandbox.write("cluster", "north");
        assert_eq!(collect(&faked).0, json!({"cancelled": 1}), "{script}");
        faked.launch(&["--only", "0"]);
        assert_eq!(faked.0.outcomes(0), [Some(Outcome::Cancelled)], "{script}");
        fs::write(&journal, &begun).unwrap();
    }
}

#[test]
fn nothing_of_the_callers_shell_reaches_slurm_and_what_would_have_mattered_is_named() {
    let faked = Faked::new(1, "");
    faked.says("squeue", "env > squeue.env");
    faked.says("sbatch", "env > sbatch.env; echo 7");
    let variables = [
        ("SQUEUE_PARTITION", "high"),
        ("SLURM_MEM_PER_CPU", "7"),
        ("SLURM_CPU_BIND", "none"),
        ("SRUN_DEBUG", "3"),
        ("SALLOC_QOS", "low"),
        ("SBATCH_PARTITION", "high"),
        ("SLURM_CLUSTERS", "all"),
        ("SLURM_CONF", "/etc/slurm/slurm.conf"),
    ];
    faked.launch(&[]).expect(0);
    let run = faked.launch_with(&["--state", "waiting"], &variables).expect(0);
    let ignored = "not passed on to SLURM: SBATCH_PARTITION, SLURM_CLUSTERS; the keys of LAUNCH apply instead";
    assert!(run.stderr.contains(ignored), "{}", run.stderr);
    for file in ["squeue.env", "sbatch.env"] {
        let seen = faked.0.lines(file);
        for (name, _) in variables {
            let has = seen.iter().any(|line| line.starts_with(&format!("{name}=")));
            assert_eq!(has, name == "SLURM_CONF", "{file}: {name}");
        }
    }
}
