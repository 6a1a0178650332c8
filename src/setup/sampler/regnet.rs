//! `regnet_sampler`: the six parameters of a RegNet, each with a distribution and a quantum of its own.

use sweep_config::{Distribution, RegnetRanges, ScalarRange};

use super::failure::GridTooFine;
use super::scalar::ScalarSampler;

/// Returns the parameters in the order in which they are drawn and described.
pub(super) fn parameters(
    ranges: &RegnetRanges,
) -> Result<Vec<(&'static str, ScalarSampler)>, GridTooFine> {
    let whole = |(low, high), quantum| ScalarRange::Int { low, high, quantum };
    let real = |(low, high), quantum| ScalarRange::Float { low, high, quantum };
    [
        ("DEPTH", Distribution::Uniform, whole(ranges.depth, 1)),
        ("W0", Distribution::LogUniform, whole(ranges.w0, 8)),
        ("WA", Distribution::LogUniform, real(ranges.wa, 0.1)),
        ("WM", Distribution::LogUniform, real(ranges.wm, 0.001)),
        ("GROUP_W", Distribution::Power2OrLogUniform, whole(ranges.group_w, 8)),
        ("BOT_MUL", Distribution::Power2Uniform, real(ranges.bot_mul, 1.0 / 128.0)),
    ]
    .into_iter()
    .map(|(name, distribution, range)| Ok((name, ScalarSampler::new(distribution, range)?)))
    .collect()
}
