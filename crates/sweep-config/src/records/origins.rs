//! Where the jobs of a sweep come from: which config each is of, and whether the samplers drew it.

use std::collections::BTreeSet;

use super::{RoundRecord, SetupRecord};
use crate::fs::FsError;
use crate::{SetupConfig, Strategy, SweepDir};

/// The config of each job of a sweep, and which configs were chosen instead of drawn.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JobOrigins {
    /// The number of jobs of each config in the rounds that make configs.
    count: u64,
    spans: Vec<OriginSpan>,
    /// The chosen configs that the samplers drew, too.
    drawn_too: BTreeSet<u64>,
}

/// The jobs of one round.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct OriginSpan {
    from: u64,
    to: u64,
    /// The number of the first config that the round made.
    first: u64,
    is_chosen: bool,
    /// True if a search by results chose them.
    is_tuned: bool,
    /// The configs that the jobs are replicates of, in equal shares; empty in a round that makes configs.
    copied: Vec<u64>,
}

impl Default for JobOrigins {
    /// Returns the origins of jobs of which nothing is recorded: each is a config of its own.
    fn default() -> Self {
        Self { count: 1, spans: Vec::new(), drawn_too: BTreeSet::new() }
    }
}

impl JobOrigins {
    /// Reads the origins of a sweep from the record of its setup; `None` before that is there.
    ///
    /// # Errors
    ///
    /// When the record cannot be read.
    pub fn read(dir: &SweepDir) -> Result<Option<Self>, FsError> {
        Ok(SetupRecord::read(&dir.setup_json())?.map(|record| Self::of(&record)))
    }

    /// Reads the origins from the record of a setup.
    #[must_use]
    pub fn of(record: &SetupRecord) -> Self {
        let count = record.replicates.as_ref().map_or(1, |replicates| replicates.count.max(1));
        let count = u64::from(count);
        let mut origins = Self { count, spans: Vec::new(), drawn_too: BTreeSet::new() };
        for round in &record.rounds {
            // Jobs of which no round tells, as older versions left them.
            origins.push(round.from, None, &[]);
            origins.push(round.to, round.chosen.as_deref(), &round.replicates_of);
        }
        origins.push(record.kept, None, &[]);
        let drawn_too = record.rounds.iter().flat_map(|round| &round.drawn_too);
        origins.drawn_too.extend(drawn_too);
        origins
    }

    /// Adds the jobs up to before number `to`; `chosen` is what chose their configs.
    fn push(&mut self, to: u64, chosen: Option<&str>, copied: &[u64]) {
        let (from, first) = self.spans.last().map_or((0, 0), |last| {
            let made = if last.copied.is_empty() { (last.to - last.from) / self.count } else { 0 };
            (last.to, last.first + made)
        });
        if from < to {
            let (is_chosen, copied) = (chosen.is_some(), copied.to_vec());
            let is_tuned = chosen == Some(RoundRecord::SUGGESTED);
            self.spans.push(OriginSpan { from, to, first, is_chosen, is_tuned, copied });
        }
    }

    /// Returns the number of the config that a job is of.
    #[must_use]
    pub fn config(&self, job: u64) -> u64 {
        // They lie one behind the other, and a sweep that is tuned may have as many as jobs.
        let at = self.spans.partition_point(|span| span.to <= job);
        let Some(span) = self.spans.get(at) else { return job / self.count };
        if span.copied.is_empty() {
            return span.first + (job - span.from) / self.count;
        }
        let each = (span.to - span.from) / span.copied.len() as u64;
        let at = usize::try_from((job - span.from) / each.max(1)).unwrap_or(usize::MAX);
        span.copied.get(at).copied().unwrap_or(job)
    }

    /// Returns true if the config of a job was chosen, and not drawn from the design space.
    #[must_use]
    pub fn is_chosen(&self, job: u64) -> bool {
        self.was_chosen(job) && !self.drawn_too.contains(&self.config(job))
    }

    /// Returns true if a search by results chose the config of a job, and no sampler drew it.
    #[must_use]
    pub fn is_tuned(&self, job: u64) -> bool {
        let config = self.config(job);
        let is_of = |span: &OriginSpan| span.is_tuned && self.configs_of(span).contains(&config);
        !self.drawn_too.contains(&config) && self.spans.iter().any(is_of)
    }

    /// Returns true if the config of a job was chosen, drawn too or not.
    #[must_use]
    pub fn was_chosen(&self, job: u64) -> bool {
        let config = self.config(job);
        let is_of = |span: &OriginSpan| span.is_chosen && self.configs_of(span).contains(&config);
        self.spans.iter().any(is_of)
    }

