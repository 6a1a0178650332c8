//! A sweep whose values are what shells, option parsers and careless templates stumble over, and a program that shows
//! what it gets of them.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test may fail in the plainest way")]

use serde_json::{Value as Json, json};

/// The values.
pub const VALUES: [&str; 27] = [
    "",
    " ",
    "a b",
    " a  b ",
    "it's",
    "say \"x\"",
    "'\"'\"'",
    "$HOME ${HOME} $$ $(id) $((1+1))",
    "`id`",
    "\\",
    "a\\nb\\",
    "line\nbreak\n\n",
    "\ttab\r\n",
    "-x",
    "--flag=1",
    "--",
    "*",
    "~",
    "a;b|c&d>e<f",
    "!x #c",
    "a=b,c:d",
    "[1, 2]{a,b}",
    "%s %d %%",
    "{{index}} {{#if x}}",
    "ünï ✓ \u{1f600} \u{2028}\u{85}",
    "\u{7f}\u{1b}[31m\u{7}",
    "null",
];

/// The program: prints its arguments and a value of the config in the last one, as JSON.
pub const SHOW: &str = "
import json, sys
config = json.load(open(sys.argv[-1], encoding='utf-8'))
print(json.dumps({'argv': sys.argv[1:-1], 'config': config['t']}))
";

/// The arguments that COMMAND gives the program.
pub const PASSED: &str = "show.py {{args}} {{t.v1}} {{t.v14}} {{cfg_json}}";

/// The section SETUP: one job with all values.
pub fn setup() -> String {
    let samplers: serde_json::Map<String, Json> =
        VALUES.iter().enumerate().map(|(i, value)| (format!("t.v{i}"), json!([value]))).collect();
    let text = json!({"STRATEGY": "grid", "SAMPLERS": samplers}).to_string();
    // YAML wants escapes where JSON does not, and has its own beyond 16 bits.
    text.chars().fold(String::new(), |text, c| match c {
        ' '..='~' => text + c.encode_utf8(&mut [0; 4]),
        _ => format!("{text}\\U{:08x}", u32::from(c)),
    })
}

/// Compares what the program printed with the values.
#[track_caller]
pub fn expect_all(printed: &str) {
    let shown: Json = serde_json::from_str(printed).unwrap_or_else(|e| panic!("{e}: {printed}"));
    let options = VALUES.iter().enumerate().map(|(i, value)| format!("--t.v{i}={value}"));
    let argv: Vec<String> = options.chain([VALUES[1].to_owned(), VALUES[14].to_owned()]).collect();
    assert_eq!(shown["argv"], json!(argv));
    let config: serde_json::Map<String, Json> =
        VALUES.iter().enumerate().map(|(i, value)| (format!("v{i}"), json!(value))).collect();
    assert_eq!(shown["config"], Json::Object(config));
}
