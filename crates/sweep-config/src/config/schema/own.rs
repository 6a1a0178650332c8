//! The forms of keys whose values are more than one scalar, and the rules of sections.

use serde_json::{Value as Json, json};

use super::letter_case::{given, required};
use super::samplers;
use super::values::{
    described, expression, list, mapping, named, number, pair, some_text, text, text_like, whole,
};
use crate::config::objective::{EpochReduction, ObjectiveGoal};
use crate::config::{LogFormat, Strategy};

/// A name of a sweep: a relative path that leads down only.
const SWEEP_NAME: &str =
    "^(?!\\.{0,2}(/|$))(?!.*/\\.{0,2}(/|$))[^\\u0000-\\u001f\\u007f-\\u009f]+$";
/// A field of a record: `TYPE.FIELD`.
const FIELD: &str = "^[^.]+\\..";

/// A form, made where it is wanted.
type FormMaker = fn() -> Json;

/// The keys whose values have a form of their own, by dotted path.
pub(super) const FORMS: [(&str, FormMaker); 29] = [
    // Read and ignored, whatever they hold.
    ("SWEEP_CFG_FILE", || json!({})),
    ("LAUNCH.SCRIPT", || json!({})),
    ("ROOT_DIR", some_text),
    ("NAME", sweep_name),
    ("SETUP.NUM_CONFIGS", num_configs),
    ("SETUP.BASE_CFG", || json!({"type": ["object", "string", "null"], "minLength": 1})),
    ("SETUP.POINTS", points),
    ("SETUP.TUNE.PRIOR_SWEEPS", || one_or_several(&some_text())),
    ("SETUP.ZIP", || list(&list(&some_text()))),
    ("SETUP.TREE", tree),
    ("SETUP.SAMPLERS", samplers::all),
    ("SETUP.DERIVED", || mapping(&expression())),
    ("SETUP.HELPERS", || list(&some_text())),
    ("SETUP.CONSTRAINTS.CX.FLOPS", || pair(&number())),
    ("SETUP.CONSTRAINTS.CX.PARAMS", || pair(&number())),
    ("SETUP.CONSTRAINTS.CX.ACTS", || pair(&number())),
    ("SETUP.CONSTRAINTS.REGNET.NUM_STAGES", || pair(&whole(1, u32::MAX.into()))),
    ("SETUP.CONSTRAINTS.WHERE", || one_or_several(&expression())),
    ("LAUNCH.PARTITION", || one_or_several(&text())),
    ("LAUNCH.EXTRA", || list(&text())),
    ("LAUNCH.ENV", || named_by("^[A-Za-z_][A-Za-z0-9_]*$", &text())),
    ("COLLECT.READERS", || list(&reader())),
    ("COLLECT.FIELDS", || named_by(FIELD, &text_like(FIELD, "Expected TYPE.FIELD."))),
    ("ANALYZE.OBJECTIVE", || one_or_several(&objective())),
    ("ANALYZE.PLOT_METRIC_PAIRS", || list(&pair(&text()))),
    ("ANALYZE.PRE_FILTERS", || mapping(&filter())),
    ("ANALYZE.SPLIT_FILTERS", || mapping(&mapping(&filter()))),
    ("ANALYZE.COMPARE_BY", || one_or_several(&text())),
    ("ANALYZE.EXTRA_SWEEP_NAMES", || list(&sweep_name())),
];

/// Returns the form of the value of a key by its dotted path; `None` of a key whose form is no one's own.
pub(super) fn form(path: &str) -> Option<Json> {
    FORMS.iter().find(|(key, _)| *key == path).map(|(_, form)| form())
}

fn tree() -> Json {
    json!({"type": ["object", "null"], "allOf": [{"$ref": "#/definitions/tree"}]})
}

/// Returns the form of a mapping whose keys have a pattern.
fn named_by(pattern: &str, value: &Json) -> Json {
    let mut form = mapping(value);
    form["propertyNames"] = json!({"pattern": pattern});
    form
}

