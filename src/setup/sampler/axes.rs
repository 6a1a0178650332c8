//! A grid: every combination of the values that the samplers can draw.

use super::{Drawn, Node, Space};
use crate::app::{Failure, count};

/// The axes of a grid, the last one fastest.
#[derive(Debug)]
pub(crate) struct Axes {
    axes: Vec<Axis>,
    points: u64,
}

/// Parameters that go step by step together.
#[derive(Debug)]
struct Axis {
    /// Their places among the samplers.
    nodes: Vec<usize>,
    points: u64,
}

impl Axes {
    /// The grid of a space with groups of zipped parameters.
    ///
    /// # Errors
    ///
    /// When zipped parameters differ in how many values they have, or there are more than 2^63
    /// combinations.
    pub(crate) fn new(space: &Space, zip: &[Vec<String>]) -> Result<Self, Failure> {
        let mut axes: Vec<Axis> = Vec::new();
        let mut placed = vec![false; space.nodes.len()];
        for node in 0..space.nodes.len() {
            if placed[node] {
                continue;
            }
            let nodes = group(space, zip, node);
            for &node in &nodes {
                placed[node] = true;
            }
            axes.push(Axis { points: points(space, &nodes)?, nodes });
        }
        let points = axes.iter().try_fold(1_u64, |product, axis| product.checked_mul(axis.points));
        let points = points.filter(|&points| points <= i64::MAX.unsigned_abs());
        let points = points.ok_or_else(too_many)?;
        Ok(Self { axes, points })
    }

    /// How many combinations there are.
    pub(crate) fn points(&self) -> u64 {
        self.points
    }

    /// A combination, in place of what is in `values`.
    pub(crate) fn point(&self, space: &Space, number: u64, values: &mut Vec<Drawn>) {
        values.clear();
        values.resize(space.params.len(), None);
        let mut rest = number;
        for axis in self.axes.iter().rev() {
            let place = rest % axis.points;
            rest /= axis.points;
            for &node in &axis.nodes {
                space.nodes[node].set_point(place.into(), values);
            }
        }
    }
}

/// The key of a sampler that sets one parameter.
fn key(space: &Space, node: usize) -> &str {
    match &space.nodes[node] {
        Node::One { place, .. } | Node::Choice { place, .. } => &space.params[*place],
    }
}

/// A sampler with those that are zipped with it.
fn group(space: &Space, zip: &[Vec<String>], node: usize) -> Vec<usize> {
    let zipped = zip.iter().find(|group| group.iter().any(|name| name == key(space, node)));
    let Some(group) = zipped else { return vec![node] };
    let place = |name: &String| (0..space.nodes.len()).find(|&node| key(space, node) == name);
    group.iter().filter_map(place).collect()
}

/// How many values all of some samplers have.
fn points(space: &Space, nodes: &[usize]) -> Result<u64, Failure> {
    let points = |node: usize| space.nodes[node].points().and_then(|n| u64::try_from(n).ok());
    let lengths: Vec<Option<u64>> = nodes.iter().map(|&node| points(node)).collect();
    if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
        let each = nodes.iter().zip(&lengths).map(|(&node, length)| {
            let length = length.and_then(|length| usize::try_from(length).ok());
            let values = length.map_or("too many values".to_owned(), |n| count(n, "value"));
            format!("{} has {values}", key(space, node))
        });
        return Err(Failure::usage(
            format!("SETUP.ZIP: {}", each.collect::<Vec<_>>().join(", ")),
            "parameters that are zipped must have equally many values",
        ));
    }
    lengths.into_iter().next().flatten().ok_or_else(too_many)
}

fn too_many() -> Failure {
    Failure::usage(
        "SETUP.STRATEGY: the grid has more than 2^63 points",
        "give fewer VALUES or a coarser QUANTIZE, or take STRATEGY: random",
    )
}
