//! The sweep directory as a type: the one author of its paths.

mod relation;
mod submissions;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::OnceLock;

use crate::fs::{self, FsError};
use crate::ids::{JobId, SubmissionId};
use crate::job_format::JobFormat;

pub use relation::DirRelation;

/// The beginning of the names of the drafts of claims.
pub(crate) const CLAIM_DRAFT: &str = ".tmp-claim-";

/// Returns the path of a claim in the folder of what is claimed.
pub(crate) fn claim_in(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("claim.{number}"))
}

/// Returns the path of the file that is linked to the name of a claim; `token` is the claim's own.
pub(crate) fn claim_draft_in(folder: &Path, token: &str) -> PathBuf {
    folder.join(format!("{CLAIM_DRAFT}{token}"))
}

/// The directory of one sweep, `ROOT_DIR/NAME`; it need not exist.
///
/// The names in it are fixed: they are what pycls users know.
#[derive(Debug, Clone)]
pub struct SweepDir {
    root: PathBuf,
    /// The format of the job configs, once it is known.
    format: OnceLock<JobFormat>,
}

impl PartialEq for SweepDir {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

impl Eq for SweepDir {}

impl SweepDir {
    /// The sweep directory at `root`.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), format: OnceLock::new() }
    }

    /// Says which format the job configs are to have, whatever is there.
    #[must_use]
    pub fn with_format(self, format: JobFormat) -> Self {
        Self { format: format.into(), ..self }
    }

    /// Returns the format of the job configs that are there; where there is none, YAML.
    ///
    /// All of a sweep have the same. Beside YAML, other files are none of them.
    #[must_use]
    pub fn format(&self) -> JobFormat {
        let found = || {
            let names = std::fs::read_dir(self.cfgs()).ok()?.flatten();
            let mut names = names.filter_map(|entry| entry.file_name().into_string().ok());
            let (job, format) = names.find_map(|name| job_of(&name))?;
            // Not the whole directory: it may be long, and on another machine.
            let is_yaml = [job, JobId(0)]
                .iter()
                .any(|job| self.cfgs().join(format!("{job}.{}", JobFormat::Yaml.name())).is_file());
            Some(if is_yaml { JobFormat::Yaml } else { format })
        };
        match self.format.get().copied().or_else(found) {
            // An empty directory may get configs of any format later.
            None => JobFormat::Yaml,
            Some(format) => *self.format.get_or_init(|| format),
        }
    }

    /// The directory itself.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The sweep config as it was set up, byte for byte.
    #[must_use]
    pub fn sweep_cfg(&self) -> PathBuf {
        self.root.join("sweep_cfg.yaml")
    }

    /// The directory of the job configs.
    #[must_use]
    pub fn cfgs(&self) -> PathBuf {
        self.root.join("cfgs")
    }

    /// The config of one job.
    #[must_use]
    pub fn cfg(&self, job: JobId) -> PathBuf {
        self.cfgs().join(self.cfg_name(job))
    }

    /// The file name of a job's config, `000017.yaml`: also its key in the summary.
    #[must_use]
    pub fn cfg_name(&self, job: JobId) -> String {
        format!("{job}.{}", self.format().name())
    }

    /// `cfgs_summary.yaml`: the sampled values of each config.
    #[must_use]
    pub fn cfgs_summary(&self) -> PathBuf {
        self.root.join("cfgs_summary.yaml")
    }

    /// The sampled values of each config, with their types: one line a job.
    #[must_use]
    pub fn sampled_jsonl(&self) -> PathBuf {
        self.root.join("sampled.jsonl")
    }

    /// The results that were told instead of collected: one line each.
    #[must_use]
    pub fn told_jsonl(&self) -> PathBuf {
        self.root.join("told.jsonl")
    }

    /// The records of suggestions.
    #[must_use]
    pub fn suggestions(&self) -> PathBuf {
        self.root.join("suggestions")
    }

    /// The record of the suggestion of a config.
    #[must_use]
    pub fn suggestion(&self, config: u64) -> PathBuf {
        self.suggestions().join(format!("{config:06}.json"))
    }

    /// The results of ended attempts, a file for each worker ([`ResultLine`](crate::records::ResultLine)).
    #[must_use]
    pub fn results(&self) -> PathBuf {
        self.root.join("results")
    }

    /// The results of the attempts that a worker ran; `worker` is its claimant's id.
    #[must_use]
    pub fn results_of(&self, worker: &str) -> PathBuf {
        self.results().join(format!("{worker}.jsonl"))
    }

    /// The past sweeps as they were read last, with the files that they were read from.
    #[must_use]
    pub fn prior_index(&self) -> PathBuf {
        self.suggestions().join("prior.json")
    }

