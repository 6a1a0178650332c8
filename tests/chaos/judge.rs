//! What is left of a sweep: its journals against what its programs wrote down, the queue, the processes and the
//! files.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::accounts::AccountAgreement;
use crate::arena::Arena;
use crate::converge::Convergence;
use crate::journals::JobHistory;
use crate::processes::ProcessRole;
use sweep_config::JobId;

/// So many jobs are shown that something is wrong with.
const SHOWN: usize = 5;

/// What a run came to.
#[derive(Debug, Default)]
pub struct Judgement {
    pub starts: u32,
    /// Attempts by their outcome; those without an end are `no end`.
    pub outcomes: BTreeMap<String, u32>,
    /// Jobs by their state in the end.
    pub states: BTreeMap<String, u32>,
    /// The jobs that ran twice at once, once for each time.
    pub doubled: Vec<String>,
    pub wrong: Vec<u32>,
    pub invented: Vec<u32>,
    pub early: Vec<u32>,
    /// Jobs whose program came to a good end more than once, one after the other.
    pub twice: u32,
    /// Whether `sweep_collect` counts other states than the journals have.
    pub collect_differs: bool,
    pub agreement: AccountAgreement,
    /// Programs without a worker.
    pub orphans: Vec<String>,
    pub panics: Vec<String>,
    /// Drafts of claims, and claims of jobs that are done.
    pub leftovers: (usize, usize),
    /// How often each of our commands ended with each exit code.
    pub exits: BTreeMap<(&'static str, i32), u32>,
}

impl Arena<'_> {
    /// Looks at everything that is left.
    pub fn judge(&mut self) -> Judgement {
        let histories = JobHistory::all(&self.study, &self.truth());
        let which = |is_so: fn(&JobHistory) -> bool| {
            histories.iter().filter(|it| is_so(it)).map(|it| it.job).collect()
        };
        let states = tally(histories.iter().map(JobHistory::state));
        let twice = histories.iter().filter(|it| it.log.successes() > 1).count();
        let orphans = [&self.processes, &self.other_processes];
        Judgement {
            starts: histories.iter().map(|it| it.log.starts).sum(),
            outcomes: tally(histories.iter().flat_map(outcomes)),
            doubled: self.study.read("twice").lines().map(str::to_owned).collect(),
            wrong: which(JobHistory::is_wrong),
            invented: which(JobHistory::is_invented),
            early: which(JobHistory::is_early),
            twice: u32::try_from(twice).unwrap(),
            collect_differs: self.study.states() != states,
            states,
            agreement: self.compare_accounts(&histories),
            orphans: orphans.iter().flat_map(|it| it.described(ProcessRole::Program)).collect(),
            panics: self.panics(),
            leftovers: self.leftovers(),
            exits: self.exits(),
        }
    }

    /// The lines of all output in which a binary of ours panics.
    fn panics(&self) -> Vec<String> {
        let dirs = [self.calls_dir(), self.study.dir().sbatch_logs()];
        let files = dirs.iter().flat_map(|dir| fs::read_dir(dir).unwrap()).flatten();
        let text =
            |path: &Path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let lines = files.flat_map(|file| {
            let lines = text(&file.path());
            lines
                .lines()
                .filter(|it| it.contains("panicked at"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        });
        lines.collect()
    }

    fn leftovers(&self) -> (usize, usize) {
        let (mut drafts, mut claims) = (0, 0);
        for job in 0..self.study.jobs {
            let names =
                fs::read_dir(self.study.dir().out_dir(JobId(job))).into_iter().flatten().flatten();
            for name in names.map(|it| it.file_name().to_string_lossy().into_owned()) {
                drafts += usize::from(name.starts_with(".tmp-"));
                claims += usize::from(name.starts_with("claim."));
            }
        }
        (drafts, claims)
    }

    /// Prints all that was written down about some jobs.
    pub fn show(&self, jobs: &[u32]) {
        for job in jobs.iter().take(SHOWN) {
            let read = |path: &Path| {
                String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
            };
            let journal = read(&self.study.dir().attempts(JobId(*job)));
            let own = read(&self.truth().join(job.to_string()));
            println!("job {job}, its journal:\n{journal}its program's own words:\n{own}");
        }
    }

    fn exits(&mut self) -> BTreeMap<(&'static str, i32), u32> {
        let ended = self.calls.iter_mut().filter_map(|call| Some((call.name, call.wait()?)));
        tally(ended)
    }
}

impl Judgement {
    /// The jobs that something is wrong with.
    pub fn suspects(&self, convergence: &Convergence) -> Vec<u32> {
        let doubled = self.doubled.iter().filter_map(|line| line.trim().parse().ok());
        let others = [&convergence.unsettled, &self.wrong, &self.invented, &self.early];
        doubled.chain(others.into_iter().flatten().copied()).collect()
    }

    /// What must not be, each with the jobs that it is true of.
    pub fn faults(&self, convergence: &Convergence) -> Vec<String> {
        let mut faults = Vec::new();
        let mut note = |is_fault: bool, what: String| {
            if is_fault {
                faults.push(what);
            }
        };
        note(!self.doubled.is_empty(), format!("jobs that ran twice at once: {:?}", self.doubled));
        let lost = &convergence.unsettled;
        note(
            !lost.is_empty(),
            format!("jobs that plain launches do not bring to an end: {lost:?}"),
        );
        let left = &convergence.left;
        note(!left.is_empty(), format!("tasks that stay in the queue: {left:?}"));
        note(!self.wrong.is_empty(), format!("jobs that ended in a wrong state: {:?}", self.wrong));
        note(
            !self.invented.is_empty(),
            format!("jobs done without a good end: {:?}", self.invented),
        );
        note(!self.early.is_empty(), format!("jobs done before their last step: {:?}", self.early));
        note(self.collect_differs, format!("collect counts other states than {:?}", self.states));
        let orphans = self.orphans.join("\n");
        note(!self.orphans.is_empty(), format!("programs without a worker:\n{orphans}"));
        note(!self.panics.is_empty(), format!("panics: {:?}", self.panics));
        let odd = |(_, code): &(&str, i32)| !(0..=4).contains(code);
        let odd: Vec<_> = self.exits.keys().filter(|it| odd(it)).collect();
        note(!odd.is_empty(), format!("commands that ended in an odd way: {odd:?}"));
        faults
    }
}

/// The outcomes of a job's attempts as the journal has them.
fn outcomes(history: &JobHistory) -> Vec<String> {
    let name = |outcome| serde_json::to_value(outcome).unwrap().as_str().unwrap().to_owned();
    let ends = history.attempts.iter().map(|attempt| attempt.end.as_ref());
    ends.map(|end| end.map_or_else(|| "no end".to_owned(), |it| name(it.outcome))).collect()
}

/// How often each comes.
fn tally<T: Ord>(all: impl Iterator<Item = T>) -> BTreeMap<T, u32> {
    let mut counts = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    counts
}
