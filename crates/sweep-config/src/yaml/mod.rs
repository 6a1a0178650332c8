//! YAML in and out, with the meaning that PyYAML gives it.
//!
//! Sweep configs come from PyYAML users and job configs go to PyYAML programs, so both directions
//! follow YAML 1.1 as PyYAML's safe loader has it: `on` is true, `1_000` is a thousand, `12:30` is
//! 750. One thing is kinder: a number such as `1e-5`, text for PyYAML, is a number here.
//!
//! Reading goes event by event (`granit-parser`) into a tree in which every value and key knows its
//! line and column, since a config is to be reported on as a whole. Writing leaves the quoting of
//! texts to `serde_yaml` (here: `serde-saphyr`), whose choices PyYAML was measured to read back.

mod compose;
mod node;
mod read;
mod resolve;
mod write;

pub(crate) use node::{Entry, Mark, Node, NodeKind};
pub use read::{read, read_file};
pub(crate) use read::{read_node, read_text};
pub use write::write;
