//! Cells and headers in the forms that programs print: one odd cell costs one cell.

use crate::logs::{Logs, curve, jobs, number, one_job};

const LAST: &str = "ANALYZE: {OBJECTIVE: {METRIC: metrics.loss, OVER: last}}\n";

/// The objective of each job, as `--jobs --json` has it.
fn objectives(logs: &Logs) -> Vec<Option<f64>> {
    let run = logs.collect(&["--jobs", "--json"]).expect(1);
    let jobs: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    jobs.as_array().unwrap().iter().map(|job| job["objective"].as_f64()).collect()
}

#[test]
fn a_word_in_one_job_costs_no_other_job_its_number() {
    for (word, is_odd) in
        [("\"N/A\"", false), ("\"oops\"", true), ("[[1], 2]", true), ("null", false)]
    {
        let texts: Vec<String> = (0..6)
            .map(|job| match job {
                4 => format!("{{\"acc\": {word}}}"),
                _ => format!("{{\"acc\": 0.{job}}}"),
            })
            .collect();
        let files: Vec<[(&str, &str); 1]> =
            texts.iter().map(|text| [("results.json", &text[..])]).collect();
        let files: Vec<&[(&str, &str)]> = files.iter().map(|files| &files[..]).collect();
        let config = "ANALYZE: {OBJECTIVE: {METRIC: results.acc, GOAL: maximize}}\n";
        let logs = jobs(config, &files);
        let expected = [Some(0.0), Some(0.1), Some(0.2), Some(0.3), None, Some(0.5)];
        assert_eq!(objectives(&logs), expected, "{word}");
        assert_eq!(logs.table("sweep.parquet").doubles("results.acc"), expected, "{word}");
        let text = logs.collect(&[]).stdout;
        let shown = word.trim_matches('"').replace(' ', "");
        let remark =
            format!("1 value of `results.acc` is not a number, the first `{shown}` in job 000004");
        assert_eq!(text.contains(&remark), is_odd, "{remark}\n{text}");
    }
}

#[test]
fn a_column_of_words_stays_one_and_the_numbers_in_it_are_read_nevertheless() {
    let file = |text| [("results.json", text)];
    let files = [file("{\"acc\": \"low\"}"), file("{\"acc\": 0.5}"), file("{\"acc\": \"high\"}")];
    let files: Vec<&[(&str, &str)]> = files.iter().map(|files| &files[..]).collect();
    let logs = jobs("ANALYZE: {OBJECTIVE: {METRIC: results.acc, OVER: last}}\n", &files);
    assert_eq!(objectives(&logs), [None, Some(0.5), None]);
    let texts = logs.table("sweep.parquet").texts("results.acc");
    assert_eq!(texts[0].as_deref(), Some("\"low\""));
    assert!(logs.status(1)["odd_columns"].as_array().unwrap().is_empty());
}

#[test]
fn a_cell_of_a_series_that_is_no_number_is_missing_and_told() {
    for (cell, odd) in [("-", 0), ("N/A", 0), ("oops", 1)] {
        let csv = format!("epoch,loss\n1,0.5\n2,0.25\n3,{cell}\n");
        let logs = one_job(LAST, &[("metrics.csv", &csv)]);
        assert_eq!(objectives(&logs), [Some(0.25)], "{cell}");
        let table = logs.table("sweep.parquet");
        assert_eq!(number(&table, "metrics.loss.max"), Some(0.5));
        let status = logs.status(1);
        assert_eq!(status["odd_columns"].as_array().unwrap().len(), odd, "{cell}");
        if odd > 0 {
            assert_eq!(
                status["odd_columns"][0]["text"],
                "1 value of `metrics.loss` is not a number, the first `oops` in job 000000"
            );
        }
    }
}

#[test]
fn numbers_are_read_in_the_forms_that_programs_print() {
    let row = |epoch, cell| format!("{epoch},{cell}\n");
    let cells =
        ["\"0.5\"", "50.5%", "\"tensor(0.5, device='cuda:0')\"", "\u{1b}[1m0.5\u{1b}[0m", "0.5"];
    let csv = (1..)
        .zip(cells)
        .map(|(epoch, cell): (i32, &str)| row(epoch, cell))
        .collect::<Vec<_>>()
        .concat();
    let logs = one_job("", &[("metrics.csv", &format!("epoch,loss\n{csv}"))]);
    logs.collect(&[]).expect(1);
    let expected = [(1, 0.5), (2, 50.5), (3, 0.5), (4, 0.5), (5, 0.5)];
    assert_eq!(curve(&logs, "metrics", "loss"), expected);

    let printed = "val_loss=\u{1b}[1m0.5\u{1b}[0m epoch=1\nval_loss=tensor(0.25) epoch=2\nval_loss=0.125 epoch=3";
    let config = r"COLLECT: {READERS: [{READER: regex, TYPE: run, PATTERN: 'val_loss=(?P<loss>.*) epoch=(?P<epoch>\d+)'}]}";
    let end = r#"{"event":"start","attempt":1,"launch":"","host":"h","pid":1,"started":"2026-01-01T00:00:00Z","command":"c"}
{"event":"end","attempt":1,"ended":"2026-01-01T01:00:00Z","seconds":1.0,"outcome":"done","exit_code":0,"reason":""}
"#;
    let logs = one_job(config, &[("stdout.log", printed), ("attempts.jsonl", end)]);
    logs.collect(&[]).expect(0);
    let expected = [(1, 0.5), (2, 0.25), (3, 0.125)];
    assert_eq!(
        curve(&logs, "run", "loss"),
        expected,
        "the last line of a job that is done is whole"
    );
}

