//! Configs that are chosen, not drawn: files of any program become exactly these jobs, or are refused in words.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::bin;
use crate::common::{Run, Sandbox, python};
use crate::drawn::of_configs;

const SPACE: &str = "  NUM_CONFIGS: 6
  BASE_CFG: {lr: 0.1, model: {depth: 2, act: relu}, seed: 3, wd: 0.0}
  SAMPLERS:
    lr: {log: [1e-4, 1]}
    model.depth: {int: [1, 4]}
    opt: [sgd, adam]
";
const DRAWN: &str = "  NUM_CONFIGS: 6\n  SAMPLERS: {lr: {log: [1e-4, 1]}}\n";

fn sandbox(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{text}"));
    sandbox
}

fn setup(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut all = vec!["--sweep-cfg", "sweep.yaml"];
    all.extend(args);
    sandbox.run(bin!("sweep_setup"), &all)
}

/// Adds the points of a text on stdin.
fn add(sandbox: &Sandbox, text: &str, args: &[&str]) -> Run {
    let mut command = sandbox.command(bin!("sweep_setup"));
    command.args(["--sweep-cfg", "sweep.yaml", "--add", "-"]).args(args);
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Run::of(&child.wait_with_output().unwrap())
}

fn record(sandbox: &Sandbox) -> Value {
    serde_json::from_str(&sandbox.read("root/s/setup.json")).unwrap()
}

/// Returns the bytes of all configs.
fn configs(sandbox: &Sandbox) -> Vec<String> {
    let mut files: Vec<_> = std::fs::read_dir(sandbox.join("root/s/cfgs"))
        .unwrap()
        .map(|it| it.unwrap().path())
        .collect();
    files.sort();
    files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn files_of_python_are_the_same_jobs_in_any_format() {
    let right = "[(c['lr'], c['model']['depth'], c['wd'], c.get('opt')) for c in cfgs[:3]]";
    let expected = "[(0.5, 3, 0.0, 'sgd'), (1.0, 2, 0.01, 'adam'), (0.1 + 0.2, 4, 0.0, None)]";
    let expected = python(&format!("print({expected})"), &[]).trim().to_owned();
    let rows = "rows = [{'lr': 0.5, 'model.depth': 3, 'opt': 'sgd'}, {'lr': 1, 'model.depth': 2, 'opt': 'adam', \
                'wd': 0.01}, {'lr': 0.1 + 0.2, 'model.depth': 4}]\nimport csv, json, sys\npath = sys.argv[1]\n";
    for (name, program) in [
        (
            "p.csv",
            "w = csv.DictWriter(open(path, 'w'), ['lr', 'model.depth', 'opt', 'wd'])\nw.writeheader()\nw.writerows(rows)",
        ),
        ("p.json", "json.dump(rows, open(path, 'w'), indent=1)"),
        ("p.jsonl", "open(path, 'w').write(''.join(json.dumps(row) + '\\n' for row in rows))"),
        (
            "nested.json",
            "[r.update(model={'depth': r.pop('model.depth')}) for r in rows]\njson.dump(rows, open(path, 'w'))",
        ),
    ] {
        let sandbox = sandbox(SPACE);
        python(&format!("{rows}{program}"), &[&sandbox.join(name)]);
        setup(&sandbox, &["--add", name]).expect(0);
        assert_eq!(of_configs(&sandbox, right), expected, "{name}");
        assert_eq!(of_configs(&sandbox, "len(cfgs)"), "9", "{name}");
        let round = &record(&sandbox)["rounds"][0];
        assert_eq!((&round["to"], &round["chosen"]), (&json!(3), &json!(format!("--add {name}"))));
        let sampled = sandbox.read("root/s/sampled.jsonl");
        let second =
            "{\"job\":1,\"sampled\":{\"lr\":1.0,\"model.depth\":2,\"opt\":\"adam\",\"wd\":0.01}}";
        assert_eq!(sampled.lines().nth(1), Some(second), "{name}");
    }
}

#[test]
fn a_table_of_pandas_is_the_same_jobs_as_parquet_and_csv() {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return;
    }
    for name in ["p.parquet", "p.csv"] {
        let sandbox = sandbox(SPACE);
        let program = "import sys, pandas as pd\nf = pd.DataFrame({'lr': [0.5, 1.0], 'model.depth': [3, None], \
                       'cfg.wd': [None, 0.25], 'opt': ['sgd', None]})\n\
                       path = sys.argv[1]\nf.to_parquet(path) if path.endswith('t') else f.to_csv(path)";
        frames(program, &sandbox.join(name));
        setup(&sandbox, &["--add", name]).expect(0);
        let found = of_configs(
            &sandbox,
            "[(c['lr'], c['model']['depth'], c['wd'], c.get('opt')) for c in cfgs[:2]]",
        );
        assert_eq!(found, "[(0.5, 3, 0.0, 'sgd'), (1.0, 2, 0.25, None)]", "{name}");
    }
}

