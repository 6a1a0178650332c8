//! Compares seeds with configs: how much of the differences is chance.

use super::empty;
use crate::analyze::group::JobGroup;
use crate::analyze::leaders::seed_components;
use crate::analyze::stats::VarianceComponents;
use crate::app::count;
use crate::page::PageSection;
use crate::page::number::number;

/// Returns the section; `None` if no config has two jobs with a value.
pub fn replicates(groups: &[JobGroup<'_>]) -> Option<PageSection> {
    let found: Vec<(&JobGroup<'_>, VarianceComponents)> =
        groups.iter().filter_map(|group| Some((group, seed_components(group)?))).collect();
    if found.is_empty() {
        return None;
    }
    let mut section = empty("replicates", "Seeds and configs");
    section.paragraphs.extend(found.iter().map(|(group, c)| in_words(group, c)));
    Some(section)
}

fn in_words(group: &JobGroup<'_>, c: &VarianceComponents) -> String {
    let (seeds, configs) = (c.seeds.sqrt(), c.configs_variance.sqrt());
    let share = c.share_of_configs() * 100.0;
    let advice = if seeds > configs {
        "The seeds differ more than the configs: a single job says little about its config."
    } else if share > 90.0 {
        "One seed per config is enough."
    } else {
        "One job each cannot separate configs that differ by less than the seeds do."
    };
    let said = |deviation| group.objective.unit.behind_difference(number(deviation));
    format!(
        "{}: {} of {} have replicates. The standard deviation is {} between jobs of one config and {} \
         between configs: {share:.0} % of the variance is due to the config. {advice}",
        group.name,
        c.replicated,
        count(c.configs, "config"),
        said(seeds),
        said(configs),
    )
}
