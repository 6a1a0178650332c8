//! The places where the reading of a job's logs goes on. They hold all that the logs said so far, so that packed they take a
//! fifth of the memory, and those of thousands of long logs are left in the cache of the last collect.

use std::sync::Arc;

use crate::collect::cache::codec::CacheCodec;
use crate::collect::cache::{CacheEntry, JobBlock, ResumePoint};

/// The places of one job.
#[derive(Default)]
pub(super) struct KeptResume {
    /// The places by the last look that read it.
    packed: Option<Box<[u8]>>,
    /// The places as a collect wrote them, with their range in the file of a block.
    collected: Option<(Arc<JobBlock>, (u64, u64))>,
}

impl KeptResume {
    /// Packs the places by a look.
    pub(super) fn pack(points: &Vec<ResumePoint>) -> Self {
        let mut bytes = Vec::new();
        points.put(&mut bytes);
        Self { packed: Some(bytes.into_boxed_slice()), collected: None }
    }

    /// Leaves the places in the block that a collect wrote.
    pub(super) fn of_block(block: &Arc<JobBlock>, kept: &CacheEntry) -> Self {
        Self { packed: None, collected: kept.resume.map(|range| (Arc::clone(block), range)) }
    }

    /// Takes over what a collect wrote of the same job.
    pub(super) fn inherit(&mut self, older: Self) {
        self.collected = older.collected;
    }

    /// Gives up what is in memory: a log is then read on from an earlier place, or from its beginning.
    pub(super) fn unpack(&mut self) {
        self.packed = None;
    }

    /// Counts the bytes in memory.
    pub(super) fn packed_len(&self) -> usize {
        self.packed.as_ref().map_or(0, |bytes| bytes.len())
    }

    /// Returns the places; `None` where the logs must be read from their beginnings.
    pub(super) fn points(&self) -> Option<Vec<ResumePoint>> {
        match (&self.packed, &self.collected) {
            (Some(bytes), _) => CacheCodec::get(&mut &**bytes),
            (None, Some((block, range))) => block.resume(*range),
            (None, None) => None,
        }
    }
}
