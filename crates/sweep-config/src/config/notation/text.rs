//! Texts and keys that are plainly another notation.

use super::form::{ForeignNotation, SamplerForm};
use super::grammar::{FunctionCall, GrammarElement, elements};
use super::{calls, grammar, other_tools};
use crate::Value;
use crate::yaml::{self, NodeForm, NodeKind, SourceMark, YamlEntry, YamlNode};

/// Recognizes another notation in a text.
pub(super) fn foreign(text: &str, form: NodeForm) -> Option<ForeignNotation> {
    if text.ends_with(')')
        && let Some(call) = grammar::call(text)
        && let Some(meaning) = calls::meaning(&call)
    {
        let message = match &meaning {
            Ok(_) => format!("`{text}` is the notation of another tool, but text in YAML"),
            Err(why) => format!("`{text}`: {why}"),
        };
        let escape = format!("for literal text, write `!!str {text}`");
        return Some(ForeignNotation { message, form: meaning.ok(), escape });
    }
    if form != NodeForm::Plain {
        return None;
    }
    if let Some(form) = other_tools::range_text(text) {
        let message = format!("`{text}` is a range in another tool, but text in YAML");
        let escape = "quote it if you mean text".to_owned();
        return Some(ForeignNotation { message, form: Some(form), escape });
    }
    if let Some(items) = tuple(text) {
        let message = format!("`{text}` is a tuple in Python, but text in YAML");
        let list = yaml::flow(&Value::List(items));
        let escape = format!("write the list `{list}`; if you mean text, quote it");
        return Some(ForeignNotation { message, form: None, escape });
    }
    let bracket = torn_bracket(text)?;
    let message = format!("`{text}` has an unmatched `{bracket}`: a comma ended the value");
    let escape = "write a list as `[3, 3]`; quote text that contains brackets".to_owned();
    Some(ForeignNotation { message, form: None, escape })
}

/// Recognizes another notation in a key of job data.
pub(in crate::config) fn foreign_key(entry: &YamlEntry) -> Option<(String, String)> {
    let YamlEntry { mark, key, node, is_quoted, .. } = entry;
    if *is_quoted {
        return None;
    }
    if let Some(bracket) = torn_bracket(key) {
        let message = format!(
            "the key `{key}` has an unmatched `{bracket}`: a comma ended the value before it"
        );
        return Some((
            message,
            "put a value that contains a comma in quotes or brackets".to_owned(),
        ));
    }
    // Where nothing was written the place of the value is the end of the key.
    let end = SourceMark { column: mark.column + key.chars().count(), ..*mark };
    let is_nothing = matches!(node.kind, NodeKind::Scalar(Value::Null)) && node.mark == end;
    if is_nothing && let Some((name, value)) = key.split_once(':') {
        let message = format!("the key `{key}` has no value");
        return Some((
            message,
            format!(
                "write `{name}: {value}`, with a space after the colon; if the key itself is meant, write \
                 `null` after it"
            ),
        ));
    }
    if key.starts_with('~') {
        let hint = "remove the key; if it is really called that, quote it".to_owned();
        return Some((
            format!("`{key}`: Hydra's `~`, which deletes a key, is not supported"),
            hint,
        ));
    }
    let (name, index) = key.strip_suffix(']')?.split_once('[')?;
    index.parse::<i64>().ok()?;
    let hint =
        format!("write the whole list under `{name}`; if the key is really called that, quote it");
    Some((format!("`{key}` would be a key with that name, not an item of a list"), hint))
}

/// Recognizes a list whose items a comma has torn, such as `[(3, 3), (3, 5)]` or `[choice(a, b)]`.
pub(super) fn torn_list(items: &[YamlNode]) -> Option<ForeignNotation> {
    let text = |item: &YamlNode| match &item.kind {
        NodeKind::Scalar(Value::Str(text)) => text.clone(),
        _ => yaml::flow(&item.to_value()),
    };
    let torn = items.iter().find_map(|item| match &item.kind {
        NodeKind::Scalar(Value::Str(text)) if item.form == NodeForm::Plain => {
            torn_bracket(text).map(|bracket| (text, bracket))
        }
        _ => None,
    });
    if let [item] = items
        && let NodeKind::Scalar(Value::Str(text)) = &item.kind
        && item.form == NodeForm::Plain
        && other_tools::is_comprehension(text)
    {
        return Some(ForeignNotation {
            message: format!("`[{text}]` is a Python comprehension, but text in YAML"),
            form: None,
            escape: "list the values, or let a program of yours generate them (SETUP.ENTRYPOINTS); if you \
                mean text, quote it"
                .to_owned(),
        });
    }
    let (first, bracket) = torn?;
    let whole = items.iter().map(text).collect::<Vec<_>>().join(", ");
    let escape = "quote text that contains brackets".to_owned();
    if torn_bracket(&whole).is_some() {
        return foreign(first, NodeForm::Plain);
    }
    let message = format!("`{first}` has an unmatched `{bracket}`: a comma ended the value");
    if let Some(meaning) = grammar::call(&whole).and_then(|call| calls::meaning(&call)) {
        return Some(ForeignNotation { message, form: meaning.ok(), escape });
    }
    let is_call = |(at, _): (usize, &str)| whole[..at].ends_with(char::is_alphanumeric);
    if whole.match_indices('(').any(is_call) {
        return Some(ForeignNotation { message, form: None, escape });
    }
    let list = format!("[{}]", whole.replace('(', "[").replace(')', "]"));
    Some(ForeignNotation { message, form: None, escape: format!("write `{list}`; {escape}") })
}

