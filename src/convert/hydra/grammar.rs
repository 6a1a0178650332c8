//! The grammar of the values of overrides, as Hydra 1.3 has it (pure).

use sweep_config::{Map, Value, python};

use super::scalar;

/// Brackets within each other, at most: bounds the stack.
const MAX_DEPTH: usize = 32;

/// A part of the value of an override.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OverrideElement {
    /// A value.
    Value(Value),
    /// A call of a function, with the names of its arguments.
    Call(String, Vec<(Option<String>, OverrideElement)>),
}

/// Parses the value of an override: elements between commas. Nothing is an empty text.
///
/// # Errors
///
/// Says in words what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Vec<OverrideElement>, String> {
    let mut parser = ValueParser { rest: text.trim(), depth: 0 };
    if parser.rest.is_empty() {
        return Ok(vec![OverrideElement::Value(Value::Str(String::new()))]);
    }
    let mut elements = vec![parser.element()?];
    loop {
        parser.skip_blanks();
        match parser.peek() {
            None => return Ok(elements),
            Some(',') => {
                parser.take(',');
                elements.push(parser.element()?);
            }
            Some(found) => return Err(format!("unexpected `{found}` after a value")),
        }
    }
}

struct ValueParser<'t> {
    rest: &'t str,
    depth: usize,
}

impl ValueParser<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, wanted: char) -> bool {
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn element(&mut self) -> Result<OverrideElement, String> {
        self.skip_blanks();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("brackets are nested more than {MAX_DEPTH} levels deep"));
        }
        let element = match self.peek() {
            Some(quote @ ('\'' | '"')) => {
                self.quoted(quote).map(|text| OverrideElement::Value(Value::Str(text)))
            }
            Some('[') => self.list().map(OverrideElement::Value),
            Some('{') => self.mapping().map(OverrideElement::Value),
            _ => self.call_or_word(),
        };
        self.depth -= 1;
        element
    }

    /// Parses elements up to a closing bracket.
    fn until(&mut self, close: char) -> Result<Vec<(Option<String>, OverrideElement)>, String> {
        let mut elements = Vec::new();
        self.skip_blanks();
        while !self.take(close) {
            if !elements.is_empty() && !self.take(',') {
                return Err(format!("`{close}` or `,` is missing"));
            }
            self.skip_blanks();
            let name = self.argument_name(close);
            elements.push((name, self.element()?));
            self.skip_blanks();
        }
        Ok(elements)
    }

    /// Takes `name=` of an argument of a call.
    fn argument_name(&mut self, close: char) -> Option<String> {
        if close != ')' {
            return None;
        }
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let behind = self.rest[end..].trim_start().strip_prefix('=')?;
        let name = self.rest[..end].to_owned();
        self.rest = behind;
        (!name.is_empty()).then_some(name)
    }

    fn plain(element: (Option<String>, OverrideElement)) -> Result<Value, String> {
        match element.1 {
            OverrideElement::Value(value) => Ok(value),
            OverrideElement::Call(name, _) => {
                Err(format!("`{name}(…)` within a list or mapping cannot be converted"))
            }
        }
    }

    fn list(&mut self) -> Result<Value, String> {
        self.take('[');
        let items = self.until(']')?.into_iter().map(Self::plain);
        Ok(Value::List(items.collect::<Result<_, _>>()?))
    }

    fn mapping(&mut self) -> Result<Value, String> {
        self.take('{');
        let mut entries: Vec<(Value, Value)> = Vec::new();
        self.skip_blanks();
        while !self.take('}') {
            if !entries.is_empty() && !self.take(',') {
                return Err("`}` or `,` is missing".to_owned());
            }
            self.skip_blanks();
            let key = match self.peek() {
                Some(quote @ ('\'' | '"')) => Value::Str(self.quoted(quote)?),
                _ => scalar::value(&self.word(&[':', ',', '}', '{'])?),
            };
            self.skip_blanks();
            if !self.take(':') {
                return Err("write a mapping as {key: value}".to_owned());
            }
            let value = Self::plain((None, self.element()?))?;
            if entries.iter().any(|(other, _)| *other == key) {
                return Err(format!("the key `{}` is given twice", python::text(&key)));
            }
            entries.push((key, value));
            self.skip_blanks();
        }
        if entries.iter().all(|(key, _)| matches!(key, Value::Str(_))) {
            let text = |(key, value): (Value, Value)| (python::text(&key), value);
            return Ok(Value::Map(entries.into_iter().map(text).collect::<Map>()));
        }
        Ok(Value::Keyed(entries))
    }

    /// Parses a text in quotes; a backslash stands before a quote, or before another backslash at the end.
    fn quoted(&mut self, quote: char) -> Result<String, String> {
        self.take(quote);
        let mut text = String::new();
        let mut slashes = 0;
        for (at, c) in self.rest.char_indices() {
            match c {
                '\\' => slashes += 1,
                _ if c == quote && slashes % 2 == 0 => {
                    text.extend(std::iter::repeat_n('\\', slashes / 2));
                    self.rest = &self.rest[at + c.len_utf8()..];
                    return Ok(text);
                }
                _ if c == quote => {
                    text.extend(std::iter::repeat_n('\\', slashes / 2));
                    text.push(c);
                    slashes = 0;
                }
                _ => {
                    text.extend(std::iter::repeat_n('\\', slashes));
                    text.push(c);
                    slashes = 0;
                }
            }
        }
        Err(format!("the quote {quote} is not closed"))
    }

    fn call_or_word(&mut self) -> Result<OverrideElement, String> {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || c == '_'));
        if let Some(end) = end
            && end > 0
            && self.rest[end..].starts_with('(')
        {
            let name = self.rest[..end].to_owned();
            self.rest = &self.rest[end + 1..];
            return Ok(OverrideElement::Call(name, self.until(')')?));
        }
        self.word(&[',', ')', ']', '}']).map(|word| OverrideElement::Value(scalar::value(&word)))
    }

    /// Parses a word without quotes, up to one of some characters.
    fn word(&mut self, ends: &[char]) -> Result<String, String> {
        let mut word = String::new();
        let mut chars = self.rest.char_indices().peekable();
        let mut end = self.rest.len();
        let mut references = 0_usize;
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' if chars.peek().is_some_and(|(_, next)| "\\()[]{}:=, \t".contains(*next)) => {
                    word.extend(chars.next().map(|(_, next)| next));
                }
                '$' if chars.peek().is_some_and(|(_, next)| *next == '{') => {
                    references += 1;
                    word.push_str("${");
                    chars.next();
                }
                '}' if references > 0 => {
                    references -= 1;
                    word.push(c);
                }
                _ if references > 0 => word.push(c),
                _ if ends.contains(&c) => {
                    end = at;
                    break;
                }
                '(' | '[' | '{' | '\'' | '"' => {
                    return Err(format!(
                        "unexpected `{c}`: quote text that has one, or write `\\{c}`"
                    ));
                }
                _ => word.push(c),
            }
        }
        self.rest = &self.rest[end..];
        let word = word.trim().to_owned();
        if word.is_empty() { Err("a value is missing".to_owned()) } else { Ok(word) }
    }
}
