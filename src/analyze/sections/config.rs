//! The config that the sweep was analyzed with.

use sweep_config::Sweep;

use crate::analyze::report::{Details, Section};

/// The sweep config as it is, and what was overridden.
#[must_use]
pub fn config(sweep: &Sweep) -> Section {
    let mut details =
        vec![Details { summary: "The sweep config".to_owned(), text: sweep.text.clone() }];
    if !sweep.overrides.is_empty() {
        let text = sweep.overrides.iter().map(|set| format!("--set {set}\n")).collect();
        details.push(Details { summary: "Overridden for this report".to_owned(), text });
    }
    Section { id: "config".to_owned(), title: "Config".to_owned(), details, ..Section::default() }
}
