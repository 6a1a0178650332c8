//! The report's figures as files: what is in them, and that the browser shows the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::bin;
use crate::common::{Run, Sandbox};
use resvg::tiny_skia::Pixmap;

/// Dots of a PNG file to a CSS pixel.
pub const SCALE: u32 = 4;
/// The ink of text on the axes.
const INK: [u8; 3] = [0x56, 0x62, 0x72];
const SETTINGS: &str = "SETUP: {NUM_CONFIGS: 64, SAMPLERS: {OPTIM.BASE_LR: &rate {TYPE: float_sampler, \
    RAND_TYPE: log_uniform, RANGE: [1.0e-5, 10.0], QUANTIZE: 1.0e-10}, OPTIM.WEIGHT_DECAY: *rate}}\n\
    ANALYZE: {METRICS: [lr, wd], PLOT_METRIC_PAIRS: [[lr, wd]], PLOT_CURVES_BEST: 1}\n";

/// The digits sweep of the fixtures, collected.
pub fn digits() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.unpack("digits-logs/digits_optim.tar.gz");
    sandbox.write("sweep.yaml", format!("ROOT_DIR: sweeps\nNAME: digits/optim\n{SETTINGS}"));
    sandbox.run(bin!("sweep_collect"), &["--sweep-cfg", "sweep.yaml"]).expect(0);
    sandbox
}

/// Its figures, in a directory of that name; `more` are further configs and options.
fn figures(sandbox: &Sandbox, directory: &str, more: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let args = ["--sweep-cfg", "sweep.yaml", "--figures", directory];
    let args: Vec<&str> = args.iter().chain(more).copied().collect();
    let run = sandbox.run(bin!("sweep_analyze"), &args);
    assert!(run.stderr.contains("figures in"), "{}", run.stderr);
    read(&sandbox.join(directory))
}

fn read(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(directory).unwrap().map(Result::unwrap);
    let named = |file: std::fs::DirEntry| {
        (file.file_name().into_string().unwrap(), std::fs::read(file.path()).unwrap())
    };
    files.map(named).collect()
}

/// The width and the height that an SVG file says it has.
fn size(svg: &[u8]) -> [u32; 2] {
    let svg = std::str::from_utf8(svg).unwrap();
    let of = |name: &str| {
        let (_, rest) = svg.split_once(&format!("\" {name}=\"")).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    [of("width"), of("height")]
}

/// The red, green and blue of a dot.
fn dot(image: &Pixmap, x: u32, y: u32) -> [u8; 3] {
    let color = image.pixel(x, y).unwrap();
    [color.red(), color.green(), color.blue()]
}

#[test]
fn every_figure_is_an_svg_and_a_png_of_384_dots_an_inch_on_white_with_text() {
    let sandbox = digits();
    let files = figures(&sandbox, "figures", &[]);
    let ending_in = |ending: &str| -> BTreeSet<&str> {
        files.keys().filter_map(|name| name.strip_suffix(ending)).collect()
    };
    assert_eq!(ending_in(".svg"), ending_in(".png"));
    for name in ["edf", "correlations", "pairs", "parallel", "metrics-1", "best"] {
        assert!(ending_in(".png").contains(name), "{name}: {:?}", files.keys());
    }
    for name in ending_in(".svg") {
        let [width, height] = size(&files[&format!("{name}.svg")]).map(|pixels| pixels * SCALE);
        let file = &files[&format!("{name}.png")];
        let decoder = png::Decoder::new(std::io::Cursor::new(file));
        let reader = decoder.read_info().unwrap();
        let dots = reader.info().pixel_dims.unwrap();
        assert_eq!((dots.xppu, dots.yppu), (15_118, 15_118), "384 dots to 0.0254 m");
        let image = Pixmap::decode_png(file).unwrap();
        assert_eq!([image.width(), image.height()], [width, height], "{name}");
        let corners = [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)];
        assert!(corners.iter().all(|&(x, y)| dot(&image, x, y) == [255; 3]), "{name}");
        // Above the names of parallel axes, below the axis of others: nothing has that colour but text.
        let ink = (0..width * height).filter(|at| dot(&image, at % width, at / width) == INK);
        assert!(ink.count() > 1000, "{name} has text");
    }
}

