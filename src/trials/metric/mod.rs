//! Metrics by name: a shortcut of pycls's, or the dotted path of a column.
//!
//! pycls draws `log10(lr)`; here the learning rate itself is drawn, on a logarithmic axis. Filters
//! keep pycls's meaning ([`Metric::as_pycls`]), so that its sweep configs load verbatim.

mod nearest;
mod shortcuts;
mod unit;

use std::borrow::Cow;

pub use nearest::nearest;
use sweep_config::table;
pub use unit::MeasureUnit;

use super::columns::{ColumnSource, ColumnValues, by_suffix, finite};
use super::error::{EMA_ERROR, ERROR_COLUMNS, TEST_ERROR, error_column};

/// How the values of a metric are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueSpacing {
    /// By difference.
    Linear,
    /// By ratio; pycls's own numbers are logarithms to the base 10.
    Log10,
    /// By ratio; pycls's own numbers are logarithms to the base 2.
    Log2,
    /// By ratio if the values are positive and span [`WIDE`] or more, else by difference.
    Auto,
}

/// The ratio of the greatest to the least value from which an axis of its own choice is by ratio.
pub const WIDE: f64 = 100.0;

/// How a list becomes a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ListReduction {
    Sum,
    Max,
}

/// Where the numbers of a metric come from.
#[derive(Debug, Clone, PartialEq)]
enum MetricSource {
    /// The numbers of a column, divided by a unit.
    Column(String, f64),
    /// The lists of a column, each reduced to a number.
    List(String, ListReduction),
    /// The product of two columns.
    Product(&'static str, &'static str),
    /// The share of the epochs that is done.
    Done,
    /// How much better the averaged weights did, at least 0.
    EmaGain,
    /// The value that jobs are ranked by.
    Error,
}

/// A metric by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// Its name in the config.
    pub name: String,
    /// Its name on an axis.
    pub label: String,
    /// How its values are spaced.
    pub spacing: ValueSpacing,
    source: MetricSource,
}

/// A metric that a sweep does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricProblem {
    /// The problem, with the metric's name: a lower-case fragment.
    pub message: String,
    /// Advice on what to do about it, as a sentence.
    pub hint: Option<String>,
}

impl MetricProblem {
    /// Returns what is wrong and what to do, as a sentence or two.
    pub fn sentence(&self) -> String {
        let hint = self.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
        format!("{}.{hint}", self.message)
    }
}

impl Metric {
    /// Returns the metric of that name; whether a sweep has it shows when it is asked for its values.
    pub fn named(name: &str) -> Self {
        shortcuts::find(name).unwrap_or_else(|| Self {
            name: name.to_owned(),
            label: name.strip_prefix(table::CFG).unwrap_or(name).to_owned(),
            spacing: ValueSpacing::Auto,
            source: MetricSource::Column(name.to_owned(), 1.0),
        })
    }

    /// True if a name is one of pycls's shortcuts.
    pub(super) fn is_shortcut(name: &str) -> bool {
        shortcuts::find(name).is_some()
    }

    /// Returns the metric of a column, with its name for a label.
    pub(super) fn of_column(column: &str) -> Self {
        let label = column.strip_prefix(table::CFG).unwrap_or(column).to_owned();
        let source = MetricSource::Column(column.to_owned(), 1.0);
        Self { name: column.to_owned(), label, spacing: ValueSpacing::Linear, source }
    }

    /// Returns true if it is `error`, whose values are those of the objective.
    pub(super) fn is_error(&self) -> bool {
        self.source == MetricSource::Error
    }

    /// Returns true if it is the share of a job's epochs that is done.
    pub fn is_done(&self) -> bool {
        self.source == MetricSource::Done
    }

    /// Returns the column whose values it has as they are; `None` of one that is computed.
    pub fn column(&self) -> Option<&str> {
        match &self.source {
            MetricSource::Column(name, unit) if unit.total_cmp(&1.0).is_eq() => Some(name),
            _ => None,
        }
    }

