//! Draws bars as an inline SVG: upright over an axis of numbers, or one below the other by name.
//!
//! Written by hand: bars are rectangles, and plotters is not in every build. As in the report, what is
//! drawn has the class of its role, and the style sheet the colours.

use std::fmt::Write;

use super::histogram::{Bar, Histogram, Label};
use crate::app::num::{float, whole};
use crate::app::{count, thousands};
use crate::page::svg::{MARGIN, PANEL, Size, TICK, UNIT, escape, open, title_element};
use crate::page::{Scale, ticks};

/// Lower than the report's panels: the name of the axis is the heading.
const SIZE: Size = Size { height: 176, ..PANEL };
/// Room for the labels of the horizontal axis, in CSS pixels.
const BELOW: i32 = 24;
/// So many rows have room.
const MOST_ROWS: usize = 8;
/// The height of a row and of its bar, in CSS pixels.
const ROW: (i32, i32) = (20, 13);
/// A name is cut after so many characters; its bar says it whole.
const LONGEST: usize = 16;
/// The width of a character, in CSS pixels.
const CHARACTER: i32 = 7;

/// The series of the style sheet that a bar has the colour of: of one value, and of several.
const OWN: usize = 0;
const POOLED: usize = 6;

/// What is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    /// The parameter.
    pub(super) name: &'a str,
    /// What is counted: `config`, `job`, or `item` of lists.
    pub(super) noun: &'a str,
}

impl Words<'_> {
    fn open(self, height: i32) -> String {
        open(Size { height, ..SIZE }, &format!("Distribution of {}", self.name))
    }

    fn title(self, label: &str, n: usize) -> String {
        title_element(&format!("{label}: {}", count(n, self.noun)))
    }
}

/// Where the bars stand, in units: the ends of the axes.
const LEFT: i32 = (SIZE.left + MARGIN) * UNIT;
const RIGHT: i32 = (SIZE.width - MARGIN) * UNIT;
const TOP: i32 = MARGIN * UNIT;
const BOTTOM: i32 = (SIZE.height - BELOW) * UNIT;

/// Bars over an axis of numbers.
pub(super) fn columns(histogram: &Histogram, words: Words<'_>) -> String {
    let greatest = histogram.bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let x = |share: f64| f64::from(LEFT) + share * f64::from(RIGHT - LEFT);
    let height = |n: f64| n / float(greatest) * f64::from(BOTTOM - TOP);
    let mut svg = words.open(SIZE.height);
    axis_name(&mut svg, words);
    for tick in ticks(Scale::Linear, (0.0, float(greatest as u64)), 5) {
        if tick.value.fract() == 0.0 {
            level(&mut svg, f64::from(BOTTOM) - height(tick.value), &tick.text);
        }
    }
    let _ = write!(svg, "\n<g class=\"bars s{OWN}\">");
    let gap = f64::from(UNIT) / 2.0;
    for Bar { from, to, label, count } in histogram.bars.iter().filter(|bar| bar.count > 0) {
        let (from, to, height) = (x(*from) + gap, x(*to) - gap, height(float(*count as u64)));
        let place = (from, f64::from(BOTTOM) - height, to - from, height);
        rectangle(&mut svg, place, &words.title(label, *count));
    }
    svg.push_str("</g>\n");
    for Label { at, text } in &histogram.labels {
        mark(&mut svg, x(*at), text);
    }
    svg.push_str("</svg>");
    svg
}

/// A line of the grid and its number.
fn level(svg: &mut String, y: f64, text: &str) {
    let at = LEFT - (TICK + 4) * UNIT;
    let _ = write!(
        svg,
        "<line class=\"grid\" stroke-width=\"{UNIT}\" x1=\"{LEFT}\" y1=\"{y:.0}\" x2=\"{RIGHT}\" y2=\"{y:.0}\"/>\
         <text x=\"{at}\" y=\"{y:.0}\" dy=\"0.5ex\" text-anchor=\"end\" class=\"tick\">{text}</text>"
    );
}

/// A label below the bars and the mark that it belongs to.
fn mark(svg: &mut String, x: f64, text: &str) {
    let (end, at, text) = (BOTTOM + TICK * UNIT, BOTTOM + (TICK + 4) * UNIT, escape(text));
    let _ = write!(
        svg,
        "<line class=\"axis\" stroke-width=\"{UNIT}\" x1=\"{x:.0}\" y1=\"{BOTTOM}\" x2=\"{x:.0}\" y2=\"{end}\"/>\
         <text x=\"{x:.0}\" y=\"{at}\" dy=\"0.76em\" text-anchor=\"middle\" class=\"tick\">{text}</text>"
    );
}

