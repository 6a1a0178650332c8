//! Counts the processes that the kernel has killed for want of memory.

use std::path::{Path, PathBuf};

use sweep_config::fs;

/// The counter of such kills in the control group of this process and its programs.
#[derive(Debug)]
pub(in crate::worker) struct KillCount {
    file: Option<PathBuf>,
}

impl KillCount {
    /// Finds the counter of the control group of this process.
    pub(in crate::worker) fn of_this_process() -> Self {
        let groups = fs::read_to_string(Path::new("/proc/self/cgroup")).unwrap_or_default();
        Self::find_below(&groups, Path::new("/sys/fs/cgroup"))
    }

    /// Finds the counter among the groups that `/proc/self/cgroup` lists, below the directory where
    /// they are mounted.
    ///
    /// A line is `number:controllers:path`; version 2 has number 0 and no controllers.
    fn find_below(groups: &str, mount: &Path) -> Self {
        let file = groups.lines().find_map(|line| {
            let (number, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            let path = path.trim_start_matches('/');
            let file = if controllers.split(',').any(|name| name == "memory") {
                mount.join("memory").join(path).join("memory.oom_control")
            } else if number == "0" {
                mount.join(path).join("memory.events")
            } else {
                return None;
            };
            file.is_file().then_some(file)
        });
        Self { file }
    }

    /// Returns the count now; 0 where the kernel keeps none.
    pub(in crate::worker) fn now(&self) -> u64 {
        let text = self.file.as_deref().and_then(|file| fs::read_to_string(file).ok());
        let count = text.as_deref().and_then(|text| {
            text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok())
        });
        count.unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(groups: &str, file: &str, text: &str) -> u64 {
        let mount = tempfile::tempdir().unwrap();
        let file = mount.path().join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write_atomic(&file, text.as_bytes()).unwrap();
        KillCount::find_below(groups, mount.path()).now()
    }

    #[test]
    fn both_versions_of_control_groups_have_the_count() {
        let events = "low 0\nhigh 0\nmax 12\noom 1\noom_kill 3\noom_group_kill 0\n";
        let v2 =
            count("0::/slurm/job_7/step_batch\n", "slurm/job_7/step_batch/memory.events", events);
        assert_eq!(v2, 3);
        let groups = "5:cpu,cpuacct:/\n4:memory:/slurm/uid_1/job_7\n0::/\n";
        let control = "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n";
        assert_eq!(count(groups, "memory/slurm/uid_1/job_7/memory.oom_control", control), 2);
    }

    #[test]
    fn without_such_a_group_nothing_was_killed() {
        assert_eq!(count("0::/elsewhere\n", "here/memory.events", "oom_kill 3\n"), 0);
        assert_eq!(KillCount::find_below("", Path::new("/")).now(), 0);
    }
}
