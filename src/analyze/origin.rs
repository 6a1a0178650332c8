//! Where the jobs of a sweep come from: what setup and launch recorded in its directory.
//!
//! What is missing or damaged is only not known: nothing here fails.

use std::collections::BTreeSet;

use serde::Deserialize;
use sweep_config::fs::{self, FsError};
use sweep_config::records::{CodeRecord, SetupRecord, SubmissionRecord};
use sweep_config::secrets::masked_override;
use sweep_config::{SubmissionId, Sweep, SweepDir};

use super::group::JobGroup;
use super::study::short_name;
use crate::ledger;

/// The provenance of a sweep: what is known of it beside its jobs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SweepOrigin {
    /// Its name in legends.
    pub short_name: String,
    /// Its `NAME`.
    pub name: String,
    /// The config that it was set up with; of the report's own sweep else the one that it is analyzed
    /// with.
    pub config: Option<Sweep>,
    /// `setup.json`.
    pub setup: Option<SetupRecord>,
    /// `code.json`.
    pub code: Option<CodeRecord>,
    /// The launches, oldest first.
    pub launches: Vec<SubmissionRecord>,
    /// The machines that its jobs ran on.
    pub machines: RecordedMachines,
    /// The files that are there and cannot be understood, by their names in the sweep directory.
    pub damaged: Vec<String>,
}

/// The machines that jobs ran on, each value once, sorted.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct RecordedMachines {
    /// The models of the processors.
    pub cpus: BTreeSet<String>,
    /// Name, memory and driver of the GPUs.
    pub gpus: BTreeSet<String>,
    /// The versions of the `python` that jobs found.
    pub pythons: BTreeSet<String>,
}

/// The part of an environment record that a report shows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EnvironmentRecord {
    cpu: String,
    gpus: Vec<String>,
    python: Option<PythonRecord>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PythonRecord {
    version: String,
}

/// Returns one group for each sweep: of those that are parts of one, the first.
pub(crate) fn distinct<'g, 'a>(groups: &'g [JobGroup<'a>]) -> Vec<&'g JobGroup<'a>> {
    let mut sweeps: Vec<&JobGroup<'a>> = Vec::new();
    for group in groups {
        if !sweeps.iter().any(|known| std::ptr::eq(known.population, group.population)) {
            sweeps.push(group);
        }
    }
    sweeps
}

