//! `SETUP.FORMAT`: each stage works with job configs in each format, and Python reads the same values of the same types.

use std::path::Path;

use crate::bin;
use crate::common::{Run, Sandbox, python};

/// A sweep with a value of each kind that all formats have, and a program that checks what it gets.
const SWEEP: &str = r#"
NAME: s
SETUP:
  NUM_CONFIGS: 3
  FORMAT: @FORMAT@
  SAMPLERS:
    lr: {log: [1e-7, 1e-1]}
    optim.name: [sgd, 'on', '1e-3', "quo\"te\\ \u2028\u0085é\n\ttab", '2001-12-14', '', ' ']
    seed: [9223372036854775807, -9223372036854775808]
  BASE_CFG: {whole: 3, real: 3.0, tiny: 1.0e-300, huge: 1.0e+300, truth: true, list: [1, 2.5, [], {}], deep: {a: {b: {c: x}}}, text: '12:30'}
LAUNCH:
  EXECUTOR: local
  COMMAND: 'python3 {{sweep_dir}}/../../train.py {{cfg}} {{lr}} {{args}}'
COLLECT: {READERS: [keyvalue]}
"#;

/// Reads its config with Python's own library, and compares what it gets on the command line with that.
const TRAIN: &str = r#"
import json, sys
sys.path.insert(0, sys.path[0])
from read import read
config = read(sys.argv[1])
assert float(sys.argv[2]) == config["lr"], sys.argv
assert f'--optim.name={config["optim"]["name"]}' in sys.argv, sys.argv
print("loss:", config["lr"])
"#;

const READ: &str = "
import json, tomllib, yaml

def read(path):
    text = open(path, 'rb').read().decode()
    return {'yaml': yaml.safe_load, 'json': json.loads, 'toml': tomllib.loads}[path.rpartition('.')[2]](text)
";

/// Prints the configs of a folder as Python sees them, with their types.
const SHOW: &str = "
import glob, sys
sys.path.insert(0, sys.argv[2])
from read import read

