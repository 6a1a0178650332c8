//! Numbers in the forms that programs print besides the plain one, and the words for no value.
//!
//! Only a text that is no plain number comes here, so that it costs nothing where all are.

use std::borrow::Cow;

use crate::collect::log_value::LogValue;

/// The words for a value that was not measured.
const MISSING: [&str; 13] = [
    "",
    "na",
    "n/a",
    "#n/a",
    "<na>",
    "none",
    "null",
    "nil",
    "-",
    "--",
    "\u{2014}",
    "?",
    "undefined",
];

/// The greatest length in bytes of a text that is looked at.
const LONGEST: usize = 200;

/// Reads a text that is no plain number: one in quotes or colours, a percentage, a tensor, a number with several commas
/// between its thousands; null for a word such as `N/A`. `None` of any other text.
pub(super) fn read(text: &str) -> Option<LogValue> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    if MISSING.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Some(LogValue::Null);
    }
    let bare = bare(text)?;
    plain(&bare).or_else(|| if bare == text { None } else { read(&bare) })
}

/// Takes one thing off a text that may stand around a number; `None` if there is none.
fn bare(text: &str) -> Option<Cow<'_, str>> {
    if text.contains('\u{1b}') {
        return Some(Cow::Owned(without_colours(text)));
    }
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return Some(Cow::Borrowed(inner));
        }
    }
    if let Some(number) = text.strip_suffix('%') {
        return Some(Cow::Borrowed(number.trim_end()));
    }
    inside(text).map(Cow::Borrowed).or_else(|| without_commas(text).map(Cow::Owned))
}

/// Returns the number in `tensor(0.5, device='cuda:0')`, `np.float64(0.5)`, `[0.5]` and the like.
fn inside(text: &str) -> Option<&str> {
    if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return Some(inner.trim());
    }
    let (name, rest) = text.strip_suffix(')')?.split_once('(')?;
    let name = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_number =
        ["tensor", "array", "devicearray", "parameter", "float", "bfloat", "int", "uint"];
    let inner = if rest.starts_with('[') { rest.split_once(']')?.0.get(1..)? } else { rest };
    let first = inner.split(',').next().unwrap_or(inner).trim();
    (is_number.contains(&name) && !(rest.starts_with('[') && inner.contains(','))).then_some(first)
}

/// Takes the sequences out by which terminals change colours (`ESC [ … letter`).
fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, sequence)) = rest.split_once('\u{1b}') {
        out.push_str(before);
        let sequence = sequence.strip_prefix('[').unwrap_or(sequence);
        let end =
            sequence.find(|c: char| c.is_ascii_alphabetic()).map_or(sequence.len(), |at| at + 1);
        rest = &sequence[end..];
    }
    out.push_str(rest);
    out
}

/// Returns a number without the commas between its thousands, if these can be nothing else: `1,234,567` or `1,234.5`.
fn without_commas(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let commas = whole.matches(',').count();
    let is_certain = commas > 1 || (commas == 1 && fraction.is_some());
    (is_certain && is_grouped(whole)).then(|| text.replace(',', ""))
}

/// True of digits with a comma before every three of them: `8,641`.
pub(super) fn is_grouped(text: &str) -> bool {
    let mut groups = text.trim_start_matches(['+', '-']).split(',');
    let is_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first = |group: &str| (1..=3).contains(&group.len()) && !group.starts_with('0');
    groups.next().is_some_and(|group| is_digits(group) && is_first(group))
        && groups.all(|group| group.len() == 3 && is_digits(group))
}

/// Reads a number as programs print it; a word that merely begins with `inf` is none.
pub(super) fn plain(text: &str) -> Option<LogValue> {
    let text = text.trim();
    if let Ok(int) = text.parse() {
        return Some(LogValue::Int(int));
    }
    let first = text.trim_start_matches(['+', '-']);
    let is_number = first.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    let is_word = ["nan", "inf", "infinity"].iter().any(|word| first.eq_ignore_ascii_case(word));
    if is_number || is_word { text.parse().ok().map(LogValue::Float) } else { None }
}

/// Reads a text of a format that has numbers of its own: a number that was written as a text, or a word for no value.
/// Digits that are no number (`0012`, a hash) stay as they are.
pub(super) fn of_text(text: &str) -> Option<LogValue> {
    let digits = text.trim().trim_start_matches(['+', '-']);
    let is_name = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if is_name || text.len() > LONGEST || text.bytes().filter(u8::is_ascii_digit).count() > 24 {
        return None;
    }
    plain(text).or_else(|| read(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_what_stands_around_it() {
        for (text, number) in [
            ("\"0.5\"", 0.5),
            ("91.5%", 91.5),
            ("91.5 %", 91.5),
            ("tensor(0.5)", 0.5),
            ("tensor(0.5, device='cuda:0', grad_fn=<MeanBackward0>)", 0.5),
            ("tensor([0.5])", 0.5),
            ("np.float64(0.5)", 0.5),
            ("numpy.float32(5e-1)", 0.5),
            ("Array(0.5, dtype=float32)", 0.5),
            ("[0.5]", 0.5),
            ("\u{1b}[1m0.5\u{1b}[0m", 0.5),
            ("\u{1b}[32m91.5%\u{1b}[0m", 91.5),
            ("'tensor(-0.5)'", -0.5),
            ("1,234,567", 1_234_567.0),
            ("-1,234.5", -1234.5),
        ] {
            assert_eq!(read(text).and_then(|value| value.number()), Some(number), "{text}");
        }
        for text in ["N/A", "-", "None", "null", "NA", " ", "\"N/A\"", "<NA>"] {
            assert_eq!(read(text), Some(LogValue::Null), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_stays_a_text() {
        for text in [
            "oops",
            "8,641",
            "0,95",
            "1,2,3",
            "1,23,456",
            "tensor([1, 2])",
            "loss(0.5)",
            "0:01",
            "1.2.3",
            "3/10",
            "information",
            "a-b",
            "2026-11-29",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(of_text("0012"), None);
        assert_eq!(of_text("0.5"), Some(LogValue::Float(0.5)));
        assert_eq!(of_text("nan-model"), None);
    }
}
