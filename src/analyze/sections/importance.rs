//! Shows which parameters matter, how, and which only together: of all groups at once.

use super::coverage::{prefix, sentence};
use super::effects::{GroupEffect, LearntGroup, by_parameter, effects};
use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::importance::ImportanceResult;
use crate::analyze::parameters::Parameter;
use crate::analyze::stats::ParameterImportance;
use crate::app::count;
use crate::app::units::percent;
use crate::page::{FigureGrid, PageSection, TableCell, TableHead, TableRow, TableView};

/// The greatest number of pairs that are listed, and the least share of each.
const PAIRS: usize = 5;
const LEAST_PAIR: f64 = 0.01;

const HOW: &str = "A random forest predicts the rank of a job from its sampled parameters (fANOVA: Hutter, \
    Hoos, Leyton-Brown, 2014). The share of a parameter is the part of the variance that it explains alone; \
    for effects with many ups and downs, it tends to be too low. No share, alone or together, exceeds what \
    the forest explains.";
const EFFECTS: &str = "The figures show the mean rank for each value of a parameter, averaged over the others: 0 is \
    the best job, 1 the worst. The areas contain 95 % of the trees of the forest.";

/// Returns the section; `None` if no parameter of any group varies.
pub fn importance(groups: &[JobGroup<'_>], own: &[ImportanceResult]) -> Option<PageSection> {
    let mut section = empty("matters", "What matters");
    let of = |(series, (group, matters))| Some((series, group, matters));
    let all = groups.iter().zip(own).enumerate().filter_map(of);
    let varied: Vec<(usize, &JobGroup<'_>, &ImportanceResult)> =
        all.filter(|(_, _, matters)| !matters.parameters.is_empty()).collect();
    if varied.is_empty() {
        return None;
    }
    let mut learnt = Vec::new();
    for (series, group, matters) in varied {
        let words = match matters.learnt() {
            None => nothing(group, matters),
            Some(found) => {
                let parameters = &matters.parameters;
                learnt.push(LearntGroup { name: group.name.clone(), series, parameters, found });
                format!(
                    "in unseen jobs, the forest explains {:.0} % ({}).",
                    found.explained * 100.0,
                    count(matters.jobs, group.unit())
                )
            }
        };
        section.paragraphs.push(sentence(&prefix(groups, group), &words));
        let together = matters.learnt().and_then(|found| pairs(found, &matters.parameters));
        section.paragraphs.extend(together.map(|words| sentence(&prefix(groups, group), &words)));
    }
    if learnt.is_empty() {
        return Some(section);
    }
    let (figures, others) = effects(&learnt);
    section.paragraphs.push(EFFECTS.to_owned());
    if !others.is_empty() {
        let names = others.join(", ");
        section.paragraphs.push(format!("Without an effect to draw: {names}."));
    }
    section.grids.push(FigureGrid { figures, ..FigureGrid::default() });
    section.table = Some(table(&learnt));
    Some(section)
}

/// Returns words on a group of which nothing was learnt.
fn nothing(group: &JobGroup<'_>, matters: &ImportanceResult) -> String {
    let jobs = count(matters.jobs, group.unit());
    match &matters.importance {
        None => format!("{jobs} ended: too few to learn from, or all with the same value."),
        Some(found) => format!(
            "nothing can be learned from {jobs}: in unseen jobs, the forest explains {:.0} % of the variance. \
             The parameters matter little, or there are too few jobs.",
            (found.explained * 100.0).max(0.0),
        ),
    }
}

/// Returns the pairs that matter, in a sentence.
fn pairs(found: &ParameterImportance, parameters: &[Parameter]) -> Option<String> {
    let named: Vec<String> = found
        .pairs
        .iter()
        .filter(|pair| pair.beyond_chance && pair.share >= LEAST_PAIR)
        .take(PAIRS)
        .map(|pair| {
            let (a, b) = (&parameters[pair.parameters.0].name, &parameters[pair.parameters.1].name);
            format!("{a} with {b} ({})", percent(pair.share))
        })
        .collect();
    (!named.is_empty())
        .then(|| format!("interactions, beyond each parameter alone: {}.", named.join(", ")))
}

/// Returns the shares by parameter, a column a group.
fn table(groups: &[LearntGroup<'_>]) -> TableView {
    let head = |text: String, numeric| TableHead { text, title: String::new(), numeric };
    let mut heads = vec![head("parameter".to_owned(), false)];
    for group in groups {
        let of = if groups.len() > 1 { format!(", {}", group.name) } else { String::new() };
        heads.push(head(format!("share of the variance{of}"), true));
        heads.push(head("beyond chance".to_owned(), false));
    }
    let rows = by_parameter(groups);
    let rows = rows.iter().map(|effects| row(groups, effects)).collect();
    TableView { heads, rows, note: HOW.to_owned() }
}

/// Returns the row of a parameter.
fn row(groups: &[LearntGroup<'_>], effects: &[GroupEffect<'_>]) -> TableRow {
    let plain =
        |text: &str| TableCell { text: text.to_owned(), numeric: false, share: String::new() };
    let mut cells = vec![plain(&effects[0].1.key)];
    for group in groups {
        let Some((_, _, effect)) = effects.iter().find(|effect| effect.0.series == group.series)
        else {
            cells.extend([plain("–"), plain("–")]);
            continue;
        };
        cells.push(TableCell {
            text: percent(effect.share),
            numeric: true,
            share: format!("{:.1}%", (effect.share * 100.0).clamp(0.0, 100.0)),
        });
        cells.push(plain(if effect.beyond_chance { "yes" } else { "no" }));
    }
    TableRow { id: String::new(), set_apart: false, cells }
}
