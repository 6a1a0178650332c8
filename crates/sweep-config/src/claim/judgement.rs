//! Judges whether the holder of a claim is dead (pure): the one place that has the rule.
//!
//! No single sign is enough against a holder that we cannot see. SLURM may hide a task, forget it
//! while its node goes on, or be another cluster's; a heartbeat stops while a task is suspended. And
//! what could not be asked is no sign at all.

/// The holder's process, as our own process table shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessSign {
    /// It runs.
    Runs,
    /// It is gone.
    Gone,
    /// It is in another table: on another host, in another container, or before a reboot.
    Elsewhere,
}

/// The age of a heartbeat, by the file system's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeartbeatAge {
    /// Younger than [`MISSED`](super::MISSED), or not to be told.
    Fresh,
    /// One heartbeat was missed.
    Missed,
    /// Three heartbeats were missed.
    Late,
    /// Older than [`STALE`](super::STALE).
    Stale,
    /// Older than [`FORGOTTEN`](super::FORGOTTEN): nothing is suspended for so long.
    Forgotten,
}

/// The word of SLURM's queue about the task that a holder runs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueWord {
    /// There is no queue to ask: the holder runs outside SLURM, or there is no SLURM here, or the ledger
    /// does not have the array.
    Absent,
    /// The task has its nodes: it runs, is suspended, starts or ends.
    Active,
    /// The task waits: it was not started, or is to start again.
    Waits,
    /// A whole answer does not have it, or says that it is over.
    Lacks,
    /// SLURM has started the task again since: the holder belongs to an earlier run of the task that asks.
    Restarted,
    /// The queue may know the task and does not say: not asked yet, no answer or half of one, tasks of others
    /// that are hidden from us.
    Silent,
}

/// The cluster whose queue was asked, beside the one that the task was submitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterSign {
    /// It is the same.
    Ours,
    /// It is another one, which knows nothing of the task.
    Another,
    /// One of the names is not known.
    Unknown,
}

/// Everything that is known of a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HolderSigns {
    /// The word of our process table.
    pub process: ProcessSign,
    /// The word of the file system.
    pub heartbeat: HeartbeatAge,
    /// The word of squeue.
    pub queue: QueueWord,
    /// Whose word that is.
    pub cluster: ClusterSign,
    /// True if sacct says that the task is over.
    pub accounted_end: bool,
}

/// The judgement on a holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderLife {
    /// It lives.
    Alive,
    /// It is dead, and its job may be taken over.
    Dead,
    /// Nobody knows; its claim is kept.
    Unknown,
}

impl HolderSigns {
    /// Returns the judgement.
    ///
    /// A holder in our process table is judged by that. A fresh heartbeat is life, and so is a task that
    /// the queue has on its nodes, however old the heartbeat: it may be suspended. A holder whose task
    /// the queue of its own cluster has no more, or that sacct says is over, is dead once its heartbeat is late; if
    /// the task waits to start again, or the cluster's name is not known, once it is stale. Where there is no
    /// queue to ask, the heartbeat decides: stale is dead. Where there is one, and it does not
    /// say, or it is another cluster's, the claim is kept until its heartbeat is forgotten. SLURM starts a task again
    /// once its nodes have reported that the former run is over, or one of them is given up: so a former run is dead
    /// once a heartbeat is missed, which a program on a node that was given up does not.
    #[must_use]
    pub fn judge(self) -> HolderLife {
        use HeartbeatAge::{Forgotten, Fresh, Late, Missed, Stale};
        use HolderLife::{Alive, Dead, Unknown};
        match self.process {
            ProcessSign::Runs => return Alive,
            ProcessSign::Gone => return Dead,
            ProcessSign::Elsewhere => {}
        }
        let queue = self.trusted_queue();
        match (queue, self.heartbeat) {
            (QueueWord::Active, _) | (_, Fresh) => Alive,
            (QueueWord::Restarted, _) => Dead,
            (_, Missed) | (QueueWord::Absent, Late) => Alive,
            (QueueWord::Lacks, Late) if self.cluster == ClusterSign::Ours => Dead,
            (_, Late) | (QueueWord::Silent, Stale) => Unknown,
            (QueueWord::Absent | QueueWord::Waits | QueueWord::Lacks, Stale) | (_, Forgotten) => {
                Dead
            }
        }
    }

