//! Given values and the space: a value of a choice selects its branch, and a parameter of a branch is set only where
//! the branch is.

use std::fmt::Write;

use proptest::prelude::*;

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::drawn::{of_configs, setup};

const OPTIMIZERS: &str = "  BASE_CFG: {b2: 0.5}\n  SAMPLERS:\n    opt:\n      TYPE: choice_sampler\n      BRANCHES:\n        sgd: {lr: 1, mom: {TYPE: value_sampler, VALUES: [0.8, 0.9]}}\n        \
                          adam: {lr: 3, b2: 0.9}\n        none: {}\n    seed: [1, 2]\n";

fn grid(flags: &[&str]) -> (Sandbox, Run) {
    setup(&format!("  STRATEGY: grid\n{OPTIMIZERS}"), flags)
}

#[test]
fn a_value_of_a_choice_selects_its_branch_with_all_that_follows() {
    for (flags, expected) in [
        (
            &["--sweep", "opt=sgd"][..],
            "[('sgd', 1, m, 0.5, s) for m in (0.8, 0.9) for s in (1, 2)]",
        ),
        (
            &["--sweep", "opt=adam,none"],
            "[('adam', 3, None, 0.9, s) for s in (1, 2)] + [('none', None, None, 0.5, s) for s in (1, 2)]",
        ),
        (
            &["--sweep", "opt=adam", "--sweep", "b2=0.8,0.7"],
            "[('adam', 3, None, b, s) for b in (0.8, 0.7) for s in (1, 2)]",
        ),
        (
            &["--sweep", "mom=0.7", "--sweep", "seed=5"],
            "[('sgd', 1, 0.7, 0.5, 5), ('adam', 3, None, 0.9, 5), ('none', None, None, 0.5, 5)]",
        ),
        (
            &["--sweep", "lr=7", "--sweep", "opt=none,sgd", "--sweep", "seed=5"],
            "[('none', None, None, 0.5, 5), ('sgd', 7, 0.8, 0.5, 5), ('sgd', 7, 0.9, 0.5, 5)]",
        ),
    ] {
        let (sandbox, run) = grid(flags);
        run.expect(0);
        let rows = "[(c['opt'], c.get('lr'), c.get('mom'), c['b2'], c['seed']) for c in cfgs]";
        assert_eq!(
            of_configs(&sandbox, &format!("{rows} == {expected} or {rows}")),
            "True",
            "{flags:?}"
        );
    }
}

#[test]
fn random_draws_take_the_branch_that_is_given() {
    let text = format!("  NUM_CONFIGS: 4\n{OPTIMIZERS}");
    let (sandbox, run) = setup(&text, &["--sweep", "opt=sgd"]);
    run.expect(0);
    let rows = "sorted({(c['opt'], c['mom'], c['seed']) for c in cfgs}), all(c['b2'] == 0.5 for c in cfgs)";
    assert_eq!(
        of_configs(&sandbox, rows),
        "[('sgd', 0.8, 1), ('sgd', 0.8, 2), ('sgd', 0.9, 1), ('sgd', 0.9, 2)] True"
    );
    let (sandbox, run) = setup(&text.replace(": 4", ": 6"), &["--sweep", "mom=0.1"]);
    run.expect(0);
    let rows = "sorted({(c['opt'], c.get('mom'), c['seed']) for c in cfgs}, key=str)";
    assert_eq!(
        of_configs(&sandbox, rows),
        "[('adam', None, 1), ('adam', None, 2), ('none', None, 1), ('none', None, 2), ('sgd', 0.1, 1), ('sgd', 0.1, 2)]"
    );
}

#[test]
fn rows_of_a_program_select_branches_too() {
    let text = format!("  STRATEGY: grid\n  ENTRYPOINTS: ['cat rows']\n{OPTIMIZERS}");
    let run = |rows: &str| {
        let sandbox = Sandbox::new();
        sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{text}"));
        sandbox.write("rows", rows);
        let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]);
        (sandbox, run)
    };
    let (sandbox, done) = run(
        "{\"opt\": \"adam\", \"b2\": 0.1, \"seed\": 9}\n{\"mom\": 0.3, \"opt\": \"sgd\", \"seed\": 8}\n",
    );
    done.expect(0);
    let rows = "[(c['opt'], c.get('lr'), c.get('mom'), c['b2'], c['seed']) for c in cfgs]";
    assert_eq!(of_configs(&sandbox, rows), "[('adam', 3, None, 0.1, 9), ('sgd', 1, 0.3, 0.5, 8)]");
    let said = run("{\"opt\": \"sgd\", \"b2\": 0.1}\n").1.expect(2).stderr;
    assert!(
        said.contains("`b2` belongs to branch 'adam' of `opt`, which no job of this row uses"),
        "{said}"
    );
    let said = run("{\"opt\": \"sdg\"}\n").1.expect(2).stderr;
    assert!(
        said.contains("`opt` has no branch 'sdg'\n  hint: its branches are 'sgd', 'adam', 'none'"),
        "{said}"
    );
}

