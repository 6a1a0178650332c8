//! How many candidates of each branch meet the constraints.

use std::collections::BTreeMap;
use std::fmt::Write;

use sweep_config::{Value, python};

use crate::app::num::float;
use crate::app::units::fine_percent;
use crate::app::{count, thousands};
use crate::setup::constraint::Rejection;
use crate::setup::drawing::{DesignSpace, ExaminedCandidate};

/// The number of candidates of a branch that are to fail before it is said that none ever passes.
const ENOUGH: usize = 30;

/// The candidates of one branch that were examined.
#[derive(Debug, PartialEq)]
pub(crate) struct BranchAcceptance {
    /// The branch: `OPTIM.OPTIMIZER sgd`.
    name: String,
    examined: usize,
    met: usize,
    /// The reason that speaks against most of them.
    hardest: Option<Rejection>,
}

/// Returns the acceptance of every branch that was drawn, in the order of the choices and of the branches' names.
pub(super) fn acceptance(
    space: &DesignSpace<'_>,
    choices: &[usize],
    found: &[ExaminedCandidate],
) -> Vec<BranchAcceptance> {
    let of_choice = |(number, place): (usize, &usize)| {
        let mut branches: BTreeMap<String, Vec<&ExaminedCandidate>> = BTreeMap::new();
        for candidate in found {
            if let Some(branch) = &candidate.branches[number] {
                branches.entry(name(space, *place, branch)).or_default().push(candidate);
            }
        }
        branches.into_iter().map(|(name, candidates)| BranchAcceptance::new(name, &candidates))
    };
    choices.iter().enumerate().flat_map(of_choice).collect()
}

fn name(space: &DesignSpace<'_>, place: usize, branch: &Value) -> String {
    format!("{} {}", space.params().names()[place], python::text(branch))
}

impl BranchAcceptance {
    fn new(name: String, candidates: &[&ExaminedCandidate]) -> Self {
        let met = candidates.iter().filter(|candidate| candidate.against.is_empty()).count();
        let mut reasons: BTreeMap<Rejection, usize> = BTreeMap::new();
        for rejection in candidates.iter().flat_map(|candidate| &candidate.against) {
            *reasons.entry(*rejection).or_default() += 1;
        }
        let hardest = reasons.into_iter().max_by_key(|(_, count)| *count);
        let hardest = hardest.map(|(rejection, _)| rejection);
        Self { name, examined: candidates.len(), met, hardest }
    }

    /// Returns the line of the summary: `of 9,873 candidates with opt sgd 48 % meet them`.
    pub(crate) fn line(&self) -> String {
        let share = fine_percent(float(self.met) / float(self.examined.max(1)));
        format!("of {} with {},, {share} meet them", count(self.examined, "candidate"), self.name)
    }

    /// Returns a warning if the branch never passes.
    pub(super) fn warning(&self, space: &DesignSpace<'_>) -> Option<String> {
        if self.met > 0 || self.examined < ENOUGH {
            return None;
        }
        let mut text = format!(
            "no candidate with {} meets the constraints (0 of {})",
            self.name,
            thousands(self.examined)
        );
        if let Some(rejection) = self.hardest {
            let _ = write!(text, ": {}", space.key(rejection));
            if let Some(expression) = space.text(rejection) {
                let _ = write!(text, ", `{expression}`");
            }
            if matches!(rejection, Rejection::NoValue(_)) {
                text.push_str(
                    ", has no value for it: limit the condition to where it applies, as in `a != 'x' or b > 1`",
                );
            }
        }
        Some(text)
    }
}
