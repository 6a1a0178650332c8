//! Answers requests: who may ask, what is asked for, and what there is.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::{ALLOW, HOST, HeaderValue, LOCATION};
use hyper::{Method, Request, StatusCode};
use sweep_config::fs;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::answer::{ServedAnswer, answer, json, not_found, page, refused, text};
use super::body::ServedBody;
use super::events::{list_events, sweep_events};
use super::host_rule::HostRule;
use super::pages::{overview, shell};
use super::route::{ServedRoute, SweepRoute};
use super::served_sweep::{ServedSweep, SweepNews};
use super::sweep_shelf::SweepShelf;
use super::token::AccessToken;
use crate::app::visible;
use crate::page::served_policy;

/// The most files that are read at a time.
const READERS: usize = 4;

/// The time that a file system has to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// The time for which a sweep is looked at after a request.
const AWAKE: Duration = Duration::from_secs(10);

/// All that an answer needs.
pub(super) struct SweepService {
    pub(super) shelf: Arc<SweepShelf>,
    token: AccessToken,
    hosts: HostRule,
    readers: Semaphore,
}

impl SweepService {
    pub(super) fn new(shelf: Arc<SweepShelf>, token: AccessToken, hosts: HostRule) -> Self {
        Self { shelf, token, hosts, readers: Semaphore::new(READERS) }
    }

