//! One start of a job's program, from its claim to its record.

use std::time::{Duration, Instant};

use serde::Serialize;
use sweep_config::claim::{AbandonedClaim, Claim, ClaimHolder};
use sweep_config::records::{Attempt, AttemptEnd, AttemptEvent, AttemptStart, Outcome};
use sweep_config::{JobId, SubmissionId, fs};

use super::memory::KillCount;
use super::output::Marks;
use super::progress;
use super::verdict::Verdict;
use super::watch::{Execution, Limits, Watch};
use crate::app::{Failure, now, unix_seconds};
use crate::ledger::note_node_failure;
use crate::runtime::Site;
use crate::runtime::command::Facts;
use crate::worker::policy::retry::Campaign;
use crate::worker::process::inbox::Inbox;
use crate::worker::process::leftovers;
use crate::worker::process::program::Program;
use crate::worker::report::Reporter;
use crate::worker::task::deadline::Deadline;
use crate::worker::task::hooks::Cluster;
use crate::worker::task::slurm_task::Task;

/// What one attempt needs from its worker.
pub(in crate::worker) struct Runner<'a> {
    pub(in crate::worker) site: &'a Site,
    pub(in crate::worker) inbox: &'a Inbox,
    pub(in crate::worker) campaign: &'a Campaign,
    pub(in crate::worker) launch: Option<SubmissionId>,
    pub(in crate::worker) task: Option<&'a Task>,
    pub(in crate::worker) cluster: &'a dyn Cluster,
    pub(in crate::worker) kills: KillCount,
    pub(in crate::worker) reporter: Reporter,
    /// The record of what the jobs run on.
    pub(in crate::worker) environment: Option<String>,
}

/// What came of a claim.
#[derive(Debug)]
pub(in crate::worker) enum Ran {
    /// The program ended.
    Ended(Ended),
    /// Processes of an earlier attempt cannot be killed: the job must not run beside them.
    Blocked,
}

/// A program that ended.
#[derive(Debug)]
pub(in crate::worker) struct Ended {
    pub(in crate::worker) verdict: Verdict,
    pub(in crate::worker) elapsed: Duration,
    /// The worker was told to stop meanwhile.
    pub(in crate::worker) told_to_stop: bool,
    /// The time limit of the task ended it.
    pub(in crate::worker) out_of_time: bool,
    superseded: bool,
}

