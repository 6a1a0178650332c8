//! Reads the run of a file of Weights & Biases, but for what it logged: its config, and how it ended.
//!
//! The fields that are read of a record (`wandb_internal.proto`) are the config (5), the run (17: its id (1), config (4), name (8),
//! host (13) and start (17)) and the exit (18: the code (1) and the seconds (2)).

use std::io::{self, Read};

use super::protobuf::{ProtoField, ProtoMessage};
use super::wandb::{each_record, item};
use crate::collect::log_value::LogValue;

/// A run of Weights & Biases, without what it logged.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct WandbRun {
    /// Its id; empty of a file without a run.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) host: String,
    /// Its config by key, in the order in which it was set.
    pub(crate) config: Vec<(String, LogValue)>,
    /// The start, in milliseconds since 1970.
    pub(crate) started: Option<i64>,
    /// The seconds that it took, once it has ended.
    pub(crate) seconds: Option<i64>,
    /// The exit code, once it has ended.
    pub(crate) exit_code: Option<i32>,
}

impl WandbRun {
    /// Reads a file; `None` of one that is not of Weights & Biases.
    pub(crate) fn read(input: &mut dyn Read) -> io::Result<Option<Self>> {
        let mut run = Self::default();
        let is_run = each_record(input, &mut |record| {
            // What a damaged record says before its fault counts.
            let _ = run.add(record);
        })?;
        Ok(is_run.then_some(run))
    }

    fn add(&mut self, record: &[u8]) -> Option<()> {
        for field in ProtoMessage(record) {
            match field? {
                (5, ProtoField::Bytes(config)) => self.add_config(config)?,
                (17, ProtoField::Bytes(run)) => self.add_run(run)?,
                (18, ProtoField::Bytes(exit)) => self.add_exit(exit)?,
                _ => {}
            }
        }
        Some(())
    }

    fn add_run(&mut self, run: &[u8]) -> Option<()> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        for field in ProtoMessage(run) {
            match field? {
                (1, ProtoField::Bytes(id)) => self.id = text(id),
                (4, ProtoField::Bytes(config)) => self.add_config(config)?,
                (8, ProtoField::Bytes(name)) => self.name = text(name),
                (13, ProtoField::Bytes(host)) => self.host = text(host),
                (17, ProtoField::Bytes(time)) => self.started = milliseconds(time),
                _ => {}
            }
        }
        Some(())
    }

    /// Takes values of the config; those of the library's own key are none.
    fn add_config(&mut self, config: &[u8]) -> Option<()> {
        for field in ProtoMessage(config) {
            let (is_update, bytes) = match field? {
                (1, ProtoField::Bytes(update)) => (true, update),
                (2, ProtoField::Bytes(remove)) => (false, remove),
                _ => continue,
            };
            let (name, value) = item(bytes)?;
            match self.config.iter().position(|(known, _)| *known == name) {
                Some(at) if is_update => self.config[at].1 = value,
                Some(at) => drop(self.config.remove(at)),
                None if is_update && !is_internal(&name) => self.config.push((name, value)),
                None => {}
            }
        }
        Some(())
    }

    fn add_exit(&mut self, exit: &[u8]) -> Option<()> {
        // What is 0 is not written.
        (self.exit_code, self.seconds) = (Some(0), Some(0));
        for field in ProtoMessage(exit) {
            match field? {
                (1, ProtoField::Varint(code)) => {
                    self.exit_code = i32::try_from(code.cast_signed()).ok();
                }
                (2, ProtoField::Varint(seconds)) => self.seconds = i64::try_from(seconds).ok(),
                _ => {}
            }
        }
        Some(())
    }
}

fn is_internal(name: &str) -> bool {
    name == "_wandb" || name.starts_with("_wandb.")
}

/// Returns the milliseconds of a time: its seconds (1) and nanoseconds (2).
fn milliseconds(time: &[u8]) -> Option<i64> {
    let (mut seconds, mut nanoseconds) = (0, 0);
    for field in ProtoMessage(time) {
        match field? {
            (1, ProtoField::Varint(number)) => seconds = number.cast_signed(),
            (2, ProtoField::Varint(number)) => nanoseconds = number.cast_signed(),
            _ => {}
        }
    }
    seconds.checked_mul(1000)?.checked_add(nanoseconds / 1_000_000)
}
