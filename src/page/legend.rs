//! The keys of a figure as part of it, where no page stands around it.

use std::fmt::Write as _;

use super::svg::{MARGIN, UNIT, escape};
use super::view::Key;

/// Between the lines of text, and the place of a sign, in units of the figure's coordinates.
const LINE: i32 = 18 * UNIT;
const SIGN: i32 = 28 * UNIT;
const DOT: i32 = 14 * UNIT;
/// What a character takes on average, and what is between two keys.
const CHARACTER: i32 = 13 * UNIT / 2;
const GAP: i32 = 14 * UNIT;

/// The keys below a figure of that width and height, in lines as long as it is wide; and the height
/// that they add.
pub(super) fn legend(keys: &[Key], width: i32, height: i32) -> (String, i32) {
    let (mut svg, mut x, mut y) = (String::new(), MARGIN * UNIT, height + LINE / 2);
    for key in keys {
        let letters = i32::try_from(key.text.chars().count()).unwrap_or(i32::MAX / UNIT);
        let sign = match key.class.get(..3) {
            None => 0,
            Some("dot") => DOT,
            Some(_) => SIGN,
        };
        let length = letters.saturating_mul(CHARACTER).saturating_add(sign);
        if x > MARGIN * UNIT && x.saturating_add(length) > width {
            (x, y) = (MARGIN * UNIT, y + LINE);
        }
        svg.push_str(&self::sign(&key.class, x, y));
        let text = escape(&key.text);
        let _ = writeln!(
            svg,
            "<text class=\"tick\" x=\"{}\" y=\"{y}\" dy=\"0.36em\">{text}</text>",
            x + sign
        );
        x = x.saturating_add(length).saturating_add(GAP);
    }
    let added = if keys.is_empty() { 0 } else { y + LINE - height };
    (svg, added)
}

/// The sign of a key, as the page shows it.
fn sign(class: &str, x: i32, y: i32) -> String {
    let (first, rest) = class.split_once(' ').unwrap_or((class, ""));
    match first {
        "" => String::new(),
        "dot" => {
            let (x, r) = (x + DOT / 2 - UNIT, 4 * UNIT);
            format!("<g class=\"points {rest}\"><circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/></g>")
        }
        "band" => {
            let (y, width, height) = (y - 5 * UNIT, SIGN - 6 * UNIT, 10 * UNIT);
            format!(
                "<rect class=\"band\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
            )
        }
        _ => {
            let (length, stroke) = (SIGN - 6 * UNIT, 2 * UNIT);
            format!(
                "<path class=\"{class}\" fill=\"none\" stroke-width=\"{stroke}\" d=\"M{x} {y}h{length}\"/>"
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(class: &str, text: &str) -> Key {
        Key { class: class.to_owned(), text: text.to_owned() }
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
