//! Says by the beginning of a file which reader could read it (pure): of files that nobody named.

use sweep_config::{LogFormat, Value};

use super::log_value::parse_json;
use super::reader::{MlflowReader, SacredReader, WandbReader, printed_names};

/// The number of bytes at the beginning of a file that are looked at: some logs begin with a whole config.
pub(super) const HEAD: usize = 128 << 10;

/// The number of bytes of a file of JSON that are looked at, which may be one document.
pub(super) const WHOLE: usize = 8 << 20;

/// The number of lines of JSON that are looked at.
const FIRST: usize = 20;

/// The beginnings of names of files that hold settings, not results.
const SETTINGS: [&str; 14] = [
    "config",
    "cfg",
    "hparams",
    "args",
    "params",
    "settings",
    "opt",
    "package",
    "tokenizer",
    "special_tokens",
    "generation_config",
    "vocab",
    "requirements",
    "attempts",
];

/// The endings of names of files that may be logs.
const ENDINGS: [&str; 10] =
    ["csv", "tsv", "json", "jsonl", "ndjson", "log", "txt", "out", "dat", "db"];

/// True if a file may be a log by its name.
pub(super) fn may_be_log(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let ending = name.rsplit('.').next().unwrap_or_default();
    let is_own = matches!(path, "stdout.log" | "stderr.log");
    let is_events = name.starts_with("events.out.tfevents");
    let is_settings = SETTINGS.iter().any(|word| name.starts_with(word));
    !is_own && !is_settings && (is_events || ENDINGS.contains(&ending))
}

/// Returns the reader for a file that begins with these bytes; `None` if it looks like no log.
pub(super) fn sniff(path: &str, head: &[u8]) -> Option<LogFormat> {
    let name = path.rsplit('/').next().unwrap_or(path);
    if name.starts_with("events.out.tfevents") {
        return Some(LogFormat::Tensorboard);
    }
    if head.starts_with(WandbReader::MAGIC) {
        return Some(LogFormat::Wandb);
    }
    if MlflowReader::is_store(name, head) {
        return Some(LogFormat::Mlflow);
    }
    if head.contains(&0) {
        return None;
    }
    if name == "trainer_state.json" {
        return Some(LogFormat::Trainer);
    }
    let text = String::from_utf8_lossy(head);
    if path.contains("/metrics/") && MlflowReader::is_line(&text) {
        return Some(LogFormat::Mlflow);
    }
    let is_whole = head.len() < if ending(name) == "json" { WHOLE } else { HEAD };
    if text.trim_start().starts_with('{') {
        return of_json(name, &text, is_whole);
    }
    if text.trim_start().starts_with('[') && ending(name) == "json" && is_whole {
        return is_history(&text).then_some(LogFormat::Results);
    }
    if is_table(&text) {
        return Some(LogFormat::Csv);
    }
    let is_printed = ["log", "txt", "out"].contains(&ending(name));
    (is_printed && !printed_names(head).is_empty()).then_some(LogFormat::Keyvalue)
}

fn ending(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

fn of_json(name: &str, text: &str, is_whole: bool) -> Option<LogFormat> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let objects: Vec<Value> =
        lines.map_while(|line| parse_json(line.as_bytes())).map(Value::from).take(FIRST).collect();
    let may_be_one = ending(name) == "json" && !name.ends_with(".log.json");
    if objects.len() > usize::from(may_be_one) {
        return objects.iter().any(has_number).then_some(LogFormat::Jsonl);
    }
    let whole = parse_json(text.as_bytes()).map(Value::from).filter(|_| is_whole)?;
    if SacredReader::is_form(&whole) {
        return Some(LogFormat::Sacred);
    }
    has_number(&whole).then_some(LogFormat::Results)
}

/// True if a document is a list of mappings with numbers.
fn is_history(text: &str) -> bool {
    let is_row = |entry: &Value| matches!(entry, Value::Map(_)) && has_number(entry);
    match parse_json(text.as_bytes()).map(Value::from) {
        Some(Value::List(entries)) => !entries.is_empty() && entries.iter().all(is_row),
        _ => false,
    }
}

fn has_number(value: &Value) -> bool {
    match value {
        Value::Int(_) | Value::Float(_) => true,
        Value::Map(map) => map.values().any(has_number),
        // A history; other lists are data.
        Value::List(items) => {
            items.len() > 1
                && items.iter().all(|item| matches!(item, Value::Int(_) | Value::Float(_)))
        }
        _ => false,
    }
}

/// True if a header of names stands above a row that is half numbers.
fn is_table(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let (Some(header), Some(row)) = (lines.next(), lines.next()) else { return false };
    let cells = |line: &str, delimiter: char| -> Vec<String> {
        line.split(delimiter).map(|cell| cell.trim().trim_matches('"').to_owned()).collect()
    };
    let is_number = |cell: &String| cell.parse::<f64>().is_ok();
    [',', '\t', ';'].into_iter().any(|delimiter| {
        let (names, values) = (cells(header, delimiter), cells(row, delimiter));
        let is_header =
            names.iter().all(|name| !name.is_empty() && name.len() < 100 && !is_number(name));
        let numbers = values.iter().filter(|cell| is_number(cell)).count();
        names.len() > 1
            && names.len() == values.len()
            && is_header
            && 2 * numbers >= values.len().min(4)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_known_by_its_first_lines() {
        for (name, head, expected) in [
            ("a/results.csv", "epoch, loss\n1, 0.5\n", Some(LogFormat::Csv)),
            ("monitor.csv", "#{\"t_start\": 1}\nr,l,t\n1.5,3,0.1\n", Some(LogFormat::Csv)),
            ("progress.txt", "Epoch\tAverageEpRet\n0\t-1.5\n", Some(LogFormat::Csv)),
            (
                "log.txt",
                "{\"epoch\": 0, \"loss\": 1}\n{\"epoch\": 1, \"loss\": 0.5}\n",
                Some(LogFormat::Jsonl),
            ),
            ("x.jsonl", "{\"loss\": 1}\n", Some(LogFormat::Jsonl)),
            ("all_results.json", "{\n  \"eval_loss\": 0.5\n}\n", Some(LogFormat::Results)),
            ("one.json", "{\"acc\": 0.5}", Some(LogFormat::Results)),
            ("history.json", "{\"loss\": [2.5, 1.5]}", Some(LogFormat::Results)),
            ("history.json", "[{\"epoch\": 1, \"loss\": 0.5}]", Some(LogFormat::Results)),
            ("data.json", "[1, 2]", None),
            ("x.json", "{\"names\": [\"a\", \"b\"]}", None),
            ("train.log", "Epoch 1/2\nloss: 0.5 - acc: 0.25\n", Some(LogFormat::Keyvalue)),
            ("notes.txt", "Dear all,\nthe room is 5, 6 or 7\n", None),
            ("mlruns/0/1f/metrics/a/b", "1795970221114 2.0 0\n", Some(LogFormat::Mlflow)),
            ("metrics.json", "{\"a\": {\"steps\": [1], \"values\": [2]}}", Some(LogFormat::Sacred)),
            ("run-x.wandb", ":W&B\u{1}", None),
            ("labels.csv", "cat,dog\nred,blue\n", None),
            ("x.json", "{\"name\": \"x\"}", None),
            ("x.log", "\u{0}\u{1}", None),
        ] {
            assert_eq!(sniff(name, head.as_bytes()), expected, "{name}");
        }
        assert!(may_be_log("runs/results.csv") && may_be_log("x/events.out.tfevents"));
        assert!(!may_be_log("config.json") && !may_be_log("model.pt") && !may_be_log("stdout.log"));
    }
}