#[test]
fn what_no_job_can_have_is_an_error() {
    for (flags, expected) in [
        (&["--sweep", "opt=sdg"][..], "--sweep opt=sdg: `opt` has no branch 'sdg'"),
        (
            &["--sweep", "opt=sgd", "--sweep", "b2=1"],
            "--sweep b2=1: `b2` belongs to branch 'adam' of `opt`",
        ),
        (
            &["--sweep", "mom=1", "--sweep", "opt=none,adam"],
            "`mom` belongs to branch 'sgd' of `opt`",
        ),
        (&["--sweep", "opt={lr: 1}"], "`opt` has no branch {'lr': 1}"),
    ] {
        let (sandbox, run) = grid(flags);
        let said = run.expect(2).stderr;
        assert!(said.contains(expected), "{flags:?}: {said}");
        assert!(!sandbox.join("root/s/cfgs").exists());
    }
}

#[test]
fn branches_may_be_of_any_type_and_keep_it() {
    let text = "  STRATEGY: grid\n  BASE_CFG: {ema: false, names: {0: cat, 30: dog}}\n  SAMPLERS:\n    ema: {TYPE: choice_sampler, BRANCHES: {true: {d: 0.9}, false: {}}}\n    \
                n: {TYPE: choice_sampler, BRANCHES: {1: {}, 2.5: {}, null: {}, 'yes': {}}}\n    names.0: [cow]\n    names.7: [bee]\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_eq!(
        of_configs(&sandbox, "[(c['ema'], c.get('d'), c['n']) for c in cfgs], cfgs[0]['names']"),
        "[(True, 0.9, 1), (True, 0.9, 2.5), (True, 0.9, None), (True, 0.9, 'yes'), (False, None, 1), (False, None, 2.5), \
         (False, None, None), (False, None, 'yes')] {0: 'cow', 30: 'dog', 7: 'bee'}"
    );
    let set = "SETUP.BASE_CFG.names.5=eel";
    let (sandbox, run) =
        setup(text, &["--sweep", "ema=true", "--sweep", "n=1.0,null", "--set", set]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "sorted(cfgs[0]['names'])"), "[0, 5, 7, 30]");
    assert_eq!(
        of_configs(&sandbox, "[(c['ema'], c['n']) for c in cfgs]"),
        "[(True, 1), (True, None)]"
    );
    let tree = "  STRATEGY: grid\n  BASE_CFG: {ages: {1: x}}\n  TREE: {names: {0: cat, 30: dog}, ages: {1: {sweep: true, values: [y, z]}}}\n";
    let (sandbox, run) = setup(tree, &["--sweep", "m={0: a},{0.5: b}"]);
    run.expect(0);
    assert_eq!(
        of_configs(&sandbox, "[c['names'] for c in cfgs][0], [(c['ages'], c['m']) for c in cfgs]"),
        "{0: 'cat', 30: 'dog'} [({1: 'y'}, {0: 'a'}), ({1: 'z'}, {0: 'a'}), ({1: 'y'}, {0.5: 'b'}), ({1: 'z'}, {0.5: 'b'})]"
    );
    let said = setup(text, &["--sweep", "ema='true'"]).1.expect(2).stderr;
    assert!(
        said.contains("`ema` has no branch 'true'\n  hint: its branches are True, False"),
        "{said}"
    );
    let quoted = text.replace("false: {}", "'false': {}");
    let said = setup(&quoted, &[]).1.expect(2).stderr;
    assert!(
        said.contains("SETUP.SAMPLERS.ema: is False in BASE_CFG, and the text 'false' here"),
        "{said}"
    );
}