    /// Returns the column of a table whose values it has as they are: the one of its name, or else the only one whose name
    /// ends with it.
    pub fn column_in(&self, source: &dyn ColumnSource) -> Option<String> {
        let name = self.column()?;
        if source.has_column(name) {
            return Some(name.to_owned());
        }
        by_suffix(&[source], name)
    }

    /// Returns the unit of its values, as far as the name of its column says it; a shortcut's label may have one, too.
    pub fn unit(&self) -> MeasureUnit {
        match &self.source {
            MetricSource::EmaGain => MeasureUnit::Percent,
            _ => self.column().map_or(MeasureUnit::Unknown, MeasureUnit::of_column),
        }
    }

    /// Returns the columns that its values are made of.
    pub(super) fn columns(&self) -> Vec<&str> {
        match &self.source {
            MetricSource::Column(name, _) | MetricSource::List(name, _) => vec![name],
            MetricSource::Product(a, b) => vec![a, b],
            MetricSource::Done => vec![table::EPOCH_IND, table::EPOCH_MAX],
            MetricSource::EmaGain => vec![TEST_ERROR, EMA_ERROR],
            MetricSource::Error => ERROR_COLUMNS.to_vec(),
        }
    }

    /// Returns one entry a job: its value, or nothing where it is missing or not a number. `error` is
    /// pycls's error here.
    ///
    /// # Errors
    ///
    /// When no job has it: the name is misspelt, say, or it is text.
    pub fn plain_values(
        &self,
        source: &dyn ColumnSource,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        match &self.source {
            MetricSource::Column(name, unit) => {
                let numbers = self.numbers(source, name)?;
                Ok(numbers.iter().map(|n| n.map(|n| n / unit)).collect())
            }
            MetricSource::List(name, reduction) => self.reduced(source, name, *reduction),
            MetricSource::Product(a, b) => {
                self.joined(source, [a, b], |a, b| (a > 0.0 && b > 0.0).then_some(a * b))
            }
            MetricSource::Done => {
                let columns = [table::EPOCH_IND, table::EPOCH_MAX];
                self.joined(source, columns, |i, last| (last > 0.0).then_some(i / last))
            }
            MetricSource::EmaGain => {
                let gain = |tested: f64, ema: f64| Some((tested - ema).max(0.0));
                self.joined(source, [TEST_ERROR, EMA_ERROR], gain)
            }
            MetricSource::Error => Self::of_column(error_column(&[source])).plain_values(source),
        }
    }

    /// Returns the number that pycls has for a value of ours: its logarithm where pycls takes one.
    pub fn as_pycls(&self, value: f64) -> f64 {
        match self.spacing {
            ValueSpacing::Log10 => value.log10(),
            ValueSpacing::Log2 => value.log2(),
            ValueSpacing::Linear | ValueSpacing::Auto => value,
        }
    }

