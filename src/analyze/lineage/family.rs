//! Finds the sweeps that are related to those of a report, and the links between them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sweep_config::records::{CodeRecord, SetupRecord};
use sweep_config::{Sweep, SweepDir};

use super::changes::{ChangedKey, CodeChange, FlatConfig, changes, flat};
use super::scan::{ScannedSweep, SweepScan};
use super::{LineageExtension, LineageLink, LineageSweep, SweepLineage, SweepRelation};
use crate::analyze::group::JobGroup;
use crate::app::count;
use crate::ledger;

/// The greatest number of sweeps whose configs are compared.
const MOST_COMPARED: usize = 60;
/// The greatest number of keys in which the nearest earlier config differs: beyond it, two sweeps are not related.
const MOST_CHANGED: usize = 8;

/// A sweep with what its files say of its origin.
struct FamilyMember {
    scanned: ScannedSweep,
    /// Its stored config by key; `None` where it cannot be read.
    config: Option<FlatConfig>,
    extended: Vec<LineageExtension>,
    launched: Option<String>,
    code: Option<CodeRecord>,
    is_reported: bool,
}

/// Returns the family of a report's sweeps; `None` where there is nothing to say.
pub(crate) fn lineage(sweep: &Sweep, groups: &[JobGroup<'_>]) -> Option<SweepLineage> {
    let named = |group: &JobGroup<'_>| {
        (group.population.name.clone(), group.population.dir.path().to_owned())
    };
    let named: Vec<(String, PathBuf)> = groups.iter().map(named).collect();
    let SweepScan { sweeps, mut notes } = SweepScan::of(&sweep.root_dir, &named);
    let reported: BTreeSet<PathBuf> =
        named.iter().filter_map(|(_, dir)| dir.canonicalize().ok()).collect();
    let chosen = chosen(&sweeps, &reported, &mut notes);
    let read = |scanned: ScannedSweep| {
        let is_reported = reported.contains(&scanned.path);
        FamilyMember::read(scanned, is_reported)
    };
    let mut members: Vec<FamilyMember> = chosen.into_iter().map(read).collect();
    members.sort_by_cached_key(|member| {
        (member.launched.is_none(), member.launched.clone(), member.scanned.name.clone())
    });
    let links = links(&members);
    let is_linked = |name: &str| links.iter().any(|link| link.from == name || link.to == name);
    let is_kept = |member: &FamilyMember| member.is_reported || is_linked(&member.scanned.name);
    members.retain(is_kept);
    let links = related(&members, links);
    members.retain(|member| {
        let name = &member.scanned.name;
        member.is_reported || links.iter().any(|link| link.from == *name || link.to == *name)
    });
    notes.retain(|note| !note.starts_with('`') || members.iter().any(|m| m.is_named_in(note)));
    let sweeps: Vec<LineageSweep> = members.iter().map(FamilyMember::shown).collect();
    let says = !links.is_empty() || sweeps.iter().any(|sweep| !sweep.extended.is_empty());
    let root = sweep.root_dir.display().to_string();
    says.then_some(SweepLineage { root, sweeps, links, notes })
}

