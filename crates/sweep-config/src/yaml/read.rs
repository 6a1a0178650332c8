//! Reading: a file or a text to a value or a tree, with every problem in one report.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::compose::compose;
use super::{SourceMark, YamlFault, YamlNode};
use crate::{ConfigProblem, ConfigProblems, SourceLocation, Value};

/// The greatest size of a config. A person's config has kilobytes; this bounds the cost of a wrong path.
const MAX_BYTES: u64 = 64 << 20;

/// Reads a YAML file.
///
/// # Errors
///
/// When it cannot be read, and every problem of its text with its place.
pub fn read_file(path: &Path) -> Result<Value, ConfigProblems> {
    read(path, &read_text(path)?)
}

/// Reads a YAML document; `path` is for the messages only.
///
/// # Errors
///
/// Every problem of the text, with its place.
pub fn read(path: &Path, text: &str) -> Result<Value, ConfigProblems> {
    let (node, faults) = read_tree(path, text)?;
    if faults.is_empty() { Ok(node.to_value()) } else { Err(problems(path, faults)) }
}

/// Reads a document as [`read`] does, with the places of all values, and the faults that do not keep the rest from
/// being understood.
///
/// # Errors
///
/// When the syntax is wrong, so that there is no tree.
pub fn read_tree(path: &Path, text: &str) -> Result<(YamlNode, Vec<YamlFault>), ConfigProblems> {
    match compose(text) {
        Ok((Some(node), faults)) => Ok((node, faults)),
        Ok((None, _)) => Err(ConfigProblems::of_file(path, "the file is empty", None)),
        Err(faults) => Err(problems(path, faults)),
    }
}

fn problems(path: &Path, faults: Vec<YamlFault>) -> ConfigProblems {
    let problem = |fault: YamlFault| {
        let SourceMark { line, column, .. } = fault.mark;
        let place = SourceLocation::File { path: path.to_owned(), line, column };
        ConfigProblem { place, key: fault.key, message: fault.message, hint: fault.hint }
    };
    ConfigProblems(faults.into_iter().map(problem).collect())
}

/// Reads the text of a config file.
///
/// # Errors
///
/// When it cannot be read, is larger than any config, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, ConfigProblems> {
    let failed = |message: String| ConfigProblems::of_file(path, message, None);
    let unreadable = |e: io::Error| match e.kind() {
        io::ErrorKind::NotFound => failed("file not found".to_owned()),
        io::ErrorKind::IsADirectory => failed("is a directory, not a file".to_owned()),
        _ => failed(format!("cannot be read: {e}")),
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(failed(format!(
            "is larger than {} MB: is it really a config?",
            MAX_BYTES >> 20
        )));
    }
    String::from_utf8(bytes).map_err(|e| not_utf8(path, &e))
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> ConfigProblems {
    let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
    let line = good.split(|&b| b == b'\n').count();
    let start = good.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&good[start..]).chars().count() + 1;
    let place = SourceLocation::File { path: path.to_owned(), line, column };
    let hint = Some("save the file as UTF-8".to_owned());
    let message = "is not UTF-8 here".to_owned();
    ConfigProblems(vec![ConfigProblem { place, key: String::new(), message, hint }])
}
