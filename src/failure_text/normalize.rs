//! Removes from messages what differs from job to job, so that equal failures have equal texts.

/// Replaces each number, size, date, address, hash and temporary name by `#`, and each absolute path by
/// its file name.
pub(crate) fn normalized(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let taken = if let Some(path) = path(rest, before) {
            out.push_str(&normalized(file_name(path)));
            path.len()
        } else if let Some(length) = changing(rest, before) {
            out.push('#');
            length
        } else if let Some(word) = number_type(rest, before) {
            out.push_str(word);
            word.len()
        } else {
            out.push(c);
            c.len_utf8()
        };
        before = rest[..taken].chars().next_back();
        rest = &rest[taken..];
    }
    out
}

/// Replaces each run of digits by `0`, in a last line that is no error.
pub(crate) fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('0') {
            out.push('0');
        }
    }
    out
}

/// Returns the last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// Returns the absolute path that `rest` begins with.
fn path(rest: &str, before: Option<char>) -> Option<&str> {
    let after = rest.strip_prefix('/')?;
    let is_within =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '~' | '}' | ')' | '-');
    let is_address = before == Some(':') && after.starts_with('/');
    if before.is_some_and(is_within) || is_address {
        return None;
    }
    let quote = before.filter(|c| matches!(c, '\'' | '"' | '`'));
    let ends = |c: char| {
        c.is_whitespace()
            || matches!(c, '\'' | '"' | '`' | ',' | ';' | ':' | '(' | ')')
            || matches!(c, '[' | ']' | '<' | '>' | '{' | '}' | '|')
    };
    let end = quote.and_then(|quote| rest.find(quote)).or_else(|| rest.find(ends));
    let path = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
    path.contains(|c| c != '/').then_some(path)
}

/// Returns the length in bytes of the number, address or name that `rest` begins with, if it does.
fn changing(rest: &str, before: Option<char>) -> Option<usize> {
    let starts_word = !before.is_some_and(is_of_word);
    if starts_word {
        let whole = hexadecimal(rest).or_else(|| uuid(rest)).or_else(|| date(rest));
        if let Some(length) = whole.or_else(|| random(rest)) {
            return Some(length);
        }
    }
    // A sign belongs to the number, a hyphen does not.
    let signed = rest.strip_prefix('-').filter(|_| before.is_none_or(|c| " ([=,<>".contains(c)));
    let sign = usize::from(signed.is_some());
    if starts_word && number_type(rest, before).is_some() {
        return None;
    }
    let number = number(&rest[sign..])?;
    Some(sign + number)
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns how many bytes at the beginning fulfil a condition.
fn run(text: &str, is_such: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| is_such(*byte)).count()
}

fn digits(text: &str) -> usize {
    run(text, |byte| byte.is_ascii_digit())
}

fn word(text: &str) -> &str {
    &text[..run(text, |byte| byte.is_ascii_alphanumeric() || byte == b'_')]
}

/// Returns the name of a number type, `float32` or `u8`, that `rest` begins with.
fn number_type(rest: &str, before: Option<char>) -> Option<&str> {
    const KINDS: [&str; 10] =
        ["float", "bfloat", "int", "uint", "complex", "fp", "bf", "i", "u", "f"];
    let word = word(rest);
    let letters = run(word, |byte| byte.is_ascii_lowercase());
    let (kind, bits) = word.split_at(letters);
    let is_kind = KINDS.contains(&kind) && ["4", "8", "16", "32", "64", "128"].contains(&bits);
    (is_kind && !before.is_some_and(is_of_word)).then_some(word)
}

fn hexadecimal(rest: &str) -> Option<usize> {
    let length = run(rest.strip_prefix("0x")?, |byte| byte.is_ascii_hexdigit());
    (length > 0).then_some(2 + length)
}

