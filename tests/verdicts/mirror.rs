//! An objective and its mirror image, `x` minimized and `-x` maximized, make one report: every number is the same but for the
//! sign of values, and every word but for those that say which end is the good one.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::common::Sandbox;
use crate::printed::{Report, text};
use crate::simulation::{JobEnd, sweep};

const SETUP: &str =
    "  NUM_CONFIGS: 40\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}, Y: [a, b, c]}\n";

/// The words that say which end is good, in the report of the minimized objective and of its mirror image.
const ENDS: [(&str, &str); 6] = [
    ("least", "greatest"),
    ("minimize", "maximize"),
    ("most", "least"),
    ("left", "right"),
    ("lowest", "highest"),
    ("below", "above"),
];

fn report(goal: &str, sign: f64) -> Report {
    let sandbox = Sandbox::new();
    let objective = format!(
        "OBJECTIVE: [{{METRIC: test_epoch.top1_err, GOAL: {goal}}}, {{METRIC: cfg.X, OVER: last}}], METRICS: [cfg.X], \
         PLOT_METRIC_VALUES: true, PLOT_METRIC_TRENDS: true, PLOT_CURVES_BEST: 2, PLOT_CURVES_WORST: 1"
    );
    for (at, name) in ["a", "b"].into_iter().enumerate() {
        sweep(&sandbox, name, 11 + at as u64, (SETUP, &objective), |number, draw| {
            let bonus = if draw.word("Y") == "b" { 4.0 } else { 0.0 };
            let value = 40.0 + 30.0 * draw.number("X") - bonus + 5.0 * at as f64 + draw.normal();
            match number {
                3 => JobEnd::Failed(sign * value),
                9 => JobEnd::Open(sign * (value + 1000.0)),
                _ => JobEnd::Done(sign * value),
            }
        });
    }
    Report::of(&sandbox, &["a", "b"])
}

/// Compares two JSON values; numbers may differ in their sign, and intervals of values in the order of their ends.
fn compare(path: &str, one: &Value, mirrored: &Value, differences: &mut Vec<String>) {
    match (one, mirrored) {
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{path}");
            a.keys()
                .for_each(|key| compare(&format!("{path}.{key}"), &a[key], &b[key], differences));
        }
        (Value::Array(a), Value::Array(b)) if path.ends_with(".iqm_interval") => {
            compare(path, &a[0], &b[1], differences);
            compare(path, &a[1], &b[0], differences);
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let pairs = a.iter().zip(b).enumerate();
            pairs.for_each(|(i, (a, b))| compare(&format!("{path}[{i}]"), a, b, differences));
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            if (a - b).abs() > 1e-9 * a.abs() {
                differences.push(path.to_owned());
                assert!((a + b).abs() <= 1e-9 * a.abs(), "{path}: {a} and {b}");
            }
        }
        (Value::String(a), Value::String(b)) => assert_eq!(neutral(a), neutral(b), "{path}"),
        (a, b) => assert_eq!(a, b, "{path}"),
    }
}

/// A text without what a mirror changes: signs, and the words for the good end.
fn neutral(text: &str) -> Vec<String> {
    let word = |word: &str| {
        let plain = word
            .trim_matches(|c: char| "().,:;[]`".contains(c))
            .trim_start_matches(['−', '-', '+']);
        let of_end = ENDS.iter().any(|(a, b)| plain == *a || plain == *b);
        if of_end { "(end)".to_owned() } else { plain.to_owned() }
    };
    let mut words: Vec<String> = text.split_whitespace().map(word).collect();
    let is_number = |word: &String| word.parse::<f64>().is_ok();
    for at in 1..words.len().saturating_sub(1) {
        // A range of values ends where its mirror image begins.
        if words[at] == "to" && is_number(&words[at - 1]) && is_number(&words[at + 1]) {
            words[at - 1..=at + 1].sort();
        }
    }
    words
}

/// The words of a section, without its figures.
fn words(section: &str) -> Vec<String> {
    let mut plain = String::new();
    for (at, part) in section.split("<svg").enumerate() {
        plain +=
            if at == 0 { part } else { part.split_once("</svg>").map_or("", |(_, rest)| rest) };
        plain.push(' ');
    }
    // What is below 0 has no logarithm.
    let plain = plain.replace(", on logarithmic axes: each grid line is half of the next", "");
    neutral(&text(&plain.replace("</", " </")))
}

#[test]
fn an_objective_and_its_mirror_image_make_one_report() {
    let (minimized, maximized) = (report("minimize", 1.0), report("maximize", -1.0));
    let mut differences = Vec::new();
    compare("", &minimized.json, &maximized.json, &mut differences);
    let signed: BTreeSet<&str> =
        differences.iter().filter_map(|path| path.rsplit('.').next()).collect();
    let expected = ["best", "iqm_interval", "mean", "median", "value"];
    assert_eq!(signed, expected.into(), "{differences:?}");

    let plain =
        |report: &Report| report.summary.iter().map(|line| neutral(line)).collect::<Vec<_>>();
    assert_eq!(plain(&minimized), plain(&maximized));
    // The config says which end is good, in its own words.
    for id in minimized.section_ids().iter().filter(|id| *id != "config") {
        assert_eq!(words(minimized.section(id)), words(maximized.section(id)), "{id}");
    }
}
