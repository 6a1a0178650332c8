//! `TUNE.PRIOR_SWEEPS`: suggestions follow from past sweeps, too, as far as these agree.

use serde_json::{Value as Json, json};

use crate::bin;
use crate::common::{Run, Sandbox};

/// The design space of the sweep that is tuned.
const SAMPLERS: &str =
    "{lr: {log: [1.0e-5, 1.0e-1]}, x: {uniform: [-5, 5]}, opt: [sgd, adam, lion]}";

fn config(name: &str, strategy: &str, configs: u32, samplers: &str, objective: &str) -> String {
    format!(
        "ROOT_DIR: sweeps\nNAME: {name}\nSETUP:\n  STRATEGY: {strategy}\n  NUM_CONFIGS: {configs}\n  \
         SAMPLERS: {samplers}\nANALYZE: {{OBJECTIVE: {objective}}}\n"
    )
}

/// The config of the sweep that is tuned.
fn tuned(priors: &str) -> String {
    let config = config("t", "tpe", 60, SAMPLERS, "{METRIC: loss, GOAL: minimize}");
    let key = if priors.is_empty() { "" } else { "    PRIOR_SWEEPS: " };
    // Other draws than those of the past sweeps.
    config.replace(
        "  SAMPLERS",
        &format!("  RNG_SEED: 7\n  TUNE:\n    CONTROL: 0\n{key}{priors}\n  SAMPLERS"),
    )
}

fn setup(sandbox: &Sandbox, sweep: &str, args: &[&str]) -> Run {
    sandbox.run(bin!("sweep_setup"), &[&[sweep], args].concat())
}

/// The sampled values of each job of a sweep.
fn sampled(sandbox: &Sandbox, name: &str) -> Vec<Json> {
    let lines = sandbox.read(format!("sweeps/{name}/sampled.jsonl"));
    let line = |line| serde_json::from_str::<Json>(line).unwrap()["sampled"].clone();
    lines.lines().map(line).collect()
}

/// The loss of a config: least at a rate of 0.001, an x of 1.5, and `adam`.
fn loss(values: &Json) -> f64 {
    let opt = if values["opt"].as_str().is_none_or(|opt| opt == "adam") { 0.0 } else { 1.0 };
    let rate = values["lr"].as_f64().map_or(0.0, |rate| rate.log10() + 3.0);
    let x = values["x"].as_f64().map_or(0.0, |x| x - 1.5);
    rate * rate + x * x / 4.0 + opt
}

/// The results of all jobs of a sweep as lines to tell.
fn results(sandbox: &Sandbox, name: &str, metric: &str, value: &dyn Fn(&Json) -> f64) -> String {
    let line = |(job, values): (usize, &Json)| {
        format!("{}\n", json!({"job": job, "values": {metric: value(values)}}))
    };
    sampled(sandbox, name).iter().enumerate().map(line).collect()
}

/// Sets up a past sweep of 40 configs whose results were told.
fn past(sandbox: &Sandbox, name: &str, samplers: &str, goal: &str, value: &dyn Fn(&Json) -> f64) {
    let objective = format!("{{METRIC: score, GOAL: {goal}}}");
    let file = format!("{name}.yaml");
    let config = config(name, "tpe", 40, samplers, &objective);
    sandbox.write(&file, config.replace("  SAMPLERS", "  TUNE: {STARTUP: 40}\n  SAMPLERS"));
    setup(sandbox, &file, &[]).expect(0);
    sandbox.write("told.jsonl", results(sandbox, name, "score", value));
    setup(sandbox, &file, &["--tell", "told.jsonl"]).expect(0);
}

/// Sets up the sweep that is tuned.
fn begin(sandbox: &Sandbox, priors: &str) -> Run {
    sandbox.write("t.yaml", tuned(priors));
    setup(sandbox, "t.yaml", &[])
}

fn tell(sandbox: &Sandbox) {
    sandbox.write("told.jsonl", results(sandbox, "t", "loss", &loss));
    setup(sandbox, "t.yaml", &["--tell", "told.jsonl"]).expect(0);
}

