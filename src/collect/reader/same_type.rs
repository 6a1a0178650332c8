//! Joins the logs of several files of one job.
//!
//! Files of one type complete each other. Where two of one reader tell two things of one metric and place, the later
//! one goes on from the other if their names say so (`version_0`, `version_1`); otherwise each keeps a type of its own
//! (`cat.learn_error`, `cat.test_error`). Of files of two readers the later one's values count.

use super::log::{JobLog, LogType};
use crate::collect::diagnostic::{DiagnosticKind, DiagnosticPlace, Diagnostics};

/// The log of one file.
pub(crate) struct FileLog<'a> {
    /// The file, below the job's directory.
    pub(crate) path: &'a str,
    /// The number of its reader.
    pub(crate) binding: usize,
    pub(crate) log: JobLog,
}

/// The records of one type in one file.
struct TypeOfFile<'a> {
    path: &'a str,
    binding: usize,
    kind: LogType,
}

/// Joins logs, which are in the order in which their values count, the last one's most.
pub(crate) fn merge_files(logs: Vec<FileLog<'_>>, diagnostics: &mut Diagnostics) -> JobLog {
    let mut logs: Vec<FileLog<'_>> = logs.into_iter().filter(|file| !file.log.is_empty()).collect();
    if logs.len() < 2 {
        return logs.pop().map(|file| file.log).unwrap_or_default();
    }
    let mut types: Vec<TypeOfFile<'_>> = Vec::new();
    let mut merged = JobLog::default();
    for FileLog { path, binding, log } in logs {
        merged.odd_cells.extend(log.odd_cells);
        types.extend(log.types.into_iter().map(|kind| TypeOfFile { path, binding, kind }));
    }
    // The order of the files stays within a type.
    types.sort_by(|a, b| a.kind.name.cmp(&b.kind.name));
    let mut types = types.into_iter().peekable();
    while let Some(first) = types.next() {
        let name = first.kind.name.clone();
        let mut same = vec![first];
        while let Some(next) = types.next_if(|next| next.kind.name == name) {
            same.push(next);
        }
        if must_part(&same) {
            part(same, &mut merged, diagnostics);
        } else {
            let known: Vec<(usize, &str)> =
                same.iter().map(|file| (file.binding, file.path)).collect();
            for (number, file) in same.into_iter().enumerate() {
                let goes_on = |(binding, path): &(usize, &str)| {
                    *binding == file.binding && goes_on(path, file.path)
                };
                let goes_on = known[..number].iter().any(goes_on);
                merged.take(file, goes_on, diagnostics);
            }
        }
    }
    merged
}

