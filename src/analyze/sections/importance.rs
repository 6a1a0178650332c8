//! Shows which parameters matter, how, and which only together.

use super::empty;
use super::panels::{X_LABELS, Y_LABELS, span_by_ratio};
use crate::analyze::group::JobGroup;
use crate::analyze::importance::ImportanceResult;
use crate::analyze::metrics::WIDE;
use crate::analyze::parameters::Parameter;
use crate::analyze::plot::{self, AxisScale, BandedLine, ChartAxis, PointMark};
use crate::analyze::stats::{MainEffect, ParameterImportance, ValueSpan};
use crate::app::count;
use crate::app::units::percent;
use crate::page::number::number;
use crate::page::{
    FigureGrid, FigureKey, FigureView, PageSection, TableCell, TableHead, TableRow, TableView,
};

/// The greatest number of effects that are drawn.
const DRAWN: usize = 9;
/// The greatest number of pairs that are listed, and the least share of each.
const PAIRS: usize = 5;
const LEAST_PAIR: f64 = 0.01;
/// The greatest number of levels that are drawn as points; of more, only the line is drawn.
const FEW: usize = 12;

const HOW: &str = "A random forest predicts the rank of a job from its sampled parameters (fANOVA: Hutter, \
    Hoos, Leyton-Brown, 2014). The share of a parameter is the part of the variance that it explains alone; \
    for effects with many ups and downs, it tends to be too low. No share, alone or together, exceeds what \
    the forest explains.";
const EFFECTS: &str = "The mean rank for each value of a parameter, averaged over the others: 0 is the best \
    job, 1 the worst. The area contains 95 % of the trees of the forest.";

/// Returns the section of a group; `None` if no parameter varies.
pub fn importance(
    id: &str,
    title: &str,
    group: &JobGroup<'_>,
    matters: &ImportanceResult,
) -> Option<PageSection> {
    if matters.parameters.is_empty() {
        return None;
    }
    let mut section = empty(id, title);
    let Some(found) = &matters.importance else {
        let jobs = count(matters.jobs, group.unit());
        section
            .paragraphs
            .push(format!("{jobs} ended: too few to learn from, or all with the same value."));
        return Some(section);
    };
    if matters.learnt().is_none() {
        section.paragraphs.push(format!(
            "Nothing can be learned from {} of {}: in unseen jobs, the forest explains {:.0} % of the \
             variance. The parameters matter little, or there are too few jobs.",
            count(matters.jobs, group.unit()),
            group.name,
            (found.explained * 100.0).max(0.0),
        ));
        return Some(section);
    }
    section.paragraphs.push(format!(
        "{HOW} In unseen jobs it explains {:.0} % ({}).",
        found.explained * 100.0,
        count(matters.jobs, group.unit())
    ));
    section.paragraphs.extend(pairs(found, &matters.parameters));
    section.paragraphs.push(EFFECTS.to_owned());
    section
        .grids
        .push(FigureGrid { figures: effects(found, &matters.parameters), ..FigureGrid::default() });
    section.table = Some(table(found, &matters.parameters));
    Some(section)
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
        .then(|| format!("Interactions, beyond each parameter alone: {}.", named.join(", ")))
}

fn table(found: &ParameterImportance, parameters: &[Parameter]) -> TableView {
    let head =
        |text: &str, numeric| TableHead { text: text.to_owned(), title: String::new(), numeric };
    let word = |beyond: bool| if beyond { "yes" } else { "no" };
    let row = |effect: &MainEffect| {
        let parameter = &parameters[effect.parameter];
        let cells = vec![
            TableCell { text: parameter.key.clone(), numeric: false, share: String::new() },
            TableCell {
                text: percent(effect.share),
                numeric: true,
                share: format!("{:.1}%", (effect.share * 100.0).clamp(0.0, 100.0)),
            },
            TableCell {
                text: word(effect.beyond_chance).to_owned(),
                numeric: false,
                share: String::new(),
            },
        ];
        TableRow { id: String::new(), set_apart: false, cells }
    };
    TableView {
        heads: vec![
            head("parameter", false),
            head("share of the variance", true),
            head("beyond chance", false),
        ],
        rows: found.effects.iter().map(row).collect(),
        note: String::new(),
    }
}

fn effects(found: &ParameterImportance, parameters: &[Parameter]) -> Vec<FigureView> {
    let drawn = found.effects.iter().filter(|effect| effect.marginal.len() > 1).take(DRAWN);
    let top = drawn.clone().flat_map(|e| e.marginal.iter().map(|l| l.high)).fold(0.0, f64::max);
    let y = ChartAxis::exact(
        "mean rank (0 = best)",
        AxisScale::Linear,
        ValueSpan { low: 0.0, high: ((top * 10.0).ceil() / 10.0).min(1.0) },
        Y_LABELS,
    );
    drawn.filter_map(|effect| figure(effect, &parameters[effect.parameter], &y)).collect()
}

fn figure(effect: &MainEffect, parameter: &Parameter, y: &ChartAxis) -> Option<FigureView> {
    let shown: Vec<(f64, f64, f64, f64)> = effect
        .marginal
        .iter()
        .filter_map(|l| Some((l.value?, rank(l.mean), rank(l.low), rank(l.high))))
        .collect();
    let x = axis(parameter, &shown)?;
    let edge = |of: fn(&(f64, f64, f64, f64)) -> f64| shown.iter().map(|l| (l.0, of(l))).collect();
    let mark = |level: &(f64, f64, f64, f64)| PointMark {
        x: level.0,
        y: level.1,
        title: format!(
            "{} {}: {:.2} ({:.2} to {:.2})",
            parameter.name,
            parameter.word(level.0).map_or_else(|| number(level.0), str::to_owned),
            level.1,
            level.2,
            level.3
        ),
    };
    let marks = if shown.len() <= FEW { shown.iter().map(mark).collect() } else { Vec::new() };
    let curve = BandedLine {
        name: parameter.name.clone(),
        line: edge(|level| level.1),
        band: Some([edge(|level| level.2), edge(|level| level.3)]),
        marks,
        ..BandedLine::default()
    };
    let missing = effect.marginal.iter().find(|level| level.value.is_none());
    let key = FigureKey::plain(format!("{} of the variance", percent(effect.share)));
    Some(FigureView {
        heading: parameter.name.clone(),
        svg: plot::lines(&[curve], &x, y, &format!("Effect of {}", parameter.name)),
        keys: vec![key],
        note: missing.map(|l| format!("Without it: {:.2}.", rank(l.mean))).unwrap_or_default(),
    })
}

/// Returns the rank that a predicted one is read as: trees that were put right may reach beyond the ends.
fn rank(predicted: f64) -> f64 {
    predicted.clamp(0.0, 1.0)
}

/// Returns the axis of a parameter: of names if its values are words, logarithmic if they span a
/// great ratio.
fn axis(parameter: &Parameter, shown: &[(f64, f64, f64, f64)]) -> Option<ChartAxis> {
    if !parameter.words.is_empty() {
        return Some(ChartAxis::of_names(
            &parameter.words.iter().map(String::as_str).collect::<Vec<_>>(),
        ));
    }
    let values = shown.iter().map(|level| level.0);
    let (scale, span) = match span_by_ratio(values.clone(), WIDE / 10.0) {
        Some(span) => (AxisScale::Log10, span),
        None => (AxisScale::Linear, ValueSpan::of(values)?),
    };
    Some(ChartAxis::new(parameter.name.as_str(), scale, span, X_LABELS))
}
