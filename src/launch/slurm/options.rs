//! The request of a job array, as options of `sbatch` (pure).

use std::path::Path;

use sweep_config::LaunchConfig;
use sweep_config::records::JobArray;

use crate::app::Failure;
use crate::slurm::{SubmitOption, read_options};

/// Returns the options of an array, in the order in which a person looks for them.
///
/// Keys that the config does not name give no option: the cluster's defaults count. Those in whose place `EXTRA`
/// says something give none either. `time_limit` is that of the task, be it the config's or the cluster's.
///
/// # Errors
///
/// When a value cannot stand on a line of a script.
pub(super) fn options(
    part: &JobArray,
    launch: &LaunchConfig,
    time_limit: Option<u64>,
    (logs, bad_nodes): (&Path, &[String]),
) -> Result<Vec<String>, Failure> {
    let slurm = &launch.slurm;
    let mut list = OptionList::new(&slurm.extra);
    list.text("job-name", &part.name)?;
    list.text("array", &array(part))?;
    list.text("partition", &part.partition)?;
    list.text("account", &slurm.account)?;
    list.text("qos", &slurm.qos)?;
    list.text("reservation", &slurm.reservation)?;
    list.text("nodes", &slurm.nodes.to_string())?;
    list.text("ntasks-per-node", &slurm.tasks_per_node.to_string())?;
    list.number("cpus-per-task", slurm.cpus_of_process(), "")?;
    list.number("mem", slurm.memory(), "G")?;
    list.text("gres", &slurm.gres)?;
    if slurm.gres.is_empty() && slurm.num_gpus > 0 {
        list.text("gpus-per-node", &slurm.num_gpus.to_string())?;
    }
    list.text("constraint", &constraint(launch))?;
    list.text("nodelist", &slurm.nodelist)?;
    list.text("exclude", &node_list(&slurm.exclude, bad_nodes))?;
    list.number("time", launch.time_limit, "")?;
    if !launch.signal.is_empty() {
        list.text(
            "signal",
            &format!("B:{}@{}", launch.signal, launch.warning_seconds(time_limit)),
        )?;
    }
    list.flag("requeue");
    list.text("open-mode", "append")?;
    // `%` begins a field of SLURM's there.
    let logs = logs.to_string_lossy().replace('%', "%%");
    list.text("output", &format!("{logs}/%A_%a.out"))?;
    list.text("comment", &slurm.comment)?;
    if !slurm.mail.is_empty() {
        list.text("mail-user", &slurm.mail)?;
        list.text("mail-type", &slurm.mail_type)?;
    }
    list.own(&slurm.extra)?;
    list.exclude_too(bad_nodes)?;
    Ok(list.lines)
}

/// Formats the indices of an array: `0-999%26`.
fn array(part: &JobArray) -> String {
    let all = format!("0-{}", part.tasks - 1);
    if part.parallel < part.tasks { format!("{all}%{}", part.parallel) } else { all }
}

/// Returns the node features; the kind of GPU is left out for a job without one.
fn constraint(launch: &LaunchConfig) -> String {
    let slurm = &launch.slurm;
    let asks_for_gpus = slurm.num_gpus > 0 || !slurm.gres.is_empty();
    let gpu_type = if asks_for_gpus { slurm.gpu_type.as_str() } else { "" };
    match (gpu_type, slurm.constraint.as_str()) {
        ("", constraint) => constraint.to_owned(),
        (gpu_type, "") => gpu_type.to_owned(),
        // `|` binds weaker than `&`.
        (gpu_type, constraint) if constraint.contains(['|', '[']) => {
            format!("{gpu_type}&({constraint})")
        }
        (gpu_type, constraint) => format!("{gpu_type}&{constraint}"),
    }
}

/// Options of `EXTRA` that take the place of others: the one of ours, and those instead of it. SLURM refuses some
/// of them side by side.
const INSTEAD: [(&str, &[&str]); 6] = [
    ("mem", &["mem-per-cpu", "mem-per-gpu"]),
    ("cpus-per-task", &["cpus-per-gpu"]),
    ("ntasks-per-node", &["ntasks", "ntasks-per-gpu"]),
    ("gpus-per-node", &GPUS),
    ("gres", &GPUS),
    ("requeue", &["no-requeue"]),
];

