//! Reading: a file or a text to a value or a tree, with every problem in one report.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::compose::{Fault, compose};
use super::{Mark, Node};
use crate::{Place, Problem, Problems, Value};

/// How large a config may be. A person's config has kilobytes; this bounds what a wrong path costs.
const MAX_BYTES: u64 = 64 << 20;

/// Reads a YAML file.
///
/// # Errors
///
/// When it cannot be read, and every problem of its text with its place.
pub fn read_file(path: &Path) -> Result<Value, Problems> {
    read(path, &read_text(path)?)
}

/// Reads a YAML document; `path` is for the messages only.
///
/// # Errors
///
/// Every problem of the text, with its place.
pub fn read(path: &Path, text: &str) -> Result<Value, Problems> {
    read_node(path, text).map(|node| node.to_value())
}

/// As [`read`], with the places of all values.
pub(crate) fn read_node(path: &Path, text: &str) -> Result<Node, Problems> {
    match compose(text) {
        Ok(Some(node)) => Ok(node),
        Ok(None) => Err(Problems::of_file(path, "the file is empty", None)),
        Err(faults) => {
            Err(Problems(faults.into_iter().map(|fault| problem(path, fault)).collect()))
        }
    }
}

fn problem(path: &Path, fault: Fault) -> Problem {
    let Mark { line, column, .. } = fault.mark;
    let place = Place::File { path: path.to_owned(), line, column };
    Problem { place, key: String::new(), message: fault.message, hint: fault.hint }
}

/// The text of a config file.
pub(crate) fn read_text(path: &Path) -> Result<String, Problems> {
    let failed = |message: String| Problems::of_file(path, message, None);
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|e| failed(format!("cannot be read: {e}")))?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| failed(format!("cannot be read: {e}")))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(format!("is larger than {} MB: is it a config?", MAX_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|e| not_utf8(path, &e))
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Problems {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.split(|&b| b == b'\n').count();
    let start = good.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&good[start..]).chars().count() + 1;
    let place = Place::File { path: path.to_owned(), line, column };
    let hint = Some("save the file as UTF-8".to_owned());
    let message = "is not UTF-8 here".to_owned();
    Problems(vec![Problem { place, key: String::new(), message, hint }])
}
