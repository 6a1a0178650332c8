//! Programs as design spaces: entrypoints, `--sweep`, and how they are combined.

use std::time::{Duration, Instant};

use crate::bin;
use crate::common::{Run, Sandbox, python};

/// Hydra's Python sweeper's own example.
const MULTILAYER: &str = "\
import itertools

def configure():
    sweep = []
    for num_layers in range(1, 4):
        for num_hidden in itertools.product((32, 64), repeat=num_layers):
            sweep.append({
                'num_layers' : num_layers,
                'num_hidden' : list(num_hidden),
            }.items())
    return sweep
";

fn setup_in(sandbox: &Sandbox, text: &str, flags: &[&str]) -> Run {
    sandbox.write("conf/sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{text}"));
    let mut args = vec!["--sweep-cfg", "conf/sweep.yaml"];
    args.extend(flags);
    sandbox.run(bin!("sweep_setup"), &args)
}

fn setup(text: &str, flags: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("conf/multilayer.py", MULTILAYER);
    let run = setup_in(&sandbox, text, flags);
    (sandbox, run)
}

/// What was set for each job, in order.
fn summary(sandbox: &Sandbox) -> Vec<String> {
    let program = "import sys, yaml\nfor v in yaml.safe_load(open(sys.argv[1])).values(): print(v)";
    let text = python(program, &[&sandbox.join("root/s/cfgs_summary.yaml")]);
    text.lines().map(str::to_owned).collect()
}

/// The rows of the example, as Hydra's README lists them.
fn fourteen() -> Vec<String> {
    let lists = [1_usize, 2, 3].map(|layers| {
        (0..1 << layers).map(move |bits: usize| {
            let widths: Vec<&str> = (0..layers)
                .map(|layer| if bits >> (layers - 1 - layer) & 1 == 0 { "32" } else { "64" })
                .collect();
            format!("num_layers {layers} num_hidden [{}]", widths.join(", "))
        })
    });
    lists.into_iter().flatten().collect()
}

const ENTRYPOINT: &str = "  ENTRYPOINTS: [multilayer.configure]\n";

#[test]
fn a_python_function_gives_the_jobs_of_its_rows_in_their_order() {
    let (sandbox, run) = setup(ENTRYPOINT, &[]);
    let said = run.expect(0).stderr;
    assert_eq!(summary(&sandbox), fourteen());
    assert!(said.contains("14 of 14 candidates"), "{said}");
    let config = sandbox.read("root/s/cfgs/000005.yaml");
    assert_eq!(config, "num_layers: 2\nnum_hidden: [64, 64]\n");
}

#[test]
fn values_of_the_command_line_come_first_and_decide() {
    let (sandbox, run) = setup(ENTRYPOINT, &["--sweep", "+activation=relu,tanh"]);
    run.expect(0);
    let each = |activation: &str| -> Vec<String> {
        fourteen().iter().map(|row| format!("activation {activation} {row}")).collect()
    };
    assert_eq!(summary(&sandbox), [each("relu"), each("tanh")].concat());

    let (sandbox, run) = setup(ENTRYPOINT, &["--sweep", "num_layers=9"]);
    run.expect(0);
    assert!(summary(&sandbox).iter().all(|row| row.starts_with("num_layers 9 num_hidden [")));
}

#[test]
fn an_earlier_entrypoint_decides_over_a_later_one_and_over_the_samplers() {
    let text = "  NUM_CONFIGS: 6\n  ENTRYPOINTS:\n  - echo '[{\"A\":1},{\"A\":2}]'\n  - echo '{\"A\":3,\"B\":0.5}'\n  \
                SAMPLERS: {B: [7, 8, 9], C: {TYPE: int_sampler, RANGE: [1, 1000]}}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    let summary = summary(&sandbox);
    let firsts: Vec<&str> = summary.iter().map(|row| row.split(" C ").next().unwrap()).collect();
    assert_eq!(firsts, ["A 1 B 0.5", "A 2 B 0.5"].repeat(3));
    let drawn: Vec<&str> = summary.iter().map(|row| row.split(" C ").nth(1).unwrap()).collect();
    assert_eq!(
        (drawn[0], drawn[2], drawn[4]),
        (drawn[1], drawn[3], drawn[5]),
        "a draw has all rows"
    );
}

