//! A config with every default written out is the same config.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may be plain, and may panic"
)]

use std::path::Path;

use sweep_config::{Sweep, yaml};

const EVERY_SAMPLER: &str = "
DESC: 'every sampler: 1e-05'
NAME: all/of/them
SETUP:
  NUM_CONFIGS: 3
  BASE_CFG: {OPTIM: {MOMENTUM: 0.9, NESTEROV: true}, MODEL: {TYPE: regnet, NOTE: 'no'}}
  CONSTRAINTS: {CX: {FLOPS: [0, 0], PARAMS: [0, 6.0e+6], ACTS: [1, 2]}, REGNET: {NUM_STAGES: [2, 4]}}
  SAMPLERS:
    REGNET: {TYPE: regnet_sampler, DEPTH: [6, 16]}
    A: {TYPE: value_sampler, VALUES: [1, 2.5, 'on', null, [1, 2]]}
    B: {TYPE: int_sampler, RAND_TYPE: power2_uniform, RANGE: [1, 32]}
    C: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-5, 0.1], QUANTIZE: 1.0e-10}
    D: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: int_sampler, RANGE: [1, 4]}}
ROOT_DIR: ~/$$x
LAUNCH: {COMMAND: 'echo {{cfg}}', EXECUTOR: local, CODE_DIR: $HOME/c, EXTRA: [--chdir=$$y]}
ANALYZE:
  METRICS: [lr]
  PRE_FILTERS: {done: [0, 1, 1]}
  SPLIT_FILTERS: {low: {lr: [-3, -1]}, high: {lr: [-1, 2]}}
";

#[track_caller]
fn assert_complete(path: &Path) {
    let sweep = Sweep::load(path, &[]).unwrap();
    let complete = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(complete.path(), yaml::write(&sweep.complete())).unwrap();
    let again = Sweep::load(complete.path(), &[]).unwrap();
    let Sweep { source, named, text, replaced, .. } = sweep.clone();
    let again = Sweep { source, named, text, replaced, ..again };
    assert_eq!(again, sweep);
    assert_eq!(again.complete(), sweep.complete());
}

#[test]
fn a_complete_config_loads_as_the_same_sweep() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), EVERY_SAMPLER).unwrap();
    assert_complete(file.path());
}

#[test]
fn the_example_sweeps_survive_being_completed() {
    let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
    let mut checked = 0;
    for folder in ["cifar", "digits"] {
        for entry in std::fs::read_dir(configs.join(folder)).unwrap() {
            assert_complete(&entry.unwrap().path());
            checked += 1;
        }
    }
    assert!(checked >= 5, "{checked} examples");
}
