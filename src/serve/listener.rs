//! Accepts connections and serves each until it ends, until Ctrl-C.

use std::net::{IpAddr, TcpListener as PlainListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::open_connections::{ListedConnection, OpenConnections};
use super::service::SweepService;
use crate::app::Failure;

/// The time in which the head of a request must come.
const HEAD_TIME: Duration = Duration::from_secs(10);

/// The greatest length of the head of a request, in bytes.
const LONGEST_HEAD: usize = 16 << 10;

/// The time to wait where the system has no room for another connection.
const NO_ROOM: Duration = Duration::from_millis(50);

/// The exit code of a program that a signal ends is this and the number of the signal.
const SIGNALLED: i32 = 128;

/// Serves until a signal tells it to stop.
///
/// # Errors
///
/// When the system refuses what a server needs.
pub(super) fn run(listener: PlainListener, service: SweepService) -> Result<(), Failure> {
    raise_limit();
    let failed = |error: std::io::Error| {
        Failure::usage(format!("cannot serve: {error}"), "try again, or with another address")
    };
    listener.set_nonblocking(true).map_err(failed)?;
    let stop = stop_signal().map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .max_blocking_threads(8)
        .build()
        .map_err(failed)?;
    let service = Arc::new(service);
    service.shelf.start();
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener).map_err(failed)?;
        tokio::spawn(accept(listener, Arc::clone(&service)));
        let _ = stop.await;
        Ok::<_, Failure>(())
    })?;
    runtime.shutdown_background();
    service.shelf.end();
    Ok(())
}

/// Returns what a first signal resolves; a second one ends the program at once.
fn stop_signal() -> std::io::Result<oneshot::Receiver<()>> {
    let (sender, stop) = oneshot::channel();
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    std::thread::spawn(move || {
        let mut sender = Some(sender);
        for signal in signals.forever() {
            match sender.take() {
                Some(sender) => drop(sender.send(())),
                None => signal_hook::low_level::exit(SIGNALLED + signal),
            }
        }
    });
    Ok(stop)
}

/// Raises the limit of open files to what is allowed: each connection is one.
fn raise_limit() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let wanted = maximum.unwrap_or(4096).min(4096);
    if current.is_some_and(|current| current < wanted) {
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), maximum });
    }
}

async fn accept(listener: TcpListener, service: Arc<SweepService>) {
    let connections = OpenConnections::default();
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            connections.make_room();
            sleep(NO_ROOM).await;
            continue;
        };
        let Ok(local) = stream.local_addr() else { continue };
        let place = connections.place();
        let served = serve(stream, local.ip(), Arc::clone(&service), Arc::clone(&place));
        connections.add(&place, tokio::spawn(served).abort_handle());
    }
}

/// Serves one connection until it ends.
async fn serve(
    stream: TcpStream,
    local: IpAddr,
    service: Arc<SweepService>,
    place: Arc<ListedConnection>,
) {
    let _ = stream.set_nodelay(true);
    let answer = service_fn(move |request| {
        let (service, place) = (Arc::clone(&service), Arc::clone(&place));
        async move {
            let answer = service.answer(&request, local, || place.is_known()).await;
            Ok::<_, std::convert::Infallible>(answer)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(LONGEST_HEAD)
        .half_close(false);
    let _ = http.serve_connection(TokioIo::new(stream), answer).await;
}
