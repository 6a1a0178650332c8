//! The widths and depths of a RegNet's stages from its four numbers.
//!
//! Radosavovic et al., *Designing Network Design Spaces* (CVPR 2020), section 3.3, equations 2 to
//! 4, with pycls's rounding: to the nearest, half to even, both times.

use super::fields::{Field, Fields, ModelError};
use crate::app::num::{float, whole};

/// The greatest depth that is taken for a network; the published ones have fewer than 50 blocks.
pub const MAX_DEPTH: u32 = 100_000;

/// Widths are rounded to multiples of this.
pub const WIDTH_QUANTUM: i64 = 8;

/// The numbers that generate a RegNet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regnet {
    /// `WA`: slope, how much wider each block is than the one before.
    pub slope: f64,
    /// `W0`: width of the first block.
    pub initial_width: i64,
    /// `WM`: ratio of the widths of neighbouring stages.
    pub ratio: f64,
    /// `DEPTH`: number of blocks.
    pub depth: u32,
}

/// The stages of a RegNet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stages {
    /// Width of each stage, strictly increasing.
    pub widths: Vec<i64>,
    /// Number of blocks of each stage.
    pub depths: Vec<u32>,
    /// Number of stages if the width made every step on its way up.
    ///
    /// More than there are widths when a step was jumped over, or when two steps round to the same
    /// width.
    pub steps: u64,
}

/// A parameter for which there is no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbuildable {
    /// The slope is negative or no finite number.
    Slope,
    /// The initial width is not positive or not a multiple of the quantum.
    InitialWidth,
    /// The ratio is not above 1 or not finite.
    Ratio,
    /// There are no blocks, or more than [`MAX_DEPTH`].
    Depth,
}

impl Regnet {
    /// The numbers of a config.
    ///
    /// # Errors
    ///
    /// Names the key that is no number, or not of the right kind.
    pub fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        let depth = fields.whole(Field::RegDepth)?;
        Ok(Self {
            slope: fields.float(Field::RegWa)?,
            initial_width: fields.whole(Field::RegW0)?,
            ratio: fields.float(Field::RegWm)?,
            depth: u32::try_from(depth).map_err(|_| ModelError::from(Unbuildable::Depth))?,
        })
    }

    /// The stages, with widths that are multiples of `quantum` (pycls: 8).
    ///
    /// # Errors
    ///
    /// Names the first parameter for which there is no network.
    pub fn stages(&self, quantum: i64) -> Result<Stages, Unbuildable> {
        self.check(quantum)?;
        let ladder = self.ladder();
        let mut stages = Stages { widths: Vec::new(), depths: Vec::new(), steps: 0 };
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

    /// [`Stages::steps`] alone, which only the last block decides: quick, for candidates of which
    /// most are thrown away.
    ///
    /// # Errors
    ///
    /// Names the first parameter for which there is no network.
    pub fn steps(&self, quantum: i64) -> Result<u64, Unbuildable> {
        self.check(quantum)?;
        Ok(steps(self.ladder().step(self.depth - 1)))
    }

    fn check(&self, quantum: i64) -> Result<(), Unbuildable> {
        if !(self.slope >= 0.0 && self.slope.is_finite()) {
            return Err(Unbuildable::Slope);
        }
        if self.initial_width <= 0 || self.initial_width % quantum != 0 {
            return Err(Unbuildable::InitialWidth);
        }
        if !(self.ratio > 1.0 && self.ratio.is_finite()) {
            return Err(Unbuildable::Ratio);
        }
        if self.depth == 0 || self.depth > MAX_DEPTH {
            return Err(Unbuildable::Depth);
        }
        Ok(())
    }

    fn ladder(&self) -> Ladder {
        let Self { slope, ratio, .. } = *self;
        Ladder { first: float(self.initial_width), slope, ratio, log_ratio: libm::log(ratio) }
    }
}

/// The widths that blocks can have: the first one times a power of the ratio.
struct Ladder {
    first: f64,
    slope: f64,
    ratio: f64,
    log_ratio: f64,
}

impl Ladder {
    /// Which power of the ratio is nearest to a block's width by the slope; grows with the block.
    fn step(&self, block: u32) -> f64 {
        let linear = f64::from(block) * self.slope + self.first;
        (libm::log(linear / self.first) / self.log_ratio).round_ties_even()
    }

    /// The width of a step.
    fn width(&self, step: f64, quantum: i64) -> i64 {
        let width = self.first * libm::pow(self.ratio, step);
        let quanta: i64 = whole((width / float(quantum)).round_ties_even());
        quanta.saturating_mul(quantum)
    }
}

/// How many steps there are up to this one.
fn steps(last: f64) -> u64 {
    whole::<u64>(last).saturating_add(1)
}

impl From<Unbuildable> for ModelError {
    fn from(unbuildable: Unbuildable) -> Self {
        match unbuildable {
            Unbuildable::Slope => Field::RegWa.error("negative or no finite number"),
            Unbuildable::InitialWidth => Field::RegW0.error("not a positive multiple of 8"),
            Unbuildable::Ratio => Field::RegWm.error("not above 1, or not finite"),
            Unbuildable::Depth => {
                Field::RegDepth.error(format!("not within 1 to {MAX_DEPTH} blocks"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGNET: Regnet = Regnet { slope: 19.5, initial_width: 96, ratio: 2.942, depth: 12 };

    #[test]
    fn every_row_of_the_reference_comes_out_the_same() {
        let rows = include_str!("../../tests/fixtures/setup/generate_regnet.jsonl");
        assert!(rows.lines().count() >= 200);
        for row in rows.lines() {
            let json: serde_json::Value = serde_json::from_str(row).unwrap();
            let regnet = Regnet {
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
        let refusal = |regnet: Regnet| regnet.stages(8).unwrap_err();
        assert_eq!(refusal(Regnet { slope: -1.0, ..REGNET }), Unbuildable::Slope);
        assert_eq!(refusal(Regnet { slope: f64::NAN, ..REGNET }), Unbuildable::Slope);
        assert_eq!(refusal(Regnet { initial_width: 12, ..REGNET }), Unbuildable::InitialWidth);
        assert_eq!(refusal(Regnet { ratio: 1.0, ..REGNET }), Unbuildable::Ratio);
        assert_eq!(refusal(Regnet { depth: 0, ..REGNET }), Unbuildable::Depth);
        assert_eq!(refusal(Regnet { depth: u32::MAX, ..REGNET }), Unbuildable::Depth);
    }

    #[test]
    fn absurd_slopes_do_not_overflow() {
        REGNET.stages(8).unwrap();
        Regnet { slope: f64::MAX, ..REGNET }.stages(8).unwrap();
        Regnet { ratio: 1.0 + f64::EPSILON, slope: 1e300, ..REGNET }.stages(8).unwrap();
    }
}