#[test]
fn a_grid_has_each_of_its_points_for_each_row() {
    let text = "  STRATEGY: grid\n  ENTRYPOINTS: [\"echo '[{\\\"A\\\":1},{\\\"A\\\":2}]'\"]\n  SAMPLERS: {B: [7, 8, 9]}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_eq!(
        summary(&sandbox),
        ["A 1 B 7", "A 1 B 8", "A 1 B 9", "A 2 B 7", "A 2 B 8", "A 2 B 9"]
    );
}

#[test]
fn repeats_are_removed_unless_they_are_wanted() {
    let flags = ["--sweep", "+activation=relu,relu"];
    let (sandbox, run) = setup(ENTRYPOINT, &flags);
    run.expect(0);
    assert_eq!(summary(&sandbox).len(), 14);
    let (sandbox, run) = setup(&format!("{ENTRYPOINT}  REMOVE_DUPLICATES: false\n"), &flags);
    run.expect(0);
    assert_eq!(summary(&sandbox).len(), 28);
}

#[test]
fn what_a_function_prints_is_no_row_and_numpys_numbers_are_numbers() {
    let sandbox = Sandbox::new();
    let module = "class Number:\n    def tolist(self): return 1.5\ndef rows():\n    print('hello from the program')\n    \
                  yield [('A', Number()), ('B', (1, None))]\n";
    sandbox.write("conf/mine.py", module);
    let run = setup_in(&sandbox, "  ENTRYPOINTS: [mine.rows]\n", &[]).expect(0);
    assert!(run.stderr.contains("hello from the program"), "{}", run.stderr);
    assert_eq!(summary(&sandbox), ["A 1.5 B [1, None]"]);
}

#[test]
fn derived_parameters_and_constraints_see_the_rows() {
    let text = format!(
        "{ENTRYPOINT}  DERIVED: {{width: sum(num_hidden)}}\n  CONSTRAINTS: {{WHERE: [width <= 96]}}\n"
    );
    let (sandbox, run) = setup(&text, &[]);
    run.expect(0);
    let widths: Vec<String> =
        summary(&sandbox).iter().map(|row| row.rsplit(' ').next().unwrap().to_owned()).collect();
    assert_eq!(widths, ["32", "64", "64", "96", "96", "96"]);
}

#[test]
fn an_entrypoint_that_fails_is_told_with_its_own_words_and_leaves_the_old_set() {
    let (sandbox, run) = setup(ENTRYPOINT, &[]);
    run.expect(0);
    let old = sandbox.read("root/s/cfgs_summary.yaml");
    sandbox.write(
        "conf/bad.py",
        "def fail():\n    raise RuntimeError('my own words')\ndef odd():\n    return [3]\n",
    );
    let cases = [
        ("bad.fail", "RuntimeError: my own words", "failed: exit status: 1"),
        ("bad.missing", "has no attribute 'missing'", "failed: exit status: 1"),
        ("no_such_module.f", "No module named 'no_such_module'", "MODULE.FUNCTION"),
        ("bad.odd", "row 1 is 3", "failed: exit status: 1"),
        ("echo oops >&2; exit 7", "oops", "failed: exit status: 7"),
        ("echo garbage", "", "gave something that is not JSON"),
        ("true", "", "gave no rows"),
        ("echo '[3]'", "", "gave `3` as row 1"),
        ("yes 1234567", "", "printed more than 256 MiB"),
    ];
    for (entrypoint, own, told) in cases {
        sandbox.write("entry.txt", entrypoint);
        let text = format!("  ENTRYPOINTS:\n  - {entrypoint:?}\n");
        let run = setup_in(&sandbox, &text, &[]).expect(2);
        assert!(run.stderr.contains(own), "{entrypoint}: {}", run.stderr);
        assert!(run.stderr.contains(told), "{entrypoint}: {}", run.stderr);
        assert!(run.stderr.contains("SETUP.ENTRYPOINTS"), "{entrypoint}: {}", run.stderr);
        assert_eq!(sandbox.read("root/s/cfgs_summary.yaml"), old, "{entrypoint}");
    }
}

