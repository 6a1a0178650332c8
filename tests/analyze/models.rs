//! The drawings of models, over the real binaries: collect, then analyze.

use crate::bin;
use crate::common::{Run, Sandbox};
use sweep_config::{Value, yaml};

/// The figures of a section: the caption of each, and its whole text.
fn figures(page: &str, id: &str) -> Vec<(String, String)> {
    let section = page.split(&format!("<section id=\"{id}\">")).nth(1).expect(id);
    let section = section.split("</section>").next().unwrap();
    let figure = |figure: &str| {
        let caption = figure.split("<figcaption>").nth(1).unwrap().split('<').next().unwrap();
        (caption.to_owned(), figure.split("</figure>").next().unwrap().to_owned())
    };
    section.split("<figure>").skip(1).map(figure).collect()
}

fn numbers(config: &Value, key: &str) -> Vec<i64> {
    let Some(Value::List(items)) = config.get_path(key) else { panic!("{key} is no list") };
    let whole = |item: &Value| match item {
        Value::Int(number) => *number,
        other => panic!("{key} holds {other:?}"),
    };
    items.iter().map(whole).collect()
}

fn list(numbers: &[i64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The number in `Job 000012 · error 4.2 %`, and the error.
fn job_and_error(caption: &str) -> (String, f64) {
    let (job, error) = caption.strip_prefix("Job ").unwrap().split_once(" · error ").unwrap();
    (job.to_owned(), error.strip_suffix(" %").unwrap().parse().unwrap())
}

#[test]
fn the_best_and_the_worst_networks_of_a_sweep_are_those_of_the_jobs_configs() {
    let sandbox = Sandbox::new();
    sandbox.unpack("sweep200/sweep200_subset.tar.gz");
    sandbox.write(
        "sweep.yaml",
        "ROOT_DIR: .\nNAME: syn/sweep200\nSETUP: {NUM_CONFIGS: 205}\n\
         ANALYZE: {PLOT_MODELS_BEST: 4, PLOT_MODELS_WORST: 2}\n",
    );
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(1);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    let page = sandbox.read("syn/sweep200/analysis.html");
    let (best, worst) = (figures(&page, "models-best"), figures(&page, "models-worst"));
    assert_eq!((best.len(), worst.len()), (4, 2));
    let leader = job_and_error(&best[0].0);
    assert!(run.stderr.contains(&format!("best: job {}, error", leader.0)), "{}", run.stderr);
    let errors: Vec<f64> = best.iter().map(|(caption, _)| job_and_error(caption).1).collect();
    assert!(errors.is_sorted(), "{errors:?}");
    assert!(worst.iter().all(|(caption, _)| job_and_error(caption).1 >= errors[3]));
    for (caption, figure) in best.iter().chain(&worst) {
        let (job, _) = job_and_error(caption);
        let path = sandbox.join(format!("syn/sweep200/cfgs/{job}.yaml"));
        let config = yaml::read_file(&path).unwrap();
        let depths = numbers(&config, "ANYNET.DEPTHS");
        let widths = numbers(&config, "ANYNET.WIDTHS");
        let blocks: i64 = depths.iter().sum();
        let w0 = config.get_path("REGNET.W0").and_then(Value::as_f64).unwrap();
        let wm = config.get_path("REGNET.WM").and_then(Value::as_f64).unwrap();
        for words in [
            format!("</span>RegNet, {blocks} blocks<"),
            format!("<li>depths {}</li>", list(&depths)),
            format!("<li>widths {}</li>", list(&widths)),
            format!("</span>w0 {w0}, wa "),
            format!(", wm {wm}</li>"),
            format!("· stage {0} of {0} · width {1}<", widths.len(), widths.last().unwrap()),
            "flops (B) ".to_owned(),
        ] {
            assert!(figure.contains(&words), "job {job}: `{words}` is not in {figure}");
        }
        assert_eq!(i64::try_from(figure.matches("<circle").count()), Ok(blocks), "a point a block");
    }
}

/// A sweep whose job `i` has the config `configs[i]` and the error `i + 1`, reported with all drawn.
fn sweep(configs: &[&str]) -> (Sandbox, Run) {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "ROOT_DIR: .\nNAME: all\nSETUP: {NUM_CONFIGS: 9}\nANALYZE: {PLOT_MODELS_BEST: 20}\n",
    );
    for (i, config) in configs.iter().enumerate() {
        let error = i + 1;
        sandbox.write(format!("all/cfgs/{i:06}.yaml"), config);
        let log = format!(
            "json_stats: {{\"_type\": \"test_epoch\", \"epoch\": \"1/1\", \"top1_err\": {error}.0, \
             \"min_top1_err\": {error}.0}}\n"
        );
        sandbox.write(format!("all/logs/{i:06}/stdout.log"), log);
    }
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]);
    let run = sandbox.run(bin!("sweep_analyze"), &["--sweep-cfg", "sweep.yaml"]);
    (sandbox, run)
}