#[test]
fn a_comma_is_what_the_column_shows_that_it_is() {
    let logs = one_job(
        "",
        &[
            ("metrics.csv", "epoch,n\n1,950\n2,\"8,641\"\n3,\"12,003\"\n"),
            ("history.csv", "epoch;loss;n\n1;0,95;1,234\n2;0,5;2,345\n3;1,125;3,456\n"),
        ],
    );
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "metrics", "n"), [(1, 950.0), (2, 8641.0), (3, 12003.0)]);
    assert_eq!(curve(&logs, "history", "loss"), [(1, 0.95), (2, 0.5), (3, 1.125)]);
    assert_eq!(curve(&logs, "history", "n")[2], (3, 3.456), "as those of the other column");
}

#[test]
fn short_lists_of_numbers_are_fields_and_histories_are_series() {
    let logs = one_job(
        "COLLECT: {READERS: [jsonl, {READER: results, FILES: [history.json, sacred.json, both.json]}]}",
        &[
            (
                "metrics.jsonl",
                "{\"epoch\": 0, \"bbox\": [0.1, 0.2]}\n{\"epoch\": 1, \"bbox\": [0.3, NaN]}\n",
            ),
            ("history.json", "{\"loss\": [2, 1.5, 1], \"val_loss\": [3, null, 2]}"),
            (
                "sacred.json",
                "{\"loss\": {\"steps\": [0, 10], \"timestamps\": [\"a\", \"b\"], \"values\": [2.0, 1.0]}}",
            ),
            ("both.json", "{\"acc\": \"0.5\", \"fit\": {\"loss\": [4, 3], \"epoch\": [1, 2]}}"),
        ],
    );
    logs.collect(&[]).expect(1);
    assert_eq!(curve(&logs, "metrics", "bbox.0"), [(0, 0.1), (1, 0.3)]);
    assert_eq!(curve(&logs, "history", "loss"), [(1, 2.0), (2, 1.5), (3, 1.0)]);
    assert_eq!(curve(&logs, "history", "val_loss"), [(1, 3.0), (3, 2.0)]);
    assert_eq!(curve(&logs, "sacred", "loss"), [(0, 2.0), (10, 1.0)]);
    assert_eq!(curve(&logs, "fit", "loss"), [(1, 4.0), (2, 3.0)]);
    assert_eq!(number(&logs.table("sweep.parquet"), "both.acc"), Some(0.5));
}

#[test]
fn headers_may_be_padded_below_comments_or_absent() {
    let padded = "               epoch,         metrics/mAP50(B)\n                   1,   0.5\n                   2,  0.75\n";
    for (text, metric) in [
        (padded, "metrics/mAP50(B)"),
        ("#{\"t_start\": 1.5, \"env_id\": \"x\"}\nepoch,r\n1,0.5\n# resumed\n2,0.75\n", "r"),
        ("# epoch,r\n1,0.5\n2,0.75\n", "r"),
    ] {
        let logs = one_job("", &[("metrics.csv", text)]);
        logs.collect(&[]).expect(1);
        assert_eq!(curve(&logs, "metrics", metric), [(1, 0.5), (2, 0.75)], "{text}");
    }
    let logs = one_job("", &[("metrics.csv", "7,0.5\n8,0.75\n")]);
    let status = logs.status(1);
    assert!(
        status["remarks"].as_array().unwrap().iter().any(|remark| remark["kind"] == "no_header")
    );
    assert_eq!(curve(&logs, "metrics", "col1"), [(0, 0.5), (1, 0.75)]);
}

#[test]
fn an_infinity_that_passed_costs_no_value_and_one_that_stays_is_counted() {
    let csv = |values: [&str; 3]| {
        let rows =
            (1..).zip(values).map(|(epoch, value): (i32, &str)| format!("{epoch},{value}\n"));
        format!("epoch,psnr\n{}", rows.collect::<Vec<_>>().concat())
    };
    let texts =
        [["20", "inf", "24"], ["20", "21", "inf"], ["20", "21", "22"], ["nan", "nan", "nan"]]
            .map(csv);
    let files: Vec<[(&str, &str); 1]> =
        texts.iter().map(|text| [("metrics.csv", &text[..])]).collect();
    let files: Vec<&[(&str, &str)]> = files.iter().map(|files| &files[..]).collect();
    let config = "ANALYZE: {OBJECTIVE: {METRIC: metrics.psnr, GOAL: maximize, OVER: max}}\n";
    let logs = jobs(config, &files);
    assert_eq!(objectives(&logs), [Some(24.0), None, Some(22.0), None]);
    let status = logs.status(1);
    assert_eq!(status["objective"], serde_json::json!({"valued": 2, "infinite": 1, "without": 1}));
    assert_eq!(status["diverged"], 1, "that of NaN; the best there is did not diverge");
    let text = logs.collect(&[]).stdout;
    assert!(text.contains("infinite          1  with an infinite objective"), "{text}");
}

#[test]
fn commas_mean_what_the_other_cells_of_the_file_show() {
    for (file, expected) in [
        // Fractions with a point: a comma parts thousands.
        ("epoch;loss;params\n1;0.5;1,234\n2;0.25;12,345\n", Some(1234.0)),
        // Fractions with a comma.
        ("epoch;loss;params\n1;0,5;1,234\n2;0,25;2,345\n", Some(1.234)),
        // Nothing shows it: texts, as they stand there.
        ("epoch;loss;params\n1;3;1,234\n2;4;2,345\n", None),
    ] {
        let logs = one_job("", &[("metrics.csv", file)]);
        logs.collect(&[]);
        let table = logs.table("sweep.parquet");
        if let Some(expected) = expected {
            assert_eq!(curve(&logs, "metrics", "params")[0], (1, expected), "{file}");
        } else {
            assert_eq!(table.texts("metrics.params"), [Some("2,345".to_owned())]);
        }
    }
}
