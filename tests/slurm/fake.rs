//! What SLURM's commands may say that a real one rarely does: answered by scripts first in `PATH`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::bin;
use crate::common::Run;
use crate::launching::Ready;
use sweep_config::JobId;
use sweep_config::records::Outcome;

/// A sweep, and SLURM's commands as scripts.
pub struct Faked(pub Ready);

impl Faked {
    /// A cluster without jobs and without accounting, which takes what is submitted.
    pub fn new(jobs: u32, launch: &str) -> Self {
        let faked = Self(Ready::new(jobs, "true", launch));
        faked.says("scontrol", "case $2 in config) echo 'MaxArraySize = 1001';; partition) echo PartitionName=learnfair;; esac");
        faked.says("squeue", "true");
        faked.says("sbatch", "echo 7; echo \"$@\" >> submitted");
        faked.says("scancel", "echo \"$@\" >> cancelled");
        faked.says("sacct", "echo 'Slurm accounting storage is disabled' >&2; exit 1");
        faked
    }

    pub fn says(&self, program: &str, script: &str) {
        let path = self.0.sandbox.write(format!("bin/{program}"), format!("#!/bin/sh\n{script}\n"));
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    pub fn launch(&self, args: &[&str]) -> Run {
        self.launch_with(args, &[])
    }

    /// `sweep_launch` in a shell that has these variables.
    pub fn launch_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = self.command(bin!("sweep_launch"));
        command.envs(variables.iter().copied());
        command
            .args(["--sweep-cfg", "sweep.yaml", "--yes", "--set", "LAUNCH.EXECUTOR=slurm"])
            .args(args);
        Run::of(&command.output().unwrap())
    }

    /// A binary that finds these commands first.
    pub fn command(&self, program: &str) -> Command {
        let mut command = self.0.sandbox.command(program);
        let path = std::env::var("PATH").unwrap();
        command.env("PATH", format!("{}:{path}", self.0.sandbox.join("bin").display()));
        command.env("SWEEP_SLURM_RETRY", "0.01,0.01").env("SWEEP_SLURM_TIMEOUT", "2");
        command
    }

    pub fn submitted(&self) -> usize {
        self.0.lines("submitted").len()
    }
}

#[test]
fn ten_thousand_jobs_are_ten_calls_of_sbatch() {
    let faked = Faked::new(10_000, "");
    let run = faked.launch(&[]).expect(0);
    assert!(run.stdout.contains("10,000 tasks in 10 arrays"), "{}", run.stdout);
    assert_eq!(faked.submitted(), 10);
}

#[test]
fn a_refusal_is_shown_in_slurms_own_words_with_what_to_do() {
    let faked = Faked::new(2, "ACCOUNT: nobody");
    let words =
        "Batch job submission failed: Invalid account or account/partition combination specified";
    faked.says("sbatch", &format!("echo 'sbatch: error: {words}' >&2; exit 1"));
    let run = faked.launch(&[]).expect(3);
    assert!(
        run.stderr.contains(&format!("error: sbatch: {words}\n  hint: set LAUNCH.ACCOUNT")),
        "{}",
        run.stderr
    );
}

#[test]
fn a_partition_that_is_not_there_is_told_before_anything_is_submitted() {
    let faked = Faked::new(2, "PARTITION: gpu");
    let run = faked.launch(&[]).expect(3);
    assert!(
        run.stderr.contains("this cluster has no partition `gpu`\n  hint: choose from learnfair"),
        "{}",
        run.stderr
    );
    assert_eq!((faked.submitted(), faked.0.dir().submissions().exists()), (0, false));
}

