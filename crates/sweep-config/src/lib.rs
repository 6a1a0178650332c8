//! The contract between the stages of the sweep toolkit: what one stage writes and another reads.
//!
//! Setup, launch, collect and analyze never call each other. They meet here, in
//!
//! - [`Sweep`]: a sweep config, loaded, validated and complete ([`Sweep::load`]),
//! - [`SweepDir`]: the one author of the paths of a sweep directory,
//! - [`records`]: the lines and files that a stage leaves for the next one,
//! - [`claim`]: a worker's hold on a job, and whether its holder still lives,
//! - [`table`]: the columns of `sweep.parquet` and `curves.parquet`,
//! - [`secrets`]: values that others must not see,
//! - [`lock`]: one process at a time,
//! - [`fs`]: file operations whose errors name the path, and atomic writes,
//! - [`JobFormat`]: the formats of job configs,
//! - [`yaml`] and [`Value`]: YAML in and out, with the meaning that PyYAML gives it,
//! - [`python`]: values as Python spells them.
//!
//! Nothing here runs a program, samples a number or draws a figure.

pub mod claim;
mod config;
mod dir;
pub mod expr;
pub mod fs;
mod ids;
mod job_format;
pub mod lock;
mod map;
mod named;
mod problem;
pub mod python;
pub mod records;
pub mod secrets;
mod strict_json;
pub mod summary;
pub mod table;
mod value;
pub mod yaml;

pub use config::{
    AnalyzeConfig, BranchChoice, CheckpointsKeep, ChoiceBranch, ClosedInterval, CollectConfig,
    ConditionalSampler, Constraints, DependentRange, DesignTree, Distribution, EpochReduction,
    Executor, ForeignTool, IncludedFile, IncludingKey, JobPacking, KeptValues, LaunchConfig,
    LawQuantum, LawShape, ListLength, LogFormat, LogReader, MappingSampler, MetricFilter,
    MetricFilters, ObjectiveConfig, ObjectiveGoal, PointSource, PriorSource, QuantileLaw,
    RangeBound, RangeQuantum, RegnetRanges, Sampler, ScalarRange, SeedReduction, SetupConfig,
    SlurmOptions, Strategy, Sweep, TuneConfig, TypeFault, WeightedValues, config_keys,
    escape_variables, foreign_sampler, foreign_tool, json_schema, nearest_word, notation, paths,
    quantile_place, type_fault,
};
pub use dir::{DirRelation, SweepDir, job_of};
pub use ids::{JobId, SubmissionId};
pub use job_format::{FormatLack, JobFormat};
pub use map::Map;
pub use problem::{ConfigProblem, ConfigProblems, SourceLocation};
pub use strict_json::StrictJson;
pub use value::Value;
