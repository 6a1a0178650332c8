//! The answer of an entrypoint: rows as JSON.

use serde_json::{Deserializer, Map as JsonMap, Value as Json};
use sweep_config::{Map, Value};

use super::row::{GivenRow, dotted_key};

/// Parses the rows of an answer: one JSON list of rows, or rows one after the other, such as one a line.
/// A row is an object, or a list of pairs of a key and a value.
///
/// # Errors
///
/// Says what is wrong, and with which row.
pub(super) fn rows(bytes: &[u8], base: &Value) -> Result<Vec<GivenRow>, String> {
    let mut rows = Vec::new();
    for value in Deserializer::from_slice(bytes).into_iter::<Json>() {
        let value = value.map_err(|error| format!("printed what is no JSON: {error}"))?;
        match value {
            Json::Array(items) if !is_pairs(&items) || items.is_empty() => {
                for item in items {
                    let row = row(item, rows.len(), base)?;
                    rows.push(row);
                }
            }
            value => {
                let row = row(value, rows.len(), base)?;
                rows.push(row);
            }
        }
    }
    if rows.is_empty() {
        return Err("gave no row".to_owned());
    }
    Ok(rows)
}

/// Returns true if a list is a row and not a list of rows.
fn is_pairs(items: &[Json]) -> bool {
    items.iter().all(|item| match item {
        Json::Array(pair) => matches!(pair.as_slice(), [Json::String(_), _]),
        _ => false,
    })
}

fn row(json: Json, number: usize, base: &Value) -> Result<GivenRow, String> {
    let number = number + 1;
    let entries = match json {
        Json::Object(entries) => entries,
        Json::Array(items) if is_pairs(&items) => {
            pairs(items).map_err(|key| format!("gave `{key}` twice in row {number}"))?
        }
        other => {
            let shown: String = other.to_string().chars().take(100).collect();
            return Err(format!(
                "gave `{shown}` as row {number}, which is no object and no list of [key, value] pairs"
            ));
        }
    };
    let entry = |(name, json): (String, Json)| {
        let key = dotted_key(&name, base)
            .map_err(|why| format!("gave `{name}` as a key in row {number}: {why}"))?;
        let value = value(json)
            .ok_or_else(|| format!("gave `{key}` a number beyond 64 bits in row {number}"))?;
        Ok((key, value))
    };
    entries.into_iter().map(entry).collect()
}

/// Collects pairs; returns the key that is given twice, if one is.
fn pairs(items: Vec<Json>) -> Result<JsonMap<String, Json>, String> {
    let mut entries = JsonMap::new();
    for item in items {
        if let Json::Array(mut pair) = item
            && let (Some(value), Some(Json::String(key))) = (pair.pop(), pair.pop())
            && entries.insert(key.clone(), value).is_some()
        {
            return Err(key);
        }
    }
    Ok(entries)
}

fn value(json: Json) -> Option<Value> {
    Some(match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None if number.is_u64() => return None,
            None => Value::Float(number.as_f64()?),
        },
        Json::String(text) => Value::Str(text),
        Json::Array(items) => Value::List(items.into_iter().map(value).collect::<Option<_>>()?),
        Json::Object(entries) => {
            let entry = |(key, item)| Some((key, value(item)?));
            Value::Map(entries.into_iter().map(entry).collect::<Option<Map>>()?)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(answer: &str) -> Result<Vec<String>, String> {
        let text = |row: GivenRow| {
            let words = row.iter().map(|(key, value)| format!("{key}={}", value.to_json()));
            words.collect::<Vec<_>>().join(" ")
        };
        Ok(rows(answer.as_bytes(), &Value::Null)?.into_iter().map(text).collect())
    }

    #[test]
    fn rows_come_in_a_list_or_one_after_the_other_as_objects_or_pairs() {
        let expected = Ok(vec!["A=1 B.C=[1,2]".to_owned(), "A=2".to_owned()]);
        for answer in [
            r#"[{"A": 1, "B.C": [1, 2]}, {"A": 2}]"#,
            "{\"A\": 1, \"B.C\": [1, 2]}\n{\"A\": 2}\n",
            r#"[[["A", 1], ["B.C", [1, 2]]], [["A", 2]]]"#,
            "[[\"A\", 1], [\"B.C\", [1, 2]]]\n[[\"+A\", 2]]\n",
        ] {
            assert_eq!(texts(answer), expected, "{answer}");
        }
    }

    #[test]
    fn garbage_is_told_of_with_its_place() {
        for (answer, why) in [
            ("", "gave no row"),
            ("[]", "gave no row"),
            ("hello", "printed what is no JSON: expected value at line 1 column 1"),
            ("{\"A\": 1}\n{\"A\": ", "printed what is no JSON: EOF"),
            ("[{\"A\": 1}, 3]", "gave `3` as row 2"),
            ("{\"A..B\": 1}", "gave `A..B` as a key in row 1"),
            ("{\"A\": 18446744073709551615}", "gave `A` a number beyond 64 bits in row 1"),
        ] {
            let found = texts(answer).unwrap_err();
            assert!(found.starts_with(why), "{answer}: {found}");
        }
    }

    #[test]
    fn a_key_that_is_given_twice_is_told_of() {
        let found = texts(r#"[["A", 1], ["A", 2]]"#);
        assert_eq!(found, Err("gave `A` twice in row 1".to_owned()));
    }
}
