//! The drafts of claims: files that become a claim by a link, or tell the time of the file system, and that a
//! killed worker leaves behind.

use std::path::Path;

use crate::dir::CLAIM_DRAFT;
use crate::fs;

/// The beginning of the names of files that are made to learn the file system's time.
pub(super) const NOW: &str = ".tmp-now-";

/// Removes all drafts in the directory of a job; what cannot be removed stays for the next one.
///
/// A living worker may need its draft still. Without it, it makes its claim under the claim's own name, as on a
/// file system without links, and reads the journal once more as ever.
pub(super) fn sweep(dir: &Path) {
    let is_draft = |name: &String| name.starts_with(CLAIM_DRAFT) || name.starts_with(NOW);
    for name in fs::list(dir).unwrap_or_default().iter().filter(|name| is_draft(name)) {
        let _ = fs::remove_file(&dir.join(name));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{ClaimOutcome, Claimant};
    use crate::{JobId, SweepDir};

    #[test]
    fn drafts_of_killed_workers_go_with_the_claim() {
        let root = tempfile::tempdir().unwrap();
        let (dir, job) = (SweepDir::new(root.path()), JobId(7));
        let take = Claimant::new().unwrap().take(&dir, job, |_| true);
        let ClaimOutcome::Mine(claim, _) = take.unwrap() else { panic!("it is free") };
        for name in [".tmp-claim-dead.1", ".tmp-now-Xy", ".tmp-of-the-program"] {
            fs::write_staged(&dir.out_dir(job).join(name), b"").unwrap();
        }
        claim.finish().unwrap();
        assert_eq!(fs::list(&dir.out_dir(job)).unwrap(), [".tmp-of-the-program"]);
    }
}
