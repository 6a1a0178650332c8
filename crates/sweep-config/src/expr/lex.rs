//! Text to tokens.

use super::error::ParseError;
use super::other_python;

/// The words that are no names.
pub(super) const KEYWORDS: [&str; 10] =
    ["and", "or", "not", "in", "is", "if", "else", "True", "False", "None"];

/// A token with its place in bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ExprToken {
    pub(super) at: usize,
    pub(super) kind: TokenKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    Int(i64),
    Float(f64),
    Text(String),
    /// A name, a keyword or a dotted path.
    Name(String),
    /// An operator or a bracket.
    Symbol(&'static str),
    End,
}

/// Longer ones first: `<=` is not `<` and `=`.
const SYMBOLS: [&str; 20] = [
    "**", "//", "<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",",
    "=", "!",
];

/// Splits a text into tokens; the last one is [`TokenKind::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<ExprToken>, ParseError> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let rest = &text[at..];
        let Some(first) = rest.chars().next() else {
            tokens.push(ExprToken { at, kind: TokenKind::End });
            return Ok(tokens);
        };
        let after_dot = rest[first.len_utf8()..].starts_with(|c: char| c.is_ascii_digit());
        // Of `layers[0].width` what follows the bracket.
        let is_attribute = first == '.'
            && matches!(tokens.last(), Some(ExprToken { kind: TokenKind::Symbol("]"), .. }))
            && rest[1..].starts_with(|c: char| c.is_alphabetic() || c == '_');
        let (kind, length) = if first.is_ascii_digit() || (first == '.' && after_dot) {
            number(rest).map_err(|message| ParseError { at, message })?
        } else if first.is_alphabetic() || first == '_' || is_attribute {
            let length = word_length(rest);
            if let Some(instead) = of_f_string(&rest[..length], &rest[length..]) {
                return Err(ParseError { at, message: instead });
            }
            (TokenKind::Name(rest[..length].to_owned()), length)
        } else if first == '\'' || first == '"' {
            quoted(rest, first).map_err(|message| ParseError { at, message })?
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            (TokenKind::Symbol(symbol), symbol.len())
        } else {
            let instead = other_python::character(rest);
            let instead = instead.map_or(String::new(), |instead| format!(": {instead}"));
            let message = format!("unexpected `{first}`{instead}");
            return Err(ParseError { at, message });
        };
        tokens.push(ExprToken { at, kind });
        at += length;
    }
}

/// Returns the error of a text with a letter before its quote, as in `f'run_{seed}'`; nothing for other words.
fn of_f_string(word: &str, rest: &str) -> Option<String> {
    let quote = rest.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let is_template = matches!(word, "f" | "F" | "rf" | "fr");
    let template = rest[1..].split(quote).next().filter(|_| is_template);
    let example = template.and_then(other_python::joined);
    let example = example.unwrap_or_else(|| "'run_' + str(seed)".to_owned());
    Some(format!("a string cannot have the prefix `{word}`: write `{example}`"))
}

/// Returns the length of the dotted path at the start of a text.
pub(super) fn word_length(rest: &str) -> usize {
    let in_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    rest.find(|c| !in_name(c)).unwrap_or(rest.len())
}

/// Reads a number of Python's: `1_000`, `.5`, `1e-3`.
fn number(rest: &str) -> Result<(TokenKind, usize), String> {
    let mut length = 0;
    let mut last = '\0';
    for c in rest.chars() {
        let sign_of_exponent = matches!(c, '+' | '-') && matches!(last, 'e' | 'E');
        if !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_') || sign_of_exponent) {
            break;
        }
        (length, last) = (length + 1, c);
    }
    let spelt = &rest[..length];
    let wrong = || format!("`{spelt}` is not a number");
    if spelt.ends_with('_') || spelt.contains("__") {
        return Err(wrong());
    }
    let digits = spelt.replace('_', "");
    if digits.bytes().all(|b| b.is_ascii_digit()) {
        let shorter = digits.trim_start_matches('0');
        if digits.starts_with('0') && !shorter.is_empty() {
            return Err(format!(
                "`{spelt}` has a leading zero, which Python refuses: write `{shorter}`"
            ));
        }
        let whole = digits.parse().map_err(|_| format!("`{spelt}` is too large"))?;
        return Ok((TokenKind::Int(whole), length));
    }
    let decimal = digits.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let float = if decimal { digits.parse::<f64>().ok() } else { None };
    float.map(|float| (TokenKind::Float(float), length)).ok_or_else(wrong)
}

/// Reads a text in quotes; `\\`, `\'`, `\"`, `\n` and `\t` are as in Python.
fn quoted(rest: &str, quote: char) -> Result<(TokenKind, usize), String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            _ if c == quote => return Ok((TokenKind::Text(text), i + 1)),
            '\\' => match chars.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 't')) => text.push('\t'),
                Some((_, c @ ('\\' | '\'' | '"'))) => text.push(c),
                _ => return Err("an escape that is not \\\\, \\', \\\", \\n or \\t".to_owned()),
            },
            _ => text.push(c),
        }
    }
    Err(format!("the quote {quote} is not closed"))
}