fn suggest(sandbox: &Sandbox, count: &str) -> Json {
    let run = setup(sandbox, "t.yaml", &["--suggest", count, "--json"]).expect(0);
    serde_json::from_str(&run.stdout).unwrap()
}

fn kinds(answer: &Json) -> Vec<&str> {
    let suggestions = answer["suggestions"].as_array().unwrap();
    suggestions.iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

fn weight(answer: &Json, name: &str) -> f64 {
    let priors = answer["priors"].as_array().unwrap();
    priors.iter().find(|prior| prior["sweep"] == name).unwrap()["weight"].as_f64().unwrap()
}

/// The files of the tuned sweep that follow from what was suggested.
fn written(sandbox: &Sandbox) -> Vec<String> {
    let names =
        ["sampled.jsonl", "cfgs_summary.yaml", "cfgs/000007.yaml", "suggestions/000007.json"];
    names.iter().map(|name| sandbox.read(format!("sweeps/t/{name}"))).collect()
}

#[test]
fn the_first_suggestions_are_the_best_of_past_sweeps_and_later_ones_follow_what_agrees() {
    let sandbox = Sandbox::new();
    // By another metric, and another goal.
    past(&sandbox, "good", SAMPLERS, "maximize", &|values| -loss(values).powi(3));
    past(&sandbox, "bad", SAMPLERS, "minimize", &|values| -loss(values));
    begin(&sandbox, "[good]").expect(0);
    assert_eq!(sampled(&sandbox, "t").len(), 5, "the other five are the best of past sweeps");
    let first = suggest(&sandbox, "5");
    assert_eq!(kinds(&first), ["prior"; 5]);
    let mut best = sampled(&sandbox, "good");
    best.sort_by(|a, b| loss(a).total_cmp(&loss(b)));
    assert_eq!(sampled(&sandbox, "t")[5..], best[..5], "to the last digit");
    // Before anything is known, each has the weight at the start.
    assert!((weight(&first, "good") - 0.5).abs() < 1e-12);
    sandbox.write("t.yaml", tuned("all"));
    tell(&sandbox);
    let next = suggest(&sandbox, "10");
    assert!(weight(&next, "good") > 0.4, "{next}");
    assert!(weight(&next, "bad").abs() < 1e-12, "{next}");
    assert_eq!(kinds(&next), ["tuned"; 10]);
    let all = sampled(&sandbox, "t");
    let mean = |jobs: &[Json]| {
        jobs.iter().map(loss).sum::<f64>() / f64::from(u32::try_from(jobs.len()).unwrap())
    };
    assert!(mean(&all[10..]) < 0.5 * mean(&all[..5]), "{} {}", mean(&all[10..]), mean(&all[..5]));
    // Many own results leave little to say to others.
    for _ in 0..4 {
        tell(&sandbox);
        suggest(&sandbox, "10");
    }
    tell(&sandbox);
    assert!(all.len() < 30);
    sandbox.write("t.yaml", tuned("all").replace("60", "61"));
    assert!(weight(&suggest(&sandbox, "1"), "good") < 0.5);
    let run = setup(&sandbox, "t.yaml", &["--replay", "60"]).expect(0);
    assert_eq!(run.stdout, sandbox.read("sweeps/t/cfgs/000060.yaml"));
}

#[test]
fn what_was_best_elsewhere_is_no_longer_tried_where_it_loses_to_random_draws() {
    let kinds_of = |name: &str, value: &dyn Fn(&Json) -> f64| {
        let sandbox = Sandbox::new();
        past(&sandbox, name, SAMPLERS, "minimize", value);
        begin(&sandbox, &format!("[{name}]")).expect(0);
        // The first is decided before the draws have results, the second by them.
        let mut found = Vec::new();
        for _ in 0..5 {
            let answer = suggest(&sandbox, "1");
            found.push(kinds(&answer)[0].to_owned());
            tell(&sandbox);
        }
        for job in ["6", "9"] {
            let run = setup(&sandbox, "t.yaml", &["--replay", job]).expect(0);
            assert_eq!(run.stdout, sandbox.read(format!("sweeps/t/cfgs/00000{job}.yaml")));
        }
        found
    };
    assert_eq!(kinds_of("good", &loss), ["prior"; 5]);
    let bad = kinds_of("bad", &|values| -loss(values));
    assert_eq!(bad, ["prior", "startup", "startup", "startup", "startup"]);
}

#[test]
fn the_order_of_past_sweeps_and_the_threads_change_nothing() {
    let suggested = |priors: &str, threads: &str| {
        let sandbox = Sandbox::new();
        past(&sandbox, "one", SAMPLERS, "minimize", &loss);
        past(&sandbox, "two", SAMPLERS, "minimize", &|values| loss(values).sqrt());
        begin(&sandbox, priors).expect(0);
        let threads = format!("NUM_PROC={threads}");
        setup(&sandbox, "t.yaml", &["--suggest", "6", "--set", &threads]).expect(0);
        tell(&sandbox);
        setup(&sandbox, "t.yaml", &["--suggest", "6", "--set", &threads]).expect(0);
        (written(&sandbox), sandbox)
    };
    let (first, sandbox) = suggested("[one, two]", "1");
    let whole = sandbox.join("sweeps/two").display().to_string();
    for (priors, threads) in [("[two, all]", "8"), ("['t*o', sweeps/one]", "3")] {
        assert_eq!(suggested(priors, threads).0, first, "{priors}");
    }
    // The same sweep by its whole path is the same sweep.
    sandbox.write("t.yaml", tuned(&format!("[{whole}, one]")));
    let run = setup(&sandbox, "t.yaml", &["--replay", "12"]).expect(0);
    assert_eq!(run.stdout, sandbox.read("sweeps/t/cfgs/000012.yaml"));
}

#[test]
fn without_past_sweeps_all_is_as_it_was() {
    let suggested = |priors: &str| {
        let sandbox = Sandbox::new();
        begin(&sandbox, priors).expect(0);
        tell(&sandbox);
        setup(&sandbox, "t.yaml", &["--suggest", "3"]).expect(0);
        assert_eq!(sampled(&sandbox, "t").len(), 13);
        let index = sandbox.join("sweeps/t/suggestions/prior.json").exists();
        (written_at(&sandbox, 10), index)
    };
    let (plain, has_index) = suggested("");
    assert!(!has_index && !plain[3].contains("priors"));
    assert_eq!(suggested("[]").0, plain);
    // Nothing matches: told, and the configs are the same.
    assert_eq!(suggested("'x*'").0[..3], plain[..3]);
}

fn written_at(sandbox: &Sandbox, job: u32) -> Vec<String> {
    let names = [
        "sampled.jsonl".into(),
        "cfgs_summary.yaml".into(),
        format!("cfgs/{job:06}.yaml"),
        format!("suggestions/{job:06}.json"),
    ];
    names.iter().map(|name: &String| sandbox.read(format!("sweeps/t/{name}"))).collect()
}

#[test]
fn another_space_gives_what_it_shares_and_says_what_is_left_out() {
    let sandbox = Sandbox::new();
    let other =
        "{lr: {uniform: [0.0, 0.2]}, width: [1, 2, 3], opt: [adam, lion, rmsprop], x: [low, high]}";
    past(&sandbox, "other", other, "minimize", &loss);
    begin(&sandbox, "[other]").expect(0);
    let run = setup(&sandbox, "t.yaml", &["--suggest", "5", "--json"]).expect(0);
    let answer: Json = serde_json::from_str(&run.stdout).unwrap();
    let prior = &answer["priors"][0];
    // `x` has another kind there, `width` is not here, and the other rate has another law and range.
    assert_eq!(prior["shared"], json!(["lr", "opt"]));
    let jobs = sampled(&sandbox, "other");
    let rates = jobs.iter().filter(|values| values["lr"].as_f64().unwrap() > 0.1).count();
    let words =
        |values: &&Json| values["lr"].as_f64().unwrap() <= 0.1 && values["opt"] == "rmsprop";
    let words = jobs.iter().filter(words).count();
    let dropped = json!({"`lr` is outside": rates, "`opt` is outside": words});
    assert_eq!(prior["dropped"], dropped);
    assert_eq!(prior["configs"], 40 - rates - words);
    // The best that fits, with what it lacks drawn.
    let fits = |values: &&Json| values["lr"].as_f64().unwrap() <= 0.1 && values["opt"] != "rmsprop";
    let mut fitting: Vec<&Json> = jobs.iter().filter(fits).collect();
    fitting.sort_by(|a, b| loss_of(a).total_cmp(&loss_of(b)));
    let first = &sampled(&sandbox, "t")[5];
    assert_eq!((&first["lr"], &first["opt"]), (&fitting[0]["lr"], &fitting[0]["opt"]));
    assert!((-5.0..=5.0).contains(&first["x"].as_f64().unwrap()));
    let run = setup(&sandbox, "t.yaml", &["--suggest", "1"]).expect(0);
    let said = format!(
        "past sweep `other` (minimize score): weight 0.50, {} configs, without {rates} configs (`lr` is outside)",
        40 - rates - words
    );
    assert!(run.stderr.contains(&said), "{}", run.stderr);
}

/// The loss where `x` is a word.
fn loss_of(values: &Json) -> f64 {
    loss(&json!({"lr": values["lr"], "opt": values["opt"]}))
}

#[test]
fn a_suggestion_is_made_again_when_its_past_sweep_has_changed_or_is_gone() {
    let sandbox = Sandbox::new();
    past(&sandbox, "p", SAMPLERS, "minimize", &loss);
    begin(&sandbox, "[p]").expect(0);
    suggest(&sandbox, "3");
    tell(&sandbox);
    let shown = setup(&sandbox, "t.yaml", &["--suggest", "4", "--dry-run", "--json"]).expect(0);
    // Other results there are another snapshot.
    sandbox.write("told.jsonl", results(&sandbox, "p", "score", &|values| -loss(values)));
    setup(&sandbox, "p.yaml", &["--tell", "told.jsonl"]).expect(0);
    let turned = setup(&sandbox, "t.yaml", &["--suggest", "4", "--json"]).expect(0);
    assert_ne!(shown.stdout, turned.stdout);
    let snapshots = || {
        let names = std::fs::read_dir(sandbox.join("sweeps/t/suggestions")).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("prior-")).count()
    };
    assert_eq!(snapshots(), 2);
    std::fs::remove_dir_all(sandbox.join("sweeps/p")).unwrap();
    for job in 5..12 {
        let again = setup(&sandbox, "t.yaml", &["--replay", &job.to_string()]).expect(0).stdout;
        assert_eq!(again, sandbox.read(format!("sweeps/t/cfgs/{job:06}.yaml")), "{job}");
    }
    // What it said last still counts, and that is said.
    let run = setup(&sandbox, "t.yaml", &["--suggest", "1"]).expect(0);
    assert!(
        run.stderr.contains("is gone; what it said when it was read last counts"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("past sweep `p`"), "{}", run.stderr);
    assert_eq!(snapshots(), 2);
    let digest = |path: &str| {
        let record: Json = serde_json::from_str(&sandbox.read(path)).unwrap();
        record["priors"]["snapshot"].as_str().unwrap().to_owned()
    };
    let path =
        format!("sweeps/t/suggestions/prior-{}.json", digest("sweeps/t/suggestions/000005.json"));
    sandbox.write(&path, sandbox.read(&path).replacen("adam", "lion", 1));
    let run = setup(&sandbox, "t.yaml", &["--replay", "5"]).expect(4);
    assert!(run.stderr.contains("was changed after it was written"), "{}", run.stderr);
}

#[test]
fn what_gives_nothing_is_said_and_a_sweep_that_is_not_there_is_an_error() {
    let sandbox = Sandbox::new();
    let run = begin(&sandbox, "\n      - nowhere").expect(2);
    let expected = "t.yaml:10:9: SETUP.TUNE.PRIOR_SWEEPS: `nowhere` is not a sweep directory";
    assert!(run.stderr.contains(expected), "{}", run.stderr);
    let run = begin(&sandbox, "[[1]]").expect(2);
    assert!(run.stderr.contains("SETUP.TUNE.PRIOR_SWEEPS[0]"), "{}", run.stderr);
    past(&sandbox, "damaged", SAMPLERS, "minimize", &loss);
    sandbox.write("sweeps/damaged/told.jsonl", "{\n");
    past(&sandbox, "else", "{depth: {int: [1, 9]}, width: {int: [1, 9]}}", "minimize", &|_| 0.0);
    past(&sandbox, "wide", "{x: {uniform: [6, 7]}}", "minimize", &loss);
    let quiet = config("quiet", "random", 4, SAMPLERS, "{METRIC: loss}");
    sandbox.write("quiet.yaml", quiet);
    setup(&sandbox, "quiet.yaml", &[]).expect(0);
    begin(&sandbox, "[all, 'y*']").expect(0);
    let run = setup(&sandbox, "t.yaml", &["--suggest", "2"]).expect(0);
    for said in [
        "`y*` matches no sweep directory",
        "`damaged` gives nothing: cannot be read: ",
        "sweeps/damaged/told.jsonl:1`",
        "`else` gives nothing: shares no parameter with this sweep",
        "`wide` gives nothing: no job fits this design space",
        "`quiet` gives nothing: was not collected: run `sweep_collect --sweep-cfg ",
    ] {
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    }
    // None of them gives a config: what they leave is drawn.
    let record: Json = serde_json::from_str(&sandbox.read("sweeps/t/setup.json")).unwrap();
    assert!(record["rounds"].as_array().unwrap().iter().all(|round| round["chosen"].is_null()));
    sandbox.write("t.yaml", tuned("[t, quiet]"));
    let run = setup(&sandbox, "t.yaml", &["--suggest", "1", "--dry-run"]).expect(0);
    assert!(run.stderr.contains("`t` is the sweep itself"), "{}", run.stderr);
}

#[test]
fn results_that_were_collected_or_imported_say_as_much_as_those_that_were_told() {
    let suggested = |make: &dyn Fn(&Sandbox)| {
        let sandbox = Sandbox::new();
        make(&sandbox);
        begin(&sandbox, "[p]").expect(0);
        suggest(&sandbox, "5");
        tell(&sandbox);
        suggest(&sandbox, "2");
        sandbox.read("sweeps/t/sampled.jsonl")
    };
    let told = suggested(&|sandbox| past(sandbox, "p", SAMPLERS, "minimize", &loss));
    let imported = suggested(&|sandbox| {
        past(sandbox, "p", SAMPLERS, "minimize", &loss);
        let row = |values: &Json| {
            format!(
                "{},{},{},{}\n",
                values["lr"],
                values["x"],
                values["opt"].as_str().unwrap(),
                loss(values)
            )
        };
        let rows: String = sampled(sandbox, "p").iter().map(row).collect();
        sandbox.write("runs.csv", format!("lr,x,opt,score\n{rows}"));
        std::fs::remove_dir_all(sandbox.join("sweeps/p")).unwrap();
        let objective = "ANALYZE.OBJECTIVE={METRIC: results.score, GOAL: minimize}";
        let args = ["--import", "runs.csv", "--into", "sweeps/p", "--set", objective];
        sandbox.run(bin!("sweep_collect"), &args).expect(0);
    });
    assert_eq!(imported, told);
    let collected = suggested(&|sandbox| {
        past(sandbox, "p", SAMPLERS, "minimize", &loss);
        for (job, values) in (0_u64..).zip(&sampled(sandbox, "p")) {
            let log = format!("{{\"epoch\": 1, \"score\": {}}}\n", loss(values));
            sandbox.write_done("p", job, &log);
        }
        std::fs::remove_file(sandbox.join("sweeps/p/told.jsonl")).unwrap();
        sandbox.run(bin!("sweep_collect"), &["p.yaml"]).expect(0);
    });
    assert_eq!(collected, told);
}