/// Options that ask for GPUs.
const GPUS: [&str; 4] = ["gpus", "gpus-per-task", "gpus-per-socket", "gpus-per-node"];

/// The options of a script.
struct OptionList {
    lines: Vec<String>,
    /// The options of `EXTRA`.
    extra: Vec<SubmitOption>,
}

impl OptionList {
    fn new(extra: &[String]) -> Self {
        Self { lines: Vec::new(), extra: read_options(extra.iter().map(String::as_str)) }
    }

    /// True if and only if `EXTRA` says something in place of an option of ours.
    fn is_replaced(&self, name: &str, value: &str) -> bool {
        let instead = INSTEAD.iter().find(|(ours, _)| *ours == name).map_or(&[][..], |(_, it)| it);
        let asks_for_gpus = |value: &str| value.trim_start_matches("gres:").starts_with("gpu");
        self.extra.iter().any(|extra| match name {
            _ if extra.name == name => true,
            "gres" => asks_for_gpus(value) && instead.contains(&extra.name.as_str()),
            "gpus-per-node" if extra.name == "gres" => asks_for_gpus(&extra.value),
            _ => instead.contains(&extra.name.as_str()),
        })
    }

    /// Excludes nodes beside those that `EXTRA` names: of two such options the last counts. A file of nodes stays
    /// as it is.
    fn exclude_too(&mut self, nodes: &[String]) -> Result<(), Failure> {
        let given = self.extra.iter().rfind(|option| option.name == "exclude");
        let given = given.filter(|given| !nodes.is_empty() && !given.value.contains('/'));
        if let Some(given) = given {
            let all = word(&node_list(&given.value, nodes), "exclude")?;
            self.lines.push(format!("--exclude={all}"));
        }
        Ok(())
    }

    /// Adds an option with a value, unless the value is empty or `EXTRA` says something else.
    fn text(&mut self, name: &str, value: &str) -> Result<(), Failure> {
        if !value.is_empty() && !self.is_replaced(name, value) {
            self.lines.push(format!("--{name}={}", word(value, name)?));
        }
        Ok(())
    }

    /// Adds an option with a number, if there is one.
    fn number<T: ToString>(
        &mut self,
        name: &str,
        number: Option<T>,
        unit: &str,
    ) -> Result<(), Failure> {
        number.map_or(Ok(()), |number| self.text(name, &(number.to_string() + unit)))
    }

    fn flag(&mut self, name: &str) {
        if !self.is_replaced(name, "") {
            self.lines.push(format!("--{name}"));
        }
    }

    /// Adds the options of `LAUNCH.EXTRA`, as they stand.
    fn own(&mut self, extra: &[String]) -> Result<(), Failure> {
        for option in extra {
            if !option.starts_with('-') || option.contains(['\n', '\r', '\0']) {
                let message =
                    format!("LAUNCH.EXTRA: `{}` is not an option of sbatch", option.escape_debug());
                let hint = "write one option per item: `[--nice=100, --exclusive]`";
                return Err(Failure::usage(message, hint));
            }
            self.lines.push(option.clone());
        }
        Ok(())
    }
}

