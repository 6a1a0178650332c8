//! Expressions as users of other languages write them: text that is joined, names that are no words, what Python has and
//! the config has not.

use crate::drawn::{of_configs, setup};

#[test]
fn a_name_is_joined_of_text_and_numbers_with_pythons_digits() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {seed: [3, 12], lr: [1.0e-05, 0.5], ema: [true]}\n  \
                DERIVED: {NAME: \"'run_' + str(seed) + '_' + str(lr) + '_' + str(ema)\"}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    assert_eq!(
        of_configs(&sandbox, "sorted(c['NAME'] for c in cfgs)"),
        "['run_12_0.5_True', 'run_12_1e-05_True', 'run_3_0.5_True', 'run_3_1e-05_True']"
    );
}

#[test]
fn a_name_that_is_no_word_stands_in_quotes() {
    let text = "  STRATEGY: grid\n  BASE_CFG: {opt: {weight-decay: 0.1}}\n  SAMPLERS: {learning-rate: [0.1, 0.2, 0.3], opt.b-1: [1, 2]}\n  \
                DERIVED: {d: \"cfg['opt']['weight-decay'] * cfg['opt']['b-1']\"}\n  \
                CONSTRAINTS: {WHERE: [\"cfg['learning-rate'] > 0.1 and cfg['opt.b-1'] < 2\"]}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.stderr;
    assert_eq!(
        of_configs(&sandbox, "[(c['learning-rate'], c['opt']['b-1'], c['d']) for c in cfgs]"),
        "[(0.2, 1, 0.1), (0.3, 1, 0.1)]",
        "{said}"
    );
}

#[test]
fn a_name_that_is_no_word_is_told_with_how_it_is_written() {
    let text = "  NUM_CONFIGS: 2\n  SAMPLERS: {learning-rate: [0.1, 0.2], a: [1, 2]}\n  \
                DERIVED: {a.b-c: '1'}\n  CONSTRAINTS: {WHERE: [learning-rate > 0.1]}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    assert!(
        said.contains("`learning-rate` is `cfg['learning-rate']` in an expression: `-` subtracts"),
        "{said}"
    );
    assert_eq!(said.matches("no parameter is called").count(), 1, "{said}");
}

#[test]
fn a_hint_shows_another_spelling_than_the_one_that_was_typed() {
    for (typed, hint) in [
        ("Lr > 1", "did you mean `lr`?"),
        ("learning_rate > 1", "did you mean `cfg['learning-rate']`?"),
        ("cfg['learning rate'] > 1", "did you mean `cfg['learning-rate']`?"),
        ("cfg.lr > 1", "write `lr`: names start at the top of the job config"),
        ("cfg[lr] > 1", "or as `cfg['learning-rate']`"),
        ("lr == null", "write `None`"),
        ("lr == true", "write `True`"),
        ("LR is None", "did you mean `lr`?"),
        ("math.log(lr) > 1", "write `log(…)`"),
        ("lr is 1", "`is` works only with `None`: write `==`"),
    ] {
        let text = format!(
            "  NUM_CONFIGS: 2\n  SAMPLERS: {{learning-rate: [0.1, 0.2], lr: [1, 2]}}\n  \
             CONSTRAINTS: {{WHERE: [\"{typed}\"]}}\n"
        );
        let said = setup(&text, &[]).1.expect(2).stderr;
        assert!(said.contains(hint), "{typed}: {said}");
    }
}

#[test]
fn a_value_that_is_none_is_asked_for_as_in_python() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {clip: [null, 0.5, 1.0], n: [1, 3, 4]}\n  \
                CONSTRAINTS: {WHERE: [clip is None or 0.5 < clip <= 1.0, 1 < n <= 3]}\n";
    let (sandbox, _) = setup(text, &[]);
    assert_eq!(
        of_configs(&sandbox, "[(c['clip'], c['n']) for c in cfgs]"),
        "[(None, 3), (1.0, 3)]"
    );
}

