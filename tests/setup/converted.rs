//! `sweepkit convert`: what the files of other tools become is what those tools make of them.
//!
//! `scripts/convert-oracle` wrote what each tool makes: of a grid its configs, of a random search the distributions.

use std::path::{Path, PathBuf};

use crate::bin;
use crate::common::{Run, Sandbox, fixture, python};

/// The number of configs of a search at random.
const DRAWS: &str = "2000";

fn convert(sandbox: &Sandbox, args: &[&str]) -> Run {
    let mut words = vec!["convert"];
    words.extend(args);
    sandbox.run(bin!("sweepkit"), &words)
}

/// Converts a text and returns the sweep config.
fn converted(text: &str, args: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", text);
    let mut words = vec!["theirs.yaml"];
    words.extend(args);
    convert(&sandbox, &words).expect(0).stdout
}

/// Returns what is wrong with a text.
fn refused(text: impl AsRef<[u8]>, args: &[&str]) -> String {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", text);
    let mut words = vec!["theirs.yaml"];
    words.extend(args);
    let run = convert(&sandbox, &words).expect(2);
    assert_eq!(run.stdout, "");
    run.stderr
}

/// Converts a file, sets it up, and holds the jobs against what the tool makes.
fn check(path: &Path, args: &[&str]) {
    let sandbox = Sandbox::new();
    let mut words = vec![path.to_str().unwrap(), "-o", "sweep.yaml", "--jobs", DRAWS];
    words.extend(args);
    convert(&sandbox, &words).expect(0);
    let sweep = ["sweep.yaml", "--quiet", "--yes", "--set", "ROOT_DIR=root", "--set", "NAME=s"];
    let run = sandbox.run(bin!("sweep_setup"), &sweep);
    assert_eq!(run.code, 0, "{}: {}\n{}", path.display(), run.stderr, sandbox.read("sweep.yaml"));
    let expected = path.with_extension("expected.json");
    let program = format!(
        "import sys\nsys.argv[0] = {:?}\n{}",
        path.display().to_string(),
        include_str!("converted.py")
    );
    python(&program, &[&sandbox.join("root/s/cfgs"), &expected]);
}

/// The files of a tool.
fn files(tool: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(fixture(&format!("convert/{tool}"))).unwrap();
    let mut files: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| !path.to_str().unwrap().ends_with(".expected.json"));
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn the_sweeps_of_weights_and_biases_become_what_its_own_engine_makes() {
    for path in files("wandb") {
        check(&path, &[]);
    }
}

#[test]
fn the_files_of_seml_become_the_configs_that_seml_makes() {
    for path in files("seml") {
        check(&path, &[]);
    }
}

#[test]
fn the_lines_of_hydra_become_the_jobs_that_its_sweeper_makes() {
    for path in files("hydra") {
        check(&path, &["--from", "hydra"]);
    }
}

/// Converts a line of Hydra.
fn line(line: &str) -> String {
    convert(&Sandbox::new(), &["--hydra", line]).expect(0).stdout
}

#[test]
fn a_line_of_hydra_keeps_its_program_and_what_it_deletes() {
    let text = line("X=1 python -m pkg.app --config-name exp -m lr=1,2 ~trainer.logger seed=3");
    assert!(text.contains("X=1 python -m pkg.app --config-name exp"), "{text}");
    assert!(text.contains("~trainer.logger") && text.contains("{{hydra_args}}"), "{text}");
    let command = text.lines().find(|line| line.contains("COMMAND:")).unwrap();
    assert!(!command.contains("-m lr") && !command.contains("'X=1'"), "{command}");
    let text = line("+a=1,2 +b=x");
    assert!(text.contains("python my_app.py {{hydra_args prefix=\"+\"}}"), "{text}");
    let text = line("+a=1,2 b=x");
    assert!(text.contains("python my_app.py +a={{a}} b={{b}}"), "{text}");
    let text = line("model=mlp,cnn model.width=8,16");
    assert!(
        text.contains("python my_app.py model={{model_choice}} model.width={{model.width}}"),
        "{text}"
    );
}

