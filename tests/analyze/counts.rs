//! Every job counts once: as one with a value, as lost, as infinite, or as one that is not settled yet.

use proptest::prelude::*;
use serde_json::Value;

use crate::bin;
use crate::common::Sandbox;

/// The values that jobs log, as JSON; an empty one is not logged.
const LOGGED: [&str; 7] = ["0.5", "0.25", "0.75", "Infinity", "-Infinity", "NaN", ""];

/// The ends of jobs: by the log alone, by the journal, or none.
const ENDS: [&str; 5] = ["log", "done", "failed", "cancelled", "unstarted"];

const START: &str = r#"{"event":"start","attempt":1,"launch":"000001","host":"elsewhere","pid":7,"started":"2026-01-01T00:00:00Z","command":":"}"#;

/// A collected sweep of these jobs, whose objective is `psnr`.
fn collected(jobs: &[(&str, &str)], goal: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for (job, (logged, end)) in jobs.iter().enumerate() {
        sandbox.write(format!("sweeps/i/cfgs/{job:06}.yaml"), format!("LR: {job}\n"));
        if *end == "unstarted" {
            continue;
        }
        let log = format!("{{\"epoch\": 1, \"psnr\": {logged}}}\n");
        let log = if logged.is_empty() { String::new() } else { log };
        sandbox.write(format!("sweeps/i/logs/{job:06}/metrics.jsonl"), log);
        if *end != "log" {
            let code = i32::from(*end != "done");
            let rest = format!(
                "\"ended\":\"2026-01-01T01:00:00Z\",\"seconds\":1.0,\"outcome\":\"{end}\",\"exit_code\":{code},\"reason\":\"\""
            );
            let journal = format!("{START}\n{{\"event\":\"end\",\"attempt\":1,{rest}}}\n");
            sandbox.write(format!("sweeps/i/logs/{job:06}/attempts.jsonl"), journal);
        }
    }
    let objective = format!("ANALYZE: {{OBJECTIVE: {{METRIC: metrics.psnr, GOAL: {goal}}}}}\n");
    let setup = format!("SETUP: {{NUM_CONFIGS: {}}}\n", jobs.len());
    sandbox.write("sweep.yaml", format!("ROOT_DIR: sweeps\nNAME: i\n{setup}{objective}"));
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    sandbox
}

/// The counts of the digest: with a value, lost, infinite, not settled.
fn counts(sandbox: &Sandbox) -> [u64; 4] {
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml", "--json"]);
    let digest: Value = serde_json::from_str(&run.stdout).unwrap();
    let own = &digest["sweeps"][0];
    ["with_value", "lost", "infinite", "unsettled"]
        .map(|name| own[name].as_u64().unwrap_or_else(|| panic!("{name}: {own}")))
}

#[test]
fn an_infinity_counts_for_itself_where_it_is_the_best() {
    for (goal, infinity, infinite) in
        [("maximize", "Infinity", 2), ("minimize", "Infinity", 0), ("minimize", "-Infinity", 2)]
    {
        let values = ["0.5", infinity, "0.25", "NaN", "0.75", infinity, "", "0.5"];
        let sandbox = collected(&values.map(|value| (value, "log")), goal);
        let counts = counts(&sandbox);
        assert_eq!((counts[0], counts[2]), (4, infinite), "{goal} {infinity}: {counts:?}");
        let page = sandbox.read("sweeps/i/analysis.html");
        let said = "2 with an infinite one, which is neither ranked nor drawn";
        assert_eq!(page.contains(said), infinite > 0, "{goal} {infinity}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_counts_add_up_to_the_jobs(
        jobs in proptest::collection::vec(
            (proptest::sample::select(&LOGGED[..]), proptest::sample::select(&ENDS[..])), 1..14,
        ),
        goal in proptest::sample::select(&["minimize", "maximize"][..]),
    ) {
        // Without any number nothing can be ranked, which is another page.
        prop_assume!(jobs.iter().any(|(logged, end)| logged.starts_with('0') && *end == "done"));
        let best = if goal == "maximize" { "Infinity" } else { "-Infinity" };
        let is_of = |logged: &str, ends: &[&str]| {
            let count = jobs.iter().filter(|(value, end)| *value == logged && ends.contains(end));
            count.count() as u64
        };
        let found = counts(&collected(&jobs, goal));
        prop_assert_eq!(found.iter().sum::<u64>(), jobs.len() as u64, "{:?}", found);
        prop_assert!(found[2] >= is_of(best, &["done", "failed"]), "{:?}", found);
        prop_assert!(found[2] <= is_of(best, &ENDS[..4]), "{:?}", found);
        let finite: u64 = ["0.5", "0.25", "0.75"].iter().map(|value| is_of(value, &["done"])).sum();
        prop_assert!(found[0] >= finite, "{:?}", found);
    }
}
