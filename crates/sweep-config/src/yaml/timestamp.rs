//! Dates and times as YAML 1.1 spells them. They are recognised and checked, never computed with.

/// Returns whether the calendar has the date; `None` if the text does not look like one.
///
/// `2001-12-14`, `2001-12-14t21:59:43.10-05:00`, `2001-12-14 21:59:43.10 -5`. What looks like one is
/// PyYAML's pattern (`yaml/resolver.py`); what is one is what Python's `datetime` accepts.
pub(super) fn parse(text: &str) -> Option<bool> {
    let (year, rest) = number(text, 4, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
    let is_date = (1..=12).contains(&month) && (1..=days(year, month)).contains(&day) && year > 0;
    if rest.is_empty() {
        return (text.len() == "2001-12-14".len()).then_some(is_date);
    }
    let after_blanks = || {
        let time = rest.trim_start_matches([' ', '\t']);
        (time.len() < rest.len()).then_some(time)
    };
    let time = rest.strip_prefix(['T', 't']).or_else(after_blanks)?;
    let (hour, rest) = number(time, 1, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let is_time = hour < 24 && minute < 60 && second < 60;
    Some(is_date && is_time && zone(rest)?)
}

/// Returns whether a zone is less than a day away; `None` if the text is no zone. A missing zone is one.
fn zone(rest: &str) -> Option<bool> {
    let zone = rest.trim_start_matches([' ', '\t']);
    if rest.is_empty() || zone == "Z" {
        return Some(true);
    }
    let (hours, rest) = number(zone.strip_prefix(['+', '-'])?, 1, 2)?;
    let (minutes, rest) = match rest.strip_prefix(':') {
        Some(minutes) => number(minutes, 2, 2)?,
        None => (0, rest),
    };
    rest.is_empty().then_some(hours * 60 + minutes < 24 * 60)
}

/// Reads a number with so many digits, and returns what follows it.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if digits < least {
        return None;
    }
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

fn days(year: u32, month: u32) -> u32 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
