//! YAML in and out, with the meaning that PyYAML gives it.
//!
//! Sweep configs come from PyYAML users and job configs go to PyYAML programs, so both directions
//! follow YAML 1.1 as PyYAML's safe loader has it: `on` is true, `1_000` is a thousand, `12:30` is
//! 750. Two things differ, both for the sake of people: a number such as `1e-5`, text for PyYAML, is a
//! number here; and a key that is no text (`on:`, `1:`), which PyYAML makes a truth value or a number,
//! is an error that asks for quotes, since the keys of a config are names.
//!
//! Reading goes event by event (`granit-parser`) into a tree in which every value and key knows its
//! line and column, since a config is to be reported on as a whole. Writing leaves the quoting of
//! texts to `serde_yaml` (here: `serde-saphyr`), whose choices PyYAML was measured to read back.

mod compose;
mod fault;
mod mapping;
mod node;
mod read;
mod resolve;
mod scalar;
mod syntax;
mod timestamp;
mod write;

pub use fault::YamlFault;
pub use node::{NodeForm, NodeKind, SourceMark, YamlEntry, YamlNode};
pub use read::{read, read_file, read_text, read_tree};
pub use resolve::{InvalidScalar, plain};
pub use timestamp::moment;
pub use write::{flow, write};
