//! `sweep_setup` as a user types it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::bin;
use crate::common::{Run, Sandbox, python};

const SPACE: &str = "
ROOT_DIR: .
NAME: space
SETUP:
  NUM_CONFIGS: 40
  SAMPLERS:
    OPTIM.BASE_LR: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.001, 10.0], QUANTIZE: 1.0e-10}
    OPTIM.WEIGHT_DECAY: {TYPE: float_sampler, RAND_TYPE: log_normal, RANGE: [1.0e-5, 0.1], QUANTIZE: 1.0e-10}
    TRAIN.BATCH_SIZE: {TYPE: int_sampler, RAND_TYPE: power2_uniform, RANGE: [16, 256]}
    MODEL.WIDTHS: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: int_sampler, RAND_TYPE: normal, RANGE: [8, 64], QUANTIZE: 8}}
    MODEL.KIND: {TYPE: value_sampler, VALUES: [mlp, 'on', null, [1, 2]]}
    REGNET: {TYPE: regnet_sampler}
  BASE_CFG: {OPTIM: {MAX_EPOCH: 5}}
";

fn setup(sandbox: &Sandbox, overrides: &[&str]) -> Run {
    let mut args = vec!["--sweep-cfg", "sweep.yaml"];
    for set in overrides {
        args.extend(["--set", set]);
    }
    sandbox.run(bin!("sweep_setup"), &args)
}

fn sandbox(config: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", config);
    sandbox
}

/// Every file below a directory, with its bytes.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let walk = walkdir::WalkDir::new(dir).into_iter().map(|entry| entry.unwrap());
    walk.filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let name = entry.path().strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(entry.path()).unwrap())
        })
        .collect()
}

#[test]
fn a_sweep_is_set_up_with_every_file_that_the_next_stages_need() {
    let sandbox = sandbox(SPACE);
    let run = setup(&sandbox, &[]).expect(0);
    assert!(run.stderr.contains("sweep_launch --sweep-cfg sweep.yaml"), "{}", run.stderr);
    let files = files(&sandbox.join("space"));
    assert_eq!(files.len(), 40 + 4, "{:?}", files.keys());
    assert_eq!(files["sweep_cfg.yaml"], SPACE.as_bytes(), "byte for byte");
    let summary = sandbox.read("space/cfgs_summary.yaml");
    assert!(summary.starts_with("000000.yaml: "), "{summary}");
    assert_eq!(summary.lines().count(), 40);
    let config = sandbox.read("space/cfgs/000039.yaml");
    for part in ["MAX_EPOCH: 5", "BASE_LR: ", "WIDTHS: [", "GROUP_W: "] {
        assert!(config.contains(part), "{part} in {config}");
    }
    assert!(!config.contains("DESC"), "nothing that no one asked for: {config}");
}

#[test]
fn threads_and_chunks_change_no_byte() {
    let (one, many) = (sandbox(SPACE), sandbox(SPACE));
    setup(&one, &["NUM_PROC=1", "SETUP.CHUNK_SIZE=1"]).expect(0);
    setup(&many, &["NUM_PROC=64", "SETUP.CHUNK_SIZE=7"]).expect(0);
    let (mut one, mut many) = (files(&one.join("space")), files(&many.join("space")));
    one.remove("setup.json").expect("it names the overrides, which differ");
    many.remove("setup.json").expect("it names the overrides, which differ");
    assert!(one == many);
}

#[test]
fn a_longer_sweep_begins_with_the_shorter_one() {
    let (short, long) = (sandbox(SPACE), sandbox(SPACE));
    setup(&short, &["SETUP.NUM_CONFIGS=100"]).expect(0);
    setup(&long, &["SETUP.NUM_CONFIGS=1000"]).expect(0);
    let (short, long) = (files(&short.join("space/cfgs")), files(&long.join("space/cfgs")));
    assert_eq!((short.len(), long.len()), (100, 1000));
    assert!(short.iter().all(|(name, bytes)| long[name] == *bytes));
}

#[test]
fn another_seed_gives_another_sweep() {
    let (a, b) = (sandbox(SPACE), sandbox(SPACE));
    setup(&a, &[]).expect(0);
    setup(&b, &["SETUP.RNG_SEED=1"]).expect(0);
    let (a, b) = (files(&a.join("space/cfgs")), files(&b.join("space/cfgs")));
    assert!(a.iter().all(|(name, bytes)| b[name] != *bytes));
}

#[test]
fn before_the_launch_a_new_setup_replaces_the_old_one_wholly() {
    let (twice, once) = (sandbox(SPACE), sandbox(SPACE));
    setup(&twice, &["SETUP.NUM_CONFIGS=90", "SETUP.RNG_SEED=3"]).expect(0);
    setup(&twice, &[]).expect(0);
    setup(&once, &[]).expect(0);
    assert!(files(&twice.join("space")) == files(&once.join("space")), "no stale file");
}

#[test]
fn after_the_launch_setup_refuses_and_touches_nothing() {
    let sandbox = sandbox(SPACE);
    setup(&sandbox, &[]).expect(0);
    std::fs::create_dir(sandbox.join("space/logs")).unwrap();
    let before = files(&sandbox.join("space"));
    let run = setup(&sandbox, &["SETUP.NUM_CONFIGS=3"]).expect(2);
    assert!(run.stderr.contains("was already launched"), "{}", run.stderr);
    assert!(files(&sandbox.join("space")) == before);
}

