//! The pages that are no reports: the list of sweeps, and what a sweep shows before its first report.

use serde_json::{Value as Json, json};

use super::served_sweep::ServedSweep;
use super::sweep_shelf::SweepShelf;
use crate::app::VERSION;
use crate::page::{PageSection, PageView, render_list, render_served};

/// Returns the page of a sweep before its first report.
pub(super) fn shell(sweep: &ServedSweep) -> String {
    let sweep = sweep.sweep.masked();
    let waiting = PageSection {
        id: "waiting".to_owned(),
        title: "Report".to_owned(),
        paragraphs: vec!["The report appears here as soon as it is made.".to_owned()],
        ..PageSection::default()
    };
    let view = PageView {
        kind: "sweep report",
        name: sweep.name,
        desc: sweep.desc,
        facts: Vec::new(),
        states: Vec::new(),
        sections: vec![waiting],
        data: String::new(),
        version: VERSION,
    };
    render_served(&view, "0").unwrap_or_else(|failure| failure.to_string())
}

/// Returns the page with all sweeps.
pub(super) fn overview(shelf: &SweepShelf) -> String {
    render_list(&rows(shelf), VERSION).unwrap_or_else(|failure| failure.to_string())
}

/// Returns what the list says of each sweep.
pub(super) fn rows(shelf: &SweepShelf) -> Vec<Json> {
    let row = |(number, sweep): (usize, &std::sync::Arc<ServedSweep>)| {
        let news = sweep.news();
        let pulse = news.pulse.as_ref();
        let (best, objective) =
            (pulse.and_then(|pulse| pulse.best.as_ref()), pulse.map(|pulse| &pulse.objective));
        let last = pulse.and_then(|pulse| pulse.ended.first()).map(|ended| ended.at);
        json!({
            "name": news.name,
            "href": format!("s/{number}/"),
            "jobs": pulse.map(|pulse| pulse.jobs),
            "states": pulse.map(|pulse| &pulse.states),
            "best": best,
            "objective": objective,
            "seconds_left": pulse.and_then(|pulse| pulse.pace.seconds_left),
            "ended": last,
            "seen": news.seen,
            "problem": news.problem,
        })
    };
    shelf.sweeps().iter().enumerate().map(row).collect()
}