def typed(value):
    if isinstance(value, dict):
        return {key: typed(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return (type(value).__name__, value)

for path in sorted(glob.glob(sys.argv[1] + '/*')):
    print(typed(read(path)))
";

fn ready(format: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP.replace("@FORMAT@", format));
    sandbox.write("train.py", TRAIN);
    sandbox.write("read.py", READ);
    sandbox
}

fn run(sandbox: &Sandbox, binary: &str, args: &[&str]) -> Run {
    sandbox.run(binary, &[&["sweep.yaml"], args].concat()).expect(0)
}

/// The configs of a sweep, as Python sees them.
fn shown(sandbox: &Sandbox, sweep: &str) -> String {
    let shown = python(SHOW, &[&sandbox.join(format!("sweeps/{sweep}/cfgs")), sandbox.path()]);
    assert!(!shown.is_empty());
    shown
}

/// Takes a sweep of one format through all stages; gives its configs as Python sees them.
fn through_all_stages(format: &str) -> String {
    let sandbox = ready(format);
    run(&sandbox, bin!("sweep_setup"), &[]);
    assert!(sandbox.join(format!("sweeps/s/cfgs/000002.{format}")).is_file());
    let launched = run(&sandbox, bin!("sweep_launch"), &["--yes", "--where", "lr > 0"]);
    assert!(launched.stdout.contains("3 of 3 jobs done"), "{}", launched.stdout);
    run(&sandbox, bin!("sweep_setup"), &["--extend", "2"]);
    run(&sandbox, bin!("sweep_launch"), &["--yes"]);
    // Of another space: then the old configs are read, lest one is made again.
    let wider = ["--extend", "1", "--yes", "--set", "SETUP.SAMPLERS.lr={log: [1e-6, 1e-1]}"];
    run(&sandbox, bin!("sweep_setup"), &wider);
    run(&sandbox, bin!("sweep_launch"), &["--yes", "--only", "5", "--canary", "1"]);
    let collected = run(&sandbox, bin!("sweep_collect"), &["--jobs"]).stdout;
    let summary = sandbox.read("sweeps/s/cfgs_summary.yaml");
    assert!(summary.contains(&format!("000005.{format}:")), "{summary}");
    assert!(!collected.contains("Remarks"), "{collected}");
    let job = run(&sandbox, bin!("sweep_collect"), &["--job", "5", "--json"]).stdout;
    let job: serde_json::Value = serde_json::from_str(&job).unwrap();
    let values = &job["values"];
    assert!(job["sampled"].to_string().contains("optim.name"), "{job}");
    assert_eq!(
        (values["cfg.whole"].to_string(), &values["cfg.deep.a.b.c"]),
        ("3".into(), &"x".into())
    );
    assert_eq!(values["cfg.real"], 3.0, "{values}");
    shown(&sandbox, "s")
}

#[test]
fn all_stages_work_with_each_format_and_python_reads_the_same_of_each() {
    let yaml = through_all_stages("yaml");
    assert_eq!(yaml.lines().count(), 6);
    for format in ["json", "toml"] {
        assert_eq!(through_all_stages(format), yaml, "{format}");
    }
}

#[test]
fn results_of_a_sweep_in_another_format_stand_for_the_same_jobs() {
    let sandbox = ready("json");
    run(&sandbox, bin!("sweep_setup"), &[]);
    run(&sandbox, bin!("sweep_launch"), &["--yes"]);
    let other = ["--set", "NAME=t", "--set", "SETUP.FORMAT=toml", "--reuse", "s"];
    let said = run(&sandbox, bin!("sweep_setup"), &other).stderr;
    assert!(said.contains("3 jobs"), "{said}");
    assert_eq!(shown(&sandbox, "t"), shown(&sandbox, "s"));
    let launched = run(&sandbox, bin!("sweep_launch"), &["--yes", "--set", "NAME=t"]).stderr;
    assert!(launched.contains("all 3 jobs are done"), "{launched}");
}

#[test]
fn what_a_format_cannot_hold_is_an_error_with_its_place_and_nothing_is_set_up() {
    for (format, base, expected) in [
        ("toml", "{optim: {clip: null}}", "`optim.clip` is null, which TOML cannot hold"),
        ("toml", "{a: [1, {b: ~}]}", "`a.1.b` is null, which TOML cannot hold"),
        ("json", "{a: .inf}", "`a` is not a finite number, which JSON cannot hold"),
        ("json", "{a: {b: 2001-12-14}}", "`a.b` is a date, which JSON cannot hold"),
        ("toml", "{a: {b: {0: x}}}", "`a.b` is a mapping with keys that are not text, which TOML"),
    ] {
        let sandbox = ready(format);
        let base = format!("SETUP.BASE_CFG={base}");
        let refused = sandbox.run(bin!("sweep_setup"), &["sweep.yaml", "--set", &base]).expect(2);
        let said = refused.stderr;
        assert!(said.contains("in the config of job ") && said.contains(expected), "{said}");
        assert!(said.contains("hint: ") && said.contains("`yaml`"), "{said}");
        assert!(!sandbox.join("sweeps/s/setup.json").exists());
        assert!(!sandbox.join("sweeps/s/cfgs").exists());
    }
}

#[test]
fn a_set_has_one_format_and_a_new_one_replaces_it() {
    let sandbox = ready("json");
    run(&sandbox, bin!("sweep_setup"), &[]);
    let toml = ["--set", "SETUP.FORMAT=toml"];
    let mixed = [&["sweep.yaml", "--extend", "1"], &toml[..]].concat();
    let refused = sandbox.run(bin!("sweep_setup"), &mixed).expect(2).stderr;
    assert!(
        refused.contains("SETUP.FORMAT is toml, but the existing configs are json"),
        "{refused}"
    );
    run(&sandbox, bin!("sweep_setup"), &toml);
    assert!(sandbox.join("sweeps/s/cfgs/000000.toml").is_file());
    assert!(!sandbox.join("sweeps/s/cfgs/000000.json").exists());
    // Whoever comes later need not know the format.
    run(&sandbox, bin!("sweep_launch"), &["--yes"]);
}

#[test]
fn a_damaged_config_is_named_with_its_line() {
    for (format, text, place) in [
        ("json", "{\n  \"lr\": 0.1,,\n}\n", "000001.json:2:13"),
        ("toml", "a = 1\nlr = = 2\n", "000001.toml:2:6"),
    ] {
        let sandbox = ready(format);
        run(&sandbox, bin!("sweep_setup"), &[]);
        sandbox.write(Path::new("sweeps/s/cfgs").join(format!("000001.{format}")), text);
        let refused = sandbox.run(bin!("sweep_launch"), &["sweep.yaml", "--yes"]).expect(2).stderr;
        assert!(refused.contains(place), "{refused}");
    }
}
