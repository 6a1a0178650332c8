//! Python's own values of expressions.

use std::io::Write;
use std::process::{Command, Stdio};

const ORACLE: &str = r#"
import json, math, sys
from types import SimpleNamespace
def monotone(x): return all(a <= b for a, b in zip(x, x[1:]))
def increasing(x): return all(a < b for a, b in zip(x, x[1:]))
names = dict(A=3, B=2.5, C=[1, 2, 2, -7], D="abc", E=SimpleNamespace(F=True), G=None, H=[], K=-0.75,
    cfg={"A": 3, "C": [1, 2, 2, -7], "lr-x": 1e-5, "E": {"F": True, "b-c": {"if": 4}}, "M": [{"b-c": 7}]},
    log=math.log, log2=math.log2, log10=math.log10, exp=math.exp, sqrt=math.sqrt, floor=math.floor,
    ceil=math.ceil, prod=math.prod, monotone=monotone, increasing=increasing)
for line in sys.stdin:
    try:
        value = eval(line.strip(), names)
        if isinstance(value, complex): raise TypeError("complex")
        print("ok", repr(value))
    except Exception as error:
        print("no", type(error).__name__, error)
"#;

/// Returns what Python prints for each expression: `ok` and the value, or `no` and its error.
pub(crate) fn ask_python(expressions: &[String]) -> Vec<String> {
    let mut python = Command::new("python3")
        .args(["-W", "ignore", "-c", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = python.stdin.take().unwrap();
    let text = expressions.join("\n") + "\n";
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}