#[test]
fn fewer_configs_than_asked_is_said_with_the_reason_and_exit_code_1() {
    let small = "ROOT_DIR: .\nNAME: space\nSETUP:\n  NUM_CONFIGS: 13\n  SAMPLERS:\n    EPOCHS: {TYPE: value_sampler, VALUES: [50, 100, 200, 400]}\n    RNG_SEED: {TYPE: int_sampler, RANGE: [1, 3]}\n";
    let sandbox = sandbox(small);
    let run = setup(&sandbox, &[]).expect(1);
    assert!(run.stderr.contains("warning:") && run.stderr.contains("12"), "{}", run.stderr);
    assert_eq!(files(&sandbox.join("space/cfgs")).len(), 12);
    let run = setup(&sandbox, &["SETUP.NUM_SAMPLES=5"]).expect(1);
    assert!(run.stderr.contains("NUM_SAMPLES"), "{}", run.stderr);
}

#[test]
fn a_limit_on_a_complexity_that_is_not_known_is_refused_and_nothing_is_written() {
    let sandbox = sandbox(SPACE);
    let run = setup(&sandbox, &["SETUP.CONSTRAINTS.CX.FLOPS=[0, 1e9]"]).expect(2);
    assert!(run.stderr.contains("SETUP.CONSTRAINTS.CX.FLOPS"), "{}", run.stderr);
    assert!(!sandbox.join("space/cfgs").exists());
}

#[test]
fn the_record_is_printed_for_programs() {
    let sandbox = sandbox(SPACE);
    let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--json", "-q"]);
    let run = run.expect(0);
    let record: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(record["kept"], 40);
    assert_eq!(run.stderr, "");
}

#[test]
fn a_kill_at_any_moment_leaves_what_the_next_setup_makes_right() {
    let sandbox = sandbox(SPACE);
    let expected = {
        setup(&sandbox, &["SETUP.NUM_CONFIGS=300"]).expect(0);
        files(&sandbox.join("space"))
    };
    for round in 0..40_u64 {
        let mut command = sandbox.command(bin!("sweep_setup"));
        let seed = format!("SETUP.RNG_SEED={}", round + 1);
        command.args([
            "--sweep-cfg",
            "sweep.yaml",
            "--set",
            "SETUP.NUM_CONFIGS=300",
            "--set",
            &seed,
        ]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // 0 to 78 ms: from before the first file to after the last.
        std::thread::sleep(Duration::from_millis(round * 2));
        child.kill().unwrap();
        child.wait().unwrap();
        let left = files(&sandbox.join("space"));
        let sealed = left.contains_key("setup.json");
        let whole = left.keys().filter(|name| name.starts_with("cfgs/")).count() == 300;
        assert!(whole || !sealed, "round {round}: a seal without a whole set");
    }
    setup(&sandbox, &["SETUP.NUM_CONFIGS=300"]).expect(0);
    assert!(files(&sandbox.join("space")) == expected, "nothing of the killed ones is left");
}

#[test]
fn a_job_config_means_to_pyyaml_what_the_sweep_config_said() {
    let sandbox = sandbox(
        "ROOT_DIR: .\nNAME: space\nSETUP:\n  NUM_CONFIGS: 2\n  SAMPLERS:\n    OPTIM.LR: {TYPE: value_sampler, VALUES: [1.0e-10, 2.5e-7]}\n  BASE_CFG:\n    DESC: ~\n    small: [1.0e-10, 5.0e-324, 1.e-5, 1.0e+16, -.inf]\n    truth: [on, no, Yes, OFF]\n    texts: ['on', \"no\", 'yes', '~', 'null', '1_000', '12:30', '2001-12-14', '1e5', '0x1F', '']\n    numbers: [1_000, 12:30, 017, 0x1F, 0b11, 190:20:30.15, +1]\n    nothing: [~, null, ]\n    dates: [2001-12-14, 2001-12-14t21:59:43.10-05:00]\n    words: {größe: Zürich, 日本: 語, emoji: 🦀}\n    lines: |\n      first\n        second: indented\n\n      last # no comment\n    folded: >-\n      one\n      two\n    spaced: '  both ends  '\n    OPTIM: {LR: 0.1, NESTEROV: True}\n",
    );
    setup(&sandbox, &[]).expect(0);
    let program = r"
import sys, yaml
sweep, summary, *jobs = [yaml.safe_load(open(p, encoding='utf-8')) for p in sys.argv[1:]]
base = sweep['SETUP']['BASE_CFG']
lrs = {1.0e-10, 2.5e-7}
for i, job in enumerate(jobs):
    desc, lr = job.pop('DESC'), job['OPTIM'].pop('LR')
    assert desc == summary['%06d.yaml' % i] == 'OPTIM.LR ' + repr(lr), (desc, lr)
    lrs.remove(lr)
    expected = dict({k: v for k, v in base.items() if k != 'DESC'}, OPTIM={k: v for k, v in base['OPTIM'].items() if k != 'LR'})
    assert repr(job) == repr(expected), (job, expected)
print('same')
";
    let paths = [
        "sweep.yaml",
        "space/cfgs_summary.yaml",
        "space/cfgs/000000.yaml",
        "space/cfgs/000001.yaml",
    ];
    let paths = paths.map(|path| sandbox.join(path));
    let paths: Vec<&Path> = paths.iter().map(std::path::PathBuf::as_path).collect();
    assert_eq!(python(program, &paths).trim(), "same");
}
