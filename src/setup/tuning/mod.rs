//! `STRATEGY: tpe`: the next configs are chosen by the results so far.
//!
//! - `told` takes results that were measured elsewhere,
//! - `ended` reads what workers noted of ended jobs, `measured` joins it with the last collect,
//! - `results` gathers what is known of each config (measured or told), of several jobs (`job_result`) or one,
//! - `search` chooses a config by it (pure), with `crate::suggest`,
//! - `prior` reads past sweeps and weighs what they say,
//! - `record` keeps what each choice followed from, by which it can be made again,
//! - `suggester` does all of it for whoever asks, the command line or a worker (`suggested`); `turn` lets one do so at a time.
//!
//! Results come from files only: `results/` of the workers, `sweep.parquet` of the last collect, and `told.jsonl`.

mod ended;
mod job_result;
mod measured;
mod picks;
mod present;
mod prior;
mod record;
mod results;
mod search;
mod suggested;
mod suggester;
mod told;
pub(super) mod turn;

use std::path::PathBuf;

use sweep_config::claim::Claimant;
use sweep_config::{Strategy, Sweep};

use super::identity::EarlierSetup;
use crate::app::num::saturated;
use crate::app::sweep_source::SweepSource;
use crate::app::{Exit, Failure, Printer, SweepArgs, command, count};
pub(in crate::setup) use prior::best_configs;
pub(crate) use suggested::{SuggestEnd, SuggestOutcome, SuggestedConfigs};
pub(crate) use suggester::ConfigSuggester;

/// The request to a sweep that is tuned.
#[derive(Debug, Clone, Default)]
pub struct TuningRequest {
    /// Append so many suggested configs.
    pub suggest: Option<u64>,
    /// Take the results in this file first; `-` is standard input.
    pub tell: Option<PathBuf>,
    /// Make the suggestion of this job again, and print its config.
    pub replay: Option<u64>,
    /// Print the suggestions as JSON.
    pub json: bool,
    /// Write no config.
    pub dry_run: bool,
}

/// Takes results, and suggests configs.
///
/// [`Exit::Incomplete`] means that there are fewer suggestions than were asked for.
///
/// # Errors
///
/// When the sweep is not one that is tuned, was not set up, a result is wrong, or the file system fails. Then nothing was
/// taken and nothing appended.
pub fn tune(args: &SweepArgs, request: &TuningRequest) -> Result<Exit, Failure> {
    let sweep = args.load()?;
    sweep.warnings.iter().for_each(|warning| args.printer().warn(warning));
    SweepSource::refuse_imported(&sweep)?;
    let strategy = sweep.setup.strategy;
    if strategy != Strategy::Tpe {
        return Err(Failure::usage(
            format!("SETUP.STRATEGY is `{}`, which learns from no results", strategy.name()),
            "set `STRATEGY: tpe`; a sweep of random draws can continue with it",
        ));
    }
    let earlier = EarlierSetup::read(&sweep, &[], false)?;
    earlier.refuse_other_space(&sweep)?;
    if let Some(path) = &request.tell {
        let told = told::take(&sweep, earlier.record(), path)?;
        args.printer().note(format_args!("Took {}", count(told, "result")));
    }
    if request.suggest.is_none() && request.replay.is_none() {
        return Ok(Exit::Done);
    }
    let suggester = ConfigSuggester::new(sweep)?;
    match request.replay {
        Some(number) => suggester.replay(&earlier, number, args.printer()),
        None => append(&suggester, &earlier, request, args.printer()),
    }
}

/// Appends suggested configs, or shows them. Where another process makes a suggestion, this one waits for it.
fn append(
    suggester: &ConfigSuggester,
    earlier: &EarlierSetup,
    request: &TuningRequest,
    printer: Printer,
) -> Result<Exit, Failure> {
    let asked = saturated(request.suggest.unwrap_or(0));
    let mut claimant = Claimant::new()?;
    let mut all: Option<SuggestedConfigs> = None;
    let end = loop {
        let wanted = asked - all.as_ref().map_or(0, SuggestedConfigs::len);
        let outcome = match wanted {
            0 => break None,
            _ if request.dry_run => suggester.preview(earlier, wanted)?,
            _ => suggester.suggest(&mut claimant, wanted, 1)?,
        };
        match outcome {
            SuggestOutcome::Held => turn::pause(),
            SuggestOutcome::Over(end) => break Some(end),
            SuggestOutcome::Made(made) => {
                let end = made.end;
                all = Some(match all {
                    Some(all) => all.with(*made),
                    None => *made,
                });
                if end.is_some() {
                    break end;
                }
            }
        }
    };
    let sweep = suggester.sweep();
    let Some(all) = all else { return Err(nothing_suggested(sweep, end)) };
    all.warnings.iter().for_each(|warning| printer.warn(warning));
    present::present(sweep, &all, request, printer);
    let Some(end) = end.filter(|_| all.len() < asked) else { return Ok(Exit::Done) };
    printer.warn(format!("{} of {asked}: {}", all.len(), end.sentence()));
    Ok(Exit::Incomplete)
}

fn nothing_suggested(sweep: &Sweep, end: Option<SuggestEnd>) -> Failure {
    if end == Some(SuggestEnd::Spent) {
        let configs = count(saturated(sweep.setup.most_configs()), "config");
        return Failure::usage(
            format!("all {configs} of NUM_CONFIGS are there"),
            "raise SETUP.NUM_CONFIGS, the budget of the search",
        );
    }
    no_config(sweep)
}

fn no_config(sweep: &Sweep) -> Failure {
    Failure::usage(
        "found no config that meets the constraints and is not there yet",
        format!("look at the space with `{} --preview`", command("sweep_setup", sweep)),
    )
}
