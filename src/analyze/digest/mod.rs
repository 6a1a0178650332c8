//! The report in a few numbers, for a terminal or a program.

mod comparison;
mod front;
mod gain;
mod tuning;

use serde::Serialize;

use comparison::{DigestComparison, compared};
use front::{DigestFront, fronts};
use gain::DigestGain;
use tuning::{DigestContest, records};

use super::findings::ReportFindings;
use super::group::{JobGroup, beside_draws};
use super::importance::ImportanceResult;
use super::leaders::{LeadingConfig, LeadingJob};
use super::lineage::SweepLineage;
use super::priors::PriorShare;
use super::sampled;
use super::sections::ranges;
use super::stats::SampleSummary;
use crate::app::{count, listed, thousands};
use crate::page::number::number;

/// The report in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ReportDigest {
    /// The objective that jobs are ranked by, in words.
    pub objective: String,
    /// The unit of its values, such as `%`; missing where it is not known.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub unit: &'static str,
    /// `minimize` or `maximize`.
    pub goal: &'static str,
    /// The sentences on what filters keep and how the jobs are divided into groups; none where nothing does.
    pub selection: Vec<String>,
    /// One a sweep, the report's own first, or one a split: the groups that the page is about.
    pub sweeps: Vec<SweepDigest>,
    /// The comparisons of the page.
    pub comparisons: Vec<DigestComparison>,
    /// The tuned sweeps beside those of random draws; none where no sweep was tuned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tuning: Vec<DigestContest>,
    /// The gain of tuning over `BASE_CFG`'s own values in the report's own sweep; missing if no config has them.
    pub tunability: Option<DigestGain>,
    /// The Pareto fronts of the page; none of a single objective.
    pub fronts: Vec<DigestFront>,
    /// The sweeps that are related to those of the report; missing where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage: Option<SweepLineage>,
    /// The sentences that say what could not be shown.
    pub warnings: Vec<String>,
    /// The path of the page.
    pub report: String,
}

/// The results of one sweep in numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct SweepDigest {
    /// Its short name.
    pub name: String,
    /// The number of its jobs.
    pub jobs: usize,
    /// The number of jobs that have a value of the objective.
    pub with_value: usize,
    /// The number of jobs that stopped, failed or diverged without one.
    pub lost: usize,
    /// The number of jobs that ended with an infinity that is better than all values: neither ranked nor drawn.
    pub infinite: usize,
    /// The number of jobs that may end otherwise, have not begun, or were cancelled before they had a value. These four
    /// numbers are all jobs.
    pub unsettled: usize,
    /// The number of jobs whose configs were chosen and not drawn, if there are any: all numbers but those of jobs are
    /// without them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen: Option<usize>,
    /// The number of those that were chosen by results, in a sweep that is tuned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tuned: Option<usize>,
    /// The best value so far, by number of jobs in their order, in a sweep that is tuned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_so_far: Option<Vec<(usize, f64)>>,
    /// The part of past sweeps in its suggestions; missing where none was named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub past_sweeps: Vec<PriorShare>,
    /// The number of configs, which count once each; missing where each job has its own.
    pub configs: Option<usize>,
    /// The best value; missing where there is none.
    pub best: Option<f64>,
    /// The value that half of those that ended reach; missing where not so many do.
    pub median: Option<f64>,
    /// The mean of those that have a value.
    pub mean: Option<f64>,
    /// The mean of the middle half of the configs (interquartile mean), lost ones being worse than all; missing where more than a
    /// quarter are lost, and while any is open.
    pub iqm: Option<f64>,
    /// Its 95 % interval, however the open ones end; missing ends lie among what is lost or open.
    pub iqm_interval: Option<(f64, f64)>,
    /// That in words.
    #[serde(skip)]
    pub middle: Option<String>,
    /// The best jobs, best first.
    pub best_jobs: Vec<BestJob>,
    /// The number of jobs beside the best that have the same value.
    pub equal_to_best: usize,
    /// The best configs over their seeds, best first; empty where each job has its own.
    pub best_configs: Vec<BestConfig>,
    /// The range in which the best of a quarter of the jobs lies in 95 % of all draws, by parameter.
    pub best_ranges: Vec<RangeDigest>,
    /// The parameters that matter, most first.
    pub importances: Vec<ImportanceShare>,
    /// The share of the variance that the forest explains in jobs that it has not seen.
    pub explained: Option<f64>,
}

/// One of the best jobs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BestJob {
    /// Its number.
    pub job: u32,
    /// The value of its objective.
    pub value: f64,
    /// The value at its last epoch, where that is another.
    pub value_at_last: Option<f64>,
    /// True if its config was chosen and not drawn; missing otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// True if results chose it; missing otherwise.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub tuned: bool,
    /// The sampled values, as a sentence.
    pub sampled: String,
}

