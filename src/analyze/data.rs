//! The numbers that the page's script works with, packed into one JSON text.
//!
//! A column is a dictionary with a byte a job where it has few values, else four bytes a job, else
//! (of very many jobs) two: the place between the least and the greatest value, by ratio where the
//! values span much. Numbers are little-endian and in base64.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::frame::Population;
use super::group::Group;
use super::metrics::{Metric, Objective, WIDE};
use super::parameters::parameters;
use super::sampled::Parameters;
use super::stats::{Span, float};

/// Up to so many jobs have their numbers in four bytes.
const EXACT: usize = 20_000;
/// The steps of two bytes; the greatest number stands for a missing value.
const STEPS: f64 = 65_534.0;
/// So many bytes of text the columns of a sweep may take.
const MOST_COLUMNS: usize = 3_000_000;
/// So many jobs have their curves and logs in the page: the best, the worst, and lost ones.
const DETAILED: [usize; 3] = [30, 5, 30];
/// So much of the end of a log, and of all logs and curves together.
const TAIL: u64 = 2048;
const MOST_DETAILS: usize = 400_000;
/// A curve has at most so many points.
const MOST_POINTS: usize = 64;

/// The data of a page: `wholes` are the sweeps, `groups` what the figures are about.
pub fn data(
    wholes: &[Group<'_>],
    groups: &[Group<'_>],
    metrics: &[String],
    known: &Parameters,
) -> Json {
    let sweeps: Vec<Json> = wholes.iter().map(|group| sweep(group, metrics, known)).collect();
    let group = |group: &Group<'_>| {
        let of = wholes.iter().position(|whole| std::ptr::eq(whole.population, group.population));
        let all = group.len() == group.population.jobs.len();
        json!({ "name": group.name, "sweep": of, "rows": if all { Json::Null } else { bits(group) } })
    };
    let objective = wholes.first().map(|group| &group.objective);
    json!({
        "objective": objective.map(|o| o.label.as_str()),
        "minimize": objective.is_none_or(Objective::is_minimized),
        "groups": groups.iter().map(group).collect::<Vec<_>>(),
        "sweeps": sweeps,
    })
}

/// A bit a job of the population, the lowest first: whether it is in the group.
fn bits(group: &Group<'_>) -> Json {
    let mut bits = vec![0u8; group.population.jobs.len().div_ceil(8)];
    for &row in group.rows() {
        bits[row / 8] |= 1 << (row % 8);
    }
    Json::String(STANDARD.encode(bits))
}

fn sweep(group: &Group<'_>, metrics: &[String], known: &Parameters) -> Json {
    let jobs = &group.population.jobs;
    let states: Vec<Option<&str>> = jobs.iter().map(|job| Some(job.state.name())).collect();
    let in_order = jobs.iter().enumerate().all(|(row, job)| job.id.0 as usize == row);
    let ids: Vec<Option<f64>> = jobs.iter().map(|job| Some(f64::from(job.id.0))).collect();
    let mut columns = Vec::new();
    let mut add = |name: &str, label: &str, kind: &str, values: Json| {
        columns.push(json!({ "name": name, "label": label, "kind": kind, "values": values }));
    };
    let objective = group.objective.values(group.population);
    add(OBJECTIVE, &group.objective.label, "objective", numbers(&objective));
    for parameter in parameters(group, known) {
        if parameter.words.is_empty() {
            add(&parameter.key, &parameter.name, "parameter", numbers(&parameter.values));
        } else {
            let texts: Vec<Option<&str>> =
                parameter.values.iter().map(|value| parameter.word((*value)?)).collect();
            add(&parameter.key, &parameter.name, "parameter", words(&texts));
        }
    }
    for name in metrics {
        let metric = Metric::named(name);
        if let Ok(values) = metric.values(group.population, &group.objective) {
            add(name, &metric.label, "metric", numbers(&values));
        }
    }
    let mut room = MOST_COLUMNS;
    let (mut kept, mut dropped) = (Vec::new(), Vec::new());
    for column in columns {
        let size = column.to_string().len();
        if size <= room {
            room -= size;
            kept.push(column);
        } else {
            dropped.push(column["label"].clone());
        }
    }
    json!({
        "name": group.name,
        "n": jobs.len(),
        "ids": if in_order { Json::Null } else { numbers(&ids) },
        "states": words(&states),
        "columns": kept,
        "dropped": dropped,
        "details": details(group),
    })
}

/// What the column of the objective is called.
pub const OBJECTIVE: &str = "objective";

fn words(texts: &[Option<&str>]) -> Json {
    let mut places: BTreeMap<&str, usize> = texts.iter().flatten().map(|text| (*text, 0)).collect();
    places.values_mut().enumerate().for_each(|(at, place)| *place = at);
    let place = |text: Option<&str>| text.map_or(usize::MAX, |text| places[text]);
    // Two bytes a job: a sampled text may have more than 255 values.
    let bytes =
        texts.iter().flat_map(|text| u16::try_from(place(*text)).unwrap_or(u16::MAX).to_le_bytes());
    let bytes: Vec<u8> = bytes.collect();
    json!({ "words": places.keys().collect::<Vec<_>>(), "u2": STANDARD.encode(bytes) })
}

fn numbers(values: &[Option<f64>]) -> Json {
    const MOST_WORDS: usize = 255;
    let mut distinct: Vec<f64> = Vec::new();
    for value in values.iter().flatten() {
        if let Err(at) = distinct.binary_search_by(|known| known.total_cmp(value)) {
            distinct.insert(at, *value);
            if distinct.len() > MOST_WORDS {
                return many(values);
            }
        }
    }
    let place = |value: &Option<f64>| {
        let found = value.and_then(|v| distinct.binary_search_by(|known| known.total_cmp(&v)).ok());
        found.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
    };
    let bytes: Vec<u8> = values.iter().map(place).collect();
    json!({ "of": distinct, "u1": STANDARD.encode(bytes) })
}

fn many(values: &[Option<f64>]) -> Json {
    if values.len() <= EXACT {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "seven digits are enough to see and sort"
        )]
        let single = |value: &Option<f64>| value.map_or(f32::NAN, |value| value as f32);
        let bytes: Vec<u8> = values.iter().flat_map(|value| single(value).to_le_bytes()).collect();
        return json!({ "f4": STANDARD.encode(bytes) });
    }
    let Some(span) = Span::of(values.iter().flatten().copied()) else { return json!({ "of": [] }) };
    let by_ratio = span.low > 0.0 && span.high / span.low >= WIDE;
    let at = |value: f64| if by_ratio { value.ln() } else { value };
    let (low, width) = (at(span.low), (at(span.high) - at(span.low)).max(f64::MIN_POSITIVE));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 65,534")]
    let step = |value: &Option<f64>| {
        value.map_or(u16::MAX, |value| ((at(value) - low) / width * STEPS).round() as u16)
    };
    let bytes: Vec<u8> = values.iter().flat_map(|value| step(value).to_le_bytes()).collect();
    json!({ "low": span.low, "high": span.high, "ratio": by_ratio, "u2": STANDARD.encode(bytes) })
}