    fn configs_of(&self, span: &OriginSpan) -> std::ops::Range<u64> {
        span.first..span.first + (span.to - span.from) / self.count
    }

    /// Returns true if configs were chosen, drawn too or not.
    #[must_use]
    pub fn has_chosen(&self) -> bool {
        self.spans.iter().any(|span| span.is_chosen)
    }

    /// Returns true if a config may have several jobs.
    #[must_use]
    pub fn are_replicated(&self) -> bool {
        self.count > 1 || self.spans.iter().any(|span| !span.copied.is_empty())
    }

    /// Returns the jobs of the rounds that drew them, in order.
    pub fn drawn_jobs(&self) -> impl Iterator<Item = u64> + '_ {
        let drawn = self.spans.iter().filter(|span| !span.is_chosen && span.copied.is_empty());
        drawn.flat_map(|span| span.from..span.to)
    }

    /// Returns the number of configs, drawn or chosen.
    #[must_use]
    pub fn configs(&self) -> u64 {
        let made = self.spans.iter().filter(|span| span.copied.is_empty());
        made.map(|span| (span.to - span.from) / self.count).sum()
    }

    /// Returns how many configs are yet to be suggested, of a sweep that is tuned and has a budget.
    #[must_use]
    pub fn configs_to_come(&self, setup: &SetupConfig) -> u64 {
        let budget = setup.num_configs.filter(|_| setup.strategy == Strategy::Tpe);
        budget.map_or(0, |budget| budget.saturating_sub(self.configs()))
    }

    /// Returns the number of jobs of these configs.
    #[must_use]
    pub fn jobs_to_come(&self, setup: &SetupConfig) -> u64 {
        self.configs_to_come(setup).saturating_mul(self.count)
    }

    /// Returns the number of configs that were drawn.
    #[must_use]
    pub fn draws(&self) -> u64 {
        self.drawn_jobs().count() as u64 / self.count + self.drawn_too.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{ReplicateRecord, RoundRecord};

    fn round(from: u64, to: u64) -> RoundRecord {
        RoundRecord { from, to, ..RoundRecord::default() }
    }

    fn record(count: u32, kept: u64, rounds: Vec<RoundRecord>) -> SetupRecord {
        let text = r#"{"format_version": 1, "tool_version": "", "seed": 0, "requested": 0, "kept": 0,
            "candidates": 0, "duplicates": 0, "rejections": {}, "overrides": []}"#;
        let record: SetupRecord = serde_json::from_str(text).unwrap();
        let replicates = Some(ReplicateRecord { count, key: "SEED".to_owned() });
        SetupRecord { kept, replicates, rounds, ..record }
    }

    #[test]
    fn each_job_has_its_config_whatever_round_made_it() {
        let chosen = RoundRecord { chosen: Some("a.csv".to_owned()), ..round(0, 4) };
        let drawn = RoundRecord { drawn_too: vec![1], ..round(4, 10) };
        let more = RoundRecord { replicates_of: vec![0, 3], ..round(10, 16) };
        let origins = JobOrigins::of(&record(2, 18, vec![chosen, drawn, more, round(16, 18)]));
        let configs: Vec<u64> = (0..18).map(|job| origins.config(job)).collect();
        assert_eq!(configs, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 0, 0, 0, 3, 3, 3, 5, 5]);
        let chosen: Vec<u64> = (0..18).filter(|job| origins.is_chosen(*job)).collect();
        assert_eq!(chosen, [0, 1, 10, 11, 12], "what was drawn, too, counts as drawn");
        assert_eq!(origins.draws(), 5);
        assert!((0..18).all(|job| !origins.is_tuned(job)), "chosen by a file, not by results");
    }

    #[test]
    fn jobs_that_a_search_suggested_are_told_from_those_that_a_user_chose() {
        let by = |chosen: &str, from, to| RoundRecord {
            chosen: Some(chosen.to_owned()),
            ..round(from, to)
        };
        let rounds = vec![round(0, 2), by("--suggest", 2, 4), by("--add a.csv", 4, 6), round(6, 8)];
        let origins = JobOrigins::of(&record(1, 8, rounds));
        let tuned: Vec<u64> = (0..8).filter(|job| origins.is_tuned(*job)).collect();
        let chosen: Vec<u64> = (0..8).filter(|job| origins.is_chosen(*job)).collect();
        assert_eq!((tuned, chosen), (vec![2, 3], vec![2, 3, 4, 5]));
    }

    #[test]
    fn without_rounds_the_number_of_the_job_says_it() {
        let origins = JobOrigins::of(&record(3, 9, Vec::new()));
        assert_eq!((origins.config(5), origins.is_chosen(5), origins.draws()), (1, false, 3));
        assert_eq!(JobOrigins::default().config(7), 7);
    }
}
