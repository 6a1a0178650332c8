//! The report, over the real binaries: collect, then analyze.

use crate::bin;
use crate::common::{Run, Sandbox};

const PLAIN: &str = "ROOT_DIR: sweeps\nNAME: digits/optim\nSETUP: {NUM_CONFIGS: 64}\n";

/// The digits sweep that pycls itself trained, collected.
fn digits(config: &str) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

fn page(sandbox: &Sandbox) -> String {
    readable(&sandbox.read("sweeps/digits/optim/analysis.html"))
}

/// The page without the escapes that only get into the way of a test.
fn readable(page: &str) -> String {
    page.replace("&#x3D;", "=").replace("&#x60;", "`")
}

#[test]
fn the_report_says_who_leads_and_shows_what_was_asked_for() {
    let analyze = "ANALYZE: {METRICS: [lr, wd], PLOT_CURVES_BEST: 2, PLOT_CURVES_WORST: 1, PRE_FILTERS: {done: [1, 1, 1]}}\n";
    let (sandbox, run) = digits(&format!("{PLAIN}DESC: <b>bold</b> & more\n{analyze}"));
    let run = run.expect(0);
    assert_eq!(run.stdout.trim(), "sweeps/digits/optim/analysis.html");
    assert!(run.stderr.contains("best: job 000019, error 5.833 %:"), "{}", run.stderr);
    let page = page(&sandbox);
    for id in ["edf", "metrics", "complexity", "best", "worst", "jobs-0", "config"] {
        assert!(page.contains(&format!("<section id=\"{id}\">")), "{id}");
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id} is in the contents");
    }
    for cell in ["64", "5.833 %", "51.98 %"] {
        assert!(
            page.contains(&format!("<td class=\"number\">{cell}</td>")),
            "{cell} in the legend"
        );
    }
    assert!(page.contains("&lt;b&gt;bold&lt;/b&gt; &amp; more"), "a description is text, not HTML");
    assert_eq!(page.matches("<tr id=").count(), 64, "every job has a row");
    // Flops, params and acts, the default complexity, are the same in all jobs and need no figure.
    assert_eq!(
        page.matches("<svg").count(),
        1 + 2 + 2 + 1 + 1 + 3,
        "EDF, search and sample size, two effects, correlations, the median curve, …"
    );
    assert!(page.contains("Only finished jobs have a value"), "the filter is a rule");
    assert!(page.contains("All 64 jobs are done and have a value."));
}

#[test]
fn the_same_tables_give_the_same_bytes() {
    let (sandbox, _) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: [lr, wd, lr_wd]}}\n"));
    let first = page(&sandbox);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    assert_eq!(page(&sandbox), first);
}

#[test]
fn the_page_needs_nothing_from_elsewhere() {
    let (sandbox, _) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: [lr]}}\n"));
    let page = page(&sandbox);
    // The name of SVG, which is no address that anybody asks for.
    let page = page.replace("http://www.w3.org/2000/svg", "");
    // A part of a figure, which clips another.
    let page = page.replace("url(#area-", "");
    for reference in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(reference), "{reference}");
    }
}

#[test]
fn a_misspelt_metric_costs_its_figure_only_and_the_nearest_is_named() {
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: [cfg.OPTIM.BASELR, lr]}}\n"));
    let run = run.expect(1);
    assert!(run.stderr.contains("Did you mean `cfg.OPTIM.BASE_LR`"), "{}", run.stderr);
    let page = page(&sandbox);
    assert!(page.contains("<figcaption>Learning rate</figcaption>"));
    assert!(page.contains("class=\"warning\""));
}

#[test]
fn metrics_that_are_no_numbers_are_categories() {
    let metrics = "[cfg.MODEL.TYPE, cfg.ANYNET.WIDTHS, anynet_w, cfg.OPTIM.NESTEROV]";
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{METRICS: {metrics}}}\n"));
    run.expect(0);
    let page = page(&sandbox);
    assert!(
        page.contains(
            "The same in all jobs: MODEL.TYPE anynet, ANYNET.WIDTHS [8, 16, 32], maximum \
            width 32, OPTIM.NESTEROV true."
        ),
        "a text, a list, a list with a shortcut, and a truth value"
    );
}

