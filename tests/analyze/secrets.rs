//! Values of variables are neither in what is handed on, the page and the tables, nor in what is printed.

use crate::bin;
use crate::common::Sandbox;

const CONFIG: &str = "\
ROOT_DIR: sweeps
NAME: digits/optim
SETUP: {NUM_CONFIGS: 64}
LAUNCH:
  ENV:
    HF_TOKEN: hf_0123456789   # mine
    THREADS: 17421
  PRE_COMMANDS:
    - export WANDB_API_KEY='wb_0123456789'
    - PLAIN=pl_0123456789 true
    - wandb login lo_0123456789
  COMMAND: python train.py --token word-one
";

#[test]
fn neither_the_page_nor_sweep_json_has_the_value_of_a_variable() {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    sandbox.write("sweep.yaml", CONFIG);
    sandbox.write("sweeps/digits/optim/sweep_cfg.yaml", CONFIG);
    let said = "+ export WANDB_API_KEY=wb_0123456789\nusing hf_0123456789\nAuthorization: Bearer word-two\n\
                logged in by lo_0123456789\n";
    for job in 0..64 {
        sandbox.write(format!("sweeps/digits/optim/logs/{job:06}/stderr.log"), said);
    }
    let set = ["--set", "LAUNCH.ENV.OTHER=ot_0123456789"];
    let run = |program: &str, code| {
        let args = [&["--sweep-cfg", "sweep.yaml"][..], &set].concat();
        sandbox.run(program, &args).expect(code)
    };
    run(bin!("sweep_collect"), 0);
    run(bin!("sweep_analyze"), 0);
    let page = sandbox.read("sweeps/digits/optim/analysis.html");
    let json = sandbox.read("sweeps/digits/optim/sweep.json");
    for secret in
        ["hf_0123", "wb_0123", "pl_0123", "ot_0123", "lo_0123", "17421", "word-one", "word-two"]
    {
        assert!(!page.contains(secret), "{secret} in the page");
    }
    for secret in ["hf_0123", "wb_0123", "lo_0123", "word-two"] {
        assert!(!json.contains(secret), "{secret} in sweep.json");
    }
    let page = page.replace("&#x3D;", "=").replace("&#x27;", "'").replace("&quot;", "\"");
    for shown in [
        "HF_TOKEN: ***   # mine",
        "\"export WANDB_API_KEY=***\"",
        "PLAIN=*** true",
        "wandb login ***",
        "python train.py --token ***",
        "Authorization: Bearer ***",
        "--set LAUNCH.ENV.OTHER=***",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(json.contains("WANDB_API_KEY=***\\nusing ***"), "the rest of the log stays");
}

const FAILING: &str = "\
ROOT_DIR: sweeps
NAME: one
SETUP: {NUM_CONFIGS: 2, SAMPLERS: {lr: [0.1, 0.2]}}
LAUNCH:
  EXECUTOR: local
  ENV: {HF_TOKEN: hf_0123456789, PIN_SECRET: '20240101'}
  COMMAND: 'echo \"{\\\"loss\\\": 20240101, \\\"by\\\": \\\"$HF_TOKEN\\\"}\"; echo \"KeyError: no $HF_TOKEN of $PIN_SECRET\" >&2; exit 1'
";

#[test]
fn no_stage_prints_the_value_of_a_variable_that_a_program_has_written_into_its_log() {
    let sandbox = Sandbox::new();
    sandbox.write("one.yaml", FAILING);
    sandbox.run(bin!("sweep_setup"), &["one.yaml"]).expect(0);
    let mut said = String::new();
    let mut run = |program: &str, args: &[&str], code: i32| {
        let ran =
            sandbox.run(program, &[&["--sweep-cfg", "one.yaml"][..], args].concat()).expect(code);
        said.extend([ran.stdout.as_str(), &ran.stderr]);
        ran.stdout
    };
    run(bin!("sweep_launch"), &["--yes"], 1);
    assert!(sandbox.read("sweeps/one/logs/000000/stderr.log").contains("hf_0123456789"));
    let collect = bin!("sweep_collect");
    for args in [&[][..], &["--failed"], &["--jobs"], &["--job", "0"], &["--json"]] {
        run(collect, args, 1);
    }
    let job: serde_json::Value =
        serde_json::from_str(&run(collect, &["--job", "0", "--json"], 1)).unwrap();
    assert_eq!(job["values"]["stdout.loss"], 20_240_101, "a number is no secret: {job}");
    run(bin!("sweep_analyze"), &["--json"], 1);
    for secret in ["hf_0123456789", "of 20240101"] {
        assert!(!said.contains(secret), "{said}");
        let table = std::fs::read(sandbox.join("sweeps/one/sweep.parquet")).unwrap();
        let has = table.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!has, "{secret} in the table");
    }
    assert!(said.matches("KeyError: no *** of ***").count() >= 4, "{said}");
    serde_json::from_str::<serde_json::Value>(&sandbox.read("sweeps/one/sweep.json")).unwrap();
}
