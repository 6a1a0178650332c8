//! Whether anything came of an attempt: what the program has left in its `OUT_DIR`.

use std::fs::{File, Metadata};
use std::hash::Hasher;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use walkdir::WalkDir;

use crate::app::Fnv;

/// Of how many files the content is read; of those behind them, only names and sizes count.
const MOST: usize = 10_000;

/// How much of a file is read at its beginning, and at its end.
const PIECE: u64 = 64 * 1024;

/// A word that differs when the program's files do: in names, sizes or content.
///
/// Our own files and the program's output are left out, since a program that begins anew prints too,
/// and so are the times of files, since one that begins anew writes the same files again.
pub(in crate::worker) fn fingerprint(out_dir: &Path) -> String {
    let mut hash = Fnv::default();
    let files = WalkDir::new(out_dir).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = files.filter(|entry| entry.file_type().is_file());
    let names = files.filter_map(|entry| {
        let name = entry.path().strip_prefix(out_dir).ok()?.to_owned();
        (!is_ours(&name)).then_some((name, entry))
    });
    for (number, (name, entry)) in names.enumerate() {
        hash.write(name.as_os_str().as_encoded_bytes());
        if let Ok(metadata) = entry.metadata() {
            hash.write(&metadata.len().to_le_bytes());
            if number < MOST {
                // What cannot be read differs in nothing but its name and size.
                let _ = add_content(&mut hash, entry.path(), &metadata);
            }
        }
    }
    format!("{:016x}", hash.finish())
}

fn is_ours(name: &Path) -> bool {
    let Some(name) = name.to_str() else { return false };
    ["stdout.log", "stderr.log", "attempts.jsonl"].contains(&name)
        || name.starts_with("claim.")
        || name.starts_with(".tmp-")
}

fn add_content(hash: &mut Fnv, path: &Path, metadata: &Metadata) -> std::io::Result<()> {
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
        let empty = fingerprint(dir.path());
        write("stdout.log", "epoch 1");
        write("attempts.jsonl", "{}");
        write("claim.2", "{}");
        assert_eq!(fingerprint(dir.path()), empty);
        write("checkpoints/model", "weights of epoch 1");
        let first = fingerprint(dir.path());
        assert_ne!(first, empty);
        write("checkpoints/model", "weights of epoch 1");
        assert_eq!(fingerprint(dir.path()), first, "the same again");
        write("checkpoints/model", "weights of epoch 2");
        assert_ne!(fingerprint(dir.path()), first);
    }

    #[test]
    fn a_change_at_the_end_of_a_large_file_is_seen() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model");
        let mut bytes = vec![0; 1_000_000];
        fs::write_atomic(&path, &bytes).unwrap();
        let before = fingerprint(dir.path());
        *bytes.last_mut().unwrap() = 1;
        fs::write_atomic(&path, &bytes).unwrap();
        assert_ne!(fingerprint(dir.path()), before);
    }
}
