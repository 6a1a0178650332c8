//! A user's program tells numbers of job configs for constraints to name.

use std::time::{Duration, Instant};

use crate::bin;
use crate::common::{Run, Sandbox, python};

const COST: &str = "
import json, sys
print('ready', file=sys.stderr, flush=True)
for n, line in enumerate(sys.stdin):
    config = json.loads(line)
    HOOK
    print(json.dumps({'cost': config['W'] * config['NET']['D'], 'even': config['W'] % 2 == 0}), flush=True)
";

/// Sets up 10 configs of W in 1 to 100 and NET.D in 1 to 10 with cost.py, in which `hook` is a line.
fn setup(hook: &str, constraints: &str) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("cost.py", COST.replace("HOOK", hook));
    sandbox.write(
        "sweep.yaml",
        format!(
            "ROOT_DIR: root\nNAME: s\nNUM_PROC: 2\nSETUP:\n  NUM_CONFIGS: 10\n  SAMPLERS:\n    \
             W: {{TYPE: int_sampler, RANGE: [1, 100]}}\n    NET.D: {{TYPE: int_sampler, RANGE: [1, 10]}}\n  \
             CONSTRAINTS:\n    COMMAND: python3 cost.py\n    {constraints}\n"
        ),
    );
    let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

/// The jobs' values of W and NET.D, in order.
fn jobs(sandbox: &Sandbox) -> String {
    let program = "import sys, yaml, glob\nfor f in sorted(glob.glob(sys.argv[1] + '/*.yaml')):\n    \
                   c = yaml.safe_load(open(f)); print(c['W'], c['NET']['D'])";
    python(program, &[&sandbox.join("root/s/cfgs")])
}

const WHERE: &str = "WHERE: [W > 3, 60 <= cost < 300 and even]";

#[test]
fn expressions_name_what_the_program_reports_and_its_stderr_is_shown() {
    let (sandbox, run) = setup("pass", WHERE);
    let run = run.expect(0);
    assert!(run.stderr.contains("ready"), "{}", run.stderr);
    let jobs = jobs(&sandbox);
    assert_eq!(jobs.lines().count(), 10);
    for line in jobs.lines() {
        let (w, d) = line.split_once(' ').unwrap();
        let (w, d): (u32, u32) = (w.parse().unwrap(), d.parse().unwrap());
        assert!(w > 3 && w % 2 == 0 && (60..300).contains(&(w * d)), "{line}");
    }
    let record = sandbox.read("root/s/setup.json");
    assert!(record.contains("WHERE[1]"), "{record}");
}

#[test]
fn how_many_programs_there_are_and_that_one_dies_changes_nothing() {
    let (sandbox, _) = setup("pass", WHERE);
    let expected = jobs(&sandbox);
    let (sandbox, run) = setup("n == 3 and sys.exit(1)", WHERE);
    run.expect(0);
    assert_eq!(jobs(&sandbox), expected);
    sandbox
        .run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--set", "NUM_PROC=7"])
        .expect(0);
    assert_eq!(jobs(&sandbox), expected);
}

/// The setup fails and says so; nothing is written.
fn refused(hook: &str, constraints: &str, expected: &str) {
    let (sandbox, run) = setup(hook, constraints);
    let text = run.expect(2).stderr;
    assert!(text.contains("SETUP.CONSTRAINTS.COMMAND: `python3 cost.py`"), "{text}");
    assert!(text.contains(expected) && text.contains("the config was {\""), "{expected}: {text}");
    assert!(!sandbox.join("root/s/cfgs").exists());
}

#[test]
fn a_program_that_fails_is_told_of_with_the_config() {
    refused("sys.exit(3)", WHERE, "exited twice without answering (exit status: 3)");
    refused("print('loading model'); continue", WHERE, "answered `loading model`");
    refused("print('[1]', flush=True); continue", WHERE, "answered `[1]`");
    refused("print('{\"cost\": \"high\"}', flush=True); continue", WHERE, "answered `{\"cost\"");
}

#[test]
fn a_program_that_hangs_or_never_ends_its_line_costs_no_more_than_its_time() {
    let begin = Instant::now();
    let limit = "COMMAND_TIMEOUT: 1\n    WHERE: cost < 300";
    refused("import time; time.sleep(600)", limit, "did not answer within 1 s");
    let endless = "exec(\"while True: sys.stdout.write('x' * 65536)\")";
    refused(endless, "WHERE: cost < 300", "a line of more than 1 MiB");
    assert!(begin.elapsed() < Duration::from_mins(5), "far from 600 s");
}

#[test]
fn what_the_program_does_not_report_is_told_of_by_name() {
    let (_, run) = setup("pass", "WHERE: costs < 300\n  NUM_SAMPLES: 40");
    let text = run.expect(2).stderr;
    assert!(
        text.contains("WHERE[0] has no value for") && text.contains("`costs` has no value"),
        "{text}"
    );
}
