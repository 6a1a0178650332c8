//! The columns of `sweep.parquet` and `curves.parquet`, which collect writes and analyze reads.
//!
//! `sweep.parquet` has one row for every job that has a config or a log directory, started or not,
//! in the order of the job numbers. Its columns are those named here, [`JOB`] to [`EPOCH_MAX`],
//! always and in this order; then, by name, the job's config and what its program logged:
//!
//! - `cfg.KEY.PATH`: a value of the job's config (as its program logged it, else as it was set up).
//!   Numbers are 64-bit floats or integers, texts are texts; lists and mixed columns are JSON text.
//! - `TYPE.METRIC` for a type logged once (`complexity.flops`): its value.
//! - `TYPE.METRIC` for a type logged every epoch (`test_epoch.top1_err`): the value of the last
//!   epoch; and with [`MIN`], [`MAX`], [`MEAN`] appended, that over the epochs that have a number,
//!   as 64-bit floats. `TYPE.epoch_ind` and `TYPE.epoch_max` are the last epoch of that type and
//!   how many there are to be.
//!
//! The type of a column is the one that holds all its values: integers, floats, integers and floats
//! together as floats, truth values, texts; all else is JSON text. A column exists if and only if
//! some job has it; one without any value is text.
//!
//! `curves.parquet` has one row a job, type and epoch, in that order: [`JOB`], [`PHASE`] (the type:
//! `train_epoch`, `test_epoch`, …), [`EPOCH`], [`EPOCH_MAX`], then, by name, every metric that is a
//! number in any type by its bare name as a 64-bit float. Of a type that is logged several times an
//! epoch it has the last.
//!
//! What is missing is null; a not-a-number that the program logged is a NaN.

/// The job's number (integer).
pub const JOB: &str = "job";
/// The job's state, e.g. `done` ([`JobState::name`](crate::records::JobState::name)).
pub const STATE: &str = "state";
/// The sampled values, as in `cfgs_summary.yaml`.
pub const SAMPLED: &str = "sampled";
/// The number of the config that the job is of, which it shares with its replicates (integer): equal to
/// [`JOB`] where each config has one job.
pub const CONFIG: &str = "config";
/// The number of attempts that were started (integer).
pub const ATTEMPTS: &str = "attempts";
/// The host of the last attempt.
pub const HOST: &str = "host";
/// The start of the last attempt, RFC 3339 in UTC.
pub const STARTED: &str = "started";
/// The end of the last attempt, RFC 3339 in UTC.
pub const ENDED: &str = "ended";
/// Wall time of all attempts that ended, in seconds.
pub const SECONDS: &str = "seconds";
/// The exit code of the last attempt (integer).
pub const EXIT_CODE: &str = "exit_code";
/// The signal that ended the last attempt (integer).
pub const SIGNAL: &str = "signal";
/// Why the last attempt ended as it did; empty when it is done, null while it has no end.
pub const REASON: &str = "reason";
/// The last line of `stderr.log` that holds anything, of a job that is not done.
pub const ERROR_LINE: &str = "error_line";
/// The cause of a failed job: the line of its `stderr.log` that names it.
pub const CAUSE: &str = "cause";
/// True if the last loss or error that it logged is a NaN or an infinity (truth value).
pub const DIVERGED: &str = "diverged";
/// The last epoch of `test_epoch` (integer).
pub const EPOCH_IND: &str = "epoch_ind";
/// The number of epochs of the job, by its `test_epoch` or else its config's `OPTIM.MAX_EPOCH` (integer).
pub const EPOCH_MAX: &str = "epoch_max";
/// The type of a row of `curves.parquet`.
pub const PHASE: &str = "phase";
/// The epoch of a row of `curves.parquet`, from 1 (integer).
pub const EPOCH: &str = "epoch";

/// Prefix of a config column.
pub const CFG: &str = "cfg.";
/// Prefix: the value that was told of a job that no worker ran, by the METRIC of the objective.
pub const TOLD: &str = "told.";
/// Suffix: least value over the epochs.
pub const MIN: &str = ".min";
/// Suffix: greatest value over the epochs.
pub const MAX: &str = ".max";
/// Suffix: mean over the epochs.
pub const MEAN: &str = ".mean";
