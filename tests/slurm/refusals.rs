//! What a launch asks of SLURM in all, and what it refuses before anything is submitted: commands that are fakes.

use crate::fake::Faked;

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
        "\n- LAUNCH.CODE_DIR: `nowhere` is no directory",
        "\n- LAUNCH.TIME_LIMIT is 60, and partition `p` takes 30 minutes at most",
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
