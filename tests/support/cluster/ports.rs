//! Ports that nobody listens on.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Below the range from which the system takes the ports of outgoing connections.
const FIRST: u32 = 10_000;
const COUNT: u32 = 22_000;

/// This many free ports of the loopback address.
///
/// The search begins where no other test program and no other cluster of this one begins: between the search and
/// the daemon's start a port belongs to nobody.
pub(crate) fn free(count: usize) -> Vec<u16> {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let start = process::id().wrapping_mul(211);
    let mut ports = Vec::new();
    for _ in 0..COUNT {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(FIRST + next % COUNT).expect("below 32,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            ports.push(port);
        }
        if ports.len() == count {
            return ports;
        }
    }
    panic!("no {count} free ports from {FIRST} to {}", FIRST + COUNT)
}