impl Runner<'_> {
    /// Ends what the dead claims left, as processes and in the journal. False if processes are
    /// left that cannot be ended; the claim must be withdrawn then.
    pub(in crate::worker) fn clear(
        &self,
        job: JobId,
        abandoned: &[AbandonedClaim],
        attempts: &[Attempt],
    ) -> Result<bool, Failure> {
        let holders: Vec<&ClaimHolder> =
            abandoned.iter().filter_map(|claim| claim.holder.as_ref()).collect();
        let here: Vec<&ClaimHolder> =
            holders.into_iter().filter(|holder| holder.shares_our_processes()).collect();
        for holder in &here {
            if !leftovers::kill_all(|token| token == holder.token.as_bytes()) {
                return Ok(false);
            }
        }
        for open in attempts.iter().filter(|attempt| attempt.end.is_none()) {
            let start = &open.start;
            let died_here = here.iter().any(|holder| holder.pid == start.pid);
            let verdict = self.verdict_on_dead(job, start, died_here)?;
            // Nobody knows when it ended; the time it ran counts for nothing.
            self.record_end(job, start.attempt, Duration::ZERO, &verdict)?;
        }
        Ok(true)
    }

    /// A node is known to be gone when SLURM starts its task again elsewhere, or after the reboot,
    /// and taken to be when another host's heartbeat has stopped.
    fn verdict_on_dead(
        &self,
        job: JobId,
        start: &AttemptStart,
        died_here: bool,
    ) -> Result<Verdict, Failure> {
        let died_here = died_here && start.host == self.campaign.host;
        if died_here || !self.campaign.lost_its_node(start) {
            return Ok(Verdict::lost(start.pid, &start.host));
        }
        if let Some(launch) = self.launch {
            let (dir, which) = (&self.site.dir, (job, start.attempt));
            let is_bad = note_node_failure(dir, launch, &start.host, which, unix_seconds())?;
            let refused = if is_bad { self.cluster.exclude_node(&start.host).err() } else { None };
            if let Some(why) = refused {
                let node = &start.host;
                self.reporter.warn(format_args!(
                    "node {node} has failed twice, and waiting tasks may still get it: {why}"
                ));
            }
        }
        Ok(Verdict::node_failure(&start.host))
    }

    /// Runs the job once and lets it go.
    pub(in crate::worker) fn run(
        &self,
        job: JobId,
        claim: Claim,
        attempts: &[Attempt],
    ) -> Result<Ran, Failure> {
        let facts = self.site.facts(job);
        let script = match self.site.script(job, &facts) {
            Ok(script) => script,
            Err(failure) => {
                claim.withdraw()?;
                return Err(failure);
            }
        };
        if !self.clear(job, &claim.abandoned, attempts)? {
            claim.withdraw()?;
            return Ok(Ran::Blocked);
        }
        self.record_start(job, claim.attempt, &script)?;
        self.reporter.started(job, claim.attempt);
        let (marks, killed) = (Marks::now(&self.site.dir, job), self.kills.now());
        let begin = Instant::now();
        let mut ended = self.execute(job, &claim, &script, &facts)?;
        ended.elapsed = begin.elapsed();
        if ended.verdict.outcome == Outcome::Failed {
            let output = marks.read(&self.site.dir, job);
            ended.verdict = ended.verdict.explained(&output, self.kills.now() > killed);
        }
        if ended.out_of_time {
            self.see_progress(job, attempts, &mut ended.verdict);
        }
        // The journal of a job that another worker has taken over is that worker's.
        if !ended.superseded {
            self.record_end(job, claim.attempt, ended.elapsed, &ended.verdict)?;
            claim.finish()?;
        }
        Ok(Ran::Ended(ended))
    }

    /// Decides whether an attempt that ran out of time is to go on.
    fn see_progress(&self, job: JobId, attempts: &[Attempt], verdict: &mut Verdict) {
        let marks = || attempts.iter().filter_map(|it| it.end.as_ref()?.progress.as_ref());
        let now = progress::fingerprint(&self.site.dir.out_dir(job));
        if marks().next_back() == Some(&now) {
            verdict
                .reason
                .push_str("; nothing new in OUT_DIR since the last one, so it does not go on");
        } else if marks().count() >= self.campaign.max_requeue as usize {
            verdict.reason.push_str("; LAUNCH.MAX_REQUEUE of them, so it does not go on");
        } else {
            verdict.progress = Some(now);
        }
    }

    /// What may end the program of a job that starts now.
    fn limits(&self) -> Limits<'_> {
        let of_task = |task: &Task| Deadline {
            ends: task.ends,
            warn_before: self.site.warning.before,
            signal: self.site.warning.signal,
        };
        Limits {
            minutes: self.task.is_none().then_some(self.site.time_limit),
            deadline: self.task.map(of_task),
            cluster: self.cluster,
        }
    }

    /// Starts the program and stays with it until nothing of it is left.
    fn execute(
        &self,
        job: JobId,
        claim: &Claim,
        script: &str,
        facts: &Facts,
    ) -> Result<Ended, Failure> {
        let program = Program {
            shell: &self.site.shell,
            script,
            code_dir: &self.site.code_dir,
            stdout: &self.site.dir.stdout(job),
            stderr: &self.site.dir.stderr(job),
            variables: &self.site.variables(facts, claim.attempt),
            token: &claim.token,
            srun: &self.site.srun,
        };
        let running = match program.start() {
            Ok(running) => running,
            Err(error) => return Ok(Ended::by_itself(Verdict::not_started(&error))),
        };
        Watch::new(self.inbox, running, claim, self.limits())
            .and_then(Watch::follow)
            .map(Ended::from)
            .map_err(|e| Failure::Damaged {
                message: format!("the program of job {job} cannot be waited for: {e}"),
                hint: None,
            })
    }

    /// Not synced: a start that a power cut loses leaves a job that seems not started, and it is.
    fn record_start(&self, job: JobId, attempt: u32, script: &str) -> Result<(), Failure> {
        let start = AttemptEvent::Start(AttemptStart {
            attempt,
            launch: self.campaign.launch.clone(),
            host: self.campaign.host.clone(),
            pid: self.campaign.pid,
            started: now(),
            command: script.to_owned(),
            slurm: self.campaign.slurm.clone(),
            memory: self.task.and_then(|task| task.memory),
            environment: self.environment.clone(),
        });
        Ok(fs::append_line(&self.site.dir.attempts(job), &json(&start), false)?)
    }

    fn record_end(
        &self,
        job: JobId,
        attempt: u32,
        elapsed: Duration,
        verdict: &Verdict,
    ) -> Result<(), Failure> {
        let end = AttemptEvent::End(AttemptEnd {
            attempt,
            ended: now(),
            seconds: seconds(elapsed),
            outcome: verdict.outcome,
            exit_code: verdict.exit_code,
            signal: verdict.signal,
            reason: verdict.reason.clone(),
            cause: verdict.cause,
            progress: verdict.progress.clone(),
        });
        Ok(fs::append_line(&self.site.dir.attempts(job), &json(&end), true)?)
    }
}

impl Ended {
    fn by_itself(verdict: Verdict) -> Self {
        Self {
            verdict,
            elapsed: Duration::ZERO,
            told_to_stop: false,
            out_of_time: false,
            superseded: false,
        }
    }

    /// Wall time, as the record has it.
    pub(in crate::worker) fn seconds(&self) -> f64 {
        seconds(self.elapsed)
    }
}

impl From<Execution> for Ended {
    fn from(execution: Execution) -> Self {
        Self {
            told_to_stop: execution.told_to_stop,
            superseded: execution.superseded,
            out_of_time: execution.out_of_time,
            ..Self::by_itself(execution.verdict)
        }
    }
}

/// In milliseconds at the finest: more digits would be noise.
fn seconds(elapsed: Duration) -> f64 {
    (elapsed.as_secs_f64() * 1e3).round() / 1e3
}

fn json(event: &impl Serialize) -> String {
    serde_json::to_string(event).expect("a record is plain data")
}