#[test]
fn the_bytes_depend_on_no_font_of_the_machine_and_on_no_number_of_threads() {
    let sandbox = digits();
    let first = figures(&sandbox, "first", &[]);
    let mut command = sandbox.command(bin!("sweep_analyze"));
    command.args(["--sweep-cfg", "sweep.yaml", "--figures", "second"]);
    command
        .env("RAYON_NUM_THREADS", "1")
        .env("FONTCONFIG_FILE", "/nowhere")
        .env("HOME", "/nowhere");
    Run::of(&command.output().unwrap()).expect(0);
    assert!(first == read(&sandbox.join("second")), "the same files");
}

/// Sweeps have names in any alphabet.
#[test]
fn a_name_that_the_font_lacks_is_in_the_legend_and_spoils_nothing() {
    let sandbox = digits();
    let name = "\u{5b66}\u{4e60} & <b>";
    let copied = sandbox
        .command("cp")
        .args(["-r", "sweeps/digits/optim"])
        .arg(format!("sweeps/{name}"))
        .status();
    assert!(copied.unwrap().success());
    sandbox.write("other.yaml", format!("ROOT_DIR: sweeps\nNAME: \"{name}\"\n{SETTINGS}"));
    let files = figures(&sandbox, "figures", &["other.yaml"]);
    let svg = String::from_utf8(files["edf.svg"].clone()).unwrap();
    assert!(svg.contains("\u{5b66}\u{4e60} &amp; &lt;b&gt;</text>"), "{svg}");
    let [_, height] = size(&files["edf.svg"]);
    let image = Pixmap::decode_png(&files["edf.png"]).unwrap();
    let legend = (height - 24) * SCALE..height * SCALE;
    let ink = legend.flat_map(|y| (0..image.width()).map(move |x| (x, y)));
    assert!(ink.filter(|&(x, y)| dot(&image, x, y) == INK).count() > 100, "the legend is drawn");
}

/// The browser's picture of an SVG file, at as many dots a pixel as the PNG files have.
pub fn screenshot(sandbox: &Sandbox, svg: &Path, [width, height]: [u32; 2]) -> Pixmap {
    let picture = sandbox.join("screenshot.png");
    let output = Command::new("chromium")
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--no-first-run", "--disable-background-networking"])
        .arg(format!("--user-data-dir={}", sandbox.join("profile").display()))
        .arg(format!("--force-device-scale-factor={SCALE}"))
        // The window is larger than what it shows of the page.
        .arg(format!("--window-size={},{}", width + 100, height + 200))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", svg.display()))
        .output()
        .expect("Debian's package `chromium` is installed (./run-tests does it)");
    let file = std::fs::read(&picture);
    let file = file.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    Pixmap::decode_png(&file).unwrap()
}

/// The mean of a figure's dots in each CSS pixel, from 0, black, to 255.
pub fn shades(image: &Pixmap, [width, height]: [u32; 2]) -> Vec<u32> {
    let shade = |x: u32, y: u32| dot(image, x, y).iter().map(|&part| u32::from(part)).sum::<u32>();
    let mean = |at: u32| {
        let (left, top) = (at % width * SCALE, at / width * SCALE);
        let dots = (0..SCALE * SCALE).map(|dot| shade(left + dot % SCALE, top + dot / SCALE));
        dots.sum::<u32>() / (3 * SCALE * SCALE)
    };
    (0..width * height).map(mean).collect()
}

#[test]
fn the_browser_shows_the_svg_as_the_png_has_it() {
    let sandbox = digits();
    let files = figures(&sandbox, "figures", &[]);
    for name in ["edf", "correlations", "pairs", "parallel", "best"] {
        let svg = sandbox.join(format!("figures/{name}.svg"));
        let size = size(&files[&format!("{name}.svg")]);
        let browser = shades(&screenshot(&sandbox, &svg, size), size);
        let ours = shades(&Pixmap::decode_png(&files[&format!("{name}.png")]).unwrap(), size);
        let pairs = browser.iter().zip(&ours);
        let drawn = ours.iter().filter(|&&shade| shade < 250).count();
        let other = pairs.filter(|(theirs, ours)| theirs.abs_diff(**ours) > 8).count();
        // Letters are rounded to the grid of dots in another way; the faintest band is eleven darker.
        assert!(other * 6 < drawn, "{name}: {other} of {drawn} pixels differ");
    }
}