/// Returns the rules of a section that hold between its keys.
pub(super) fn rules(path: &str) -> Json {
    if path != "SETUP" {
        return json!({});
    }
    let something = json!({"not": {"enum": [null, {}]}});
    let is_grid = given("STRATEGY", json!({"const": Strategy::Grid.name()}));
    let number = json!({"type": ["integer", "string"]});
    let is_drawn = ["SAMPLERS", "TREE"].map(|key| given(key, something.clone()));
    let is_silent = json!({"not": given("NUM_CONFIGS", json!({}))});
    let has_points = given("POINTS", json!({"not": {"enum": [null]}}));
    let says_it = given("SAMPLERS", json!({"not": {"additionalProperties": is_silent}}));
    json!({
        "if": {"allOf": [
            {"not": is_grid}, {"anyOf": is_drawn}, {"not": says_it}, {"not": has_points},
        ]},
        "then": {
            "anyOf": required(&["NUM_CONFIGS"]),
            "properties": {"NUM_CONFIGS": number, "num_configs": number},
        },
    })
}

fn num_configs() -> Json {
    let mut form = whole(0, crate::config::setup::MOST_CONFIGS);
    form["type"] = json!(["integer", "string", "null"]);
    form
}

/// Returns the form of points: a file, or a list of files and points.
fn points() -> Json {
    let source = json!({"type": ["object", "string"], "minLength": 1});
    json!({"type": ["array", "string", "null"], "items": source})
}

fn sweep_name() -> Json {
    text_like(SWEEP_NAME, "Expected a name such as `digits` or `cifar/cifar_optim`.")
}

/// Returns the form of an item that may be a list of several.
fn one_or_several(item: &Json) -> Json {
    json!({"if": {"type": "array"}, "then": list(item), "else": item})
}

/// Returns the form of a reader: its name, or a mapping.
fn reader() -> Json {
    let file =
        text_like("^(?!/)(?!(.*/)?\\.\\.(/|$))", "Expected a glob below the job's directory.");
    let keys = [
        ("READER", named(LogFormat::NAMED), "The format to read."),
        (
            "FILES",
            list(&file),
            "Globs below the job's directory; the format's usual files by default.",
        ),
        ("TYPE", text(), "The name of the records; by default that of their file."),
        ("PATTERN", some_text(), "A regular expression with named groups, for `regex`."),
        ("EPOCH", text(), "The field that counts epochs; by default one of the usual names."),
        ("STEP", text(), "The field that counts steps; by default one of the usual names."),
    ];
    let is_regex = json!({"properties": {"READER": {"const": LogFormat::Regex.name()}}});
    let names = LogFormat::NAMED.iter().map(|(name, _)| *name);
    let names: Vec<&str> = names.filter(|name| *name != LogFormat::Regex.name()).collect();
    json!({
        "if": {"type": "object"},
        "then": {
            "properties": described(keys),
            "required": ["READER"],
            "additionalProperties": false,
            "if": is_regex,
            "then": {"required": ["PATTERN"]},
            "else": {"not": {"required": ["PATTERN"]}},
        },
        "else": {"enum": names},
    })
}

/// Returns the form of an objective: its metric, or a mapping.
fn objective() -> Json {
    let keys = [
        ("METRIC", text(), "A shortcut, or a dotted path into a collected job."),
        ("GOAL", named(ObjectiveGoal::NAMED), "Whether lower or higher values are better."),
        ("OVER", named(EpochReduction::NAMED), "Which epoch counts; the best by default."),
    ];
    json!({
        "if": {"type": "object"},
        "then": {
            "properties": described(keys),
            "required": ["METRIC"],
            "additionalProperties": false,
        },
        "else": text(),
    })
}

/// Returns the form of a filter: `[MIN, MAX]`, or `[MIN, MED, MAX]`, of which the second is ignored; or the values to keep.
fn filter() -> Json {
    let range = json!({
        "minItems": 2,
        "if": {"maxItems": 2},
        "then": {"items": number()},
        "else": {"items": [number(), {}, number()], "maxItems": 3},
    });
    let names = json!({"items": {"type": ["string", "boolean", "null"]}});
    json!({"type": "array", "minItems": 1, "anyOf": [names, range]})
}
