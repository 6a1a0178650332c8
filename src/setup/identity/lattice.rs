//! The quantum that a `float_sampler` without `QUANTIZE` had in older versions, pycls's.

use indexmap::IndexMap;
use sweep_config::{Sampler, ScalarRange, Value};

/// Pycls's quantum, as a sweep config spells it.
pub(super) const PYCLS_QUANTUM: &str = "1.0e-5";

/// Returns the parameters that are drawn without a quantum and that the job configs have, where every value of them
/// is a multiple of pycls's quantum: no draws without a quantum make that.
pub(super) fn on_the_lattice(
    samplers: &IndexMap<String, Sampler>,
    configs: &[Value],
) -> Option<Vec<String>> {
    let mut params = Vec::new();
    gather(samplers, &mut params);
    params.retain(|param| configs.iter().any(|config| config.get_path(param).is_some()));
    let mut values =
        params.iter().flat_map(|param| configs.iter().filter_map(|config| config.get_path(param)));
    (!params.is_empty() && values.all(is_multiple)).then_some(params.clone())
}

/// Gathers the parameters that are any number of a range.
fn gather(samplers: &IndexMap<String, Sampler>, params: &mut Vec<String>) {
    for (param, sampler) in samplers {
        match sampler.unconditional() {
            Sampler::Scalar(_, ScalarRange::Real { .. }) => params.push(param.clone()),
            Sampler::Choice(choice) => {
                choice.branches.iter().for_each(|branch| gather(&branch.samplers, params));
            }
            _ => {}
        }
    }
}

/// True for a number with no more than five decimals.
fn is_multiple(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| {
        format!("{number:.5}").parse().is_ok_and(|rounded: f64| (rounded - number).abs() == 0.0)
    })
}
