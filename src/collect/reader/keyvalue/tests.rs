use super::*;
use crate::collect::reader::{EpochIter, JobLog, LoggedType, read_text};

fn read(text: &str) -> JobLog {
    read_text(&KeyvalueReader { lines: PrintedLines::All }, "stdout", text.as_bytes()).0
}

/// The values of a metric, each with its place.
fn values(log: &JobLog, kind: &str, metric: &str) -> Vec<(i64, i64, f64)> {
    let Some(LoggedType::Series(series)) = log.get(kind) else { return Vec::new() };
    let Some(at) = series.names.iter().position(|name| name == metric) else { return Vec::new() };
    let rows = series.rows().iter();
    rows.filter_map(|row| {
        let EpochIter { epoch, iter } = row.at;
        Some((epoch, iter, row.value(at).number()?))
    })
    .collect()
}

#[test]
fn keras_names_the_epoch_on_the_line_before() {
    // Keras 3 without a terminal: `model.fit(..., verbose=1)`, the bar redrawn by backspaces and returns.
    let text = "Epoch 1/2\n\r\u{1b}[1m1/2\u{1b}[0m \u{1b}[32m━━━━\u{1b}[0m\u{1b}[37m━━━\u{1b}[0m \u{1b}[1m0s\u{1b}[0m 30ms/step - loss: 2.1\
                \u{8}\u{8}\u{8}\r\u{1b}[1m2/2\u{1b}[0m \u{1b}[32m━━━━━━━\u{1b}[0m \u{1b}[1m1s\u{1b}[0m 5ms/step - accuracy: 0.5 - loss: 1.9000 - val_accuracy: 0.25 - val_loss: 1.7000\n\
                Epoch 2/2\n2/2 - 1s - 5ms/step - accuracy: 0.6 - loss: 1.8e+00 - val_accuracy: 0.75 - val_loss: 1.6000\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "loss"), [(1, 0, 1.9), (2, 0, 1.8)]);
    assert_eq!(values(&log, "stdout", "val_accuracy"), [(1, 0, 0.25), (2, 0, 0.75)]);
    let Some(LoggedType::Series(series)) = log.get("stdout") else { panic!("no rows") };
    assert_eq!(series.rows()[1].epoch_max, Some(2));
}

#[test]
fn pytorchs_examples_are_read_with_their_phases() {
    // pytorch/examples: mnist/main.py.
    let text = "Train Epoch: 1 [0/60000 (0%)]\tLoss: 2.300039\nTrain Epoch: 1 [640/60000 (1%)]\tLoss: 1.213470\n\n\
                Test set: Average loss: 0.0345, Accuracy: 9890/10000 (99%)\n\n\
                Train Epoch: 2 [0/60000 (0%)]\tLoss: 0.5\nTest set: Average loss: 0.0300, Accuracy: 9900/10000 (99%)\n";
    let log = read(text);
    assert_eq!(values(&log, "train", "Loss"), [(1, 0, 2.300_039), (1, 640, 1.213_47), (2, 0, 0.5)]);
    assert_eq!(values(&log, "test", "Average_loss"), [(1, 0, 0.0345), (2, 0, 0.03)]);
    assert_eq!(values(&log, "test", "Accuracy"), [(1, 0, 0.989), (2, 0, 0.99)]);
}

#[test]
fn of_timms_lines_a_validation_counts_by_its_last_batch_and_average() {
    // huggingface/pytorch-image-models: train.py, through Python's logging.
    let text = "Train: 0 [   0/1251 (  0%)]  Loss: 6.94 (6.94)  Time: 1.203s,  105.91/s  (1.203s,  105.91/s)  LR: 1.000e-05  Data: 0.504 (0.504)\n\
                Train: 0 [  50/1251 (  4%)]  Loss: 6.90 (6.92)  Time: 0.4s, 300.1/s  (0.4s, 300.1/s)  LR: 1.000e-05  Data: 0.0 (0.01)\n\
                Test: [   0/48]  Time: 1.016 (1.016)  Loss:   6.80 ( 6.80)  Acc@1:   0.100 (  0.100)  Acc@5:   0.5 (  0.5)\n\
                Test: [  48/48]  Time: 0.116 (0.316)  Loss:   6.70 ( 6.75)  Acc@1:   0.300 (  0.200)  Acc@5:   0.7 (  0.6)\n\
                *** Best metric: 0.2 (epoch 0)\n";
    let log = read(text);
    assert_eq!(values(&log, "train", "Loss"), [(0, 0, 6.94), (0, 50, 6.9)]);
    assert_eq!(values(&log, "train", "LR"), [(0, 0, 1e-5), (0, 50, 1e-5)]);
    assert_eq!(values(&log, "train", "Train"), []);
    assert_eq!(values(&log, "test", "Acc@1"), [(0, 0, 0.3)]);
    assert_eq!(values(&log, "test", "Acc@1_avg"), [(0, 0, 0.2)]);
    assert_eq!(values(&log, "stdout", "Best_metric"), [(0, 50, 0.2)]);
}

