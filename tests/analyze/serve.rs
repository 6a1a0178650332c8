//! `sweep_analyze --serve`: who may read what, and that nothing stops it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use serde_json::{Value, json};

use crate::bin;
use crate::common::Sandbox;
use crate::page::{driven, is_without_python};

/// A server that runs until the test is over.
pub(crate) struct ServedPages {
    child: Child,
    pub(crate) url: String,
    host: String,
    pub(crate) token: String,
}

impl ServedPages {
    /// Starts a server in a sandbox and reads its address.
    pub(crate) fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut command = sandbox.command(bin!("sweep_analyze"));
        command.arg("--serve").args(args).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn().expect("the server starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("its address");
        let url = line.trim().to_owned();
        let (host, token) = url.strip_prefix("http://").expect(&url).split_once('/').expect(&url);
        let (host, token) = (host.to_owned(), token.trim_end_matches('/').to_owned());
        Self { child, url, host, token }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.host).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends the bytes of a request and gives all that comes back.
    fn raw(&self, request: &[u8]) -> String {
        let mut stream = self.connect();
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks for a path with a method and the name of a host; gives the status, the headers and the body.
    fn ask(&self, method: &str, path: &str, host: &str) -> (u16, String, String) {
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = self.raw(request.as_bytes());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, head.to_lowercase(), body.to_owned())
    }

    /// Gets something below the token.
    fn get(&self, rest: &str) -> (u16, String, String) {
        self.ask("GET", &format!("/{}/{rest}", self.token), &self.host)
    }

    fn json(&self, rest: &str) -> Value {
        let (status, _, body) = self.get(rest);
        assert_eq!(status, 200, "{rest}: {body}");
        serde_json::from_str(&body).expect(&body)
    }

