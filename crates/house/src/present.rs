//! Prints figures and broken rules.

use std::io::{self, Write};

use crate::figures::{HouseFigures, LengthSummary, PartOfTotal};
use crate::rules::BrokenRules;

/// Prints the figures as a table.
pub(crate) fn figures(out: &mut impl Write, figures: &HouseFigures) -> io::Result<()> {
    let per_thousand = 1000 * figures.public_items / figures.code_lines.max(1);
    let docs = PartOfTotal { part: figures.doc_lines, total: figures.code_lines };
    let rows = [
        ("files / code lines", format!("{} / {}", figures.files, figures.code_lines)),
        ("file length median / p90 / max", lengths(&figures.file_lengths)),
        ("fn length median / p90 / max", lengths(&figures.function_lengths)),
        ("fns over 60 / over 40", format!("{} / {}", figures.over_60, figures.over_40)),
        ("`pub` items per 1k code lines", per_thousand.to_string()),
        ("deepest module", figures.deepest.to_string()),
        ("import circles of top modules", figures.top_circles.to_string()),
        ("import circles of files", figures.file_circles.to_string()),
        ("doc lines / code", percent(docs)),
        ("doc comments", figures.docs.to_string()),
        ("one-word type names", percent(figures.one_word_types)),
        ("types sharing their name with another type", percent(figures.shared_types)),
        ("types sharing it within a crate", percent(figures.shared_in_crate)),
        ("names that several types share", figures.shared_names.to_string()),
        ("one-word fn names", percent(figures.one_word_functions)),
    ];
    for (name, value) in rows {
        writeln!(out, "| {name} | {value} |")?;
    }
    Ok(())
}

/// Prints what breaks the rules, by rule and room.
pub(crate) fn rules(out: &mut impl Write, broken: &BrokenRules) -> io::Result<()> {
    let mut last = None;
    for ((rule, room), lines) in &broken.0 {
        if last != Some(rule) {
            writeln!(out, "\n== {}", rule.heading())?;
            last = Some(rule);
        }
        writeln!(out, "{room} ({})", lines.len())?;
        for line in lines {
            writeln!(out, "    {line}")?;
        }
    }
    Ok(())
}

fn lengths(lengths: &LengthSummary) -> String {
    format!("{} / {} / {} `{}`", lengths.median, lengths.p90, lengths.max, lengths.longest)
}

fn percent(share: PartOfTotal) -> String {
    let percent = (200 * share.part + share.total) / (2 * share.total).max(1);
    format!("{percent} % ({} of {})", share.part, share.total)
}
