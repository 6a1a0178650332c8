//! A sweep on a cluster of a test's own, and a look at what came of it.

#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part of this module")]
#![allow(clippy::unwrap_used, reason = "a test may fail in the plainest way")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use sweep_config::records::{Attempt, Outcome, read_attempts};
use sweep_config::{JobId, SweepDir};

use crate::bin;
use crate::cluster::{Cluster, wait_until};
use crate::common::Run;

/// A sweep that was set up.
pub struct Study<'a> {
    pub cluster: &'a Cluster,
    pub jobs: u32,
    name: &'static str,
}

impl<'a> Study<'a> {
    /// A sweep of so many jobs. Each runs `command`, a piece of shell, and says so in the file
    /// `twice` if another process runs the same job at that moment. `launch` are more keys of
    /// `LAUNCH`, a line each.
    pub fn new(cluster: &'a Cluster, jobs: u32, command: &str, launch: &str) -> Self {
        Self::named("sweep", cluster, (jobs, ""), command, launch)
    }

    /// One that is tuned by the `loss` that its jobs log, from four random draws on.
    pub fn tuned(cluster: &'a Cluster, jobs: u32, command: &str, launch: &str) -> Self {
        let strategy = "  STRATEGY: tpe\n  TUNE: {STARTUP: 4}\n";
        let launch = format!("{launch}\nANALYZE: {{OBJECTIVE: {{METRIC: loss, GOAL: minimize}}}}");
        Self::named("sweep", cluster, (jobs, strategy), command, &launch)
    }

    /// A second one on the same cluster.
    pub fn new_beside(cluster: &'a Cluster, jobs: u32, command: &str, launch: &str) -> Self {
        Self::named("other", cluster, (jobs, ""), command, launch)
    }

    fn named(
        name: &'static str,
        cluster: &'a Cluster,
        (jobs, setup): (u32, &str),
        command: &str,
        launch: &str,
    ) -> Self {
        let study = Self { cluster, jobs, name };
        // The kernel frees the lock when the last process of the job is gone, however it went.
        let guarded = format!(
            "exec 9> busy.{{{{index}}}}\nflock -n 9 || echo {{{{index}}}} >> twice\n{command}\n"
        );
        let command = serde_json::Value::from(guarded);
        let mut text = format!(
            "ROOT_DIR: root\nNAME: {name}\nSETUP:\n{setup}  NUM_CONFIGS: {jobs}\n  SAMPLERS:\n    OPTIM.BASE_LR: \
             {{TYPE: float_sampler, RANGE: [0.0, 1.0], QUANTIZE: 1.0e-6}}\n  BASE_CFG: {{OPTIM: {{}}}}\n\
             LAUNCH:\n  COMMAND: {command}\n"
        );
        let defaults = "PARTITION: debug\nNUM_GPUS: 0\nCPUS_PER_GPU: 1\nMEM_PER_GPU: 1\nTIME_LIMIT: 10\nCONDA_ENV: ''";
        let given: Vec<&str> = launch.lines().map(str::trim).collect();
        let key = |line: &str| line.split(':').next().unwrap().to_owned();
        let open = defaults.lines().filter(|line| !given.iter().any(|it| key(it) == key(line)));
        for line in open.chain(given.iter().copied()) {
            let indent = if line.starts_with("ANALYZE") { "" } else { "  " };
            writeln!(text, "{indent}{line}").unwrap();
        }
        fs::write(study.config(), text).unwrap();
        study.run(bin!("sweep_setup"), &[]).expect(0);
        study
    }

    /// A file beside the sweep config.
    pub fn path(&self, name: &str) -> PathBuf {
        self.cluster.work().join(name)
    }

    /// The text of such a file; empty if there is none.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    pub fn dir(&self) -> SweepDir {
        SweepDir::new(self.path("root").join(self.name))
    }

    /// The sweep config.
    pub fn config(&self) -> PathBuf {
        self.path(&format!("{}.yaml", self.name))
    }

    /// One of the binaries, as the cluster's user.
    pub fn run(&self, program: &str, args: &[&str]) -> Run {
        let mut command = self.cluster.command(program);
        command.arg("--sweep-cfg").arg(self.config()).args(args);
        Run::of(&command.output().unwrap())
    }

    /// `sweep_launch --yes`, which must hand over everything.
    #[track_caller]
    pub fn launch(&self, args: &[&str]) -> Run {
        self.run(bin!("sweep_launch"), &[&["--yes"], args].concat()).expect(0)
    }

    /// How many jobs are in each state, as `sweep_collect` prints it.
    pub fn states(&self) -> BTreeMap<String, u32> {
        let run = self.run(bin!("sweep_collect"), &["--dry-run", "--json", "-q"]);
        let printed: serde_json::Value = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}\n{}", run.stdout, run.stderr));
        let states = printed["states"].as_object().unwrap();
        let number = |value: &serde_json::Value| u32::try_from(value.as_u64().unwrap()).unwrap();
        states.iter().map(|(state, n)| (state.clone(), number(n))).collect()
    }

    /// How many jobs `sweep_collect` says are in a state.
    pub fn count(&self, state: &str) -> u32 {
        self.states().get(state).copied().unwrap_or(0)
    }

    /// Waits until nothing of the sweep is in the queue; then every job must be done, and none have
    /// run twice at once, or again after it was done.
    #[track_caller]
    pub fn expect_all_done(&self, seconds: u64) {
        self.cluster.wait_until_empty(seconds);
        assert_eq!(self.states(), BTreeMap::from([("done".to_owned(), self.jobs)]));
        assert_eq!(self.read("twice"), "", "jobs that ran twice at once");
        for job in 0..self.jobs {
            let done = self.outcomes(job).iter().filter(|it| **it == Some(Outcome::Done)).count();
            assert_eq!(done, 1, "job {job}: {:?}", self.outcomes(job));
        }
    }

    pub fn attempts(&self, job: u32) -> Vec<Attempt> {
        read_attempts(&self.dir().attempts(JobId(job))).unwrap()
    }

    /// How the job's attempts ended, in their order.
    pub fn outcomes(&self, job: u32) -> Vec<Option<Outcome>> {
        self.attempts(job).into_iter().map(|attempt| attempt.end.map(|end| end.outcome)).collect()
    }

    /// Waits until so many jobs are being run.
    #[track_caller]
    pub fn wait_until_running(&self, jobs: u32) {
        wait_until("running jobs", 60, || self.count("running") >= jobs);
    }

    /// What the job's program has printed.
    pub fn stdout(&self, job: u32) -> String {
        fs::read_to_string(self.dir().stdout(JobId(job))).unwrap_or_default()
    }
}
