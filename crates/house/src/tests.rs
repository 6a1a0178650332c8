//! The measures are held to small sources whose figures are known.

use std::fs::{DirBuilder, File};
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::measure::{MeasuredFile, measure};
use crate::rules::{BrokenRules, HouseRule};

/// Writes the files of a crate and gives its folder.
fn house(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    File::create(dir.path().join("Cargo.toml")).unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        DirBuilder::new().recursive(true).create(path.parent().unwrap()).unwrap();
        std::io::Write::write_all(&mut File::create(path).unwrap(), text.as_bytes()).unwrap();
    }
    dir
}

fn measured(dir: &TempDir) -> Vec<MeasuredFile> {
    measure(dir.path()).unwrap()
}

fn lines_of(broken: &BrokenRules, rule: HouseRule) -> Vec<&str> {
    let of_rule = broken.0.iter().filter(|((broken, _), _)| *broken == rule);
    of_rule.flat_map(|(_, lines)| lines.iter().map(String::as_str)).collect()
}

fn broken(files: &[(&str, &str)]) -> BrokenRules {
    rules::broken(&measured(&house(files)), &WordGlossary::parse("## Words\n- **sweep**: a word."))
}

#[test]
fn lines_of_code_are_those_with_a_token_outside_of_tests_and_comments() {
    let dir = house(&[(
        "src/lib.rs",
        "//! Doc.\n\n// Comment.\n/// Doc.\npub struct A {\n    a: u8,\n}\n\n\
         #[cfg(test)]\nmod tests {\n    struct B;\n}\n",
    )]);
    let file = &measured(&dir)[0];
    assert_eq!((file.code_lines, file.doc_lines, file.public_items), (3, 2, 1));
    assert_eq!(file.types.len(), 1);
}

#[test]
fn a_module_of_tests_in_a_file_of_its_own_is_left_out() {
    let dir = house(&[("src/lib.rs", "#[cfg(test)]\nmod fake;\n"), ("src/fake.rs", "struct A;\n")]);
    assert_eq!(measured(&dir).len(), 1);
}

#[test]
fn a_type_name_used_twice_in_a_crate_is_reported_with_its_places() {
    let broken = broken(&[("src/lib.rs", "mod a;\nstruct Two;\n"), ("src/a.rs", "enum Two {}\n")]);
    assert_eq!(lines_of(&broken, HouseRule::UniqueTypeName), ["Two: src/a.rs:1 src/lib.rs:2"]);
}

#[test]
fn a_name_of_one_word_must_be_in_the_glossary() {
    let broken =
        broken(&[("src/lib.rs", "struct Sweep;\nstruct Riddle;\nstruct JobName;\nstruct IO;")]);
    let expected = ["src/lib.rs:2 Riddle", "src/lib.rs:4 IO"];
    assert_eq!(lines_of(&broken, HouseRule::TwoWordTypeName), expected);
}

#[test]
fn files_that_import_each_other_are_a_circle_but_not_a_parent_and_its_child() {
    let broken = broken(&[
        ("src/lib.rs", "mod a;\nmod b;\nmod c;\nuse a::A;\n"),
        ("src/a.rs", "use super::b::{self, B};\nuse crate::c;\n"),
        ("src/b.rs", "fn f() { g!(crate::a::A) }\n"),
        ("src/c/mod.rs", "mod d;\nuse self::d::D;\n"),
        ("src/c/d.rs", "use super::C;\n"),
    ]);
    assert_eq!(lines_of(&broken, HouseRule::NoFileCircle), ["src/a.rs <-> src/b.rs"]);
}

#[test]
fn an_import_in_a_test_makes_no_circle() {
    let broken = broken(&[
        ("src/lib.rs", "mod a;\nmod b;\n"),
        ("src/a.rs", "use crate::b::B;\n"),
        ("src/b.rs", "#[cfg(test)]\nmod tests {\n    use crate::a::A;\n}\n"),
    ]);
    assert!(lines_of(&broken, HouseRule::NoFileCircle).is_empty());
}

#[test]
fn a_long_function_is_reported_by_its_length() {
    let body = |lines: usize| "    f();\n".repeat(lines);
    let text = format!("fn a() {{\n{}}}\nfn b() {{\n{}}}\n", body(59), body(58));
    let broken = broken(&[("src/lib.rs", &text)]);
    assert_eq!(lines_of(&broken, HouseRule::FunctionLength), ["src/lib.rs:1 a: 61 lines"]);
    assert_eq!(lines_of(&broken, HouseRule::LongFunction), ["src/lib.rs:62 b: 60 lines"]);
}

#[test]
fn a_doc_comment_that_begins_with_a_riddle_is_reported() {
    let broken = broken(&[(
        "src/lib.rs",
        "/// What it is.\nfn a() {}\n/// Sorts.\nfn b() {}\n/// Whether it is.\nfn c() {}\n\
         struct JobName {\n    /// Whether it is.\n    a: u8,\n    /// Of it.\n    b: u8,\n}\n",
    )]);
    let expected =
        ["src/lib.rs:1 What it is.", "src/lib.rs:5 Whether it is.", "src/lib.rs:10 Of it."];
    assert_eq!(lines_of(&broken, HouseRule::DocBeginning), expected);
}

#[test]
fn the_rules_are_checked_on_request_only() {
    let dir = house(&[("src/lib.rs", "struct Riddle;\n"), ("docs/glossary.md", "## Words\n")]);
    let run_it = |check| {
        let mut out = Vec::new();
        let root = dir.path().to_path_buf();
        (run(&HouseArgs { check, root }, &mut out).unwrap(), String::from_utf8(out).unwrap())
    };
    let (is_kept, out) = run_it(false);
    assert!(is_kept && out.contains("one-word type names | 100 % (1 of 1)"), "{out}");
    let (is_kept, out) = run_it(true);
    assert!(!is_kept && out.contains("src/lib.rs:1 Riddle") && !out.contains('|'), "{out}");
}

#[test]
fn what_is_no_rust_is_an_error_that_names_the_file() {
    let dir = house(&[("src/lib.rs", "fn fn\n")]);
    let error = measure(dir.path()).unwrap_err().to_string();
    assert!(error.contains(&Path::new("src/lib.rs").display().to_string()), "{error}");
}
