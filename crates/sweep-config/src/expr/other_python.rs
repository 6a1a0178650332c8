//! Python that expressions lack, and what is written in its place: the words that end an error.

use super::function::ExprFunction;

/// Returns what to write in place of a word that stands where none can.
pub(super) fn word(word: &str) -> Option<String> {
    let instead = match word {
        "for" => {
            "loops are not supported; `sum`, `all`, `any`, `max`, `min` and `len` take a whole list"
        }
        "import" | "from" => {
            "imports are not supported; `log`, `exp`, `sqrt` and others are built in"
        }
        _ => {
            let lower = word.to_ascii_lowercase();
            let known = ["and", "or", "not", "in", "is", "if", "else"].contains(&lower.as_str());
            return (known && lower != word).then(|| format!("write `{lower}`"));
        }
    };
    Some(instead.to_owned())
}

/// Returns what to write in place of a symbol that stands where none can.
pub(super) fn symbol(symbol: &str) -> Option<String> {
    let instead = match symbol {
        "!" => "write `not`",
        "=" => "`=` does not compare; write `==`",
        "," => "write a list in `[…]`",
        _ => return None,
    };
    Some(instead.to_owned())
}

/// Returns what to write in place of a character that begins no token.
pub(super) fn character(rest: &str) -> Option<&'static str> {
    let instead = match rest.chars().next()? {
        '&' => "write `and`",
        '|' => "write `or`",
        '^' => "write a power as `**`",
        '~' => "write `not`",
        '?' => "write `a if condition else b`",
        ':' => "slices, assignments and your own functions are not supported",
        '{' | '}' => "mappings and sets are not supported; write a list as `[a, b]`",
        '$' => "write a parameter without `$` and braces",
        '.' => "methods are not supported; join strings with `'a_' + str(b)`",
        _ => return None,
    };
    Some(instead)
}

/// Returns how an f-string is written: `f'run_{seed}'` as `'run_' + str(seed)`.
pub(super) fn joined(template: &str) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let (inner, after) = behind.split_once('}')?;
        if inner.contains([':', '!', '{', '=']) || inner.trim().is_empty() || before.contains('}') {
            return None;
        }
        if !before.is_empty() {
            parts.push(quoted(before));
        }
        parts.push(format!("str({})", inner.trim()));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(quoted(rest));
    }
    (!parts.is_empty()).then(|| parts.join(" + "))
}

fn quoted(text: &str) -> String {
    crate::python::repr(&crate::Value::Str(text.to_owned()))
}

/// Returns what to write in place of a call of a function that there is not.
pub(super) fn call(name: &str) -> Option<String> {
    let instead = match name {
        "pow" => "write a power as `x ** y`",
        "bool" => "for a boolean, write `not not x`",
        "repr" | "format" => "to convert to text, write `str(x)`",
        "divmod" => "write `[x // y, x % y]`",
        "isinstance" | "type" => "types cannot be checked",
        "range" | "list" | "tuple" => "write a list as `[a, b]`",
        _ => {
            let (owner, last) = name.rsplit_once('.')?;
            let is_module = ["math", "np", "numpy", "torch", "builtins"].contains(&owner);
            return match ExprFunction::from_name(last) {
                Some(_) if is_module => Some(format!("write `{last}(…)`")),
                Some(_) => Some(format!("write `{last}({owner})`")),
                None => Some("methods and modules are not supported".to_owned()),
            };
        }
    };
    Some(instead.to_owned())
}
