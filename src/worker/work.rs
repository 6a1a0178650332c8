//! The loop over all jobs.

use std::collections::BTreeSet;

use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use sweep_config::claim::{Claim, Claimant, Take};
use sweep_config::records::{Attempt, Outcome, Submission, read_attempts};
use sweep_config::{JobId, LaunchId, Sweep, fs};

use super::attempt::{Ran, Runner};
use super::event::Event;
use super::guard::Guard;
use super::inbox::Inbox;
use super::queue::{Campaign, Queue, Wish};
use super::site::Site;
use crate::app::{Exit, Failure, Printer, count};

/// How a worker was called.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The submission that it works for: its jobs and its budget of retries.
    pub launch: Option<LaunchId>,
    /// The process that it must not outlive.
    pub parent: Option<u32>,
    /// Print events as JSON lines on stdout instead of notes on stderr.
    pub json: bool,
}

/// Runs jobs until there is none left that it could run.
///
/// # Errors
///
/// When the sweep is not ready to run, or a file operation fails. Jobs that fail are no error.
pub fn run(sweep: &Sweep, options: Options, printer: Printer) -> Result<Exit, Failure> {
    let inbox = Inbox::new().map_err(|e| system("handle signals", &e))?;
    if let Some(parent) = options.parent
        && !die_with(parent)
    {
        return Ok(Exit::Incomplete);
    }
    let site = Site::new(sweep)?;
    let jobs = jobs(&site, options.launch)?;
    let claimant = Claimant::new()?;
    let campaign = Campaign {
        launch: options.launch.map(|launch| launch.to_string()).unwrap_or_default(),
        host: claimant.host().to_owned(),
        pid: std::process::id(),
        max_retry: sweep.launch.max_retry,
    };
    let guard = Guard::start(claimant.id()).map_err(|e| system("start a guard process", &e))?;
    let runner = Runner { site: &site, inbox: &inbox, campaign: &campaign };
    let reporter = Reporter { json: options.json, printer };
    let mut worker =
        Worker { runner, reporter, claimant, queue: Queue::new(jobs), unfinished: BTreeSet::new() };
    let ended = worker.work();
    drop(guard);
    ended?;
    let unfinished = unfinished(&site, &worker.unfinished)?;
    if unfinished == 0 {
        return Ok(Exit::Done);
    }
    reporter.note(format_args!("{} not done", count(unfinished, "job")));
    Ok(Exit::Incomplete)
}

/// Has the kernel tell this worker to stop when its parent dies; false if the parent is dead.
fn die_with(parent: u32) -> bool {
    let asked = set_parent_process_death_signal(Some(Signal::TERM)).is_ok();
    let alive = getppid().is_some_and(|now| now.as_raw_nonzero().get().cast_unsigned() == parent);
    asked && alive
}

fn system(what: &'static str, error: &std::io::Error) -> Failure {
    Failure::Damaged { message: format!("the worker cannot {what}: {error}"), hint: None }
}

/// The jobs of a submission as the ledger has them, or all.
fn jobs(site: &Site, launch: Option<LaunchId>) -> Result<Vec<JobId>, Failure> {
    let Some(launch) = launch else { return site.jobs() };
    let path = site.dir.submission(launch);
    let submission: Submission =
        serde_json::from_slice(&fs::read(&path)?).map_err(|e| Failure::Damaged {
            message: format!("`{}` is damaged: {e}", path.display()),
            hint: Some("run `sweep_launch` again".into()),
        })?;
    Ok(submission.jobs.iter().flat_map(|&(first, last)| first..=last).map(JobId).collect())
}

/// How many of these jobs are not done; other workers may have done some meanwhile.
fn unfinished(site: &Site, jobs: &BTreeSet<JobId>) -> Result<usize, Failure> {
    let mut unfinished = 0;
    for &job in jobs {
        if !is_done(&read_attempts(&site.dir.attempts(job))?) {
            unfinished += 1;
        }
    }
    Ok(unfinished)
}

