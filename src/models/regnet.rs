//! The widths and depths of a RegNet's stages from its four numbers.
//!
//! Radosavovic et al., *Designing Network Design Spaces* (CVPR 2020), section 3.3, equations 2 to
//! 4, with pycls's rounding: to the nearest, half to even, both times.

use super::fields::{ModelError, ModelField, ModelFields};
use crate::app::num::{float, whole};

/// The greatest depth that is taken for a network; the published ones have fewer than 50 blocks.
pub const MAX_DEPTH: u32 = 100_000;

/// Widths are rounded to multiples of this.
pub const WIDTH_QUANTUM: i64 = 8;

/// The numbers that generate a RegNet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegnetParams {
    /// `WA`: the slope, by which each block is wider than the one before.
    pub slope: f64,
    /// `W0`: the width of the first block.
    pub initial_width: i64,
    /// `WM`: the ratio of the widths of neighbouring stages.
    pub ratio: f64,
    /// `DEPTH`: the number of blocks.
    pub depth: u32,
}

/// The stages of a RegNet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegnetStages {
    /// The width of each stage, strictly increasing.
    pub widths: Vec<i64>,
    /// The number of blocks of each stage.
    pub depths: Vec<u32>,
    /// The number of stages if the width took every step on its way up.
    ///
    /// It exceeds the number of widths when a step was jumped over, or when two steps round to the same
    /// width.
    pub steps: u64,
}

/// The parameter for which there is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegnetError {
    /// The slope is negative or no finite number.
    Slope,
    /// The initial width is not positive or not a multiple of the quantum.
    InitialWidth,
    /// The ratio is not above 1 or not finite.
    Ratio,
    /// The depth is 0 or more than [`MAX_DEPTH`].
    Depth,
}

impl RegnetParams {
    /// Reads the numbers from a config.
    ///
    /// # Errors
    ///
    /// Names the key whose value is not a number, or of the wrong type.
    pub fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        let depth = fields.whole(ModelField::RegDepth)?;
        Ok(Self {
            slope: fields.float(ModelField::RegWa)?,
            initial_width: fields.whole(ModelField::RegW0)?,
            ratio: fields.float(ModelField::RegWm)?,
            depth: u32::try_from(depth).map_err(|_| ModelError::from(RegnetError::Depth))?,
        })
    }

    /// Generates the stages, with widths that are multiples of `quantum` (pycls: 8).
    ///
    /// # Errors
    ///
    /// Names the first parameter for which there is no network.
    pub fn stages(&self, quantum: i64) -> Result<RegnetStages, RegnetError> {
        self.check(quantum)?;
        let ladder = self.ladder();
        let mut stages = RegnetStages { widths: Vec::new(), depths: Vec::new(), steps: 0 };
        let mut last = f64::NAN;
        for block in 0..self.depth {
            let step = ladder.step(block);
            let new = step.total_cmp(&last).is_ne();
            let width = if new { ladder.width(step, quantum) } else { 0 };
            match stages.depths.last_mut() {
                // Two steps can round to one width.
                Some(depth) if !new || stages.widths.last() == Some(&width) => *depth += 1,
                _ => {
                    stages.widths.push(width);
                    stages.depths.push(1);
                }
            }
            last = step;
        }
        stages.steps = steps(last);
        Ok(stages)
    }

    /// Computes [`RegnetStages::steps`] alone, which the last block decides: quick, since most
    /// candidates are rejected by it.
    ///
    /// # Errors
    ///
    /// Names the first parameter for which there is no network.
    pub fn steps(&self, quantum: i64) -> Result<u64, RegnetError> {
        self.check(quantum)?;
        Ok(steps(self.ladder().step(self.depth - 1)))
    }

    fn check(&self, quantum: i64) -> Result<(), RegnetError> {
        if !(self.slope >= 0.0 && self.slope.is_finite()) {
            return Err(RegnetError::Slope);
        }
        if self.initial_width <= 0 || self.initial_width % quantum != 0 {
            return Err(RegnetError::InitialWidth);
        }
        if !(self.ratio > 1.0 && self.ratio.is_finite()) {
            return Err(RegnetError::Ratio);
        }
        if self.depth == 0 || self.depth > MAX_DEPTH {
            return Err(RegnetError::Depth);
        }
        Ok(())
    }

    fn ladder(&self) -> WidthLadder {
        let Self { slope, ratio, .. } = *self;
        WidthLadder { first: float(self.initial_width), slope, ratio, log_ratio: libm::log(ratio) }
    }
}

