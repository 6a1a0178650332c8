//! What is wrong with the syntax, in the words of somebody who wrote a config, not a parser.

use std::ops::RangeFrom;

use granit_parser::{ErrorKind as Kind, Marker, ScanError};

use super::compose::MAX_DEPTH;
use super::{Fault, Mark};

/// A bracket that is open.
pub(super) struct Open {
    /// `[` or `{`.
    pub(super) bracket: char,
    /// Where it stands.
    pub(super) mark: Mark,
}

const COLUMNS: &str =
    "the keys of one mapping, and the items of one list, start in the same column";
const QUOTES: &str = "put the text in quotes";

pub(super) fn mark(at: &Marker) -> Mark {
    Mark { source: 0, line: at.line(), column: at.col() + 1 }
}

pub(super) fn too_deep() -> String {
    format!("nested deeper than {MAX_DEPTH} levels")
}

/// The fault that a parser error is. `rest` is the part of the text that gave no event yet, `open`
/// the innermost open bracket.
pub(super) fn fault(
    error: &ScanError,
    text: &str,
    rest: RangeFrom<usize>,
    open: Option<&Open>,
) -> Fault {
    let mark = mark(error.marker());
    let (mark, message, hint) = if let Some(column) = leading_tab(text, mark.line) {
        (Mark { column, ..mark }, "a tab stands where only blanks may".to_owned(), TABS)
    } else if is_quote(error.kind()) {
        unclosed_quote(text, rest, mark)
    } else if let Some(open) = open.filter(|_| is_bracket(error.kind())) {
        unclosed_bracket(open, mark)
    } else {
        let (message, hint) = plain(error.kind());
        (mark, message, hint)
    };
    Fault::of_syntax(mark, message, hint)
}

const TABS: &str = "indent with blanks; YAML allows no tab there";

/// The column of a tab in the indentation of a line.
fn leading_tab(text: &str, line: usize) -> Option<usize> {
    let line = text.lines().nth(line.checked_sub(1)?)?;
    let indentation = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
    indentation.find('\t').map(|at| at + 1)
}

fn is_quote(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::UnclosedQuotedScalar
            | Kind::InvalidQuotedScalarIndent
            | Kind::DocumentIndicatorInQuotedScalar
    )
}

fn unclosed_quote(text: &str, rest: RangeFrom<usize>, mark: Mark) -> (Mark, String, &'static str) {
    let start = rest.start;
    let opens = |(at, c): &(usize, char)| {
        let before = text[..start + at].chars().next_back();
        matches!(c, '\'' | '"') && before.is_none_or(|c| " \t\r\n[{,:".contains(c))
    };
    let message = "is not closed";
    match text.get(rest).and_then(|rest| rest.char_indices().find(opens)) {
        Some((at, quote)) => (
            mark_of(text, start + at),
            format!("the quote `{quote}` that opens here {message}"),
            "",
        ),
        None => (mark, format!("a quote above {message}"), ""),
    }
}

/// The line and column of a byte.
fn mark_of(text: &str, at: usize) -> Mark {
    let before = &text[..at];
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|&c| c != '\n').count() + 1;
    Mark { source: 0, line, column }
}

fn is_bracket(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::UnexpectedEofFlowSequence
            | Kind::UnexpectedEofFlowMapping
            | Kind::UnexpectedEofImplicitFlowMapping
            | Kind::UnclosedFlowCollection { .. }
            | Kind::MismatchedFlowCollectionEnd { .. }
            | Kind::ExpectedFlowMappingSeparator
            | Kind::ExpectedFlowSequenceSeparator
            | Kind::InvalidColonPlacement
            | Kind::BlockEntryInFlowCollection
    )
}

fn unclosed_bracket(open: &Open, mark: Mark) -> (Mark, String, &'static str) {
    let Mark { line, column, .. } = open.mark;
    let message =
        format!("the `{}` of line {line}, column {column} is still open here", open.bracket);
    let hint = if open.bracket == '[' {
        "close it with `]`, or look for a missing comma"
    } else {
        "close it with `}`, or look for a missing comma"
    };
    (mark, message, hint)
}

/// The errors that a person makes, in plain words; the others as the parser has them.
fn plain(kind: &Kind) -> (String, &'static str) {
    let (message, hint) = match kind {
        Kind::RecursionLimitExceeded => return (too_deep(), ""),
        Kind::UnexpectedCharacter { character } if character.is_control() => {
            let message = format!("holds the control character U+{:04X}", u32::from(*character));
            return (message, "YAML is text: is this the right file?");
        }
        Kind::UnexpectedCharacter { character } => {
            return (format!("a plain text cannot start with `{character}`"), QUOTES);
        }
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabInPlainScalar
        | Kind::TabAtBlockScalarStart => ("a tab stands where only blanks may", TABS),
        Kind::MappingValueNotAllowed => (
            "unexpected `:`",
            "a text that holds `: ` needs quotes; the keys of one mapping start in the same column",
        ),
        Kind::UnknownAnchor => {
            ("the alias stands for nothing", "its `&anchor` must stand above it")
        }
        Kind::MisplacedFlowCollectionEnd => ("a closing bracket that nothing opened", ""),
        Kind::UnclosedFlowCollection { .. } => ("the bracket that opens here is not closed", ""),
        Kind::BlockSequenceEntryNotAllowed => {
            ("a list cannot start here", "start its first `- ` on a line of its own")
        }
        Kind::ExpectedBlockMappingKey
        | Kind::ExpectedBlockSequenceEntry
        | Kind::InvalidIndentation
        | Kind::InvalidBlockScalarIndent => ("the indentation fits nothing above", COLUMNS),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => {
            ("a key without `:`", "write `KEY: value`, with a blank after the colon")
        }
        Kind::InvalidTrailingSingleQuotedScalar | Kind::InvalidTrailingDoubleQuotedScalar => (
            "something follows the closing quote",
            "put the whole text in quotes; within '…' a quote is written twice",
        ),
        Kind::UnknownQuotedScalarEscape => {
            ("an unknown escape", r"write `\\` for a backslash, or use single quotes")
        }
        other => return (other.to_string(), ""),
    };
    (message.to_owned(), hint)
}
