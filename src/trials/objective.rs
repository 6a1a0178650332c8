//! Objectives rank jobs: those of `ANALYZE.OBJECTIVE`, or pycls's `error` where it says nothing.

use sweep_config::{EpochReduction, ObjectiveConfig, ObjectiveGoal, table};

use super::candidates::ObjectiveCandidate;
use super::columns::{ColumnSource, by_suffix, has_number};
use super::error::{EMA_ERROR, ERROR_COLUMNS, error_column, last_error_column};
use super::metric::{MeasureUnit, Metric, MetricProblem, ValueSpacing};
use super::table::TrialTable;

/// The number of metrics that are proposed as the objective.
const PROPOSED: usize = 6;

/// An objective: the value that jobs are ranked by.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Its name on axes and in tables: `error`, say.
    pub label: String,
    /// Its description in words: `lowest test error`.
    pub words: String,
    /// The unit of its values.
    pub unit: MeasureUnit,
    /// Which values are good.
    pub goal: ObjectiveGoal,
    /// True if the value of a job that goes on can only get better, since it is the best of its epochs.
    pub only_improves: bool,
    metric: Metric,
    /// The value at the last epoch, of an objective over all epochs.
    at_last: Option<Metric>,
    /// The values that were told of jobs that no worker ran.
    told: Option<Metric>,
}

impl Objective {
    /// Returns the objectives of a config over the sweeps that are ranked together; pycls's error where the
    /// config names none. The first ranks.
    ///
    /// Which column an objective reads depends on all jobs of the sweeps: which error column all have, and
    /// whether the metric is logged over epochs.
    pub fn all(configs: &[ObjectiveConfig], sources: &[&dyn ColumnSource]) -> Vec<Self> {
        if configs.is_empty() {
            return vec![Self::error(sources)];
        }
        configs.iter().map(|config| Self::configured(config, sources)).collect()
    }

    /// Returns pycls's error.
    pub fn error(sources: &[&dyn ColumnSource]) -> Self {
        let column = error_column(sources);
        let is_there = sources.iter().any(|source| has_number(*source, column));
        let words = if !is_there {
            "test error, which no job logged; set ANALYZE.OBJECTIVE to rank by another metric"
        } else if column == EMA_ERROR {
            "lowest test error of the averaged (EMA) weights"
        } else {
            "lowest test error"
        };
        let metric = Metric::of_column(column);
        Self {
            label: "error".to_owned(),
            words: words.to_owned(),
            unit: unit(&metric, sources),
            goal: ObjectiveGoal::Minimize,
            only_improves: true,
            metric,
            at_last: Some(Metric::of_column(last_error_column(column))),
            told: told("error", sources),
        }
    }

    /// Returns the objective that the config names.
    fn configured(config: &ObjectiveConfig, sources: &[&dyn ColumnSource]) -> Self {
        let name = &config.metric;
        let full = full_name(config, sources);
        let over = over_epochs(config, &full);
        // A metric that is logged once has no columns over its epochs.
        let series = over.filter(|over| sources.iter().any(|s| s.column(over).is_some()));
        let is_series = series.is_some();
        let metric = series.map_or_else(|| Metric::named(&full), |over| Metric::of_column(&over));
        let label = if is_series { name.clone() } else { metric.label.clone() };
        let words = match (is_series, config.over) {
            (true, EpochReduction::Min) => format!("lowest `{name}` of its epochs"),
            (true, EpochReduction::Max) => format!("highest `{name}` of its epochs"),
            (true, EpochReduction::Mean) => format!("mean `{name}` of its epochs"),
            (false, EpochReduction::Last) => format!("last `{name}`"),
            _ => format!("`{name}`"),
        };
        let best = if config.goal == ObjectiveGoal::Minimize {
            EpochReduction::Min
        } else {
            EpochReduction::Max
        };
        let only_improves = is_series && config.over == best;
        let at_last = is_series.then(|| Metric::of_column(&full));
        let unit = unit(&metric, sources);
        let told = told(name, sources);
        Self { label, words, unit, goal: config.goal, only_improves, metric, at_last, told }
    }

    /// Returns the value of each job; nothing where it has none yet.
    pub fn values(&self, source: &dyn ColumnSource) -> Vec<Option<f64>> {
        self.try_values(source).unwrap_or_else(|_| vec![None; source.rows()])
    }

    /// Returns for each job if its value is the infinity that is better than all numbers: no job can be ranked by it.
    pub fn boundless(&self, table: &TrialTable) -> Vec<bool> {
        let best = if self.is_minimized() { f64::NEG_INFINITY } else { f64::INFINITY };
        let infinities = self.metric.column_in(table).map(|column| table.infinities(&column));
        let infinities = infinities.unwrap_or_else(|| vec![None; table.rows()]);
        infinities.into_iter().map(|infinity| infinity == Some(best)).collect()
    }

    /// Returns the value of each job at its last epoch, which is not what it is ranked by; `None` if that is not known, or
    /// if the objective is of the last epoch.
    pub fn values_at_last(&self, source: &dyn ColumnSource) -> Option<Vec<Option<f64>>> {
        self.or_told(self.at_last.as_ref()?.plain_values(source), source).ok()
    }

