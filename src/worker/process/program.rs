//! Starts a job's program, and ends all of its processes.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, getppid, kill_process_group};
use rustix::process::{set_parent_process_death_signal, test_kill_process_group, waitid};

use super::job_line::JobLine;
use super::leftovers;
use super::output_file::append_to;
use crate::runtime::JobShell;

/// A program to start.
pub(in crate::worker) struct JobProgram<'a> {
    pub(in crate::worker) shell: &'a JobShell,
    pub(in crate::worker) script: &'a str,
    pub(in crate::worker) code_dir: &'a str,
    /// The file to which standard output is appended, unless the program is kept alive.
    pub(in crate::worker) stdout: &'a Path,
    pub(in crate::worker) stderr: &'a Path,
    pub(in crate::worker) variables: &'a [(&'static str, String)],
    /// The token that marks all processes of the program.
    pub(in crate::worker) token: &'a str,
    /// The words before the shell, for a program of several processes.
    pub(in crate::worker) srun: &'a [String],
    /// True if it is kept alive: it reads jobs from its standard input and answers on its standard output.
    pub(in crate::worker) keep_alive: bool,
}

/// A running program: a shell and what it has started, in a process group of their own.
#[derive(Debug)]
pub(in crate::worker) struct StartedProgram {
    child: Child,
    group: Pid,
    token: String,
    /// True if the child is `srun`, and the program its tasks on whatever nodes.
    pub(in crate::worker) is_srun: bool,
    /// The pipes of a program that is kept alive.
    line: Option<JobLine>,
}

impl JobProgram<'_> {
    /// Starts the program. Must be called from the worker's main thread: when the thread that
    /// starts a program ends, the kernel kills the program.
    pub(in crate::worker) fn start(&self) -> io::Result<StartedProgram> {
        let mut command = match self.srun.split_first() {
            Some((srun, options)) => {
                let mut command = Command::new(srun);
                command.args(options).arg(&self.shell.program);
                command
            }
            None => Command::new(&self.shell.program),
        };
        command
            .arg("-c")
            .arg(&*self.shell.guarded(self.script))
            .current_dir(self.code_dir)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env(leftovers::TOKEN, self.token)
            .stdin(if self.keep_alive { Stdio::piped() } else { Stdio::null() })
            .stdout(if self.keep_alive { Stdio::piped() } else { append_to(self.stdout)?.into() })
            .stderr(append_to(self.stderr)?)
            .process_group(0);
        die_with_this_process(&mut command);
        let mut child = command.spawn()?;
        let line = if self.keep_alive { Some(JobLine::of(&mut child)?) } else { None };
        let group = Pid::from_child(&child);
        Ok(StartedProgram {
            child,
            group,
            token: self.token.to_owned(),
            is_srun: !self.srun.is_empty(),
            line,
        })
    }
}

/// Has the kernel kill the child when its parent dies.
fn die_with_this_process(command: &mut Command) {
    let worker = getpid();
    let die_with_worker = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // The worker may have died before that call, and nobody would tell us.
        if getppid() == Some(worker) { Ok(()) } else { Err(io::Error::from_raw_os_error(3)) }
    };
    #[expect(unsafe_code, reason = "the standard library has no safe way to set this signal")]
    // SAFETY: between fork and exec only async-signal-safe calls are allowed. The closure makes two
    // plain system calls and an error that holds a number; it allocates nothing and takes no lock.
    unsafe {
        command.pre_exec(die_with_worker);
    }
}

impl StartedProgram {
    /// Returns the pipes of a program that is kept alive.
    pub(in crate::worker) fn line(&mut self) -> Option<&mut JobLine> {
        self.line.as_mut()
    }

    /// Returns the pipe of its answers, if it is kept alive.
    pub(super) fn answers(&self) -> io::Result<Option<OwnedFd>> {
        self.line.as_ref().map(JobLine::answers).transpose()
    }

    /// Closes the pipes of a program that is kept alive, which tells it that no more jobs come.
    pub(in crate::worker) fn hang_up(&mut self) {
        self.line = None;
    }

    /// Returns true if and only if it has not ended. Does not reap it.
    pub(in crate::worker) fn is_running(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        waitid(WaitId::Pid(self.group), look).is_ok_and(|status| status.is_none())
    }

    /// Returns true if a process that it has started bears this token.
    pub(in crate::worker) fn has_child_with(&self, token: &str) -> bool {
        leftovers::has_descendant_with(self.group, token.as_bytes())
    }

    pub(in crate::worker) fn pid(&self) -> Pid {
        self.group
    }

    /// Asks the whole process group to end; makes `srun` kill its tasks.
    pub(in crate::worker) fn ask_to_end(&self) {
        // An error says that there is nobody left to ask.
        let _ = kill_process_group(self.group, Signal::TERM);
    }

    /// Kills what is left of the process group at once.
    pub(in crate::worker) fn kill_group(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Kills all of the program at once, in whatever group or session.
    pub(in crate::worker) fn kill(&self) {
        self.kill_group();
        leftovers::kill_all(|token| token == self.token.as_bytes());
    }

    /// Returns true while any process of the group is left, including the unreaped shell.
    pub(in crate::worker) fn has_members(&self) -> bool {
        test_kill_process_group(self.group).is_ok()
    }

    /// Returns true if and only if the shell, which must have ended, did not exit with 0. Does not
    /// reap it.
    pub(in crate::worker) fn has_failed(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(self.group), look).ok().flatten();
        status.is_none_or(|status| status.exit_status() != Some(0))
    }

    /// Reaps the shell, which must have ended, and returns how it ended.
    pub(in crate::worker) fn reap(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}
