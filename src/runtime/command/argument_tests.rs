//! Tests of the placeholders for all parameters, through real shells.

use std::process::Command;

use proptest::prelude::*;
use sweep_config::{JobId, Map, Value};

use super::*;

fn facts() -> CommandFacts {
    CommandFacts {
        job: JobId(0),
        cfg: "/c".into(),
        cfg_json: "/j".into(),
        cfg_toml: "/t".into(),
        out_dir: "/o".into(),
        mode: "train".into(),
        sweep_dir: "/s".into(),
        code_dir: "/d".into(),
        sweep_name: "s".into(),
    }
}

/// Renders a template for a config of these parameters, all of which were sampled.
fn render(template: &str, values: &[(&str, Value)]) -> Result<String, CommandError> {
    let mut config = Value::Map(Map::new());
    config.set_path("not_sampled", Value::Int(1));
    for (path, value) in values {
        config.set_path(path, value.clone());
    }
    let params: Vec<String> = values.iter().map(|(path, _)| (*path).to_owned()).collect();
    CommandTemplate::parse(template)?.render(&facts(), Some(&config), &params)
}

fn error(template: &str, values: &[(&str, Value)]) -> String {
    let error = render(template, values).unwrap_err();
    format!("{error}; {}", error.hint)
}

fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

/// Returns the words that a real shell passes to a program.
fn words(shell: &str, template: &str, values: &[(&str, Value)]) -> Vec<String> {
    let line = render(template, values).unwrap();
    let output = Command::new(shell).arg("-c").arg(line).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_terminator('\0').map(str::to_owned).collect()
}

#[test]
fn sampled_parameters_become_options_in_their_order_and_nothing_else_does() {
    let values = [
        ("optim.lr", Value::Float(0.001)),
        ("depth", Value::Int(-3)),
        ("name", text("a b")),
        ("none", text("")),
    ];
    assert_eq!(
        render("train {{args}} --out {{out_dir}}", &values).unwrap(),
        "train --optim.lr=0.001 --depth=-3 --name='a b' --none='' --out /o"
    );
    assert_eq!(
        render("{{args prefix=\"-\" sep=\" \"}}", &values[..2]).unwrap(),
        "-optim.lr 0.001 -depth -3"
    );
    assert_eq!(render("{{#if depth}}{{args}}{{/if}}", &values[1..2]).unwrap(), "--depth=-3");
}

#[test]
fn what_programs_take_in_different_ways_has_no_form_until_one_is_chosen() {
    let truths = [("amp", Value::Bool(true)), ("bias", Value::Bool(false))];
    assert!(error("{{args}}", &truths).contains("`amp` is a boolean"));
    assert!(error("x\n {{args}}", &truths).starts_with("LAUNCH.COMMAND, line 2, column 2"));
    for (choice, words) in [
        ("flag", "--amp"),
        ("no", "--amp --no-bias"),
        ("text", "--amp=true --bias=false"),
        ("\"no\"", "--amp --no-bias"),
    ] {
        assert_eq!(render(&format!("{{{{args bools={choice}}}}}"), &truths).unwrap(), words);
    }
    let list = [("w", Value::List(vec![Value::Int(16), Value::Int(-2)]))];
    assert!(error("{{args}}", &list).contains("`w` is a list"));
    for (choice, words) in [
        ("words", "--w 16 -2"),
        ("repeat", "--w=16 --w=-2"),
        ("commas", "--w='16,-2'"),
        ("json", "--w='[16, -2]'"),
    ] {
        assert_eq!(render(&format!("{{{{args lists={choice}}}}}"), &list).unwrap(), words);
    }
    let null = [("clip", Value::Null), ("lr", Value::Int(1))];
    assert!(error("{{args}}", &null).contains("`clip` is null"));
    assert_eq!(render("{{args nulls=omit}}", &null).unwrap(), "--lr=1");
    assert_eq!(render("{{args nulls=None}}", &null).unwrap(), "--clip=None --lr=1");
}

