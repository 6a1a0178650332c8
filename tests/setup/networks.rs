//! Design spaces of networks: complexity, constraints, and agreement with the reference's own sweep.

#![allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "small numbers")]
#![allow(clippy::cast_sign_loss, reason = "small numbers")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Stdio;

use crate::bin;
use crate::common::{Run, Sandbox};
use serde_json::{Value, json};

const REGNETS: &str = include_str!("../../configs/cifar/regnet.yaml");
const REFERENCE: &str = include_str!("../fixtures/setup/cifar_regnet500.jsonl");

/// Sets up regnets under pycls's own constraints in `root/cifar/cifar_regnet`.
fn regnets(sets: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", REGNETS);
    let mut args = vec!["--sweep-cfg", "sweep.yaml", "--set", "ROOT_DIR=root"];
    args.extend(sets.iter().flat_map(|set| ["--set", *set]));
    let run = sandbox.run(bin!("sweep_setup"), &args);
    (sandbox, run)
}

/// The lines of `sweep_setup --info` over every config of the sweep.
fn costs(sandbox: &Sandbox, jobs: usize) -> Vec<Value> {
    let files: Vec<String> =
        (0..jobs).map(|job| format!("root/cifar/cifar_regnet/cfgs/{job:06}.yaml")).collect();
    let args: Vec<&str> =
        std::iter::once("--info").chain(files.iter().map(String::as_str)).collect();
    let lines = sandbox.run(bin!("sweep_setup"), &args).expect(0).stdout;
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn info(sandbox: &Sandbox, configs: &str) -> Run {
    let mut command = sandbox.command(bin!("sweep_setup"));
    command.args(["--info", "-"]).stdin(Stdio::piped());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), configs.as_bytes()).unwrap();
    Run::of(&child.wait_with_output().unwrap())
}

#[test]
fn every_network_meets_the_constraints_and_none_is_there_twice() {
    let (sandbox, run) = regnets(&[]);
    run.expect(0);
    let costs = costs(&sandbox, 32);
    let mut networks = BTreeSet::new();
    for cost in &costs {
        let number = |key: &str| cost[key].as_f64().unwrap();
        assert!((0.12e9..=0.13e9).contains(&number("flops")), "{cost}");
        assert!(number("params") <= 2e6 && number("acts") <= 1e6, "{cost}");
        assert_eq!(
            (&cost["type"], cost["stages"].as_array().unwrap().len()),
            (&json!("anynet"), 2)
        );
        networks.insert((number("flops") as u64, number("params") as u64, number("acts") as u64));
    }
    assert!(networks.len() >= 31, "two networks may cost the same, but not many: {networks:?}");
    let summary = sandbox.read("root/cifar/cifar_regnet/cfgs_summary.yaml");
    let shapes: BTreeSet<&str> =
        summary.lines().map(|line| line.split_once(" -> ").unwrap().1).collect();
    assert_eq!(shapes.len(), 32, "the summary names the sampled values and the network");
}

#[test]
fn the_networks_that_the_reference_wrote_come_out_of_what_it_sampled() {
    let base = "MODEL: {TYPE: regnet, NUM_CLASSES: 10}, TRAIN: {IM_SIZE: 32}, TEST: {IM_SIZE: 32}";
    let sandbox = Sandbox::new();
    for row in REFERENCE.lines().step_by(100) {
        let row: Value = serde_json::from_str(row).unwrap();
        let sampled = &row["sampled"];
        let whole = |key: &str| sampled[key].as_f64().unwrap() as i64;
        let regnet = format!(
            "{{STEM_TYPE: res_stem_cifar, SE_ON: true, STEM_W: 16, DEPTH: {}, W0: {}, WA: {:?}, \
             WM: {:?}, GROUP_W: {}, BOT_MUL: {:?}}}",
            whole("REGNET.DEPTH"),
            whole("REGNET.W0"),
            sampled["REGNET.WA"].as_f64().unwrap(),
            sampled["REGNET.WM"].as_f64().unwrap(),
            whole("REGNET.GROUP_W"),
            sampled["REGNET.BOT_MUL"].as_f64().unwrap(),
        );
        let sweep = format!(
            "ROOT_DIR: root\nNAME: one\nSETUP:\n  NUM_CONFIGS: 1\n  BASE_CFG: {{{base}, REGNET: \
             {regnet}}}\n  CONSTRAINTS: {{REGNET: {{NUM_STAGES: [2, 2]}}}}\n"
        );
        sandbox.write("one.yaml", sweep);
        sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "one.yaml"]).expect(0);
        let config = crate::common::python(
            "import sys, yaml, json; print(json.dumps(yaml.safe_load(open(sys.argv[1]))['ANYNET']))",
            &[&sandbox.join("root/one/cfgs/000000.yaml")],
        );
        let config: Value = serde_json::from_str(&config).unwrap();
        for key in ["depths", "widths", "group_ws", "bot_muls"] {
            assert_eq!(config[key.to_uppercase()], row[key], "{key} of {row}");
        }
    }
}

