//! Reads what an address asks for (pure). Nothing of it ever becomes a path of the file system: sweeps and jobs are asked for
//! by number.

/// The thing that an address asks for, below the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServedRoute {
    /// The list of all sweeps.
    Overview,
    /// Its changes.
    OverviewEvents,
    /// Something of the sweep of this number.
    Sweep(usize, SweepRoute),
}

/// The thing of a sweep that an address asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SweepRoute {
    /// Its report, with the script that keeps it up to date.
    Page,
    /// Its changes.
    Events,
    /// Its state, once.
    State,
    /// A new report at once.
    Refresh,
    /// The curves of a job.
    Job(u32),
    /// The ends of a job's logs.
    Tail(u32),
    /// The ends of a job's logs, as text.
    LogText(u32),
    /// The config of a job.
    Config(u32),
}

impl ServedRoute {
    /// Reads the part of an address behind the token. Of one sweep alone the page is at the root.
    pub(super) fn parse(rest: &str, is_single: bool) -> Option<Self> {
        if is_single {
            return Some(Self::Sweep(0, SweepRoute::parse(rest)?));
        }
        match rest {
            "" => Some(Self::Overview),
            "events" => Some(Self::OverviewEvents),
            _ => {
                let (number, rest) = rest.strip_prefix("s/")?.split_once('/')?;
                let number = usize::try_from(number_of(number)?).ok()?;
                Some(Self::Sweep(number, SweepRoute::parse(rest)?))
            }
        }
    }
}

impl SweepRoute {
    fn parse(rest: &str) -> Option<Self> {
        match rest {
            "" => return Some(Self::Page),
            "events" => return Some(Self::Events),
            "api/state" => return Some(Self::State),
            "api/refresh" => return Some(Self::Refresh),
            _ => {}
        }
        if let Some(job) = rest.strip_prefix("api/job/") {
            return match job.strip_suffix("/tail") {
                Some(job) => number_of(job).map(Self::Tail),
                None => number_of(job).map(Self::Job),
            };
        }
        if let Some(job) = rest.strip_prefix("cfgs/") {
            return number_of(job.split_once('.')?.0).map(Self::Config);
        }
        number_of(rest.strip_prefix("logs/")?.strip_suffix('/')?).map(Self::LogText)
    }
}

/// Returns a number that is written in digits alone.
fn number_of(text: &str) -> Option<u32> {
    let is_number = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_sweeps_and_jobs_by_number_alone() {
        let single = |rest| ServedRoute::parse(rest, true);
        assert_eq!(single(""), Some(ServedRoute::Sweep(0, SweepRoute::Page)));
        let tail = Some(ServedRoute::Sweep(0, SweepRoute::Tail(12)));
        assert_eq!(single("api/job/12/tail"), tail);
        assert_eq!(single("logs/000012/"), Some(ServedRoute::Sweep(0, SweepRoute::LogText(12))));
        assert_eq!(single("cfgs/000012.yaml"), Some(ServedRoute::Sweep(0, SweepRoute::Config(12))));
        let several = |rest| ServedRoute::parse(rest, false);
        assert_eq!(several(""), Some(ServedRoute::Overview));
        assert_eq!(several("s/3/events"), Some(ServedRoute::Sweep(3, SweepRoute::Events)));
        for rest in [
            "..",
            "../x",
            "api/job/../tail",
            "api/job/1/../2/tail",
            "api/job/%31/tail",
            "api/job/-1",
            "api/job/+1",
            "api/job/",
            "api/job/9999999999",
            "logs/1",
            "logs/../etc/",
            "cfgs/..",
            "/etc/passwd",
            "cfgs/1",
            "s/1",
            "s//",
            "api/job/1\0",
            "api/job/１",
        ] {
            assert_eq!(single(rest), None, "{rest}");
            assert!(several(rest).is_none(), "{rest}");
        }
    }
}
