//! Page, `--summary` and `--json` say the same: every number that two of them print is compared.

use serde_json::Value;

use crate::bin;
use crate::common::Sandbox;
use crate::simulation::{JobEnd, digest, sweep};

const REPLICATED: &str = "  NUM_CONFIGS: 24\n  REPLICATES: 2\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [0.0, 1.0]}, Y: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}\n";
const SINGLE: &str = "  NUM_CONFIGS: 48\n  SAMPLERS: {X: {TYPE: float_sampler, RANGE: [1.0e-6, 1.0], RAND_TYPE: log_uniform, QUANTIZE: 1.0e-9}, Y: {TYPE: float_sampler, RANGE: [0.0, 1.0]}}\n";
const FIGURES: &str = "METRICS: [cfg.X, cfg.Y], PLOT_METRIC_VALUES: true";

/// A report as its readers have it.
pub struct Report {
    pub json: Value,
    pub summary: Vec<String>,
    page: String,
}

impl Report {
    pub fn of(sandbox: &Sandbox, sweeps: &[&str]) -> Self {
        let json = digest(sandbox, sweeps);
        let page = sandbox.read(format!("sweeps/{}/analysis.html", sweeps[0]));
        let files: Vec<String> = sweeps.iter().map(|name| format!("{name}.yaml")).collect();
        let args = ["--summary", "--sweep-cfg"].into_iter().chain(files.iter().map(String::as_str));
        let run = sandbox.run(bin!("sweep_analyze"), &args.collect::<Vec<_>>());
        Self { json, summary: run.stdout.lines().map(str::to_owned).collect(), page }
    }

    /// The page's section of an id.
    pub fn section(&self, id: &str) -> &str {
        let (_, from) = self
            .page
            .split_once(&format!("<section id=\"{id}\">"))
            .unwrap_or_else(|| panic!("no {id}"));
        from.split_once("</section>").unwrap().0
    }

    /// The ids of the page's sections.
    pub fn section_ids(&self) -> Vec<String> {
        let ids = self.page.split("<section id=\"").skip(1);
        ids.map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect()
    }

    /// The lines of the summary about one sweep.
    fn of_sweep(&self, name: &str) -> Vec<&str> {
        let lines = self.summary.iter().map(String::as_str);
        let from = lines.skip_while(|line| !line.starts_with(&format!("{name}: ")));
        from.take_while(|line| !line.is_empty()).collect()
    }
}

/// The texts of a table's rows below its head.
fn rows(section: &str) -> Vec<Vec<String>> {
    let (_, body) = section.split_once("<tbody>").expect("a table");
    let body = body.split_once("</tbody>").unwrap().0;
    body.split("<tr")
        .skip(1)
        .map(|row| row.split("</t").map(text).filter(|cell| !cell.is_empty()).collect())
        .collect()
}

/// The text of a piece of HTML, without its tags.
pub fn text(html: &str) -> String {
    let texts = html.split('<').enumerate().map(|(at, part)| {
        let is_text = at == 0 && !html.starts_with('>') && !part.contains('>');
        if is_text { part } else { part.split_once('>').map_or("", |(_, text)| text) }
    });
    let plain = texts
        .collect::<String>()
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#x3D;", "=")
        .replace("&amp;", "&");
    plain.trim().to_owned()
}

/// The numbers of a text, read as a person reads them.
fn numbers(text: &str) -> Vec<f64> {
    let plain: String = text.replace("×10", "e").chars().map(plain).collect();
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | 'e' | ',');
    let parts = plain.split(|c: char| !is_of_number(c));
    parts.filter_map(|part| part.replace(',', "").trim_end_matches('.').parse().ok()).collect()
}

fn plain(c: char) -> char {
    match c {
        '−' | '⁻' => '-',
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from(b'4' + u8::try_from(u32::from(c) - u32::from('⁴')).unwrap()),
        other => other,
    }
}

/// Asserts that a printed number is the exact one, to four significant digits.
#[track_caller]
fn same(printed: f64, exact: &Value, what: &str) {
    let exact =
        exact.as_f64().unwrap_or_else(|| panic!("{what}: {printed} printed, {exact} in JSON"));
    assert!(
        (printed - exact).abs() <= 5.1e-4 * exact.abs() + 1e-12,
        "{what}: {printed} printed, {exact} in JSON"
    );
}