/// The widths that blocks can have: the first width times a power of the ratio.
struct WidthLadder {
    first: f64,
    slope: f64,
    ratio: f64,
    log_ratio: f64,
}

impl WidthLadder {
    /// Returns the power of the ratio that is nearest to a block's width by the slope; it grows with
    /// the block.
    fn step(&self, block: u32) -> f64 {
        let linear = f64::from(block) * self.slope + self.first;
        (libm::log(linear / self.first) / self.log_ratio).round_ties_even()
    }

    /// Returns the width of a step.
    fn width(&self, step: f64, quantum: i64) -> i64 {
        let width = self.first * libm::pow(self.ratio, step);
        let quanta: i64 = whole((width / float(quantum)).round_ties_even());
        quanta.saturating_mul(quantum)
    }
}

/// Returns the number of steps up to this one.
fn steps(last: f64) -> u64 {
    whole::<u64>(last).saturating_add(1)
}

impl From<RegnetError> for ModelError {
    fn from(unbuildable: RegnetError) -> Self {
        match unbuildable {
            RegnetError::Slope => ModelField::RegWa.error("negative or not a finite number"),
            RegnetError::InitialWidth => ModelField::RegW0.error("not a positive multiple of 8"),
            RegnetError::Ratio => ModelField::RegWm.error("not above 1, or not finite"),
            RegnetError::Depth => {
                ModelField::RegDepth.error(format!("outside 1 to {MAX_DEPTH} blocks"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGNET: RegnetParams =
        RegnetParams { slope: 19.5, initial_width: 96, ratio: 2.942, depth: 12 };

    #[test]
    fn every_row_of_the_reference_comes_out_the_same() {
        let rows = include_str!("../../tests/fixtures/setup/generate_regnet.jsonl");
        assert!(rows.lines().count() >= 200);
        for row in rows.lines() {
            let json: serde_json::Value = serde_json::from_str(row).unwrap();
            let regnet = RegnetParams {
                slope: json["w_a"].as_f64().unwrap(),
                initial_width: json["w_0"].as_i64().unwrap(),
                ratio: json["w_m"].as_f64().unwrap(),
                depth: u32::try_from(json["d"].as_u64().unwrap()).unwrap(),
            };
            let stages = regnet.stages(json["q"].as_i64().unwrap()).unwrap();
            assert_eq!(serde_json::json!(stages.widths), json["ws"], "{row}");
            assert_eq!(serde_json::json!(stages.depths), json["ds"], "{row}");
            assert_eq!(stages.steps, json["total_stages"].as_f64().unwrap() as u64, "{row}");
        }
    }

    #[test]
    fn a_parameter_without_a_network_is_named() {
        let refusal = |regnet: RegnetParams| regnet.stages(8).unwrap_err();
        assert_eq!(refusal(RegnetParams { slope: -1.0, ..REGNET }), RegnetError::Slope);
        assert_eq!(refusal(RegnetParams { slope: f64::NAN, ..REGNET }), RegnetError::Slope);
        assert_eq!(
            refusal(RegnetParams { initial_width: 12, ..REGNET }),
            RegnetError::InitialWidth
        );
        assert_eq!(refusal(RegnetParams { ratio: 1.0, ..REGNET }), RegnetError::Ratio);
        assert_eq!(refusal(RegnetParams { depth: 0, ..REGNET }), RegnetError::Depth);
        assert_eq!(refusal(RegnetParams { depth: u32::MAX, ..REGNET }), RegnetError::Depth);
    }

    #[test]
    fn absurd_slopes_do_not_overflow() {
        REGNET.stages(8).unwrap();
        RegnetParams { slope: f64::MAX, ..REGNET }.stages(8).unwrap();
        RegnetParams { ratio: 1.0 + f64::EPSILON, slope: 1e300, ..REGNET }.stages(8).unwrap();
    }
}
