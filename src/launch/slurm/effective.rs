//! A task's request as its script makes it: by the keys of `LAUNCH`, by `EXTRA`, and by lines of a template (pure).

use sweep_config::LaunchConfig;
use sweep_config::records::JobArray;

use super::script::ScriptRenderer;
use crate::app::Failure;
use crate::slurm::{TaskRequest, read_options, script_options};

/// The request of the tasks of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EffectiveRequest {
    /// The request.
    pub(super) task: TaskRequest,
    /// The part of it that `EXTRA` says.
    extra: TaskRequest,
}

impl EffectiveRequest {
    /// Returns the request of the tasks of each of the config's partitions, each once.
    ///
    /// # Errors
    ///
    /// When a template or value is wrong.
    pub(super) fn all(renderer: &ScriptRenderer<'_>) -> Result<Vec<Self>, Failure> {
        let slurm = &renderer.launch.slurm;
        let partitions = Some(&slurm.partitions).filter(|names| !names.is_empty());
        let partitions = partitions.cloned().unwrap_or_else(|| vec![String::new()]);
        let parts: Vec<JobArray> = partitions.into_iter().map(any_part).collect();
        let extra = TaskRequest::new(read_options(slurm.extra.iter().map(String::as_str)));
        let mut all: Vec<Self> = Vec::new();
        for script in renderer.render(&parts)? {
            let task = TaskRequest::new(script_options(&script));
            let is_new = !all.iter().any(|it| it.partition() == task.text("partition"));
            all.extend(is_new.then(|| Self { task, extra: extra.clone() }));
        }
        Ok(all)
    }

    /// Returns the partition, which may be several (`a,b`); empty for the default one.
    pub(super) fn partition(&self) -> &str {
        self.task.text("partition")
    }

    /// Names who asks for one of these options: `LAUNCH.EXTRA` if that does, else this key of `LAUNCH`.
    pub(super) fn key(&self, options: &[&str], key: &str) -> String {
        format!("LAUNCH.{}", if self.extra.has_any(options) { "EXTRA" } else { key })
    }

    /// True if and only if `EXTRA` says one of these options.
    pub(super) fn is_extra(&self, options: &[&str]) -> bool {
        self.extra.has_any(options)
    }
}

/// Returns the config of a launch with what its tasks ask for in place of what the keys say.
pub(super) fn effective_config(
    launch: &LaunchConfig,
    requests: &[EffectiveRequest],
) -> LaunchConfig {
    let mut launch = launch.clone();
    launch.slurm.partitions = requests.iter().map(|it| it.partition().to_owned()).collect();
    launch
}

/// Returns an array of a partition, whatever its tasks.
fn any_part(partition: String) -> JobArray {
    JobArray {
        number: 0,
        name: "any".to_owned(),
        partition,
        tasks: 1,
        parallel: 1,
        slots: 1,
        quota: 1,
        jobs: Vec::new(),
        canary: false,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;
    use crate::runtime::tests::launch;

    /// Returns the requests of a launch with these keys.
    pub(in crate::launch::slurm) fn requests(keys: &str) -> Vec<EffectiveRequest> {
        let launch = launch(keys);
        let renderer = ScriptRenderer {
            launch: &launch,
            sweep: "s",
            submission: "000001".to_owned(),
            logs: Path::new("/logs"),
            prelude: "",
            bad_nodes: &[],
            time_limit: None,
            worker: Vec::new(),
        };
        EffectiveRequest::all(&renderer).unwrap()
    }

    #[test]
    fn what_extra_and_a_template_say_counts() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("own.hbs");
        let text = "#!/bin/sh\n{{#each options}}\n#SBATCH {{this}}\n{{/each}}\n#SBATCH --mem=1G\n{{worker}}\n";
        sweep_config::fs::write_atomic(&path, text.as_bytes()).unwrap();
        let keys = format!(
            "TEMPLATE: {}\nPARTITION: [a, b]\nTIME_LIMIT: 60\nMEM_PER_GPU: 9\nEXTRA: [-t5 -A lab]",
            path.display()
        );
        let both = requests(&keys);
        let partitions: Vec<&str> = both.iter().map(EffectiveRequest::partition).collect();
        assert_eq!(partitions, ["a", "b"]);
        let task = &both[1].task;
        assert_eq!((task.least_time(), task.memory()), (Some(5), Some(1024)));
        assert_eq!((task.text("account"), task.text("requeue")), ("lab", ""));
        assert_eq!(
            requests(&format!("{keys}\nEXTRA: ['-p c']").replace("EXTRA: [-t5 -A lab]\n", ""))
                .len(),
            1
        );
    }
}