/// Returns the origin of each sweep of a report, in the order of [`distinct`].
pub(crate) fn origins(sweep: &Sweep, groups: &[JobGroup<'_>]) -> Vec<SweepOrigin> {
    let read = |(at, group): (usize, &&JobGroup<'_>)| {
        let mut origin = SweepOrigin::read(&group.population.name, &group.population.dir);
        if at == 0 && origin.config.is_none() {
            origin.config = Some(sweep.clone());
        }
        origin
    };
    distinct(groups).iter().enumerate().map(read).collect()
}

impl SweepOrigin {
    /// Returns the origin of a sweep that left no word.
    pub(crate) fn unknown(name: &str) -> Self {
        Self {
            short_name: short_name(name),
            name: name.to_owned(),
            config: None,
            setup: None,
            code: None,
            launches: Vec::new(),
            machines: RecordedMachines::default(),
            damaged: Vec::new(),
        }
    }

    /// Reads what the directory of the sweep of that name tells.
    pub(crate) fn read(name: &str, dir: &SweepDir) -> Self {
        let mut origin = Self::unknown(name);
        origin.setup = origin.known(SetupRecord::read(&dir.setup_json()), "setup.json");
        origin.code = origin.known(CodeRecord::read(&dir.code_record()), "code.json");
        let ids = origin.known(dir.submission_ids().map(Some), "launches/").unwrap_or_default();
        for &id in &ids {
            let entry = origin.known(ledger::read_entry(dir, id), &format!("launches/{id}"));
            origin.launches.extend(entry.map(|entry| entry.submission));
        }
        origin.machines = RecordedMachines::read(dir, &ids);
        let overrides = origin.setup.as_ref().map(|setup| setup.overrides.clone());
        for set in origin.setup.iter_mut().flat_map(|setup| &mut setup.overrides) {
            *set = masked_override(set);
        }
        let path = dir.sweep_cfg();
        if path.exists() {
            let config = Sweep::load(&path, &overrides.unwrap_or_default()).ok();
            origin.config = config.map(|config| config.masked());
            if origin.config.is_none() {
                origin.damaged.push("sweep_cfg.yaml".to_owned());
            }
        }
        origin
    }

    /// Notes a file that is there and cannot be understood.
    fn known<T>(&mut self, read: Result<Option<T>, FsError>, file: &str) -> Option<T> {
        read.unwrap_or_else(|_| {
            self.damaged.push(file.to_owned());
            None
        })
    }

    /// The commit of the code and whether all of it was committed; nothing where nobody knows.
    pub(crate) fn commit(&self) -> Option<String> {
        let git = self.code.as_ref()?.git.as_ref()?;
        let changes = if git.is_dirty { ", and changes that were not committed" } else { "" };
        Some(format!("{:.12}{changes}", git.commit))
    }

    /// The number of GPUs that each job has to itself, if its jobs ran where GPUs are reserved; less than one
    /// where several jobs share one.
    pub(crate) fn gpus_per_job(&self) -> Option<f64> {
        let launch = &self.config.as_ref()?.launch;
        let is_slurm = match self.launches.as_slice() {
            [] => launch.executor == sweep_config::Executor::Slurm,
            launches => launches.iter().any(|launch| launch.executor == "slurm"),
        };
        let gpus = f64::from(launch.slurm.num_gpus) * f64::from(launch.slurm.nodes);
        let each = gpus / f64::from(launch.packing.parallel.max(1));
        (is_slurm && each > 0.0).then_some(each)
    }
}

impl RecordedMachines {
    /// Reads the records of the launches, and of workers that were started by hand. One that cannot be
    /// read is passed over: it tells of one node of many.
    fn read(dir: &SweepDir, launches: &[SubmissionId]) -> Self {
        let mut machines = Self::default();
        let folders = launches.iter().map(|&id| dir.environments(Some(id)));
        for folder in folders.chain([dir.environments(None)]) {
            let names = fs::list(&folder).unwrap_or_default();
            for name in names.iter().filter_map(|name| name.strip_suffix(".json")) {
                let bytes = fs::read(&folder.join(format!("{name}.json"))).unwrap_or_default();
                machines.add(serde_json::from_slice(&bytes).unwrap_or_default());
            }
        }
        machines
    }

    fn add(&mut self, environment: EnvironmentRecord) {
        let add = |set: &mut BTreeSet<String>, text: String| {
            if !text.is_empty() {
                set.insert(text);
            }
        };
        add(&mut self.cpus, environment.cpu);
        environment.gpus.into_iter().for_each(|gpu| add(&mut self.gpus, gpu));
        add(&mut self.pythons, environment.python.unwrap_or_default().version);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use sweep_config::records::GitRecord;

    use super::*;

    /// A code record of a commit.
    pub(in crate::analyze) fn code(commit: &str, is_dirty: bool) -> CodeRecord {
        let git = GitRecord { commit: commit.to_owned(), branch: None, is_dirty, remote: None };
        CodeRecord {
            source: "code".to_owned(),
            copied: String::new(),
            files: 3,
            bytes: 9,
            git: Some(git),
        }
    }

    /// A config from the text of its keys beside the name.
    pub(in crate::analyze) fn config(text: &str) -> Sweep {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("sweep.yaml");
        fs::write_atomic(&path, format!("NAME: x\n{text}\n").as_bytes()).unwrap();
        Sweep::load(&path, &[]).unwrap_or_else(|problems| panic!("{problems}"))
    }

    #[test]
    fn a_commit_is_named_with_what_was_not_committed() {
        let of = |is_dirty| {
            let code = Some(code("0123456789abcdef", is_dirty));
            SweepOrigin { code, ..SweepOrigin::unknown("x") }.commit().unwrap()
        };
        assert_eq!(of(false), "0123456789ab");
        assert_eq!(of(true), "0123456789ab, and changes that were not committed");
        assert_eq!(SweepOrigin::unknown("x").commit(), None);
    }

    #[test]
    fn gpus_are_counted_where_they_are_reserved() {
        let gpus = |keys: &str| {
            let text = format!("SETUP: {{NUM_CONFIGS: 1}}\nLAUNCH: {{{keys}}}");
            SweepOrigin { config: Some(config(&text)), ..SweepOrigin::unknown("x") }.gpus_per_job()
        };
        assert_eq!(gpus("EXECUTOR: slurm, NUM_GPUS: 2, NODES: 3"), Some(6.0));
        assert_eq!(gpus("EXECUTOR: slurm, NUM_GPUS: 0"), None);
        assert_eq!(gpus("EXECUTOR: local, NUM_GPUS: 2"), None);
    }

    #[test]
    fn a_directory_with_nothing_in_it_tells_nothing_and_a_damaged_file_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(temp.path());
        assert_eq!(SweepOrigin::read("a/x", &dir), SweepOrigin::unknown("a/x"));
        for path in [dir.setup_json(), dir.code_record(), dir.sweep_cfg()] {
            fs::write_atomic(&path, b"{").unwrap();
        }
        fs::create_dir_all(&dir.submission_dir(SubmissionId(1))).unwrap();
        fs::write_atomic(&dir.submission_record(SubmissionId(1)), b"[]").unwrap();
        let origin = SweepOrigin::read("a/x", &dir);
        let expected = ["setup.json", "code.json", "launches/000001", "sweep_cfg.yaml"];
        assert_eq!(origin.damaged, expected);
        assert_eq!(origin.short_name, "x");
    }

    #[test]
    fn what_jobs_ran_on_is_told_once_for_each_kind() {
        let temp = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(temp.path());
        let folder = dir.environments(Some(SubmissionId(1)));
        fs::create_dir_all(&folder).unwrap();
        for (name, gpu) in [("a.json", "A100"), ("b.json", "A100"), ("c.json", "H100")] {
            let text = format!("{{\"gpus\": [\"{gpu}\"], \"python\": {{\"version\": \"3.11\"}}}}");
            fs::write_atomic(&folder.join(name), text.as_bytes()).unwrap();
        }
        fs::write_atomic(&folder.join("torn.json"), b"{\"gpus").unwrap();
        let machines = RecordedMachines::read(&dir, &[SubmissionId(1)]);
        assert_eq!(Vec::from_iter(machines.gpus), ["A100", "H100"]);
        assert_eq!(Vec::from_iter(machines.pythons), ["3.11"]);
    }
}
