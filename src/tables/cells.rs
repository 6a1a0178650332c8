//! The values of a page, as the encodings of Parquet have them.

use super::hybrid::HybridDecoder;

/// A value that is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum PageCell<'a> {
    Number(f64),
    Truth(bool),
    Text(&'a str),
}

/// How the values of a column are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoredType {
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float,
    Double,
    Bool,
    Text,
}

impl StoredType {
    /// Returns the number of bytes of a number; `None` of what is no number.
    fn width(self) -> Option<usize> {
        match self {
            Self::Int32 | Self::UInt32 | Self::Float => Some(4),
            Self::Int64 | Self::UInt64 | Self::Double => Some(8),
            Self::Bool | Self::Text => None,
        }
    }

    /// Returns the number that these bytes are, which are as many as [`StoredType::width`] says, the lowest first.
    #[expect(clippy::cast_precision_loss, reason = "columns know one type of numbers")]
    fn number(self, bytes: &[u8]) -> Option<f64> {
        let four = || <[u8; 4]>::try_from(bytes).ok();
        let eight = || <[u8; 8]>::try_from(bytes).ok();
        Some(match self {
            Self::Int32 => f64::from(i32::from_le_bytes(four()?)),
            Self::UInt32 => f64::from(u32::from_le_bytes(four()?)),
            Self::Float => f64::from(f32::from_le_bytes(four()?)),
            Self::Int64 => i64::from_le_bytes(eight()?) as f64,
            Self::UInt64 => u64::from_le_bytes(eight()?) as f64,
            Self::Double => f64::from_le_bytes(eight()?),
            Self::Bool | Self::Text => return None,
        })
    }
}

/// The values of a page, one after the other.
#[derive(Debug)]
pub(super) enum CellSource<'a> {
    /// Values as they are.
    Plain { stored: StoredType, bytes: &'a [u8] },
    /// Truth values, a bit each.
    Bits { bytes: &'a [u8], at: usize },
    /// Truth values in runs.
    Truths(HybridDecoder<'a>),
    /// Numbers of which the first bytes of all stand together, then the second ones, …
    Split { stored: StoredType, bytes: &'a [u8], at: usize },
    /// Places in a dictionary.
    Places { places: HybridDecoder<'a>, dictionary: &'a [PageCell<'a>] },
}

impl<'a> CellSource<'a> {
    /// Returns the source of plain values of that type.
    pub(super) fn plain(stored: StoredType, bytes: &'a [u8]) -> Self {
        match stored {
            StoredType::Bool => Self::Bits { bytes, at: 0 },
            _ => Self::Plain { stored, bytes },
        }
    }

    /// Returns the next value, and how many times it follows itself at least: at most `most`. `None` if there is none
    /// more, or it is damaged.
    pub(super) fn next(&mut self, most: usize) -> Option<(PageCell<'a>, usize)> {
        match self {
            Self::Plain { stored, bytes } => {
                let (cell, rest) = plain(*stored, bytes)?;
                *bytes = rest;
                Some((cell, 1))
            }
            Self::Bits { bytes, at } => {
                let byte = bytes.get(*at / 8)?;
                let truth = byte >> (*at % 8) & 1 == 1;
                *at += 1;
                Some((PageCell::Truth(truth), 1))
            }
            Self::Truths(runs) => {
                let (value, times) = runs.next(most)?;
                Some((PageCell::Truth(value != 0), times))
            }
            Self::Split { stored, bytes, at } => {
                let width = stored.width()?;
                let stride = bytes.len() / width;
                if *at >= stride {
                    return None;
                }
                let mut value = [0; 8];
                for (i, byte) in value[..width].iter_mut().enumerate() {
                    *byte = bytes[i * stride + *at];
                }
                *at += 1;
                Some((PageCell::Number(stored.number(&value[..width])?), 1))
            }
            Self::Places { places, dictionary } => {
                let (place, times) = places.next(most)?;
                Some((*dictionary.get(usize::try_from(place).ok()?)?, times))
            }
        }
    }
}

/// Returns the first of plain values, and the bytes after it.
fn plain(stored: StoredType, bytes: &[u8]) -> Option<(PageCell<'_>, &[u8])> {
    let width = match stored.width() {
        Some(width) => width,
        None => text_length(bytes)?,
    };
    let (value, rest) = bytes.split_at_checked(width)?;
    let cell = match stored {
        StoredType::Text => PageCell::Text(std::str::from_utf8(value.get(4..)?).ok()?),
        stored => PageCell::Number(stored.number(value)?),
    };
    Some((cell, rest))
}

/// Returns the number of bytes of a text and of its length before it.
fn text_length(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_le_bytes(*bytes.first_chunk::<4>()?);
    usize::try_from(length).ok()?.checked_add(4)
}