#[test]
fn the_intervals_of_hydra_are_drawn_at_random() {
    let text = line(
        "lr=tag(log, interval(1e-4, 1e-1)) rounds=int(interval(1, 9)) x=interval(0,1) opt=a,b hydra/sweeper=optuna \
         hydra.sweeper.n_trials=20",
    );
    for part in [
        "# approximated interval (line 1): intervals are for sweepers such as Optuna's",
        "  NUM_CONFIGS: 20    # kept hydra.sweeper.n_trials=20\n",
        "    lr: {log: [0.0001, 0.1]}",
        "    rounds: {int: [1, 9]}",
        "    x: {uniform: [0, 1]}",
        "    opt: [a, b]",
        "# dropped hydra/sweeper=optuna (line 1): ",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
}

#[test]
fn what_a_line_of_hydra_cannot_keep_is_refused_with_its_place() {
    for (line, message) in [
        (
            "db=glob(*)",
            "--hydra:1:1: db: `glob` chooses among the files of a config group: list their names",
        ),
        ("a=1 db=glob(*)", "--hydra:1:5: db: `glob`"),
        ("a=1,2 a=3", "--hydra:1:7: a: `a` is given twice"),
        ("a=foo(1)", "`foo` is not a function in Hydra's grammar"),
        ("a=[1,2", "`]` or `,` is missing"),
        ("'a=\"x'", "the quote \" is not closed"),
        ("a='1", "a quote of the line is not closed"),
        ("a=interval(1,0)", "the interval from 1 to 0 is empty"),
        ("a=tag(log,interval(0,1))", "a logarithm needs an interval above 0"),
        ("a=range(0,1,0)", "a step other than 0"),
        ("a=1,,2", "a value is missing"),
        ("a=choice()", "an empty choice"),
        ("a=extend_list(1)", "write the whole list"),
        ("+a=1 'b=\"x, y\"'", "give all overrides the same sign, `++`"),
        ("python app.py", "the line has no override"),
        ("", "the line has no override"),
    ] {
        let run = convert(&Sandbox::new(), &["--hydra", line]).expect(2);
        assert!(run.stderr.contains(message), "{line}: {}", run.stderr);
    }
}

#[test]
fn the_search_spaces_of_nni_become_what_nni_draws() {
    for path in files("nni") {
        check(&path, &[]);
    }
}

#[test]
fn a_search_space_of_ray_tune_is_drawn_by_samplers_of_ours() {
    let path = fixture("convert/ray/space.json");
    let sandbox = Sandbox::new();
    let run =
        convert(&sandbox, &[path.to_str().unwrap(), "-o", "sweep.yaml", "--jobs", "20"]).expect(0);
    assert!(run.stderr.contains("approximated the search"), "{}", run.stderr);
    let text = sandbox.read("sweep.yaml");
    for part in [
        "NAME: space\n",
        "  NUM_CONFIGS: 20\n",
        "    rate: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.0001, 0.1]}",
        "    units: [16, 32]",
        "    opts.drop: {TYPE: float_sampler, RANGE: [0, 0.5]}",
        "    opts.heads: {TYPE: int_sampler, RANGE: [1, 4]}",
        "    solver: [quick, plain]",
        "    rounds: [10]",
    ] {
        assert!(text.contains(part), "{part}\nis not in\n{text}");
    }
    sandbox.run(bin!("sweep_setup"), &["sweep.yaml", "--dry-run"]).expect(0);
}

#[test]
fn what_nni_refuses_or_nobody_can_convert_is_refused_with_its_line() {
    for (text, message) in [
        (
            "a: {_type: choise, _value: [1, 2]}\n",
            "theirs.yaml:1:1: a: `choise` is not a type of NNI",
        ),
        ("a: {_type: uniform, _value: [1]}\n", "a: `uniform` needs 2 numbers, found 1"),
        ("a: {_type: uniform, _value: [2, 1]}\n", "`uniform` cannot be drawn from 2 and 1"),
        ("a: {_type: loguniform, _value: [0, 1]}\n", "`loguniform` cannot be drawn from 0 and 1"),
        ("a: {_type: choice, _value: []}\n", "a._value: is empty"),
        ("a: {_type: choice, _value: [1]}\nb: 3\n", "theirs.yaml:2:1: b: expected a mapping"),
        (
            "a: {_type: choice, _value: [1], q: 2}\n",
            "theirs.yaml:1:33: a.q: is not a key of a parameter of NNI",
        ),
        ("a: {_type: quniform, _value: [0, 1, 0.0001]}\n", "more than 500 steps"),
        ("searchSpaceFile: space.json\ntrialCommand: x\n", "the search space is in another file"),
        (
            "a: {_type: choice, _value: [{_name: x, b: {_type: normal, _value: [0, 1]}}]}\n",
            "a._value[0].b: `normal` within a choice cannot be converted",
        ),
    ] {
        let told = refused(text, &["--from", "nni"]);
        assert!(told.contains(message), "{text}: {told}");
    }
}

#[test]
fn what_seml_refuses_or_nobody_can_convert_is_refused_with_its_line() {
    for (text, message) in [
        (
            "fixed: {a: 1}\ngrid: {a: {type: choice, options: [1]}}\n",
            "`a` and `a` on one level set the same parameter",
        ),
        (
            "fixed: {a: 1}\ngrid: {a.b: {type: choice, options: [1]}}\n",
            "`a.b` and `a` on one level",
        ),
        (
            "grid:\n  lr: {type: chioce, options: [1]}\n",
            "theirs.yaml:2:3: grid.lr: `chioce` is not a type",
        ),
        (
            "grid:\n  lr: {type: choice, option: [1]}\n",
            "theirs.yaml:2:3: grid.lr: `options` is missing",
        ),
        (
            "grid:\n  lr: {type: choice, options: [1], num: 3}\n",
            "theirs.yaml:2:36: grid.lr.num: is not a key of a grid",
        ),
        ("grid:\n  lr: {type: uniform, min: 0, max: 1}\n", "grid.lr: `num` is missing"),
        (
            "random:\n  lr: {type: uniform, min: 0, max: 1}\n",
            "theirs.yaml:1:1: random: `samples` is missing",
        ),
        (
            "random:\n  samples: 2\n  lr: {type: loguniform, min: 0, max: 1}\n",
            "random.lr: min 0 and max 1",
        ),
        ("seml: {executible: a.py}\nfixed: {a: 1}\n", "did you mean `executable`?"),
        ("slurm: {}\n", "no parameters under `fixed`, `grid` or `random`"),
        ("fixed: {a: 1}\nsub: 3\n", "theirs.yaml:2:1: sub: is neither a block"),
        ("fixed: {a: !remove }\n", "fixed.a: `!remove` removes nothing"),
        ("fixed: {a: !other 1}\n", "the tag `!other` is not supported"),
        ("fixed: {a: '${oc.env:HOME}'}\n", "`${oc.env:HOME}` cannot be converted"),
        (
            "grid:\n  a: {type: choice, options: [1, 2], zip_id: z}\n  b: {type: choice, options: [1], zip_id: z}\n",
            "theirs.yaml:3:3: grid.b: has 1 values, but `a` of the same zip_id has 2",
        ),
    ] {
        let told = refused(text, &["--from", "seml"]);
        assert!(told.contains(message), "{text}: {told}");
    }
}

#[test]
fn what_seml_asks_of_the_cluster_and_the_command_of_sacred_are_kept() {
    let text = std::fs::read_to_string(fixture("convert/seml/named.yaml")).unwrap();
    let text = converted(&text, &[]);
    for line in [
        "NAME: fit-named\n",
        "  PARALLEL_JOBS: 3\n",
        "  PARTITION: gpu_x    # kept slurm[0].sbatch_options.partition\n",
        "  GRES: gpu:2    # kept",
        "  EXTRA: [--mem=12G, --cpus-per-task=4, --time=12:30:00]\n",
        "SEML (PyYAML) reads `12:30:00` as the number 45000;",
        "  SIGNAL_BEFORE: 240\n",
        "{{cfg_json}} {{out_dir}}/sacred.json && python fit_named.py -F {{out_dir}} with {{named_configs.norm}} here \
         {{named_configs.scaling}} {{out_dir}}/sacred.json",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
    let text = std::fs::read_to_string(fixture("convert/seml/again.yaml")).unwrap();
    let text = converted(&text, &[]);
    let line = "  COMMAND: 'python fit_again.py -F {{out_dir}} with {{cfg_json}}'\n";
    assert!(text.contains(line), "{text}");
    assert!(
        text.contains("--cpus-per-task=1, --mem=8G, --time=00:05:00]"),
        "the defaults of SEML: {text}"
    );
}

/// A sweep of Weights & Biases with these lines below `parameters`.
fn wandb(method: &str, parameters: &str) -> String {
    let parameters = parameters.replace('\n', "\n  ");
    format!("program: fit.py\nmethod: {method}\nparameters:\n  {parameters}\n")
}

#[test]
fn a_comment_in_place_says_what_was_kept_approximated_and_dropped() {
    let text = converted(
        "program: fit.py\nmethod: bayes\nname: first try\nentity: me\nmetric: {name: loss, goal: minimize, target: 0.1}\n\
         parameters:\n  lr: {min: 1e-4, max: 0.1, distribution: log_uniform_values}\n  amp: {values: [true, false]}\n\
         early_terminate: {type: hyperband, min_iter: 3}\n",
        &[],
    );
    for line in [
        "# approximated name (line 3): `first try` as the name of a directory\nNAME: first-try\n",
        "# dropped entity (line 4): ",
        "# approximated method: bayes (line 2): configs are drawn at random from the same space",
        "# approximated run_cap: the file has no run_cap, so that Weights & Biases runs until it is stopped",
        "  NUM_CONFIGS: 64\n",
        "    # approximated parameters.lr (line 7): Weights & Biases (PyYAML) reads `1e-4` as text",
        "    lr: {log: [0.0001, 0.1]}\n    amp: [true, false]    # kept parameters.amp: categorical\n",
        "COMMAND: 'WANDB_DIR={{out_dir}} /usr/bin/env python fit.py {{args bools=text}}'\n",
        "# dropped metric.target (line 5): ",
        "  OBJECTIVE: {METRIC: loss, GOAL: minimize, OVER: last}\n  # dropped early_terminate (line 9): ",
    ] {
        assert!(text.contains(line), "{line}\nis not in\n{text}");
    }
}

#[test]
fn what_weights_and_biases_refuses_is_refused_with_its_line() {
    for (parameters, message) in [
        ("lr: {min: 1, max: 1.0}", "theirs.yaml:4:3: parameters.lr: min 1 is not less than max 1"),
        (
            "a: 1\nlr: {min: 1}",
            "theirs.yaml:5:3: parameters.lr: is not a parameter of Weights & Biases",
        ),
        ("lr: {valus: [1]}", "theirs.yaml:4:3: parameters.lr: is not a parameter"),
        (
            "lr: {values: [1], q: 2}",
            "theirs.yaml:4:21: parameters.lr.q: is not a key of a `categorical` parameter",
        ),
        ("lr: {distribution: unifrom, min: 0, max: 1}", "did you mean `uniform`?"),
        ("lr: {values: []}", "parameters.lr.values: is empty"),
        (
            "lr: {min: low, max: 1, distribution: uniform}",
            "parameters.lr.min: expected a number, found text `low`",
        ),
        ("lr: {values: [1, 2], probabilities: [0.5]}", "has 1 for 2 values"),
        ("lr: {values: [1, 2], probabilities: [0.5, 0.6]}", "add up to 1, not 1.1"),
        ("lr: {min: 0, max: 1, distribution: log_uniform_values}", "needs a `min` above 0"),
        ("lr: {value: 1, value: 2}", "4:18: parameters.lr.value: was already given"),
        ("lr: {sigma: 0, distribution: normal}", "parameters.lr.sigma: must be above 0"),
        (
            "a: {parameters: {b: {value: 1}}, value: 3}",
            "parameters.a.value: is not a key of a nested parameter",
        ),
    ] {
        let told = refused(wandb("random", parameters), &[]);
        assert!(told.contains(message), "{parameters}: {told}");
    }
    let told = refused(wandb("grid", "lr: {min: 0.0, max: 1.0}\nb: {min: 1, max: 2.5}"), &[]);
    assert!(told.contains("4:3: parameters.lr: `uniform` cannot be in a grid"), "{told}");
    assert!(told.contains("5:3: parameters.b"), "all problems are told at once: {told}");
    let told = refused(wandb("grid", "a: {value: 1}") + "comand: [x]\n", &[]);
    assert!(
        told.contains("theirs.yaml:5:1: comand: is not a key of a sweep of Weights & Biases"),
        "{told}"
    );
    assert!(told.contains("did you mean `command`?"), "{told}");
    let told =
        refused(wandb("grid", "a: {value: 1}") + "command: [python, '${agrs}', '{{x}}']\n", &[]);
    assert!(told.contains("command[1]: `${agrs}` is not a macro"), "{told}");
    assert!(told.contains("command[2]: `{{x}}` has `{{`"), "{told}");
}

#[test]
fn what_is_no_file_of_another_tool_is_refused_in_words() {
    for (text, message) in [
        (&b""[..], "theirs.yaml: the file is empty"),
        (b"# nothing\n", "theirs.yaml: the file is empty"),
        (b"\x7fELF\x02\x01\x01\0\0\xff\xfe", "theirs.yaml:1:"),
        (b"- a\n- b\n", "is not recognized as a file of"),
        (b"lr: 0.1\n", "is not recognized as a file of"),
        (
            b"method: grid\nparameters:\n  lr: {values: [1, 2",
            "theirs.yaml:3:16: the `[` of line 3, column 16 is still open here",
        ),
        (b"NAME: x\nSETUP: {NUM_CONFIGS: 1}\n", "is a sweep config already"),
        (b"method: grid\nmethod: random\nparameters: {a: {value: 1}}\n", "theirs.yaml:2:1"),
    ] {
        let told = refused(text, &[]);
        assert!(told.contains(message), "{:?}: {told}", String::from_utf8_lossy(text));
    }
    let sandbox = Sandbox::new();
    let run = convert(&sandbox, &["none.yaml"]).expect(2);
    assert!(run.stderr.contains("none.yaml: file not found"), "{}", run.stderr);
}

#[test]
fn a_file_that_is_there_is_never_written_over() {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", wandb("grid", "a: {values: [1, 2]}"));
    sandbox.write("mine.yaml", "mine\n");
    let run = convert(&sandbox, &["theirs.yaml", "-o", "mine.yaml"]).expect(2);
    assert!(run.stderr.contains("`mine.yaml` exists already"), "{}", run.stderr);
    assert_eq!(sandbox.read("mine.yaml"), "mine\n");
    let run = convert(&sandbox, &["theirs.yaml", "-o", "new.yaml"]).expect(0);
    assert_eq!(run.stdout, "new.yaml\n");
    assert!(
        run.stderr.contains("next: read the comments, then `sweepkit setup new.yaml --preview`"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_stages_name_the_command_that_converts_a_file_of_another_tool() {
    let sandbox = Sandbox::new();
    sandbox.write("theirs.yaml", wandb("grid", "a: {values: [1, 2]}"));
    let run = sandbox.run(bin!("sweep_setup"), &["theirs.yaml"]).expect(2);
    let told = "theirs.yaml:1:1: is a sweep of Weights & Biases, not a sweep config\n  \
                hint: convert it: `sweepkit convert theirs.yaml -o sweep.yaml`";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    for (text, told) in [
        (
            "seml: {executable: a.py}\ngrid: {a: {type: choice, options: [1]}}\n",
            "is an experiment file of SEML",
        ),
        ("a: {_type: choice, _value: [1, 2]}\n", "is a search space of NNI"),
    ] {
        sandbox.write("theirs.yaml", text);
        let run = sandbox.run(bin!("sweep_setup"), &["theirs.yaml"]).expect(2);
        assert!(
            run.stderr.contains(told) && run.stderr.contains("sweepkit convert"),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn a_converted_sweep_runs_its_program_with_the_values_as_arguments() {
    let sandbox = Sandbox::new();
    sandbox.write("fit.sh", "printf '<%s>' \"$@\"; echo \" $WANDB_DIR\"\n");
    sandbox.write(
        "theirs.yaml",
        "method: grid\nprogram: fit.sh\ncommand: [sh, '${program}', '--fixed=a b', '${args}']\nparameters:\n  \
         note: {values: [\"it's\", 'a \"b\" $c']}\n  on: {value: true}\n  sizes: {value: [1, 2]}\n",
    );
    convert(&sandbox, &["theirs.yaml", "-o", "sweep.yaml"]).expect(2);
    let text = sandbox.read("theirs.yaml").replace("  on:", "  amp:");
    sandbox.write("theirs.yaml", text);
    convert(&sandbox, &["theirs.yaml", "-o", "sweep.yaml"]).expect(0);
    let sweepkit = |args: &[&str]| sandbox.run(bin!("sweepkit"), args).expect(0);
    let local = ["--set", "LAUNCH.EXECUTOR=local"];
    sweepkit(&["setup", "sweep.yaml"]);
    sweepkit(&[&["launch", "sweep.yaml", "--yes"][..], &local].concat());
    let out = |job: &str| sandbox.read(format!("sweeps/theirs/logs/{job}/stdout.log"));
    assert!(
        out("000000").starts_with("<--fixed=a b><--amp=true><--note=it's><--sizes=[1, 2]>"),
        "{}",
        out("000000")
    );
    assert!(out("000001").contains("<--note=a \"b\" $c>"), "{}", out("000001"));
    assert!(out("000001").trim_end().ends_with("sweeps/theirs/logs/000001"), "{}", out("000001"));
}

#[test]
fn half_a_file_is_converted_or_refused_in_words() {
    let sandbox = Sandbox::new();
    for tool in ["wandb", "seml", "nni", "ray", "hydra"] {
        for path in files(tool) {
            let whole = std::fs::read(&path).unwrap();
            for part in 1..4 {
                sandbox.write("half", &whole[..whole.len() * part / 4]);
                let run = convert(&sandbox, &["half", "--from", tool]);
                assert!([0, 2].contains(&run.code), "{}: {}", path.display(), run.stderr);
                assert_eq!(run.code == 2, run.stderr.contains("error: "), "{}", run.stderr);
            }
        }
    }
}
