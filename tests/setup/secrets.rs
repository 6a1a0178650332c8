//! A config with values of variables is written for its owner alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::bin;
use crate::common::Sandbox;

const CONFIG: &str = "ROOT_DIR: root\nNAME: s\nSETUP:\n  NUM_CONFIGS: 2\n  SAMPLERS: {LR: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}\n";

/// The rights of files in the sweep directory after a setup with these arguments.
fn modes(sandbox: &Sandbox, args: &[&str], names: &[&str]) -> Vec<u32> {
    sandbox.run(bin!("sweep_setup"), &[&["--sweep-cfg", "sweep.yaml"], args].concat()).expect(0);
    let mode = |name: &&str| {
        let path = sandbox.join("root/s").join(name);
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    };
    names.iter().map(mode).collect()
}

#[test]
fn only_files_with_secrets_are_for_their_owner_alone() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", CONFIG);
    let names = ["sweep_cfg.yaml", "setup.json", "cfgs/000000.yaml"];
    let open = modes(&sandbox, &[], &names);
    assert!(open.iter().all(|mode| mode & 0o044 == 0o044), "{open:?}");
    sandbox.write("sweep.yaml", format!("{CONFIG}LAUNCH: {{ENV: {{HF_TOKEN: hf_1}}}}\n"));
    let closed = modes(&sandbox, &[], &names);
    assert_eq!(closed[0], 0o600);
    assert_eq!(closed[1..], open[1..], "nothing of it in there");
    let set = ["--set", "LAUNCH.ENV.OTHER=x"];
    assert_eq!(modes(&sandbox, &set, &names)[..2], [0o600, 0o600], "it is in the overrides");
}

#[test]
fn an_extension_keeps_the_old_config_as_closed_as_it_was() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", format!("{CONFIG}LAUNCH: {{ENV: {{HF_TOKEN: hf_1}}}}\n"));
    modes(&sandbox, &[], &[]);
    sandbox.write("sweep.yaml", CONFIG.replace("1.0", "2.0"));
    let names = ["sweep_cfg-000002.yaml", "sweep_cfg.yaml"];
    let found = modes(&sandbox, &["--extend", "2", "--yes"], &names);
    assert_eq!(found[0], 0o600);
    assert_ne!(found[1], 0o600, "the new one has none");
}
