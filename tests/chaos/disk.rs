//! A small disk under the sweep directory, which can be filled.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{FallocateFlags, fallocate, statvfs};

/// A file system in memory, which goes with it.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it; none where that is forbidden.
    pub fn new(at: PathBuf, megabytes: u64) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let size = format!("size={megabytes}m");
        let status =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(&at).status();
        status.is_ok_and(|status| status.success()).then_some(Self(at))
    }

    /// Takes all that is free.
    pub fn fill(&self) -> bool {
        let free = statvfs(&self.0).map_or(0, |disk| disk.f_bavail * disk.f_frsize);
        let ballast = File::options().create(true).append(true).open(self.ballast());
        ballast.is_ok_and(|file| {
            free > 0 && fallocate(&file, FallocateFlags::empty(), 0, free).is_ok()
        })
    }

    /// Gives it back.
    pub fn free(&self) {
        let _ = fs::remove_file(self.ballast());
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
