//! The design space of a file of SEML: a grid, draws at random, or so many draws for each point of a grid.

use sweep_config::yaml::SourceMark;
use sweep_config::{Value, yaml};

use super::block::ParameterBlock;
use super::interpolation::{self, ReferringText};
use super::levels::LeafConfig;
use super::points::{self, GridGroup, GridPoint};
use crate::convert::draft::{DraftEntry, nested};
use crate::convert::note::ConversionNote;
use crate::convert::parameter::{ParameterLaw, ParameterPlan, constant, size_of_all};
use crate::convert::source::SourceReader;

/// The most points of a grid that are written as branches, one by one.
const MOST_BRANCHES: u64 = 1000;

/// Returns the keys of `SETUP`.
pub(super) fn setup(leaves: &[LeafConfig], reader: &SourceReader<'_>) -> Vec<DraftEntry> {
    let Some(first) = leaves.first() else { return Vec::new() };
    let is_random = leaves.iter().any(|leaf| is_drawn(&leaf.block));
    let mut setup = Vec::new();
    setup.push(DraftEntry::line("STRATEGY", if is_random { "random" } else { "grid" }));
    if is_random {
        setup.extend(seed(leaves));
    }
    let (common, derived) = common(leaves, reader);
    if !common.is_empty() {
        setup.push(DraftEntry::block("BASE_CFG", nested(common)));
    }
    if let [only] = leaves {
        setup.extend(of_one(&only.block, reader));
    } else {
        setup.extend(of_many(leaves, first, is_random, reader));
    }
    if !derived.is_empty() {
        setup.push(DraftEntry::block("DERIVED", derived));
    }
    setup
}

/// Returns true if a block draws anything; `samples` alone draws nothing.
fn is_drawn(block: &ParameterBlock) -> bool {
    !block.random.is_empty()
}

/// Returns the number of draws; no more than there are different ones, since SEML drops what is there twice.
fn samples(block: &ParameterBlock) -> u64 {
    let asked = block.samples.map_or(1, |(samples, _)| samples);
    size_of_all(&random_plans(block)).map_or(asked, |size| size.min(asked))
}

fn seed(leaves: &[LeafConfig]) -> Option<DraftEntry> {
    let (value, mark) = leaves.iter().find_map(|leaf| leaf.block.seed.as_ref())?;
    let Value::Int(seed @ 0..) = value else { return None };
    let why = "another generator, so other numbers; each parameter is drawn independently, where SEML starts its \
               generator again before every parameter, so that they rise and fall together";
    let note = ConversionNote::approximated("random.seed", *mark, why);
    Some(DraftEntry::line("RNG_SEED", seed.to_string()).with(note))
}

/// Returns true if every sub-config has the same fixed value here.
fn is_common(leaves: &[LeafConfig], path: &str) -> bool {
    let value =
        |leaf: &LeafConfig| leaf.block.fixed.get(path).and_then(|fixed| fixed.value.clone());
    let first = leaves.first().and_then(value);
    first.is_some() && leaves.iter().all(|leaf| value(leaf) == first)
}

/// The lines of `BASE_CFG` by dotted paths.
type BaseLines = Vec<(String, String, Vec<ConversionNote>)>;

/// Returns the fixed values that all sub-configs share, and the references among them.
fn common(leaves: &[LeafConfig], reader: &SourceReader<'_>) -> (BaseLines, Vec<DraftEntry>) {
    let (mut base, mut derived) = (Vec::new(), Vec::new());
    for plan in fixed_plans(&leaves[0].block, reader) {
        if !is_common(leaves, &plan.path) {
            continue;
        }
        match &plan.law {
            ParameterLaw::Derived(_) => derived.push(plan.entry()),
            law => {
                let value = law.values().first().cloned().unwrap_or(Value::Null);
                base.push((plan.path, constant_of_base(&value), plan.notes));
            }
        }
    }
    (base, derived)
}

/// Writes a value of the base config, where a list needs no tag.
fn constant_of_base(value: &Value) -> String {
    let text = constant(value);
    text.strip_prefix("!!seq ").map_or(text.clone(), str::to_owned)
}

