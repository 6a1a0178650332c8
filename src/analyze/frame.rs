//! A sweep's jobs as a data frame of polars: what is table work on them is asked by its masks and groups.
//!
//! A frame has the columns that decide what becomes of a job in every section. Columns that a single section
//! needs are gathered there; [`crate::trials::TrialTable`] reads them when they are asked for.
//!
//! These are the eager columns of polars, on this thread. Its expressions say the same in fewer words, but a report asks
//! dozens of small questions, and planning each took a small sweep half as long again as the rest of the report.

use polars::prelude::{
    BooleanChunked, ChunkCompareEq as _, ChunkCompareIneq as _, Column, DataFrame, Float64Chunked,
    GroupsIndicator, SortMultipleOptions, StringChunked,
};
use sweep_config::{JobId, table};

use super::fate::JobFate;
use super::metrics::Objective;
use super::population::Population;

/// The row of a job in the population.
pub(super) const ROW: &str = "row";
/// The number of a job.
pub(super) const JOB: &str = "job";
/// The name of its state.
pub(super) const STATE: &str = "state";
/// The number of its config, which replicates share.
pub(super) const CONFIG: &str = "config";
/// The value of its objective, so far if it is open; missing if it has none that counts.
pub(super) const ERROR: &str = "error";
/// Its value as a loss, less of which is better whatever the goal is; missing too if it is open and may get worse.
pub(super) const LOSS: &str = "loss";
/// True if it ended without a value.
pub(super) const IS_LOST: &str = "is_lost";
/// True if it has begun and nobody knows that it ended: its value may still change.
pub(super) const IS_OPEN: &str = "is_open";
/// True if its user cancelled it before it had a value.
pub(super) const IS_WITHDRAWN: &str = "is_withdrawn";
/// True if it ended with the infinity that is better than all values.
pub(super) const IS_BOUNDLESS: &str = "is_boundless";
/// True if the last loss of its training was no finite number.
pub(super) const IS_DIVERGED: &str = "is_diverged";
/// True if its state is one of failure.
pub(super) const IS_BAD: &str = "is_bad";

/// The rows of a frame for which a condition is true; one that is missing is not true.
pub(super) type RowMask = BooleanChunked;

