//! The network: its layers, what comes out of it, and the gradient of the loss.
//!
//! A layer computes `relu(x W + b)`; a residual one adds its input before the rectifier,
//! `relu(x + x W + b)`; the last one has no rectifier. Both families of a shape have the same
//! number of parameters and multiplications, so that a comparison of them compares the shortcut and
//! nothing else.
//!
//! All parameters lie in one flat slice that the caller owns: the optimiser, the averaged weights
//! and the checkpoints then need to know nothing of layers.

use std::ops::Range;

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayRef2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, Zip};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};
use serde::Serialize;

use crate::config::{MlpConfig, ModelType};
use crate::loss;

/// A network without its parameters.
#[derive(Debug)]
pub(crate) struct DigitsModel {
    layers: Vec<ModelLayer>,
}

/// One layer, and where its parameters lie.
#[derive(Debug)]
struct ModelLayer {
    inputs: usize,
    outputs: usize,
    weights: Range<usize>,
    biases: Range<usize>,
    /// Adds its input to its output; then `inputs == outputs`.
    residual: bool,
    /// Ends with the rectifier.
    rectified: bool,
}

/// The cost of a network for one image; pycls's three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Complexity {
    /// Multiply-adds, a bias counted as one.
    pub(crate) flops: usize,
    /// Parameters.
    pub(crate) params: usize,
    /// Outputs of all layers.
    pub(crate) acts: usize,
}

impl DigitsModel {
    /// `DEPTH` layers for each of `WIDTHS`, then one to the classes.
    pub(crate) fn new(inputs: usize, classes: usize, family: ModelType, shape: &MlpConfig) -> Self {
        let mut model = Self { layers: Vec::new() };
        let mut width = inputs;
        for &stage in &shape.widths {
            for layer in 0..shape.depth {
                // The first layer of a stage changes the width, so that nothing can be added to it.
                model.push(width, stage, layer > 0 && family == ModelType::ResMlp, true);
                width = stage;
            }
        }
        model.push(width, classes, false, false);
        model
    }

    fn push(&mut self, inputs: usize, outputs: usize, residual: bool, rectified: bool) {
        let weights = self.num_params()..self.num_params() + inputs * outputs;
        let biases = weights.end..weights.end + outputs;
        self.layers.push(ModelLayer { inputs, outputs, weights, biases, residual, rectified });
    }

    /// How many parameters it has.
    pub(crate) fn num_params(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.biases.end)
    }

    /// Returns its cost.
    pub(crate) fn complexity(&self) -> Complexity {
        let params = self.num_params();
        Complexity { flops: params, params, acts: self.layers.iter().map(|l| l.outputs).sum() }
    }

    /// First parameters: weights as He et al. (2015, arXiv:1502.01852) draw them, biases zero.
    ///
    /// Those of residual layers are smaller by the square root of their number, so that what they
    /// add up to does not grow with depth (Zhang et al. 2019, arXiv:1901.09321).
    pub(crate) fn init(&self, rng: &mut impl Rng) -> Vec<f32> {
        let residual = self.layers.iter().filter(|layer| layer.residual).count();
        let mut params = vec![0.0; self.num_params()];
        for layer in &self.layers {
            let branches = if layer.residual { residual } else { 1 };
            let scale = (2.0 / to_f32(layer.inputs * branches)).sqrt();
            for weight in &mut params[layer.weights.clone()] {
                let normal: f32 = StandardNormal.sample(rng);
                *weight = scale * normal;
            }
        }
        params
    }

    /// The logits of each image.
    pub(crate) fn logits(&self, params: &[f32], images: &ArrayRef2<f32>) -> Array2<f32> {
        self.outputs(params, images).pop().expect("a network has a last layer")
    }

    /// Returns the output of each layer.
    fn outputs(&self, params: &[f32], images: &ArrayRef2<f32>) -> Vec<Array2<f32>> {
        let mut outputs: Vec<Array2<f32>> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let input = outputs.last().map_or(images, |output| output);
            let output = layer.forward(params, input);
            outputs.push(output);
        }
        outputs
    }

    /// The mean loss over some images, its gradient (overwrites `gradient`) and the logits.
    pub(crate) fn gradient(
        &self,
        params: &[f32],
        (images, labels): (&ArrayRef2<f32>, &[usize]),
        smoothing: f32,
        gradient: &mut [f32],
    ) -> (f64, Array2<f32>) {
        let mut outputs = self.outputs(params, images);
        let logits = outputs.pop().expect("a network has a last layer");
        let (loss, mut upstream): (f64, Array2<f32>) =
            loss::cross_entropy(&logits, labels, smoothing);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            if let Some(output) = outputs.get(index).filter(|_| layer.rectified) {
                Zip::from(&mut upstream).and(output).for_each(|up, &out| {
                    if out <= 0.0 {
                        *up = 0.0;
                    }
                });
            }
            let input = if index == 0 { images } else { &outputs[index - 1] };
            layer.parameter_gradient(input, &upstream, gradient);
            if index > 0 {
                upstream = layer.input_gradient(params, &upstream);
            }
        }
        (loss, logits)
    }
}

