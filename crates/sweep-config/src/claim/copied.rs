//! Tells a claim that was copied with its sweep directory from one that was made there.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::ClaimHolder;
use crate::fs::FsError;
use crate::records::SetupRecord;
use crate::{DirRelation, SweepDir};

/// True if and only if a claim was made in another directory, of which this one is a copy: its holder works there,
/// and says nothing of this job.
///
/// Two signs are needed. Some file systems renumber their files, and a directory may be reached by two paths of
/// which only one is known to the holder.
pub(super) fn is_copied(holder: &ClaimHolder, claim: &Path, dir: &SweepDir) -> bool {
    let (Some(inode), Some(named)) = (holder.inode, &holder.sweep_dir) else { return false };
    let is_another_file = std::fs::metadata(claim).is_ok_and(|meta| meta.ino() != inode);
    let relation =
        || DirRelation::judge(Path::new(named), dir.path(), |named| begin_alike(named, dir));
    is_another_file && relation() == DirRelation::Copied
}

fn begin_alike(one: &SweepDir, other: &SweepDir) -> Result<bool, FsError> {
    let (one, other) =
        (SetupRecord::read(&one.setup_json())?, SetupRecord::read(&other.setup_json())?);
    Ok(one.zip(other).is_some_and(|(one, other)| one.begins_as(&other)))
}