/// Kolmogorov's and Smirnov's distance of two samples.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    let share =
        |all: &[f64], x: f64| all.iter().filter(|&&y| y <= x).count() as f64 / all.len() as f64;
    a.iter().chain(b).map(|&x| (share(a, x) - share(b, x)).abs()).fold(0.0, f64::max)
}

/// Of each column the values of the first job of each network.
fn columns(rows: impl Iterator<Item = (String, Vec<(String, f64)>)>) -> BTreeMap<String, Vec<f64>> {
    let (mut seen, mut columns) = (BTreeSet::new(), BTreeMap::new());
    for (network, values) in rows {
        if seen.insert(network) {
            for (key, value) in values {
                columns.entry(key).or_insert_with(Vec::new).push(value);
            }
        }
    }
    columns
}

/// 345 networks a side: at the level of 0.1 % a difference of 0.15 in any distribution function shows.
#[test]
fn the_space_under_constraints_is_distributed_as_the_reference_s() {
    let theirs = columns(REFERENCE.lines().map(|row| {
        let row: Value = serde_json::from_str(row).unwrap();
        let network =
            format!("{} {} {} {}", row["depths"], row["widths"], row["group_ws"], row["bot_muls"]);
        let sampled = row["sampled"].as_object().unwrap().iter();
        let mut values: Vec<(String, f64)> =
            sampled.map(|(key, value)| (key.clone(), value.as_f64().unwrap())).collect();
        values.push(("width of the last stage".into(), row["widths"][1].as_f64().unwrap()));
        values.push(("depth of the first stage".into(), row["depths"][0].as_f64().unwrap()));
        (network, values)
    }));
    let count = theirs["REGNET.W0"].len();
    assert_eq!(count, 345);
    let (sandbox, run) = regnets(&["SETUP.NUM_CONFIGS=345", "SETUP.RNG_SEED=9"]);
    run.expect(0);
    let summary = sandbox.read("root/cifar/cifar_regnet/cfgs_summary.yaml");
    let stages = costs(&sandbox, count);
    let ours = columns(summary.lines().zip(&stages).map(|(line, cost)| {
        let (_, text) = line.split_once(": ").unwrap();
        let (sampled, network) = text.split_once(" -> ").unwrap();
        let words: Vec<&str> = sampled.trim_matches('\'').split(' ').collect();
        let mut values: Vec<(String, f64)> =
            words.chunks(2).map(|pair| (pair[0].to_owned(), pair[1].parse().unwrap())).collect();
        let stage = |i: usize, key: &str| cost["stages"][i][key].as_f64().unwrap();
        values.push(("width of the last stage".into(), stage(1, "width")));
        values.push(("depth of the first stage".into(), stage(0, "depth")));
        (network.to_owned(), values)
    }));
    assert_eq!(ours["REGNET.W0"].len(), count);
    for (key, theirs) in &theirs {
        let distance = distance(theirs, &ours[key]);
        let bound = 1.949 * (2.0 / count as f64).sqrt();
        assert!(distance < bound, "{key}: {distance} is not below {bound}");
    }
}

#[test]
fn a_constraint_that_rejects_nearly_all_is_named_with_the_range_that_was_drawn() {
    let sets = ["SETUP.CONSTRAINTS.CX.FLOPS=[1, 1000]", "SETUP.NUM_SAMPLES=20000"];
    let (sandbox, run) = regnets(&sets);
    let run = run.expect(2);
    for part in
        ["found no config", "CX.FLOPS alone rejects 100 %", "[1, 1000]", "1 % to 99 % range"]
    {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert!(!sandbox.join("root/cifar/cifar_regnet/cfgs").exists());
}

#[test]
fn a_network_that_cannot_be_says_which_key_and_why() {
    let (_, run) = regnets(&["SETUP.BASE_CFG.REGNET.STEM_TYPE=stem", "SETUP.NUM_SAMPLES=5000"]);
    let text = run.expect(2).stderr;
    assert!(text.contains("REGNET.STEM_TYPE made no valid network from"), "{text}");
    assert!(text.contains("unknown stem `stem`: use res_stem_cifar"), "{text}");
}

#[test]
fn a_dry_run_says_what_would_be_and_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", REGNETS);
    let args = ["--sweep-cfg", "sweep.yaml", "--set", "ROOT_DIR=root", "--dry-run"];
    let run = sandbox.run(bin!("sweep_setup"), &args).expect(0);
    assert!(run.stderr.contains("32 of "), "{}", run.stderr);
    assert!(run.stderr.contains("REGNET.NUM_STAGES"), "{}", run.stderr);
    assert!(!sandbox.join("root").exists());
}

