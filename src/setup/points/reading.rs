//! The points of a sweep as they were understood: every cell is a value of a parameter.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use sweep_config::paths::{PathFault, replaced_shape};
use sweep_config::{Sampler, SetupConfig, Value, python};

use super::file;
use super::fit::{self, FittedCell};
use super::names::PointNames;
use super::table::{PointCell, PointRow, PointTable};
use crate::app::{Failure, count};
use crate::setup::given::{GivenRow, is_branch};

/// The faults of one source that are told at most.
const MOST_FAULTS: usize = 10;

/// The points of one source.
#[derive(Debug, Default)]
pub(crate) struct PointSet {
    /// The source: `SETUP.POINTS: points.csv`, `--add points.csv`, `SETUP.POINTS`.
    pub(super) source: String,
    /// Each with its place in the source, in words.
    pub(super) rows: Vec<(String, GivenRow)>,
}

/// All points that are asked for.
#[derive(Debug, Default)]
pub(crate) struct GivenPoints {
    pub(super) sets: Vec<PointSet>,
    /// Parameters that no sampler draws and points may set.
    others: Vec<String>,
    warnings: Vec<String>,
}

impl GivenPoints {
    /// Reads the points of the config, if `of_config`, whose files lie in `dir`, and those of `--add`. `others` are
    /// parameters that no sampler draws.
    ///
    /// # Errors
    ///
    /// When a source cannot be read, or a point cannot be meant: all faults of a source at once.
    pub(crate) fn gather(
        setup: &SetupConfig,
        others: &[String],
        is_replicated: bool,
        (of_config, dir, added): (bool, &Path, &[PathBuf]),
    ) -> Result<Self, Failure> {
        let mut tables = if of_config { file::of_config(setup, dir)? } else { Vec::new() };
        for file in added {
            tables.push(file::of_argument(file)?);
        }
        let names = PointNames::new(setup, others, is_replicated);
        let mut given = Self { others: others.to_vec(), ..Self::default() };
        for table in tables {
            given.take(&names, table)?;
        }
        Ok(given)
    }

    /// Returns true if there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.sets.is_empty()
    }

    /// Returns the parameters that no sampler draws and points may set.
    pub(super) fn others(&self) -> &[String] {
        &self.others
    }

    /// Returns remarks on what is no mistake for certain.
    pub(crate) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    fn take(&mut self, names: &PointNames<'_>, table: PointTable) -> Result<(), Failure> {
        let mut reader = PointReader::new(names, table.adds, table.rows.len());
        let mut rows: Vec<(String, GivenRow)> = Vec::with_capacity(table.rows.len());
        for row in table.rows {
            let place = row.place.clone();
            rows.push((place, reader.row(row)));
        }
        reader.check_types(&rows);
        let source = table.source;
        if !reader.faults.is_empty() {
            return Err(refusal(&source, &reader.faults));
        }
        let remarks = table.remarks.into_iter().chain(reader.remarks());
        self.warnings.extend(remarks.map(|remark| format!("{source}: {remark}")));
        self.sets.push(PointSet { source, rows });
        Ok(())
    }
}

fn refusal(source: &str, faults: &[String]) -> Failure {
    let mut lines: Vec<String> = faults.iter().take(MOST_FAULTS).cloned().collect();
    if faults.len() > MOST_FAULTS {
        lines.push(format!("and {} more", faults.len() - MOST_FAULTS));
    }
    Failure::usage(
        format!("{source}: {}", lines.join("\n  ")),
        "nothing was written: correct the points and try again",
    )
}

/// A parameter's values outside of what the samplers draw.
struct OutsideValues {
    count: usize,
    /// The first of them, its place, and what can be drawn, in words.
    first: String,
}

/// Reads the rows of a source, and gathers what is to be said of them.
struct PointReader<'n> {
    names: &'n PointNames<'n>,
    adds: bool,
    rows: usize,
    /// The parameter that each column means.
    columns: IndexMap<String, Result<String, ()>>,
    faults: Vec<String>,
    outside: IndexMap<String, OutsideValues>,
    type_remarks: Vec<String>,
}

impl<'n> PointReader<'n> {
    fn new(names: &'n PointNames<'n>, adds: bool, rows: usize) -> Self {
        Self {
            names,
            adds,
            rows,
            columns: IndexMap::new(),
            faults: Vec::new(),
            outside: IndexMap::new(),
            type_remarks: Vec::new(),
        }
    }

