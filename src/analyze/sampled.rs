//! What was sampled for a job, as a caption: `OPTIM.BASE_LR 0.1 REGNET.DEPTH 8`.

pub use sweep_config::summary::ParameterKeys;

use crate::page::number::number;

/// A space at which no line ends.
const NO_BREAK: char = '\u{a0}';

/// What was sampled, for a caption: short names and numbers; as it is where it cannot be taken apart.
pub fn brief(parameters: &ParameterKeys, sampled: &str) -> String {
    let pairs = parameters.split(sampled);
    if pairs.is_empty() {
        return sampled.to_owned();
    }
    let words =
        pairs.iter().map(|(key, value)| format!("{}{NO_BREAK}{}", last_part(key), tidy(value)));
    words.collect::<Vec<_>>().join(&format!("{NO_BREAK}· "))
}

/// The last part of a dotted name.
pub fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// A value with at most four significant digits if it is a number with more.
pub fn tidy(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(parsed) if value.contains(['.', 'e', 'E']) && parsed.is_finite() => number(parsed),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_unknown_parameters_stays_as_it_is() {
        let of = |key: &str| ParameterKeys::new(vec![key.to_owned()]);
        assert_eq!(brief(&of("LR"), "MOMENTUM 0.9"), "MOMENTUM 0.9");
        assert_eq!(brief(&of("O.LR"), "O.LR 0.9993621893"), "LR\u{a0}0.9994");
    }
}
