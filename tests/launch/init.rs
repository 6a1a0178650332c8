//! `sweepkit init`: what is proposed for real programs can be set up and run as it stands.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::bin;
use crate::common::Sandbox;

const PROGRAM: &str = "
import argparse
parser = argparse.ArgumentParser(formatter_class=argparse.ArgumentDefaultsHelpFormatter)
parser.add_argument('--lr', type=float, default=0.1, help='learning rate')
parser.add_argument('-b', '--batch-size', type=int, default=128, metavar='N', help='samples a step')
parser.add_argument('--opt', choices=['sgd', 'adam'], default='sgd', help='the optimizer')
parser.add_argument('--amp', action='store_true', help='mixed precision')
parser.add_argument('--epochs', type=int, default=10, help='passes')
parser.add_argument('--seed', type=int, default=0, help='the seed')
parser.add_argument('--output-dir', default='out', help='where to write')
args = parser.parse_args()
assert args.output_dir.startswith('/') and args.batch_size == 128
print('val_acc:', 1 - abs(args.lr - 0.1) / 2)
";

#[test]
fn a_program_of_argparse_is_proposed_with_its_types_and_defaults_and_runs() {
    let sandbox = Sandbox::new();
    sandbox.write("train.py", PROGRAM);
    let run = sandbox.run(bin!("sweepkit"), &["init", "--", "python3", "train.py"]).expect(0);
    assert_eq!(run.stdout, "sweep.yaml\n");
    assert!(run.stderr.contains("7 parameters found, 2 proposed to vary"), "{}", run.stderr);
    let text = sandbox.read("sweep.yaml");
    for line in [
        "\n    lr: {log: [0.01, 1.0]}    # default 0.1; learning rate\n",
        "\n    # batch-size: {power2: [64, 256]}    # default 128; samples a step\n",
        "\n    opt: [sgd, adam]    # default sgd; the optimizer\n",
        "\n    # amp: [true, false]    # default false; mixed precision\n",
        "\n    # epochs: {int: [5, 20]}    # default 10; passes\n",
        "\n  # SEED_KEY: seed\n",
        "\n  COMMAND: 'python3 train.py {{args bools=flag}} --output-dir {{out_dir}}'\n",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    sandbox.run(bin!("sweepkit"), &["setup", "--set", "SETUP.NUM_CONFIGS=3"]).expect(0);
    let run = sandbox.run(bin!("sweepkit"), &["launch", "--yes"]).expect(0);
    assert!(run.stdout.contains("3 of 3 jobs done"), "{}", run.stdout);
    let refused = sandbox.run(bin!("sweepkit"), &["init", "train.py"]).expect(2).stderr;
    assert!(refused.contains("`sweep.yaml` exists already"), "{refused}");
}

#[test]
fn config_files_of_three_formats_become_the_base_of_the_sweep() {
    let read = "python3 -c 'import json,sys; print(open(sys.argv[1]).read())'";
    for (name, text, placeholder) in [
        ("conf.yaml", "optim: {lr: 0.1, name: sgd}\nepochs: 3\n", "{{cfg}}"),
        (
            "conf.json",
            "{\"optim\": {\"lr\": 0.1, \"name\": \"sgd\"}, \"epochs\": 3}",
            "{{cfg_json}}",
        ),
        ("conf.toml", "epochs = 3\n[optim]\nlr = 0.1\nname = 'sgd'\n", "{{cfg_toml}}"),
    ] {
        let sandbox = Sandbox::new();
        sandbox.write(name, text);
        let line = format!("{read} {placeholder}");
        sandbox.run(bin!("sweepkit"), &["init", name, "-o", "s.yaml"]).expect(0);
        let proposed = sandbox.read("s.yaml");
        assert!(
            proposed.contains("    optim.lr: {log: [0.01, 1.0]}    # default 0.1\n"),
            "{proposed}"
        );
        assert!(proposed.contains(&format!("--config {placeholder}")), "{proposed}");
        let set = format!("LAUNCH.COMMAND={line}");
        sandbox.run(bin!("sweep_setup"), &["s.yaml", "--set", "SETUP.NUM_CONFIGS=1"]).expect(0);
        sandbox.run(bin!("sweep_launch"), &["s.yaml", "--yes", "--set", &set]).expect(0);
        let printed = sandbox.read("sweeps/conf/logs/000000/stdout.log");
        assert!(printed.contains("sgd") && printed.contains("epochs"), "{printed}");
        assert!(!printed.contains("0.1\n"), "another rate: {printed}");
    }
}

#[test]
fn what_hydra_lists_is_proposed_by_its_paths() {
    let sandbox = Sandbox::new();
    let help = "train is powered by Hydra.\n\n== Configuration groups ==\nCompose your configuration from those groups \
                (group=option)\n\n\n\n== Config ==\nOverride anything in the config (foo.bar=value)\n\nlr: 0.1\nmodel:\n  \
                width: 64\n  dropout: 0.1\nname: x\n\n\nPowered by Hydra (https://hydra.cc)\nUse --hydra-help to view \
                Hydra specific help\n";
    let program = format!("#!/bin/sh\n[ \"$1\" = --help ] && cat << 'E' || echo \"$@\"\n{help}E\n");
    let path = sandbox.write("train", program);
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.run(bin!("sweepkit"), &["init", "train"]).expect(0);
    let text = sandbox.read("sweep.yaml");
    assert!(text.contains("    model.dropout: {uniform: [0.0, 0.2]}    # default 0.1\n"), "{text}");
    sandbox.run(bin!("sweep_setup"), &["--set", "SETUP.NUM_CONFIGS=1"]).expect(0);
    sandbox.run(bin!("sweep_launch"), &["--yes"]).expect(0);
    let printed = sandbox.read("sweeps/train/logs/000000/stdout.log");
    assert!(printed.starts_with("lr=0.") && printed.contains(" model.dropout=0."), "{printed}");
    assert!(printed.contains("hydra.run.dir=/"), "{printed}");
}

#[test]
fn a_program_that_does_not_answer_is_told_of_and_nothing_is_written() {
    let sandbox = Sandbox::new();
    sandbox.write("broken.py", "import nothing_of_that_name\n");
    let refused =
        sandbox.run(bin!("sweepkit"), &["init", "--", "python3", "broken.py"]).expect(2).stderr;
    assert!(
        refused.contains("failed: ModuleNotFoundError: No module named 'nothing_of_that_name'"),
        "{refused}"
    );
    let refused = sandbox.run(bin!("sweepkit"), &["init", "--", "true"]).expect(2).stderr;
    assert!(refused.contains("`true --help` shows no options"), "{refused}");
    let refused = sandbox.run(bin!("sweepkit"), &["init", "nowhere.py"]).expect(2).stderr;
    assert!(refused.contains("`nowhere.py` is not a file"), "{refused}");
    assert!(!sandbox.join("sweep.yaml").exists());
    sandbox.run(bin!("sweepkit"), &["init"]).expect(0);
    sandbox.run(bin!("sweep_setup"), &["--dry-run"]).expect(0);
}
