//! Prints what to write into the sweep config, ready to paste.

use super::{ITEMS, line, more};
use crate::collect::advice::CollectAdvice;

/// The number of metrics that are proposed.
const CANDIDATES: usize = 6;

/// Adds what to write into the sweep config.
pub(super) fn advice(out: &mut String, advice: &CollectAdvice) {
    logs(out, advice);
    objective(out, advice);
}

/// Adds the logs that `READERS` does not name.
fn logs(out: &mut String, advice: &CollectAdvice) {
    if advice.hints.is_empty() {
        if advice.has_silent_jobs && !advice.names_out_dir {
            line(
                out,
                format_args!(
                    "\nCOMMAND has neither {{{{out_dir}}}} nor $SWEEP_OUT_DIR: files that the program writes \
                     outside its job's directory are not found."
                ),
            );
        }
        return;
    }
    line(out, format_args!("\nLogs not named in COLLECT.READERS:"));
    for summary in advice.hints.iter().take(ITEMS) {
        line(out, format_args!("  {}:", summary.sentence()));
        line(out, format_args!("      {}", summary.hint.reader_line()));
    }
    more(out, advice.hints.len(), ITEMS, "other");
    line(
        out,
        format_args!(
            "  (add such lines below `COLLECT:`, `  READERS:`; it must then list every reader that you need)"
        ),
    );
}

/// Adds what the jobs could be ranked by, where none has a value of the objective.
fn objective(out: &mut String, advice: &CollectAdvice) {
    if advice.candidates.is_empty() {
        return;
    }
    let why = if advice.has_objective {
        "No job has a value for ANALYZE.OBJECTIVE"
    } else {
        "ANALYZE.OBJECTIVE is not set, so jobs cannot be ranked"
    };
    line(
        out,
        format_args!("\n{why}. Add one of these lines below `ANALYZE:` (check the guessed GOAL):"),
    );
    for candidate in advice.candidates.iter().take(CANDIDATES) {
        line(out, format_args!("  {}", candidate.line()));
    }
    more(out, advice.candidates.len(), CANDIDATES, "other");
}