/// Runs a program with the Python that has pandas.
fn frames(program: &str, path: &std::path::Path) {
    let python = concat!(env!("CARGO_MANIFEST_DIR"), "/target/python/bin/python");
    let status = std::process::Command::new(python).args(["-c", program]).arg(path).status();
    assert!(status.unwrap().success(), "{program}");
}

#[test]
fn points_of_the_config_come_first_and_the_draws_stay_as_they_are() {
    let without = sandbox(DRAWN);
    setup(&without, &[]).expect(0);
    let points = "  POINTS: [{lr: 0.25}, points.csv]\n";
    let with = sandbox(&format!("{DRAWN}{points}"));
    with.write("points.csv", "lr\n0.5\n0.25\n");
    let said = setup(&with, &[]).expect(0).stderr;
    assert!(said.contains("SETUP.POINTS: points.csv: line 3 is job 000000 already"), "{said}");
    let all = configs(&with);
    assert_eq!(all[..2], ["lr: 0.25\n", "lr: 0.5\n"]);
    assert_eq!(all[2..], configs(&without));
    let again = sandbox(&format!("{DRAWN}{points}"));
    again.write("points.csv", "lr\n0.5\n0.25\n");
    setup(&again, &["--set", "NUM_PROC=1"]).expect(0);
    assert_eq!(configs(&again), all, "the same files, whatever the number of threads");
    setup(&with, &["--extend", "2"]).expect(0);
    setup(&without, &["--extend", "2"]).expect(0);
    assert_eq!(configs(&with)[2..], configs(&without));
}

#[test]
fn points_may_be_all_there_is() {
    for text in [
        "  POINTS: points.jsonl\n",
        "  POINTS: points.jsonl\n  SAMPLERS: {lr: {log: [1e-4, 1]}, opt: [a, b]}\n",
        "  POINTS: points.jsonl\n  NUM_CONFIGS: 0\n  STRATEGY: lhs\n  SAMPLERS: {lr: {log: [1e-4, 1]}, opt: [a, b]}\n",
    ] {
        let sandbox = sandbox(text);
        sandbox.write(
            "points.jsonl",
            "{\"lr\": 0.5, \"opt\": \"a\"}\n{\"lr\": 0.25, \"opt\": \"b\"}\n",
        );
        setup(&sandbox, &[]).expect(0);
        let expected = "[{'lr': 0.5, 'opt': 'a'}, {'lr': 0.25, 'opt': 'b'}]";
        assert_eq!(of_configs(&sandbox, "cfgs"), expected, "{text}");
        add(&sandbox, "[{\"lr\": 0.125, \"opt\": \"b\"}]", &[]).expect(0);
        assert_eq!(of_configs(&sandbox, "cfgs[2:]"), "[{'lr': 0.125, 'opt': 'b'}]");
    }
}

#[test]
fn points_are_added_after_the_launch_and_nothing_that_is_there_changes() {
    let sandbox = sandbox(SPACE);
    setup(&sandbox, &[]).expect(0);
    let before = configs(&sandbox);
    sandbox.write("root/s/logs/000000/stdout.log", "x");
    add(&sandbox, "lr,model.depth,opt\n0.5,3,sgd\n", &[]).expect(0);
    let all = configs(&sandbox);
    assert_eq!(all[..6], before);
    assert_eq!(all.len(), 7);
    let said =
        add(&sandbox, "[{\"lr\": 0.5, \"model.depth\": 3, \"opt\": \"sgd\"}]", &[]).expect(0);
    assert!(said.stderr.contains("row 1 is job 000006 already"), "{}", said.stderr);
    assert!(said.stderr.contains("Nothing to append"), "{}", said.stderr);
    assert_eq!(configs(&sandbox), all, "twice is once");
    // What was drawn is no other job as a point.
    let drawn = of_configs(
        &sandbox,
        "__import__('json').dumps({'lr': cfgs[2]['lr'], \
        'model': {'depth': cfgs[2]['model']['depth']}, 'opt': cfgs[2]['opt']})",
    );
    let said = add(&sandbox, &drawn, &[]).expect(0).stderr;
    assert!(said.contains("row 1 is job 000002 already"), "{said}");
    let longer = self::sandbox(&SPACE.replace("NUM_CONFIGS: 6", "NUM_CONFIGS: 10"));
    setup(&longer, &[]).expect(0);
    setup(&sandbox, &["--extend", "4"]).expect(0);
    let extended = configs(&sandbox);
    assert_eq!(extended[7..], configs(&longer)[6..], "draws go on as if nothing had been added");
    let record = record(&sandbox);
    assert_eq!((&record["kept"], &record["requested"]), (&json!(11), &json!(11)));
}