#[test]
fn fractions_of_epochs_keep_their_order() {
    // Hugging Face's Trainer, between the redrawn bars of tqdm.
    let text = "\r 50%|█████     | 5/10 [00:01<00:01,  4.98it/s]{'loss': 1.25, 'grad_norm': 3.5, 'learning_rate': 5e-05, 'epoch': 0.5}\n\
                {'loss': 1.0, 'grad_norm': 2.5, 'learning_rate': 0.0, 'epoch': 1.0}\n\
                {'eval_loss': 0.875, 'eval_runtime': 0.5, 'epoch': 1.0}\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "loss"), [(0, 0, 1.25), (1, 0, 1.0)]);
    assert_eq!(values(&log, "stdout", "eval_loss"), [(1, 0, 0.875)]);
}

#[test]
fn rounds_of_boosting_are_steps() {
    // XGBoost, LightGBM and CatBoost.
    for text in [
        "[0]\ttrain-rmse:0.5\ttest-rmse:0.75\n[1]\ttrain-rmse:0.25\ttest-rmse:0.5\n",
        "[LightGBM] [Info] Total Bins 255\n[0]\ttrain's rmse: 0.5\ttest-rmse: 0.75\n[1]\ttrain's rmse: 0.25\ttest-rmse: 0.5\n",
        "0:\tlearn: 0.5\ttest-rmse: 0.75\tbest: 0.75 (0)\ttotal: 1ms\tremaining: 3us\n1:\tlearn: 0.25\ttest-rmse: 0.5\n",
    ] {
        assert_eq!(
            values(&read(text), "stdout", "test-rmse"),
            [(0, 0, 0.75), (1, 0, 0.5)],
            "{text}"
        );
    }
}

#[test]
fn fairseqs_columns_are_read_by_phase() {
    let text = "2021-01-01 00:00:00 | INFO | train_inner | epoch 001:    100 / 500 loss=9.8, ppl=512.5, num_updates=100, lr=1e-05\n\
                2021-01-01 00:00:01 | INFO | valid | epoch 001 | valid on 'valid' subset | loss 5.125 | ppl 35 | num_updates 500\n";
    let log = read(text);
    assert_eq!(values(&log, "train", "loss"), [(1, 100, 9.8)]);
    assert_eq!(values(&log, "val", "loss"), [(1, 0, 5.125)]);
}

#[test]
fn what_is_printed_before_the_first_epoch_and_after_the_last_belongs_to_these() {
    let log = read(
        "lr: 0.1\nparameters: 1200\nepoch: 1 loss: 0.5\nepoch: 2 loss: 0.25\nbest val_acc: 0.93\n",
    );
    assert_eq!(values(&log, "stdout", "loss"), [(1, 0, 0.5), (2, 0, 0.25)]);
    assert_eq!(values(&log, "stdout", "parameters"), [(1, 0, 1200.0)]);
    assert_eq!(values(&log, "stdout", "best_val_acc"), [(2, 0, 0.93)]);
    // Without any place, the number of the line is one.
    assert_eq!(values(&read("begins\nval_acc: 0.93\n"), "stdout", "val_acc"), [(2, 0, 0.93)]);
}

#[test]
fn a_program_that_begins_anew_leaves_no_later_epoch_behind() {
    let log = read(
        "epoch 1 loss: 5\nepoch 2 loss: 4\nepoch 3 loss: 3\nepoch 1 loss: 2\nepoch 2 loss: 1\n",
    );
    assert_eq!(values(&log, "stdout", "loss"), [(1, 0, 2.0), (2, 0, 1.0)]);
    // The best epoch of the end is none.
    let log = read("epoch 1 loss: 5\nepoch 2 loss: 4\nbest epoch: 1, val_loss: 3\n");
    assert_eq!(values(&log, "stdout", "loss").len(), 2);
    assert_eq!(values(&log, "stdout", "val_loss"), [(2, 0, 3.0)]);
}

#[test]
fn a_guess_takes_lines_of_metrics_only() {
    let guess = |text: &str| {
        read_text(
            &KeyvalueReader { lines: PrintedLines::WithMetric(vec!["residual".to_owned()]) },
            "stdout",
            text.as_bytes(),
        )
        .0
    };
    assert!(guess("batch_size: 32\nseed: 3\nport: 8080\n").is_empty());
    // The objective, whatever its name.
    assert_eq!(values(&guess("residual = 0.5\n"), "stdout", "residual"), [(1, 0, 0.5)]);
    assert_eq!(
        values(&guess("batch_size: 32\nepoch 1: acc: 0.5 lr: 0.1\n"), "stdout", "lr"),
        [(1, 0, 0.1)]
    );
}

