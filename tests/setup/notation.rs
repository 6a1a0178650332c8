//! Other tools' notations: read where they are understood, refused with a translation elsewhere, and never a value.

use crate::drawn::{of_configs, setup};

const GRID: &str = "  STRATEGY: grid\n";

#[test]
fn what_is_plainly_another_notation_is_refused_with_the_right_form() {
    for (text, expected) in [
        ("  SAMPLERS: {w: [(3, 3), (3, 5)]}\n", "write `[[3, 3], [3, 5]]`"),
        ("  SAMPLERS: {w: [choice(sgd, adam)]}\n", "write `[sgd, adam]`"),
        ("  SAMPLERS:\n    w: uniform(0, 1)\n", "write `{TYPE: float_sampler, RANGE: [0, 1]}`"),
        (
            "  SAMPLERS: {w: {min: 0.1, max: 1}}\n",
            "is a parameter of Weights & Biases\n  hint: write `{TYPE: float_sampler, RANGE: [0.1, 1]}`",
        ),
        ("  SAMPLERS: {w: {type: choice, options: [a, b]}}\n", "write `[a, b]`"),
        (
            "  SAMPLERS: {w: {_type: quniform, _value: [0, 10, 2]}}\n",
            "write `{TYPE: int_sampler, RANGE: [0, 10], QUANTIZE: 2}`",
        ),
        (
            "  SAMPLERS: {OPTIM: {BASE_LR: {TYPE: float_sampler, RANGE: [0, 1]}}}\n",
            "`OPTIM.BASE_LR:`",
        ),
        (
            "  SAMPLERS: {w: [0, {TYPE: float_sampler, RANGE: [0.0, 1.0]}]}\n",
            "SETUP.SAMPLERS.w[1]: is a sampler, not a value",
        ),
        (
            "  SAMPLERS: {w: {TYPE: choice_sampler, BRANCHES: {x: {k: {values: [1, 2]}}}}}\n",
            "BRANCHES.x.k: is a parameter of Weights & Biases",
        ),
        ("  BASE_CFG:\n    seed: range(0,5)\n", "write under SAMPLERS: `seed: [0, 1, 2, 3, 4]`"),
        (
            "  BASE_CFG: {optim: {lr: {min: 0, max: 1}}}\n",
            "write under SAMPLERS: `optim.lr: {TYPE: int_sampler, RANGE: [0, 1]}`",
        ),
        ("  BASE_CFG:\n    betas: (0.9, 0.999)\n", "write the list `[0.9, 0.999]`"),
        ("  BASE_CFG: {k: {x:1}}\n", "write `x: 1`, with a space after the colon"),
        ("  BASE_CFG:\n    layers[0]: 2\n", "would be a key with that name, not an item of a list"),
        ("  TREE: {k: {_type: choice, _value: [1, 2]}}\n", "SETUP.TREE.k: is a parameter of NNI"),
        ("  TREE:\n    k: range(0,5)\n", "write `[0, 1, 2, 3, 4]`"),
        (
            "  TREE: {method: grid, parameters: {k: {values: [1, 2]}}}\n",
            "move `method` to SETUP.STRATEGY",
        ),
    ] {
        let (sandbox, run) = setup(&format!("{GRID}{text}"), &[]);
        let said = run.expect(2).stderr;
        assert!(said.contains(expected), "{text}: {said}");
        assert!(!sandbox.join("root/s/cfgs").exists());
    }
}

#[test]
fn what_is_meant_as_it_stands_has_a_tag_or_quotes_and_ordinary_text_needs_neither() {
    let base = "  BASE_CFG:\n    a: !!str range(0,5)\n    b: !!map {min: 0, max: 1}\n    c: '(3, 3)'\n    d: nn.ReLU(inplace=True)\n    \
                e: see (a) and then b\n    f: {min: 0, max: 1, clip: true}\n    g: {distribution: normal, mean: 0}\n    h: ^(a|b)+$\n";
    let samplers = "  SAMPLERS: {w: [!!str 'choice(a, b)', 'x)', relu(x)]}\n  TREE: {t: !!map {values: [1, 2]}, b: {max: 3}}\n";
    let (sandbox, run) =
        setup(&format!("{GRID}{base}{samplers}"), &["--sweep", "v='range(0,5)',f(x)"]);
    run.expect(0);
    let first = of_configs(&sandbox, "[cfgs[0][k] for k in 'abcdefghtv']");
    assert_eq!(
        first,
        "['range(0,5)', {'min': 0, 'max': 3}, '(3, 3)', 'nn.ReLU(inplace=True)', 'see (a) and then b', \
         {'min': 0, 'max': 1, 'clip': True}, {'distribution': 'normal', 'mean': 0}, '^(a|b)+$', {'values': [1, 2]}, 'range(0,5)']"
    );
    assert_eq!(
        of_configs(&sandbox, "sorted({c['w'] for c in cfgs})"),
        "['choice(a, b)', 'relu(x)', 'x)']"
    );
}

