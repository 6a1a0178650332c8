//! Tokens to a tree, by precedence climbing; Python's grammar from `a if b else c` down.

use super::error::ParseError;
use super::function::{ExprFunction, function_names};
use super::lex::{ExprToken, TokenKind, tokens};
use super::tree::{BinaryOperator, ComparisonOperator, ExprNode};
use crate::Value;

/// Brackets and operators within each other, at most: bounds the stack.
const MAX_DEPTH: u32 = 64;
/// Bytes of an expression, at most.
const MAX_LENGTH: usize = 10_000;

const KEYWORDS: [&str; 9] = ["and", "or", "not", "in", "if", "else", "True", "False", "None"];

/// Parses a text into its tree and the names in it.
pub(super) fn parse(text: &str) -> Result<(ExprNode, Vec<String>), ParseError> {
    if text.len() > MAX_LENGTH {
        let message = format!("longer than {MAX_LENGTH} characters");
        return Err(ParseError { at: 0, message });
    }
    let mut parser = ExprParser { tokens: tokens(text)?, next: 0, names: Vec::new(), depth: 0 };
    let root = parser.condition()?;
    match &parser.here().kind {
        TokenKind::End => Ok((root, parser.names)),
        TokenKind::Symbol("=") => Err(parser.error("`=` does not compare: write `==`")),
        _ => Err(parser.unexpected("an operator")),
    }
}

struct ExprParser {
    tokens: Vec<ExprToken>,
    next: usize,
    names: Vec<String>,
    depth: u32,
}

impl ExprParser {
    fn here(&self) -> &ExprToken {
        // The last token is the end, which nobody steps over.
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError { at: self.here().at, message: message.into() }
    }

