//! `--sweep KEY=a,b`: a value for each of several jobs, from the command line.

use sweep_config::notation::{GivenSweep, parse_sweep};
use sweep_config::{Value, yaml};

use super::row::{GivenTable, dotted_key};
use crate::app::Failure;

/// The command line's sweeps: those of values, and those of ranges that are drawn from.
#[derive(Debug, Default)]
pub(super) struct SweepArguments<'t> {
    pub(super) values: Vec<(&'t str, GivenSweep)>,
    pub(super) ranges: Vec<(&'t str, GivenSweep)>,
}

impl<'t> SweepArguments<'t> {
    /// Parses all arguments `--sweep KEY=VALUES`.
    ///
    /// # Errors
    ///
    /// The first that is none.
    pub(super) fn parse(texts: &'t [String]) -> Result<Self, Failure> {
        let mut parsed = Self::default();
        for text in texts {
            let sweep = parse_sweep(text).map_err(|(why, hint)| wrong(text, &why, hint))?;
            let mut earlier = parsed.values.iter().chain(&parsed.ranges);
            if let Some((other, _)) = earlier.find(|(_, other)| other.key == sweep.key) {
                let hint = "give all values in one argument: `KEY=a,b`".to_owned();
                let why = format!("`{}` is given twice (--sweep {other})", sweep.key);
                return Err(wrong(text, &why, Some(hint)));
            }
            let kind = if sweep.values.is_ok() { &mut parsed.values } else { &mut parsed.ranges };
            kind.push((text.as_str(), sweep));
        }
        Ok(parsed)
    }

    /// Returns the ranges as arguments of `--set`: a sampler each.
    pub(super) fn overrides(&self) -> Vec<String> {
        let sampler = |(_, sweep): &(&str, GivenSweep)| match &sweep.values {
            Err(sampler) => Some(format!("SETUP.SAMPLERS.{}={}", sweep.key, yaml::flow(sampler))),
            Ok(_) => None,
        };
        self.ranges.iter().filter_map(sampler).collect()
    }
}

/// Makes a row of each of the values of an argument.
pub(super) fn table(text: &str, sweep: &GivenSweep, base: &Value) -> Result<GivenTable, Failure> {
    let key = dotted_key(&sweep.key, base).map_err(|why| wrong(text, &why, None))?;
    let values = sweep.values.as_ref().map(Vec::as_slice).unwrap_or_default();
    let rows = values.iter().map(|value| vec![(key.clone(), value.clone())]).collect();
    Ok(GivenTable {
        source: format!("--sweep {text}"),
        rows,
        adds: sweep.adds,
        is_argument: true,
        remarks: sweep.remarks.clone(),
    })
}

fn wrong(text: &str, why: &str, hint: Option<String>) -> Failure {
    let example = "write KEY=a,b, e.g. `--sweep OPTIM.BASE_LR=0.1,0.2`; quote text that contains commas or \
        brackets: `--sweep 'NAME=\"a,b\"'`";
    Failure::usage(format!("--sweep {text}: {why}"), hint.unwrap_or_else(|| example.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<Vec<(String, Value)>>, Failure> {
        let texts = [text.to_owned()];
        let parsed = SweepArguments::parse(&texts)?;
        let [(text, sweep)] = parsed.values.as_slice() else { panic!("{text}") };
        Ok(table(text, sweep, &Value::Null)?.rows)
    }

    #[test]
    fn values_are_those_of_hydra() {
        let values = |text| -> Vec<Value> {
            rows(text).unwrap().into_iter().map(|mut row| row.remove(0).1).collect()
        };
        assert_eq!(values("A=1,0.5"), [Value::Int(1), Value::Float(0.5)]);
        assert_eq!(values("A=relu"), [Value::Str("relu".into())]);
        let list = |n| Value::List(vec![Value::Int(n)]);
        assert_eq!(values("A=[1],[2]"), [list(1), list(2)]);
        assert_eq!(values("A=range(0,5)"), [0, 1, 2, 3, 4].map(Value::Int));
        assert_eq!(values("A='range(0,5)'"), [Value::Str("range(0,5)".into())]);
        for text in ["+B.C=1", "++B.C=1", "B.C=1"] {
            assert_eq!(rows(text).unwrap()[0][0].0, "B.C", "as Hydra adds a key");
        }
    }

    #[test]
    fn a_range_becomes_a_sampler() {
        let texts = ["A=interval(0.1, 1)".to_owned()];
        let overrides = SweepArguments::parse(&texts).unwrap().overrides();
        assert_eq!(overrides, ["SETUP.SAMPLERS.A={TYPE: float_sampler, RANGE: [0.1, 1]}"]);
    }

    #[test]
    fn what_is_no_sweep_is_refused() {
        for text in [
            "A",
            "A=",
            "=1",
            "A..B=1",
            "A=[1",
            "A=]",
            "~A",
            "~A=1",
            "+++A=1",
            "A=glob(*)",
            "A=(3,3),(3,5)",
            "A=uniform(0,1)",
            "A={min: 0, max: 1}",
            "A=[range(3)]",
            "A=1,,2",
        ] {
            assert!(rows(text).is_err(), "{text}");
        }
    }
}