/// True if two files of one reader contradict each other, and neither goes on from the other.
fn must_part(files: &[TypeOfFile<'_>]) -> bool {
    let pairs = files
        .iter()
        .enumerate()
        .flat_map(|(at, file)| files[at + 1..].iter().map(move |other| (file, other)));
    let mut alike = pairs.filter(|(a, b)| a.binding == b.binding && !goes_on(a.path, b.path));
    alike.any(|(a, b)| a.kind.series.conflicts_with(&b.kind.series))
}

/// Gives every file a type of its own.
fn part(files: Vec<TypeOfFile<'_>>, merged: &mut JobLog, diagnostics: &mut Diagnostics) {
    let paths: Vec<&str> = files.iter().map(|file| file.path).collect();
    for (mut file, label) in files.into_iter().zip(labels(&paths)) {
        file.kind.name = format!("{}.{label}", file.kind.name);
        let place = DiagnosticPlace::At(file.path.to_owned(), 1);
        diagnostics.add(DiagnosticKind::Apart, place);
        merged.take(file, false, diagnostics);
    }
}

impl JobLog {
    /// Merges the records of one type in a file into this log; of two values for one place the file's count. If the file
    /// goes on from an earlier one, nothing counts that was logged beyond its first place.
    fn take(&mut self, file: TypeOfFile<'_>, goes_on: bool, diagnostics: &mut Diagnostics) {
        let TypeOfFile { path, kind, .. } = file;
        let at = self.type_at(&kind.name);
        let mine = &mut self.types[at];
        if let Some(once) = kind.once {
            mine.once.get_or_insert_default().extend(once.into_named());
        }
        if mine.series.rows.is_empty() {
            mine.series = kind.series;
            return;
        }
        if goes_on && mine.series.conflicts_with(&kind.series) {
            let lost = mine.series.cut_before(&kind.series);
            let place = DiagnosticPlace::At(path.to_owned(), 1);
            diagnostics.add_times(DiagnosticKind::Superseded, lost, place);
        }
        mine.series.merge(kind.series);
    }
}

/// The beginning of the name of an event file, whose rest is a time, a host and a number.
const EVENTS: &str = "events.out.tfevents";

/// The words of a path that count the starts of a program: what follows them is no fold.
const STARTS: [&str; 10] =
    ["version", "v", "run", "attempt", "try", "restart", "resume", "part", EVENTS, "checkpoint"];

/// The short names of the months, which stand in the names of `TensorBoard`'s directories.
const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// True if a file is the log of a later start of the program that wrote another one, by their names: they differ in
/// the numbers of starts or in times alone.
fn goes_on(path: &str, later: &str) -> bool {
    let (path, later): (Vec<&str>, Vec<&str>) =
        (path.split('/').collect(), later.split('/').collect());
    let mut differ = path.iter().zip(&later).filter(|(a, b)| a != b);
    path.len() == later.len()
        && differ.all(|(a, b)| {
            let words = [words(a), words(b)];
            words[0] == words[1]
                && match words[0].first() {
                    Some(first) => STARTS.contains(&first.as_str()),
                    None => is_time(a) && is_time(b),
                }
        })
}

/// True if a part of a path has as many digits as a date or a time of day.
fn is_time(part: &str) -> bool {
    part.bytes().filter(u8::is_ascii_digit).count() >= 6
}

/// The words of a part of a path, in lower case, without numbers, months and endings.
fn words(part: &str) -> Vec<String> {
    if part.starts_with(EVENTS) {
        return vec![EVENTS.to_owned()];
    }
    let words = stem(part).split(|c: char| !c.is_alphabetic()).map(str::to_lowercase);
    let is_of_time = |word: &str| MONTHS.contains(&word) || word == "t" || word == "z";
    words.filter(|word| !word.is_empty() && !is_of_time(word)).collect()
}

/// Returns a name for each path: what is between the parts that all have in common, without the ending.
fn labels(paths: &[&str]) -> Vec<String> {
    let parts: Vec<Vec<&str>> = paths.iter().map(|path| stem(path).split('/').collect()).collect();
    let least = parts.iter().map(Vec::len).min().unwrap_or(0);
    let is_common = |part: &dyn Fn(&Vec<&str>) -> String| {
        parts.iter().all(|path| part(path) == part(&parts[0]))
    };
    let before = (0..least.saturating_sub(1))
        .take_while(|at| is_common(&|path| path[*at].to_owned()))
        .count();
    let after = (0..least - before - usize::from(least > before))
        .take_while(|at| is_common(&|path| path[path.len() - 1 - at].to_owned()))
        .count();
    let label = |path: &Vec<&str>| path[before..path.len() - after].join("/");
    let labels: Vec<String> = parts.iter().map(label).collect();
    // Names that only their endings tell apart keep these.
    let is_twice = |label: &String| labels.iter().filter(|other| *other == label).count() > 1;
    let whole = labels
        .iter()
        .zip(paths)
        .map(|(label, path)| if is_twice(label) { (*path).to_owned() } else { label.clone() });
    whole.collect()
}

/// Returns a path without the ending of its file.
fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    path[name..].find('.').filter(|at| *at > 0).map_or(path, |at| &path[..name + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_start_is_told_by_its_number_or_time_and_a_fold_is_none() {
        for (a, b) in [
            ("lightning_logs/version_0/metrics.csv", "lightning_logs/version_1/metrics.csv"),
            ("events.out.tfevents.1.h.2.0", "events.out.tfevents.7.other.2.1"),
            ("runs/Nov29_16-03-04/metrics.csv", "runs/Dec01_16-03-04/metrics.csv"),
            ("2026-11-29/16-03-04/log.csv", "2026-11-29/17-00-00/log.csv"),
        ] {
            assert!(goes_on(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("learn_error.tsv", "test_error.tsv"),
            ("fold_0/metrics.csv", "fold_1/metrics.csv"),
            ("0/metrics.csv", "1/metrics.csv"),
            ("log_rank0.jsonl", "log_rank1.jsonl"),
            ("train/metrics.csv", "val/metrics.csv"),
        ] {
            assert!(!goes_on(a, b), "{a} {b}");
        }
    }

    #[test]
    fn a_label_is_what_differs() {
        assert_eq!(labels(&["learn_error.tsv", "test_error.tsv"]), ["learn_error", "test_error"]);
        assert_eq!(labels(&["a/train/metrics.csv", "a/val/metrics.csv"]), ["train", "val"]);
        assert_eq!(labels(&["metrics.csv", "val/metrics.csv"]), ["metrics", "val/metrics"]);
        assert_eq!(labels(&["a/x.csv", "a/x.tsv"]), ["a/x.csv", "a/x.tsv"]);
    }
}