#[test]
fn nothing_is_asked_for_that_was_not_written_and_the_partitions_own_time_is_told() {
    let faked = Faked::new(2, "CODE_DIR: $PLACE");
    faked.0.sandbox.write("code/a", "");
    let partition = "PartitionName=p Default=YES DefaultTime=00:04:00 MaxTime=UNLIMITED";
    faked.says("scontrol", &format!("[ $2 = partition ] && echo '{partition}'; true"));
    let place = faked.0.sandbox.join("code").display().to_string();
    let run = faked.launch_with(&["--dry-run"], &[("PLACE", place.as_str())]).expect(0);
    for name in ["partition", "time", "mem", "cpus-per-task", "gpus-per-node", "gres", "constraint"]
    {
        assert!(!run.stdout.contains(&format!("#SBATCH --{name}=")), "{name}: {}", run.stdout);
    }
    for line in [
        "time limit   4 min a task (the partition's default)".to_owned(),
        "at most 0.1 CPU-hours".to_owned(),
        "#SBATCH --signal=B:USR1@120".to_owned(),
        "LAUNCH.TIME_LIMIT=4".to_owned(),
        format!("LAUNCH.CODE_DIR=\"{place}\""),
    ] {
        assert!(run.stdout.contains(&line), "{line}: {}", run.stdout);
    }
}

#[test]
fn a_partition_without_a_default_time_needs_a_time_limit() {
    let faked = Faked::new(2, "");
    let partition = "PartitionName=p Default=YES DefaultTime=NONE MaxTime=01:00:00";
    faked.says("scontrol", &format!("[ $2 = partition ] && echo '{partition}'; true"));
    let run = faked.launch(&[]).expect(3);
    let message = "LAUNCH.TIME_LIMIT is missing and partition `p` has no DefaultTime\n  hint: set it to the \
        minutes that a task may take; it allows 60";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert_eq!((faked.submitted(), faked.0.dir().submissions().exists()), (0, false));
    faked.launch(&["--set", "LAUNCH.TIME_LIMIT=60"]).expect(0);
}

