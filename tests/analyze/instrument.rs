//! The report as an instrument, in the real browser: what is selected, by which conditions, and what follows from it. The numbers
//! that it must be are counted in sweep.parquet.

use serde_json::{Value, json};

use crate::page::{ONE, SEVERAL, digits, driven, is_without_python, page};

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
    let mut arguments = vec![sandbox.join("sweeps/digits/optim/sweep.parquet")];
    arguments.extend(pages);
    let found = driven("instrument_drive.py", &arguments);
    assert_eq!(found["messages"], json!([]), "the console is silent");
    selection(&found);
    addresses(&found);
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
    let renewed = json!([found["renewed"][0], 3, "3 of 64 jobs", ["error up to 50"]]);
    assert_eq!(found["renewed"], renewed, "new data keep the conditions");
}
