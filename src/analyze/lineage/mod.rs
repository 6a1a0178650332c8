//! Tells which sweeps below one `ROOT_DIR` grew out of which, by what is in their files: the records of setup and launch,
//! and the stored configs. What nobody recorded is not guessed: a config that was copied by hand leaves no word, so
//! the nearest earlier config is named as just that.

mod changes;
mod family;
mod scan;
mod space;

use serde::Serialize;

use crate::app::count;
use crate::app::num::saturated;

pub(crate) use changes::{ChangedKey, CodeChange};
pub(crate) use family::lineage;
pub(crate) use space::is_same_space;

/// The sweeps that are related to those of a report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SweepLineage {
    /// The directory that was searched.
    pub(crate) root: String,
    /// The sweeps, in the order of their first launches; those without one last.
    pub(crate) sweeps: Vec<LineageSweep>,
    /// The links between them, by the place of the sweep that grew.
    pub(crate) links: Vec<LineageLink>,
    /// The sentences on what is not known, or was not read.
    pub(crate) notes: Vec<String>,
}

/// A sweep of the family.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LineageSweep {
    /// Its name: the path below the directory.
    pub(crate) name: String,
    /// The number of configs; missing where the record of the setup cannot be read.
    pub(crate) configs: Option<u64>,
    /// The time of its first launch, RFC 3339 in UTC; missing before that.
    pub(crate) launched: Option<String>,
    /// The commit of the code; missing where it was not recorded.
    pub(crate) commit: Option<String>,
    /// True if not all of the code was committed.
    pub(crate) dirty: bool,
    /// The times that configs were appended, oldest first.
    pub(crate) extended: Vec<LineageExtension>,
    /// True if the report is about it.
    pub(crate) reported: bool,
}

/// A call of `sweep_setup` that appended configs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LineageExtension {
    /// The number of configs before.
    pub(crate) from: u64,
    /// The number of configs after.
    pub(crate) to: u64,
    /// The keys of the stored config that differ.
    pub(crate) changed: Vec<ChangedKey>,
}

/// A link from a sweep to one that grew out of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct LineageLink {
    /// The name of the sweep that the other grew out of.
    pub(crate) from: String,
    /// The name of the sweep that grew.
    pub(crate) to: String,
    /// The ways in which it grew out of the other.
    pub(crate) relations: Vec<SweepRelation>,
    /// The number of its jobs whose results are those of the other; missing if none are.
    pub(crate) reused_jobs: Option<u64>,
    /// True if it is known which sweep was launched first.
    pub(crate) ordered: bool,
    /// The keys of the stored configs that differ; missing where one cannot be read.
    pub(crate) changed: Option<Vec<ChangedKey>>,
    /// The commits of the code; missing where one is not known.
    pub(crate) code: Option<CodeChange>,
}

/// A way in which a sweep grew out of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SweepRelation {
    /// Jobs have the results of the other (`--reuse`).
    Reused,
    /// Suggestions take the results of the other as those of a past sweep (`TUNE.PRIOR_SWEEPS`).
    Prior,
    /// Both begin with the same drawn configs.
    SameDraws,
    /// Both draw from the same design space.
    SameSpace,
    /// The config of the other is the nearest of those launched before; no record says more.
    Nearest,
}

impl SweepRelation {
    /// Returns true if a record says so.
    pub(crate) fn is_recorded(self) -> bool {
        matches!(self, Self::Reused | Self::Prior)
    }
}

impl LineageLink {
    /// Returns true if a record says that the sweep grew out of the other.
    pub(crate) fn is_recorded(&self) -> bool {
        self.relations.iter().any(|relation| relation.is_recorded())
    }

    /// Returns how the sweep grew out of the other, in words.
    pub(crate) fn how(&self) -> String {
        let words = |relation: &SweepRelation| match relation {
            SweepRelation::Reused => {
                let jobs = count(saturated(self.reused_jobs.unwrap_or_default()), "job");
                format!("reuses the results of {jobs}")
            }
            SweepRelation::Prior => "has its results as those of a past sweep".to_owned(),
            SweepRelation::SameDraws => "begins with the same configs".to_owned(),
            SweepRelation::SameSpace => "draws from the same design space".to_owned(),
            SweepRelation::Nearest => "its config is the nearest to that of the other".to_owned(),
        };
        let unknown = (!self.ordered).then(|| "which was first is not recorded".to_owned());
        self.relations.iter().map(words).chain(unknown).collect::<Vec<_>>().join("; ")
    }
}
