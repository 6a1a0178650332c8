//! `sweep_collect` killed at random moments: every file is the old one or the new one.

use std::fs::{self, File};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

use crate::bin;
use crate::logs::{Logs, text_of};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const KILLS: usize = 80;

/// Two states of the logs, between which the sweep goes back and forth.
struct TwoLogs {
    logs: Logs,
    texts: [String; 2],
}

impl TwoLogs {
    fn new() -> Self {
        let logs = Logs::optim();
        let whole = fs::read_to_string(logs.of_job(5, "stdout.log")).unwrap();
        let short = text_of(whole.lines().take(40));
        Self { logs, texts: [whole, short] }
    }

    fn set(&self, state: usize) {
        fs::write(self.logs.of_job(5, "stdout.log"), &self.texts[state]).unwrap();
    }

    /// What a collect that runs to its end writes of a state; in the second one job is unfinished,
    /// which its exit code says.
    fn outputs(&self, state: usize) -> [Vec<u8>; 3] {
        self.set(state);
        self.logs.collect(&["-q"]).expect(i32::try_from(state).unwrap());
        self.logs.outputs().map(|bytes| bytes.expect("collect writes it"))
    }

    fn temporary(&self) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(self.logs.path("")).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with(".tmp-")).collect()
    }
}

#[test]
fn a_collect_that_is_killed_leaves_every_file_old_or_new_and_the_next_one_repairs() {
    let _alone = crate::alone();
    let sweep = TwoLogs::new();
    let expected = [sweep.outputs(0), sweep.outputs(1)];
    assert!((0..3).all(|file| expected[0][file] != expected[1][file]));
    let mut random = ChaCha8Rng::seed_from_u64(2);
    for kill in 0..KILLS {
        sweep.set(kill % 2);
        let mut command = sweep.logs.sandbox.command(bin!("sweep_collect"));
        command.args(sweep.logs.args()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the binary starts");
        std::thread::sleep(Duration::from_micros(random.random_range(0..120_000)));
        child.kill().expect("it was ours to kill");
        child.wait().expect("it ended");
        for (file, bytes) in sweep.logs.outputs().into_iter().enumerate() {
            let bytes = bytes.expect("a file that was there stays");
            assert!(
                bytes == expected[0][file] || bytes == expected[1][file],
                "file {file} is neither old nor new after kill {kill}"
            );
        }
    }
    assert!(sweep.outputs(0) == expected[0], "the next collect repairs");

    let long_ago = SystemTime::now() - Duration::from_hours(2);
    let young = sweep.logs.path(".tmp-young");
    fs::write(&young, "another collect may be writing this").unwrap();
    fs::write(sweep.logs.path(".tmp-old"), "left by a kill").unwrap();
    for path in sweep.temporary().iter().filter(|path| **path != young) {
        File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    }
    sweep.logs.collect(&["-q"]).expect(0);
    assert_eq!(sweep.temporary(), [young], "what has no writer any more is gone");
}