    /// Asks until what comes is as it should be.
    fn until(&self, rest: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let began = Instant::now();
        loop {
            let found = self.json(rest);
            if is_wanted(&found) {
                return found;
            }
            assert!(began.elapsed() < Duration::from_secs(30), "{found}");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends a signal and gives the exit code.
    fn end(&mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for ServedPages {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const SAMPLERS: &str =
    "{lr: {TYPE: float_sampler, RAND_TYPE: uniform, RANGE: [0.1, 0.9], QUANTIZE: 0.001}}";

/// A sweep of three jobs, of which the first has run: it printed what a terminal would act on, and a secret.
fn sweep(sandbox: &Sandbox, name: &str) {
    let config = format!(
        "ROOT_DIR: sweeps\nNAME: {name}\nSETUP: {{NUM_CONFIGS: 3, SAMPLERS: {SAMPLERS}}}\n\
         LAUNCH: {{COMMAND: 'true', EXECUTOR: local, ENV: {{HF_TOKEN: hf_abc0123456789}}}}\n\
         ANALYZE: {{OBJECTIVE: {{METRIC: loss, GOAL: minimize, OVER: min}}}}\n"
    );
    let file = format!("{}.yaml", name.replace('/', "-"));
    sandbox.write(&file, config);
    sandbox.run(bin!("sweep_setup"), &[&file]).expect(0);
    let log = "{\"epoch\": 1, \"loss\": 0.5}\n{\"epoch\": 2, \"loss\": 0.25}\n\u{1b}[31mred <b>\n hf_abc0123456789\n";
    sandbox.write(format!("sweeps/{name}/logs/000000/stdout.log"), log);
    sandbox.write(format!("sweeps/{name}/logs/000000/stderr.log"), "");
}

#[test]
fn only_who_knows_the_address_reads_and_nothing_but_the_sweep() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "one");
    sandbox.write("secret.txt", "the secret of another file");
    std::os::unix::fs::symlink(
        sandbox.join("secret.txt"),
        sandbox.join("sweeps/one/logs/000000/x"),
    )
    .unwrap();
    let link = sandbox.join("sweeps/one/logs/000001/stdout.log");
    std::fs::create_dir_all(link.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(sandbox.join("secret.txt"), link).unwrap();
    let served = ServedPages::start(&sandbox, &["one.yaml"]);
    assert!(served.url.starts_with("http://127.0.0.1:") && served.token.len() == 32);

    let (status, head, body) = served.get("");
    assert!(status == 200 && body.contains("<h1>one</h1>"), "{head}");
    for header in [
        "content-security-policy: default-src 'none'",
        "frame-ancestors 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
        "x-frame-options: deny",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    let state = served.json("api/state");
    assert_eq!(state["pulse"]["best"]["value"], 0.25);
    let tail = served.json("api/job/0/tail");
    let out = tail["stdout"].as_str().unwrap();
    assert!(out.contains("\\u{1b}[31mred <b>") && out.ends_with("***\n"), "{out}");
    let of_link = served.json("api/job/1/tail");
    assert!(of_link["stdout"].as_str().unwrap().contains("not shown"), "{of_link}");
    assert_eq!(served.json("api/job/0")["curves"][0]["points"], json!([[1, 0.5], [2, 0.25]]));
    assert!(served.get("cfgs/000002.yaml").2.starts_with("lr: "));

    assert_refusals(&served);
}

fn assert_hosts(served: &ServedPages) {
    let (token, host) = (&served.token, &served.host);
    let port = host.split(':').nth(1).unwrap();
    for own in ["localhost:1".to_owned(), "127.0.0.1".to_owned(), format!("localhost:{port}")] {
        assert_eq!(served.ask("GET", &format!("/{token}/api/state"), &own).0, 200, "{own}");
    }
    for other in ["evil.example", "", "evil.example:80", "127.0.0.1.evil.example", "0.0.0.0"] {
        assert_eq!(served.ask("GET", &format!("/{token}/"), other).0, 403, "{other}");
    }
    let twice = format!("GET /{token}/ HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n");
    assert!(served.raw(twice.as_bytes()).starts_with("HTTP/1.1 403"));
    let absolute = format!("GET http://evil.example/{token}/ HTTP/1.1\r\nHost: {host}\r\n\r\n");
    assert!(served.raw(absolute.as_bytes()).starts_with("HTTP/1.1 403"));
    let without = format!("GET /{token}/ HTTP/1.0\r\n\r\n");
    assert!(served.raw(without.as_bytes()).starts_with("HTTP/1.0 403"));
}

fn assert_refusals(served: &ServedPages) {
    assert_hosts(served);
    let (token, host) = (&served.token, &served.host);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "WHATEVER"] {
        let (status, head, _) = served.ask(method, &format!("/{token}/"), host);
        assert!(status == 405 && head.contains("allow: get, head"), "{method}: {head}");
    }
    let (status, _, body) = served.ask("HEAD", &format!("/{token}/"), host);
    assert_eq!((status, body.as_str()), (200, ""));
    let body = format!("GET /{token}/ HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\nabc");
    assert!(served.raw(body.as_bytes()).starts_with("HTTP/1.1 413"));

    let wrong = format!("{}{}", &token[..31], if token.ends_with('0') { '1' } else { '0' });
    let nothing = served.ask("GET", "/nothing", host);
    for path in [
        "/",
        "//",
        &format!("/{wrong}/"),
        &format!("/{}/", &token[..31]),
        &format!("//{token}/"),
        &format!("/{}/", token.to_uppercase().replace(|c: char| c.is_ascii_digit(), "A")),
    ] {
        let found = served.ask("GET", path, host);
        assert_eq!((found.0, &found.2), (404, &nothing.2), "{path}");
    }
    let long = format!("api/job/{}", "1".repeat(9000));
    for rest in [
        "..",
        "../",
        "../../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "logs/../../../secret.txt",
        "logs/000000/x",
        "logs/000000/stdout.log",
        "logs/%2e%2e/",
        "cfgs/../setup.json",
        "cfgs/..%2fsetup.json",
        "/etc/passwd",
        "api/job/0/../../../",
        "api/job/0%00/tail",
        "api/job/-1/tail",
        "api/job/7/tail",
        "api/job/4294967296",
        "sweep.yaml",
        "sweep.json",
        "file:///etc/passwd",
        "s/0/",
        "..\\..\\secret.txt",
        &long,
    ] {
        let (status, _, body) = served.get(rest);
        assert!(matches!(status, 404 | 414 | 431), "{rest}: {status} {body}");
        assert!(!body.contains("secret of") && !body.contains("root:"), "{rest}: {body}");
    }
    let nul = format!("GET /{token}/api/job/0\0/tail HTTP/1.1\r\nHost: {host}\r\n\r\n");
    assert!(served.raw(nul.as_bytes()).starts_with("HTTP/1.1 400"));
}

/// Numbers that look random (Knuth's MMIX).
struct DiceRolls(u64);

impl DiceRolls {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

#[test]
fn neither_random_bytes_nor_a_thousand_slow_connections_stop_it_and_ctrl_c_ends_it() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "one");
    let mut served = ServedPages::start(&sandbox, &["one.yaml"]);
    let (mut dice, began) = (DiceRolls(7), Instant::now());
    let whole =
        format!("GET /{}/events HTTP/1.1\r\nHost: {}\r\nX: y\r\n\r\n", served.token, served.host);
    while began.elapsed() < Duration::from_secs(2) {
        let mut request = whole.clone().into_bytes();
        if dice.below(3) == 0 {
            request = (0..dice.below(2000)).map(|_| dice.byte()).collect();
        }
        for _ in 0..dice.below(6) {
            let at = dice.below(request.len().max(1));
            match dice.below(3) {
                0 if at < request.len() => request[at] = dice.byte(),
                1 => request.truncate(at),
                _ => request.insert(at.min(request.len()), dice.byte()),
            }
        }
        let mut stream = served.connect();
        stream.set_read_timeout(Some(Duration::from_millis(3))).unwrap();
        let _ = stream.write_all(&request);
        let _ = stream.read(&mut [0; 512]);
    }
    assert_eq!(served.json("api/state")["pulse"]["jobs"], 3);

    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    let slow = |at: usize| {
        let mut stream = served.connect();
        // Some say nothing, some begin, some have a token that is wrong.
        let _ = stream
            .write_all([&b""[..], b"GET /", b"GET /0/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-"][at % 3]);
        stream
    };
    let slow: Vec<TcpStream> = (0..1000).map(slow).collect();
    let asked = Instant::now();
    assert_eq!(served.json("api/state")["pulse"]["jobs"], 3);
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(slow.len(), 1000);
    assert_eq!(served.end(Signal::INT), Some(0));
    drop(slow);
}

#[test]
fn all_sweeps_below_a_directory_are_listed_and_one_that_vanishes_or_is_damaged_says_so() {
    let sandbox = Sandbox::new();
    for name in ["a", "deep/b"] {
        sweep(&sandbox, name);
    }
    let served = ServedPages::start(&sandbox, &["sweeps"]);
    let (status, _, list) = served.get("");
    assert!(
        status == 200 && list.contains("href=\"s/0/\">a</a>") && list.contains(">deep/b</a>"),
        "{list}"
    );
    assert_eq!(served.json("s/0/api/state")["name"], "a");
    let state = served.until("s/1/api/state", |state| state["report"]["number"] == 1);
    assert_eq!(state["name"], "deep/b");
    assert!(served.get("s/1/").2.contains("data-live"), "its report");
    for rest in ["s/2/", "s/x/", "s/1", "api/state", "s/-1/", "s/1/../0/"] {
        assert_eq!(served.get(rest).0, 404, "{rest}");
    }
    if !is_without_python() {
        let shown = driven("list_drive.py", &[PathBuf::from(&served.url)]);
        let wanted = json!({"messages": [], "rows": 2, "jobs": "1 unfinished, 2 waiting", "focus": "deep/b", "warning": false});
        assert_eq!(shown, wanted);
    }

    // The report of what there is stays; that there is no newer one is said.
    let table = sandbox.join("sweeps/deep/b/sweep.parquet");
    std::fs::remove_file(&table).unwrap();
    std::fs::create_dir(&table).unwrap();
    assert_eq!(served.get("s/1/api/refresh").0, 202);
    let said = served.until("s/1/api/state", |state| state["report"]["problem"].is_string());
    assert!(said["report"]["problem"].as_str().unwrap().contains("sweep.parquet"), "{said}");
    assert!(served.get("s/1/").2.contains("data-live"));

    std::fs::remove_dir_all(sandbox.join("sweeps/deep")).unwrap();
    let said = served.until("s/1/api/state", |state| state["problem"].is_string());
    assert!(said["problem"].as_str().unwrap().contains("no job configs"), "{said}");
    assert_eq!(served.json("s/0/api/state")["pulse"]["jobs"], 3);
}

/// Replaces the config of a served sweep by a pipe that nobody writes to: who reads it waits for ever.
fn stop_reports(sandbox: &Sandbox) {
    std::fs::remove_file(sandbox.join("one.yaml")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(sandbox.join("one.yaml")).status().unwrap();
    assert!(made.success());
}

/// Returns the processes that a process has started and that still run.
fn children(of: u32) -> Vec<u32> {
    let stat = |pid: u32| std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let parent = |pid: u32| stat(pid).rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok();
    let all = std::fs::read_dir("/proc").unwrap();
    let pids = all.filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    pids.filter(|pid| parent(*pid) == Some(of)).collect()
}

fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_second_signal_ends_it_at_once_with_the_process_that_makes_a_report() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "one");
    let config = sandbox.read("one.yaml");
    for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143)] {
        let mut served = ServedPages::start(&sandbox, &["one.yaml"]);
        let pid = served.child.id();
        served.until("api/state", |state| state["report"]["number"] == 1);
        until(|| children(pid).is_empty());
        stop_reports(&sandbox);
        served.get("api/refresh");
        until(|| !children(pid).is_empty());
        let maker = children(pid)[0];
        until(|| {
            std::fs::read_to_string(format!("/proc/{maker}/cmdline"))
                .unwrap()
                .contains("--served-report")
        });

        kill_process(Pid::from_child(&served.child), signal).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(served.child.try_wait().unwrap(), None, "it waits for the tables");
        let again = Instant::now();
        assert_eq!(served.end(signal), Some(code));
        assert!(again.elapsed() < Duration::from_secs(2), "{:?}", again.elapsed());
        until(|| !Path::new(&format!("/proc/{maker}/cmdline")).exists());
        std::fs::remove_file(sandbox.join("one.yaml")).unwrap();
        sandbox.write("one.yaml", &config);
    }
    // What was there is whole, and nothing was begun.
    let _: Value = serde_json::from_str(&sandbox.read("sweeps/one/sweep.json")).unwrap();
    let names = std::fs::read_dir(sandbox.join("sweeps/one")).unwrap();
    let names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(names.iter().all(|name| !name.starts_with(".tmp")), "{names:?}");
}

