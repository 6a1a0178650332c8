//! Details of some jobs: their curves and the ends of their logs.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use serde_json::{Value as Json, json};
use sweep_config::secrets::without_credentials;

use crate::analyze::frame::IS_LOST;
use crate::analyze::group::JobGroup;
use crate::analyze::population::Population;
use crate::app::num::{float, whole};
use crate::app::tail::read_end;
use crate::page::number::rounded;

/// The numbers of jobs that come first: of the best, the lost, the worst.
const FIRST: [usize; 3] = [30, 30, 5];
/// The length of the end of a log, in bytes.
const TAIL: u64 = 2048;
/// The greatest number of points of a curve.
const MOST_POINTS: usize = 64;
/// The number of significant digits of its numbers.
const DIGITS: usize = 5;

/// Returns curves and ends of logs by row, until `room` bytes are used up: the best jobs, lost ones, the worst;
/// then all others, best first.
pub(super) fn details(group: &JobGroup<'_>, mut room: usize) -> Json {
    let mut details = serde_json::Map::new();
    for row in order(group) {
        let key = row.to_string();
        if details.contains_key(&key) {
            continue;
        }
        let detail = detail(group.population, row);
        let size = detail.to_string().len();
        if size > room {
            break;
        }
        room -= size;
        details.insert(key, detail);
    }
    Json::Object(details)
}

/// Returns all rows, the most telling first; some more than once.
fn order(group: &JobGroup<'_>) -> impl Iterator<Item = usize> {
    let ranked = group.ranked();
    let [best, lost, worst] = FIRST;
    let mut rows: Vec<usize> = ranked.iter().take(best).copied().collect();
    rows.extend(group.rows_where(IS_LOST).into_iter().take(lost));
    rows.extend(ranked.iter().rev().take(worst));
    rows.into_iter().chain(ranked).chain(group.rows().to_vec())
}

fn detail(population: &Population, row: usize) -> Json {
    let job = &population.trials.jobs[row];
    let curves = population.curves.as_ref().ok().and_then(|curves| curves.of(job.id));
    let phases = curves.map(|curves| curves.phases).unwrap_or_default();
    let phases: BTreeMap<&String, Vec<[f64; 2]>> =
        phases.iter().map(|(phase, points)| (phase, thinned(points))).collect();
    let dir = &population.dir;
    json!({
        "why": job.why(),
        "curves": phases,
        "stdout": tail(&dir.stdout(job.id)),
        "stderr": tail(&dir.stderr(job.id)),
    })
}

/// At most so many of the points, the first and the last among them.
fn thinned(points: &[(f64, f64)]) -> Vec<[f64; 2]> {
    let short = |(epoch, value): (f64, f64)| [rounded(epoch, DIGITS), rounded(value, DIGITS)];
    if points.len() <= MOST_POINTS {
        return points.iter().copied().map(short).collect();
    }
    let step = float(points.len() - 1) / float(MOST_POINTS - 1);
    let place = |i: usize| whole::<usize>((float(i) * step).round()).min(points.len() - 1);
    (0..MOST_POINTS).map(|i| short(points[place(i)])).collect()
}

/// The end of a log, from the start of a line, without credentials; empty where there is none.
fn tail(path: &Path) -> String {
    let text = File::open(path).and_then(|mut file| read_end(&mut file, 0, TAIL));
    let text = text.unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let is_whole = u64::try_from(text.len()).unwrap_or(u64::MAX) < TAIL;
    let text: &str =
        if is_whole { &text } else { text.split_once('\n').map_or("", |(_, rest)| rest) };
    without_credentials(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_curve_keeps_its_ends_and_five_digits() {
        let points: Vec<(f64, f64)> =
            (0..1000).map(|i| (float(i), float(i) + 0.123_456_789)).collect();
        let thin = thinned(&points);
        assert_eq!(thin.len(), MOST_POINTS);
        assert_eq!([thin[0], thin[MOST_POINTS - 1]], [[0.0, 0.12346], [999.0, 999.12]]);
    }
}
