//! The order of a parameter's values: that of its sampler, which says what comes first better than an alphabet.

use std::collections::BTreeMap;

use sweep_config::{Sampler, Sweep, Value};

use crate::trials::CellValue;

/// The order in which the samplers of a sweep list the values of each parameter.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ValueOrder(BTreeMap<String, Vec<CategoryKey>>);

impl ValueOrder {
    /// Returns the order of a sweep's samplers.
    pub(super) fn of(sweep: &Sweep) -> Self {
        let mut order = Self::default();
        for (key, sampler) in &sweep.setup.samplers {
            order.add(key, sampler);
        }
        order
    }

    /// Returns the values of a parameter in their order; none where no sampler lists them.
    pub(super) fn listed(&self, key: &str) -> &[CategoryKey] {
        self.0.get(key).map_or(&[], Vec::as_slice)
    }

    fn add(&mut self, key: &str, sampler: &Sampler) {
        match sampler.unconditional() {
            Sampler::Value(values) => self.extend(key, values.iter()),
            Sampler::Weighted(weighted) => self.extend(key, weighted.values.iter()),
            Sampler::Choice(choice) => {
                self.extend(key, choice.branches.iter().map(|branch| &branch.name));
                for (key, sampler) in choice.branches.iter().flat_map(|branch| &branch.samplers) {
                    self.add(key, sampler);
                }
            }
            _ => {}
        }
    }

    /// Adds values to those of a parameter.
    pub(super) fn extend<'v>(&mut self, key: &str, values: impl Iterator<Item = &'v Value>) {
        let known = self.0.entry(key.to_owned()).or_default();
        for value in values.map(|value| CategoryKey::of(&CellValue::from(value.clone()))) {
            if !known.contains(&value) {
                known.push(value);
            }
        }
    }
}

/// The identity of a category: two values with equal keys are one. It orders them where no sampler does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CategoryKey {
    /// Nothing.
    Nothing,
    /// A truth value.
    Truth(bool),
    /// The bits of a number, so that they are ordered as the numbers are.
    Number(u64),
    /// A text or a date.
    Text(String),
    /// A list or a mapping, spelled.
    Nested(String),
}

impl CategoryKey {
    /// Returns the key of a value.
    pub(super) fn of(value: &CellValue) -> Self {
        match value {
            CellValue::Null => Self::Nothing,
            CellValue::Bool(truth) => Self::Truth(*truth),
            CellValue::Text(text) => Self::Text(text.to_string()),
            CellValue::Nested(nested) => match nested.as_ref() {
                // A date in a column is text.
                Value::Timestamp(text) => Self::Text(text.clone()),
                _ => Self::Nested(value.spelled().into_owned()),
            },
            CellValue::Int(_) | CellValue::Float(_) => {
                let bits = value.number().map_or(u64::MAX, |number| (number + 0.0).to_bits());
                Self::Number(if bits >> 63 == 0 { bits | 1 << 63 } else { !bits })
            }
        }
    }
}
