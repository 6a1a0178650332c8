//! The data of a figure's points for the page's script.

use super::chart::ChartProjection;
use crate::page::figure::ElementWriter;

/// The jobs that a figure's points are, by the columns of the page's data.
#[derive(Debug, Clone, PartialEq)]
pub struct PointData {
    /// The number of the group.
    pub group: usize,
    /// The column of the horizontal axis.
    pub x: String,
    /// The column of the vertical axis.
    pub y: String,
    /// The group's jobs that are shown, as packed bits; empty if all are.
    pub rows: String,
    /// The name of these jobs, where the figure has others beside them; may be empty.
    pub part: String,
}

impl PointData {
    /// Returns the data of a figure that shows all jobs of a group.
    pub fn of_all(group: usize, x: String, y: String) -> Self {
        Self { group, x, y, rows: String::new(), part: String::new() }
    }

    /// Writes it as attributes of the element that holds the points.
    pub(super) fn describe<'e>(
        &self,
        element: ElementWriter<'e>,
        projection: &ChartProjection<'_>,
    ) -> ElementWriter<'e> {
        let element = element.attribute("data-group", self.group);
        let element = element.attribute("data-x", &self.x).attribute("data-y", &self.y);
        let element = projection.describe(element);
        let element =
            if self.rows.is_empty() { element } else { element.attribute("data-rows", &self.rows) };
        if self.part.is_empty() { element } else { element.attribute("data-part", &self.part) }
    }
}
