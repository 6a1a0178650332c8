//! JSON text, with a short cut for the numbers that logs are made of.

use serde::Serialize;

/// Appends any value.
pub(crate) fn write(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    serde_json::to_writer(out, value).expect("all keys are text, and memory does not fail");
}

/// Appends an object; `value` appends each value.
pub(crate) fn object<K: AsRef<str>, V>(
    out: &mut Vec<u8>,
    entries: impl IntoIterator<Item = (K, V)>,
    mut value: impl FnMut(&mut Vec<u8>, V),
) {
    let mut before = b'{';
    for (key, entry) in entries {
        out.push(before);
        write(out, key.as_ref());
        out.push(b':');
        value(out, entry);
        before = b',';
    }
    out.extend_from_slice(if before == b'{' { b"{}" } else { b"}" });
}

/// Appends a whole number.
pub(crate) fn int(out: &mut Vec<u8>, int: i64) {
    if int < 0 {
        return write(out, &int);
    }
    let number = int.unsigned_abs();
    let start = out.len();
    let end = start + count(number);
    out.extend_from_slice(&ZEROS);
    fill(&mut out[start..end], number);
    out.truncate(end);
}

/// Room for the longest number, which is copied as one value of known length and then overwritten: no call to copy
/// memory for each number.
const ZEROS: [u8; 24] = [b'0'; 24];

/// The number of decimals that most programs log at most.
const DECIMALS: usize = 4;
const SCALE: f64 = 1e4;
/// A whole number below it has at most 15 digits.
const LARGEST: f64 = 1e15;

/// Appends a number as `serde_json` writes it, the shortest text that reads as this number; `null` for
/// what JSON has no word for.
///
/// A decimal of at most 15 digits is the shortest text of the double next to it, since no two such
/// decimals have the same one.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "it is compared"
)]
#[expect(clippy::float_cmp, reason = "the same number is meant, to the last bit")]
pub(crate) fn float(out: &mut Vec<u8>, float: f64) {
    // Rounded down, not by `round`, which is a call.
    let scaled = (float * SCALE + 0.5) as u64;
    let is_short = (1.0..LARGEST).contains(&(float * SCALE)) && scaled as f64 / SCALE == float;
    if !is_short {
        return write(out, &float);
    }
    let (whole, mut decimals) = (scaled / SCALE as u64, scaled % SCALE as u64);
    let mut places = DECIMALS;
    // At least one decimal stays.
    while places > 1 && decimals.is_multiple_of(10) {
        decimals /= 10;
        places -= 1;
    }
    let start = out.len();
    let point = start + count(whole);
    let end = point + 1 + places;
    out.extend_from_slice(&ZEROS);
    fill(&mut out[start..point], whole);
    out[point] = b'.';
    fill(&mut out[point + 1..end], decimals);
    out.truncate(end);
}

/// Counts the digits of a number.
fn count(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Overwrites zeros by the digits of a number, the last one at the end.
fn fill(zeros: &mut [u8], mut number: u64) {
    for digit in zeros.iter_mut().rev() {
        *digit = b'0' + (number % 10).to_le_bytes()[0];
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn a_number_is_written_as_serde_writes_it(
            decimal in "-?[0-9]{1,13}\\.[0-9]{1,6}", any in any::<f64>(), int in any::<i64>(), small in 0_i64..3000,
        ) {
            let decimal: f64 = decimal.parse().unwrap();
            for number in [decimal, any, decimal.round(), 0.0, -0.0, f64::NAN] {
                let expected = serde_json::to_string(&number).unwrap();
                prop_assert_eq!(text(|out| float(out, number)), expected);
            }
            for number in [int, small] {
                prop_assert_eq!(text(|out| super::int(out, number)), number.to_string());
            }
        }
    }
}
