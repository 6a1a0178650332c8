//! Parquet's hybrid of run lengths and packed bits: definition levels, places in a dictionary, truth values.

/// Decodes whole numbers of a fixed width.
#[derive(Debug)]
pub(super) struct HybridDecoder<'a> {
    bytes: &'a [u8],
    /// The bits of a number, at most 32.
    width: usize,
    run: HybridRun<'a>,
}

#[derive(Debug)]
enum HybridRun<'a> {
    Repeated { value: u32, left: usize },
    Packed { bytes: &'a [u8], at: usize, left: usize },
}

impl<'a> HybridDecoder<'a> {
    /// Makes a decoder of these bytes; `None` if numbers of that width do not exist.
    pub(super) fn new(bytes: &'a [u8], width: u8) -> Option<Self> {
        let width = usize::from(width);
        (width <= 32).then_some(Self {
            bytes,
            width,
            run: HybridRun::Repeated { value: 0, left: 0 },
        })
    }

    /// Returns the next number, and how many times it follows itself at least: at most `most`. `None` where the bytes
    /// end or are no such encoding.
    pub(super) fn next(&mut self, most: usize) -> Option<(u32, usize)> {
        loop {
            match &mut self.run {
                HybridRun::Repeated { value, left } if *left > 0 => {
                    let times = most.min(*left);
                    *left -= times;
                    return Some((*value, times));
                }
                HybridRun::Packed { bytes, at, left } if *left > 0 => {
                    let value = unpack(bytes, *at, self.width)?;
                    *at += self.width;
                    *left -= 1;
                    return Some((value, 1));
                }
                _ => self.run = self.next_run()?,
            }
        }
    }

    fn next_run(&mut self) -> Option<HybridRun<'a>> {
        let header = self.header()?;
        let length = usize::try_from(header >> 1).ok().filter(|length| *length > 0)?;
        if header & 1 == 0 {
            let (value, rest) = self.bytes.split_at_checked(self.width.div_ceil(8))?;
            self.bytes = rest;
            let value = value.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte));
            return Some(HybridRun::Repeated { value, left: length });
        }
        // Some writers cut the last group off.
        let all = length.checked_mul(self.width)?.min(self.bytes.len());
        let (packed, rest) = self.bytes.split_at(all);
        self.bytes = rest;
        Some(HybridRun::Packed { bytes: packed, at: 0, left: length.checked_mul(8)? })
    }

    /// Reads a number of seven bits a byte, the lowest first.
    fn header(&mut self) -> Option<u32> {
        let mut header = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let (byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            header |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(header);
            }
        }
        None
    }
}

/// Returns the number of so many bits from that bit on, the lowest first.
fn unpack(bytes: &[u8], at: usize, width: usize) -> Option<u32> {
    if at + width > 8 * bytes.len() {
        return None;
    }
    let near = &bytes[(at / 8).min(bytes.len())..];
    let mut eight = [0; 8];
    let n = near.len().min(8);
    eight[..n].copy_from_slice(&near[..n]);
    let bits = u64::from_le_bytes(eight) >> (at % 8);
    u32::try_from(bits & ((1 << width) - 1)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], width: u8) -> Vec<(u32, usize)> {
        let mut decoder = HybridDecoder::new(bytes, width).unwrap();
        std::iter::from_fn(|| decoder.next(100)).collect()
    }

    #[test]
    fn runs_and_packed_numbers_follow_each_other() {
        // Four times 5, then 0 to 7 in three bits each (the example of Parquet's description).
        let bytes = [4 << 1, 5, 1 << 1 | 1, 0b1000_1000, 0b1100_0110, 0b1111_1010];
        let packed = (0..8).map(|number| (number, 1));
        assert_eq!(decode(&bytes, 3), [(5, 4)].into_iter().chain(packed).collect::<Vec<_>>());
    }

    #[test]
    fn bytes_that_end_early_end_the_numbers() {
        assert_eq!(decode(&[], 1), []);
        assert_eq!(decode(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 1), []);
        assert_eq!(decode(&[8], 9), [], "a run without its value");
        assert_eq!(decode(&[3, 1], 1).len(), 8);
        assert_eq!(decode(&[3, 1], 2).len(), 4, "the last group is cut off");
        assert!(HybridDecoder::new(&[], 33).is_none());
    }
}