/// What the vertical axis counts.
fn axis_name(svg: &mut String, words: Words<'_>) {
    let (at, middle) = (MARGIN * UNIT, i32::midpoint(TOP, BOTTOM));
    let _ = write!(
        svg,
        "<text x=\"{at}\" y=\"{middle}\" dy=\"0.76em\" text-anchor=\"middle\" class=\"label\" \
         transform=\"rotate(270, {at}, {middle})\">{}s</text>",
        words.noun
    );
}

/// A bar for each name, with its count; the rarest share one where there are many.
pub(super) fn rows(counts: &[(String, usize)], words: Words<'_>) -> String {
    let shown = if counts.len() > MOST_ROWS { MOST_ROWS - 1 } else { counts.len() };
    let (shown, others) = counts.split_at(shown);
    let mut rows: Vec<(&str, usize)> = shown.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    let pooled = count(others.len(), "other value");
    if !others.is_empty() {
        rows.push((&pooled, others.iter().map(|(_, n)| n).sum()));
    }
    let longest = rows.iter().map(|(name, _)| name.chars().count().min(LONGEST)).max().unwrap_or(0);
    let longest = i32::try_from(longest).unwrap_or(i32::MAX);
    let left = (MARGIN + (longest * CHARACTER).max(SIZE.left)) * UNIT;
    let width = SIZE.width * UNIT - left - (MARGIN + 6 * CHARACTER) * UNIT;
    let greatest = rows.iter().map(|(_, n)| *n).max().unwrap_or(0).max(1);
    let mut svg = words.open(rows.iter().map(|_| ROW.0).sum::<i32>() + MARGIN);
    let mut top = (ROW.0 - ROW.1) * UNIT;
    for (i, (name, n)) in rows.iter().enumerate() {
        let length = float(*n) / float(greatest as u64) * f64::from(width);
        let end = left + whole::<i32>(length);
        let middle = top + ROW.1 * UNIT / 2;
        text(&mut svg, (left - CHARACTER * UNIT, middle), "end", &shortened(name));
        let _ = write!(svg, "<g class=\"bars s{}\">", if i < shown.len() { OWN } else { POOLED });
        let place = (f64::from(left), f64::from(top), length, f64::from(ROW.1 * UNIT));
        rectangle(&mut svg, place, &words.title(name, *n));
        svg.push_str("</g>");
        text(&mut svg, (end + CHARACTER * UNIT, middle), "start", &thousands(*n));
        svg.push('\n');
        top += ROW.0 * UNIT;
    }
    svg.push_str("</svg>");
    svg
}

fn rectangle(svg: &mut String, (x, y, width, height): (f64, f64, f64, f64), title: &str) {
    let _ = write!(
        svg,
        "<rect x=\"{x:.0}\" y=\"{y:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">{title}</rect>"
    );
}

fn text(svg: &mut String, (x, y): (i32, i32), anchor: &str, text: &str) {
    let text = escape(text);
    let _ = write!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" dy=\"0.5ex\" text-anchor=\"{anchor}\" class=\"tick\">{text}</text>"
    );
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    name.chars().take(LONGEST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words<'_> = Words { name: "A<B", noun: "config" };

    #[test]
    fn markup_in_names_is_text() {
        let svg = rows(&[("<i>\"x\"</i>".to_owned(), 3)], WORDS);
        assert!(
            svg.contains("<title>&lt;i&gt;&quot;x&quot;&lt;/i&gt;: 3 configs</title>"),
            "{svg}"
        );
        assert!(svg.contains("Distribution of A&lt;B") && !svg.contains("<i>"), "{svg}");
    }

    #[test]
    fn the_rarest_of_many_names_share_a_bar() {
        let counts: Vec<(String, usize)> = (0..20).map(|i| (format!("n{i}"), 20 - i)).collect();
        let svg = rows(&counts, WORDS);
        assert_eq!(svg.matches("<rect").count(), MOST_ROWS);
        assert!(svg.contains("<title>13 other values: 91 configs</title>"), "{svg}");
    }

    #[test]
    fn a_long_name_is_cut_but_said_whole() {
        let name = "res_bottleneck_linear_block";
        let svg = rows(&[(name.to_owned(), 1)], WORDS);
        assert!(
            svg.contains(">res_bottleneck_…<")
                && svg.contains(&format!("<title>{name}: 1 config<"))
        );
    }

    #[test]
    fn a_bar_without_a_count_is_not_drawn() {
        let svg = columns(&Histogram::of(&[1.0, 1.0, 2.0, 4.0], false), WORDS);
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(
            svg.contains("<title>1: 2 configs</title>") && !svg.contains("<title>3: "),
            "{svg}"
        );
    }
}
