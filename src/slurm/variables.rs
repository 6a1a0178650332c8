//! The caller's environment variables that SLURM's commands must not see (pure).
//!
//! A launch may be called from within a job, or by a shell whose start-up file sets options of `squeue`.
//! Without them a submission is what the sweep config says, and every question is asked in full.

/// The beginnings of the names of variables that change what a command prints or submits.
const PREFIXES: [&str; 7] =
    ["SLURM_", "SBATCH_", "SRUN_", "SALLOC_", "SQUEUE_", "SACCT_", "SCONTROL_"];

/// Names, and beginnings of names, of variables by which a command finds its cluster and proves who calls.
const KEPT: [&str; 3] = ["SLURM_CONF", "SLURM_JWT", "SLURM_SACK_"];

/// Variables beside `SBATCH_*` that `sbatch` would have obeyed.
const OBEYED: [&str; 2] = ["SLURM_CLUSTERS", "SLURM_HINT"];

/// True if and only if a command must not see the variable. `srun` needs those of the job that it starts a
/// step of.
pub(super) fn is_dropped(program: &str, name: &str) -> bool {
    let kept = KEPT
        .iter()
        .any(|kept| if kept.ends_with('_') { name.starts_with(kept) } else { name == *kept });
    let asks = ["SQUEUE_", "SACCT_", "SCONTROL_"].iter().any(|prefix| name.starts_with(prefix));
    let ours = PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    if program == "srun" { asks } else { ours && !kept }
}

/// True if and only if `sbatch` would have submitted something else for the sake of the variable.
pub(super) fn changes_submissions(name: &str) -> bool {
    name.starts_with("SBATCH_") || OBEYED.contains(&name)
}

/// Returns the names of this process's variables that would have changed what is submitted, sorted.
pub fn ignored_variables() -> Vec<String> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut names: Vec<String> = names.filter(|name| changes_submissions(name)).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_finds_its_cluster_and_nothing_of_the_callers_job() {
        for name in ["SLURM_MEM_PER_CPU", "SBATCH_PARTITION", "SQUEUE_USERS", "SACCT_FORMAT"] {
            assert!(is_dropped("squeue", name), "{name}");
        }
        for name in ["SLURM_CONF", "SLURM_JWT", "SLURM_SACK_KEY", "SWEEP_SLURM_RETRY", "HOME"] {
            assert!(!is_dropped("sbatch", name), "{name}");
        }
        assert!(is_dropped("sbatch", "SLURM_CONFIG"), "only whole names are kept");
        assert!(!is_dropped("srun", "SLURM_JOB_ID"), "a step of our own job");
    }

    #[test]
    fn what_would_have_changed_the_submission_is_told_from_the_rest() {
        assert!(changes_submissions("SBATCH_QOS") && changes_submissions("SLURM_CLUSTERS"));
        assert!(!changes_submissions("SLURM_JOB_ID") && !changes_submissions("SQUEUE_USERS"));
    }
}
