//! Model scaling, which also standardises a config: what pycls's setup does to every anynet, effnet
//! and regnet before it counts (pycls: `scaler.py`; Dollár et al., *Fast and Accurate Model Scaling*,
//! CVPR 2021).
//!
//! Even at scale 1 it rewrites the config: a regnet becomes the anynet that it generates, widths
//! become multiples of 8, groups fit into their widths, image sides become multiples of 4. So two
//! configs that differ can be one network.

use sweep_config::Value;

use super::anynet::{self, AnyNet, rounded};
use super::effnet::{self, EffNet, truncated};
use super::fields::{Field, Fields, ModelError};
use super::{Family, Model};
use crate::app::num::float;

/// Factors of depth, width, group width and resolution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factors {
    /// Of the number of blocks.
    pub depth: f64,
    /// Of the widths.
    pub width: f64,
    /// Of the group widths.
    pub group: f64,
    /// Of the side of the images.
    pub resolution: f64,
}

/// A config after scaling.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// The network.
    pub model: Model,
    /// What of the config changes: every key with the value that it has now.
    pub changes: Vec<(Field, Value)>,
}

/// The config as pycls's setup writes it; `None` for a family that it leaves as it is.
///
/// # Errors
///
/// When there is no such network, or the scaling is none.
pub fn scale(fields: &impl Fields) -> Result<Option<Scaled>, ModelError> {
    let family = match &*fields.text(Field::ModelType)? {
        "anynet" => scale_anynet(fields, factors_of(fields)?)?,
        "regnet" => scale_regnet(fields, factors_of(fields)?)?,
        "effnet" => scale_effnet(fields, factors_of(fields)?)?,
        _ => return Ok(None),
    };
    let (family, mut changes) = family;
    let resolution = factors_of(fields)?.resolution;
    let image = scaled_image(fields.whole(Field::TrainImSize)?, resolution);
    let test_image = scaled_image(fields.whole(Field::TestImSize)?, resolution);
    changes.push((Field::TrainImSize, Value::Int(image)));
    changes.push((Field::TestImSize, Value::Int(test_image)));
    Ok(Some(Scaled { model: Model { family, image }, changes }))
}

type Changed = (Family, Vec<(Field, Value)>);

fn scale_anynet(fields: &impl Fields, factors: Factors) -> Result<Changed, ModelError> {
    let lists = anynet::Lists::read(fields)?;
    let given = fields.list(Field::AnyBotMuls)?;
    let (lists, changes) = scaled_lists(lists, &given, factors)?;
    Ok((Family::Any(AnyNet::with_lists(fields, &lists)?), changes))
}

/// The regnet as the anynet that it is.
fn scale_regnet(fields: &impl Fields, factors: Factors) -> Result<Changed, ModelError> {
    let lists = anynet::Lists::of_regnet(fields)?;
    let strides = whole_list(&lists.strides);
    let bot_muls: Vec<Value> = lists.bot_muls.iter().map(|&b| Value::Float(b)).collect();
    let (lists, mut changes) = scaled_lists(lists, &bot_muls, factors)?;
    let net = AnyNet::of_regnet_lists(fields, &lists)?;
    changes.push((Field::ModelType, Value::Str("anynet".to_owned())));
    changes.push((Field::AnyStrides, strides));
    for (regnet, anynet) in [
        (Field::RegStemType, Field::AnyStemType),
        (Field::RegStemW, Field::AnyStemW),
        (Field::RegBlockType, Field::AnyBlockType),
        (Field::RegHeadW, Field::AnyHeadW),
        (Field::RegSeOn, Field::AnySeOn),
        (Field::RegSeR, Field::AnySeR),
    ] {
        let value = fields.given(regnet).unwrap_or(regnet.default_value());
        changes.push((anynet, value.clone()));
    }
    Ok((Family::Any(net), changes))
}

/// The lists scaled, and as they go into the config; `bot_muls` are as the config spells them.
fn scaled_lists(
    lists: anynet::Lists,
    bot_muls: &[Value],
    factors: Factors,
) -> Result<(anynet::Lists, Vec<(Field, Value)>), ModelError> {
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
        (Field::AnyDepths, whole_list(&depths)),
        (Field::AnyWidths, whole_list(&widths)),
        (Field::AnyBotMuls, Value::List(spelt)),
        (Field::AnyGroupWs, whole_list(&group_ws)),
    ];
    let lists = anynet::Lists { depths, widths, strides: lists.strides, bot_muls: muls, group_ws };
    Ok((lists, changes))
}

