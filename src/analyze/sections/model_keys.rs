//! Describes a network in words: its family, its stages' numbers, its complexity.

use crate::analyze::group::JobGroup;
use crate::analyze::metrics::Metric;
use crate::analyze::plot::StyleClass;
use crate::analyze::stats::ValueSpan;
use crate::models::regnet::RegnetParams;
use crate::models::{ModelField, NetworkKind, NetworkOutline};
use crate::page::FigureKey;
use crate::page::number::number;

/// The metrics of a network's complexity.
const COSTS: [&str; 3] = ["flops", "params", "acts"];

/// A metric of complexity by its name, with a value for each row.
pub(super) type NetworkCost = (String, Vec<Option<f64>>);

/// Returns the keys of a network's figure: what its lines are, and the numbers that define the
/// network.
pub(super) fn keys(outline: &NetworkOutline, series: usize) -> Vec<FigureKey> {
    let numbers = |numbers: &[u32]| {
        list(&numbers.iter().map(|&number| f64::from(number)).collect::<Vec<_>>())
    };
    let depths: Vec<u32> = outline.stages.iter().map(|stage| stage.depth).collect();
    let widths: Vec<u32> = outline.stages.iter().map(|stage| stage.width).collect();
    let family = FigureKey::new(StyleClass::Solid(series), family(outline));
    let mut keys = vec![family];
    if let NetworkKind::RegNet(RegnetParams { slope, initial_width, ratio, .. }) = outline.kind {
        let text = format!("w0 {initial_width}, wa {}, wm {}", number(slope), number(ratio));
        keys.push(FigureKey::new(StyleClass::Dotted(series), text));
    }
    if outline.kind != NetworkKind::VisionTransformer {
        keys.push(FigureKey::plain(format!("depths {}", numbers(&depths))));
        keys.push(FigureKey::plain(format!("widths {}", numbers(&widths))));
    }
    keys.extend(
        outline.details.iter().filter_map(|(key, own)| Some(FigureKey::plain(detail(*key, own)?))),
    );
    keys
}

/// Returns the family and the size of a network: `RegNet, 11 blocks`.
fn family(outline: &NetworkOutline) -> String {
    let depth = outline.depth();
    let blocks = if depth == 1 { "1 block".to_owned() } else { format!("{depth} blocks") };
    match outline.kind {
        NetworkKind::AnyNet => format!("AnyNet, {blocks}"),
        NetworkKind::RegNet(_) => format!("RegNet, {blocks}"),
        NetworkKind::EfficientNet => format!("EfficientNet, {blocks}"),
        NetworkKind::ResNet => format!("ResNet, {blocks}"),
        NetworkKind::VisionTransformer => {
            let width = outline.stages.first().map_or(0, |stage| stage.width);
            let layers = blocks.replace("block", "layer");
            format!("Vision transformer, {layers} of hidden size {width}")
        }
    }
}

/// Returns the numbers of the stages as text: `group widths 8, 16`, or `group width 8` if all are
/// equal; `None` if there are none.
fn detail(key: ModelField, numbers: &[f64]) -> Option<String> {
    let (one, several) = match key {
        ModelField::AnyGroupWs => ("group width", "group widths"),
        ModelField::AnyBotMuls => ("bottleneck multiplier", "bottleneck multipliers"),
        ModelField::EnExpRatios => ("expansion ratio", "expansion ratios"),
        ModelField::EnKernels => ("kernel", "kernels"),
        ModelField::ModelDepth => ("layers", "layers"),
        ModelField::VitHeads => ("heads", "heads"),
        ModelField::VitMlpDim => ("MLP width", "MLP widths"),
        ModelField::VitPatchSize => ("patch size", "patch sizes"),
        other => (other.path(), other.path()),
    };
    let span = ValueSpan::of(numbers.iter().copied())?;
    Some(if span.width() == 0.0 {
        format!("{one} {}", number(span.low))
    } else {
        format!("{several} {}", list(numbers))
    })
}

fn list(numbers: &[f64]) -> String {
    numbers.iter().map(|&n| number(n)).collect::<Vec<_>>().join(", ")
}

/// Returns the metrics of complexity that any job of the group logged.
pub(super) fn costs(group: &JobGroup<'_>) -> Vec<NetworkCost> {
    let cost = |name: &&str| {
        let metric = Metric::named(name);
        let values = metric.values(&group.population.table, &group.objective).ok()?;
        Some((metric.label, values))
    };
    COSTS.iter().filter_map(cost).collect()
}

/// Returns a metric of complexity of the job of a row as a key; `None` if the job did not log it.
pub(super) fn cost_key((label, values): &NetworkCost, row: usize) -> Option<FigureKey> {
    let value = values.get(row).copied().flatten()?;
    Some(FigureKey::plain(format!("{label} {}", number(value))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::BlockGroup;

    fn texts(
        kind: NetworkKind,
        stages: &[(u32, u32)],
        details: Vec<(ModelField, Vec<f64>)>,
    ) -> Vec<String> {
        let stages = stages.iter().map(|&(depth, width)| BlockGroup { depth, width }).collect();
        let outline = NetworkOutline { kind, stages, details };
        keys(&outline, 0).into_iter().map(|key| key.text).collect()
    }

    #[test]
    fn what_all_stages_share_is_said_once() {
        let details = vec![
            (ModelField::AnyGroupWs, vec![8.0, 16.0]),
            (ModelField::AnyBotMuls, vec![1.0, 1.0]),
            (ModelField::EnKernels, Vec::new()),
        ];
        let expected = [
            "AnyNet, 3 blocks",
            "depths 1, 2",
            "widths 24, 48",
            "group widths 8, 16",
            "bottleneck multiplier 1",
        ];
        assert_eq!(texts(NetworkKind::AnyNet, &[(1, 24), (2, 48)], details), expected);
    }

    #[test]
    fn a_transformer_has_layers_and_no_stages() {
        let details = vec![(ModelField::VitHeads, vec![3.0]), (ModelField::VitMlpDim, vec![768.0])];
        let expected =
            ["Vision transformer, 1 layer of hidden size 192", "heads 3", "MLP width 768"];
        assert_eq!(texts(NetworkKind::VisionTransformer, &[(1, 192)], details), expected);
    }
}
