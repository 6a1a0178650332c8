//! The place of a row in the training, under the names and in the forms that programs have for it.

use crate::logs::{curve, number, one_job};

#[test]
fn epochs_that_may_be_fractions_are_all_read_as_such() {
    let csv = "epoch,loss\n0.0,1.0\n0.5,0.9\n1.0,0.8\n";
    let logs = one_job("", &[("metrics.csv", csv)]);
    logs.collect(&[]).expect(1);
    let table = logs.table("sweep.parquet");
    assert_eq!(number(&table, "metrics.loss"), Some(0.8));
    assert_eq!(number(&table, "epoch_ind"), Some(1.0));
    assert_eq!(logs.entry(0)["metrics"]["loss"], serde_json::json!([1.0, 0.9, 0.8]));
    let jsonl = "{\"epoch\": 0, \"step\": 10, \"loss\": 3}\n{\"epoch\": 0.5, \"step\": 20, \"loss\": 2}\n{\"epoch\": 1, \"step\": 30, \"loss\": 1}\n";
    let logs = one_job("", &[("metrics.jsonl", jsonl)]);
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "metrics", "loss"), [(10, 3.0), (20, 2.0), (30, 1.0)]);
}

#[test]
fn places_are_found_under_the_names_that_programs_use() {
    for name in [
        "Epoch",
        "STEP",
        "global_step",
        "iter",
        "Iteration",
        "training_iteration",
        "num_updates",
        "current_steps",
        "total_timesteps",
        "time/total_timesteps",
    ] {
        let logs = one_job("", &[("metrics.csv", &format!("loss,{name}\n2,100\n1,200\n"))]);
        logs.collect(&[]).expect(1);
        assert_eq!(curve(&logs, "metrics", "loss"), [(100, 2.0), (200, 1.0)], "{name}");
    }
    // Validation rows that name the epoch alone are of the step before them.
    let jsonl = "{\"epoch\": 1, \"step\": 5, \"loss\": 2}\n{\"epoch\": 1, \"val_loss\": 3}\n{\"epoch\": 2, \"step\": 10, \"loss\": 1}\n";
    let logs = one_job("", &[("metrics.jsonl", jsonl)]);
    logs.collect(&[]).expect(1);
    assert_eq!(logs.entry(0)["metrics"]["val_loss"], serde_json::json!([3, null]));
}

#[test]
fn a_reader_names_the_fields_that_no_rule_can_know() {
    let config = "COLLECT: {READERS: [{READER: csv, TYPE: rl, EPOCH: round, STEP: frames}]}\n";
    let csv = "round,frames,step,reward\n1,1000,7,0.5\n2,2000,7,0.75\n";
    let logs = one_job(config, &[("metrics.csv", csv)]);
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "rl", "reward"), [(1, 0.5), (2, 0.75)]);
    assert_eq!(logs.entry(0)["rl"]["iter_ind"], serde_json::json!([1000, 2000]));
    let config =
        "COLLECT: {READERS: [{READER: csv, STEP: frames}], FIELDS: {metrics.reward: rl.reward}}\n";
    let logs = one_job(config, &[("metrics.csv", &csv.replace("round,", "game,"))]);
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "rl", "reward"), [(1000, 0.5), (2000, 0.75)]);
    let logs = one_job("COLLECT: {READERS: [{READER: pycls, STEP: x}]}\n", &[]);
    let run = logs.collect(&[]).expect(2);
    assert!(run.stderr.contains("`pycls` takes no STEP"), "{}", run.stderr);
}

/// The epochs from `first` to `last`, with what every row has besides.
fn epochs(first: i64, last: i64) -> String {
    let rows = (first..=last).map(|epoch| format!("{epoch},0.5,0.25\n")).collect::<Vec<_>>();
    format!("epoch,loss,val_loss\n{}", rows.concat())
}

#[test]
fn epochs_that_count_from_zero_are_all_done_with_the_last() {
    let progress = |csv: &str| {
        let logs = one_job("", &[("metrics.csv", csv)]);
        std::fs::write(logs.path("cfgs/000000.yaml"), "OPTIM: {MAX_EPOCH: 30}\n").unwrap();
        logs.collect(&[]);
        let table = logs.table("sweep.parquet");
        let state = table.texts("state").remove(0).unwrap();
        (number(&table, "epoch_ind"), number(&table, "epoch_max"), state)
    };
    let done = |epoch, state: &str| (Some(epoch), Some(30.0), state.to_owned());
    assert_eq!(progress(&epochs(0, 29)), done(30.0, "done"));
    assert_eq!(progress(&epochs(0, 9)), done(10.0, "unfinished"));
    assert_eq!(progress(&epochs(1, 29)), done(29.0, "unfinished"));
    assert_eq!(progress(&epochs(1, 30)), done(30.0, "done"));
    assert_eq!(progress(&epochs(0, 30)), done(30.0, "done"));
    let tested_first = epochs(0, 29).replacen("0,0.5,", "0,,", 1);
    assert_eq!(progress(&tested_first), done(29.0, "unfinished"), "a test before the training");
}

#[test]
fn a_training_of_one_epoch_has_its_curve_over_steps() {
    let csv = "epoch,step,val_loss\n0,199,2\n0,399,1\n0,599,1.2\n";
    let logs = one_job("", &[("metrics.csv", csv)]);
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "metrics", "val_loss"), [(199, 2.0), (399, 1.0), (599, 1.2)]);
    assert_eq!(number(&logs.table("sweep.parquet"), "metrics.val_loss.min"), Some(1.0));
    // Steps that begin anew with each epoch go on.
    let anew = "epoch,iter,loss\n0,1,6\n0,2,5\n0,3,4\n1,1,3\n1,2,2\n1,3,1\n";
    let logs = one_job("", &[("metrics.csv", anew)]);
    logs.collect(&[]).expect(1);
    let steps: Vec<i64> = curve(&logs, "metrics", "loss").iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6]);
    // Where many epochs are to come, or one value an epoch is logged, epochs count.
    let logs = one_job("", &[("metrics.csv", anew)]);
    std::fs::write(logs.path("cfgs/000000.yaml"), "OPTIM: {MAX_EPOCH: 30}\n").unwrap();
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "metrics", "loss"), [(0, 4.0), (1, 1.0)]);
    let logs = one_job("", &[("metrics.csv", "epoch,step,loss\n0,199,2\n1,399,1\n")]);
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "metrics", "loss"), [(0, 2.0), (1, 1.0)]);
}
