//! `digits`: trains a multi-layer perceptron on the handwritten digits, as a job config says, and
//! prints what pycls would print.
//!
//! An example of a program that a sweep runs. It knows nothing of the toolkit: it reads a config,
//! writes below a directory, and prints `json_stats:` lines. A run that diverges ends with exit code
//! 1, so that a sweep over learning rates shows which of them failed. One thread; the same config
//! and seed print the same losses and errors on the same machine, and so does a run that was
//! interrupted and started again.

mod checkpoint;
mod config;
mod data;
mod log;
mod loss;
mod model;
mod optim;
mod trainer;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use config::{Config, ConfigError};
use trainer::{TrainError, TrainingRun};

/// Trains a multi-layer perceptron on 1,437 handwritten digits and tests it on 360
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// The job config (YAML)
    #[arg(long, value_name = "PATH")]
    cfg: PathBuf,

    /// Where checkpoints are kept, and where a run that was interrupted goes on
    #[arg(long, value_name = "DIR")]
    out_dir: PathBuf,
}

/// An error that ends the program, with what to do about it.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Train(#[from] TrainError),
}

impl Failure {
    fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Train(TrainError::Diverged { .. }) => Some("lower OPTIM.BASE_LR"),
            Self::Train(TrainError::OtherConfig(_)) => {
                Some("take another --out-dir, or remove that file")
            }
            Self::Config(_) | Self::Train(TrainError::Io(_)) => None,
        }
    }

    /// 1: the training failed; 2: the config cannot be used, as with a wrong command line.
    fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::Config(_) | Self::Train(TrainError::OtherConfig(_)) => 2,
            Self::Train(_) => 1,
        })
    }
}

fn main() -> ExitCode {
    let args = Args::parse();
    match train(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let hint = failure.hint().map(|hint| format!(" ({hint})")).unwrap_or_default();
            // One line: the last one is what a status table shows of a job that failed.
            let text = format!("error: {failure}{hint}\n");
            // With standard error gone there is nobody left to tell; the exit code still says it.
            let _ = io::stderr().write_all(text.as_bytes());
            failure.exit_code()
        }
    }
}

fn train(args: &Args) -> Result<(), Failure> {
    let config = Config::load(&args.cfg)?;
    let trainer = TrainingRun::new(config, &args.out_dir, io::stdout().lock());
    trainer.map_err(TrainError::Io)?.run()?;
    Ok(())
}
