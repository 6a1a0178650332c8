//! Sweep configs, good and bad, as a user would write them.

#![allow(
    clippy::disallowed_methods,
    clippy::format_collect,
    clippy::format_push_string,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test may be plain, and may panic"
)]

use std::fs;
use std::path::{Path, PathBuf};

use sweep_config::{
    CheckpointsKeep, ClosedInterval, Distribution, KeptValues, Sampler, ScalarRange, Sweep,
};

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

/// Of a good config the whole of what was loaded, but for what depends on the machine.
#[test]
fn every_good_config_means_what_its_snapshot_says() {
    let folder = root().join("tests/fixtures/configs/good");
    for file in yaml_files(&folder) {
        let fixed = ["ROOT_DIR=/sweeps", "NUM_PROC=1", "LAUNCH.CONDA_ENV="].map(str::to_owned);
        let mut sweep = Sweep::load(&file, &fixed).unwrap_or_else(|problems| panic!("{problems}"));
        (sweep.source, sweep.named) = (PathBuf::new(), PathBuf::new());
        sweep.text.clear();
        sweep.typed.clear();
        let name = format!("good_{}", file.file_stem().unwrap().to_str().unwrap());
        let shown = format!("{sweep:#?}").replace(&format!("{}/", folder.display()), "");
        insta::assert_snapshot!(name, shown);
    }
}

#[test]
fn our_example_sweeps_load() {
    let folders = fs::read_dir(root().join("configs")).unwrap().map(|entry| entry.unwrap().path());
    // Not a sweep: what job configs are completed by.
    let is_sweeps = |path: &PathBuf| path.is_dir() && !path.ends_with("defaults");
    for folder in folders.filter(is_sweeps) {
        for file in yaml_files(&folder) {
            Sweep::load(&file, &[]).unwrap_or_else(|problems| panic!("{problems}"));
        }
    }
}

/// pycls's own files lie beside the project where it is developed; a user's clone has only ours.
/// The keys that the code knows in a sampler, as it tells whoever gives it another.
fn sampler_keys(kind: &str) -> Vec<String> {
    let key = if kind == "regnet_sampler" { "REGNET" } else { "A.B" };
    let sampler = format!("SETUP.SAMPLERS.{key}={{TYPE: {kind}, XXXXXXXXXXXXXXXX: 1}}");
    let report = complaints(SMALLEST, &[&sampler]);
    let keys = report.split("use one of ").nth(1).expect("a hint").lines().next().unwrap();
    keys.split(", ").map(str::to_owned).collect()
}

/// A line of the reference that is switched off has after its `#` no blank, or those of its indentation.
#[test]
fn the_samplers_of_the_reference_load_and_show_every_key() {
    let text = fs::read_to_string(root().join("configs/reference.yaml")).unwrap();
    let switched_on = |line: &str| match line.trim_start().strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| !"# -".contains(c)) || rest.starts_with("  ") => {
            format!("  {rest}\n")
        }
        _ if line == "  SAMPLERS: {}" => String::new(),
        _ => format!("{line}\n"),
    };
    let text: String = text.lines().map(switched_on).collect();
    let samplers = load(&text, &[]).setup.samplers;
    assert_eq!(samplers.len(), 7);
    // They are told of once for several kinds.
    assert!(text.contains("`WHEN: <expression>`") && text.contains("`POINTS: 5`"));
    assert!(text.contains("`NUM_CONFIGS: [10, 30]`"));
    let kinds = [
        "value_sampler",
        "float_sampler",
        "int_sampler",
        "list_sampler",
        "choice_sampler",
        "union_sampler",
        "regnet_sampler",
    ];
    for kind in kinds {
        let example = text.lines().find(|line| line.contains(&format!("TYPE: {kind}"))).unwrap();
        let from = text.find(example).unwrap();
        let block: String = text[from..].lines().take(8).collect();
        let keys = sampler_keys(kind).into_iter();
        for key in keys.filter(|key| !["WHEN", "POINTS", "NUM_CONFIGS"].contains(&key.as_str())) {
            assert!(block.contains(&format!("{key}: ")), "{kind}: {key} is not in {block}");
        }
    }
}

