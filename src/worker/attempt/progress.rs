//! Tells whether an attempt left anything new in its `OUT_DIR`.

use std::fs::{File, Metadata};
use std::hash::Hasher;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use walkdir::WalkDir;

use crate::app::FnvHasher;

/// The number of files whose content is read; of the files after them only names and sizes count.
const MAX_FILES_READ: usize = 10_000;

/// The number of bytes that are read at the beginning of a file, and at its end.
const PIECE: u64 = 64 * 1024;

/// Returns a digest of the program's files: their names, sizes and content.
///
/// It leaves out the toolkit's own files and the program's output, since a program that starts over
/// prints too, and the times of files, since such a program writes the same files again.
pub(in crate::worker) fn output_digest(out_dir: &Path) -> String {
    let mut hash = FnvHasher::default();
    let files = WalkDir::new(out_dir).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let names = files.filter_map(|entry| {
        let name = entry.path().strip_prefix(out_dir).ok()?.to_owned();
        (!is_toolkit_file(&name)).then_some((name, entry))
    });
    for (number, (name, entry)) in names.enumerate() {
        hash.write(name.as_os_str().as_encoded_bytes());
        if let Ok(metadata) = entry.metadata() {
            hash.write(&metadata.len().to_le_bytes());
            if number < MAX_FILES_READ {
                // A file that cannot be read counts by its name and size.
                let _ = add_content(&mut hash, entry.path(), &metadata);
            }
        }
    }
    format!("{:016x}", hash.finish())
}

fn is_toolkit_file(name: &Path) -> bool {
    let Some(name) = name.to_str() else { return false };
    ["stdout.log", "stderr.log", "attempts.jsonl", "cfg.json", "cfg.toml"].contains(&name)
        || name.starts_with("claim.")
        || name.starts_with(".tmp-")
}

fn add_content(hash: &mut FnvHasher, path: &Path, metadata: &Metadata) -> std::io::Result<()> {
    let mut file = File::open(path)?;
    let mut piece = Vec::new();
    (&mut file).take(PIECE).read_to_end(&mut piece)?;
    hash.write(&piece);
    if metadata.len() > PIECE {
        file.seek(SeekFrom::Start(metadata.len().saturating_sub(PIECE).max(PIECE)))?;
        piece.clear();
        file.take(PIECE).read_to_end(&mut piece)?;
        hash.write(&piece);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sweep_config::fs;

    use super::*;

    #[test]
    fn only_what_the_program_leaves_is_progress() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write_atomic(&path, text.as_bytes()).unwrap();
        };
        let empty = output_digest(dir.path());
        write("stdout.log", "epoch 1");
        write("attempts.jsonl", "{}");
        write("claim.2", "{}");
        assert_eq!(output_digest(dir.path()), empty);
        write("checkpoints/model", "weights of epoch 1");
        let first = output_digest(dir.path());
        assert_ne!(first, empty);
        write("checkpoints/model", "weights of epoch 1");
        assert_eq!(output_digest(dir.path()), first, "the same again");
        write("checkpoints/model", "weights of epoch 2");
        assert_ne!(output_digest(dir.path()), first);
    }

    #[test]
    fn a_change_at_the_end_of_a_large_file_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model");
        let mut bytes = vec![0; 1_000_000];
        fs::write_atomic(&path, &bytes).unwrap();
        let before = output_digest(dir.path());
        *bytes.last_mut().unwrap() = 1;
        fs::write_atomic(&path, &bytes).unwrap();
        assert_ne!(output_digest(dir.path()), before);
    }
}
