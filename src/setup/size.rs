//! Asks before more files are written than anybody asked for, as soon as there are so many configs.

use sweep_config::Sweep;

use super::drawing::DesignSpace;
use super::options::SetupOptions;
use crate::app::num::saturated;
use crate::app::{self, Failure, Printer, count};

/// The most files that nobody is asked about.
const FEW: u64 = 10_000;

/// A question that comes up while configs are drawn.
#[derive(Clone, Copy)]
pub(crate) struct SizeQuestion<'a> {
    pub(crate) sweep: &'a Sweep,
    pub(crate) space: &'a DesignSpace<'a>,
    pub(crate) options: &'a SetupOptions,
    pub(crate) printer: Printer,
}

impl SizeQuestion<'_> {
    /// Returns true if `kept` configs are more than anybody asked for.
    pub(crate) fn is_due(&self, kept: u64) -> bool {
        let Self { sweep, options, .. } = self;
        let is_asked_for = sweep.setup.num_configs.is_some() || options.yes || options.dry_run;
        !is_asked_for && self.files(kept) > FEW
    }

    /// Returns true if the user wants the configs that are found at this rate.
    ///
    /// # Errors
    ///
    /// When the user cannot be asked.
    pub(crate) fn is_wanted(&self, candidates: u64, kept: u64) -> Result<bool, Failure> {
        let all = self.space.candidates();
        let found = u128::from(kept) * u128::from(all) / u128::from(candidates.max(1));
        let files = count(saturated(self.files(saturated(found))), "job config");
        // Where some were rejected so far others will be too, but not as many.
        let about = if kept < candidates && candidates < all { "about " } else { "" };
        let most = self.space.largest_factor().map_or(String::new(), |(name, values)| {
            format!(", mostly because {name} has {}", count(saturated(values), "value"))
        });
        let question = format!(
            "this would write {about}{files} to `{}`, and SETUP.NUM_CONFIGS is not set{most}.\nWrite them?",
            self.sweep.dir().path().display()
        );
        let what = format!("writing {about}{files} without SETUP.NUM_CONFIGS{most}");
        let hint =
            "use `--yes` to write them, or limit them with SETUP.NUM_CONFIGS or a range's POINTS";
        app::confirm(self.printer, question, &what, hint)
    }

    fn files(&self, configs: u64) -> u64 {
        configs.saturating_mul(self.sweep.setup.replicates.into())
    }
}
