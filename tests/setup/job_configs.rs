//! What stands in job configs: what the sweep config says, and nothing that nobody asked for.

use crate::bin;
use crate::common::python;
use crate::drawn::{of_configs, setup};

const RATES: &str = "  STRATEGY: grid\n  SAMPLERS: {lr: [0.1, 0.2]}\n";

#[test]
fn a_strict_dataclass_takes_a_job_config_as_it_is() {
    let (sandbox, run) = setup(&format!("{RATES}  BASE_CFG: {{epochs: 3}}\n"), &[]);
    run.expect(0);
    let program = "import sys, yaml, dataclasses\n@dataclasses.dataclass\nclass Config:\n    epochs: int\n    lr: float\n\
                   print(Config(**yaml.safe_load(open(sys.argv[1]))))";
    let config = python(program, &[&sandbox.join("root/s/cfgs/000001.yaml")]);
    assert_eq!(config.trim(), "Config(epochs=3, lr=0.2)");
}

#[test]
fn a_config_that_has_a_description_gets_it_as_pyclss_do() {
    for (text, descriptions) in [
        (format!("{RATES}  BASE_CFG: {{DESC: '', epochs: 3}}\n"), "['lr 0.1', 'lr 0.2']"),
        (format!("{RATES}  BASE_CFG: {{DESC: [a], epochs: 3}}\n"), "[['a'], ['a']]"),
        (
            "  STRATEGY: grid\n  DEFAULTS: pycls\n  SAMPLERS: {OPTIM.BASE_LR: [0.1]}\n".to_owned(),
            "['OPTIM.BASE_LR 0.1']",
        ),
    ] {
        let (sandbox, run) = setup(&text, &[]);
        run.expect(0);
        assert_eq!(of_configs(&sandbox, "[c['DESC'] for c in cfgs]"), descriptions, "{text}");
    }
}

#[test]
fn a_parameter_may_be_called_like_the_description() {
    let text = "  STRATEGY: grid\n  BASE_CFG: {DESC: ''}\n  SAMPLERS: {DESC: [a, b]}\n";
    let (sandbox, run) = setup(text, &["--sweep", "lr=1,2"]);
    run.expect(0);
    assert_eq!(
        of_configs(&sandbox, "[(c['DESC'], c['lr']) for c in cfgs]"),
        "[('a', 1), ('b', 1), ('a', 2), ('b', 2)]"
    );
    let more = ["--extend", "9", "--yes", "--sweep", "DESC=b,c", "--sweep", "lr=2"];
    let args = [&["--sweep-cfg", "sweep.yaml"][..], &more].concat();
    let said = sandbox.run(bin!("sweep_setup"), &args).expect(1).stderr;
    assert!(said.contains("by 1 config"), "{said}");
    assert_eq!(of_configs(&sandbox, "(cfgs[4]['DESC'], cfgs[4]['lr'])"), "('c', 2)");
}
