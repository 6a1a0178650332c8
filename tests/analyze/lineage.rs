//! Which sweeps grew out of which, from what the real programs recorded.

use std::process::Command;

use serde_json::{Value, json};

use crate::bin;
use crate::common::{Run, Sandbox};

const COMMAND: &str =
    "echo 'json_stats: {\"_type\": \"test_epoch\", \"epoch\": \"1/1\", \"top1_err\": {{A}}}'";

/// Writes the config of a sweep of `configs` draws of `A` from 0 to `high`.
fn config(sandbox: &Sandbox, name: &str, setup: &str, high: &str) {
    let text = format!(
        "ROOT_DIR: root\nNAME: {name}\nSETUP: {{{setup}, BASE_CFG: {{OPTIM: {{MAX_EPOCH: 1}}}}, \
         SAMPLERS: {{A: {{TYPE: float_sampler, RAND_TYPE: uniform, RANGE: [0, {high}]}}}}}}\n\
         LAUNCH:\n  EXECUTOR: local\n  CODE_DIR: code\n  COMMAND: >-\n    {COMMAND}\n"
    );
    sandbox.write(format!("{name}.yaml"), text);
}

fn run(sandbox: &Sandbox, binary: &str, name: &str, flags: &[&str]) -> Run {
    let file = format!("{name}.yaml");
    sandbox.run(binary, &[&["--sweep-cfg", &file][..], flags].concat())
}

