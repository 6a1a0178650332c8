//! The figures of a network that the other files add up.

use serde::Serialize;

/// The cost of a network for one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Complexity {
    /// The number of multiply-adds.
    pub flops: i64,
    /// The number of trained parameters.
    pub params: i64,
    /// The number of elements that the computing layers (convolutions, pooling, linear) put out.
    pub acts: i64,
}

/// The shape of a stage of equal blocks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StageShape {
    /// The number of blocks.
    pub depth: i64,
    /// The width: the output channels of each block.
    pub width: i64,
    /// The stride of the first block.
    pub stride: i64,
}
