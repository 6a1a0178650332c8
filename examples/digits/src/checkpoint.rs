//! Checkpoints: all that a run needs to go on as if it had never stopped.
//!
//! `checkpoints/model_epoch_0010.bin` holds a line of JSON ([`CheckpointHeader`]), then the weights, the
//! velocities and the averaged weights as little-endian `f32`, then the CRC-32 of all before it.
//! The order of the images depends on seed and epoch only, so that no state of a random number
//! generator needs to be kept.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Crc;
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// The part of a run that changes while it goes on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct State {
    /// Epochs that are done.
    pub(crate) epochs: usize,
    /// The weights.
    pub(crate) params: Vec<f32>,
    /// The velocity of each.
    pub(crate) velocity: Vec<f32>,
    /// The averaged weights.
    pub(crate) ema: Vec<f32>,
    /// The lowest errors so far of the weights.
    pub(crate) best: LowestErrors,
    /// The lowest errors so far of the averaged weights.
    pub(crate) best_ema: LowestErrors,
}

/// The lowest top-1 and top-5 errors so far, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct LowestErrors {
    /// Top-1.
    pub(crate) top1: f64,
    /// Top-5.
    pub(crate) top5: f64,
}

impl Default for LowestErrors {
    fn default() -> Self {
        Self { top1: 100.0, top5: 100.0 }
    }
}

/// The first line of a checkpoint.
#[derive(Debug, Serialize, Deserialize)]
struct CheckpointHeader {
    format_version: u32,
    config: Config,
    epochs: usize,
    best: LowestErrors,
    best_ema: LowestErrors,
}

const FORMAT_VERSION: u32 = 1;

/// The checkpoint of an earlier run, if there is one.
#[derive(Debug, PartialEq)]
pub(crate) enum FoundCheckpoint {
    /// No checkpoint that can be read.
    Nothing,
    /// The newest one of the same config.
    State(Box<State>),
    /// The newest one is of another config.
    OtherConfig(PathBuf),
}

/// The checkpoints of one run.
pub(crate) struct CheckpointDir {
    dir: PathBuf,
}

impl CheckpointDir {
    /// Those below an output directory.
    pub(crate) fn new(out_dir: &Path) -> Self {
        Self { dir: out_dir.join("checkpoints") }
    }

    /// Saves a state, whole or not at all, and says where.
    pub(crate) fn save(&self, config: &Config, state: &State) -> io::Result<PathBuf> {
        fs::DirBuilder::new().recursive(true).create(&self.dir)?;
        let path = self.dir.join(format!("model_epoch_{:04}.bin", state.epochs));
        write_whole(&path, &encode(config, state)?)?;
        Ok(path)
    }

    /// The newest state that can be read; hands the path of any damaged one to `damaged`.
    pub(crate) fn newest(
        &self,
        config: &Config,
        mut damaged: impl FnMut(&Path) -> io::Result<()>,
    ) -> io::Result<FoundCheckpoint> {
        for path in self.paths()?.iter().rev() {
            match decode(&fs::read(path)?) {
                Some((of, _)) if !same_run(&of, config) => {
                    return Ok(FoundCheckpoint::OtherConfig(path.clone()));
                }
                Some((_, state)) => return Ok(FoundCheckpoint::State(Box::new(state))),
                None => damaged(path)?,
            }
        }
        Ok(FoundCheckpoint::Nothing)
    }

    /// All of them, oldest first.
    fn paths(&self) -> io::Result<Vec<PathBuf>> {
        let entries = match fs::read_dir(&self.dir) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let paths: io::Result<Vec<PathBuf>> = entries.map(|entry| Ok(entry?.path())).collect();
        let mut paths = paths?;
        paths.retain(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with("model_epoch_") && path.extension().is_some_and(|end| end == "bin")
        });
        paths.sort_unstable();
        Ok(paths)
    }
}

/// True if and only if a run of one config may go on under the other: where it writes, what it is
/// called and how often it is saved change no weight.
fn same_run(one: &Config, other: &Config) -> bool {
    let essence = |config: &Config| {
        let mut config = Config { desc: String::new(), out_dir: String::new(), ..config.clone() };
        config.train.auto_resume = true;
        config.train.checkpoint_period = 1;
        config
    };
    essence(one) == essence(other)
}

