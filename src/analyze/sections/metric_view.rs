//! Decides how a metric is shown, whatever draws it.

use crate::analyze::group::JobGroup;
use crate::page::FigureGrid;

/// The view of a metric.
pub(super) enum MetricView {
    /// Its figures, one a group.
    Figures(FigureGrid),
    /// Its figures, which show that it has nothing to do with the objective.
    Trendless(FigureGrid),
    /// A sentence, if all jobs have the same value: a figure would be a vertical line.
    Constant(String),
}

/// Returns the sentence with a capital at its start; a name such as `w0` at its start stays as it
/// is.
pub(super) fn capitalised(sentence: &str) -> String {
    let first_word = sentence.split(' ').next().unwrap_or_default();
    let is_word = first_word.len() > 2 && first_word.chars().all(|c| c.is_ascii_lowercase());
    match sentence.chars().next() {
        Some(first) if is_word => first.to_uppercase().chain(sentence.chars().skip(1)).collect(),
        _ => sentence.to_owned(),
    }
}

/// The figures of metrics that have nothing to do with the objective: a sentence says so, and unfolds to them.
#[derive(Default)]
pub(super) struct TrendlessFigures {
    names: Vec<String>,
    grids: Vec<FigureGrid>,
}

impl TrendlessFigures {
    /// Takes the figures of a metric; those of a single group are side by side with others.
    pub(super) fn push(&mut self, name: &str, mut grid: FigureGrid, groups: &[JobGroup<'_>]) {
        self.names.push(name.to_owned());
        match self.grids.first_mut() {
            Some(first) if groups.len() == 1 => first.figures.append(&mut grid.figures),
            _ if groups.len() == 1 => self.grids.push(FigureGrid { columns: 0, ..grid }),
            _ => self.grids.push(grid),
        }
    }

    /// Returns the grids, each folded.
    pub(super) fn grids(self) -> impl Iterator<Item = FigureGrid> {
        let all = self.names.join(", ");
        let is_one = self.grids.len() == 1;
        let names = self.names.into_iter();
        self.grids.into_iter().zip(names).map(move |(grid, name)| {
            let what = if is_one { &all } else { &name };
            let folded = format!(
                "No trend with {what}: the rank correlation is within chance, and so is that with the distance \
                 from the middle."
            );
            FigureGrid { folded, title: String::new(), ..grid }
        })
    }
}
