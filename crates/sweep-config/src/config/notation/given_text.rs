//! `--sweep KEY=VALUES`, by Hydra's grammar.

use super::check::foreign;
use super::form::{ForeignNotation, SamplerForm};
use super::grammar::{GrammarElement, elements};
use super::spelling;
use super::text::meaning_of;
use crate::Value;
use crate::config::value_types::equal_values;
use crate::yaml::{NodeForm, NodeKind, YamlNode};

/// An argument `--sweep KEY=VALUES`, parsed.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenSweep {
    /// The key as it was written, without its plus.
    pub key: String,
    /// True if a plus says that the key may be a new one.
    pub adds: bool,
    /// The values; or a sampler, in the form that stands under `SETUP.SAMPLERS`.
    pub values: Result<Vec<Value>, Value>,
    /// Remarks on what is no mistake for certain.
    pub remarks: Vec<String>,
}

/// Parses an argument `--sweep KEY=VALUES`.
///
/// # Errors
///
/// Why it is none, in words, and what to write, if that is known.
pub fn parse_sweep(text: &str) -> Result<GivenSweep, (String, Option<String>)> {
    let plain = |why: &str| (why.to_owned(), None);
    if text.trim_start().starts_with('~') {
        let hint = "remove the key from BASE_CFG, or set it to null".to_owned();
        return Err(("Hydra's `~` deletes a key, which is not supported".to_owned(), Some(hint)));
    }
    let (key, values) = text.split_once('=').ok_or_else(|| plain("`=` is missing"))?;
    let key = key.trim();
    let name = key.trim_start_matches('+');
    if key.len() - name.len() > 2 {
        return Err(plain("a key takes one or two plus signs"));
    }
    if let Some(refusal) = hydras_own(name) {
        return Err(refusal);
    }
    let found = elements(values);
    let single = match found.as_deref() {
        Ok([GrammarElement::Value(node)]) => Some(node.clone()),
        Ok([GrammarElement::Call(call)]) if super::calls::meaning(call).is_none() => {
            Some(GrammarElement::Call(call.clone()).into_node())
        }
        _ => None,
    };
    let form = match single {
        Some(node) => SamplerForm::Values(vec![node.to_value()]),
        None => meaning_of(found.clone())
            .unwrap_or_else(|| Err("the value is missing".to_owned()))
            .map_err(|why| (why, None))?,
    };
    let mut remarks = Vec::new();
    for element in found.unwrap_or_default() {
        if let GrammarElement::Value(node) = &element {
            check(node, &mut remarks)?;
        }
    }
    if let SamplerForm::Values(values) = &form
        && let Some((one, other)) = equal_values(values.iter())
    {
        remarks.push(format!("{one} and {other} are equal in Python and make the same job"));
    }
    let values = match form {
        SamplerForm::Values(values) => Ok(values),
        SamplerForm::Sampler(sampler) => Err(sampler),
    };
    Ok(GivenSweep { key: name.to_owned(), adds: name.len() < key.len(), values, remarks })
}

/// Returns why a key is none of a job config: it is one of Hydra's own settings, or has a package.
fn hydras_own(key: &str) -> Option<(String, Option<String>)> {
    if key == "hydra" || key.starts_with("hydra.") || key.starts_with("hydra/") {
        let hint =
            "the sweep directory is ROOT_DIR/NAME, and LAUNCH says how jobs run: use `--set`";
        let message = format!("`{key}` is a setting of Hydra itself, not part of job configs");
        return Some((message, Some(hint.to_owned())));
    }
    key.contains('@').then(|| {
        let hint = "write the parameter by its path: `optim.lr=0.1`";
        ("Hydra's packages (`group@package`) are not supported".to_owned(), Some(hint.to_owned()))
    })
}

/// Refuses a value that is plainly another notation, and remarks on what YAML takes for something else; in quotes a
/// text is meant as it stands.
fn check(node: &YamlNode, remarks: &mut Vec<String>) -> Result<(), (String, Option<String>)> {
    if node.form == NodeForm::Quoted {
        return Ok(());
    }
    if let Some(ForeignNotation { message, form, escape }) = foreign(node) {
        let right = |form: SamplerForm| format!("under SETUP.SAMPLERS it is `{}`", form.show());
        return Err((message, Some(form.map_or(escape, right))));
    }
    match &node.kind {
        NodeKind::List(items) => items.iter().try_for_each(|item| check(item, remarks)),
        NodeKind::Map(entries) => entries.iter().try_for_each(|entry| check(&entry.node, remarks)),
        _ => {
            let remark = spelling::remark(node);
            remarks.extend(remark.map(|(message, hint)| format!("{message}\n  hint: {hint}")));
            Ok(())
        }
    }
}
