//! The outline of a network, which the report draws: the width of its blocks, and its other parts.
//!
//! Only the keys that a drawing shows are read, so that a user's program need not log the others.

use sweep_config::Value;

use super::anynet::AnyNetLists;
use super::complexity::StageShape;
use super::fields::{ModelError, ModelField, ModelFields};
use super::regnet::{MAX_DEPTH, RegnetParams};
use super::resnet::ResNet;
use super::scale::scale;
use crate::app::num::float;

/// The greatest width that is drawn; the published networks are below a hundredth of it.
const MAX_WIDTH: i64 = 1 << 20;

/// A family of networks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum NetworkKind {
    /// Stages of any depths and widths.
    AnyNet,
    /// Stages that follow from four numbers.
    RegNet(RegnetParams),
    /// Stages of inverted bottlenecks.
    EfficientNet,
    /// Stages that the depth decides.
    ResNet,
    /// Layers of one width.
    VisionTransformer,
}

/// Blocks of one width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockGroup {
    /// The number of blocks, at least 1.
    pub depth: u32,
    /// The output channels of each block, at least 1; of a transformer the length of a token.
    pub width: u32,
}

/// The parts of a network that are drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct NetworkOutline {
    /// Its family.
    pub kind: NetworkKind,
    /// Its stages, at least one; a transformer's layers are one stage.
    pub stages: Vec<BlockGroup>,
    /// Its other keys with their numbers: one for each stage, or one for all.
    pub details: Vec<(ModelField, Vec<f64>)>,
}

impl NetworkOutline {
    /// Reads the outline of the network that a config describes.
    ///
    /// An anynet that setup made of a regnet is shown as that regnet.
    ///
    /// # Errors
    ///
    /// Names the key at fault: the family is unknown, or its numbers make no network.
    pub fn read(fields: &impl ModelFields) -> Result<Self, ModelError> {
        if fields.given(ModelField::ModelType).is_none() {
            return Err(ModelField::ModelType.error("not in the config"));
        }
        match &*fields.text(ModelField::ModelType)? {
            "anynet" => anynet(fields),
            "regnet" => regnet(fields),
            "effnet" => effnet(fields),
            "resnet" => resnet(fields),
            "vit" => vit(fields),
            other => {
                let names = "anynet, effnet, regnet, resnet or vit";
                Err(ModelField::ModelType.error(format!("unknown `{other}`: use one of {names}")))
            }
        }
    }

    /// Returns the number of blocks.
    pub fn depth(&self) -> u32 {
        self.stages.iter().map(|stage| stage.depth).sum()
    }
}

fn anynet(fields: &impl ModelFields) -> Result<NetworkOutline, ModelError> {
    let (depths, widths) =
        (fields.wholes(ModelField::AnyDepths)?, fields.wholes(ModelField::AnyWidths)?);
    let stages = blocks(&depths, &widths).map_err(|e| e.at(ModelField::AnyDepths))?;
    let kind = regnet_behind(fields, &stages).map_or(NetworkKind::AnyNet, NetworkKind::RegNet);
    let details = vec![
        (ModelField::AnyGroupWs, fields.numbers(ModelField::AnyGroupWs)?),
        (ModelField::AnyBotMuls, fields.numbers(ModelField::AnyBotMuls)?),
    ];
    Ok(NetworkOutline { kind, stages, details })
}

fn regnet(fields: &impl ModelFields) -> Result<NetworkOutline, ModelError> {
    let kind = NetworkKind::RegNet(RegnetParams::read(fields)?);
    let lists = AnyNetLists::of_regnet(fields)?;
    let stages = blocks(&lists.depths, &lists.widths)?;
    let group_ws = lists.group_ws.into_iter().map(float).collect();
    let details =
        vec![(ModelField::AnyGroupWs, group_ws), (ModelField::AnyBotMuls, lists.bot_muls)];
    Ok(NetworkOutline { kind, stages, details })
}

