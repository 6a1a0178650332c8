//! Vision transformers (pycls: `vit.py`; Dosovitskiy et al., arXiv 2010.11929; with a convolutional
//! stem Xiao et al., arXiv 2106.14881).

use super::fields::{ModelError, ModelField, ModelFields};
use super::layers::{ConvLayer, LayerCounter, product};

/// A vision transformer, ready to be counted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct VitNet {
    stem: VitStem,
    /// The side of the image in patches.
    patches: i64,
    /// True if a class token is classified, false for the mean of all tokens.
    token: bool,
    blocks: i64,
    heads: i64,
    width: i64,
    mlp_width: i64,
    classes: i64,
}

#[derive(Debug, Clone, PartialEq)]
enum VitStem {
    /// One linear map of each patch; the side of a patch.
    Patchify(i64),
    /// Convolutions: the kernel, width and stride of each.
    Convolutions(Vec<(i64, i64, i64)>),
}

impl VitNet {
    pub(super) fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        let image = fields.whole(ModelField::TrainImSize)?;
        let patch = fields.whole(ModelField::VitPatchSize)?;
        if patch <= 0 || image % patch != 0 {
            let why = format!("an image of {image} pixels is not divisible by patches of {patch}");
            return Err(ModelField::TrainImSize.error(why));
        }
        let width = fields.whole(ModelField::VitHiddenDim)?;
        Ok(Self {
            stem: VitStem::read(fields, patch, width)?,
            patches: image / patch,
            token: match &*fields.text(ModelField::VitClassifier)? {
                "token" => true,
                "pooled" => false,
                other => {
                    let why = format!("unknown `{other}`: use token or pooled");
                    return Err(ModelField::VitClassifier.error(why));
                }
            },
            blocks: fields.whole(ModelField::VitLayers)?,
            heads: fields.whole(ModelField::VitHeads)?,
            width,
            mlp_width: fields.whole(ModelField::VitMlpDim)?,
            classes: fields.whole(ModelField::NumClasses)?,
        })
    }

    pub(super) fn count(&self, layers: &mut LayerCounter) -> Result<(), ModelError> {
        self.stem.count(layers, self.width)?;
        let mut length = product(&[self.patches, self.patches])?;
        if self.token {
            length += 1;
            layers.add(0, self.width, 0)?;
        }
        // The embeddings of the positions.
        layers.add(0, product(&[length, self.width])?, 0)?;
        layers.repeat(self.blocks, |layers| self.count_block(layers, length))?;
        layers.norm(self.width)?;
        layers.linear(self.width, self.classes, 1)
    }

    fn count_block(&self, layers: &mut LayerCounter, length: i64) -> Result<(), ModelError> {
        layers.norm(self.width)?;
        self.count_attention(layers, length)?;
        layers.norm(self.width)?;
        layers.linear(self.width, self.mlp_width, length)?;
        layers.linear(self.mlp_width, self.width, length)
    }

    /// Counts the queries, keys and values, their products by head, and the output.
    fn count_attention(&self, layers: &mut LayerCounter, length: i64) -> Result<(), ModelError> {
        if self.heads == 0 {
            return Err(ModelField::VitHeads.error("there are no heads"));
        }
        let head_width = self.width.div_euclid(self.heads);
        layers.linear(self.width, product(&[3, self.width])?, length)?;
        let products = product(&[self.heads, length, length, head_width])?;
        layers.add(products, 0, product(&[self.heads, length, length])?)?;
        layers.add(products, 0, product(&[self.heads, length, head_width])?)?;
        layers.linear(self.width, self.width, length)
    }
}

impl VitStem {
    fn read(fields: &impl ModelFields, patch: i64, width: i64) -> Result<Self, ModelError> {
        match &*fields.text(ModelField::VitStemType)? {
            "patchify" => Ok(Self::Patchify(patch)),
            "conv" => {
                let kernels = fields.wholes(ModelField::VitKernels)?;
                let widths = fields.wholes(ModelField::VitDims)?;
                let strides = fields.wholes(ModelField::VitStrides)?;
                if widths.len() != strides.len() || strides.len() != kernels.len() {
                    let why = "C_STEM_KERNELS, C_STEM_STRIDES and C_STEM_DIMS differ in length";
                    return Err(ModelError::new(why));
                }
                if product(&strides)? != patch {
                    let why = format!("the strides do not multiply to {patch}");
                    return Err(ModelField::VitStrides.error(why));
                }
                if widths.last() != Some(&width) {
                    return Err(
                        ModelField::VitDims.error(format!("the last is not HIDDEN_DIM {width}"))
                    );
                }
                let layer = |((k, w), s)| (k, w, s);
                Ok(Self::Convolutions(
                    kernels.into_iter().zip(widths).zip(strides).map(layer).collect(),
                ))
            }
            other => {
                let why = format!("unknown `{other}`: use patchify or conv");
                Err(ModelField::VitStemType.error(why))
            }
        }
    }

    /// Counts the stem. Each convolution before the last has a kernel of 3 and a norm; the last has a
    /// bias.
    fn count(&self, layers: &mut LayerCounter, width: i64) -> Result<(), ModelError> {
        let convs = match self {
            Self::Patchify(patch) => {
                // Patches do not overlap: each pixel is read once.
                let places = layers.side / patch;
                return layers.linear(
                    product(&[*patch, *patch, 3])?,
                    width,
                    product(&[places, places])?,
                );
            }
            Self::Convolutions(convs) => convs,
        };
        let mut w_in = 3;
        for (i, &(k, w_out, stride)) in convs.iter().enumerate() {
            if i + 1 < convs.len() {
                layers.conv(ConvLayer::new(w_in, w_out, 3).stride(stride))?;
                layers.norm(w_out)?;
            } else {
                layers.conv_with_bias(ConvLayer::new(w_in, w_out, k).stride(stride))?;
            }
            w_in = w_out;
        }
        Ok(())
    }
}
