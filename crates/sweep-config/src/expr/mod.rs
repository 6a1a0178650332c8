//! Expressions over the values of a job config, in the notation and with the meaning of Python:
//! `OPTIM.BASE_LR * OPTIM.WEIGHT_DECAY < 1e-3 and sum(ANYNET.DEPTHS) <= 20`.
//!
//! There are no loops, no assignments and no attributes, so that an evaluation always ends, and soon.
//! `lex` and `parse` make the tree, `eval` walks it; `other_python` says what is written in place of the Python that is
//! not there.

mod arithmetic;
mod call;
mod comparison;
mod cursor;
mod digits;
mod error;
mod eval;
mod function;
mod lex;
mod name;
mod number;
mod number_text;
mod operator;
mod other_python;
mod parse;
mod rounding;
mod tree;

pub use error::{EvalError, ParseError};
pub use function::function_names;
pub use name::spelled_name;
use parse::ParsedExpr;
use tree::ExprNode;

use crate::Value;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    names: Vec<String>,
    has_quoted_names: bool,
    root: ExprNode,
}

impl Expression {
    /// Parses a text.
    ///
    /// # Errors
    ///
    /// The first thing in it that is no Python, or no part of it that is understood here.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let ParsedExpr { root, names, has_quoted_names } = parse::parse(text)?;
        Ok(Self { text: text.to_owned(), names, has_quoted_names, root })
    }

    /// Returns the text that the expression was parsed from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the names in it, dotted paths, each once; [`Expression::eval`] asks for them by their index.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Returns true if it writes a name in quotes, `cfg['learning-rate']`.
    #[must_use]
    pub fn has_quoted_names(&self) -> bool {
        self.has_quoted_names
    }

    /// Evaluates the expression; `lookup` gives the value of a name by its index in [`Expression::names`].
    ///
    /// # Errors
    ///
    /// When a name has no value, or an operation is none for its values (`1 / 0`, `'a' < 1`).
    pub fn eval<'a>(
        &self,
        lookup: &dyn Fn(usize) -> Option<&'a Value>,
    ) -> Result<Value, EvalError> {
        eval::eval(&self.root, &self.names, lookup)
    }

    /// Evaluates the expression as a condition; as in Python, 0, an empty text or list and nothing are false.
    ///
    /// # Errors
    ///
    /// Fails where [`Expression::eval`] fails.
    pub fn is_true<'a>(
        &self,
        lookup: &dyn Fn(usize) -> Option<&'a Value>,
    ) -> Result<bool, EvalError> {
        eval::is_true(&self.root, &self.names, lookup)
    }
}