#[test]
fn pyclss_example_sweeps_load_verbatim_and_ours_say_the_same() {
    let theirs = root().join("../shared/pycls/configs");
    for name in ["optim", "regnet", "best"] {
        let ours = root().join(format!("configs/cifar/{name}.yaml"));
        let theirs = theirs.join(format!("cifar_{name}.yaml"));
        if !theirs.exists() {
            eprintln!("skipped: {} is not here", theirs.display());
            continue;
        }
        let mut theirs = Sweep::load(&theirs, &[]).unwrap();
        let mut ours = Sweep::load(&ours, &[]).unwrap();
        for sweep in [&mut theirs, &mut ours] {
            sweep.desc.clear();
            sweep.text.clear();
            sweep.source = PathBuf::new();
            sweep.named = PathBuf::new();
        }
        assert_eq!(ours, theirs, "{name}");
    }
}

#[test]
fn a_config_of_two_keys_has_pyclss_defaults_but_asks_the_cluster_for_nothing() {
    let sweep = load(SMALLEST, &["LAUNCH.CONDA_ENV="]);
    assert_eq!(sweep.setup.num_samples, 1_000_000);
    assert_eq!(sweep.setup.constraints.num_stages, (4, 4));
    assert_eq!((sweep.launch.max_retry, sweep.launch.parallel_jobs), (3, 128));
    assert_eq!(sweep.launch.time_limit, None);
    let slurm = &sweep.launch.slurm;
    assert_eq!((slurm.num_gpus, slurm.cpus(), slurm.memory()), (0, None, None));
    assert_eq!((slurm.partitions.as_slice(), slurm.gpu_type.as_str()), (&[String::new()][..], ""));
    assert_eq!(sweep.collect.checkpoints_keep, CheckpointsKeep::All);
    assert_eq!(sweep.dir().path(), Path::new("sweeps/small"));
    assert_eq!(sweep.analyze.complexity, ["flops", "params", "acts"]);
    assert_eq!(sweep.text, SMALLEST);
}

#[test]
fn what_has_no_meaning_without_a_gpu_asks_for_one() {
    for (keys, gpus) in [
        ("GPU_TYPE: volta", 1),
        ("GPU_TYPE: ''", 0),
        ("JOBS_PER_GPU: 4", 1),
        ("GRES: 'gpu:a100:2'", 1),
        ("GRES: lustre", 0),
        ("CPUS_PER_GPU: 10, MEM_PER_GPU: 60", 0),
        ("GPU_TYPE: volta, NUM_GPUS: 0", 0),
        ("GPU_TYPE: volta, NUM_GPUS: 2, CPUS_PER_GPU: 10", 2),
    ] {
        let sweep = load(&format!("{SMALLEST}LAUNCH: {{{keys}}}\n"), &[]);
        assert_eq!(sweep.launch.slurm.num_gpus, gpus, "{keys}");
    }
}

