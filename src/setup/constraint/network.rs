//! The network of a candidate: whether there is one, its stages and its complexity.

use sweep_config::Value;

use super::rejection::Rejection;
use crate::app::Failure;
use crate::models::regnet::{RegnetParams, WIDTH_QUANTUM};
use crate::models::scale::{ScaledModel, scale};
use crate::models::{Complexity, ModelError, ModelField, ModelFields, NetworkModel};
use crate::setup::binding::{NetworkFields, NetworkSources};

/// Returns the family of networks that a candidate names; other programs have other names, or none.
pub(super) fn family<'a>(fields: &'a NetworkFields<'_>) -> &'a str {
    match fields.given(ModelField::ModelType) {
        Some(Value::Str(family)) => family,
        _ => "",
    }
}

/// Returns true for a family that pycls's setup rewrites.
fn is_scaled(family: &str) -> bool {
    matches!(family, "anynet" | "effnet" | "regnet")
}

/// Returns true for a family whose complexity is known.
fn is_network(family: &str) -> bool {
    is_scaled(family) || matches!(family, "resnet" | "vit")
}

/// Scales the network of a candidate; `None` for a family that pycls's setup leaves as it is.
pub(super) fn scaled(
    fields: &NetworkFields<'_>,
    family: &str,
) -> Result<Option<ScaledModel>, ModelError> {
    if is_scaled(family) { scale(fields) } else { Ok(None) }
}

/// Computes the complexity of a network that is not scaled.
pub(super) fn complexity(fields: &NetworkFields<'_>) -> Result<Complexity, ModelError> {
    NetworkModel::read(fields)?.complexity()
}

/// Checks that the number of stages of a regnet lies in the range, and that none is jumped over.
pub(super) fn check_stages(
    fields: &NetworkFields<'_>,
    (least, most): (u32, u32),
) -> Result<Option<Rejection>, ModelError> {
    let regnet = RegnetParams::read(fields)?;
    // There are no more stages than steps.
    let steps = regnet.steps(WIDTH_QUANTUM)?;
    if !(u64::from(least)..=u64::from(most)).contains(&steps) {
        return Ok(Some(Rejection::Stages));
    }
    let count = regnet.stages(WIDTH_QUANTUM)?.widths.len() as u64;
    Ok((count != steps).then_some(Rejection::Stages))
}

/// Refuses constraints that ask for the complexity of a model of an unknown family. `counting` are the
/// keys of these constraints.
pub(super) fn refuse_unknown(
    sources: &NetworkSources<'_>,
    counting: &[String],
) -> Result<(), Failure> {
    let found = match sources.constant(ModelField::ModelType) {
        _ if sources.is_sampled(ModelField::ModelType) => return Ok(()),
        Some(Value::Str(family)) if is_network(family) => return Ok(()),
        Some(Value::Str(family)) => format!("MODEL.TYPE is `{family}`"),
        Some(other) => format!("MODEL.TYPE is {}", other.kind()),
        None => "BASE_CFG has no MODEL.TYPE".to_owned(),
    };
    let set: Vec<String> = counting.iter().map(|key| format!("SETUP.CONSTRAINTS.{key}")).collect();
    let limits = set.iter().filter(|key| key.contains(".CX."));
    let off: Vec<String> = limits.map(|key| format!("--set '{key}=[0, 0]'")).collect();
    let without = match off.as_slice() {
        [] => String::new(),
        off => format!("; to sample without these limits, add {}", off.join(" ")),
    };
    Err(Failure::usage(
        format!("{}: cannot compute the complexity of the model: {found}", set.join(", ")),
        format!("it can be computed for anynet, effnet, regnet, resnet and vit{without}"),
    ))
}
