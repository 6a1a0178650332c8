//! Completions in real shells: what is typed, with tabs, and what the program gets.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::bin;
use crate::common::{Run, Sandbox, python};

const SWEEP: &str = "
NAME: my/sweep
SETUP: {NUM_CONFIGS: 12, SAMPLERS: {lr: {log: [1e-4, 1e-1]}, optim.name: [sgd, adam]}}
LAUNCH: {EXECUTOR: local, COMMAND: 'true'}
";

/// Types a line into a shell at a terminal, and prints what its program got.
const TYPIST: &str = r#"
import os, pty, re, select, sys, time
sandbox, start, keys = (os.fsdecode(word) for word in sys.argv[1:4])
os.chdir(sandbox)
pid, terminal = pty.fork()
if pid == 0:
    os.environ.update(PATH=f"{sandbox}/bin:{os.environ['PATH']}", HOME=sandbox, TERM="dumb", XDG_DATA_DIRS=f"{sandbox}/share:/usr/share")
    os.environ.pop("XDG_DATA_HOME", None)
    os.execvp("/bin/sh", ["sh", "-c", start])
seen, end = "", time.monotonic() + 60

def read_until(pattern):
    global seen
    while not re.search(pattern, seen):
        if time.monotonic() > end:
            sys.exit(f"no {pattern!r} in {seen!r}")
        if select.select([terminal], [], [], 0.1)[0]:
            seen += os.read(terminal, 65536).decode(errors="replace")

read_until(r"ready\d")
# A word at a time, as people type.
for key in re.findall(r"[^\t]+\t?|\t", keys):
    os.write(terminal, key.encode())
    time.sleep(0.3)
os.write(terminal, b"\r")
read_until(r"(?s)got<.*?>")
print(re.search(r"(?s)got<(.*?)>", seen)[1], end="")
os.write(terminal, b"exit\r")
"#;

/// A folder with a sweep that is set up; its programs print what they get, but for `sweepkit`.
fn ready() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", SWEEP);
    sandbox.run(bin!("sweep_setup"), &["sweep.yaml", "--quiet"]).expect(0);
    for stage in ["setup", "launch", "collect"] {
        let stub = sandbox.write(format!("bin/sweep_{stage}"), "#!/bin/sh\necho \"got<$*>\"\n");
        fs::set_permissions(&stub, fs::Permissions::from_mode(0o755)).unwrap();
    }
    symlink(bin!("sweepkit"), sandbox.join("bin/sweepkit")).unwrap();
    let mut command = sandbox.command(bin!("sweepkit"));
    command.env("PATH", sandbox.join("bin")).args(["completions", "--install", "share"]);
    Run::of(&command.output().unwrap()).expect(0);
    sandbox
}

/// The lines with tabs that are typed, and what the program is to get.
const TYPED: [(&str, &str); 7] = [
    ("sweep_collect --fai\t", "--failed"),
    ("sweep_collect sweep.\t --job 7\t", "sweep.yaml --job 7"),
    ("sweep_launch --on\t3,11\t", "--only 3,11"),
    ("sweep_launch --state time\t", "--state timed-out"),
    ("sweep_launch --where opt\t", "--where optim.name"),
    ("sweep_setup --set LAU\tCOMMA\tx", "--set LAUNCH.COMMAND=x"),
    ("sweep_setup --sweep lr\t1,2", "--sweep lr=1,2"),
];

#[track_caller]
fn expect_completed(start: &str) {
    let sandbox = ready();
    for (keys, got) in TYPED {
        let args = [sandbox.path(), Path::new(start), Path::new(keys)];
        assert_eq!(python(TYPIST, &args).trim_end(), got, "{keys:?}");
    }
}

#[test]
fn bash_completes_jobs_states_parameters_and_keys_from_the_places_of_an_installation() {
    expect_completed(
        "printf '. /usr/share/bash-completion/bash_completion; PS1=\"ready1 \"\n' > rc && exec bash --rcfile rc -i",
    );
}

#[test]
fn bash_completes_from_the_script_that_is_printed() {
    expect_completed(
        "printf 'source <(sweepkit completions bash); PS1=\"ready1 \"\n' > rc && exec bash --rcfile rc -i",
    );
}

#[test]
fn zsh_completes_from_the_places_of_an_installation() {
    expect_completed(
        "printf 'fpath=($PWD/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D; PS1=\"ready1 \"\n' \
         > .zshrc && ZDOTDIR=$PWD exec zsh -d -i",
    );
}

#[test]
fn fish_completes_from_the_places_of_an_installation() {
    expect_completed("exec fish -i -C 'function fish_prompt; echo -n \"ready1 \"; end'");
}

#[test]
fn whatever_is_wrong_the_shell_is_given_nothing_to_show() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", "SETUP: [");
    let asked: [&[&str]; 5] = [
        &["bash", "2", "sweep_launch", "--only", ""],
        &["bash", "9", "sweep_launch"],
        &["tcsh", "1", "sweep_launch", ""],
        &["zsh", "x", "sweep_launch", ""],
        &[],
    ];
    for words in asked {
        let run = sandbox.run(bin!("sweepkit"), &[&["__complete"], words].concat());
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("", ""), "{words:?}");
    }
}
