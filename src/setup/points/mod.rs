//! Configs that are chosen, not drawn: `SETUP.POINTS`, and `sweep_setup --add FILE`.
//!
//! - `table` has the rows of a source, which `file` reads (`csv`, `parquet`, or JSON),
//! - `names` finds the parameter that a column means,
//! - `fit` gives a cell the type of its parameter, and says whether the parameter could be drawn so,
//! - `reading` understands the rows,
//! - `chosen` makes jobs of them that do not exist yet.
//!
//! A point is what the user wants, so that one outside of the design space is told of and kept. Which jobs are chosen
//! is recorded, and nothing that speaks of draws counts them.

mod chosen;
mod csv;
mod file;
mod fit;
mod names;
mod parquet;
mod reading;
mod table;

pub(crate) use chosen::{ChosenJobs, EarlierJobs};
pub(crate) use reading::GivenPoints;
