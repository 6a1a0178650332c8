//! The config that the sweep was analyzed with.

use sweep_config::{Sweep, yaml};

use super::empty;
use crate::page::{Details, Section};

/// The sweep config as it was given, what was overridden, and all of it with the defaults.
pub fn config(sweep: &Sweep) -> Section {
    let details = |summary: &str, text: String| Details { summary: summary.to_owned(), text };
    let mut section = empty("config", "Config");
    section.details.push(details("As given", sweep.text.clone()));
    if !sweep.overrides.is_empty() {
        let text =
            sweep.overrides.iter().fold(String::new(), |text, set| text + "--set " + set + "\n");
        section.details.push(details("Overridden for this report", text));
    }
    section.details.push(details("Complete, with every default", yaml::write(&sweep.complete())));
    section
}
