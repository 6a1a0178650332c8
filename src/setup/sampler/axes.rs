//! A grid: every combination of the values that the samplers can draw.

use sweep_config::Value;

use super::Space;
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
    /// Their places in the space.
    params: Vec<usize>,
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
        let mut placed = vec![false; space.params.len()];
        for param in 0..space.params.len() {
            if placed[param] {
                continue;
            }
            let params = group(space, zip, param);
            for &param in &params {
                placed[param] = true;
            }
            axes.push(Axis { points: points(space, &params)?, params });
        }
        let points = axes.iter().try_fold(1_u64, |product, axis| product.checked_mul(axis.points));
        let points = points.filter(|&points| points <= i64::MAX.unsigned_abs());
        let points = points.ok_or_else(|| {
            Failure::usage(
                "SETUP.STRATEGY: the grid has more than 2^63 points",
                "give fewer VALUES or a coarser QUANTIZE, or take STRATEGY: random",
            )
        })?;
        Ok(Self { axes, points })
    }

    /// How many combinations there are.
    pub(crate) fn points(&self) -> u64 {
        self.points
    }

    /// A combination, in place of what is in `values`.
    pub(crate) fn point(&self, space: &Space, number: u64, values: &mut Vec<Value>) {
        values.resize(space.draws.len(), Value::Null);
        let mut rest = number;
        for axis in self.axes.iter().rev() {
            let place = rest % axis.points;
            rest /= axis.points;
            for &param in &axis.params {
                values[param] = space.draws[param].point(place.into());
            }
        }
    }
}

/// A parameter with those that are zipped with it.
fn group(space: &Space, zip: &[Vec<String>], param: usize) -> Vec<usize> {
    let own = |name: &String| {
        let path = &space.params[param];
        path == name || path.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
    };
    let zipped = zip.iter().find(|group| group.iter().any(own));
    match zipped {
        None => vec![param],
        Some(group) => {
            let place = |name: &String| space.params.iter().position(|param| param == name);
            group.iter().filter_map(place).collect()
        }
    }
}

/// How many values all of some parameters have.
fn points(space: &Space, params: &[usize]) -> Result<u64, Failure> {
    let points = |param: usize| space.draws[param].points().and_then(|n| u64::try_from(n).ok());
    let lengths: Vec<Option<u64>> = params.iter().map(|&param| points(param)).collect();
    if lengths.windows(2).any(|pair| pair[0] != pair[1]) {
        let each = params.iter().zip(&lengths).map(|(&param, length)| {
            let length = length.and_then(|length| usize::try_from(length).ok());
            let values = length.map_or("too many values".to_owned(), |n| count(n, "value"));
            format!("{} has {values}", space.params[param])
        });
        return Err(Failure::usage(
            format!("SETUP.ZIP: {}", each.collect::<Vec<_>>().join(", ")),
            "parameters that are zipped must have equally many values",
        ));
    }
    lengths.into_iter().next().flatten().ok_or_else(|| {
        Failure::usage(
            "SETUP.STRATEGY: the grid has more than 2^63 points",
            "give fewer VALUES or a coarser QUANTIZE, or take STRATEGY: random",
        )
    })
}
