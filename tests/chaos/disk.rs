//! A small disk under the sweep directory, which can be filled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::statvfs;

/// A file system in memory, which goes with it, and its size in bytes.
pub struct SmallDisk(PathBuf, u64);

/// The bytes that a full disk has left: room for what is written while it is made so small.
const LEFT: u64 = 64 << 10;

impl SmallDisk {
    /// Mounts it; none where that is forbidden.
    pub fn new(at: PathBuf, megabytes: u64) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let size = megabytes << 20;
        let option = format!("size={size}");
        let status =
            Command::new("mount").args(["-t", "tmpfs", "-o", &option, "tmpfs"]).arg(&at).status();
        status.is_ok_and(|status| status.success()).then_some(Self(at, size))
    }

    /// Makes it as small as what lies on it: that takes none of the machine's memory, which ballast would.
    pub fn fill(&self) -> bool {
        let used = |disk: rustix::fs::StatVfs| (disk.f_blocks - disk.f_bfree) * disk.f_frsize;
        statvfs(&self.0).is_ok_and(|disk| self.resize(used(disk) + LEFT))
    }

    /// Gives it back what it had.
    pub fn free(&self) {
        assert!(self.resize(self.1), "a disk that can grow again");
    }

    fn resize(&self, bytes: u64) -> bool {
        let option = format!("remount,size={bytes}");
        let status = Command::new("mount").args(["-o", &option]).arg(&self.0).status();
        status.is_ok_and(|status| status.success())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