    fn numbers<'s>(
        &self,
        source: &'s dyn ColumnSource,
        column: &str,
    ) -> Result<Cow<'s, [Option<f64>]>, MetricProblem> {
        match found(source, column) {
            Some(ColumnValues::Numbers(numbers)) if numbers.iter().any(Option::is_some) => {
                Ok(numbers)
            }
            Some(ColumnValues::Texts(texts)) if texts.iter().any(Option::is_some) => {
                // The words of some jobs take nothing from the numbers of the others.
                let numbers: Vec<Option<f64>> =
                    texts.iter().map(|text| finite(text.as_deref()?.parse().ok()?)).collect();
                if numbers.iter().any(Option::is_some) {
                    return Ok(Cow::Owned(numbers));
                }
                Err(self.problem("contains text or lists, not numbers", None))
            }
            Some(_) => Err(self.problem("has no number in any job", None)),
            None => Err(self.unknown(source, column)),
        }
    }

    fn reduced(
        &self,
        source: &dyn ColumnSource,
        column: &str,
        reduction: ListReduction,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        match found(source, column) {
            Some(ColumnValues::Texts(texts)) => {
                Ok(texts.iter().map(|text| reduce_list(text.as_deref()?, reduction)).collect())
            }
            Some(ColumnValues::Numbers(numbers)) => Ok(numbers.into_owned()),
            None => Err(self.unknown(source, column)),
        }
    }

    fn joined(
        &self,
        source: &dyn ColumnSource,
        [a, b]: [&str; 2],
        join: impl Fn(f64, f64) -> Option<f64>,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        let (a, b) = (self.numbers(source, a)?, self.numbers(source, b)?);
        Ok(a.iter().zip(b.iter()).map(|(a, b)| join((*a)?, (*b)?)).collect())
    }

    /// Returns the problem of a name that is no shortcut and no column, or of a shortcut whose column is
    /// not in this sweep.
    fn unknown(&self, source: &dyn ColumnSource, column: &str) -> MetricProblem {
        if source.has_column(column) {
            return self.problem("cannot be read: its data is damaged", None);
        }
        if column != self.name {
            let hint = self.meant_columns(source);
            return self.problem(&format!("needs `{column}`, which no job has"), hint);
        }
        let names: Vec<&str> = shortcuts::names().chain(source.number_names()).collect();
        let near = nearest(&self.name, &names);
        let hint = if near.is_empty() {
            "Use a shortcut such as `lr`, or the name of a column of sweep.parquet.".to_owned()
        } else {
            format!("Did you mean {}?", near.join(" or "))
        };
        self.problem("is neither a shortcut nor a metric of any job", Some(hint))
    }

    /// Returns a hint at the columns whose names end with that of a shortcut, which always means its own column.
    fn meant_columns(&self, source: &dyn ColumnSource) -> Option<String> {
        let end = format!(".{}", self.name);
        let meant = source.column_names().into_iter().filter(|column| column.ends_with(&end));
        let meant: Vec<String> = meant.take(3).map(|column| format!("`{column}`")).collect();
        let names = meant.join(" or ");
        (!meant.is_empty()).then(|| format!("It is pycls's shortcut. Did you mean {names}?"))
    }

    /// Returns a problem with it, e.g. that it `has no number in any job`.
    pub fn problem(&self, what: &str, hint: Option<String>) -> MetricProblem {
        MetricProblem { message: format!("`{}` {what}", self.name), hint }
    }
}

/// Returns the column of a name, or else the one whose name ends with it.
fn found<'s>(source: &'s dyn ColumnSource, name: &str) -> Option<ColumnValues<'s>> {
    source.column(name).or_else(|| source.column(&by_suffix(&[source], name)?))
}

fn reduce_list(text: &str, reduction: ListReduction) -> Option<f64> {
    let items: Vec<f64> = serde_json::from_str(text).ok()?;
    match reduction {
        ListReduction::Sum => Some(items.iter().sum()),
        ListReduction::Max => items.into_iter().reduce(f64::max),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_reduced_and_what_is_no_list_is_missing() {
        assert_eq!(reduce_list("[1, 2.5]", ListReduction::Sum), Some(3.5));
        assert_eq!(reduce_list("[1, 2.5]", ListReduction::Max), Some(2.5));
        assert_eq!(reduce_list("[]", ListReduction::Max), None);
        assert_eq!(reduce_list("[1, \"a\"]", ListReduction::Sum), None);
    }

    #[test]
    fn filters_see_a_learning_rate_as_pycls_does() {
        let lr = Metric::named("lr");
        assert!((lr.as_pycls(0.01) + 2.0).abs() < 1e-12);
        let path = Metric::named("cfg.OPTIM.BASE_LR");
        assert!((path.as_pycls(0.01) - 0.01).abs() < 1e-12);
    }
}