#[test]
fn hydras_grammar_is_understood_on_the_command_line_and_under_samplers() {
    for (flag, expected) in [
        ("seed=range(0,5)", "[0, 1, 2, 3, 4]"),
        ("seed=range(1, 2, 0.25)", "[1.0, 1.25, 1.5, 1.75]"),
        ("seed=choice(sgd,adam)", "['sgd', 'adam']"),
        ("+seed={x:1},{x: 2}", "[{'x': 1}, {'x': 2}]"),
        ("++seed=1e-2,1e-3", "[0.01, 0.001]"),
        ("seed='a,b',c", "['a,b', 'c']"),
        ("seed=[1,2],[3]", "[[1, 2], [3]]"),
        ("seed=sort(3,1,2)", "[1, 2, 3]"),
        ("seed=null,true,1_000,'1'", "[None, True, 1000, '1']"),
        ("seed=float(1)", "[1.0]"),
    ] {
        let (sandbox, run) = setup(GRID, &["--sweep", flag]);
        run.expect(0);
        assert_eq!(of_configs(&sandbox, "[c['seed'] for c in cfgs]"), expected, "{flag}");
    }
    let samplers = "  SAMPLERS:\n    a: range(3)\n    b: sgd,adam\n    c: sort(choice(2, 1))\n";
    let (sandbox, run) = setup(&format!("{GRID}{samplers}"), &[]);
    run.expect(0);
    assert_eq!(
        of_configs(&sandbox, "len(cfgs), [(c['a'], c['b'], c['c']) for c in cfgs][:3]"),
        "12 [(0, 'sgd', 1), (0, 'sgd', 2), (0, 'adam', 1)]"
    );
}

#[test]
fn an_interval_is_drawn_from() {
    let flags = [
        "--sweep",
        "lr=tag(log, interval(1e-4, 1e-1))",
        "--sweep",
        "n=int(interval(1, 3))",
        "--sweep",
        "opt=a,b",
    ];
    let (sandbox, run) = setup("  NUM_CONFIGS: 40\n", &flags);
    run.expect(0);
    let found = of_configs(
        &sandbox,
        "len(cfgs), {c['n'] for c in cfgs}, all(1e-4 <= c['lr'] <= 0.1 for c in cfgs), sum(c['lr'] < 3e-3 for c in cfgs) > 8",
    );
    assert_eq!(found, "40 {1, 2, 3} True True");
    let said = setup("", &flags).1.expect(2).stderr;
    assert!(said.contains("SETUP.NUM_CONFIGS: is missing"), "{said}");
}

#[test]
fn what_hydra_has_and_we_have_not_is_refused_by_name() {
    for (flags, expected) in [
        (&["--sweep", "a=glob(*)"][..], "Hydra's `glob` is not supported"),
        (&["--sweep", "~a"], "Hydra's `~` deletes a key"),
        (&["--sweep", "a=1", "--sweep", "a=2"], "`a` is given twice (--sweep a=1)"),
        (&["--sweep", "a={y: 1}", "--sweep", "+a={y: 2}"], "`a` is given twice"),
        (&["--sweep", "a=interval(0, 1)", "--sweep", "a=2"], "`a` is given twice"),
        (&["--sweep", "a=(3,3),(3,5)"], "`(3,3)` is a tuple in Python"),
        (&["--sweep", "a=choice((3,3),(3,5))"], "`(3,3)` is a tuple in Python"),
        (&["--set", "SETUP.SAMPLERS.a=(3,3), (3,5)"], "`(3,3)` is a tuple in Python"),
        (&["--sweep", "a=uniform(0,1)"], "write `{TYPE: float_sampler, RANGE: [0, 1]}`"),
        (&["--sweep", "a=[range(3)]"], "`range(3)` is the notation of another tool"),
        (&["--sweep", "a={min: 0, max: 1}"], "is a parameter of Weights & Biases"),
        (&["--sweep", "a=choice(sgd"], "`)` is missing"),
        (&["--sweep", "a=1,,2"], "a value is missing"),
    ] {
        let said = setup(GRID, flags).1.expect(2).stderr;
        assert!(said.contains(expected), "{flags:?}: {said}");
    }
}