#[test]
fn a_config_that_breaks_or_names_another_sweep_meanwhile_is_told_and_the_report_stays() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "two");
    sweep(&sandbox, "one");
    let served = ServedPages::start(&sandbox, &["one.yaml"]);
    served.until("api/state", |state| state["report"]["number"] == 1);
    let two = sandbox.read("two.yaml");
    for (config, why) in [("NAME: [one\n", "one.yaml"), (two.as_str(), "names another sweep now")] {
        sandbox.write("one.yaml", config);
        served.get("api/refresh");
        let says = |state: &Value| {
            state["report"]["problem"].as_str().is_some_and(|problem| problem.contains(why))
        };
        let state = served.until("api/state", says);
        assert_eq!(state["report"]["number"], 1);
        assert!(served.get("").2.contains("<h1>one</h1>"));
    }
}

#[test]
fn what_is_no_sweep_and_no_address_is_refused() {
    let sandbox = Sandbox::new();
    sweep(&sandbox, "one");
    let run = |args: &[&str]| sandbox.run(bin!("sweep_analyze"), args);
    let none = run(&["--serve", "none.yaml"]).expect(2);
    assert!(none.stderr.contains("none.yaml"), "{}", none.stderr);
    let foreign = run(&["--serve", "192.0.2.1:0", "one.yaml"]).expect(2);
    assert!(foreign.stderr.contains("cannot listen at 192.0.2.1:0"), "{}", foreign.stderr);
    assert!(foreign.stdout.is_empty());
    let _ = run(&["--serve", "--json", "one.yaml"]).expect(2);
    assert!(!Path::new(&sandbox.join("sweeps/one/analysis.html")).exists());
}