/// Quotes a word of a `#SBATCH` line: sbatch knows double quotes and, in them, the backslash.
fn word(value: &str, name: &str) -> Result<String, Failure> {
    if value.chars().any(char::is_control) {
        let message = format!("`{}` cannot be the {name} of a job", value.escape_debug());
        return Err(Failure::usage(message, "remove line breaks and control characters"));
    }
    let plain = |c: char| c.is_alphanumeric() || "-_./,:=+%@[]&|()*".contains(c);
    if value.chars().all(plain) {
        return Ok(value.to_owned());
    }
    Ok(format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Joins the nodes that a user names and others.
fn node_list(first: &str, others: &[String]) -> String {
    let first = Some(first).filter(|nodes| !nodes.is_empty());
    first.into_iter().chain(others.iter().map(String::as_str)).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::launch;

    fn part(tasks: u32, parallel: u32) -> JobArray {
        JobArray {
            number: 0,
            name: "sweep-000001-0-abcd".into(),
            partition: String::new(),
            tasks,
            parallel,
            slots: 1,
            quota: 1,
            jobs: vec![(0, tasks - 1)],
            canary: false,
        }
    }

    fn lines(keys: &str) -> String {
        let (launch, logs) = (launch(keys), Path::new("/sweeps/my sweep/100%"));
        let partition = launch.slurm.partitions[0].clone();
        options(&JobArray { partition, ..part(64, 16) }, &launch, launch.time_limit, (logs, &[]))
            .unwrap()
            .join("\n")
    }

    #[test]
    fn nothing_is_asked_for_that_was_not_written() {
        insta::assert_snapshot!(lines(""));
    }

    #[test]
    fn every_key_has_its_option() {
        insta::assert_snapshot!(lines(
            "PARTITION: x\nACCOUNT: lab\nQOS: long\nRESERVATION: r1\nCOMMENT: 'say \"hi\" to a\\b'\nNUM_GPUS: 4\n\
             CPUS_PER_GPU: 8\nMEM_PER_GPU: 20\nGPU_TYPE: a100\nCONSTRAINT: ib|opa\nEXCLUDE: n[1-3]\nNODELIST: n9\n\
             TIME_LIMIT: 60\nSIGNAL: USR2\nSIGNAL_BEFORE: 90\nNODES: 2\nTASKS_PER_NODE: 4\nMAIL: me@here\n\
             EXTRA: [--nice=100, --hint=nomultithread]"
        ));
    }

    #[test]
    fn without_gpus_no_kind_of_gpu_is_asked_for() {
        let lines = lines("NUM_GPUS: 0\nCPUS_PER_GPU: 2\nMEM_PER_GPU: 4\nSIGNAL: ''");
        assert!(!lines.contains("gpu") && !lines.contains("volta") && !lines.contains("signal"));
        assert!(lines.contains("--cpus-per-task=2\n--mem=4G"), "{lines}");
    }

    #[test]
    fn nodes_that_failed_are_kept_away_from_beside_those_of_the_user() {
        let bad = ["n7".to_owned(), "n8".to_owned()];
        let lines = |keys: &str| {
            options(&part(1, 1), &launch(keys), None, (Path::new("/s"), &bad)).unwrap().join(" ")
        };
        assert!(lines("").contains("--exclude=n7,n8 "));
        assert!(lines("EXCLUDE: n[1-3]").contains("--exclude=n[1-3],n7,n8 "));
        let extra = "EXCLUDE: n[1-3]\nEXTRA: ['-x n9']";
        assert!(lines(extra).ends_with("-x n9 --exclude=n9,n7,n8"), "{}", lines(extra));
        assert!(lines("EXTRA: [--exclude=./nodes]").ends_with("--exclude=./nodes"));
    }

    #[test]
    fn what_extra_says_stands_in_place_of_the_keys() {
        let keys = "PARTITION: x\nNUM_GPUS: 2\nCPUS_PER_GPU: 2\nMEM_PER_GPU: 4\nTIME_LIMIT: 60\nSIGNAL: ''\n";
        let left_out = |extra: &str, name: &str| {
            let all = lines(&format!("{keys}EXTRA: ['{extra}']"));
            assert!(lines(keys).contains(name) && all.ends_with(extra), "{name}: {all}");
            !all.contains(name)
        };
        for (extra, name) in [
            ("--time=5", "--time=60"),
            ("-t5", "--time=60"),
            ("--mem-per-cpu 1G", "--mem=8G"),
            ("--cpus-per-gpu=1", "--cpus-per-task=4"),
            ("-n 8", "--ntasks-per-node=1"),
            ("-G2", "--gpus-per-node=2"),
            ("--gres=gpu:a100:2", "--gpus-per-node=2"),
            ("--no-requeue", "--requeue"),
            ("-p y", "--partition=x"),
        ] {
            assert!(left_out(extra, name), "{extra}");
        }
        assert!(!left_out("--gres=lustre:2", "--gpus-per-node=2"));
    }

    #[test]
    fn what_cannot_stand_on_a_line_is_refused() {
        let refuse = |keys: &str| {
            options(&part(1, 1), &launch(keys), None, (Path::new("/s"), &[])).unwrap_err()
        };
        assert!(refuse("COMMENT: \"two\\nlines\"").to_string().contains("comment"));
        assert!(refuse("EXTRA: [nice=100]").to_string().contains("not an option"));
    }
}
