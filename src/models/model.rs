//! A network of any family: read from a config, counted, listed by stage.

use super::anynet::AnyNet;
use super::complexity::{Complexity, StageShape};
use super::effnet::EffNet;
use super::fields::{ModelError, ModelField, ModelFields};
use super::layers::LayerCounter;
use super::resnet::ResNet;
use super::vit::VitNet;

/// A network of one of pycls's families.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkModel {
    pub(super) family: ModelFamily,
    /// The side of the images that it is trained on, in pixels.
    pub(super) image: i64,
}

/// A network by its family.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ModelFamily {
    Any(AnyNet),
    Eff(EffNet),
    Res(ResNet),
    Vit(VitNet),
}

impl NetworkModel {
    /// Reads the network that a config describes.
    ///
    /// # Errors
    ///
    /// Names the key whose value no network can have, alone or together with the others.
    pub fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        let family = match &*fields.text(ModelField::ModelType)? {
            "anynet" => ModelFamily::Any(AnyNet::read(fields)?),
            "regnet" => ModelFamily::Any(AnyNet::from_regnet(fields)?),
            "effnet" => ModelFamily::Eff(EffNet::read(fields)?),
            "resnet" => ModelFamily::Res(ResNet::read(fields)?),
            "vit" => ModelFamily::Vit(VitNet::read(fields)?),
            other => {
                let names = "anynet, effnet, regnet, resnet or vit";
                return Err(
                    ModelField::ModelType.error(format!("unknown `{other}`: use one of {names}"))
                );
            }
        };
        Ok(Self { family, image: fields.whole(ModelField::TrainImSize)? })
    }

    /// Computes the cost for one image.
    ///
    /// # Errors
    ///
    /// When the layers do not fit together, or a figure exceeds 64 bits.
    pub fn complexity(&self) -> Result<Complexity, ModelError> {
        let mut layers = LayerCounter::new(self.image);
        match &self.family {
            ModelFamily::Any(net) => net.count(&mut layers)?,
            ModelFamily::Eff(net) => net.count(&mut layers)?,
            ModelFamily::Res(net) => net.count(&mut layers)?,
            ModelFamily::Vit(net) => net.count(&mut layers)?,
        }
        Ok(layers.total())
    }

    /// Returns the stages; none for a family without stages (`vit`).
    pub fn stages(&self) -> Vec<StageShape> {
        match &self.family {
            ModelFamily::Any(net) => net.stages(),
            ModelFamily::Eff(net) => net.stages(),
            ModelFamily::Res(net) => net.stages(),
            ModelFamily::Vit(_) => Vec::new(),
        }
    }
}
