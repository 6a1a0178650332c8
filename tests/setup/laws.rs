//! Numbers are drawn by the law that the config names, and no step shows that nobody asked for.

use crate::drawn::{of_configs, setup};

/// Sets up a sweep of one parameter, with this sampler.
fn sampled(
    sampler: &str,
    more: &str,
    flags: &[&str],
) -> (crate::common::Sandbox, crate::common::Run) {
    setup(&format!("{more}  SAMPLERS:\n    LR: {sampler}\n"), flags)
}

#[test]
fn without_quantize_each_decade_of_a_log_uniform_range_has_its_share() {
    let sampler = "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1e-5, 1e-1]}";
    let (sandbox, run) = sampled(sampler, "  NUM_CONFIGS: 1000\n", &["-q"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let counts = "[sum(10.0**d <= c['LR'] < 10.0**(d+1) for c in cfgs) for d in range(-5, -1)]";
    let decades: Vec<i32> = serde_json::from_str(&of_configs(&sandbox, counts)).unwrap();
    // A quarter each; 4.5 standard deviations are 62.
    assert!(decades.iter().all(|count| (188..=312).contains(count)), "{decades:?}");
    assert_eq!(of_configs(&sandbox, "len({c['LR'] for c in cfgs})"), "1000");
    // What is written stays short.
    assert_eq!(of_configs(&sandbox, "max(len(repr(c['LR'])) for c in cfgs) <= 14"), "True");
}

#[test]
fn a_range_needs_no_quantize_however_small_its_numbers_are() {
    let range = "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1e-7, 1e-3]}";
    let hydras = "tag(log, interval(1e-7,1e-3))";
    for (sampler, flags) in [
        (range, vec!["-q"]),
        (hydras, vec!["-q"]),
        ("[1]", vec!["-q", "--sweep", "LR=tag(log, interval(1e-7,1e-3))"]),
    ] {
        let (sandbox, run) = sampled(sampler, "  NUM_CONFIGS: 400\n", &flags);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{sampler}");
        let least = "sum(1e-7 <= c['LR'] < 1e-6 for c in cfgs)";
        let count: i32 = of_configs(&sandbox, least).parse().unwrap();
        assert!((60..=140).contains(&count), "{sampler}: {count}");
    }
}

#[test]
fn twenty_thousand_jobs_have_the_laws_that_the_config_names() {
    let laws = "  NUM_CONFIGS: 20000\n  BASE_CFG: {}\n  SAMPLERS:\n    \
        U: {TYPE: float_sampler, RANGE: [-1, 3]}\n    \
        L: {TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1e-7, 1e-3]}\n    \
        N: {TYPE: float_sampler, RAND_TYPE: normal, RANGE: [-3, 3]}\n    \
        M: {TYPE: float_sampler, RAND_TYPE: log_normal, RANGE: [1e-6, 1]}\n    \
        P: {TYPE: float_sampler, RAND_TYPE: power2_uniform, RANGE: [0.125, 4]}\n";
    let (sandbox, run) = setup(laws, &["-q"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let program = "import sys, json, math\n\
        rows = [json.loads(line) for line in open(sys.argv[1])]\n\
        rows = [row.get('sampled', row) for row in rows]\n\
        phi = lambda z: 0.5 * math.erfc(-z / math.sqrt(2))\n\
        clip = lambda z: (phi(z) - phi(-3)) / (phi(3) - phi(-3))\n\
        laws = {'U': lambda x: (x + 1) / 4, 'L': lambda x: math.log(x / 1e-7) / math.log(1e4),\n\
        \x20   'N': clip, 'M': lambda x: clip(6 * math.log(x / 1e-6) / math.log(1e6) - 3)}\n\
        def distance(key, law):\n\
        \x20   xs = sorted(row[key] for row in rows)\n\
        \x20   n = len(xs)\n\
        \x20   return max(max(abs(law(x) - i / n), abs(law(x) - (i + 1) / n)) for i, x in enumerate(xs))\n\
        assert len(rows) == 20000, len(rows)\n\
        for key, law in laws.items():\n\
        \x20   # What such a sample exceeds once in 10^6 times is 0.0191.\n\
        \x20   assert distance(key, law) < 0.0191, (key, distance(key, law))\n\
        powers = [sum(row['P'] == 2.0**k for row in rows) for k in range(-3, 3)]\n\
        assert sum(powers) == 20000 and all(3000 < n < 3670 for n in powers), powers\n\
        print('right')";
    let file = sandbox.join("root/s/sampled.jsonl");
    assert_eq!(crate::common::python(program, &[&file]).trim(), "right");
}

#[test]
fn the_steps_of_pycls_stay_where_its_meaning_is_asked_for() {
    let sampler = "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-5, 1.0e-1]}";
    let are_steps = "all(abs(c['LR'] * 1e5 - round(c['LR'] * 1e5)) < 1e-6 for c in cfgs)";
    let pyclss = "  NUM_CONFIGS: 40\n  BASE_CFG: {MODEL: {TYPE: resnet}}\n";
    let (sandbox, run) = sampled(sampler, pyclss, &["-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(of_configs(&sandbox, are_steps), "True");
    let written =
        "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-5, 1.0e-1], QUANTIZE: 0.00001}";
    let (other, run) = sampled(written, "  NUM_CONFIGS: 40\n", &["-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let values = "[c['LR'] for c in cfgs]";
    assert_eq!(of_configs(&sandbox, values), of_configs(&other, values));
    let (free, run) = sampled(sampler, "  NUM_CONFIGS: 40\n", &["-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(of_configs(&free, are_steps), "False");
}

#[test]
fn pycls_names_the_quantize_that_a_range_needs() {
    let sampler = "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-6, 1.0e-2]}";
    let text =
        format!("  NUM_CONFIGS: 4\n  DEFAULTS: pycls\n  SAMPLERS:\n    OPTIM.BASE_LR: {sampler}\n");
    let (_, run) = setup(&text, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("pycls draws only multiples of it: `QUANTIZE: 1.0e-08` would fit"),
        "{}",
        run.stderr
    );
}

#[test]
fn steps_count_from_low_where_it_is_no_multiple() {
    let values = |sampler: &str| {
        let (sandbox, run) = sampled(sampler, "  STRATEGY: grid\n", &["-q"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{sampler}");
        of_configs(&sandbox, "[c['LR'] for c in cfgs]")
    };
    assert_eq!(values("{TYPE: int_sampler, RANGE: [1, 7], QUANTIZE: 2}"), "[1, 3, 5, 7]");
    assert_eq!(values("{TYPE: int_sampler, RANGE: [-5, 4], QUANTIZE: 3}"), "[-5, -2, 1, 4]");
    assert_eq!(
        values("{TYPE: float_sampler, RANGE: [0.05, 0.35], QUANTIZE: 0.1}"),
        "[0.05, 0.15, 0.25, 0.35]"
    );
    let drawn = "{TYPE: int_sampler, RAND_TYPE: log_uniform, RANGE: [3, 43], QUANTIZE: 10}";
    let (sandbox, run) = sampled(drawn, "  NUM_CONFIGS: 5\n", &["-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(of_configs(&sandbox, "sorted(c['LR'] for c in cfgs)"), "[3, 13, 23, 33, 43]");

    let off = "{TYPE: int_sampler, RANGE: [1, 8], QUANTIZE: 2}";
    let (_, run) = sampled(off, "  STRATEGY: grid\n", &[]);
    assert_eq!(run.code, 2);
    let message = "HIGH 8 is not a whole number of QUANTIZE 2 steps from LOW \
        1\n  hint: the nearest are 7 and 9";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    let pyclss = "  NUM_CONFIGS: 2\n  BASE_CFG: {MODEL: {TYPE: resnet}}\n";
    let (_, run) = sampled("{TYPE: int_sampler, RANGE: [1, 7], QUANTIZE: 2}", pyclss, &[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("pycls draws only multiples of it: `QUANTIZE: 1` would fit"),
        "{}",
        run.stderr
    );
}

#[test]
fn steps_that_bend_a_law_are_told_of_with_those_that_do_not() {
    let coarse =
        "{TYPE: float_sampler, RAND_TYPE: log_uniform, RANGE: [1.0e-5, 0.1], QUANTIZE: 1.0e-5}";
    let (_, run) = sampled(coarse, "  NUM_CONFIGS: 10\n", &["-q"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let message = "QUANTIZE 1e-5 is too coarse for LOW 1e-5: 7 % of the draws would be LOW itself";
    assert!(run.stderr.contains(message), "{}", run.stderr);
    assert!(run.stderr.contains("write `QUANTIZE: 1.0e-07`, or remove it"), "{}", run.stderr);

    let (_, run) = sampled(coarse, "  NUM_CONFIGS: 1000\n", &["-q"]);
    assert!(
        run.stderr.contains(
            "repeated an earlier config and were dropped, so LR is no longer distributed as log_uniform"
        ),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("set `QUANTIZE: 1.0e-11`, or remove QUANTIZE"), "{}", run.stderr);
    let fine = coarse.replace("QUANTIZE: 1.0e-5", "QUANTIZE: 1.0e-11");
    let (_, run) = sampled(&fine, "  NUM_CONFIGS: 1000\n", &["-q"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn a_grid_says_which_sampler_has_no_steps() {
    let (_, run) = sampled("{TYPE: float_sampler, RANGE: [0, 1]}", "  STRATEGY: grid\n", &[]);
    assert_eq!(run.code, 2);
    let message = "SETUP.SAMPLERS.LR: a grid needs a finite number of values";
    assert!(run.stderr.contains(message), "{}", run.stderr);
}

#[test]
fn powers_of_two_need_no_quantize_unless_there_are_multiples() {
    let (sandbox, run) = sampled(
        "{TYPE: float_sampler, RAND_TYPE: power2_uniform, RANGE: [0.25, 2]}",
        "  STRATEGY: grid\n",
        &["-q"],
    );
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(of_configs(&sandbox, "[c['LR'] for c in cfgs]"), "[0.25, 0.5, 1.0, 2.0]");
    let either = "{TYPE: float_sampler, RAND_TYPE: power2_or_log_uniform, RANGE: [0.25, 2]}";
    let (_, run) = sampled(either, "  NUM_CONFIGS: 2\n", &[]);
    assert!(run.stderr.contains("SETUP.SAMPLERS.LR.QUANTIZE: is missing"), "{}", run.stderr);
}
