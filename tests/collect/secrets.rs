//! Credentials that programs print reach no table and no terminal.

use std::fs;

use crate::logs::Logs;

/// What a program says of itself before it dies.
const SAID: &str = "+ wandb login 0123456789abcdef-one\n\
                    > Authorization: Bearer key-two\n\
                    cloning https://me:key-three@host/x.git\n\
                    RuntimeError: 401 for --token key-four\n";

#[test]
fn credentials_in_logs_are_masked_in_tables_and_views() {
    let logs = Logs::empty("");
    for job in 0..2 {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "LR: 0.1\n").unwrap();
        fs::create_dir_all(logs.path(format!("logs/{job:06}"))).unwrap();
        fs::write(logs.of_job(job, "stdout.log"), SAID).unwrap();
        fs::write(logs.of_job(job, "stderr.log"), SAID).unwrap();
        let journal = "{\"event\":\"start\",\"attempt\":1,\"launch\":\"000001\",\"host\":\"h\",\"pid\":7,\"started\":\"2026-01-01T00:00:00Z\",\"command\":\"c\"}\n\
                       {\"event\":\"end\",\"attempt\":1,\"ended\":\"2026-01-01T01:00:00Z\",\"seconds\":3600.0,\"outcome\":\"failed\",\"exit_code\":1}\n";
        fs::write(logs.of_job(job, "attempts.jsonl"), journal).unwrap();
    }
    let mut shown = String::new();
    for args in [
        &[][..],
        &["--failed"],
        &["--jobs"],
        &["--job", "0"],
        &["--json"],
        &["--failed", "--json"],
        &["--job", "0", "--json"],
    ] {
        let run = logs.collect(args);
        shown += &(run.stdout + &run.stderr);
    }
    for file in ["sweep.json", "sweep.parquet"] {
        shown += &String::from_utf8_lossy(&fs::read(logs.path(file)).unwrap());
    }
    for secret in ["abcdef-one", "key-two", "key-three", "key-four"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    for rest in [
        "wandb login ***",
        "Bearer ***",
        "https://me:***@host/x.git",
        "RuntimeError: 401 for --token ***",
    ] {
        assert!(shown.contains(rest), "{rest}");
    }
}