/// Asserts that a share printed in percent or with two digits is the exact one.
#[track_caller]
fn near(printed: f64, exact: f64, half_digit: f64, what: &str) {
    assert!(
        (printed - exact).abs() <= half_digit * 1.001,
        "{what}: {printed} printed, {exact} in JSON"
    );
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// Compares what is said of each group: counts, the best, median and mean.
fn compare_values(report: &Report, distribution: &str) {
    let table = rows(report.section(distribution));
    for (at, sweep) in list(&report.json["sweeps"]).iter().enumerate() {
        let name = sweep["name"].as_str().unwrap();
        let lines = report.of_sweep(name);
        let counted = numbers(lines[0].split_once(": ").unwrap().1);
        let counts = ["jobs", "configs", "with_value", "lost"].map(|key| &sweep[key]);
        let counts: Vec<&Value> = counts.into_iter().filter(|count| !count.is_null()).collect();
        assert_eq!(counted.len(), counts.len(), "{}", lines[0]);
        counted.iter().zip(counts).for_each(|(printed, exact)| same(*printed, exact, lines[0]));

        let keys = ["best", "median", "mean"];
        let printed = numbers(lines[1]);
        printed.iter().zip(keys).for_each(|(value, key)| same(*value, &sweep[key], lines[1]));
        let on_page: Vec<f64> = table[at].iter().skip(2).flat_map(|cell| numbers(cell)).collect();
        assert_eq!(on_page.len(), 3, "{:?}", table[at]);
        on_page.iter().zip(keys).for_each(|(value, key)| {
            same(*value, &sweep[key], &format!("table of {distribution}"));
        });
        compare_middle(report, sweep);
    }
}

/// Compares the sentences of "In short" and of the summary with the numbers.
fn compare_sentences(report: &Report) {
    let short = report.section("short");
    let several = list(&report.json["sweeps"]).len() > 1;
    for sweep in list(&report.json["sweeps"]) {
        let name = sweep["name"].as_str().unwrap();
        let start = if several {
            format!("<li>{name}: the best of ")
        } else {
            "<li>The best of ".to_owned()
        };
        let (_, best) =
            short.split_once(&start).unwrap_or_else(|| panic!("no best of {name} in {short}"));
        let best = best.split_once("</li>").unwrap().0;
        let (_, reach) = best.split_once("that ended reach ").unwrap();
        same(numbers(reach)[0], &sweep["median"], best);
        let lines = report.of_sweep(name);
        if let Some(config) = list(&sweep["best_configs"]).first() {
            let (_, value) = best.split_once("mean ").unwrap();
            let values = numbers(value.split_once(';').unwrap().0);
            same(values[0], &config["value"], best);
            same(values[1], &config["standard_error"], best);
            let seeds =
                numbers(best.split_once("its seeds: ").unwrap().1.split_once(". Half").unwrap().0);
            seeds
                .iter()
                .zip(list(&config["seeds"]))
                .for_each(|(seed, exact)| same(*seed, exact, best));
            let line =
                lines.iter().skip_while(|line| !line.contains("best configs")).nth(1).unwrap();
            let printed = numbers(line);
            same(printed[0], &config["value"], line);
            same(printed[1], &config["standard_error"], line);
        } else {
            let job = &sweep["best_jobs"][0];
            let (_, value) = best.split_once("): ").unwrap();
            let (_, value) = value.split_once(' ').unwrap();
            same(numbers(value)[0], &job["value"], best);
            let at = lines.iter().position(|line| line.contains("best jobs")).unwrap();
            for (line, job) in lines[at + 1..].iter().zip(list(&sweep["best_jobs"])) {
                let printed = numbers(line);
                same(printed[0], &job["job"], line);
                same(printed[1], &job["value"], line);
            }
        }
    }
    for comparison in list(&report.json["comparisons"]) {
        let words = comparison["words"].as_str().unwrap();
        assert!(report.summary.iter().any(|line| line == words), "{words}");
        assert!(text(report.section("compare")).contains(words), "{words}");
        compare_best(report, &comparison["best_of"]);
    }
}

/// Compares what is said of the best of so many jobs.
fn compare_best(report: &Report, best: &Value) {
    let Some(words) = best["words"].as_str() else { return };
    assert!(report.summary.iter().any(|line| line == words), "{words}");
    assert!(text(report.section("search")).contains(words), "{words}");
    let is_flipped = best["gain"].as_f64() < Some(0.0);
    let (_, gain) = words.split_once("better by ").unwrap();
    let printed: Vec<f64> = numbers(gain).into_iter().take(3).collect();
    let [low, high] = [0, 1].map(|end| best["gain_interval"][end].as_f64().unwrap());
    let gain = best["gain"].as_f64().unwrap();
    let exact = if is_flipped { [-gain, -high, -low] } else { [gain, low, high] };
    printed.iter().zip(exact).for_each(|(printed, exact)| same(*printed, &exact.into(), words));
    let (_, values) = words.split_once(&format!("{} ", label(words))).unwrap();
    let keys = if is_flipped { ["b", "a"] } else { ["a", "b"] };
    numbers(values).iter().zip(keys).for_each(|(value, key)| same(*value, &best[key], words));
}

/// The name of the objective in what is said of the best of so many jobs.
fn label(words: &str) -> &str {
    let (before, _) = words.split_once(" on average against").unwrap();
    before.trim_end_matches(" %").rsplit(' ').nth(1).unwrap()
}

/// Compares the middle half of a group.
fn compare_middle(report: &Report, sweep: &Value) {
    let name = sweep["name"].as_str().unwrap();
    let lines = report.of_sweep(name);
    let start = "  mean of the middle half (95 %) ";
    let words = lines.iter().find_map(|line| line.strip_prefix(start)).unwrap();
    assert!(text(report.section("compare")).contains(&format!("{name} {words}")), "{words}");
    let keys = [&sweep["iqm"], &sweep["iqm_interval"][0], &sweep["iqm_interval"][1]];
    let known: Vec<&Value> = keys.into_iter().filter(|value| !value.is_null()).collect();
    assert!(known.len() > 1, "{sweep}");
    numbers(words).iter().zip(known).for_each(|(printed, exact)| same(*printed, exact, words));
}

/// Compares the table of comparisons.
fn compare_comparisons(report: &Report) {
    for (row, found) in
        rows(report.section("compare")).iter().zip(list(&report.json["comparisons"]))
    {
        let what = format!("{row:?}");
        assert_eq!(
            [&row[0], &row[1]].map(String::as_str),
            ["a", "b"].map(|key| found[key].as_str().unwrap())
        );
        near(numbers(&row[2])[0], found["a_better"].as_f64().unwrap(), 0.005, &what);
        for (printed, exact) in numbers(&row[3]).iter().zip(list(&found["interval"])) {
            near(*printed, exact.as_f64().unwrap(), 0.005, &what);
        }
        if found["pairs"].is_object() {
            let pairs: Vec<f64> = ["wins", "ties", "losses"]
                .map(|key| found["pairs"][key].as_f64().unwrap())
                .to_vec();
            assert_eq!(numbers(&row[4]), pairs, "{what}");
        }
        for (cell, key) in [(5, "p"), (6, "corrected_p"), (7, "distance")] {
            let (exact, cell) = (found[key].as_f64().unwrap(), &row[cell]);
            let digit = if key == "distance" { 0.005 } else { 0.0005 };
            // A p-value below a thousandth is said to be so.
            let is_least = cell.starts_with('<');
            if is_least {
                assert!(exact < 0.001, "{what}");
            } else {
                near(numbers(cell)[0], exact, digit, &what);
            }
        }
    }
}

/// Compares what matters and the ranges of good values.
fn compare_parameters(report: &Report) {
    for (at, sweep) in list(&report.json["sweeps"]).iter().enumerate() {
        let lines = report.of_sweep(sweep["name"].as_str().unwrap());
        let after = |head: &str| lines.iter().position(|line| line.starts_with(head)).unwrap() + 1;
        let shares = list(&sweep["importances"]);
        assert_eq!(shares.len(), 2, "{sweep}");
        let table = rows(report.section("matters"));
        let explained = sweep["explained"].as_f64().unwrap().max(0.0) * 100.0;
        near(numbers(lines[after("  what matters") - 1])[0], explained, 0.5, "explained");
        for (i, share) in shares.iter().enumerate() {
            let exact = share["share"].as_f64().unwrap() * 100.0;
            near(
                numbers(lines[after("  what matters") + i])[0],
                exact,
                0.05,
                "share in the summary",
            );
            let is_of = |row: &&Vec<String>| row[0] == share["parameter"].as_str().unwrap();
            let row = table.iter().find(is_of).expect("a row for each parameter");
            near(numbers(&row[1 + 2 * at])[0], exact, 0.05, "share on the page");
        }
        assert_eq!(list(&sweep["best_ranges"]).len(), 2, "{sweep}");
        for (i, range) in list(&sweep["best_ranges"]).iter().enumerate() {
            let line = lines[after("  best ranges") + i];
            let name = range["parameter"].as_str().unwrap();
            let printed = numbers(line.trim_start().strip_prefix(name).unwrap());
            for (value, key) in printed.iter().zip(["low", "high", "median"]) {
                same(*value, &range[key], line);
            }
            let keys = keys_of_scatter(report.section("metrics"), name, at);
            assert!(printed.len() == 3 && keys.len() > 3, "{line}: {keys:?}");
            for (value, key) in keys.iter().zip(["median", "low", "high"]) {
                same(*value, &range[key], &format!("{name} in the figures"));
            }
        }
    }
}

/// The median, low and high that the legend of a parameter's scatter plot says, of the group at a place.
fn keys_of_scatter(section: &str, parameter: &str, at: usize) -> Vec<f64> {
    let figures = section
        .split("<figure")
        .filter(|figure| figure.contains(&format!("data-x=\"cfg.{parameter}\"")));
    let figure = figures.into_iter().nth(at).unwrap_or_else(|| panic!("no figure of {parameter}"));
    let (_, keys) = figure.split_once("sign median").unwrap();
    let shown = text(&format!("<{}", keys.split_once("</p>").map_or(keys, |(keys, _)| keys)));
    numbers(shown.split_once(':').unwrap().1)
}

#[test]
fn of_replicated_sweeps_with_lost_jobs_all_say_the_same() {
    let sandbox = Sandbox::new();
    let analyze = format!("{FIGURES}, PRE_FILTERS: {{done: [1, 1]}}");
    for (at, name) in ["a", "b"].into_iter().enumerate() {
        sweep(&sandbox, name, 3 + at as u64, (REPLICATED, &analyze), |number, draw| {
            let error = 20.0 + 15.0 * draw.number("X") + at as f64 + draw.normal();
            if number % 11 == 5 { JobEnd::Failed(error) } else { JobEnd::Done(error) }
        });
    }
    let report = Report::of(&sandbox, &["a", "b"]);
    assert!(report.json["sweeps"][0]["lost"].as_u64() > Some(0), "{}", report.json);
    compare_values(&report, "edf");
    compare_sentences(&report);
    compare_comparisons(&report);
    compare_parameters(&report);
}

#[test]
fn of_splits_of_a_sweep_where_much_is_good_all_say_the_same() {
    let sandbox = Sandbox::new();
    let analyze = format!(
        "{FIGURES}, OBJECTIVE: {{METRIC: test_epoch.top1_err, GOAL: maximize}}, SPLIT_FILTERS: {{low: {{cfg.Y: [0, 0.5]}}, high: {{cfg.Y: [0.5, 1]}}}}"
    );
    sweep(&sandbox, "a", 5, (SINGLE, &analyze), |_, draw| {
        JobEnd::Done(1234.5 + 100.0 * draw.number("X").log10() + 3.0 * draw.normal())
    });
    let report = Report::of(&sandbox, &["a"]);
    compare_values(&report, "edf-split");
    compare_sentences(&report);
    compare_comparisons(&report);
    compare_parameters(&report);
}

#[test]
fn of_sweeps_that_share_their_configs_and_go_on_all_say_the_same() {
    let sandbox = Sandbox::new();
    for (at, name) in ["a", "b"].into_iter().enumerate() {
        sweep(&sandbox, name, 9, (SINGLE, FIGURES), |number, draw| {
            let error =
                50.0 - 4.0 * draw.number("X").log10() + 2.0 * at as f64 + 0.3 * draw.normal();
            if number == 7 { JobEnd::Open(error) } else { JobEnd::Done(error) }
        });
    }
    let report = Report::of(&sandbox, &["a", "b"]);
    assert_eq!(report.json["comparisons"][0]["open"], 2, "{}", report.json);
    compare_values(&report, "edf");
    compare_sentences(&report);
    compare_comparisons(&report);
    compare_parameters(&report);
}
