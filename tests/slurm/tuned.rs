//! A sweep that is tuned: the tasks of a launch suggest its configs.

use std::collections::BTreeSet;
use std::fs;

use crate::bin;
use crate::cluster::{Cluster, Setup};
use crate::study::Study;

const COMMAND: &str = r#"loss=$(awk 'BEGIN { print ({{OPTIM.BASE_LR}} - 0.3) ^ 2 }')
printf '{"epoch": 1, "loss": %s}\n' "$loss" > {{out_dir}}/metrics.jsonl
sleep 2"#;

#[test]
fn three_tasks_use_up_the_budget_of_a_tuned_sweep() {
    let Some(cluster) = Cluster::start(Setup::default()) else { return };
    let study = Study::tuned(&cluster, 12, COMMAND, "JOBS_PER_TASK: 4\nPARALLEL_JOBS: 3");
    let shown = study.run(bin!("sweep_launch"), &["--dry-run"]).expect(0).stdout;
    let to_come = "to come      4 jobs are there, 8 more will be suggested as results arrive";
    assert!(shown.contains(to_come) && shown.contains("tasks        3, 3 at once"), "{shown}");
    study.launch(&[]);
    study.wait_until_running(3);
    // The tasks that are there have places for what is to come.
    let again = study.run(bin!("sweep_launch"), &["--yes"]).expect(1);
    assert!(again.stderr.contains("Nothing to run"), "{}", again.stderr);
    study.expect_all_done(180);
    let sampled = fs::read_to_string(study.dir().sampled_jsonl()).unwrap();
    let value = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        line["sampled"].to_string()
    };
    assert_eq!(sampled.lines().map(value).collect::<BTreeSet<_>>().len(), 12);
    let records = sweep_config::fs::list(&study.dir().suggestions()).unwrap();
    assert_eq!(records.len(), 8, "{records:?}");
    for job in [4, 11] {
        let again = study.run(bin!("sweep_setup"), &["--replay", &job.to_string()]).expect(0);
        let written = study.dir().cfg(sweep_config::JobId(job));
        assert_eq!(again.stdout, fs::read_to_string(written).unwrap(), "{job}");
    }
    let results = sweep_config::records::ResultLine::all(&study.dir()).unwrap();
    assert_eq!(results.iter().filter(|line| line.state == "done").count(), 12);
    assert!(
        study.run(bin!("sweep_launch"), &["--yes"]).expect(0).stderr.contains("all 12 jobs are")
    );
}