#[test]
fn the_times_of_loggers_are_no_metrics() {
    for prefix in [
        "2024-05-08 12:00:00,123 - INFO - ",
        "2024-05-08 12:00:00.123 | INFO     | __main__:main:12 - ",
        "INFO:root:",
        "[2024-05-08 12:00:00] train.py:12: ",
        "I0508 12:00:00.123456 140123 train.py:123] ",
    ] {
        let log = read(&format!("{prefix}epoch 3 loss: 0.5\n"));
        assert_eq!(values(&log, "stdout", "loss"), [(3, 0, 0.5)], "{prefix}");
        let Some(LoggedType::Series(series)) = log.get("stdout") else { panic!("no rows") };
        assert_eq!(series.names, ["loss", "epoch"], "{prefix}");
    }
}

#[test]
fn lines_below_a_header_that_begins_with_epoch_are_rows() {
    // fastai: `Learner.fit`.
    let text = "epoch     train_loss  valid_loss  accuracy  time    \n0         1.5         1.25        0.5       00:03     \n\
                1         1.0         0.75        0.625     00:03     \nsaved 3 4 5 6\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "valid_loss"), [(0, 0, 1.25), (1, 0, 0.75)]);
    assert_eq!(values(&log, "stdout", "time"), [], "a time of day is no number");
    // A sentence is no header, and a row of more words no row.
    for text in ["Epoch done\n1 2\n", "epoch a b\n1 2 3 4\n", "epoch a: 3 b\n1 2 3 4\n"] {
        assert_eq!(values(&read(text), "stdout", "b"), [], "{text}");
    }
}

#[test]
fn a_table_between_bars_is_one_record_at_the_place_that_a_line_of_it_names() {
    let table = |steps: u32, reward: f64| {
        format!(
            "-----\n| rollout/ | |\n|    rew_mean | {reward} |\n| time/ | |\n|    total_timesteps | {steps} |\n|    device | cpu |\n-----\n"
        )
    };
    let text = format!("{}{}| loose | 3 |\nends\n", table(128, 1.5), table(256, 2.5));
    let log = read(&text);
    assert_eq!(values(&log, "stdout", "rollout/rew_mean"), [(128, 0, 1.5), (256, 0, 2.5)]);
    assert_eq!(values(&log, "stdout", "loose"), [], "no line of dashes ends it");
}

#[test]
fn a_line_of_many_settings_is_none_of_metrics() {
    let guess = |text: &str| {
        let lines = PrintedLines::WithMetric(Vec::new());
        read_text(&KeyvalueReader { lines }, "stdout", text.as_bytes()).0
    };
    let settings: Vec<String> = (0..15).map(|n| format!("s{}=1", char::from(b'a' + n))).collect();
    assert!(guess(&format!("iou=0.5, {}\n", settings.join(", "))).is_empty());
    assert!(!guess("iou=0.5, lr=1, mom=2\n").is_empty());
}

#[test]
fn the_sum_of_a_validation_belongs_to_it_and_the_end_of_an_epoch_is_not_its_first_step() {
    // facebookresearch/detr: util/misc.py.
    let text = "Epoch: [0]  [0/8]  loss: 4.5 (4.5)\nEpoch: [0]  [7/8]  loss: 2.5 (3.5)\nEpoch: [0] Total time: 0:00:01\n\
                Averaged stats: loss: 2.5 (3.5)\nTest:  [3/4]  loss: 1.5 (1.75)\nTest: Total time: 0:00:01\nAveraged stats: loss: 1.5 (1.75)\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "loss"), [(0, 0, 4.5), (0, 7, 2.5)]);
    assert_eq!(values(&log, "test", "loss"), [(0, 0, 1.5)]);
}

#[test]
fn a_metric_is_read_that_only_a_blank_stands_behind() {
    // karpathy/nanoGPT: train.py.
    let text = "number of parameters: 10.65M\nstep 0: train loss 4.2874, val loss 4.2823\n\
                iter 0: loss 4.2649, time 32381.07ms, mfu -100.00%\nstep 250: train loss 1.9622, val loss 2.0623\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "val_loss"), [(0, 0, 4.2823), (250, 0, 2.0623)]);
    assert_eq!(values(&log, "stdout", "loss"), [(0, 0, 4.2649)]);
    // pytorch/examples: word_language_model/main.py.
    let text = "| epoch   1 |   200/ 2983 lrs 20.00 | ms/batch 12.35 | loss  7.63 | ppl  2050.64\n\
                | end of epoch   1 | time: 38.02s | valid loss  5.60 | valid ppl   270.51\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "valid_loss"), [(1, 0, 5.6)]);
    assert_eq!(values(&log, "stdout", "ppl"), [(1, 0, 2050.64)]);
    // `print("epoch", epoch, "accuracy", accuracy)`, and prose.
    let text = "epoch 3 accuracy 0.5 lr 0.1\nit took 3.5 s, see section 4.2\n";
    let log = read(text);
    assert_eq!(values(&log, "stdout", "accuracy"), [(3, 0, 0.5)]);
    assert_eq!(values(&log, "stdout", "took"), []);
}
