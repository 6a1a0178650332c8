//! AnyNet and RegNet: a stem, stages of equal blocks, a head (pycls: `anynet.py`, `regnet.py`).

use super::StageShape;
use super::fields::{Field, Fields, ModelError};
use super::layers::{Conv, Layers};
use super::regnet::{Regnet, WIDTH_QUANTUM};
use super::scale::adjust_blocks;
use crate::app::num::{float, whole};

/// The network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnyNet {
    stem: Stem,
    stem_width: i64,
    block: Block,
    stages: Vec<Stage>,
    head_width: i64,
    /// Width of squeeze and excitation relative to the block's input; 0 is none.
    se_ratio: f64,
    classes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stem {
    Cifar,
    ImageNet,
    Simple,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Block {
    Vanilla,
    ResBasic,
    ResBottleneck,
    ResBottleneckLinear,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Stage {
    shape: StageShape,
    /// Bottleneck width relative to the width; bottleneck blocks need one.
    bottleneck: Option<f64>,
    /// Channels of a group; bottleneck blocks need one.
    group_width: Option<i64>,
}

/// The lists that make an AnyNet's stages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lists {
    pub(super) depths: Vec<i64>,
    pub(super) widths: Vec<i64>,
    pub(super) strides: Vec<i64>,
    pub(super) bot_muls: Vec<f64>,
    pub(super) group_ws: Vec<i64>,
}

impl Lists {
    pub(super) fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        Ok(Self {
            depths: fields.wholes(Field::AnyDepths)?,
            widths: fields.wholes(Field::AnyWidths)?,
            strides: fields.wholes(Field::AnyStrides)?,
            bot_muls: fields.numbers(Field::AnyBotMuls)?,
            group_ws: fields.wholes(Field::AnyGroupWs)?,
        })
    }

    /// The lists of a RegNet, its blocks made compatible.
    pub(super) fn of_regnet(fields: &impl Fields) -> Result<Self, ModelError> {
        let stages = Regnet::read(fields)?.stages(WIDTH_QUANTUM).map_err(ModelError::from)?;
        let n = stages.widths.len();
        let (bot_mul, group_w) = (fields.float(Field::RegBotMul)?, fields.whole(Field::RegGroupW)?);
        let (bot_muls, group_ws) = (vec![bot_mul; n], vec![group_w; n]);
        let (widths, group_ws) = adjust_blocks(&stages.widths, &bot_muls, &group_ws)?;
        let depths = stages.depths.into_iter().map(i64::from).collect();
        let strides = vec![fields.whole(Field::RegStride)?; n];
        Ok(Self { depths, widths, strides, bot_muls, group_ws })
    }

    /// As many stages as the shortest list has; no bottlenecks or groups are none everywhere.
    fn stages(&self) -> Vec<Stage> {
        let optional = [self.bot_muls.len(), self.group_ws.len()];
        let lengths = [self.depths.len(), self.widths.len(), self.strides.len()];
        let optional = optional.into_iter().filter(|&length| length > 0);
        let count = lengths.into_iter().chain(optional).min().unwrap_or(0);
        let stage = |i: usize| Stage {
            shape: StageShape {
                depth: self.depths[i],
                width: self.widths[i],
                stride: self.strides[i],
            },
            bottleneck: self.bot_muls.get(i).copied(),
            group_width: self.group_ws.get(i).copied(),
        };
        (0..count).map(stage).collect()
    }
}