fn uuid(rest: &str) -> Option<usize> {
    const LENGTH: usize = 36;
    let is_such = |(i, byte): (usize, u8)| match i {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let mut bytes = rest.get(..LENGTH)?.bytes().enumerate();
    bytes.all(is_such).then_some(LENGTH)
}

/// Returns the length of `2024-05-08`, `12:30:05,123`, or the two with a blank, `T` or `_` between.
fn date(rest: &str) -> Option<usize> {
    let day = shape(rest, "0000-00-00").or_else(|| shape(rest, "0000/00/00"));
    let Some(day) = day else { return time(rest) };
    let clock = rest[day..].strip_prefix([' ', 'T', '_']).and_then(time);
    Some(day + clock.map_or(0, |clock| 1 + clock))
}

fn time(rest: &str) -> Option<usize> {
    let clock = shape(rest, "00:00:00").or_else(|| shape(rest, "0:00:00"))?;
    let fraction = rest[clock..].strip_prefix(['.', ',']).map_or(0, digits);
    let clock = clock + if fraction > 0 { 1 + fraction } else { 0 };
    Some(clock + usize::from(rest[clock..].starts_with('Z')))
}

/// Returns the length of the pattern if `rest` begins like it, with any digit for each `0`.
fn shape(rest: &str, pattern: &str) -> Option<usize> {
    let fits = |(byte, of): (u8, u8)| byte == of || (of == b'0' && byte.is_ascii_digit());
    let is_long = rest.len() >= pattern.len();
    (is_long && rest.bytes().zip(pattern.bytes()).all(fits)).then_some(pattern.len())
}

/// Returns the length of a hash, or of the name of a temporary file as Python and `mktemp` make them.
fn random(rest: &str) -> Option<usize> {
    let word = word(rest);
    let count = |is_such: fn(&u8) -> bool| word.bytes().filter(is_such).count();
    let (numbers, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    let is_hash = word.len() >= 8
        && numbers > 0
        && letters > 0
        && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_key = word.len() >= 16 && numbers >= 4 && letters >= 4 && !word.contains('_');
    let is_temporary = word.len() == 11 && word.starts_with("tmp");
    if is_hash || is_key || is_temporary {
        return Some(word.len());
    }
    let made = self::word(rest.strip_prefix("tmp.")?);
    (made.len() == 10).then_some(4 + made.len())
}

/// Returns the length of `12`, `1.5e-05`, `3.11.7`, `20.00 MiB` or `16G`.
fn number(rest: &str) -> Option<usize> {
    let mut length = digits(rest);
    if length == 0 {
        return None;
    }
    while let Some(more) = rest[length..].strip_prefix('.').map(digits).filter(|more| *more > 0) {
        length += 1 + more;
    }
    if let Some(exponent) = rest[length..].strip_prefix(['e', 'E']) {
        let sign = usize::from(exponent.starts_with(['+', '-']));
        let power = digits(&exponent[sign..]);
        length += if power > 0 { 1 + sign + power } else { 0 };
    }
    Some(length + unit(&rest[length..]))
}

/// Returns the length of the unit of a size, with the blank before it.
fn unit(rest: &str) -> usize {
    const UNITS: [&str; 18] = [
        "B", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "K", "M", "G", "T", "bytes",
        "byte", "Bytes", "kiB",
    ];
    let blank = usize::from(rest.starts_with(' '));
    let word = word(&rest[blank..]);
    if UNITS.contains(&word) { blank + word.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_sizes_dates_and_addresses_do_not_differ() {
        for (text, expected) in [
            (
                "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7G",
                "CUDA out of memory. Tried to allocate # (GPU #; #",
            ),
            ("<train.Net object at 0x7f3aBC>", "<train.Net object at #>"),
            ("shape [-1, 64] at 1.5e-05, 3e5 and 32x10", "shape [#, #] at #, # and #x#"),
            ("at 2024-05-08T08:47:31.261Z, 12:30:05,1 and 2024-05-08", "at #, # and #"),
            ("run 123e4567-e89b-12d3-a456-426614174000 of dd6f4e8a1", "run # of #"),
            ("conv1.weight of layer_12 -> n-3", "conv#.weight of layer_# -> n-#"),
            ("expected float32, not float64 or i8", "expected float32, not float64 or i8"),
            ("1.", "#."),
        ] {
            assert_eq!(normalized(text), expected, "{text}");
        }
    }

    #[test]
    fn of_an_absolute_path_the_file_name_is_kept() {
        for (text, expected) in [
            ("open '/data/my run 3/x 12.bin'", "open 'x #.bin'"),
            ("in /a/b.py: no. See /c/d.", "in b.py: no. See d."),
            ("//home/u/a.py", "a.py"),
            (
                "https://pytorch.org/docs 3 it/s and/or / 2",
                "https://pytorch.org/docs # it/s and/or / #",
            ),
            ("'/tmp/tmpab12cd_x/out'", "'out'"),
            ("'/tmp/tmp.AbCdEfGhIj'", "'#'"),
            ("['tmpab_2cdxx']", "['#']"),
            ("/ and //", "/ and //"),
        ] {
            assert_eq!(normalized(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_normal_form_without_digits(text in "\\PC*|[0-9a-fxeT:./'é -]*") {
            let once = normalized(&text);
            prop_assert!(once.len() <= text.len());
        }
    }
}
