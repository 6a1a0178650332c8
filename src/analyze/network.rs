//! The keys of a job's config that describe its network, out of the table's columns.

use std::collections::BTreeMap;

use sweep_config::{Value, table};

use crate::models::{ModelError, ModelField, ModelFields, NetworkOutline};
use crate::tables::PlainColumn;
use crate::trials::TrialTable;

/// The network of the job of a row, as it is drawn.
///
/// # Errors
///
/// Names the key of its config that makes no network.
pub(crate) fn outline(table: &TrialTable, row: usize) -> Result<NetworkOutline, ModelError> {
    let name = |field: &ModelField| format!("{}{}", table::CFG, field.path());
    let columns = table.row(&ModelField::ALL.iter().map(name).collect::<Vec<_>>(), row);
    let value = |field: &ModelField| {
        Some((*field, value(columns.get(&name(field))?, 0, field.default_value())?))
    };
    NetworkOutline::read(&LoggedConfig(ModelField::ALL.iter().filter_map(value).collect()))
}

/// A config by key; what is missing in the table is missing here.
struct LoggedConfig(BTreeMap<ModelField, Value>);

impl ModelFields for LoggedConfig {
    fn given(&self, field: ModelField) -> Option<&Value> {
        self.0.get(&field)
    }
}

/// A cell as a value of a config, in the type that the key has: columns know numbers only. Lists
/// are JSON text, which spells a list to who reads the config.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and such a network is refused")]
fn value(column: &PlainColumn, row: usize, like: &Value) -> Option<Value> {
    let number = match column {
        PlainColumn::Texts(texts) => return texts.get(row)?.clone().map(Value::Str),
        PlainColumn::Numbers(numbers) => numbers.get(row).copied()??,
    };
    Some(match like {
        Value::Bool(_) => Value::Bool(number != 0.0),
        Value::Int(_) if number.fract() == 0.0 => Value::Int(number as i64),
        _ => Value::Float(number),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_type_of_its_key() {
        let column = PlainColumn::Numbers(vec![Some(1.0), None]);
        assert_eq!(value(&column, 0, &Value::Int(0)), Some(Value::Int(1)));
        assert_eq!(value(&column, 0, &Value::Float(0.0)), Some(Value::Float(1.0)));
        assert_eq!(value(&column, 0, &Value::Bool(false)), Some(Value::Bool(true)));
        assert_eq!(value(&column, 1, &Value::Int(0)), None);
        let column = PlainColumn::Numbers(vec![Some(1.5)]);
        assert_eq!(value(&column, 0, &Value::Int(0)), Some(Value::Float(1.5)));
        assert_eq!(value(&PlainColumn::Texts(vec![None]), 0, &Value::Null), None);
    }
}
