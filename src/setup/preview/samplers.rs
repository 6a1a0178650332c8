//! Lists the samplers of a sweep, in their short forms.

use std::fmt::Write;

use sweep_config::{Sampler, SetupConfig};

/// Returns a line for each sampler; those that only a tree can have are left out.
pub(super) fn list(setup: &SetupConfig) -> String {
    let has_form = |sampler: &Sampler| !matches!(sampler, Sampler::Law(_) | Sampler::Weighted(_));
    let shown = setup.samplers.iter().filter(|(_, sampler)| has_form(sampler));
    let width = shown.clone().map(|(name, _)| name.len()).max().unwrap_or(0).max("parameter".len());
    let mut list = format!("\n{:<width$}  sampler", "parameter");
    for (name, sampler) in shown {
        let _ = write!(list, "\n{name:<width$}  {}", sampler.shown());
    }
    list
}
