//! Model scaling, which also standardises a config: pycls's setup applies it to every anynet, effnet
//! and regnet before it counts (pycls: `scaler.py`; Dollár et al., *Fast and Accurate Model Scaling*,
//! CVPR 2021).
//!
//! Even at scale 1 it rewrites the config: a regnet becomes the anynet that it generates, widths
//! become multiples of 8, groups fit into their widths, image sides become multiples of 4. So two
//! configs that differ can be one network.

use sweep_config::Value;

use super::anynet::{AnyNet, AnyNetLists};
use super::block_fit::adjust_blocks;
use super::effnet::{EffNet, EffNetLists};
use super::fields::{ModelError, ModelField, ModelFields};
use super::model::{ModelFamily, NetworkModel};
use super::rounding::rounded;
use crate::app::num::float;

/// Factors of depth, width, group width and resolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScalingFactors {
    /// The factor of the number of blocks.
    pub depth: f64,
    /// The factor of the widths.
    pub width: f64,
    /// The factor of the group widths.
    pub group: f64,
    /// The factor of the side of the images.
    pub resolution: f64,
}

/// A config after scaling.
#[derive(Debug, Clone, PartialEq)]
pub struct ScaledModel {
    /// The network.
    pub model: NetworkModel,
    /// The keys of the config that change, each with its new value.
    pub changes: Vec<(ModelField, Value)>,
}

/// Scales a config as pycls's setup does; `None` for a family that it leaves as it is.
///
/// # Errors
///
/// When there is no such network, or the scaling type is unknown.
pub fn scale(fields: &impl ModelFields) -> Result<Option<ScaledModel>, ModelError> {
    let family = match &*fields.text(ModelField::ModelType)? {
        "anynet" => scale_anynet(fields, factors_of(fields)?)?,
        "regnet" => scale_regnet(fields, factors_of(fields)?)?,
        "effnet" => scale_effnet(fields, factors_of(fields)?)?,
        _ => return Ok(None),
    };
    let (family, mut changes) = family;
    let resolution = factors_of(fields)?.resolution;
    let image = scaled_image(fields.whole(ModelField::TrainImSize)?, resolution);
    let test_image = scaled_image(fields.whole(ModelField::TestImSize)?, resolution);
    changes.push((ModelField::TrainImSize, Value::Int(image)));
    changes.push((ModelField::TestImSize, Value::Int(test_image)));
    Ok(Some(ScaledModel { model: NetworkModel { family, image }, changes }))
}

type ScaledFamily = (ModelFamily, Vec<(ModelField, Value)>);

fn scale_anynet(
    fields: &impl ModelFields,
    factors: ScalingFactors,
) -> Result<ScaledFamily, ModelError> {
    let lists = AnyNetLists::read(fields)?;
    let given = fields.list(ModelField::AnyBotMuls)?;
    let (lists, changes) = scaled_lists(lists, &given, factors)?;
    Ok((ModelFamily::Any(AnyNet::with_lists(fields, &lists)?), changes))
}

/// Scales a regnet, as the anynet that it generates.
fn scale_regnet(
    fields: &impl ModelFields,
    factors: ScalingFactors,
) -> Result<ScaledFamily, ModelError> {
    let lists = AnyNetLists::of_regnet(fields)?;
    let strides = whole_list(&lists.strides);
    let bot_muls: Vec<Value> = lists.bot_muls.iter().map(|&b| Value::Float(b)).collect();
    let (lists, mut changes) = scaled_lists(lists, &bot_muls, factors)?;
    let net = AnyNet::of_regnet_lists(fields, &lists)?;
    changes.push((ModelField::ModelType, Value::Str("anynet".to_owned())));
    changes.push((ModelField::AnyStrides, strides));
    for (regnet, anynet) in [
        (ModelField::RegStemType, ModelField::AnyStemType),
        (ModelField::RegStemW, ModelField::AnyStemW),
        (ModelField::RegBlockType, ModelField::AnyBlockType),
        (ModelField::RegHeadW, ModelField::AnyHeadW),
        (ModelField::RegSeOn, ModelField::AnySeOn),
        (ModelField::RegSeR, ModelField::AnySeR),
    ] {
        let value = fields.given(regnet).unwrap_or(regnet.default_value());
        changes.push((anynet, value.clone()));
    }
    Ok((ModelFamily::Any(net), changes))
}

/// Scales the lists, and returns them with the config keys that change. `bot_muls` are the bottleneck
/// multipliers as the config spells them.
fn scaled_lists(
    lists: AnyNetLists,
    bot_muls: &[Value],
    factors: ScalingFactors,
) -> Result<(AnyNetLists, Vec<(ModelField, Value)>), ModelError> {
    let stages = lists.depths.len();
    let depths: Vec<i64> = lists.depths.iter().map(|&d| scaled_depth(d, factors.depth)).collect();
    let widths: Vec<i64> = lists.widths.iter().map(|&w| scaled_width(w, factors.width)).collect();
    let groups = if lists.group_ws.is_empty() { vec![1; stages] } else { lists.group_ws };
    let groups: Vec<i64> = groups.iter().map(|&g| scaled_group(g, factors.group)).collect();
    let ones = bot_muls.is_empty();
    let muls = if ones { vec![1.0; stages] } else { lists.bot_muls };
    let (widths, group_ws) = adjust_blocks(&widths, &muls, &groups)?;
    let spelt = if ones { vec![Value::Int(1); stages] } else { bot_muls.to_vec() };
    let changes = vec![
        (ModelField::AnyDepths, whole_list(&depths)),
        (ModelField::AnyWidths, whole_list(&widths)),
        (ModelField::AnyBotMuls, Value::List(spelt)),
        (ModelField::AnyGroupWs, whole_list(&group_ws)),
    ];
    let lists = AnyNetLists { depths, widths, strides: lists.strides, bot_muls: muls, group_ws };
    Ok((lists, changes))
}

