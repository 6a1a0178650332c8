//! Logs, journals and names that would steer a terminal are shown, and do nothing.

use std::fs;
use std::process::Command;

use crate::bin;
use crate::logs::Logs;

/// The clipboard, the title, a link, the bell, colours, an 8-bit sequence, and text from right to left.
const NASTY: &str = "\u{1b}]52;c;ZXZpbA==\u{7}\u{1b}]0;title\u{7}\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\\
                     \u{1b}[31mred\u{9b}2J\u{202e}txt\u{2066}\u{200f}\u{8}\u{7f}";

/// A text as YAML and JSON write it in ASCII alone.
fn quoted(text: &str) -> String {
    let json = serde_json::to_string(text).unwrap();
    let escaped = |c: char| {
        if c.is_ascii() && c != '\u{7f}' {
            c.to_string()
        } else {
            format!("\\u{:04x}", u32::from(c))
        }
    };
    json.chars().map(escaped).collect()
}

/// A sweep of two jobs whose names, log, host and reason are all of that kind.
fn nasty() -> Logs {
    let logs = Logs::empty("");
    let key = quoted(&format!("OPTIM{NASTY}"));
    let text = quoted(NASTY);
    let sentence = quoted(&format!("LR{NASTY} 0.1"));
    fs::write(logs.path("cfgs_summary.yaml"), format!("000000.yaml: {sentence}\n")).unwrap();
    for job in 0..2 {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), format!("{key}: {{A: {text}}}\n"))
            .unwrap();
        fs::create_dir_all(logs.path(format!("logs/{job:06}"))).unwrap();
        let stderr = format!("{NASTY}\nValueError: {NASTY}\n");
        fs::write(logs.of_job(job, "stderr.log"), stderr).unwrap();
        let stats =
            format!("{{\"_type\": \"test_epoch\", \"epoch\": \"1/2\", {text}: 1, \"x\": {text}}}");
        fs::write(logs.of_job(job, "stdout.log"), format!("{NASTY}\njson_stats: {stats}\n"))
            .unwrap();
        let journal = format!(
            "{{\"event\":\"start\",\"attempt\":1,\"launch\":\"000001\",\"host\":{text},\"pid\":7,\"started\":{text},\"command\":\"c\",\"slurm\":\"1_0\"}}\n\
             {{\"event\":\"end\",\"attempt\":1,\"ended\":\"2026-01-01T01:00:00Z\",\"seconds\":3600.0,\"outcome\":\"failed\",\"exit_code\":1,\"reason\":{}}}\n",
            serde_json::to_string(&format!("{NASTY}\nwarning: all is lost")).unwrap()
        );
        fs::write(logs.of_job(job, "attempts.jsonl"), journal).unwrap();
    }
    logs
}

/// What a terminal would act on.
fn steering(text: &str) -> Vec<char> {
    let acts = |c: &char| {
        let is_bidi = matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        is_bidi || (c.is_control() && !matches!(c, '\n' | '\t'))
    };
    text.chars().filter(acts).collect()
}

#[test]
fn no_view_lets_a_log_or_a_journal_steer_the_terminal() {
    let logs = nasty();
    for args in [&[][..], &["--jobs"], &["--failed"], &["--job", "0"], &["--dry-run"], &["--quiet"]]
    {
        let run = logs.collect(args).expect(1);
        assert_eq!(steering(&run.stdout), [], "{args:?}: {}", run.stdout.escape_debug());
        assert_eq!(steering(&run.stderr), [], "{args:?}: {}", run.stderr.escape_debug());
        assert!(
            !run.stdout.contains("\nwarning: all is lost"),
            "a line of its own: {}",
            run.stdout
        );
    }
    let job = logs.collect(&["--job", "0"]).expect(1).stdout;
    for part in [
        "\\u{1b}]52;c;ZXZpbA==\\u{7}",
        "\\u{9b}2J\\u{202e}txt\\u{2066}",
        "\\u{a}warning: all is lost",
    ] {
        assert!(job.contains(part), "{part}: {job}");
    }
}

#[test]
fn json_is_json_and_holds_no_character_that_steers() {
    let logs = nasty();
    for args in [&["--json"][..], &["--json", "--jobs"], &["--json", "--job", "0"]] {
        let run = logs.collect(args).expect(1);
        assert_eq!(steering(&run.stdout), [], "{args:?}");
        serde_json::from_str::<serde_json::Value>(&run.stdout).unwrap();
    }
    let run = logs.collect(&["--json", "--jobs"]).expect(1);
    let jobs: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(jobs[0]["host"], NASTY, "the same text, escaped");
}

#[test]
fn the_live_status_clears_the_screen_and_nothing_else_does() {
    let logs = nasty();
    let args = logs.args().join(" ");
    let command = format!("{} {args} --watch 2", bin!("sweep_collect"));
    let output = Command::new("script").args(["-qec", &command, "/dev/null"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout)
        .replace("\u{1b}[2J\u{1b}[H", "")
        .replace("\r\n", "\n");
    assert!(text.contains("ValueError"), "{text}");
    assert_eq!(steering(&text), [], "{}", text.escape_debug());
}

#[test]
fn an_error_that_quotes_a_file_is_a_text_too() {
    let logs = nasty();
    let config = fs::read_to_string(logs.path("sweep_cfg.yaml")).unwrap();
    let key = quoted(&format!("KEY{NASTY}"));
    fs::write(logs.path("sweep_cfg.yaml"), format!("{config}{key}: 1\n")).unwrap();
    let run = logs.collect(&[]).expect(2);
    assert!(run.stderr.contains("KEY\\u{1b}]52"), "{}", run.stderr.escape_debug());
    assert_eq!(steering(&run.stderr), []);
}
