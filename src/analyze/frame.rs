//! A sweep's jobs as a data frame of polars: what is table work on them is written in its expressions.
//!
//! A frame has the columns that decide what becomes of a job in every section. Columns that a single section
//! needs are gathered there; [`super::job_table`] reads them when they are asked for.

use polars::prelude::{
    Column, DataFrame, DataType, Expr, IntoLazy as _, LazyFrame, Literal as _, NULL, coalesce, col,
    lit, when,
};
use sweep_config::records::JobState;
use sweep_config::{JobId, ObjectiveGoal, table};

use super::population::Population;

/// The row of a job in the population.
pub(super) const ROW: &str = "row";
/// The number of a job.
pub(super) const JOB: &str = "job";
/// The name of its state.
pub(super) const STATE: &str = "state";
/// The number of its config, which replicates share.
pub(super) const CONFIG: &str = "config";
/// The value of its objective.
pub(super) const ERROR: &str = "error";
/// The value of its objective as a loss: less is better whatever the goal is.
pub(super) const LOSS: &str = "loss";
/// Its loss, infinite if it is lost; missing if it may still end well.
pub(super) const JUDGED: &str = "judged";
/// True if it stopped without a value: it failed, nobody knows that it goes on, or it diverged.
pub(super) const IS_LOST: &str = "is_lost";
/// True if it has started and nobody knows that it ended: its value may still change.
pub(super) const IS_OPEN: &str = "is_open";
/// True if the last loss of its training was no finite number.
pub(super) const IS_DIVERGED: &str = "is_diverged";
/// True if its state is one of failure.
pub(super) const IS_BAD: &str = "is_bad";

/// Returns the frame of a population: a row a job, in the order of their numbers.
pub(super) fn jobs(
    population: &Population,
    errors: &[Option<f64>],
    goal: ObjectiveGoal,
) -> DataFrame {
    let jobs = &population.jobs;
    let numbers = |name| population.table.numbers(name, jobs.len());
    let flags = |flag: &dyn Fn(&JobState) -> bool| -> Vec<bool> {
        jobs.iter().map(|job| flag(&job.state)).collect()
    };
    let is_open = |state: &JobState| matches!(state, JobState::Running | JobState::Other(_));
    let columns = vec![
        Column::new(ROW.into(), (0..).take(jobs.len()).collect::<Vec<u32>>()),
        Column::new(JOB.into(), jobs.iter().map(|job| job.id.0).collect::<Vec<u32>>()),
        Column::new(STATE.into(), jobs.iter().map(|job| job.state.name()).collect::<Vec<&str>>()),
        Column::new(CONFIG.into(), numbers(table::CONFIG)),
        Column::new(ERROR.into(), errors),
        Column::new(IS_BAD.into(), flags(&JobState::is_bad)),
        Column::new(IS_OPEN.into(), flags(&is_open)),
        Column::new(IS_DIVERGED.into(), numbers(table::DIVERGED)),
    ];
    let loss = match goal {
        ObjectiveGoal::Minimize => col(ERROR),
        // Not the negative: there is one zero.
        ObjectiveGoal::Maximize => lit(0.0) - col(ERROR),
    };
    let is_diverged = col(IS_DIVERGED).eq(lit(1.0)).fill_null(lit(false));
    let is_lost = col(ERROR).is_null().and(col(IS_BAD).or(col(IS_DIVERGED)));
    let missing = NULL.lit().cast(DataType::Float64);
    let infinite = when(col(IS_LOST)).then(lit(f64::INFINITY)).otherwise(missing);
    let judged = coalesce(&[col(LOSS), infinite]);
    collect(
        frame(columns)
            .lazy()
            .with_columns([loss.alias(LOSS), is_diverged.alias(IS_DIVERGED)])
            .with_column(is_lost.alias(IS_LOST))
            .with_column(judged.alias(JUDGED)),
    )
}

/// Returns a frame of columns, which are equally long and have different names.
pub(super) fn frame(columns: Vec<Column>) -> DataFrame {
    let height = columns.first().map_or(0, Column::len);
    DataFrame::new(height, columns).expect("columns of one table")
}

/// Returns a frame with further columns, which are as long and have other names.
pub(super) fn with_columns(frame: &DataFrame, columns: &[Column]) -> DataFrame {
    frame.hstack(columns).expect("columns of the same jobs")
}

/// Answers a query over a frame of ours.
pub(super) fn collect(query: LazyFrame) -> DataFrame {
    query.collect().expect("the query names columns that the frame has, by their types")
}

/// Returns the rows of which a condition is true.
pub(super) fn filter(frame: &DataFrame, condition: Expr) -> DataFrame {
    collect(frame.clone().lazy().filter(condition))
}

/// Returns a column of numbers, without the missing ones.
pub(super) fn numbers(frame: &DataFrame, name: &str) -> Vec<f64> {
    let column = frame.column(name).and_then(Column::f64).expect("a column of numbers");
    column.iter().flatten().collect()
}

/// Returns a column of rows, none of which is missing.
pub(super) fn rows(frame: &DataFrame) -> Vec<usize> {
    let column = frame.column(ROW).and_then(Column::u32).expect("the column of rows");
    column.iter().flatten().map(|row| row as usize).collect()
}

/// Returns the numbers of jobs.
pub(super) fn job_ids(frame: &DataFrame) -> Vec<JobId> {
    let column = frame.column(JOB).and_then(Column::u32).expect("the column of jobs");
    column.iter().flatten().map(JobId).collect()
}

/// Returns how many rows are in which state, by the state's name, sorted.
pub(super) fn count_states(frame: &DataFrame, condition: Expr) -> Vec<(String, usize)> {
    const COUNT: &str = "count";
    let counted = collect(
        frame
            .clone()
            .lazy()
            .filter(condition)
            .group_by([col(STATE)])
            .agg([polars::prelude::len().alias(COUNT)])
            .sort([STATE], polars::prelude::SortMultipleOptions::default()),
    );
    let states = counted.column(STATE).and_then(Column::str).expect("the column of states");
    let counts = counted.column(COUNT).and_then(Column::u32).expect("a count");
    let counts = counts.iter().flatten().map(|count| count as usize);
    states.iter().flatten().map(str::to_owned).zip(counts).collect()
}
