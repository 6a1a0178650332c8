//! Logs and disks that are out to break a collect: a clear word on that job, and the rest goes on.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::os::unix::fs::symlink;
use std::process::Command;

use crate::bin;
use crate::logs::Logs;

/// The job that is odd.
const ODD: u32 = 2;

/// Writes the odd job's log.
fn write(logs: &Logs, pieces: impl Iterator<Item = Vec<u8>>) {
    let mut out = BufWriter::new(File::create(logs.of_job(ODD, "stdout.log")).unwrap());
    pieces.for_each(|piece| out.write_all(&piece).unwrap());
}

/// Collects within a gigabyte of memory, and gives what is remarked; the other jobs must be done.
fn remarks(logs: &Logs, code: i32) -> Vec<String> {
    let args = logs.args().join(" ");
    let command = format!("ulimit -v 1500000; exec {} {args} --json", bin!("sweep_collect"));
    let output = Command::new("bash").args(["-c", &command]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let status: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(status["states"]["done"].as_u64().unwrap() >= 3, "{status}");
    let remarks = status["remarks"].as_array().unwrap().iter();
    remarks.map(|remark| remark["kind"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_line_of_gigabytes_costs_no_memory_and_is_named() {
    let logs = Logs::four();
    // 2 GB, of which the disk holds nothing.
    let file = File::create(logs.of_job(ODD, "stdout.log")).unwrap();
    file.set_len(2_000_000_000).unwrap();
    assert_eq!(remarks(&logs, 1), ["long_line", "no_record"]);
}

#[test]
fn a_record_of_ten_million_keys_is_left_out() {
    let logs = Logs::four();
    let head = b"json_stats: {\"_type\": \"x\"".to_vec();
    let keys = (0..10_000_000).map(|i| format!(", \"k{i}\": {i}").into_bytes());
    write(&logs, std::iter::once(head).chain(keys).chain([b"}\n".to_vec()]));
    assert_eq!(remarks(&logs, 1), ["long_line", "no_record"]);
    let nested = (0..500_000).map(|i| format!("\"k{i}\": {i}, ").into_bytes());
    let head = b"json_stats: {\"_type\": \"cfg\", \"a\": {".to_vec();
    write(&logs, std::iter::once(head).chain(nested).chain([b"\"z\": 1}}\n".to_vec()]));
    assert_eq!(remarks(&logs, 1), ["no_record", "too_many_fields"]);
}

#[test]
fn nesting_nulls_and_foreign_bytes_are_named() {
    let logs = Logs::four();
    let deep =
        [b"json_stats: {\"_type\": \"x\", \"a\": ".to_vec(), vec![b'['; 200_000], b"\n".to_vec()];
    let bytes =
        [vec![0; 10_000], b"\njson_stats: {\"_type\": \"y\", \"a\": \"\xff\x00\"}\n".to_vec()];
    write(&logs, deep.into_iter().chain(bytes));
    assert_eq!(remarks(&logs, 1), ["no_record", "not_json"]);
}

#[test]
fn directories_and_links_that_lead_in_circles_are_named() {
    let logs = Logs::four();
    let log = logs.of_job(ODD, "stdout.log");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    symlink(logs.path("logs/000002"), logs.of_job(ODD, "circle")).unwrap();
    symlink(logs.of_job(ODD, "metrics.jsonl"), logs.of_job(ODD, "metrics.jsonl")).unwrap();
    assert_eq!(remarks(&logs, 1), ["unreadable"]);
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let logs = Logs::four();
    logs.collect(&[]).expect(0);
    let before = logs.outputs();
    logs.edit(ODD, |log| {
        format!("{log}\njson_stats: {{\"_type\": \"new\", \"a\": 1}}\n").into_bytes()
    });
    // No file may be larger than 4 KiB.
    let args = logs.args().join(" ");
    let command = format!("trap '' XFSZ; ulimit -f 4; exec {} {args}", bin!("sweep_collect"));
    let output = Command::new("bash").args(["-c", &command]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("cannot write") && said.contains("File too large"), "{said}");
    assert_eq!(logs.outputs(), before);
    logs.collect(&[]).expect(0);
    assert!(logs.outputs() != before);
}