#[test]
fn what_scontrol_says_can_never_start_is_refused_all_at_once_before_the_ledger_knows() {
    let keys = "PARTITION: short\nTIME_LIMIT: 4200\nCPUS_PER_GPU: 10\nMEM_PER_GPU: 60";
    let faked = Faked::new(2, keys);
    let partition = "PartitionName=short Default=YES MaxTime=01:00:00 State=DOWN";
    let node = "NodeName=n1 CPUTot=4 RealMemory=8000 Gres=(null) Partitions=short";
    let script = format!("case $2 in partition) echo '{partition}';; node) echo '{node}';; esac");
    faked.says("scontrol", &script);
    let run = faked.launch(&[]).expect(3);
    for words in ["partition `short` is DOWN", "allows 60 minutes", "10 CPUs", "61440 MB"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
    assert_eq!((faked.submitted(), faked.0.dir().submissions().exists()), (0, false));
}

#[test]
fn a_hidden_partition_is_asked_for() {
    let faked = Faked::new(2, "PARTITION: secret");
    let script = "[ $2 = partition ] || exit 0; echo PartitionName=open; \
                  case \"$*\" in *-a*) echo PartitionName=secret;; esac";
    faked.says("scontrol", script);
    faked.launch(&[]).expect(0);
}

#[test]
fn tasks_that_wait_for_more_than_their_turn_are_named_and_count_as_parallel_jobs() {
    let faked = Faked::new(4, "PARALLEL_JOBS: 3");
    faked.launch(&["--only", "0-1"]).expect(0);
    let name =
        "$(sed -n 's/.*--job-name=\\([^ ]*\\).*/\\1/p' root/sweep/launches/000001/0000.sbatch)";
    let row = |index: u32| format!("echo \"7_{index}|{name}|PENDING|PartitionTimeLimit|\"");
    faked.says("squeue", &format!("{}; {}", row(0), row(1)));
    let run = faked.launch(&["--dry-run"]).expect(0);
    let words = "2 tasks of 7 ask for more time than their partition gives (PartitionTimeLimit)";
    assert!(run.stderr.contains(words), "{}", run.stderr);
    for words in
        ["tasks        2, 1 at once", "in the queue tasks of this sweep for 2 jobs at once"]
    {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn an_answer_that_is_lost_is_found_by_the_name_and_nothing_is_submitted_twice() {
    let faked = Faked::new(2, "");
    let lost = "echo \"$@\" >> submitted; echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1";
    faked.says("sbatch", lost);
    let found = "case \"$*\" in *--name=*) [ -e submitted ] && echo \"41_0|$(sed -n 's/.*--job-name=\\([^ ]*\\).*/\\1/p' submitted)|PENDING|None|\";; esac; true";
    faked.says("squeue", found);
    let run = faked.launch(&[]).expect(0);
    assert!(run.stdout.contains("1 array (41)"), "{}", run.stdout);
    assert_eq!(faked.submitted(), 1);
}

#[test]
fn a_call_that_was_never_taken_is_made_again() {
    let faked = Faked::new(2, "");
    let script = "echo \"$@\" >> submitted; [ $(wc -l < submitted) -ge 2 ] && echo 8 && exit 0; \
                  echo 'sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)' >&2; exit 1";
    faked.says("sbatch", script);
    let run = faked.launch(&[]).expect(0);
    assert!(run.stdout.contains("1 array (8)"), "{}", run.stdout);
    assert_eq!(faked.submitted(), 2);
}

#[test]
fn a_command_that_hangs_is_given_up_with_a_word() {
    let faked = Faked::new(1, "");
    faked.says("squeue", "exec sleep 1000");
    let run = faked.launch(&[]).expect(3);
    assert!(
        run.stderr.contains("squeue: no answer within 2 s\n  hint: the controller hangs"),
        "{}",
        run.stderr
    );
}

#[test]
fn text_that_is_no_answer_is_shown_and_taken_for_none() {
    let faked = Faked::new(1, "");
    faked.says("squeue", "echo 'please load the module slurm first'");
    let run = faked.launch(&[]).expect(3);
    assert!(
        run.stderr.contains("squeue: printed `please load the module slurm first`"),
        "{}",
        run.stderr
    );
    faked.says("squeue", "true");
    faked.says("sbatch", "echo 'welcome to the cluster'");
    faked.launch(&[]).expect(3);
    assert!(!faked.0.dir().logs().join(JobId(0).to_string()).exists());
}

#[test]
fn a_banner_around_the_answer_is_passed_over() {
    let faked = Faked::new(1, "");
    faked.says("sbatch", "echo '*** maintenance on Monday ***'; echo '12;north'; echo 'bye'");
    assert!(faked.launch(&[]).expect(0).stdout.contains("1 array (12)"));
}

#[test]
fn what_was_taken_before_a_refusal_stays_and_the_next_launch_submits_the_rest() {
    let faked = Faked::new(2500, "");
    faked.says("sbatch", "echo \"$@\" >> submitted; [ $(wc -l < submitted) = 2 ] && echo 'sbatch: error: AssocMaxSubmitJobLimit' >&2 && exit 1; echo 7$(wc -l < submitted)");
    let run = faked.launch(&[]).expect(3);
    assert!(run.stderr.contains("SLURM accepted 1 of 3 arrays"), "{}", run.stderr);
    // The queue has what it took.
    let tasks = "case \"$*\" in *--name=*) name=$(sed -n 's/.*--job-name=\\([^ ]*\\).*/\\1/p' submitted | head -1); seq 0 833 | sed \"s/.*/71_&|$name|PENDING|None|/\";; esac";
    faked.says("squeue", tasks);
    faked.says("sbatch", "echo 90; echo \"$@\" >> submitted");
    let run = faked.launch(&[]).expect(0);
    assert!(
        run.stderr.contains("1666 to run (1666 waiting) of 2500: 834 queued"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_launch_above_the_budget_is_refused() {
    let faked = Faked::new(100, "NUM_GPUS: 1\nTIME_LIMIT: 60\nMAX_GPU_HOURS: 50");
    let run = faked.launch(&[]).expect(2);
    assert!(
        run.stderr.contains("100 jobs may take 100 GPU-hours, but LAUNCH.MAX_GPU_HOURS is 50"),
        "{}",
        run.stderr
    );
    assert_eq!(faked.submitted(), 0);
}

#[test]
fn a_dry_run_prints_the_scripts_and_submits_nothing() {
    let faked =
        Faked::new(3, "PRE_COMMANDS: [source env.sh]\nMODULES: [cuda/12]\nENV: {A: \"b c\"}");
    let run = faked.launch(&["--dry-run"]).expect(0);
    for line in ["#SBATCH --array=0-2", "module load cuda/12", "export A='***'", "source env.sh"] {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    let script = run.stdout.split_once("sbatch\n").unwrap().1;
    faked.0.sandbox.write("script", script);
    let checked = faked.0.sandbox.command("bash").args(["-n", "script"]).status().unwrap();
    assert!(checked.success(), "{script}");
    assert_eq!((faked.submitted(), faked.0.dir().submissions().exists()), (0, false));
}

#[test]
fn only_what_is_ours_is_cancelled() {
    let faked = Faked::new(3, "");
    faked.launch(&[]).expect(0);
    let ours = "case \"$*\" in *--name=*) name=$(sed -n 's/.*--job-name=\\([^ ]*\\).*/\\1/p' submitted); echo \"7_0|$name|RUNNING|None|n1\"; echo \"9_0|somebody|RUNNING|None|n1\";; esac";
    faked.says("squeue", ours);
    faked.launch(&["--cancel"]).expect(0);
    assert_eq!(faked.0.lines("cancelled"), ["7"]);
    // The number has come again, for a job of another name.
    faked.says("squeue", "echo '7_0|somebody|RUNNING|None|n1'");
    assert!(faked.launch(&["--cancel"]).expect(0).stderr.contains("This sweep has no tasks"));
    assert_eq!(faked.0.lines("cancelled"), ["7"]);
}

#[test]
fn the_accounts_say_how_a_job_ended_whose_worker_left_no_word() {
    let faked = Faked::new(3, "");
    faked.launch(&[]).expect(0);
    for job in 0..2 {
        let dir = faked.0.dir();
        fs::create_dir_all(dir.out_dir(JobId(job))).unwrap();
        let start = format!(
            r#"{{"event":"start","attempt":1,"launch":"000001","host":"n9","pid":7,"started":"2026-01-01T00:00:00Z","command":"c","slurm":"7_{job}"}}"#
        );
        fs::write(dir.attempts(JobId(job)), start + "\n").unwrap();
    }
    faked
        .says("sacct", "echo asked >> asked; echo '7_0|TIMEOUT|0:15|n9'; echo '7_1|FAILED|1:0|n9'");
    let mut command = faked.0.sandbox.command(bin!("sweep_collect"));
    let path = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{path}", faked.0.sandbox.join("bin").display()));
    command.args(["--sweep-cfg", "sweep.yaml", "--json"]);
    let run = Run::of(&command.output().unwrap()).expect(1);
    let status: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let expected = serde_json::json!({"lost": 1, "timed out": 1, "waiting": 1});
    assert_eq!(status["states"], expected);
    assert_eq!(faked.0.lines("asked").len(), 1, "once for all of them");
}

/// Collect and launch both take the one attempt for ended by a failure of its node.
#[track_caller]
fn expect_node_failure(faked: &Faked) {
    let mut collect = faked.command(bin!("sweep_collect"));
    collect.env("TZ", "UTC").args(["--sweep-cfg", "sweep.yaml", "--json"]);
    let run = Run::of(&collect.output().unwrap());
    assert!(run.stdout.contains("\"states\":{\"node failure\":1}"), "{}", run.stdout);
    faked.launch_with(&[], &[("TZ", "UTC")]).expect(0);
    assert_eq!(faked.0.outcomes(0), [Some(Outcome::NodeFailure)]);
}

#[test]
fn of_a_task_that_was_started_again_the_account_of_the_attempts_own_run_counts() {
    let faked = Faked::new(1, "");
    faked.launch(&[]).expect(0);
    let dir = faked.0.dir();
    fs::create_dir_all(dir.out_dir(JobId(0))).unwrap();
    let start = r#"{"event":"start","attempt":1,"launch":"000001","host":"n9","pid":7,"started":"2026-01-01T00:00:05Z","command":"c","slurm":"7_0"}"#;
    fs::write(dir.attempts(JobId(0)), format!("{start}\n")).unwrap();
    let runs = "echo '7_0|NODE_FAIL|0:0|n9|2026-01-01T00:00:04|2026-01-01T00:10:00'
                echo '7_0|CANCELLED by 0|0:0|n8|2026-01-01T00:20:00|2026-01-01T00:30:00'";
    faked.says("sacct", runs);
    expect_node_failure(&faked);
}

#[test]
fn an_attempt_that_began_when_its_run_was_over_for_slurm_ended_as_that_run_did() {
    let faked = Faked::new(1, "");
    faked.launch(&[]).expect(0);
    let dir = faked.0.dir();
    let accepted = dir.submissions().join("000001/0000.json");
    let mut record: serde_json::Value =
        serde_json::from_slice(&fs::read(&accepted).unwrap()).unwrap();
    record["submitted"] = "2026-01-01T00:00:00Z".into();
    fs::write(&accepted, record.to_string()).unwrap();
    fs::create_dir_all(dir.out_dir(JobId(0))).unwrap();
    let start = r#"{"event":"start","attempt":1,"launch":"000001","host":"n9","pid":7,"started":"2026-01-01T00:25:00Z","command":"c","slurm":"7_0"}"#;
    fs::write(dir.attempts(JobId(0)), format!("{start}\n")).unwrap();
    // As sacct does, it leaves out what had ended before the time that it is asked from.
    let runs = "since=$(echo \"$*\" | sed 's/.*-S \\([^ ]*\\).*/\\1/')
                [ \"$since\" '>' 2026-01-01T00:10:00 ] || echo '7_0|NODE_FAIL|0:0|n9|2026-01-01T00:00:04|2026-01-01T00:10:00'
                echo '7_0|CANCELLED by 0|0:0|n8|2026-01-01T00:20:00|2026-01-01T00:30:00'";
    faked.says("sacct", runs);
    expect_node_failure(&faked);
}

#[test]
fn values_of_variables_are_not_shown_and_their_files_are_for_their_owner() {
    let launch = "ENV: {HF_TOKEN: hf_0123456789}\n\
                  PRE_COMMANDS: ['export WANDB_API_KEY=wb_0123456789 && true', 'A=b0123456 true']";
    let faked = Faked::new(2, launch);
    let set = ["--set", "LAUNCH.ENV.OTHER=ot_0123456789"];
    let secrets = ["hf_0123", "wb_0123", "b0123456", "ot_0123"];
    let run = faked.launch(&[&["--dry-run"][..], &set].concat()).expect(0);
    let shown = run.stdout + &run.stderr;
    assert!(secrets.iter().all(|secret| !shown.contains(secret)), "{shown}");
    for part in [
        "export HF_TOKEN='***'\n",
        "export WANDB_API_KEY=*** && true\n",
        "\nA=*** true\n",
        "LAUNCH.ENV.OTHER=***",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let run = faked.launch(&set).expect(0);
    let shown = run.stdout + &run.stderr;
    assert!(secrets[..3].iter().all(|secret| !shown.contains(secret)), "{shown}");
    let folder = faked.0.dir().submissions().join("000001");
    let script = fs::read_to_string(folder.join("0000.sbatch")).unwrap();
    assert!(secrets.iter().all(|secret| script.contains(secret)), "{script}");
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    for name in ["0000.sbatch", "sweep_cfg.yaml", "submission.json"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
}

#[test]
fn a_directory_that_was_opened_to_its_group_keeps_the_groups_files_open() {
    let faked = Faked::new(2, "ENV: {HF_TOKEN: hf_0123456789}");
    let dir = faked.0.dir();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o2775)).unwrap();
    faked.launch(&[]).expect(0);
    let folder = dir.submissions().join("000001");
    let mode = |name: &str| fs::metadata(folder.join(name)).unwrap().permissions().mode() & 0o777;
    for name in ["0000.sbatch", "sweep_cfg.yaml"] {
        assert!(matches!(mode(name), 0o640 | 0o660), "{name}: {:o}", mode(name));
    }
}
