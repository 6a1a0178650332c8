//! Errors of SLURM's commands in SLURM's words, with advice (pure).

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use crate::app::Failure;

/// The reason why a call failed.
#[derive(Debug)]
pub(super) enum CallError {
    /// The command could not be started.
    Missing(io::Error),
    /// The command took too long and was ended.
    TimedOut {
        /// The time that it had.
        after: Duration,
        /// The standard error by then.
        words: String,
    },
    /// The command failed.
    Refused {
        /// The exit status.
        status: ExitStatus,
        /// The output, stderr first.
        words: String,
    },
}

impl CallError {
    /// Returns what a command printed that failed.
    pub(super) fn into_words(self) -> Option<String> {
        match self {
            Self::Refused { words, .. } => Some(words),
            Self::Missing(_) | Self::TimedOut { .. } => None,
        }
    }
}

/// A command of SLURM's that did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{program}: {words}")]
pub struct SlurmError {
    program: &'static str,
    /// SLURM's words, or what kept the command from running.
    words: String,
    hint: String,
    transient: bool,
    /// True if the command said no, and did nothing.
    refused: bool,
}

impl From<SlurmError> for Failure {
    fn from(error: SlurmError) -> Self {
        Self::Slurm { message: error.to_string(), hint: Some(error.hint) }
    }
}

/// The words of `sbatch` while it waits for room in the queue.
const QUEUE_IS_FULL: &str = "temporarily unable to accept job";

/// Messages of transient errors: the controller is busy, starting, or out of reach for the moment.
const TRANSIENT: [&str; 13] = [
    "Socket timed out",
    "Unable to contact slurm controller",
    "Zero Bytes were transmitted",
    "Connection refused",
    "Connection reset",
    "Connection timed out",
    "Resource temporarily unavailable",
    QUEUE_IS_FULL,
    "Slurm backup controller",
    "in standby mode",
    "Transport endpoint is not connected",
    "Communication connection failure",
    "Too many open files",
];

/// Messages of SLURM's, in lower case, with advice.
const ADVICE: [(&str, &str); 27] = [
    ("invalid partition", "set LAUNCH.PARTITION; `sinfo -s` lists the partitions"),
    (
        "invalid account or account/partition combination",
        "set LAUNCH.ACCOUNT; `sacctmgr show assoc user=$USER` lists yours",
    ),
    ("invalid account", "set LAUNCH.ACCOUNT; `sacctmgr show assoc user=$USER` lists yours"),
    ("invalid qos", "set LAUNCH.QOS; `sacctmgr show assoc user=$USER format=qos` lists yours"),
    (
        "memory specification can not be satisfied",
        "lower LAUNCH.MEM_PER_GPU; `sinfo -o '%P %m'` shows what the nodes have, in MB",
    ),
    (
        "invalid feature specification",
        "set LAUNCH.GPU_TYPE and CONSTRAINT to existing features (`sinfo -o '%P %f'`), or to \"\"",
    ),
    (
        "invalid generic resource",
        "set LAUNCH.NUM_GPUS or GRES to what the nodes have: `sinfo -o '%P %G'`",
    ),
    (
        "requested time limit is invalid",
        "lower LAUNCH.TIME_LIMIT (minutes); `sinfo -o '%P %l'` shows the limits of the partitions",
    ),
    ("assocmaxsubmitjoblimit", SUBMIT),
    ("qosmaxsubmitjobperuserlimit", SUBMIT),
    ("job submit limit", SUBMIT),
    ("violates accounting/qos policy", SUBMIT),
    ("job array index", ARRAY),
    ("invalid job array specification", ARRAY),
    (
        "reservation",
        "set LAUNCH.RESERVATION to a reservation that you may use: `scontrol show reservation`",
    ),
    (
        "requested node configuration is not available",
        "no node has enough GPUs, CPUs and memory with these features: compare LAUNCH.NUM_GPUS, \
         CPUS_PER_GPU, MEM_PER_GPU and GPU_TYPE with `sinfo -o '%P %c %m %G %f'`",
    ),
    (
        "more processors requested than permitted",
        "lower LAUNCH.CPUS_PER_GPU; `sinfo -o '%P %c'` shows what the nodes have",
    ),
    (
        "node count specification invalid",
        "set LAUNCH.NODES and NODELIST to what the partition has: `sinfo -s`",
    ),
    (
        "invalid number of nodes",
        "here a task gets all nodes of LAUNCH.NODELIST: list as many nodes as LAUNCH.NODES; to restrict \
         tasks to a larger set, list the other nodes in LAUNCH.EXCLUDE",
    ),
    ("invalid license", "use existing licenses: `scontrol show licenses`"),
    ("invalid node name", "set LAUNCH.EXCLUDE and NODELIST to existing nodes: `sinfo -N`"),
    (
        "configuration source",
        "this machine has the SLURM commands but no cluster: use `--set LAUNCH.EXECUTOR=local` to run the \
         jobs here",
    ),
    (
        "unable to process configuration file",
        "the SLURM commands cannot read their configuration: check `echo $SLURM_CONF`, or ask your site",
    ),
    (
        "authentication",
        "munge is not running on this machine or has a different key: ask your site",
    ),
    ("munge", "munge is not running on this machine or has a different key: ask your site"),
    (
        "access/permission denied",
        "the job is not yours, its partition accepts none from this host (AllocNodes in `scontrol show \
         partition`), or your site allows this to administrators only",
    ),
    (
        "unrecognized option",
        "this version of SLURM does not know the option: check LAUNCH.EXTRA and LAUNCH.TEMPLATE",
    ),
];

