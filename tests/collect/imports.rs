//! Imports as such: nothing is run again, what is new is taken over, a kill leaves no half sweep, and bad input is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use crate::bin;
use crate::common::{Sandbox, python};
use crate::import_kinds::{INTO, import, tree, unpacked};
use crate::logs::Logs;

/// A table of so many runs.
fn table(runs: usize) -> String {
    let mut text = "lr,opt,val_loss\n".to_owned();
    for i in 0..runs {
        let (lr, opt) = (0.5 / f64::from(u32::try_from(i).unwrap() + 1), ["sgd", "adam"][i % 2]);
        writeln!(text, "{lr},{opt},{}", 2.0 - lr).unwrap();
    }
    text
}

fn with_table(runs: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("runs.csv", table(runs));
    sandbox
}

/// The files of an imported sweep, but for the cache.
fn without_cache(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let mut files = tree(&sandbox.join(INTO));
    files.retain(|path, _| !path.starts_with(".collect_cache"));
    files
}

/// The files of an imported sweep that are not collect's, which a kill may leave half written.
fn imported(sandbox: &Sandbox) -> BTreeMap<String, Vec<u8>> {
    let mut files = without_cache(sandbox);
    let of_collect = ["sweep.", "curves.", ".tmp-"];
    files.retain(|path, _| !of_collect.iter().any(|start| path.starts_with(start)));
    files
}

#[test]
fn no_stage_runs_or_adds_jobs_of_an_import() {
    let sandbox = with_table(4);
    let run = import(&sandbox, "runs.csv", &[]).expect(0);
    assert!(run.stdout.contains("4 jobs, all started"), "{}", run.stdout);
    assert!(
        run.stdout.contains("OBJECTIVE: {METRIC: results.val_loss, GOAL: minimize}"),
        "{}",
        run.stdout
    );
    assert!(
        run.stderr.contains("next: sweep_analyze") && !run.stderr.contains("sweep_launch"),
        "{}",
        run.stderr
    );
    let before = tree(&sandbox.join(INTO));
    for (program, more) in [
        (bin!("sweep_launch"), &["--yes"][..]),
        (bin!("sweep_launch"), &["--yes", "--set", "LAUNCH.COMMAND=touch ran", "--state", "done"]),
        (bin!("sweep_worker"), &["--set", "LAUNCH.COMMAND=touch ran"]),
        (bin!("sweep_setup"), &[]),
        (bin!("sweep_setup"), &["--extend", "2"]),
    ] {
        let run = sandbox.run(program, &[&[INTO][..], more].concat()).expect(2);
        assert!(
            run.stderr.contains("was imported: its jobs ran elsewhere and are never run again"),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("LAUNCH.COMMAND"), "{}", run.stderr);
    }
    assert!(!sandbox.join("ran").exists() && before == tree(&sandbox.join(INTO)));
    let told = sandbox.command(bin!("sweepkit")).current_dir(sandbox.join(INTO)).output().unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("4 jobs imported\n  next: sweepkit analyze"), "{told}");
}

#[test]
fn the_design_space_of_an_import_can_be_sampled_as_a_sweep_of_its_own() {
    let sandbox = with_table(40);
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    let text = sandbox.read(format!("{INTO}/sweep_cfg.yaml")).replace("NAME: old", "NAME: new");
    sandbox.write("new.yaml", text);
    sandbox.run(bin!("sweep_setup"), &["new.yaml"]).expect(0);
    assert!(sandbox.read("sweeps/new/sampled.jsonl").lines().count() == 40);
}

#[test]
fn an_import_bit_by_bit_is_the_import_of_all() {
    let sandbox = with_table(30);
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    let whole = imported(&sandbox);
    fs::remove_dir_all(sandbox.join(INTO)).unwrap();
    sandbox.write("runs.csv", table(3));
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    sandbox.write("runs.csv", table(17));
    let said = sandbox.run(bin!("sweep_collect"), &[INTO]).expect(0).stderr;
    assert!(
        said.contains("17 runs of CSV") && said.contains("14 new, 3 imported before"),
        "{said}"
    );
    sandbox.write("runs.csv", table(30));
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    assert!(imported(&sandbox) == whole);
    let all = without_cache(&sandbox);
    let again = sandbox.run(bin!("sweep_collect"), &[INTO]).expect(0);
    assert!(all == without_cache(&sandbox) && !again.stderr.contains("new"), "{}", again.stderr);
    assert!(again.stdout.contains("30 jobs"), "{}", again.stdout);
}

