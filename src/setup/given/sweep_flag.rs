//! `--sweep KEY=a,b`: a value for each of several jobs, from the command line.

use std::path::Path;

use sweep_config::{Value, yaml};

use super::row::{GivenTable, dotted_key};
use crate::app::Failure;

/// Makes a row of each of the values, which are written as in a YAML list without its brackets.
pub(super) fn table(text: &str, base: &Value) -> Result<GivenTable, Failure> {
    let wrong = |why: &str| {
        Failure::usage(
            format!("--sweep {text}: {why}"),
            "write KEY=a,b, e.g. `--sweep OPTIM.BASE_LR=0.1,0.2`",
        )
    };
    let (key, values) = text.split_once('=').ok_or_else(|| wrong("there is no `=`"))?;
    let adds = key.trim().starts_with('+');
    let key = dotted_key(key, base).map_err(|why| wrong(&why))?;
    let list = yaml::read(Path::new("--sweep"), &format!("[{values}]"));
    match list {
        Ok(Value::List(values)) if !values.is_empty() => {
            let rows = values.into_iter().map(|value| vec![(key.clone(), value)]).collect();
            Ok(GivenTable { source: format!("--sweep {text}"), rows, adds })
        }
        Ok(_) => Err(wrong("there is no value")),
        Err(_) => Err(wrong("the values are no YAML, separated by commas")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<(String, Value)>> {
        table(text, &Value::Null).unwrap().rows
    }

    #[test]
    fn values_are_those_of_yaml() {
        let values = |text| -> Vec<Value> {
            rows(text).into_iter().map(|mut row| row.remove(0).1).collect()
        };
        assert_eq!(values("A=1,0.5"), [Value::Int(1), Value::Float(0.5)]);
        assert_eq!(values("A=relu"), [Value::Str("relu".into())]);
        let list = |n| Value::List(vec![Value::Int(n)]);
        assert_eq!(values("A=[1],[2]"), [list(1), list(2)]);
        assert_eq!(rows("+B.C=1")[0][0].0, "B.C", "as Hydra adds a key");
    }

    #[test]
    fn what_is_no_sweep_is_refused() {
        for text in ["A", "A=", "=1", "A..B=1", "A=[1", "A=]"] {
            assert!(table(text, &Value::Null).is_err(), "{text}");
        }
    }
}
