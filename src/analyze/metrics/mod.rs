//! What a metric's name means: a shortcut of pycls's, or the dotted path of a column.
//!
//! pycls draws `log10(lr)`; here the learning rate itself is drawn, on a logarithmic axis. Filters
//! keep pycls's meaning ([`Metric::as_pycls`]), so that its sweep configs load verbatim.

mod objective;
mod shortcuts;

pub use objective::{Objective, configured, error};

use super::column::ColumnValues as Column;
use super::frame::Population;
use sweep_config::table;

/// How the values of a metric are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
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

/// What becomes of a list to make it a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reduce {
    Sum,
    Max,
}

/// Where the numbers come from.
#[derive(Debug, Clone, PartialEq)]
enum Source {
    /// The numbers of a column, divided by a unit.
    Column(String, f64),
    /// The lists of a column, each reduced to a number.
    List(String, Reduce),
    /// The product of two columns.
    Product(&'static str, &'static str),
    /// The share of the epochs that is done.
    Done,
    /// How much better the averaged weights did, at least 0.
    EmaGain,
    /// What the report ranks by.
    Error,
}

/// A metric by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Metric {
    /// As the config names it.
    pub name: String,
    /// As an axis names it.
    pub label: String,
    /// How its values are spaced.
    pub spacing: Spacing,
    source: Source,
}

/// A metric that a sweep does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetricProblem {
    /// What is wrong, with the name: a lower-case fragment.
    pub message: String,
    /// What to do about it, as a sentence.
    pub hint: Option<String>,
}

impl MetricProblem {
    /// What is wrong and what to do, as a sentence or two.
    pub fn sentence(&self) -> String {
        let hint = self.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
        format!("{}.{hint}", self.message)
    }
}

impl Metric {
    /// The metric of that name; whether a sweep has it shows when it is asked for its values.
    pub fn named(name: &str) -> Self {
        shortcuts::find(name).unwrap_or_else(|| Self {
            name: name.to_owned(),
            label: name.strip_prefix(table::CFG).unwrap_or(name).to_owned(),
            spacing: Spacing::Auto,
            source: Source::Column(name.to_owned(), 1.0),
        })
    }

    /// The metric of a column, with its name for a label.
    fn of_column(column: &str) -> Self {
        let label = column.strip_prefix(table::CFG).unwrap_or(column).to_owned();
        let source = Source::Column(column.to_owned(), 1.0);
        Self { name: column.to_owned(), label, spacing: Spacing::Linear, source }
    }

    /// One entry a job: its value, or nothing where it is missing or not a number.
    ///
    /// # Errors
    ///
    /// When no job has it: the name is misspelt, say, or it is text.
    pub fn values(
        &self,
        population: &Population,
        objective: &Objective,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        match &self.source {
            Source::Error => Ok(objective.values(population)),
            _ => self.values_without_objective(population),
        }
    }

    /// The same of a metric that is not the objective; of that, pycls's error.
    fn values_without_objective(
        &self,
        population: &Population,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        match &self.source {
            Source::Column(name, unit) => {
                let numbers = self.numbers(population, name)?;
                Ok(numbers.iter().map(|n| n.map(|n| n / unit)).collect())
            }
            Source::List(name, reduce) => self.reduced(population, name, *reduce),
            Source::Product(a, b) => {
                self.joined(population, a, b, |a, b| (a > 0.0 && b > 0.0).then_some(a * b))
            }
            Source::Done => {
                self.joined(population, table::EPOCH_IND, table::EPOCH_MAX, |i, last| {
                    (last > 0.0).then_some(i / last)
                })
            }
            Source::EmaGain => {
                let (tested, ema) = (objective::TEST_ERROR, objective::EMA_ERROR);
                self.joined(population, tested, ema, |tested, ema| Some((tested - ema).max(0.0)))
            }
            Source::Error => objective::error([population].into_iter()).try_values(population),
        }
    }

    /// The number that pycls has for a value of ours: its logarithm where pycls takes one.
    pub fn as_pycls(&self, value: f64) -> f64 {
        match self.spacing {
            Spacing::Log10 => value.log10(),
            Spacing::Log2 => value.log2(),
            Spacing::Linear | Spacing::Auto => value,
        }
    }