impl ModelLayer {
    fn matrix<'a>(&self, params: &'a [f32]) -> ArrayView2<'a, f32> {
        ArrayView2::from_shape((self.inputs, self.outputs), &params[self.weights.clone()])
            .expect("the range is as long as the matrix")
    }

    fn forward(&self, params: &[f32], input: &ArrayRef2<f32>) -> Array2<f32> {
        let biases = ArrayView1::from(&params[self.biases.clone()]);
        let mut output = Array2::zeros((input.nrows(), self.outputs));
        output += &biases;
        if self.residual {
            *output += input;
        }
        general_mat_mul(1.0, input, &self.matrix(params), 1.0, &mut output);
        if self.rectified {
            // Not `max`: it would turn NaN into 0 and hide that the training has diverged.
            output.mapv_inplace(|x| if x < 0.0 { 0.0 } else { x });
        }
        output
    }

    fn parameter_gradient(
        &self,
        input: &ArrayRef2<f32>,
        upstream: &ArrayRef2<f32>,
        gradient: &mut [f32],
    ) {
        let weights = &mut gradient[self.weights.clone()];
        let mut weights = ArrayViewMut2::from_shape((self.inputs, self.outputs), weights)
            .expect("the range is as long as the matrix");
        general_mat_mul(1.0, &input.t(), upstream, 0.0, &mut weights);
        let biases = upstream.sum_axis(Axis(0));
        gradient[self.biases.clone()]
            .copy_from_slice(biases.as_slice().expect("a sum lies in one piece"));
    }

    fn input_gradient(&self, params: &[f32], upstream: &ArrayRef2<f32>) -> Array2<f32> {
        let matrix = self.matrix(params);
        if !self.residual {
            return upstream.dot(&matrix.t());
        }
        let mut gradient = upstream.to_owned();
        general_mat_mul(1.0, upstream, &matrix.t(), 1.0, &mut gradient);
        gradient
    }
}

#[expect(clippy::cast_precision_loss, reason = "widths are far below 2^24")]
fn to_f32(n: usize) -> f32 {
    n as f32
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::ChaCha8Rng;

    use super::*;

    fn model(family: ModelType, depth: usize, widths: &[usize]) -> DigitsModel {
        DigitsModel::new(6, 3, family, &MlpConfig { depth, widths: widths.to_vec() })
    }

    /// Checks that every single derivative lies between the slopes of the loss on its two sides:
    /// where a rectifier's kink is near, only one side has the slope of the point itself.
    fn check_gradient(family: ModelType) {
        const STEP: f32 = 1e-3;
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let model = model(family, 3, &[5, 4]);
        // Biases of zero would put units exactly on the kink of the rectifier, which has no slope.
        let mut params = model.init(&mut rng);
        params.iter_mut().filter(|param| **param == 0.0).for_each(|bias| {
            let normal: f32 = StandardNormal.sample(&mut rng);
            *bias = 0.3 * normal;
        });
        let images = Array2::from_shape_simple_fn((9, 6), || StandardNormal.sample(&mut rng));
        let labels: Vec<usize> = (0..9).map(|row| row % 3).collect();
        let mut gradient = vec![f32::NAN; params.len()];
        model.gradient(&params, (&images, &labels), 0.1, &mut gradient);

        let mut shifted = params.clone();
        for (index, &derivative) in gradient.iter().enumerate() {
            let mut loss_at = |offset: f32| {
                shifted[index] = params[index] + offset;
                loss::cross_entropy(&model.logits(&shifted, &images), &labels, 0.1).0
            };
            let (below, here, above) = (loss_at(-STEP), loss_at(0.0), loss_at(STEP));
            shifted[index] = params[index];
            let slopes = [(here - below) / f64::from(STEP), (above - here) / f64::from(STEP)];
            let low = slopes[0].min(slopes[1]) - 0.01;
            let high = slopes[0].max(slopes[1]) + 0.01;
            let within = (low..=high).contains(&f64::from(derivative));
            assert!(within, "parameter {index}: {derivative}, but the slopes are {slopes:?}");
        }
        let steepest = gradient.iter().fold(0.0_f32, |most, d| most.max(d.abs()));
        assert!(steepest > 0.2, "{steepest}: errors of 0.01 would not be small beside it");
    }

    #[test]
    fn the_gradient_of_a_plain_network_is_the_slope_of_its_loss() {
        check_gradient(ModelType::Mlp);
    }

    #[test]
    fn the_gradient_of_a_residual_network_is_the_slope_of_its_loss() {
        check_gradient(ModelType::ResMlp);
    }

    #[test]
    fn both_families_cost_the_same() {
        // 6x5+5, 5x5+5, 5x4+4, 4x4+4, 4x3+3
        let expected = Complexity { flops: 124, params: 124, acts: 21 };
        assert_eq!(model(ModelType::Mlp, 2, &[5, 4]).complexity(), expected);
        assert_eq!(model(ModelType::ResMlp, 2, &[5, 4]).complexity(), expected);
    }

    #[test]
    fn a_residual_layer_with_weights_of_zero_passes_on_its_input() {
        let model = model(ModelType::ResMlp, 4, &[6]);
        let mut params = vec![0.0; model.num_params()];
        let first = &model.layers[0];
        for i in 0..6 {
            params[first.weights.start + i * 6 + i] = 1.0;
        }
        let images = Array2::from_shape_fn((2, 6), |(row, column)| to_f32(row + column));
        let outputs = model.outputs(&params, &images);
        assert_eq!(outputs[3], images);
    }

    #[test]
    fn a_value_that_is_not_a_number_reaches_the_loss() {
        let model = model(ModelType::Mlp, 2, &[5]);
        let mut params = model.init(&mut ChaCha8Rng::seed_from_u64(1));
        params[0] = f32::NAN;
        let logits = model.logits(&params, &Array2::ones((1, 6)));
        assert!(loss::cross_entropy(&logits, &[0], 0.0).0.is_nan());
    }
}
