//! Server-sent events: the news of a sweep, or of the list, to each page that is open.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use super::body::ServedBody;
use super::pages::rows;
use super::served_sweep::ServedSweep;
use super::sweep_shelf::SweepShelf;

/// The time after which a sign of life is sent, by which a connection that is dead is found out.
const ALIVE: Duration = Duration::from_secs(15);

/// The time between two events at least.
const BETWEEN: Duration = Duration::from_millis(950);

/// Returns the news of a sweep, now and whenever there are any.
pub(super) fn sweep_events(sweep: &Arc<ServedSweep>) -> ServedBody {
    let (viewer, news) = (sweep.viewer(), sweep.subscribe());
    let sweep = Arc::clone(sweep);
    stream(news, move || {
        let _ = &viewer;
        event(&*sweep.news())
    })
}

/// Returns the list of all sweeps, now and whenever it changes.
pub(super) fn list_events(shelf: &Arc<SweepShelf>) -> ServedBody {
    let (viewer, changes) = (shelf.list_viewer(), shelf.changes());
    let shelf = Arc::clone(shelf);
    stream(changes, move || {
        let _ = &viewer;
        event(&rows(&shelf))
    })
}

/// Sends what `tell` says, at first and after every change, until the other end goes away.
fn stream<T: Send + Sync + 'static>(
    mut changes: watch::Receiver<T>,
    tell: impl Fn() -> Bytes + Send + Sync + 'static,
) -> ServedBody {
    let (sender, events) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut next = tell();
        while sender.send(next).await.is_ok() {
            sleep(BETWEEN).await;
            next = match timeout(ALIVE, changes.changed()).await {
                Ok(Ok(())) => {
                    changes.mark_unchanged();
                    tell()
                }
                Ok(Err(_)) => return,
                Err(_) => Bytes::from_static(b": alive\n\n"),
            };
        }
    });
    ServedBody::Events(events)
}

/// Returns a value as an event; JSON has no line breaks.
fn event(value: &impl Serialize) -> Bytes {
    let json = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    Bytes::from(format!("data: {json}\n\n"))
}