/// Curves and ends of logs of some jobs, by row: the best, the worst, the lost.
fn details(group: &Group<'_>) -> Json {
    let ranked = group.ranked();
    let [best, worst, lost] = DETAILED;
    let bottom = ranked.iter().rev().take(worst);
    let failed = group.rows().iter().filter(|&&row| group.is_lost(row)).take(lost);
    let mut details = serde_json::Map::new();
    let mut room = MOST_DETAILS;
    for &row in ranked.iter().take(best).chain(failed).chain(bottom) {
        let detail = detail(group.population, row);
        let size = detail.to_string().len();
        if size <= room && !details.contains_key(&row.to_string()) {
            room -= size;
            details.insert(row.to_string(), detail);
        }
    }
    Json::Object(details)
}

fn detail(population: &Population, row: usize) -> Json {
    let job = &population.jobs[row];
    let curves = population.curves.as_ref().ok().and_then(|curves| curves.of(job.id));
    let phases = curves.map(|curves| curves.phases).unwrap_or_default();
    let phases: BTreeMap<&String, Vec<(f64, f64)>> =
        phases.iter().map(|(phase, points)| (phase, thinned(points))).collect();
    let dir = &population.dir;
    json!({
        "why": job.reason,
        "curves": phases,
        "stdout": tail(&dir.stdout(job.id)),
        "stderr": tail(&dir.stderr(job.id)),
    })
}

/// At most so many of the points, the first and the last among them.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    if points.len() <= MOST_POINTS {
        return points.to_vec();
    }
    let step = float(points.len() - 1) / float(MOST_POINTS - 1);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place")]
    let place = |i: usize| ((float(i) * step).round() as usize).min(points.len() - 1);
    (0..MOST_POINTS).map(|i| points[place(i)]).collect()
}

/// The end of a log, from the start of a line; empty where there is none.
fn tail(path: &Path) -> String {
    let text = read_end(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    if u64::try_from(text.len()).unwrap_or(u64::MAX) < TAIL {
        return text.into_owned();
    }
    text.split_once('\n').map_or("", |(_, rest)| rest).to_owned()
}

fn read_end(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut text = Vec::new();
    file.take(TAIL).read_to_end(&mut text)?;
    Ok(text)
}