impl BestJob {
    fn line(&self) -> String {
        let last = self.value_at_last.map(|last| format!("  (last {})", number(last)));
        let (value, last) = (number(self.value), last.unwrap_or_default());
        let chosen = match (self.tuned, self.chosen) {
            (true, _) => "  (tuned)",
            (_, true) => "  (chosen)",
            _ => "",
        };
        format!("    {:06}  {value:<8}{last}  {}{chosen}", self.job, self.sampled)
    }
}

/// One of the best configs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct BestConfig {
    /// The numbers of its jobs.
    pub jobs: Vec<u32>,
    /// The value over its seeds, reduced as `ANALYZE.OVER_SEEDS` says.
    pub value: f64,
    /// The standard error of a mean over so many seeds.
    pub standard_error: Option<f64>,
    /// The value of each seed.
    pub seeds: Vec<f64>,
    /// The sampled values, as a sentence.
    pub sampled: String,
}

impl BestConfig {
    fn line(&self) -> String {
        let error = self.standard_error.map(|error| format!(" ± {}", number(error)));
        let jobs: Vec<String> = self.jobs.iter().map(|job| format!("{job:06}")).collect();
        let (value, error) = (number(self.value), error.unwrap_or_default());
        format!("    {value}{error}  jobs {}  {}", listed(&jobs), self.sampled)
    }
}

/// The range of a parameter's good values.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct RangeDigest {
    /// Its full name.
    pub parameter: String,
    /// The 2.5 percentile.
    pub low: f64,
    /// The median.
    pub median: f64,
    /// The 97.5 percentile.
    pub high: f64,
}

/// The importance of a parameter.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct ImportanceShare {
    /// Its full name.
    pub parameter: String,
    /// The share of the variance that it explains alone.
    pub share: f64,
    /// True if parameters without an effect seldom look like it does.
    pub beyond_chance: bool,
}

/// Returns the digest of what was found; `warnings` and `report` are the page's.
pub(crate) fn digest(
    findings: &ReportFindings<'_>,
    warnings: Vec<String>,
    report: String,
) -> ReportDigest {
    let groups = findings.groups();
    let first = groups.first();
    ReportDigest {
        objective: first.map(|group| group.objective.words.clone()).unwrap_or_default(),
        unit: first.map_or("", |group| group.objective.unit.sign()),
        goal: first.map_or("minimize", |group| group.objective.goal.name()),
        selection: findings.selection_words(),
        sweeps: (0..groups.len()).map(|at| sweep(findings, at)).collect(),
        comparisons: first.map_or_else(Vec::new, |group| {
            findings.comparisons.iter().map(|c| compared(c, &group.objective)).collect()
        }),
        tuning: first.map_or_else(Vec::new, |group| {
            let contests = findings.contests.iter();
            contests.map(|contest| DigestContest::of(contest, &group.objective)).collect()
        }),
        tunability: DigestGain::of(findings),
        fronts: fronts(findings),
        lineage: findings.lineage.clone(),
        warnings,
        report,
    }
}

fn sweep(findings: &ReportFindings<'_>, at: usize) -> SweepDigest {
    let (group, leaders) = (&findings.groups()[at], &findings.leaders[at]);
    let (goal, middle) = (group.objective.goal, findings.middles[at].as_ref());
    let mut losses = group.losses();
    losses.sort_by(f64::total_cmp);
    let summary = SampleSummary::of(&losses);
    let ImportanceResult { parameters, importance, .. } = &findings.importances[at];
    let name = |at: usize| parameters[at].key.clone();
    let shares = importance.iter().flat_map(|found| &found.effects);
    SweepDigest {
        name: group.name.clone(),
        jobs: group.len(),
        with_value: group.with_value(),
        lost: group.lost_jobs(),
        infinite: group.boundless_jobs(),
        unsettled: group.unsettled_jobs(),
        chosen: Some(group.chosen_jobs()).filter(|jobs| *jobs > 0),
        tuned: Some(group.tuned_jobs()).filter(|jobs| *jobs > 0),
        best_so_far: records(group),
        past_sweeps: findings.past_sweeps_of(group).to_vec(),
        configs: group.is_replicated().then(|| group.configs().len()),
        best: summary.map(|s| goal.as_loss(s.min)),
        median: group.median(),
        mean: summary.map(|s| goal.as_loss(s.mean)),
        iqm: middle.and_then(|middle| middle.mean),
        iqm_interval: middle.map(|middle| middle.interval),
        middle: middle.map(|middle| middle.words(group)),
        best_jobs: leaders.jobs.iter().map(|job| best_job(group, job)).collect(),
        equal_to_best: leaders.equals,
        best_configs: leaders.configs.iter().map(|config| best_config(group, config)).collect(),
        best_ranges: ranges(group, parameters)
            .into_iter()
            .map(|(key, range)| RangeDigest {
                parameter: key.to_owned(),
                low: range.low,
                median: range.median,
                high: range.high,
            })
            .collect(),
        importances: shares
            .map(|effect| ImportanceShare {
                parameter: name(effect.parameter),
                share: effect.share,
                beyond_chance: effect.beyond_chance,
            })
            .collect(),
        explained: importance.as_ref().map(|found| found.explained),
    }
}

