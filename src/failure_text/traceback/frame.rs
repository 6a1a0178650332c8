//! One frame of a traceback.

use crate::failure_text::normalize::{file_name, normalized};

/// The line of a frame: `File "train.py", line 41, in step`.
#[derive(Debug, Clone, Copy)]
pub(in crate::failure_text) struct StackFrame<'a> {
    path: &'a str,
    line: &'a str,
    /// `None` where the file could not be parsed.
    function: Option<&'a str>,
}

impl StackFrame<'_> {
    /// True if the code is not the user's own.
    pub(in crate::failure_text) fn is_library(&self) -> bool {
        const PARTS: [&str; 6] = [
            "/site-packages/",
            "/dist-packages/",
            "/lib/python",
            "/lib64/python",
            "/bin/",
            "\\lib\\",
        ];
        let is_generated =
            self.path.starts_with('<') && !matches!(self.path, "<string>" | "<stdin>");
        is_generated || PARTS.iter().any(|part| self.path.contains(part))
    }

    /// Returns `train.py:41 in step`.
    pub(in crate::failure_text) fn place(&self) -> String {
        let function = self.function.filter(|function| *function != "<module>");
        let file = file_name(self.path);
        let within = function.map_or(String::new(), |function| format!(" in {function}"));
        format!("{file}:{}{within}", self.line)
    }

    /// Returns the part that stays the same when lines are added above.
    pub(in crate::failure_text) fn identity(&self) -> String {
        format!("{} {}", normalized(file_name(self.path)), self.function.unwrap_or_default())
    }
}

/// Parses the trimmed line of a frame.
pub(in crate::failure_text) fn frame(text: &str) -> Option<StackFrame<'_>> {
    let (path, rest) = text.strip_prefix("File \"")?.split_once("\", line ")?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (line, rest) = rest.split_at(digits);
    // The handler of crashes writes no comma.
    let function = rest.trim_start_matches(',').strip_prefix(" in ");
    (digits > 0).then_some(StackFrame { path, line, function })
}
