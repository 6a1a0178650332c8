//! The report and the preview in the real browser: headless Chromium.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bin;
use crate::common::{Run, Sandbox};

/// What the browser said of a page: its console, and the addresses it asked the network for.
struct Visit {
    console: String,
    requests: Vec<String>,
}

/// The browser with a profile of its own, on a page.
fn browser(sandbox: &Sandbox, page: &Path, more: &[String]) -> Run {
    let profile = sandbox.join("profile");
    let mut command = Command::new("chromium");
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"])
        .args(["--no-first-run", "--disable-background-networking", "--disable-component-update"])
        .args(["--disable-sync", "--hide-scrollbars", "--enable-logging=stderr"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(more)
        .arg(format!("file://{}", page.display()));
    let output =
        command.output().expect("Debian's package `chromium` is installed (./run-tests does it)");
    Run::of(&output)
}

fn visit(sandbox: &Sandbox, page: &Path) -> Visit {
    let log = sandbox.join("net.json");
    let log_to = format!("--log-net-log={}", log.display());
    let more = ["--virtual-time-budget=3000".to_owned(), "--dump-dom".to_owned(), log_to];
    let run = browser(sandbox, page, &more);
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

/// The digits sweep of the fixtures, analyzed, in a sandbox.
fn report() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    let analyze =
        "ANALYZE: {METRICS: [lr, wd, lr_wd], PLOT_CURVES_BEST: 3, PLOT_CURVES_WORST: 2}\n";
    let config =
        format!("ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {{NUM_CONFIGS: 64}}\n{analyze}");
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let page = sandbox.join("sweeps/digits/optim/analysis.html");
    (sandbox, page)
}

#[test]
fn the_report_opens_without_an_error_and_without_a_request() {
    let (sandbox, page) = report();
    let visit = visit(&sandbox, &page);
    assert_eq!(visit.console, "");
    let none: Vec<String> = Vec::new();
    assert_eq!(visit.requests, none);
}

/// The preview of an example sweep, in a sandbox.
fn preview() -> (Sandbox, PathBuf) {
    let sandbox = Sandbox::new();
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/cifar/regnet.yaml");
    let config = config.to_str().unwrap();
    let args = ["--sweep-cfg", config, "--preview", "--html", "page.html"];
    sandbox.run(bin!("sweep_setup"), &args).expect(0);
    let page = sandbox.join("page.html");
    (sandbox, page)
}

#[test]
fn the_preview_opens_without_an_error_and_without_a_request() {
    let (sandbox, page) = preview();
    let visit = visit(&sandbox, &page);
    assert_eq!(visit.console, "");
    let none: Vec<String> = Vec::new();
    assert_eq!(visit.requests, none);
}

/// Put into a copy of the page, says what a layout does to it. The page itself has no script, and
/// its policy allows none: the copy goes without.
const PROBE: &str = "<script>addEventListener('load', () => {
  const say = text => { const out = document.createElement('output'); out.textContent = text; document.body.append(out); };
  addEventListener('message', event => say(event.data));
  const root = document.documentElement;
  const figures = [...document.querySelectorAll('svg.figure')].filter(figure => figure.getClientRects().length);
  parent.postMessage(JSON.stringify({
    width: root.clientWidth,
    overflow: root.scrollWidth - root.clientWidth,
    paper: getComputedStyle(document.body).backgroundColor,
    tick: getComputedStyle(document.querySelector('.tick')).fill,
    unstyled: [...document.querySelectorAll('svg [class]')]
      .filter(e => e.tagName !== 'g' && getComputedStyle(e).fill === 'rgb(0, 0, 0)'
        && getComputedStyle(e).stroke === 'none').length,
    smallest: Math.min(...figures.filter(f => !f.matches('.matrix')).map(f => f.getBoundingClientRect().width)),
  }), '*');
});</script></body>";

/// A page that shows the copy in a frame of 400 pixels: no window is as narrow as a telephone.
const FRAME: &str = "<!DOCTYPE html><body><iframe src=copy.html width=400 height=800 style='border:0'></iframe><script>
  addEventListener('message', event => {
    const out = document.createElement('output'); out.textContent = event.data; document.body.append(out);
  });
</script></body></html>";

/// What the probe says of the page, 1280 or 400 pixels wide, light or dark.
fn layout(sandbox: &Sandbox, page: &Path, narrow: bool, dark: bool) -> serde_json::Value {
    let html = std::fs::read_to_string(page).unwrap();
    let policy = html.find("<meta http-equiv").expect("the policy");
    let end = policy + html[policy..].find('>').unwrap() + 1;
    let html = format!("{}{}", &html[..policy], &html[end..]).replace("</body>", PROBE);
    let copy = sandbox.write("copy.html", html);
    let mut more = vec![
        "--virtual-time-budget=3000".to_owned(),
        "--dump-dom".to_owned(),
        "--window-size=1280,900".to_owned(),
    ];
    if dark {
        more.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let frame = sandbox.write("frame.html", FRAME);
    let run = browser(sandbox, if narrow { &frame } else { &copy }, &more);
    let said = run.stdout.split("<output>").nth(1).and_then(|rest| rest.split('<').next());
    serde_json::from_str(said.expect("the probe ran")).unwrap()
}

#[test]
fn the_report_fits_wide_and_narrow_windows_in_light_and_dark() {
    let (sandbox, page) = report();
    assert_fits(&sandbox, &page);
}

#[test]
fn the_preview_fits_wide_and_narrow_windows_in_light_and_dark() {
    let (sandbox, page) = preview();
    assert_fits(&sandbox, &page);
}

fn assert_fits(sandbox: &Sandbox, page: &Path) {
    let [light, dark] = [false, true].map(|dark| layout(sandbox, page, false, dark));
    assert_ne!(light["paper"], dark["paper"]);
    assert_ne!(light["tick"], dark["tick"], "the text of figures follows the page");
    let narrow = layout(sandbox, page, true, false);
    assert_eq!([&light["width"], &narrow["width"]], [1280, 400]);
    for (name, layout) in [("light", light), ("dark", dark), ("narrow", narrow)] {
        assert_eq!(layout["overflow"], 0, "{name}: nothing sticks out to the side");
        assert_eq!(layout["unstyled"], 0, "{name}: every drawn thing has a colour");
        assert!(layout["smallest"].as_f64().unwrap() >= 200.0, "{name}: {layout}");
    }
}