#[test]
fn values_are_held_against_the_type_of_the_base_config() {
    let text = |values: &str| {
        format!(
            "  STRATEGY: grid\n  BASE_CFG: {{n: false, lr: 0.1, depth: 3}}\n  SAMPLERS: {{{values}}}\n"
        )
    };
    for (values, expected) in [
        ("n: [yes, 'true']", "SETUP.SAMPLERS.n: is False in BASE_CFG, and the text 'true' here"),
        ("lr: ['1e-3', 0.1]", "the text '1e-3' here\n  hint: write `0.001` without quotes"),
    ] {
        let said = setup(&text(values), &[]).1.expect(2).stderr;
        assert!(said.contains(expected), "{said}");
    }
    for (values, expected) in [
        (
            "lr: [fast, slow]",
            "warning: sweep.yaml:6:18: SETUP.SAMPLERS.lr: is 0.1 in BASE_CFG, and text here",
        ),
        ("n: [0, 1]", "is False in BASE_CFG, and a number here"),
        ("depth: [auto, 5]", ""),
        ("lr: [1, null]", ""),
        ("lr: [!!str '0.5']", ""),
    ] {
        let said = setup(&text(values), &[]).1.expect(0).stderr;
        assert!(
            said.contains(expected) && said.contains("warning") != expected.is_empty(),
            "{values}: {said}"
        );
    }
    let said = setup("  BASE_CFG: {lr: 0.1}\n", &["--sweep", "lr='0.2',0.3"]).1.expect(0).stderr;
    assert!(
        said.contains(
            "warning: --sweep lr='0.2',0.3: `lr` is 0.1 in BASE_CFG, and the text '0.2' here"
        ),
        "{said}"
    );
    let said = setup(
        "  STRATEGY: grid\n  DEFAULTS: pycls\n  SAMPLERS: {OPTIM.NESTEROV: [yes, 'true']}\n",
        &[],
    )
    .1
    .expect(2)
    .stderr;
    assert!(said.contains("OPTIM.NESTEROV: expected true or false, found text"), "{said}");
}

#[test]
fn two_spellings_of_one_job_are_one_job() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {a: [1, 1.0, 1e0, '1', 0.1, 1e-1, {x: 1, y: 2}, {y: 2.0, x: 1}], b: [0.0, -0.0]}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "[c['a'] for c in cfgs]"), "[1, '1', 0.1, {'x': 1, 'y': 2}]");
    let nested = "  STRATEGY: grid\n  SAMPLERS: {u: {TYPE: union_sampler, BRANCHES: {p: {new.x: 1}, q: {new: {x: 1}}, r: {new: {x: 2}}}}}\n";
    let (sandbox, run) = setup(nested, &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "cfgs"), "[{'new': {'x': 1}}, {'new': {'x': 2}}]");
}

/// Values that Python may find equal, and others.
const VALUES: [&str; 12] = [
    "0",
    "1",
    "1.0",
    "true",
    "false",
    "'1'",
    "null",
    "x",
    "[1, 2]",
    "[1.0, 2]",
    "{k: 1}",
    "{k: true}",
];

/// A space of choices in each other, as YAML, and the keys of its choices and their parameters.
fn space(depth: u32, prefix: String) -> BoxedStrategy<String> {
    let values = proptest::sample::subsequence(VALUES.to_vec(), 1..4);
    let name = prefix.clone();
    let leaf = values.prop_map(move |values| {
        format!("{name}: {{TYPE: value_sampler, VALUES: [{}]}}", values.join(", "))
    });
    if depth == 0 {
        return leaf.boxed();
    }
    let branches: Vec<_> = ["x", "1", "null"]
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let items = proptest::collection::vec(any::<bool>(), 2).prop_flat_map({
                let prefix = prefix.clone();
                move |kept| {
                    let items = kept.into_iter().enumerate().filter(|(_, kept)| *kept);
                    items
                        .map(|(k, _)| space(depth - 1, format!("{prefix}_{i}{k}")))
                        .collect::<Vec<_>>()
                }
            });
            items.prop_map(move |items| format!("{name}: {{{}}}", items.join(", ")))
        })
        .collect();
    let key = prefix;
    let choice = branches.prop_map(move |branches| {
        format!("{key}: {{TYPE: choice_sampler, BRANCHES: {{{}}}}}", branches.join(", "))
    });
    prop_oneof![leaf, choice].boxed()
}

/// Checks in Python that no two jobs are equal, that each job has what its line of `sampled.jsonl` says, and that an
/// override changes the jobs that have its key and no others.
const CHECK: &str = "\
import sys, yaml, glob, json
def load(folder):
    cfgs = [yaml.safe_load(open(f)) for f in sorted(glob.glob(folder + '/cfgs/*.yaml'))]
    return cfgs