/// Returns the items of a text that is a tuple of Python's.
pub(super) fn tuple(text: &str) -> Option<Vec<Value>> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    let inner = inner.trim_end().strip_suffix(',').unwrap_or(inner);
    let values = elements(inner).ok()?.iter().map(GrammarElement::value).collect::<Option<_>>()?;
    (text.contains(',')).then_some(values)
}

/// Returns a bracket of a text that lacks its other half, where that is no matter of prose: the text has no
/// blank, or begins or ends with such a bracket.
fn torn_bracket(text: &str) -> Option<char> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut torn = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '(' | '[' | '{' => open.push((at, c)),
            ')' | ']' | '}' => match open.last() {
                Some((_, other)) if partner(*other) == c => {
                    open.pop();
                }
                _ => torn.push((at, c)),
            },
            _ => {}
        }
    }
    torn.extend(open);
    let is_prose = text.contains(char::is_whitespace);
    // Of `choice(a` the bracket of the call.
    let word = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '.')).unwrap_or(0);
    let matters = |(at, c): &&(usize, char)| {
        let is_call = *at == word && word > 0 && *c == '(';
        !is_prose || *at == 0 || is_call || at + c.len_utf8() == text.len()
    };
    torn.iter().find(matters).map(|(_, c)| *c)
}

