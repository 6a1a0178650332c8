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
    assert_eq!(said.matches("there is no parameter").count(), 1, "{said}");
}

#[test]
fn a_hint_shows_another_spelling_than_the_one_that_was_typed() {
    for (typed, hint) in [
        ("Lr > 1", "did you mean `lr`?"),
        ("learning_rate > 1", "did you mean `cfg['learning-rate']`?"),
        ("cfg['learning rate'] > 1", "did you mean `cfg['learning-rate']`?"),
        ("cfg.lr > 1", "write `lr`: names begin in the job config"),
        ("cfg[lr] > 1", "or as `cfg['learning-rate']`"),
        ("lr == null", "write `None`"),
        ("lr == true", "write `True`"),
        ("LR is None", "did you mean `lr`?"),
        ("math.log(lr) > 1", "write `log(…)`"),
        ("lr is 1", "`is` asks for `None` only: write `==`"),
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
    assert!(said.contains("there is a parameter `cfg`"), "{said}");
    assert!(said.contains("write `cfg.a`"), "{said}");
}

#[test]
fn text_and_a_number_are_not_joined_in_silence() {
    let text =
        "  NUM_CONFIGS: 2\n  SAMPLERS: {seed: [1, 2]}\n  DERIVED: {NAME: \"'run_' + seed\"}\n";
    let said = setup(text, &[]).1.stderr;
    assert!(said.contains("`str(…)` makes text of a whole number"), "{said}");
}
