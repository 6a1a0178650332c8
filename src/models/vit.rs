//! Vision transformers (pycls: `vit.py`; Dosovitskiy et al., arXiv 2010.11929; with a convolutional
//! stem Xiao et al., arXiv 2106.14881).

use super::fields::{Field, Fields, ModelError};
use super::layers::{Conv, Layers, product};

/// The network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Vit {
    stem: Stem,
    /// Side of the image in patches.
    patches: i64,
    /// True if a token of its own is what is classified, false for the mean of all.
    token: bool,
    blocks: i64,
    heads: i64,
    width: i64,
    mlp_width: i64,
    classes: i64,
}

#[derive(Debug, Clone, PartialEq)]
enum Stem {
    /// One linear map of each patch; the patch's side.
    Patchify(i64),
    /// Convolutions: kernel, width and stride of each.
    Conv(Vec<(i64, i64, i64)>),
}

impl Vit {
    pub(super) fn read(fields: &impl Fields) -> Result<Self, ModelError> {
        let image = fields.whole(Field::TrainImSize)?;
        let patch = fields.whole(Field::VitPatchSize)?;
        if patch <= 0 || image % patch != 0 {
            let why = format!("an image of {image} pixels is not divisible by patches of {patch}");
            return Err(Field::TrainImSize.error(why));
        }
        let width = fields.whole(Field::VitHiddenDim)?;
        Ok(Self {
            stem: Stem::read(fields, patch, width)?,
            patches: image / patch,
            token: match &*fields.text(Field::VitClassifier)? {
                "token" => true,
                "pooled" => false,
                other => {
                    let why = format!("`{other}` is neither token nor pooled");
                    return Err(Field::VitClassifier.error(why));
                }
            },
            blocks: fields.whole(Field::VitLayers)?,
            heads: fields.whole(Field::VitHeads)?,
            width,
            mlp_width: fields.whole(Field::VitMlpDim)?,
            classes: fields.whole(Field::NumClasses)?,
        })
    }

    pub(super) fn count(&self, layers: &mut Layers) -> Result<(), ModelError> {
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

    fn count_block(&self, layers: &mut Layers, length: i64) -> Result<(), ModelError> {
        layers.norm(self.width)?;
        self.count_attention(layers, length)?;
        layers.norm(self.width)?;
        layers.linear(self.width, self.mlp_width, length)?;
        layers.linear(self.mlp_width, self.width, length)
    }

    /// Queries, keys and values; their products by head; the output.
    fn count_attention(&self, layers: &mut Layers, length: i64) -> Result<(), ModelError> {
        if self.heads == 0 {
            return Err(Field::VitHeads.error("there are no heads"));
        }
        let head_width = self.width.div_euclid(self.heads);
        layers.linear(self.width, product(&[3, self.width])?, length)?;
        let products = product(&[self.heads, length, length, head_width])?;
        layers.add(products, 0, product(&[self.heads, length, length])?)?;
        layers.add(products, 0, product(&[self.heads, length, head_width])?)?;
        layers.linear(self.width, self.width, length)
    }
}

impl Stem {
    fn read(fields: &impl Fields, patch: i64, width: i64) -> Result<Self, ModelError> {
        match &*fields.text(Field::VitStemType)? {
            "patchify" => Ok(Self::Patchify(patch)),
            "conv" => {
                let kernels = fields.wholes(Field::VitKernels)?;
                let widths = fields.wholes(Field::VitDims)?;
                let strides = fields.wholes(Field::VitStrides)?;
                if widths.len() != strides.len() || strides.len() != kernels.len() {
                    let why = "C_STEM_KERNELS, C_STEM_STRIDES and C_STEM_DIMS differ in length";
                    return Err(ModelError::new(why));
                }
                if product(&strides)? != patch {
                    let why = format!("the strides multiply to another number than {patch}");
                    return Err(Field::VitStrides.error(why));
                }
                if widths.last() != Some(&width) {
                    return Err(Field::VitDims.error(format!("the last is not HIDDEN_DIM {width}")));
                }
                let layer = |((k, w), s)| (k, w, s);
                Ok(Self::Conv(kernels.into_iter().zip(widths).zip(strides).map(layer).collect()))
            }
            other => {
                let why = format!("`{other}` is neither patchify nor conv");
                Err(Field::VitStemType.error(why))
            }
        }
    }

    /// Before the last convolution, which has a bias, each has a kernel of 3 and a norm.
    fn count(&self, layers: &mut Layers, width: i64) -> Result<(), ModelError> {
        let convs = match self {
            Self::Patchify(patch) => {
                // Patches do not overlap: each layer of the image is read once.
                let places = layers.side / patch;
                return layers.linear(
                    product(&[*patch, *patch, 3])?,
                    width,
                    product(&[places, places])?,
                );
            }
            Self::Conv(convs) => convs,
        };
        let mut w_in = 3;
        for (i, &(k, w_out, stride)) in convs.iter().enumerate() {
            if i + 1 < convs.len() {
                layers.conv(Conv::new(w_in, w_out, 3).stride(stride))?;
                layers.norm(w_out)?;
            } else {
                layers.conv_with_bias(Conv::new(w_in, w_out, k).stride(stride))?;
            }
            w_in = w_out;
        }
        Ok(())
    }
}
