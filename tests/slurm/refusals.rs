//! What a launch asks of SLURM in all, and what it refuses before anything is submitted: commands that are fakes.

use crate::bin;
use crate::common::Run;
use crate::fake::Faked;
use sweep_config::JobId;

/// A cluster of these partitions and nodes, a line each, in place of the fake's own.
fn cluster(faked: &Faked, partitions: &[&str], nodes: &[&str]) {
    for (name, lines) in [("partition", partitions), ("node", nodes)] {
        faked.0.sandbox.write(format!("said/{name}"), lines.join("\n") + "\n");
    }
    faked.says("scontrol", "cat said/$2 2> /dev/null; true");
}

const NODE: &str = "NodeName=n1 CPUTot=4 RealMemory=8000 Gres=gpu:volta:2 Partitions=p";

#[test]
fn what_extra_says_counts_for_the_preview_the_worker_and_the_refusals() {
    let keys = "PARTITION: p\nTIME_LIMIT: 60\nCPUS_PER_GPU: 9\nEXTRA: ['--time=5:00 -c2', '--mem-per-cpu 1G']";
    let faked = Faked::new(2, keys);
    cluster(&faked, &["PartitionName=p Default=YES MaxTime=00:30:00"], &[NODE]);
    let run = faked.launch(&["--dry-run"]).expect(0);
    for line in [
        "time limit   5 min a task (LAUNCH.EXTRA)",
        "at most 0.3 CPU-hours",
        "#SBATCH --signal=B:USR1@150",
        "--set 'LAUNCH.TIME_LIMIT=5' ",
        "#SBATCH --time=5:00 -c2",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    for line in ["#SBATCH --time=60", "#SBATCH --cpus-per-task"] {
        assert!(!run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let long = "LAUNCH.EXTRA=['-t 31', '--cpus-per-task=8', '--gres=gpu:a100:1', '--mem=9G']";
    let run = faked.launch(&["--set", long]).expect(3);
    for words in ["LAUNCH.EXTRA asks for 31 minutes", "8 CPUs", "9216 MB", "1 gpu:a100"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert_eq!((faked.submitted(), faked.0.dir().submissions().exists()), (0, false));
}

#[test]
fn no_time_limit_is_told_to_a_worker_whose_task_has_none() {
    let faked = Faked::new(1, "TIME_LIMIT: 60\nEXTRA: [--time=UNLIMITED]");
    cluster(&faked, &["PartitionName=p Default=YES MaxTime=UNLIMITED"], &[]);
    let run = faked.launch(&["--dry-run"]).expect(0);
    assert!(run.stdout.contains("--set 'LAUNCH.TIME_LIMIT=0' "), "{}", run.stdout);
    assert!(run.stdout.contains("time limit   none, "), "{}", run.stdout);
}

#[test]
fn a_partition_of_extra_is_asked_and_gets_the_jobs_once() {
    let faked = Faked::new(4, "PARTITION: [a, b]\nTIME_LIMIT: 5\nEXTRA: [-pp]");
    cluster(&faked, &["PartitionName=p MaxTime=00:30:00"], &[NODE]);
    let run = faked.launch(&[]).expect(0);
    assert!(run.stdout.contains("4 tasks in 1 array"), "{}", run.stdout);
}

#[test]
fn all_that_is_wrong_is_told_at_once_by_the_config_and_by_slurm() {
    let keys = "PARTITION: p\nTIME_LIMIT: 60\nCODE_DIR: nowhere\nCOMMAND: ''";
    let faked = Faked::new(1, "");
    let text = faked.0.sandbox.read("sweep.yaml");
    let keys = keys.replace('\n', "\n  ");
    faked.0.sandbox.write("sweep.yaml", text.replace("COMMAND: \"true\"", &keys));
    cluster(&faked, &["PartitionName=p Default=YES MaxTime=00:30:00 State=DOWN"], &[]);
    let run = faked.launch(&[]).expect(2);
    for words in [
        "this sweep cannot be launched:\n- LAUNCH.COMMAND is missing",
        "\n- LAUNCH.CODE_DIR: `nowhere` is not a directory",
        "\n- LAUNCH.TIME_LIMIT is 60, but partition `p` allows 30 minutes",
        "\n- LAUNCH.PARTITION: partition `p` is DOWN",
    ] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert!(!faked.0.dir().submissions().exists());
}

#[test]
fn a_submission_of_which_slurm_takes_nothing_leaves_nothing_behind() {
    let faked = Faked::new(2, "");
    let refuses =
        "echo 'sbatch: error: Batch job submission failed: Invalid qos specification' >&2; exit 1";
    faked.says("sbatch", refuses);
    faked.launch(&[]).expect(3);
    let dir = faked.0.dir();
    assert!(!dir.submissions().exists() && !dir.logs().exists());
    faked.says("sbatch", "echo 7");
    faked.launch(&[]).expect(0);
    faked.says("sbatch", refuses);
    faked.says("squeue", "true");
    faked.launch(&[]).expect(3);
    let left: Vec<_> = std::fs::read_dir(dir.submissions()).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "what was submitted before stays");
}

#[test]
fn a_submission_that_slurm_may_have_taken_stays_in_the_ledger() {
    let faked = Faked::new(2, "");
    let lost = "echo 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1";
    faked.says("sbatch", lost);
    faked.launch(&[]).expect(3);
    assert!(faked.0.dir().submissions().join("000001/submission.json").exists());
}

#[test]
fn short_jobs_bring_advice_once_some_of_them_are_done() {
    let faked = Faked::new(1001, "");
    let dir = faked.0.dir();
    std::fs::create_dir_all(dir.out_dir(JobId(0))).unwrap();
    std::fs::create_dir_all(dir.sbatch_logs()).unwrap();
    let lines = r#"{"event":"start","attempt":1,"launch":"000001","host":"n","pid":7,"started":"2026-01-01T00:00:00Z","command":"c"}
{"event":"end","attempt":1,"ended":"2026-01-01T00:00:00Z","seconds":0.1,"outcome":"done","exit_code":0,"signal":null,"reason":""}
"#;
    std::fs::write(dir.attempts(JobId(0)), lines).unwrap();
    let advice = "a job takes 0.1 s, and starting a task takes some seconds: set LAUNCH.JOBS_PER_TASK: 8 to run ";
    let run = faked.launch(&["--dry-run"]).expect(0);
    assert!(
        run.stdout.contains(&format!("short jobs   {advice}1,000 jobs in 125 tasks")),
        "{}",
        run.stdout
    );
    let mut collect = faked.command(bin!("sweep_collect"));
    let run = Run::of(&collect.args(["--sweep-cfg", "sweep.yaml", "--dry-run"]).output().unwrap());
    assert!(run.stderr.contains(&format!("{advice}1,001 jobs in 126 tasks")), "{}", run.stderr);
    let run = faked.launch(&["--dry-run", "--set", "LAUNCH.JOBS_PER_TASK=8"]).expect(0);
    assert!(!run.stdout.contains("short jobs"), "{}", run.stdout);
}

/// Refused with all of these words, and nothing of it in the ledger or the queue.
#[track_caller]
fn expect_refused(faked: &Faked, args: &[&str], code: i32, words: &[&str]) {
    let run = faked.launch(args).expect(code);
    for word in words {
        assert!(run.stderr.contains(word), "{word}: {}", run.stderr);
    }
    assert_eq!((faked.submitted(), faked.0.dir().submissions().exists()), (0, false));
}

const TWO_PARTITIONS: [&str; 2] =
    ["PartitionName=p Default=YES MaxTime=00:30:00", "PartitionName=q"];

#[test]
fn nodes_that_there_are_not_are_told_with_all_else_that_is_wrong() {
    let nodes = [
        "NodeName=n1 CPUTot=4 RealMemory=8000 Partitions=p",
        "NodeName=n2 CPUTot=64 Partitions=p,q",
    ];
    for (keys, words) in [
        (
            "TIME_LIMIT: 60\nNODES: 3\nNODELIST: n[1,3-4]\nEXCLUDE: n1,gone",
            &[
                "LAUNCH.NODELIST: this cluster has no node `n3`, `n4`: it has n1, n2",
                "LAUNCH.EXCLUDE: this cluster has no node `gone`",
                "LAUNCH.NODELIST requires node `n1`, which LAUNCH.EXCLUDE excludes",
                "LAUNCH.TIME_LIMIT is 60",
            ][..],
        ),
        ("EXTRA: ['-x gone']", &["LAUNCH.EXTRA: this cluster has no node `gone`"]),
        ("PARTITION: q\nNODELIST: n1", &["LAUNCH.NODELIST: partition `q` has no node `n1`"]),
        ("EXCLUDE: 'n[1-2]'", &["LAUNCH.EXCLUDE leaves no node of partition `p`"]),
        (
            "EXCLUDE: n2\nCPUS_PER_GPU: 8",
            &["no node of partition `p` without LAUNCH.EXCLUDE has more than 4"],
        ),
        (
            "NODELIST: n1\nCPUS_PER_GPU: 8",
            &["no node of partition `p` in LAUNCH.NODELIST has more than 4"],
        ),
    ] {
        let faked = Faked::new(2, keys);
        cluster(&faked, &TWO_PARTITIONS, &nodes);
        expect_refused(&faked, &[], 3, words);
    }
    for keys in [
        "NODELIST: n1\nEXCLUDE: n2",
        "EXCLUDE: ./nodes",
        "NODES: 2\nNODELIST: 'n[1-2]'",
        "NODELIST: n1,n2\nEXCLUDE: n1",
    ] {
        let faked = Faked::new(2, keys);
        cluster(&faked, &TWO_PARTITIONS, &nodes);
        faked.launch(&[]).expect(0);
    }
}

#[test]
fn a_node_that_may_be_hidden_is_not_refused() {
    let faked = Faked::new(2, "EXCLUDE: n7");
    let node = "NodeName=n1 CPUTot=4 Partitions=p";
    cluster(&faked, &["PartitionName=p Default=YES TotalNodes=2"], &[node]);
    faked.launch(&[]).expect(0);
}

#[test]
fn costs_that_are_too_high_and_a_full_queue_are_told_with_all_else_that_is_wrong() {
    let keys =
        "PARTITION: p\nTIME_LIMIT: 60\nNUM_GPUS: 1\nMAX_GPU_HOURS: 5\nMAX_SUBMIT: 3\nEXCLUDE: gone";
    let faked = Faked::new(10, keys);
    cluster(&faked, &["PartitionName=p Default=YES MaxTime=00:30:00"], &[NODE]);
    let queue = "case \"$*\" in *--me*) seq 3 | sed 's/.*/9_&|else|PENDING|None|/';; esac";
    faked.says("squeue", queue);
    let words = [
        "allows 30 minutes",
        "this cluster has no node `gone`",
        "you may have 3 tasks in the queue, and 3 are already there",
        "10 jobs may take 10 GPU-hours, but LAUNCH.MAX_GPU_HOURS is 5",
    ];
    expect_refused(&faked, &[], 2, &words);
    expect_refused(&faked, &["--dry-run"], 2, &words);
    // Whatever is wrong with the config as well.
    for fault in
        ["LAUNCH.CODE_DIR=nowhere", "LAUNCH.COMMAND='{{NOT.THERE}}'", "LAUNCH.COMMAND='{{'"]
    {
        expect_refused(&faked, &["--set", fault], 2, &words);
    }
}

#[test]
fn a_queue_of_the_whole_cluster_that_is_full_is_told_once_sbatch_has_waited_for_room() {
    let faked = Faked::new(2, "");
    let full = "echo >> tried; echo 'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying' >&2; \
                exec sleep 1000";
    faked.says("sbatch", full);
    let run = faked.launch(&[]).expect(3);
    for words in
        ["Slurm temporarily unable to accept job", "no answer within 2 s", "(MaxJobCount in "]
    {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert_eq!(faked.0.lines("tried").len(), 1);
}