#[test]
fn parameters_of_weights_and_biases_are_read_with_and_without_sweep() {
    let tree = "  NUM_CONFIGS: 3000\n  BASE_CFG: {clip: {min: 0, max: 1, soft: true}}\n  TREE:\n    lr: {min: 0.1, max: 1}\n    n: {values: [1, 2]}\n    \
                k: {value: adam}\n    bs: {sweep: true, distribution: q_log_uniform_values, q: 8, min: 16, max: 256}\n    \
                w: {values: [a, b, c], probabilities: [0.1, 0.9, 0.0]}\n    e: {distribution: log_uniform, min: -6.9, max: -2.3}\n    \
                optimizer: {parameters: {beta: {distribution: beta, a: 2, b: 5}, mu: {distribution: q_normal, mu: 3, sigma: 2, q: 1}}}\n    \
                c: {distribution: constant, value: [1, 2]}\n    i: {min: 1, max: 3}\n    clip: {min: 0.5, max: 0.75}\n";
    let (sandbox, run) = setup(tree, &[]);
    run.expect(0);
    let share = |what: &str| -> f64 {
        of_configs(&sandbox, &format!("sum({what} for c in cfgs) / len(cfgs)")).parse().unwrap()
    };
    let near = |what: &str, expected: f64| {
        let found = share(what);
        assert!((found - expected).abs() < 0.04, "{what}: {found}, {expected}");
    };
    near("c['bs'] == 16", 0.0805);
    near("c['w'] == 'a'", 0.1);
    near("c['lr'] < 0.55", 0.5);
    near("c['e'] < math.exp(-4.6)", 0.5);
    near("c['optimizer']['beta'] < 0.26445", 0.5);
    near("c['optimizer']['mu'] == 3", 0.1974);
    near("c['i'] == 1", 1.0 / 3.0);
    let types = "all(type(c['bs']) is int and c['bs'] % 8 == 0 and 16 <= c['bs'] <= 256 and type(c['i']) is int and \
                 type(c['optimizer']['mu']) is int and type(c['lr']) is float and c['k'] == 'adam' and c['c'] == [1, 2] and \
                 c['w'] != 'c' and c['clip'] == {'min': 0.5, 'max': 0.75, 'soft': True} for c in cfgs)";
    assert_eq!(of_configs(&sandbox, types), "True");
}

#[test]
fn a_grid_of_weights_and_biases_counts_what_can_be_counted() {
    let tree = "  TREE: {a: {distribution: q_uniform, min: 0, max: 10, q: 4}, b: {values: [x, y]}, c: {min: 1, max: 2}}\n";
    let (sandbox, run) = setup(&format!("{GRID}{tree}"), &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "sorted({c['a'] for c in cfgs}), len(cfgs)"), "[0, 4, 8] 12");
    for (tree, expected) in [
        (
            "{a: {min: 0.0, max: 1.0}}",
            "SETUP.TREE.a.distribution: a grid needs a finite number of values for `uniform`",
        ),
        ("{a: {distribution: normal}}", "a grid needs a finite number of values for `normal`"),
        ("{a: {distribution: loguniform, min: 1, max: 2}}", "did you mean `log_uniform`?"),
        ("{a: {distribution: uniform, min: 2, max: 1}}", "min 2 is not less than max 1"),
        ("{a: {distribution: beta, a: 0}}", "must be above 0"),
        ("{a: {values: [1, 2], probabilities: [0.5, 0.6]}}", "add up to 1"),
        ("{a: {values: [1, 2], probabilities: [1]}}", "has 1 probabilities for 2 values"),
        ("{a: {min: 1, max: 3, q: 2}}", "add `distribution: q_uniform`"),
    ] {
        let said = setup(&format!("{GRID}  TREE: {tree}\n"), &[]).1.expect(2).stderr;
        assert!(said.contains(expected), "{tree}: {said}");
    }
    let exponents =
        "  NUM_CONFIGS: 3\n  TREE: {a: {distribution: log_uniform, min: 0.001, max: 0.1}}\n";
    let said = setup(exponents, &[]).1.expect(0).stderr;
    assert!(
        said.contains(
            "min and max of `log_uniform` are exponents of e: it draws from 1.0010 to 1.1052"
        ),
        "{said}"
    );
}