#[test]
fn runs_that_are_added_or_end_are_taken_over_and_those_that_go_are_kept() {
    let sandbox = unpacked("mlflow");
    import(&sandbox, "mlflow.db", &["-q"]).expect(1);
    let change = "import sqlite3, sys\nstore = sqlite3.connect(sys.argv[1])\nstore.executescript('''\n\
        INSERT INTO runs (run_uuid, name, status, start_time, end_time, lifecycle_stage, experiment_id) SELECT 'feed', 'late',\n\
        'FINISHED', start_time + 9000000, start_time + 9001000, 'active', experiment_id FROM runs WHERE name = 'killed';\n\
        INSERT INTO params (key, value, run_uuid) VALUES ('lr', '0.25', 'feed'), ('opt', 'lion', 'feed');\n\
        INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES ('val_loss', 0.125, 1, 'feed', 0, 0);\n\
        UPDATE runs SET status = 'FINISHED', end_time = start_time + 5000 WHERE name = 'goes on';\n\
        UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'broken';''')";
    python(change, &[&sandbox.join("mlflow.db")]);
    let said = sandbox.run(bin!("sweep_collect"), &[INTO]).expect(1).stderr;
    assert!(
        said.contains("the source has 1 run no more that was imported earlier: kept as imported"),
        "{said}"
    );
    let logs = Logs::at(sandbox, INTO);
    let jobs = logs.table("sweep.parquet");
    assert_eq!(jobs.len(), 9);
    assert_eq!(jobs.texts("state")[6].as_deref(), Some("done"));
    assert_eq!(jobs.texts("state")[4].as_deref(), Some("failed"), "the deleted one is as it was");
    assert_eq!(jobs.doubles("cfg.lr")[4], Some(10.0));
    assert_eq!(jobs.doubles("metrics.val_loss")[8], Some(0.125));
    assert_eq!(jobs.texts("cfg.opt")[8].as_deref(), Some("lion"));
    let all = without_cache(&logs.sandbox);
    logs.sandbox.run(bin!("sweep_collect"), &[INTO, "-q"]).expect(1);
    assert!(all == without_cache(&logs.sandbox));
}

#[test]
fn what_was_edited_in_the_sweep_config_stays() {
    let sandbox = with_table(3);
    import(&sandbox, "runs.csv", &["-q", "--set", "ANALYZE.PRIVATE=true"]).expect(2);
    import(&sandbox, "runs.csv", &["-q", "--set", "NUM_PROC=3"]).expect(0);
    let path = format!("{INTO}/sweep_cfg.yaml");
    let objective = "ANALYZE:\n  OBJECTIVE: {METRIC: val_loss, GOAL: minimize}   # mine\n";
    sandbox.write(&path, sandbox.read(&path) + objective);
    sandbox.write("runs.csv", table(5));
    sandbox.run(bin!("sweep_collect"), &[INTO, "-q"]).expect(0);
    let config = sandbox.read(&path);
    assert!(config.ends_with(objective) && config.contains("NUM_CONFIGS: 5\n"), "{config}");
    assert!(sandbox.read(format!("{INTO}/setup.json")).contains("\"NUM_PROC=3\""));
    let run = sandbox.run(bin!("sweep_collect"), &[INTO, "--json", "-q"]).expect(0);
    let status: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(status["objective"]["valued"], 5, "{status}");
}

#[test]
fn a_source_that_is_gone_costs_a_warning() {
    let sandbox = with_table(3);
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    fs::remove_file(sandbox.join("runs.csv")).unwrap();
    let run = sandbox.run(bin!("sweep_collect"), &[INTO]).expect(0);
    assert!(
        run.stderr.contains("warning: what was imported is not brought up to date"),
        "{}",
        run.stderr
    );
    assert!(run.stdout.contains("3 jobs"), "{}", run.stdout);
}

