//! Reads the end of what an attempt printed.

use std::fs::File;
use std::io;
use std::path::Path;

use crate::app::tail::read_end;
use sweep_config::secrets::without_credentials;
use sweep_config::{JobId, SweepDir};

/// The number of bytes that are read at the end of each file.
const TAIL: u64 = 64 * 1024;

/// The lengths of a job's output files before an attempt: what follows is the attempt's own.
#[derive(Debug, Clone, Copy)]
pub(in crate::worker) struct OutputMarks {
    stdout: u64,
    stderr: u64,
}

/// The end of what one attempt printed, without credentials: journals quote it. Empty where it cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::worker) struct AttemptOutput {
    pub(in crate::worker) stdout: String,
    pub(in crate::worker) stderr: String,
}

impl OutputMarks {
    /// Returns the lengths of the files now.
    pub(in crate::worker) fn now(dir: &SweepDir, job: JobId) -> Self {
        Self { stdout: length(&dir.stdout(job)), stderr: length(&dir.stderr(job)) }
    }

    /// Reads what was printed since the marks were made.
    pub(in crate::worker) fn read(self, dir: &SweepDir, job: JobId) -> AttemptOutput {
        AttemptOutput {
            stdout: tail(&dir.stdout(job), self.stdout).unwrap_or_default(),
            stderr: tail(&dir.stderr(job), self.stderr).unwrap_or_default(),
        }
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

/// Returns the last [`TAIL`] bytes after `mark`. A file shorter than `mark` was begun anew and
/// counts from its start.
fn tail(path: &Path, mark: u64) -> io::Result<String> {
    let bytes = read_end(&mut File::open(path)?, mark, TAIL)?;
    Ok(without_credentials(&String::from_utf8_lossy(&bytes)).into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use sweep_config::fs;

    use super::*;

    #[test]
    fn only_what_the_attempt_itself_wrote_is_seen_and_only_its_end() {
        let root = tempfile::tempdir().unwrap();
        let (dir, job) = (SweepDir::new(root.path()), JobId(3));
        fs::create_dir_all(&dir.out_dir(job)).unwrap();
        fs::write_atomic(&dir.stderr(job), b"of the attempt before\n").unwrap();
        let marks = OutputMarks::now(&dir, job);
        assert_eq!(marks.read(&dir, job), AttemptOutput::default());
        let mut file = File::options().append(true).open(dir.stderr(job)).unwrap();
        file.write_all(b"its own\n").unwrap();
        assert_eq!(marks.read(&dir, job).stderr, "its own\n");
        file.write_all(&vec![b'x'; 100_000]).unwrap();
        assert_eq!(marks.read(&dir, job).stderr.len(), 64 * 1024);
    }
}