#[test]
fn an_entrypoint_that_hangs_is_ended_with_all_that_it_started() {
    let started = Instant::now();
    let text = "  ENTRYPOINT_TIMEOUT: 1\n  ENTRYPOINTS: ['(sleep 600; touch late) & sleep 600']\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(2).stderr;
    assert!(said.contains("did not finish within 1 s"), "{said}");
    assert!(started.elapsed() < Duration::from_mins(1));
    assert!(!sandbox.join("root").exists());
}

#[test]
fn an_entrypoint_does_not_outlive_the_setup() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "conf/sweep.yaml",
        "ROOT_DIR: root\nNAME: s\nSETUP:\n  ENTRYPOINTS: ['echo $$ > pid; exec sleep 600']\n",
    );
    let mut setup = sandbox.command(bin!("sweep_setup"));
    let mut setup = setup.args(["--sweep-cfg", "conf/sweep.yaml"]).spawn().unwrap();
    let patience = Instant::now() + Duration::from_mins(1);
    let soon = || assert!(Instant::now() < patience);
    while !std::fs::read_to_string(sandbox.join("pid")).is_ok_and(|pid| pid.ends_with('\n')) {
        soon();
        std::thread::sleep(Duration::from_millis(10));
    }
    setup.kill().unwrap();
    setup.wait().unwrap();
    let pid = sandbox.read("pid");
    let stat = format!("/proc/{}/stat", pid.trim());
    // A process that has ended and is not waited for yet is a zombie.
    while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
        soon();
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn a_key_that_is_given_and_derived_is_an_error() {
    let text = format!("{ENTRYPOINT}  DERIVED: {{num_layers: len(num_hidden)}}\n");
    let said = setup(&text, &[]).1.expect(2).stderr;
    assert!(said.contains("`num_layers` is given, but `num_layers` is derived"), "{said}");
}

#[test]
fn a_sweep_that_cannot_be_read_says_how_it_is_written() {
    for wrong in ["A", "A=", "A=[1"] {
        let said = setup(ENTRYPOINT, &["--sweep", wrong]).1.expect(2).stderr;
        assert!(said.contains("--sweep OPTIM.BASE_LR=0.1,0.2"), "{said}");
    }
}

#[test]
fn a_sweep_of_rows_is_extended_by_the_draws_that_follow() {
    let text = |n| {
        format!(
            "{ENTRYPOINT}  NUM_CONFIGS: {n}\n  SAMPLERS: {{B: {{TYPE: int_sampler, RANGE: [1, 100000]}}}}\n"
        )
    };
    let flags = ["--sweep", "act=relu,tanh"];
    let (whole, run) = setup(&text(56), &flags);
    run.expect(0);
    let (sandbox, run) = setup(&text(30), &flags);
    run.expect(0);
    let extend = [&flags[..], &["--extend", "26"]].concat();
    setup_in(&sandbox, &text(30), &extend).expect(0);
    assert_eq!(summary(&sandbox), summary(&whole));
    let other = setup_in(&sandbox, &text(30), &["--extend", "5"]).expect(2);
    assert!(other.stderr.contains("a change of --sweep"), "{}", other.stderr);
}

#[test]
fn a_key_that_a_row_has_twice_is_an_error_that_names_it() {
    for (rows, said) in [
        ("{\"A\": 1}\n{\"A\": 1, \"A\": 2}\n", "gave `A` twice at line 2"),
        ("[{\"A\": {\"B\": 1, \"B\": 2}}]\n", "gave `B` twice at line 1"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write("conf/rows.jsonl", rows);
        let run = setup_in(&sandbox, "  ENTRYPOINTS: ['cat rows.jsonl']\n", &[]);
        let error = run.expect(2).stderr;
        assert!(error.contains(said), "{error}");
        assert!(!sandbox.join("root/s").exists());
    }
}
