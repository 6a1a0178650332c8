//! Sweep configs, good and bad, as a user would write them.

#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

use std::fs;
use std::path::{Path, PathBuf};

use sweep_config::{Interval, Law, Quantized, Sampler, Sweep};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "yaml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn complaints(text: &str, overrides: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sweep.yaml");
    fs::write(&file, text).unwrap();
    let overrides: Vec<String> = overrides.iter().map(|&text| text.to_owned()).collect();
    let report = Sweep::load(&file, &overrides).unwrap_err().to_string();
    report.replace(&format!("{}/", dir.path().display()), "")
}

fn load(text: &str, overrides: &[&str]) -> Sweep {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("sweep.yaml");
    fs::write(&file, text).unwrap();
    let overrides: Vec<String> = overrides.iter().map(|&text| text.to_owned()).collect();
    Sweep::load(&file, &overrides).unwrap_or_else(|problems| panic!("{problems}"))
}

const SMALLEST: &str = "NAME: small\nSETUP: {NUM_CONFIGS: 1}\n";

#[test]
fn every_bad_config_is_refused_with_all_its_problems() {
    let folder = root().join("tests/fixtures/configs/bad");
    for file in yaml_files(&folder) {
        let report = Sweep::load(&file, &[]).unwrap_err().to_string();
        let report = report.replace(&format!("{}/", folder.display()), "");
        insta::assert_snapshot!(file.file_stem().unwrap().to_str().unwrap(), report);
    }
}

