//! The order, the length and the legibility of the report, on the screen, on a telephone and on paper: in the real browser.

use serde_json::{Value, json};

use crate::bin;
use crate::common::Sandbox;
use crate::page::{driven, is_without_python, jobs_or};

/// The height that a report of 200 jobs may have as it opens, in pixels.
const MOST_HEIGHT: u64 = 7000;
/// The size that every label of a figure has at least, in pixels.
const LEAST_LABEL: f64 = 11.0;

const SETTINGS: &str = "ANALYZE:\n  OBJECTIVE: {METRIC: metrics.loss, GOAL: minimize}\n  METRICS: [cfg.lr, cfg.wd, \
                        cfg.width, cfg.opt]\n  PLOT_CURVES_BEST: 3\n  PLOT_CURVES_WORST: 3\nSETUP:\n  SAMPLERS: {lr: \
                        {log: [1e-6, 1]}, wd: {log: [1e-6, 0.1]}, width: {int: [8, 4096]}, opt: [sgd, adam]}\n";

/// A sweep whose jobs have logged curves that depend on the learning rate; `worse` is how much worse they are.
pub fn sweep(sandbox: &Sandbox, name: &str, jobs: u32, worse: f64) {
    let config = format!("ROOT_DIR: sweeps\nNAME: {name}\n{SETTINGS}  NUM_CONFIGS: {jobs}\n");
    sandbox.write(format!("{name}.yaml"), config);
    sandbox.run(bin!("sweep_setup"), &[&format!("{name}.yaml")]).expect(0);
    for job in 0..jobs {
        let config = sandbox.read(format!("sweeps/{name}/cfgs/{job:06}.yaml"));
        let rate = config.lines().find_map(|line| line.strip_prefix("lr: ")).unwrap();
        let rate: f64 = rate.parse().unwrap();
        let end = worse + (rate.log10() + 2.0).powi(2) + f64::from(job * 37 % 101) / 50.0;
        let line = |epoch: u32| {
            format!(
                "{{\"epoch\": {epoch}, \"loss\": {}}}\n",
                end + 90.0 * 0.5f64.powi(epoch.cast_signed())
            )
        };
        let log: String = (1..=6).map(line).collect();
        sandbox.write(format!("sweeps/{name}/logs/{job:06}/metrics.jsonl"), log);
    }
    sandbox.run(bin!("sweep_collect"), &[&format!("{name}.yaml")]);
}

#[test]
fn a_report_is_read_in_a_minute_on_every_screen_and_on_paper() {
    if is_without_python() {
        return;
    }
    let sandbox = Sandbox::new();
    // A page of 10,000 has the same figures, which differ in how many points they show.
    sweep(&sandbox, "a", jobs_or(200), 0.2);
    sweep(&sandbox, "b", 64, 1.0);
    let page = sandbox.join("sweeps/a/analysis.html");
    sandbox.run(bin!("sweep_analyze"), &["a.yaml"]).expect(0);
    let one = sandbox.join("one.html");
    std::fs::rename(&page, &one).unwrap();
    sandbox.run(bin!("sweep_analyze"), &["b.yaml", "a.yaml"]).expect(0);
    let found = driven("layout_drive.py", &[one, sandbox.join("sweeps/b/analysis.html")]);
    assert_eq!(found["messages"], json!([]), "the console is silent");
    let [one, two] = [&found["pages"][0], &found["pages"][1]];
    order(one, &["short", "edf", "matters", "next", "best", "jobs-0"]);
    order(two, &["short", "edf", "compare", "matters", "next", "best", "jobs-0"]);
    for page in [one, two] {
        legible(page);
    }
    let height = one["closed"]["height"].as_u64().unwrap();
    assert!(height <= MOST_HEIGHT, "{height} px");
    let pages = [&one["pages"], &two["pages"]].map(|pages| pages.as_u64().unwrap());
    assert!(pages[0] <= 12 && pages[1] <= 12, "{pages:?} pages of paper");
    assert_eq!(found["folds"], json!([false, true, true, 0, true]), "what is asked for unfolds");
    distribution(&found["distribution"]);
}

/// The sections that are not folded, in their order, which come before all others.
fn order(page: &Value, answers: &[&str]) {
    let sections = page["closed"]["sections"].as_array().unwrap();
    let names: Vec<&str> = sections.iter().map(|name| name.as_str().unwrap()).collect();
    let (shown, folded) = names.split_at(answers.len());
    assert_eq!(shown, answers);
    assert!(folded.len() > 5 && folded.iter().all(|name| name.starts_with('+')), "{folded:?}");
}

fn legible(page: &Value) {
    for view in ["closed", "open", "narrow"] {
        let found = &page[view];
        assert!(found["labels"].as_u64().unwrap() > 50, "{view}: {found}");
        assert!(found["smallest"].as_f64().unwrap() >= LEAST_LABEL, "{view}: {found}");
        assert_eq!(found["collisions"], json!([]), "{view}");
        assert_eq!(found["overflow"], 0, "{view}: nothing sticks out to the side");
    }
    assert_eq!(page["parted"], json!([]), "no heading is the last line of a sheet");
}

/// The axis of the distribution goes by ratio and to the good half, and back to what it was.
fn distribution(found: &Value) {
    let step = |at: usize| &found["steps"][at];
    let ends = |at: usize| -> Vec<f64> {
        let span = step(at)[0].as_str().unwrap().split(' ');
        span.map(|end| end.parse().unwrap()).collect()
    };
    assert!(ends(1)[1] < ends(0)[1], "the good half ends at the median: {found}");
    assert_eq!((&step(1)[1], &step(1)[2]), (&json!("0 0.5"), &json!("false")));
    assert_eq!((&step(2)[1], &step(2)[2]), (&json!("0 0.5"), &json!("true")));
    assert!(found["address"].as_str().unwrap().contains("edf=log-half"), "{found}");
    assert_eq!(step(3), step(2), "the address brings the view back");
    assert_eq!(ends(4), ends(0));
    assert_eq!(found["same"], true, "the curve is where it was");
    assert_eq!(found["collisions"], json!([]));
}