/// Returns the regnet from which setup makes an anynet with these stages, if the config has its numbers.
///
/// A config with all of pycls's defaults has a regnet's numbers whatever its network is; the stages
/// that they generate decide.
fn regnet_behind(fields: &impl ModelFields, stages: &[BlockGroup]) -> Option<RegnetParams> {
    let regnet = RegnetParams::read(fields).ok()?;
    let generated = scale(&AsRegnet::new(fields)).ok()??.model.stages();
    let same = |(ours, theirs): (&BlockGroup, &StageShape)| {
        i64::from(ours.depth) == theirs.depth && i64::from(ours.width) == theirs.width
    };
    let is_it = generated.len() == stages.len() && stages.iter().zip(&generated).all(same);
    is_it.then_some(regnet)
}

/// A config whose family is overridden with `regnet`.
struct AsRegnet<'a, F> {
    fields: &'a F,
    family: Value,
}

impl<'a, F: ModelFields> AsRegnet<'a, F> {
    fn new(fields: &'a F) -> Self {
        Self { fields, family: Value::Str("regnet".to_owned()) }
    }
}

impl<F: ModelFields> ModelFields for AsRegnet<'_, F> {
    fn given(&self, field: ModelField) -> Option<&Value> {
        if field == ModelField::ModelType { Some(&self.family) } else { self.fields.given(field) }
    }
}

fn effnet(fields: &impl ModelFields) -> Result<NetworkOutline, ModelError> {
    let (depths, widths) =
        (fields.wholes(ModelField::EnDepths)?, fields.wholes(ModelField::EnWidths)?);
    let stages = blocks(&depths, &widths).map_err(|e| e.at(ModelField::EnDepths))?;
    let details = vec![
        (ModelField::EnExpRatios, fields.numbers(ModelField::EnExpRatios)?),
        (ModelField::EnKernels, fields.numbers(ModelField::EnKernels)?),
    ];
    Ok(NetworkOutline { kind: NetworkKind::EfficientNet, stages, details })
}

fn resnet(fields: &impl ModelFields) -> Result<NetworkOutline, ModelError> {
    let shapes = ResNet::read(fields)?.stages();
    let depths: Vec<i64> = shapes.iter().map(|shape| shape.depth).collect();
    let widths: Vec<i64> = shapes.iter().map(|shape| shape.width).collect();
    let stages = blocks(&depths, &widths).map_err(|e| e.at(ModelField::ModelDepth))?;
    let details = vec![one(fields, ModelField::ModelDepth)?];
    Ok(NetworkOutline { kind: NetworkKind::ResNet, stages, details })
}

fn vit(fields: &impl ModelFields) -> Result<NetworkOutline, ModelError> {
    let (layers, width) =
        (fields.whole(ModelField::VitLayers)?, fields.whole(ModelField::VitHiddenDim)?);
    let stages = blocks(&[layers], &[width]).map_err(|e| e.at(ModelField::VitLayers))?;
    let keys = [ModelField::VitHeads, ModelField::VitMlpDim, ModelField::VitPatchSize];
    let details = keys.map(|key| one(fields, key)).into_iter().collect::<Result<_, _>>()?;
    Ok(NetworkOutline { kind: NetworkKind::VisionTransformer, stages, details })
}

fn one(fields: &impl ModelFields, key: ModelField) -> Result<(ModelField, Vec<f64>), ModelError> {
    Ok((key, vec![float(fields.whole(key)?)]))
}

