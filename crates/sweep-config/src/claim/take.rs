//! Making a claim: the walk over the claims that are there, and the link that decides.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::folder::ClaimFolder;
use super::holder::{kernel_word, last_number};
use super::witness::TaskWitness;
use super::{AbandonedClaim, Claim, ClaimHolder, HolderLife, SlurmEvidence, TaskRun, find};
use crate::JobId;
use crate::SweepDir;
use crate::fs::{self, FsError};
use crate::records::{Attempt, read_attempts, stamped_line};

/// A process that claims jobs, one at a time.
#[derive(Debug)]
pub struct Claimant {
    me: ClaimHolder,
    id: String,
    claims: u32,
    witness: TaskWitness,
}

/// The outcome of an attempt to claim a job.
#[derive(Debug)]
pub enum ClaimOutcome {
    /// The claim was made. The attempts were read after that.
    Mine(Claim, Vec<Attempt>),
    /// A living process holds the job; `None` if its claim does not name it.
    Held(Option<Box<ClaimHolder>>),
    /// The job's attempts, given here, are not those that were asked for.
    Unwanted(Vec<Attempt>),
}

/// The outcome of one try.
enum ClaimTry {
    Decided(ClaimOutcome),
    /// The journal or the claims changed during the try.
    Outdated,
}

impl Claimant {
    /// Returns a claimant for this process, with an id that no other process ever has.
    pub fn new() -> Result<Self, FsError> {
        let id = kernel_word("/proc/sys/kernel/random/uuid")?;
        let me = ClaimHolder::this_process(String::new())?;
        Ok(Self { me, id, claims: 0, witness: TaskWitness::default() })
    }

    /// Sets the run of a SLURM task that this process belongs to.
    #[must_use]
    pub fn in_task(mut self, run: Option<TaskRun>) -> Self {
        self.me.restarts = run.as_ref().and_then(|run| run.restarts);
        self.me.slurm = run.as_ref().map(|run| run.task.clone());
        self.me.submission = run.as_ref().and_then(|run| run.submission.clone());
        self.witness.set_run(run);
        self
    }

    /// Sets what SLURM says of other holders.
    #[must_use]
    pub fn with_evidence(mut self, evidence: SlurmEvidence) -> Self {
        self.witness.set_evidence(evidence);
        self
    }

    /// Sets how SLURM is asked for other holders, once a claim is found whose heartbeat is late.
    #[must_use]
    pub fn asking(mut self, ask: impl Fn() -> SlurmEvidence + 'static) -> Self {
        self.witness.set_source(ask);
        self
    }

    /// Returns the part before the dot that the tokens of all claims of this process share.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the name of this host, as claims have it.
    pub fn host(&self) -> &str {
        &self.me.host
    }

    /// Claims the job's next attempt if its attempts so far are `wanted`.
    ///
    /// `wanted` is asked before the claim and again once it is made, since others may have had the
    /// job in between.
    ///
    /// # Errors
    ///
    /// When the job's directory cannot be read or written.
    pub fn take(
        &mut self,
        dir: &SweepDir,
        job: JobId,
        wanted: impl Fn(&[Attempt]) -> bool,
    ) -> Result<ClaimOutcome, FsError> {
        loop {
            if let ClaimTry::Decided(take) = self.try_take(dir, job, &wanted)? {
                return Ok(take);
            }
        }
    }

    fn try_take(
        &mut self,
        dir: &SweepDir,
        job: JobId,
        wanted: &impl Fn(&[Attempt]) -> bool,
    ) -> Result<ClaimTry, FsError> {
        let before = read_attempts(&dir.attempts(job))?;
        if !wanted(&before) {
            return Ok(ClaimTry::Decided(ClaimOutcome::Unwanted(before)));
        }
        let folder = ClaimFolder::of_job(dir, job);
        let open = before.last().is_some_and(|attempt| attempt.end.is_none());
        let first = last_number(&before) + u32::from(!open);
        let (number, abandoned) = match self.walk(&folder, first, open)? {
            ClaimWalk::Free(number, abandoned) => (number, abandoned),
            ClaimWalk::Held(holder, _) => {
                return Ok(ClaimTry::Decided(ClaimOutcome::Held(holder.map(Box::new))));
            }
        };
        let Some(claim) = self.make(&folder, number, abandoned)? else {
            return Ok(ClaimTry::Outdated);
        };
        let after = match read_attempts(&dir.attempts(job)) {
            Ok(after) => after,
            Err(e) => {
                // Where this fails too, the next try finds the claim and knows it for its own.
                let _ = claim.withdraw();
                return Err(e);
            }
        };
        if last_number(&after) >= number {
            claim.withdraw()?;
            return Ok(ClaimTry::Outdated);
        }
        if !wanted(&after) {
            claim.withdraw()?;
            return Ok(ClaimTry::Decided(ClaimOutcome::Unwanted(after)));
        }
        Ok(ClaimTry::Decided(ClaimOutcome::Mine(claim, after)))
    }

    /// Walks over the claims, and once more with SLURM's word where a holder may be dead.
    pub(super) fn walk(
        &mut self,
        folder: &ClaimFolder<'_>,
        first: u32,
        is_open: bool,
    ) -> Result<ClaimWalk, FsError> {
        let walked = walk(folder, (first, is_open), (self.witness.known(), &self.id))?;
        if matches!(walked, ClaimWalk::Held(_, HolderLife::Unknown)) && self.witness.ask() {
            return walk(folder, (first, is_open), (self.witness.known(), &self.id));
        }
        Ok(walked)
    }