/// Returns the fixed parameters of a block: constants, and expressions for references.
fn fixed_plans(block: &ParameterBlock, reader: &SourceReader<'_>) -> Vec<ParameterPlan> {
    let mut plans = Vec::new();
    for (path, fixed) in &block.fixed {
        let Some(value) = &fixed.value else {
            let message = "`!remove` removes nothing: no level above has this parameter";
            reader.problem(fixed.mark, &fixed.key, message, None);
            continue;
        };
        let mut law = ParameterLaw::Values(vec![value.clone()]);
        let mut note = ConversionNote::kept(fixed.key.clone(), fixed.mark, "");
        if let Value::Str(text) = value {
            match interpolation::read(text) {
                ReferringText::Plain => {}
                ReferringText::Expression(expression) => {
                    law = ParameterLaw::Derived(expression);
                    note.why = format!("`{text}`");
                }
                ReferringText::Unknown(reference) => {
                    let message = format!("`{reference}` cannot be converted");
                    let hint = "references to parameters, `${config.a.b}`, can";
                    reader.problem(fixed.mark, &fixed.key, message, Some(hint));
                }
            }
        }
        plans.push(plan(path, fixed.mark, law, vec![note]));
    }
    plans
}

fn plan(
    path: &str,
    mark: SourceMark,
    law: ParameterLaw,
    notes: Vec<ConversionNote>,
) -> ParameterPlan {
    ParameterPlan { path: path.to_owned(), name: path.to_owned(), mark, law, notes }
}

fn random_plans(block: &ParameterBlock) -> Vec<ParameterPlan> {
    let drawn = block.random.iter();
    drawn
        .filter_map(|(path, random)| {
            Some(plan(path, random.mark, random.law.clone()?, random.notes.clone()))
        })
        .collect()
}

/// Returns the parameters of a grid, each with its values.
fn grid_plans(block: &ParameterBlock) -> Vec<ParameterPlan> {
    let one = |(path, grid): (&String, &super::block::GridParameter)| {
        let why = match &grid.zip {
            Some(zip) => format!("{}, zip_id {zip}", grid.kind),
            None => grid.kind.clone(),
        };
        let note = ConversionNote::kept(grid.key.clone(), grid.mark, why);
        plan(path, grid.mark, ParameterLaw::Values(grid.values.clone()), vec![note])
    };
    block.grid.iter().map(one).collect()
}

/// Returns the keys of a file without sub-configs, but for its fixed parameters.
fn of_one(block: &ParameterBlock, reader: &SourceReader<'_>) -> Vec<DraftEntry> {
    let groups = points::groups(block, reader);
    let drawn = random_plans(block);
    let grid = grid_plans(block);
    let entries =
        |plans: &[ParameterPlan]| plans.iter().map(ParameterPlan::entry).collect::<Vec<_>>();
    let mut setup = Vec::new();
    if drawn.is_empty() {
        setup.push(DraftEntry::block("SAMPLERS", entries(&grid)));
        setup.extend(zip(&groups));
        return setup;
    }
    let points = points::count(&groups).unwrap_or(u64::MAX);
    setup.push(number(points.saturating_mul(samples(block)), points, block));
    if points > 1 {
        let why = "every draw is used at every point of the grid, as in SEML; a row for each point";
        let rows: Vec<String> = groups.iter().map(rows).collect();
        let notes = grid.iter().flat_map(|plan| plan.notes.clone());
        let mark = block.grid.values().next().map_or_else(SourceMark::default, |grid| grid.mark);
        let entry = DraftEntry::items("ENTRYPOINTS", rows);
        setup.push(entry.with(ConversionNote::kept("grid", mark, why)).with_all(notes));
        setup.push(DraftEntry::block("SAMPLERS", entries(&drawn)));
    } else {
        setup.push(DraftEntry::block("SAMPLERS", entries(&[grid, drawn].concat())));
    }
    setup
}

fn number(configs: u64, points: u64, block: &ParameterBlock) -> DraftEntry {
    let mark = block.samples.map_or_else(SourceMark::default, |(_, mark)| mark);
    let why = if points > 1 {
        format!("{} for each of {points} points", samples(block))
    } else {
        String::new()
    };
    let note = ConversionNote::kept("random.samples", mark, why);
    DraftEntry::line("NUM_CONFIGS", configs.to_string()).with(note)
}

/// Returns `ZIP`.
fn zip(groups: &[GridGroup]) -> Option<DraftEntry> {
    let text = |path: &String| yaml::flow(&Value::Str(path.clone()));
    let lists: Vec<String> = groups
        .iter()
        .filter(|group| group.paths.len() > 1)
        .map(|group| format!("[{}]", group.paths.iter().map(text).collect::<Vec<_>>().join(", ")))
        .collect();
    (!lists.is_empty()).then(|| DraftEntry::line("ZIP", format!("[{}]", lists.join(", "))))
}