#[test]
fn info_has_a_line_for_each_config_and_says_what_is_wrong_with_one() {
    let sandbox = Sandbox::new();
    let run = info(
        &sandbox,
        "{\"MODEL\": {\"TYPE\": \"vit\"}}\n\
         {MODEL: {TYPE: resnet, DEPTH: 50}, RESNET: {TRANS_FUN: bottleneck_transform}}\n\
         {MODEL: {TYP: vit}}\n\
         {MODEL: {TYPE: regnet}, REGNET: {WA: 10}}\n",
    )
    .expect(1);
    let lines: Vec<Value> = run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines[0]["params"], 85_806_346);
    assert_eq!(
        (&lines[1]["flops"], &lines[1]["type"]),
        (&json!(3_855_945_738_i64), &json!("resnet"))
    );
    assert_eq!(lines[2]["error"], "MODEL.TYP: unknown key (did you mean `TYPE`?)");
    assert_eq!(
        lines[3]["error"],
        "REGNET.WA: expected a number with a fraction such as 10.0, found a whole number"
    );
    assert_eq!(lines.len(), 4);
}

#[test]
fn expressions_constrain_parameters_and_the_network_that_results() {
    let wheres = "SETUP.CONSTRAINTS.WHERE=[sum(ANYNET.DEPTHS) <= 9, 'REGNET.WA * REGNET.WM < 120', \
                  'flops / params > 80', increasing(ANYNET.WIDTHS)]";
    let (sandbox, run) = regnets(&[wheres]);
    let run = run.expect(0);
    assert!(run.stderr.contains("rejects alone: sum(ANYNET.DEPTHS) <= 9"), "{}", run.stderr);
    for cost in costs(&sandbox, 32) {
        let depths =
            cost["stages"].as_array().unwrap().iter().map(|s| s["depth"].as_i64().unwrap());
        assert!(depths.sum::<i64>() <= 9, "{cost}");
        assert!(
            cost["flops"].as_f64().unwrap() / cost["params"].as_f64().unwrap() > 80.0,
            "{cost}"
        );
    }
    let record: Value =
        serde_json::from_str(&sandbox.read("root/cifar/cifar_regnet/setup.json")).unwrap();
    assert!(record["rejections"]["WHERE[0]"].as_u64().unwrap() > 0, "{record}");
}

#[test]
fn an_expression_that_is_none_is_told_with_line_and_column() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "NAME: a\nSETUP:\n  NUM_CONFIGS: 4\n  SAMPLERS:\n    LR: {TYPE: float_sampler, RANGE: [0.0, 1.0]}\n  \
         CONSTRAINTS:\n    WHERE:\n    - LR = 3\n    - LRR < 3\n    - LR < 'a'\n",
    );
    let text = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]).expect(2).stderr;
    assert!(text.contains("sweep.yaml:8:10"), "{text}");
    assert!(text.contains("`=` does not compare: write `==`, in `LR = 3`"), "{text}");
    assert!(
        text.contains("no parameter is called `LRR`") && text.contains("did you mean `LR`"),
        "{text}"
    );
}

#[test]
fn an_expression_without_a_value_says_why() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "NAME: a\nROOT_DIR: root\nSETUP:\n  NUM_CONFIGS: 4\n  NUM_SAMPLES: 100\n  SAMPLERS:\n    \
         LR: {TYPE: float_sampler, RANGE: [0.0, 1.0]}\n  CONSTRAINTS: {WHERE: LR < 'a'}\n",
    );
    let text = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]).expect(2).stderr;
    assert!(text.contains("WHERE[0] has no value for 100 %"), "{text}");
    assert!(text.contains("a number and text cannot be compared"), "{text}");
}

#[test]
fn a_preview_shows_the_distribution_of_parameters_and_complexity_and_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", REGNETS);
    let args = ["--sweep-cfg", "sweep.yaml", "--set", "ROOT_DIR=root", "--preview"];
    let run = sandbox.run(bin!("sweep_setup"), &args).expect(0);
    assert!(!sandbox.join("root").exists());
    let row = |name: &str| -> Vec<String> {
        let row = run.stdout.lines().find(|line| line.starts_with(&format!("{name} ")));
        row.unwrap().split_whitespace().map(str::to_owned).collect()
    };
    let flops: Vec<f64> = row("flops")[3..].iter().map(|word| word.parse().unwrap()).collect();
    assert!(flops.is_sorted() && flops[0] >= 1.2e8 && flops[4] <= 1.3e8, "{}", run.stdout);
    assert_eq!(row("REGNET.W0")[1], "32");
    assert!(run.stderr.contains("REGNET.NUM_STAGES"), "{}", run.stderr);
}
