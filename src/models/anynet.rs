//! AnyNet and RegNet: a stem, stages of equal blocks, a head (pycls: `anynet.py`, `regnet.py`).

use super::block_fit::adjust_blocks;
use super::complexity::StageShape;
use super::fields::{ModelError, ModelField, ModelFields};
use super::layers::{ConvLayer, LayerCounter};
use super::regnet::{RegnetParams, WIDTH_QUANTUM};
use super::rounding::rounded;
use crate::app::num::float;

/// An AnyNet, ready to be counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnyNet {
    stem: AnyNetStem,
    stem_width: i64,
    block: AnyNetBlock,
    stages: Vec<AnyNetStage>,
    head_width: i64,
    /// The width of squeeze and excitation relative to the block's input; 0 for none.
    se_ratio: f64,
    classes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnyNetStem {
    Cifar,
    ImageNet,
    Simple,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AnyNetBlock {
    Vanilla,
    ResBasic,
    ResBottleneck,
    ResBottleneckLinear,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct AnyNetStage {
    shape: StageShape,
    /// The bottleneck width relative to the width; bottleneck blocks need one.
    bottleneck: Option<f64>,
    /// The channels of a group; bottleneck blocks need a number.
    group_width: Option<i64>,
}

/// The lists that make an AnyNet's stages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnyNetLists {
    pub(super) depths: Vec<i64>,
    pub(super) widths: Vec<i64>,
    pub(super) strides: Vec<i64>,
    pub(super) bot_muls: Vec<f64>,
    pub(super) group_ws: Vec<i64>,
}

impl AnyNetLists {
    pub(super) fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        Ok(Self {
            depths: fields.wholes(ModelField::AnyDepths)?,
            widths: fields.wholes(ModelField::AnyWidths)?,
            strides: fields.wholes(ModelField::AnyStrides)?,
            bot_muls: fields.numbers(ModelField::AnyBotMuls)?,
            group_ws: fields.wholes(ModelField::AnyGroupWs)?,
        })
    }

    /// Returns the lists of a RegNet, its widths and groups made to fit.
    pub(super) fn of_regnet(fields: &impl ModelFields) -> Result<Self, ModelError> {
        let stages = RegnetParams::read(fields)?.stages(WIDTH_QUANTUM).map_err(ModelError::from)?;
        let n = stages.widths.len();
        let (bot_mul, group_w) =
            (fields.float(ModelField::RegBotMul)?, fields.whole(ModelField::RegGroupW)?);
        let (bot_muls, group_ws) = (vec![bot_mul; n], vec![group_w; n]);
        let (widths, group_ws) = adjust_blocks(&stages.widths, &bot_muls, &group_ws)?;
        let depths = stages.depths.into_iter().map(i64::from).collect();
        let strides = vec![fields.whole(ModelField::RegStride)?; n];
        Ok(Self { depths, widths, strides, bot_muls, group_ws })
    }

    /// Returns as many stages as the shortest list has items. An empty list of bottlenecks or groups
    /// means that no stage has one.
    fn stages(&self) -> Vec<AnyNetStage> {
        let optional = [self.bot_muls.len(), self.group_ws.len()];
        let lengths = [self.depths.len(), self.widths.len(), self.strides.len()];
        let optional = optional.into_iter().filter(|&length| length > 0);
        let count = lengths.into_iter().chain(optional).min().unwrap_or(0);
        let stage = |i: usize| AnyNetStage {
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
    pub(super) fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        let keys = [
            ModelField::AnyStemType,
            ModelField::AnyStemW,
            ModelField::AnyBlockType,
            ModelField::AnyHeadW,
            ModelField::AnySeOn,
            ModelField::AnySeR,
        ];
        Self::of(fields, &AnyNetLists::read(fields)?, keys)
    }

    pub(super) fn from_regnet(fields: &impl ModelFields) -> Result<Self, ModelError> {
        Self::of_regnet_lists(fields, &AnyNetLists::of_regnet(fields)?)
    }

    /// Returns the RegNet with these stages in place of its own.
    pub(super) fn of_regnet_lists(
        fields: &impl ModelFields,
        lists: &AnyNetLists,
    ) -> Result<Self, ModelError> {
        let keys = [
            ModelField::RegStemType,
            ModelField::RegStemW,
            ModelField::RegBlockType,
            ModelField::RegHeadW,
            ModelField::RegSeOn,
            ModelField::RegSeR,
        ];
        Self::of(fields, lists, keys)
    }

    /// Returns the AnyNet with these stages in place of its own.
    pub(super) fn with_lists(
        fields: &impl ModelFields,
        lists: &AnyNetLists,
    ) -> Result<Self, ModelError> {
        let own = Self::read(fields)?;
        Ok(Self { stages: lists.stages(), ..own })
    }

    fn of(
        fields: &impl ModelFields,
        lists: &AnyNetLists,
        keys: [ModelField; 6],
    ) -> Result<Self, ModelError> {
        let [stem_type, stem_w, block_type, head_w, se_on, se_r] = keys;
        let net = Self {
            stem: stem(&fields.text(stem_type)?).map_err(|e| e.at(stem_type))?,
            stem_width: fields.whole(stem_w)?,
            block: block(&fields.text(block_type)?).map_err(|e| e.at(block_type))?,
            stages: lists.stages(),
            head_width: fields.whole(head_w)?,
            se_ratio: if fields.flag(se_on)? { fields.float(se_r)? } else { 0.0 },
            classes: fields.whole(ModelField::NumClasses)?,
        };
        Ok(net)
    }

    pub(super) fn stages(&self) -> Vec<StageShape> {
        self.stages.iter().map(|stage| stage.shape).collect()
    }

    pub(super) fn count(&self, layers: &mut LayerCounter) -> Result<(), ModelError> {
        self.stem.count(layers, self.stem_width)?;
        let stages = self.stages.iter().map(|stage| (stage.shape, stage));
        let width = layers.stages(self.stem_width, stages, |layers, stage, w_in, stride| {
            self.count_block(layers, stage, w_in, stride)
        })?;
        self.count_head(layers, width)
    }

    fn count_head(&self, layers: &mut LayerCounter, width: i64) -> Result<(), ModelError> {
        if self.head_width <= 0 {
            return layers.classifier(width, self.classes);
        }
        layers.conv(ConvLayer::new(width, self.head_width, 1))?;
        layers.norm(self.head_width)?;
        layers.classifier(self.head_width, self.classes)
    }

    fn count_block(
        &self,
        layers: &mut LayerCounter,
        stage: &AnyNetStage,
        w_in: i64,
        stride: i64,
    ) -> Result<(), ModelError> {
        let w_out = stage.shape.width;
        if matches!(self.block, AnyNetBlock::ResBasic | AnyNetBlock::ResBottleneck) {
            layers.projection(w_in, w_out, stride)?;
        }
        match self.block {
            AnyNetBlock::Vanilla | AnyNetBlock::ResBasic => layers.basic_block(w_in, w_out, stride),
            AnyNetBlock::ResBottleneck | AnyNetBlock::ResBottleneckLinear => {
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
                layers.conv(ConvLayer::new(w_in, w_b, 1))?;
                layers.norm(w_b)?;
                layers.conv(ConvLayer::new(w_b, w_b, 3).stride(stride).groups(groups))?;
                layers.norm(w_b)?;
                if w_se != 0 {
                    layers.squeeze_excite(w_b, w_se)?;
                }
                layers.conv(ConvLayer::new(w_b, w_out, 1))?;
                layers.norm(w_out)
            }
        }
    }
}

impl AnyNetStem {
    fn count(self, layers: &mut LayerCounter, width: i64) -> Result<(), ModelError> {
        let (k, stride) = match self {
            Self::Cifar => (3, 1),
            Self::ImageNet => (7, 2),
            Self::Simple => (3, 2),
        };
        layers.conv(ConvLayer::new(3, width, k).stride(stride))?;
        layers.norm(width)?;
        if self == Self::ImageNet { layers.pool(width, 3, 2) } else { Ok(()) }
    }
}

impl AnyNetBlock {
    fn name(self) -> &'static str {
        match self {
            Self::Vanilla => "vanilla_block",
            Self::ResBasic => "res_basic_block",
            Self::ResBottleneck => "res_bottleneck_block",
            Self::ResBottleneckLinear => "res_bottleneck_linear_block",
        }
    }
}

fn stem(name: &str) -> Result<AnyNetStem, ModelError> {
    match name {
        "res_stem_cifar" => Ok(AnyNetStem::Cifar),
        "res_stem_in" => Ok(AnyNetStem::ImageNet),
        "simple_stem_in" => Ok(AnyNetStem::Simple),
        other => Err(ModelError::new(format!(
            "unknown stem `{other}`: use res_stem_cifar, res_stem_in or simple_stem_in"
        ))),
    }
}

fn block(name: &str) -> Result<AnyNetBlock, ModelError> {
    let all = [
        AnyNetBlock::Vanilla,
        AnyNetBlock::ResBasic,
        AnyNetBlock::ResBottleneck,
        AnyNetBlock::ResBottleneckLinear,
    ];
    all.into_iter().find(|block| block.name() == name).ok_or_else(|| {
        let names = all.map(AnyNetBlock::name).join(", ");
        ModelError::new(format!("unknown `{name}`: use one of {names}"))
    })
}
