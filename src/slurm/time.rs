//! Times as SLURM writes and takes them (pure).

/// A time that a partition sets, or that a task asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SlurmTime {
    /// Nothing is said of it, or nothing that we understand.
    #[default]
    Unknown,
    /// There is no limit: `NONE`, `UNLIMITED`, `0`.
    Unset,
    /// Minutes; a minute that was begun counts.
    Minutes(u64),
}

/// The greatest number in a time: no sum of times overflows.
const MOST: u64 = 1 << 32;

impl SlurmTime {
    /// Returns the minutes, if there are any.
    #[must_use]
    pub fn minutes(self) -> Option<u64> {
        match self {
            Self::Minutes(minutes) => Some(minutes),
            Self::Unknown | Self::Unset => None,
        }
    }

    /// Parses `90`, `90:30` (minutes and seconds), `2:30:00`, `1-12`, `1-12:30`, `1-12:30:00`, and the words for no
    /// limit.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let upper = text.to_ascii_uppercase();
        if ["NONE", "UNLIMITED", "INFINITE", "-1"].contains(&upper.as_str()) {
            return Self::Unset;
        }
        match seconds(text) {
            None => Self::Unknown,
            Some(0) => Self::Unset,
            Some(seconds) => Self::Minutes(seconds.div_ceil(60)),
        }
    }
}

/// Returns the seconds of a time; none where it is not written as one.
fn seconds(text: &str) -> Option<u64> {
    let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number < MOST);
    let (days, clock) = match text.split_once('-') {
        Some((days, clock)) => (Some(number(days)?), clock),
        None => (None, text),
    };
    if days.is_some() && clock.is_empty() {
        return days.map(|days| days * 86_400);
    }
    let parts: Vec<u64> = clock.split(':').map(number).collect::<Option<_>>()?;
    // What the first number counts depends on whether there are days.
    let units: &[u64] = match (days.is_some(), parts.len()) {
        (true, 1..=3) | (false, 3) => &[3600, 60, 1],
        (false, 1 | 2) => &[60, 1],
        _ => return None,
    };
    let of_clock: u64 = parts.iter().zip(units).map(|(part, unit)| part * unit).sum();
    Some(days.unwrap_or(0) * 86_400 + of_clock)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_time_is_read_as_sbatch_reads_it() {
        for (text, minutes) in [
            ("5", 5),
            ("5:00", 5),
            ("5:01", 6),
            ("1:00:00", 60),
            ("00:00:30", 1),
            ("2-0", 2 * 24 * 60),
            ("2-", 2 * 24 * 60),
            ("1-2:3", 24 * 60 + 123),
            ("1-02:03:04", 24 * 60 + 124),
            ("0-1", 60),
            ("100:00:00", 6000),
            ("2-01:00:30", 49 * 60 + 1),
        ] {
            assert_eq!(SlurmTime::parse(text), SlurmTime::Minutes(minutes), "{text}");
        }
        for text in ["UNLIMITED", "infinite", "NONE", "-1", "0", "0:00"] {
            assert_eq!(SlurmTime::parse(text), SlurmTime::Unset, "{text}");
        }
        for text in ["", "soon", "1:2:3:4", "1-2-3", "5m", "1:", "-5", "99999999999999999999", "1 "]
        {
            assert_eq!(SlurmTime::parse(text), SlurmTime::Unknown, "{text}");
        }
    }
}
