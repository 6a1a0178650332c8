//! Chooses which of several errors is the reason.

use super::cause::{ErrorClass, FailureCause};

/// The number of lines of usual output after which a program is taken to have gone on after an error:
/// fewer may belong to its message, or come from other processes.
const WENT_ON: usize = 6;

/// An error, and where it stands among the lines.
#[derive(Debug)]
pub(super) struct ErrorEvent {
    pub(super) class: ErrorClass,
    pub(super) cause: FailureCause,
    /// The first and last of its lines.
    pub(super) first: usize,
    pub(super) last: usize,
}

/// Returns the reason among errors, which are in the order in which they ended; `is_ordinary` says
/// which lines are a program's usual output.
///
/// The last counts. But how a process died, or a mere line that says `error`, counts only if the
/// program had gone on after the error before it; and after SLURM's limit an interrupt is SLURM's.
pub(super) fn choose(events: Vec<ErrorEvent>, is_ordinary: &[bool]) -> Option<ErrorEvent> {
    let sums = ordinary_before(is_ordinary);
    let went_on = |before: &ErrorEvent, then: &ErrorEvent| {
        let from = (before.last + 1).min(then.first);
        sums[then.first] - sums[from] >= WENT_ON
    };
    let (aftermath, events): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| event.class == ErrorClass::Aftermath);
    let mut chosen: Option<ErrorEvent> = None;
    for event in events {
        let is_reason = chosen.as_ref().is_none_or(|before| match event.class {
            ErrorClass::Interrupt => before.class != ErrorClass::Limit,
            ErrorClass::Death | ErrorClass::Said => {
                before.class == ErrorClass::Said || went_on(before, &event)
            }
            _ => true,
        });
        if is_reason {
            chosen = Some(event);
        }
    }
    chosen.or_else(|| aftermath.into_iter().next())
}

/// Returns how many lines before each one are ordinary; one number more than there are lines.
fn ordinary_before(is_ordinary: &[bool]) -> Vec<usize> {
    let sum = is_ordinary.iter().scan(0, |sum, is_ordinary| {
        *sum += usize::from(*is_ordinary);
        Some(*sum)
    });
    std::iter::once(0).chain(sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_classes(classes: &[(ErrorClass, usize)]) -> Option<String> {
        let event = |(class, at): &(ErrorClass, usize)| ErrorEvent {
            class: *class,
            cause: FailureCause::of_line(&format!("{class:?}")),
            first: *at,
            last: *at,
        };
        let events: Vec<ErrorEvent> = classes.iter().map(event).collect();
        let is_ordinary: Vec<bool> =
            (0..100).map(|at| classes.iter().all(|(_, of)| *of != at)).collect();
        choose(events, &is_ordinary).map(|event| event.cause.headline)
    }

    #[test]
    fn the_last_error_counts_unless_it_follows_from_the_one_before() {
        use ErrorClass::{Aftermath, Cause, Death, Interrupt, Limit, Said};
        for (classes, expected) in [
            (&[(Cause, 0), (Limit, 1)][..], "Limit"),
            (&[(Limit, 0), (Interrupt, 9)], "Limit"),
            (&[(Limit, 0), (Cause, 1)], "Cause"),
            (&[(Cause, 0), (Death, 6)], "Cause"),
            (&[(Cause, 0), (Death, 7)], "Death"),
            (&[(Cause, 0), (Interrupt, 1)], "Interrupt"),
            (&[(Said, 0), (Death, 1)], "Death"),
            (&[(Cause, 0), (Said, 3)], "Cause"),
            (&[(Cause, 0), (Said, 50)], "Said"),
            (&[(Said, 0), (Aftermath, 50)], "Said"),
            (&[(Aftermath, 50)], "Aftermath"),
        ] {
            assert_eq!(of_classes(classes).as_deref(), Some(expected), "{classes:?}");
        }
        assert_eq!(of_classes(&[]), None);
    }
}
