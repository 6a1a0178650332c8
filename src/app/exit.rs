//! Exit codes: an interface that scripts rely on. A changed code is a breaking change.

use std::process::ExitCode;

/// The exit code of a binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: done, but some jobs failed or are missing.
    Incomplete,
    /// 2: the command line or the config is wrong (clap's own code).
    Usage,
    /// 3: SLURM refused or did not answer.
    Slurm,
    /// 4: the file system failed, or what it holds is damaged.
    Files,
    /// 75, `EX_TEMPFAIL` of `sysexits.h`: a worker of a packed task tells the task's own process that
    /// it has work left and no time. Nobody else sees it.
    Again,
}

impl Exit {
    /// Returns the number.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Incomplete => 1,
            Self::Usage => 2,
            Self::Slurm => 3,
            Self::Files => 4,
            Self::Again => 75,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
