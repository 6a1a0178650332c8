//! However often a sweep is collected while it grows, the files are those of one collect of it all.

#![expect(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use proptest::prelude::*;
use sweep_config::claim::SlurmEvidence;
use sweep_config::{CheckpointsKeep, CollectConfig, JobId, SweepDir};

use super::*;
use crate::collect::log_discovery::LogDiscovery;
use crate::collect::objective::ObjectiveInputs;
use crate::ledger::SlurmAccounting;

/// Jobs of so many blocks that `sweep.parquet` has two row groups.
const JOBS: [u32; 20] = [
    0, 1, 255, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2304, 2560, 2816, 3072, 3328, 3584,
    3840, 4096, 4352,
];

/// Those that something happens to: of the first blocks, and of the last.
const EVENTFUL: [usize; 5] = [0, 1, 2, 3, JOBS.len() - 1];

/// What may happen to a job between two collects.
#[derive(Debug, Clone)]
enum Event {
    /// A line, or a part of one, is logged.
    Log(usize, usize, String),
    /// A log is cut to a part of its length.
    Truncate(usize, usize),
    /// A log is replaced by another one.
    Replace(usize, usize, String),
    /// A log goes.
    Remove(usize, usize),
    /// The worker writes a line into the journal.
    Journal(usize, &'static str),
    /// The cache is damaged.
    Damage,
    Collect,
}

const FILES: [&str; 5] =
    ["stdout.log", "stderr.log", "metrics.jsonl", "runs/metrics.csv", "more/metrics.csv"];

fn event() -> impl Strategy<Value = Event> {
    let text = || {
        prop_oneof![
            (1..9_u32, 1..4_u32, any::<bool>()).prop_map(|(epoch, run, is_test)| {
                let kind = if is_test { "test_epoch" } else { "train_epoch" };
                format!("json_stats: {{\"_type\": \"{kind}\", \"epoch\": \"{epoch}/9\", \"top1_err\": {run}.5}}\n")
            }),
            Just("json_stats: {\"_type\": \"cfg\", \"OPTIM\": {\"MAX_EPOCH\": 9}}\n".to_owned()),
            Just("json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"9/9\", \"new\": NaN}\n".to_owned()),
            Just("json_stats: {\"_type\": \"x\", \"a\": ".to_owned()),
            Just("1}\n".to_owned()),
            Just("\"text\"}\n".to_owned()),
            (1..9_u32).prop_map(|epoch| format!("{{\"epoch\": {epoch}, \"loss\": 0.{epoch}}}\n")),
            (1..5_u32, 0..3_u32, any::<bool>()).prop_map(|(epoch, fold, is_val)| {
                let more = if is_val { "\"split\": \"val\"".to_owned() } else { format!("\"fold\": {fold}") };
                format!("{{\"epoch\": {epoch}.5, {more}, \"loss\": 0.{fold}}}\n")
            }),
            (1..5_u32, 1..5_u32).prop_map(|(step, loss)| format!("{{\"Step\": {step}, \"loss\": {loss}}}\n")),
            Just("epoch,loss,acc\n".to_owned()),
            (1..9_u32).prop_map(|epoch| format!("{epoch},,{epoch}.5\n")),
            Just("{\"epoch\": 3, \"lo".to_owned()),
        ]
    };
    let (job, file) = (proptest::sample::select(&EVENTFUL[..]), 0..FILES.len());
    prop_oneof![
        6 => (job.clone(), file.clone(), text()).prop_map(|(j, f, t)| Event::Log(j, f, t)),
        1 => (job.clone(), file.clone()).prop_map(|(j, f)| Event::Truncate(j, f)),
        1 => (job.clone(), file.clone(), text()).prop_map(|(j, f, t)| Event::Replace(j, f, t)),
        1 => (job.clone(), file).prop_map(|(j, f)| Event::Remove(j, f)),
        1 => (job, prop_oneof![
            Just(r#"{"event": "start", "attempt": 1, "launch": "", "host": "h", "pid": 1, "started": "2026-01-01T00:00:00Z", "command": "c"}"#),
            Just(r#"{"event": "end", "attempt": 1, "ended": "2026-01-01T00:00:09Z", "seconds": 9.0, "outcome": "failed", "exit_code": 1, "reason": "no"}"#),
        ]).prop_map(|(j, line)| Event::Journal(j, line)),
        1 => Just(Event::Damage),
        4 => Just(Event::Collect),
    ]
}

/// A sweep directory of [`JOBS`], which are there from the beginning.
struct Lab(tempfile::TempDir);

impl Lab {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let dir = SweepDir::new(root.path());
        fs::create_dir_all(dir.cfgs()).unwrap();
        for job in JOBS {
            fs::write(dir.cfg(JobId(job)), format!("OPTIM: {{BASE_LR: 0.{job}}}\n")).unwrap();
        }
        Self(root)
    }

    fn dir(&self) -> SweepDir {
        SweepDir::new(self.0.path())
    }

    fn happen(&self, event: &Event) {
        let path = |job: usize, file: usize| self.dir().out_dir(JobId(JOBS[job])).join(FILES[file]);
        match event {
            Event::Log(job, file, text) => append(&path(*job, *file), text),
            Event::Replace(job, file, text) => {
                let path = path(*job, *file);
                let _ = fs::remove_file(&path);
                append(&path, text);
            }
            Event::Truncate(job, file) => {
                if let Ok(file) = OpenOptions::new().write(true).open(path(*job, *file)) {
                    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
                }
            }
            Event::Remove(job, file) => drop(fs::remove_file(path(*job, *file))),
            Event::Journal(job, line) => {
                append(&self.dir().attempts(JobId(JOBS[*job])), &format!("{line}\n"));
            }
            Event::Damage => {
                for entry in fs::read_dir(self.dir().collect_cache()).into_iter().flatten() {
                    let file = OpenOptions::new().write(true).open(entry.unwrap().path()).unwrap();
                    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
                }
            }
            Event::Collect => drop(self.collect()),
        }
    }

    /// Collects, and gives the three files, and which jobs were read.
    fn collect(&self) -> (Vec<Vec<u8>>, usize) {
        let dir = self.dir();
        let collect = CollectConfig {
            checkpoints_keep: CheckpointsKeep::All,
            readers: Vec::new(),
            fields: vec![("metrics.acc".to_owned(), "test_epoch.acc".to_owned())],
        };
        let context = SweepContext {
            is_imported: false,
            told: None,
            dir: self.dir(),
            summary: BTreeMap::new(),
            origins: sweep_config::records::JobOrigins::default(),
            evidence: SlurmEvidence::none(),
            queued: BTreeSet::new(),
            accounts: SlurmAccounting::default(),
            formats: LogDiscovery::of(&collect, &[]),
            defaults: Vec::new(),
            objective_inputs: ObjectiveInputs::default(),
            secrets: sweep_config::secrets::SecretValues::default(),
            // Late enough that every file counts as settled: the stamps alone must tell.
            now: i64::MAX,
        };
        let started = dir.started_jobs().unwrap();
        let jobs = JOBS.map(|job| CollectJob {
            id: JobId(job),
            has_config: true,
            has_dir: started.contains(&JobId(job)),
        });
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
        let gather = SweepGatherer { context: &context, jobs: &jobs, pool: &pool, key: 7 };
        let gathered = gather.with_files(&|_| {}).unwrap();
        let files = [dir.sweep_json(), dir.sweep_parquet(), dir.curves_parquet()];
        (files.map(|path| fs::read(path).unwrap()).to_vec(), gathered.read)
    }
}

fn append(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]
    #[test]
    fn what_was_collected_piecemeal_is_what_is_collected_at_once(
        events in proptest::collection::vec(event(), 1..40)
    ) {
        let lab = Lab::new();
        for event in &events {
            lab.happen(event);
        }
        let (piecemeal, _) = lab.collect();
        let (again, read) = lab.collect();
        prop_assert_eq!(read, 0, "nothing had changed");
        prop_assert!(again == piecemeal);
        fs::remove_dir_all(lab.dir().collect_cache()).unwrap();
        let (at_once, read) = lab.collect();
        prop_assert_eq!(read, JOBS.len());
        for (file, (piecemeal, at_once)) in piecemeal.iter().zip(&at_once).enumerate() {
            prop_assert!(piecemeal == at_once, "file {} differs", file);
        }
    }
}

#[test]
fn only_what_has_changed_is_read() {
    let lab = Lab::new();
    let log = |job: usize, epoch: u32| {
        let text = format!("json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"{epoch}/9\"}}\n");
        lab.happen(&Event::Log(job, 0, text));
    };
    (0..JOBS.len()).for_each(|job| log(job, 1));
    assert_eq!(lab.collect().1, JOBS.len());
    log(2, 2);
    assert_eq!(lab.collect().1, 1);
    fs::write(lab.dir().cfg(JobId(JOBS[3])), "OPTIM: {BASE_LR: 7}\n").unwrap();
    assert_eq!(lab.collect().1, 1);
    assert_eq!(lab.collect().1, 0);
}
