//! A job has one value of the objective: in the status, on the page, in the digest and for who reads trials.

use std::fmt::Write as _;

use base64::Engine as _;
use serde_json::Value;
use sweep_config::Sweep;
use sweepkit::trials::Trials;

use crate::bin;
use crate::common::Sandbox;

/// Jobs with numbers; one more was not started.
const JOBS: u32 = 7;
/// The epochs of each.
const EPOCHS: u32 = 3;

/// The error that a job logged in an epoch, from 1; no two are equal.
fn error(job: u32, epoch: u32) -> f64 {
    let wave = if epoch == 2 { -7.5 } else { 1.125 * f64::from(epoch - 1) };
    40.0 + wave - 3.0 * f64::from(job)
        + if job.is_multiple_of(3) { 1.5 * f64::from(epoch) } else { 0.0 }
}

/// Every other job keeps averaged weights.
fn has_average(job: u32) -> bool {
    job.is_multiple_of(2)
}

fn flops(job: u32) -> f64 {
    1e8 * f64::from(job + 1)
}

fn log(job: u32) -> String {
    let mut log = format!(
        "json_stats: {{\"_type\": \"complexity\", \"flops\": {}, \"params\": 7}}\n",
        flops(job)
    );
    let mut least = f64::INFINITY;
    for epoch in 1..=EPOCHS {
        let error = error(job, epoch);
        least = least.min(error);
        let row = |kind: &str, less: f64| {
            format!(
                "json_stats: {{\"_type\": \"{kind}\", \"epoch\": \"{epoch}/{EPOCHS}\", \"top1_err\": {}, \
                 \"min_top1_err\": {}, \"acc\": {}}}\n",
                error - less,
                least - less,
                100.0 - error
            )
        };
        log += &row("test_epoch", 0.0);
        if has_average(job) {
            log += &row("test_ema_epoch", 0.5);
        }
    }
    log
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let mut summary = String::new();
    for job in 0..=JOBS {
        let rate = 0.5 / f64::from(job + 1);
        sandbox.write(format!("s/x/cfgs/{job:06}.yaml"), format!("OPTIM: {{BASE_LR: {rate}}}\n"));
        let _ = writeln!(summary, "{job:06}.yaml: OPTIM.BASE_LR {rate}");
        if job < JOBS {
            sandbox.write(format!("s/x/logs/{job:06}/stdout.log"), log(job));
        }
    }
    sandbox.write("s/x/cfgs_summary.yaml", summary);
    sandbox
}

/// What every job's value is by the numbers above: `None` if it has none.
type Expected = fn(u32) -> Option<f64>;

fn over_epochs(job: u32, fold: fn(f64, f64) -> f64) -> f64 {
    (1..=EPOCHS).map(|epoch| error(job, epoch)).reduce(fold).unwrap()
}

fn least(job: u32) -> f64 {
    over_epochs(job, f64::min)
}

const CASES: [(&str, Expected); 9] = [
    ("", |job| has_average(job).then(|| least(job) - 0.5)),
    ("error_ema", |job| has_average(job).then(|| least(job) - 0.5)),
    ("error_tst", |job| Some(least(job))),
    ("flops", |job| Some(flops(job) / 1e9)),
    ("{METRIC: test_epoch.acc, GOAL: maximize}", |job| Some(100.0 - least(job))),
    ("{METRIC: test_epoch.top1_err, OVER: last}", |job| Some(error(job, EPOCHS))),
    ("{METRIC: test_epoch.top1_err, OVER: mean}", |job| {
        Some(over_epochs(job, |a, b| a + b) / f64::from(EPOCHS))
    }),
    ("{METRIC: test_epoch.top1_err, GOAL: maximize}", |job| Some(over_epochs(job, f64::max))),
    ("{METRIC: lr, OVER: last}", |job| Some(0.5 / f64::from(job + 1))),
];

