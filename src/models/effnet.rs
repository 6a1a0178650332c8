//! EfficientNet: stages of inverted bottlenecks (pycls: `effnet.py`).

use super::complexity::StageShape;
use super::fields::{ModelError, ModelField, ModelFields};
use super::layers::{ConvLayer, LayerCounter};
use super::rounding::truncated;
use crate::app::num::float;

/// An EfficientNet, ready to be counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EffNet {
    stem_width: i64,
    stages: Vec<EffNetStage>,
    head_width: i64,
    /// The width of squeeze and excitation relative to the block's input.
    se_ratio: f64,
    classes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct EffNetStage {
    shape: StageShape,
    /// The width inside the block relative to its input.
    expansion: f64,
    kernel: i64,
}

/// The parts of an EfficientNet that scaling changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EffNetLists {
    pub(super) depths: Vec<i64>,
    pub(super) widths: Vec<i64>,
    pub(super) expansions: Vec<f64>,
    pub(super) stem_width: i64,
    pub(super) head_width: i64,
}

impl EffNetLists {
    pub(super) fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        Ok(Self {
            depths: fields.wholes(ModelField::EnDepths)?,
            widths: fields.wholes(ModelField::EnWidths)?,
            expansions: fields.numbers(ModelField::EnExpRatios)?,
            stem_width: fields.whole(ModelField::EnStemW)?,
            head_width: fields.whole(ModelField::EnHeadW)?,
        })
    }
}

impl EffNet {
    pub(super) fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        Self::of(fields, &EffNetLists::read(fields)?)
    }

    /// Returns the network with these lists; it has as many stages as the shortest list has items.
    pub(super) fn of(fields: &impl ModelFields, lists: &EffNetLists) -> Result<Self, ModelError> {
        let strides = fields.wholes(ModelField::EnStrides)?;
        let kernels = fields.wholes(ModelField::EnKernels)?;
        let shapes = lists.depths.iter().zip(&lists.widths).zip(&strides);
        let shapes = shapes.map(|((&depth, &width), &stride)| StageShape { depth, width, stride });
        let stages = shapes
            .zip(&lists.expansions)
            .zip(&kernels)
            .map(|((shape, &expansion), &kernel)| EffNetStage { shape, expansion, kernel });
        Ok(Self {
            stem_width: lists.stem_width,
            stages: stages.collect(),
            head_width: lists.head_width,
            se_ratio: fields.float(ModelField::EnSeR)?,
            classes: fields.whole(ModelField::NumClasses)?,
        })
    }

    pub(super) fn stages(&self) -> Vec<StageShape> {
        self.stages.iter().map(|stage| stage.shape).collect()
    }

    pub(super) fn count(&self, layers: &mut LayerCounter) -> Result<(), ModelError> {
        layers.conv(ConvLayer::new(3, self.stem_width, 3).stride(2))?;
        layers.norm(self.stem_width)?;
        let stages = self.stages.iter().map(|stage| (stage.shape, stage));
        let width = layers.stages(self.stem_width, stages, |layers, stage, w_in, stride| {
            self.count_block(layers, stage, w_in, stride)
        })?;
        layers.conv(ConvLayer::new(width, self.head_width, 1))?;
        layers.norm(self.head_width)?;
        layers.classifier(self.head_width, self.classes)
    }

    fn count_block(
        &self,
        layers: &mut LayerCounter,
        stage: &EffNetStage,
        w_in: i64,
        stride: i64,
    ) -> Result<(), ModelError> {
        let inner = truncated(float(w_in) * stage.expansion);
        if inner != w_in {
            layers.conv(ConvLayer::new(w_in, inner, 1))?;
            layers.norm(inner)?;
        }
        layers.conv(ConvLayer::new(inner, inner, stage.kernel).stride(stride).groups(inner))?;
        layers.norm(inner)?;
        layers.squeeze_excite(inner, truncated(float(w_in) * self.se_ratio))?;
        layers.conv(ConvLayer::new(inner, stage.shape.width, 1))?;
        layers.norm(stage.shape.width)
    }
}