    /// Returns the values of a row, those that its branches fix among them.
    fn row(&mut self, row: PointRow) -> GivenRow {
        let PointRow { place, cells } = row;
        let mut values: GivenRow = Vec::with_capacity(cells.len());
        for (column, cell) in cells {
            self.cell(&place, &column, &cell, &mut values);
        }
        if values.is_empty() && self.faults.is_empty() {
            self.faults.push(format!("{place} sets nothing"));
        }
        self.complete(&place, &self.names.setup.samplers, &mut values);
        values
    }

    /// Adds the value of a cell; of a mapping that is no parameter's value, those of its keys.
    fn cell(&mut self, place: &str, column: &str, cell: &PointCell, values: &mut GivenRow) {
        let is_value = !self.names.samplers(column.trim_start_matches('+')).is_empty();
        if let Value::Map(map) = &cell.value
            && !is_value
            && !map.is_empty()
        {
            for (key, inner) in map {
                let column = format!("{column}.{key}");
                self.cell(place, &column, &inner.clone().into(), values);
            }
            return;
        }
        let Ok(key) = self.parameter(column) else { return };
        if values.iter().any(|(other, _)| *other == key) {
            self.faults.push(format!("{place} sets `{key}` twice"));
            return;
        }
        let base = self.names.setup.base_cfg.get_path(&key);
        match fit::fit(cell, &key, self.names.samplers(&key), base) {
            Ok(FittedCell::Inside(value)) => values.push((key, value)),
            Ok(FittedCell::Outside(value, range)) => {
                let first = format!("{} in {place}; they draw {range}", python::repr(&value));
                let outside = self.outside.entry(key.clone());
                outside.or_insert(OutsideValues { count: 0, first }).count += 1;
                values.push((key, value));
            }
            Ok(FittedCell::Unset) => {}
            Err(why) => self.faults.push(format!("{place}, `{key}`: {why}")),
        }
    }

    fn parameter(&mut self, column: &str) -> Result<String, ()> {
        if let Some(known) = self.columns.get(column) {
            return known.clone();
        }
        let resolved = self.names.resolve(column, self.adds);
        let resolved = resolved.map_err(|why| self.faults.push(why));
        self.columns.insert(column.to_owned(), resolved.clone());
        resolved
    }

    /// Adds the constants of the branches that a row has chosen.
    fn complete(
        &mut self,
        place: &str,
        samplers: &IndexMap<String, Sampler>,
        values: &mut GivenRow,
    ) {
        for (key, sampler) in samplers {
            let Sampler::Choice(choice) = sampler.unconditional() else { continue };
            let Some(chosen) = value_of(values, key).cloned() else { continue };
            let Some(branch) = choice.branches.iter().find(|it| is_branch(&it.name, &chosen))
            else {
                continue;
            };
            for (key, sampler) in &branch.samplers {
                if value_of(values, key).is_some() {
                    continue;
                }
                match sampler.unconditional() {
                    Sampler::Value(only) if only.len() == 1 => {
                        values.push((key.clone(), only[0].clone()));
                    }
                    Sampler::Derived(_) => self.faults.push(format!(
                        "{place}: `{key}` is derived in branch {}, which points do not compute: give it a value",
                        python::repr(&chosen)
                    )),
                    _ => {}
                }
            }
            self.complete(place, &branch.samplers, values);
        }
    }

    /// Holds the types of each parameter's values against that of the base config.
    fn check_types(&mut self, rows: &[(String, GivenRow)]) {
        let keys: Vec<String> = self.columns.values().flatten().cloned().collect();
        let base_cfg = &self.names.setup.base_cfg;
        for key in keys {
            let Some(base) = base_cfg.get_path(&key) else { continue };
            let values = rows.iter().filter_map(|(_, row)| value_of(row, &key));
            let values: Vec<Value> = values.cloned().collect();
            let shape = values.iter().find_map(|value| replaced_shape(&key, value, base_cfg));
            if let Some(PathFault { message, .. }) = shape {
                self.faults.push(format!("`{key}` {message}"));
                continue;
            }
            match fit::types(&values, base) {
                Ok(None) => {}
                Ok(Some(remark)) => self.type_remarks.push(format!("`{key}` {remark}")),
                Err(why) => self.faults.push(format!("`{key}` {why}")),
            }
        }
    }

    fn remarks(self) -> Vec<String> {
        let rows = count(self.rows, "point");
        let outside = self.outside.into_iter().map(|(key, OutsideValues { count, first })| {
            format!(
                "`{key}` is outside of SETUP.SAMPLERS in {count} of {rows}, which stay as you chose them: {first}"
            )
        });
        self.type_remarks.into_iter().chain(outside).collect()
    }
}

fn value_of<'r>(row: &'r GivenRow, wanted: &str) -> Option<&'r Value> {
    row.iter().find(|(key, _)| key == wanted).map(|(_, value)| value)
}
