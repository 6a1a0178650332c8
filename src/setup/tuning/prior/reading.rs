//! Reads a past sweep as jobs of the design space of this one.

use std::collections::{BTreeMap, BTreeSet};

use sweep_config::records::{PriorJob, PriorSweep, SetupRecord};
use sweep_config::{Sweep, SweepDir, Value, fs};

use super::place::PriorPlace;
use crate::app::sweep_source::SweepSource;
use crate::app::{Failure, command};
use crate::setup::drawing::DesignSpace;
use crate::setup::tuning::ended::ResultSource;
use crate::setup::tuning::results::{KnownResults, value_of};
use crate::setup::tuning::told;
use crate::suggest::{DrawTrace, LAST_FRONT, ObservedCandidate, ObservedOutcome, fronts};
use crate::trials::TypedPairs;

/// The number of jobs of a past sweep that are used: its best, and a share of the others.
const MOST_JOBS: usize = 256;
const MOST_BEST: usize = 25;

/// A past sweep that was read, and whether that is to be tried again though its files stay as they are.
pub(super) struct ReadPrior {
    pub(super) sweep: PriorSweep<TypedPairs>,
    pub(super) is_damaged: bool,
}

impl ReadPrior {
    /// Reads a past sweep; one that gives nothing says why.
    pub(super) fn read(place: &PriorPlace, space: &DesignSpace<'_>) -> Self {
        let nothing = |problem: String| PriorSweep {
            sweep: place.name.clone(),
            objective: String::new(),
            problem: Some(problem),
            shared: Vec::new(),
            configs: 0,
            jobs: Vec::new(),
            dropped: BTreeMap::new(),
        };
        match read(place, space) {
            Ok(sweep) => Self { sweep, is_damaged: false },
            Err(failure) => {
                let problem = format!("cannot be read: {}", failure.with_hint().replace('\n', " "));
                Self { sweep: nothing(problem), is_damaged: true }
            }
        }
    }
}

fn read(place: &PriorPlace, space: &DesignSpace<'_>) -> Result<PriorSweep<TypedPairs>, Failure> {
    let prior = SweepSource::Kept(place.path.clone()).load(&[])?;
    let dir = prior.dir();
    let record = SetupRecord::read(&dir.setup_json())?.ok_or_else(|| Failure::Damaged {
        message: format!("`{}` is missing", dir.setup_json().display()),
        hint: None,
    })?;
    let source = ResultSource { reader: None, keeper: None, patience: 1 };
    let results = KnownResults::read(&prior, &record, &source)?;
    let jobs = ForeignJobs::of(&results, space);
    let problem = jobs.problem(&prior, &dir, &results);
    let ForeignJobs { shared, jobs, dropped, .. } = jobs;
    Ok(PriorSweep {
        sweep: place.name.clone(),
        objective: objective(&prior),
        configs: results.outcomes.len() as u64,
        jobs: if problem.is_some() { Vec::new() } else { jobs },
        shared,
        dropped,
        problem,
    })
}

/// The jobs of a past sweep in this design space.
struct ForeignJobs {
    shared: Vec<String>,
    jobs: Vec<PriorJob<TypedPairs>>,
    dropped: BTreeMap<String, u64>,
    has_values: bool,
}

