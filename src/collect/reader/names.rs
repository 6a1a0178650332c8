//! The names that `COLLECT.FIELDS` gives the fields of a program.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::record::LogRecord;
use super::row_keys::{RowKeys, is_part};

/// The new types and names of fields, by `TYPE.FIELD` as logged; a type may hold dots.
#[derive(Debug, Clone, Default)]
pub(crate) struct FieldNames(BTreeMap<String, (String, String)>);

impl FieldNames {
    /// Takes pairs of `TYPE.FIELD` as logged and as wanted; a name without a type is passed over.
    pub(crate) fn new<'a>(fields: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let split = |name: &str| {
            name.split_once('.').map(|(kind, field)| (kind.to_owned(), field.to_owned()))
        };
        Self(fields.filter_map(|(from, to)| Some((from.to_owned(), split(to)?))).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Renames the fields of a record, and passes on as many records as it then has types.
    ///
    /// The fields that name its place go with every one of them.
    pub(crate) fn each<'r>(
        &self,
        record: LogRecord<'r>,
        keys: &RowKeys,
        take: &mut dyn FnMut(LogRecord<'r>),
    ) {
        if self.0.is_empty() {
            return take(record);
        }
        let LogRecord { kind, fields, place } = record;
        let mut records: Vec<LogRecord<'r>> =
            vec![LogRecord { kind: kind.clone(), fields: Vec::new(), place }];
        for (field, value) in fields {
            let (kind, field): (Cow<'r, str>, Cow<'r, str>) = match self.get(&kind, &field) {
                Some((kind, field)) => (kind.clone().into(), field.clone().into()),
                None => (kind.clone(), field),
            };
            match records.iter_mut().find(|record| record.kind == kind) {
                Some(record) => record.fields.push((field, value)),
                None => records.push(LogRecord { kind, fields: vec![(field, value)], place }),
            }
        }
        spread_positions(&mut records, keys);
        records.into_iter().filter(|record| !record.fields.is_empty()).for_each(take);
    }

    fn get(&self, kind: &str, field: &str) -> Option<&(String, String)> {
        self.0.get([kind, ".", field].concat().as_str())
    }
}

/// Gives the records of other types the fields of the first one that say where they belong.
fn spread_positions(records: &mut [LogRecord<'_>], keys: &RowKeys) {
    let Some((first, others)) = records.split_first_mut() else { return };
    let is_key = |name: &str| keys.is_place(name) || is_part(name);
    let positions = first.fields.iter().filter(|(name, _)| is_key(name));
    let positions: Vec<_> = positions.cloned().collect();
    for record in others {
        let lacking =
            positions.iter().filter(|(name, _)| record.fields.iter().all(|f| f.0 != *name));
        let lacking: Vec<_> = lacking.cloned().collect();
        record.fields.extend(lacking);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::record::parse;

    fn renamed(fields: &[(&str, &str)], text: &str) -> Vec<String> {
        let mut seen = Vec::new();
        FieldNames::new(fields.iter().copied()).each(
            parse(text.as_bytes()).unwrap(),
            &RowKeys::default(),
            &mut |record| {
                let fields: Vec<&str> =
                    record.fields.iter().map(|(name, _)| name.as_ref()).collect();
                seen.push(format!("{}: {}", record.kind, fields.join(" ")));
            },
        );
        seen
    }

    #[test]
    fn a_field_goes_to_another_type_with_its_epoch() {
        let text = r#"{"_type": "metrics", "epoch": 3, "loss": 1, "val_err": 2}"#;
        let fields = [("metrics.val_err", "test_epoch.top1_err"), ("metrics.loss", "metrics.nll")];
        assert_eq!(renamed(&fields, text), ["metrics: epoch nll", "test_epoch: top1_err epoch"]);
        assert_eq!(renamed(&[], text), ["metrics: epoch loss val_err"]);
    }
}
