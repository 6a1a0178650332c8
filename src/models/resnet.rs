//! ResNet and ResNeXt (pycls: `resnet.py`).

use super::complexity::StageShape;
use super::fields::{ModelError, ModelField, ModelFields};
use super::layers::{ConvLayer, LayerCounter};

/// A ResNet or ResNeXt, ready to be counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ResNet {
    /// True if it is for images of 32 pixels: with another stem and three stages.
    cifar: bool,
    stages: Vec<StageShape>,
    transform: BlockTransform,
    classes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BlockTransform {
    Basic,
    Bottleneck {
        /// The width of the first stage's bottlenecks; it doubles with each stage.
        width: i64,
        groups: i64,
        /// True if the 1x1 convolution has the stride, false if the 3x3 convolution has it.
        stride_1x1: bool,
    },
}

impl ResNet {
    pub(super) fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        let cifar = fields.text(ModelField::TrainDataset)?.contains("cifar");
        let depth = fields.whole(ModelField::ModelDepth)?;
        let (depths, widths): (Vec<i64>, &[i64]) = if cifar {
            // Towards zero, as Python's `int((depth - 2) / 6)`.
            (vec![depth.saturating_sub(2) / 6; 3], &[16, 32, 64])
        } else {
            (stage_depths(depth)?, &[256, 512, 1024, 2048])
        };
        let shape =
            |(i, (depth, &width))| StageShape { depth, width, stride: if i == 0 { 1 } else { 2 } };
        Ok(Self {
            cifar,
            stages: depths.into_iter().zip(widths).enumerate().map(shape).collect(),
            transform: BlockTransform::read(fields, cifar)?,
            classes: fields.whole(ModelField::NumClasses)?,
        })
    }

    pub(super) fn stages(&self) -> Vec<StageShape> {
        self.stages.clone()
    }

    pub(super) fn count(&self, layers: &mut LayerCounter) -> Result<(), ModelError> {
        let width = if self.cifar { 16 } else { 64 };
        if self.cifar {
            layers.conv(ConvLayer::new(3, width, 3))?;
            layers.norm(width)?;
        } else {
            layers.conv(ConvLayer::new(3, width, 7).stride(2))?;
            layers.norm(width)?;
            layers.pool(width, 3, 2)?;
        }
        let stages = self.stages.iter().enumerate().map(|(i, stage)| (*stage, i));
        let width = layers.stages(width, stages, |layers, stage, w_in, stride| {
            self.count_block(layers, stage, w_in, stride)
        })?;
        layers.classifier(width, self.classes)
    }

    fn count_block(
        &self,
        layers: &mut LayerCounter,
        stage: usize,
        w_in: i64,
        stride: i64,
    ) -> Result<(), ModelError> {
        let w_out = self.stages[stage].width;
        layers.projection(w_in, w_out, stride)?;
        match self.transform {
            BlockTransform::Basic => layers.basic_block(w_in, w_out, stride),
            BlockTransform::Bottleneck { width, groups, stride_1x1 } => {
                let inner = width << stage;
                let (first, second) = if stride_1x1 { (stride, 1) } else { (1, stride) };
                layers.conv(ConvLayer::new(w_in, inner, 1).stride(first))?;
                layers.norm(inner)?;
                layers.conv(ConvLayer::new(inner, inner, 3).stride(second).groups(groups))?;
                layers.norm(inner)?;
                layers.conv(ConvLayer::new(inner, w_out, 1))?;
                layers.norm(w_out)
            }
        }
    }
}

impl BlockTransform {
    fn read(fields: &impl ModelFields, cifar: bool) -> Result<Self, ModelError> {
        match (&*fields.text(ModelField::TransFun)?, cifar) {
            ("basic_transform", true) => Ok(Self::Basic),
            ("bottleneck_transform", false) => {
                let groups = fields.whole(ModelField::NumGroups)?;
                let width = fields.whole(ModelField::WidthPerGroup)?.checked_mul(groups);
                // Three doublings must fit.
                let width = width.filter(|width| width.unsigned_abs() < 1 << 40);
                let width = width.ok_or_else(|| {
                    ModelField::WidthPerGroup.error("the network is too large to count")
                })?;
                let stride_1x1 = fields.flag(ModelField::Stride1x1)?;
                Ok(Self::Bottleneck { width, groups, stride_1x1 })
            }
            ("basic_transform", false) => Err(ModelField::TransFun
                .error("`basic_transform` works only for cifar: use `bottleneck_transform`")),
            ("bottleneck_transform", true) => Err(ModelField::TransFun
                .error("`bottleneck_transform` does not work for cifar: use `basic_transform`")),
            (other, _) => Err(ModelField::TransFun
                .error(format!("unknown `{other}`: use basic_transform or bottleneck_transform"))),
        }
    }
}

/// Returns the depths of the stages of a published network for ImageNet.
fn stage_depths(depth: i64) -> Result<Vec<i64>, ModelError> {
    match depth {
        50 => Ok(vec![3, 4, 6, 3]),
        101 => Ok(vec![3, 4, 23, 3]),
        152 => Ok(vec![3, 8, 36, 3]),
        _ => Err(ModelField::ModelDepth.error(format!("{depth} is not 50, 101 or 152"))),
    }
}