#[test]
fn what_would_be_taken_for_something_else_is_refused() {
    let dash = [("w", Value::List(vec![text("-x"), text("a,b")]))];
    assert!(error("{{args lists=words}}", &dash).contains("looks like an option"));
    assert!(error("{{args lists=commas}}", &dash).contains("contains a comma"));
    assert!(error("{{args sep=\" \"}}", &[("a", text("--b"))]).contains("looks like an option"));
    assert!(error("{{args}}", &[("a", text("x\0"))]).contains("NUL"));
    assert!(error("{{args}}", &[("args", text("x"))]).contains("is a parameter of this sweep"));
    assert!(error("{{args bool=flag}}", &[]).contains("it has `bools`, `lists`"));
    assert!(error("{{args bools=flags}}", &[]).contains("write `bools=\"flag\"`"));
    assert!(error("{{args flag}}", &[]).contains("named options only"));
    assert!(error("{{arg}}", &[]).contains("did you mean `args`"));
    let mapping = Value::List(vec![Value::Map(Map::new())]);
    assert!(error("{{args lists=repeat}}", &[("a", mapping)]).contains("not a plain value"));
    let same = [("a.b", Value::Int(1)), ("a_b", Value::Int(2))];
    assert!(error("{{env_vars}}", &same).contains("the same variable `a_b`"));
}

#[test]
fn hydra_reads_back_what_is_passed() {
    // What Hydra 1.3 makes of each, asked with an identity function and `OmegaConf.to_container`.
    for (value, passed) in [
        (text("sgd"), "k=sgd"),
        (text("true"), "k='true'"),
        (text("1e-3"), "k='1e-3'"),
        (text(""), "k=''"),
        (text("a,b"), "k='a,b'"),
        (text("it's"), r"k='it\'s'"),
        (text(r"C:\new\"), r"k='C:\new\\'"),
        (text("${lr}"), r"k='\${lr}'"),
        (text("$HOME"), "k='$HOME'"),
        (Value::Float(f64::INFINITY), "k=inf"),
        (Value::Null, "k=null"),
        (Value::Bool(true), "k=true"),
        (Value::List(vec![Value::Int(1), text("a b")]), "k=[1,'a b']"),
    ] {
        let line = render("{{hydra_args}}", &[("k", value)]).unwrap();
        assert_eq!(shlex::split(&line).unwrap(), [passed], "{line}");
    }
    let line = render("{{hydra_args prefix=\"++\"}}", &[("optim.lr", Value::Float(0.5))]).unwrap();
    assert_eq!(line, "++optim.lr=0.5");
    assert!(error("{{hydra_args}}", &[("a b", Value::Int(1))]).contains("cannot be a key"));
}

#[test]
fn variables_reach_the_program_before_it_and_through_env() {
    let hostile = "a b 'c' \"d\" $HOME `id` \\ ; & | * ~ #\nsecond — ünï";
    let values = [("optim.name", text(hostile)), ("empty", text("")), ("lr", Value::Float(0.5))];
    for template in ["{{env_vars}} ", "env {{env_vars}} "] {
        for shell in ["sh", "bash"] {
            let inner = "printf '%s\\0' \"$optim_name\" \"$empty\" \"$lr\"";
            let template = format!("{template}sh -c {}", shlex::try_quote(inner).unwrap());
            assert_eq!(
                words(shell, &template, &values),
                [hostile, "", "0.5"],
                "{shell} {template}"
            );
        }
    }
}

#[test]
fn a_config_is_converted_or_refused_with_the_key_that_hinders() {
    let mut config = Value::Map(Map::new());
    config.set_path("optim.lr", Value::Float(0.5));
    config.set_path("widths", Value::List(vec![Value::Int(1), Value::Int(2)]));
    config.set_path("name", text("a \"b\"\n"));
    let template = CommandTemplate::parse("x {{cfg_json}} {{cfg_toml}}").unwrap();
    let texts = template.converted(&config).unwrap();
    let json: serde_json::Value = serde_json::from_str(&texts[0].1).unwrap();
    let toml: serde_json::Value = toml::from_str(&texts[1].1).unwrap();
    assert_eq!((&json, &toml), (&config.to_json(), &config.to_json()));
    config.set_path("optim.clip", Value::Null);
    let error = template.converted(&config).unwrap_err().to_string();
    assert!(error.contains("column 16: `optim.clip` is null, which TOML cannot hold"), "{error}");
    config.set_path("widths.1", Value::Float(f64::NAN));
    let error = template.converted(&config).unwrap_err().to_string();
    assert!(error.contains("`widths.1` is not a finite number"), "{error}");
    assert!(CommandTemplate::parse("x {{cfg}}").unwrap().converted(&config).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_value_reaches_the_program_as_one_word(value in "[^\\x00]{0,30}", item in "[^\\x00-]{0,9}") {
        let list = Value::List(vec![text(&item), text("x")]);
        let values = [("a.b", text(&value)), ("l", list)];
        let wanted = [format!("--a.b={value}"), "--l".into(), item, "x".into()];
        for shell in ["sh", "bash"] {
            let template = "printf '%s\\0' {{args lists=words}}";
            prop_assert_eq!(words(shell, template, &values), wanted.clone());
        }
    }
}
