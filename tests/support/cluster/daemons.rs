//! Daemons in the foreground, each a child of the test program, and what takes them down.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The daemons of a cluster by name. Dropped, it ends them and all they started, and removes their directory;
/// a process outside does that, so that it also happens when the test program is killed.
pub(crate) struct Daemons {
    dir: PathBuf,
    running: BTreeMap<String, Child>,
    /// It takes all down once its standard input closes.
    watchdog: Child,
}

impl Daemons {
    /// No daemon yet, but the process that will end them.
    pub(crate) fn new(dir: &Path) -> Self {
        let watchdog = Command::new("sh")
            .args(["-c", include_str!("take-down.sh"), "take-down.sh"])
            .arg(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C ends the test program's group; this has to outlive it.
            .process_group(0)
            .spawn()
            .expect("sh");
        Self { dir: dir.to_owned(), running: BTreeMap::new(), watchdog }
    }

    /// Starts one; its pid goes to `run/NAME.pid` and what it prints to `log/NAME.out`.
    pub(crate) fn start(&mut self, name: &str, command: &mut Command) {
        assert!(!self.running.contains_key(name), "{name} runs already");
        let out = File::create(self.dir.join(format!("log/{name}.out"))).expect("a log");
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone().expect("a handle"))
            .stderr(out)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| panic!("{name}: {e}"));
        fs::write(self.pid_file(name), format!("{}\n", child.id())).expect("a pid file");
        self.running.insert(name.to_owned(), child);
    }

    /// Ends one with SIGKILL.
    pub(crate) fn kill(&mut self, name: &str) {
        self.end(name, "KILL");
    }

    /// Ends one with SIGTERM, and waits for it to write down what it knows.
    pub(crate) fn stop(&mut self, name: &str) {
        self.end(name, "TERM");
    }

    /// The pid of one, in our process table; none if it does not run. Where `unshare` or `nsenter` waits for a daemon
    /// in other namespaces, the daemon's.
    pub(crate) fn pid(&self, name: &str) -> Option<u32> {
        let child = self.running.get(name)?.id();
        let read = |file: &str| fs::read_to_string(format!("/proc/{child}/{file}"));
        let waits = matches!(read("comm").unwrap_or_default().trim_end(), "unshare" | "nsenter");
        let children = read(&format!("task/{child}/children")).unwrap_or_default();
        let inner = children.split_whitespace().next().and_then(|pid| pid.parse().ok());
        Some(inner.filter(|_| waits).unwrap_or(child))
    }

    /// Whether it has not ended by itself.
    pub(crate) fn runs(&mut self, name: &str) -> bool {
        self.running.get_mut(name).is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    fn end(&mut self, name: &str, signal: &str) {
        let pid = self.pid(name).unwrap_or_else(|| panic!("{name} does not run"));
        let mut child = self.running.remove(name).expect("a child that runs");
        super::signal(pid, signal);
        // Its pid may belong to another process from here on.
        fs::remove_file(self.pid_file(name)).expect("a pid file");
        child.wait().expect("a child");
    }

    fn pid_file(&self, name: &str) -> PathBuf {
        self.dir.join(format!("run/{name}.pid"))
    }
}

impl Drop for Daemons {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
        for child in self.running.values_mut() {
            let _ = child.wait();
        }
    }
}
