//! Exit codes: an interface that scripts rely on. A changed code is a breaking change.

use std::process::ExitCode;

/// How a binary ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: done, but some jobs failed or are missing.
    Incomplete,
    /// 2: the command line or the config is wrong (clap's own code).
    Usage,
    /// 3: SLURM said no.
    Slurm,
    /// 4: the file system failed, or what it holds is damaged.
    Files,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Incomplete => 1,
            Exit::Usage => 2,
            Exit::Slurm => 3,
            Exit::Files => 4,
        })
    }
}
