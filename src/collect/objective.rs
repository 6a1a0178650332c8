//! The objective of each job, by the code and the decisions of the report.
//!
//! The whole population decides which error column stands in, and whether the metric is logged over epochs.
//! Therefore each job keeps the cells that the objective may read, and the values are told when all jobs are
//! known.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sweep_config::{ObjectiveConfig, ObjectiveGoal};

use super::cache::BlockCells;
use super::log_value::LogValue;
use super::table::{ColumnChunk, ColumnPart, FACTS, JobRow, chunk, kinds, schema};
use crate::trials::{
    ColumnSource, ColumnValues, Objective, finite, objective_columns, objective_paths,
};

/// The cells that the objectives may read of a job, by the names of their columns.
pub(crate) type InputCells = Vec<(String, LogValue)>;

/// Names what a job keeps of its cells and its log for the objectives.
#[derive(Debug, Default, Hash)]
pub(crate) struct ObjectiveInputs {
    /// The columns of `sweep.parquet` that the first objective may read.
    columns: Vec<String>,
    /// The config names the objective, so that a column that ends with one of these may be meant.
    is_named: bool,
    /// The logged names of all objectives: a job diverged if the last value of one is no finite number.
    pub(crate) paths: Vec<ObjectivePath>,
}

/// The logged name of an objective.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ObjectivePath {
    pub(crate) path: String,
    pub(crate) is_maximized: bool,
}

/// The numbers of jobs by the kind of their value of the objective, which add up to all jobs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ObjectiveCounts {
    /// A finite number, by which they are ranked.
    pub(crate) valued: usize,
    /// An infinity: neither ranked nor drawn.
    pub(crate) infinite: usize,
    /// None.
    pub(crate) without: usize,
}

impl ObjectiveInputs {
    /// Returns what the objectives of a config need.
    pub(crate) fn of(configs: &[ObjectiveConfig]) -> Self {
        let columns = objective_columns(first(configs));
        let paths = configs.iter().flat_map(|config| {
            let is_maximized = config.goal == ObjectiveGoal::Maximize;
            let paths = objective_paths(std::slice::from_ref(config)).into_iter();
            paths.map(move |path| ObjectivePath { path, is_maximized })
        });
        Self { columns, is_named: !configs.is_empty(), paths: paths.collect() }
    }

    /// Returns what all objectives of a config need, and not the first alone.
    pub(crate) fn of_each(configs: &[ObjectiveConfig]) -> Self {
        Self { columns: objective_columns(configs), ..Self::of(configs) }
    }

    /// Takes the cells of a job. Of two values for one cell the last counts.
    pub(crate) fn take(&self, row: &JobRow) -> InputCells {
        let mut inputs = InputCells::new();
        for (name, value) in row.iter().filter(|(name, _)| self.may_read(name)) {
            match inputs.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => *known = value.clone(),
                None => inputs.push((name.to_owned(), value.clone())),
            }
        }
        inputs
    }

    fn may_read(&self, name: &str) -> bool {
        let is_meant = |column: &String| {
            let before = name.strip_suffix(column.as_str());
            before
                .is_some_and(|before| before.is_empty() || (self.is_named && before.ends_with('.')))
        };
        self.columns.iter().any(is_meant)
    }
}

/// The values of the first objective of all jobs, and what they are called.
pub(crate) struct ObjectiveStanding {
    pub(crate) label: String,
    pub(crate) is_minimized: bool,
    /// One a job.
    pub(crate) values: Vec<Option<f64>>,
}

/// Returns the value of the first objective of each job with its name, as [`objective_values`] does.
pub(crate) fn objective_standing(
    configs: &[ObjectiveConfig],
    jobs: &[&[(String, LogValue)]],
) -> ObjectiveStanding {
    let configs = first(configs);
    let table = InputTable::of(jobs);
    let objective = Objective::all(configs, &[&table]).swap_remove(0);
    let (values, is_minimized) = (objective.values(&table), objective.is_minimized());
    ObjectiveStanding { label: objective.label, is_minimized, values }
}

/// Returns the value of the first objective of each job, or of pycls's error where the config names none, given
/// the cells that [`ObjectiveInputs::take`] took of each.
pub(crate) fn objective_values(
    configs: &[ObjectiveConfig],
    jobs: &[&[(String, LogValue)]],
) -> Vec<Option<f64>> {
    objective_standing(configs, jobs).values
}

