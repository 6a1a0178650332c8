//! Named configs of Sacred, `+model: big`: words of the command line, fixed or chosen by the grid.

use sweep_config::{Value, python};

use super::levels::LeafConfig;
use crate::convert::note::ConversionNote;
use crate::convert::source::SourceReader;

/// The key of job configs that holds the names that vary.
pub(super) const KEY: &str = "named_configs";

/// The named configs of all jobs.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedConfigs {
    /// The words of the command line, in their order: names, or placeholders.
    pub(super) words: Vec<String>,
    /// True if a name varies, so that job configs hold it.
    pub(super) varies: bool,
    /// The notes on them.
    pub(super) notes: Vec<ConversionNote>,
}

/// Takes the named configs out of the sub-configs; names that vary stay as parameters below [`KEY`].
pub(super) fn take(leaves: &mut [LeafConfig], reader: &SourceReader<'_>) -> NamedConfigs {
    let mut named = NamedConfigs::default();
    let mut ranked: Vec<(f64, String)> = Vec::new();
    let is_named = |path: &&String| path.starts_with('+');
    let paths = |leaf: &LeafConfig| -> Vec<String> {
        let block = &leaf.block;
        block.fixed.keys().chain(block.grid.keys()).filter(is_named).cloned().collect()
    };
    let mut all: Vec<String> = leaves.iter().flat_map(paths).collect();
    all.dedup();
    let mut done: Vec<String> = Vec::new();
    for path in &all {
        let name = base(path);
        if done.contains(&name) || path.ends_with(".priority") {
            continue;
        }
        done.push(name.clone());
        let priority = priority(leaves, &name);
        let word = word(leaves, &name, path, reader, &mut named);
        ranked.extend(word.map(|word| (priority, word)));
    }
    for leaf in leaves.iter_mut() {
        for (path, grid) in &leaf.block.grid {
            if path.ends_with(".priority") && path.starts_with('+') {
                let message = "the order of named configs cannot vary between jobs here";
                reader.problem(
                    grid.mark,
                    &grid.key,
                    message,
                    Some("choose one priority, under `fixed`"),
                );
            }
        }
        leaf.block.fixed.retain(|path, _| !path.starts_with('+'));
        leaf.block.grid.retain(|path, _| !path.starts_with('+'));
    }
    ranked.sort_by(|a, b| a.0.total_cmp(&b.0));
    named.words = ranked.into_iter().map(|(_, word)| word).collect();
    named
}

/// Returns the identifier of a named config: `model` of `+model.name`.
fn base(path: &str) -> String {
    let path = path.trim_start_matches('+');
    let path =
        path.strip_suffix(".name").or_else(|| path.strip_suffix(".priority")).unwrap_or(path);
    path.to_owned()
}

fn priority(leaves: &[LeafConfig], name: &str) -> f64 {
    let key = format!("+{name}.priority");
    let found = leaves.iter().find_map(|leaf| leaf.block.fixed.get(&key)?.value.as_ref()?.as_f64());
    found.unwrap_or(f64::INFINITY)
}

/// Returns the word of a named config, and makes it a parameter where it varies.
fn word(
    leaves: &mut [LeafConfig],
    name: &str,
    path: &str,
    reader: &SourceReader<'_>,
    named: &mut NamedConfigs,
) -> Option<String> {
    let keys = [format!("+{name}"), format!("+{name}.name")];
    let mut fixed: Vec<Option<Value>> = Vec::new();
    let mut place = None;
    for leaf in leaves.iter() {
        let block = &leaf.block;
        let one = keys.iter().find_map(|key| block.fixed.get(key));
        let many = keys.iter().find_map(|key| block.grid.get(key));
        match (one, many) {
            (Some(one), _) => {
                place = Some((one.mark, one.key.clone()));
                fixed.push(one.value.clone());
            }
            (None, Some(many)) => {
                place = Some((many.mark, many.key.clone()));
                fixed.push(None);
            }
            (None, None) => {
                let mark = place.as_ref().map_or_else(Default::default, |(mark, _)| *mark);
                let message = format!("the named config `{name}` is in some sub-configs only");
                reader.problem(
                    mark,
                    path,
                    message,
                    Some("split the file, one for each sub-config"),
                );
                return None;
            }
        }
    }
    let (mark, key) = place?;
    if let Some(Some(value)) = fixed.first()
        && fixed.iter().all(|other| other.as_ref() == Some(value))
    {
        named.notes.push(ConversionNote::kept(key, mark, "a named config of Sacred"));
        let text = python::text(value);
        return shlex::try_quote(&text).ok().map(std::borrow::Cow::into_owned);
    }
    named.varies = true;
    let why = format!(
        "the name of a named config that varies is `{KEY}.{name}` in job configs; the command takes it out before \
         Sacred reads them"
    );
    named.notes.push(ConversionNote::kept(key, mark, why));
    let path = format!("{KEY}.{name}");
    move_to(leaves, &keys, &path);
    Some(format!("{{{{{path}}}}}"))
}

/// Gives the parameter of a named config a path in job configs.
fn move_to(leaves: &mut [LeafConfig], keys: &[String], path: &str) {
    for leaf in leaves.iter_mut() {
        let block = &mut leaf.block;
        for key in keys {
            if let Some(one) = block.fixed.shift_remove(key) {
                block.fixed.insert(path.to_owned(), one);
            }
            if let Some(many) = block.grid.shift_remove(key) {
                block.grid.insert(path.to_owned(), many);
            }
        }
    }
}
