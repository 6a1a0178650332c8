//! How the jobs fared, what they cost and where they come from: a sweep that really ran, with jobs that
//! fail, diverge and are tried again, over the real binaries.

use crate::bin;
use crate::common::{Run, Sandbox};

const SWEEP: &str = "
ROOT_DIR: sweeps
NAME: census
SETUP:
  NUM_CONFIGS: 40
  RNG_SEED: 3
  SAMPLERS:
    LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.001, 1.0], QUANTIZE: 1.0e-6}
LAUNCH:
  EXECUTOR: local
  CODE_DIR: code
  COMMAND: python3 job.py {{cfg}} {{index}} {{out_dir}}
  MAX_RETRY: 1
";

/// Of five jobs the first dies of its config, the second diverges; job 7 fails once; the others are the
/// better the nearer their rate is to 0.1.
const JOB: &str = r#"
import json, math, os, sys
cfg, index, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rate = float(open(cfg).read().split("LR: ")[1].split()[0])
if index % 5 == 0:
    raise KeyError(f"no_such_key_{index}")
if index == 7 and not os.path.exists(out + "/tried"):
    open(out + "/tried", "w").close()
    sys.exit("the file system is not there yet")
for epoch in (1, 2):
    error = math.nan if index % 5 == 1 else 20 + 10 * (math.log10(rate) + 1) ** 2 / epoch
    record = {"_type": "test_epoch", "epoch": f"{epoch}/2", "top1_err": error, "min_top1_err": error}
    print("json_stats:", json.dumps(record), flush=True)
"#;

fn git(sandbox: &Sandbox, args: &[&str]) {
    let who = ["-c", "user.name=t", "-c", "user.email=t@example.org"];
    let status = sandbox.command("git").args(["-C", "code"]).args(who).args(args).status();
    assert!(status.expect("git runs").success(), "git {args:?}");
}

/// The sweep, run and analyzed, and what `sweep_analyze` said.
fn census() -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP);
    sandbox.write("code/job.py", JOB);
    git(&sandbox, &["init", "-q"]);
    git(&sandbox, &["add", "."]);
    git(&sandbox, &["commit", "-q", "-m", "a job"]);
    let config = ["--sweep-cfg", "sweep.yaml"];
    sandbox.run(bin!("sweep_setup"), &config).expect(0);
    sandbox.run(bin!("sweep_launch"), &[&config[..], &["--yes"]].concat()).expect(1);
    sandbox.run(bin!("sweep_collect"), &config).expect(1);
    let run = sandbox.run(bin!("sweep_analyze"), &[&config[..], &["--summary"]].concat()).expect(0);
    (sandbox, run)
}

/// The rows of a section's table, each as the texts of its cells.
fn rows(page: &str, section: &str) -> Vec<String> {
    let section = page.split(&format!("<section id=\"{section}\">")).nth(1).unwrap();
    let body = section.split("</section>").next().unwrap();
    let cells = |row: &str| {
        let cells = row
            .split("<td")
            .skip(1)
            .map(|cell| cell.split_once('>').unwrap().1.split("</td>").next().unwrap().to_owned());
        cells.collect::<Vec<_>>().join(" | ")
    };
    body.split("<tr").skip(2).map(cells).collect()
}

#[test]
fn the_report_counts_what_was_lost_what_it_cost_and_says_where_it_comes_from() {
    let (sandbox, run) = census();
    let page = sandbox.read("sweeps/census/analysis.html");
    let page = page.replace("&#x27;", "'").replace("&#x3D;", "=").replace("&quot;", "\"");

    assert!(
        page.contains("<li>16 jobs ended without a value, 8 jobs diverged: see Population.</li>")
    );
    assert!(page.contains("16 jobs ended without a value. The curve"), "EDF");
    assert!(page.contains("The best of 40 jobs (16 lost) is "), "search");

    let population = rows(&page, "population");
    assert!(population[0].starts_with("failed | 8 | 20.0 % | 000000, 000005, "), "{population:?}");
    assert!(population[0].contains("KeyError: 'no_such_key_"), "one cause: {population:?}");
    assert!(population[1].starts_with("done | 8 | 20.0 % | 000001, 000006, "), "{population:?}");
    assert!(population[1].contains("diverged"), "{population:?}");
    assert_eq!(population.len(), 2, "{population:?}");

    let cost = rows(&page, "cost");
    let first: Vec<&str> = cost.iter().map(|row| row.split(" | ").next().unwrap()).collect();
    assert_eq!(first, ["done", "failed", "diverged", "started more than once", "all"]);
    assert!(cost[0].starts_with("done | 32 | 33 | "), "job 7 took two attempts: {cost:?}");
    assert!(cost[3].starts_with("started more than once | 9 | 18 | "), "{cost:?}");

    let head = sandbox.command("git").args(["-C", "code", "rev-parse", "HEAD"]).output().unwrap();
    let head = String::from_utf8(head.stdout).unwrap();
    let origin = rows(&page, "config").join("\n");
    assert!(origin.contains(&head.trim()[..7]), "the commit: {origin}");
    assert!(origin.contains("seed | 3") && origin.contains("configs | 40 of 40"), "{origin}");

    assert!(
        run.stdout.contains("census: 40 jobs, 24 ended with a value, 16 without"),
        "{}",
        run.stdout
    );
}

#[test]
fn what_to_try_next_is_a_design_space_around_the_good_jobs_that_can_be_pasted() {
    let (sandbox, _) = census();
    let page = sandbox.read("sweeps/census/analysis.html").replace("&#x27;", "'");
    let next = page.split("<section id=\"next\">").nth(1).unwrap();
    let block = next.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
    let setup = block.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
    sandbox.write(
        "next.yaml",
        format!("ROOT_DIR: sweeps\nNAME: next\nSETUP:\n  NUM_CONFIGS: 50\n{setup}\n"),
    );
    sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "next.yaml"]).expect(0);
    for job in 0..50 {
        let text = sandbox.read(format!("sweeps/next/cfgs/{job:06}.yaml"));
        let rate: f64 =
            text.split("LR: ").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        // From 0.001 to 1 before; the best is at 0.1.
        assert!((0.02..=0.5).contains(&rate), "{rate}");
    }
}
