//! The 1,797 handwritten digits, built into the binary, split into training and test images.
//!
//! Every fifth image (the 1st, the 6th, …) is for testing: 360, and 1,437 to train on. The split
//! depends on nothing, so that errors of different jobs can be compared. The same writers are on
//! both sides, which makes the task easier than the one of the data's authors.

use std::io::{self, BufRead, BufReader};

use flate2::read::GzDecoder;
use ndarray::{Array2, ArrayView2, Axis};

/// Pixels of an image: 8 x 8.
pub(crate) const PIXELS: usize = 64;
/// Classes: the ten digits.
pub(crate) const CLASSES: usize = 10;
/// Images to train on.
pub(crate) const TRAIN_IMAGES: usize = 1437;
/// One image in so many is for testing.
const TEST_EVERY: usize = 5;

/// Where it comes from and under which licence: `data/README.md`.
static CSV_GZ: &[u8] = include_bytes!("../data/digits.csv.gz");

/// Both parts of the data.
pub(crate) struct DigitsData {
    /// To train on.
    pub(crate) train: Split,
    /// To test with.
    pub(crate) test: Split,
}

/// Images and what they show.
#[derive(Default)]
pub(crate) struct Split {
    /// Pixel values from -1 (white) to 1 (black), image after image.
    pixels: Vec<f32>,
    /// The digit of each image.
    labels: Vec<usize>,
}

impl DigitsData {
    /// Unpacks the data that is built in.
    pub(crate) fn load() -> io::Result<Self> {
        let mut data = Self { train: Split::default(), test: Split::default() };
        for (row, line) in BufReader::new(GzDecoder::new(CSV_GZ)).lines().enumerate() {
            let split = if row % TEST_EVERY == 0 { &mut data.test } else { &mut data.train };
            split.push(&line?).map_err(|message| {
                io::Error::new(io::ErrorKind::InvalidData, format!("row {}: {message}", row + 1))
            })?;
        }
        Ok(data)
    }
}

impl Split {
    fn push(&mut self, line: &str) -> Result<(), String> {
        let values: Result<Vec<u8>, _> = line.split(',').map(str::parse).collect();
        let values = values.map_err(|e| e.to_string())?;
        let Some((&label, pixels)) = values.split_last().filter(|_| values.len() == PIXELS + 1)
        else {
            return Err(format!("{} values instead of {}", values.len(), PIXELS + 1));
        };
        self.pixels.extend(pixels.iter().map(|&pixel| f32::from(pixel) / 8.0 - 1.0));
        self.labels.push(usize::from(label));
        Ok(())
    }

    /// How many images.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// All images, one a row.
    pub(crate) fn images(&self) -> ArrayView2<'_, f32> {
        ArrayView2::from_shape((self.len(), PIXELS), &self.pixels).expect("a row of pixels a label")
    }

    /// The digit of each image.
    pub(crate) fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// Some images and their digits, in the order of `rows`.
    pub(crate) fn batch(&self, rows: &[usize]) -> (Array2<f32>, Vec<usize>) {
        let labels = rows.iter().map(|&row| self.labels[row]).collect();
        (self.images().select(Axis(0), rows), labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_split_is_1437_and_360_images_with_every_digit_in_both() {
        let data = DigitsData::load().unwrap();
        assert_eq!((data.train.len(), data.test.len()), (TRAIN_IMAGES, 360));
        for digit in 0..CLASSES {
            let count = |split: &Split| split.labels.iter().filter(|&&l| l == digit).count();
            assert!(count(&data.train) > 100 && count(&data.test) > 25, "digit {digit}");
        }
    }

    #[test]
    fn pixels_lie_between_minus_one_and_one() {
        let data = DigitsData::load().unwrap();
        assert!(data.train.pixels.iter().all(|pixel| (-1.0..=1.0).contains(pixel)));
        // The first image of the file is the first test image: 0, 0, 5, 13, 9, …
        assert_eq!(data.test.images().row(0).to_vec()[..4], [-1.0, -1.0, -0.375, 0.625]);
    }

    #[test]
    fn a_short_row_is_refused() {
        assert_eq!(Split::default().push("1,2,3"), Err("3 values instead of 65".to_owned()));
    }
}
