//! The turn of one process to append configs: the claim of the next suggestion.
//!
//! Suggestions take the part of attempts. The next one is known by what the sweep has, so that what holds for a job's claims
//! holds here: `claim.n` may be made only where all claims from that of the next suggestion up to it are dead, and whoever has
//! made one looks once more whether that suggestion is still the next.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use super::folder::ClaimFolder;
use super::take::ClaimWalk;
use super::{Claim, ClaimHolder, Claimant, HEARTBEAT};
use crate::SweepDir;
use crate::fs::FsError;

/// The outcome of an attempt to claim the next suggestion.
#[derive(Debug)]
pub enum TurnOutcome {
    /// It is this process's turn.
    Mine(Claim),
    /// A living process makes it; `None` if its claim does not name it.
    Held(Option<Box<ClaimHolder>>),
}

impl Claimant {
    /// Claims the making of the next suggestion; `next` reads its number.
    ///
    /// # Errors
    ///
    /// When the folder of suggestions cannot be read or written, or `next` fails.
    pub fn take_turn(
        &mut self,
        dir: &SweepDir,
        next: impl Fn() -> Result<u32, FsError>,
    ) -> Result<TurnOutcome, FsError> {
        let folder = ClaimFolder::of_suggestions(dir);
        loop {
            let before = next()?;
            let (number, abandoned) = match self.walk(&folder, before, false)? {
                ClaimWalk::Free(number, abandoned) => (number, abandoned),
                ClaimWalk::Held(holder, _) => return Ok(TurnOutcome::Held(holder.map(Box::new))),
            };
            let Some(claim) = self.make(&folder, number, abandoned)? else { continue };
            match next() {
                Ok(after) if after == before => return Ok(TurnOutcome::Mine(claim)),
                Ok(_) => claim.withdraw()?,
                Err(error) => {
                    // Where this fails too, the next try finds the claim and knows it for its own.
                    let _ = claim.withdraw();
                    return Err(error);
                }
            }
        }
    }
}

impl Claim {
    /// Does a piece of work, and renews the heartbeat meanwhile.
    pub fn while_beating<T>(&self, work: impl FnOnce() -> T) -> T {
        thread::scope(|scope| {
            let (end, ended) = mpsc::channel::<()>();
            scope.spawn(move || {
                while ended.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Timeout) {
                    // A beat that fails is missed, as one that comes late.
                    let _ = self.beat();
                }
            });
            let result = work();
            drop(end);
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fs;

    #[test]
    fn one_process_makes_a_suggestion_and_the_dead_are_followed() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let (mut one, mut other) = (Claimant::new().unwrap(), Claimant::new().unwrap());
        let TurnOutcome::Mine(first) = one.take_turn(&dir, || Ok(8)).unwrap() else { panic!() };
        assert_eq!(first.attempt, 8);
        assert!(matches!(other.take_turn(&dir, || Ok(8)).unwrap(), TurnOutcome::Held(Some(_))));
        // Its holder dies.
        let path = dir.suggestions().join("claim.8");
        let mut holder: serde_json::Value =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        holder["start_time"] = 1.into();
        fs::write_atomic(&path, holder.to_string().as_bytes()).unwrap();
        let TurnOutcome::Mine(next) = other.take_turn(&dir, || Ok(8)).unwrap() else { panic!() };
        assert_eq!(next.attempt, 9);
        assert!(first.is_superseded() && !next.is_superseded());
        next.finish().unwrap();
        assert_eq!(fs::list(&dir.suggestions()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_claim_on_old_news_is_withdrawn() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let asked = std::cell::Cell::new(0);
        let next = || {
            asked.set(asked.get() + 1);
            Ok(if asked.get() == 1 { 8 } else { 11 })
        };
        let taken = Claimant::new().unwrap().take_turn(&dir, next).unwrap();
        assert!(matches!(taken, TurnOutcome::Mine(claim) if claim.attempt == 11));
        assert_eq!(fs::list(&dir.suggestions()).unwrap(), ["claim.11"]);
    }

    #[test]
    fn work_gives_its_result_at_once() {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        let taken = Claimant::new().unwrap().take_turn(&dir, || Ok(0)).unwrap();
        let TurnOutcome::Mine(claim) = taken else { panic!() };
        assert_eq!(claim.while_beating(|| 7), 7);
    }
}
