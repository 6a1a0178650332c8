//! Counts lines of code and of docs from the tokens of a file.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// The lines of a file by what stands on them. A line of code may hold a comment too.
#[derive(Debug, Default)]
pub(crate) struct LineCensus {
    code: BTreeSet<usize>,
    docs: BTreeSet<usize>,
}

impl LineCensus {
    /// Sorts the lines of the tokens, those of `test_lines` left out.
    pub(crate) fn new(tokens: &TokenStream, test_lines: &[(usize, usize)]) -> Self {
        let mut census = Self::default();
        census.note(tokens.clone());
        for (first, last) in test_lines {
            census.code.retain(|line| line < first || line > last);
            census.docs.retain(|line| line < first || line > last);
        }
        census
    }

    /// The number of lines of code.
    pub(crate) fn code(&self) -> usize {
        self.code.len()
    }

    /// The number of lines of doc comments.
    pub(crate) fn docs(&self) -> usize {
        self.docs.len()
    }

    fn note(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            if is_punct(&token, '#') {
                if tokens.peek().is_some_and(|next| is_punct(next, '!')) {
                    tokens.next();
                }
                if let Some(doc) = tokens.next_if(is_doc) {
                    self.docs.extend(lines(doc.span()));
                    continue;
                }
            }
            self.note_code(&token);
        }
    }

    fn note_code(&mut self, token: &TokenTree) {
        if let TokenTree::Group(group) = token {
            self.code.insert(group.span_open().start().line);
            self.code.insert(group.span_close().end().line);
            self.note(group.stream());
        } else {
            // Of a text over several lines the ends count.
            self.code.insert(token.span().start().line);
            self.code.insert(token.span().end().line);
        }
    }
}

fn lines(span: Span) -> std::ops::RangeInclusive<usize> {
    span.start().line..=span.end().line
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

/// Tells the group of `#[doc = "…"]`, which is how the parser gives doc comments.
fn is_doc(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    group.delimiter() == Delimiter::Bracket
        && matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
}
