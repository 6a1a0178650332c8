//! Tokens to a tree, by precedence climbing; Python's grammar from `a if b else c` down.

use super::cursor::TokenCursor;
use super::error::ParseError;
use super::function::{ExprFunction, function_names};
use super::lex::{KEYWORDS, TokenKind, tokens};
use super::tree::{BinaryOperator, ComparisonOperator, ExprNode};
use super::{name, operator, other_python};
use crate::Value;

/// Brackets and operators within each other, at most: bounds the stack.
const MAX_DEPTH: u32 = 64;
/// Bytes of an expression, at most.
const MAX_LENGTH: usize = 10_000;

/// An expression that was parsed.
pub(super) struct ParsedExpr {
    pub(super) root: ExprNode,
    /// The names in it, each once.
    pub(super) names: Vec<String>,
    /// True if one of them was written `cfg['…']`.
    pub(super) has_quoted_names: bool,
}

/// Parses a text into its tree and the names in it.
pub(super) fn parse(text: &str) -> Result<ParsedExpr, ParseError> {
    if text.len() > MAX_LENGTH {
        let message = format!("longer than {MAX_LENGTH} characters");
        return Err(ParseError { at: 0, message });
    }
    let cursor = TokenCursor::new(tokens(text)?);
    let mut parser = ExprParser { cursor, names: Vec::new(), has_quoted_names: false, depth: 0 };
    let root = parser.condition()?;
    match parser.cursor.here().kind {
        TokenKind::End => {
            let ExprParser { names, has_quoted_names, .. } = parser;
            Ok(ParsedExpr { root, names, has_quoted_names })
        }
        TokenKind::Symbol("=") => Err(parser.cursor.error("`=` does not compare: write `==`")),
        _ => Err(parser.cursor.unexpected("an operator")),
    }
}

struct ExprParser {
    cursor: TokenCursor,
    names: Vec<String>,
    has_quoted_names: bool,
    depth: u32,
}

