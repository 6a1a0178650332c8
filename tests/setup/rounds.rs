//! The rounds of drawing that `setup.json` records, by which an extension knows the old configs.

use serde_json::{Value, json};

use crate::bin;
use crate::common::{Run, Sandbox, python};

const RATES: &str = "  NUM_CONFIGS: 8\n  SAMPLERS: {LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.01, 1.0]}}\n";
const ROWS: &str = "  ENTRYPOINTS: ['cat rows.jsonl']\n";

fn sandbox(setup: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{setup}"));
    sandbox
}

fn setup(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut all = vec!["--sweep-cfg", "sweep.yaml"];
    all.extend(args);
    sandbox.run(bin!("sweep_setup"), &all)
}

fn record(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.read("root/s/setup.json")).unwrap()
}

fn change_record(sandbox: &Sandbox, change: impl FnOnce(&mut Value)) {
    let mut record = record(sandbox);
    change(&mut record);
    sandbox.write("root/s/setup.json", record.to_string());
}

/// The digest of configs as docs/reference/files.md describes it.
fn digest(sandbox: &Sandbox, from: usize, to: usize) -> String {
    let program = "import sys, glob, hashlib\nof = lambda b: hashlib.sha256(b)\n\
                   files = sorted(glob.glob(sys.argv[1] + '/*.yaml'))[int(sys.argv[2]):int(sys.argv[3])]\n\
                   print('sha256:' + of(b''.join(of(open(f, 'rb').read()).digest() for f in files)).hexdigest())";
    let (from, to) = (from.to_string(), to.to_string());
    python(program, &[&sandbox.join("root/s/cfgs"), from.as_ref(), to.as_ref()]).trim().to_owned()
}

#[test]
fn each_round_is_recorded_with_its_candidates_and_the_digests_of_space_and_configs() {
    let sandbox = sandbox(RATES);
    setup(&sandbox, &[]).expect(0);
    setup(&sandbox, &["--extend", "4"]).expect(0);
    let record = record(&sandbox);
    let [first, second] = record["rounds"].as_array().unwrap().as_slice() else { panic!() };
    let tried = first["candidates"][1].as_u64().unwrap();
    assert_eq!(first["candidates"], json!([0, tried]));
    assert_eq!(second["candidates"], json!([tried, record["candidates"]]));
    for (round, from, to) in [(first, 0, 8), (second, 8, 12)] {
        assert_eq!((&round["from"], &round["to"]), (&json!(from), &json!(to)));
        assert_eq!(round["seed"], 0);
        assert_eq!(round["configs"], digest(&sandbox, from, to));
        assert_eq!(round["space"], first["space"]);
    }
    assert!(first["space"].as_str().unwrap().starts_with("sha256:"));
}

#[test]
fn a_dry_run_records_no_round() {
    let sandbox = sandbox(RATES);
    let printed = setup(&sandbox, &["--dry-run", "--json"]).expect(0).stdout;
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed.get("rounds"), None);
}

#[test]
fn a_sweep_of_an_older_version_is_extended_and_an_edited_config_is_named() {
    let sandbox = sandbox(RATES);
    setup(&sandbox, &[]).expect(0);
    change_record(&sandbox, |record| {
        record.as_object_mut().unwrap().remove("rounds");
    });
    setup(&sandbox, &["--extend", "2"]).expect(0);
    let rounds = record(&sandbox)["rounds"].clone();
    assert_eq!(rounds.as_array().unwrap().len(), 1, "{rounds}");
    setup(&sandbox, &["--extend", "2"]).expect(0);
    sandbox.write("root/s/cfgs/000003.yaml", "LR: 0.5\n");
    let refused = setup(&sandbox, &["--extend", "2"]).expect(2).stderr;
    assert!(refused.contains("cfgs/000003.yaml`: the file was edited"), "{refused}");
}

#[test]
fn an_edit_of_an_extended_round_is_named_too() {
    let sandbox = sandbox(RATES);
    setup(&sandbox, &[]).expect(0);
    setup(&sandbox, &["--extend", "4"]).expect(0);
    let config = sandbox.read("root/s/cfgs/000010.yaml");
    sandbox.write("root/s/cfgs/000010.yaml", format!("{config}# a remark\n"));
    let refused = setup(&sandbox, &["--extend", "2"]).expect(2).stderr;
    assert!(refused.contains("cfgs/000010.yaml`: the file was edited"), "{refused}");
}

#[test]
fn a_digest_that_does_not_fit_costs_a_comparison_and_nothing_else() {
    let sandbox = sandbox(RATES);
    setup(&sandbox, &[]).expect(0);
    change_record(&sandbox, |record| record["rounds"][0]["space"] = json!("sha256:00"));
    setup(&sandbox, &["--extend", "2"]).expect(0);
    change_record(&sandbox, |record| record["rounds"][0]["configs"] = json!("sha256:00"));
    setup(&sandbox, &["--extend", "2"]).expect(0);
    assert_eq!(record(&sandbox)["kept"], 12);
}

#[test]
fn other_rows_of_an_entrypoint_are_another_space_and_more_rows_are_not() {
    let sandbox = sandbox(ROWS);
    sandbox.write("rows.jsonl", "{\"A\": 1}\n{\"A\": 2}\n");
    setup(&sandbox, &[]).expect(0);
    sandbox.write("rows.jsonl", "{\"A\": 1}\n{\"A\": 2}\n{\"A\": 3}\n{\"A\": 4}\n");
    setup(&sandbox, &["--extend", "1"]).expect(0);
    assert_eq!(sandbox.read("root/s/cfgs/000002.yaml"), "A: 3\n");
    sandbox.write("rows.jsonl", "{\"A\": 1}\n{\"A\": 9}\n{\"A\": 3}\n{\"A\": 4}\n");
    let refused = setup(&sandbox, &["--extend", "1"]).expect(2).stderr;
    assert!(refused.contains("would not have produced"), "{refused}");
    assert!(refused.contains("cfgs/000001.yaml`: the file was edited, or the output"), "{refused}");
}

#[test]
fn configs_of_an_older_version_that_lie_on_its_steps_are_told_with_the_quantize_that_goes_on() {
    let steps = RATES.replace("RANGE: [0.01, 1.0]", "RANGE: [0.01, 1.0], QUANTIZE: 1.0e-5");
    let sandbox = sandbox(&steps);
    setup(&sandbox, &[]).expect(0);
    // An older version made these without a QUANTIZE, and recorded no digest of the space.
    let config = |setup: &str| format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{setup}");
    sandbox.write("sweep.yaml", config(RATES));
    sandbox.write("root/s/sweep_cfg.yaml", config(RATES));
    change_record(&sandbox, |record| record["rounds"] = json!([]));
    let said = setup(&sandbox, &["--extend", "2"]).expect(2).stderr;
    assert!(said.contains("an older version drew `LR` as multiples of 0.00001"), "{said}");
    assert!(said.contains("`QUANTIZE: 1.0e-5`"), "{said}");
    sandbox.write("sweep.yaml", config(&steps));
    setup(&sandbox, &["--extend", "2", "--yes"]).expect(0);
    assert_eq!(record(&sandbox)["kept"], 10);
}
