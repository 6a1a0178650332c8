//! Questions to the person at the terminal.

use std::fmt::Display;
use std::io::{self, IsTerminal};

use super::{Failure, Printer};

/// Asks a question; true if and only if the answer is yes.
///
/// # Errors
///
/// When there is nobody to ask to confirm `what`; then `hint` says what else to do.
pub fn confirm(
    printer: Printer,
    question: impl Display,
    what: &str,
    hint: &str,
) -> Result<bool, Failure> {
    if !io::stdin().is_terminal() {
        let message = format!("cannot ask you to confirm {what}: standard input is not a terminal");
        return Err(Failure::usage(message, hint));
    }
    printer.ask(format_args!("{question} [y/N]"));
    let mut answer = String::new();
    // An answer that cannot be read is not a yes.
    let _ = io::stdin().read_line(&mut answer);
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
