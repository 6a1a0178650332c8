//! Draws how the objective depends on each parameter: the mean rank over its values, a line a group.

use super::panels::{X_LABELS, Y_LABELS, span_by_ratio};
use crate::analyze::metrics::WIDE;
use crate::analyze::parameters::Parameter;
use crate::analyze::plot::{self, AxisScale, BandedLine, ChartAxis, PointMark, StyleClass};
use crate::analyze::stats::{MainEffect, ParameterImportance, ValueSpan};
use crate::app::num::float;
use crate::app::units::percent;
use crate::page::number::number;
use crate::page::{FigureKey, FigureView};

/// The greatest number of effects that are drawn.
const DRAWN: usize = 9;
/// The least share of the variance of an effect that is drawn though it is not beyond chance.
const LEAST_DRAWN: f64 = 0.05;
/// The greatest number of levels that are drawn as points; of more, only the line is drawn.
const FEW: usize = 12;
/// The greatest number of groups with bands: those of more would cover each other.
const MOST_BANDS: usize = 3;

/// A group of whose parameters something was learnt.
pub(super) struct LearntGroup<'a> {
    /// Its name.
    pub(super) name: String,
    /// The number of its colour.
    pub(super) series: usize,
    /// Its parameters.
    pub(super) parameters: &'a [Parameter],
    /// The forest's findings.
    pub(super) found: &'a ParameterImportance,
}

/// The effect of a parameter in one of the groups.
pub(super) type GroupEffect<'a> = (&'a LearntGroup<'a>, &'a Parameter, &'a MainEffect);

/// A level of a parameter as it is drawn: its place, the mean rank, and its bounds.
type DrawnLevel = (f64, f64, f64, f64);