#[test]
fn a_filter_that_would_leave_nothing_is_not_applied() {
    let (sandbox, run) = digits(&format!("{PLAIN}ANALYZE: {{PRE_FILTERS: {{error: [0, 1]}}}}\n"));
    run.expect(1);
    assert!(page(&sandbox).contains("error in [0, 1] would keep no jobs"));
}

#[test]
fn filters_are_in_pyclss_terms_where_a_learning_rate_is_its_logarithm() {
    let filters = "{low: {lr: [-9, -1]}, high: {lr: [-1, 9]}, none: {lr: [8, 9]}}";
    let (sandbox, run) =
        digits(&format!("{PLAIN}ANALYZE: {{METRICS: [lr], SPLIT_FILTERS: {filters}}}\n"));
    run.expect(1);
    let page = page(&sandbox);
    assert!(page.contains("<h3>Learning rate</h3>"), "a row of figures a metric");
    let n = page.split("</span>low</th><td class=\"number\">").nth(1).unwrap();
    let n: usize = n.split('<').next().unwrap().parse().unwrap();
    assert!((20..44).contains(&n), "about half of 64, not {n}");
    assert!(page.contains("No job is in the split <code>none</code>."));
}

#[test]
fn another_sweep_is_laid_over_and_one_that_is_missing_is_named() {
    let extra = "ANALYZE: {METRICS: [lr], EXTRA_SWEEP_NAMES: [digits/optim, digits/gone]}\n";
    let (sandbox, run) = digits(&format!("{PLAIN}{extra}"));
    assert!(run.expect(1).stderr.contains("The sweep `digits/gone` is not shown"));
    let page = page(&sandbox);
    assert!(!page.contains("by group\""), "sweeps have no order that a trend could follow");
    assert_eq!(page.matches("</span>optim</th><td class=\"number\">64</td>").count(), 2);
    let mut ids: Vec<&str> =
        page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all, "no anchor stands twice");
}

