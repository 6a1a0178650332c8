//! The values of a candidate that is being drawn.

use sweep_config::Value;

use crate::setup::given::is_branch;

/// The values of a candidate that is being drawn.
pub(super) struct ValueAssignment<'v> {
    pub(super) values: &'v mut [Option<Value>],
    /// The places of the values that are given and stay.
    fixed: &'v [usize],
    /// Those of them that a branch must ask for.
    held: Vec<(usize, Value)>,
    /// For each group of zipped parameters the number of the values that its members take.
    steps: Vec<Option<u64>>,
}

impl<'v> ValueAssignment<'v> {
    /// Starts with the given values, but for those that only branches have.
    pub(super) fn new(
        values: &'v mut [Option<Value>],
        fixed: &'v [usize],
        conditional: &[usize],
    ) -> Self {
        let mut held = Vec::new();
        for &place in conditional.iter().filter(|place| fixed.contains(place)) {
            held.extend(values[place].take().map(|value| (place, value)));
        }
        Self { values, fixed, held, steps: Vec::new() }
    }

    /// Sets a value, unless one is given.
    pub(super) fn set(&mut self, place: usize, value: Value) {
        // Mostly nothing is given, and millions of candidates are drawn in a second.
        if self.fixed.is_empty() || !self.is_fixed(place) {
            self.values[place] = Some(value);
        }
    }

    /// Returns true if a value is given, which then is in its place.
    pub(super) fn is_fixed(&mut self, place: usize) -> bool {
        if let Some((_, value)) = self.held.iter().find(|(held, _)| *held == place) {
            self.values[place] = Some(value.clone());
        }
        self.fixed.contains(&place)
    }

    /// Returns the number of the values that the members of a group take; `choose` says it the first time.
    pub(super) fn step(&mut self, group: usize, choose: impl FnOnce() -> u64) -> u64 {
        if self.steps.len() <= group {
            self.steps.resize(group + 1, None);
        }
        *self.steps[group].get_or_insert_with(choose)
    }

    /// Returns the number of the branch that a choice is given, if it is; its name is the value.
    pub(super) fn branch<'n>(
        &mut self,
        place: usize,
        names: impl Iterator<Item = &'n Value>,
    ) -> Option<usize> {
        if !self.is_fixed(place) {
            return None;
        }
        let given = self.values[place].as_ref()?;
        let (number, name) = names.enumerate().find(|(_, name)| is_branch(name, given))?;
        self.values[place] = Some(name.clone());
        Some(number)
    }
}
