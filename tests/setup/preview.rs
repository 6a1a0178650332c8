//! `sweep_setup --preview --html`: what would be sampled, as a page.

use std::path::Path;

use crate::bin;
use crate::common::{Run, Sandbox};

/// Previews a sweep config of this project as `page.html`, with overrides.
fn preview(sandbox: &Sandbox, config: &str, sets: &[&str]) -> Run {
    let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(config);
    let config = config.to_str().unwrap();
    let mut args = vec!["--sweep-cfg", config, "--preview", "--html", "page.html"];
    args.extend(["ROOT_DIR=root"].iter().chain(sets).flat_map(|set| ["--set", *set]));
    sandbox.run(bin!("sweep_setup"), &args)
}

/// The figures of a page: the heading, and the text of each bar with its count.
fn figures(page: &str) -> Vec<(String, Vec<(String, usize)>)> {
    let between = |text: &str, from: &str, to: &str| {
        let rest = text.split_once(from).unwrap().1;
        rest.split_once(to).unwrap().0.to_owned()
    };
    let bar = |text: &str| {
        let (label, count) = text.split_once("</title>").unwrap().0.rsplit_once(": ").unwrap();
        let (count, noun) = count.split_once(' ').unwrap();
        assert!(["config", "item", "job"].contains(&noun.trim_end_matches('s')), "{text}");
        (label.to_owned(), count.replace(',', "").parse().unwrap())
    };
    let figure = |figure: &str| {
        let svg = between(figure, "<svg", "</svg>");
        let bars = svg.split("<title>").skip(1).map(bar).collect();
        (between(figure, "<figcaption>", "</figcaption>"), bars)
    };
    page.split("<figure>").skip(1).map(figure).collect()
}

/// How many values the bars of each figure count.
fn counted(page: &str) -> Vec<(String, usize)> {
    let sum = |bars: Vec<(String, usize)>| bars.iter().map(|(_, count)| count).sum();
    figures(page).into_iter().map(|(heading, bars)| (heading, sum(bars))).collect()
}

