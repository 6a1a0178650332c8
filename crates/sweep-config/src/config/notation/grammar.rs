//! The grammar of values on a command line, as Hydra has it: elements, lists, mappings, quotes and calls.

use crate::Value;
use crate::yaml::{NodeForm, NodeKind, SourceMark, YamlEntry, YamlNode, plain};

/// Brackets within each other, at most: bounds the stack.
const MAX_DEPTH: usize = 32;

/// A value, or a call such as `range(0, 5)`.
#[derive(Debug, Clone)]
pub(super) enum GrammarElement {
    Value(YamlNode),
    Call(FunctionCall),
}

/// A call as it was written, with the names of its arguments.
#[derive(Debug, Clone)]
pub(super) struct FunctionCall {
    /// The name without what stands before its last dot: `uniform` of `tune.uniform`.
    pub(super) name: String,
    pub(super) arguments: Vec<(Option<String>, GrammarElement)>,
    /// The text of the whole call.
    pub(super) text: String,
}

/// Parses elements that are separated by commas.
///
/// # Errors
///
/// Why the text is none, in words.
pub(super) fn elements(text: &str) -> Result<Vec<GrammarElement>, String> {
    let mut parser = ElementParser { text, at: 0, depth: 0 };
    let elements = parser.elements(None)?;
    if elements.is_empty() { Err("the value is missing".to_owned()) } else { Ok(elements) }
}

/// Parses a text that is one call, from its first character to its last; `None` if it is none.
pub(super) fn call(text: &str) -> Option<FunctionCall> {
    let mut found = elements(text).ok()?;
    match found.pop() {
        Some(GrammarElement::Call(call)) if found.is_empty() => Some(call),
        _ => None,
    }
}

struct ElementParser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl<'t> ElementParser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Parses elements up to a closing bracket, or to the end of the text.
    fn elements(&mut self, close: Option<char>) -> Result<Vec<GrammarElement>, String> {
        let mut elements = Vec::new();
        self.skip_blanks();
        if self.ends(close)? {
            return Ok(elements);
        }
        loop {
            elements.push(self.element()?);
            self.skip_blanks();
            if self.ends(close)? {
                return Ok(elements);
            }
            self.comma()?;
        }
    }

    /// Steps over the closing bracket, or finds the end.
    fn ends(&mut self, close: Option<char>) -> Result<bool, String> {
        match (close, self.peek()) {
            (None, None) => Ok(true),
            (Some(close), Some(found)) if found == close => Ok(self.take(close)),
            (Some(close), None) => Err(format!("`{close}` is missing")),
            _ => Ok(false),
        }
    }

    fn comma(&mut self) -> Result<(), String> {
        if self.take(',') {
            return Ok(());
        }
        Err(match self.peek() {
            Some(found) => format!("unexpected `{found}` after the value: quote it if it is text"),
            None => "a bracket is not closed".to_owned(),
        })
    }

    fn element(&mut self) -> Result<GrammarElement, String> {
        self.skip_blanks();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("nested more than {MAX_DEPTH} levels deep"));
        }
        let element = match self.peek() {
            Some(quote @ ('\'' | '"')) => {
                self.quoted(quote).map(|text| node(text, NodeForm::Quoted))
            }
            Some('[') => self.list(),
            Some('{') => self.mapping(),
            _ => return self.call_or_text(),
        };
        self.depth -= 1;
        element.map(GrammarElement::Value)
    }

    fn list(&mut self) -> Result<YamlNode, String> {
        self.take('[');
        let items = self.elements(Some(']'))?.into_iter().map(GrammarElement::into_node).collect();
        Ok(YamlNode::new(SourceMark::default(), NodeKind::List(items)))
    }

    fn mapping(&mut self) -> Result<YamlNode, String> {
        self.take('{');
        let mut entries: Vec<YamlEntry> = Vec::new();
        self.skip_blanks();
        while !self.ends(Some('}'))? {
            if !entries.is_empty() {
                self.comma()?;
            }
            let entry = self.entry()?;
            if entries.iter().any(|other| other.key == entry.key) {
                return Err(format!("the key `{}` is given twice", entry.key));
            }
            entries.push(entry);
            self.skip_blanks();
        }
        Ok(YamlNode::new(SourceMark::default(), NodeKind::Map(entries)))
    }

    fn entry(&mut self) -> Result<YamlEntry, String> {
        self.skip_blanks();
        let quote = self.peek().filter(|c| matches!(c, '\'' | '"'));
        let key = if let Some(quote) = quote {
            self.quoted(quote)?
        } else {
            let end = self.rest().find([':', ',', '}', '{', '[', ']']);
            let key = &self.rest()[..end.unwrap_or(self.rest().len())];
            self.at += key.len();
            key.trim().to_owned()
        };
        let is_quoted = quote.is_some();
        self.skip_blanks();
        if key.is_empty() || !self.take(':') {
            return Err("write a mapping as {key: value}".to_owned());
        }
        let node = self.element()?.into_node();
        let typed = match plain(&key) {
            Ok(number @ (Value::Int(_) | Value::Float(_))) if !is_quoted => Some(number),
            _ => None,
        };
        Ok(YamlEntry { mark: SourceMark::default(), key, is_quoted, typed, node })
    }

    /// Parses a text in quotes, in which a backslash before a quote, or a doubled single quote, is a quote.
    fn quoted(&mut self, quote: char) -> Result<String, String> {
        self.take(quote);
        let mut text = String::new();
        let mut chars = self.rest().char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            match c {
                '\\' if matches!(next, Some('\\' | '\'' | '"')) => {
                    text.extend(next);
                    chars.next();
                }
                '\'' if quote == '\'' && next == Some('\'') => {
                    text.push('\'');
                    chars.next();
                }
                _ if c == quote => {
                    self.at += at + c.len_utf8();
                    return Ok(text);
                }
                _ => text.push(c),
            }
        }
        Err(format!("the quote {quote} is not closed"))
    }

    fn call_or_text(&mut self) -> Result<GrammarElement, String> {
        let start = self.at;
        let name = self.rest().find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.'));
        let name = &self.rest()[..name.unwrap_or(self.rest().len())];
        let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if is_name && self.rest()[name.len()..].starts_with('(') {
            self.at += name.len() + 1;
            let arguments = self.arguments()?;
            self.depth -= 1;
            let name = name.rsplit('.').next().unwrap_or(name).to_owned();
            let text = self.text[start..self.at].to_owned();
            return Ok(GrammarElement::Call(FunctionCall { name, arguments, text }));
        }
        self.depth -= 1;
        self.plain_text().map(GrammarElement::Value)
    }

    fn arguments(&mut self) -> Result<Vec<(Option<String>, GrammarElement)>, String> {
        let mut arguments = Vec::new();
        self.skip_blanks();
        while !self.ends(Some(')'))? {
            if !arguments.is_empty() {
                self.comma()?;
            }
            self.skip_blanks();
            let word = self.rest().find(|c: char| !(c.is_alphanumeric() || c == '_'));
            let word = &self.rest()[..word.unwrap_or(0)];
            let rest = self.rest()[word.len()..].trim_start();
            let is_named = !word.is_empty() && rest.starts_with('=') && !rest.starts_with("==");
            if is_named {
                self.at = self.text.len() - rest.len() + 1;
            }
            arguments.push((is_named.then(|| word.to_owned()), self.element()?));
            self.skip_blanks();
        }
        Ok(arguments)
    }

    /// Parses a text without quotes, up to a comma or bracket that does not belong to it.
    fn plain_text(&mut self) -> Result<YamlNode, String> {
        let mut open = Vec::new();
        let mut end = self.rest().len();
        for (at, c) in self.rest().char_indices() {
            match c {
                '(' | '[' | '{' => open.push(c),
                ')' | ']' | '}' | ',' if open.is_empty() => {
                    end = at;
                    break;
                }
                ')' | ']' | '}' => {
                    open.pop();
                }
                _ => {}
            }
        }
        if !open.is_empty() {
            return Err("a bracket is not closed: quote text that contains brackets".to_owned());
        }
        let text = self.rest()[..end].trim();
        self.at += end;
        if text.is_empty() {
            return Err("a value is missing before or after a comma".to_owned());
        }
        if let Some(text) = text.strip_prefix("!!str ") {
            return Ok(node(text.trim().to_owned(), NodeForm::Tagged));
        }
        let value =
            plain(text).map_err(|_| format!("`{text}` has no value: quote it if it is text"))?;
        let spelt = (!matches!(value, Value::Str(_))).then(|| text.into());
        let scalar = YamlNode::new(SourceMark::default(), NodeKind::Scalar(value));
        Ok(YamlNode { spelt, ..scalar })
    }
}