#[test]
fn paths_may_begin_at_home_and_hold_variables() {
    let home = std::env::var("HOME").unwrap();
    let launch = "{CODE_DIR: '${HOME}/net', TEMPLATE: ~/t.hbs, EXTRA: [--nice=1, --chdir=~/$$x]}";
    let sweep = load(&format!("{SMALLEST}ROOT_DIR: $HOME/sweeps\nLAUNCH: {launch}\n"), &[]);
    let at = |path: &str| PathBuf::from(format!("{home}/{path}"));
    assert_eq!(sweep.root_dir, at("sweeps"));
    let places = (sweep.launch.code_dir, sweep.launch.slurm.template);
    assert_eq!(places, (at("net"), at("t.hbs")));
    assert_eq!(sweep.launch.slurm.extra, ["--nice=1".to_owned(), format!("--chdir={home}/$x")]);
    let replaced = ["ROOT_DIR", "LAUNCH.TEMPLATE", "LAUNCH.EXTRA", "LAUNCH.CODE_DIR"];
    assert_eq!(sweep.replaced, replaced);
    insta::assert_snapshot!(complaints(SMALLEST, &["ROOT_DIR=~me/x", "LAUNCH.CODE_DIR=a/${B"]), @r"
    --set ROOT_DIR=~me/x: ROOT_DIR: `~me/x`: `~` is expanded only on its own or before `/`
      hint: write the path itself, or `./~…` for a directory with that name
    --set LAUNCH.CODE_DIR=a/${B: LAUNCH.CODE_DIR: `a/${B`: `${` needs a name and a closing `}`
      hint: write `${NAME}`; `$$` is a literal dollar sign
    ");
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
    assert_eq!(constraints.flops, Some(ClosedInterval { low: f64::NEG_INFINITY, high: 5e8 }));
    assert_eq!(constraints.params, Some(ClosedInterval { low: 1e6, high: f64::INFINITY }));
    assert_eq!(constraints.acts, None);
}

#[test]
fn an_override_reaches_a_key_below_a_dotted_parameter() {
    let text = "NAME: a\nSETUP:\n  NUM_CONFIGS: 1\n  SAMPLERS:\n    OPTIM.BASE_LR: {TYPE: float_sampler, RANGE: [0, 1], QUANTIZE: 0.1}\n";
    let sweep =
        load(text, &["SETUP.SAMPLERS.OPTIM.BASE_LR.RANGE=[1, 4.0]", "ANALYSIS.METRICS=[lr]"]);
    let range = ScalarRange::Float { low: 1.0, high: 4.0, quantum: 0.1 };
    assert_eq!(
        sweep.setup.samplers["OPTIM.BASE_LR"],
        Sampler::Scalar(Distribution::Uniform, range)
    );
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
    --set =3: has no key before `=`
      hint: write it as `--set SETUP.NUM_CONFIGS=8`
    ");
}

#[test]
fn an_override_that_leads_nowhere_or_is_no_yaml_says_why() {
    let text = "NAME: a\nSETUP: {NUM_CONFIGS: 1, BASE_CFG: {OPTIM: {LR: 0.1}}}\nNUM_PROC: many\n";
    let overrides = [
        "SETUP.BASE_CFG.OPTIM.LR.FIRST=1",
        "LAUNCH.COMMAND=echo a: b: c",
        "NUM_CONFIGS=3",
        "SETUP.RNG_SEED=99999999999999999999",
    ];
    insta::assert_snapshot!(complaints(text, &overrides), @r#"
    sweep.yaml:3:11: NUM_PROC: expected a whole number, found text `many`
    --set SETUP.BASE_CFG.OPTIM.LR.FIRST=1: SETUP.BASE_CFG.OPTIM.LR.FIRST: `SETUP.BASE_CFG.OPTIM.LR` is `0.1`, which has no keys
    --set LAUNCH.COMMAND=echo a: b: c: LAUNCH.COMMAND: the value is not valid YAML: unexpected `:`
      hint: text may need quotes: --set 'KEY="a: b"'
    --set NUM_CONFIGS=3: NUM_CONFIGS: unknown key
      hint: did you mean `SETUP.NUM_CONFIGS`?
    --set SETUP.RNG_SEED=99999999999999999999: SETUP.RNG_SEED: `99999999999999999999` does not fit into 64 bits
      hint: quote it if it is text
    "#);
}

#[test]
fn an_override_may_begin_with_a_placeholder() {
    let sweep = load(SMALLEST, &["LAUNCH.COMMAND={{python}} run.py"]);
    assert_eq!(sweep.launch.command, "{{python}} run.py");
}

#[test]
fn an_override_reaches_filters_whose_metrics_hold_dots() {
    let sweep = load(
        SMALLEST,
        &[
            "ANALYZE.PRE_FILTERS.cfg.OPTIM.BASE_LR=[0.1, .inf]",
            "ANALYZE.SPLIT_FILTERS.long.cfg.OPTIM.MAX_EPOCH=[50, 99]",
        ],
    );
    let lr = &sweep.analyze.pre_filters[0];
    assert_eq!(lr.metric, "cfg.OPTIM.BASE_LR");
    assert_eq!(lr.keep, KeptValues::Range(ClosedInterval { low: 0.1, high: f64::INFINITY }));
    assert_eq!(sweep.analyze.split_filters["long"][0].metric, "cfg.OPTIM.MAX_EPOCH");
}

#[test]
fn a_text_is_what_was_spelt_even_where_yaml_sees_something_else() {
    let text = "NAME: 2024\nDESC: 1_000\nSETUP: {NUM_CONFIGS: 1e2}\nLAUNCH: {COMMAND: true, PARTITION: 0x10, COMMENT: 2024-05-01, GPU_TYPE: }\n";
    let sweep = load(text, &[]);
    assert_eq!((sweep.name.as_str(), sweep.desc.as_str()), ("2024", "1_000"));
    let launch = &sweep.launch;
    let slurm = &launch.slurm;
    let texts = [&launch.command, &slurm.partitions[0], &slurm.comment, &slurm.gpu_type];
    assert_eq!(texts, ["true", "0x10", "2024-05-01", ""]);
    assert_eq!(sweep.setup.num_configs, Some(100));
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

/// Each alias is shallow where it stands; what they make together would overflow any stack.
#[test]
fn aliases_cannot_nest_deeper_than_brackets() {
    let mut text = "a0: &a0 [x]\n".to_owned();
    for i in 1..150 {
        let (open, close) = ("[".repeat(90), "]".repeat(90));
        text += &format!("a{i}: &a{i} {open}*a{}{close}\n", i - 1);
    }
    let report = complaints(&text, &[]);
    assert_eq!(report, "sweep.yaml:3:99: nested deeper than 100 levels");
}

#[test]
fn of_very_many_problems_the_first_hundred_are_told_and_the_rest_counted() {
    let text: String = (0..50_000).map(|i| format!("K{i}: 1\n")).collect();
    let report = complaints(&text, &[]);
    assert!(report.contains("sweep.yaml:99:1: K98: unknown key"), "{report}");
    assert!(report.ends_with("sweep.yaml: and 49901 more problems"), "{report}");
}

#[test]
fn an_alias_bomb_is_an_error_within_bounds() {
    let laughs = (1..30).fold("a0: &a0 [x, x]\n".to_owned(), |text, i| {
        text + &format!("a{i}: &a{i} [*a{0}, *a{0}, *a{0}, *a{0}]\n", i - 1)
    });
    let list = format!("a: &a [{}]\nb: [{}]\n", "x, ".repeat(20_000), "*a, ".repeat(20_000));
    let text = format!("a: &a {}\nb: [{}]\n", "x".repeat(1_000_000), "*a, ".repeat(20_000));
    for text in [laughs, list, text] {
        let report = complaints(&text, &[]);
        assert!(report.contains("contains more than"), "{report}");
    }
}

#[test]
fn a_directory_a_missing_file_and_a_huge_one_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let huge = dir.path().join("huge.yaml");
    fs::File::create(&huge).unwrap().set_len(65 << 20).unwrap();
    let cases = [
        (dir.path().to_owned(), "is a directory, not a file"),
        (dir.path().join("missing.yaml"), "file not found"),
        (huge, "is larger than 64 MB: is it really a config?"),
    ];
    for (path, message) in cases {
        let report = Sweep::load(&path, &[]).unwrap_err().to_string();
        assert_eq!(report, format!("{}: {message}", path.display()));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_loader_panic(text in r"(NAME|SETUP|[A-Z]{1,6})?[ :\-\[\]{}&*!|>'\x22%@`#,?\n\ta-z0-9.]{0,80}") {
        let _ = sweep_config::yaml::read(Path::new("x"), &text);
    }
}
