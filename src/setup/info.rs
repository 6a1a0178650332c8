//! `sweep_setup --info`: the cost of networks, one JSON line for each config.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value as Json;
use sweep_config::{JobFormat, Value, yaml};

use crate::app::{Exit, Failure, Printer};
use crate::models::{Complexity, NetworkModel, StageShape, WholeConfig, complete, defaults};

/// The line of a config.
#[derive(Debug, Serialize)]
struct NetworkInfo {
    #[serde(rename = "type")]
    family: String,
    #[serde(flatten)]
    complexity: Complexity,
    stages: Vec<StageShape>,
}

/// Prints a line for each config: of each file, and of each line of stdin where the file is `-`.
///
/// Configs are as pycls's programs take them: nested keys over its defaults, which are counted as
/// they stand, not scaled. [`Exit::Incomplete`] means that a config is wrong; its line says why.
///
/// # Errors
///
/// When stdin cannot be read.
pub fn info(files: &[PathBuf]) -> Result<Exit, Failure> {
    let mut lines: Vec<Result<Json, Json>> = Vec::new();
    for file in files {
        if file.as_os_str() == "-" {
            lines.extend(of_stdin()?);
        } else {
            let found = JobFormat::read_file(file).map_err(|problems| problems.to_string());
            lines.push(line(Some(file), found.and_then(|config| of_config(&config))));
        }
    }
    let text: Vec<String> = lines.iter().map(|(Ok(line) | Err(line))| line.to_string()).collect();
    if !text.is_empty() {
        Printer::new(false).json_text(&text.join("\n"));
    }
    Ok(if lines.iter().all(Result::is_ok) { Exit::Done } else { Exit::Incomplete })
}

fn of_stdin() -> Result<Vec<Result<Json, Json>>, Failure> {
    let configs: Result<Vec<String>, _> = io::stdin().lock().lines().collect();
    let configs = configs.map_err(|error| {
        Failure::usage(format!("stdin: {error}"), "give one config per line, as JSON or YAML")
    })?;
    let count = |(i, text): (usize, &String)| {
        let path = PathBuf::from(format!("stdin, config {}", i + 1));
        let found = yaml::read(&path, text).map_err(|problems| problems.to_string());
        line(None, found.and_then(|config| of_config(&config)))
    };
    Ok(configs.par_iter().enumerate().map(count).collect())
}

fn of_config(config: &Value) -> Result<NetworkInfo, String> {
    let config = complete(config, defaults()).map_err(|problems| problems.join("; "))?;
    let counted = NetworkModel::read(&WholeConfig(&config)).and_then(|model| {
        let complexity = model.complexity()?;
        Ok((complexity, model.stages()))
    });
    let (complexity, stages) = counted.map_err(|error| error.to_string())?;
    let family = match config.get_path("MODEL.TYPE") {
        Some(Value::Str(family)) => family.clone(),
        _ => String::new(),
    };
    Ok(NetworkInfo { family, complexity, stages })
}

/// Makes the line of what was found, with the file's name if it was read from one.
fn line(file: Option<&Path>, found: Result<NetworkInfo, String>) -> Result<Json, Json> {
    let with_file = |body: Json| match (file, body) {
        (Some(file), Json::Object(body)) => {
            let mut all = serde_json::Map::new();
            all.insert("file".to_owned(), file.display().to_string().into());
            all.extend(body);
            Json::Object(all)
        }
        (_, body) => body,
    };
    match found {
        Ok(info) => {
            Ok(with_file(serde_json::to_value(info).expect("texts and whole numbers only")))
        }
        Err(why) => Err(with_file(serde_json::json!({ "error": why }))),
    }
}