#[test]
fn a_parameter_wins_over_the_complexity_of_that_name() {
    let text = "  STRATEGY: grid\n  BASE_CFG: {acts: 5}\n  SAMPLERS: {flops: [1, 2, 3]}\n  \
                DERIVED: {params: flops * 2, d: params + acts}\n  \
                CONSTRAINTS: {WHERE: [flops >= 2, params < 6, acts == 5]}\n";
    let (sandbox, _) = setup(text, &[]);
    assert_eq!(
        of_configs(&sandbox, "[(c['flops'], c['params'], c['d']) for c in cfgs]"),
        "[(2, 4, 9)]"
    );
}

#[test]
fn a_parameter_named_cfg_is_not_taken_for_the_job_config() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {cfg.a: [1, 2], a: [3]}\n  CONSTRAINTS: {WHERE: [\"cfg['a'] < 2\"]}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    assert!(said.contains("there is also a parameter `cfg`"), "{said}");
    assert!(said.contains("write `cfg.a`"), "{said}");
}

#[test]
fn text_and_a_number_are_not_joined_in_silence() {
    let text =
        "  NUM_CONFIGS: 2\n  SAMPLERS: {seed: [1, 2]}\n  DERIVED: {NAME: \"'run_' + seed\"}\n";
    let said = setup(text, &[]).1.stderr;
    assert!(said.contains("not with a whole number: use `str(…)`"), "{said}");
}

#[test]
fn derived_numbers_are_those_that_python_computes() {
    let text = "  NUM_CONFIGS: 300\n  SAMPLERS:\n    e: {TYPE: int_sampler, RANGE: [-5, -1]}\n    x: {TYPE: float_sampler, RANGE: [0.1, 9.0]}\n  \
                DERIVED: {lr: 10 ** e, p: x ** e, q: exp(x), l: log(x), b: log2(x), d: log10(x), r: 'round(x * 1000, -1)'}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    let math = "__import__('math')";
    for right in [
        "{c['lr'] for c in cfgs} == {1e-05, 0.0001, 0.001, 0.01, 0.1}".to_owned(),
        "all(c['p'] == c['x'] ** c['e'] for c in cfgs)".to_owned(),
        format!("all(c['q'] == {math}.exp(c['x']) for c in cfgs)"),
        format!("all(c['l'] == {math}.log(c['x']) for c in cfgs)"),
        format!("all(c['b'] == {math}.log2(c['x']) for c in cfgs)"),
        format!("all(c['d'] == {math}.log10(c['x']) for c in cfgs)"),
        "all(c['r'] == round(c['x'] * 1000, -1) for c in cfgs)".to_owned(),
    ] {
        assert_eq!(of_configs(&sandbox, &right), "True", "{right}");
    }
}

#[test]
fn a_range_that_names_what_follows_from_it_is_told_what_to_write() {
    let text = "  NUM_CONFIGS: 2\n  SAMPLERS: {a: [1, 2], b: {TYPE: int_sampler, RANGE: [0, twice]}}\n  \
                DERIVED: {twice: 2 * a}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    assert!(said.contains("`twice` is derived from sampled parameters"), "{said}");
    assert!(said.contains("write its expression here"), "{said}");
}

#[test]
fn what_has_no_value_in_numbers_is_said_in_words() {
    for (expression, why) in [
        ("(a - 5) ** 0.5", "a fractional power of a negative number, which is a complex one"),
        ("(a - a) ** -1", "zero to a negative power"),
        ("10.0 ** (400 * a)", "a power that is too large"),
        ("10 ** (40 * a)", "a whole number beyond 64 bits"),
        ("log(a, 1)", "a logarithm to the base 1"),
        ("exp(1000 * a)", "an exponential that is too large"),
        ("a % (a - a)", "division by zero"),
    ] {
        let text = format!(
            "  NUM_CONFIGS: 2\n  NUM_SAMPLES: 100\n  SAMPLERS: {{a: [1, 2]}}\n  DERIVED: {{d: '{expression}'}}\n"
        );
        let said = setup(&text, &[]).1.stderr;
        assert!(said.contains(why), "{expression}: {said}");
    }
}

#[test]
fn a_parameter_that_reads_as_an_operation_is_no_operation_in_silence() {
    let text =
        "  STRATEGY: grid\n  SAMPLERS: {a: [4], b: [1], a-b: [1, 9]}\n  CONSTRAINTS: {WHERE: [";
    let said = setup(&format!("{text}a-b < 5]}}\n"), &[]).1.expect(2).stderr;
    assert!(said.contains("`a-b` is a parameter, but reads as an operation here"), "{said}");
    for (expression, right) in [("\"cfg['a-b'] < 5\"", "1"), ("a - b < 5", "2")] {
        let (sandbox, run) = setup(&format!("{text}{expression}]}}\n"), &[]);
        run.expect(0);
        assert_eq!(of_configs(&sandbox, "len(cfgs)"), right, "{expression}");
    }
    let said =
        setup("  STRATEGY: grid\n  SAMPLERS: {a/b: [1]}\n  CONSTRAINTS: {WHERE: [a/b < 5]}\n", &[]);
    assert!(
        said.1.expect(2).stderr.contains("`a/b` is `cfg['a/b']` in an expression: `/` divides")
    );
}

#[test]
fn lists_and_texts_are_repeated_and_an_octal_number_is_none() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {depth: [1, 3]}\n  DERIVED: {widths: '[8] * depth', name: \"'x' * depth\"}\n";
    let (sandbox, run) = setup(text, &[]);
    run.expect(0);
    let right = "[([8], 'x'), ([8, 8, 8], 'xxx')]";
    assert_eq!(of_configs(&sandbox, "[(c['widths'], c['name']) for c in cfgs]"), right);
    let text = "  STRATEGY: grid\n  SAMPLERS: {a: [1]}\n  DERIVED: {b: a + 010}\n";
    let said = setup(text, &[]).1.expect(2).stderr;
    assert!(said.contains("`010` has a leading zero, which Python refuses: write `10`"), "{said}");
}

#[test]
fn what_is_derived_is_held_against_the_base_config_too() {
    let said = |base: &str, derived: &str, code| {
        let text = format!(
            "  STRATEGY: grid\n  BASE_CFG: {{k: {base}, m: {{z: 1}}}}\n  SAMPLERS: {{a: [2, 4]}}\n  DERIVED: {{k: {derived}}}\n"
        );
        setup(&text, &[]).1.expect(code).stderr
    };
    for (base, derived, expected) in [
        (
            "{b: 1}",
            "a + 1",
            "SETUP.DERIVED.k: is a mapping in BASE_CFG (`k.b`, …), which this would remove",
        ),
        ("5", "m", "SETUP.DERIVED.k: is `5` in BASE_CFG, and a mapping here"),
    ] {
        let found = said(base, derived, 2);
        assert!(found.contains(expected), "{base} {derived}: {found}");
    }
    for (base, derived, expected) in [
        ("5", "str(a)", "SETUP.DERIVED.k: is 5 in BASE_CFG, and the text '2' here"),
        ("true", "a", "SETUP.DERIVED.k: is True in BASE_CFG, and a number here"),
        ("100", "a / 2", "is 100 in BASE_CFG, a whole number, and 1.0 here"),
    ] {
        let found = said(base, derived, 0);
        assert!(found.contains(expected), "{base} {derived}: {found}");
    }
    for (base, derived) in
        [("100", "a // 2"), ("1", "a / 8"), ("null", "m"), ("x", "str(a)"), ("true", "a > 2")]
    {
        assert!(!said(base, derived, 0).contains("warning"), "{base} {derived}");
    }
}