impl ExprParser {
    /// Parses one level deeper, within bounds.
    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.cursor.error(format!("nested more than {MAX_DEPTH} levels deep")));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Parses `a if b else c`.
    fn condition(&mut self) -> Result<ExprNode, ParseError> {
        self.deeper(|parser| {
            let value = parser.disjunction()?;
            if !parser.cursor.take_word("if") {
                return Ok(value);
            }
            let condition = parser.disjunction()?;
            if !parser.cursor.take_word("else") {
                return Err(parser.cursor.unexpected("`else`"));
            }
            Ok(ExprNode::If(Box::new((condition, value, parser.condition()?))))
        })
    }

    fn disjunction(&mut self) -> Result<ExprNode, ParseError> {
        self.joined("or", Self::conjunction, ExprNode::Or)
    }

    fn conjunction(&mut self) -> Result<ExprNode, ParseError> {
        self.joined("and", Self::negation, ExprNode::And)
    }

    fn joined(
        &mut self,
        word: &str,
        part: fn(&mut Self) -> Result<ExprNode, ParseError>,
        join: fn(Vec<ExprNode>) -> ExprNode,
    ) -> Result<ExprNode, ParseError> {
        let first = part(self)?;
        let mut all = vec![first];
        while self.cursor.take_word(word) {
            all.push(part(self)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { join(all) })
    }

    fn negation(&mut self) -> Result<ExprNode, ParseError> {
        if self.cursor.take_word("not") {
            return self.deeper(|parser| Ok(ExprNode::Not(Box::new(parser.negation()?))));
        }
        let first = self.sum()?;
        let mut rest = Vec::new();
        loop {
            if self.cursor.take_word("is") {
                rest.push(self.none()?);
            } else if let Some(comparison) = operator::comparison(&mut self.cursor)? {
                rest.push((comparison, self.sum()?));
            } else {
                break;
            }
        }
        Ok(if rest.is_empty() { first } else { ExprNode::Compare(Box::new(first), rest) })
    }

    /// Parses what follows `is`: `None` or `not None`, which nothing else equals.
    fn none(&mut self) -> Result<(ComparisonOperator, ExprNode), ParseError> {
        let (comparison, instead) = if self.cursor.take_word("not") {
            (ComparisonOperator::NotEqual, "!=")
        } else {
            (ComparisonOperator::Equal, "==")
        };
        if self.cursor.take_word("None") {
            return Ok((comparison, ExprNode::Constant(Value::Null)));
        }
        Err(self.cursor.error(format!("`is` works only with `None`: write `{instead}`")))
    }

    fn sum(&mut self) -> Result<ExprNode, ParseError> {
        let symbols = [("+", BinaryOperator::Add), ("-", BinaryOperator::Subtract)];
        self.left_to_right(&symbols, Self::product)
    }

    fn product(&mut self) -> Result<ExprNode, ParseError> {
        let symbols = [
            ("*", BinaryOperator::Multiply),
            ("//", BinaryOperator::FloorDivide),
            ("/", BinaryOperator::Divide),
            ("%", BinaryOperator::Modulo),
        ];
        self.left_to_right(&symbols, Self::factor)
    }

    /// Parses a chain of operators, which becomes as deep a tree as it is long.
    fn left_to_right(
        &mut self,
        symbols: &[(&str, BinaryOperator)],
        part: fn(&mut Self) -> Result<ExprNode, ParseError>,
    ) -> Result<ExprNode, ParseError> {
        let mut left = part(self)?;
        let mut length = 0;
        while let Some(&(_, binary)) =
            symbols.iter().find(|(symbol, _)| self.cursor.take_symbol(symbol))
        {
            length += 1;
            if length > 4 * MAX_DEPTH {
                return Err(self
                    .cursor
                    .error(format!("a chain of more than {} operators", 4 * MAX_DEPTH)));
            }
            left = ExprNode::Binary(binary, Box::new((left, part(self)?)));
        }
        Ok(left)
    }

    /// Parses signs and powers; a power binds tighter than the sign before it, not the one behind it.
    fn factor(&mut self) -> Result<ExprNode, ParseError> {
        if self.cursor.take_symbol("-") {
            return self.deeper(|parser| Ok(ExprNode::Negative(Box::new(parser.factor()?))));
        }
        if self.cursor.take_symbol("+") {
            return self.deeper(|parser| Ok(ExprNode::Positive(Box::new(parser.factor()?))));
        }
        let base = self.element()?;
        if !self.cursor.take_symbol("**") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::factor)?;
        Ok(ExprNode::Binary(BinaryOperator::Power, Box::new((base, exponent))))
    }

    /// Parses an atom with any number of `[index]` behind it.
    fn element(&mut self) -> Result<ExprNode, ParseError> {
        let mut node = self.atom()?;
        let mut length = 0;
        while self.cursor.take_symbol("[") {
            length += 1;
            if length > MAX_DEPTH {
                return Err(self.cursor.error(format!("more than {MAX_DEPTH} indices")));
            }
            let index = self.condition()?;
            self.cursor.expect("]")?;
            node = ExprNode::Index(Box::new((node, index)));
        }
        Ok(node)
    }

    fn atom(&mut self) -> Result<ExprNode, ParseError> {
        if self.cursor.take_symbol("(") {
            let inner = self.condition()?;
            self.cursor.expect(")")?;
            return Ok(inner);
        }
        if self.cursor.take_symbol("[") {
            return Ok(ExprNode::List(self.items("]")?));
        }
        let constant = match &self.cursor.here().kind {
            TokenKind::Int(number) => Value::Int(*number),
            TokenKind::Float(number) => Value::Float(*number),
            TokenKind::Text(text) => Value::Str(text.clone()),
            TokenKind::Name(name) => match name.as_str() {
                "True" => Value::Bool(true),
                "False" => Value::Bool(false),
                "None" => Value::Null,
                word if KEYWORDS.contains(&word) => return Err(self.cursor.unexpected("a value")),
                _ => {
                    let name = name.clone();
                    return self.name(&name);
                }
            },
            _ => return Err(self.cursor.unexpected("a value")),
        };
        self.cursor.step(1);
        Ok(ExprNode::Constant(constant))
    }

    /// Parses a parameter's path, or a call of a function.
    fn name(&mut self, first: &str) -> Result<ExprNode, ParseError> {
        if self.cursor.has_ahead(1, "(") {
            return self.call(first);
        }
        self.has_quoted_names |= name::starts_in_quotes(&self.cursor, first);
        let path = name::take(&mut self.cursor, first)?;
        let place = self.names.iter().position(|known| *known == path);
        let place = place.unwrap_or_else(|| {
            self.names.push(path);
            self.names.len() - 1
        });
        Ok(ExprNode::Name(place))
    }

    fn call(&mut self, name: &str) -> Result<ExprNode, ParseError> {
        let Some(function) = ExprFunction::from_name(name) else {
            let instead = other_python::call(name).unwrap_or_else(|| {
                format!("choose from {}", function_names().collect::<Vec<_>>().join(", "))
            });
            return Err(self.cursor.error(format!("unknown function `{name}`; {instead}")));
        };
        let at = self.cursor.here().at;
        self.cursor.step(2);
        let arguments = self.items(")")?;
        function
            .check_arity(arguments.len())
            .map_err(|expected| ParseError { at, message: format!("`{name}` takes {expected}") })?;
        Ok(ExprNode::Call(function, arguments))
    }

    /// Parses values up to a closing bracket, separated by commas; a trailing comma is fine.
    fn items(&mut self, close: &str) -> Result<Vec<ExprNode>, ParseError> {
        let mut items = Vec::new();
        while !self.cursor.take_symbol(close) {
            items.push(self.condition()?);
            if !self.cursor.take_symbol(",") {
                self.cursor.expect(close)?;
                break;
            }
        }
        Ok(items)
    }
}
