//! Rows that programs give are kept as they are or refused in words, and never become other values.

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::drawn::of_configs;

/// Sets up a grid whose rows a command prints, or a Python function `c.f` returns.
fn setup(text: &str, entrypoint: &str, file: &str, content: &str) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write(file, content);
    let sweep = format!(
        "ROOT_DIR: root\nNAME: s\nSETUP:\n  STRATEGY: grid\n  ENTRYPOINTS: ['{entrypoint}']\n{text}"
    );
    sandbox.write("sweep.yaml", sweep);
    let run = sandbox.run(bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

#[test]
fn what_a_function_returns_is_rows_or_is_told_of_without_a_traceback() {
    for (body, expected) in [
        ("return {'lr': [0.1, 0.2]}", "c.f returned dict: return a list of rows"),
        ("pass", "c.f returned NoneType"),
        ("return 'lr=0.1'", "c.f returned str"),
        ("return [('lr', 0.1), ('wd', 0.2)]", "row 1 is ('lr', 0.1): a row is a mapping"),
        ("return ['lr']", "row 1 is 'lr'"),
        ("return [{'n': 1}, {'n': 2 ** 70}]", "n is 1180591620717411303424, which does not fit"),
        ("return [{'n': float('nan')}]", "n is nan"),
        ("return [{'n': {1, 2}}]", "n is {1, 2}, which is not a number, text, list or mapping"),
        ("return [{'names': {0: 'cat'}}]", "a key of names is 0: rows are JSON"),
        ("return [{3: 1}]", "a key of row 1 is 3"),
    ] {
        let (_, run) = setup("", "c.f", "c.py", &format!("def f():\n    {body}\n"));
        let said = run.expect(2).stderr;
        assert!(said.contains(expected) && !said.contains("Traceback"), "{body}: {said}");
    }
    let body = "yield {'a': (1, 2), 'b': range(3), 'c': 2 ** 62, 'd': True}\n    yield {'a': None}.items()\n";
    let (sandbox, run) = setup("", "c.f", "c.py", &format!("def f():\n    {body}"));
    run.expect(0);
    let expected =
        "[{'a': [1, 2], 'b': [0, 1, 2], 'c': 4611686018427387904, 'd': True}, {'a': None}]";
    assert_eq!(of_configs(&sandbox, "cfgs"), expected);
}

#[test]
fn a_whole_number_that_64_bits_cannot_hold_becomes_no_other_number() {
    for number in ["12345678901234567890123", "-9223372036854775809"] {
        let rows = format!("[{{\"n\": [{number}]}}]");
        let (_, run) = setup("", "cat rows.json", "rows.json", &rows);
        let said = run.expect(2).stderr;
        assert!(said.contains(&format!("the integer {number}, which does not fit")), "{said}");
    }
    let rows = "[{\"n\": 9223372036854775807, \"t\": \"12345678901234567890123\", \"f\": 1e22}]";
    let (sandbox, run) = setup("", "cat rows.json", "rows.json", rows);
    run.expect(0);
    let right = "cfgs == [{'n': 2**63 - 1, 't': '12345678901234567890123', 'f': 1e22}]";
    assert_eq!(of_configs(&sandbox, right), "True");
}

#[test]
fn a_key_of_a_row_that_the_base_config_nearly_has_is_told_of() {
    let base = "  BASE_CFG: {optim: {learning_rate: 0.1}}\n";
    let told = |row: &str| {
        setup(base, "cat rows.json", "rows.json", row).1.expect(0).stderr.contains("did you mean")
    };
    assert!(told("{\"optim.learning_rat\": 1}"));
    assert!(!told("{\"+optim.learning_rat\": 1}"), "a plus says that it is meant");
    assert!(!told("{\"optim.momentum\": 1}"));
}
