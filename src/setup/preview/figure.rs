//! Draws bars: upright over an axis of numbers, or one below the other by name.
//!
//! plotters is not in every build, and bars are rectangles.

use super::histogram::{HistogramBar, HistogramLabel, PreviewHistogram};
use crate::app::num::{float, whole};
use crate::app::{count, thousands};
use crate::page::figure::{
    FigureSize, FigureWriter, MARGIN, PANEL, StyleClass, TICK, TextPlace, UNIT,
};
use crate::page::{AxisScale, ticks};

/// The size of a figure, lower than the report's panels: the name of the axis is the heading.
const SIZE: FigureSize = FigureSize { height: 176, ..PANEL };
/// The room for the labels of the horizontal axis, in CSS pixels.
const BELOW: i32 = 24;
/// The number of rows that have room.
const MOST_ROWS: usize = 8;
/// The height of a row and of its bar, in CSS pixels.
const ROW: (i32, i32) = (20, 13);
/// The number of characters that a name is cut to; its bar says it whole.
const LONGEST: usize = 16;
/// The width of a character, in CSS pixels.
const CHARACTER: i32 = 7;

/// The bar of one value, and that of several.
const OWN: StyleClass = StyleClass::Bars(0);
const POOLED: StyleClass = StyleClass::Bars(6);

/// The names in the texts of a figure.
#[derive(Debug, Clone, Copy)]
pub(super) struct FigureWords<'a> {
    /// The parameter's name.
    pub(super) name: &'a str,
    /// The noun of what is counted: `config`, `job`, or `item` of lists.
    pub(super) noun: &'a str,
}

impl FigureWords<'_> {
    fn open(self, height: i32) -> FigureWriter {
        let title = format!("Distribution of {}", self.name);
        FigureWriter::open(FigureSize { height, ..SIZE }, &title)
    }

    /// Returns what the browser says of a bar.
    fn title(self, label: &str, n: usize) -> String {
        format!("{label}: {}", count(n, self.noun))
    }
}

/// The ends of the axes, in units.
const LEFT: i32 = (SIZE.left + MARGIN) * UNIT;
const RIGHT: i32 = (SIZE.width - MARGIN) * UNIT;
const TOP: i32 = MARGIN * UNIT;
const BOTTOM: i32 = (SIZE.height - BELOW) * UNIT;

/// Draws the bars of a histogram over an axis of numbers.
pub(super) fn columns(histogram: &PreviewHistogram, words: FigureWords<'_>) -> String {
    let greatest = histogram.bars.iter().map(|bar| bar.count).max().unwrap_or(0).max(1);
    let x = |share: f64| f64::from(LEFT) + share * f64::from(RIGHT - LEFT);
    let height = |n: f64| n / float(greatest) * f64::from(BOTTOM - TOP);
    let mut svg = words.open(SIZE.height);
    axis_name(&mut svg, words);
    for tick in ticks(AxisScale::Linear, (0.0, float(greatest)), 5) {
        if tick.value.fract() == 0.0 {
            level(&mut svg, f64::from(BOTTOM) - height(tick.value), &tick.text);
        }
    }
    svg.end_line();
    svg.group(OWN).content(|svg| {
        let gap = f64::from(UNIT) / 2.0;
        for bar in histogram.bars.iter().filter(|bar| bar.count > 0) {
            let HistogramBar { from, to, label, count } = bar;
            let (from, to) = (x(*from) + gap, x(*to) - gap);
            let height = height(float(*count));
            let place = (from, f64::from(BOTTOM) - height, to - from, height);
            rectangle(svg, place, &words.title(label, *count));
        }
    });
    svg.end_line();
    for HistogramLabel { at, text } in &histogram.labels {
        mark(&mut svg, x(*at), text);
    }
    svg.finish()
}

/// Writes a line of the grid and its number.
fn level(svg: &mut FigureWriter, y: f64, text: &str) {
    svg.line(StyleClass::Grid, UNIT, [(f64::from(LEFT), y), (f64::from(RIGHT), y)]);
    let at = (f64::from(LEFT - (TICK + 4) * UNIT), y);
    let place = TextPlace { at, down: "0.5ex", anchor: "end", is_upright: false };
    svg.text(StyleClass::Tick, place, text);
}

/// Writes a label below the bars and the mark that it belongs to.
fn mark(svg: &mut FigureWriter, x: f64, text: &str) {
    let [top, end, foot] = [0, TICK, TICK + 4].map(|below| f64::from(BOTTOM + below * UNIT));
    svg.line(StyleClass::Axis, UNIT, [(x, top), (x, end)]);
    let place = TextPlace { at: (x, foot), down: "0.76em", anchor: "middle", is_upright: false };
    svg.text(StyleClass::Tick, place, text);
}

/// Writes the name of what the vertical axis counts.
fn axis_name(svg: &mut FigureWriter, words: FigureWords<'_>) {
    let at = (f64::from(MARGIN * UNIT), f64::from(i32::midpoint(TOP, BOTTOM)));
    let place = TextPlace { at, down: "0.76em", anchor: "middle", is_upright: true };
    svg.text(StyleClass::Label, place, format_args!("{}s", words.noun));
}

/// Draws a bar for each name, with its count; the rarest share one where there are many.
pub(super) fn rows(counts: &[(String, usize)], words: FigureWords<'_>) -> String {
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
        let length = float(*n) / float(greatest) * f64::from(width);
        let class = if i < shown.len() { OWN } else { POOLED };
        row(&mut svg, (class, &words.title(name, *n)), (left, top, length), (name, *n));
        top += ROW.0 * UNIT;
    }
    svg.finish()
}

/// Writes a bar with its name at the left and its count at the right.
fn row(
    svg: &mut FigureWriter,
    (class, title): (StyleClass, &str),
    (left, top, length): (i32, i32, f64),
    (name, n): (&str, usize),
) {
    let end = left + whole::<i32>(length);
    let middle = f64::from(top + ROW.1 * UNIT / 2);
    let text = |svg: &mut FigureWriter, x: i32, anchor, text: &str| {
        let at = (f64::from(x), middle);
        let place = TextPlace { at, down: "0.5ex", anchor, is_upright: false };
        svg.text(StyleClass::Tick, place, text);
    };
    text(svg, left - CHARACTER * UNIT, "end", &shortened(name));
    let place = (f64::from(left), f64::from(top), length, f64::from(ROW.1 * UNIT));
    svg.group(class).content(|svg| rectangle(svg, place, title));
    text(svg, end + CHARACTER * UNIT, "start", &thousands(n));
    svg.end_line();
}

/// Writes a bar: where it begins, across and down, its width and its height.
fn rectangle(svg: &mut FigureWriter, (x, y, width, height): (f64, f64, f64, f64), title: &str) {
    let rectangle = svg.element("rect").attribute("x", format_args!("{x:.0}"));
    let rectangle = rectangle.attribute("y", format_args!("{y:.0}"));
    let rectangle = rectangle.attribute("width", format_args!("{width:.0}"));
    rectangle.attribute("height", format_args!("{height:.0}")).title(title);
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
    use crate::setup::preview::binning::histogram;

    const WORDS: FigureWords<'_> = FigureWords { name: "A<B", noun: "config" };

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
        let svg = columns(&histogram(&[1.0, 1.0, 2.0, 4.0], false), WORDS);
        assert_eq!(svg.matches("<rect").count(), 3);
        assert!(
            svg.contains("<title>1: 2 configs</title>") && !svg.contains("<title>3: "),
            "{svg}"
        );
    }
}
