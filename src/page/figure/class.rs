//! The roles that drawn things have; their colours are in `templates/page/style.css`.

use std::fmt;

/// The number of series that have a colour of their own; further ones start over.
const SERIES: usize = 7;

/// The role of a drawn thing. It is displayed as the value of the attribute `class`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StyleClass {
    /// The text at a tick.
    Tick,
    /// The name of an axis.
    Label,
    /// The line of an axis and the marks at its ticks.
    Axis,
    /// A line of the grid.
    Grid,
    /// The range of the best.
    Band,
    /// The fainter range of all.
    Wash,
    /// The median of the best.
    Median,
    /// The bar that shows how far the seeds of one config lie apart.
    Noise,
    /// The range that a series' line may have.
    Zone(usize),
    /// A series' line.
    Solid(usize),
    /// A series' line, dashed.
    Dashed(usize),
    /// A series' line, dotted.
    Dotted(usize),
    /// A series' points.
    Points(usize),
    /// A series' points that others stand before.
    Faint(usize),
    /// The outline around points that are no draws.
    Tuned,
    /// The sign of a series' points beside a figure.
    Dot(usize),
    /// A series' bars.
    Bars(usize),
    /// A series' lines across upright axes, one a job.
    Threads(usize),
    /// Such lines of the best jobs.
    BestThreads(usize),
    /// A correlation above 0.
    Rises,
    /// A correlation below 0.
    Falls,
}

impl fmt::Display for StyleClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (role, series) = match *self {
            Self::Tick => ("tick", None),
            Self::Label => ("label", None),
            Self::Axis => ("axis", None),
            Self::Grid => ("grid", None),
            Self::Band => ("band", None),
            Self::Wash => ("wash", None),
            Self::Median => ("median", None),
            Self::Noise => ("noise", None),
            Self::Tuned => ("tuned", None),
            Self::Rises => ("rises", None),
            Self::Falls => ("falls", None),
            Self::Zone(series) => ("zone", Some(series)),
            Self::Solid(series) => ("line", Some(series)),
            Self::Dashed(series) => ("line dashed", Some(series)),
            Self::Dotted(series) => ("line dotted", Some(series)),
            Self::Points(series) => ("points", Some(series)),
            Self::Faint(series) => ("points faint", Some(series)),
            Self::Dot(series) => ("dot", Some(series)),
            Self::Bars(series) => ("bars", Some(series)),
            Self::Threads(series) => ("threads", Some(series)),
            Self::BestThreads(series) => ("threads best", Some(series)),
        };
        match series {
            // Lines of the second round are told from the first by their dashes.
            Some(series) if role == "line" && series >= SERIES => {
                write!(f, "line second s{}", series % SERIES)
            }
            Some(series) => write!(f, "{role} s{}", series % SERIES),
            None => f.write_str(role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_its_class_and_colours_start_over() {
        assert_eq!(StyleClass::Grid.to_string(), "grid");
        assert_eq!(StyleClass::Dashed(SERIES + 2).to_string(), "line dashed s2");
        assert_eq!(StyleClass::Solid(SERIES + 1).to_string(), "line second s1");
    }
}
