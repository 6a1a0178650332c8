//! Adds up the layers of a network, one after the other (pycls: `blocks.py`, the `*_cx` functions).
//!
//! Images are square. Numbers are whole and exact; beyond 64 bits is an error, never a wrong number.

use super::complexity::{Complexity, StageShape};
use super::fields::ModelError;

/// The cost of the layers so far, and the side of the image in front of the next layer.
#[derive(Debug, Clone, Copy)]
pub(super) struct LayerCounter {
    /// The side of the image at this place, in pixels.
    pub(super) side: i64,
    total: Complexity,
}

/// A convolution without bias; `k` is its odd kernel size.
#[derive(Debug, Clone, Copy)]
pub(super) struct ConvLayer {
    pub(super) w_in: i64,
    pub(super) w_out: i64,
    pub(super) k: i64,
    pub(super) stride: i64,
    pub(super) groups: i64,
}

impl ConvLayer {
    pub(super) fn new(w_in: i64, w_out: i64, k: i64) -> Self {
        Self { w_in, w_out, k, stride: 1, groups: 1 }
    }

    pub(super) fn stride(self, stride: i64) -> Self {
        Self { stride, ..self }
    }

    pub(super) fn groups(self, groups: i64) -> Self {
        Self { groups, ..self }
    }
}

impl LayerCounter {
    /// Starts with no layers, in front of an image of this side.
    pub(super) fn new(side: i64) -> Self {
        Self { side, total: Complexity { flops: 0, params: 0, acts: 0 } }
    }

    pub(super) fn total(&self) -> Complexity {
        self.total
    }

    /// Adds to the totals.
    pub(super) fn add(&mut self, flops: i64, params: i64, acts: i64) -> Result<(), ModelError> {
        let sum = |total: &mut i64, more| -> Result<(), ModelError> {
            *total = total.checked_add(more).ok_or_else(too_large)?;
            Ok(())
        };
        sum(&mut self.total.flops, flops)?;
        sum(&mut self.total.params, params)?;
        sum(&mut self.total.acts, acts)
    }

    /// Adds a convolution, padded so that only the stride makes the image smaller.
    pub(super) fn conv(&mut self, conv: ConvLayer) -> Result<(), ModelError> {
        let ConvLayer { w_in, w_out, k, stride, groups } = conv;
        self.side = strided(self.side, k, stride)?;
        if groups == 0 {
            return Err(ModelError::new("there are no groups: the group width is too large"));
        }
        let weights = product(&[k, k, w_in, w_out])?;
        let acts = product(&[w_out, self.side, self.side])?;
        let flops = product(&[weights, self.side, self.side])?.div_euclid(groups);
        self.add(flops, weights.div_euclid(groups), acts)
    }

    /// Adds a convolution with a bias for each output channel.
    pub(super) fn conv_with_bias(&mut self, conv: ConvLayer) -> Result<(), ModelError> {
        self.conv(conv)?;
        self.add(product(&[conv.w_out, self.side, self.side])?, conv.w_out, 0)
    }

    /// Adds a batch or layer normalisation: a scale and a shift for each channel.
    pub(super) fn norm(&mut self, width: i64) -> Result<(), ModelError> {
        self.add(0, product(&[2, width])?, 0)
    }

    /// Adds a pooling of an odd size.
    pub(super) fn pool(&mut self, width: i64, k: i64, stride: i64) -> Result<(), ModelError> {
        self.side = strided(self.side, k, stride)?;
        self.add(0, 0, product(&[width, self.side, self.side])?)
    }

    /// Adds a linear layer with bias at `places` places of the image or sequence.
    pub(super) fn linear(&mut self, w_in: i64, w_out: i64, places: i64) -> Result<(), ModelError> {
        let (weights, acts) = (product(&[w_in, w_out])?, product(&[w_out, places])?);
        let params = weights.checked_add(w_out).ok_or_else(too_large)?;
        self.add(product(&[params, places])?, params, acts)
    }

