//! Sweeps that never ran, with the journals and logs of jobs that ended as a known truth says.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::Value;
use sweep_config::claim::Claimant;
use sweep_config::{JobId, SweepDir};

use crate::bin;
use crate::common::Sandbox;

/// How a job ended.
#[derive(Debug, Clone, Copy)]
pub enum JobEnd {
    /// It is done, with this error.
    Done(f64),
    /// It failed half-way; its error so far.
    Failed(f64),
    /// It goes on; its error so far.
    Open(f64),
}

/// A job's parameters by name, and the random numbers of its outcome.
pub struct Draw<'a> {
    sampled: &'a Value,
    pub rng: ChaCha8Rng,
}

impl Draw<'_> {
    /// A sampled number; 0 where the job has no such parameter.
    pub fn number(&self, name: &str) -> f64 {
        self.sampled[name].as_f64().unwrap_or(0.0)
    }

    /// A sampled word.
    pub fn word(&self, name: &str) -> &str {
        self.sampled[name].as_str().unwrap_or("")
    }

    /// A draw from the standard normal distribution (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        let (a, b): (f64, f64) = (1.0 - self.rng.random::<f64>(), self.rng.random());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    /// A number that all jobs of one config share, from the standard normal distribution.
    pub fn of_config(&self, parameter: &str) -> f64 {
        let seed = self.number(parameter).to_bits();
        Draw { sampled: self.sampled, rng: ChaCha8Rng::seed_from_u64(seed) }.normal()
    }
}

/// Sets a sweep up and lets its jobs end.
pub fn sweep(
    sandbox: &Sandbox,
    name: &str,
    seed: u64,
    (setup, analyze): (&str, &str),
    end: impl Fn(usize, &mut Draw<'_>) -> JobEnd,
) {
    let config = format!(
        "ROOT_DIR: sweeps\nNAME: {name}\nSETUP:\n  RNG_SEED: {seed}\n{setup}LAUNCH: {{COMMAND: ':'}}\nANALYZE: {{{analyze}}}\n"
    );
    sandbox.write(format!("{name}.yaml"), config);
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", &format!("{name}.yaml")]).expect(0);
    let dir = SweepDir::new(sandbox.join(format!("sweeps/{name}")));
    let (mut worker, mut claims) = (Claimant::new().unwrap(), Vec::new());
    for (number, line) in sandbox.read(format!("sweeps/{name}/sampled.jsonl")).lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        let rng = ChaCha8Rng::seed_from_u64(seed * 100_003 + number as u64);
        let end = end(number, &mut Draw { sampled: &line["sampled"], rng });
        if let JobEnd::Open(_) = end {
            // This process is the worker that runs it.
            let job = JobId(u32::try_from(number).unwrap());
            claims.push(worker.take(&dir, job, <[_]>::is_empty).unwrap());
        }
        write_job(sandbox, &format!("sweeps/{name}/logs/{number:06}"), end);
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", &format!("{name}.yaml")]);
}

fn write_job(sandbox: &Sandbox, dir: &str, end: JobEnd) {
    let (error, epochs, outcome) = match end {
        JobEnd::Done(error) => (error, 2, Some(r#""outcome":"done","exit_code":0"#)),
        JobEnd::Failed(error) => (error, 1, Some(r#""outcome":"failed","exit_code":1"#)),
        JobEnd::Open(error) => (error, 1, None),
    };
    let log = format!(
        "json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"{epochs}/2\", \"top1_err\": {error}, \"min_top1_err\": {error}}}\n"
    );
    sandbox.write(format!("{dir}/stdout.log"), log);
    let mut journal = r#"{"event":"start","attempt":1,"launch":"000001","host":"another-host","pid":7,"started":"2026-01-01T00:00:00Z","command":":"}"#.to_owned();
    journal.push('\n');
    if let Some(outcome) = outcome {
        let _ = writeln!(
            journal,
            "{{\"event\":\"end\",\"attempt\":1,\"ended\":\"2026-01-01T01:00:00Z\",\"seconds\":1.0,{outcome}}}"
        );
    }
    sandbox.write(format!("{dir}/attempts.jsonl"), journal);
}

/// The digest of a report, as JSON; further sweeps are laid over the first.
pub fn digest(sandbox: &Sandbox, sweeps: &[&str]) -> Value {
    let files: Vec<String> = sweeps.iter().map(|name| format!("{name}.yaml")).collect();
    let files = files.iter().map(String::as_str);
    let args: Vec<&str> = ["--json", "--sweep-cfg"].into_iter().chain(files).collect();
    let run = sandbox.run(bin!("sweep_analyze"), &args);
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", run.stdout, run.stderr))
}

/// The parameters that a report says to matter.
pub fn named(sweep: &Value) -> Vec<String> {
    if sweep["explained"].as_f64().is_none_or(|share| share < 0.05) {
        return Vec::new();
    }
    let shares = sweep["importances"].as_array().unwrap().iter();
    let beyond = shares
        .filter(|share| share["beyond_chance"] == true && share["share"].as_f64() >= Some(0.02));
    beyond.map(|share| share["parameter"].as_str().unwrap().to_owned()).collect()
}

/// The number of sweeps of a row: a few, unless `SWEEP_SIMULATE_RUNS` says more.
pub fn runs(few: usize) -> usize {
    std::env::var("SWEEP_SIMULATE_RUNS").map_or(few, |text| text.parse().unwrap())
}

/// Counts the runs in which something happens; threads share them.
pub fn count(runs: usize, happens: impl Fn(u64) -> bool + Sync) -> usize {
    let (next, found) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(run) =
                    Some(next.fetch_add(1, Ordering::Relaxed)).filter(|r| *r < runs)
                {
                    found.fetch_add(usize::from(happens(run as u64)), Ordering::Relaxed);
                }
            });
        }
    });
    found.into_inner()
}

/// Asserts that an event that happens with a probability of at most `rate` was not counted more often than chance allows
/// (once in a thousand tests).
pub fn at_most(what: &str, rate: f64, counted: usize, runs: usize) {
    println!("{what}: {counted} of {runs}, at most {:.0} %", rate * 100.0);
    let beyond = tail(counted, runs, rate);
    assert!(beyond > 0.001, "{what}: {counted} of {runs}, more than {rate}");
}

/// Asserts that an event that happens with a probability of at least `rate` was counted as often as chance allows.
pub fn at_least(what: &str, rate: f64, counted: usize, runs: usize) {
    println!("{what}: {counted} of {runs}, at least {:.0} %", rate * 100.0);
    let beyond = tail(runs - counted, runs, 1.0 - rate);
    assert!(beyond > 0.001, "{what}: {counted} of {runs}, less than {rate}");
}

/// The probability that of `n` trials with probability `p` at least `k` come true.
fn tail(k: usize, n: usize, p: f64) -> f64 {
    let mut chance = (1.0 - p).powi(i32::try_from(n).unwrap());
    let mut below = 0.0;
    for i in 0..k {
        below += chance;
        chance *= (n - i) as f64 / (i + 1) as f64 * p / (1.0 - p);
    }
    1.0 - below
}