/// Prints a loss and what a terminal would act on: for three seconds, but job 3 for two minutes.
const PROGRAM: &str = r#"
import json, sys, time
lr = float(open(sys.argv[1]).read().split("lr:")[1].split()[0])
for epoch in range(1, 601 if "000003" in sys.argv[1] else 16):
    print(json.dumps({"epoch": epoch, "val_loss": 1 / (epoch * lr)}), flush=True)
    print("\x1b[31mred <b>", flush=True)
    time.sleep(0.2)
"#;

#[test]
fn a_page_is_brought_up_to_date_in_place_while_jobs_run_and_shows_the_end_of_a_log() {
    if is_without_python() {
        return;
    }
    let sandbox = Sandbox::new();
    sandbox.write("train.py", PROGRAM);
    let config = format!(
        "ROOT_DIR: sweeps\nNAME: one\nSETUP: {{NUM_CONFIGS: 40, SAMPLERS: {SAMPLERS}}}\n\
         LAUNCH: {{COMMAND: 'python3 train.py {{{{cfg}}}}', EXECUTOR: local, LOCAL_WORKERS: 2}}\n\
         ANALYZE: {{OBJECTIVE: {{METRIC: val_loss, GOAL: minimize, OVER: min}}}}\n"
    );
    sandbox.write("one.yaml", config);
    sandbox.run(bin!("sweep_setup"), &["one.yaml"]).expect(0);
    let served = ServedPages::start(&sandbox, &["one.yaml"]);
    let mut launch = sandbox.command(bin!("sweep_launch"));
    launch.args(["one.yaml", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut launch = launch.spawn().expect("the launch starts");
    let found = driven("serve_drive.py", &[PathBuf::from(&served.url)]);
    kill_process(Pid::from_child(&launch), Signal::TERM).unwrap();
    launch.wait().unwrap();
    assert_eq!((&found["messages"], &found["requests"]), (&json!([]), &json!([])), "{found}");
    assert_eq!(found["before"], found["after"], "what is selected, searched and opened stays");
    assert_eq!(found["before"]["chips"].as_array().unwrap().len(), 1);
    assert!(found["moved"].as_u64().unwrap() <= 2, "what is read stays in its place: {found}");
    assert_eq!(found["kept"], "the same page and panel");
    assert!(found["ended"][1].as_u64() > found["ended"][0].as_u64(), "{}", found["ended"]);
    assert_eq!(found["reopened"], json!(["Job 000000"]), "a job that is shown stays");
    assert_eq!(found["state"], "running");
    assert_eq!(found["job"], json!([true, true]), "a running job has a name and a curve");
    assert_eq!(found["escape"], true, "what a terminal would act on is spelt out");
    assert_eq!(found["markup"], json!([0, true]), "and a log is text");
    assert_eq!(found["closed"], true);
    for axe in ["axe", "dialog"] {
        assert_eq!(found[axe], json!([]), "{axe}");
    }
}
