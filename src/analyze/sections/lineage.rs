//! Shows which sweeps grew out of which: in sentences, and where there are many as a figure, too.

use super::empty;
use super::lineage_graph::graph;
use crate::analyze::lineage::{
    ChangedKey, CodeChange, LineageExtension, LineageLink, LineageSweep, SweepLineage,
};
use crate::app::count;
use crate::app::num::saturated;
use crate::page::PageSection;

/// The greatest number of sweeps that need no figure.
const FEW: usize = 3;
/// The greatest number of changed keys of a link, and of links.
const MOST_KEYS: usize = 6;
const MOST_LINKS: usize = 20;

/// Returns the section; `None` where nothing is known.
pub(crate) fn lineage(lineage: Option<&SweepLineage>) -> Option<PageSection> {
    let family = lineage?;
    let mut section = empty("lineage", "Lineage");
    section.paragraphs.push(intro(family));
    section.points.extend(family.sweeps.iter().flat_map(extensions));
    section.points.extend(family.links.iter().take(MOST_LINKS).map(sentence));
    let more = family.links.len().saturating_sub(MOST_LINKS);
    if more > 0 {
        section.points.push(format!("{more} more; `--json` has all."));
    }
    if family.sweeps.len() > FEW {
        section.grids.extend(graph(family));
    }
    section.paragraphs.extend(family.notes.iter().cloned());
    Some(section)
}

fn intro(family: &SweepLineage) -> String {
    let mut intro = format!(
        "From the records of setup and launch and the stored configs of the sweeps below `{}`, of which {} related.",
        family.root,
        match family.sweeps.len() {
            1 => "this one has no others".to_owned(),
            n => format!("{n} are"),
        }
    );
    if family.links.iter().any(|link| !link.is_recorded()) {
        intro.push_str(
            " Nobody records which config was copied from which: where no result is reused, the nearest config of a sweep \
             that was launched before stands for it.",
        );
    }
    intro
}

/// Returns a sentence on each extension of a sweep.
fn extensions(sweep: &LineageSweep) -> Vec<String> {
    let one = |extension: &LineageExtension| {
        let changed = keys(&extension.changed).map(|keys| format!(", with {keys}"));
        let changed = changed.unwrap_or_default();
        format!(
            "`{}` was extended from {} to {}{changed}.",
            sweep.name,
            extension.from,
            count(saturated(extension.to), "config")
        )
    };
    sweep.extended.iter().map(one).collect()
}

/// Returns the changed keys as words; `None` if there are none.
fn keys(changed: &[ChangedKey]) -> Option<String> {
    let words: Vec<String> = changed.iter().take(MOST_KEYS).map(ChangedKey::words).collect();
    let more = changed.len().saturating_sub(MOST_KEYS);
    let more = if more > 0 { format!("; {more} more") } else { String::new() };
    (!changed.is_empty()).then(|| words.join("; ") + &more)
}

/// Returns what changed in the config of a link as words.
fn changed(link: &LineageLink) -> String {
    match &link.changed {
        None => "not known: a stored config cannot be read".to_owned(),
        Some(changed) => keys(changed).unwrap_or_else(|| "nothing".to_owned()),
    }
}

fn code(link: &LineageLink) -> String {
    let unknown = || "the commit of one is not recorded".to_owned();
    link.code.as_ref().map_or_else(unknown, CodeChange::words)
}

fn sentence(link: &LineageLink) -> String {
    format!(
        "`{}` from `{}`: {}. Changed: {}. Code: {}.",
        link.to,
        link.from,
        link.how(),
        changed(link),
        code(link)
    )
}
