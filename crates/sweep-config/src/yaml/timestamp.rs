//! Dates and times as YAML 1.1 spells them. They are recognised, checked and compared.

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

/// Returns a text that two spellings have in common if PyYAML makes equal dates or times of them. A date is no time,
/// and a time with a zone none without.
#[must_use]
pub fn moment(text: &str) -> String {
    seconds_of(text).unwrap_or_else(|| text.to_owned())
}

/// Returns the time of a text in seconds, with `Z` where it has a zone; `None` for a date.
fn seconds_of(text: &str) -> Option<String> {
    let (year, rest) = number(text, 4, 4)?;
    let (month, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
    let (day, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
    let (hour, rest) = number(rest.trim_start_matches(['T', 't', ' ', '\t']), 1, 2)?;
    let (minute, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
    let (second, rest) = number(rest.strip_prefix(':')?, 2, 2)?;
    let behind = rest.strip_prefix('.').unwrap_or(rest);
    let zone = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    // PyYAML drops what is less than a microsecond.
    let fraction: String = behind[..behind.len() - zone.len()].chars().take(6).collect();
    let years = (1..year).map(|year| if days(year, 2) == 29 { 366 } else { 365 });
    let months = (1..month).map(|month| days(year, month));
    let date = years.chain(months).sum::<u32>() + day;
    let local = ((i64::from(date) * 24 + i64::from(hour)) * 60 + i64::from(minute)) * 60;
    let (ahead, mark) = match zone.trim_start_matches([' ', '\t']) {
        "" => (0, ""),
        "Z" => (0, "Z"),
        zone => (ahead(zone)?, "Z"),
    };
    Some(format!("{}.{fraction:0<6}{mark}", local + i64::from(second) - ahead))
}

/// Returns by how many seconds a zone such as `-05:30` is ahead.
fn ahead(zone: &str) -> Option<i64> {
    let (hours, rest) = number(zone.strip_prefix(['+', '-'])?, 1, 2)?;
    let minutes = rest.strip_prefix(':').and_then(|rest| number(rest, 2, 2)).map_or(0, |it| it.0);
    let seconds = i64::from(hours * 60 + minutes) * 60;
    Some(if zone.starts_with('-') { -seconds } else { seconds })
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