    /// Returns the queue's word as far as it proves anything: the word of another cluster is silence, and
    /// sacct's fills it.
    fn trusted_queue(self) -> QueueWord {
        match (self.queue, self.cluster) {
            (QueueWord::Absent, _) => QueueWord::Absent,
            (_, ClusterSign::Another) => QueueWord::Silent,
            (QueueWord::Silent, _) if self.accounted_end => QueueWord::Lacks,
            (word, _) => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ClusterSign::{Another, Ours, Unknown as Nameless};
    use super::HeartbeatAge::{Forgotten, Fresh, Late, Missed, Stale};
    use super::QueueWord::{Absent, Active, Lacks, Restarted, Silent, Waits};
    use super::*;

    const AGES: [HeartbeatAge; 5] = [Fresh, Missed, Late, Stale, Forgotten];

    /// A row: the queue's word, the cluster, sacct's word, and the judgement for each of [`AGES`]: `a`live, `d`ead,
    /// `?` not known.
    const TABLE: [(QueueWord, ClusterSign, bool, &str); 36] = [
        (Absent, Ours, false, "aaadd"),
        (Absent, Ours, true, "aaadd"),
        (Absent, Another, false, "aaadd"),
        (Absent, Another, true, "aaadd"),
        (Absent, Nameless, false, "aaadd"),
        (Absent, Nameless, true, "aaadd"),
        (Active, Ours, false, "aaaaa"),
        (Active, Ours, true, "aaaaa"),
        (Active, Another, false, "aa??d"),
        (Active, Another, true, "aa??d"),
        (Active, Nameless, false, "aaaaa"),
        (Active, Nameless, true, "aaaaa"),
        (Waits, Ours, false, "aa?dd"),
        (Waits, Ours, true, "aa?dd"),
        (Waits, Another, false, "aa??d"),
        (Waits, Another, true, "aa??d"),
        (Waits, Nameless, false, "aa?dd"),
        (Waits, Nameless, true, "aa?dd"),
        (Lacks, Ours, false, "aaddd"),
        (Lacks, Ours, true, "aaddd"),
        (Lacks, Another, false, "aa??d"),
        (Lacks, Another, true, "aa??d"),
        (Lacks, Nameless, false, "aa?dd"),
        (Lacks, Nameless, true, "aa?dd"),
        (Restarted, Ours, false, "adddd"),
        (Restarted, Ours, true, "adddd"),
        (Restarted, Another, false, "aa??d"),
        (Restarted, Another, true, "aa??d"),
        (Restarted, Nameless, false, "adddd"),
        (Restarted, Nameless, true, "adddd"),
        (Silent, Ours, false, "aa??d"),
        (Silent, Ours, true, "aaddd"),
        (Silent, Another, false, "aa??d"),
        (Silent, Another, true, "aa??d"),
        (Silent, Nameless, false, "aa??d"),
        (Silent, Nameless, true, "aa?dd"),
    ];

    fn letter(life: HolderLife) -> char {
        match life {
            HolderLife::Alive => 'a',
            HolderLife::Dead => 'd',
            HolderLife::Unknown => '?',
        }
    }

    #[test]
    fn every_combination_of_signs_has_its_judgement() {
        for (queue, cluster, accounted_end, expected) in TABLE {
            let judge = |process, heartbeat| {
                HolderSigns { process, heartbeat, queue, cluster, accounted_end }.judge()
            };
            let elsewhere = |age| letter(judge(ProcessSign::Elsewhere, age));
            let row: String = AGES.map(elsewhere).iter().collect();
            assert_eq!(row, expected, "{queue:?} {cluster:?} {accounted_end}");
            for age in AGES {
                assert_eq!(judge(ProcessSign::Runs, age), HolderLife::Alive);
                assert_eq!(judge(ProcessSign::Gone, age), HolderLife::Dead);
            }
        }
    }

    #[test]
    fn the_table_has_every_combination_once() {
        let mut rows: Vec<String> = TABLE
            .iter()
            .map(|(queue, cluster, end, _)| format!("{queue:?}{cluster:?}{end}"))
            .collect();
        rows.sort();
        rows.dedup();
        assert_eq!(rows.len(), 6 * 3 * 2);
    }
}
