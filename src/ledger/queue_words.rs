//! Weighs SLURM's answer: of which arrays it proves anything (pure), and what accounting adds where it does not.

use sweep_config::claim::{ClusterSign, QueueWord, SlurmEvidence};

use super::array_snapshot::{ArrayOrigin, ArraySnapshot};
use crate::slurm::ClusterIdentity;

/// The one who was asked, who asked, and how good the answer was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct QueueAnswer {
    /// The cluster whose queue it is.
    pub(super) cluster: ClusterIdentity,
    /// The user of this process; none if it makes no difference.
    pub(super) user: Option<String>,
    /// True if it was an answer, and not cut off.
    pub(super) whole: bool,
}

impl QueueAnswer {
    /// Returns whose queue this is, beside that of an array.
    pub(super) fn cluster_sign(&self, origin: &ArrayOrigin) -> ClusterSign {
        match (&self.cluster.name, &origin.cluster) {
            (Some(asked), Some(submitted)) if asked == submitted => ClusterSign::Ours,
            (Some(_), Some(_)) => ClusterSign::Another,
            _ => ClusterSign::Unknown,
        }
    }

    /// True if and only if the answer had all tasks of an array that there are.
    fn has_all_of(&self, origin: &ArrayOrigin) -> bool {
        let sees_all = !self.cluster.hides_jobs || self.user.as_deref() == Some("root");
        let is_ours = origin.user.is_none() || self.user.is_none() || origin.user == self.user;
        self.whole && (is_ours || sees_all)
    }

    /// Returns the evidence about the claims of workers in tasks of these arrays.
    pub(super) fn evidence(&self, arrays: &[ArraySnapshot]) -> SlurmEvidence {
        let mut evidence = SlurmEvidence::none();
        for array in arrays {
            let origin = &array.origin;
            let submission = array.submission.to_string();
            evidence.add_array(
                &submission,
                array.id,
                self.cluster_sign(origin),
                self.has_all_of(origin),
            );
            for (indices, word) in
                [(&array.pending, QueueWord::Waits), (&array.active, QueueWord::Active)]
            {
                for index in indices {
                    evidence.add_task(format!("{}_{index}", array.id), word);
                }
            }
        }
        evidence
    }

    /// Returns a sentence on the arrays that another cluster has, if there are any.
    pub(super) fn remark(&self, arrays: &[ArraySnapshot]) -> Option<String> {
        let here = self.cluster.name.as_deref()?;
        let is_foreign =
            |array: &&ArraySnapshot| self.cluster_sign(&array.origin) == ClusterSign::Another;
        let foreign = arrays.iter().filter(is_foreign);
        let mut names: Vec<&str> =
            foreign.filter_map(|array| array.origin.cluster.as_deref()).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| {
            let there = names.join(", ");
            format!(
                "submitted on cluster {there}, but this is {here}: its tasks are not visible and their jobs \
                 are left alone; run sweep_launch on {there} to settle them"
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(name: Option<&str>, hides_jobs: bool) -> QueueAnswer {
        let cluster = ClusterIdentity { name: name.map(str::to_owned), hides_jobs };
        QueueAnswer { cluster, user: Some("ann".to_owned()), whole: true }
    }

    fn origin(cluster: Option<&str>, user: Option<&str>) -> ArrayOrigin {
        ArrayOrigin { cluster: cluster.map(str::to_owned), user: user.map(str::to_owned) }
    }

    #[test]
    fn only_two_names_tell_whose_queue_it_is() {
        let north = origin(Some("north"), None);
        assert_eq!(answer(Some("north"), false).cluster_sign(&north), ClusterSign::Ours);
        assert_eq!(answer(Some("south"), false).cluster_sign(&north), ClusterSign::Another);
        assert_eq!(answer(None, false).cluster_sign(&north), ClusterSign::Unknown);
        assert_eq!(
            answer(Some("north"), false).cluster_sign(&origin(None, None)),
            ClusterSign::Unknown
        );
    }

    #[test]
    fn the_absence_of_another_users_task_says_nothing_where_jobs_are_hidden() {
        let (ann, bob) = (origin(None, Some("ann")), origin(None, Some("bob")));
        assert!(answer(None, true).has_all_of(&ann) && answer(None, false).has_all_of(&bob));
        assert!(!answer(None, true).has_all_of(&bob));
        assert!(!QueueAnswer { whole: false, ..answer(None, false) }.has_all_of(&ann));
    }
}
