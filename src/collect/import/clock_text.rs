//! Times as other tools spell them.

/// Returns the milliseconds since 1970 of a time; one without an offset is taken for UTC.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let text = text.trim().replacen(' ', "T", 1);
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_millisecond());
    }
    let time: jiff::civil::DateTime = text.parse().ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}
