//! The names by which a row says where it belongs: its place in the training, its phase, and its fold, seed or task.
//!
//! Programs spell them in any case. What a reader of `COLLECT.READERS` names as its `EPOCH` and `STEP` counts alone.

use std::borrow::Cow;

use super::record::RecordFields;
use crate::collect::log_value::LogValue;

/// The names that programs have for the number of an epoch, the likeliest first.
const EPOCHS: [&str; 7] =
    ["epoch", "epochs", "current_epoch", "cur_epoch", "epoch_num", "trainer/epoch", "train/epoch"];

/// The names that programs have for the number of a step, the likeliest first.
const STEPS: [&str; 25] = [
    "step",
    "global_step",
    "_step",
    "iteration",
    "iter",
    "trainer/global_step",
    "train/global_step",
    "training_iteration",
    "num_updates",
    "current_steps",
    "current_step",
    "total_timesteps",
    "time/total_timesteps",
    "num_timesteps",
    "timesteps_total",
    "timesteps",
    "timestep",
    "total_env_steps",
    "totalenvinteracts",
    "iterations",
    "iters",
    "n_iter",
    "steps",
    "update",
    "updates",
];

/// The columns whose text says in which phase a row was logged.
const PHASE_COLUMNS: [&str; 5] = ["mode", "phase", "split", "stage", "subset"];

/// The words for phases.
const PHASES: [&str; 17] = [
    "train",
    "training",
    "trn",
    "fit",
    "val",
    "valid",
    "validate",
    "validation",
    "dev",
    "eval",
    "evaluate",
    "evaluation",
    "test",
    "testing",
    "tst",
    "holdout",
    "infer",
];

/// The columns whose values tell rows of one place apart: each value has a series to itself.
const PARTS: [&str; 20] = [
    "fold",
    "cv_fold",
    "fold_id",
    "seed",
    "task",
    "task_id",
    "dataset",
    "domain",
    "subject",
    "client",
    "client_id",
    "rank",
    "local_rank",
    "replica",
    "repeat",
    "repetition",
    "member",
    "trial",
    "env",
    "k_fold",
];

/// The keys of `COLLECT.READERS` that say how the rows of a file are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowKeys {
    /// The type of the records was given, and is not the name of their file.
    pub(crate) is_type_given: bool,
    /// The name of the field that counts epochs; empty where it is one of the usual.
    pub(crate) epoch: String,
    /// The name of the field that counts steps; empty where it is one of the usual.
    pub(crate) step: String,
}

impl RowKeys {
    /// Returns how likely a field counts epochs, 0 being the likeliest.
    pub(super) fn epoch_rank(&self, name: &str) -> Option<usize> {
        rank(name, &self.epoch, &EPOCHS)
    }

    /// Returns how likely a field counts steps, 0 being the likeliest.
    pub(super) fn step_rank(&self, name: &str) -> Option<usize> {
        rank(name, &self.step, &STEPS)
    }

    /// True if a field may name the place of its row.
    pub(super) fn is_place(&self, name: &str) -> bool {
        self.epoch_rank(name).is_some() || self.step_rank(name).is_some()
    }

    /// Finds the field that counts epochs, and the one that counts steps.
    pub(super) fn place_fields<'f>(
        &self,
        fields: &'f RecordFields<'_>,
    ) -> (Option<&'f LogValue>, Option<&'f LogValue>) {
        let likeliest = |rank: &dyn Fn(&str) -> Option<usize>| {
            let ranked = fields.iter().filter(|(_, value)| *value != LogValue::Null);
            let ranked = ranked.filter_map(|(name, value)| Some((rank(name)?, value)));
            ranked.min_by_key(|(rank, _)| *rank).map(|(_, value)| value)
        };
        (likeliest(&|name| self.epoch_rank(name)), likeliest(&|name| self.step_rank(name)))
    }
}

/// Returns the place of a name in a list of usual ones; 0 of the one that was given instead.
fn rank(name: &str, given: &str, usual: &[&str]) -> Option<usize> {
    if !given.is_empty() {
        return (name == given).then_some(0);
    }
    usual.iter().position(|known| known.eq_ignore_ascii_case(name))
}

/// Takes the field out of a row that names its phase, and returns the phase in lower case.
pub(super) fn take_phase(fields: &mut RecordFields<'_>) -> Option<String> {
    let phase = |(name, value): &(Cow<'_, str>, LogValue)| match value {
        LogValue::Text(text) if is_one_of(&PHASE_COLUMNS, name) => {
            Some(is_one_of(&PHASES, text.trim()))
        }
        _ => None,
    };
    let at = fields.iter().position(|field| phase(field) == Some(true))?;
    match fields.remove(at).1 {
        LogValue::Text(text) => Some(text.trim().to_ascii_lowercase()),
        _ => None,
    }
}

/// True if the values of a column tell series apart.
pub(super) fn is_part(name: &str) -> bool {
    is_one_of(&PARTS, name) || is_one_of(&PHASE_COLUMNS, name)
}

fn is_one_of(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_is_the_text_of_a_column_that_is_known_for_it() {
        let of = |name: &'static str, value: LogValue| {
            let mut fields: RecordFields<'_> = vec![("loss".into(), LogValue::Int(1))];
            fields.push((name.into(), value));
            (take_phase(&mut fields), fields.len())
        };
        assert_eq!(of("Split", LogValue::text(" Val")), (Some("val".to_owned()), 1));
        assert_eq!(of("mode", LogValue::text("linear")), (None, 2));
        assert_eq!(of("stage", LogValue::Int(1)), (None, 2));
        assert_eq!(of("name", LogValue::text("train")), (None, 2));
    }

    #[test]
    fn a_name_that_was_given_counts_alone_and_others_in_any_case() {
        let keys = RowKeys { step: "ticks".to_owned(), ..RowKeys::default() };
        assert_eq!((keys.step_rank("ticks"), keys.step_rank("step")), (Some(0), None));
        assert_eq!((keys.epoch_rank("Epoch"), keys.epoch_rank("epoch_loss")), (Some(0), None));
    }
}