    /// Links the claim to its name; `None` if another worker was faster.
    pub(super) fn make(
        &mut self,
        folder: &ClaimFolder<'_>,
        attempt: u32,
        abandoned: Vec<AbandonedClaim>,
    ) -> Result<Option<Claim>, FsError> {
        self.claims += 1;
        let holder = ClaimHolder {
            token: format!("{}.{}", self.id, self.claims),
            sweep_dir: absolute_text(folder.dir.path()),
            ..self.me.clone()
        };
        fs::create_dir_all(&folder.path)?;
        fs::refuse_link(&folder.path)?;
        let (draft, path) = (folder.draft(&holder.token), folder.claim(attempt));
        let mut file = create_new(&draft).map_err(|e| FsError::new("write", &draft, e))?;
        let text = match write_holder(&mut file, &holder) {
            Ok(text) => text,
            Err(e) => {
                // On a full disk the file is there and its bytes are not.
                let _ = fs::remove_file(&draft);
                return Err(FsError::new("write", &draft, e));
            }
        };
        let linked = std::fs::hard_link(&draft, &path);
        // A draft that stays is litter, and no reason to give up a claim that was made.
        let _ = fs::remove_file(&draft);
        let file = match linked {
            Ok(()) => Some(file),
            // The answer to a link that did happen can be lost on a network, and the repeated
            // question then finds the name taken: by us.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                (fs::read(&path).is_ok_and(|found| found == text)).then_some(file)
            }
            Err(_) => create_with(&path, &holder)?,
        };
        let next = folder.claim(attempt + 1);
        let token = holder.token;
        Ok(file.map(|file| Claim { attempt, token, abandoned, path, next, file }))
    }
}

/// The result of walking over the claims of a job.
pub(super) enum ClaimWalk {
    /// This number can be claimed, and these dead claims lie before it.
    Free(u32, Vec<AbandonedClaim>),
    /// A process holds the job that is not known to be dead.
    Held(Option<ClaimHolder>, HolderLife),
}

/// Walks over dead claims, from the first that counts: that of the last attempt if it is open, or else of the next one. A claim of the claimant's own, by
/// its id, is a leftover: it could not be withdrawn when the disk failed, and nothing was started by it.
fn walk(
    folder: &ClaimFolder<'_>,
    (first, is_open): (u32, bool),
    (evidence, id): (&SlurmEvidence, &str),
) -> Result<ClaimWalk, FsError> {
    let is_own = |holder: &ClaimHolder| {
        holder.token.strip_prefix(id).is_some_and(|number| number.starts_with('.'))
    };
    let mut number = first;
    let mut abandoned = Vec::new();
    loop {
        match find(folder, number, evidence)? {
            Some(found)
                if found.life != HolderLife::Dead && !found.holder.as_ref().is_some_and(is_own) =>
            {
                return Ok(ClaimWalk::Held(found.holder, found.life));
            }
            Some(found) => {
                let path = folder.claim(number);
                abandoned.push(AbandonedClaim { holder: found.holder, path });
            }
            // Without a claim an open attempt has no worker; its number is used all the same.
            None if is_open && number == first => {}
            None => return Ok(ClaimWalk::Free(number, abandoned)),
        }
        number += 1;
    }
}

/// Writes the holder into the new file of its claim, with the number of that; returns the text.
fn write_holder(file: &mut File, holder: &ClaimHolder) -> io::Result<Vec<u8>> {
    let holder = ClaimHolder { inode: Some(file.metadata()?.ino()), ..holder.clone() };
    let text = stamped_line(&holder).into_bytes();
    file.write_all(&text).map(|()| text)
}

fn absolute_text(path: &Path) -> Option<String> {
    std::path::absolute(path).ok()?.to_str().map(str::to_owned)
}

fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

/// Creates the file under its name if there is none, on file systems without hard links.
///
/// Others may see it empty for a moment; they then judge it by its heartbeat.
fn create_with(path: &Path, holder: &ClaimHolder) -> Result<Option<File>, FsError> {
    let failed = |e| FsError::new("write", path, e);
    match create_new(path) {
        Ok(mut file) => {
            if let Err(e) = write_holder(&mut file, holder) {
                // An empty claim would count as held until its heartbeat is stale.
                let _ = fs::remove_file(path);
                return Err(failed(e));
            }
            Ok(Some(file))
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(None),
        Err(e) => Err(failed(e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::read_record;

    #[test]
    fn without_hard_links_too_only_one_makes_the_claim() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("claim.1");
        let holder = |token: &str| ClaimHolder::this_process(token.to_owned()).unwrap();
        assert!(create_with(&path, &holder("first")).unwrap().is_some());
        assert!(create_with(&path, &holder("second")).unwrap().is_none());
        assert!(fs::read_to_string(&path).unwrap().ends_with(",\"format_version\":1}"));
        let found: ClaimHolder = read_record(&path).unwrap().unwrap();
        assert_eq!(found.token, "first");
        assert_eq!(found.inode, Some(std::fs::metadata(&path).unwrap().ino()));
    }

    #[test]
    fn a_claim_that_could_not_be_withdrawn_does_not_block_its_own_claimant() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let take = |claimant: &mut Claimant| claimant.take(&dir, JobId(7), |_| true).unwrap();
        let (mut one, mut other) = (Claimant::new().unwrap(), Claimant::new().unwrap());
        assert!(matches!(take(&mut one), ClaimOutcome::Mine(claim, _) if claim.attempt == 1));
        assert!(matches!(take(&mut other), ClaimOutcome::Held(Some(_))));
        assert!(matches!(take(&mut one), ClaimOutcome::Mine(claim, _) if claim.attempt == 2));
    }
}
