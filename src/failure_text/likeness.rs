//! The text that failures of one kind share.

use sweep_config::records::JobState;

use super::cause::FailureCause;
use super::normalize::without_numbers;
use crate::app::tail::lines_from_end;

/// The number of characters of a last line that are kept.
const LAST_LINE: usize = 300;

/// Returns a text that is equal for failures of one kind, however many jobs show it.
///
/// Jobs in one state are alike if their `stderr.log` tells one `cause`. Where it tells none, they are
/// alike if they `said` the same but for numbers (their last line, or else why the attempt ended), or,
/// if nothing was said, if they have one exit code and signal.
pub(crate) fn likeness(
    state: &JobState,
    cause: Option<&FailureCause>,
    said: Option<&str>,
    (exit_code, signal): (Option<i32>, Option<i32>),
) -> String {
    let text = match (cause, said) {
        (Some(cause), _) => cause.fingerprint.clone(),
        (None, Some(said)) => without_numbers(said),
        (None, None) => format!("exit {exit_code:?} signal {signal:?}"),
    };
    format!("{}: {text}", state.name())
}

/// Returns the last line that holds anything, trimmed and at most 300 characters long.
pub(crate) fn last_line(text: &str) -> Option<String> {
    let line = lines_from_end(text).next()?.trim_start();
    Some(line.chars().take(LAST_LINE).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure_text::read_cause;

    fn of(stderr: &str) -> String {
        let line = last_line(stderr);
        likeness(&JobState::Failed, read_cause(stderr).as_ref(), line.as_deref(), (Some(1), None))
    }

    #[test]
    fn numbers_addresses_and_folders_do_not_tell_failures_apart() {
        let file =
            |job| format!("No such file or directory: '/sweep/logs/{job:06}/x' (line {job})");
        assert_eq!(of(&file(3)), of(&file(12)));
        assert_eq!(of(&file(3)), "failed: No such file or directory: 'x' (line #)");
        assert_eq!(of("at 0x7f3a, tried 20.00 MiB"), of("at 0xdead, tried 3 MiB"));
    }

    #[test]
    fn words_states_and_signals_do() {
        let silent = |said, status| likeness(&JobState::Failed, None, said, status);
        assert_ne!(of("No module named 'torch'"), of("No module named 'jax'"));
        assert_ne!(silent(None, (None, Some(9))), silent(None, (None, Some(11))));
        assert_ne!(silent(None, (Some(1), None)), silent(None, (Some(2), None)));
        let lost = likeness(&JobState::Lost, None, Some("no"), (None, None));
        assert_ne!(silent(Some("no"), (None, None)), lost);
        assert_eq!(of("größe ½"), "failed: größe ½");
    }

    #[test]
    fn the_last_line_is_the_last_that_holds_anything() {
        assert_eq!(last_line("a\n  ValueError: b \r\n\n"), Some("ValueError: b".to_owned()));
        assert_eq!(last_line("10%\r20%"), Some("20%".to_owned()));
        assert_eq!(last_line(" \n"), None);
    }
}