impl AnyNet {
    pub(super) fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        let keys = [
            Field::AnyStemType,
            Field::AnyStemW,
            Field::AnyBlockType,
            Field::AnyHeadW,
            Field::AnySeOn,
            Field::AnySeR,
        ];
        Self::of(fields, &Lists::read(fields)?, keys)
    }

    pub(super) fn from_regnet(fields: &impl Fields) -> Result<Self, ModelError> {
        Self::of_regnet_lists(fields, &Lists::of_regnet(fields)?)
    }

    /// The RegNet with these stages in place of its own.
    pub(super) fn of_regnet_lists(fields: &impl Fields, lists: &Lists) -> Result<Self, ModelError> {
        let keys = [
            Field::RegStemType,
            Field::RegStemW,
            Field::RegBlockType,
            Field::RegHeadW,
            Field::RegSeOn,
            Field::RegSeR,
        ];
        Self::of(fields, lists, keys)
    }

    /// The AnyNet with these stages in place of its own.
    pub(super) fn with_lists(fields: &impl Fields, lists: &Lists) -> Result<Self, ModelError> {
        let own = Self::read(fields)?;
        Ok(Self { stages: lists.stages(), ..own })
    }

    fn of(fields: &impl Fields, lists: &Lists, keys: [Field; 6]) -> Result<Self, ModelError> {
        let [stem_type, stem_w, block_type, head_w, se_on, se_r] = keys;
        let net = Self {
            stem: stem(&fields.text(stem_type)?).map_err(|e| e.at(stem_type))?,
            stem_width: fields.whole(stem_w)?,
            block: block(&fields.text(block_type)?).map_err(|e| e.at(block_type))?,
            stages: lists.stages(),
            head_width: fields.whole(head_w)?,
            se_ratio: if fields.flag(se_on)? { fields.float(se_r)? } else { 0.0 },
            classes: fields.whole(Field::NumClasses)?,
        };
        Ok(net)
    }

    pub(super) fn stages(&self) -> Vec<StageShape> {
        self.stages.iter().map(|stage| stage.shape).collect()
    }

    pub(super) fn count(&self, layers: &mut Layers) -> Result<(), ModelError> {
        self.stem.count(layers, self.stem_width)?;
        let stages = self.stages.iter().map(|stage| (stage.shape, stage));
        let width = layers.stages(self.stem_width, stages, |layers, stage, w_in, stride| {
            self.count_block(layers, stage, w_in, stride)
        })?;
        self.count_head(layers, width)
    }

    fn count_head(&self, layers: &mut Layers, width: i64) -> Result<(), ModelError> {
        if self.head_width <= 0 {
            return layers.classifier(width, self.classes);
        }
        layers.conv(Conv::new(width, self.head_width, 1))?;
        layers.norm(self.head_width)?;
        layers.classifier(self.head_width, self.classes)
    }

    fn count_block(
        &self,
        layers: &mut Layers,
        stage: &Stage,
        w_in: i64,
        stride: i64,
    ) -> Result<(), ModelError> {
        let w_out = stage.shape.width;
        if matches!(self.block, Block::ResBasic | Block::ResBottleneck) {
            projection(layers, w_in, w_out, stride)?;
        }
        match self.block {
            Block::Vanilla | Block::ResBasic => basic(layers, w_in, w_out, stride),
            Block::ResBottleneck | Block::ResBottleneckLinear => {
                let bottleneck = stage.bottleneck.ok_or_else(|| {
                    ModelError::new(format!("`{}` needs BOT_MULS", self.block.name()))
                })?;
                let group_width = stage.group_width.ok_or_else(|| {
                    ModelError::new(format!("`{}` needs GROUP_WS", self.block.name()))
                })?;
                let w_b = rounded(float(w_out) * bottleneck);
                let w_se = rounded(float(w_in) * self.se_ratio);
                if group_width == 0 {
                    return Err(ModelError::new("a group width is 0"));
                }
                let groups = w_b.div_euclid(group_width);
                layers.conv(Conv::new(w_in, w_b, 1))?;
                layers.norm(w_b)?;
                layers.conv(Conv::new(w_b, w_b, 3).stride(stride).groups(groups))?;
                layers.norm(w_b)?;
                if w_se != 0 {
                    layers.squeeze_excite(w_b, w_se)?;
                }
                layers.conv(Conv::new(w_b, w_out, 1))?;
                layers.norm(w_out)
            }
        }
    }
}

/// The shortcut of a residual block, where it must change the shape; beside the block, not before.
pub(super) fn projection(
    layers: &mut Layers,
    w_in: i64,
    w_out: i64,
    stride: i64,
) -> Result<(), ModelError> {
    if w_in != w_out || stride != 1 {
        let side = layers.side;
        layers.conv(Conv::new(w_in, w_out, 1).stride(stride))?;
        layers.norm(w_out)?;
        layers.side = side;
    }
    Ok(())
}

/// Two 3x3 convolutions.
pub(super) fn basic(
    layers: &mut Layers,
    w_in: i64,
    w_out: i64,
    stride: i64,
) -> Result<(), ModelError> {
    layers.conv(Conv::new(w_in, w_out, 3).stride(stride))?;
    layers.norm(w_out)?;
    layers.conv(Conv::new(w_out, w_out, 3))?;
    layers.norm(w_out)
}

impl Stem {
    fn count(self, layers: &mut Layers, width: i64) -> Result<(), ModelError> {
        let (k, stride) = match self {
            Self::Cifar => (3, 1),
            Self::ImageNet => (7, 2),
            Self::Simple => (3, 2),
        };
        layers.conv(Conv::new(3, width, k).stride(stride))?;
        layers.norm(width)?;
        if self == Self::ImageNet { layers.pool(width, 3, 2) } else { Ok(()) }
    }
}

impl Block {
    fn name(self) -> &'static str {
        match self {
            Self::Vanilla => "vanilla_block",
            Self::ResBasic => "res_basic_block",
            Self::ResBottleneck => "res_bottleneck_block",
            Self::ResBottleneckLinear => "res_bottleneck_linear_block",
        }
    }
}

fn stem(name: &str) -> Result<Stem, ModelError> {
    match name {
        "res_stem_cifar" => Ok(Stem::Cifar),
        "res_stem_in" => Ok(Stem::ImageNet),
        "simple_stem_in" => Ok(Stem::Simple),
        other => Err(ModelError::new(format!(
            "`{other}` is none of res_stem_cifar, res_stem_in or simple_stem_in"
        ))),
    }
}

fn block(name: &str) -> Result<Block, ModelError> {
    let all = [Block::Vanilla, Block::ResBasic, Block::ResBottleneck, Block::ResBottleneckLinear];
    all.into_iter().find(|block| block.name() == name).ok_or_else(|| {
        let names = all.map(Block::name).join(", ");
        ModelError::new(format!("`{name}` is none of {names}"))
    })
}

/// Python's `int(round(x))`: to the nearest, half to even.
pub(super) fn rounded(value: f64) -> i64 {
    whole(value.round_ties_even())
}