/// Logs of jobs that went wrong in every way that matters to a report.
fn odd_sweep(logs: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", "ROOT_DIR: .\nNAME: odd\nSETUP: {NUM_CONFIGS: 3}\nANALYZE: {METRICS: [lr], PLOT_CURVES_BEST: 1}\n");
    for (i, log) in logs.iter().enumerate() {
        sandbox.write(format!("odd/cfgs/{i:06}.yaml"), "OPTIM: {BASE_LR: 0.1, MAX_EPOCH: 2}\n");
        if !log.is_empty() {
            sandbox.write(format!("odd/logs/{i:06}/stdout.log"), log);
        }
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

fn epoch(i: u32, error: &str) -> String {
    format!(
        "json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"{i}/2\", \"top1_err\": {error}, \"min_top1_err\": {error}}}\n"
    )
}

#[test]
fn sweeps_without_results_have_a_page_that_says_so() {
    let nan = epoch(1, "NaN");
    for logs in [vec!["", ""], vec!["no record\n"], vec![nan.as_str(), "Killed\n"]] {
        let (sandbox, run) = odd_sweep(&logs);
        assert_eq!(run.code, 1, "{}", run.stderr);
        let nothing = "No job has a value for the objective yet";
        assert!(sandbox.read("odd/analysis.html").contains(nothing));
        assert_eq!(run.stderr.matches(nothing).count(), 1, "said once: {}", run.stderr);
    }
}

#[test]
fn what_could_be_the_objective_is_proposed_ready_to_paste() {
    let logs = ["epoch 1 val_acc: 0.5 loss: 2\n", "epoch 1 val_acc: 0.25 loss: 3\n"];
    let (sandbox, run) = odd_sweep(&logs);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let line = "OBJECTIVE: {METRIC: stdout.val_acc, GOAL: maximize}";
    assert!(run.stderr.contains(line), "{}", run.stderr);
    let page = readable(&sandbox.read("odd/analysis.html"));
    assert!(page.contains("Candidates for the objective"), "{page}");
    assert!(!page.contains("EMA"), "nobody averages weights here");
}

#[test]
fn one_job_and_jobs_that_are_all_equal_are_fine() {
    let log = epoch(1, "50.0") + &epoch(2, "25.0");
    for logs in [vec![log.as_str()], vec![log.as_str(), log.as_str(), log.as_str()]] {
        let (sandbox, run) = odd_sweep(&logs);
        assert_ne!(run.code, 101, "{}", run.stderr);
        let page = readable(&sandbox.read("odd/analysis.html"));
        assert!(page.contains("<td class=\"number\">25</td>"));
        assert!(page.contains("The error of a job is its lowest test error."), "without EMA");
        assert!(page.contains("The same in all jobs: learning rate 0.1."));
    }
}

/// The heights of the corners of the lines of a class in a figure, in its own units.
fn heights(figure: &str, class: &str) -> Vec<Vec<f64>> {
    let start = format!("<polyline fill=\"none\" class=\"{class}\"");
    let points = |line: &str| -> Vec<f64> {
        let points = line.split("points=\"").nth(1).unwrap().split('"').next().unwrap();
        points.split_whitespace().map(|at| at.split(',').nth(1).unwrap().parse().unwrap()).collect()
    };
    figure.split(&start).skip(1).map(points).collect()
}

#[test]
fn a_job_that_has_not_ended_leaves_the_curve_room_to_move() {
    let done = |error| epoch(1, error) + &epoch(2, error);
    let (sandbox, _) = odd_sweep(&[&done("10.0"), &done("20.0"), &epoch(1, "30.0")]);
    let page = sandbox.read("odd/analysis.html");
    assert!(page.contains("The curve counts only those that ended. 1 job is still open: however"));
    let figure = page.split("<section id=\"edf\">").nth(1).unwrap();
    let figure = figure.split("</svg>").next().unwrap();
    let [curve] = heights(figure, "line s0").try_into().unwrap();
    let [lowest, highest] = heights(figure, "line dashed s0").try_into().unwrap();
    let (foot, top) = (curve[0], *curve.last().unwrap());
    let shares = |heights: &[f64]| -> Vec<f64> {
        let mut shares: Vec<f64> =
            heights.iter().map(|h| ((foot - h) / (foot - top) * 6.0).round() / 6.0).collect();
        shares.dedup();
        shares
    };
    let third = |n: u8| f64::from(2 * n) / 6.0;
    assert_eq!(shares(&curve), [0.0, 0.5, 1.0]);
    // Its value so far can only get better: at worst it is the last of three, at best the first.
    assert_eq!(shares(&lowest), [0.0, third(1), third(2), 1.0]);
    assert_eq!(shares(&highest).last(), Some(&1.0));
    assert!(shares(&highest).contains(&third(1)) && !shares(&highest).contains(&0.5));
}

#[test]
fn a_weight_decay_of_zero_is_an_arrow_at_the_edge_of_a_logarithmic_axis() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "ROOT_DIR: .\nNAME: decay\nSETUP: {NUM_CONFIGS: 5}\nANALYZE: {METRICS: [wd]}\n",
    );
    for (i, decay) in ["0.0", "1.0e-05", "0.0001", "0.001", "0.01"].iter().enumerate() {
        sandbox.write(
            format!("decay/cfgs/{i:06}.yaml"),
            format!("OPTIM: {{WEIGHT_DECAY: {decay}, MAX_EPOCH: 2}}\n"),
        );
        sandbox
            .write(format!("decay/logs/{i:06}/stdout.log"), epoch(1, "50.0") + &epoch(2, "25.0"));
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let page = sandbox.read("decay/analysis.html");
    let figure = page.split("<section id=\"metrics\">").nth(1).unwrap();
    let figure = figure.split("</section>").next().unwrap();
    assert!(figure.contains("data-xlog=\"true\""), "{figure}");
    assert_eq!(figure.matches("<circle").count(), 4);
    assert_eq!(figure.matches("class=\"beyond\"").count(), 1);
    assert!(figure.contains("1 job outside the axes."), "{figure}");
}

#[test]
fn before_the_first_collect_the_command_to_type_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("sweep.yaml", PLAIN);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(2);
    assert!(run.stderr.contains("sweep_collect --sweep-cfg sweep.yaml"), "{}", run.stderr);
}

