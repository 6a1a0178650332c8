//! Size and cost of a pycls network from its config, without a deep-learning library.
//!
//! `fields` are the keys that describe a network, with pycls's defaults and types; a family
//! (`anynet`, `effnet`, `resnet`, `vit`) reads its own and adds up its layers (`layers`). `scale`
//! is what pycls's setup does to a config before it counts, `schema` what keys a config may have,
//! `outline` what there is to draw.
//! All numbers are those of pycls 5719de6 to the last unit, quirks included.

mod anynet;
mod effnet;
mod fields;
mod layers;
mod outline;
pub mod regnet;
mod resnet;
pub mod scale;
mod schema;
mod vit;

use serde::Serialize;

pub use fields::{Field, Fields, ModelError, Whole};
pub use outline::{Blocks, Kind, Outline};
pub use schema::{complete, defaults, read_defaults};

use anynet::AnyNet;
use effnet::EffNet;
use layers::Layers;
use resnet::ResNet;
use vit::Vit;

/// What a network costs for one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Complexity {
    /// Multiply-adds.
    pub flops: i64,
    /// Trained numbers.
    pub params: i64,
    /// Outputs of the layers that compute (convolutions, pooling, linear), as elements.
    pub acts: i64,
}

/// Stages of a network that has them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StageShape {
    /// Number of blocks.
    pub depth: i64,
    /// Width: output channels of each block.
    pub width: i64,
    /// Stride of the first block.
    pub stride: i64,
}

/// A network of one of pycls's families.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    family: Family,
    /// Side of the images that it is trained on, in pixels.
    image: i64,
}

#[derive(Debug, Clone, PartialEq)]
enum Family {
    Any(AnyNet),
    Eff(EffNet),
    Res(ResNet),
    Vit(Vit),
}

impl Model {
    /// The network that a config describes.
    ///
    /// # Errors
    ///
    /// Names the key that no network can have, or not with the others.
    pub fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        let family = match &*fields.text(Field::ModelType)? {
            "anynet" => Family::Any(AnyNet::read(fields)?),
            "regnet" => Family::Any(AnyNet::from_regnet(fields)?),
            "effnet" => Family::Eff(EffNet::read(fields)?),
            "resnet" => Family::Res(ResNet::read(fields)?),
            "vit" => Family::Vit(Vit::read(fields)?),
            other => {
                let names = "anynet, effnet, regnet, resnet or vit";
                return Err(Field::ModelType.error(format!("`{other}` is none of {names}")));
            }
        };
        Ok(Self { family, image: fields.whole(Field::TrainImSize)? })
    }

    /// Its cost.
    ///
    /// # Errors
    ///
    /// When the parts do not fit together, or the numbers are beyond 64 bits.
    pub fn complexity(&self) -> Result<Complexity, ModelError> {
        let mut layers = Layers::new(self.image);
        match &self.family {
            Family::Any(net) => net.count(&mut layers)?,
            Family::Eff(net) => net.count(&mut layers)?,
            Family::Res(net) => net.count(&mut layers)?,
            Family::Vit(net) => net.count(&mut layers)?,
        }
        Ok(layers.total())
    }

    /// Its stages; empty for a family that has none (`vit`).
    pub fn stages(&self) -> Vec<StageShape> {
        match &self.family {
            Family::Any(net) => net.stages(),
            Family::Eff(net) => net.stages(),
            Family::Res(net) => net.stages(),
            Family::Vit(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod golden;
