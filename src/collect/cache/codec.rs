//! Encodes values as bytes and decodes them, for the cache alone: only the same build reads them.
//!
//! Decoding never panics and never allocates more than its input could fill; damaged input is `None`.

use std::collections::BTreeMap;

use sweep_config::{Map, Value};

use crate::collect::log_value::LogValue;
use crate::collect::reader::OnceFields;

/// A type that the cache holds.
pub(crate) trait CacheCodec: Sized {
    /// Appends the value.
    fn put(&self, out: &mut Vec<u8>);
    /// Takes a value off the front.
    fn get(input: &mut &[u8]) -> Option<Self>;
}

/// Gives a struct [`CacheCodec`], one field after another.
macro_rules! codec_struct {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl $crate::collect::cache::codec::CacheCodec for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::collect::cache::codec::CacheCodec::put(&self.$field, out);)+
            }
            fn get(input: &mut &[u8]) -> Option<Self> {
                Some(Self { $($field: $crate::collect::cache::codec::CacheCodec::get(input)?,)+ })
            }
        }
    };
}
pub(crate) use codec_struct;

/// Takes bytes off the front.
pub(crate) fn take<'a>(input: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(len)?;
    *input = rest;
    Some(taken)
}

impl CacheCodec for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        take(input, 1).map(|byte| byte[0])
    }
}

impl CacheCodec for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        u8::get(input).map(|byte| byte != 0)
    }
}

/// Encodes seven bits in a byte, the lowest first.
impl CacheCodec for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(low_byte(rest) | 0x80);
            rest >>= 7;
        }
        out.push(low_byte(rest));
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = u8::get(input)?;
            value |= Self::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }
}

fn low_byte(value: u64) -> u8 {
    value.to_le_bytes()[0]
}

impl CacheCodec for u32 {
    fn put(&self, out: &mut Vec<u8>) {
        u64::from(*self).put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        u64::get(input)?.try_into().ok()
    }
}

impl CacheCodec for usize {
    fn put(&self, out: &mut Vec<u8>) {
        (*self as u64).put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        u64::get(input)?.try_into().ok()
    }
}

/// Encodes small numbers of either sign in few bytes.
impl CacheCodec for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((self << 1) ^ (self >> 63)).cast_unsigned().put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let value = u64::get(input)?;
        Some((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }
}

impl CacheCodec for i32 {
    fn put(&self, out: &mut Vec<u8>) {
        i64::from(*self).put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        i64::get(input)?.try_into().ok()
    }
}

impl CacheCodec for f64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.to_bits().to_le_bytes());
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        Some(Self::from_bits(u64::from_le_bytes(take(input, 8)?.try_into().ok()?)))
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    text.len().put(out);
    out.extend(text.as_bytes());
}

fn get_text<'a>(input: &mut &'a [u8]) -> Option<&'a str> {
    let len = usize::get(input)?;
    std::str::from_utf8(take(input, len)?).ok()
}

impl CacheCodec for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        get_text(input).map(str::to_owned)
    }
}

impl CacheCodec for OnceFields {
    fn put(&self, out: &mut Vec<u8>) {
        self.clone().into_named().put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        CacheCodec::get(input).map(Self::Named)
    }
}

impl<T: CacheCodec> CacheCodec for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        if bool::get(input)? { T::get(input).map(Some) } else { Some(None) }
    }
}

impl<T: CacheCodec> CacheCodec for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for value in self {
            value.put(out);
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        let len = usize::get(input)?;
        // Every value has a byte at least.
        let mut values = Self::with_capacity(len.min(input.len()));
        for _ in 0..len {
            values.push(T::get(input)?);
        }
        Some(values)
    }
}

impl<A: CacheCodec, B: CacheCodec> CacheCodec for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        Some((A::get(input)?, B::get(input)?))
    }
}

impl<K: CacheCodec + Ord, V: CacheCodec> CacheCodec for BTreeMap<K, V> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for (key, value) in self {
            key.put(out);
            value.put(out);
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        (0..usize::get(input)?).map(|_| <(K, V)>::get(input)).collect()
    }
}

impl CacheCodec for LogValue {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Bool(value) => {
                out.push(1);
                value.put(out);
            }
            Self::Int(value) => {
                out.push(2);
                value.put(out);
            }
            Self::Float(value) => {
                out.push(3);
                value.put(out);
            }
            Self::Text(text) => {
                out.push(4);
                put_text(text, out);
            }
            Self::Nested(value) => {
                out.push(5);
                value.put(out);
            }
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        Some(match u8::get(input)? {
            0 => Self::Null,
            1 => Self::Bool(CacheCodec::get(input)?),
            2 => Self::Int(CacheCodec::get(input)?),
            3 => Self::Float(CacheCodec::get(input)?),
            4 => Self::Text(get_text(input)?.into()),
            5 => Self::Nested(Box::new(CacheCodec::get(input)?)),
            _ => return None,
        })
    }
}

impl CacheCodec for Value {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Bool(value) => {
                out.push(1);
                value.put(out);
            }
            Self::Int(value) => {
                out.push(2);
                value.put(out);
            }
            Self::Float(value) => {
                out.push(3);
                value.put(out);
            }
            Self::Str(text) => {
                out.push(4);
                text.put(out);
            }
            Self::Timestamp(text) => {
                out.push(5);
                text.put(out);
            }
            Self::List(values) => {
                out.push(6);
                values.put(out);
            }
            Self::Map(map) => {
                out.push(7);
                map.len().put(out);
                for (key, value) in map {
                    key.put(out);
                    value.put(out);
                }
            }
            // What is collected has text for keys.
            Self::Keyed(_) => self.clone().with_text_keys().put(out),
        }
    }

    fn get(input: &mut &[u8]) -> Option<Self> {
        Some(match u8::get(input)? {
            0 => Self::Null,
            1 => Self::Bool(CacheCodec::get(input)?),
            2 => Self::Int(CacheCodec::get(input)?),
            3 => Self::Float(CacheCodec::get(input)?),
            4 => Self::Str(CacheCodec::get(input)?),
            5 => Self::Timestamp(CacheCodec::get(input)?),
            6 => Self::List(CacheCodec::get(input)?),
            7 => {
                let len = usize::get(input)?;
                let entries = (0..len).map(|_| <(String, Self)>::get(input));
                Self::Map(entries.collect::<Option<Map>>()?)
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests;