    /// Returns the value of each job, or why no job has a value.
    ///
    /// # Errors
    ///
    /// When no job of the sweep has the metric, or it is no number.
    pub fn try_values(&self, source: &dyn ColumnSource) -> Result<Vec<Option<f64>>, MetricProblem> {
        self.or_told(self.metric.plain_values(source), source)
    }

    /// Fills the values of jobs that ran up with those that were told of others.
    fn or_told(
        &self,
        measured: Result<Vec<Option<f64>>, MetricProblem>,
        source: &dyn ColumnSource,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        let Some(told) = self.told.as_ref().and_then(|told| told.plain_values(source).ok()) else {
            return measured;
        };
        let measured = measured.unwrap_or_else(|_| vec![None; told.len()]);
        Ok(measured.into_iter().zip(told).map(|(measured, told)| measured.or(told)).collect())
    }

    /// Returns metrics that the jobs of a table log and could be ranked by, as a sentence with lines to paste, where none
    /// has a value of this objective.
    pub fn proposal(&self, source: &dyn ColumnSource) -> Option<String> {
        if self.values(source).iter().any(Option::is_some) {
            return None;
        }
        let names = source.number_names().into_iter().filter(|name| has_number(source, name));
        let all = ObjectiveCandidate::all(&names.collect());
        let lines: Vec<String> =
            all.iter().take(PROPOSED).map(|one| format!("`{}`", one.line())).collect();
        (!lines.is_empty()).then(|| {
            format!(
                "Candidates for the objective, to add below `ANALYZE:` (check the guessed GOAL): \
                {}.",
                lines.join(" or ")
            )
        })
    }

    /// Returns true if small values are good.
    pub fn is_minimized(&self) -> bool {
        self.goal == ObjectiveGoal::Minimize
    }

    /// Returns how its values are spaced on an axis.
    pub fn spacing(&self) -> ValueSpacing {
        self.metric.spacing
    }
}

impl Metric {
    /// Returns one entry a job: its value, or nothing where it is missing or not a number. `error` is the
    /// objective, whatever the jobs are ranked by.
    ///
    /// # Errors
    ///
    /// When no job has it: the name is misspelt, say, or it is text.
    pub fn values(
        &self,
        source: &dyn ColumnSource,
        objective: &Objective,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        if self.is_error() { Ok(objective.values(source)) } else { self.plain_values(source) }
    }
}

/// Returns the metric of what was told by the name of an objective; `None` if nothing was.
fn told(name: &str, sources: &[&dyn ColumnSource]) -> Option<Metric> {
    let column = told_column(name);
    sources.iter().any(|source| source.has_column(&column)).then(|| Metric::of_column(&column))
}

fn told_column(name: &str) -> String {
    format!("{}{name}", table::TOLD)
}

/// Returns the unit of a metric over all sweeps.
fn unit(metric: &Metric, sources: &[&dyn ColumnSource]) -> MeasureUnit {
    let values = sources.iter().filter_map(|source| metric.plain_values(*source).ok());
    metric.unit().of_values(values.flatten().flatten())
}

/// Returns the columns that the objectives of a config may read, each once: whoever has these of all jobs
/// can tell their values.
pub fn objective_columns(configs: &[ObjectiveConfig]) -> Vec<String> {
    if configs.is_empty() {
        let measured = ERROR_COLUMNS.into_iter().map(str::to_owned);
        return measured.chain([told_column("error")]).collect();
    }
    let mut columns: Vec<String> = Vec::new();
    for config in configs {
        let metric = Metric::named(&config.metric);
        let plain = metric.columns().into_iter().map(str::to_owned);
        let others = [over_epochs(config, &config.metric), Some(told_column(&config.metric))];
        for column in others.into_iter().flatten().chain(plain) {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
    }
    columns
}

/// Returns the logged names whose last value says, by being no finite number, that a job diverged by an
/// objective: the columns that the objectives read without what is taken over the epochs.
pub fn objective_paths(configs: &[ObjectiveConfig]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for config in configs {
        for column in Metric::named(&config.metric).columns() {
            let suffixes = [table::MIN, table::MAX, table::MEAN];
            let path = suffixes.iter().find_map(|suffix| column.strip_suffix(suffix));
            let path = path.filter(|_| column != config.metric).unwrap_or(column);
            if !paths.iter().any(|known| known == path) {
                paths.push(path.to_owned());
            }
        }
    }
    paths
}

/// Returns the name of an objective's column: its own, or that of the one column that ends with it.
fn full_name(config: &ObjectiveConfig, sources: &[&dyn ColumnSource]) -> String {
    let name = &config.metric;
    let is_there = |column: &str| sources.iter().any(|source| source.has_column(column));
    let over = over_epochs(config, name);
    if Metric::is_shortcut(name) || is_there(name) || over.is_some_and(|over| is_there(&over)) {
        return name.clone();
    }
    by_suffix(sources, name).unwrap_or_else(|| name.clone())
}

/// Returns the column of a metric over its epochs; `None` for the last epoch, which has no suffix.
fn over_epochs(config: &ObjectiveConfig, name: &str) -> Option<String> {
    let suffix = match config.over {
        EpochReduction::Min => table::MIN,
        EpochReduction::Max => table::MAX,
        EpochReduction::Mean => table::MEAN,
        EpochReduction::Last => return None,
    };
    Some(format!("{name}{suffix}"))
}