#[test]
fn a_kill_at_any_moment_leaves_no_half_sweep() {
    let sandbox = with_table(250);
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    let whole = imported(&sandbox);
    let kill = |after: u64| {
        let mut command = sandbox.command(bin!("sweep_collect"));
        command.args(["--import", "runs.csv", "--into", INTO, "-q"]);
        let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(after));
        process.kill().unwrap();
        process.wait().unwrap();
    };
    for after in [10, 40, 90, 160] {
        fs::remove_dir_all(sandbox.join(INTO)).unwrap();
        kill(after);
        assert!(!sandbox.join(INTO).exists() || imported(&sandbox) == whole, "after {after} ms");
        import(&sandbox, "runs.csv", &["-q"]).expect(0);
        assert!(imported(&sandbox) == whole, "after {after} ms");
        // Again, of a sweep that has some of the runs.
        fs::remove_dir_all(sandbox.join(INTO)).unwrap();
        sandbox.write("runs.csv", table(40));
        import(&sandbox, "runs.csv", &["-q"]).expect(0);
        sandbox.write("runs.csv", table(250));
        kill(after);
        sandbox.run(bin!("sweep_collect"), &[INTO, "-q"]).expect(0);
        assert!(imported(&sandbox) == whole, "after {after} ms");
    }
    let names = tree(&sandbox.join("sweeps"));
    assert!(names.keys().all(|name| name.starts_with("old/")), "nothing is left beside it");
}

#[test]
fn an_import_that_was_killed_is_finished_if_it_was_whole_and_dropped_if_not() {
    let sandbox = with_table(2);
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    let whole = imported(&sandbox);
    sandbox.write(format!("{INTO}/.import-new/cfgs/000000.yaml"), "lr: 7.0\n");
    fs::remove_file(sandbox.join("runs.csv")).unwrap();
    sandbox.write("runs.csv", table(2));
    sandbox.run(bin!("sweep_collect"), &[INTO, "-q"]).expect(0);
    assert!(imported(&sandbox) == whole);
    // What was whole is put in place, and then compared with the source.
    sandbox.write(format!("{INTO}/.import-new/cfgs/000002.yaml"), "lr: 7.0\n");
    sandbox.write(format!("{INTO}/.import-new/.whole"), "");
    sandbox.run(bin!("sweep_collect"), &[INTO, "-q"]);
    assert_eq!(sandbox.read(format!("{INTO}/cfgs/000002.yaml")), "lr: 7.0\n");
    assert!(!sandbox.join(INTO).join(".import-new").exists());
}

#[test]
fn what_cannot_be_imported_is_told_with_what_to_do() {
    let sandbox = unpacked("mlflow");
    let bytes = fs::read(sandbox.join("mlflow.db")).unwrap();
    sandbox.write("half.db", &bytes[..200_000]);
    sandbox.write("words.csv", "a,b\nx,y\n");
    sandbox.write("ragged.csv", "a,loss\n1,2\n3\n");
    sandbox.write("header.csv", "a,loss\n");
    sandbox.write("empty/notes.txt", "");
    sandbox.write("other.bin", [0, 1, 2, 255]);
    sandbox.write("runs.csv", table(2));
    sandbox.write("taken/notes.txt", "mine");
    for (args, code, words) in [
        (&["--import", "none", "--into", "s"][..], 4, "cannot find `none`"),
        (&["--import", "empty", "--into", "s"], 2, "contains no store that can be imported"),
        (&["--import", "other.bin", "--into", "s"], 2, "is no store that can be imported"),
        (&["--import", "half.db", "--into", "s"], 4, "damaged or cut off"),
        (&["--import", "words.csv", "--into", "s"], 2, "no column of numbers that may be a result"),
        (&["--import", "ragged.csv", "--into", "s"], 4, "row 2: 1 cells, the header has 2"),
        (&["--import", "header.csv", "--into", "s"], 4, "no row below its header"),
        (&["--import", "runs.csv", "--into", "s", "--metrics", "los"], 2, "no column `los`"),
        (&["--import", "runs.csv", "--into", "s", "--as", "optuna"], 2, "no Optuna store"),
        (&["--import", "runs.csv", "--into", "taken"], 2, "nothing was imported into it"),
        (&["--import", "mlruns", "--into", "mlruns/s"], 2, "which an import never writes to"),
        (&["--import", "mlflow.db", "--into", "s", "--experiment", "no"], 2, "no experiment `no`"),
        (&["--import", ".", "--into", "s"], 2, "several stores"),
        (&["--import", "runs.csv"], 2, "--into"),
        (&["--params", "lr"], 2, "--import"),
    ] {
        let run = sandbox.run(bin!("sweep_collect"), args).expect(code);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert!(!sandbox.join("s").exists() && !sandbox.join("mlruns/s").exists(), "{args:?}");
    }
    assert_eq!(sandbox.read("taken/notes.txt"), "mine");
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    let said = import(&sandbox, "mlflow.db", &[]).expect(2).stderr;
    assert!(said.contains("was imported from") && said.contains("--into"), "{said}");
}

