//! Shows the comparisons of groups: which is better, by how much, and how sure that is.

use super::empty;
use crate::analyze::findings::ReportFindings;
use crate::analyze::metrics::Objective;
use crate::analyze::verdict::{GroupComparison, probability};
use crate::page::{PageSection, TableCell, TableHead, TableRow, TableView};

const NOTE: &str = "Jobs that ended without a value count as worse than all others. P(A better) is the \
    probability that a random job of A ends better than a random job of B, with its 95 % interval (Brunner \
    and Munzel; Newcombe near 0 and 1); 0.5 means no difference. Groups that share configs are compared in \
    pairs (Wilcoxon signed-rank test; Hodges-Lehmann median gain), others with the Mann-Whitney test. All \
    p-values are corrected together (Holm). A group is called better if p < 0.05: \"slightly\" if the \
    interval starts below 0.56, \"clearly\" if it starts at 0.64 or above. The distance is the largest \
    difference between the two curves (Kolmogorov-Smirnov).";

/// Returns the section that compares pairs of groups; `None` for a single group.
pub(in crate::analyze) fn comparison(
    findings: &ReportFindings<'_>,
    objective: &Objective,
) -> Option<PageSection> {
    let found = &findings.comparisons;
    if found.is_empty() {
        return None;
    }
    let mut section = empty("compare", "Which is better");
    section.paragraphs.extend(found.iter().map(|comparison| comparison.sentence(objective)));
    let middles = findings.groups().iter().zip(&findings.middles);
    let middles: Vec<String> = middles
        .filter_map(|(group, middle)| {
            Some(format!("{} {}", group.name, middle.as_ref()?.words(group)))
        })
        .collect();
    if !middles.is_empty() {
        let all = middles.join("; ");
        section.paragraphs.push(format!(
            "Mean {} of the middle half, with its 95 % interval: {all}.",
            objective.label
        ));
    }
    let rows: Vec<TableRow> = found.iter().filter_map(row).collect();
    if !rows.is_empty() {
        section.table = Some(TableView { heads: heads(), rows, note: NOTE.to_owned() });
    }
    Some(section)
}

fn heads() -> Vec<TableHead> {
    let head = |text: &str, title: &str, numeric| TableHead {
        text: text.to_owned(),
        title: title.to_owned(),
        numeric,
    };
    vec![
        head("A", "", false),
        head("B", "", false),
        head("P(A better)", "", true),
        head("95 %", "", true),
        head("pairs", "shared configs: A better / equal / B better", true),
        head("p", "Wilcoxon signed-rank test for pairs, else Mann-Whitney test", true),
        head("p (Holm)", "corrected for the number of comparisons", true),
        head("distance", "", true),
        head("p (Kolmogorov-Smirnov)", "", true),
    ]
}

fn row(comparison: &GroupComparison) -> Option<TableRow> {
    let samples = comparison.samples?;
    let cell = |text: String, numeric| TableCell { text, numeric, share: String::new() };
    let pairs = comparison.pairs.map_or("–".to_owned(), |pairs| {
        let found = pairs.found;
        format!("{} / {} / {}", found.less, found.equal, found.greater)
    });
    let cells = vec![
        cell(comparison.names.0.clone(), false),
        cell(comparison.names.1.clone(), false),
        cell(format!("{:.2}", samples.less), true),
        cell(format!("{:.2} to {:.2}", samples.interval.0, samples.interval.1), true),
        cell(pairs, true),
        cell(probability(comparison.p), true),
        cell(probability(comparison.corrected_p), true),
        cell(format!("{:.2}", samples.distance), true),
        cell(probability(samples.distance_p), true),
    ];
    Some(TableRow { id: String::new(), set_apart: false, cells })
}