#[test]
fn words_of_pythons_and_formulas_are_told_to_be_text() {
    let text =
        "  BASE_CFG: {a: None, lr: 0.1, optim.lr: 1}\n  SAMPLERS: {b: [nan, 1], lr: [1/3, 0.5]}\n";
    let said = setup(&format!("{GRID}{text}"), &[]).1.expect(0).stderr;
    for expected in [
        "SETUP.BASE_CFG.a: `None` is Python, but text in YAML\n  hint: in YAML write `null`",
        "SETUP.SAMPLERS.b[0]: `nan` is Python",
        "SETUP.SAMPLERS.lr: is 0.1 in BASE_CFG, and the text '1/3' here",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    let dotted = text.replace("lr: [1/3, 0.5]", "optim.lr: [1, 2]");
    let said = setup(&format!("{GRID}{dotted}"), &[]).1.expect(2).stderr;
    assert!(
        said.contains("SETUP.SAMPLERS.optim.lr: BASE_CFG has a key `optim.lr` that contains a dot"),
        "{said}"
    );
}

#[test]
fn a_list_in_a_branch_is_told_to_be_one_value() {
    let text = "  SAMPLERS: {opt: {TYPE: choice_sampler, BRANCHES: {sgd: {mom: [0.8, 0.9]}}}}\n";
    let said = setup(&format!("{GRID}{text}"), &[]).1.expect(0).stderr;
    assert!(
        said.contains("a list in a branch is a single value, not a choice as under SAMPLERS"),
        "{said}"
    );
    for meant in
        [text.replace("mom: [", "mom: !!seq ["), format!("{text}  BASE_CFG: {{mom: [0.1, 0.2]}}\n")]
    {
        let said = setup(&format!("{GRID}{meant}"), &[]).1.expect(0).stderr;
        assert!(!said.contains("warning"), "{said}");
    }
}

#[test]
fn an_interpolation_of_omegaconf_is_text_with_a_warning_unless_it_stands_in_quotes() {
    let text = "  NUM_CONFIGS: 2\n  BASE_CFG:\n    home: ${oc.env:HOME}\n    rate: x_${lr}\n    meant: '${lr}'\n    \
                tagged: !!str ${lr}\n    cost: $5 {net}\n  SAMPLERS: {lr: [1, 2]}\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(0).stderr;
    for place in [
        "SETUP.BASE_CFG.home: `${oc.env:HOME}` stays text",
        "SETUP.BASE_CFG.rate: `x_${lr}` stays text",
    ] {
        assert!(said.contains(place), "{said}");
    }
    assert_eq!(said.matches("nothing is substituted here").count(), 2, "{said}");
    assert_eq!(of_configs(&sandbox, "cfgs[0]['home']"), "${oc.env:HOME}");
}

#[test]
fn two_spellings_of_one_time_are_one_job_and_a_date_is_no_time() {
    let text = "  STRATEGY: grid\n  SAMPLERS:\n    t: [2024-01-01T00:00:00, 2024-1-1 0:00:00.0, 2024-01-01, 2024-01-01T00:00:00Z, 2024-01-01T02:00:00+02:00]\n";
    let (sandbox, run) = setup(text, &[]);
    let said = run.expect(0).stderr;
    assert!(said.contains("are equal in Python"), "{said}");
    assert_eq!(of_configs(&sandbox, "len(cfgs)"), "3");
    assert_eq!(of_configs(&sandbox, "len(set(c['t'] for c in cfgs))"), "3");
}

#[test]
fn what_other_tools_call_ranges_and_choices_is_refused_wherever_it_stands() {
    for (text, right) in [
        ("hp.Float('lr', min_value=1e-4, max_value=1e-2, sampling='log')", "[0.0001, 0.01]"),
        ("hp.Int('n', 32, 512, step=32)", "RANGE: [32, 512], QUANTIZE: 32"),
        ("hp.Choice('o', ['sgd', 'adam'])", "[sgd, adam]"),
        ("Float('lr', (1e-5, 1e-1), log=True)", "RAND_TYPE: log_uniform, RANGE: [1.0e-05, 0.1]"),
        ("UniformIntegerHyperparameter('n', lower=1, upper=9)", "int_sampler, RANGE: [1, 9]"),
        ("Real(1e-6, 1e-2, prior='log-uniform')", "RAND_TYPE: log_uniform"),
        ("tune.uniform(lower=0, upper=1)", "RANGE: [0, 1]"),
        ("np.random.randint(low=0, high=10)", "RANGE: [0, 9]"),
        ("list(range(3))", "[0, 1, 2]"),
        ("1e-4..1e-1", "RANGE: [0.0001, 0.1]"),
        ("loguniform[1e-5:1e-1]", "RAND_TYPE: log_uniform, RANGE: [1.0e-05, 0.1]"),
        ("[2 ** i for i in range(5)]", "is a Python comprehension"),
    ] {
        for (place, flags) in [
            (format!("  BASE_CFG:\n    k: {text}\n"), vec![]),
            (format!("  SAMPLERS:\n    k:\n    - {text}\n"), vec![]),
            (format!("  SAMPLERS:\n    k: {text}\n"), vec![]),
            (format!("  TREE:\n    k: {text}\n"), vec![]),
            (String::new(), vec!["--sweep".to_owned(), format!("k={text}")]),
        ] {
            let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
            let (sandbox, run) = setup(&format!("{GRID}{place}"), &flags);
            let said = run.expect(2).stderr;
            assert!(said.contains(right), "{place} {flags:?}: {said}");
            assert!(!sandbox.join("root/s/cfgs").exists());
        }
    }
}

#[test]
fn a_range_that_another_tool_writes_in_place_of_ours_is_answered_with_ours() {
    for (sampler, right) in [
        ("{TYPE: int_sampler, RANGE: 1-5}", "write `[1, 5]`"),
        ("{TYPE: float_sampler, RANGE: 0..1}", "write `[0, 1]`"),
        ("{TYPE: float_sampler, RANGE: {min: 0.1, max: 1}}", "write `[0.1, 1]`"),
        ("{TYPE: int_sampler, RANGE: 1:10}", "write `[1, 10]`"),
        (
            "{loguniform: [1e-3, 1]}",
            "write `{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [0.001, 1]}`",
        ),
        ("{choice: [a, b]}", "write `[a, b]`"),
        ("{linspace: [0, 1, 3]}", "write `[0.0, 0.5, 1.0]`"),
        ("{float: [0, 1]}", "write `{TYPE: float_sampler, RANGE: [0, 1]}`"),
        ("{uniform: [0, 1], q: 0.1}", "SETUP.SAMPLERS.x.q: unknown key next to `uniform`"),
        ("{type: FLOAT, min: 0.0, max: 1.0}", "write `{TYPE: float_sampler, RANGE: [0.0, 1.0]}`"),
    ] {
        let (_, run) = setup(&format!("{GRID}  SAMPLERS: {{x: {sampler}}}\n"), &[]);
        let said = run.expect(2).stderr;
        assert!(said.contains(right), "{sampler}: {said}");
    }
    let keys =
        "  SAMPLERS: {a: [1, 2], x: {int: [1, 2], WHEN: a > 1}, y: {log: [1, 100], POINTS: 3}}\n";
    let (sandbox, run) = setup(&format!("{GRID}{keys}"), &[]);
    run.expect(0);
    assert_eq!(of_configs(&sandbox, "[c.get('x') for c in cfgs][::3]"), "[None, 1, 2]");
}

#[test]
fn numbers_that_yaml_reads_otherwise_are_told_of() {
    for (value, expected) in [
        ("12:30:45", "`12:30:45` is the number 45045 in YAML"),
        ("1:10", "`1:10` is the number 70 in YAML"),
        ("010", "`010` is the octal number 8 in YAML"),
        ("08", "`08` is text in YAML"),
        ("1/3", "`1/3` is text: YAML does no arithmetic"),
        ("10**-3", "`10**-3` is text"),
    ] {
        let texts = [
            (format!("  BASE_CFG: {{k: {value}}}\n"), vec![]),
            (format!("  SAMPLERS: {{k: [{value}]}}\n"), vec![]),
            (String::new(), vec!["--sweep".to_owned(), format!("k={value}")]),
        ];
        for (text, flags) in texts {
            let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
            let said = setup(&format!("{GRID}{text}"), &flags).1.expect(0).stderr;
            assert!(said.contains(expected), "{text}: {said}");
        }
        let (_, run) = setup(&format!("{GRID}  SAMPLERS: {{k: ['{value}']}}\n"), &[]);
        assert!(!run.expect(0).stderr.contains("warning"), "{value} in quotes");
    }
}
