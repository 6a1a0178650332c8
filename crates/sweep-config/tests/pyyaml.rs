//! YAML in and out against the real PyYAML.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test may be plain, and may panic"
)]

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use sweep_config::{Map, Value, yaml};

/// Prints, for each document of a JSON list, what PyYAML makes of it: its type and value.
const LOAD: &str = r#"
import json, sys, yaml
def tell(v):
    if isinstance(v, dict): return {"map": [[k, tell(x)] for k, x in v.items()]}
    if isinstance(v, list): return {"list": [tell(x) for x in v]}
    if isinstance(v, float): return {"float": v.hex() if v == v else "nan"}
    return {type(v).__name__: str(v)}
def load(text, loader):
    try: return tell(yaml.load(text, Loader=loader))
    except Exception as e: return {"error": type(e).__name__}
texts = json.load(open(sys.argv[1]))
both = [[load(t, yaml.SafeLoader), load(t, yaml.CSafeLoader)] for t in texts]
json.dump(both, sys.stdout)
"#;

fn pyyaml(texts: &[String]) -> Vec<[serde_json::Value; 2]> {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("texts.json");
    fs::write(&file, serde_json::to_string(texts).unwrap()).unwrap();
    let run = Command::new("python3").args(["-c", LOAD]).arg(&file).output().expect("python3 runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

/// A value in the words of the Python program above.
fn tell(value: &Value) -> serde_json::Value {
    use serde_json::json;
    match value {
        Value::Null => json!({"NoneType": "None"}),
        Value::Bool(b) => json!({"bool": if *b { "True" } else { "False" }}),
        Value::Int(i) => json!({"int": i.to_string()}),
        Value::Float(f) => json!({"float": hex(*f)}),
        Value::Str(s) => json!({"str": s}),
        Value::Timestamp(s) => json!({"timestamp": s}),
        Value::List(items) => json!({"list": items.iter().map(tell).collect::<Vec<_>>()}),
        Value::Map(map) => {
            json!({"map": map.iter().map(|(k, v)| json!([k, tell(v)])).collect::<Vec<_>>()})
        }
        Value::Keyed(entries) => {
            let key = |key: &Value| match key {
                Value::Str(text) => json!(text),
                other => tell(other),
            };
            json!({"map": entries.iter().map(|(k, v)| json!([key(k), tell(v)])).collect::<Vec<_>>()})
        }
    }
}

/// A float as Python's `float.hex` spells it, by way of Python's own rules for the exponent.
fn hex(f: f64) -> String {
    if f.is_nan() {
        return "nan".to_owned();
    }
    let sign = if f.is_sign_negative() { "-" } else { "" };
    if f.is_infinite() {
        return format!("{sign}inf");
    }
    if f == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (biased, fraction) = ((f.to_bits() >> 52) & 0x7ff, f.to_bits() & ((1 << 52) - 1));
    let (lead, exponent) =
        if biased == 0 { (0, -1022) } else { (1, i64::try_from(biased).unwrap() - 1023) };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent:+}")
}

/// Dates of PyYAML's have a type of their own; which one does not matter here.
fn same_kind(theirs: &serde_json::Value) -> serde_json::Value {
    match theirs.as_object().and_then(|o| o.keys().next()).map(String::as_str) {
        Some("date" | "datetime") => serde_json::json!("a date"),
        _ => theirs.clone(),
    }
}

fn ours(text: &str) -> serde_json::Value {
    match yaml::read(Path::new("x"), text) {
        Ok(Value::Timestamp(_)) => serde_json::json!("a date"),
        Ok(value) => tell(&value),
        Err(_) => serde_json::json!({"error": "ours"}),
    }
}

fn plain_scalars() -> Vec<String> {
    let mut scalars: Vec<String> = "1.0e-10 1.0e-5 1.e-5 1.0e+5 yes no on off y n Yes NO True FALSE tRue ~ null Null NULL nULL \
        0o17 017 08 0 00 -0 +1 -1 1_000 1_000.5 _1 1_ 1__0 0_7 1:30 1:30:00 1:30:00.5 12:60 1:5 190:20:30 0:30 01:30 \
        .inf -.inf +.inf .Inf .INF .nan .NaN -.nan inf nan NaN 2001-12-14 2001-1-1 2001-12-14t21:59:43.10-05:00 \
        2001-12-14T21:59:43Z 20011214 0b101 0b 0b_1 0b102 0x1F 0x_1 0xg -0x10 .5 -.5 +.5 5. -5. . - + .e5 1.5e+3 1.5E-3 \
        1.5e 1.5e+ 0.1.2 1,000 12e 3.x x3 --1 1-2 <= 4 a:b a_b 0.0 -0.0 1e400 9223372036854775807 -9223372036854775808 \
        0x7fffffffffffffff +.5e3 ._5 1._5 0_0.5 12:30.5 12:30.5.5 1:2:3:4 -1:30 +1:30 0o8 1.0e-400 5.0e-324"
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    scalars.extend(
        ["2001-12-14 21:59:43", "2001-12-14 21:59:43.10 -5", "a b", "hello # comment"]
            .map(str::to_owned),
    );
    for a in ["", "+", "-"] {
        for b in ["0", "7", "12", "1_2", "08"] {
            for c in ["", ".", ".5", ".5_0", ":30", ":5:07", ":75"] {
                for d in ["", "e+5", "e-05", "E+5"] {
                    scalars.push(format!("{a}{b}{c}{d}"));
                }
            }
        }
    }
    scalars
}

/// True if and only if the scalar is a number for us and text for PyYAML, as documented.
fn is_our_extension(text: &str) -> bool {
    let body = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let Some((mantissa, exponent)) = body.split_once('e') else { return false };
    !mantissa.contains(':')
        && (!mantissa.contains('.') || exponent.starts_with(|c: char| c.is_ascii_digit()))
}

#[test]
fn a_plain_scalar_means_what_pyyaml_says() {
    let scalars = plain_scalars();
    let mut extended = 0;
    for (text, [theirs, _]) in scalars.iter().zip(pyyaml(&scalars)) {
        let (ours, theirs) = (ours(text), same_kind(&theirs));
        if ours == theirs {
            continue;
        }
        let refused = theirs.get("error").is_some();
        assert!(is_our_extension(text) || refused, "`{text}`: ours {ours}, PyYAML's {theirs}");
        extended += 1;
    }
    assert!(extended > 0, "the extension is there: 1e-5 is a number");
    assert_eq!(ours("1e-5"), tell(&Value::Float(1e-5)));
}

#[test]
fn a_date_that_no_calendar_has_is_an_error_for_pyyaml_and_for_us() {
    let days = ["2001-02-29", "2000-02-29", "1900-02-29", "2001-13-01", "2001-04-31", "0000-01-01"];
    let times = ["24:00:00", "1:60:00", "1:00:60", "1:00:00 -24", "1:00:00+23:59", "1:00:00+23:61"];
    let mut dates: Vec<String> = days.map(str::to_owned).to_vec();
    dates.extend(times.iter().map(|time| format!("2001-01-01 {time}")));
    for (text, [theirs, _]) in dates.iter().zip(pyyaml(&dates)) {
        let (ours, theirs) = (ours(text), same_kind(&theirs));
        assert_eq!(ours.get("error").is_some(), theirs.get("error").is_some(), "`{text}`");
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn hard_texts() -> Vec<String> {
    let mut texts = plain_scalars();
    let more = [
        "",
        " ",
        " leading",
        "trailing ",
        "two\nlines",
        "ends with a break\n",
        "\n",
        "\ttab",
        "a\tb",
        "# no comment",
        "a # comment",
        "a: b",
        "- item",
        "? key",
        "[a, b]",
        "{a: b}",
        "a, b",
        "&anchor",
        "*alias",
        "!tag",
        "|",
        ">",
        "%directive",
        "@at",
        "`tick`",
        "'",
        "\"",
        "it's",
        "say \"x\"",
        "back\\slash",
        "Zürich",
        "日本語",
        "🦀",
        "\u{85}",
        "\u{2028}",
        "\u{feff}",
        "\u{7f}",
        "\u{1}",
        "\u{0}",
        "\r",
        "a\r\nb",
        "---",
        "...",
        "--- a",
        "<<",
        "=",
        "y",
        "N",
        "key:",
        ":",
        "::",
        "a:",
        "null ",
        "0x",
        "1e5",
        "1e-5",
        "1.0e5",
        "é:è",
        "  two\n    levels\n\nblank",
        "/a/b-c.d",
        "very long text that goes on and on and on and on and on and on and on and on and on and on and on and on and on",
    ];
    texts.extend(more.map(str::to_owned));
    // Around the length that YAML lets a key have on the line of its value.
    texts.extend([990, 1000, 1024, 1030, 5000].map(|length| "k".repeat(length)));
    texts.extend([998, 1030].map(|length| "# ".repeat(length / 2)));
    texts
}

fn hard_values() -> Vec<Value> {
    let mut values: Vec<Value> = hard_texts().into_iter().map(Value::Str).collect();
    let floats = [
        1e-10,
        5e-324,
        1e16,
        1e15,
        123_456_789.125,
        0.1,
        1e-4,
        9.9e-5,
        1e22,
        1.797e308,
        0.0,
        -0.0,
        1.0,
        -2.5e-7,
    ];
    values.extend(floats.map(Value::Float));
    values.extend([f64::INFINITY, f64::NEG_INFINITY, f64::NAN].map(Value::Float));
    values.extend([0, 17, -5, i64::MAX, i64::MIN].map(Value::Int));
    values.extend([Value::Null, Value::Bool(true), Value::Bool(false)]);
    values
}

/// Written alone, as an item of a list, as a value and as a key; each must come back.
fn check_written(values: &[Value]) {
    let mut wrapped: Vec<Value> = values.to_vec();
    wrapped.extend(values.iter().map(|v| Value::List(vec![v.clone(), Value::Int(1)])));
    wrapped
        .extend(values.iter().map(|v| Value::Map(Map::from_iter([("KEY".to_owned(), v.clone())]))));
    wrapped.extend(values.iter().filter_map(|v| match v {
        Value::Str(key) => Some(Value::Map(Map::from_iter([(key.clone(), Value::Int(1))]))),
        _ => None,
    }));
    let texts: Vec<String> = wrapped.iter().map(yaml::write).collect();
    for ((value, text), theirs) in wrapped.iter().zip(&texts).zip(pyyaml(&texts)) {
        let expected = tell(value);
        assert_eq!(theirs, [expected.clone(), expected.clone()], "written as {text:?}");
        assert_eq!(ours(text), expected, "read back from {text:?}");
    }
}

#[test]
fn what_we_write_means_the_same_to_both_loaders_of_pyyaml_and_to_us() {
    check_written(&hard_values());
}

#[test]
fn a_date_stays_a_date() {
    let text = "A: 2001-12-14\nB: '2001-12-14'\nC: 2001-12-14 21:59:43\nD: [2001-12-14 21:59:43.1 -5:30]\n";
    let value = yaml::read(Path::new("x"), text).unwrap();
    let written = yaml::write(&value);
    let both = pyyaml(&[text.to_owned(), written.clone()]);
    assert_eq!(both[0], both[1]);
    assert_eq!(yaml::read(Path::new("x"), &written).unwrap(), value);
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<f64>()
            .prop_filter("not a number is unequal to itself", |f| !f.is_nan())
            .prop_map(Value::Float),
        r"[a-zA-Z0-9 :#,\[\]{}'_.+~\-\n\t]{0,12}".prop_map(Value::Str),
        any::<String>().prop_map(Value::Str),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
            proptest::collection::btree_map(any::<i64>(), inner.clone(), 1..4).prop_map(
                |entries| {
                    let entries = entries.into_iter().map(|(key, value)| (Value::Int(key), value));
                    Value::Keyed(entries.collect())
                }
            ),
            proptest::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|entries| Value::Map(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_value_that_was_written_reads_back_equal(value in any_value()) {
        let text = yaml::write(&value);
        prop_assert_eq!(yaml::read(Path::new("x"), &text).unwrap(), value, "{}", text);
    }
}
