//! The draws that make a candidate.

/// The place of a draw: its parameter, and the number of draws for it before this one (an item of a list, say).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct DrawAddress {
    pub(crate) place: usize,
    pub(crate) index: usize,
}

/// The quantiles of a law that give one value: from `low` to below `high`, within 0 and 1. Of a continuous law both may be the
/// same number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct QuantileCell {
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// Neighbouring cells have similar values.
    pub(crate) is_ordered: bool,
}

impl QuantileCell {
    /// Returns its width: the probability of the value.
    pub(crate) fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Returns its middle.
    pub(crate) fn middle(&self) -> f64 {
        f64::midpoint(self.low, self.high)
    }
}

/// The draws of one candidate, sorted by address.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct DrawTrace(Vec<(DrawAddress, QuantileCell)>);

impl DrawTrace {
    /// Adds the draws of a parameter.
    pub(crate) fn push(&mut self, place: usize, cells: impl IntoIterator<Item = QuantileCell>) {
        let draws = cells.into_iter().enumerate();
        self.0.extend(draws.map(|(index, cell)| (DrawAddress { place, index }, cell)));
    }

    /// Sorts the draws, and returns them.
    pub(crate) fn finish(mut self) -> Self {
        self.0.sort_by_key(|(address, _)| *address);
        self
    }

    /// Returns the draw at an address, if the candidate has it.
    pub(crate) fn get(&self, address: DrawAddress) -> Option<&QuantileCell> {
        let at = self.0.binary_search_by_key(&address, |(known, _)| *known).ok()?;
        Some(&self.0[at].1)
    }

    /// Returns the draws, in the order of their addresses.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(DrawAddress, QuantileCell)> {
        self.0.iter()
    }

    /// Returns the number of draws.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
