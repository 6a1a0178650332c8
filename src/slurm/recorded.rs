//! Gives the tests what releases of SLURM printed: `tests/fixtures/slurm`.

use std::path::Path;

/// Returns a file of each release, the older first.
pub(super) fn recorded(name: &str) -> [String; 2] {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/slurm");
    ["22.05", "24.11"].map(|release| {
        let path = directory.join(release).join(name);
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        String::from_utf8(bytes).expect("text")
    })
}
