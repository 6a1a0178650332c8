//! Items of a list that are mappings: the branches of a choice or union, with paths within the item.

use super::branches::{SamplerDecoder, choice};
use super::scope::SamplerScope;
use super::{BranchChoice, MappingSampler, Sampler};
use crate::config::given::GivenValue;
use crate::config::notation::{self, ShortForm};
use crate::config::setters;

/// Decodes a `choice_sampler` or `union_sampler` (`in_config` is false) as the item of a list.
pub(super) fn mapping(
    given: &GivenValue<'_>,
    in_config: bool,
    scope: &SamplerScope<'_>,
    decode: SamplerDecoder,
) -> Option<Sampler> {
    let long = match notation::short_form(given.node) {
        Some(ShortForm::Sampler(long)) => Some(long),
        _ => None,
    };
    let given = &GivenValue { node: long.as_ref().unwrap_or(given.node), ..given.clone() };
    let section = given.section();
    section.get("TYPE");
    let scope = scope.within_item();
    let key = if in_config {
        let why = "set the key of the item that receives the name of the branch, e.g. `KEY: type`, or use a \
            union_sampler";
        section.required("KEY", why).and_then(|given| scope.path(&given, &given.text()?))
    } else {
        None
    };
    let choice = choice(key.as_deref().unwrap_or_default(), &section, &scope, decode);
    if let Some(condition) = section.get("WHEN") {
        condition.problem("an item of a list is always drawn: WHEN belongs to the list", None);
    }
    section.finish();
    let choice = BranchChoice { in_config, ..choice? };
    if in_config && key.is_none() {
        return None;
    }
    setters::check_item(key.as_deref().unwrap_or_default(), &choice, given);
    Some(Sampler::Mapping(MappingSampler { key, choice }))
}
