//! The JSON Schema of sweep configs (`sweep_setup --schema`), as a validator that others wrote understands it.
//!
//! `run-tests` makes the environment that it needs, `target/python`; without it the tests fail, unless
//! `SWEEP_TESTS_WITHOUT_FRAMES` is set.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use sweep_config::Sweep;

use crate::bin;
use crate::common::{Run, Sandbox, fixture};

/// The judgement of the validator on a file, in one version of YAML.
#[derive(Debug, Clone, PartialEq)]
enum FileVerdict {
    Valid,
    Refused(Vec<String>),
    /// It is no YAML to PyYAML.
    Unreadable,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds files against the schema, in YAML 1.1 and 1.2; `None` where the tests go without Python's packages.
fn verdicts(files: &[PathBuf]) -> Option<BTreeMap<PathBuf, [FileVerdict; 2]>> {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return None;
    }
    let python = root().join("target/python/bin/python");
    assert!(python.exists(), "no {}: ./run-tests makes it", python.display());
    let sandbox = Sandbox::new();
    let schema = sandbox.run(bin!("sweep_setup"), &["--schema"]).expect(0).stdout;
    sandbox.write("schema.json", schema);
    let mut command = sandbox.command(python);
    command.arg(root().join("tests/setup/schema.py")).arg("schema.json").args(files);
    let told = Run::of(&command.output().expect("the interpreter runs")).expect(0).stdout;
    let lines: Vec<Json> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdict = |line: &Json| match line["errors"].as_array().unwrap().as_slice() {
        _ if !line["unreadable"].is_null() => FileVerdict::Unreadable,
        [] => FileVerdict::Valid,
        errors => FileVerdict::Refused(errors.iter().map(ToString::to_string).collect()),
    };
    assert_eq!(lines.len(), 2 * files.len());
    let pairs = files.iter().zip(lines.chunks(2));
    Some(pairs.map(|(f, pair)| (f.clone(), [verdict(&pair[0]), verdict(&pair[1])])).collect())
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|f| f.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    assert!(!files.is_empty(), "{}", folder.display());
    files
}

#[test]
fn every_good_config_is_valid() {
    let folders = ["configs/cifar", "configs/digits", "configs/spaces"].map(|dir| root().join(dir));
    let fixtures = ["configs/good", "tree"].map(fixture);
    let mut files: Vec<PathBuf> =
        folders.iter().chain(&fixtures).flat_map(|f| yaml_files(f)).collect();
    files.push(root().join("configs/reference.yaml"));
    files.push(fixture("records-v1/sweep.yaml"));
    // pycls's own files lie beside the project where it is developed; a user's clone has only ours.
    let theirs = root().join("../shared/pycls/configs");
    let names = ["optim", "regnet", "best"].map(|name| theirs.join(format!("cifar_{name}.yaml")));
    files.extend(names.into_iter().filter(|file| file.exists()));
    for (file, verdict) in verdicts(&files).into_iter().flatten() {
        assert_eq!(verdict, [FileVerdict::Valid, FileVerdict::Valid], "{}", file.display());
    }
}

/// Bad configs that no schema can refuse, and why.
const BEYOND: [(&str, &str); 3] = [
    ("duplicate_keys", "of two equal keys a schema sees one: YAML itself forbids them"),
    ("keys_that_are_no_text", "the keys of JSON are texts, whatever they were"),
    ("paths", "what one key means for another"),
];

/// Bad configs that are no YAML, which editors say by themselves.
const NO_YAML: [&str; 10] = [
    "colon_in_text",
    "control_character",
    "indentation",
    "latin1",
    "odd_yaml",
    "tab",
    "two_documents",
    "unclosed_bracket",
    "unclosed_quote",
    "unknown_alias",
];