fn encode(config: &Config, state: &State) -> io::Result<Vec<u8>> {
    let State { epochs, best, best_ema, .. } = *state;
    let config = config.clone();
    let header =
        CheckpointHeader { format_version: FORMAT_VERSION, config, epochs, best, best_ema };
    let mut bytes = serde_json::to_vec(&header)?;
    bytes.push(b'\n');
    for numbers in [&state.params, &state.velocity, &state.ema] {
        bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
    bytes.extend(crc(&bytes));
    Ok(bytes)
}

/// Nothing if it was cut, changed, or written by another version.
fn decode(bytes: &[u8]) -> Option<(Config, State)> {
    let (bytes, sum) = bytes.split_last_chunk::<4>()?;
    if crc(bytes) != *sum {
        return None;
    }
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let header: CheckpointHeader = serde_json::from_slice(&bytes[..end]).ok()?;
    let (chunks, rest) = bytes[end + 1..].as_chunks::<4>();
    if header.format_version != FORMAT_VERSION || !rest.is_empty() || chunks.len() % 3 != 0 {
        return None;
    }
    let numbers: Vec<f32> = chunks.iter().map(|chunk| f32::from_le_bytes(*chunk)).collect();
    let third = |i: usize| numbers[i * numbers.len() / 3..(i + 1) * numbers.len() / 3].to_vec();
    let CheckpointHeader { config, epochs, best, best_ema, .. } = header;
    let state =
        State { epochs, params: third(0), velocity: third(1), ema: third(2), best, best_ema };
    Some((config, state))
}

fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a program that a sweep runs knows nothing of the toolkit, its file functions included"
)]
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(temporary, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(epochs: usize) -> State {
        let numbers = |first: f32| vec![first, -0.0, f32::MIN_POSITIVE];
        State {
            epochs,
            params: numbers(0.1),
            velocity: numbers(0.2),
            ema: numbers(0.3),
            best: LowestErrors { top1: 100.0 / 3.0, top5: 0.1 },
            best_ema: LowestErrors::default(),
        }
    }

    fn newest(checkpoints: &CheckpointDir, config: &Config) -> (FoundCheckpoint, usize) {
        let mut damaged = 0;
        let found = checkpoints.newest(config, |_| {
            damaged += 1;
            Ok(())
        });
        (found.unwrap(), damaged)
    }

    #[test]
    fn the_newest_state_comes_back_bit_by_bit() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = CheckpointDir::new(dir.path());
        let config = Config::default();
        assert_eq!(newest(&checkpoints, &config), (FoundCheckpoint::Nothing, 0));
        for epochs in [10, 9] {
            checkpoints.save(&config, &state(epochs)).unwrap();
        }
        assert_eq!(newest(&checkpoints, &config), (FoundCheckpoint::State(Box::new(state(10))), 0));
    }

    #[test]
    fn a_checkpoint_cut_or_changed_anywhere_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = CheckpointDir::new(dir.path());
        let config = Config::default();
        checkpoints.save(&config, &state(1)).unwrap();
        let path = checkpoints.save(&config, &state(2)).unwrap();
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            for bytes in [&changed[..], &whole[..place]] {
                File::create(&path).unwrap().write_all(bytes).unwrap();
                let found = newest(&checkpoints, &config);
                assert_eq!(found, (FoundCheckpoint::State(Box::new(state(1))), 1), "byte {place}");
            }
        }
    }

    #[test]
    fn a_checkpoint_of_another_config_is_not_gone_on_with() {
        let dir = tempfile::tempdir().unwrap();
        let checkpoints = CheckpointDir::new(dir.path());
        let path = checkpoints.save(&Config::default(), &state(1)).unwrap();
        let other = Config { rng_seed: 2, ..Config::default() };
        assert_eq!(newest(&checkpoints, &other), (FoundCheckpoint::OtherConfig(path), 0));
        let renamed = Config { desc: "the same run".to_owned(), ..Config::default() };
        assert_eq!(newest(&checkpoints, &renamed), (FoundCheckpoint::State(Box::new(state(1))), 0));
    }
}
