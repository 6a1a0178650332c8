//! Durations, shares and sizes as people read them.

use std::time::Duration;

use super::num::float;

/// Formats a duration with two units at most: `0.8 s`, `47 s`, `3 min 20 s`, `2 h 05 min`, `4 d 03 h`.
#[must_use]
pub fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {:02} s", seconds / 60, seconds % 60),
        3600..86400 => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {:02} h", seconds / 86400, seconds % 86400 / 3600),
    }
}

/// Formats seconds as [`span`] does; seconds that no [`Duration`] holds count as its greatest.
#[must_use]
pub fn span_of_seconds(seconds: f64) -> String {
    span(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

/// Formats an estimated duration in one unit: `80 s`, `45 min`, `3.5 h`, `2.1 days`.
#[must_use]
pub fn estimated_span(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{s:.0} s"),
        s if s < 5400.0 => format!("{:.0} min", s / 60.0),
        s if s < 172_800.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} days", s / 86_400.0),
    }
}

/// Formats a share from 0 to 1 in percent with one decimal: `12.5 %`.
#[must_use]
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Formats a share in percent with as many decimals as keep it apart from 0 and 100: `0.014 %`.
#[must_use]
pub fn fine_percent(share: f64) -> String {
    let percent = share * 100.0;
    let to_border = percent.min(100.0 - percent);
    let digits = match to_border {
        0.0 => 0,
        b if b < 1e-6 => 9,
        b if b < 0.001 => 6,
        b if b < 0.1 => 3,
        b if b < 1.0 => 2,
        _ => 1,
    };
    format!("{percent:.digits$} %")
}

/// Formats a number of bytes in decimal units: `640 B`, `1.3 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    let units = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let unit = units.iter().find(|(unit, _)| float(count) >= *unit);
    unit.map_or_else(
        || format!("{count} B"),
        |(unit, name)| format!("{:.1} {name}", float(count) / unit),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_keep_the_digits_that_matter() {
        let shares = [0.0, 0.0002, 0.0024, 0.8, 0.9998, 1.0];
        assert_eq!(
            shares.map(fine_percent),
            ["0 %", "0.020 %", "0.24 %", "80.0 %", "99.980 %", "100 %"]
        );
    }
}