#[test]
fn every_bad_config_that_a_schema_can_refuse_is_refused() {
    let files = yaml_files(&fixture("configs/bad"));
    for (file, verdict) in verdicts(&files).into_iter().flatten() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        for verdict in verdict {
            match verdict {
                FileVerdict::Valid => {
                    assert!(BEYOND.iter().any(|(beyond, _)| *beyond == name), "{name} is valid");
                }
                FileVerdict::Unreadable => assert!(NO_YAML.contains(&name), "{name} is no YAML"),
                FileVerdict::Refused(_) => {
                    let is_listed = NO_YAML.contains(&name) || BEYOND.iter().any(|it| it.0 == name);
                    assert!(!is_listed, "{name} is refused: it need not be listed");
                }
            }
        }
    }
}

const FINE: &str = "
SETUP: {SAMPLERS: {a: {log: [1e-4, 1e-1]}, b: {int: [1, 10], step: 3}, c: [sgd, adam], d: 'choice(x, y)', e: {power2: [0.5, 4]}}}
SETUP: {SAMPLERS: {b: {log_int: [1, 9]}, a: {uniform: [0, 1], points: 5, when: b > 1}}, NUM_CONFIGS: 3}
SETUP: {SAMPLERS: {n: [1, 2], a: {int: [1, 2 * n]}, b: {TYPE: float_sampler, RANGE: [0, 1_000], WHEN: n > 1}}}
SETUP: {SAMPLERS: {a: {type: int_sampler, range: [1, 10]}, b: {type: list_sampler, length: {int: [1, 3]}, item_sampler: {uniform: [0, 1]}}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: 2 * 3, ITEM_SAMPLER: [x, y]}, b: {TYPE: value_sampler, VALUES: [1, {k: 2}], WEIGHTS: [1, 0.5]}}}
SETUP: {SAMPLERS: {o: {TYPE: choice_sampler, WEIGHTS: {sgd: 1, adam: 2}, BRANCHES: {sgd: {m: {uniform: [0, 1]}, x: [1], DERIVED: {y: 2 * m}}, adam: }}}}
SETUP: {SAMPLERS: {o: {TYPE: union_sampler, BRANCHES: {2: {i: {TYPE: choice_sampler, BRANCHES: {p: {}, q: {REGNET: {TYPE: regnet_sampler, W0: [8, 64]}}}}}, true: {}}}}}
SETUP: {SAMPLERS: {o: {TYPE: union_sampler, NUM_CONFIGS: {a: 1, b: 2}, BRANCHES: {a: {}, b: {}}}, p: {TYPE: choice_sampler, BRANCHES: {a: {x: 1}}}}}
SETUP: {SAMPLERS: {l: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: choice_sampler, KEY: type, WEIGHTS: [1, 2], BRANCHES: {a: {x: {int: [1, 3]}}, b: {}}}}}}
SETUP: {SAMPLERS: {l: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {type: union_sampler, branches: {a: {x: 1}}}}}}
SETUP: {TREE: {a: {sweep: true, values: [1, {k: 2}], sweep_alias: [x, y]}, b: {sweep: true, distribution: q_uniform, min: 0, max: 1, q: 0.1}, c: {sweep: false, values: 3}}}
SETUP: {BASE_CFG: {l: [1, 2]}, TREE: {l: {dy__list__operations: [{dy__insert: [0, 5]}, {dy__remove: 0}]}, dy__upsert: [{x: 1}], sweep_group_a: {y: 2}}}
SETUP: {STRATEGY: grid, ZIP: [[a, b]], SAMPLERS: {a: [1, 2], b: [3, 4]}, DERIVED: {c: a + b}, HELPERS: [c], NUM_CONFIGS: , CONSTRAINTS: {WHERE: c > 1}}
SETUP: {NUM_CONFIGS: 1_000, RNG_SEED: 0b11, REMOVE_DUPLICATES: yes, CONSTRAINTS: {CX: {FLOPS: [0, .inf]}, WHERE: [1 < 2], REGNET: {NUM_STAGES: [2, 4]}}}
LAUNCH: {PARTITION: [a, b], ENV: {A_1: 1}, EXTRA: [--nice=1], SIGNAL: , TIME_LIMIT: 12:30, COMMAND: true, MAX_GPU_HOURS: 1.5, SCRIPT: [x]}
LAUNCH: {PARTITION: 'a,b', MEM_FACTOR: 1, MODULES: [cuda/12, 3.11], COMMENT: 2024-05-01}
COLLECT: {READERS: [csv, {READER: regex, PATTERN: '(?P<a>x)', FILES: ['a/*.log', ..x]}], FIELDS: {a.b: c.d}}
ANALYZE: {OBJECTIVE: [error, {METRIC: a, GOAL: maximize, OVER: last}], PRE_FILTERS: {e: [1, x, 2], f: [0, .inf]}, PLOT_METRIC_PAIRS: [[a, b]]}
ANALYZE: {OBJECTIVE: error, SPLIT_FILTERS: {a: {b: [1, 2]}, c: }, METRICS: [lr, 1]}
ANALYZE: {PRE_FILTERS: {cfg.opt: [sgd], b: [true, false, 'yes'], c: [null, x]}, COMPARE_BY: cfg.opt}
ANALYZE: {SPLIT_FILTERS: {a: {cfg.opt: [sgd, adam]}, b: {cfg.opt: ['0', '1', '2', '3']}}, COMPARE_BY: }
ANALYZE: {COMPARE_BY: [cfg.opt, cfg.depth]}
analyze: {metrics: [lr]}
analysis: {METRICS: [lr], complexity: []}
run_mode: time
setup: {num_configs: 3, constraints: {cx: {flops: [0, 1]}}}
LAUNCH:
SETUP:
";

