//! `SETUP.SAMPLERS`: how each parameter is drawn.

mod decimal;
mod decode;
mod law;

pub(super) use decode::decode;

use indexmap::IndexMap;

use crate::Value;

/// Draws one parameter (or, composite, several).
#[derive(Debug, Clone, PartialEq)]
pub enum Sampler {
    /// `value_sampler`: one of `VALUES`, each as likely.
    Value(Vec<Value>),
    /// `int_sampler` and `float_sampler`.
    Scalar(Law, Quantized),
    /// `list_sampler`: `LENGTH` items, each drawn on its own.
    List {
        /// How many items.
        length: usize,
        /// How each is drawn.
        item: Box<Sampler>,
    },
    /// `regnet_sampler`: the six parameters of a RegNet.
    Regnet(RegnetRanges),
    /// `choice_sampler`: one of its branches by name, each as likely, with the parameters of that
    /// branch; a constant there is a [`Sampler::Value`] of one value.
    Choice(IndexMap<String, IndexMap<String, Sampler>>),
}

impl Sampler {
    /// The parameters that it can set under its key, its own one included.
    #[must_use]
    pub fn params(&self, key: &str) -> Vec<String> {
        match self {
            Self::Regnet(_) => ["DEPTH", "W0", "WA", "WM", "GROUP_W", "BOT_MUL"]
                .map(|name| format!("{key}.{name}"))
                .to_vec(),
            Self::Choice(branches) => {
                let inner = branches.values().flatten();
                let inner = inner.flat_map(|(key, sampler)| sampler.params(key));
                std::iter::once(key.to_owned()).chain(inner).collect()
            }
            _ => vec![key.to_owned()],
        }
    }
}

/// The distribution of a scalar sampler (`RAND_TYPE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Law {
    /// `uniform`.
    Uniform,
    /// `log_uniform`.
    LogUniform,
    /// `power2_uniform`.
    Power2Uniform,
    /// `power2_or_log_uniform`.
    Power2OrLogUniform,
    /// `normal`.
    Normal,
    /// `log_normal`.
    LogNormal,
}

pub(super) const LAWS: [(&str, Law); 6] = [
    ("uniform", Law::Uniform),
    ("log_uniform", Law::LogUniform),
    ("power2_uniform", Law::Power2Uniform),
    ("power2_or_log_uniform", Law::Power2OrLogUniform),
    ("normal", Law::Normal),
    ("log_normal", Law::LogNormal),
];

/// A closed range of multiples of a quantum: `RANGE` and `QUANTIZE` of a scalar sampler.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quantized {
    /// Of an `int_sampler`.
    Int {
        /// The least value.
        low: i64,
        /// The greatest value.
        high: i64,
        /// Values are multiples of it.
        quantum: i64,
    },
    /// Of a `float_sampler`.
    Float {
        /// The least value.
        low: f64,
        /// The greatest value.
        high: f64,
        /// Values are multiples of it, in decimal.
        quantum: f64,
    },
}

/// The ranges of a `regnet_sampler`; its laws and quanta are fixed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegnetRanges {
    /// `DEPTH`: uniform, quantum 1.
    pub depth: (i64, i64),
    /// `W0`: log-uniform, quantum 8.
    pub w0: (i64, i64),
    /// `WA`: log-uniform, quantum 0.1.
    pub wa: (f64, f64),
    /// `WM`: log-uniform, quantum 0.001.
    pub wm: (f64, f64),
    /// `GROUP_W`: power of two or log-uniform, quantum 8.
    pub group_w: (i64, i64),
    /// `BOT_MUL`: power of two, quantum 1/128.
    pub bot_mul: (f64, f64),
}
