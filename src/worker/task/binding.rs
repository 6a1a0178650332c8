//! Binds a slot to its share of a task: GPUs and cores.
//!
//! `OMP_NUM_THREADS` and the like are left alone: by default such libraries start a thread for each
//! core that the process is bound to, which is right for a slot, and a value that the user has set
//! is intended.

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The variables that list the GPUs of a process, as SLURM sets them.
const GPUS: [&str; 4] =
    ["CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "GPU_DEVICE_ORDINAL"];

/// One of the slots of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::worker) struct TaskSlot {
    number: usize,
    /// The number of slots.
    of: usize,
}

impl TaskSlot {
    /// Returns the slot of this number, from 0, in a task with so many slots.
    pub(in crate::worker) fn new(number: u32, slots: u32) -> Self {
        Self { number: number as usize, of: slots.max(1) as usize }
    }

    /// Binds this process, and so all that it starts, to its share of the cores; returns the
    /// variables that bind programs to its share of the GPUs.
    ///
    /// With fewer cores than slots, no slot is bound. A system that forbids binding is left alone.
    pub(in crate::worker) fn bind(self) -> Vec<(&'static str, String)> {
        if let Ok(allowed) = sched_getaffinity(None) {
            let cores: Vec<usize> =
                (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core)).collect();
            if cores.len() >= self.of {
                let mut share = CpuSet::new();
                self.share(&cores).into_iter().for_each(|core| share.set(core));
                let _ = sched_setaffinity(None, &share);
            }
        }
        let mut variables = vec![("SWEEP_SLOT", self.number.to_string())];
        for name in GPUS {
            let Ok(list) = std::env::var(name) else { continue };
            let gpus: Vec<&str> = list.split(',').filter(|gpu| !gpu.is_empty()).collect();
            if !gpus.is_empty() {
                variables.push((name, self.share(&gpus).join(",")));
            }
        }
        variables
    }

    /// Returns its part of some things, dealt evenly; one that it shares with other slots where
    /// there are fewer things than slots.
    fn share<T: Copy>(self, things: &[T]) -> Vec<T> {
        if things.len() < self.of {
            return vec![things[self.number % things.len()]];
        }
        let bound = |slot: usize| slot * things.len() / self.of;
        things[bound(self.number)..bound(self.number + 1)].to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(things: &[u32], slots: usize) -> Vec<Vec<u32>> {
        (0..slots).map(|number| TaskSlot { number, of: slots }.share(things)).collect()
    }

    #[test]
    fn gpus_and_cores_are_dealt_evenly() {
        assert_eq!(shares(&[0, 1, 2, 3], 2), [vec![0, 1], vec![2, 3]]);
        assert_eq!(shares(&[0, 1, 2], 2), [vec![0], vec![1, 2]]);
        assert_eq!(shares(&[4, 5], 4), [vec![4], vec![5], vec![4], vec![5]]);
        assert_eq!(shares(&[7], 4), vec![vec![7]; 4]);
    }
}