    /// The results of past sweeps that suggestions follow from, by the digest of the content.
    #[must_use]
    pub fn prior_snapshot(&self, digest: &str) -> PathBuf {
        self.suggestions().join(format!("prior-{digest}.json"))
    }

    /// Provenance of the configs ([`SetupRecord`](crate::records::SetupRecord)).
    #[must_use]
    pub fn setup_json(&self) -> PathBuf {
        self.root.join("setup.json")
    }

    /// The place where a set of configs is written before it replaces the old one: a sweep directory of
    /// its own. What is there after a setup was killed is of no use.
    #[must_use]
    pub fn setup_staging(&self) -> Self {
        Self::new(self.root.join(".setup-new"))
    }

    /// The place where the old set of configs waits for its removal.
    #[must_use]
    pub fn setup_discard(&self) -> Self {
        Self::new(self.root.join(".setup-old"))
    }

    /// The file whose [`FileLock`](crate::lock::FileLock) a stage holds while it changes the set of configs.
    pub fn setup_lock(&self) -> PathBuf {
        self.root.join(".setup-lock")
    }

    /// Where the jobs come from, if another tool ran them ([`ImportRecord`](crate::records::ImportRecord)).
    #[must_use]
    pub fn import_json(&self) -> PathBuf {
        self.root.join("import.json")
    }

    /// True if another tool ran the jobs: they are never run again.
    #[must_use]
    pub fn is_imported(&self) -> bool {
        self.import_json().is_file()
    }

    /// The place where what an import changes is written before it takes its place.
    #[must_use]
    pub fn import_staging(&self) -> Self {
        Self::new(self.root.join(".import-new"))
    }

    /// The snapshot of the user's code.
    #[must_use]
    pub fn code(&self) -> PathBuf {
        self.root.join("code")
    }

    /// The record of the snapshot ([`CodeRecord`](crate::records::CodeRecord)).
    #[must_use]
    pub fn code_record(&self) -> PathBuf {
        self.root.join("code.json")
    }

    /// The uncommitted changes of the snapshot, as a patch.
    #[must_use]
    pub fn code_diff(&self) -> PathBuf {
        self.root.join("code.diff")
    }

    /// The place where a snapshot is made before it replaces the old one.
    #[must_use]
    pub fn code_staging(&self) -> PathBuf {
        self.root.join(".code-new")
    }

    /// The place where the old snapshot waits for its removal.
    #[must_use]
    pub fn code_discard(&self) -> PathBuf {
        self.root.join(".code-old")
    }

    /// The file whose [`FileLock`](crate::lock::FileLock) a launch holds while it makes a snapshot.
    #[must_use]
    pub fn code_lock(&self) -> PathBuf {
        self.root.join(".code-lock")
    }

    /// The directory of all jobs' output; that it exists means "launched".
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    /// A job's `OUT_DIR`.
    #[must_use]
    pub fn out_dir(&self, job: JobId) -> PathBuf {
        self.logs().join(job.to_string())
    }

    /// The job's config as JSON, for a program that asks for it.
    #[must_use]
    pub fn cfg_json(&self, job: JobId) -> PathBuf {
        self.out_dir(job).join("cfg.json")
    }

    /// The job's config as TOML, for a program that asks for it.
    #[must_use]
    pub fn cfg_toml(&self, job: JobId) -> PathBuf {
        self.out_dir(job).join("cfg.toml")
    }

    /// The standard output of the job's program.
    #[must_use]
    pub fn stdout(&self, job: JobId) -> PathBuf {
        self.out_dir(job).join("stdout.log")
    }

    /// The standard error of the job's program.
    #[must_use]
    pub fn stderr(&self, job: JobId) -> PathBuf {
        self.out_dir(job).join("stderr.log")
    }

    /// The journal of the job's attempts ([`AttemptEvent`](crate::records::AttemptEvent)).
    #[must_use]
    pub fn attempts(&self, job: JobId) -> PathBuf {
        self.out_dir(job).join("attempts.jsonl")
    }

    /// The claim of one attempt at the job ([`claim`](crate::claim)).
    #[must_use]
    pub fn claim(&self, job: JobId, attempt: u32) -> PathBuf {
        claim_in(&self.out_dir(job), attempt)
    }

    /// The directory where the job's program keeps its checkpoints (pycls's name).
    #[must_use]
    pub fn checkpoints(&self, job: JobId) -> PathBuf {
        self.out_dir(job).join("checkpoints")
    }

    /// SLURM's own output files.
    #[must_use]
    pub fn sbatch_logs(&self) -> PathBuf {
        self.logs().join("sbatch")
    }

    /// Everything collected, in pycls's shape.
    #[must_use]
    pub fn sweep_json(&self) -> PathBuf {
        self.root.join("sweep.json")
    }

