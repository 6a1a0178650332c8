//! The report in the real browser: headless Chromium.
#![cfg(feature = "analysis")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Run, Sandbox};

/// What the browser said of a page: its console, and the addresses it asked the network for.
struct Visit {
    console: String,
    requests: Vec<String>,
}

fn visit(sandbox: &Sandbox, page: &Path) -> Visit {
    let log = sandbox.join("net.json");
    let profile = sandbox.join("profile");
    let mut command = Command::new("chromium");
    command
        .args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=3000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("file://{}", page.display()));
    let output =
        command.output().expect("Debian's package `chromium` is installed (./run-tests does it)");
    let run = Run::of(&output);
    assert!(run.stdout.contains("</html>"), "the page was loaded: {}", run.stderr);
    let console = run.stderr.lines().filter(|line| line.contains(":CONSOLE"));
    let net = std::fs::read_to_string(&log).expect("the network log");
    Visit { console: console.collect::<Vec<_>>().join("\n"), requests: requests(&net) }
}

/// The web addresses that the page asked for. The browser asks for some of its own accord; the log
/// says of these that they have no page as their origin.
fn requests(net_log: &str) -> Vec<String> {
    let events = net_log.lines().filter_map(|line| {
        serde_json::from_str::<serde_json::Value>(line.trim_end_matches(',')).ok()
    });
    let asked = events.filter_map(|event| {
        let origin = event["params"]["initiator"].as_str()?;
        let url = event["params"]["url"].as_str()?;
        let web = url.starts_with("http") || url.starts_with("ws");
        (origin != "not an origin" && web).then(|| url.to_owned())
    });
    asked.collect()
}

#[test]
fn the_detector_sees_an_error_and_a_request() {
    let sandbox = Sandbox::new();
    let bad = "<html><body><img src=\"http://127.0.0.1:9/x.png\"><script>nonsense()</script></body></html>";
    let page = sandbox.write("bad.html", bad);
    let visit = visit(&sandbox, &page);
    assert!(visit.console.contains("nonsense"), "console: {}", visit.console);
    assert!(visit.requests.iter().any(|url| url.contains("127.0.0.1:9")), "{:?}", visit.requests);
}

#[test]
fn the_report_opens_without_an_error_and_without_a_request() {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    let analyze =
        "ANALYZE: {METRICS: [lr, wd, lr_wd], PLOT_CURVES_BEST: 3, PLOT_CURVES_WORST: 2}\n";
    let config =
        format!("ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {{NUM_CONFIGS: 64}}\n{analyze}");
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let visit = visit(&sandbox, &sandbox.join("sweeps/digits/optim/analysis.html"));
    assert_eq!(visit.console, "");
    let none: Vec<String> = Vec::new();
    assert_eq!(visit.requests, none);
}
