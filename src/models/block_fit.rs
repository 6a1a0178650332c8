//! Widths and group widths that fit each other.

use super::fields::ModelError;
use super::layers::product;
use super::rounding::{rounded, truncated};
use crate::app::num::float;

/// Adjusts widths and group widths so that they fit each other and the bottlenecks: the width of each
/// bottleneck becomes a whole number of groups.
///
/// # Errors
///
/// When the lists differ in length, a number is not positive, a bottleneck above 1 is not whole, or
/// nothing fits.
pub(super) fn adjust_blocks(
    widths: &[i64],
    bot_muls: &[f64],
    group_ws: &[i64],
) -> Result<(Vec<i64>, Vec<i64>), ModelError> {
    if widths.len() != bot_muls.len() || bot_muls.len() != group_ws.len() {
        return Err(ModelError::new("DEPTHS, WIDTHS, BOT_MULS and GROUP_WS differ in length"));
    }
    let mut all = (Vec::with_capacity(widths.len()), Vec::with_capacity(widths.len()));
    for ((&width, &mul), &group) in widths.iter().zip(bot_muls).zip(group_ws) {
        let (width, group) = adjust_block(width, mul, group)?;
        all.0.push(width);
        all.1.push(group);
    }
    Ok(all)
}

fn adjust_block(width: i64, mul: f64, group: i64) -> Result<(i64, i64), ModelError> {
    if width <= 0 || mul <= 0.0 || group <= 0 || mul.is_nan() {
        return Err(ModelError::new("a width, bottleneck or group width is not positive"));
    }
    if mul >= 1.0 && mul % 1.0 != 0.0 {
        return Err(ModelError::new(format!("the bottleneck {mul} is above 1 and not whole")));
    }
    let inner = truncated((float(width) * mul).max(1.0));
    let group = group.min(inner);
    let multiple = if mul > 1.0 { lcm(group, truncated(mul))? } else { group };
    let fitted = rounded((float(inner) / float(multiple)).round_ties_even() * float(multiple));
    let inner = fitted.max(multiple);
    let width = truncated(float(inner) / mul);
    let fits = float(width) * mul % float(group) == 0.0;
    if fits {
        Ok((width, group))
    } else {
        Err(ModelError::new(format!(
            "no width near {width} with bottleneck {mul} divides into groups of {group}"
        )))
    }
}

fn lcm(a: i64, b: i64) -> Result<i64, ModelError> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    product(&[a / x, b])
}