#[test]
fn a_draw_that_was_chosen_is_one_job_and_counts_as_drawn() {
    let die = "  NUM_CONFIGS: 3\n  SAMPLERS: {a: [1, 2, 3, 4], b: [0, 1]}\n";
    let plain = sandbox(&die.replace("NUM_CONFIGS: 3", "NUM_CONFIGS: 8"));
    setup(&plain, &[]).expect(0);
    let of = |sandbox: &Sandbox, range: &str| {
        of_configs(sandbox, &format!("[(c['a'], c['b']) for c in cfgs{range}]"))
    };
    let first =
        of_configs(&plain, "__import__('json').dumps([cfgs[1], cfgs[4], {'a': 9, 'b': 0}])");
    let sandbox = sandbox(die);
    add(&sandbox, &first, &[]).expect(0);
    assert_eq!(
        of_configs(&sandbox, "len(cfgs)"),
        "5",
        "three chosen, three drawn, one of them both"
    );
    assert_eq!(record(&sandbox)["rounds"][1]["drawn_too"], json!([0]));
    setup(&sandbox, &["--extend", "5"]).expect(0);
    assert_eq!(record(&sandbox)["rounds"][2]["drawn_too"], json!([1]));
    let sorted = |list: &str| python(&format!("print(sorted({list}))"), &[]);
    assert_eq!(
        sorted(&of(&sandbox, "[:2] + cfgs[3:]")),
        sorted(&of(&plain, "")),
        "all of the space, once"
    );
    let said = setup(&sandbox, &["--extend", "1"]).expect(2).stderr;
    assert!(said.contains("no configs beyond the 8 that exist"), "{said}");
}

