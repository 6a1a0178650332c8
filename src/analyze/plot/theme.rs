//! Colours and sizes of all figures.

/// A figure in a grid.
pub const SMALL: (u32, u32) = (420, 280);
/// A figure on its own.
pub const WIDE: (u32, u32) = (720, 380);

/// Colours of series that stay apart for the colour-blind, on light and on dark paper: Okabe and
/// Ito (2008), without their black and yellow, which one of the two papers swallows.
const SERIES: [(u8, u8, u8); 6] = [
    (0x00, 0x72, 0xb2),
    (0xd5, 0x5e, 0x00),
    (0x00, 0x9e, 0x73),
    (0xcc, 0x79, 0xa7),
    (0xe6, 0x9f, 0x00),
    (0x56, 0xb4, 0xe9),
];

/// The colour of a series; after the sixth they come again.
pub(super) fn rgb(series: usize) -> (u8, u8, u8) {
    SERIES[series % SERIES.len()]
}

/// The colour of a series, as CSS has it.
#[must_use]
pub fn color(series: usize) -> String {
    let (r, g, b) = rgb(series);
    format!("#{r:02x}{g:02x}{b:02x}")
}
