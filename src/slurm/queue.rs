//! `squeue`: the tasks that SLURM has.

use super::{Slurm, SlurmError, TaskId, TaskState};

/// The fields that are asked for, in the order of [`QueuedTask`]'s.
const FORMAT: &str = "%i|%j|%T|%r|%N";

/// Longer lists of names are not put on a command line; all of the user's jobs are asked for then.
const LONGEST: usize = 60_000;

/// The tasks that wait or run, from `squeue`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TaskQueue {
    /// True if the answer had all tasks that were asked for, as far as it shows. An empty one proves little.
    pub whole: bool,
    /// The tasks in the order of the answer.
    pub tasks: Vec<QueuedTask>,
}

/// A task of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuedTask {
    /// The array and the index.
    pub id: TaskId,
    /// The job name.
    pub name: String,
    /// The state.
    pub state: TaskState,
    /// The reason why it waits, in SLURM's words.
    pub reason: String,
    /// The nodes, as SLURM writes them; empty while it waits.
    pub nodes: String,
}

impl Slurm {
    /// Returns the tasks of these job names, with one call.
    ///
    /// # Errors
    ///
    /// When SLURM does not answer, or what it prints is no answer: then nothing is known of any task.
    pub fn queue(&self, names: &[String]) -> Result<TaskQueue, SlurmError> {
        self.tasks_of(names, &[])
    }

    /// Returns the tasks of these job names, those too that ended some minutes ago (`MinJobAge`).
    ///
    /// # Errors
    ///
    /// Fails where [`Slurm::queue`] fails.
    pub fn queue_with_ended(&self, names: &[String]) -> Result<TaskQueue, SlurmError> {
        self.tasks_of(names, &["-t", "all"])
    }

    fn tasks_of(&self, names: &[String], more: &[&str]) -> Result<TaskQueue, SlurmError> {
        // `-r`: a line a task; a range of tasks would be cut short. `-a`: hidden partitions too.
        let mut args = ["-h", "-r", "-a", "-o", FORMAT].map(str::to_owned).to_vec();
        args.extend(more.iter().map(|word| (*word).to_owned()));
        let list = names.join(",");
        args.push(if list.len() < LONGEST { format!("--name={list}") } else { "--me".to_owned() });
        let printed = self.ask("squeue", &args)?;
        let complains = !printed.stderr.trim().is_empty();
        let printed = printed.stdout;
        let mut queue = parse(&printed).ok_or_else(|| SlurmError::garbage("squeue", &printed))?;
        queue.whole &= !(queue.tasks.is_empty() && complains);
        queue.tasks.retain(|task| names.contains(&task.name));
        Ok(queue)
    }

    /// Returns the number of tasks that the user has in the queue, of any name.
    ///
    /// # Errors
    ///
    /// Fails where [`Slurm::queue`] fails.
    pub(super) fn queued_now(&self) -> Result<u32, SlurmError> {
        let args = ["-h", "-r", "-a", "--me", "-o", FORMAT].map(str::to_owned);
        let printed = self.ask("squeue", &args)?.stdout;
        let queue = parse(&printed).ok_or_else(|| SlurmError::garbage("squeue", &printed))?;
        Ok(u32::try_from(queue.tasks.len()).unwrap_or(u32::MAX))
    }
}

/// Parses the answer, and passes over banners and headers; `None` if there is only text that is no
/// answer, since an empty queue would mean that every task is gone.
fn parse(printed: &str) -> Option<TaskQueue> {
    let mut others = false;
    // A line that breaks off is the last of a part of the answer.
    let mut whole = printed.is_empty() || printed.ends_with('\n');
    let mut tasks = Vec::new();
    for line in printed.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(task) = task(line) {
            tasks.push(task);
        } else {
            others |= !line.starts_with("CLUSTER:");
            whole &= !(1..4).contains(&line.matches('|').count());
        }
    }
    (!others || !tasks.is_empty()).then_some(TaskQueue { whole, tasks })
}

fn task(line: &str) -> Option<QueuedTask> {
    let mut fields = line.split('|').map(str::trim);
    let id = fields.next()?.parse().ok()?;
    let name = fields.next()?.to_owned();
    let state = TaskState::of(fields.next()?);
    let reason = fields.next()?.to_owned();
    Some(QueuedTask { id, name, state, reason, nodes: fields.next()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slurm::recorded::recorded;

    const EMPTY: TaskQueue = TaskQueue { whole: true, tasks: Vec::new() };

    #[test]
    fn an_answer_that_breaks_off_is_not_whole() {
        assert!(recorded("squeue.txt").iter().all(|printed| parse(printed).unwrap().whole));
        for part in
            ["7_1|s|RUNNING|None|n1\n7_2|s|RUNN\n", "7_1|s|RUNNING|None|n1\n7_2|s|RUNNING|None|n"]
        {
            assert!(!parse(part).unwrap().whole, "{part}");
        }
    }

    #[test]
    fn every_task_has_a_line_of_its_own() {
        for printed in recorded("squeue.txt") {
            let queue = parse(&printed).unwrap();
            let ids: Vec<String> = queue.tasks.iter().map(|task| task.id.to_string()).collect();
            assert_eq!(ids, ["1_2", "1_3", "1_4", "1_5", "1_0", "1_1"]);
            let waiting = &queue.tasks[0];
            assert_eq!(
                (&waiting.state, waiting.reason.as_str()),
                (&TaskState::Pending, "JobArrayTaskLimit")
            );
            let running = &queue.tasks[4];
            assert_eq!((&running.state, running.nodes.as_str()), (&TaskState::Active, "n1"));
        }
    }

    #[test]
    fn banners_and_headers_of_a_federation_are_passed_over() {
        for plain in recorded("squeue.txt") {
            let printed =
                format!("*** Maintenance on Monday ***\nCLUSTER: north\n{plain}\nCLUSTER: south\n");
            assert_eq!(parse(&printed), parse(&plain));
        }
        assert_eq!(parse("CLUSTER: north\n"), Some(EMPTY));
    }

    #[test]
    fn text_that_is_no_answer_does_not_mean_an_empty_queue() {
        assert_eq!(parse("please load the module slurm first\n"), None);
        assert_eq!(parse(""), Some(EMPTY));
    }

    #[test]
    fn a_state_of_a_newer_version_is_kept() {
        let queue = parse("7_1|s|TELEPORTING|None|n1\n").unwrap();
        assert_eq!(queue.tasks[0].state, TaskState::Other("TELEPORTING".into()));
    }
}
