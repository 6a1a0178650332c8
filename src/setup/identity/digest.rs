//! Digests, by which a later setup knows that the configs of a sweep and its design space are still what
//! an earlier one recorded.

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};
use sweep_config::fs::{self, FsError};
use sweep_config::records::SetupRecord;
use sweep_config::{SweepDir, Value, python};

use crate::setup::job_set::job_id;

/// The digest of a sequence of texts and values, as `setup.json` records it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContentDigest(Sha256);

impl ContentDigest {
    /// Adds a text. Its length is added too, so that no two sequences run together.
    pub(crate) fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    /// Adds a value, by which values of different types differ.
    pub(crate) fn value(&mut self, value: Option<&Value>) {
        self.text(&value.map_or(String::new(), python::repr));
    }

    /// Returns the digest, e.g. `sha256:9f86d0…`.
    pub(crate) fn finish(self) -> String {
        use std::fmt::Write;
        let bytes = self.0.finalize();
        bytes.iter().fold("sha256:".to_owned(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// The digest of the bytes of one config.
type ConfigDigest = [u8; 32];

/// Returns the digest of the bytes of one config.
pub(crate) fn config_digest(bytes: &[u8]) -> ConfigDigest {
    Sha256::digest(bytes).into()
}

/// Returns the digest of a round's configs, given that of each in the order of the jobs.
pub(crate) fn configs_digest(configs: &[ConfigDigest]) -> String {
    let mut digest = ContentDigest::default();
    for config in configs {
        digest.0.update(config);
    }
    digest.finish()
}

/// Returns true if the record has digests of all its configs and their design space, the files have not
/// changed since, and the design space is the one of the digest `space`. Runs on the threads of the
/// caller's pool.
///
/// # Errors
///
/// When a config cannot be read.
pub(super) fn are_as_recorded(
    dir: &SweepDir,
    record: &SetupRecord,
    space: Option<&str>,
) -> Result<bool, FsError> {
    let mut covered = 0;
    for round in &record.rounds {
        let is_next = round.from == covered && round.to >= round.from;
        let is_drawn = round.chosen.is_none() && round.replicates_of.is_empty();
        let is_of_space = round.space.is_some() && round.space.as_deref() == space;
        if !is_next || (is_drawn && !is_of_space) {
            return Ok(false);
        }
        covered = round.to;
    }
    if covered != record.kept {
        return Ok(false);
    }
    for round in &record.rounds {
        let digest = |number: u64| {
            let job = job_id(usize::try_from(number).unwrap_or(usize::MAX));
            Ok(config_digest(&fs::read(&dir.cfg(job))?))
        };
        let configs: Vec<_> =
            (round.from..round.to).into_par_iter().map(digest).collect::<Result<_, FsError>>()?;
        if configs_digest(&configs) != round.configs {
            return Ok(false);
        }
    }
    Ok(true)
}
