//! `dy__list__operations`: items that are put into a list of the base config, replaced, or removed.

use super::{OPERATIONS, SWEEP, TreeExpander, below};
use crate::config::given::GivenValue;
use crate::yaml::{NodeKind, YamlEntry, YamlNode};
use crate::{Map, Value};

#[derive(Clone, Copy)]
enum ListOperation {
    Insert,
    Overwrite,
    Remove,
}

const WORDS: [(&str, ListOperation); 3] = [
    ("dy__insert", ListOperation::Insert),
    ("dy__overwrite", ListOperation::Overwrite),
    ("dy__remove", ListOperation::Remove),
];

/// The words of the operations.
pub(in crate::config) const LIST_WORDS: [&str; 3] = [WORDS[0].0, WORDS[1].0, WORDS[2].0];

impl TreeExpander {
    /// Changes the list at a path, one operation after the other. The keys beside the operations are
    /// the item of those that name none.
    pub(super) fn operations(&mut self, given: &GivenValue<'_>, entries: &[YamlEntry], path: &str) {
        let (operations, beside): (Vec<&YamlEntry>, Vec<&YamlEntry>) =
            entries.iter().partition(|entry| entry.key == OPERATIONS);
        let [operations] = operations.as_slice() else { return };
        let operations = below(given, operations);
        if self.is_swept(path) {
            let hint = "change the list before you sweep its items".to_owned();
            return operations.problem("the list differs from job to job", Some(hint));
        }
        if has_sweep(given.node) {
            let hint = "insert it first, then sweep it by `__IDX__0` in `dy__upsert`".to_owned();
            return operations.problem("a change of a list cannot be swept", Some(hint));
        }
        let Some(Value::List(old)) = self.state.get_path(path).cloned() else {
            return operations.problem(format!("BASE_CFG has no list `{path}`"), None);
        };
        // Operations work on a list of their own, so that a branch gets the whole of it.
        let mut items = old;
        for operation in operations.list("a list of operations").unwrap_or_default() {
            change(&mut items, &operation, &ItemUpdate { given, entries: &beside });
        }
        self.constant(path, Value::List(items));
    }
}

/// The keys that stand beside the operations and apply to their items.
struct ItemUpdate<'a> {
    given: &'a GivenValue<'a>,
    entries: &'a [&'a YamlEntry],
}

impl ItemUpdate<'_> {
    /// Returns an item with the keys applied to it.
    fn upserted(&self, item: Value) -> Value {
        let mut grower = TreeExpander::new(Value::Map(Map::from([("item".to_owned(), item)])));
        for entry in self.entries {
            grower.upsert(&below(self.given, entry), &format!("item.{}", entry.key));
        }
        grower.state.get_path("item").cloned().unwrap_or(Value::Null)
    }
}

fn change(items: &mut Vec<Value>, given: &GivenValue<'_>, beside: &ItemUpdate<'_>) {
    let words = LIST_WORDS.join(", ");
    let found = given.node.entries().and_then(|entries| match entries {
        [entry] => WORDS.iter().find(|(word, _)| *word == entry.key).map(|(_, op)| (entry, *op)),
        _ => None,
    });
    let Some((entry, operation)) = found else {
        return given.expected(&format!("an operation: one of {words} with an index"));
    };
    let given = below(given, entry);
    let Some((index, value)) = index_and_value(&given) else { return };
    let length = items.len();
    let places = if matches!(operation, ListOperation::Insert) { length + 1 } else { length };
    let place = match usize::try_from(index) {
        Ok(place) => Some(place),
        Err(_) => places.checked_sub(1),
    };
    let Some(place) = place.filter(|place| *place < places) else {
        return given.problem(format!("a list of {length} has no position {index}"), None);
    };
    match (operation, value) {
        (ListOperation::Remove, None) => drop(items.remove(place)),
        (ListOperation::Remove, Some(value)) => value.problem("is not part of a removal", None),
        (ListOperation::Insert, Some(value)) => items.insert(place, value.node.to_value()),
        (ListOperation::Insert, None) => {
            items.insert(place, beside.upserted(Value::Map(Map::new())));
        }
        (ListOperation::Overwrite, Some(value)) => items[place] = value.node.to_value(),
        (ListOperation::Overwrite, None) => items[place] = beside.upserted(items[place].clone()),
    }
}

/// `2`, or `[2, VALUE]`; -1 is the last place.
fn index_and_value<'a>(given: &GivenValue<'a>) -> Option<(i64, Option<GivenValue<'a>>)> {
    let NodeKind::List(_) = given.node.kind else { return Some((given.whole(-1..)?, None)) };
    let mut items = given.list("[INDEX, VALUE]")?.into_iter();
    if let (Some(index), value @ Some(_), None) = (items.next(), items.next(), items.next()) {
        return Some((index.whole(-1..)?, value));
    }
    given.expected("an index, or [INDEX, VALUE]");
    None
}

pub(super) fn has_sweep(node: &YamlNode) -> bool {
    match &node.kind {
        NodeKind::Map(entries) => {
            entries.iter().any(|entry| entry.key == SWEEP || has_sweep(&entry.node))
        }
        NodeKind::List(items) => items.iter().any(has_sweep),
        _ => false,
    }
}
