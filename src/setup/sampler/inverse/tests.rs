//! The draws that were found for values give these values again.

use std::io::Write as _;

use sweep_config::{SetupConfig, Sweep, Value};

use crate::setup::drawing::DesignSpace;
use crate::setup::given::GivenValues;
use crate::setup::sampler::CandidateRng;
use crate::suggest::{DrawAddress, DrawGuide, DrawTrace, QuantileCell, SearchRng};

/// One of each sampler and law, with all that may depend on another parameter.
const SPACE: &str = "\
ROOT_DIR: x
NAME: x
SETUP:
  NUM_CONFIGS: 1
  ZIP: [[ZA, ZB]]
  SAMPLERS:
    VALUES: [1, 2, 5]
    WORDS: [a, b, c]
    WEIGHTED: {TYPE: value_sampler, VALUES: [x, y, z], WEIGHTS: [1, 3, 6]}
    REAL: {uniform: [-1, 3]}
    LOG: {log: [1.0e-6, 10]}
    STEPS: {TYPE: float_sampler, RANGE: [0, 1], QUANTIZE: 0.1}
    LOG_STEPS: {TYPE: int_sampler, RAND_TYPE: log_uniform, RANGE: [8, 1024], QUANTIZE: 8}
    POWERS: {power2: [1, 256]}
    POWERS_OR: {TYPE: int_sampler, RAND_TYPE: power2_or_log_uniform, RANGE: [1, 256], QUANTIZE: 8}
    NORMAL: {TYPE: float_sampler, RAND_TYPE: normal, RANGE: [0, 4]}
    LOG_NORMAL: {TYPE: float_sampler, RAND_TYPE: log_normal, RANGE: [0.5, 8], QUANTIZE: 0.5}
    BELOW: {TYPE: int_sampler, RAND_TYPE: uniform, RANGE: [1, POWERS]}
    LIST: {TYPE: list_sampler, LENGTH: {int: [1, 4]}, ITEM_SAMPLER: {int: [1, 9]}}
    MODEL:
      TYPE: choice_sampler
      BRANCHES:
        cnn: {KERNEL: [3, 5, 7]}
        mlp: {WIDTH: {int: [8, 64]}, DEPTH: {int: [1, 3]}}
    ONLY: {uniform: [0, 1], WHEN: REAL > 1}
    ZA: [1, 2, 3]
    ZB: [10, 20, 30]
    REGNET: {TYPE: regnet_sampler, DEPTH: [12, 28], W0: [8, 256], WA: [8.0, 256.0], WM: [2.0, 3.0], GROUP_W: [8, 128], BOT_MUL: [1.0, 1.0]}
";

fn setup() -> SetupConfig {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(SPACE.as_bytes()).unwrap();
    match Sweep::load(file.path(), &[]) {
        Ok(sweep) => sweep.setup,
        Err(report) => panic!("{report}"),
    }
}

/// Draws by the middles of cells.
fn redrawn(space: &DesignSpace<'_>, trace: &DrawTrace) -> Vec<Option<Value>> {
    space
        .draw_guided(&mut CandidateRng::guided(DrawGuide::along(trace, SearchRng::new(0, 0))))
        .unwrap()
}

#[test]
fn the_draws_of_values_give_them_again() {
    let setup = setup();
    let given = GivenValues::default();
    let space = DesignSpace::new(&setup, &given).unwrap();
    let names = space.params().names();
    let mut values = Vec::new();
    for number in 0..300 {
        space.draw(number, &mut values).unwrap();
        let again = redrawn(&space, &space.trace(&values));
        for ((name, value), again) in names.iter().zip(&values).zip(&again) {
            let near = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
                (Some(a), Some(b)) => (a - b).abs() <= 1e-6 * a.abs().max(1e-3),
                _ => a == b,
            };
            let is_same = match (value, again) {
                (Some(value), Some(again)) => near(value, again),
                (value, again) => value == again,
            };
            assert!(is_same, "{name} of candidate {number}: {value:?}, then {again:?}");
        }
    }
}

#[test]
fn a_cell_is_as_wide_as_its_value_is_likely() {
    let setup = setup();
    let given = GivenValues::default();
    let space = DesignSpace::new(&setup, &given).unwrap();
    let place = |name: &str| space.params().names().iter().position(|known| known == name).unwrap();
    let width = |name: &str, value: Value| {
        let mut values = vec![None; space.params().names().len()];
        values[place(name)] = Some(value);
        let trace = space.trace(&values);
        trace.get(DrawAddress { place: place(name), index: 0 }).map(QuantileCell::width)
    };
    let is_near = |found: Option<f64>, expected: f64| {
        assert!((found.unwrap() - expected).abs() < 1e-8, "{found:?}, not {expected}");
    };
    is_near(width("VALUES", Value::Int(5)), 1.0 / 3.0);
    is_near(width("WEIGHTED", Value::Str("y".to_owned())), 0.3);
    is_near(width("STEPS", Value::Float(0.3)), 1.0 / 11.0);
    is_near(width("POWERS", Value::Int(64)), 1.0 / 9.0);
    assert!(width("REAL", Value::Float(1.5)).unwrap() < 1e-7);
    assert_eq!(width("VALUES", Value::Int(3)), None, "no draw gives it");
    assert_eq!(width("REAL", Value::Float(7.0)), None, "it is beyond the range");
}
