//! The cluster that SLURM's commands reach: its name, and whose jobs it shows.

use super::Slurm;

/// The identity of a cluster, as far as it tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClusterIdentity {
    /// `ClusterName`; none if it was not told.
    pub name: Option<String>,
    /// True if users see no jobs but their own (`PrivateData=jobs`).
    pub hides_jobs: bool,
}

impl Slurm {
    /// Asks the cluster who it is. Where it does not say, nothing is known.
    pub fn cluster(&self) -> ClusterIdentity {
        let args = ["show", "config", "-o", "-a"].map(str::to_owned);
        self.call("scontrol", &args)
            .map(|it| ClusterIdentity::parse(&it.stdout))
            .unwrap_or_default()
    }

    /// True if and only if the cluster says that one of these nodes, `n1` or `n[1-2]`, is down or does not answer.
    pub fn is_down(&self, nodes: &str) -> bool {
        let args = ["show", "node", nodes, "-o", "-a"].map(str::to_owned);
        self.call("scontrol", &args).is_ok_and(|printed| shows_down(&printed.stdout))
    }

    /// Returns the name of the user of this process; none if nobody knows it.
    pub fn user(&self) -> Option<String> {
        let printed = self.call("id", &["-un".to_owned()]).ok()?.stdout;
        Some(printed.trim().to_owned()).filter(|name| !name.is_empty())
    }
}

/// Finds `State=DOWN+NOT_RESPONDING` in the description of nodes, a line each.
fn shows_down(printed: &str) -> bool {
    let words = printed.split_ascii_whitespace();
    let states = words.filter_map(|word| word.strip_prefix("State="));
    let mut flags = states.flat_map(|state| state.split('+'));
    flags.any(|flag| {
        flag.ends_with('*') || ["DOWN", "NOT_RESPONDING", "FAIL", "ERROR"].contains(&flag)
    })
}

impl ClusterIdentity {
    /// Parses lines `Key = value`, and passes over all others.
    pub(super) fn parse(printed: &str) -> Self {
        let mut found = Self::default();
        for line in printed.lines() {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim();
            match key.trim() {
                "ClusterName" if !value.is_empty() => found.name = Some(value.to_owned()),
                "PrivateData" => found.hides_jobs = value.split(',').any(|what| what == "jobs"),
                _ => {}
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_does_not_answer_is_down() {
        for state in ["DOWN", "IDLE+NOT_RESPONDING", "DOWN+DRAIN", "ALLOCATED*"] {
            assert!(shows_down(&format!("NodeName=n1 State={state} ThreadsPerCore=1")), "{state}");
        }
        assert!(!shows_down("NodeName=n1 State=IDLE+DRAIN ThreadsPerCore=1") && !shows_down(""));
        assert!(shows_down("NodeName=n1 State=IDLE\nNodeName=n2 State=DOWN\n"));
    }

    #[test]
    fn the_name_and_whose_jobs_are_shown_are_found_among_the_rest() {
        let printed = "Configuration data as of today\nClusterName             = north\nPrivateData             = accounts,jobs\n";
        let found = ClusterIdentity::parse(printed);
        assert_eq!(found, ClusterIdentity { name: Some("north".into()), hides_jobs: true });
        let open = ClusterIdentity::parse("PrivateData             = none\n");
        assert_eq!(open, ClusterIdentity::default());
    }
}
