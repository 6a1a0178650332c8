//! Formats numbers as the pages show them.

/// Formats a number with up to four significant digits and no trailing zeros: `0.0012`, `3.77`,
/// `640`, `10,000`, `2.5×10⁻⁷`.
pub fn number(value: f64) -> String {
    grouped(&significant(value, 4))
}

/// Puts commas between the thousands of a number, as counts have them; of fewer than five digits none.
pub(crate) fn grouped(text: &str) -> String {
    let start = text.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let digits = text[start..].chars().take_while(char::is_ascii_digit).count();
    if digits < 5 {
        return text.to_owned();
    }
    let (before, rest) = text.split_at(start);
    let (whole, after) = rest.split_at(digits);
    let head = whole.len() % 3;
    let groups = std::iter::once(&whole[..head]).filter(|head| !head.is_empty());
    let tail = (head..whole.len()).step_by(3).map(|at| &whole[at..at + 3]);
    let whole = groups.chain(tail).collect::<Vec<_>>().join(",");
    format!("{before}{whole}{after}")
}

/// Formats a number with up to `digits` significant digits and no trailing zeros.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".to_owned() } else { value.to_string() };
    }
    // Rust rounds correctly and writes `d.ddde±x`: the exponent is that after rounding.
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let Ok(exponent) = exponent.parse::<i32>() else { return scientific };
    if (-4..6).contains(&exponent) {
        let digits = i32::try_from(digits).unwrap_or(i32::MAX);
        let decimals = usize::try_from(digits - 1 - exponent).unwrap_or(0);
        return trimmed(&format!("{value:.decimals$}"));
    }
    let mantissa = trimmed(mantissa);
    let power = format!("10{}", superscript(exponent));
    match mantissa.as_str() {
        "1" => power,
        "-1" => format!("−{power}"),
        _ => format!("{}×{power}", mantissa.replace('-', "−")),
    }
}

/// Rounds a number to `digits` significant digits.
pub fn rounded(value: f64, digits: usize) -> f64 {
    if value == 0.0 {
        return 0.0; // Of either sign.
    }
    format!("{value:.*e}", digits.saturating_sub(1)).parse().unwrap_or(value)
}

/// Formats a correlation with two decimals and a true minus sign; one that rounds to zero has no
/// sign.
pub fn correlation(value: f64) -> String {
    format!("{value:.2}").replace("-0.00", "0.00").replace('-', "−")
}

fn trimmed(decimal: &str) -> String {
    let text = if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    };
    text.replace('-', "−")
}

fn superscript(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raise = |c: char| c.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    exponent.to_string().chars().map(raise).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_keep_their_magnitude() {
        let texts = [0.0, 3.77, 640.0, 99999.9, 0.000_123_456, 1e-5, 2.5e-7, 1_234_567.0, -0.5];
        let texts = texts.map(number);
        let expected =
            ["0", "3.77", "640", "100,000", "0.0001235", "10⁻⁵", "2.5×10⁻⁷", "1.235×10⁶", "−0.5"];
        assert_eq!(texts, expected);
    }

    #[test]
    fn thousands_have_commas_from_five_digits_on() {
        assert_eq!([1234.0, -12345.0, 999_999.0].map(number), ["1234", "−12,345", "10⁶"]);
        assert_eq!(grouped("10000.5"), "10,000.5");
    }

    #[test]
    fn a_correlation_of_almost_nothing_has_no_sign() {
        assert_eq!([-0.001, -0.616, 1.0].map(correlation), ["0.00", "−0.62", "1.00"]);
    }
}