fn partner(bracket: char) -> char {
    match bracket {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

/// Returns the sampler that a text in place of one means by Hydra's grammar: `range(0, 5)`, or `sgd,adam`.
/// `None` for a text that is a single value.
pub(in crate::config) fn sampler_of_text(text: &str) -> Option<Result<SamplerForm, String>> {
    meaning_of(elements(text))
}

/// Returns what elements mean: several are a choice, and a call what it says.
pub(super) fn meaning_of(
    elements: Result<Vec<GrammarElement>, String>,
) -> Option<Result<SamplerForm, String>> {
    let elements = match elements {
        Ok(elements) => elements,
        Err(why) => return Some(Err(why)),
    };
    if let Some(found) =
        elements.iter().find_map(foreign_within).filter(|_| !is_told_as_a_whole(&elements))
    {
        return Some(Err(format!("{}: {}", found.message, found.escape)));
    }
    match elements.as_slice() {
        [GrammarElement::Value(_)] => None,
        [GrammarElement::Call(call)] => {
            let meaning = calls::meaning(call)?;
            Some(meaning.and_then(|form| {
                if calls::is_hydras(call) { Ok(form) } else { Err(foreign_call(call, &form)) }
            }))
        }
        _ => {
            let values = elements.into_iter().map(|element| match element {
                GrammarElement::Call(call) if calls::meaning(&call).is_some() => {
                    Err(format!("`{}` cannot be combined with other values", call.text))
                }
                other => Ok(other.into_node().to_value()),
            });
            Some(values.collect::<Result<_, _>>().map(SamplerForm::Values))
        }
    }
}

/// Returns true for a single value, and for another tool's call, of which a tuple is a part.
fn is_told_as_a_whole(elements: &[GrammarElement]) -> bool {
    match elements {
        [GrammarElement::Value(_)] => true,
        [GrammarElement::Call(call)] => !calls::is_hydras(call) && calls::meaning(call).is_some(),
        _ => false,
    }
}

/// Recognizes another notation in a value, or in the arguments of a call.
fn foreign_within(element: &GrammarElement) -> Option<ForeignNotation> {
    match element {
        GrammarElement::Value(node) => foreign_below(node),
        GrammarElement::Call(call) => {
            call.arguments.iter().find_map(|(_, argument)| foreign_within(argument))
        }
    }
}

fn foreign_below(node: &YamlNode) -> Option<ForeignNotation> {
    match &node.kind {
        // A call within a call is part of it.
        NodeKind::Scalar(Value::Str(text)) if node.form == NodeForm::Plain => {
            foreign(text, node.form)
        }
        NodeKind::List(items) => items.iter().find_map(foreign_below),
        NodeKind::Map(entries) => entries.iter().find_map(|entry| foreign_below(&entry.node)),
        _ => None,
    }
}

fn foreign_call(call: &FunctionCall, form: &SamplerForm) -> String {
    format!("`{}` is the notation of another tool: write `{}`", call.text, form.show())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_is_another_notation_is_recognized_and_said_in_our_own() {
        for (text, right) in [
            ("range(0,5)", "[0, 1, 2, 3, 4]"),
            ("range(5)", "[0, 1, 2, 3, 4]"),
            ("range(0, 1, 0.25)", "[0.0, 0.25, 0.5, 0.75]"),
            ("range(1,100)", "[1, 2, 3, …, 99]"),
            ("np.arange(0.1, 0.4, 0.1)", "[0.1, 0.2, 0.3]"),
            ("np.linspace(0, 1, 3)", "[0.0, 0.5, 1.0]"),
            ("np.logspace(-3, -1, 3)", "[0.001, 0.01, 0.1]"),
            ("choice(sgd, adam)", "[sgd, adam]"),
            ("tune.choice([1, 2])", "[1, 2]"),
            ("hp.choice('x', [1, 2])", "[1, 2]"),
            ("interval(0.1, 0.5)", "{TYPE: float_sampler, RANGE: [0.1, 0.5]}"),
            (
                "tag(log, interval(1e-4, 1e-1))",
                "{TYPE: float_sampler, RANGE: [0.0001, 0.1], RAND_TYPE: log_uniform}",
            ),
            ("int(interval(1, 8))", "{TYPE: int_sampler, RANGE: [1, 8]}"),
            ("uniform(0, 1)", "{TYPE: float_sampler, RANGE: [0, 1]}"),
            (
                "tune.loguniform(1e-4, 1e-1)",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.0001, 0.1]}",
            ),
            ("tune.quniform(8, 64, 8)", "{TYPE: int_sampler, RANGE: [8, 64], QUANTIZE: 8}"),
            ("tune.randint(0, 10)", "{TYPE: int_sampler, RANGE: [0, 9]}"),
            (
                "trial.suggest_float('lr', 1e-5, 1e-1, log=True)",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-05, 0.1]}",
            ),
            (
                "hp.loguniform('lr', -2, 0)",
                "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.135335283237, 1.0]}",
            ),
        ] {
            let found = foreign(text, NodeForm::Plain).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(found.form.map(|form| form.show()).as_deref(), Some(right), "{text}");
        }
        for text in
            ["(3", "3)", "choice(sgd", "adam)", "[3", "a[0", "(0, 1]", "range(0", "uniform(0, 1"]
        {
            assert!(foreign(text, NodeForm::Plain).is_some(), "{text}");
            assert!(foreign(text, NodeForm::Quoted).is_none(), "{text}");
        }
    }

    #[test]
    fn ordinary_text_is_a_value() {
        for text in [
            "f(x)",
            "relu(inplace)",
            "nn.ReLU(inplace=True)",
            "normal(fan_in)",
            "range(len(x))",
            "sort(by_size)",
            "^(a|b)+$",
            "python train.py --lr 0.1 (fast)",
            "use the second (b) of them",
            "a) first, then b",
            "(optional)",
            "rand-m9-mstd0.5",
            "C(group) + x",
            "${seed}",
            "{{cfg}}",
            "x[0]",
            "lambda x: (x, 1)",
            "int(x)",
            "choice",
            "range",
            "1e5",
            "SELECT count(*) FROM t",
            "http://a/b?c=(d)",
            "",
            "uniform",
        ] {
            assert!(foreign(text, NodeForm::Plain).is_none(), "{text}");
        }
        for text in ["range(0,5)", "(3", "(3, 3)"] {
            assert!(foreign(text, NodeForm::Tagged).is_none() || text == "range(0,5)");
        }
    }

    #[test]
    fn a_text_in_place_of_a_sampler_is_read_by_hydras_grammar() {
        let shown = |text: &str| sampler_of_text(text).map(|found| found.map(|form| form.show()));
        for (text, right) in [
            ("range(3)", "[0, 1, 2]"),
            ("sgd,adam", "[sgd, adam]"),
            ("{x: 1},{x: 2}", "[{x: 1}, {x: 2}]"),
            ("sort(3, 1, 2)", "[1, 2, 3]"),
            ("sort(range(3), reverse=true)", "[2, 1, 0]"),
            ("float(1, 2)", "[1.0, 2.0]"),
            ("interval(0, 1)", "{TYPE: float_sampler, RANGE: [0, 1]}"),
        ] {
            assert_eq!(shown(text), Some(Ok(right.to_owned())), "{text}");
        }
        let shuffled = shown("shuffle(range(4))").unwrap().unwrap();
        assert_ne!(shuffled, "[0, 1, 2, 3]");
        for text in ["0.1", "adam", "f(x)"] {
            assert_eq!(shown(text), None, "{text}");
        }
        for text in [
            "glob(*)",
            "uniform(0, 1)",
            "choice([1, 2])",
            "range(0)",
            "range(1, 5, 0)",
            "a,,b",
            "1,range(3)",
        ] {
            assert!(matches!(shown(text), Some(Err(_))), "{text}: {:?}", shown(text));
        }
    }
}
