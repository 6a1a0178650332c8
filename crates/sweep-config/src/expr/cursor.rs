//! The tokens of an expression and the place in them where the parser is.

use super::error::ParseError;
use super::lex::{ExprToken, TokenKind};
use super::other_python;

/// A place in the tokens of an expression.
pub(super) struct TokenCursor {
    /// The last one is the end, which nobody steps over.
    tokens: Vec<ExprToken>,
    next: usize,
}

impl TokenCursor {
    /// Starts at the first of some tokens, of which [`TokenKind::End`] is the last.
    pub(super) fn new(tokens: Vec<ExprToken>) -> Self {
        Self { tokens, next: 0 }
    }

    /// Returns the token here.
    pub(super) fn here(&self) -> &ExprToken {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    /// Returns what stands so many tokens behind this one.
    pub(super) fn ahead(&self, count: usize) -> Option<&TokenKind> {
        self.tokens.get(self.next + count).map(|token| &token.kind)
    }

    /// Returns true if this symbol stands so many tokens behind this one.
    pub(super) fn has_ahead(&self, count: usize, symbol: &str) -> bool {
        matches!(self.ahead(count), Some(TokenKind::Symbol(there)) if *there == symbol)
    }

    /// Steps over so many tokens.
    pub(super) fn step(&mut self, count: usize) {
        self.next += count;
    }

    /// Steps over a symbol if it stands here.
    pub(super) fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.has_ahead(0, symbol);
        self.step(usize::from(found));
        found
    }

    /// Steps over a word if it stands here.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(&self.here().kind, TokenKind::Name(here) if here == word);
        self.step(usize::from(found));
        found
    }

    /// Steps over a symbol that must stand here.
    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    /// Returns an error at this place.
    pub(super) fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError { at: self.here().at, message: message.into() }
    }

    /// Returns the error that something else stands here; for what Python has there, it says what is
    /// written instead.
    pub(super) fn unexpected(&self, expected: &str) -> ParseError {
        let found = match &self.here().kind {
            TokenKind::Int(_) | TokenKind::Float(_) => "a number".to_owned(),
            TokenKind::Text(_) => "text".to_owned(),
            TokenKind::Name(name) => format!("`{name}`"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
            TokenKind::End => "the end".to_owned(),
        };
        let instead = |kind: &TokenKind| match kind {
            TokenKind::Name(word) => other_python::word(word),
            TokenKind::Symbol(symbol) => other_python::symbol(symbol),
            _ => None,
        };
        // Of `NOT x` the first word was taken for a name.
        let before = self.next.checked_sub(1).map(|before| &self.tokens[before].kind);
        let word_before = || before.filter(|kind| matches!(kind, TokenKind::Name(_)));
        let instead = instead(&self.here().kind).or_else(|| instead(word_before()?));
        let instead = instead.map_or(String::new(), |instead| format!(": {instead}"));
        self.error(format!("expected {expected}, found {found}{instead}"))
    }
}