#[test]
fn our_example_sweeps_load() {
    for folder in ["cifar", "digits"] {
        for file in yaml_files(&root().join("configs").join(folder)) {
            Sweep::load(&file, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        }
    }
}

/// pycls's own files lie beside the project where it is developed; a user's clone has only ours.
#[test]
fn pyclss_example_sweeps_load_verbatim_and_ours_say_the_same() {
    let theirs = root().join("../shared/pycls/configs");
    for name in ["optim", "regnet", "best"] {
        let ours = root().join(format!("configs/cifar/{name}.yaml"));
        let theirs = theirs.join(format!("cifar_{name}.yaml"));
        if !theirs.exists() {
            continue;
        }
        let mut theirs = Sweep::load(&theirs, &[]).unwrap();
        let mut ours = Sweep::load(&ours, &[]).unwrap();
        for sweep in [&mut theirs, &mut ours] {
            sweep.desc.clear();
            sweep.text.clear();
            sweep.source = PathBuf::new();
        }
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn a_config_of_two_keys_has_pyclss_defaults() {
    let sweep = load(SMALLEST, &["LAUNCH.CONDA_ENV="]);
    assert_eq!(sweep.setup.num_samples, 1_000_000);
    assert_eq!(sweep.setup.constraints.num_stages, (4, 4));
    assert_eq!((sweep.launch.max_retry, sweep.launch.parallel_jobs), (3, 128));
    assert_eq!(sweep.launch.time_limit, 4200);
    assert_eq!(sweep.analyze.complexity, ["flops", "params", "acts"]);
    assert_eq!(sweep.text, SMALLEST);
}

#[test]
fn the_names_of_the_seed_document_are_understood() {
    let sweep = load(&format!("RUN_MODE: time\nANALYSIS: {{METRICS: [lr]}}\n{SMALLEST}"), &[]);
    assert_eq!(sweep.launch.mode, "time");
    assert_eq!(sweep.analyze.metrics, ["lr"]);
}

#[test]
fn a_bound_of_zero_is_open_and_two_are_no_constraint() {
    let cx = "CX: {FLOPS: [0, 5.0e+8], PARAMS: [1e6, 0], ACTS: [0, 0]}";
    let text = format!("NAME: a\nSETUP:\n  NUM_CONFIGS: 1\n  CONSTRAINTS: {{{cx}}}\n");
    let constraints = load(&text, &[]).setup.constraints;
    assert_eq!(constraints.flops, Some(Interval { low: f64::NEG_INFINITY, high: 5e8 }));
    assert_eq!(constraints.params, Some(Interval { low: 1e6, high: f64::INFINITY }));
    assert_eq!(constraints.acts, None);
}

#[test]
fn an_override_reaches_a_key_below_a_dotted_parameter() {
    let text = "NAME: a\nSETUP:\n  NUM_CONFIGS: 1\n  SAMPLERS:\n    OPTIM.BASE_LR: {TYPE: float_sampler, RANGE: [0, 1], QUANTIZE: 0.1}\n";
    let sweep =
        load(text, &["SETUP.SAMPLERS.OPTIM.BASE_LR.RANGE=[1, 4.0]", "ANALYSIS.METRICS=[lr]"]);
    let range = Quantized::Float { low: 1.0, high: 4.0, quantum: 0.1 };
    assert_eq!(sweep.setup.samplers["OPTIM.BASE_LR"], Sampler::Scalar(Law::Uniform, range));
    assert_eq!(sweep.analyze.metrics, ["lr"]);
}

#[test]
fn an_override_may_name_a_sampler_that_the_file_has_not() {
    let sampler = "SETUP.SAMPLERS.OPTIM.MAX_EPOCH={TYPE: value_sampler, VALUES: [5]}";
    let sweep = load(SMALLEST, &[sampler]);
    assert!(
        matches!(&sweep.setup.samplers["OPTIM.MAX_EPOCH"], Sampler::Value(values) if values.len() == 1)
    );
}

#[test]
fn a_wrong_override_is_named_as_it_was_typed() {
    insta::assert_snapshot!(
        complaints(SMALLEST, &["SETUP.NUM_CONFIG=8", "LAUNCH.MAX_RETRY=often"]), @r"
    --set SETUP.NUM_CONFIG=8: SETUP.NUM_CONFIG: unknown key
      hint: did you mean `NUM_CONFIGS`?
    --set LAUNCH.MAX_RETRY=often: LAUNCH.MAX_RETRY: expected a whole number, found text `often`
    ");
    insta::assert_snapshot!(
        complaints(SMALLEST, &["SETUP.NUM_CONFIGS", "=3"]), @r"
    --set SETUP.NUM_CONFIGS: has no `=`
      hint: write it as `--set SETUP.NUM_CONFIGS=8`
    --set =3: has no key path before `=`
      hint: write it as `--set SETUP.NUM_CONFIGS=8`
    ");
}

#[test]
fn nesting_without_end_is_an_error_and_no_crash() {
    for text in [
        format!("NAME: {}", "[".repeat(10_000)),
        format!("NAME: {}", "{a: ".repeat(10_000)),
        format!("NAME:\n{}", "- ".repeat(10_000)),
        (0..10_000).fold(String::new(), |text, i| text + &" ".repeat(i) + "a:\n"),
    ] {
        let report = complaints(&text, &[]);
        assert!(report.contains("nested deeper"), "{report}");
    }
}

#[test]
fn an_alias_bomb_is_an_error_within_bounds() {
    let laughs = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, i| {
        text + &format!("a{i}: &a{i} [*a{0}, *a{0}, *a{0}, *a{0}]\n", i - 1)
    });
    let list = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(20_000), "*a, ".repeat(20_000));
    for text in [laughs, list] {
        let report = complaints(&text, &[]);
        assert!(report.contains("holds more than"), "{report}");
    }
}

#[test]
fn a_directory_or_a_missing_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().to_owned(), dir.path().join("missing.yaml")] {
        let report = Sweep::load(&path, &[]).unwrap_err().to_string();
        assert!(report.starts_with(&format!("{}: cannot be read: ", path.display())), "{report}");
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in r"(NAME|SETUP|[A-Z]{1,6})?[ :\-\[\]{}&*!|>'\x22%@`#,?\n\ta-z0-9.]{0,80}") {
        let _ = sweep_config::yaml::read(Path::new("x"), &text);
    }
}
