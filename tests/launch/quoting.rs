//! Hostile values through the shells of this machine: the program gets them byte for byte.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::common::{Run, Sandbox, python};
use crate::{bin, hostile};

fn ready(command: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let launch = serde_json::json!({"EXECUTOR": "local", "MAX_RETRY": 0, "COMMAND": command});
    let root = "it's a `root` \"x\"; $(id)";
    let root = serde_json::Value::from(root.replace('$', "$$"));
    let text =
        format!("ROOT_DIR: {root}\nNAME: s\nSETUP: {}\nLAUNCH: {launch}\n", hostile::setup());
    sandbox.write("sweep.yaml", text);
    sandbox.write("show.py", hostile::SHOW);
    sandbox.run(bin!("sweep_setup"), &["sweep.yaml"]).expect(0);
    sandbox
}

fn printed(sandbox: &Sandbox) -> String {
    sandbox.read("it's a `root` \"x\"; $(id)/s/logs/000000/stdout.log")
}

#[test]
fn bash_passes_hostile_values_as_they_are() {
    let sandbox = ready(&format!("python3 {}", hostile::PASSED));
    sandbox.run(bin!("sweep_launch"), &["sweep.yaml", "--yes"]).expect(0);
    hostile::expect_all(&printed(&sandbox));
}

#[test]
fn dash_passes_hostile_values_as_they_are() {
    let sandbox = ready(&format!("python3 {}; test -z \"$BASH_VERSION\"", hostile::PASSED));
    // Where there is no bash, commands run in /bin/sh.
    let real = python("import sys; print(sys.executable, end='')", &[]);
    std::fs::create_dir_all(sandbox.join("path")).unwrap();
    symlink(Path::new(&real), sandbox.join("path/python3")).unwrap();
    let mut command = sandbox.command(bin!("sweep_launch"));
    command.env("PATH", sandbox.join("path")).args(["sweep.yaml", "--yes"]);
    Run::of(&command.output().unwrap()).expect(0);
    hostile::expect_all(&printed(&sandbox));
}

#[test]
fn hydras_arguments_are_the_words_that_a_shell_reads() {
    let sandbox =
        ready("python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' {{hydra_args}}");
    sandbox.run(bin!("sweep_launch"), &["sweep.yaml", "--yes"]).expect(0);
    // Hydra's grammar: plain, or in quotes with a backslash before each quote, and before backslashes that precede one.
    let unquote = "
import json, re, sys
for word, value in zip(json.loads(sys.argv[1]), json.loads(sys.argv[2])):
    text = word.partition('=')[2]
    if text[:1] == \"'\":
        text = re.sub(r'(\\\\+)(\\'|$)', lambda m: '\\\\' * (len(m[1]) // 2) + m[2], text[1:-1])
        text = text.replace('\\\\${', '${')
    assert text == value, (word, text, value)
";
    let values = serde_json::to_string(&hostile::VALUES).unwrap();
    python(unquote, &[Path::new(printed(&sandbox).trim_end()), Path::new(&values)]);
}
