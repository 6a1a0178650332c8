//! Asks before more files are written than anybody asked for.

use sweep_config::Sweep;

use super::drawing::DesignSpace;
use super::options::SetupOptions;
use super::population::DrawnPopulation;
use crate::app::num::saturated;
use crate::app::{self, Failure, Printer, count};

/// The most files that nobody is asked about.
const FEW: usize = 10_000;

/// Returns true if the configs are to be written: they are few, `NUM_CONFIGS` asks for them, or the user wants them.
///
/// # Errors
///
/// When the user cannot be asked.
pub(crate) fn is_wanted(
    sweep: &Sweep,
    space: &DesignSpace<'_>,
    population: &DrawnPopulation,
    options: &SetupOptions,
    printer: Printer,
) -> Result<bool, Failure> {
    let jobs = population.kept.len();
    let is_asked_for = sweep.setup.num_configs.is_some() || options.yes || options.dry_run;
    if is_asked_for || jobs <= FEW {
        return Ok(true);
    }
    let files = count(jobs, "job config");
    let most = space.largest_factor().map_or(String::new(), |(name, values)| {
        format!(", most of them by {name}, which has {}", count(saturated(values), "value"))
    });
    let question = format!(
        "{files} would be written to `{}`, and no SETUP.NUM_CONFIGS asks for so many{most}.\nWrite them?",
        sweep.dir().path().display()
    );
    let what = format!("{files}, for which no SETUP.NUM_CONFIGS asks{most}");
    let hint = "`--yes` writes them; SETUP.NUM_CONFIGS says how many, and POINTS how many values a range has";
    app::confirm(printer, question, &what, hint)
}