    fn numbers<'a>(
        &self,
        population: &'a Population,
        column: &str,
    ) -> Result<&'a [Option<f64>], MetricProblem> {
        match population.table.get(column) {
            Some(Column::Numbers(numbers)) if numbers.iter().any(Option::is_some) => Ok(numbers),
            Some(Column::Texts(texts)) if texts.iter().any(Option::is_some) => {
                Err(self.problem("holds texts or lists, not numbers", None))
            }
            Some(_) => Err(self.problem("has no number in any job", None)),
            None => Err(self.unknown(population, column)),
        }
    }

    fn reduced(
        &self,
        population: &Population,
        column: &str,
        reduce: Reduce,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        match population.table.get(column) {
            Some(Column::Texts(texts)) => {
                Ok(texts.iter().map(|text| reduce_list(text.as_deref()?, reduce)).collect())
            }
            Some(Column::Numbers(numbers)) => Ok(numbers.clone()),
            None => Err(self.unknown(population, column)),
        }
    }

    fn joined(
        &self,
        population: &Population,
        a: &str,
        b: &str,
        join: impl Fn(f64, f64) -> Option<f64>,
    ) -> Result<Vec<Option<f64>>, MetricProblem> {
        let (a, b) = (self.numbers(population, a)?, self.numbers(population, b)?);
        Ok(a.iter().zip(b).map(|(a, b)| join((*a)?, (*b)?)).collect())
    }

    /// The name is no shortcut and no column, or the shortcut's column is not in this sweep.
    fn unknown(&self, population: &Population, column: &str) -> MetricProblem {
        if population.table.names().any(|name| name == column) {
            return self.problem("cannot be read: its data are damaged", None);
        }
        if column != self.name {
            return self.problem(&format!("needs `{column}`, which no job has"), None);
        }
        let names: Vec<&str> = shortcuts::names().chain(population.table.number_names()).collect();
        let near = nearest(&self.name, &names);
        let hint = if near.is_empty() {
            "Give a shortcut such as `lr` or the name of a column of sweep.parquet.".to_owned()
        } else {
            format!("Did you mean {}?", near.join(" or "))
        };
        self.problem("is no shortcut and no job has it", Some(hint))
    }

    /// A problem with it, e.g. that it `has no number in any job`.
    pub fn problem(&self, what: &str, hint: Option<String>) -> MetricProblem {
        MetricProblem { message: format!("`{}` {what}", self.name), hint }
    }
}

fn reduce_list(text: &str, reduce: Reduce) -> Option<f64> {
    let items: Vec<f64> = serde_json::from_str(text).ok()?;
    match reduce {
        Reduce::Sum => Some(items.iter().sum()),
        Reduce::Max => items.into_iter().reduce(f64::max),
    }
}

/// Up to three names that a misspelt one may have meant, the likeliest first.
///
/// A name's last part counts as well as the whole: `base_lr` finds `cfg.OPTIM.BASE_LR`. So does what is below
/// a name that is no metric by itself: `complexity` finds `complexity.flops`.
fn nearest(asked: &str, names: &[&str]) -> Vec<String> {
    const ALIKE: f64 = 0.7;
    let asked = asked.to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        if name.strip_prefix(&asked).is_some_and(|rest| rest.starts_with('.')) {
            return 1.0;
        }
        let last = name.rsplit('.').next().unwrap_or(&name);
        let whole = strsim::normalized_damerau_levenshtein(&asked, &name);
        whole.max(strsim::normalized_damerau_levenshtein(&asked, last))
    };
    let mut scored: Vec<(f64, &str)> = names.iter().map(|name| (likeness(name), *name)).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near = scored.into_iter().take_while(|(likeness, _)| *likeness >= ALIKE).take(3);
    near.map(|(_, name)| format!("`{name}`")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_reduced_and_what_is_no_list_is_missing() {
        assert_eq!(reduce_list("[1, 2.5]", Reduce::Sum), Some(3.5));
        assert_eq!(reduce_list("[1, 2.5]", Reduce::Max), Some(2.5));
        assert_eq!(reduce_list("[]", Reduce::Max), None);
        assert_eq!(reduce_list("[1, \"a\"]", Reduce::Sum), None);
    }

    #[test]
    fn a_misspelt_name_finds_its_neighbours() {
        let names = ["cfg.OPTIM.BASE_LR", "flops", "params"];
        assert_eq!(nearest("base_lr", &names), ["`cfg.OPTIM.BASE_LR`"]);
        assert_eq!(nearest("flosp", &names), ["`flops`"]);
        assert_eq!(nearest("colour", &names), Vec::<String>::new());
        assert_eq!(nearest("cfg.OPTIM", &names), ["`cfg.OPTIM.BASE_LR`"]);
    }

    #[test]
    fn filters_see_a_learning_rate_as_pycls_does() {
        let lr = Metric::named("lr");
        assert!((lr.as_pycls(0.01) + 2.0).abs() < 1e-12);
        let path = Metric::named("cfg.OPTIM.BASE_LR");
        assert!((path.as_pycls(0.01) - 0.01).abs() < 1e-12);
    }
}
