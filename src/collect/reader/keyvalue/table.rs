//! Tables that programs print: a header of names above lines of numbers, or a name and a number a line between bars.
//!
//! - A header begins with `Epoch` (fastai, skorch, Ultralytics). Ultralytics prints a second one below an epoch's line,
//!   `Class Images Instances Box(P R mAP50 mAP50-95)`, of whose lines that of all classes counts.
//! - The lines `| ep_rew_mean | 18.2 |` between two lines of dashes are one record (Stable-Baselines3, Spinning Up), since
//!   the place of all stands somewhere among them. A name without a number, `rollout/`, begins those that are indented below it.

use super::heading::LineHeading;
use super::pairs::{NumberPair, cell_pair, number, out_of};
use crate::collect::cache::codec::codec_struct;
use crate::collect::reader::generic;
use crate::collect::reader::row_keys::RowKeys;

/// The number of names that a header has at least: two words are a sentence.
const FEWEST: usize = 3;

/// The number of columns and of lines between bars that are kept.
const MOST: usize = 256;

/// The spaces before a name that belongs to the section above it.
const INDENT: usize = 4;

/// The table that is being printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PrintedTable {
    /// The names of its columns; none where no header was printed.
    columns: Vec<String>,
    section: String,
    /// The names and numbers between bars since the last line of dashes.
    cells: Vec<(String, String)>,
}

codec_struct!(PrintedTable { columns, section, cells });

/// The numbers that a line tells, and their place.
#[derive(Debug, Default)]
pub(super) struct PrintedNumbers {
    pub(super) pairs: Vec<NumberPair>,
    pub(super) heading: LineHeading,
}

/// True if a line can belong to a table although it has no digits.
pub(super) fn may_be_of_table(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    matches!(text.first(), Some(b'|' | b'-'))
        || text.get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"epoch"))
}

impl PrintedTable {
    /// Takes a line; returns what it tells, `None` of a line that belongs to no table.
    pub(super) fn take(&mut self, line: &str, keys: &RowKeys) -> Option<PrintedNumbers> {
        if let Some((name, value)) = between_bars(line) {
            self.add(name, value);
            return Some(PrintedNumbers::default());
        }
        if !self.cells.is_empty() {
            let cells = std::mem::take(&mut self.cells);
            self.section.clear();
            if is_rule(line) {
                return Some(record(&cells, keys));
            }
        }
        if let Some(columns) = self.header(line) {
            self.columns = columns;
            return Some(PrintedNumbers::default());
        }
        self.row(line)
    }

    fn add(&mut self, name: &str, value: &str) {
        let indent = name.len() - name.trim_start().len();
        let name = name.trim();
        if value.is_empty() {
            name.clone_into(&mut self.section);
        } else if self.cells.len() < MOST {
            let section = if indent >= INDENT { self.section.as_str() } else { "" };
            self.cells.push((format!("{section}{name}"), value.to_owned()));
        }
    }

    /// Returns the names of a header.
    fn header(&self, line: &str) -> Option<Vec<String>> {
        let mut words = line.split_whitespace();
        let is_of_classes = match words.next()? {
            epoch if epoch.eq_ignore_ascii_case("epoch") => false,
            "Class" if self.columns.first().is_some_and(|first| first != "Class") => true,
            _ => return None,
        };
        let names: Vec<&str> = line.split_whitespace().take(MOST).collect();
        // A progress bar follows.
        let len =
            names.iter().position(|name| name.ends_with(':')).map_or(names.len(), |at| at + 1);
        let is_name = |name: &&str| {
            name.contains(|c: char| c.is_alphabetic())
                && !name.contains(['=', '|', '{', '"', '['])
                && !name.trim_end_matches(':').contains(':')
        };
        let names = &names[..len];
        let is_header = names.len() >= FEWEST
            && names.iter().all(is_name)
            && (!is_of_classes || names.contains(&"Images"));
        is_header.then(|| names.iter().map(|name| bare(name).to_owned()).collect())
    }

    /// Returns the numbers of a line below a header.
    fn row(&mut self, line: &str) -> Option<PrintedNumbers> {
        let first = self.columns.first()?;
        let words: Vec<&str> = line.split_whitespace().take(2 * MOST).collect();
        let last = *words.get(self.columns.len() - 1)?;
        if words.len() > self.columns.len() && !last.ends_with(':') {
            return None;
        }
        let mut heading = LineHeading::default();
        let is_of_classes = first == "Class";
        if !is_of_classes {
            let (epoch, rest) = number(words[0], ' ')?;
            let (of, rest) = out_of(rest);
            heading.epoch = Some((epoch.parse().ok()?, of.and_then(|of| of.parse().ok())))
                .filter(|_| rest.is_empty());
            heading.epoch?;
        } else if words[0] != "all" {
            return None;
        }
        let cells = self.columns.iter().zip(&words).skip(1);
        let pairs: Vec<NumberPair> = cells
            .filter_map(|(name, word)| cell_pair(name, word.strip_suffix(':').unwrap_or(word)))
            .collect();
        if 2 * pairs.len() < self.columns.len() - 1 {
            return None;
        }
        // The best weights are validated once more after the last epoch, which is no epoch.
        if is_of_classes {
            self.columns.clear();
        }
        Some(PrintedNumbers { pairs, heading })
    }
}

/// Returns the cells of a line `| name | number |` or `| section/ | |`, the name with the spaces before it.
fn between_bars(line: &str) -> Option<(&str, &str)> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    let (name, value) = inner.split_once('|')?;
    let value = value.trim();
    let is_name =
        name.contains(|c: char| c.is_alphabetic()) && !name.trim().contains(char::is_whitespace);
    (is_name && name.len() < 200 && value.len() < 100 && !value.contains(['|', ' ']))
        .then_some((name, value))
}

/// True of a line of dashes.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() > 2 && line.bytes().all(|byte| byte == b'-')
}

/// Returns the numbers between bars and the place that some of them name.
fn record(cells: &[(String, String)], keys: &RowKeys) -> PrintedNumbers {
    let place = |rank: &dyn Fn(&str) -> Option<usize>| {
        let ranked = cells.iter().filter_map(|(name, value)| {
            Some((rank(name)?, generic::whole(&generic::log_value(value))?))
        });
        ranked.min().map(|(_, number)| number)
    };
    let heading = LineHeading {
        epoch: place(&|name| keys.epoch_rank(name)).map(|epoch| (epoch, None)),
        step: place(&|name| keys.step_rank(name)),
        ..LineHeading::default()
    };
    let pairs = cells.iter().filter_map(|(name, value)| cell_pair(name, value)).collect();
    PrintedNumbers { pairs, heading }
}

/// Returns a name without half a pair of brackets: `P` of `Box(P`, `mAP50-95` of `mAP50-95):`.
fn bare(name: &str) -> &str {
    let name = name.trim_end_matches(':');
    match (name.split_once('('), name.strip_suffix(')')) {
        (Some((_, inner)), None) | (None, Some(inner)) => inner,
        _ => name,
    }
}
