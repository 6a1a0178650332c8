//! The jobs of the chaos run: what each is by its number, and what its program wrote down about itself.

use std::fs;
use std::path::Path;

/// The program, a script for `sh`.
pub const SCRIPT: &str = include_str!("program.sh");
/// The steps of a job that counts.
pub const STEPS: u32 = 10;

/// What a job is by its number; `program.sh` has the same rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobCharacter {
    /// It ends well.
    Sound,
    /// It ends well after [`STEPS`] steps, and keeps a checkpoint.
    Counting,
    /// It always fails.
    Broken,
}

impl JobCharacter {
    pub fn of(job: u32) -> Self {
        match job % 100 {
            73..90 => Self::Counting,
            96.. => Self::Broken,
            _ => Self::Sound,
        }
    }
}

/// What the program of a job wrote down: each of its lines has the attempt's number.
#[derive(Debug, Default)]
pub struct ProgramLog {
    pub starts: u32,
    /// The attempts that came to their own end, with their exit codes.
    pub ends: Vec<(u32, i32)>,
    /// The last step of each line that says one.
    pub last_step: u32,
}

impl ProgramLog {
    /// Reads what a job wrote down; nothing if it never ran.
    pub fn read(truth: &Path, job: u32) -> Self {
        let text = fs::read_to_string(truth.join(job.to_string())).unwrap_or_default();
        let mut log = Self::default();
        for line in text.lines() {
            let mut words = line.split(' ');
            let (word, attempt, value) = (words.next(), words.next(), words.next());
            let number =
                |word: Option<&str>| word.and_then(|it| it.parse::<i32>().ok()).unwrap_or(0);
            match word {
                Some("start") => log.starts += 1,
                Some("step") => log.last_step = number(value).unsigned_abs(),
                Some("end") => log.ends.push((number(attempt).unsigned_abs(), number(value))),
                _ => {}
            }
        }
        log
    }

    /// How often the program came to an end with exit code 0.
    pub fn successes(&self) -> usize {
        self.ends.iter().filter(|(_, code)| *code == 0).count()
    }
}
