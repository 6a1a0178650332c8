//! Values that are given, not sampled, by `SETUP.ENTRYPOINTS` and by `--sweep KEY=a,b`.
//!
//! Each of them is a table of rows, and a job has a row of every table. Where two tables have a key in
//! common the first one decides: the command line, then one entrypoint after the other, then the
//! samplers. Order and precedence are those of Hydra's Python sweeper.

mod answer;
mod branches;
mod entrypoint;
mod placement;
mod program;
mod row;
mod sweep_flag;

use std::collections::HashSet;
use std::path::Path;

use sweep_config::{SetupConfig, Value, python};

use super::identity::ContentDigest;
use crate::app::Failure;
pub(crate) use answer::json_rows;
pub(crate) use branches::is_branch;
pub(crate) use placement::derived_in_branches;
use row::GivenTable;
pub(crate) use row::{GivenRow, dotted_key};
use sweep_flag::SweepArguments;

/// The greatest number of combinations; a directory of more files is of no use.
const MOST: usize = 10_000_000;

/// The values that are given: every combination of the rows of some tables.
#[derive(Debug)]
pub(crate) struct GivenValues {
    keys: Vec<String>,
    rows: Vec<GivenCombination>,
    warnings: Vec<String>,
    /// The argument or entrypoint with the most rows, and how many.
    largest: Option<(String, u64)>,
}

/// The values of one combination.
#[derive(Debug, Default)]
struct GivenCombination {
    /// The places of their keys.
    places: Vec<usize>,
    values: Vec<Value>,
}

impl Default for GivenValues {
    /// Nothing is given: one combination without values.
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            rows: vec![GivenCombination::default()],
            warnings: Vec::new(),
            largest: None,
        }
    }
}

impl GivenValues {
    /// Reads the command line's sweeps and asks the entrypoints, whose modules may lie in `dir`.
    ///
    /// # Errors
    ///
    /// When a sweep cannot be read, an entrypoint fails, or a key is given that is set elsewhere.
    pub(crate) fn gather(
        setup: &SetupConfig,
        sweeps: &[String],
        dir: &Path,
    ) -> Result<Self, Failure> {
        let arguments = SweepArguments::parse(sweeps)?;
        let mut tables = Vec::new();
        for (text, sweep) in &arguments.values {
            tables.push(sweep_flag::table(text, sweep, &setup.base_cfg)?);
        }
        for entrypoint in &setup.entrypoints {
            tables.push(entrypoint::table(entrypoint, setup, dir)?);
        }
        branches::name_numbers(&mut tables, setup);
        branches::check(&tables, setup)?;
        let warnings = placement::check(&tables, setup)?;
        let given = Self::combine(&tables, setup.remove_duplicates)?;
        let sizes = tables.iter().map(|table| (table.source.clone(), table.rows.len() as u64));
        let largest = sizes.max_by_key(|(_, rows)| *rows);
        Ok(Self { warnings, largest, ..given })
    }

    /// Takes rows as they are, one combination each, whose keys are among `keys`.
    pub(crate) fn of_rows(keys: Vec<String>, rows: &[GivenRow]) -> Self {
        let mut keys = keys;
        let rows = rows
            .iter()
            .map(|row| GivenCombination::new(&row.iter().collect::<Vec<_>>(), &mut keys))
            .collect();
        Self { keys, rows, warnings: Vec::new(), largest: None }
    }

    /// Makes all combinations, those of the first table outermost.
    fn combine(tables: &[GivenTable], remove_duplicates: bool) -> Result<Self, Failure> {
        let total = tables.iter().try_fold(1_usize, |n, table| n.checked_mul(table.rows.len()));
        let total = total.filter(|&total| total <= MOST).ok_or_else(|| {
            Failure::usage(
                format!("SETUP.ENTRYPOINTS and --sweep make more than {MOST} combinations"),
                "give fewer values",
            )
        })?;
        let mut keys = Vec::new();
        let mut seen = HashSet::new();
        let mut rows = Vec::new();
        for number in 0..total {
            let given = GivenCombination::new(&combination(tables, number), &mut keys);
            if !remove_duplicates || seen.insert(given.identity()) {
                rows.push(given);
            }
        }
        Ok(Self { keys, rows, warnings: Vec::new(), largest: None })
    }

    /// Returns remarks on keys that are no mistake for certain.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Returns the argument or entrypoint with the most rows, and how many it has.
    pub(crate) fn largest(&self) -> Option<&(String, u64)> {
        self.largest.as_ref()
    }

    /// Returns the keys that are given, in the order of the tables.
    pub(crate) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Returns true if every combination has a value for a key.
    pub(crate) fn always_has(&self, key: &str) -> bool {
        let place = self.keys.iter().position(|known| known == key);
        place.is_some_and(|place| self.rows.iter().all(|given| given.places.contains(&place)))
    }