#[test]
fn what_no_sampler_draws_is_kept_and_told_of() {
    let sandbox = sandbox(&format!("{SPACE}  CONSTRAINTS: {{WHERE: [lr < 0.5]}}\n"));
    let said = add(&sandbox, "lr,model.depth,opt\n7,9,lion\n0.5,1,sgd\n", &[]).expect(0).stderr;
    for words in [
        "`lr` is outside of SETUP.SAMPLERS in 1 of 2 points, which stay as you chose them: 7.0 in line 2",
        "they draw in [0.0001, 1.0]",
        "`model.depth` is outside of SETUP.SAMPLERS",
        "`opt` is outside of SETUP.SAMPLERS in 1 of 2 points, which stay as you chose them: 'lion' in line 2; they draw one of 'sgd', 'adam'",
        "2 points outside of SETUP.CONSTRAINTS, which stay as you chose them: line 2 does not meet WHERE[0] (lr < 0.5)",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(of_configs(&sandbox, "[c['opt'] for c in cfgs[:2]]"), "['lion', 'sgd']");
}

#[test]
fn branches_helpers_and_derived_values_are_as_in_drawn_jobs() {
    let text = "  NUM_CONFIGS: 2
  SAMPLERS:
    size: {int: [1, 4]}
    opt: {TYPE: choice_sampler, BRANCHES: {sgd: {momentum: 0.9, nesterov: [true, false]}, adam: {beta: [0.9, 0.99]}}}
  DERIVED: {width: 16 * size}
  HELPERS: [size]
";
    let sandbox = sandbox(text);
    add(&sandbox, "size,opt,nesterov,beta\n3,sgd,true,\n9,adam,,0.99\n", &[]).expect(0);
    let expected = "[{'opt': 'sgd', 'nesterov': True, 'momentum': 0.9, 'width': 48}, {'opt': 'adam', 'beta': 0.99, 'width': 144}]";
    let same = of_configs(&sandbox, &format!("cfgs[:2] == {expected} or cfgs[:2]"));
    assert_eq!(same, "True");
    let said = add(&sandbox, "size,width\n1,2\n", &[]).expect(2).stderr;
    assert!(said.contains("`width` is derived"), "{said}");
}

#[test]
fn bad_points_are_refused_with_their_place_and_nothing_is_written() {
    for (text, words) in [
        ("lrr\n0.5\n", "`lrr` is neither in SETUP.SAMPLERS nor in BASE_CFG: did you mean `lr`?"),
        ("lr,dept\n1,2\n", "did you mean `model.depth`?"),
        ("lr,nothing.like.it\n1,2\n", "write `+nothing.like.it` to add it"),
        ("lr\nfast\n", "line 2, `lr`: 'fast' is not a number"),
        ("lr\n0.5\n0.5,7\n", "has 2 cells in line 3, and 1 in its header"),
        ("lr,lr\n1,2\n", "two columns `lr`"),
        ("lr\n", "has no points"),
        ("", "has no header"),
        ("[]", "has no points"),
        ("[{}]", "row 1 sets nothing"),
        ("[3]", "row 1"),
        ("{\"lr\": 0.5", "not JSON"),
        ("{\"lr\": NaN}", "not JSON"),
        ("{\"lr\": 1, \"lr\": 2}", "gave `lr` twice"),
        ("{\"lr\": 123456789012345678901}", "does not fit into 64 bits"),
        ("{\"model\": 3}", "which this would remove"),
        ("{\"model\": {\"depth\": 2}, \"model.depth\": 3}", "row 1 sets `model.depth` twice"),
        ("PAR1...", "Parquet cannot be read from a pipe"),
        ("wd\n\"oh\"\n", "`wd`"),
    ] {
        let sandbox = sandbox(SPACE);
        let run = add(&sandbox, text, &[]);
        if text.starts_with("wd") {
            assert!(
                run.expect(0).stderr.contains(words),
                "a text for a number of the base config is told of"
            );
            continue;
        }
        let said = run.expect(2).stderr;
        assert!(said.contains(words), "{text}: {said}");
        assert!(!sandbox.join("root/s").exists(), "{text}");
    }
    let sandbox = sandbox("  POINTS: gone.csv\n");
    let said = setup(&sandbox, &[]).expect(2).stderr;
    assert!(said.contains("`gone.csv` is not a file next to the sweep config"), "{said}");
    sandbox.write("cut.parquet", "PAR1 and no more");
    let said = setup(&sandbox, &["--set", "SETUP.POINTS=cut.parquet"]).expect(2).stderr;
    assert!(said.contains("cut.parquet` cannot be read"), "{said}");
    let said = setup(&sandbox, &["--set", "SETUP.POINTS=5"]).expect(2).stderr;
    assert!(said.contains("is a key of the sampler"), "{said}");
}

#[test]
fn a_new_key_is_added_with_a_plus() {
    let sandbox = sandbox(SPACE);
    add(&sandbox, "lr,+clip.norm\n0.5,1.5\n", &[]).expect(0);
    assert_eq!(of_configs(&sandbox, "cfgs[0]['clip']"), "{'norm': 1.5}");
    add(&sandbox, "clip.norm\n2.5\n", &[]).expect(0);
    assert_eq!(of_configs(&sandbox, "cfgs[-1]['clip']"), "{'norm': 2.5}");
}

#[test]
fn replicates_of_points_are_as_of_drawn_configs() {
    let sandbox = sandbox(&format!("{SPACE}  REPLICATES: 2\n  SEED_KEY: seed\n"));
    add(&sandbox, "lr\n0.5\n0.25\n", &[]).expect(0);
    let found = of_configs(&sandbox, "[(c['lr'], c['seed']) for c in cfgs[:4]], len(cfgs)");
    assert_eq!(found, "[(0.5, 3), (0.5, 4), (0.25, 3), (0.25, 4)] 16");
    let said = add(&sandbox, "lr,seed\n0.125,1\n", &[]).expect(2).stderr;
    assert!(said.contains("`seed` is the seed of the replicates"), "{said}");
    let said = add(&sandbox, "lr\n0.25\n", &[]).expect(0).stderr;
    assert!(said.contains("line 2 is job 000002 already"), "{said}");
}

#[test]
fn a_setup_that_replaces_added_points_says_so() {
    let sandbox = sandbox(DRAWN);
    add(&sandbox, "lr\n0.5\n", &[]).expect(0);
    let said = setup(&sandbox, &[]).expect(0).stderr;
    assert!(said.contains("drops its 1 job of `--add -`"), "{said}");
}

#[test]
fn further_replicates_go_on_with_the_seeds_and_change_nothing_else() {
    let sandbox =
        sandbox(&format!("{SPACE}  REPLICATES: 2\n  SEED_KEY: seed\n  CONSTRAINTS: {{}}\n"));
    add(&sandbox, "lr,+clip\n0.5,1\n", &[]).expect(0);
    let before = configs(&sandbox);
    sandbox.write("root/s/logs/000000/stdout.log", "x");
    setup(&sandbox, &["--extend-replicates", "2"]).expect(0);
    setup(&sandbox, &["--extend-replicates", "1", "--only", "1,4-5"]).expect(0);
    let all = configs(&sandbox);
    assert_eq!(all[..14], before);
    assert_eq!(all.len(), 14 + 14 + 2);
    let rest = "{tuple(sorted((k, str(v)) for k, v in c.items() if k != 'seed')) for c in";
    assert_eq!(of_configs(&sandbox, &format!("{rest} cfgs[14:]}} == {rest} cfgs[:14]}}")), "True");
    let seeds = "[[c['seed'] for c in cfgs if c['lr'] == lr] for lr in dict.fromkeys(c['lr'] for c in cfgs)]";
    assert_eq!(
        of_configs(&sandbox, seeds),
        "[[3, 4, 5, 6, 7], [3, 4, 5, 6], [3, 4, 5, 6, 7], [3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 5, 6], [3, 4, 5, 6]]"
    );
    let rounds = record(&sandbox)["rounds"].clone();
    assert_eq!(rounds[2]["replicates_of"], json!([0, 1, 2, 3, 4, 5, 6]));
    assert_eq!(rounds[3]["replicates_of"], json!([0, 2]));
    let sampled = sandbox.read("root/s/sampled.jsonl");
    let last = sampled.lines().last().unwrap();
    assert!(last.starts_with("{\"job\":29,") && last.ends_with("\"seed\":7}}"), "{last}");
    // The draws go on as if nothing had been added.
    let longer = self::sandbox(
        &format!("{SPACE}  REPLICATES: 2\n  SEED_KEY: seed\n")
            .replace("NUM_CONFIGS: 6", "NUM_CONFIGS: 8"),
    );
    setup(&longer, &[]).expect(0);
    setup(&sandbox, &["--extend", "2"]).expect(0);
    assert_eq!(configs(&sandbox)[30..], configs(&longer)[12..]);
}

#[test]
fn a_sweep_of_one_seed_each_gets_more_of_them_as_one_with_replicates_has() {
    let sandbox = sandbox(SPACE);
    setup(&sandbox, &[]).expect(0);
    let said = setup(&sandbox, &["--extend-replicates", "2"]).expect(2).stderr;
    assert!(said.contains("`SETUP.SEED_KEY: seed`"), "{said}");
    setup(&sandbox, &["--extend-replicates", "2", "--set", "SETUP.SEED_KEY=seed"]).expect(0);
    let with = self::sandbox(&format!("{SPACE}  REPLICATES: 3\n  SEED_KEY: seed\n"));
    setup(&with, &[]).expect(0);
    let (mut found, mut right) = (configs(&sandbox), configs(&with));
    found.sort();
    right.sort();
    assert_eq!(found, right);
    setup(&sandbox, &["--extend", "2"]).expect(0);
    assert_eq!(of_configs(&sandbox, "len(cfgs), cfgs[-1]['seed']"), "20 3");
    let said = setup(&sandbox, &["--extend-replicates", "1", "--only", "99"]).expect(2).stderr;
    assert!(said.contains("there is no job 99"), "{said}");
    let said = setup(&with, &["--set", "SETUP.SEED_KEY=lr", "--extend-replicates", "1", "--yes"])
        .expect(2);
    assert!(said.stderr.contains("lr"), "{}", said.stderr);
}

#[test]
fn the_description_of_a_network_follows_its_further_replicates() {
    let sandbox = Sandbox::new();
    let text = "ROOT_DIR: root\nNAME: s\nSETUP:\n  NUM_CONFIGS: 2\n  DEFAULTS: pycls\n  BASE_CFG: {DESC: '', MODEL: {TYPE: regnet}}\n  \
                SAMPLERS: {REGNET: {TYPE: regnet_sampler}}\n";
    sandbox.write("sweep.yaml", text);
    setup(&sandbox, &[]).expect(0);
    setup(&sandbox, &["--extend-replicates", "1"]).expect(0);
    let same = "[(a['DESC'] + ' RNG_SEED 2' == b['DESC'], a['ANYNET'] == b['ANYNET'], b['RNG_SEED']) for a, b in zip(cfgs, cfgs[2:])]";
    assert_eq!(of_configs(&sandbox, same), "[(True, True, 2), (True, True, 2)]");
    let summary = sandbox.read("root/s/cfgs_summary.yaml");
    let network = |job: usize| {
        summary
            .lines()
            .find(|line| line.starts_with(&format!("{job:06}")))
            .unwrap()
            .split(" -> ")
            .nth(1)
            .unwrap()
            .to_owned()
    };
    assert_eq!(network(0), network(2));
}

#[test]
fn an_interrupted_addition_that_is_done_again_is_the_whole_one() {
    let points: Vec<String> =
        (1..=400).map(|n| format!("{{\"lr\": {}}}\n", f64::from(n) / 1000.0)).collect();
    let points = points.concat();
    let whole = sandbox(SPACE);
    setup(&whole, &[]).expect(0);
    whole.write("p.jsonl", &points);
    setup(&whole, &["--add", "p.jsonl"]).expect(0);
    for step in 0..6 {
        let sandbox = sandbox(SPACE);
        setup(&sandbox, &[]).expect(0);
        let before = configs(&sandbox);
        sandbox.write("p.jsonl", &points);
        let mut command = sandbox.command(bin!("sweep_setup"));
        command.args(["--sweep-cfg", "sweep.yaml", "--add", "p.jsonl"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(40 * step));
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(configs(&sandbox)[..6], before);
        setup(&sandbox, &["--add", "p.jsonl"]).expect(0);
        assert_eq!(configs(&sandbox), configs(&whole));
        assert_eq!(sandbox.read("root/s/sampled.jsonl"), whole.read("root/s/sampled.jsonl"));
        let of = |sandbox: &Sandbox| record(sandbox)["rounds"].clone();
        assert_eq!(of(&sandbox), of(&whole));
    }
}

#[test]
fn a_collect_finds_the_config_of_each_further_replicate() {
    let sandbox = sandbox(SPACE);
    add(&sandbox, "lr\n0.5\n", &[]).expect(0);
    setup(&sandbox, &["--extend-replicates", "2", "--only", "0,3", "--set", "SETUP.SEED_KEY=seed"])
        .expect(0);
    for job in 0..11 {
        sandbox.write(
            format!("root/s/logs/{job:06}/metrics.jsonl"),
            "{\"epoch\": 1, \"loss\": 0.5}\n",
        );
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    let collected: Value = serde_json::from_str(&sandbox.read("root/s/sweep.json")).unwrap();
    let jobs = collected.as_array().unwrap().iter();
    let configs: Vec<i64> = jobs.map(|job| job["config"].as_i64().unwrap()).collect();
    assert_eq!(configs, [0, 1, 2, 3, 4, 5, 6, 0, 0, 3, 3]);
}

#[test]
fn a_sweep_of_nothing_is_refused_and_points_that_an_extension_leaves_out_are_told_of() {
    let sandbox = sandbox("  NUM_CONFIGS: 0\n  SAMPLERS: {lr: {log: [1e-4, 1]}}\n");
    let said = setup(&sandbox, &[]).expect(2).stderr;
    assert!(said.contains("nothing to set up"), "{said}");
    let sandbox = self::sandbox(&format!("{DRAWN}  POINTS: p.csv\n"));
    sandbox.write("p.csv", "lr\n0.5\n");
    setup(&sandbox, &[]).expect(0);
    assert!(!setup(&sandbox, &["--extend", "1"]).expect(0).stderr.contains("POINTS"));
    sandbox.write("p.csv", "lr\n0.5\n0.25\n");
    let said = setup(&sandbox, &["--extend", "1"]).expect(0).stderr;
    assert!(said.contains("SETUP.POINTS has configs without a job (1 job)"), "{said}");
    sandbox.write("p.csv", "lr\nx\n");
    let said = setup(&sandbox, &["--extend", "1"]).expect(0).stderr;
    assert!(said.contains("SETUP.POINTS cannot be compared"), "{said}");
}
