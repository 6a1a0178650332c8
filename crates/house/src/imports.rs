//! Collects the paths by which a file names other files: `use` items and paths in code and macros
//! that begin with `crate`, `super` or `self`.

use std::collections::BTreeSet;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The absolute module paths that a file names, each from the root of its crate on.
pub(crate) type ImportPaths = BTreeSet<Vec<String>>;

/// Returns the paths that the tokens name in a file of the module `module`. Code on `test_lines` is
/// left out.
pub(crate) fn imports(
    tokens: &TokenStream,
    module: &[String],
    test_lines: &[(usize, usize)],
) -> ImportPaths {
    let mut scan = ImportScan { test_lines, found: BTreeSet::new() };
    scan.stream(tokens.clone(), module);
    scan.found
}

struct ImportScan<'a> {
    test_lines: &'a [(usize, usize)],
    found: ImportPaths,
}

impl ImportScan<'_> {
    /// Scans tokens of the module `module`, which grows by one name in an inline module.
    fn stream(&mut self, tokens: TokenStream, module: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            match token {
                TokenTree::Ident(name) if self.is_start(name) => {
                    at = self.path(&tokens, at, module);
                }
                TokenTree::Group(group) => {
                    self.stream(group.stream(), &inner(&tokens, at, module));
                    at += 1;
                }
                _ => at += 1,
            }
        }
    }

    fn is_start(&self, name: &proc_macro2::Ident) -> bool {
        let line = name.span().start().line;
        (name == "crate" || name == "super" || name == "self")
            && !self.test_lines.iter().any(|(first, last)| (*first..=*last).contains(&line))
    }

    /// Notes the path that begins at `at`; returns where it ends.
    fn path(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        let mut path = match &tokens[at] {
            TokenTree::Ident(name) if name == "crate" => Vec::new(),
            TokenTree::Ident(name) if name == "super" => parent(module),
            _ => module.to_vec(),
        };
        if !is_separator(tokens, at + 1) {
            return at + 1;
        }
        self.rest(tokens, at + 3, &mut path)
    }

    /// Notes what follows a `::`: more names, or a group of an import.
    fn rest(&mut self, tokens: &[TokenTree], mut at: usize, path: &mut Vec<String>) -> usize {
        loop {
            match tokens.get(at) {
                Some(TokenTree::Ident(name)) if name == "super" => *path = parent(path),
                Some(TokenTree::Ident(name)) if name == "self" => {}
                Some(TokenTree::Ident(name)) => path.push(name.to_string()),
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.group(group.stream(), path);
                    return at + 1;
                }
                _ => {
                    self.found.insert(path.clone());
                    return at;
                }
            }
            if !is_separator(tokens, at + 1) {
                self.found.insert(path.clone());
                return at + 1;
            }
            at += 3;
        }
    }

    /// Notes each branch of `{a, b::{c, d}}`.
    fn group(&mut self, tokens: TokenStream, path: &[String]) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.rest(&tokens, at, &mut path.to_vec());
            while at < tokens.len() && !is_punct(&tokens[at], ',') {
                at += 1;
            }
            at += 1;
        }
    }
}

/// Returns the module of the group at `at`: a module of its own behind `mod name`.
fn inner(tokens: &[TokenTree], at: usize, module: &[String]) -> Vec<String> {
    let mut module = module.to_vec();
    if let (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(name))) = (
        at.checked_sub(2).and_then(|at| tokens.get(at)),
        at.checked_sub(1).and_then(|at| tokens.get(at)),
    ) && word == "mod"
    {
        module.push(name.to_string());
    }
    module
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| is_punct(token, ':'))
        && tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'))
}

fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}