fn scale_effnet(
    fields: &impl ModelFields,
    factors: ScalingFactors,
) -> Result<ScaledFamily, ModelError> {
    let lists = EffNetLists::read(fields)?;
    let depths: Vec<i64> = lists.depths.iter().map(|&d| scaled_depth(d, factors.depth)).collect();
    let widths: Vec<i64> = lists.widths.iter().map(|&w| scaled_width(w, factors.width)).collect();
    let (widths, _) = adjust_blocks(&widths, &lists.expansions, &vec![1; depths.len()])?;
    let lists = EffNetLists {
        stem_width: scaled_width(lists.stem_width, factors.width),
        head_width: scaled_width(lists.head_width, factors.width),
        expansions: lists.expansions,
        depths,
        widths,
    };
    let changes = vec![
        (ModelField::EnDepths, whole_list(&lists.depths)),
        (ModelField::EnWidths, whole_list(&lists.widths)),
        (ModelField::EnStemW, Value::Int(lists.stem_width)),
        (ModelField::EnHeadW, Value::Int(lists.head_width)),
    ];
    Ok((ModelFamily::Eff(EffNet::of(fields, &lists)?), changes))
}

fn whole_list(items: &[i64]) -> Value {
    Value::List(items.iter().map(|&item| Value::Int(item)).collect())
}

fn scaled_depth(depth: i64, factor: f64) -> i64 {
    rounded(float(depth) * factor).max(1)
}

/// Scales to the nearest positive multiple of 8.
fn scaled_width(width: i64, factor: f64) -> i64 {
    rounded(float(width) * factor / 8.0).max(1).saturating_mul(8)
}

/// Scales to 1, 2, 4 or the nearest multiple of 8.
fn scaled_group(group: i64, factor: f64) -> i64 {
    match rounded(float(group) * factor).max(1) {
        group @ ..=2 => group,
        3..=5 => 4,
        group => rounded(float(group) / 8.0).saturating_mul(8),
    }
}

/// Scales to the nearest multiple of 4.
fn scaled_image(side: i64, factor: f64) -> i64 {
    rounded(float(side) * factor / 4.0).saturating_mul(4)
}

fn factors_of(fields: &impl ModelFields) -> Result<ScalingFactors, ModelError> {
    factors(&fields.text(ModelField::ScalingType)?, fields.float(ModelField::ScalingFactor)?)
}

/// Computes the factors of a scaling type such as `d`, `dw` or `d1_w8_g8_r1`, by which the flops of
/// the network grow by `factor`: depth * width^2 * resolution^2 = factor.
///
/// # Errors
///
/// When the type is unknown, or no factors multiply to `factor`.
pub fn factors(kind: &str, factor: f64) -> Result<ScalingFactors, ModelError> {
    let wrong = || {
        ModelField::ScalingType.error(format!("`{kind}` is not a scaling type such as d1_w8_g8_r1"))
    };
    let mut weights = [0.0; 4];
    if kind.chars().all(|c| DIMENSIONS.contains(c)) {
        kind.chars().filter_map(|c| DIMENSIONS.find(c)).for_each(|i| weights[i] = 1.0);
    } else {
        for part in kind.split('_') {
            let dimension =
                part.chars().next().and_then(|c| DIMENSIONS.find(c)).ok_or_else(wrong)?;
            weights[dimension] = part[1..].trim().parse().map_err(|_| wrong())?;
        }
    }
    let [d, w, g, r] = weights;
    let sum = [d + w + r, g / 2.0, 1.0].into_iter().find(|sum| *sum != 0.0).unwrap_or(1.0);
    let power = |weight: f64, root: f64| libm::pow(factor, weight / sum / root);
    let (depth, width, group, resolution) =
        (power(d, 1.0), power(w, 2.0), power(g, 2.0), power(r, 2.0));
    #[expect(clippy::float_cmp, reason = "x to the power of 0 is exactly 1")]
    let none = depth == 1.0 && width == 1.0 && resolution == 1.0;
    let actual = depth * width * width * resolution * resolution;
    // Python's `isclose` with a relative tolerance of 1 %.
    let close = (actual - factor).abs() <= 0.01 * actual.abs().max(factor.abs());
    if !none && !close {
        return Err(
            ModelField::ScalingFactor.error(format!("no factors of {kind} multiply to {factor}"))
        );
    }
    Ok(ScalingFactors { depth, width, group, resolution })
}

const DIMENSIONS: &str = "dwgr";
