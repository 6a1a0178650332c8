//! What was asked for, what is possible and what was made: one rule for every strategy.

use std::fmt::Write;

use crate::drawn::{of_configs, setup};

/// Returns the text and exit code of a setup with this under `SETUP`.
fn told(text: &str, flags: &[&str]) -> (i32, String) {
    let (_, run) = setup(text, flags);
    (run.code, run.stderr)
}

#[test]
fn fewer_configs_than_asked_for_are_told_of_whatever_the_strategy() {
    let grid = "  STRATEGY: grid\n";
    let union = "  SAMPLERS: {u: {TYPE: union_sampler, BRANCHES: {p: {a: 1}, q: {a: 2}}}}\n";
    let zip = "  ZIP: [[a, b]]\n  SAMPLERS: {a: [1, 2], b: [3, 4]}\n";
    let cases: [(String, &[&str], &str); 7] = [
        (
            format!("{grid}  NUM_CONFIGS: 20\n  SAMPLERS: {{a: [1, 2, 3]}}\n"),
            &[],
            "3 of 20 configs: the grid has only 3 different configs",
        ),
        (
            "  NUM_CONFIGS: 20\n  SAMPLERS: {a: [1, 2, 3]}\n".to_owned(),
            &[],
            "3 of 20 configs: the samplers can draw only 3 different configs",
        ),
        (
            "  NUM_CONFIGS: 8\n  BASE_CFG: {a: 1}\n".to_owned(),
            &[],
            "1 of 8 configs: the grid has only 1 different config",
        ),
        (
            "  NUM_CONFIGS: 8\n".to_owned(),
            &["--sweep", "a=1,2"],
            "2 of 8 configs: the grid has only 2 different configs",
        ),
        (
            format!("{grid}  NUM_CONFIGS: 5\n{union}"),
            &[],
            "2 of 5 configs: the grid has only 2 different configs",
        ),
        (
            format!("{grid}  NUM_CONFIGS: 5\n{zip}"),
            &[],
            "2 of 5 configs: the grid has only 2 different configs",
        ),
        (
            format!(
                "{grid}  NUM_CONFIGS: 100\n  SAMPLERS: {{a: {{TYPE: int_sampler, RANGE: [1, 50]}}}}\n  CONSTRAINTS: {{WHERE: [a > 8]}}\n"
            ),
            &[],
            "42 of 100 configs: the grid has only 50 different configs, SETUP.CONSTRAINTS.WHERE[0] rejected 8 configs",
        ),
    ];
    for (text, flags, message) in cases {
        let (code, said) = told(&text, flags);
        assert_eq!(code, 1, "{text}: {said}");
        assert!(said.contains(message), "{text}: {said}");
        assert!(said.contains("hint: set SETUP.NUM_CONFIGS: "), "{text}: {said}");
    }
}

#[test]
fn all_of_a_grid_is_all_that_meets_the_constraints_and_a_cut_grid_says_so() {
    let grid = "  STRATEGY: grid\n  SAMPLERS: {a: {TYPE: int_sampler, RANGE: [1, 9]}}\n";
    let (code, said) = told(&format!("{grid}  CONSTRAINTS: {{WHERE: [a > 3]}}\n"), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("6 of 9 candidates; requested: all, possible: 9"), "{said}");
    let (code, said) = told(&format!("{grid}  NUM_CONFIGS: 2\n"), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("2 of 2 candidates; requested: 2, possible: 9"), "{said}");
    let (code, said) = told(&format!("{grid}  NUM_SAMPLES: 4\n"), &[]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("4 of 9 configs: SETUP.NUM_SAMPLES allows 4 of 9 candidates"), "{said}");
    assert!(said.contains("hint: reduce the 9 values of a, or raise SETUP.NUM_SAMPLES"), "{said}");
}

