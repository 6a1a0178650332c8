//! Where points come from: a file, stdin, or the sweep config itself.

use std::io::Read;
use std::path::{Path, PathBuf};

use sweep_config::{Map, PointSource, SetupConfig, Value, fs};

use super::table::{PointRow, PointTable};
use super::{csv, parquet};
use crate::app::Failure;
use crate::setup::given::json_rows;

/// The name of stdin in `--add -`.
const STDIN: &str = "-";
/// The beginning of every Parquet file.
const PARQUET: &[u8] = b"PAR1";
/// The formats in words.
const FORMATS: &str = "give a CSV file with a header of parameters, JSON (a list of mappings, or one per line), or \
    Parquet; a point is e.g. {\"OPTIM.BASE_LR\": 0.1}";

/// Reads the points of `SETUP.POINTS`, whose files lie in `dir` or below the current directory.
///
/// # Errors
///
/// When a file cannot be found or read.
pub(super) fn of_config(setup: &SetupConfig, dir: &Path) -> Result<Vec<PointTable>, Failure> {
    let mut tables: Vec<PointTable> = Vec::new();
    let mut own = PointTable { source: "SETUP.POINTS".to_owned(), ..PointTable::default() };
    for (at, source) in setup.points.iter().enumerate() {
        match source {
            PointSource::Point(point) => own.rows.push(row(format!("[{at}]"), point)),
            PointSource::File(name) => {
                tables.push(of_path(&format!("SETUP.POINTS: {name}"), &find(name, dir)?)?);
            }
        }
    }
    own.adds = own.rows.iter().flat_map(|row| &row.cells).any(|(key, _)| key.starts_with('+'));
    if !own.rows.is_empty() {
        tables.insert(0, own);
    }
    Ok(tables)
}

/// Reads the points of an `--add`.
///
/// # Errors
///
/// When the file cannot be read or holds no points.
pub(super) fn of_argument(file: &Path) -> Result<PointTable, Failure> {
    if file != Path::new(STDIN) {
        return of_path(&format!("--add {}", file.display()), file);
    }
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|e| Failure::usage(format!("--add -: cannot read stdin: {e}"), FORMATS))?;
    if bytes.starts_with(PARQUET) {
        let hint = "give the name of the Parquet file: `--add points.parquet`";
        return Err(Failure::usage("--add -: Parquet cannot be read from a pipe", hint));
    }
    of_bytes("--add -", &bytes)
}

fn find(name: &str, dir: &Path) -> Result<PathBuf, Failure> {
    let places = [dir.join(name), PathBuf::from(name)];
    places.iter().find(|place| place.is_file()).cloned().ok_or_else(|| {
        Failure::usage(
            format!("SETUP.POINTS: `{name}` is not a file next to the sweep config or below the current directory"),
            FORMATS,
        )
    })
}

fn of_path(name: &str, path: &Path) -> Result<PointTable, Failure> {
    let is_parquet = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("parquet"));
    if is_parquet {
        let table = parquet::read(path).map_err(|why| refusal(name, &why))?;
        return named(name, table);
    }
    let bytes = fs::read(path)?;
    if bytes.starts_with(PARQUET) {
        return named(name, parquet::read(path).map_err(|why| refusal(name, &why))?);
    }
    of_bytes(name, &bytes)
}

/// Reads points as text: JSON where it begins like JSON, else CSV.
fn of_bytes(name: &str, bytes: &[u8]) -> Result<PointTable, Failure> {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let table = match start.first() {
        Some(b'[' | b'{') => json(start),
        _ => csv::read(bytes),
    };
    named(name, table.map_err(|why| refusal(name, &why))?)
}

fn json(bytes: &[u8]) -> Result<PointTable, String> {
    let (rows, adds) = json_rows(bytes)?;
    let row = |(at, cells): (usize, Vec<(String, Value)>)| PointRow {
        place: format!("row {}", at + 1),
        cells: cells.into_iter().map(|(key, value)| (key, value.into())).collect(),
    };
    let rows = rows.into_iter().enumerate().map(row).collect();
    Ok(PointTable { rows, adds, ..PointTable::default() })
}

fn named(name: &str, table: PointTable) -> Result<PointTable, Failure> {
    if table.rows.is_empty() {
        return Err(refusal(name, "has no points"));
    }
    Ok(PointTable { source: name.to_owned(), ..table })
}

fn row(place: String, point: &Map) -> PointRow {
    let cells = point.iter().map(|(key, value)| (key.clone(), value.clone().into()));
    PointRow { place, cells: cells.collect() }
}

fn refusal(name: &str, why: &str) -> Failure {
    Failure::usage(format!("{name}: {why}"), FORMATS)
}
