//! The median learning curves: of jobs that end early, are lost, go on, log seldom, and have replicates.

use std::fmt::Write as _;

use serde_json::Value;
use sweep_config::claim::Claimant;
use sweep_config::{JobId, SweepDir};

use crate::bin;
use crate::common::Sandbox;

/// How a job ended.
#[derive(Clone, Copy, PartialEq)]
enum JobEnd {
    Done,
    Failed,
    Open,
}

/// A job: what it logged by epoch, of how many, and its end.
struct LoggedJob {
    errors: Vec<(u32, f64)>,
    epochs: u32,
    end: JobEnd,
}

fn job(epochs: std::ops::RangeInclusive<u32>, base: f64, end: JobEnd) -> LoggedJob {
    let last = 4.max(*epochs.end());
    LoggedJob { errors: epochs.map(|e| (e, base / f64::from(e))).collect(), epochs: last, end }
}

/// Writes a sweep of jobs and returns the page of its report.
fn page(jobs: &[LoggedJob], setup: &str, analyze: &str) -> String {
    let sandbox = Sandbox::new();
    let sampler = "{TYPE: float_sampler, RANGE: [0.0, 1.0]}";
    let config = format!(
        "ROOT_DIR: sweeps\nNAME: s\nSETUP: {{NUM_CONFIGS: {}, {setup}SAMPLERS: {{X: {sampler}}}}}\nANALYZE: {{{analyze}}}\n",
        jobs.len() / if setup.contains("REPLICATES") { 2 } else { 1 },
    );
    sandbox.write("s.yaml", config);
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "s.yaml"]).expect(0);
    let (mut worker, mut claims) = (Claimant::new().unwrap(), Vec::new());
    for (number, job) in jobs.iter().enumerate() {
        let dir = format!("sweeps/s/logs/{number:06}");
        let mut log = String::new();
        for (epoch, error) in &job.errors {
            let _ = writeln!(
                log,
                "json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"{epoch}/{}\", \"top1_err\": {error}, \"min_top1_err\": {error}}}",
                job.epochs
            );
        }
        sandbox.write(format!("{dir}/stdout.log"), log);
        let mut journal = r#"{"event":"start","attempt":1,"launch":"000001","host":"another-host","pid":7,"started":"2026-01-01T00:00:00Z","command":":"}"#.to_owned();
        let end = match job.end {
            JobEnd::Done => "\"outcome\":\"done\",\"exit_code\":0",
            _ => "\"outcome\":\"failed\",\"exit_code\":1",
        };
        if job.end == JobEnd::Open {
            let dir = SweepDir::new(sandbox.join("sweeps/s"));
            let id = JobId(u32::try_from(number).unwrap());
            claims.push(worker.take(&dir, id, <[_]>::is_empty).unwrap());
        } else {
            let _ = write!(
                journal,
                "\n{{\"event\":\"end\",\"attempt\":1,\"ended\":\"2026-01-01T01:00:00Z\",\"seconds\":1.0,{end}}}"
            );
        }
        sandbox.write(format!("{dir}/attempts.jsonl"), journal + "\n");
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "s.yaml"]);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "s.yaml"]);
    sandbox.read("sweeps/s/analysis.html")
}

/// The part of a page about the median curves.
fn section(page: &str) -> &str {
    let (_, from) = page.split_once("<section id=\"learning\"").expect("the section");
    from.split_once("</section>").unwrap().0
}

/// The medians in the numbers of the figure, by epoch.
fn medians(page: &str) -> Vec<(f64, f64)> {
    let (_, data) = section(page).split_once("<metadata").unwrap();
    let data = data.split_once('>').unwrap().1.split_once("</metadata>").unwrap().0;
    let data: Value = serde_json::from_str(&data.replace("&quot;", "\"")).unwrap();
    let points = data["parts"][0][1].as_array().unwrap();
    points.iter().map(|p| (p[0].as_f64().unwrap(), p[1].as_f64().unwrap())).collect()
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    f64::midpoint(values[(n - 1) / 2], values[n / 2])
}

