//! Text and mappings that are plainly another notation for a choice or a range, never values.
//!
//! A list that a comma has torn (`(3, 3)`), Hydra's `range(0, 5)`, Ray's `uniform(0, 1)`, and the mappings of
//! Weights & Biases, NNI, SEML or Optuna are data to YAML: a job would get them as they are, without a word. Here they
//! are recognized, and said in our own form (`calls`, `mapping`), which `SAMPLERS` and `--sweep` read, and messages show. What is meant as it stands has a
//! tag: `!!str range(0, 5)`, `!!map {min: 0, max: 1}`.

mod call_laws;
mod calls;
mod check;
mod form;
mod given_text;
mod grammar;
mod mapping;
mod mapping_words;
mod other_tools;
mod short;
mod spelling;
mod text;
mod value_lists;

pub(super) use check::foreign;
pub use check::foreign_value;
pub(super) use form::ForeignNotation;
pub use given_text::{GivenSweep, parse_sweep};
pub(super) use mapping::{WANDB_LAWS, WANDB_WORDS, is_wandb};
pub(super) use other_tools::one_law;
pub(super) use short::{
    KEYS as SHORT_KEYS, LAWS as SHORT_LAWS, ShortForm, odd_key, read as short_form, shorten,
};
pub(super) use text::{foreign_key, sampler_of_text};
pub(super) use value_lists::short;