#[test]
fn a_locked_database_is_waited_for_and_then_told() {
    let sandbox = unpacked("optuna");
    let hold = "import sqlite3, sys, time\nstore = sqlite3.connect(sys.argv[1], isolation_level=None)\n\
        store.execute('BEGIN EXCLUSIVE')\nprint('held', flush=True)\ntime.sleep(60)";
    let mut holder = sandbox.command("python3");
    holder.arg("-c").arg(hold).arg(sandbox.join("optuna.db")).stdout(Stdio::piped());
    let mut holder = holder.spawn().unwrap();
    let mut said = [0; 4];
    std::io::Read::read_exact(holder.stdout.as_mut().unwrap(), &mut said).unwrap();
    let run = import(&sandbox, "optuna.db", &["--experiment", "one"]);
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(run.expect(4).stderr.contains("another program is writing to it"));
    assert!(!sandbox.join(INTO).exists());
}

#[test]
fn empty_cells_and_odd_numbers_of_a_table_keep_their_meaning() {
    let sandbox = Sandbox::new();
    let text = "run_id,lr,momentum,out,acc,seconds,status\na,0.1,,x,0.5,3,finished\nb,1e-2,0.9,y,nan,4,finished\n\
        c,0.001,0.5,x,,5,crashed\nd,0.5,,y,,6,\ne,0.2,,x,0.25,,running\n";
    sandbox.write("runs.csv", text);
    let said = import(&sandbox, "runs.csv", &[]).expect(1).stderr;
    assert!(
        said.contains(
            "columns, by their names: parameters lr, momentum, out; metrics acc, seconds."
        ),
        "{said}"
    );
    assert!(said.contains("momentum {uniform: [0.5, 0.9]} (in 2 of 5)"), "{said}");
    let logs = Logs::at(sandbox, INTO);
    let jobs = logs.table("sweep.parquet");
    let states: Vec<String> = jobs.texts("state").into_iter().flatten().collect();
    assert_eq!(states, ["done", "done", "failed", "done", "running"], "what has a metric is done");
    let acc = jobs.doubles("results.acc");
    assert!(
        acc[0] == Some(0.5) && acc[1].unwrap().is_nan() && acc[2].is_none() && acc[4] == Some(0.25)
    );
    assert_eq!(jobs.doubles("cfg.momentum"), [None, Some(0.9), Some(0.5), None, None]);
    assert_eq!(jobs.doubles("seconds"), [None; 5], "a table without times has none");
    let said = import(&logs.sandbox, "runs.csv", &["--params", "lr,out", "--metrics", "acc"])
        .expect(1)
        .stderr;
    assert!(
        said.contains("as `--params` and `--metrics` say")
            && said.contains("not used: momentum, seconds"),
        "{said}"
    );
}

#[test]
fn commas_of_decimals_between_semicolons_are_points() {
    let sandbox = Sandbox::new();
    sandbox.write("runs.csv", "lr;opt;acc\n0,1;sgd;0,5\n0,01;adam;0,75\n");
    import(&sandbox, "runs.csv", &["-q"]).expect(0);
    let jobs = Logs::at(sandbox, INTO).table("sweep.parquet");
    assert_eq!(jobs.doubles("cfg.lr"), [Some(0.1), Some(0.01)]);
    assert_eq!(jobs.doubles("results.acc"), [Some(0.5), Some(0.75)]);
}