fn is_done(attempts: &[Attempt]) -> bool {
    let end = attempts.last().and_then(|attempt| attempt.end.as_ref());
    end.is_some_and(|end| end.outcome == Outcome::Done)
}

struct Worker<'a> {
    runner: Runner<'a>,
    reporter: Reporter,
    claimant: Claimant,
    queue: Queue,
    /// What this worker has seen and could not get done.
    unfinished: BTreeSet<JobId>,
}

impl Worker<'_> {
    fn work(&mut self) -> Result<(), Failure> {
        while let Some((job, tries)) = self.queue.next() {
            if self.runner.inbox.told_to_stop() {
                self.unfinished.insert(job);
                break;
            }
            let campaign = self.runner.campaign;
            let wanted = |attempts: &[Attempt]| campaign.wish(attempts, tries) == Wish::Run;
            match self.claimant.take(&self.runner.site.dir, job, wanted)? {
                Take::Mine(claim, attempts) => {
                    if self.run(job, claim, &attempts)? == Next::Stop {
                        break;
                    }
                }
                Take::Held(_) => {
                    self.unfinished.insert(job);
                }
                Take::Unwanted(attempts) => self.pass_over(job, &attempts, tries),
            }
        }
        Ok(())
    }

    fn pass_over(&mut self, job: JobId, attempts: &[Attempt], tries: u32) {
        match self.runner.campaign.wish(attempts, tries) {
            // `Run` cannot be: the job would have been wanted.
            Wish::Later(tries) => self.queue.put_back(job, tries),
            Wish::Run | Wish::Nothing => {
                self.settle(job, is_done(attempts));
            }
        }
    }

    fn run(&mut self, job: JobId, claim: Claim, attempts: &[Attempt]) -> Result<Next, Failure> {
        let attempt = claim.attempt;
        let reporter = self.reporter;
        let on_start = |attempt| reporter.say(&Event::Started { job: job.0, attempt });
        match self.runner.run(job, claim, attempts, on_start)? {
            Ran::Blocked => {
                self.reporter.printer.warn(format_args!(
                    "job {job} is left: processes of an earlier attempt cannot be killed"
                ));
                self.settle(job, false);
                Ok(Next::GoOn)
            }
            Ran::Ended { outcome, seconds, reason, told_to_stop } => {
                self.reporter.say(&Event::Ended { job: job.0, attempt, outcome, seconds, reason });
                self.settle(job, outcome == Outcome::Done);
                if told_to_stop {
                    return Ok(Next::Stop);
                }
                if outcome != Outcome::Done {
                    // The journal decides about a retry when its turn comes.
                    self.queue.put_back(job, 0);
                }
                Ok(Next::GoOn)
            }
        }
    }

    fn settle(&mut self, job: JobId, done: bool) {
        if done {
            self.unfinished.remove(&job);
        } else {
            self.unfinished.insert(job);
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Next {
    GoOn,
    Stop,
}

/// Tells what happens.
#[derive(Debug, Clone, Copy)]
struct Reporter {
    json: bool,
    printer: Printer,
}

impl Reporter {
    fn note(self, text: impl std::fmt::Display) {
        if !self.json {
            self.printer.note(text);
        }
    }

    fn say(self, event: &Event) {
        if self.json {
            self.printer.data(serde_json::to_string(event).expect("an event is plain data"));
            return;
        }
        match event {
            Event::Started { job, attempt } => {
                self.printer.note(format_args!("{} started, attempt {attempt}", JobId(*job)));
            }
            Event::Ended { job, outcome: Outcome::Done, seconds, .. } => {
                self.printer.note(format_args!("{} done in {seconds:.1} s", JobId(*job)));
            }
            Event::Ended { job, reason, seconds, .. } => {
                let job = JobId(*job);
                self.printer.note(format_args!("{job} not done after {seconds:.1} s: {reason}"));
            }
        }
    }
}