impl ForeignJobs {
    fn of(results: &KnownResults, space: &DesignSpace<'_>) -> Self {
        let observed = |(_, outcome): &(u64, ObservedOutcome)| ObservedCandidate {
            trace: DrawTrace::default(),
            outcome: outcome.clone(),
        };
        let fronts = fronts(&results.outcomes.iter().map(observed).collect::<Vec<_>>());
        let mut order: Vec<usize> = (0..fronts.len()).collect();
        order.sort_by_key(|at| (fronts[*at], results.outcomes[*at].0));
        let names = space.params().names();
        let mut shared = BTreeSet::new();
        let mut found = Self {
            shared: Vec::new(),
            jobs: Vec::new(),
            dropped: BTreeMap::new(),
            has_values: fronts.iter().any(|front| *front != LAST_FRONT),
        };
        for at in order {
            let config = results.outcomes[at].0;
            let sampled = results.sampled.get(&config).map_or(&[][..], Vec::as_slice);
            let (values, outside) = space.translate(|name| value_of(sampled, name));
            let taken: Vec<(String, Value)> =
                names.iter().zip(values).filter_map(|(n, v)| Some((n.clone(), v?))).collect();
            shared.extend(taken.iter().map(|(name, _)| name.clone()));
            let reason = match outside.first() {
                Some(place) => format!("`{}` is outside", names[*place]),
                None if taken.is_empty() => "no shared parameter".to_owned(),
                None => {
                    let rank = (fronts[at] != LAST_FRONT).then_some(fronts[at] as u64);
                    found.jobs.push(PriorJob { config, rank, values: TypedPairs(taken) });
                    continue;
                }
            };
            *found.dropped.entry(reason).or_default() += 1;
        }
        found.shared = names.iter().filter(|name| shared.contains(*name)).cloned().collect();
        found.limit();
        found
    }

    /// Keeps as many jobs as are used: the best, and of the others an even share.
    fn limit(&mut self) {
        if self.jobs.len() <= MOST_JOBS {
            return;
        }
        let (others, kept) = (self.jobs.len() - MOST_BEST, MOST_JOBS - MOST_BEST);
        let is_kept = |at: usize| {
            let before = |at: usize| at * kept / others;
            at < MOST_BEST || before(at - MOST_BEST) < before(at - MOST_BEST + 1)
        };
        let mut at = 0;
        self.jobs.retain(|_| {
            at += 1;
            is_kept(at - 1)
        });
        let reason = format!("beyond the {MOST_JOBS} that are used");
        self.dropped.insert(reason, (others - kept) as u64);
    }

    /// Says why there is nothing to learn from it.
    fn problem(&self, prior: &Sweep, dir: &SweepDir, results: &KnownResults) -> Option<String> {
        if results.outcomes.is_empty() {
            let is_collected = dir.sweep_parquet().exists() || dir.told_jsonl().exists();
            let collect = command("sweep_collect", prior);
            return Some(if is_collected {
                "no job has a result".to_owned()
            } else {
                format!("was not collected: run `{collect}`")
            });
        }
        if !self.has_values {
            return Some(format!("no job has a value of its objective ({})", objective(prior)));
        }
        if self.shared.is_empty() {
            return Some("shares no parameter with this sweep".to_owned());
        }
        let is_of_use = self.jobs.iter().any(|job| job.rank.is_some());
        (!is_of_use).then(|| "no job fits this design space".to_owned())
    }
}

/// Returns the objective of a sweep in words.
fn objective(sweep: &Sweep) -> String {
    let words = told::metrics(sweep).into_iter();
    let words: Vec<String> =
        words.map(|(metric, goal)| format!("{} {metric}", goal.name())).collect();
    words.join(", ")
}

/// Returns the sizes and times of the files that a past sweep is read from.
pub(super) fn stamp(place: &PriorPlace) -> String {
    let dir = SweepDir::new(&place.path);
    let mut files = vec![
        dir.setup_json(),
        dir.sweep_cfg(),
        dir.sampled_jsonl(),
        dir.sweep_parquet(),
        dir.told_jsonl(),
    ];
    let results = dir.results();
    let mut names = fs::list_or_empty(&results).unwrap_or_default();
    names.sort();
    files.extend(names.iter().map(|name| results.join(name)));
    let of_file = |path: &std::path::PathBuf| match path.metadata() {
        Ok(meta) => {
            let time =
                meta.modified().ok().and_then(|t| t.duration_since(std::time::UNIX_EPOCH).ok());
            format!("{}:{}", meta.len(), time.map_or(0, |time| time.as_nanos()))
        }
        Err(_) => "-".to_owned(),
    };
    files.iter().map(of_file).collect::<Vec<_>>().join(" ")
}
