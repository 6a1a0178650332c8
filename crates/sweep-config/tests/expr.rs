//! Expressions mean what Python says they mean: Python itself is asked.

#![allow(clippy::unwrap_used, reason = "a test may be plain, and may panic")]

mod oracle;

use oracle::ask_python;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sweep_config::expr::{Expression, function_names, spelled_name};
use sweep_config::python::repr;
use sweep_config::{Map, Value};

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// What the names are worth, here and in `ORACLE`.
fn values() -> Value {
    let whole = |items: &[i64]| Value::List(items.iter().map(|&i| Value::Int(i)).collect());
    let mut values = Value::Map(Map::new());
    for (path, value) in [
        ("A", Value::Int(3)),
        ("B", Value::Float(2.5)),
        ("C", whole(&[1, 2, 2, -7])),
        ("D", Value::Str("abc".into())),
        ("E.F", Value::Bool(true)),
        ("G", Value::Null),
        ("H", whole(&[])),
        ("K", Value::Float(-0.75)),
        ("lr-x", Value::Float(1e-5)),
        ("E.b-c.if", Value::Int(4)),
        ("M", Value::List(vec![map([("b-c", Value::Int(7))])])),
    ] {
        values.set_path(path, value);
    }
    values
}

fn evaluated(text: &str) -> Result<Value, String> {
    let values = values();
    let expr = Expression::parse(text).map_err(|error| format!("{error} at {}", error.at))?;
    let lookup = |name: usize| values.get_path(&expr.names()[name]);
    expr.eval(&lookup).map_err(|error| error.to_string())
}

/// What Python can and we refuse on purpose.
fn beyond_us(why: &str) -> bool {
    ["64 bits", "too large", "deep", "too long", "is of a list", "`*` has no", "`%` has no"]
        .iter()
        .any(|reason| why.contains(reason))
}

fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-20_i64..20).prop_map(|n| n.to_string()),
        (-40_i32..40).prop_map(|n| format!("{:?}", f64::from(n) / 8.0)),
        Just("1e3".to_owned()),
        Just("'b'".to_owned()),
        prop::sample::select(vec!["A", "B", "C", "D", "E.F", "G", "H", "K", "True", "None"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operators = vec![
            "+",
            "-",
            "*",
            "/",
            "//",
            "%",
            "**",
            "<",
            "<=",
            ">",
            ">=",
            "==",
            "!=",
            "and",
            "or",
            "in",
            "not in",
            "is None and",
            "is not None or",
        ];
        let functions: Vec<&str> = function_names().collect();
        prop_oneof![
            6 => (inner.clone(), prop::sample::select(operators), inner.clone(), any::<bool>())
                .prop_map(|(a, op, b, bare)| {
                    if bare { format!("{a} {op} {b}") } else { format!("({a} {op} {b})") }
                }),
            2 => (prop::sample::select(functions), inner.clone())
                .prop_map(|(f, a)| format!("{f}({a})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            1 => (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a} if {b} else {c})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            1 => inner.clone().prop_map(|a| format!("-{a}")),
            1 => inner.prop_map(|a| format!("not {a}")),
        ]
    })
}

#[test]
fn random_expressions_have_the_value_that_python_gives_them() {
    let mut runner = TestRunner::deterministic();
    let texts: Vec<String> =
        (0..6000).map(|_| expressions().new_tree(&mut runner).unwrap().current()).collect();
    let answers = ask_python(&texts);
    assert_eq!(answers.len(), texts.len());
    let mut values = 0;
    for (text, answer) in texts.iter().zip(&answers) {
        match (evaluated(text), answer.strip_prefix("ok ")) {
            (Ok(ours), Some(pythons)) => {
                values += 1;
                assert_eq!(repr(&ours), pythons, "{text}");
            }
            (Err(why), Some(pythons)) => {
                assert!(beyond_us(&why), "{text}: `{why}`, but Python has {pythons}");
            }
            (Ok(ours), None) => panic!("{text}: {}, but Python has {answer}", repr(&ours)),
            (Err(_), None) => {}
        }
    }
    assert!(values > 1500, "{values}: most of the test is about errors");
}

fn assert_python_s(text: &str) {
    let answer = ask_python(&[text.to_owned()]).remove(0);
    let ours = repr(&evaluated(text).unwrap_or_else(|why| panic!("{text}: {why}")));
    let pythons = answer.strip_prefix("ok ").unwrap_or_else(|| panic!("{text}: {answer}"));
    assert_eq!(ours, pythons, "{text}");
}

#[test]
fn python_s_precedence_and_spellings_hold() {
    for text in [
        "[0] * 3",
        "2 * [1, 'a']",
        "'ab' * 2",
        "[1] * -1",
        "True * 'a'",
        "'a' * 0 + 'b'",
        "00 + 1",
        "-2 ** 2",
        "2 ** -1",
        "2 ** 3 ** 2",
        "-7 // 2",
        "-7 % 3",
        "7.5 // -2",
        "1 < 2 < 3",
        "1 < 3 < 2",
        "not 1 == 2",
        "1 if 0 else 2 if 0 else 3",
        "1_000 + .5",
        "5 % -3.5",
        "1e-3",
        "len('a\\n' + \"b'c\")",
        "C[-1]",
        "E.F + 1",
        "A in [1, 2, 3,]",
        "round(2.675, 2)",
        "round(2.5)",
        "max(1, 2.0)",
        "max([1, 1.0])",
        "log(8, 2)",
        "0 or H or 'x'",
        "1 and H",
        "9007199254740993 == 9007199254740992.0",
        "9007199254740993 > 9007199254740992.0",
        "not not A",
        "[1, 2] < [1, 3]",
        "5 - 3 - 1",
        "2 * 3 % 4",
        "+A - -A",
        "-C[0] ** 2",
    ] {
        assert_python_s(text);
    }
}

#[test]
fn text_none_rounding_and_names_in_quotes_are_python_s() {
    for text in [
        "G is None",
        "A is not None",
        "H is None is None",
        "not G is None and 1 < A <= 3",
        "1 == A is not None",
        "'run_' + str(A) + '_' + str(cfg['lr-x'])",
        "str(True) + str(None) + str('a') + str([1, 'b', 2.0, [None]])",
        "str(1e16) + str(1e-05) + str(0.0001) + str(123456789.5) + str(-0.0) + str(1e300 * 1e10)",
        "str(2 ** 53 + 1) + str(0.1 + 0.2) + str(1e22) + str(5e-324) + str(1.7976931348623157e308)",
        "round(1234, -2) + round(1250, -2) + round(-1350, -2)",
        "round(2.5, None)",
        "log(8, 2)",
        "int(' -1_000 ') + int('+7')",
        "float(' 1_0.5e1 ')",
        "float('-inf') ** 0.5",
        "0.0 ** float('-inf')",
        "exp(float('inf'))",
        "9007199254740993 / 3",
        "0 / -9223372036854775807",
        "cfg['A'] + cfg['C'][1]",
        "cfg['C'][-1] + len(cfg['C'])",
        "cfg['lr-x'] < 1e-4",
        "cfg['E']['F'] + cfg['E']['b-c']['if']",
        "cfg['M'][0]['b-c']",
        "cfg[\"lr-x\"]",
    ] {
        assert_python_s(text);
    }
}

#[test]
fn what_is_no_expression_is_told_with_its_place() {
    let messages = [
        ("", 0, "expected a value, found the end"),
        ("1 +", 3, "expected a value, found the end"),
        ("A = 3", 2, "`=` does not compare: write `==`"),
        ("(1", 2, "expected `)`, found the end"),
        ("1 2", 2, "expected an operator, found a number"),
        ("A && B", 2, "unexpected `&`: write `and`"),
        ("'abc", 0, "the quote ' is not closed"),
        ("1__0", 0, "`1__0` is not a number"),
        ("0x10", 0, "`0x10` is not a number"),
        ("99999999999999999999", 0, "`99999999999999999999` is too large"),
        ("log()", 0, "`log` takes one or two values"),
        ("A. + 1", 0, "`A.` is not a valid path"),
        ("if", 0, "expected a value, found `if`"),
        ("1 if 2", 6, "expected `else`, found the end"),
        ("1 not 2", 6, "expected `in`, found a number"),
        ("cfg['']", 0, "`` is not a valid path"),
        ("cfg['a']['b..c']", 0, "`a.b..c` is not a valid path"),
    ];
    for (text, at, message) in messages {
        let error = Expression::parse(text).unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (at, message), "{text}");
    }
    let unknown = Expression::parse("1 < mean(C)").unwrap_err();
    assert_eq!(unknown.at, 4);
    assert!(unknown.message.starts_with("unknown function `mean`; choose from abs, all"));
}

