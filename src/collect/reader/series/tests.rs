use super::*;
use crate::collect::reader::record::parse;

fn add_text(series: &mut LogSeries, text: &str, run: u32, line: u64) -> usize {
    let record = parse(text.as_bytes()).unwrap();
    let place = RowPlace::of(&record).unwrap();
    let values = series.values(record.fields.into_iter());
    series.add(values, place, run, line).superseded
}

fn add(series: &mut LogSeries, epoch: &str, run: u32, line: u64) -> usize {
    let text = format!(r#"{{"_type": "t", "epoch": "{epoch}", "line": {line}}}"#);
    add_text(series, &text, run, line)
}

fn lines(series: &LogSeries) -> Vec<(i64, u64)> {
    series.rows().iter().map(|row| (row.at.epoch, row.line)).collect()
}

#[test]
fn a_restart_from_scratch_supersedes_the_whole_first_run() {
    let mut series = LogSeries::default();
    for line in 1..=8 {
        add(&mut series, &format!("{line}/50"), 0, line);
    }
    assert_eq!(add(&mut series, "1/50", 0, 9), 8);
    assert_eq!(add(&mut series, "2/50", 0, 10), 0);
    assert_eq!(lines(&series), [(1, 9), (2, 10)]);
}

#[test]
fn a_resume_keeps_what_was_before_it() {
    let mut series = LogSeries::default();
    for line in 1..=25 {
        add(&mut series, &format!("{line}/50"), 0, line);
    }
    assert_eq!(add(&mut series, "21/50", 1, 26), 5);
    assert_eq!(lines(&series).last(), Some(&(21, 26)));
    assert_eq!(series.rows().len(), 21);
}

#[test]
fn a_resume_whose_first_epoch_had_been_torn_supersedes_what_follows_it() {
    let mut series = LogSeries::default();
    add(&mut series, "1/4", 0, 1);
    add(&mut series, "3/4", 0, 2);
    assert_eq!(add(&mut series, "2/4", 1, 3), 1);
    assert_eq!(lines(&series), [(1, 1), (2, 3)]);
}

#[test]
fn epochs_out_of_order_within_a_run_are_sorted() {
    let mut series = LogSeries::default();
    for (line, epoch) in (1..).zip(["1/4", "3/4", "2/4", "4/4"]) {
        assert_eq!(add(&mut series, epoch, 0, line), 0);
    }
    assert_eq!(lines(&series), [(1, 1), (2, 3), (3, 2), (4, 4)]);
}

#[test]
fn a_metric_that_a_record_lacks_is_null_there() {
    let mut series = LogSeries::default();
    for (line, fields) in (1..).zip([r#""a": 1"#, r#""b": 2, "a": 3"#, r#""b": null"#]) {
        let text = format!(r#"{{"_type": "t", "epoch": {line}, {fields}}}"#);
        add_text(&mut series, &text, 0, line);
    }
    assert_eq!(series.names, ["epoch", "a", "b"]);
    let column = |i| series.column(i).cloned().collect::<Vec<_>>();
    assert_eq!(column(1), [LogValue::Int(1), LogValue::Int(3), LogValue::Null]);
    assert_eq!(column(2), [LogValue::Null, LogValue::Int(2), LogValue::Null]);
    assert_eq!(series.incomplete(), (2, Some(1)));
}

#[test]
fn a_record_of_other_metrics_is_put_to_the_row_of_its_place() {
    let mut series = LogSeries::default();
    let texts = [r#"{"_type": "t", "epoch": 1, "a": 1}"#, r#"{"_type": "t", "epoch": 1, "b": 2}"#];
    for text in texts.iter().chain(&texts[1..]) {
        add_text(&mut series, text, 0, 1);
    }
    assert_eq!(series.rows().len(), 1);
    assert_eq!(series.rows()[0].value(1), &LogValue::Null, "the second `b` began the epoch anew");
    assert_eq!(series.rows()[0].value(2), &LogValue::Int(2));
}