fn git(sandbox: &Sandbox, args: &[&str]) -> String {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
    let command =
        Command::new("git").args(identity).args(args).current_dir(sandbox.join("code")).output();
    let output = command.expect("git is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Commits the code in another state, and returns the commit as the report shows it.
fn commit(sandbox: &Sandbox, text: &str) -> String {
    sandbox.write("code/train.txt", text);
    git(sandbox, &["add", "."]);
    git(sandbox, &["commit", "-q", "-m", text]);
    git(sandbox, &["rev-parse", "HEAD"])[..12].to_owned()
}

/// A sweep, one that reuses its results with newer code and was extended, one in a narrower range that was not
/// launched, and one that has nothing to do with them. Returns the two commits.
fn family(sandbox: &Sandbox) -> [String; 2] {
    sandbox.write("code/train.txt", "");
    git(sandbox, &["init", "-q"]);
    let first = commit(sandbox, "first");
    config(sandbox, "old", "NUM_CONFIGS: 3", "1");
    run(sandbox, bin!("sweep_setup"), "old", &[]).expect(0);
    run(sandbox, bin!("sweep_launch"), "old", &["--yes"]).expect(0);
    let second = commit(sandbox, "second");
    sandbox.write("code/train.txt", "not committed");
    config(sandbox, "more", "NUM_CONFIGS: 5", "1");
    run(sandbox, bin!("sweep_setup"), "more", &["--reuse", "old"]).expect(0);
    config(sandbox, "more", "NUM_CONFIGS: 5", "2");
    run(sandbox, bin!("sweep_setup"), "more", &["--extend", "1", "--yes"]).expect(0);
    run(sandbox, bin!("sweep_launch"), "more", &["--yes"]).expect(0);
    run(sandbox, bin!("sweep_collect"), "more", &[]).expect(0);
    config(sandbox, "narrow", "NUM_CONFIGS: 3", "0.5");
    run(sandbox, bin!("sweep_setup"), "narrow", &[]).expect(0);
    sandbox.write(
        "other.yaml",
        "ROOT_DIR: root\nNAME: other\nSETUP: {STRATEGY: grid, SAMPLERS: {B: [1]}}\n",
    );
    run(sandbox, bin!("sweep_setup"), "other", &[]).expect(0);
    [first, second]
}

fn lineage(sandbox: &Sandbox, name: &str) -> Value {
    let run = run(sandbox, bin!("sweep_analyze"), name, &["--json"]);
    let digest: Value =
        serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
    digest["lineage"].clone()
}

#[test]
fn reused_results_extensions_changed_keys_and_commits_say_which_sweep_grew_out_of_which() {
    let sandbox = Sandbox::new();
    let [first, second] = family(&sandbox);
    let said = lineage(&sandbox, "more");
    let names: Vec<&str> = said["sweeps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sweep| sweep["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["old", "more", "narrow"], "by their launches, without the other: {said}");
    let more = &said["sweeps"][1];
    assert_eq!((&more["commit"], &more["dirty"]), (&json!(second), &json!(true)));
    let range = json!({"key": "SETUP.SAMPLERS.A.RANGE", "from": "[0.0, 1.0]", "to": "[0.0, 2.0]"});
    assert_eq!(more["extended"], json!([{"from": 5, "to": 6, "changed": [range]}]));
    let link = |from: &str, to: &str| {
        let links = said["links"].as_array().unwrap().iter();
        let mut links = links.filter(|link| link["from"] == from && link["to"] == to);
        links.next().unwrap_or_else(|| panic!("{from} {to}: {said}")).clone()
    };
    let reused = link("old", "more");
    assert_eq!((&reused["reused_jobs"], &reused["relations"]), (&json!(3), &json!(["reused"])));
    assert_eq!(
        reused["changed"],
        json!([{"key": "SETUP.NUM_CONFIGS", "from": "3", "to": "5"}, range])
    );
    let code = json!({"range": format!("{first}..{second}"), "from": first, "from_dirty": false, "to": second, "to_dirty": true});
    assert_eq!(reused["code"], code);
    let near = link("old", "narrow");
    assert_eq!(
        (&near["relations"], &near["ordered"], &near["code"]),
        (&json!(["nearest"]), &json!(true), &Value::Null)
    );
    assert_eq!(
        near["changed"],
        json!([{"key": "SETUP.SAMPLERS.A.RANGE", "from": "[0.0, 1.0]", "to": "[0.0, 0.5]"}])
    );
    let page = sandbox.read("root/more/analysis.html");
    assert!(page.contains("id=\"lineage\"") && page.contains("reuses the results of 3 jobs"));
    assert!(page.contains(&format!("<code>{first}..{second}</code>")), "the range for git");
    assert!(!page.contains("Lineage of 3 sweeps"), "sentences say it");
}

#[test]
fn of_more_than_three_sweeps_there_is_a_figure_and_of_one_alone_nothing() {
    let sandbox = Sandbox::new();
    family(&sandbox);
    config(&sandbox, "again", "NUM_CONFIGS: 3, RNG_SEED: 7", "1");
    run(&sandbox, bin!("sweep_setup"), "again", &[]).expect(0);
    std::fs::write(sandbox.join("root/narrow/setup.json"), "{").unwrap();
    let said = lineage(&sandbox, "more");
    let again =
        said["links"].as_array().unwrap().iter().find(|link| link["to"] == "again").unwrap();
    assert_eq!((&again["from"], &again["relations"]), (&json!("old"), &json!(["same_space"])));
    config(&sandbox, "wide", "NUM_CONFIGS: 3", "9");
    run(&sandbox, bin!("sweep_setup"), "wide", &[]).expect(0);
    lineage(&sandbox, "more");
    let page = sandbox.read("root/more/analysis.html");
    assert!(
        page.contains("Lineage of 4 sweeps: more from old, again from old, wide from old"),
        "{page}"
    );
    let figure = ["--figure", "lineage", "--width", "3.3in", "--output", "lineage.pdf"];
    let run = run(&sandbox, bin!("sweep_analyze"), "more", &figure).expect(0);
    assert_eq!((run.stdout.trim(), run.stderr.as_str()), ("lineage.pdf", ""));
    for name in ["old", "more", "narrow", "again", "wide"] {
        std::fs::rename(sandbox.join("root").join(name), sandbox.join(name)).unwrap();
    }
    std::fs::rename(sandbox.join("old"), sandbox.join("root/old")).unwrap();
    self::run(&sandbox, bin!("sweep_collect"), "old", &[]).expect(0);
    assert_eq!(lineage(&sandbox, "old"), Value::Null, "alone");
    assert!(!sandbox.read("root/old/analysis.html").contains("id=\"lineage\""));
}

/// Records of a thousand sweeps are read, and no more.
#[test]
fn a_thousand_sweeps_beside_it_are_cut_with_a_word() {
    let sandbox = Sandbox::new();
    family(&sandbox);
    let record = sandbox.read("root/old/setup.json");
    for number in 0..1005 {
        sandbox.write(format!("root/a{number:04}/setup.json"), record.as_str());
    }
    let said = lineage(&sandbox, "more");
    let notes = said["notes"].to_string();
    assert!(notes.contains("Only the first 1,000 sweeps below"), "{notes}");
    assert!(notes.contains("with the same parameters were not compared"), "{notes}");
    assert_eq!(said["links"][0]["from"], "old", "what a record links is there: {said}");
}