/// The text, and what its error says to write.
const OTHER_PYTHON: [(&str, &str); 33] = [
    ("A is 3", "`is` works only with `None`: write `==`"),
    ("A is not True", "`is` works only with `None`: write `!=`"),
    ("f'run_{A}'", "write `'run_' + str(A)`"),
    ("f\"{A}-{E.F}_x\"", "write `str(A) + '-' + str(E.F) + '_x'`"),
    ("f'{A:.2f}'", "write `'run_' + str(seed)`"),
    ("'run_' + A", "`+` joins text only with text, not with a whole number: use `str(…)`"),
    ("B + 'x'", "not with a number: use `str(…)`"),
    ("'x' + None", "not with nothing: use `str(…)`"),
    ("'a{}'.format(A)", "join strings with `'a_' + str(b)`"),
    ("D.upper()", "unknown function `D.upper`; methods"),
    ("math.log(A)", "write `log(…)`"),
    ("C.len()", "write `len(C)`"),
    ("pow(A, 2)", "write a power as `x ** y`"),
    ("A ^ 2", "write a power as `**`"),
    ("bool(A)", "`not not x`"),
    ("A | B", "write `or`"),
    ("A AND B", "write `and`"),
    ("NOT A", "write `not`"),
    ("!A", "write `not`"),
    ("A ? 1 : 2", "write `a if condition else b`"),
    ("C[0:2]", "slices, assignments"),
    ("(A := 1)", "slices, assignments"),
    ("[x for x in C]", "loops are not supported"),
    ("sum(x for x in C)", "loops are not supported"),
    ("lambda: 1", "your own functions"),
    ("(1, 2)", "write a list in `[…]`"),
    ("{'a': 1}", "write a list as `[a, b]`"),
    ("${A}", "without `$` and braces"),
    ("divmod(7, 2)", "write `[x // y, x % y]`"),
    ("A === 3", "write `==`"),
    ("range(3)", "write a list as `[a, b]`"),
    ("int.bit_length(A)", "methods and modules are not supported"),
    ("type(A)", "cannot be checked"),
];

#[test]
fn python_that_there_is_not_is_told_with_what_is_written_instead() {
    for (text, instead) in OTHER_PYTHON {
        let message = evaluated(text).unwrap_err();
        assert!(message.contains(instead), "{text}: {message}");
    }
}

#[test]
fn a_name_is_spelled_so_that_it_can_be_read_back() {
    for (path, spelled) in [
        ("OPTIM.BASE_LR", "OPTIM.BASE_LR"),
        ("learning-rate", "cfg['learning-rate']"),
        ("a.b-c", "cfg['a']['b-c']"),
        ("if", "cfg['if']"),
        ("a.if", "a.if"),
        ("3d.lr", "cfg['3d']['lr']"),
        ("it's", "cfg[\"it's\"]"),
        ("a b", "cfg['a b']"),
        ("layers.0.w", "layers[0].w"),
        ("a-b.0.w", "cfg['a-b'][0]['w']"),
    ] {
        assert_eq!(spelled_name(path), spelled);
        let expr = Expression::parse(&format!("1 + {spelled} * 2")).unwrap();
        assert_eq!(expr.names(), [path]);
    }
    let through_items = Expression::parse("cfg['layers'][0].w + cfg['a-b'].c.d[0]").unwrap();
    assert_eq!(through_items.names(), ["layers.0.w", "a-b.c.d"]);
}

#[test]
fn no_length_or_depth_overflows_the_stack() {
    for text in [
        "(".repeat(5000),
        "-".repeat(5000) + "1",
        "not ".repeat(2000) + "1",
        "[".repeat(5000),
        "1".to_owned() + " + 1".repeat(2000).as_str(),
        "1".to_owned() + " ** 1".repeat(1500).as_str(),
        "C".to_owned() + "[0]".repeat(2000).as_str(),
        "1 if 1 else ".repeat(800) + "1",
        "abs(".repeat(2000),
    ] {
        assert!(Expression::parse(&text).is_err(), "{}", &text[..40]);
    }
    assert_eq!(evaluated(&("1".to_owned() + &" + 1".repeat(200))), Ok(Value::Int(201)));
}

proptest! {
    /// Any text is an expression or an error, and evaluates to a value or an error.
    #[test]
    fn no_text_panics(text in "[A-H0-9a-z .,()\\[\\]+*/%<>=!'\"_-]{0,40}|\\PC{0,20}") {
        let _ = evaluated(&text);
    }
}
