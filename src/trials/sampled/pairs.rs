//! The sampled values of one job as JSON that keeps their types and order.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sweep_config::Value;

use super::line::{SampledPairs, TypedJson};

/// Sampled values by name, in their order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct TypedPairs(pub(crate) Vec<(String, Value)>);

impl Serialize for TypedPairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, TypedJson(value))))
    }
}

impl<'de> Deserialize<'de> for TypedPairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let SampledPairs(pairs) = SampledPairs::deserialize(deserializer)?;
        let typed = pairs.into_iter().map(|(name, value)| (name.into_owned(), value.into()));
        Ok(Self(typed.collect()))
    }
}