/// Counts the jobs by their values of the first objective, given the same cells.
pub(crate) fn objective_counts(
    configs: &[ObjectiveConfig],
    jobs: &[&[(String, LogValue)]],
) -> ObjectiveCounts {
    let values = objective_values(configs, jobs);
    // The objective of all jobs over the infinite cells alone.
    let infinite = |job: &&[(String, LogValue)]| -> InputCells {
        let is_infinite = |value: &LogValue| value.number().is_some_and(f64::is_infinite);
        let cells = job.iter().filter(|(_, value)| is_infinite(value));
        cells.map(|(name, _)| (name.clone(), LogValue::Float(1.0))).collect()
    };
    let infinite: Vec<InputCells> = jobs.iter().map(infinite).collect();
    let infinite: Vec<&[(String, LogValue)]> = infinite.iter().map(Vec::as_slice).collect();
    let (table, of_infinite) = (InputTable::of(jobs), InputTable::of(&infinite));
    let objective = Objective::all(first(configs), &[&table]).into_iter().next();
    let infinite = objective.map(|objective| objective.values(&of_infinite)).unwrap_or_default();
    let mut counts = ObjectiveCounts::default();
    for (job, value) in values.iter().enumerate() {
        match (value, infinite.get(job).copied().flatten()) {
            (Some(_), _) => counts.valued += 1,
            (None, Some(_)) => counts.infinite += 1,
            (None, None) => counts.without += 1,
        }
    }
    counts
}

fn first(configs: &[ObjectiveConfig]) -> &[ObjectiveConfig] {
    &configs[..configs.len().min(1)]
}

/// The inputs of all jobs as the columns that they are in `sweep.parquet`.
struct InputTable {
    rows: usize,
    columns: Vec<(String, ColumnChunk)>,
}

impl InputTable {
    fn of(jobs: &[&[(String, LogValue)]]) -> Self {
        let mut cells: BTreeMap<&str, Vec<Option<LogValue>>> = BTreeMap::new();
        let inputs = jobs.iter().enumerate();
        for (row, (name, value)) in
            inputs.flat_map(|(row, job)| job.iter().map(move |cell| (row, cell)))
        {
            cells.entry(name).or_insert_with(|| vec![None; jobs.len()])[row] = Some(value.clone());
        }
        let cells: BlockCells =
            cells.into_iter().map(|(name, values)| (name.to_owned(), values)).collect();
        let columns = schema(&FACTS, kinds(&cells).iter());
        let typed = cells.iter().filter_map(|(name, values)| {
            let column = columns.iter().find(|column| column.name == *name)?;
            Some((name.clone(), chunk(column, &[ColumnPart::Values(values)])))
        });
        Self { rows: jobs.len(), columns: typed.collect() }
    }
}

impl ColumnSource for InputTable {
    fn rows(&self) -> usize {
        self.rows
    }

    fn column(&self, name: &str) -> Option<ColumnValues<'_>> {
        let (_, chunk) = self.columns.iter().find(|(known, _)| known == name)?;
        Some(values(chunk))
    }

    fn number_names(&self) -> Vec<&str> {
        let numeric =
            self.columns.iter().filter(|(_, chunk)| !matches!(chunk, ColumnChunk::Text(_)));
        numeric.map(|(name, _)| name.as_str()).collect()
    }

    fn column_names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// Returns a column as metrics see it.
