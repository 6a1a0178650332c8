//! Files of SEML: its blocks `fixed`, `grid` and `random`, sub-configs, and what it asks of SLURM.
//!
//! - `levels`, `level`, `block`, `fixed`, `grid`, `random`: the file, as SEML merges its levels,
//! - `literal`, `interpolation`, `named_configs`: the meaning of texts,
//! - `space`, `points`: the design space that they stand for,
//! - `settings`, `slurm`: how jobs run.

mod block;
mod fixed;
mod grid;
mod interpolation;
mod level;
mod levels;
mod literal;
mod named_configs;
mod points;
mod random;
mod settings;
mod slurm;
mod space;

use sweep_config::yaml::YamlNode;

use super::ConversionChoices;
use super::draft::SweepDraft;
use super::source::{SourceItem, SourceReader};

/// Plans the conversion of a file.
pub(super) fn plan(
    reader: &SourceReader<'_>,
    root: &YamlNode,
    choices: &ConversionChoices,
) -> SweepDraft {
    let mut draft = SweepDraft::default();
    let Some(section) = SourceItem::root(reader, root).section() else { return draft };
    let seml = section.get("seml").and_then(|item| item.section());
    let slurm = section.get("slurm");
    let mut leaves = levels::leaves(&section);
    let named = named_configs::take(&mut leaves, reader);
    settings::read(seml.as_ref(), named, choices, &mut draft);
    if let Some(slurm) = slurm {
        draft.launch.extend(slurm::read(&slurm));
    }
    draft.setup = space::setup(&leaves, reader);
    draft
}
