//! The report as an instrument, in the real browser: what is selected, by which conditions, and what follows from it. The numbers
//! that it must be are counted in sweep.parquet.

use serde_json::{Value, json};

use crate::bin;
use crate::layout;
use crate::page::{ONE, SEVERAL, digits, driven, is_without_python, jobs_or, page};

/// Both of a pair are the same.
fn agree(pair: &Value) {
    assert_eq!(pair[0], pair[1], "{pair}");
}

#[test]
fn a_reader_explores_by_conditions_that_hold_together() {
    if is_without_python() {
        return;
    }
    let sandbox = digits();
    let pages = [page(&sandbox, "one.html", ONE), page(&sandbox, "several.html", SEVERAL)];
    // More than a figure draws as points.
    layout::sweep(&sandbox, "many", jobs_or(4000), 0.2);
    sandbox.run(bin!("sweep_analyze"), &["many.yaml"]).expect(0);
    let tables = ["sweeps/digits/optim/sweep.parquet", "sweeps/many/sweep.parquet"];
    let mut arguments = tables.map(|table| sandbox.join(table)).to_vec();
    arguments.extend(pages);
    arguments.push(sandbox.join("sweeps/many/analysis.html"));
    let found = driven("instrument_drive.py", &arguments);
    assert_eq!(found["messages"], json!([]), "the console is silent");
    assert_eq!(found["violations"], json!([]), "axe finds nothing, and nothing is too wide");
    selection(&found);
    addresses(&found);
    searches(&found);
    columns(&found);
    comparisons(&found);
    steps(&found);
    explores(&found);
    keyboard(&found);
    for many in ["", "_searched", "_key", "_sorted", "_last", "_beside"] {
        agree(&found[format!("many{many}")]);
    }
    only(&found["many_only"]);
}

fn selection(found: &Value) {
    for (at, step) in found["steps"].as_array().unwrap().iter().enumerate() {
        agree(step);
        assert_eq!(step[2], at + 1, "each figure adds a condition");
    }
    assert_eq!(found["chips"].as_array().unwrap().len(), 3);
    assert!(found["chips"][0].as_str().unwrap().starts_with("BASE_LR 0.00"), "{}", found["chips"]);
    assert_eq!(found["count"], format!("{} of 64 jobs", found["steps"][2][0]), "the table, too");
    assert_eq!(found["restored"], json!([found["steps"][2][0], true]), "the address keeps them");
    agree(&found["replaced"]);
    assert_eq!(found["replaced"][2], 3, "a second drag in a figure replaces the first");
    only(&found["only"]);
    assert_eq!(found["csv"][0].as_array().unwrap()[..3], ["job", "state", "error"]);
    assert_eq!(found["csv"][1], found["only"][1], "the CSV has the selected jobs");
    agree(&found["removed"]);
    assert_eq!(found["removed"][2], 2, "a chip takes its condition away");
    assert_eq!(found["cleared"], json!([null, false]));
    agree(&found["edf"]);
    assert_eq!(found["edf"][2], json!(["objective"]), "the distribution selects by the objective");
    assert_eq!(found["edf_drawn"], true, "and shows that of the selection");
    assert_eq!(found["folded"], json!([false, true]), "a figure that opens later shows it");
}

/// `--only` of the sorted jobs, as ranges.
fn only(pair: &Value) {
    let text = pair[0].as_str().unwrap().strip_prefix("--only ").expect("an option");
    let ends = |part: &str| {
        let (low, high) = part.split_once('-').unwrap_or((part, part));
        low.parse::<u64>().unwrap()..=high.parse().unwrap()
    };
    let jobs: Vec<u64> = text.split(',').flat_map(ends).collect();
    assert_eq!(json!(jobs), pair[1], "{text}");
    assert!(text.contains('-'), "neighbours are a range: {text}");
}

