//! A job's program as processes: starting it, and ending all of it.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, getpid, getppid, kill_process_group};
use rustix::process::{set_parent_process_death_signal, test_kill_process_group, waitid};

use super::leftovers;
use crate::runtime::Shell;

/// What to start.
pub(in crate::worker) struct Program<'a> {
    pub(in crate::worker) shell: &'a Shell,
    pub(in crate::worker) script: &'a str,
    pub(in crate::worker) code_dir: &'a str,
    /// Output is appended to these files.
    pub(in crate::worker) stdout: &'a Path,
    pub(in crate::worker) stderr: &'a Path,
    pub(in crate::worker) variables: &'a [(&'static str, String)],
    /// Marks all processes of the program.
    pub(in crate::worker) token: &'a str,
    /// The words before the shell, for a program of several processes.
    pub(in crate::worker) srun: &'a [String],
}

/// A program that runs: a shell and what it has started, in a process group of their own.
#[derive(Debug)]
pub(in crate::worker) struct Running {
    child: Child,
    group: Pid,
    token: String,
    /// The child is `srun`, the program its tasks on whatever nodes.
    pub(in crate::worker) is_srun: bool,
}

impl Program<'_> {
    /// Starts it. Must be called from the worker's main thread: when the thread that starts a
    /// program ends, the kernel kills the program.
    pub(in crate::worker) fn start(&self) -> io::Result<Running> {
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
            .arg(self.script)
            .current_dir(self.code_dir)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env(leftovers::TOKEN, self.token)
            .stdin(Stdio::null())
            .stdout(append_to(self.stdout)?)
            .stderr(append_to(self.stderr)?)
            .process_group(0);
        die_with_this_process(&mut command);
        let child = command.spawn()?;
        let group = Pid::from_child(&child);
        Ok(Running { child, group, token: self.token.to_owned(), is_srun: !self.srun.is_empty() })
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

fn append_to(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

impl Running {
    pub(in crate::worker) fn pid(&self) -> Pid {
        self.group
    }

    /// Asks all of it to end; has `srun` kill its tasks.
    pub(in crate::worker) fn ask_to_end(&self) {
        // An error says that there is nobody left to ask.
        let _ = kill_process_group(self.group, Signal::TERM);
    }

    /// Ends what is left of the process group at once.
    pub(in crate::worker) fn kill_group(&self) {
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    /// Ends all of it at once, in whatever group or session.
    pub(in crate::worker) fn kill(&self) {
        self.kill_group();
        leftovers::kill_all(|token| token == self.token.as_bytes());
    }

    /// True while any process of the group is left, the unreaped shell included.
    pub(in crate::worker) fn has_members(&self) -> bool {
        test_kill_process_group(self.group).is_ok()
    }

    /// True if and only if the shell, which must have ended, did not exit with 0. It stays unreaped.
    pub(in crate::worker) fn has_failed(&self) -> bool {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        let status = waitid(WaitId::Pid(self.group), look).ok().flatten();
        status.is_none_or(|status| status.exit_status() != Some(0))
    }

    /// How the shell ended; it must have.
    pub(in crate::worker) fn reap(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }
}
