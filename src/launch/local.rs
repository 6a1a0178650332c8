//! The executor for this machine: keeps a pool of workers at work and watches them.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use sweep_config::{SubmissionId, Sweep};

use super::job_board::JobBoard;
use super::progress::LaunchProgress;
use super::worker_call::WorkerCall;
use super::worker_pool::{PoolMessage, WorkerPool};
use crate::app::{Failure, Printer};
use crate::runtime::JobContext;

/// The number of workers that may die in a row without a job ending in between. A worker is
/// replaced, since whatever killed it may have been after it alone; but where none lives for as
/// long as a job, a program (or the machine) kills its workers, and the next would die too.
const DEATHS_IN_A_ROW: usize = 5;

/// The interval at which the progress is shown when nothing happens.
const TICK: Duration = Duration::from_secs(1);

/// The end of a launch on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalEnd {
    /// The workers found nothing more to run.
    Finished,
    /// The user cancelled it.
    Stopped,
}

/// Runs a ledger entry to its end.
pub(super) fn run(
    sweep: &Sweep,
    context: &JobContext,
    (jobs, workers): (usize, usize),
    submission: SubmissionId,
    printer: Printer,
) -> Result<LocalEnd, Failure> {
    let (sender, receiver) = mpsc::channel();
    forward_signals(sender.clone()).map_err(|e| Failure::Damaged {
        message: format!("cannot handle signals: {e}"),
        hint: None,
    })?;
    let mut local_run = LocalRun {
        pool: WorkerPool::new(WorkerCall::new(sweep, context, submission)?, workers, sender),
        board: JobBoard::default(),
        progress: LaunchProgress::new(jobs, printer),
        deaths: 0,
        stopping: false,
    };
    for _ in 0..workers {
        local_run.pool.spawn_worker()?;
    }
    while local_run.pool.has_workers() {
        match receiver.recv_timeout(TICK) {
            Ok(message) => local_run.on(message)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("the pool holds a sender"),
        }
        local_run.progress.show(&local_run.board);
    }
    let ended = if local_run.stopping { LocalEnd::Stopped } else { LocalEnd::Finished };
    local_run.progress.finish();
    Ok(ended)
}

fn forward_signals(messages: Sender<PoolMessage>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if messages.send(PoolMessage::Stop).is_err() {
                break;
            }
        }
    });
    Ok(())
}

struct LocalRun {
    pool: WorkerPool,
    board: JobBoard,
    progress: LaunchProgress,
    deaths: usize,
    stopping: bool,
}

impl LocalRun {
    fn on(&mut self, message: PoolMessage) -> Result<(), Failure> {
        match message {
            PoolMessage::Event(event) => {
                if matches!(event, crate::runtime::WorkerEvent::Ended { .. }) {
                    self.deaths = 0;
                }
                self.board.record(&event);
                Ok(())
            }
            PoolMessage::Closed(number) => self.on_closed(number),
            PoolMessage::Stop => {
                self.on_stop();
                Ok(())
            }
        }
    }

    fn on_stop(&mut self) {
        let running = self.board.running();
        self.progress.warn(&if self.stopping {
            format!("killing {running} running")
        } else {
            format!(
                "stopping: {running} running, told to end within 10 seconds; press Ctrl-C again to kill them \
                 now"
            )
        });
        self.stopping = true;
        self.pool.stop();
    }

    /// A worker that ends by itself has nothing more to do. Another one was killed, or has an
    /// error that it printed; its job is there to be taken over.
    fn on_closed(&mut self, number: usize) -> Result<(), Failure> {
        let status = self.pool.wait(number);
        let died = match &status {
            Ok(status) if matches!(status.code(), Some(0 | 1)) => return Ok(()),
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        };
        if self.stopping {
            return Ok(());
        }
        self.deaths += 1;
        if self.deaths < DEATHS_IN_A_ROW {
            self.progress.warn(&format!("a worker died ({died}) and was replaced"));
            return self.pool.spawn_worker();
        }
        self.progress.warn(&format!(
            "a worker died ({died}), the {}th in a row without a finished job; it is not replaced. Check \
             stderr.log of the last jobs, and whether this machine ran out of memory",
            self.deaths
        ));
        Ok(())
    }
}