fn best_job(group: &JobGroup<'_>, leading: &LeadingJob) -> BestJob {
    let job = group.job(leading.row);
    let (value, value_at_last) = (leading.value, leading.at_last);
    let (chosen, tuned, sampled) = (job.is_chosen, job.is_tuned, sampled::plain(job));
    BestJob { job: job.id.0, value, value_at_last, chosen, tuned, sampled }
}

fn best_config(group: &JobGroup<'_>, leading: &LeadingConfig) -> BestConfig {
    BestConfig {
        jobs: leading.rows.iter().map(|&row| group.job(row).id.0).collect(),
        value: leading.value,
        standard_error: leading.standard_error,
        seeds: leading.seeds.clone(),
        sampled: leading
            .rows
            .first()
            .map(|&row| sampled::plain(group.job(row)))
            .unwrap_or_default(),
    }
}

impl ReportDigest {
    /// Returns the line on what jobs are ranked by.
    fn objective_line(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" in {}", self.unit) };
        format!("objective: {}{unit} ({})", self.objective, self.goal)
    }

    /// Returns the lines that a person reads in a terminal.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.objective_line()];
        lines.extend(self.selection.iter().cloned());
        for sweep in &self.sweeps {
            lines.push(String::new());
            sweep.lines(&mut lines);
        }
        if let Some(gain) = &self.tunability {
            lines.extend([String::new(), gain.words.clone()]);
        }
        for contest in &self.tuning {
            lines.extend([String::new(), contest.words.clone()]);
        }
        for comparison in &self.comparisons {
            lines.push(String::new());
            lines.push(comparison.words.clone());
            lines.extend(comparison.best_of.as_ref().map(|best| best.words.clone()));
        }
        for front in &self.fronts {
            lines.push(String::new());
            lines.extend(front.lines());
        }
        lines
    }
}

impl SweepDigest {
    /// Appends the best configs where there are seeds, else the best jobs.
    fn best_lines(&self, lines: &mut Vec<String>) {
        if !self.best_configs.is_empty() {
            lines.push("  best configs, over their seeds:".to_owned());
            lines.extend(self.best_configs.iter().map(BestConfig::line));
        } else if !self.best_jobs.is_empty() {
            lines.push("  best jobs:".to_owned());
            lines.extend(self.best_jobs.iter().map(BestJob::line));
        }
        if self.best_configs.is_empty() && self.equal_to_best > 0 {
            lines.push(format!(
                "    {} with the same value as the first",
                count(self.equal_to_best, "other job")
            ));
        }
    }

    fn lines(&self, lines: &mut Vec<String>) {
        let configs = self.configs.map_or(String::new(), |n| format!(" of {n} configs"));
        let infinite = match self.infinite {
            0 => String::new(),
            jobs => format!(", {jobs} with an infinite one"),
        };
        lines.push(format!(
            "{}: {} jobs{configs}, {} ended with a value{infinite}, {} without",
            self.name,
            thousands(self.jobs),
            thousands(self.with_value),
            thousands(self.lost)
        ));
        if let Some(jobs) = self.chosen {
            let chosen = count(jobs, "job");
            let word = beside_draws(self.tuned.unwrap_or(0), jobs);
            lines.push(format!(
                "  of drawn configs; {chosen} of {word} ones may be among the best jobs"
            ));
        }
        lines.extend(self.past_sweeps.iter().map(|share| format!("  {}", share.words())));
        if let (Some(best), Some(mean)) = (self.best, self.mean) {
            let median =
                self.median.map_or("none (half the jobs have no value)".to_owned(), number);
            let [best, mean] = [best, mean].map(number);
            lines
                .push(format!("  best {best}, median {median}, mean of those with a value {mean}"));
        }
        let middle = self.middle.iter();
        lines.extend(middle.map(|words| format!("  mean of the middle half (95 %) {words}")));
        self.best_lines(lines);
        let width = |names: &mut dyn Iterator<Item = &String>| {
            names.map(|name| name.chars().count()).max().unwrap_or(0)
        };
        let wide = width(&mut self.best_ranges.iter().map(|range| &range.parameter));
        if !self.best_ranges.is_empty() {
            lines.push("  best ranges (95 %):".to_owned());
        }
        for range in &self.best_ranges {
            let [low, median, high] = [range.low, range.median, range.high].map(number);
            lines.push(format!("    {:wide$}  {low} to {high}, median {median}", range.parameter));
        }
        let wide = width(&mut self.importances.iter().map(|share| &share.parameter));
        if let Some(explained) = self.explained {
            let percent = (explained * 100.0).max(0.0);
            lines.push(format!("  what matters (the forest explains {percent:.0} %):"));
        }
        for share in &self.importances {
            let chance = if share.beyond_chance { "" } else { "  (not beyond chance)" };
            let percent = share.share * 100.0;
            lines.push(format!("    {:wide$}  {percent:>5.1} %{chance}", share.parameter));
        }
    }
}
