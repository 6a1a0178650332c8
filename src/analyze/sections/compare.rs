//! Compares groups in pairs: which is better, by how much, and how sure that is.

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::stats::{CONFIDENCE, SampleComparison, compare};
use crate::app::count;
use crate::page::{PageSection, TableCell, TableHead, TableRow, TableView};

/// The greatest number of groups of which all pairs are compared; of more, each is compared with
/// the first only.
const ALL_PAIRS: usize = 4;

const INTRO: &str = "P(A better) is the probability that a job drawn from A ends better than one drawn from B, \
    with its 95 % interval (Brunner and Munzel; near 0 and 1 Newcombe's); 0.5 is no difference. The distance is the greatest \
    difference of the two curves (Kolmogorov and Smirnov), p how probable so great a distance is if \
    there were none. Jobs that failed, diverged or stopped without a value count as worse than all others.";

/// Returns the section that compares pairs of groups; `None` for a single group.
pub fn comparison(groups: &[JobGroup<'_>]) -> Option<PageSection> {
    if groups.len() < 2 {
        return None;
    }
    let mut section = empty("compare", "Which is better");
    let mut rows = Vec::new();
    for (a, b) in pairs(groups.len()) {
        let (a, b) = (&groups[a], &groups[b]);
        match compare(&a.censored_losses(), &b.censored_losses()) {
            Some(comparison) => {
                section.paragraphs.push(in_words((&a.name, &b.name), comparison));
                rows.push(row((&a.name, &b.name), comparison));
            }
            None => section.paragraphs.push(format!(
                "{} and {} cannot be compared: {} and {} that ended are too few.",
                a.name,
                b.name,
                a.censored_losses().len(),
                count(b.censored_losses().len(), "job"),
            )),
        }
    }
    if !rows.is_empty() {
        section.paragraphs.push(INTRO.to_owned());
        section.table = Some(TableView { heads: heads(), rows, note: String::new() });
    }
    Some(section)
}

fn pairs(groups: usize) -> Vec<(usize, usize)> {
    let firsts = if groups <= ALL_PAIRS { groups } else { 1 };
    (0..firsts).flat_map(|a| (a + 1..groups).map(move |b| (a, b))).collect()
}

/// Returns a comparison as a sentence that names the better group first: `A is better: P(A better)
/// = 0.71 [0.63, 0.78]`.
pub fn in_words((a, b): (&str, &str), c: SampleComparison) -> String {
    let flipped = c.less < 0.5;
    let (better, worse) = if flipped { (b, a) } else { (a, b) };
    let (low, high) = c.interval;
    let [p, low, high] =
        if flipped { [1.0 - c.less, 1.0 - high, 1.0 - low] } else { [c.less, low, high] };
    let numbers = format!("P({better} better than {worse}) = {p:.2} [{low:.2}, {high:.2}]");
    if low <= 0.5 || c.less_p >= 1.0 - CONFIDENCE {
        return format!("Between {better} and {worse} no difference is certain: {numbers}.");
    }
    let strength = match p {
        p if p >= 0.71 => "clearly better",
        p if p >= 0.64 => "better",
        _ => "slightly better",
    };
    format!("{better} is {strength} than {worse}: {numbers}.")
}

fn heads() -> Vec<TableHead> {
    let head =
        |text: &str, numeric| TableHead { text: text.to_owned(), title: String::new(), numeric };
    vec![
        head("A", false),
        head("B", false),
        head("P(A better)", true),
        head("95 %", true),
        head("p (Mann-Whitney)", true),
        head("distance", true),
        head("p (Kolmogorov-Smirnov)", true),
    ]
}

fn row((a, b): (&str, &str), c: SampleComparison) -> TableRow {
    let cell = |text: String, numeric| TableCell { text, numeric, share: String::new() };
    let cells = vec![
        cell(a.to_owned(), false),
        cell(b.to_owned(), false),
        cell(format!("{:.2}", c.less), true),
        cell(format!("{:.2} to {:.2}", c.interval.0, c.interval.1), true),
        cell(probability(c.less_p), true),
        cell(format!("{:.2}", c.distance), true),
        cell(probability(c.distance_p), true),
    ];
    TableRow { id: String::new(), set_apart: false, cells }
}

fn probability(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(less: f64, interval: (f64, f64)) -> SampleComparison {
        SampleComparison { distance: 0.4, distance_p: 0.01, less, interval, less_p: 0.01 }
    }

    #[test]
    fn the_better_space_is_named_first() {
        let words = in_words(("A", "B"), comparison(0.29, (0.22, 0.37)));
        assert_eq!(words, "B is clearly better than A: P(B better than A) = 0.71 [0.63, 0.78].");
    }

    #[test]
    fn an_interval_that_holds_a_half_is_no_difference() {
        let words = in_words(("A", "B"), comparison(0.55, (0.45, 0.65)));
        assert!(words.starts_with("Between A and B no difference is certain"), "{words}");
    }

    #[test]
    fn many_groups_are_compared_with_the_first() {
        assert_eq!(pairs(3), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(pairs(5), [(0, 1), (0, 2), (0, 3), (0, 4)]);
    }
}