/// Returns the sweeps that may be related to those of the report: which a record links with them, at any distance, and
/// which have the same parameters.
fn chosen(
    sweeps: &[ScannedSweep],
    reported: &BTreeSet<PathBuf>,
    notes: &mut Vec<String>,
) -> Vec<ScannedSweep> {
    let params = |sweep: &ScannedSweep| sweep.record.as_ref().map(|record| record.params.clone());
    let own: BTreeSet<Vec<String>> = sweeps
        .iter()
        .filter(|sweep| reported.contains(&sweep.path))
        .filter_map(params)
        .filter(|params| !params.is_empty())
        .collect();
    let mut family: BTreeSet<usize> =
        (0..sweeps.len()).filter(|&at| reported.contains(&sweeps[at].path)).collect();
    loop {
        let before = family.len();
        for (at, sweep) in sweeps.iter().enumerate() {
            for source in sweep.sources().filter_map(|path| place(sweeps, path)) {
                if family.contains(&at) || family.contains(&source) {
                    family.extend([at, source]);
                }
            }
        }
        if family.len() == before {
            break;
        }
    }
    let alike: Vec<usize> = (0..sweeps.len())
        .filter(|at| !family.contains(at))
        .filter(|&at| params(&sweeps[at]).is_some_and(|params| own.contains(&params)))
        .collect();
    let room = MOST_COMPARED.saturating_sub(family.len());
    if alike.len() > room {
        let more = count(alike.len() - room, "sweep");
        notes.push(format!("{more} with the same parameters were not compared."));
    }
    family.extend(alike.into_iter().take(room));
    family.into_iter().map(|at| sweeps[at].clone()).collect()
}

/// Returns the place of the sweep in a directory.
fn place(sweeps: &[ScannedSweep], path: &Path) -> Option<usize> {
    sweeps.iter().position(|sweep| sweep.path == path)
}

impl FamilyMember {
    /// Reads what the small files of a sweep say.
    fn read(scanned: ScannedSweep, is_reported: bool) -> Self {
        let dir = SweepDir::new(&scanned.path);
        let overrides = scanned.record.as_ref().map(|record| record.overrides.clone());
        let overrides = overrides.unwrap_or_default();
        let load = |path: &Path| Sweep::load(path, &overrides).ok().map(|sweep| flat(&sweep));
        let config = load(&dir.sweep_cfg());
        let first = dir.submission_ids().ok().and_then(|ids| ids.first().copied());
        let entry = first.and_then(|id| ledger::read_entry(&dir, id).ok().flatten());
        let extended =
            scanned.record.as_ref().map(|record| extensions(record, &dir, config.as_ref(), load));
        Self {
            config,
            extended: extended.unwrap_or_default(),
            launched: entry.map(|entry| entry.submission.submitted),
            code: CodeRecord::read(&dir.code_record()).ok().flatten(),
            is_reported,
            scanned,
        }
    }

    fn is_named_in(&self, note: &str) -> bool {
        note.starts_with(&format!("`{}`", self.scanned.name))
    }

    fn shown(&self) -> LineageSweep {
        let git = self.code.as_ref().and_then(|code| code.git.as_ref());
        LineageSweep {
            name: self.scanned.name.clone(),
            configs: self.scanned.record.as_ref().map(|record| record.kept),
            launched: self.launched.clone(),
            commit: git.map(|git| format!("{:.12}", git.commit)),
            dirty: git.is_some_and(|git| git.is_dirty),
            extended: self.extended.clone(),
            reported: self.is_reported,
        }
    }

    /// Returns the keys in which the config of another member differs from this one.
    fn changes_to(&self, other: &Self) -> Option<Vec<ChangedKey>> {
        Some(changes(self.config.as_ref()?, other.config.as_ref()?))
    }
}

/// Returns the extensions of a sweep, with what changed in its config each time.
fn extensions(
    record: &SetupRecord,
    dir: &SweepDir,
    current: Option<&FlatConfig>,
    load: impl Fn(&Path) -> Option<FlatConfig>,
) -> Vec<LineageExtension> {
    let mut after = current.cloned();
    let mut shown: Vec<LineageExtension> = Vec::new();
    // From the last one back: each keeps the config that was there before it.
    for extension in record.extensions.iter().rev() {
        let before = extension.sweep_cfg_before.as_ref();
        let before = before.map_or_else(|| after.clone(), |name| load(&dir.path().join(name)));
        let changed = match (&before, &after) {
            (Some(before), Some(after)) => changes(before, after),
            _ => Vec::new(),
        };
        shown.push(LineageExtension { from: extension.from, to: extension.to, changed });
        after = before;
    }
    shown.reverse();
    shown
}