const SUBMIT: &str = "you have reached your limit of queued tasks: wait until some end, or set \
    LAUNCH.MAX_SUBMIT to what you may still submit";

const ARRAY: &str = "set LAUNCH.MAX_SUBMIT to the cluster's MaxArraySize: `scontrol show config`";

impl SlurmError {
    pub(super) fn new(program: &'static str, failed: CallError) -> Self {
        let is_refusal = matches!(failed, CallError::Refused { .. } | CallError::Missing(_));
        let (words, hint, transient) = match failed {
            CallError::Missing(error) => (
                format!("cannot be run: {error}"),
                "use `--set LAUNCH.EXECUTOR=local` to run the jobs on this machine, without SLURM"
                    .to_owned(),
                false,
            ),
            CallError::TimedOut { after, words } => timed_out(program, after, &words),
            CallError::Refused { status, words } => {
                let transient = is_transient(&words);
                let words = tidy(program, &words);
                let words = if words.is_empty() { status.to_string() } else { words };
                (words.clone(), advice(&words, transient).to_owned(), transient)
            }
        };
        Self { program, words, hint, transient, refused: is_refusal && !transient }
    }

    /// An answer that went well and says nothing that we understand.
    pub(super) fn garbage(program: &'static str, printed: &str) -> Self {
        let first = printed.lines().find(|line| !line.trim().is_empty()).unwrap_or("nothing");
        let first: String = first.chars().take(200).collect();
        Self {
            program,
            words: format!("printed `{first}`, which is not a valid answer"),
            hint: format!(
                "run `{program}` by hand to check whether your site replaced it with a wrapper"
            ),
            transient: false,
            refused: false,
        }
    }

    /// Returns the error of a call before which another one may have been taken.
    pub(super) fn after_others(self) -> Self {
        Self { refused: false, ..self }
    }

    /// True if and only if SLURM certainly did nothing.
    pub fn is_refusal(&self) -> bool {
        self.refused
    }

    /// True if and only if the same call may go well a moment later.
    pub fn is_transient(&self) -> bool {
        self.transient
    }

    /// True if and only if SLURM says that there is no such job: it is over.
    pub(super) fn is_about_no_job(&self) -> bool {
        let over = ["Invalid job id", "already completing or completed", "already finished"];
        over.iter().any(|phrase| self.words.contains(phrase))
    }
}

/// Returns what is said of a command that was given up, with what it had said by then, the advice, and whether the
/// same call may go well a moment later.
fn timed_out(program: &str, after: Duration, said: &str) -> (String, String, bool) {
    let no_answer = format!("no answer within {} s", after.as_secs_f64());
    if said.contains(QUEUE_IS_FULL) {
        // It has tried again all the time by itself.
        let hint = "the queue of the whole cluster is full (MaxJobCount in `scontrol show config`): launch again later";
        return (format!("{}; {no_answer}", tidy(program, said)), hint.to_owned(), false);
    }
    let hint =
        "the controller hangs or is unreachable: check with `scontrol ping`, and try again later";
    (no_answer, hint.to_owned(), true)
}

