//! Import: runs of another tool become the jobs of a sweep directory, which every later stage takes for one of ours.
//!
//! A source is read whole ([`SourceKind::read`]) into [`ImportedSource`], whatever tool it is of. What varies among its
//! runs counts as sampled, what is the same in all is the base config (`space`). Each run becomes the config, the journal
//! and the logs of a job (`job_files`); `store` puts them into the directory, whole or not at all. An import once more
//! reads the source again and writes what has changed: it is the same whether runs came at once or one by one.
//!
//! - `mlflow_files`, `mlflow_database`, `wandb`, `optuna_database`, `optuna_journal`, `hydra`, `csv_table`: the sources,
//! - `typed_text`: values of tools that keep only text,
//! - `run`: does it all, and says what was done.
//!
//! No source is ever written to, and no job of an import is ever run.

mod clock_text;
mod config_text;
mod csv_columns;
mod csv_table;
mod database;
mod hydra;
mod imported_run;
mod job_files;
mod kept_runs;
mod kind;
mod mlflow;
mod mlflow_database;
mod mlflow_files;
mod observed_law;
mod options;
mod optuna;
mod optuna_database;
mod optuna_journal;
mod optuna_law;
mod present;
mod run;
mod space;
mod store;
mod typed_text;
mod wandb;

pub use options::{ImportOptions, SourceKind};
pub use run::{import, refresh};