/// Returns the figures of the effects that are beyond chance or large in any group, the largest first, and the names of
/// the others.
pub(super) fn effects(groups: &[LearntGroup<'_>]) -> (Vec<FigureView>, Vec<String>) {
    let all = by_parameter(groups);
    let top = all.iter().flatten().flat_map(|(_, _, effect)| &effect.marginal);
    let top = top.map(|level| level.high).fold(0.0, f64::max);
    let y = ChartAxis::exact(
        "mean rank (0 = best)",
        AxisScale::Linear,
        ValueSpan { low: 0.0, high: ((top * 10.0).ceil() / 10.0).min(1.0) },
        Y_LABELS,
    );
    let (mut figures, mut others) = (Vec::new(), Vec::new());
    for (at, effects) in all.iter().enumerate() {
        let says =
            |(_, _, effect): &GroupEffect<'_>| effect.beyond_chance || effect.share >= LEAST_DRAWN;
        let is_drawn = figures.len() < DRAWN && (at == 0 || effects.iter().any(says));
        match figure(effects, &y, groups.len()).filter(|_| is_drawn) {
            Some(view) => figures.push(view),
            None => others.push(effects[0].1.name.clone()),
        }
    }
    (figures, others)
}

/// Returns the effects by parameter, the one with the greatest share of any group first.
pub(super) fn by_parameter<'a>(groups: &'a [LearntGroup<'a>]) -> Vec<Vec<GroupEffect<'a>>> {
    let mut all: Vec<Vec<GroupEffect<'a>>> = Vec::new();
    for group in groups {
        for effect in &group.found.effects {
            let parameter = &group.parameters[effect.parameter];
            match all.iter_mut().find(|known| known[0].1.key == parameter.key) {
                Some(known) => known.push((group, parameter, effect)),
                None => all.push(vec![(group, parameter, effect)]),
            }
        }
    }
    let greatest = |effects: &[GroupEffect<'_>]| {
        effects.iter().map(|(_, _, effect)| effect.share).fold(0.0, f64::max)
    };
    all.sort_by(|a, b| greatest(b).total_cmp(&greatest(a)));
    all
}

fn figure(effects: &[GroupEffect<'_>], y: &ChartAxis, groups: usize) -> Option<FigureView> {
    let name = &effects[0].1.name;
    let words = all_words(effects);
    let drawn: Vec<(&GroupEffect<'_>, Vec<DrawnLevel>)> = effects
        .iter()
        .filter(|(_, _, effect)| effect.marginal.len() > 1)
        .map(|effect| (effect, levels(effect, &words)))
        .collect();
    let x = axis(name, &words, &drawn.iter().flat_map(|d| d.1.clone()).collect::<Vec<_>>())?;
    let lines: Vec<BandedLine> =
        drawn.iter().map(|(effect, shown)| line(effect, shown, groups)).collect();
    let key = |&(group, _, effect): &GroupEffect<'_>| {
        let share = percent(effect.share);
        match groups {
            1 => FigureKey::plain(format!("{share} of the variance")),
            _ => {
                FigureKey::new(StyleClass::Solid(group.series), format!("{}: {share}", group.name))
            }
        }
    };
    let without = |&(group, _, effect): &GroupEffect<'_>| {
        let level = effect.marginal.iter().find(|level| level.value.is_none())?;
        let of = if groups > 1 { format!(" ({})", group.name) } else { String::new() };
        Some(format!("Without it{of}: {:.2}.", rank(level.mean)))
    };
    Some(FigureView {
        heading: name.clone(),
        svg: plot::lines(&lines, &x, y, &format!("Effect of {name}")),
        keys: effects.iter().map(key).collect(),
        note: effects.iter().filter_map(without).collect::<Vec<_>>().join(" "),
    })
}

/// Returns the words of a parameter in all groups, sorted; empty of a parameter of numbers.
fn all_words(effects: &[GroupEffect<'_>]) -> Vec<String> {
    let words = effects.iter().flat_map(|(_, parameter, _)| &parameter.words);
    let mut words: Vec<String> = words.cloned().collect();
    words.sort();
    words.dedup();
    words
}

/// Returns the levels that have a value; that of a word is its place among all words.
fn levels((_, parameter, effect): &GroupEffect<'_>, words: &[String]) -> Vec<DrawnLevel> {
    let place = |value: f64| match parameter.word(value) {
        Some(own) => words.iter().position(|word| word == own).map(float),
        None => Some(value),
    };
    let levels = effect.marginal.iter();
    levels
        .filter_map(|l| Some((place(l.value?)?, rank(l.mean), rank(l.low), rank(l.high))))
        .collect()
}

fn line(
    &(group, parameter, _): &GroupEffect<'_>,
    shown: &[DrawnLevel],
    groups: usize,
) -> BandedLine {
    let edge = |of: fn(&DrawnLevel) -> f64| shown.iter().map(|l| (l.0, of(l))).collect();
    let mark = |level: &DrawnLevel| PointMark {
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
    let name = if groups == 1 { &parameter.name } else { &group.name };
    let band = (groups <= MOST_BANDS).then(|| [edge(|level| level.2), edge(|level| level.3)]);
    BandedLine {
        name: name.clone(),
        series: group.series,
        line: edge(|level| level.1),
        band,
        marks,
        ..BandedLine::default()
    }
}

/// Returns the rank that a predicted one is read as: trees that were put right may reach beyond the ends.
fn rank(predicted: f64) -> f64 {
    predicted.clamp(0.0, 1.0)
}

/// Returns the axis of a parameter: of names if its values are words, logarithmic if they span a
/// great ratio.
fn axis(name: &str, words: &[String], shown: &[DrawnLevel]) -> Option<ChartAxis> {
    if shown.is_empty() {
        return None;
    }
    if !words.is_empty() {
        return Some(ChartAxis::of_names(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    let values = shown.iter().map(|level| level.0);
    let (scale, span) = match span_by_ratio(values.clone(), WIDE / 10.0) {
        Some(span) => (AxisScale::Log10, span),
        None => (AxisScale::Linear, ValueSpan::of(values)?),
    };
    Some(ChartAxis::new(name, scale, span, X_LABELS))
}
