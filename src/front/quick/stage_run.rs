//! Runs the stages of one sweep, one after the other, as their binaries.

use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;

use crate::app::{Exit, Failure, Printer};
use crate::front::hand_over::FlowStage;

/// The runner of the stages of one sweep.
pub(super) struct StageRunner<'a> {
    config: &'a Path,
    overrides: &'a [String],
    printer: Printer,
    /// Set by Ctrl-C, which a stage gets too and answers in its own way.
    interrupted: Arc<AtomicBool>,
}

impl<'a> StageRunner<'a> {
    /// Prepares to run stages.
    ///
    /// # Errors
    ///
    /// When signals cannot be handled.
    pub(super) fn new(
        config: &'a Path,
        overrides: &'a [String],
        printer: Printer,
    ) -> Result<Self, Failure> {
        let interrupted = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(SIGINT, Arc::clone(&interrupted)).map_err(|e| {
            Failure::Damaged { message: format!("cannot handle signals: {e}"), hint: None }
        })?;
        Ok(Self { config, overrides, printer, interrupted })
    }

    /// Runs a stage to its end; what it prints as data is a note here if `is_note`.
    ///
    /// # Errors
    ///
    /// When it fails, it is missing, or the user stops it.
    pub(super) fn run(
        &self,
        stage: FlowStage,
        args: &[&str],
        is_note: bool,
    ) -> Result<Exit, Failure> {
        let mut process = stage.process()?;
        let config = self.config.to_string_lossy();
        self.printer.note(format_args!(
            "\n$ sweepkit {} {config} {}",
            stage.name(),
            args.join(" ")
        ));
        process.arg("--sweep-cfg").arg(self.config).args(args);
        for set in self.overrides {
            process.args(["--set", set]);
        }
        if is_note {
            process.stdout(stderr()?);
        }
        let status = process.status().map_err(|e| {
            let message = format!("cannot start `{}`: {e}", stage.binary());
            Failure::usage(message, "install all sweepkit binaries together")
        })?;
        if self.interrupted.load(Ordering::Relaxed) {
            let hint = "run the same command again to continue";
            return Err(Failure::usage(format!("stopped in `{}`", stage.binary()), hint));
        }
        match status.code() {
            Some(0) => Ok(Exit::Done),
            Some(1) => Ok(Exit::Incomplete),
            code => Err(ended(stage, code)),
        }
    }
}

/// Returns the standard error of this process, for a child.
fn stderr() -> Result<Stdio, Failure> {
    let copy = io::stderr().as_fd().try_clone_to_owned();
    copy.map(Stdio::from).map_err(|e| Failure::Damaged {
        message: format!("cannot share standard error: {e}"),
        hint: None,
    })
}

/// Returns the failure of a stage that has said itself what is wrong.
fn ended(stage: FlowStage, code: Option<i32>) -> Failure {
    let how = code.map_or("was killed".to_owned(), |code| format!("exited with code {code}"));
    let message = format!("`{}` {how}", stage.binary());
    let hint = Some(
        "see the error above; once it is fixed, run the same command again to continue".to_owned(),
    );
    match code {
        Some(2) => Failure::Usage { message, hint },
        Some(3) => Failure::Slurm { message, hint },
        _ => Failure::Damaged { message, hint },
    }
}