    /// Adds global pooling and the classifier.
    pub(super) fn classifier(&mut self, w_in: i64, classes: i64) -> Result<(), ModelError> {
        self.side = 1;
        self.linear(w_in, classes, 1)
    }

    /// Adds squeeze and excitation: two linear layers over the pooled channels, which scale them.
    pub(super) fn squeeze_excite(&mut self, width: i64, inner: i64) -> Result<(), ModelError> {
        let side = std::mem::replace(&mut self.side, 1);
        self.conv_with_bias(ConvLayer::new(width, inner, 1))?;
        self.conv_with_bias(ConvLayer::new(inner, width, 1))?;
        self.side = side;
        Ok(())
    }

    /// Adds the shortcut of a residual block, where it must change the shape. It lies beside the block:
    /// the side of the image stays as it is in front of the block.
    pub(super) fn projection(
        &mut self,
        w_in: i64,
        w_out: i64,
        stride: i64,
    ) -> Result<(), ModelError> {
        if w_in != w_out || stride != 1 {
            let side = self.side;
            self.conv(ConvLayer::new(w_in, w_out, 1).stride(stride))?;
            self.norm(w_out)?;
            self.side = side;
        }
        Ok(())
    }

    /// Adds a block of two 3x3 convolutions.
    pub(super) fn basic_block(
        &mut self,
        w_in: i64,
        w_out: i64,
        stride: i64,
    ) -> Result<(), ModelError> {
        self.conv(ConvLayer::new(w_in, w_out, 3).stride(stride))?;
        self.norm(w_out)?;
        self.conv(ConvLayer::new(w_out, w_out, 3))?;
        self.norm(w_out)
    }

    /// Adds stages of blocks and returns the width behind them. The first block of a stage has the
    /// stage's stride and changes the width to the stage's. `block` adds one block, given its stage,
    /// input width and stride.
    pub(super) fn stages<S: Copy>(
        &mut self,
        mut width: i64,
        stages: impl Iterator<Item = (StageShape, S)>,
        block: impl Fn(&mut Self, S, i64, i64) -> Result<(), ModelError>,
    ) -> Result<i64, ModelError> {
        for (StageShape { depth, width: own, stride }, stage) in stages {
            if depth > 0 {
                block(self, stage, width, stride)?;
                self.repeat(depth - 1, |layers| block(layers, stage, own, 1))?;
            }
            width = own;
        }
        Ok(width)
    }

    /// Adds `layer` `times` times; it is counted once and multiplied.
    ///
    /// The layer must leave the side of the image as it is.
    pub(super) fn repeat(
        &mut self,
        times: i64,
        layer: impl FnOnce(&mut Self) -> Result<(), ModelError>,
    ) -> Result<(), ModelError> {
        if times <= 0 {
            return Ok(());
        }
        let mut one = Self::new(self.side);
        layer(&mut one)?;
        debug_assert_eq!(one.side, self.side, "a repeated layer keeps the side");
        let Complexity { flops, params, acts } = one.total;
        self.add(product(&[flops, times])?, product(&[params, times])?, product(&[acts, times])?)
    }
}

/// Returns the side of the image behind a layer with a stride.
fn strided(side: i64, k: i64, stride: i64) -> Result<i64, ModelError> {
    if k % 2 != 1 {
        return Err(ModelError::new(format!("a kernel of the even size {k} would need padding")));
    }
    if stride == 0 {
        return Err(ModelError::new("a stride is 0"));
    }
    Ok((side - 1).div_euclid(stride) + 1)
}

/// Multiplies the factors.
///
/// # Errors
///
/// When the product exceeds 64 bits.
pub(super) fn product(factors: &[i64]) -> Result<i64, ModelError> {
    factors.iter().try_fold(1_i64, |all, &f| all.checked_mul(f)).ok_or_else(too_large)
}

#[cold]
fn too_large() -> ModelError {
    ModelError::new("the network is too large to count")
}