const WRONG: &str = "
SETUP: {SAMPLERS: {a: {log: [1, 2, 3]}}}
SETUP: {SAMPLERS: {a: {log: [1, 2], int: [1, 2]}}}
SETUP: {SAMPLERS: {a: {log: [1, 2], weights: [1, 2]}}}
SETUP: {SAMPLERS: {a: {step: 1}}}
SETUP: {SAMPLERS: {a: {TYPE: float_sampler, range: [0, 1]}}}
SETUP: {SAMPLERS: {a: {type: float_sampler, ranges: [0, 1]}}}
SETUP: {SAMPLERS: {a: {type: floats, range: [0, 1]}}}
SETUP: {SAMPLERS: {a: {TYPE: int_sampler, RANGE: [1, 2], QUANTIZE: 0.5}}}
SETUP: {SAMPLERS: {a: {TYPE: float_sampler, RANGE: [1, 2], POINTS: 1}}}
SETUP: {SAMPLERS: {a: text}}
SETUP: {SAMPLERS: {a: []}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: 2}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: -1, ITEM_SAMPLER: [1]}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: {uniform: [1, 2]}, ITEM_SAMPLER: [1]}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: 1, ITEM_SAMPLER: {TYPE: int_sampler, RANGE: [1, 2], WHEN: 1 < 2}}}}
SETUP: {SAMPLERS: {a: {TYPE: choice_sampler, BRANCHES: {}}}}
SETUP: {SAMPLERS: {a: {TYPE: choice_sampler, BRANCHES: {x: {b: {TYPE: int_sampler}}}}}}
SETUP: {SAMPLERS: {a: {TYPE: choice_sampler, BRANCHES: {x: {b: {log: [1]}}}}}}
SETUP: {SAMPLERS: {a: {TYPE: value_sampler, VALUES: [1], WEIGHTS: [-1]}}}
SETUP: {SAMPLERS: {a: {TYPE: union_sampler, NUM_CONFIGS: [-1], BRANCHES: {x: {}}}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: choice_sampler, BRANCHES: {x: {}}}}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: union_sampler, KEY: k, BRANCHES: {x: {}}}}}}
SETUP: {SAMPLERS: {a: {TYPE: list_sampler, LENGTH: 2, ITEM_SAMPLER: {TYPE: regnet_sampler}}}}
SETUP: {SAMPLERS: {a: {TYPE: regnet_sampler}}}
SETUP: {NUM_CONFIGS: , SAMPLERS: {a: [1]}}
SETUP: {TREE: {a: {sweep: true, valuess: [1]}}}
SETUP: {TREE: {a: {sweep: maybe, b: 1}}}
SETUP: {TREE: {a: {dy__eval: x}}}
SETUP: {TREE: {l: {dy__list__operations: [{dy__remove: [0, 1]}]}}}
SETUP: {TREE: [1]}
SETUP: {BASE_CFG: 3}
SETUP: {DERIVED: {a: [1]}}
SETUP: {HELPERS: a}
SETUP: {CONSTRAINTS: {CX: {FLOPS: 3}}}
SETUP: {RNG_SEED: 123456789012345678901}
LAUNCH: {PARTITION: {a: b}}
LAUNCH: {ENV: {1A: x}}
LAUNCH: {SIGNAL: KILL}
LAUNCH: {MEM_FACTOR: 0.5}
LAUNCH: {MAX_RETRY: }
COLLECT: {READERS: [regex]}
COLLECT: {READERS: [{READER: regex}]}
COLLECT: {READERS: [{READER: csv, PATTERN: x}]}
COLLECT: {READERS: [{READER: csv, FILES: [/etc/x]}]}
COLLECT: {FIELDS: {a: b.c}}
ANALYZE: {OBJECTIVE: {GOAL: maximize}}
ANALYZE: {OBJECTIVE: {METRIC: a, GOAL: best}}
ANALYZE: {PLOT_METRIC_PAIRS: [[a]]}
ANALYZE: {PRE_FILTERS: {e: [1, 2, 3, 4]}}
ANALYZE: {PRE_FILTERS: {e: []}}
ANALYZE: {PRE_FILTERS: {e: sgd}}
ANALYZE: {PRE_FILTERS: {e: [sgd, 1]}}
ANALYZE: {PRE_FILTERS: {e: [null, 1]}}
ANALYZE: {PRE_FILTERS: {e: [[sgd]]}}
ANALYZE: {COMPARE_BY: {a: b}}
ANALYZE: {EXTRA_SWEEP_NAMES: [../x]}
setup: {numconfigs: 3}
SETUP: {NUM_CONFIGS: 3, num_configs: 3}
SETUP: {Num_Configs: 3}
run_mode: time, LAUNCH: {mode: train}
analysis: {}, ANALYZE: {}
";

