//! Repeats of a small space, which bend a law: what is drawn often is left out when it comes again, so that the
//! rest comes more often than the law says.

use sweep_config::{Distribution, Sampler, ScalarRange, SetupConfig};

use super::drawing::DesignSpace;
use super::population::DrawTally;
use crate::app::count;
use crate::app::num::{float, saturated};
use crate::app::units::fine_percent;
use indexmap::IndexMap;

/// The share of repeats from which on a law is visibly another one.
const VISIBLE: f64 = 0.02;
/// A space of more configs than this for each candidate is not small: other repeats are one network, not one draw.
const SMALL: u128 = 1000;

/// Returns a warning if so many draws were repeats that the law of a parameter is bent.
pub(crate) fn warning(
    setup: &SetupConfig,
    space: &DesignSpace<'_>,
    tally: &DrawTally,
) -> Option<String> {
    let share = float(tally.duplicates) / float(tally.candidates);
    let is_small = space.support()? < SMALL * u128::from(tally.candidates);
    if tally.exhausted.is_some() || share <= VISIBLE || !is_small {
        return None;
    }
    let (param, distribution, range) = stepped(&setup.samplers)?;
    let share = fine_percent(share);
    let repeats = count(saturated(tally.duplicates), "draw");
    Some(format!(
        "{repeats} ({share}) repeated an earlier config and were dropped, so {param} is no longer \
         distributed as {}\n  \
         hint: {}",
        distribution.name(),
        match range.finer(distribution) {
            Some(finer) => format!("set `QUANTIZE: {finer}`, or remove QUANTIZE"),
            None => "lower SETUP.NUM_CONFIGS, or widen its RANGE".to_owned(),
        }
    ))
}

/// Finds a parameter with steps and a law by which not all of them are as likely.
fn stepped(samplers: &IndexMap<String, Sampler>) -> Option<(&str, Distribution, ScalarRange)> {
    let smooth = |distribution| {
        matches!(
            distribution,
            Distribution::LogUniform | Distribution::Normal | Distribution::LogNormal
        )
    };
    samplers.iter().find_map(|(param, sampler)| match sampler {
        Sampler::Scalar(_, ScalarRange::Real { .. }) => None,
        Sampler::Scalar(distribution, range) if smooth(*distribution) => {
            Some((param.as_str(), *distribution, *range))
        }
        Sampler::Choice(choice) => {
            choice.branches.iter().find_map(|branch| stepped(&branch.samplers))
        }
        _ => None,
    })
}
