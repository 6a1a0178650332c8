//! Starts the program of an attempt, or hands the job to the program that the worker keeps alive.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use sweep_config::JobId;
use sweep_config::claim::Claim;

use super::runner::AttemptRunner;
use crate::runtime::command::CommandFacts;
use crate::worker::process::inbox::{InboxMessage, WatchedProgram};
use crate::worker::process::job_line::JobOrder;
use crate::worker::process::leftovers::{TOKEN, kept_token};
use crate::worker::process::program::{JobProgram, StartedProgram};

/// The time that a program may take to end once no more jobs come.
const FAREWELL: Duration = Duration::from_secs(10);

/// The variable that tells a program that it is kept alive.
const KEEP_ALIVE: &str = "SWEEP_KEEP_ALIVE";

impl AttemptRunner<'_> {
    /// Starts the program of an attempt. A program that is kept alive is started for the first job, and again once it has
    /// ended.
    ///
    /// # Errors
    ///
    /// When it cannot be started, or the files of its output cannot be written.
    pub(super) fn start(
        &self,
        job: JobId,
        claim: &Claim,
        script: &str,
        facts: &CommandFacts,
    ) -> io::Result<StartedProgram> {
        let dir = &self.context.dir;
        let (stdout, stderr) = (&dir.stdout(job), &dir.stderr(job));
        let own = self.context.variables_of_attempt(facts, claim.attempt);
        let mut variables = self.context.shared_variables(facts);
        if !self.context.keep_alive {
            variables.extend(own);
            return self.program(script, (stdout, stderr), &variables, &claim.token).start();
        }
        variables.push((KEEP_ALIVE, "1".to_owned()));
        let token = claim.token.clone();
        let order = JobOrder {
            job: job.0,
            attempt: claim.attempt,
            cfg: &facts.cfg,
            out_dir: &facts.out_dir,
            stdout,
            stderr,
            env: own.into_iter().chain([(TOKEN, token)]).collect(),
        };
        if let Some(kept) = self.hand_over(&order)? {
            return Ok(kept);
        }
        let kept = kept_token(&claim.token);
        let mut program = self.program(script, (stdout, stderr), &variables, &kept).start()?;
        if let Some(line) = program.line() {
            // That a program ended without taking a job, the watch over it finds out.
            line.hand_over(&order)?;
        }
        Ok(program)
    }

    fn program<'b>(
        &'b self,
        script: &'b str,
        (stdout, stderr): (&'b Path, &'b Path),
        variables: &'b [(&'static str, String)],
        token: &'b str,
    ) -> JobProgram<'b> {
        let context = self.context;
        JobProgram {
            shell: &context.shell,
            script,
            code_dir: &context.code_dir,
            stdout,
            stderr,
            variables,
            token,
            srun: &context.srun,
            keep_alive: context.keep_alive,
        }
    }

    /// Hands a job to the program that is kept alive; returns none if there is none, or it takes no more jobs.
    fn hand_over(&self, order: &JobOrder<'_>) -> io::Result<Option<StartedProgram>> {
        let Some(mut program) = self.kept.take() else { return Ok(None) };
        let taken = program.is_running()
            && match program.line().map(|line| line.hand_over(order)).transpose() {
                Ok(taken) => taken == Some(true),
                Err(error) => {
                    self.kept.set(Some(program));
                    return Err(error);
                }
            };
        if taken {
            return Ok(Some(program));
        }
        self.reporter.note("the program ended between two jobs and is started again");
        program.kill();
        program.reap().map(|_| None)
    }

    /// Keeps a program for the next job, unless it has said that it takes none.
    pub(super) fn keep(&self, program: Option<StartedProgram>) {
        let Some(mut program) = program else { return };
        let is_last = program.line().is_some_and(|line| line.is_last());
        self.kept.set(Some(program));
        if is_last {
            self.dismiss_program();
        }
    }

    /// Ends the program that is kept alive: it is told that no more jobs come, and killed if it goes on all the same.
    pub(in crate::worker) fn dismiss_program(&self) {
        let Some(mut program) = self.kept.take() else { return };
        program.hang_up();
        let until = Instant::now() + FAREWELL;
        if let Ok(watched) = WatchedProgram::new(&program) {
            while let Some(message) = self.inbox.next(Some(&watched), until) {
                if matches!(message, InboxMessage::Exited | InboxMessage::Stop) {
                    break;
                }
            }
        }
        program.kill();
        // It is killed; whoever it was, the guard looks after what is left.
        let _ = program.reap();
    }
}
