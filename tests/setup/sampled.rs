//! What was sampled is left as data: `sampled.jsonl`.

use sweep_config::SweepDir;
use sweepkit::trials::{SampledValues, SentenceParser};

use crate::bin;
use crate::common::{Sandbox, python};

/// Every type that a value may have, a parameter below another, and one that follows from it.
const SPACE: &str = "ROOT_DIR: root\nNAME: s\nSETUP:\n  STRATEGY: grid\n  SAMPLERS:\n    \
    OPTIM.X: [1, 1.0, 1.0e-07, 0.30000000000000004, 9007199254740993, '1', 'nan', 'a b', true, null, \
    .nan, .inf, -.inf, -0.0, 2001-12-14, [16, 0.5, [x]], {k: 1.0}]\n    B: [3]\n  DERIVED: {C: B * 2}\n";

/// Compares the lines with the configs: values and types.
const PROGRAM: &str = r"
import json, sys, yaml
lines, *cfgs = sys.argv[1:]
def value(it):
    if isinstance(it, dict):
        if list(it) == ['$float']:
            return float(it['$float'])
        if list(it) == ['$date']:
            return yaml.safe_load(it['$date'])
        return {k: value(v) for k, v in it.items()}
    return [value(v) for v in it] if isinstance(it, list) else it
lines = [json.loads(line) for line in open(lines, encoding='utf-8')]
assert [line['job'] for line in lines] == list(range(len(cfgs))), lines
for line, cfg in zip(lines, cfgs):
    cfg = yaml.safe_load(open(cfg, encoding='utf-8'))
    sampled = line['sampled']
    assert list(sampled) == ['OPTIM.X', 'B', 'C'], sampled
    expected = [cfg['OPTIM']['X'], cfg['B'], cfg['C']]
    assert repr([value(v) for v in sampled.values()]) == repr(expected), (sampled, expected)
print(len(lines))
";

fn setup(sandbox: &Sandbox, args: &[&str]) {
    sandbox.run(bin!("sweep_setup"), &[&["--sweep-cfg", "sweep.yaml"], args].concat()).expect(0);
}

#[test]
fn every_value_has_the_type_that_it_has_in_the_job_config() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SPACE);
    setup(&sandbox, &[]);
    let dir = SweepDir::new(sandbox.join("root/s"));
    let jobs = dir.jobs().unwrap();
    let cfgs = jobs.iter().map(|job| dir.cfg(*job));
    let paths: Vec<_> = [dir.sampled_jsonl()].into_iter().chain(cfgs).collect();
    let paths: Vec<_> = paths.iter().map(std::path::PathBuf::as_path).collect();
    assert_eq!(python(PROGRAM, &paths).trim(), jobs.len().to_string());
}

const RATES: &str = "ROOT_DIR: root\nNAME: s\nSETUP:\n  NUM_CONFIGS: 8\n  SAMPLERS:\n    \
    LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.01, 1.0]}\n";

/// The file, and how many jobs it has.
fn lines(sandbox: &Sandbox) -> (String, usize) {
    let text = sandbox.read("root/s/sampled.jsonl");
    let lines = text.lines().count();
    (text, lines)
}

#[test]
fn an_extension_appends_its_jobs_and_a_new_setup_begins_anew() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", RATES);
    setup(&sandbox, &[]);
    let (first, _) = lines(&sandbox);
    // A killed extension may leave a line that nobody counts.
    sandbox
        .write("root/s/sampled.jsonl", format!("{first}{{\"job\":8,\"sampled\":{{\"LR\":7}}}}\n"));
    setup(&sandbox, &["--extend", "5"]);
    let (extended, jobs) = lines(&sandbox);
    assert!(extended.starts_with(&first) && jobs == 13, "{extended}");
    assert!(!extended.contains("\"LR\":7"), "{extended}");
    setup(&sandbox, &["--set", "SETUP.NUM_CONFIGS=13"]);
    assert_eq!(lines(&sandbox).0, extended);
}

#[test]
fn a_set_of_an_older_version_is_read_from_its_sentences_and_extended() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", RATES);
    setup(&sandbox, &[]);
    std::fs::remove_file(sandbox.join("root/s/sampled.jsonl")).unwrap();
    setup(&sandbox, &["--extend", "2"]);
    assert_eq!(lines(&sandbox).1, 2, "the new jobs");
    let dir = SweepDir::new(sandbox.join("root/s"));
    let summary = sandbox.read("root/s/cfgs_summary.yaml");
    let sentences = summary.lines().map(|line| line.split_once(": ").map(|(_, words)| words));
    let jobs = dir.jobs().unwrap().into_iter().zip(sentences);
    let values = SampledValues::read(&dir, jobs, || SentenceParser::of_dir(&dir)).unwrap();
    for (row, line) in values.into_rows().zip(summary.lines()) {
        let value = row.get("LR").and_then(sweepkit::trials::CellValue::number).unwrap();
        let said: f64 = line.rsplit_once(' ').unwrap().1.parse().unwrap();
        assert!((value - said).abs() < 1e-15, "{line}");
    }
}