/// Returns a command that prints the rows of a group.
fn rows(group: &GridGroup) -> String {
    let row = |values: &Vec<Value>| {
        let pairs = group.paths.iter().zip(values);
        serde_json::Value::Object(
            pairs.map(|(path, value)| (path.clone(), value.to_json())).collect(),
        )
    };
    let json = serde_json::Value::Array(group.rows.iter().map(row).collect()).to_string();
    let quoted = shlex::try_quote(&json).map_or(json.clone(), std::borrow::Cow::into_owned);
    let line = format!("printf '%s' {quoted}");
    format!("'{}'", line.replace('\'', "''"))
}

/// Returns the keys of a file with sub-configs: a union, with a branch for each, or for each point of its grid.
fn of_many(
    leaves: &[LeafConfig],
    first: &LeafConfig,
    is_random: bool,
    reader: &SourceReader<'_>,
) -> Vec<DraftEntry> {
    let mut branches = Vec::new();
    let mut counts = Vec::new();
    let mut is_split = false;
    for leaf in leaves {
        let groups = points::groups(&leaf.block, reader);
        let mut own: Vec<ParameterPlan> = fixed_plans(&leaf.block, reader);
        own.retain(|plan| !is_common(leaves, &plan.path));
        let drawn = random_plans(&leaf.block);
        let points = points::count(&groups).unwrap_or(u64::MAX);
        if !is_random {
            own.extend(groups.iter().map(|group| in_branch(group, &leaf.block)));
            branches.push((Value::Str(leaf.name.clone()), own));
            continue;
        }
        if points > MOST_BRANCHES {
            let message = format!(
                "the sub-config `{}` has {points} points, each with draws of its own: too many to write one by one",
                leaf.name
            );
            let mark = leaf.block.samples.map_or_else(SourceMark::default, |(_, mark)| mark);
            reader.problem(mark, &leaf.name, message, Some("convert it as a file of its own"));
            continue;
        }
        is_split |= points > 1 && !drawn.is_empty();
        for (index, point) in points::all(&groups).into_iter().enumerate() {
            let name =
                if points > 1 { format!("{}/{index}", leaf.name) } else { leaf.name.clone() };
            let plans = [own.clone(), at_point(point, &leaf.block), drawn.clone()].concat();
            branches.push((Value::Str(name), plans));
            counts.push(if drawn.is_empty() { 1 } else { samples(&leaf.block) });
        }
    }
    let mut notes = Vec::new();
    if is_split {
        let why = "each point of a grid has draws of its own, of the same distributions; SEML uses the same draws at \
                   all points of a sub-config";
        let mark = first.block.samples.map_or_else(SourceMark::default, |(_, mark)| mark);
        notes.push(ConversionNote::approximated("random.samples", mark, why));
    }
    let counts = is_random.then_some(counts);
    let law = ParameterLaw::Branches { kind: "union_sampler", branches, counts };
    let union = plan("sub_config", SourceMark::default(), law, notes);
    vec![DraftEntry::block("SAMPLERS", vec![union.entry()])]
}

/// Returns a group of a grid in a branch: parameters that change together are a union of their rows.
fn in_branch(group: &GridGroup, block: &ParameterBlock) -> ParameterPlan {
    let path = &group.paths[0];
    if let [only] = group.paths.as_slice() {
        let values = group.rows.iter().map(|row| row[0].clone()).collect();
        let grid = &block.grid[only];
        let note = ConversionNote::kept(grid.key.clone(), grid.mark, grid.kind.clone());
        return plan(path, grid.mark, ParameterLaw::Values(values), vec![note]);
    }
    let row = |(index, row): (usize, &Vec<Value>)| {
        let point = group.paths.iter().cloned().zip(row.iter().cloned()).collect();
        (Value::Str(index.to_string()), at_point(point, block))
    };
    let branches = group.rows.iter().enumerate().map(row).collect();
    let name = format!("zip_{}", group.zip.as_deref().unwrap_or_default());
    let law = ParameterLaw::Branches { kind: "union_sampler", branches, counts: None };
    let key = name.replace(|c: char| !(c.is_alphanumeric() || c == '_'), "_");
    let note = ConversionNote::kept("zip_id", points::place(block, path), "these change together");
    plan(&key, points::place(block, path), law, vec![note])
}

/// Returns a point of a grid as constants.
fn at_point(point: GridPoint, block: &ParameterBlock) -> Vec<ParameterPlan> {
    let constant = |(path, value): (String, Value)| {
        plan(&path, points::place(block, &path), ParameterLaw::Values(vec![value]), Vec::new())
    };
    point.into_iter().map(constant).collect()
}
