use sweep_config::fs;
use sweep_config::records::{JobArray, SubmissionRecord};
use sweep_config::{DirRelation, SubmissionId};

use super::*;
use crate::slurm::{QueuedTask, TaskId, TaskState};

fn array(number: u32, tasks: u32, quota: u32, jobs: (u32, u32)) -> JobArray {
    JobArray {
        number,
        name: format!("s-{number}"),
        partition: String::new(),
        tasks,
        parallel: tasks,
        slots: 1,
        quota,
        jobs: vec![jobs],
        canary: false,
    }
}

fn entry(arrays: Vec<JobArray>, ids: Vec<Option<u64>>) -> LedgerEntry {
    let accepted = |(array, id): (&JobArray, Option<u64>)| {
        id.map(|job_id| AcceptedArray {
            name: array.name.clone(),
            job_id,
            cluster: None,
            submitted: String::new(),
        })
    };
    let accepted = arrays.iter().zip(ids).map(accepted).collect();
    let submission = SubmissionRecord {
        format_version: 1,
        executor: "slurm".into(),
        workers: 4,
        jobs: vec![(0, 7)],
        takes_new: true,
        arrays,
        ..SubmissionRecord::default()
    };
    LedgerEntry {
        id: SubmissionId(1),
        submission,
        accepted,
        memory_retries: Vec::new(),
        stopped: None,
        relation: DirRelation::Same,
    }
}

fn queue(tasks: &[(&str, u64, u32, TaskState)]) -> TaskQueue {
    let task = |(name, array, index, state): &(&str, u64, u32, TaskState)| QueuedTask {
        id: TaskId { array: *array, index: Some(*index) },
        name: (*name).to_owned(),
        state: state.clone(),
        reason: String::new(),
        nodes: String::new(),
    };
    TaskQueue { whole: true, tasks: tasks.iter().map(task).collect() }
}

fn snapshot_of(entries: Vec<LedgerEntry>, queue: &TaskQueue) -> QueueSnapshot {
    QueueSnapshot::new(entries, queue, QueueAnswer { whole: true, ..QueueAnswer::default() })
}

fn queued(snapshot: &QueueSnapshot, mut states: Vec<(JobId, JobState)>) -> Vec<u32> {
    snapshot.mark_queued(&mut states);
    let queued = states.iter().filter(|(_, state)| *state == JobState::Queued);
    queued.map(|(job, _)| job.0).collect()
}

fn waiting(jobs: u32) -> Vec<(JobId, JobState)> {
    (0..jobs).map(|job| (JobId(job), JobState::Waiting)).collect()
}

#[test]
fn a_waiting_task_will_run_its_own_job_or_another_one() {
    let entries = || vec![entry(vec![array(0, 8, 1, (0, 7))], vec![Some(5)])];
    let both = queue(&[("s-0", 5, 2, TaskState::Pending), ("s-0", 5, 6, TaskState::Pending)]);
    let snapshot = snapshot_of(entries(), &both);
    assert_eq!(queued(&snapshot, waiting(8)), [2, 6]);
    let mut states = waiting(8);
    states[2].1 = JobState::Done;
    assert_eq!(queued(&snapshot, states), [0, 6], "the other task takes what is left");
    let one = queue(&[("s-0", 5, 2, TaskState::Active)]);
    assert_eq!(queued(&snapshot_of(entries(), &one), waiting(8)), [] as [u32; 0]);
}

#[test]
fn tasks_without_a_quota_will_run_all_that_is_left() {
    let entries = vec![entry(vec![array(0, 2, 0, (0, 7))], vec![Some(5)])];
    let snapshot = snapshot_of(entries, &queue(&[("s-0", 5, 1, TaskState::Active)]));
    assert_eq!(queued(&snapshot, waiting(10)).len(), 8, "jobs 8 and 9 are of no submission");
    assert!(snapshot.evidence().is_gone("000001", "5_0"));
    assert!(!snapshot.evidence().is_gone("000001", "5_1"));
}

#[test]
fn an_array_whose_number_was_lost_is_found_by_its_name_and_written_down() {
    let root = tempfile::tempdir().unwrap();
    let dir = SweepDir::new(root.path());
    fs::create_dir_all(&dir.submission_dir(SubmissionId(1))).unwrap();
    let arrays = vec![array(0, 4, 1, (0, 3)), array(1, 4, 1, (4, 7))];
    let tasks = queue(&[("s-1", 9, 0, TaskState::Pending)]);
    let snapshot = snapshot_of(vec![entry(arrays, vec![Some(5), None])], &tasks);
    assert_eq!(queued(&snapshot, waiting(8)), [4]);
    snapshot.adopt_unrecorded(&dir).unwrap();
    let text = fs::read_to_string(&dir.array_accepted(SubmissionId(1), 1)).unwrap();
    let record: AcceptedArray = serde_json::from_str(&text).unwrap();
    assert_eq!((record.job_id, record.name.as_str()), (9, "s-1"));
    assert!(!dir.array_accepted(SubmissionId(1), 0).exists(), "that one was known");
}

#[test]
fn a_task_that_is_over_is_gone_even_while_slurm_remembers_it() {
    let entries = vec![entry(vec![array(0, 4, 1, (0, 3))], vec![Some(5)])];
    let tasks =
        queue(&[("s-0", 5, 0, TaskState::Over), ("s-0", 5, 1, TaskState::Other("NEW".into()))]);
    let evidence = snapshot_of(entries, &tasks).evidence();
    assert!(evidence.is_gone("000001", "5_0") && !evidence.is_gone("000001", "5_1"));
}
