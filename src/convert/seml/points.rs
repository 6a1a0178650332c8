//! The points of a grid of SEML: parameters of one group change together (pure).

use sweep_config::Value;
use sweep_config::yaml::SourceMark;

use super::block::ParameterBlock;
use crate::convert::source::SourceReader;

/// The parameters of a grid that change together, in the words of SEML: of one `zip_id`.
#[derive(Debug, Clone)]
pub(super) struct GridGroup {
    /// The name of the group, if it has one.
    pub(super) zip: Option<String>,
    /// The paths of its parameters.
    pub(super) paths: Vec<String>,
    /// The values of all of them, row by row.
    pub(super) rows: Vec<Vec<Value>>,
}

/// A value for each path.
pub(super) type GridPoint = Vec<(String, Value)>;

/// Returns the groups of a grid, in the order of their first parameters.
pub(super) fn groups(block: &ParameterBlock, reader: &SourceReader<'_>) -> Vec<GridGroup> {
    let mut groups: Vec<GridGroup> = Vec::new();
    for (path, grid) in &block.grid {
        let same = groups.iter_mut().find(|group| grid.zip.is_some() && group.zip == grid.zip);
        let Some(group) = same else {
            let rows = grid.values.iter().map(|value| vec![value.clone()]).collect();
            groups.push(GridGroup { zip: grid.zip.clone(), paths: vec![path.clone()], rows });
            continue;
        };
        if group.rows.len() != grid.values.len() {
            let message = format!(
                "has {} values, but `{}` of the same zip_id has {}",
                grid.values.len(),
                group.paths[0],
                group.rows.len()
            );
            reader.problem(grid.mark, &grid.key, message, None);
            continue;
        }
        group.paths.push(path.clone());
        for (row, value) in group.rows.iter_mut().zip(&grid.values) {
            row.push(value.clone());
        }
    }
    groups
}

/// Returns the number of points; none if there are more than can be counted.
pub(super) fn count(groups: &[GridGroup]) -> Option<u64> {
    groups.iter().try_fold(1_u64, |product, group| {
        product.checked_mul(u64::try_from(group.rows.len()).ok()?)
    })
}

/// Returns all points, the last group changing fastest.
pub(super) fn all(groups: &[GridGroup]) -> Vec<GridPoint> {
    let mut points: Vec<GridPoint> = vec![Vec::new()];
    for group in groups {
        let longer = |point: &GridPoint| -> Vec<GridPoint> {
            let with = |row: &Vec<Value>| {
                let row = group.paths.iter().cloned().zip(row.iter().cloned());
                point.iter().cloned().chain(row).collect()
            };
            group.rows.iter().map(with).collect()
        };
        points = points.iter().flat_map(longer).collect();
    }
    points
}

/// Returns the place of a parameter of a grid.
pub(super) fn place(block: &ParameterBlock, path: &str) -> SourceMark {
    block.grid.get(path).map_or_else(SourceMark::default, |grid| grid.mark)
}