fn blocks(depths: &[i64], widths: &[i64]) -> Result<Vec<BlockGroup>, ModelError> {
    if depths.is_empty() || depths.len() != widths.len() {
        let (d, w) = (depths.len(), widths.len());
        return Err(ModelError::new(format!("{d} depths and {w} widths make no stages")));
    }
    let within = |number: i64, most: i64, what: &str| match u32::try_from(number) {
        Ok(fit) if (1..=most).contains(&number) => Ok(fit),
        _ => Err(ModelError::new(format!("a {what} of {number} is outside 1 to {most}"))),
    };
    let most = i64::from(MAX_DEPTH);
    within(depths.iter().fold(0, |sum: i64, &depth| sum.saturating_add(depth)), most, "depth")?;
    let stage = |(&depth, &width): (&i64, &i64)| {
        Ok(BlockGroup {
            depth: within(depth, most, "depth")?,
            width: within(width, MAX_WIDTH, "width")?,
        })
    };
    depths.iter().zip(widths).map(stage).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use sweep_config::yaml;

    use super::super::WholeConfig;
    use super::*;

    fn outline(config: &str) -> Result<NetworkOutline, String> {
        let config = yaml::read(Path::new("a test"), config).unwrap();
        NetworkOutline::read(&WholeConfig(&config)).map_err(|error| error.to_string())
    }

    fn shape(outline: &NetworkOutline) -> Vec<(u32, u32)> {
        outline.stages.iter().map(|stage| (stage.depth, stage.width)).collect()
    }

    const NUMBERS: &str =
        "REGNET: {DEPTH: 11, W0: 72, WA: 14.1, WM: 2.829, GROUP_W: 1, BOT_MUL: 1.0}";

    #[test]
    fn a_regnet_and_the_anynet_that_setup_made_of_it_are_the_same() {
        let regnet = outline(&format!("MODEL: {{TYPE: regnet}}\n{NUMBERS}\n")).unwrap();
        assert_eq!(shape(&regnet), [(4, 72), (7, 200)]);
        assert_eq!(regnet.depth(), 11);
        let lists = "ANYNET: {DEPTHS: [4, 7], WIDTHS: [72, 200], STRIDES: [2, 2], BOT_MULS: [1.0, 1.0], GROUP_WS: [1, 1]}";
        let anynet = outline(&format!("MODEL: {{TYPE: anynet}}\n{NUMBERS}\n{lists}\n")).unwrap();
        assert_eq!(anynet, regnet);
    }

    #[test]
    fn an_anynet_with_other_stages_than_the_regnets_numbers_give_is_no_regnet() {
        let lists = "ANYNET: {DEPTHS: [4, 6], WIDTHS: [72, 200]}";
        let anynet = outline(&format!("MODEL: {{TYPE: anynet}}\n{NUMBERS}\n{lists}\n")).unwrap();
        assert_eq!((anynet.kind, shape(&anynet)), (NetworkKind::AnyNet, vec![(4, 72), (6, 200)]));
    }

    #[test]
    fn families_without_lists_have_the_stages_of_their_networks() {
        let resnet = "{MODEL: {TYPE: resnet, DEPTH: 50}, TRAIN: {DATASET: imagenet}, RESNET: {TRANS_FUN: bottleneck_transform}}";
        let resnet = outline(resnet).unwrap();
        assert_eq!(shape(&resnet), [(3, 256), (4, 512), (6, 1024), (3, 2048)]);
        let vit = outline("{MODEL: {TYPE: vit}, VIT: {NUM_LAYERS: 5, HIDDEN_DIM: 192}}").unwrap();
        assert_eq!((vit.kind, shape(&vit)), (NetworkKind::VisionTransformer, vec![(5, 192)]));
    }

    #[test]
    fn what_makes_no_network_is_named() {
        let why = |config: &str| outline(config).unwrap_err();
        assert_eq!(why("OPTIM: {BASE_LR: 0.1}"), "MODEL.TYPE: not in the config");
        assert!(why("MODEL: {TYPE: mlp}").contains("unknown `mlp`: use one of anynet"));
        let anynet = |lists: &str| why(&format!("{{MODEL: {{TYPE: anynet}}, ANYNET: {lists}}}"));
        assert!(anynet("{DEPTHS: []}").contains("0 depths and 0 widths make no stages"));
        assert!(anynet("{DEPTHS: [1, 2], WIDTHS: [8]}").contains("2 depths and 1 widths"));
        assert!(anynet("{DEPTHS: [3, -1], WIDTHS: [8, 8]}").contains("a depth of -1"));
        assert!(anynet("{DEPTHS: [99999, 9], WIDTHS: [8, 8]}").contains("a depth of 100008"));
        assert!(anynet("{DEPTHS: [9], WIDTHS: [9999999999]}").contains("a width of 9999999999"));
        assert!(anynet("{DEPTHS: words}").contains("ANYNET.DEPTHS: expected a list"));
        let huge = format!("{{DEPTHS: [{0}, {0}], WIDTHS: [8, 8]}}", i64::MAX);
        assert!(anynet(&huge).contains("is outside 1 to 100000"));
    }
}