fn values(chunk: &ColumnChunk) -> ColumnValues<'static> {
    let number = |number: LogValue| number.number().and_then(finite);
    let numbers = |values: Vec<Option<f64>>| ColumnValues::Numbers(Cow::Owned(values));
    match chunk {
        ColumnChunk::Int(ints) => {
            numbers(ints.iter().map(|int| number(LogValue::Int(*int?))).collect())
        }
        ColumnChunk::Double(doubles) => {
            numbers(doubles.iter().map(|double| finite(*double?)).collect())
        }
        ColumnChunk::Bool(truths) => {
            numbers(truths.iter().map(|truth| Some(f64::from(u8::from(*truth?)))).collect())
        }
        ColumnChunk::Text(texts) => {
            let text =
                |text: &parquet::data_type::ByteArray| text.as_utf8().ok().map(str::to_owned);
            ColumnValues::Texts(texts.iter().map(|bytes| bytes.and_then(text)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sweep_config::EpochReduction;

    use super::*;
    use crate::trials::Metric;

    fn config(metric: &str, over: EpochReduction) -> ObjectiveConfig {
        ObjectiveConfig { metric: metric.to_owned(), goal: ObjectiveGoal::Minimize, over }
    }

    fn values(configs: &[ObjectiveConfig], jobs: &[&[(&str, LogValue)]]) -> Vec<Option<f64>> {
        let inputs = ObjectiveInputs::of(configs);
        let job = |cells: &&[(&str, LogValue)]| {
            let mut row = JobRow::default();
            for (name, value) in *cells {
                row.push(&[name], value.clone());
            }
            inputs.take(&row)
        };
        let jobs: Vec<InputCells> = jobs.iter().map(job).collect();
        objective_values(configs, &jobs.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn whether_a_metric_is_a_series_is_a_matter_of_all_jobs() {
        let last = [("v.loss", LogValue::Float(3.0))];
        let both = [("v.loss.min", LogValue::Float(1.0)), last[0].clone()];
        let loss = [config("v.loss", EpochReduction::Min)];
        assert_eq!(values(&loss, &[&both, &last]), [Some(1.0), None]);
        assert_eq!(values(&loss, &[&last]), [Some(3.0)]);
    }

    #[test]
    fn the_end_of_a_name_is_enough_where_one_column_has_it() {
        let cell = |name, number| (name, LogValue::Float(number));
        let job = [cell("m.val_loss", 2.0), cell("m.val_loss.min", 1.0)];
        let loss = [config("val_loss", EpochReduction::Min)];
        assert_eq!(values(&loss, &[&job, &[cell("m.loss.min", 2.0)]]), [Some(1.0), None]);
        let two = [cell("m.val_loss", 2.0), cell("n.val_loss", 3.0)];
        assert_eq!(values(&loss, &[&two]), [None], "which of the two is meant, nobody says");
    }

    #[test]
    fn what_could_be_the_objective_is_proposed_until_a_job_has_a_value() {
        let cell = |name: &str, number| (name.to_owned(), LogValue::Float(number));
        let job = [cell("m.val_acc", 0.5), cell("m.val_acc.max", 0.75), cell("cfg.lr", 0.1)];
        let table = InputTable::of(&[&job]);
        let proposal = |configs: &[ObjectiveConfig]| {
            Objective::all(configs, &[&table]).remove(0).proposal(&table)
        };
        let said = proposal(&[]).unwrap();
        assert!(said.contains("`OBJECTIVE: {METRIC: m.val_acc, GOAL: maximize}`."), "{said}");
        assert!(!said.contains("cfg.lr"));
        assert_eq!(proposal(&[config("val_acc", EpochReduction::Max)]), None);
    }

    #[test]
    fn a_shortcut_means_its_own_column_and_names_those_that_may_be_meant() {
        let cell = |name: &str| (name.to_owned(), LogValue::Float(0.1));
        let job = [cell("cfg.lr"), cell("metrics.lr"), cell("metrics.lr.max")];
        let problem = Metric::named("lr").plain_values(&InputTable::of(&[&job])).unwrap_err();
        assert!(problem.message.contains("needs `cfg.OPTIM.BASE_LR`"));
        let hint = "It is pycls's shortcut. Did you mean `cfg.lr` or `metrics.lr`?";
        assert_eq!(problem.hint.as_deref(), Some(hint));
    }

    #[test]
    fn a_text_in_some_job_takes_nothing_from_the_numbers_of_the_others() {
        let last = [config("v.loss", EpochReduction::Last)];
        let (number, text) = ([("v.loss", LogValue::Int(1))], [("v.loss", LogValue::text("no"))]);
        assert_eq!(values(&last, &[&number, &text]), [Some(1.0), None]);
        assert_eq!(values(&last, &[&number, &text, &number]), [Some(1.0), None, Some(1.0)]);
        assert_eq!(values(&last, &[&text, &text]), [None, None]);
        assert_eq!(values(&last, &[&number]), [Some(1.0)]);
    }

    #[test]
    fn the_error_is_of_the_column_that_the_sweep_has() {
        let (ema, test) = ("test_ema_epoch.min_top1_err.min", "test_epoch.min_top1_err.min");
        let of = |name, error| [(name, LogValue::Float(error))];
        assert_eq!(values(&[], &[&of(ema, 5.0), &of(test, 4.0)]), [Some(5.0), None]);
        assert_eq!(values(&[], &[&of(test, 4.0), &of("x", 1.0)]), [Some(4.0), None]);
        let named = config("error_ema", EpochReduction::Min);
        assert_eq!(values(&[named], &[&of(ema, 5.0), &of(test, 4.0)]), [Some(5.0), None]);
    }

    proptest! {
        #[test]
        fn the_jobs_with_and_without_a_value_are_all_jobs(
            cells in proptest::collection::vec(proptest::option::of(0_usize..6), 0..12),
            is_maximized in any::<bool>(),
        ) {
            let value = |kind: usize| match kind {
                0 => LogValue::Float(1.5),
                1 => LogValue::Int(2),
                2 => LogValue::Float(f64::INFINITY),
                3 => LogValue::Float(f64::NAN),
                4 => LogValue::text("oops"),
                _ => LogValue::Null,
            };
            let row = |kind: &Option<usize>| kind.map(|kind| ("m.psnr".to_owned(), value(kind)));
            let jobs: Vec<InputCells> = cells.iter().map(|kind| row(kind).into_iter().collect()).collect();
            let jobs: Vec<&[(String, LogValue)]> = jobs.iter().map(Vec::as_slice).collect();
            let goal = if is_maximized { ObjectiveGoal::Maximize } else { ObjectiveGoal::Minimize };
            let config = ObjectiveConfig { goal, ..config("m.psnr", EpochReduction::Last) };
            let ObjectiveCounts { valued, infinite, without } = objective_counts(&[config], &jobs);
            prop_assert_eq!(valued + infinite + without, jobs.len());
            let of = |kinds: &[usize]| cells.iter().flatten().filter(|kind| kinds.contains(kind)).count();
            prop_assert_eq!((valued, infinite), (of(&[0, 1]), of(&[2])));
        }
    }
}
