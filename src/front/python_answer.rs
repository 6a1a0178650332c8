//! Answers the Python package: `sweepkit __python config|sweep|table PATH`.
//!
//! The package leaves to this what has a meaning of its own here: YAML, the place of a sweep directory, tables. An answer is
//! one line of JSON that keeps types: a float that JSON has no word for is `{"$float":"nan"}`, a date `{"$date":"2001-12-14"}`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sweep_config::fs::FsError;
use sweep_config::{JobFormat, Map, Value};

use crate::app::sweep_source::SweepSource;
use crate::app::{Exit, Failure, Printer};
use crate::tables::{ParquetFile, ScalarValue};
use crate::trials::TypedJson;

/// The first word of such a call.
pub(super) const QUESTION: &str = "__python";

/// The whole numbers that a float holds exactly are smaller.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Where a sweep is, and what it is called.
#[derive(Serialize)]
struct SweepPlace<'a> {
    directory: PathBuf,
    name: &'a str,
}

/// Prints the answer; the line is what follows [`QUESTION`].
///
/// # Errors
///
/// When the file that is asked for cannot be read.
pub(super) fn answer(line: &[OsString]) -> Result<Exit, Failure> {
    let printer = Printer::new(true);
    let (what, path) = match line {
        [what, path] => (what.to_str().unwrap_or_default(), Path::new(path)),
        _ => ("", Path::new("")),
    };
    match what {
        "config" => printer.json(&TypedJson(&JobFormat::read_file(path)?)),
        "sweep" => {
            let sweep = SweepSource::find(Some(path))?.load(&[])?;
            let directory = std::path::absolute(sweep.dir().path())
                .map_err(|e| FsError::new("find", sweep.dir().path(), e))?;
            printer.json(&SweepPlace { directory, name: &sweep.name });
        }
        "table" => printer.json(&TypedJson(&table(path)?)),
        _ => {
            let message = format!("usage: sweepkit {QUESTION} config|sweep|table PATH");
            return Err(Failure::usage(
                message,
                "the Python package and the programs must be of one version",
            ));
        }
    }
    Ok(Exit::Done)
}

/// Returns the columns of a Parquet file by name, in its order.
fn table(path: &Path) -> Result<Value, Failure> {
    let file = ParquetFile::open(path)?;
    let mut columns = Map::new();
    for name in file.names_in_order() {
        let whole = file.is_whole(name);
        let values = file.values(name)?.into_iter();
        let values = values.map(|value| value.map_or(Some(Value::Null), |it| plain(it, whole)));
        let inexact = || {
            let message = format!(
                "the column {name} of `{}` has whole numbers of more than 53 bits",
                path.display()
            );
            Failure::usage(message, "read it with polars, or pandas with pyarrow")
        };
        columns.insert(
            name.to_owned(),
            Value::List(values.collect::<Option<_>>().ok_or_else(inexact)?),
        );
    }
    Ok(Value::Map(columns))
}

/// Returns a value of a column; `None` for a whole number that has been rounded.
#[expect(clippy::cast_possible_truncation, reason = "smaller than that")]
fn plain(value: ScalarValue, whole: bool) -> Option<Value> {
    Some(match value {
        ScalarValue::Number(number) if whole && number.abs() >= FIRST_INEXACT => return None,
        ScalarValue::Number(number) if whole => Value::Int(number as i64),
        ScalarValue::Number(number) => Value::Float(number),
        ScalarValue::Truth(truth) => Value::Bool(truth),
        ScalarValue::Text(text) => Value::Str(text),
    })
}
