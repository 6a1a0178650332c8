//! References such as `${config.model.depth}`, which `OmegaConf` replaces for SEML, as expressions (pure).

use sweep_config::expr::spelled_name;

/// A value with references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ReferringText {
    /// It has none.
    Plain,
    /// An expression says the same.
    Expression(String),
    /// A reference that no expression has.
    Unknown(String),
}

/// Reads a text; a reference alone keeps the type of what it refers to.
pub(super) fn read(text: &str) -> ReferringText {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    let mut is_any = false;
    while let Some((before, after)) = rest.split_once("${") {
        if let Some(before) = before.strip_suffix('\\') {
            push(&mut parts, &format!("{before}${{"));
            rest = after;
            continue;
        }
        push(&mut parts, before);
        let Some((name, behind)) = after.split_once('}') else { break };
        let Some(path) = name.strip_prefix("config.").filter(|path| is_path(path)) else {
            return ReferringText::Unknown(format!("${{{name}}}"));
        };
        is_any = true;
        if before.is_empty() && behind.is_empty() && parts.is_empty() {
            return ReferringText::Expression(spelled_name(path));
        }
        parts.push(format!("str({})", spelled_name(path)));
        rest = behind;
    }
    push(&mut parts, rest);
    if is_any { ReferringText::Expression(parts.join(" + ")) } else { ReferringText::Plain }
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
}

fn push(parts: &mut Vec<String>, text: &str) {
    if !text.is_empty() {
        parts.push(format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_expressions() {
        let expression = |text: &str| ReferringText::Expression(text.to_owned());
        for (text, right) in [
            ("plain", ReferringText::Plain),
            ("${config.foo.bar}", expression("foo.bar")),
            ("${config.a}_${config.b}", expression("str(a) + '_' + str(b)")),
            ("x-${config.a}", expression("'x-' + str(a)")),
            ("\\${config.a}", ReferringText::Plain),
            ("${oc.env:HOME}", ReferringText::Unknown("${oc.env:HOME}".to_owned())),
        ] {
            assert_eq!(read(text), right, "{text}");
        }
    }
}
