use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use sweep_config::fs;

use super::*;

struct CodeDir {
    root: tempfile::TempDir,
}

impl CodeDir {
    fn new() -> Self {
        let code = Self { root: tempfile::tempdir().unwrap() };
        fs::create_dir_all(code.sweep().path()).unwrap();
        code.write("train.py", "print(1)\n");
        code
    }

    fn source(&self) -> PathBuf {
        self.root.path().join("src")
    }

    fn sweep(&self) -> SweepDir {
        SweepDir::new(self.root.path().join("src/sweeps/s"))
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.source().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write_atomic(&path, text.as_bytes()).unwrap();
    }

    fn git(&self, args: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.source()).args(["-c", "user.name=me", "-c", "user.email=me@here"]);
        assert!(git.args(args).output().unwrap().status.success(), "{args:?}");
    }

    fn plan(&self) -> SnapshotPlan {
        SnapshotPlan::new(&self.source(), &self.sweep(), 1).unwrap()
    }

    fn names(&self) -> Vec<String> {
        self.plan().items.iter().map(|item| item.path.display().to_string()).collect()
    }

    fn copied(&self, name: &str) -> String {
        fs::read_to_string(&self.sweep().code().join(name)).unwrap()
    }
}

#[test]
fn ignored_files_git_and_the_sweep_itself_stay_behind() {
    let code = CodeDir::new();
    code.git(&["init", "-q"]);
    code.write(".gitignore", "*.pth\n!keep.pth\ndata/\n");
    code.write("lib/.gitignore", "local.py\n");
    code.write(".sweepignore", "notes\n");
    for name in
        ["a.pth", "keep.pth", "data/x", "lib/local.py", "lib/model.py", "notes/today", ".env"]
    {
        code.write(name, "x");
    }
    code.write("sweeps/s/cfgs/000000.yaml", "LR: 1");
    let expected = [
        ".env",
        ".gitignore",
        ".sweepignore",
        "keep.pth",
        "lib/.gitignore",
        "lib/model.py",
        "train.py",
    ];
    assert_eq!(code.names(), expected);
}

#[test]
fn the_rules_hold_without_a_repository_too() {
    let code = CodeDir::new();
    code.write(".gitignore", "*.log\n");
    code.write("a.log", "x");
    assert_eq!(code.names(), [".gitignore", "train.py"]);
    let record = code.plan().run(&code.sweep()).unwrap();
    assert_eq!(record.git, None);
}

#[test]
fn a_copy_has_the_same_files_modes_and_links() {
    let code = CodeDir::new();
    code.write("run.sh", "#!/bin/sh\n");
    let script = code.source().join("run.sh");
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    fs::symlink(Path::new("train.py"), &code.source().join("main.py")).unwrap();
    fs::symlink(Path::new("/no/such/data"), &code.source().join("data")).unwrap();
    fs::symlink(Path::new("../beside"), &code.source().join("out")).unwrap();
    Command::new("mkfifo").arg(code.source().join("pipe")).status().unwrap();
    let record = code.plan().run(&code.sweep()).unwrap();
    let copy = code.sweep().code();
    assert_eq!((record.files, code.copied("main.py").as_str()), (5, "print(1)\n"));
    assert_eq!(std::fs::read_link(copy.join("data")).unwrap(), Path::new("/no/such/data"));
    let out = std::fs::read_link(copy.join("out")).unwrap();
    assert_eq!(out, code.root.path().canonicalize().unwrap().join("beside"), "not beside the copy");
    assert_eq!(std::fs::metadata(copy.join("run.sh")).unwrap().permissions().mode() & 0o777, 0o755);
    let time = |path: &Path| std::fs::metadata(path).unwrap().modified().unwrap();
    assert_eq!(time(&copy.join("run.sh")), time(&script));
}

#[test]
fn too_much_is_refused_with_the_names_of_the_largest() {
    let code = CodeDir::new();
    code.write("data/images/all.bin", &"x".repeat(900_000));
    code.write("data/labels.bin", &"x".repeat(300_000));
    let error = SnapshotPlan::new(&code.source(), &code.sweep(), 1).unwrap_err().to_string();
    assert!(error.contains("3 files, 1.2 MB"), "{error}");
    assert!(error.contains("`data/images` (0.9 MB), `data/labels.bin` (0.3 MB)"), "{error}");
}

#[test]
fn the_commit_and_what_is_not_committed_are_recorded() {
    let code = CodeDir::new();
    code.git(&["init", "-q", "-b", "trunk"]);
    code.git(&["add", "train.py"]);
    code.git(&["commit", "-qm", "first"]);
    code.git(&["remote", "add", "origin", "https://me:secret@host.org/code.git"]);
    let clean = code.plan().run(&code.sweep()).unwrap().git.unwrap();
    assert_eq!((clean.branch.as_deref(), clean.commit.len()), (Some("trunk"), 40));
    assert_eq!(clean.remote.as_deref(), Some("https://host.org/code.git"));
    code.write("train.py", "print(2)\n");
    code.write("new.py", "");
    let dirty = code.plan().run(&code.sweep()).unwrap().git.unwrap();
    assert!(dirty.is_dirty);
    let diff = fs::read_to_string(&code.sweep().code_diff()).unwrap();
    assert!(
        diff.contains("-print(1)\n+print(2)\n") && diff.contains("# not in git: new.py"),
        "{diff}"
    );
}

#[test]
fn what_a_new_copy_changes_is_told_by_content() {
    let code = CodeDir::new();
    code.write("old.py", "x");
    code.write("same.py", "x");
    code.plan().run(&code.sweep()).unwrap();
    assert!(code.plan().changes(&code.sweep()).unwrap().is_empty());
    std::fs::remove_file(code.source().join("old.py")).unwrap();
    code.write("train.py", "print(2)\n");
    code.write("same.py", "x");
    code.write("new.py", "x");
    let changes = code.plan().changes(&code.sweep()).unwrap().to_string();
    assert_eq!(changes, "3 files changed\n+ new.py\n- old.py\n~ train.py");
}

#[test]
fn what_a_killed_copy_left_is_cleared_and_the_old_copy_is_replaced_as_a_whole() {
    let code = CodeDir::new();
    code.write("old.py", "x");
    code.plan().run(&code.sweep()).unwrap();
    fs::create_dir_all(&code.sweep().code_staging().join("half")).unwrap();
    std::fs::remove_file(code.source().join("old.py")).unwrap();
    code.plan().run(&code.sweep()).unwrap();
    assert_eq!(fs::list(&code.sweep().code()).unwrap(), ["train.py"]);
    assert!(!code.sweep().code_staging().exists());
}
