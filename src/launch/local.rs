//! The executor for this machine: keeps a crew of workers at work and watches them.

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use sweep_config::{SubmissionId, Sweep};

use super::board::Board;
use super::call::WorkerCall;
use super::crew::{Crew, Message};
use super::progress::Progress;
use crate::app::{Failure, Printer};
use crate::runtime::JobContext;

/// How many workers may die, one after the other, without a job ending in between. A worker is
/// replaced, since whatever killed it may have been after it alone; but where none lives for as
/// long as a job, a program (or the machine) kills its workers, and the next would die too.
const DEATHS_IN_A_ROW: usize = 5;

/// How often the progress is looked at when nothing happens.
const TICK: Duration = Duration::from_secs(1);

/// How a launch on this machine ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The workers found nothing more to run.
    Finished,
    /// The user stopped it.
    Stopped,
}

/// Runs a ledger entry to its end.
pub(super) fn run(
    sweep: &Sweep,
    context: &JobContext,
    (jobs, workers): (usize, usize),
    launch: SubmissionId,
    printer: Printer,
) -> Result<Ended, Failure> {
    let (sender, receiver) = mpsc::channel();
    forward_signals(sender.clone()).map_err(|e| Failure::Damaged {
        message: format!("signals cannot be handled: {e}"),
        hint: None,
    })?;
    let mut watch = Watch {
        crew: Crew::new(WorkerCall::new(sweep, context, launch)?, sender),
        board: Board::default(),
        progress: Progress::new(jobs, printer),
        deaths: 0,
        stopping: false,
    };
    for _ in 0..workers {
        watch.crew.hire()?;
    }
    while watch.crew.is_at_work() {
        match receiver.recv_timeout(TICK) {
            Ok(message) => watch.on(message)?,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => unreachable!("the crew holds a sender"),
        }
        watch.progress.show(&watch.board);
    }
    let ended = if watch.stopping { Ended::Stopped } else { Ended::Finished };
    watch.progress.finish();
    Ok(ended)
}

fn forward_signals(messages: Sender<Message>) -> io::Result<()> {
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    thread::spawn(move || {
        for _ in signals.forever() {
            if messages.send(Message::Stop).is_err() {
                break;
            }
        }
    });
    Ok(())
}

struct Watch {
    crew: Crew,
    board: Board,
    progress: Progress,
    deaths: usize,
    stopping: bool,
}

impl Watch {
    fn on(&mut self, message: Message) -> Result<(), Failure> {
        match message {
            Message::Event(event) => {
                if matches!(event, crate::runtime::WorkerEvent::Ended { .. }) {
                    self.deaths = 0;
                }
                self.board.note(&event);
                Ok(())
            }
            Message::Closed(number) => self.on_closed(number),
            Message::Stop => {
                self.on_stop();
                Ok(())
            }
        }
    }

    fn on_stop(&mut self) {
        let running = self.board.running();
        self.progress.warn(&if self.stopping {
            format!("killing {running} running at once")
        } else {
            format!(
                "stopping: {running} running are asked to end and have 10 seconds; \
                 Ctrl-C again kills them at once"
            )
        });
        self.stopping = true;
        self.crew.stop();
    }

    /// A worker that ends by itself has nothing more to do. Another one was killed, or has an
    /// error that it printed; its job is there to be taken over.
    fn on_closed(&mut self, number: usize) -> Result<(), Failure> {
        let status = self.crew.dismiss(number);
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
            self.progress.warn(&format!("a worker died ({died}); another one takes its place"));
            return self.crew.hire();
        }
        self.progress.warn(&format!(
            "a worker died ({died}), the {}th in a row without a job ending in between; it is not \
             replaced. Look into stderr.log of the last jobs, and whether memory ran out",
            self.deaths
        ));
        Ok(())
    }
}
