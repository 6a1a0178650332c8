//! EfficientNet: stages of inverted bottlenecks (pycls: `effnet.py`).

use super::StageShape;
use super::fields::{Field, Fields, ModelError};
use super::layers::{Conv, Layers};
use crate::app::num::{float, whole};

/// The network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct EffNet {
    stem_width: i64,
    stages: Vec<Stage>,
    head_width: i64,
    /// Width of squeeze and excitation relative to the block's input.
    se_ratio: f64,
    classes: i64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Stage {
    shape: StageShape,
    /// Width inside the block relative to its input.
    expansion: f64,
    kernel: i64,
}

/// What scaling changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lists {
    pub(super) depths: Vec<i64>,
    pub(super) widths: Vec<i64>,
    pub(super) expansions: Vec<f64>,
    pub(super) stem_width: i64,
    pub(super) head_width: i64,
}

impl Lists {
    pub(super) fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        Ok(Self {
            depths: fields.wholes(Field::EnDepths)?,
            widths: fields.wholes(Field::EnWidths)?,
            expansions: fields.numbers(Field::EnExpRatios)?,
            stem_width: fields.whole(Field::EnStemW)?,
            head_width: fields.whole(Field::EnHeadW)?,
        })
    }
}

impl EffNet {
    pub(super) fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        Self::of(fields, &Lists::read(fields)?)
    }

    /// As many stages as the shortest list has.
    pub(super) fn of(fields: &impl Fields, lists: &Lists) -> Result<Self, ModelError> {
        let strides = fields.wholes(Field::EnStrides)?;
        let kernels = fields.wholes(Field::EnKernels)?;
        let shapes = lists.depths.iter().zip(&lists.widths).zip(&strides);
        let shapes = shapes.map(|((&depth, &width), &stride)| StageShape { depth, width, stride });
        let stages = shapes
            .zip(&lists.expansions)
            .zip(&kernels)
            .map(|((shape, &expansion), &kernel)| Stage { shape, expansion, kernel });
        Ok(Self {
            stem_width: lists.stem_width,
            stages: stages.collect(),
            head_width: lists.head_width,
            se_ratio: fields.float(Field::EnSeR)?,
            classes: fields.whole(Field::NumClasses)?,
        })
    }

    pub(super) fn stages(&self) -> Vec<StageShape> {
        self.stages.iter().map(|stage| stage.shape).collect()
    }

    pub(super) fn count(&self, layers: &mut Layers) -> Result<(), ModelError> {
        layers.conv(Conv::new(3, self.stem_width, 3).stride(2))?;
        layers.norm(self.stem_width)?;
        let stages = self.stages.iter().map(|stage| (stage.shape, stage));
        let width = layers.stages(self.stem_width, stages, |layers, stage, w_in, stride| {
            self.count_block(layers, stage, w_in, stride)
        })?;
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
        let inner = truncated(float(w_in) * stage.expansion);
        if inner != w_in {
            layers.conv(Conv::new(w_in, inner, 1))?;
            layers.norm(inner)?;
        }
        layers.conv(Conv::new(inner, inner, stage.kernel).stride(stride).groups(inner))?;
        layers.norm(inner)?;
        layers.squeeze_excite(inner, truncated(float(w_in) * self.se_ratio))?;
        layers.conv(Conv::new(inner, stage.shape.width, 1))?;
        layers.norm(stage.shape.width)
    }
}

/// Python's `int(x)`: towards zero.
pub(super) fn truncated(value: f64) -> i64 {
    whole(value)
}
