//! The arguments of one figure for a paper.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::page::figure::{FigurePaper, PaperLength};

/// A figure to write instead of the report, and its look.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "One figure")]
pub struct FigureArgs {
    /// Write one figure instead of the report; `list` prints the names of all
    #[arg(long, value_name = "NAME", conflicts_with_all = ["summary", "json", "figures"])]
    pub figure: Option<String>,
    /// Its width on paper, such as 3.3in, 84mm or 240pt
    #[arg(long, value_name = "LENGTH", requires = "figure")]
    pub width: Option<PaperLength>,
    /// Its height, with its keys [default: what suits the width]
    #[arg(long, value_name = "LENGTH", requires = "figure")]
    pub height: Option<PaperLength>,
    /// The size of the names of its axes [default: 8pt with a width or height]
    #[arg(long, value_name = "LENGTH", requires = "figure")]
    pub font_size: Option<PaperLength>,
    /// The font of its text: a .ttf file [default: DejaVu Sans, which is built in]
    #[arg(long, value_name = "FILE", requires = "figure", value_hint = ValueHint::FilePath)]
    pub font: Option<PathBuf>,
    /// The file to write, which ends in .svg, .pdf or .png [default: NAME.svg]
    #[arg(long, short, value_name = "FILE", requires = "figure", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,
}

impl FigureArgs {
    /// Returns the size that was asked for.
    pub fn paper(&self) -> FigurePaper {
        FigurePaper { width: self.width, height: self.height, font_size: self.font_size }
    }
}
