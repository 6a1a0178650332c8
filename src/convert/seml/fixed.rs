//! The parameters under `fixed`.

use indexmap::IndexMap;

use super::block::{FixedParameter, is_removed};
use super::literal;
use crate::convert::source::{SourceItem, join};

/// Reads what is below a key, by dotted paths; a mapping without keys is a value.
pub(super) fn read(
    item: &SourceItem<'_>,
    path: &str,
    found: &mut IndexMap<String, FixedParameter>,
) {
    let Some(section) = item.section() else { return };
    for below in section.rest() {
        let path = join(path, &below.key);
        let is_mapping = below.node.entries().is_some_and(|entries| !entries.is_empty());
        if is_mapping {
            read(&below, &path, found);
            continue;
        }
        let value = (!is_removed(&below)).then(|| literal::value(&below.value()));
        let parameter = FixedParameter { value, key: below.path.clone(), mark: below.mark };
        if found.insert(path.clone(), parameter).is_some() {
            below.problem(format!("`{path}` is given twice"), Some("remove one of the two"));
        }
    }
}