fn json(sandbox: &Sandbox, program: &str, args: &[&str]) -> Value {
    let run = sandbox.run(program, &[&["--sweep-cfg", "x.yaml"], args].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stderr))
}

/// The values of the page's column of the objective.
fn on_page(html: &str) -> Vec<Option<f64>> {
    let (_, data) = html.split_once("id=\"data\">").unwrap();
    let data: Value = serde_json::from_str(data.split_once("</script>").unwrap().0).unwrap();
    let columns = data["sweeps"][0]["columns"].as_array().unwrap();
    let values = &columns.iter().find(|column| column["name"] == "objective").unwrap()["values"];
    let places = base64::engine::general_purpose::STANDARD.decode(values["u1"].as_str().unwrap());
    places.unwrap().iter().map(|place| values["of"][usize::from(*place)].as_f64()).collect()
}

#[track_caller]
fn expect(found: &[Option<f64>], expected: &[Option<f64>], what: &str) {
    let is_close = |(a, b): (&Option<f64>, &Option<f64>)| match (a, b) {
        (Some(a), Some(b)) => (a - b).abs() < 1e-9,
        (a, b) => a.is_none() && b.is_none(),
    };
    let all = found.len() == expected.len() && found.iter().zip(expected).all(is_close);
    assert!(all, "{what}: {found:?} instead of {expected:?}");
}

#[test]
fn status_page_digest_and_trials_have_one_value_of_the_objective() {
    let sandbox = sandbox();
    for (objective, value) in CASES {
        let expected: Vec<Option<f64>> = (0..=JOBS)
            .map(|job| if job < JOBS || objective.contains("lr") { value(job) } else { None })
            .collect();
        let analyze = match objective {
            "" => String::new(),
            named => format!("ANALYZE: {{OBJECTIVE: {named}}}\n"),
        };
        let sampler = "{TYPE: float_sampler, RANGE: [0.01, 1.0]}";
        let setup = format!("SETUP: {{NUM_CONFIGS: 8, SAMPLERS: {{OPTIM.BASE_LR: {sampler}}}}}");
        sandbox.write("x.yaml", format!("ROOT_DIR: s\nNAME: x\n{setup}\n{analyze}"));

        // Read anew, and from the cache.
        for how in ["read", "kept"] {
            let jobs = json(&sandbox, bin!("sweep_collect"), &["--jobs", "--json"]);
            let status: Vec<Option<f64>> =
                jobs.as_array().unwrap().iter().map(|job| job["objective"].as_f64()).collect();
            expect(&status, &expected, &format!("status ({how}) of `{objective}`"));
        }
        let one = json(&sandbox, bin!("sweep_collect"), &["--job", "1", "--json"]);
        expect(&[one["objective"].as_f64()], &expected[1..2], &format!("job 1 of `{objective}`"));

        let digest = json(&sandbox, bin!("sweep_analyze"), &["--json"]);
        let page = on_page(&sandbox.read("s/x/analysis.html"));
        expect(&page, &expected, &format!("page of `{objective}`"));
        for job in digest["sweeps"][0]["best_jobs"].as_array().unwrap() {
            let number = usize::try_from(job["job"].as_u64().unwrap()).unwrap();
            let of_job = [job["value"].as_f64()];
            expect(&of_job, &expected[number..=number], &format!("digest of `{objective}`"));
        }
        let with_value = expected.iter().flatten().count();
        assert_eq!(digest["sweeps"][0]["with_value"], with_value, "of `{objective}`");

        let sweep = Sweep::load(&sandbox.join("x.yaml"), &[]).unwrap();
        let sweep = Sweep { root_dir: sandbox.join("s"), ..sweep };
        let trials = Trials::read(&sweep).unwrap();
        let values: Vec<Option<f64>> =
            trials.jobs.iter().map(|trial| trial.objectives[0]).collect();
        expect(&values, &expected, &format!("trials of `{objective}`"));
    }
}
