//! Values of variables are not in what is handed on: the page and `sweep.json`.

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