/// Returns the links between members that are in the order of their launches.
fn links(members: &[FamilyMember]) -> Vec<LineageLink> {
    let mut links = Vec::new();
    for (at, member) in members.iter().enumerate() {
        let sources: BTreeSet<usize> = member
            .scanned
            .sources()
            .filter_map(|path| members.iter().position(|other| other.scanned.path == path))
            .filter(|&source| source != at)
            .collect();
        links.extend(sources.iter().map(|&source| link(&members[source], member)));
        if sources.is_empty() {
            links.extend(nearest(&members[..at], member).map(|source| link(source, member)));
        }
    }
    links
}

/// Returns the member whose config is nearest to that of a later one; of several one that was launched, the last of these.
fn nearest<'m>(earlier: &'m [FamilyMember], member: &FamilyMember) -> Option<&'m FamilyMember> {
    let rank =
        |other: &FamilyMember| Some((other.changes_to(member)?.len(), other.launched.is_none()));
    let near = earlier.iter().rev().filter_map(|other| Some((rank(other)?, other)));
    let near = near.filter(|((distance, _), _)| *distance <= MOST_CHANGED);
    near.min_by_key(|(rank, _)| *rank).map(|(_, other)| other)
}

fn link(from: &FamilyMember, to: &FamilyMember) -> LineageLink {
    let jobs = to.scanned.record.iter().flat_map(|record| &record.reused);
    let jobs = jobs.filter(|reused| Path::new(&reused.sweep) == from.scanned.path);
    let reused_jobs = jobs.map(|reused| reused.jobs).filter(|jobs| *jobs > 0).reduce(|a, b| a + b);
    let changed = from.changes_to(to);
    let relations = relations((from, to), reused_jobs.is_some(), changed.as_deref());
    let is_recorded = relations.iter().any(|relation| relation.is_recorded());
    LineageLink {
        from: from.scanned.name.clone(),
        to: to.scanned.name.clone(),
        relations,
        reused_jobs,
        ordered: is_recorded || (from.launched.is_some() && from.launched != to.launched),
        changed,
        code: CodeChange::between(from.code.as_ref(), to.code.as_ref()),
    }
}

/// Returns the ways in which a sweep grew out of another, by their records and the keys in which their configs differ.
fn relations(
    (from, to): (&FamilyMember, &FamilyMember),
    is_reused: bool,
    changed: Option<&[ChangedKey]>,
) -> Vec<SweepRelation> {
    let [old, new] = [from, to].map(|member| member.scanned.record.as_ref());
    let mut relations = Vec::new();
    if is_reused {
        relations.push(SweepRelation::Reused);
    }
    if to.scanned.priors.contains(&from.scanned.path) {
        relations.push(SweepRelation::Prior);
    }
    let records = old.zip(new);
    if records.is_some_and(|(old, new)| !old.rounds.is_empty() && old.begins_as(new)) {
        relations.push(SweepRelation::SameDraws);
    } else if changed.is_some_and(|changed| !changed.iter().any(ChangedKey::is_of_space)) {
        relations.push(SweepRelation::SameSpace);
    }
    if relations.is_empty() {
        relations.push(SweepRelation::Nearest);
    }
    relations
}

/// Returns the links that lead, at any distance, to a sweep of the report.
fn related(members: &[FamilyMember], links: Vec<LineageLink>) -> Vec<LineageLink> {
    let own = members.iter().filter(|member| member.is_reported);
    let mut near: BTreeSet<String> = own.map(|member| member.scanned.name.clone()).collect();
    loop {
        let before = near.len();
        for link in &links {
            if near.contains(&link.from) || near.contains(&link.to) {
                near.extend([link.from.clone(), link.to.clone()]);
            }
        }
        if near.len() == before {
            break;
        }
    }
    links.into_iter().filter(|link| near.contains(&link.to)).collect()
}