fn scale_effnet(fields: &impl Fields, factors: Factors) -> Result<Changed, ModelError> {
    let lists = effnet::Lists::read(fields)?;
    let depths: Vec<i64> = lists.depths.iter().map(|&d| scaled_depth(d, factors.depth)).collect();
    let widths: Vec<i64> = lists.widths.iter().map(|&w| scaled_width(w, factors.width)).collect();
    let (widths, _) = adjust_blocks(&widths, &lists.expansions, &vec![1; depths.len()])?;
    let lists = effnet::Lists {
        stem_width: scaled_width(lists.stem_width, factors.width),
        head_width: scaled_width(lists.head_width, factors.width),
        expansions: lists.expansions,
        depths,
        widths,
    };
    let changes = vec![
        (Field::EnDepths, whole_list(&lists.depths)),
        (Field::EnWidths, whole_list(&lists.widths)),
        (Field::EnStemW, Value::Int(lists.stem_width)),
        (Field::EnHeadW, Value::Int(lists.head_width)),
    ];
    Ok((Family::Eff(EffNet::of(fields, &lists)?), changes))
}

fn whole_list(items: &[i64]) -> Value {
    Value::List(items.iter().map(|&item| Value::Int(item)).collect())
}

fn scaled_depth(depth: i64, factor: f64) -> i64 {
    rounded(float(depth) * factor).max(1)
}

/// To the nearest positive multiple of 8.
fn scaled_width(width: i64, factor: f64) -> i64 {
    rounded(float(width) * factor / 8.0).max(1).saturating_mul(8)
}

/// To 1, 2, 4 or the nearest multiple of 8.
fn scaled_group(group: i64, factor: f64) -> i64 {
    match rounded(float(group) * factor).max(1) {
        group @ ..=2 => group,
        3..=5 => 4,
        group => rounded(float(group) / 8.0).saturating_mul(8),
    }
}

/// To the nearest multiple of 4.
fn scaled_image(side: i64, factor: f64) -> i64 {
    rounded(float(side) * factor / 4.0).saturating_mul(4)
}

fn factors_of(fields: &impl Fields) -> Result<Factors, ModelError> {
    factors(&fields.text(Field::ScalingType)?, fields.float(Field::ScalingFactor)?)
}

/// The factors of a scaling type such as `d`, `dw` or `d1_w8_g8_r1`, so that the flops of the
/// network grow by `factor`: depth * width^2 * resolution^2 = factor.
///
/// # Errors
///
/// When the type is none, or no factors multiply to `factor`.
pub fn factors(kind: &str, factor: f64) -> Result<Factors, ModelError> {
    let wrong =
        || Field::ScalingType.error(format!("`{kind}` is no scaling type, as d1_w8_g8_r1 is"));
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
            Field::ScalingFactor.error(format!("no factors of {kind} multiply to {factor}"))
        );
    }
    Ok(Factors { depth, width, group, resolution })
}

const DIMENSIONS: &str = "dwgr";

/// Widths and group widths that fit each other and the bottlenecks: each bottleneck's width is a
/// whole number of groups.
///
/// # Errors
///
/// When the lists differ in length, a number is not positive, a bottleneck above 1 is not whole, or
/// nothing fits.
pub fn adjust_blocks(
    widths: &[i64],
    bot_muls: &[f64],
    group_ws: &[i64],
) -> Result<(Vec<i64>, Vec<i64>), ModelError> {
    if widths.len() != bot_muls.len() || bot_muls.len() != group_ws.len() {
        return Err(ModelError::new("DEPTHS, WIDTHS, BOT_MULS and GROUP_WS differ in length"));
    }
    let mut all = (Vec::with_capacity(widths.len()), Vec::with_capacity(widths.len()));
    for ((&width, &mul), &group) in widths.iter().zip(bot_muls).zip(group_ws) {
        let (width, group) = adjust_block(width, mul, group)?;
        all.0.push(width);
        all.1.push(group);
    }
    Ok(all)
}

fn adjust_block(width: i64, mul: f64, group: i64) -> Result<(i64, i64), ModelError> {
    if width <= 0 || mul <= 0.0 || group <= 0 || mul.is_nan() {
        return Err(ModelError::new("a width, bottleneck or group width is not positive"));
    }
    if mul >= 1.0 && mul % 1.0 != 0.0 {
        return Err(ModelError::new(format!("the bottleneck {mul} is above 1 and not whole")));
    }
    let inner = truncated((float(width) * mul).max(1.0));
    let group = group.min(inner);
    let multiple = if mul > 1.0 { lcm(group, truncated(mul))? } else { group };
    let fitted = rounded((float(inner) / float(multiple)).round_ties_even() * float(multiple));
    let inner = fitted.max(multiple);
    let width = truncated(float(inner) / mul);
    let fits = float(width) * mul % float(group) == 0.0;
    if fits {
        Ok((width, group))
    } else {
        Err(ModelError::new(format!(
            "no width near {width} with the bottleneck {mul} is a whole number of groups of {group}"
        )))
    }
}

fn lcm(a: i64, b: i64) -> Result<i64, ModelError> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    super::layers::product(&[a / x, b])
}