fn is_transient(words: &str) -> bool {
    TRANSIENT.iter().any(|phrase| words.contains(phrase))
}

fn advice(words: &str, transient: bool) -> &'static str {
    let lower = words.to_lowercase();
    let known = ADVICE.iter().find(|(phrase, _)| lower.contains(phrase));
    match known {
        _ if transient => {
            "the controller is busy or down: check with `scontrol ping`, and try again later"
        }
        Some((_, advice)) => advice,
        None => "`sinfo` and `scontrol show config` show what the cluster has",
    }
}

/// SLURM's lines without the name of the command before each, as one line.
fn tidy(program: &str, words: &str) -> String {
    let lines = words.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.map(|line| {
        let line =
            line.strip_prefix(program).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(line);
        line.strip_prefix("error: ").unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::ExitStatus;

    use super::*;
    use crate::slurm::recorded::recorded;

    fn refused(words: &str) -> SlurmError {
        let status = ExitStatus::from_raw(256);
        SlurmError::new("sbatch", CallError::Refused { status, words: words.to_owned() })
    }

    /// Messages as SLURM 22.05.8 prints them.
    #[test]
    fn slurms_own_words_come_with_what_to_do() {
        let error = refused(
            "sbatch: error: invalid partition specified: learnfair\nsbatch: error: Batch job submission failed: Invalid partition name specified\n",
        );
        assert_eq!(
            error.to_string(),
            "sbatch: invalid partition specified: learnfair; Batch job submission failed: Invalid \
             partition name specified"
        );
        assert!(error.hint.contains("LAUNCH.PARTITION") && !error.is_transient());
        let hint = |words: &str| refused(words).hint;
        let failed = "sbatch: error: Batch job submission failed: ";
        assert!(
            hint(&format!("{failed}Memory specification can not be satisfied"))
                .contains("MEM_PER_GPU")
        );
        assert!(hint(&format!("{failed}Invalid feature specification")).contains("GPU_TYPE"));
        assert!(hint("sbatch: error: AssocMaxSubmitJobLimit").contains("MAX_SUBMIT"));
        assert!(
            hint(&format!(
                "{failed}Requested time limit is invalid (missing or exceeds some limit)"
            ))
            .contains("TIME_LIMIT")
        );
    }

    #[test]
    fn what_each_release_refuses_comes_with_the_key_that_helps() {
        let helps = [
            ("--partition", "LAUNCH.PARTITION"),
            ("--mem=", "LAUNCH.MEM_PER_GPU"),
            ("--constraint", "LAUNCH.GPU_TYPE"),
            ("--gres", "LAUNCH.NUM_GPUS"),
            ("--cpus-per-task", "CPUS_PER_GPU"),
            ("--nodes", "LAUNCH.N"),
            ("--exclude", "LAUNCH.EXCLUDE"),
            ("--nodelist", "NODELIST"),
            ("--array", "LAUNCH.MAX_SUBMIT"),
            ("--reservation", "LAUNCH.RESERVATION"),
            ("--no-such-option", "LAUNCH.EXTRA"),
        ];
        for printed in recorded("sbatch_errors.txt") {
            let calls: Vec<&str> = printed.split("$ sbatch ").skip(1).collect();
            for (option, key) in helps {
                let of_option = calls.iter().filter(|call| call.starts_with(option));
                let answers: Vec<&str> =
                    of_option.filter_map(|call| Some(call.split_once('\n')?.1)).collect();
                assert!(!answers.is_empty(), "{option}");
                // The older release takes what can never start, and answers with a number.
                let refusals =
                    answers.iter().filter(|answer| answer.trim().parse::<u64>().is_err());
                for words in refusals {
                    let hint = refused(words).hint;
                    assert!(hint.contains(key), "{option}: {words}{hint}");
                }
            }
        }
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        for words in [
            "slurm_load_jobs error: Unable to contact slurm controller (connect failure)",
            "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation",
            "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received",
        ] {
            assert!(refused(words).is_transient(), "{words}");
        }
        assert!(
            !refused("sbatch: error: Batch job submission failed: Invalid qos specification")
                .is_transient()
        );
        assert_eq!(refused("").words, "exit status: 1");
    }
}