/// Two judges of the same texts: what one takes, the other takes.
#[test]
fn the_schema_and_the_code_agree_on_every_form() {
    let sandbox = Sandbox::new();
    let mut files = Vec::new();
    for (texts, is_fine) in [(FINE, true), (WRONG, false)] {
        for (number, text) in texts.trim().lines().enumerate() {
            let has_samplers = text.starts_with("SETUP: {S") && !text.contains("NUM_CONFIGS");
            let trees = ["SETUP: {TREE", "SETUP: {BASE_CFG: {"];
            let has_tree = trees.iter().any(|start| text.starts_with(start));
            let more = if has_samplers || has_tree { ", NUM_CONFIGS: 2}" } else { "}" };
            let inner = text.strip_suffix('}');
            let text = inner.map_or_else(|| text.to_owned(), |inner| format!("{inner}{more}"));
            let path =
                sandbox.write(format!("{is_fine}/{number}.yaml"), format!("{{NAME: a, {text}}}\n"));
            files.push((path, is_fine));
        }
    }
    let paths: Vec<PathBuf> = files.iter().map(|(path, _)| path.clone()).collect();
    let Some(verdicts) = verdicts(&paths) else { return };
    for (path, is_fine) in files {
        let text = fs::read_to_string(&path).unwrap();
        let loaded = Sweep::load(&path, &[]).map(|_| ()).map_err(|problems| problems.to_string());
        assert_eq!(loaded.is_ok(), is_fine, "{text}{loaded:?}");
        for verdict in &verdicts[&path] {
            assert_eq!(*verdict == FileVerdict::Valid, is_fine, "{text}{verdict:?}");
        }
    }
}