plain, given = load(sys.argv[1]), load(sys.argv[2])
key, value, selects = yaml.safe_load(open(sys.argv[3]))
for cfgs, folder in ((plain, sys.argv[1]), (given, sys.argv[2])):
    assert all(a != b for i, a in enumerate(cfgs) for b in cfgs[:i]), 'two jobs are one'
    lines = [json.loads(l) for l in open(folder + '/sampled.jsonl')]
    for c, line in zip(cfgs, lines):
        assert set(line['sampled']) <= set(c), 'a value is lost'
# A value: jobs that had the key have the value, in all other things they are the plain ones. A branch: the jobs that
# had it, and those that have no such choice.
expected = []
for c in plain:
    c = dict(c)
    if selects and c.get(key, value) != value: continue
    if key in c: c[key] = value
    if c not in expected: expected.append(c)
assert len(given) == len(expected) and all(c in expected for c in given), (given, expected)
";

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_override_changes_exactly_the_jobs_that_have_its_key(
        samplers in (space(2, "a".into()), space(1, "b".into())).prop_map(|(a, b)| [a, b]),
        which in any::<prop::sample::Index>(),
    ) {
        let mut text = "  STRATEGY: grid\n  SAMPLERS:\n".to_owned();
        for sampler in &samplers {
            let _ = writeln!(text, "    {sampler}");
        }
        let whole = samplers.join(", ");
        let keys = |kind: &str| -> Vec<String> {
            let before = |(at, _): (usize, &str)| whole[..at].rsplit([' ', '{', ',']).next().unwrap().to_owned();
            whole.match_indices(kind).map(before).collect()
        };
        let mut all: Vec<(String, &str)> = keys(": {TYPE: value_sampler").into_iter().map(|key| (key, "given")).collect();
        for branch in ["x", "1", "null"] {
            all.extend(keys(": {TYPE: choice_sampler").into_iter().map(|key| (key, branch)));
        }
        let (key, value) = &all[which.index(all.len())];
        let (plain, run) = setup(&text, &[]);
        prop_assert_eq!(run.code, 0, "{}: {}", text, run.stderr);
        let flag = format!("{key}={value}");
        let (given, run) = setup(&text, &["--sweep", &flag]);
        prop_assert_eq!(run.code, 0, "{}{}: {}", text, flag, run.stderr);
        let pair = plain.write("pair.yaml", format!("[{key}, {value}, {}]", *value != "given"));
        let run = std::process::Command::new("python3")
            .args(["-c", CHECK])
            .args([plain.join("root/s"), given.join("root/s"), pair])
            .output()
            .unwrap();
        prop_assert!(run.status.success(), "{text}{flag}: {}", String::from_utf8_lossy(&run.stderr));
    }
}

#[test]
fn what_the_command_line_makes_of_values_and_groups_is_told() {
    let text = "  STRATEGY: grid\n  ZIP: [[a, b]]\n  SAMPLERS: {a: [1, 2], b: [3, 4]}\n";
    for (flag, expected) in [
        ("a=7,8", "`a` is zipped with `b` (SETUP.ZIP), but the values given here"),
        ("k=1,true", "1 and True are equal in Python"),
        ("k=None", "`None` is Python, but text"),
    ] {
        let said = setup(text, &["--sweep", flag]).1.expect(0).stderr;
        assert!(said.contains(expected), "{flag}: {said}");
    }
    let said = setup(text, &["--sweep", "k='None',2"]).1.expect(0).stderr;
    assert!(!said.contains("warning"), "{said}");
}

#[test]
fn keys_that_only_hydra_has_are_refused_and_its_slash_is_told_of() {
    let text = "  STRATEGY: grid\n  BASE_CFG: {optim: {lr: 0.1}}\n";
    for (flag, expected) in [
        ("hydra.run.dir=x", "`hydra.run.dir` is a setting of Hydra itself"),
        ("+hydra/launcher=slurm", "is a setting of Hydra itself"),
        ("optim@model=x", "Hydra's packages"),
    ] {
        let said = setup(text, &["--sweep", flag]).1.expect(2).stderr;
        assert!(said.contains(expected), "{flag}: {said}");
    }
    let said = setup(text, &["--sweep", "optim/lr=3"]).1.expect(0).stderr;
    assert!(said.contains("did you mean `optim.lr`?"), "{said}");
}