    /// The table with one row for each job.
    #[must_use]
    pub fn sweep_parquet(&self) -> PathBuf {
        self.root.join("sweep.parquet")
    }

    /// The table with one row for each job, phase and epoch.
    #[must_use]
    pub fn curves_parquet(&self) -> PathBuf {
        self.root.join("curves.parquet")
    }

    /// `.collect_cache/`: what a collect leaves for the next one; may be deleted at any time.
    #[must_use]
    pub fn collect_cache(&self) -> PathBuf {
        self.root.join(".collect_cache")
    }

    /// `.collect_cache/manifest`: of which outputs it speaks.
    #[must_use]
    pub fn collect_manifest(&self) -> PathBuf {
        self.collect_cache().join("manifest")
    }

    /// The report.
    #[must_use]
    pub fn analysis_html(&self) -> PathBuf {
        self.root.join("analysis.html")
    }

    /// Lists the jobs that have a config, in order.
    ///
    /// # Errors
    ///
    /// When `cfgs/` cannot be listed, above all when the sweep was not set up.
    pub fn jobs(&self) -> Result<Vec<JobId>, FsError> {
        let names = fs::list(&self.cfgs())?;
        let end = format!(".{}", self.format().name());
        Ok(numbered(names.iter().filter_map(|name| name.strip_suffix(&end))))
    }

    /// Lists the jobs that have a log directory, in order; none before the first launch.
    ///
    /// # Errors
    ///
    /// When `logs/` is there and cannot be listed.
    pub fn started_jobs(&self) -> Result<Vec<JobId>, FsError> {
        Ok(numbered(fs::list_or_empty(&self.logs())?.iter().map(String::as_str)))
    }

    /// Lists the submissions in the ledger, in order.
    ///
    /// # Errors
    ///
    /// When `launches/` is there and cannot be listed.
    pub fn submission_ids(&self) -> Result<Vec<SubmissionId>, FsError> {
        Ok(numbered(fs::list_or_empty(&self.submissions())?.iter().map(String::as_str)))
    }
}

/// Returns the job whose config has this file name, and its format.
#[must_use]
pub fn job_of(name: &str) -> Option<(JobId, JobFormat)> {
    let (stem, format) = JobFormat::of_name(name)?;
    Some((stem.parse().ok()?, format))
}

/// Returns the names that are numbers, in the order of the numbers (`1000000` after `999999`).
fn numbered<'a, Id: FromStr + Ord>(names: impl Iterator<Item = &'a str>) -> Vec<Id> {
    let mut ids: Vec<Id> = names.filter_map(|name| name.parse().ok()).collect();
    ids.sort_unstable();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_listed_in_the_order_of_their_numbers_and_strangers_are_left_out() {
        let temp = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(temp.path());
        fs::create_dir_all(&dir.cfgs()).unwrap();
        for name in ["1000000.yaml", "999999.yaml", "000002.yaml", "notes.txt", "000003.yaml~"] {
            fs::write_atomic(&dir.cfgs().join(name), b"").unwrap();
        }
        assert_eq!(dir.jobs().unwrap(), [JobId(2), JobId(999_999), JobId(1_000_000)]);
    }

    #[test]
    fn the_configs_say_their_format_and_beside_yaml_nothing_else_counts() {
        let temp = tempfile::tempdir().unwrap();
        let write = |name: &str| fs::write_atomic(&temp.path().join("cfgs").join(name), b"");
        let dir = SweepDir::new(temp.path());
        assert_eq!(dir.format(), JobFormat::Yaml);
        fs::create_dir_all(&dir.cfgs()).unwrap();
        write("000007.json").unwrap();
        assert_eq!(SweepDir::new(temp.path()).format(), JobFormat::Json);
        assert_eq!(dir.cfg(JobId(7)), dir.cfgs().join("000007.json"), "it was empty before");
        assert_eq!(dir.jobs().unwrap(), [JobId(7)]);
        write("000000.yaml").unwrap();
        let dir = SweepDir::new(temp.path());
        assert_eq!((dir.format(), dir.jobs().unwrap()), (JobFormat::Yaml, vec![JobId(0)]));
        assert_eq!(dir.with_format(JobFormat::Toml).cfg_name(JobId(1)), "000001.toml");
    }

    #[test]
    fn before_the_first_launch_no_job_has_started_but_a_missing_setup_is_an_error() {
        let temp = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(temp.path().join("sweep"));
        assert_eq!(dir.started_jobs().unwrap(), []);
        assert_eq!(dir.submission_ids().unwrap(), []);
        assert!(dir.jobs().unwrap_err().is_not_found());
    }
}
