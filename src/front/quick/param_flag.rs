//! `--param NAME=SPACE`: a parameter with its values, or with a law and its range (pure).

use sweep_config::notation::parse_sweep;
use sweep_config::{Value, yaml};

use crate::app::Failure;

/// The laws, as `SAMPLERS` has them in short.
const LAWS: [&str; 7] = ["log", "uniform", "int", "log_int", "power2", "normal", "log_normal"];

/// The least likeness of a law to what was typed for it to be suggested.
const ALIKE: f64 = 0.6;

/// A parameter, and its sampler as it stands in a sweep config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QuickParam {
    pub(super) name: String,
    pub(super) sampler: String,
}

impl QuickParam {
    /// Parses all parameters of a command line.
    ///
    /// # Errors
    ///
    /// The first that is none, or is given twice.
    pub(super) fn parse_all(texts: &[String]) -> Result<Vec<Self>, Failure> {
        let mut params: Vec<Self> = Vec::new();
        for text in texts {
            let param = parse(text)?;
            if params.iter().any(|other| other.name == param.name) {
                let message = format!("--param {text}: `{}` is given twice", param.name);
                return Err(Failure::usage(message, "give all values together: `opt=sgd,adam`"));
            }
            params.push(param);
        }
        Ok(params)
    }
}

fn parse(text: &str) -> Result<QuickParam, Failure> {
    let fault = |why: String, hint: &str| Failure::usage(format!("--param {text}: {why}"), hint);
    if let Some((name, space)) = text.split_once('=') {
        let law = law_of(space).map_err(|(why, hint)| fault(why, &hint))?;
        if let Some(sampler) = law {
            if name.trim().is_empty() {
                return Err(fault("the name is missing".to_owned(), "write `lr=log:1e-4:1e-1`"));
            }
            return Ok(QuickParam { name: name.trim().to_owned(), sampler });
        }
    }
    let example =
        "write values (`opt=sgd,adam`) or a distribution and its range (`lr=log:1e-4:1e-1`)";
    let given =
        parse_sweep(text).map_err(|(why, hint)| fault(why, hint.as_deref().unwrap_or(example)))?;
    let sampler = match &given.values {
        Ok(values) => yaml::flow(&Value::List(values.clone())),
        Err(sampler) => yaml::flow(sampler),
    };
    Ok(QuickParam { name: given.key, sampler })
}

/// Returns the sampler of `LAW:LOW:HIGH` or `LAW:LOW:HIGH:STEP`; none if the text is no law.
fn law_of(space: &str) -> Result<Option<String>, (String, String)> {
    let mut parts = space.split(':').map(str::trim);
    let law = parts.next().unwrap_or_default();
    let numbers: Vec<&str> = parts.collect();
    let are_numbers = !numbers.is_empty() && numbers.iter().all(|it| it.parse::<f64>().is_ok());
    if !LAWS.contains(&law) {
        // `latest:v2` is a value, and `12:30` a time.
        if !are_numbers || numbers.len() < 2 || law.parse::<f64>().is_ok() {
            return Ok(None);
        }
        return Err((format!("unknown distribution `{law}`"), suggestion(law)));
    }
    let step = match numbers.as_slice() {
        [_, _] => String::new(),
        [_, _, step] => format!(", step: {step}"),
        _ => {
            let example = format!("write `{law}:LOW:HIGH`, or `{law}:LOW:HIGH:STEP`");
            return Err((format!("`{law}` takes two or three numbers"), example));
        }
    };
    if let Some(odd) = numbers.iter().find(|it| !it.parse::<f64>().is_ok_and(f64::is_finite)) {
        let example = format!("write `{law}:LOW:HIGH` with two numbers");
        return Err((format!("`{odd}` is not a number"), example));
    }
    Ok(Some(format!("{{{law}: [{}, {}]{step}}}", numbers[0], numbers[1])))
}

fn suggestion(law: &str) -> String {
    let likeness = |known: &str| strsim::normalized_damerau_levenshtein(law, known);
    let best = LAWS.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match best {
        Some(best) if likeness(best) >= ALIKE => format!("did you mean `{best}`?"),
        _ => format!(
            "the distributions are `{}`; quote text that contains colons",
            LAWS.join("`, `")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(text: &str) -> String {
        let param = parse(text).unwrap();
        format!("{}: {}", param.name, param.sampler)
    }

    fn error(text: &str) -> String {
        match parse(text) {
            Err(Failure::Usage { message, hint }) => format!("{message}; {}", hint.unwrap()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_law_and_its_range_or_values_become_a_sampler() {
        assert_eq!(sampler("lr=log:1e-4:1e-1"), "lr: {log: [1e-4, 1e-1]}");
        assert_eq!(sampler("a.depth=int:2:8:2"), "a.depth: {int: [2, 8], step: 2}");
        assert_eq!(sampler("opt=sgd,adam"), "opt: [sgd, adam]");
        assert_eq!(sampler("amp=true,false"), "amp: [true, false]");
        assert_eq!(sampler("w=[1,2],[3]"), "w: [[1, 2], [3]]");
        assert_eq!(sampler("tag=model:v1,model:v2"), "tag: [model:v1, model:v2]");
        assert_eq!(sampler("x=interval(0, 1)"), "x: {TYPE: float_sampler, RANGE: [0, 1]}");
    }

    #[test]
    fn what_is_none_is_answered_with_what_to_write() {
        assert!(error("lr=lgo:1e-4:1e-1").contains("did you mean `log`?"));
        assert!(error("lr=zipf:1:2").contains("the distributions are `log`"));
        assert!(error("lr=log:1e-4").contains("write `log:LOW:HIGH`"));
        assert!(error("lr=log:low:1").contains("`low` is not a number"));
        assert!(error("lr").contains("`=` is missing"));
        assert!(error("=log:1:2").contains("the name is missing"));
        let twice = ["a=1".to_owned(), "a=2".to_owned()];
        assert!(QuickParam::parse_all(&twice).is_err());
    }
}