    /// Answers a request that came to an address of this machine; `known` hears that it has shown the token.
    pub(super) async fn answer(
        &self,
        request: &Request<Incoming>,
        local: IpAddr,
        known: impl FnOnce(),
    ) -> ServedAnswer {
        if !self.names_this_host(request, local) {
            let why = "403: this host goes by another name: use the address as it was printed\n";
            return refused(StatusCode::FORBIDDEN, why);
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut answer =
                refused(StatusCode::METHOD_NOT_ALLOWED, "405: this can only be read\n");
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        if !request.body().is_end_stream() {
            return refused(StatusCode::PAYLOAD_TOO_LARGE, "413: nothing takes a body here\n");
        }
        let path = request.uri().path().strip_prefix('/').unwrap_or_default();
        let (token, rest) = path.split_once('/').map_or((path, None), |(t, rest)| (t, Some(rest)));
        if !self.token.is(token) {
            return not_found();
        }
        known();
        let Some(rest) = rest else { return self.moved() };
        let answer = match ServedRoute::parse(rest, self.shelf.is_single()) {
            Some(route) => self.found(route, *request.method() == Method::HEAD).await,
            None => None,
        };
        answer.unwrap_or_else(not_found)
    }

    /// True if the request names this host, once, wherever it names one.
    fn names_this_host(&self, request: &Request<Incoming>, local: IpAddr) -> bool {
        let mut hosts = request.headers().get_all(HOST).iter();
        let (first, more) = (hosts.next(), hosts.next());
        let accepts = |host: &str| self.hosts.accepts(host, local);
        let named = first.and_then(|host| host.to_str().ok()).is_some_and(accepts);
        named && more.is_none() && request.uri().authority().is_none_or(|of| accepts(of.as_str()))
    }

    /// Returns the answer to the address without its last slash.
    fn moved(&self) -> ServedAnswer {
        let mut answer = text(StatusCode::PERMANENT_REDIRECT, "");
        if let Ok(to) = HeaderValue::from_str(&format!("/{}/", self.token.text())) {
            answer.headers_mut().insert(LOCATION, to);
        }
        answer
    }

    async fn found(&self, route: ServedRoute, is_head: bool) -> Option<ServedAnswer> {
        match route {
            ServedRoute::Overview => Some(page(overview(&self.shelf).into(), &served_policy())),
            ServedRoute::OverviewEvents if is_head => Some(events(None)),
            ServedRoute::OverviewEvents => Some(events(Some(list_events(&self.shelf)))),
            ServedRoute::Sweep(number, route) => {
                let sweep = self.shelf.sweep(number)?;
                self.keep_awake(&sweep);
                self.of_sweep(&sweep, route, is_head).await
            }
        }
    }

    async fn of_sweep(
        &self,
        sweep: &Arc<ServedSweep>,
        route: SweepRoute,
        is_head: bool,
    ) -> Option<ServedAnswer> {
        match route {
            SweepRoute::Page => {
                let html = sweep.html().unwrap_or_else(|| shell(sweep).into());
                Some(page(html, &served_policy()))
            }
            SweepRoute::Events if is_head => Some(events(None)),
            SweepRoute::Events => Some(events(Some(sweep_events(sweep)))),
            SweepRoute::State => {
                first_look(sweep).await;
                Some(json(&*sweep.news()))
            }
            SweepRoute::Refresh => {
                sweep.ask_for_report();
                Some(text(StatusCode::ACCEPTED, "a new report is made\n"))
            }
            SweepRoute::Job(job) => {
                let read = self.read(sweep, move |sweep| {
                    sweep.with_live(|live| live.reader(job)).flatten().map(|read| read())
                });
                Some(json(&read.await?))
            }
            SweepRoute::Tail(job) | SweepRoute::LogText(job) => {
                let read = self.read(sweep, move |sweep| {
                    sweep.with_live(|live| live.tail_reader(job)).flatten().map(|read| read())
                });
                let tail = read.await?;
                if matches!(route, SweepRoute::Tail(_)) {
                    return Some(json(&tail));
                }
                let both = ["stdout", "stderr"].into_iter().zip([&tail.stdout, &tail.stderr]);
                let both =
                    both.map(|(name, end)| format!("==> the end of {name}.log <==\n{end}\n"));
                Some(text(StatusCode::OK, both.collect::<String>()))
            }
            SweepRoute::Config(job) => {
                let config = self.read(sweep, move |sweep| config(sweep, job)).await?;
                Some(text(StatusCode::OK, config))
            }
        }
    }

    /// Has the sweep looked at for a while: who asks once is likely to ask again.
    fn keep_awake(&self, sweep: &Arc<ServedSweep>) {
        let is_asleep = !sweep.has_viewers() || sweep.is_unseen();
        let viewer = sweep.viewer();
        if is_asleep {
            self.shelf.ring();
        }
        tokio::spawn(async move {
            sleep(AWAKE).await;
            drop(viewer);
        });
    }

    /// Reads on a thread that may wait for a file system, of which there are few.
    async fn read<T: Send + 'static>(
        &self,
        sweep: &Arc<ServedSweep>,
        read: impl FnOnce(&ServedSweep) -> Option<T> + Send + 'static,
    ) -> Option<T> {
        first_look(sweep).await;
        let sweep = Arc::clone(sweep);
        let _place = timeout(PATIENCE, self.readers.acquire()).await.ok()?.ok()?;
        let work = spawn_blocking(move || read(&sweep));
        timeout(PATIENCE, work).await.ok()?.ok()?
    }
}

/// Waits until the sweep was looked at, but not for ever.
async fn first_look(sweep: &ServedSweep) {
    let is_seen = |news: &Arc<SweepNews>| news.pulse.is_some() || news.problem.is_some();
    let _ = timeout(PATIENCE, sweep.subscribe().wait_for(is_seen)).await;
}

/// Returns the config of a job, without secrets; `None` if there is no such job.
fn config(sweep: &ServedSweep, job: u32) -> Option<String> {
    sweep.with_live(|live| live.tail_reader(job).is_some()).filter(|is_there| *is_there)?;
    let text = fs::read_to_string(&sweep.sweep.dir().cfg(sweep_config::JobId(job))).ok()?;
    let secrets = sweep.sweep.secret_values();
    Some(visible(&secrets.without_secrets(&text)).into_owned())
}

/// Returns an answer of events; without any for who asks for the headers alone.
fn events(body: Option<ServedBody>) -> ServedAnswer {
    let body = body.unwrap_or_else(|| ServedBody::Whole(Bytes::new()));
    answer(StatusCode::OK, "text/event-stream", body)
}