fn addresses(found: &Value) {
    agree(&found["old"]);
    assert!(found["old"][0].as_u64().unwrap() > 0);
    assert_eq!(found["old"][2], false, "an old address becomes a new one");
    let lacking = "lrr=1: no column is called `lrr`; the nearest is `lr`";
    assert_eq!(found["lacking"], json!([lacking, 1]), "what the page lacks is told");
}

fn searches(found: &Value) {
    for search in found["searches"].as_array().unwrap() {
        assert_eq!(search[1], search[2], "{search}");
    }
    let mistakes = found["mistakes"].as_array().unwrap();
    let said: Vec<&str> = mistakes.iter().map(|mistake| mistake[1].as_str().unwrap()).collect();
    let wanted = [
        "no column is called `lrr`; the nearest is `lr`",
        "`lr` has numbers, and `abc` is none: lr<0.1, lr=1e-3..1e-1",
        "`state` has words, which have no order: state=3",
        "`)` is missing",
        "a value is missing after `lr=`",
        "a name is missing before `<`",
        "something is missing beside `or`, or in parentheses",
    ];
    assert_eq!(said, wanted);
    assert!(
        mistakes.iter().all(|mistake| mistake[2] == found["kept"]),
        "the table stays: {mistakes:?}"
    );
    agree(&found["entered"]);
    assert_eq!(found["entered"][2], json!(["learning rate 0.01 to 1"]), "Enter selects");
    agree(&found["searched"]);
}

fn columns(found: &Value) {
    let heads = |last: &str| {
        json!([
            "compare",
            "job",
            "state",
            "error (%)",
            "BASE_LR",
            last,
            "error, last (%)",
            "epochs"
        ])
    };
    assert_eq!(found["heads"], heads("WEIGHT_DECAY"));
    assert_eq!(found["chosen"], heads("flops (B)"));
    assert_eq!(found["chosen_again"], found["chosen"], "the address keeps them");
    assert_eq!(found["state"], json!([["state done"], 64, "true"]));
    assert_eq!(found["stateless"], json!([]));
}

fn comparisons(found: &Value) {
    assert_eq!(found["compared"], json!(["2 jobs side by side", 2]), "with their curves");
    agree(&found["differing"]);
    assert_eq!(found["all_keys"], true, "on demand also what is the same");
    assert_eq!(found["compared_again"], "2 jobs side by side", "the address keeps it");
    assert_eq!(found["pins"], json!(["job 000012", "job 000019"]));
    assert_eq!(found["unpinned"], json!(["job 000019"]));
    assert_eq!(found["three"], 4, "few selected jobs are compared without marks");
}

fn steps(found: &Value) {
    assert_eq!(found["first"], json!([true, "1 of 25"]));
    agree(&found["stepped"]);
    assert_eq!(found["step_address"], true);
    agree(&found["back"]);
}

fn explores(found: &Value) {
    agree(&found["beside"]);
    agree(&found["selected_curves"]);
    agree(&found["free"]);
    assert_eq!(found["free"][2], "error (%) over WEIGHT_DECAY");
    assert_eq!(found["free_again"], json!(["OPTIM.WEIGHT_DECAY", "objective", true, true]));
    assert_eq!(found["free_key"], "job", "the arrow keys name its jobs, too");
}

fn keyboard(found: &Value) {
    let stops = found["stops"][0].as_u64().unwrap();
    assert!(stops <= 40, "{stops} stops to the table");
    assert_eq!(found["stops"][1], "skip");
    assert_eq!(found["skipped"], true);
    agree(&found["reached"]);
    assert_eq!(found["corner"], json!(["optim", "error 5.833 %", "share of jobs 0"]));
    assert_eq!(found["saving"], "SVG");
    assert_eq!(found["row"][0], json!([format!("job {} ×", found["row"][1].as_str().unwrap())]));
    assert_eq!(found["shown"], "--only 3-5,9", "without a clipboard the text is shown");
}