/// Returns the frame of a population: a row a job, in the order of their numbers.
pub(super) fn jobs(population: &Population, fates: &[JobFate], objective: &Objective) -> DataFrame {
    let jobs = &population.trials.jobs;
    let is = |flag: &dyn Fn(&JobFate) -> bool| -> Vec<bool> { fates.iter().map(flag).collect() };
    let is_bad: Vec<bool> = jobs.iter().map(|job| job.state.is_bad()).collect();
    let diverged = population.table.numbers(table::DIVERGED).into_iter();
    let is_diverged: Vec<bool> = diverged.map(|diverged| diverged == Some(1.0)).collect();
    let errors: Vec<Option<f64>> = fates.iter().map(|fate| fate.value()).collect();
    let is_ranked = |fate: &JobFate| !matches!(fate, JobFate::Open(_)) || objective.only_improves;
    let loss = |fate: &JobFate| {
        fate.value().filter(|_| is_ranked(fate)).map(|error| objective.goal.as_loss(error))
    };
    let configs = jobs.iter().map(|job| job.config.map(f64::from));
    frame(vec![
        Column::new(ROW.into(), (0..).take(jobs.len()).collect::<Vec<u32>>()),
        Column::new(JOB.into(), jobs.iter().map(|job| job.id.0).collect::<Vec<u32>>()),
        Column::new(STATE.into(), jobs.iter().map(|job| job.state.name()).collect::<Vec<&str>>()),
        Column::new(CONFIG.into(), configs.collect::<Vec<Option<f64>>>()),
        Column::new(ERROR.into(), errors),
        Column::new(LOSS.into(), fates.iter().map(loss).collect::<Vec<Option<f64>>>()),
        Column::new(IS_LOST.into(), is(&|fate| *fate == JobFate::Lost)),
        Column::new(IS_OPEN.into(), is(&|fate| matches!(fate, JobFate::Open(_)))),
        Column::new(IS_WITHDRAWN.into(), is(&|fate| *fate == JobFate::Withdrawn)),
        Column::new(IS_BOUNDLESS.into(), is(&|fate| *fate == JobFate::Boundless)),
        Column::new(IS_BAD.into(), is_bad),
        Column::new(IS_DIVERGED.into(), is_diverged),
    ])
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

/// Returns the rows that have a value in a column.
pub(super) fn is_present(frame: &DataFrame, name: &str) -> RowMask {
    frame.column(name).expect("a column of the frame").is_not_null()
}

/// Returns the rows in which a column of truth values is true.
pub(super) fn is_true(frame: &DataFrame, name: &str) -> RowMask {
    frame.column(name).and_then(Column::bool).expect("a column of truth values").clone()
}

/// Returns the rows that have that text in a column.
pub(super) fn is_text(frame: &DataFrame, name: &str, text: &str) -> RowMask {
    texts(frame, name).equal(text)
}

/// Returns the rows that have a greater number in a column.
pub(super) fn is_over(frame: &DataFrame, name: &str, number: f64) -> RowMask {
    floats(frame, name).gt(number)
}

/// Returns the rows whose number in a column is at least the one and at most the other.
pub(super) fn is_within(frame: &DataFrame, name: &str, (low, high): (f64, f64)) -> RowMask {
    let numbers = floats(frame, name);
    numbers.gt_eq(low) & numbers.lt_eq(high)
}

/// Returns the rows of which a condition is true.
pub(super) fn filter(frame: &DataFrame, condition: &RowMask) -> DataFrame {
    frame.filter_seq(condition).expect("a condition on each row")
}

/// Sorts the rows by columns, each of which descends if its flag says so; rows that are equal stay in their order.
pub(super) fn sort<const N: usize>(
    frame: &DataFrame,
    names: [&str; N],
    descending: [bool; N],
) -> DataFrame {
    let order = SortMultipleOptions::default()
        .with_order_descending_multi(descending)
        .with_maintain_order(true)
        .with_multithreaded(false);
    frame.sort(names, order).expect("columns of the frame")
}

/// Returns a column of numbers, without the missing ones.
pub(super) fn numbers(frame: &DataFrame, name: &str) -> Vec<f64> {
    floats(frame, name).iter().flatten().collect()
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

/// Returns a column of texts.
pub(super) fn texts<'f>(frame: &'f DataFrame, name: &str) -> &'f StringChunked {
    frame.column(name).and_then(Column::str).expect("a column of texts")
}

/// Groups the rows that have the same values in some columns: returns their places in the frame, groups and places in
/// the order of the frame.
pub(super) fn groups<const N: usize>(frame: &DataFrame, names: [&str; N]) -> Vec<Vec<usize>> {
    let groups = frame.group_by_stable(names).expect("columns of the frame");
    let places = |group: GroupsIndicator<'_>| match group {
        GroupsIndicator::Idx((_, places)) => places.iter().map(|place| *place as usize).collect(),
        GroupsIndicator::Slice([first, len]) => {
            (first as usize..).take(len as usize).collect::<Vec<usize>>()
        }
    };
    groups.get_groups().iter().map(places).collect()
}

/// Returns how many rows are in which state, by the state's name, sorted.
pub(super) fn count_states(frame: &DataFrame) -> Vec<(String, usize)> {
    let states = texts(frame, STATE);
    let groups = groups(frame, [STATE]).into_iter();
    let counted =
        groups.filter_map(|rows| Some((states.get(*rows.first()?)?.to_owned(), rows.len())));
    let mut counted: Vec<(String, usize)> = counted.collect();
    counted.sort();
    counted
}

fn floats<'f>(frame: &'f DataFrame, name: &str) -> &'f Float64Chunked {
    frame.column(name).and_then(Column::f64).expect("a column of numbers")
}
