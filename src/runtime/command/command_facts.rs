//! Lists the facts about a job that its command line and its environment may use.

use sweep_config::JobId;

/// The names of the facts in a template, in the order of [`CommandFacts::values`].
pub(super) const FACT_NAMES: [&str; 8] =
    ["cfg", "out_dir", "index", "mode", "sweep_dir", "code_dir", "cfg_json", "cfg_toml"];

/// The names of the facts that all jobs of a sweep share.
pub(super) const SHARED_FACTS: [&str; 3] = ["mode", "sweep_dir", "code_dir"];

/// The facts of one job. All paths are absolute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandFacts {
    /// The number of the job.
    pub job: JobId,
    /// The path of its config.
    pub cfg: String,
    /// The path of its config as JSON, which is written where the template names it.
    pub cfg_json: String,
    /// The path of its config as TOML, likewise.
    pub cfg_toml: String,
    /// Its own output directory.
    pub out_dir: String,
    /// The value of `LAUNCH.MODE`.
    pub mode: String,
    /// The sweep directory.
    pub sweep_dir: String,
    /// The directory that the program runs in.
    pub code_dir: String,
    /// The value of `NAME`.
    pub sweep_name: String,
}

impl CommandFacts {
    /// Returns the facts by the names that a template uses; the index is a plain number, `17`.
    pub(super) fn values(&self) -> [(&'static str, String); 8] {
        let values = [
            self.cfg.clone(),
            self.out_dir.clone(),
            self.job.0.to_string(),
            self.mode.clone(),
            self.sweep_dir.clone(),
            self.code_dir.clone(),
            self.cfg_json.clone(),
            self.cfg_toml.clone(),
        ];
        let mut values = values.into_iter();
        FACT_NAMES.map(|name| (name, values.next().expect("as many values as names")))
    }

    /// Returns the facts that differ between jobs, by the names of environment variables.
    pub(crate) fn variables_of_job(&self) -> [(&'static str, String); 3] {
        [
            ("SWEEP_CFG", self.cfg.clone()),
            ("SWEEP_OUT_DIR", self.out_dir.clone()),
            ("SWEEP_INDEX", self.job.0.to_string()),
        ]
    }

    /// Returns the other facts, by the names of environment variables.
    pub(crate) fn shared_variables(&self) -> [(&'static str, String); 4] {
        [
            ("SWEEP_MODE", self.mode.clone()),
            ("SWEEP_DIR", self.sweep_dir.clone()),
            ("SWEEP_CODE_DIR", self.code_dir.clone()),
            ("SWEEP_NAME", self.sweep_name.clone()),
        ]
    }
}
