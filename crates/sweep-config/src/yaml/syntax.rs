//! Faults of the syntax, in the words of a person who writes configs, not parsers.

use std::ops::RangeFrom;

use granit_parser::{ErrorKind, Marker, ScanError};

use super::{SourceMark, YamlFault};

/// The deepest nesting of a config: far deeper than any person writes, far shallower than our stack.
pub(super) const MAX_DEPTH: usize = 100;

/// A bracket that is open.
pub(super) struct OpenBracket {
    /// `[` or `{`.
    pub(super) bracket: char,
    /// The place of the bracket.
    pub(super) mark: SourceMark,
}

const COLUMNS: &str = "start all keys of a mapping, and all items of a list, in the same column";
const QUOTES: &str = "quote the text";

pub(super) fn mark(at: &Marker) -> SourceMark {
    SourceMark { source: 0, line: at.line(), column: at.col() + 1 }
}

pub(super) fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

/// Converts a parser error into a fault. `rest` is the part of the text that gave no event yet, `open`
/// the innermost open bracket.
pub(super) fn fault(
    error: &ScanError,
    text: &str,
    rest: RangeFrom<usize>,
    open: Option<&OpenBracket>,
) -> YamlFault {
    let mark = mark(error.marker());
    let (mark, message, hint) = if let Some(column) = leading_tab(text, mark.line) {
        (SourceMark { column, ..mark }, "a tab is not allowed here".to_owned(), TABS)
    } else if is_quote(error.kind()) {
        unclosed_quote(text, rest, mark)
    } else if let Some(open) = open.filter(|_| is_bracket(error.kind())) {
        unclosed_bracket(open, mark)
    } else {
        let (message, hint) = plain(error.kind());
        (mark, message, hint)
    };
    YamlFault::of_syntax(mark, message, hint)
}

const TABS: &str = "indent with spaces; YAML allows no tabs here";

/// Returns the column of a tab in the indentation of a line.
fn leading_tab(text: &str, line: usize) -> Option<usize> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    indentation.find('\t').map(|at| at + 1)
}

fn is_quote(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnclosedQuotedScalar
            | ErrorKind::InvalidQuotedScalarIndent
            | ErrorKind::DocumentIndicatorInQuotedScalar
    )
}

fn unclosed_quote(
    text: &str,
    rest: RangeFrom<usize>,
    mark: SourceMark,
) -> (SourceMark, String, &'static str) {
    let start = rest.start;
    let opens = |(at, c): &(usize, char)| {
        let before = text[..start + at].chars().next_back();
        matches!(c, '\'' | '"') && before.is_none_or(|c| " \t\r\n[{,:".contains(c))
    };
    let message = "is not closed";
    match text.get(rest).and_then(|rest| rest.char_indices().find(opens)) {
        Some((at, quote)) => {
            (mark_of(text, start + at), format!("the quote `{quote}` opened here {message}"), "")
        }
        None => (mark, format!("a quote above {message}"), ""),
    }
}

/// Returns the line and column of a byte.
fn mark_of(text: &str, at: usize) -> SourceMark {
    let before = &text[..at];
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    SourceMark { source: 0, line, column }
}

fn is_bracket(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnexpectedEofFlowSequence
            | ErrorKind::UnexpectedEofFlowMapping
            | ErrorKind::UnexpectedEofImplicitFlowMapping
            | ErrorKind::UnclosedFlowCollection { .. }
            | ErrorKind::MismatchedFlowCollectionEnd { .. }
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator
            | ErrorKind::InvalidColonPlacement
            | ErrorKind::BlockEntryInFlowCollection
    )
}

fn unclosed_bracket(open: &OpenBracket, mark: SourceMark) -> (SourceMark, String, &'static str) {
    let SourceMark { line, column, .. } = open.mark;
    let message =
        format!("the `{}` of line {line}, column {column} is still open here", open.bracket);
    let hint = if open.bracket == '[' {
        "close it with `]`, or look for a missing comma"
    } else {
        "close it with `}`, or look for a missing comma"
    };
    (mark, message, hint)
}

/// Words the errors that a person makes; the others stay as the parser has them.
fn plain(kind: &ErrorKind) -> (String, &'static str) {
    let (message, hint) = match kind {
        ErrorKind::RecursionLimitExceeded => return (too_deep(), ""),
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            let message = format!("contains the control character U+{:04X}", u32::from(*character));
            return (message, "YAML is text: is this the right file?");
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return (format!("unquoted text cannot start with `{character}`"), QUOTES);
        }
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabAtBlockScalarStart => ("a tab is not allowed here", TABS),
        ErrorKind::MappingValueNotAllowed => (
            "unexpected `:`",
            "quote text that contains `: `; start all keys of a mapping in the same column",
        ),
        ErrorKind::UnknownAnchor => ("the alias has no anchor", "define its `&anchor` above it"),
        ErrorKind::MisplacedFlowCollectionEnd => ("a closing bracket without an opening one", ""),
        ErrorKind::UnclosedFlowCollection { .. } => ("the bracket opened here is not closed", ""),
        ErrorKind::BlockSequenceEntryNotAllowed => {
            ("a list cannot start here", "put its first `- ` on a new line")
        }
        ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry
        | ErrorKind::InvalidIndentation
        | ErrorKind::InvalidBlockScalarIndent => ("the indentation matches no line above", COLUMNS),
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a key without `:`", "write `KEY: value`, with a space after the colon")
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => (
            "there is text after the closing quote",
            "quote the whole text; inside '…', write a quote twice",
        ),
        ErrorKind::UnknownQuotedScalarEscape => {
            ("unknown escape", r"write `\\` for a backslash, or use single quotes")
        }
        other => return (other.to_string(), ""),
    };
    (message.to_owned(), hint)
}