#[test]
fn an_extension_that_finds_fewer_than_asked_for_says_so() {
    let config = "  STRATEGY: grid\n  NUM_CONFIGS: 2\n  SAMPLERS: {a: [1, 2, 3]}\n";
    let (sandbox, run) = setup(config, &["-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run =
        sandbox.run(crate::bin!("sweep_setup"), &["--sweep-cfg", "sweep.yaml", "--extend", "5"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("3 of 7 configs: the grid has only 3 different configs"),
        "{}",
        run.stderr
    );
    assert_eq!(of_configs(&sandbox, "[c['a'] for c in cfgs]"), "[1, 2, 3]");
}

#[test]
fn more_files_than_anybody_asked_for_need_a_yes() {
    let samplers = "  SAMPLERS: {a: [1, 2], b: {TYPE: int_sampler, RANGE: [1, 5001]}}\n";
    let grid = format!("  STRATEGY: grid\n{samplers}");
    let (sandbox, run) = setup(&grid, &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    let message = "cannot ask you to confirm writing 10,002 job configs without SETUP.NUM_CONFIGS, mostly \
        because b has 5,001 values";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert!(run.stderr.contains("use `--yes` to write them"), "{}", run.stderr);
    assert!(!sandbox.join("root/s").exists());
    assert_eq!(told(&grid, &["--dry-run"]).0, 0);

    // In lines of seeds.
    let mut rows = String::from("a=0");
    (1..101).for_each(|value| write!(rows, ",{value}").unwrap());
    let (code, said) = told("  REPLICATES: 100\n  BASE_CFG: {}\n", &["--sweep", &rows]);
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("10,100 job configs"), "{said}");
    assert!(said.contains("has 101 values"), "{said}");

    let (sandbox, run) = setup(&grid, &["-q", "--yes"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "10002");
}

#[test]
fn points_make_a_grid_of_a_range_by_its_law() {
    let values = |sampler: &str, more: &str| {
        let (sandbox, run) = setup(&format!("{more}  SAMPLERS: {{a: {sampler}}}\n"), &["-q"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{sampler}");
        of_configs(&sandbox, "sorted(c['a'] for c in cfgs)")
    };
    let grid = "  STRATEGY: grid\n";
    let log = "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1e-5, 1e-1], POINTS: 5}";
    assert_eq!(values(log, grid), "[1e-05, 0.0001, 0.001, 0.01, 0.1]");
    assert_eq!(
        values("{TYPE: float_sampler, RANGE: [0, 1], POINTS: 5}", grid),
        "[0.0, 0.25, 0.5, 0.75, 1.0]"
    );
    assert_eq!(values("{TYPE: int_sampler, RANGE: [1, 10], POINTS: 4}", grid), "[1, 4, 7, 10]");
    let log = "{TYPE: int_sampler, RAND_TYPE: log_uniform, RANGE: [1, 1000], POINTS: 4}";
    assert_eq!(values(log, grid), "[1, 10, 100, 1000]");
    // Draws are of the same values, whatever the strategy.
    let pyclss = "  NUM_CONFIGS: 4\n  BASE_CFG: {MODEL: {TYPE: resnet}}\n";
    assert_eq!(
        values("{TYPE: float_sampler, RANGE: [0, 1], POINTS: 4}", pyclss),
        "[0.0, 0.333333333333, 0.666666666667, 1.0]"
    );

    for (sampler, message) in [
        (
            "{TYPE: float_sampler, RAND_TYPE: normal, RANGE: [0, 1], POINTS: 5}",
            "a.POINTS: POINTS works with uniform and log_uniform, not normal",
        ),
        (
            "{TYPE: float_sampler, RANGE: [0, 1], POINTS: 1}",
            "a.POINTS: must be at least 2, found `1`",
        ),
    ] {
        let (code, said) = told(&format!("{grid}  SAMPLERS: {{a: {sampler}}}\n"), &[]);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains(message), "{said}");
    }
    let few = "{TYPE: int_sampler, RANGE: [1, 3], POINTS: 9}";
    let (code, said) = told(&format!("{grid}  SAMPLERS: {{a: {few}}}\n"), &[]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("only 3 of 9 points: RANGE contains no more distinct values"), "{said}");
}

#[test]
fn statistics_of_constraints_are_of_the_whole_grid() {
    let grid = "  STRATEGY: grid\n  NUM_CONFIGS: 10\n  SAMPLERS:\n    \
        a: {TYPE: int_sampler, RANGE: [1, 30]}\n    b: {TYPE: int_sampler, RANGE: [1, 1000]}\n  \
        CONSTRAINTS: {WHERE: [a > 20, b > 500]}\n";
    let (code, said) = told(grid, &["--dry-run"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("of 20,000 candidates, evenly spread over the grid:"), "{said}");
    let share = |what: &str| -> f64 {
        let line = said
            .lines()
            .find(|line| line.contains(what))
            .unwrap_or_else(|| panic!("{what}: {said}"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let percent = words.iter().position(|word| *word == "%").unwrap();
        words[percent - 1].parse().unwrap()
    };
    assert!((share("rejects alone: a > 20") - 66.7).abs() < 0.3, "{said}");
    assert!((share("rejects alone: b > 500") - 50.0).abs() < 1.0, "{said}");
    assert!((share("meet all constraints") - 16.7).abs() < 1.0, "{said}");
    assert!(!said.contains("alone rejects"), "{said}");

    // Of a grid that is tried whole the share is exact.
    let whole = grid.replace("  NUM_CONFIGS: 10\n", "").replace("b > 500", "b > 997");
    let (code, said) = told(&whole, &["--dry-run"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("of 30,000 candidates, 0.10 % meet all constraints"), "{said}");
}

#[test]
fn more_files_than_anybody_asked_for_are_told_before_all_of_them_are_drawn() {
    let text = "  STRATEGY: grid\n  SAMPLERS: {a: {TYPE: int_sampler, RANGE: [1, 30000]}}\n  \
                CONSTRAINTS: {COMMAND: 'tee -a asked | sed -u s/.*/{}/'}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(2).stderr;
    assert!(said.contains("confirm writing 30,000 job configs"), "{said}");
    let asked = sandbox.read("asked").lines().count();
    assert!((10_001..20_000).contains(&asked), "{asked} of 30,000 were drawn");
    assert!(!sandbox.join("root/s").exists());
}
