use proptest::prelude::*;
use sweep_config::{JobId, Map, Value};

use super::*;

fn facts() -> CommandFacts {
    CommandFacts {
        job: JobId(17),
        cfg: "/s/cfgs/000017.yaml".into(),
        cfg_json: "/s/logs/000017/cfg.json".into(),
        cfg_toml: "/s/logs/000017/cfg.toml".into(),
        out_dir: "/s/logs/000017".into(),
        mode: "train".into(),
        sweep_dir: "/s".into(),
        code_dir: "/my code".into(),
        sweep_name: "s".into(),
    }
}

fn config(path: &str, value: Value) -> Value {
    let mut config = Value::Map(Map::new());
    config.set_path(path, value);
    config
}

fn render(template: &str, config: &Value) -> Result<String, CommandError> {
    CommandTemplate::parse(template)?.render(&facts(), Some(config), &[])
}

fn printed(template: &str, value: Value) -> String {
    render(template, &config("A.B", value)).unwrap()
}

#[track_caller]
fn error(template: &str, value: Value) -> String {
    let error = render(template, &config("A.B", value)).unwrap_err();
    format!("{error}; {}", error.hint)
}

#[test]
fn facts_are_quoted_where_they_need_it() {
    let text = CommandTemplate::parse("cd {{code_dir}} && run {{cfg}} {{index}} {{mode}}").unwrap();
    assert!(!text.needs_config());
    let line = text.render(&facts(), None, &[]).unwrap();
    assert_eq!(line, "cd '/my code' && run /s/cfgs/000017.yaml 17 train");
}

#[test]
fn an_empty_command_is_pyclss_own() {
    let line = CommandTemplate::parse(" \n").unwrap().render(&facts(), None, &[]).unwrap();
    assert_eq!(
        line,
        "python tools/run_net.py --mode train --cfg /s/cfgs/000017.yaml OUT_DIR /s/logs/000017"
    );
}

#[test]
fn three_braces_do_not_quote() {
    let value = || Value::Str("--a --b".into());
    assert_eq!(printed("x {{A.B}} {{{A.B}}}", value()), "x '--a --b' --a --b");
}

#[test]
fn numbers_lists_and_truths_are_printed_in_a_form_that_reads_back() {
    assert_eq!(printed("{{A.B}}", Value::Float(1.0)), "1.0");
    assert_eq!(printed("{{A.B}}", Value::Float(f64::NEG_INFINITY)), "-inf");
    assert_eq!(printed("{{A.B}}", Value::Int(-3)), "-3");
    assert_eq!(printed("{{A.B}}", Value::Bool(true)), "true");
    let list = Value::List(vec![Value::Int(16), Value::Str("a b".into()), Value::Float(0.5)]);
    assert_eq!(printed("{{A.B}}", list), r#"'[16, "a b", 0.5]'"#);
    assert_eq!(printed("{{A.B}}", Value::Str(String::new())), "''");
}

#[test]
fn a_fact_wins_over_a_parameter_of_its_name() {
    let config = config("mode", Value::Str("parameter".into()));
    assert_eq!(render("{{mode}}", &config).unwrap(), "train");
}

#[test]
fn conditions_choose_and_see_null_as_no() {
    let template = "t{{#if A.B}} --flag {{A.B}}{{else}} --none{{/if}}";
    assert_eq!(printed(template, Value::Int(2)), "t --flag 2");
    assert_eq!(printed(template, Value::Bool(false)), "t --none");
    let chosen = "{{#if (eq A.B \"sgd\")}}S{{else if (eq A.B \"adam\")}}A{{/if}}";
    assert_eq!(printed(chosen, Value::Str("sgd".into())), "S");
    assert_eq!(printed(chosen, Value::Str("adam".into())), "A");
}

#[test]
fn what_handlebars_would_print_as_nothing_is_an_error_with_its_place() {
    assert_eq!(
        error("x\n  {{A.C}}", Value::Int(1)),
        "LAUNCH.COMMAND, line 2, column 3: `A.C` is neither a placeholder nor a parameter of the config; \
         did you mean `A.B`?"
    );
    assert!(error("{{A.B}}", Value::Null).contains("`A.B` is null"));
    assert!(error("{{A}}", Value::Int(1)).contains("`A` is a mapping"));
    assert!(error("{{#if A.C}}x{{/if}}", Value::Int(1)).contains("`A.C` is neither"));
    assert!(error("{{#if (eq A.C 1)}}x{{/if}}", Value::Int(1)).contains("`A.C` is neither"));
    assert!(error("{{#if A.B}}x{{else}}{{C}}{{/if}}", Value::Int(1)).contains("`C` is neither"));
    assert!(error("{{A.B}}", Value::Str("a\0b".into())).contains("NUL"));
    assert!(error("{{cgf}}", Value::Int(1)).contains("did you mean `cfg`?"));
    assert!(error("{{cfg.A.B}}", Value::Int(1)).contains("did you mean `A.B`"));
    assert!(error("{{zzz}}", Value::Int(1)).contains("use one of `cfg`, `out_dir`"));
}

#[test]
fn what_a_command_may_not_hold_is_refused_when_it_is_parsed() {
    for template in [
        "{{",
        "{{cfg",
        "{{#if cfg}}",
        "{{#each A.B}}{{this}}{{/each}}",
        "{{#with A}}{{B}}{{/with}}",
        "{{> partial}}",
        "{{lookup A B}}",
        "{{@index}}",
        "{{../A}}",
        "{{this}}",
    ] {
        let error = CommandTemplate::parse(template).expect_err(template);
        assert!(error.line >= 1 && !error.hint.is_empty(), "{template}: {error}");
    }
}

/// Returns what a real shell passes to a program for one placeholder.
fn through_the_shell(value: Value) -> Vec<u8> {
    let line = printed("printf %s {{A.B}}", value);
    let output = std::process::Command::new("sh").arg("-c").arg(line).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_reaches_the_program_unchanged(text in "[^\\x00]{0,40}") {
        prop_assert_eq!(through_the_shell(Value::Str(text.clone())), text.as_bytes());
    }

    #[test]
    fn any_number_reads_back_as_itself(number in any::<f64>().prop_filter("not NaN", |x| !x.is_nan())) {
        let text = printed("{{A.B}}", Value::Float(number));
        prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), number.to_bits());
    }
}