#[test]
fn every_family_is_drawn_and_what_is_none_costs_its_own_figure_only() {
    let (sandbox, run) = sweep(&[
        "{MODEL: {TYPE: regnet}, REGNET: {DEPTH: 11, W0: 72, WA: 14.1, WM: 2.829, GROUP_W: 1}}",
        "{MODEL: {TYPE: anynet}, ANYNET: {DEPTHS: [1, 3], WIDTHS: [16, 48], GROUP_WS: [8, 16]}}",
        "{MODEL: {TYPE: effnet}, EN: {DEPTHS: [1, 2], WIDTHS: [16, 24], EXP_RATIOS: [1, 6], KERNELS: [3, 3]}}",
        "{MODEL: {TYPE: resnet, DEPTH: 20}, TRAIN: {DATASET: cifar10}}",
        "{MODEL: {TYPE: vit}, VIT: {NUM_LAYERS: 5, HIDDEN_DIM: 192, NUM_HEADS: 3}}",
        "{MODEL: {TYPE: mlp}}",
        "{OPTIM: {BASE_LR: 0.1}}",
        "{MODEL: {TYPE: anynet}, ANYNET: {DEPTHS: [99999999], WIDTHS: [8]}}",
        "{MODEL: {TYPE: regnet}, REGNET: {DEPTH: 11, W0: 72, WA: 14.1, WM: 0.5}}",
    ]);
    run.expect(0);
    let figures = figures(&sandbox.read("all/analysis.html"), "models-best");
    let expected: [&[&str]; 9] = [
        &["RegNet, 11 blocks", "w0 72, wa 14.1, wm 2.829", "depths 4, 7", "group width 1<"],
        &["AnyNet, 4 blocks", "depths 1, 3", "widths 16, 48", "group widths 8, 16"],
        &["EfficientNet, 3 blocks", "expansion ratios 1, 6", "kernel 3<"],
        &["ResNet, 9 blocks", "depths 3, 3, 3", "widths 16, 32, 64", "layers 20"],
        &["Vision transformer, 5 layers of hidden size 192", "heads 3"],
        &["unknown &#x60;mlp&#x60;: use one of anynet"],
        &["MODEL.TYPE: not in the config"],
        &["ANYNET.DEPTHS: a depth of 99999999 is outside"],
        &["REGNET.WM: not above 1"],
    ];
    assert_eq!(figures.len(), expected.len());
    for (i, ((caption, figure), words)) in figures.iter().zip(expected).enumerate() {
        assert_eq!(caption, &format!("Job {i:06} · error {} %", i + 1));
        assert_eq!(figure.contains("<svg"), i < 5, "{figure}");
        for word in words {
            assert!(figure.contains(word), "`{word}` is not in {figure}");
        }
    }
}

#[test]
fn a_sweep_without_models_has_one_sentence_in_place_of_its_drawings() {
    let (sandbox, run) = sweep(&["{OPTIM: {BASE_LR: 0.1}}", "{OPTIM: {BASE_LR: 0.2}}"]);
    let why = "There is no model to draw: MODEL.TYPE: not in the config.";
    assert_eq!(run.expect(1).stderr.matches(why).count(), 1);
    let page = sandbox.read("all/analysis.html");
    assert!(figures(&page, "models-best").is_empty());
    assert_eq!(page.matches(why).count(), 1);
}
