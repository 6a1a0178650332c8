//! The cache of a collect, by which the next one reads only what grew.
//!
//! `.collect_cache/` holds a file for every block of jobs: what files each job had and what was made
//! of them. The values of `sweep.json` and `curves.parquet` are not kept twice: an unchanged job's are
//! copied from those files, as long as they are the ones that the [`CacheManifest`] names. Nothing here is
//! needed: whatever is missing, damaged or of another build or config is as if it had never been, and
//! what comes out is the same, byte for byte.

pub(crate) mod codec;
mod entry;
mod stamp;

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::{FileExt, PermissionsExt};
use std::path::{Path, PathBuf};

use sweep_config::SweepDir;
use sweep_config::fs::{self, FsError};

use codec::{CacheCodec, codec_struct};
pub(crate) use entry::{CacheEntry, ResumePoint};
pub(crate) use stamp::{ContentProbe, FileStamp, now};

use super::column_census::ColumnCensus;
use super::log_value::LogValue;

/// The beginning of the name of a block's file; the rest makes it unique.
const PREFIX: &str = "block-";

/// The list of the files that the last collect wrote.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct CacheManifest {
    /// A hash of all that they depend on besides the jobs' own files.
    pub(crate) key: u64,
    /// The boot of the machine that wrote the outputs: these are not synced, so that they may be damaged
    /// after a crash.
    boot: String,
    /// `sweep.json`, `sweep.parquet` and `curves.parquet`.
    outputs: Vec<FileStamp>,
    /// The files of the blocks, by number.
    blocks: Vec<(u32, String)>,
}

codec_struct!(CacheManifest { key, boot, outputs, blocks });

/// Returns the paths of the outputs that a manifest describes.
fn outputs(dir: &SweepDir) -> [PathBuf; 3] {
    [dir.sweep_json(), dir.sweep_parquet(), dir.curves_parquet()]
}

impl CacheManifest {
    /// Describes the outputs that were just written.
    pub(crate) fn new(dir: &SweepDir, key: u64, blocks: Vec<(u32, String)>) -> Self {
        // Nobody writes to them any more: they count as settled however young they are.
        let outputs = outputs(dir).map(|path| FileStamp::of_path(&path, i64::MAX));
        Self { key, boot: boot(), outputs: outputs.to_vec(), blocks }
    }

    /// Reads the manifest of a sweep directory, if it describes the outputs as they are.
    pub(crate) fn read(dir: &SweepDir, key: u64) -> Option<Self> {
        let bytes = fs::read(&dir.collect_manifest()).ok()?;
        let manifest = Self::get(&mut checked(&bytes)?)?;
        let is_of_now = manifest.key == key
            && manifest.boot == boot()
            && manifest.outputs == Self::new(dir, key, Vec::new()).outputs;
        is_of_now.then_some(manifest)
    }

    /// Writes it, and removes the files of blocks that it does not name.
    pub(crate) fn write(&self, dir: &SweepDir) -> Result<(), FsError> {
        let mut bytes = Vec::new();
        self.put(&mut bytes);
        seal(&mut bytes);
        fs::replace_with(&dir.collect_manifest(), |file| file.write_all(&bytes))?;
        let is_ours = |name: &&String| {
            name.starts_with(PREFIX) && self.blocks.iter().all(|(_, block)| block != *name)
        };
        for name in fs::list(&dir.collect_cache())?.iter().filter(is_ours) {
            fs::remove_file(&dir.collect_cache().join(name))?;
        }
        Ok(())
    }

    /// Returns the files of the blocks, by number.
    pub(crate) fn blocks(&self) -> &[(u32, String)] {
        &self.blocks
    }

    /// True if these are the outputs that it describes.
    pub(crate) fn describes(&self, files: [&File; 3]) -> bool {
        let stamp = |file: &File| file.metadata().map(|meta| FileStamp::of(&meta, i64::MAX)).ok();
        let mut both = files.into_iter().zip(&self.outputs);
        both.all(|(file, known)| stamp(file).as_ref() == Some(known))
    }
}

/// Returns the identifier of this boot of this machine; empty if the system does not tell it.
fn boot() -> String {
    fs::read_to_string(Path::new("/proc/sys/kernel/random/boot_id")).unwrap_or_default()
}

/// The part of a block's file that every collect reads.
#[derive(Debug, Default)]
pub(crate) struct BlockIndex {
    /// Its jobs, in order.
    pub(crate) jobs: Vec<CacheEntry>,
    /// The columns of `sweep.parquet` that its jobs have, and their values by kind.
    pub(crate) columns: Vec<(String, ColumnCensus)>,
    /// The metrics of `curves.parquet` that its jobs have.
    pub(crate) metrics: Vec<String>,
    /// The length in bytes of the values of the columns, which follow the index.
    pub(crate) cells: usize,
}

