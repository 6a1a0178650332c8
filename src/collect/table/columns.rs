//! Rows of named values, of which each has its own set of names, to typed columns.

use indexmap::IndexMap;

use super::file::{Chunk, Nullable, Type};
use crate::collect::datum::Datum;

/// The values of one row by the names of their columns.
pub(crate) type Cells = Vec<(String, Datum)>;

/// Columns in the making.
#[derive(Default)]
pub(crate) struct Columns {
    by_name: IndexMap<String, Vec<Datum>>,
    /// The types of the first columns, which do not depend on their values.
    declared: Vec<Type>,
    rows: usize,
}

impl Columns {
    /// No rows yet; the columns that are there in any case, with their types.
    pub(crate) fn new(declared: &[(&str, Type)]) -> Self {
        Self {
            by_name: declared.iter().map(|(name, _)| ((*name).to_owned(), Vec::new())).collect(),
            declared: declared.iter().map(|(_, kind)| *kind).collect(),
            rows: 0,
        }
    }

    /// Adds a row. Rows have nearly the same names in the same order, so that the column after the
    /// last one is nearly always the right one.
    pub(crate) fn push(&mut self, cells: Cells) {
        let mut next = 0;
        for (name, value) in cells {
            let at = match self.by_name.get_index(next) {
                Some((guess, _)) if *guess == name => next,
                _ => self.by_name.entry(name).or_default_index(),
            };
            let column = &mut self.by_name[at];
            column.resize(self.rows, Datum::Null);
            column.push(value);
            next = at + 1;
        }
        self.rows += 1;
    }

    /// The schema and the values: the declared columns, then the others by name.
    pub(crate) fn finish(mut self) -> (Vec<(String, Type)>, Vec<Chunk>) {
        let mut others = self.by_name.split_off(self.declared.len());
        others.sort_unstable_keys();
        let declared = self.declared.into_iter().map(Some);
        let kinds = declared.chain(std::iter::repeat(None));
        let columns = self.by_name.into_iter().chain(others).zip(kinds);
        let typed = columns.map(|((name, mut values), kind)| {
            values.resize(self.rows, Datum::Null);
            let kind = kind.unwrap_or_else(|| common_type(&values));
            ((name, kind), chunk(&values, kind))
        });
        typed.unzip()
    }
}

/// Where the entry of a map stands, made if need be.
trait OrDefaultIndex {
    fn or_default_index(self) -> usize;
}

impl<V: Default> OrDefaultIndex for indexmap::map::Entry<'_, String, V> {
    fn or_default_index(self) -> usize {
        let index = self.index();
        self.or_default();
        index
    }
}

/// The type that holds all values: text for lists and for values of several kinds.
fn common_type(values: &[Datum]) -> Type {
    let mut kinds = values.iter().filter_map(|value| match value {
        Datum::Null => None,
        Datum::Bool(_) => Some(Type::Bool),
        Datum::Int(_) => Some(Type::Int),
        Datum::Float(_) => Some(Type::Double),
        Datum::Text(_) | Datum::Nested(_) => Some(Type::Text),
    });
    let Some(first) = kinds.next() else { return Type::Text };
    kinds.fold(first, |common, kind| match (common, kind) {
        _ if common == kind => common,
        (Type::Int, Type::Double) | (Type::Double, Type::Int) => Type::Double,
        _ => Type::Text,
    })
}

/// The values as that type; JSON text where a column of text holds something else as well.
fn chunk(values: &[Datum], kind: Type) -> Chunk {
    match kind {
        Type::Int => Chunk::Int(nullable(values, |value| match value {
            Datum::Int(i) => Some(*i),
            _ => None,
        })),
        Type::Double => Chunk::Double(nullable(values, Datum::number)),
        Type::Bool => Chunk::Bool(nullable(values, |value| match value {
            Datum::Bool(b) => Some(*b),
            _ => None,
        })),
        Type::Text => {
            let plain = values.iter().all(|v| matches!(v, Datum::Null | Datum::Text(_)));
            Chunk::Text(nullable(values, |value| match value {
                Datum::Null => None,
                Datum::Text(text) if plain => Some(text.as_bytes().to_vec().into()),
                other => Some(other.to_json_text().into_bytes().into()),
            }))
        }
    }
}

fn nullable<T>(values: &[Datum], value: impl Fn(&Datum) -> Option<T>) -> Nullable<T> {
    values.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use sweep_config::Value;

    use super::*;

    fn text(values: &[Option<&str>]) -> Chunk {
        Chunk::Text(values.iter().map(|v| v.map(|v| v.as_bytes().to_vec().into())).collect())
    }

    #[test]
    fn a_column_has_the_type_that_holds_all_its_values() {
        let list = Datum::from(Value::List(vec![Value::Int(1), Value::Str("é".to_owned())]));
        let cases = [
            (vec![Datum::Int(1), Datum::Null], Chunk::Int([Some(1), None].into_iter().collect())),
            (
                vec![Datum::Int(1), Datum::Float(0.5)],
                Chunk::Double([Some(1.0), Some(0.5)].into_iter().collect()),
            ),
            (vec![Datum::Bool(true)], Chunk::Bool([Some(true)].into_iter().collect())),
            (vec![Datum::text("a"), Datum::Null], text(&[Some("a"), None])),
            (vec![Datum::text("a"), Datum::Int(3)], text(&[Some("\"a\""), Some("3")])),
            (vec![Datum::Bool(false), Datum::Int(3)], text(&[Some("false"), Some("3")])),
            (vec![list], text(&[Some("[1,\"é\"]")])),
            (vec![Datum::Null], text(&[None])),
        ];
        for (values, expected) in cases {
            assert_eq!(chunk(&values, common_type(&values)), expected);
        }
    }

    #[test]
    fn columns_are_declared_ones_first_then_by_name_and_padded() {
        let mut columns = Columns::new(&[("job", Type::Int), ("host", Type::Text)]);
        let cell = |name: &str, value| (name.to_owned(), Datum::Int(value));
        columns.push(vec![cell("job", 0), cell("cfg.b", 1)]);
        columns.push(vec![cell("job", 1), cell("cfg.a", 2), cell("cfg.b", 3)]);
        let (schema, chunks) = columns.finish();
        let names: Vec<&str> = schema.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["job", "host", "cfg.a", "cfg.b"]);
        let ints = |values: [Option<i64>; 2]| Chunk::Int(values.into_iter().collect());
        assert_eq!(
            chunks,
            [
                ints([Some(0), Some(1)]),
                text(&[None, None]),
                ints([None, Some(2)]),
                ints([Some(1), Some(3)])
            ]
        );
    }

    #[test]
    fn the_last_of_two_values_for_one_cell_counts() {
        let mut columns = Columns::default();
        columns.push(vec![("a".to_owned(), Datum::Int(1)), ("a".to_owned(), Datum::Int(2))]);
        let (_, chunks) = columns.finish();
        assert_eq!(chunks, [Chunk::Int([Some(2)].into_iter().collect())]);
    }
}
