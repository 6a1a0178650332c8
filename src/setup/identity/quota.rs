//! How many configs each branch of a choice may have.

use sweep_config::{SetupConfig, Value, python};

use crate::setup::candidate::Candidate;
use crate::setup::param_list::ParamList;

/// The configs that are still to be found, of each branch of the choice that says how many it gets.
pub(crate) struct BranchQuotas {
    key: String,
    place: usize,
    branches: Vec<BranchQuota>,
}

/// The configs of one branch.
struct BranchQuota {
    name: Value,
    wanted: u64,
    missing: u64,
}

impl BranchQuotas {
    /// Returns the quotas of a setup that says how many configs the branches of a choice get.
    pub(crate) fn of(setup: &SetupConfig, params: &ParamList) -> Option<Self> {
        let (key, choice, counts) = setup.counted_choice()?;
        let place = params.names().iter().position(|name| name == key)?;
        let branches = choice.branches.iter().zip(counts).map(|(branch, count)| BranchQuota {
            name: branch.name.clone(),
            wanted: *count,
            missing: *count,
        });
        Some(Self { key: key.to_owned(), place, branches: branches.collect() })
    }

    /// Counts a new config; false if its branch has all of its configs.
    pub(super) fn take(&mut self, candidate: &Candidate) -> bool {
        let name = candidate.values.get(self.place).and_then(Option::as_ref);
        let branch = self.branches.iter_mut().find(|branch| Some(&branch.name) == name);
        let Some(branch) = branch.filter(|branch| branch.missing > 0) else { return false };
        branch.missing -= 1;
        true
    }

    /// Says which branches have fewer configs than they are to have.
    pub(super) fn shortages(&self) -> Vec<String> {
        let short = self.branches.iter().filter(|branch| branch.missing > 0);
        let line = |BranchQuota { name, wanted, missing }: &BranchQuota| {
            format!("{}.{} has {} of {wanted}", self.key, python::text(name), wanted - missing)
        };
        short.map(line).collect()
    }
}