fn node(text: String, form: NodeForm) -> YamlNode {
    let scalar = YamlNode::new(SourceMark::default(), NodeKind::Scalar(Value::Str(text)));
    YamlNode { form, ..scalar }
}

impl GrammarElement {
    /// Returns the value; `None` for a call.
    pub(super) fn value(&self) -> Option<Value> {
        match self {
            Self::Value(node) => Some(node.to_value()),
            Self::Call(_) => None,
        }
    }

    /// Returns the value; a call as its text.
    pub(super) fn into_node(self) -> YamlNode {
        match self {
            Self::Value(node) => node,
            Self::Call(call) => node(call.text, NodeForm::Plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml;

    fn values(text: &str) -> Result<String, String> {
        let nodes = elements(text)?.into_iter().map(GrammarElement::into_node);
        let values = nodes.map(|node| yaml::flow(&node.to_value()));
        Ok(values.collect::<Vec<_>>().join(" | "))
    }

    #[test]
    fn values_are_those_of_hydra_with_the_types_of_yaml() {
        for (text, expected) in [
            ("1,0.5, relu", "1 | 0.5 | relu"),
            ("1e-2,1_000,true,null", "0.01 | 1000 | true | null"),
            ("'a,b',\"c d\"", "'a,b' | c d"),
            ("'it''s',\"1\"", "it's | \"1\""),
            ("[1, 2],[3]", "[1, 2] | [3]"),
            ("{x:1},{z: [2, 3]}", "{x: 1} | {z: [2, 3]}"),
            ("{url: http://a:80}", "{url: http://a:80}"),
            ("[(3), 4]", "[(3), 4]"),
            ("relu(inplace),f(x)", "relu(inplace) | f(x)"),
            ("/a/b=c,x y z", "/a/b=c | x y z"),
            ("[]", "[]"),
            ("{}", "{}"),
        ] {
            assert_eq!(values(text).as_deref(), Ok(expected), "{text}");
        }
        for text in
            ["", "1,", ",1", "[1", "(3", "a)", "{x}", "{x: 1", "'a", "'a'b", "{x: 1, x: 2}", "1]"]
        {
            assert!(values(text).is_err(), "{text}: {:?}", values(text));
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic() {
        for c in ['(', '[', '{', '\'', ',', ':', 'é', '\\', '='] {
            for d in ['(', ')', '[', '"', ',', '=', 'ü', ' '] {
                let text: String = [c, d].iter().cycle().take(200).collect();
                let _ = elements(&text);
                let _ = elements(&format!("a({text}"));
            }
        }
    }
}
