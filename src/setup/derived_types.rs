//! Holds what is derived against the value of the base config in whose place it comes. Its type is known only once
//! candidates were drawn.

use sweep_config::paths::{PathFault, removed_keys, replaced_shape};
use sweep_config::{SetupConfig, TypeFault, Value, python, type_fault};

use super::given::derived_in_branches;
use super::population::DrawnPopulation;
use crate::app::Failure;

/// The most jobs that are looked at.
const MOST: usize = 10_000;

/// Checks the derived values of the jobs; returns remarks on types that are no mistake for certain.
///
/// # Errors
///
/// When a value would remove a mapping of the base config, or the other way round.
pub(crate) fn check(
    setup: &SetupConfig,
    population: &DrawnPopulation,
) -> Result<Vec<String>, Failure> {
    let base = &setup.base_cfg;
    let mut warnings = Vec::new();
    for param in setup.derived.keys().chain(derived_in_branches(&setup.samplers)) {
        let names = population.params.names();
        let Some(place) = names.iter().position(|name| name == param) else { continue };
        let Some(base_value) = base.get_path(param).filter(|_| !setup.helpers.contains(param))
        else {
            continue;
        };
        let jobs = population.kept.iter().take(MOST);
        let values: Vec<Value> = jobs.filter_map(|job| job.values[place].clone()).collect();
        let mut faults = values.iter().filter_map(|value| replaced_shape(param, value, base));
        if let Some(PathFault { message, hint, .. }) = faults.next() {
            let hint = hint.unwrap_or_default();
            return Err(Failure::usage(format!("SETUP.DERIVED.{param}: {message}"), hint));
        }
        let removed = values.iter().map(|value| removed_keys(param, value, base));
        if let Some(keys) = removed.into_iter().find(|keys| !keys.is_empty()) {
            warnings.push(format!(
                "SETUP.DERIVED.{param}: replaces the mapping in BASE_CFG and drops its `{}`",
                keys.join("`, `")
            ));
        }
        let remark = remark(&values, base_value);
        warnings.extend(remark.map(|remark| format!("SETUP.DERIVED.{param}: {remark}")));
    }
    Ok(warnings)
}

/// Returns a remark on values whose type is not that of the base config's value.
fn remark(values: &[Value], base: &Value) -> Option<String> {
    if let Some(TypeFault { is_certain, message, hint }) = type_fault(values, base) {
        let advice = if is_certain { "remove `str` if you mean a number" } else { &hint };
        return Some(format!("{message}\n  hint: {advice}"));
    }
    let whole = match base {
        Value::Int(number) => *number,
        _ => return None,
    };
    let numbers: Option<Vec<f64>> = values
        .iter()
        .map(|value| match value {
            Value::Float(number) if number.fract() == 0.0 => Some(*number),
            _ => None,
        })
        .collect();
    let first = *numbers?.first()?;
    Some(format!(
        "is {whole} in BASE_CFG, a whole number, and {} here\n  hint: `//` and `int(…)` give whole numbers",
        python::text(&Value::Float(first))
    ))
}
