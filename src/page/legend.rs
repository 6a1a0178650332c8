//! Draws the keys of a figure inside it, for a figure without a page around it.

use super::figure::{FigureWriter, MARGIN, StyleClass, UNIT};
use super::view::FigureKey;

/// The height of a line of text, the length of a sign and that of a dot, in units.
const LINE: i32 = 18 * UNIT;
const SIGN: i32 = 28 * UNIT;
const DOT: i32 = 14 * UNIT;
/// The average width of a character, and the space between two keys, in units. Labels of axes are
/// measured by `text_width`, which is wider; keys measured by it would take more lines.
const CHARACTER: i32 = 13 * UNIT / 2;
const GAP: i32 = 14 * UNIT;

/// Returns the keys below a figure of that width and height, in lines as long as it is wide, and the
/// height that they add. All lengths are in units.
pub(super) fn legend(keys: &[FigureKey], width: i32, height: i32) -> (String, i32) {
    let (mut x, mut y) = (MARGIN * UNIT, height + LINE / 2);
    let svg = FigureWriter::part(|svg| {
        for key in keys {
            let letters = i32::try_from(key.text.chars().count()).unwrap_or(i32::MAX / UNIT);
            let sign_length = match key.class.get(..3) {
                None => 0,
                Some("dot") => DOT,
                Some(_) => SIGN,
            };
            let length = letters.saturating_mul(CHARACTER).saturating_add(sign_length);
            if x > MARGIN * UNIT && x.saturating_add(length) > width {
                (x, y) = (MARGIN * UNIT, y + LINE);
            }
            sign(svg, &key.class, x, y);
            let text = svg.element("text").attribute("class", StyleClass::Tick);
            let text = text.attribute("x", x + sign_length).attribute("y", y);
            text.attribute("dy", "0.36em").text(&key.text);
            svg.end_line();
            x = x.saturating_add(length).saturating_add(GAP);
        }
    });
    let added = if keys.is_empty() { 0 } else { y + LINE - height };
    (svg, added)
}

/// Writes the sign of a key as the page shows it.
fn sign(svg: &mut FigureWriter, class: &str, x: i32, y: i32) {
    let (first, rest) = class.split_once(' ').unwrap_or((class, ""));
    match first {
        "" => {}
        "dot" => {
            let group = svg.element("g").attribute("class", format_args!("points {rest}"));
            group.content(|svg| {
                let circle = svg.element("circle").attribute("cx", x + DOT / 2 - UNIT);
                circle.attribute("cy", y).attribute("r", 4 * UNIT).end();
            });
        }
        "band" => {
            let rectangle = svg.element("rect").attribute("class", StyleClass::Band);
            let rectangle = rectangle.attribute("x", x).attribute("y", y - 5 * UNIT);
            rectangle.attribute("width", SIGN - 6 * UNIT).attribute("height", 10 * UNIT).end();
        }
        "tuned" => {
            let path = svg.element("path").attribute("class", class);
            let half = 4 * UNIT;
            let (x, y) = (x + DOT / 2 - UNIT, y);
            let corners =
                format!("M{} {y}L{x} {}L{} {y}L{x} {}z", x - half, y - half, x + half, y + half);
            path.attribute("d", corners).end();
        }
        _ => {
            let path = svg.element("path").attribute("class", class).attribute("fill", "none");
            let path = path.attribute("stroke-width", 2 * UNIT);
            path.attribute("d", format_args!("M{x} {y}h{}", SIGN - 6 * UNIT)).end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(class: &str, text: &str) -> FigureKey {
        FigureKey { class: class.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn keys_go_side_by_side_until_the_line_is_full() {
        let keys = [key("line s0", "short"), key("dot s1", "a < b"), key("", &"long ".repeat(12))];
        let (svg, added) = legend(&keys, 340 * UNIT, 230 * UNIT);
        assert_eq!(added, 2 * LINE + LINE / 2, "{svg}");
        assert!(svg.contains("<path class=\"line s0\"") && svg.contains("a &lt; b"), "{svg}");
        assert!(svg.contains("<g class=\"points s1\">"), "{svg}");
        assert_eq!(legend(&[], 340 * UNIT, 230 * UNIT), (String::new(), 0));
    }
}
