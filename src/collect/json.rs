//! JSON text, with a short cut for the numbers that logs are made of.

use std::io::Write as _;

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
    digits(out, int.unsigned_abs(), 1);
}

/// The number of decimals that most programs log at most; a number below [`LARGEST`] has at most 15 digits
/// with them.
const DECIMALS: usize = 4;
const SCALE: f64 = 1e4;
const LARGEST: f64 = 1e11;

/// Appends a number as `serde_json` writes it, the shortest text that reads as this number; `null` for
/// what JSON has no word for.
///
/// A decimal of at most 15 digits is the shortest text of the double next to it, since no two such
/// decimals have the same one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is compared")]
#[expect(clippy::float_cmp, reason = "the same number is meant, to the last bit")]
pub(crate) fn float(out: &mut Vec<u8>, float: f64) {
    let scaled = (float * SCALE).round();
    let is_short = (1.0..LARGEST * SCALE).contains(&scaled) && scaled / SCALE == float;
    if !is_short {
        return write(out, &float);
    }
    let start = out.len();
    digits(out, scaled as u64, DECIMALS + 1);
    let point = out.len() - DECIMALS;
    // At least one decimal stays.
    while out.len() > point + 1 && out.ends_with(b"0") {
        out.pop();
    }
    debug_assert!(start < point, "a digit stands before the point");
    out.insert(point, b'.');
}

/// Appends a number with leading zeros up to so many digits.
fn digits(out: &mut Vec<u8>, mut number: u64, least: usize) {
    let mut text = [b'0'; 20];
    let mut at = text.len();
    let mut put = |digit: u64, at: usize| text[at] = b'0' + digit.to_le_bytes()[0];
    // Two at a time: a division is slow.
    while number >= 10 {
        let pair = number % 100;
        number /= 100;
        at -= 2;
        put(pair / 10, at);
        put(pair % 10, at + 1);
    }
    if number > 0 {
        at -= 1;
        put(number, at);
    }
    let at = at.min(text.len() - least);
    // A slice takes what is written to it.
    let _ = out.write_all(&text[at..]);
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