codec_struct!(BlockIndex { jobs, columns, metrics, cells });

/// The columns of a block's rows of `sweep.parquet`, by name; a job that lacks one has nothing there.
pub(crate) type BlockCells = Vec<(String, Vec<Option<LogValue>>)>;

/// A block's file.
#[derive(Debug)]
pub(crate) struct JobBlock {
    pub(crate) name: String,
    pub(crate) index: BlockIndex,
    file: File,
    /// The offset of what follows the index.
    rest: u64,
}

/// The length of the index, behind the key.
const HEAD: usize = 16;

impl JobBlock {
    /// Opens the file of a block; `None` where there is none that is whole and of this key.
    pub(crate) fn open(dir: &SweepDir, name: &str, key: u64) -> Option<Self> {
        let file = File::open(dir.collect_cache().join(name)).ok()?;
        let mut head = [0; HEAD];
        file.read_exact_at(&mut head, 0).ok()?;
        let (found, len) = head.split_at(HEAD / 2);
        if u64::from_le_bytes(found.try_into().ok()?) != key {
            return None;
        }
        let len = u64::from_le_bytes(len.try_into().ok()?);
        let index = read_checked(&file, HEAD as u64, usize::try_from(len).ok()?)?;
        let index = BlockIndex::get(&mut index.as_slice())?;
        Some(Self { name: name.to_owned(), index, file, rest: HEAD as u64 + len })
    }

    /// Reads the values of its columns.
    pub(crate) fn cells(&self) -> Option<BlockCells> {
        let bytes = read_checked(&self.file, self.rest, self.index.cells)?;
        CacheCodec::get(&mut bytes.as_slice())
    }

    /// Reads the places where the reading of a job's logs goes on, from the range that the job's entry names.
    pub(crate) fn resume(&self, (start, len): (u64, u64)) -> Option<Vec<ResumePoint>> {
        let bytes = read_checked(&self.file, self.rest + start, usize::try_from(len).ok()?)?;
        CacheCodec::get(&mut bytes.as_slice())
    }

    /// Writes a block's file under a new name.
    ///
    /// It is not synced: one that a crash damaged is not whole, and then it is as if it were not there.
    pub(crate) fn write(
        dir: &SweepDir,
        key: u64,
        mut index: BlockIndex,
        cells: &BlockCells,
        resumes: Vec<Vec<ResumePoint>>,
    ) -> Result<Self, FsError> {
        let folder = dir.collect_cache();
        let mut rest = Vec::new();
        cells.put(&mut rest);
        seal(&mut rest);
        index.cells = rest.len();
        for (kept, resume) in index.jobs.iter_mut().zip(resumes) {
            kept.resume = (!resume.is_empty()).then(|| {
                let (start, mut bytes) = (rest.len() as u64, Vec::new());
                resume.put(&mut bytes);
                seal(&mut bytes);
                rest.extend(&bytes);
                (start, bytes.len() as u64)
            });
        }
        let mut head = Vec::new();
        index.put(&mut head);
        seal(&mut head);
        let write = || -> io::Result<(String, File)> {
            // Whoever may read the sweep may read this too; the umask takes its part away.
            let shared = std::fs::Permissions::from_mode(0o666);
            let made =
                tempfile::Builder::new().prefix(PREFIX).permissions(shared).tempfile_in(&folder)?;
            let (mut file, path) = made.keep().map_err(|e| e.error)?;
            let len = head.len() as u64;
            file.write_all(&[key.to_le_bytes(), len.to_le_bytes()].concat())?;
            file.write_all(&head)?;
            file.write_all(&rest)?;
            Ok((file_name(&path), file))
        };
        let (name, file) = write().map_err(|e| FsError::new("write in", &folder, e))?;
        Ok(Self { name, index, file, rest: (HEAD + head.len()) as u64 })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Appends the checksum of what is there.
fn seal(bytes: &mut Vec<u8>) {
    bytes.extend(crc32c::crc32c(bytes).to_le_bytes());
}

/// Returns what [`seal`] sealed, if it is undamaged.
fn checked(bytes: &[u8]) -> Option<&[u8]> {
    let (sealed, sum) = bytes.split_at_checked(bytes.len().checked_sub(4)?)?;
    (crc32c::crc32c(sealed).to_le_bytes() == sum).then_some(sealed)
}

fn read_checked(file: &File, start: u64, len: usize) -> Option<Vec<u8>> {
    if start.checked_add(len as u64)? > file.metadata().ok()?.len() {
        return None;
    }
    let mut bytes = vec![0; len];
    file.read_exact_at(&mut bytes, start).ok()?;
    let sealed = checked(&bytes)?.len();
    bytes.truncate(sealed);
    Some(bytes)
}