#[track_caller]
fn expect(found: &[(f64, f64)], expected: &[(f64, f64)]) {
    let is_near = |((a, x), (b, y)): (&(f64, f64), &(f64, f64))| {
        (a - b).abs() < 1e-9 && (x - y).abs() < 1e-3 * y
    };
    let all = found.len() == expected.len() && found.iter().zip(expected).all(is_near);
    assert!(all, "{found:?}, not {expected:?}");
}

#[test]
fn medians_count_what_ended_what_is_lost_and_what_goes_on_as_the_report_does() {
    let mut jobs: Vec<LoggedJob> =
        (0..6).map(|i| job(1..=4, 40.0 + 4.0 * f64::from(i), JobEnd::Done)).collect();
    // One ends after two epochs, as it should; one fails after two, one at once; one is at the third.
    jobs.push(LoggedJob { epochs: 2, ..job(1..=2, 8.0, JobEnd::Done) });
    jobs.push(job(1..=2, 9.0, JobEnd::Failed));
    jobs.push(LoggedJob { errors: Vec::new(), ..job(1..=1, 0.0, JobEnd::Failed) });
    jobs.push(job(1..=3, 10.0, JobEnd::Open));
    let page = page(&jobs, "", "PRE_FILTERS: {done: [1, 1]}");
    let expected: Vec<(f64, f64)> = (1..=4)
        .map(|epoch| {
            let at = f64::from(epoch);
            let mut values: Vec<f64> = (0..6).map(|i| (40.0 + 4.0 * f64::from(i)) / at).collect();
            values.push(8.0 / at.min(2.0));
            values.push(if epoch <= 2 { 9.0 / at } else { f64::INFINITY });
            values.push(f64::INFINITY);
            values.extend((epoch <= 3).then_some(10.0 / at));
            (at, middle(values))
        })
        .collect();
    expect(&medians(&page), &expected);
    let section = section(&page);
    assert!(section.contains("s: 10 jobs, 2 lost, 1 open."), "{section}");
    assert!(section.contains("at epoch 4, of 9 jobs"), "{section}");
}

#[test]
fn a_job_that_logs_seldom_has_its_last_value_between() {
    let mut jobs: Vec<LoggedJob> = (0..4).map(|_| job(1..=4, 40.0, JobEnd::Done)).collect();
    jobs.extend((0..5).map(|_| LoggedJob {
        errors: vec![(2, 60.0), (4, 5.0)],
        epochs: 4,
        end: JobEnd::Done,
    }));
    // At the first epoch four have a value, too few for an interval.
    let expected = [(2.0, 60.0), (3.0, 60.0), (4.0, 5.0)];
    expect(&medians(&page(&jobs, "", "")), &expected);
}

#[test]
fn replicates_are_one_curve_and_a_lost_seed_is_a_lost_config() {
    let jobs: Vec<LoggedJob> = (0..14)
        .map(|number| {
            let base = 40.0 + 10.0 * f64::from(number / 2) + f64::from(number % 2);
            job(
                1..=if number == 13 { 1 } else { 4 },
                base,
                if number == 13 { JobEnd::Failed } else { JobEnd::Done },
            )
        })
        .collect();
    let page = page(&jobs, "REPLICATES: 2, ", "PRE_FILTERS: {done: [1, 1]}");
    let mean = |config: u32, epoch: u32| (40.5 + 10.0 * f64::from(config)) / f64::from(epoch);
    let expected: Vec<(f64, f64)> =
        (1..=4).map(|epoch| (f64::from(epoch), mean(3, epoch))).collect();
    expect(&medians(&page), &expected);
    assert!(section(&page).contains("s: 7 configs, 1 lost."), "{}", section(&page));
}

#[test]
fn too_few_jobs_or_a_single_epoch_have_no_median_curve() {
    let few: Vec<LoggedJob> = (0..5).map(|_| job(1..=4, 40.0, JobEnd::Done)).collect();
    assert!(!page(&few, "", "").contains("<section id=\"learning\""));
    let short: Vec<LoggedJob> = (0..9).map(|_| job(4..=4, 40.0, JobEnd::Done)).collect();
    assert!(!page(&short, "", "").contains("<section id=\"learning\""));
}
