//! Numbers in sentences, and commands to type.

use std::collections::BTreeMap;

use sweep_config::Sweep;

use super::num::saturated;

/// The variable that a stage has in its environment if it was called as `sweepkit setup`.
pub const CALLED_AS: &str = "SWEEPKIT_COMMAND";

/// Returns the command line that runs another stage on the same sweep, with its overrides, quoted for the shell.
#[must_use]
pub fn command(binary: &str, sweep: &Sweep) -> String {
    let named = sweep.named.to_string_lossy();
    let stage = binary.strip_prefix("sweep_").unwrap_or(binary);
    let is_short = std::env::var_os(CALLED_AS).is_some() && !named.starts_with('-');
    let mut words = if is_short {
        vec!["sweepkit", stage, &named]
    } else {
        vec![binary, "--sweep-cfg", &named]
    };
    words.extend(sweep.typed.iter().flat_map(|set| ["--set", set]));
    // What cannot be quoted (a NUL) cannot have come from a command line.
    shlex::try_join(words.iter().copied()).unwrap_or_else(|_| words.join(" "))
}

/// Formats a number of things: `1 job`, `2 jobs`, `1,234 jobs`.
#[must_use]
pub fn count(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", thousands(n))
}

/// Joins items to a list of which a reader sees the end: of more than twelve the first ten, and how many more there are.
#[must_use]
pub fn listed(items: &[String]) -> String {
    /// The greatest number of items that are all shown.
    const ALL: usize = 12;
    /// The number of those that are shown of more.
    const SOME: usize = 10;
    if items.len() <= ALL {
        return items.join(", ");
    }
    format!("{} and {} more", items[..SOME].join(", "), thousands(items.len() - SOME))
}

/// Joins counts of things with the reason of each: `2 configs (failed), 1 config (another type)`.
#[must_use]
pub fn counts_by_reason(counts: &BTreeMap<String, u64>, noun: &str) -> String {
    let one = |(reason, n): (&String, &u64)| format!("{} ({reason})", count(saturated(*n), noun));
    counts.iter().filter(|(_, n)| **n > 0).map(one).collect::<Vec<_>>().join(", ")
}

/// Formats a number with separators of thousands: `1,234,567`.
#[must_use]
pub fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Joins sorted numbers into inclusive ranges: `[0, 1, 2, 5]` is `[(0, 2), (5, 5)]`.
#[must_use]
pub fn ranges(sorted: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for n in sorted {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == n => *last = n,
            _ => ranges.push((n, n)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_ends_with_the_number_of_what_is_left_out() {
        let items: Vec<String> = (0..1015).map(|n| n.to_string()).collect();
        assert_eq!(listed(&items[..3]), "0, 1, 2");
        assert_eq!(listed(&items), "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1,005 more");
    }

    #[test]
    fn counts_have_their_reasons_and_none_is_no_word() {
        let counts = [("failed", 2), ("another type", 1), ("open", 0)];
        let counts = counts.map(|(reason, n)| (reason.to_owned(), n)).into();
        let words = "1 config (another type), 2 configs (failed)";
        assert_eq!(counts_by_reason(&counts, "config"), words);
    }

    #[test]
    fn a_count_agrees_with_its_noun_and_groups_thousands() {
        assert_eq!(count(0, "job"), "0 jobs");
        assert_eq!(count(1, "job"), "1 job");
        assert_eq!(count(999, "job"), "999 jobs");
        assert_eq!(count(1_234_567, "job"), "1,234,567 jobs");
    }

    #[test]
    fn ranges_join_neighbours_only() {
        assert_eq!(ranges([]), []);
        assert_eq!(ranges([0, 1, 2, 5, 7, 8]), [(0, 2), (5, 5), (7, 8)]);
    }
}
