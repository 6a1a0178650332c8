//! Size and cost of a pycls network from its config, without a deep-learning library.
//!
//! `fields` lists the keys that describe a network, with pycls's types; `defaults` has its default
//! config and `schema` completes a config with it. A family (`anynet`, `effnet`, `resnet`, `vit`)
//! reads its own keys and adds up its layers (`layers`); `model` is a network of any family. `scale`
//! rewrites a config as pycls's setup does before it counts, `outline` reads what is drawn.
//! All figures equal those of pycls 5719de6 to the last unit, quirks included.

mod anynet;
mod block_fit;
mod complexity;
mod defaults;
mod effnet;
mod fields;
mod layers;
mod literal;
mod model;
mod outline;
pub mod regnet;
mod resnet;
mod rounding;
pub mod scale;
mod schema;
mod vit;

pub use complexity::{Complexity, StageShape};
pub use defaults::{defaults, read_defaults, read_kept_defaults};
pub use fields::{ModelError, ModelField, ModelFields, WholeConfig};
pub use model::NetworkModel;
pub use outline::{BlockGroup, NetworkKind, NetworkOutline};
pub use schema::complete;

#[cfg(test)]
mod golden;