    /// Returns the values that combinations have for a key.
    pub(crate) fn values_of(&self, key: &str) -> Vec<&Value> {
        let place = self.keys.iter().position(|known| known == key);
        let value = |given: &'_ GivenCombination| {
            given.places.iter().position(|found| Some(*found) == place)
        };
        self.rows.iter().filter_map(|given| Some(&given.values[value(given)?])).collect()
    }

    /// Returns true if each combination has a value for every key.
    pub(crate) fn are_complete(&self) -> bool {
        self.rows.iter().all(|given| given.places.len() == self.keys.len())
    }

    /// Returns the number of combinations; one where nothing is given.
    pub(crate) fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Sets the values of a combination, and returns the places of its keys.
    pub(crate) fn set(&self, number: u64, values: &mut [Option<Value>]) -> &[usize] {
        let given = &self.rows[usize::try_from(number).unwrap_or(usize::MAX)];
        for (&place, value) in given.places.iter().zip(&given.values) {
            values[place] = Some(value.clone());
        }
        &given.places
    }

    /// Adds the keys and all combinations to a digest.
    pub(crate) fn describe(&self, digest: &mut ContentDigest) {
        for key in &self.keys {
            digest.text(key);
        }
        for given in &self.rows {
            for (place, value) in given.places.iter().zip(&given.values) {
                digest.text(&self.keys[*place]);
                digest.value(Some(value));
            }
            digest.text("");
        }
    }
}

/// Returns what the command line's sweeps over ranges, such as `interval(0.1, 1)`, are as arguments of `--set`.
///
/// # Errors
///
/// The first sweep that cannot be read.
pub(crate) fn overrides(sweeps: &[String]) -> Result<Vec<String>, Failure> {
    Ok(SweepArguments::parse(sweeps)?.overrides())
}

/// Returns a row of each table; the last table changes fastest.
fn combination(tables: &[GivenTable], number: usize) -> Vec<&(String, Value)> {
    let mut rest = number;
    let mut rows = Vec::with_capacity(tables.len());
    for table in tables.iter().rev() {
        rows.push(&table.rows[rest % table.rows.len()]);
        rest /= table.rows.len();
    }
    rows.into_iter().rev().flatten().collect()
}

impl GivenCombination {
    /// Combines rows; of several values of a key the first one counts.
    fn new(entries: &[&(String, Value)], keys: &mut Vec<String>) -> Self {
        let mut given = Self::default();
        for (key, value) in entries {
            let place = keys.iter().position(|known| known == key).unwrap_or_else(|| {
                keys.push(key.clone());
                keys.len() - 1
            });
            if !given.places.contains(&place) {
                given.places.push(place);
                given.values.push(value.clone());
            }
        }
        given
    }

    /// Returns what tells combinations apart, whatever the order of their keys.
    fn identity(&self) -> Vec<(usize, String)> {
        let mut pairs: Vec<(usize, String)> =
            self.places.iter().copied().zip(self.values.iter().map(python::repr)).collect();
        pairs.sort_unstable();
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[(&str, i64)]]) -> GivenTable {
        let row = |row: &&[(&str, i64)]| {
            row.iter().map(|(key, value)| ((*key).to_owned(), Value::Int(*value))).collect()
        };
        let rows = rows.iter().map(row).collect();
        GivenTable {
            source: String::new(),
            rows,
            adds: true,
            is_argument: false,
            remarks: Vec::new(),
        }
    }

    /// `A=1 B=2`, one text a combination.
    fn texts(rows: &GivenValues) -> Vec<String> {
        let text = |number| {
            let mut values = vec![None; rows.keys.len()];
            rows.set(number, &mut values);
            let pairs = rows.keys.iter().zip(&values);
            let words = pairs.filter_map(|(key, value)| {
                value.as_ref().map(|value| format!("{key}={}", python::text(value)))
            });
            words.collect::<Vec<_>>().join(" ")
        };
        (0..rows.len()).map(text).collect()
    }

    #[test]
    fn the_first_table_is_outermost_and_decides() {
        let line = table(&[&[("A", 1)], &[("A", 2)]]);
        let first = table(&[&[("B", 3), ("A", 9)], &[("C", 4)]]);
        let rows = GivenValues::combine(&[line, first], true).unwrap();
        assert_eq!(texts(&rows), ["A=1 B=3", "A=1 C=4", "A=2 B=3", "A=2 C=4"]);
    }

    #[test]
    fn repeats_go_if_they_are_to() {
        let tables = [table(&[&[("A", 1)], &[("A", 1)]]), table(&[&[("B", 1)], &[("B", 2)]])];
        assert_eq!(texts(&GivenValues::combine(&tables, true).unwrap()), ["A=1 B=1", "A=1 B=2"]);
        assert_eq!(GivenValues::combine(&tables, false).unwrap().len(), 4);
    }

    #[test]
    fn nothing_given_is_one_combination() {
        assert_eq!(texts(&GivenValues::combine(&[], true).unwrap()), [""]);
        assert_eq!(GivenValues::default().len(), 1);
    }
}
