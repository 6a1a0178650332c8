//! The connections that are open. Whoever has not shown the token yet is one of a bounded number, of which the oldest
//! goes when another comes: thousands of slow ones cannot keep out who asks at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

/// The most connections that have not shown the token.
const MOST_STRANGERS: usize = 128;

/// The most connections that have shown it.
const MOST_KNOWN: usize = 256;

/// The connections that are open.
#[derive(Debug, Clone, Default)]
pub(super) struct OpenConnections(Arc<Mutex<ConnectionLists>>);

#[derive(Debug, Default)]
struct ConnectionLists {
    next: u64,
    strangers: VecDeque<(u64, AbortHandle)>,
    known: VecDeque<(u64, AbortHandle)>,
}

/// A connection in the lists, until it is dropped.
#[derive(Debug)]
pub(super) struct ListedConnection {
    number: u64,
    lists: OpenConnections,
}

impl OpenConnections {
    /// Returns a place in the lists for a connection that is about to be served.
    pub(super) fn place(&self) -> Arc<ListedConnection> {
        let mut lists = self.lock();
        lists.next += 1;
        Arc::new(ListedConnection { number: lists.next, lists: self.clone() })
    }

    /// Lists a connection that is served, and drops the oldest of the strangers if there are too many.
    pub(super) fn add(&self, place: &ListedConnection, handle: AbortHandle) {
        let mut lists = self.lock();
        if handle.is_finished() {
            return;
        }
        lists.strangers.push_back((place.number, handle));
        if lists.strangers.len() > MOST_STRANGERS {
            lists.end_oldest_stranger();
        }
    }

    /// Makes room where the system has none for another connection.
    pub(super) fn make_room(&self) {
        self.lock().end_oldest_stranger();
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionLists> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ConnectionLists {
    fn end_oldest_stranger(&mut self) {
        if let Some((_, handle)) = self.strangers.pop_front() {
            handle.abort();
        }
    }
}

impl ListedConnection {
    /// Notes that the connection has shown the token.
    pub(super) fn is_known(&self) {
        let mut lists = self.lists.lock();
        let at = lists.strangers.iter().position(|(number, _)| *number == self.number);
        if let Some(entry) = at.and_then(|at| lists.strangers.remove(at)) {
            lists.known.push_back(entry);
        }
        if lists.known.len() > MOST_KNOWN
            && let Some((_, handle)) = lists.known.pop_front()
        {
            handle.abort();
        }
    }
}

impl Drop for ListedConnection {
    fn drop(&mut self) {
        let mut lists = self.lists.lock();
        lists.strangers.retain(|(number, _)| *number != self.number);
        lists.known.retain(|(number, _)| *number != self.number);
    }
}
