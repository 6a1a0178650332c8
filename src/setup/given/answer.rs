//! The answer of an entrypoint: rows as JSON.

use serde_json::{Deserializer, Map as JsonMap, Value as Json};
use sweep_config::{Map, StrictJson, Value};

use super::row::{GivenRow, dotted_key};

/// The rows of an answer.
#[derive(Debug, Default)]
pub(super) struct AnswerRows {
    pub(super) rows: Vec<GivenRow>,
    /// True if a key has the plus by which Hydra adds one.
    pub(super) adds: bool,
}

/// Parses the rows of an answer: one JSON list of rows, or rows one after the other, such as one a line.
/// A row is an object, or a list of pairs of a key and a value.
///
/// # Errors
///
/// Says what is wrong, and with which row.
pub(super) fn rows(bytes: &[u8], base: &Value) -> Result<AnswerRows, String> {
    let mut answer = AnswerRows::default();
    each_row(bytes, |json| answer.push(json, base))?;
    if answer.rows.is_empty() {
        return Err("gave no rows".to_owned());
    }
    Ok(answer)
}

/// Calls a function with each row of an answer.
fn each_row(bytes: &[u8], mut take: impl FnMut(Json) -> Result<(), String>) -> Result<(), String> {
    if let Some(number) = too_great(bytes) {
        return Err(format!("gave the integer {number}, which does not fit into 64 bits"));
    }
    for value in Deserializer::from_slice(bytes).into_iter::<StrictJson>() {
        let StrictJson(value) = value.map_err(|error| {
            let what = if error.is_data() { "gave" } else { "gave something that is not JSON:" };
            format!("{what} {error}")
        })?;
        match value {
            Json::Array(items) if !is_pairs(&items) || items.is_empty() => {
                items.into_iter().try_for_each(&mut take)?;
            }
            value => take(value)?,
        }
    }
    Ok(())
}

/// Parses rows as an answer has them, with their keys as they are; true if a key has the plus by which Hydra adds one.
///
/// # Errors
///
/// Says what is wrong, and with which row.
pub(crate) fn json_rows(bytes: &[u8]) -> Result<(Vec<GivenRow>, bool), String> {
    let mut given = AnswerRows::default();
    each_row(bytes, |json| {
        let entries = entries(json, given.rows.len() + 1)?;
        given.adds |= entries.keys().any(|key| key.starts_with('+'));
        given.rows.push(entries.into_iter().map(|(key, json)| (key, value(json))).collect());
        Ok(())
    })?;
    Ok((given.rows, given.adds))
}

/// Returns true if a list is a row and not a list of rows.
fn is_pairs(items: &[Json]) -> bool {
    items.iter().all(|item| match item {
        Json::Array(pair) => matches!(pair.as_slice(), [Json::String(_), _]),
        _ => false,
    })
}

impl AnswerRows {
    /// Adds a row.
    fn push(&mut self, json: Json, base: &Value) -> Result<(), String> {
        let number = self.rows.len() + 1;
        let entries = entries(json, number)?;
        self.adds |= entries.keys().any(|key| key.starts_with('+'));
        let entry = |(name, json): (String, Json)| {
            let key = dotted_key(&name, base)
                .map_err(|why| format!("gave `{name}` as a key in row {number}: {why}"))?;
            Ok((key, value(json)))
        };
        self.rows.push(entries.into_iter().map(entry).collect::<Result<_, String>>()?);
        Ok(())
    }
}

/// Returns the keys and values of a row.
fn entries(json: Json, number: usize) -> Result<JsonMap<String, Json>, String> {
    Ok(match json {
        Json::Object(entries) => entries,
        Json::Array(items) if is_pairs(&items) => {
            pairs(items).map_err(|key| format!("gave `{key}` twice in row {number}"))?
        }
        other => {
            let shown: String = other.to_string().chars().take(100).collect();
            return Err(format!(
                "gave `{shown}` as row {number}, which is neither an object nor a list of [key, value] pairs"
            ));
        }
    })
}

/// Returns the first whole number of a JSON text that has no place in 64 bits: parsed, it would be another one.
fn too_great(bytes: &[u8]) -> Option<&str> {
    let text = str::from_utf8(bytes).ok()?;
    let mut rest = text;
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
    while let Some(at) = rest.find(|c: char| c == '"' || c.is_ascii_digit() || c == '-') {
        rest = &rest[at..];
        let end = if rest.starts_with('"') {
            end_of_text(rest)
        } else {
            let end = rest.find(|c| !is_number(c)).unwrap_or(rest.len());
            let number = &rest[..end];
            let digits = number.trim_start_matches('-');
            let is_whole = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
            if is_whole && number.parse::<i64>().is_err() {
                return Some(number);
            }
            end
        };
        rest = &rest[end..];
    }
    None
}

/// Returns the end of the JSON text in quotes at the beginning of this one.
fn end_of_text(rest: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
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

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => Value::Int(whole),
            (None, number) => Value::Float(number.unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Str(text),
        Json::Array(items) => Value::List(items.into_iter().map(value).collect()),
        Json::Object(entries) => {
            let entry = |(key, item)| (key, value(item));
            Value::Map(entries.into_iter().map(entry).collect::<Map>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(answer: &str) -> Result<Vec<String>, String> {
        let text = |row: GivenRow| {
            let words = row.iter().map(|(key, value)| format!("{key}={}", value.to_json()));
            words.collect::<Vec<_>>().join(" ")
        };
        Ok(rows(answer.as_bytes(), &Value::Null)?.rows.into_iter().map(text).collect())
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
            ("", "gave no rows"),
            ("[]", "gave no rows"),
            ("hello", "gave something that is not JSON: expected value at line 1 column 1"),
            ("{\"A\": 1}\n{\"A\": ", "gave something that is not JSON: EOF"),
            ("[{\"A\": 1}, 3]", "gave `3` as row 2"),
            ("{\"A..B\": 1}", "gave `A..B` as a key in row 1"),
            ("{\"A\": 18446744073709551615}", "gave the integer 18446744073709551615, which"),
            ("[{\"A\": [-1180591620717411303424]}]", "gave the integer -1180591620717411303424"),
        ] {
            let found = texts(answer).unwrap_err();
            assert!(found.starts_with(why), "{answer}: {found}");
        }
    }

    #[test]
    fn digits_of_a_text_or_fraction_are_no_whole_number() {
        let answer = r#"{"A": "say \"12345678901234567890\"", "B": 1.2345678901234567890, "C": 1e22, "D": -9223372036854775808}"#;
        assert!(texts(answer).is_ok(), "{:?}", texts(answer));
    }

    #[test]
    fn a_key_that_is_given_twice_is_told_of() {
        let found = texts(r#"[["A", 1], ["A", 2]]"#);
        assert_eq!(found, Err("gave `A` twice in row 1".to_owned()));
        for (answer, why) in [
            ("{\"A\": 1}\n{\"A\": 1, \"A\": 2}\n", "gave `A` twice at line 2 column"),
            (r#"[{"A": {"B": 1, "B": 1}}]"#, "gave `B` twice at line 1 column"),
        ] {
            let found = texts(answer).unwrap_err();
            assert!(found.starts_with(why), "{answer}: {found}");
        }
    }
}
