//! Names of parameters: dotted paths, and `cfg['learning-rate']` for those that are no words.

use super::cursor::TokenCursor;
use super::error::ParseError;
use super::lex::{KEYWORDS, TokenKind, word_length};
use crate::Value;

/// The word before a name in quotes: the job config.
const QUOTING: &str = "cfg";

/// Takes a parameter's path, whose first word stands here.
///
/// # Errors
///
/// When it is no path.
pub(super) fn take(cursor: &mut TokenCursor, first: &str) -> Result<String, ParseError> {
    let start = cursor.here().at;
    let path = if starts_in_quotes(cursor, first) {
        cursor.step(1);
        in_quotes(cursor)
    } else {
        let path = through_items(cursor, first.to_owned());
        cursor.step(1);
        path
    };
    if path.split('.').any(str::is_empty) {
        return Err(ParseError { at: start, message: format!("`{path}` is not a valid path") });
    }
    Ok(path)
}

/// Returns true if here stands `cfg['…']`.
pub(super) fn starts_in_quotes(cursor: &TokenCursor, first: &str) -> bool {
    first == QUOTING
        && cursor.has_ahead(1, "[")
        && matches!(cursor.ahead(2), Some(TokenKind::Text(_)))
        && cursor.has_ahead(3, "]")
}

/// Takes `['a']['b-c'].d`, which may go through the items of lists: `['layers'][0]['width']`. An item in the end
/// is left: the parameter is the list then.
fn in_quotes(cursor: &mut TokenCursor) -> String {
    let mut path = String::new();
    loop {
        let key = match cursor.ahead(0) {
            Some(TokenKind::Name(word)) if word.starts_with('.') => Some((word[1..].to_owned(), 1)),
            _ if !(cursor.has_ahead(0, "[") && cursor.has_ahead(2, "]")) => None,
            _ => match cursor.ahead(1) {
                Some(TokenKind::Text(key)) => Some((key.clone(), 3)),
                Some(TokenKind::Int(item)) if has_key_behind(cursor) => Some((item.to_string(), 3)),
                _ => None,
            },
        };
        let Some((key, length)) = key else { return path };
        if !path.is_empty() {
            path.push('.');
        }
        path.push_str(&key);
        cursor.step(length);
    }
}

/// Returns true if a key stands behind the index here.
fn has_key_behind(cursor: &TokenCursor) -> bool {
    match cursor.ahead(3) {
        Some(TokenKind::Name(word)) => word.starts_with('.'),
        _ => cursor.has_ahead(3, "[") && matches!(cursor.ahead(4), Some(TokenKind::Text(_))),
    }
}

/// Takes the rest of a path that goes through the items of lists, up to its last word: `[0].width` of
/// `layers[0].width`.
fn through_items(cursor: &mut TokenCursor, mut path: String) -> String {
    while cursor.has_ahead(1, "[")
        && cursor.has_ahead(3, "]")
        && let (Some(TokenKind::Int(item)), Some(TokenKind::Name(rest))) =
            (cursor.ahead(2), cursor.ahead(4))
        && rest.starts_with('.')
    {
        path = format!("{path}.{item}{rest}");
        cursor.step(4);
    }
    path
}

/// Returns how an expression writes the parameter of a path: bare, `layers[0].width`, or as `cfg['learning-rate']`.
#[must_use]
pub fn spelled_name(path: &str) -> String {
    let is_word = |key: &str| {
        key.starts_with(|c: char| c.is_alphabetic() || c == '_') && word_length(key) == key.len()
    };
    let is_item = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    let first = path.split('.').next().unwrap_or_default();
    let is_bare = is_word(first)
        && !KEYWORDS.contains(&path)
        && path.split('.').all(|key| is_word(key) || is_item(key));
    let start = if is_bare { first } else { QUOTING };
    let rest = path.split('.').enumerate().skip(usize::from(is_bare)).map(|(i, key)| match key {
        _ if i > 0 && is_item(key) => format!("[{key}]"),
        _ if is_bare => format!(".{key}"),
        _ => format!("[{}]", crate::python::repr(&Value::Str(key.to_owned()))),
    });
    std::iter::once(start.to_owned()).chain(rest).collect()
}
