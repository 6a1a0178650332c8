//! What an attempt has printed, as far as its end goes.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use sweep_config::{JobId, SweepDir};

/// How much of each file's end is looked at.
const TAIL: u64 = 64 * 1024;

/// How long a job's output was before an attempt: what is behind that is the attempt's own.
#[derive(Debug, Clone, Copy)]
pub(in crate::worker) struct Marks {
    stdout: u64,
    stderr: u64,
}

/// The end of what one attempt has printed; empty where it cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::worker) struct Output {
    pub(in crate::worker) stdout: String,
    pub(in crate::worker) stderr: String,
}

impl Marks {
    /// As long as the files are now.
    pub(in crate::worker) fn now(dir: &SweepDir, job: JobId) -> Self {
        Self { stdout: length(&dir.stdout(job)), stderr: length(&dir.stderr(job)) }
    }

    /// What was printed since.
    pub(in crate::worker) fn read(self, dir: &SweepDir, job: JobId) -> Output {
        Output {
            stdout: tail(&dir.stdout(job), self.stdout).unwrap_or_default(),
            stderr: tail(&dir.stderr(job), self.stderr).unwrap_or_default(),
        }
    }
}

fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |meta| meta.len())
}

/// The last [`TAIL`] bytes behind `mark`. A file that is shorter than that was begun anew.
fn tail(path: &Path, mark: u64) -> io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mark = if length < mark { 0 } else { mark };
    file.seek(SeekFrom::Start(mark.max(length.saturating_sub(TAIL))))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
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
        let marks = Marks::now(&dir, job);
        assert_eq!(marks.read(&dir, job), Output::default());
        let mut file = File::options().append(true).open(dir.stderr(job)).unwrap();
        file.write_all(b"its own\n").unwrap();
        assert_eq!(marks.read(&dir, job).stderr, "its own\n");
        file.write_all(&vec![b'x'; 100_000]).unwrap();
        assert_eq!(marks.read(&dir, job).stderr.len(), 64 * 1024);
    }
}
