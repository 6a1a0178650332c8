//! The status of a sweep, live in the terminal.
//!
//! All that was read stays in memory: every look asks for the files of the jobs that are not settled, reads
//! what grew, and asks SLURM once. Nothing is written.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::thread;
use std::time::{Duration, Instant};

use sweep_config::{JobId, Sweep};

use super::advice::CollectAdvice;
use super::cache::{CacheEntry, ResumePoint};
use super::checkpoints::CheckpointCleanup;
use super::column_census::ColumnCensus;
use super::job::{CollectJob, JobMemory, JobStatus, SweepContext};
use super::node_report::NodeReport;
use super::plan::{plan, sweep_context};
use super::present;
use super::remarks::CollectRemarks;
use super::report::CollectReport;
use super::run::{counts, status};
use super::verdict::is_settled;
use crate::app::{Exit, Failure, Printer};

/// SLURM's controller is asked at most this often, however often the files are looked at.
const ASK: Duration = Duration::from_secs(30);

/// The number of looks after which all jobs are looked at: a job that is settled may be launched once more.
const ALL: u32 = 10;

/// Shows the status every so often, until every job is settled.
///
/// # Errors
///
/// When the sweep was not set up, or there is no terminal.
pub fn watch(sweep: &Sweep, every: Duration, printer: Printer) -> Result<Exit, Failure> {
    if !std::io::stdout().is_terminal() {
        let hint = "run it without --watch; each call reads only new output".to_owned();
        return Err(Failure::usage("--watch needs a terminal".to_owned(), hint));
    }
    let mut seen = WatchedJobs::default();
    let mut asked: Option<SlurmLook> = None;
    let mut told = CollectRemarks::default();
    for look in 0.. {
        let jobs = plan(sweep)?;
        let of_slurm = SlurmLook::renewed(asked.take(), sweep, &jobs)?;
        let job_statuses = seen.look(&jobs, &of_slurm.context, look % ALL == 0);
        let (status, of_status) = status(sweep, &of_slurm.context, &job_statuses, &[]);
        let mut remarks = of_slurm.remarks.clone();
        remarks.extend(of_status);
        let is_over = job_statuses.iter().all(|job_status| is_settled(&job_status.state));
        let is_complete = status.is_complete();
        let (dir, cleaned, written) = (sweep.dir(), CheckpointCleanup::default(), Vec::new());
        let objective = counts(sweep, &job_statuses);
        let columns: Vec<(String, ColumnCensus)> = seen.columns.clone().into_iter().collect();
        let advice = CollectAdvice::of(
            sweep,
            &job_statuses,
            &columns,
            objective.valued + objective.infinite > 0,
        );
        let report = CollectReport {
            objective,
            dir,
            status,
            job_statuses,
            cleaned,
            written,
            nodes: NodeReport::default(),
            advice,
        };
        printer.clear();
        printer.data(present::text(&report, sweep));
        // The picture that showed them was cleared from a terminal; elsewhere they stand as they were said.
        if std::io::stderr().is_terminal() {
            remarks.print(printer);
        } else {
            remarks.clone().without(&told).print(printer);
        }
        told = remarks;
        if is_over {
            return Ok(if is_complete { Exit::Done } else { Exit::Incomplete });
        }
        printer.note(format_args!("\nevery {} s; press Ctrl-C to stop", every.as_secs()));
        asked = Some(of_slurm);
        thread::sleep(every);
    }
    Ok(Exit::Incomplete)
}

/// SLURM's answer, and what all jobs have in common, for as long as it is not asked again.
struct SlurmLook {
    at: Instant,
    context: SweepContext,
    remarks: CollectRemarks,
}

impl SlurmLook {
    /// Keeps the last look for [`ASK`], with the time of now; looks again after that.
    fn renewed(last: Option<Self>, sweep: &Sweep, jobs: &[CollectJob]) -> Result<Self, Failure> {
        match last {
            Some(Self { at, context, remarks }) if at.elapsed() < ASK => {
                let context = SweepContext { now: super::cache::now(), ..context };
                Ok(Self { at, context, remarks })
            }
            _ => {
                let at = Instant::now();
                let (context, remarks) = sweep_context(sweep, jobs)?;
                Ok(Self { at, context, remarks })
            }
        }
    }
}

/// The jobs as they were when they were read last.
#[derive(Default)]
struct WatchedJobs {
    jobs: BTreeMap<JobId, (CacheEntry, Vec<ResumePoint>)>,
    /// The columns that any of them had in any look, for advice.
    columns: BTreeMap<String, ColumnCensus>,
}

impl WatchedJobs {
    fn look(&mut self, jobs: &[CollectJob], context: &SweepContext, all: bool) -> Vec<JobStatus> {
        let mut memory = JobMemory::default();
        for job in jobs {
            let known = self.jobs.get(&job.id);
            let is_same = known.is_some_and(|(kept, _)| {
                (!all && is_settled(&kept.job_status.state)) || !context.has_changed(*job, kept)
            });
            if !is_same {
                let resume = self.jobs.remove(&job.id).map(|(_, resume)| resume);
                let collected = context.collect(*job, resume.unwrap_or_default(), &mut memory);
                for (name, value) in collected.row.iter() {
                    let census = ColumnCensus::of(&[Some(value.clone())]);
                    self.columns.entry(name.to_owned()).or_default().add(&census);
                }
                self.jobs.insert(job.id, (collected.kept, collected.resume));
            }
        }
        self.jobs.values().map(|(kept, _)| kept.job_status.clone()).collect()
    }
}
