//! A sweep that is set up from the text under `SETUP`, and what its job configs hold.

use crate::bin;
use crate::common::{Run, Sandbox, python};

/// Sets up a sweep with this text under `SETUP`.
pub fn setup(text: &str, flags: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", format!("ROOT_DIR: root\nNAME: s\nSETUP:\n{text}"));
    let mut args = vec!["--sweep-cfg", "sweep.yaml"];
    args.extend(flags);
    let run = sandbox.run(bin!("sweep_setup"), &args);
    (sandbox, run)
}

/// Returns what a Python expression over the list `cfgs` of all job configs is.
pub fn of_configs(sandbox: &Sandbox, expression: &str) -> String {
    let program = format!(
        "import sys, yaml, glob, math\ncfgs = [yaml.safe_load(open(f)) for f in \
         sorted(glob.glob(sys.argv[1] + '/*.yaml'))]\nprint({expression})"
    );
    python(&program, &[&sandbox.join("root/s/cfgs")]).trim().to_owned()
}