#[test]
fn a_damaged_table_is_named_and_no_crash() {
    let (sandbox, _) = digits(PLAIN);
    for bytes in [&b""[..], b"PAR1", b"PAR1 is not enough PAR1"] {
        sandbox.write("sweeps/digits/optim/sweep.parquet", bytes);
        let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(4);
        assert!(run.stderr.contains("sweep.parquet`"), "{}", run.stderr);
        assert!(run.stderr.contains("sweep_collect"), "{}", run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    }
}

#[test]
fn the_error_of_filters_and_metrics_is_the_one_that_jobs_are_ranked_by() {
    let log = epoch(1, "50.0") + &epoch(2, "25.0");
    let (sandbox, _) = odd_sweep(&[&log, &epoch(1, "75.0")]);
    let args = ["--sweep-cfg", "sweep.yaml", "--set", "ANALYZE.PRE_FILTERS={error: [0, 30]}"];
    sandbox.run(bin!("sweep_analyze"), &args);
    let page = readable(&sandbox.read("odd/analysis.html"));
    assert!(page.contains("1 of 2 jobs removed, 1 of them with a value"), "{page}");
}

#[test]
fn jobs_that_are_not_done_are_counted_and_listed_at_the_end_with_the_reason() {
    let sandbox = Sandbox::new();
    sandbox.unpack("sweep200/sweep200_subset.tar.gz");
    let config = "ROOT_DIR: .\nNAME: syn/sweep200\nSETUP: {NUM_CONFIGS: 205}\n";
    sandbox.write("sweep.yaml", config);
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(1);
    sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let page = readable(&sandbox.read("syn/sweep200/analysis.html"));
    assert!(page.contains("ended with a value; the others:"), "{page}");
    assert!(page.contains("Still open: "), "{page}");
    assert!(page.contains("beyond the edge; the table counts them"), "{page}");
    let rows: Vec<&str> = page.split("<tr id=\"jobs-0-").skip(1).collect();
    assert_eq!(rows.len(), 18);
    let first_open = rows.iter().position(|row| row.contains("class=\"open\"")).unwrap();
    assert!(rows[first_open..].iter().all(|row| row.contains("class=\"open\"")));
    assert!(rows[first_open..].iter().any(|row| row.contains("srun: Terminating")), "the reason");
}

#[test]
fn the_complete_config_is_shown_with_its_defaults_and_as_text() {
    let (sandbox, _) = digits(&format!("{PLAIN}DESC: \"</pre><script>\"\n"));
    let page = page(&sandbox);
    assert!(page.contains("CHECKPOINTS_KEEP: all"), "a default");
    assert!(!page.contains("</pre><script>"), "a description is text, not HTML");
}

/// What a reader sees of the page: its text by element, without figures and numbers.
fn skeleton(page: &str) -> String {
    let main = page
        .split("<main id=\"main\" tabindex=\"-1\">")
        .nth(1)
        .and_then(|rest| rest.split("</main>").next())
        .unwrap();
    let mut lines = Vec::new();
    for line in main.lines().filter(|line| !line.trim().is_empty()) {
        let is_drawing =
            ["<svg", "<line", "<text", "<poly", "<rect", "</text", "<g ", "</svg", "<metadata"];
        let is_text_of_drawing = !line.starts_with('<');
        let is_row = line.starts_with("<tr id=") || line.starts_with("<tr>");
        if !is_text_of_drawing && !is_row && !is_drawing.iter().any(|tag| line.starts_with(tag)) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

#[test]
fn the_page_reads_well() {
    let analyze =
        "ANALYZE: {METRICS: [lr], COMPLEXITY: [], PLOT_CURVES_BEST: 1, PLOT_MODELS_BEST: 1}\n";
    let (sandbox, _) = digits(&format!("{PLAIN}{analyze}"));
    let skeleton = skeleton(&page(&sandbox));
    let until_config = skeleton.split("<section id=\"config\">").next().unwrap();
    insta::assert_snapshot!(until_config);
}

#[test]
fn a_program_that_logs_no_complexity_gets_a_report_without_it_and_without_a_warning() {
    let log = epoch(1, "50.0") + &epoch(2, "25.0");
    let (sandbox, run) = odd_sweep(&[&log, &log]);
    assert_eq!((run.code, run.stderr.contains("complexity")), (0, false), "{}", run.stderr);
    assert!(!sandbox.read("odd/analysis.html").contains("id=\"complexity\""));
    let asked = ["--sweep-cfg", "sweep.yaml", "--set", "ANALYZE.COMPLEXITY=[flops]"];
    let run = sandbox.run(bin!("sweep_analyze"), &asked).expect(1);
    assert!(run.stderr.contains("`flops` needs `complexity.flops`"), "{}", run.stderr);
}
