//! The sections of the report, each from populations to a view. What cannot be shown is said.

mod config;
mod curves;
mod edf;
mod jobs;
mod overview;
mod trends;
mod values;

pub use config::config;
pub use curves::curves;
pub use edf::{Counted, edf};
pub use jobs::jobs;
pub use overview::facts;
pub use trends::trends;
pub use values::values;

use super::plot::{Plot, color};
use super::population::Population;
use super::report::{FigureView, Legend};

/// A figure of a plot; a warning where it cannot be drawn.
fn figure(
    plot: &Plot,
    caption: String,
    legend: Vec<Legend>,
    note: String,
) -> Result<FigureView, String> {
    Ok(FigureView { svg: plot.svg()?, caption, legend, note })
}

fn legend(series: usize, text: String) -> Legend {
    Legend { color: color(series), text }
}

/// A job in words: its number, its state unless it is done, its error, what was sampled.
fn title(population: &Population, row: usize) -> String {
    use sweep_config::records::JobState;
    let state = match &population.states[row] {
        JobState::Done => String::new(),
        state => format!(" ({})", state.name()),
    };
    format!(
        "job {}{state}: error {:.2}\n{}",
        population.jobs[row], population.errors[row], population.sampled[row]
    )
}

/// The error's axis: the same for all populations of a section, cut where a few jobs are far out.
fn error_axis(populations: &[Population]) -> Option<super::plot::Axis> {
    use super::stats::{Edges, robust_span};
    let all: Vec<f64> = populations.iter().flat_map(Population::sorted_errors).collect();
    Some(super::plot::Axis::new("error", false, robust_span(&all, Edges::High)?))
}
