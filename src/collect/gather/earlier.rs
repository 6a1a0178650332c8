//! The outputs and the cache of an earlier collect, from which unchanged jobs are copied.

use std::fs::File;

use rayon::prelude::*;
use sweep_config::SweepDir;

use crate::collect::cache::{CacheManifest, JobBlock};
use crate::collect::job_block::OldBlock;
use crate::collect::sweep_json_entry::{HEAD, SEPARATOR};
use crate::collect::table::{FACTS, OldTable, TableColumn, schema};

/// The outputs and blocks of an earlier collect.
#[derive(Default)]
pub(super) struct EarlierOutputs {
    pub(super) sweep_json: Option<File>,
    pub(super) curves: Option<OldTable>,
    pub(super) jobs: Option<OldJobs>,
    pub(super) blocks: Vec<(u32, OldBlock)>,
    /// The number of its blocks that have no job any more.
    pub(super) dropped: usize,
}

/// `sweep.parquet`, and what its row groups are of.
pub(super) struct OldJobs {
    pub(super) table: OldTable,
    pub(super) columns: Vec<TableColumn>,
    /// The numbers of the blocks, in order.
    pub(super) blocks: Vec<u32>,
}

impl EarlierOutputs {
    /// Opens what there is to copy from; nothing unless all of it fits together.
    pub(super) fn read(dir: &SweepDir, key: u64) -> Self {
        Self::open(dir, key).unwrap_or_default()
    }

    fn open(dir: &SweepDir, key: u64) -> Option<Self> {
        let manifest = CacheManifest::read(dir, key)?;
        let sweep_json = File::open(dir.sweep_json()).ok()?;
        let curves = File::open(dir.curves_parquet()).ok()?;
        let jobs = File::open(dir.sweep_parquet()).ok()?;
        // Another collect may have replaced the files since the manifest was compared with them.
        if !manifest.describes([&sweep_json, &jobs, &curves]) {
            return None;
        }
        let open =
            |(number, name): &(u32, String)| Some((*number, JobBlock::open(dir, name, key)?));
        let blocks: Option<Vec<_>> = manifest.blocks().par_iter().map(open).collect();
        let curves = OldTable::open(curves).ok()?;
        let blocks = blocks?;
        let jobs = OldJobs {
            table: OldTable::open(jobs).ok()?,
            columns: schema(&FACTS, blocks.iter().flat_map(|(_, block)| &block.index.columns)),
            blocks: blocks.iter().map(|(number, _)| *number).collect(),
        };
        Some(Self {
            sweep_json: Some(sweep_json),
            curves: Some(curves),
            jobs: Some(jobs),
            blocks: places(blocks),
            dropped: 0,
        })
    }

    pub(super) fn is_there(&self) -> bool {
        self.sweep_json.is_some() && self.dropped == 0
    }
}

/// Returns the blocks with their places in the outputs.
fn places(blocks: Vec<(u32, JobBlock)>) -> Vec<(u32, OldBlock)> {
    let (mut entries_at, mut groups) = (HEAD.len() as u64, 0..);
    let placed = blocks.into_iter().map(|(number, block)| {
        let mut old = OldBlock { block, entries_at, group: None };
        if old.curve_rows() > 0 {
            old.group = groups.next();
        }
        entries_at = old.entries().map_or(entries_at, |range| range.end + SEPARATOR.len() as u64);
        (number, old)
    });
    placed.collect()
}