fn expected(counts: &[(&str, usize)]) -> Vec<(String, usize)> {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

#[test]
fn the_page_has_a_figure_of_each_parameter_and_of_what_networks_cost() {
    let sandbox = Sandbox::new();
    let run = preview(&sandbox, "cifar/regnet.yaml", &[]).expect(0);
    assert!(run.stderr.contains("Page             page.html\n"), "{}", run.stderr);
    let page = sandbox.read("page.html");
    let names =
        ["DEPTH", "W0", "WA", "WM", "GROUP_W", "BOT_MUL"].map(|key| format!("REGNET.{key}"));
    let names = names.iter().map(String::as_str).chain(["flops", "params", "acts"]);
    assert_eq!(counted(&page), expected(&names.map(|name| (name, 32)).collect::<Vec<_>>()));
    for fact in ["<dd>32</dd>", "<dd>13,249</dd>", ">0.26 %</a>", "RegNets of 125 million flops."] {
        assert!(page.contains(fact), "{fact}");
    }
    let row = "<tr><td>CX.FLOPS</td><td class=\"number\" style=\"--share:98.2%\">98.2 %</td>";
    assert!(page.contains(row), "{page}");
    assert!(page.contains("<td>1.2×10⁸ to 1.3×10⁸</td>") && page.contains("<td>2 stages</td>"));
}

#[test]
fn parameters_that_some_configs_have_are_counted_over_those() {
    let sandbox = Sandbox::new();
    preview(&sandbox, "spaces/conditional.yaml", &["SETUP.RNG_SEED=1"]).expect(0);
    let page = sandbox.read("page.html");
    let counts = [
        ("TRAIN.BATCH_SIZE", 32),
        ("OPTIM.OPTIMIZER", 32),
        ("OPTIM.SCALE", 32),
        ("OPTIM.MOMENTUM", 15),
        ("OPTIM.NESTEROV", 15),
        ("OPTIM.BASE_LR", 32),
        ("OPTIM.BETA2", 17),
    ];
    assert_eq!(counted(&page), expected(&counts));
    assert!(page.contains("In 15 of 32 configs."));
    assert!(page.contains("<td>OPTIM.BASE_LR &lt;&#x3D; 1</td>"), "{page}");
    let optimizers = &figures(&page)[1].1;
    assert_eq!(*optimizers, [("adam".to_owned(), 17), ("sgd".to_owned(), 15)]);
}

#[test]
fn what_the_users_program_reports_is_no_share_of_candidates_that_it_was_not_asked_about() {
    let sandbox = Sandbox::new();
    let root = format!("ROOT_DIR={}", sandbox.join("root").display());
    let mut command = sandbox.command(bin!("sweep_setup"));
    // The config names its program from the project's directory.
    command.current_dir(env!("CARGO_MANIFEST_DIR")).arg("--html").arg(sandbox.join("page.html"));
    command.args(["--preview", "--sweep-cfg", "configs/spaces/constrained.yaml", "--set", &root]);
    Run::of(&command.output().unwrap()).expect(0);
    let page = sandbox.read("page.html");
    let row = "<td>WHERE[1]</td><td class=\"number\">–</td><td class=\"number\">193</td>";
    assert!(page.contains(row), "{page}");
    assert!(!page.contains("meet all constraints"), "{page}");
    assert_eq!(counted(&page), expected(&[("MLP.WIDTHS[*]", 128)]));
}

#[test]
fn jobs_that_differ_in_their_seed_alone_are_counted_as_jobs() {
    let sandbox = Sandbox::new();
    preview(&sandbox, "spaces/grid.yaml", &["SETUP.REPLICATES=3"]).expect(0);
    let page = sandbox.read("page.html");
    assert!(
        page.contains("<dt>configs</dt><dd>48</dd>") && page.contains("<dt>jobs</dt><dd>144</dd>")
    );
    assert!(
        page.contains("Kept: 48 configs of 48 candidates.") && page.contains(": 36 jobs</title>")
    );
    let names = ["MLP.DEPTH", "MLP.WIDTH", "OPTIM.BASE_LR", "OPTIM.WEIGHT_DECAY", "RNG_SEED"];
    assert_eq!(counted(&page), expected(&names.map(|name| (name, 144))));
}

#[test]
fn a_grid_without_constraints_has_a_page_that_says_so() {
    let sandbox = Sandbox::new();
    preview(&sandbox, "spaces/grid.yaml", &[]).expect(0);
    let page = sandbox.read("page.html");
    assert!(page.contains("Kept: 48 configs of 48 candidates. None was rejected."), "{page}");
    assert!(!page.contains("<table>") && !page.contains("Complexity"));
    let names = ["MLP.DEPTH", "MLP.WIDTH", "OPTIM.BASE_LR", "OPTIM.WEIGHT_DECAY"];
    assert_eq!(counted(&page), expected(&names.map(|name| (name, 48))));
}

#[test]
fn it_writes_the_page_and_nothing_else_and_the_same_bytes_with_any_number_of_threads() {
    let sandbox = Sandbox::new();
    let pages = ["NUM_PROC=1", "NUM_PROC=3"].map(|threads| {
        preview(&sandbox, "cifar/regnet.yaml", &[threads]).expect(0);
        sandbox.read("page.html")
    });
    assert!(pages[0] == pages[1], "the page is the same");
    let files: Vec<_> = std::fs::read_dir(sandbox.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
}

#[test]
fn what_stands_in_the_config_is_text_on_the_page() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "ROOT_DIR: root\nNAME: a<b>\nDESC: <script>alert(1)</script>\nSETUP:\n  NUM_CONFIGS: 40\n  SAMPLERS:\n    \
         X<i>: {TYPE: value_sampler, VALUES: ['<u>\"&', b]}\n    \
         MLP: {TYPE: list_sampler, LENGTH: 3, ITEM_SAMPLER: {TYPE: int_sampler, RANGE: [1, 9000]}}\n  \
         CONSTRAINTS: {WHERE: ['MLP[0] < 8000']}\n",
    );
    let args = ["--sweep-cfg", "sweep.yaml", "--preview", "--html", "page.html"];
    sandbox.run(bin!("sweep_setup"), &args).expect(0);
    let page = sandbox.read("page.html");
    for tag in ["<b>", "<script", "<i>", "<u>"] {
        assert!(!page.contains(tag), "{tag}: {page}");
    }
    assert!(page.contains("<title>a&lt;b&gt; · sweep preview</title>"), "{page}");
    assert!(page.contains("MLP[0] &lt; 8000"), "{page}");
    assert_eq!(counted(&page), expected(&[("X&lt;i&gt;", 40), ("MLP[*]", 120)]));
    assert!(page.contains("120 items in 40 configs."));
}

#[test]
fn fewer_configs_than_asked_for_are_explained_on_the_page() {
    let sandbox = Sandbox::new();
    preview(&sandbox, "cifar/regnet.yaml", &["SETUP.NUM_SAMPLES=2000"]).expect(1);
    let page = sandbox.read("page.html");
    let warning = page.lines().find(|line| line.contains("class=\"warning\"")).unwrap();
    assert!(
        warning.contains(" of 32 configs: SETUP.NUM_SAMPLES allows 2,000 candidates"),
        "{warning}"
    );
    assert!(warning.contains("raise SETUP.NUM_SAMPLES"), "{warning}");
}

#[test]
fn the_page_needs_a_preview_and_a_directory_to_go_to() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "sweep.yaml",
        "ROOT_DIR: root\nNAME: a\nSETUP: {NUM_CONFIGS: 2, SAMPLERS: {A: {TYPE: int_sampler, RANGE: [1, 9]}}}\n",
    );
    let args = ["--sweep-cfg", "sweep.yaml", "--html", "page.html"];
    let run = sandbox.run(bin!("sweep_setup"), &args).expect(2);
    assert!(run.stderr.contains("--preview"), "{}", run.stderr);
    let args = ["--sweep-cfg", "sweep.yaml", "--preview", "--html", "none/page.html"];
    let run = sandbox.run(bin!("sweep_setup"), &args).expect(4);
    assert!(run.stderr.contains("none/page.html"), "{}", run.stderr);
}