    fn unexpected(&self, expected: &str) -> ParseError {
        let found = match &self.here().kind {
            TokenKind::Int(_) | TokenKind::Float(_) => "a number".to_owned(),
            TokenKind::Text(_) => "a text".to_owned(),
            TokenKind::Name(name) => format!("`{name}`"),
            TokenKind::Symbol(symbol) => format!("`{symbol}`"),
            TokenKind::End => "the end".to_owned(),
        };
        self.error(format!("expected {expected}, found {found}"))
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = matches!(self.here().kind, TokenKind::Symbol(here) if here == symbol);
        self.next += usize::from(found);
        found
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(&self.here().kind, TokenKind::Name(here) if here == word);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ParseError> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.unexpected(&format!("`{symbol}`"))) }
    }

    /// Parses one level deeper, within bounds.
    fn deeper<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("nested more than {MAX_DEPTH} deep")));
        }
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// Parses `a if b else c`.
    fn condition(&mut self) -> Result<ExprNode, ParseError> {
        self.deeper(|parser| {
            let value = parser.disjunction()?;
            if !parser.take_word("if") {
                return Ok(value);
            }
            let condition = parser.disjunction()?;
            if !parser.take_word("else") {
                return Err(parser.unexpected("`else`"));
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
        while self.take_word(word) {
            all.push(part(self)?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { join(all) })
    }

    fn negation(&mut self) -> Result<ExprNode, ParseError> {
        if self.take_word("not") {
            return self.deeper(|parser| Ok(ExprNode::Not(Box::new(parser.negation()?))));
        }
        let first = self.sum()?;
        let mut rest = Vec::new();
        while let Some(comparison) = self.comparison()? {
            rest.push((comparison, self.sum()?));
        }
        Ok(if rest.is_empty() { first } else { ExprNode::Compare(Box::new(first), rest) })
    }

    fn comparison(&mut self) -> Result<Option<ComparisonOperator>, ParseError> {
        let symbols = [
            ("<=", ComparisonOperator::LessEqual),
            (">=", ComparisonOperator::GreaterEqual),
            ("==", ComparisonOperator::Equal),
            ("!=", ComparisonOperator::NotEqual),
            ("<", ComparisonOperator::Less),
            (">", ComparisonOperator::Greater),
        ];
        for (symbol, comparison) in symbols {
            if self.take_symbol(symbol) {
                return Ok(Some(comparison));
            }
        }
        if self.take_word("in") {
            return Ok(Some(ComparisonOperator::In));
        }
        if self.take_word("not") {
            return if self.take_word("in") {
                Ok(Some(ComparisonOperator::NotIn))
            } else {
                Err(self.unexpected("`in`"))
            };
        }
        Ok(None)
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
        while let Some(&(_, binary)) = symbols.iter().find(|(symbol, _)| self.take_symbol(symbol)) {
            length += 1;
            if length > 4 * MAX_DEPTH {
                return Err(self.error(format!("a chain of more than {} operators", 4 * MAX_DEPTH)));
            }
            left = ExprNode::Binary(binary, Box::new((left, part(self)?)));
        }
        Ok(left)
    }

    /// Parses signs and powers; a power binds tighter than the sign before it, not the one behind it.
    fn factor(&mut self) -> Result<ExprNode, ParseError> {
        if self.take_symbol("-") {
            return self.deeper(|parser| Ok(ExprNode::Negative(Box::new(parser.factor()?))));
        }
        if self.take_symbol("+") {
            return self.deeper(|parser| Ok(ExprNode::Positive(Box::new(parser.factor()?))));
        }
        let base = self.element()?;
        if !self.take_symbol("**") {
            return Ok(base);
        }
        let exponent = self.deeper(Self::factor)?;
        Ok(ExprNode::Binary(BinaryOperator::Power, Box::new((base, exponent))))
    }

    /// Parses an atom with any number of `[index]` behind it.
    fn element(&mut self) -> Result<ExprNode, ParseError> {
        let mut node = self.atom()?;
        let mut length = 0;
        while self.take_symbol("[") {
            length += 1;
            if length > MAX_DEPTH {
                return Err(self.error(format!("more than {MAX_DEPTH} indices")));
            }
            let index = self.condition()?;
            self.expect("]")?;
            node = ExprNode::Index(Box::new((node, index)));
        }
        Ok(node)
    }

    fn atom(&mut self) -> Result<ExprNode, ParseError> {
        if self.take_symbol("(") {
            let inner = self.condition()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take_symbol("[") {
            return Ok(ExprNode::List(self.items("]")?));
        }
        let constant = match &self.here().kind {
            TokenKind::Int(number) => Value::Int(*number),
            TokenKind::Float(number) => Value::Float(*number),
            TokenKind::Text(text) => Value::Str(text.clone()),
            TokenKind::Name(name) => match name.as_str() {
                "True" => Value::Bool(true),
                "False" => Value::Bool(false),
                "None" => Value::Null,
                word if KEYWORDS.contains(&word) => return Err(self.unexpected("a value")),
                _ => return self.name(name.clone()),
            },
            _ => return Err(self.unexpected("a value")),
        };
        self.next += 1;
        Ok(ExprNode::Constant(constant))
    }

    /// Takes the rest of a path that goes through the items of lists: `[0].width` of `layers[0].width`.
    fn path_through_items(&mut self, mut path: String) -> String {
        let kind = |token: Option<&ExprToken>| token.map(|token| token.kind.clone());
        let here = |parser: &Self, ahead: usize| kind(parser.tokens.get(parser.next + ahead));
        while let (
            Some(TokenKind::Symbol("[")),
            Some(TokenKind::Int(index)),
            Some(TokenKind::Symbol("]")),
            Some(TokenKind::Name(rest)),
        ) = (here(self, 1), here(self, 2), here(self, 3), here(self, 4))
            && rest.starts_with('.')
        {
            path = format!("{path}.{index}{rest}");
            self.next += 4;
        }
        path
    }

    /// Parses a parameter's path, or a call of a function.
    fn name(&mut self, name: String) -> Result<ExprNode, ParseError> {
        let name = self.path_through_items(name);
        if name.ends_with('.') || name.contains("..") {
            return Err(self.error(format!("`{name}` is no path")));
        }
        let called = matches!(
            self.tokens.get(self.next + 1),
            Some(ExprToken { kind: TokenKind::Symbol("("), .. })
        );
        if !called {
            self.next += 1;
            let place = self.names.iter().position(|known| *known == name);
            let place = place.unwrap_or_else(|| {
                self.names.push(name);
                self.names.len() - 1
            });
            return Ok(ExprNode::Name(place));
        }
        let Some(function) = ExprFunction::from_name(&name) else {
            let known = function_names().collect::<Vec<_>>().join(", ");
            return Err(self.error(format!("there is no function `{name}`; there are {known}")));
        };
        let at = self.here().at;
        self.next += 2;
        let arguments = self.items(")")?;
        function
            .check_arity(arguments.len())
            .map_err(|expected| ParseError { at, message: format!("`{name}` takes {expected}") })?;
        Ok(ExprNode::Call(function, arguments))
    }

    /// Parses values up to a closing bracket, separated by commas; a trailing comma is fine.
    fn items(&mut self, close: &str) -> Result<Vec<ExprNode>, ParseError> {
        let mut items = Vec::new();
        while !self.take_symbol(close) {
            items.push(self.condition()?);
            if !self.take_symbol(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }
}
