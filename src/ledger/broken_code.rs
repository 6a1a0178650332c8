//! Judges by a job's journal whether its program's code is what fails (pure).

use sweep_config::records::{Attempt, PermanentCause};

/// True if the code of a program cannot run: a node of a cluster may lack what another one has, so that it takes two.
pub(crate) fn is_broken_code(attempts: &[&Attempt]) -> bool {
    let is_code = |attempt: &&&Attempt| {
        attempt.end.as_ref().is_some_and(|end| end.cause == Some(PermanentCause::Code))
    };
    let mut broken = attempts.iter().filter(is_code).map(|attempt| &attempt.start);
    let Some(first) = broken.next() else { return false };
    first.slurm.is_none() || broken.any(|start| start.host != first.host)
}
