//! One figure for a paper: its size, its text, and that real programs show the same of every kind of file.

use std::path::Path;
use std::process::Command;

use resvg::tiny_skia::Pixmap;
use serde_json::Value;

use crate::bin;
use crate::common::{Run, Sandbox};
use crate::figures::{SCALE, digits, screenshot, shades};

/// Writes a figure by `args`, and returns the path that is printed.
fn figure(sandbox: &Sandbox, args: &[&str]) -> Run {
    let args: Vec<&str> =
        ["--sweep-cfg", "sweep.yaml", "--figure"].iter().chain(args).copied().collect();
    sandbox.run(bin!("sweep_analyze"), &args)
}

/// Returns the words of `PDFium` on a PDF file, and the shades of its picture; nothing where the tests go without `target/python`.
fn pdfium(sandbox: &Sandbox, name: &str) -> Option<(Value, [u32; 2], Vec<u8>)> {
    if std::env::var_os("SWEEP_TESTS_WITHOUT_FRAMES").is_some() {
        return None;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let picture = sandbox.join("page.ppm");
    let output = Command::new(root.join("target/python/bin/python"))
        .arg(root.join("tests/analyze/paper_pdfium.py"))
        .args([&sandbox.join(name), &picture])
        .output()
        .expect("target/python is there (./run-tests makes it)");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let bytes = std::fs::read(&picture).unwrap();
    let end = bytes.iter().position(|&byte| byte == b'\n').unwrap();
    let head: Vec<u32> = std::str::from_utf8(&bytes[3..end])
        .unwrap()
        .split(' ')
        .map(|n| n.parse().unwrap())
        .collect();
    Some((
        serde_json::from_slice(&output.stdout).unwrap(),
        [head[0], head[1]],
        bytes[end + 1..].to_vec(),
    ))
}

/// The places of the words of a PDF file: left, bottom, right, top.
fn words(page: &Value) -> Vec<(String, [f64; 4])> {
    let number = |word: &Value, at: usize| word[at].as_f64().unwrap();
    let place = |word: &Value| [1, 2, 3, 4].map(|at| number(word, at));
    let words = page["words"].as_array().unwrap();
    words.iter().map(|word| (word[0].as_str().unwrap().to_owned(), place(word))).collect()
}

#[test]
fn in_a_column_of_a_paper_a_figure_has_its_width_and_text_that_is_read_and_covers_no_other() {
    let sandbox = digits();
    for name in ["edf", "parallel", "best"] {
        let file = format!("{name}.pdf");
        let run = figure(&sandbox, &[name, "--width", "3.3in", "--output", &file]).expect(0);
        assert_eq!((run.stdout.trim(), run.stderr.as_str()), (file.as_str(), ""));
        let Some((page, ..)) = pdfium(&sandbox, &file) else { return };
        let [width, height] = [0, 1].map(|side| page["size"][side].as_f64().unwrap());
        assert!((width - 3.3 * 72.0).abs() < 0.01 && height < width, "{name}: {width} {height}");
        let words = words(&page);
        assert!(words.len() > 8, "{name}: {words:?}");
        for (i, (word, [left, bottom, right, top])) in words.iter().enumerate() {
            assert!(
                *left >= -0.2 && *bottom >= 0.0 && *right <= width && *top <= height,
                "{name}: {word}"
            );
            // Upright text is as wide as its letters are high.
            assert!(
                (top - bottom).min(right - left).max(top - bottom) >= 6.0,
                "{name}: {word} is small"
            );
            for (other, [l, b, r, t]) in &words[..i] {
                // The room of a letter is more than its ink.
                let is_apart =
                    *l >= right - 0.5 || *r <= left + 0.5 || *b >= top - 2.5 || *t <= bottom + 2.5;
                assert!(is_apart, "{name}: {word} and {other}");
            }
        }
        let fonts = page["fonts"].as_object().unwrap();
        assert!(fonts.keys().all(|font| font.ends_with("+DejaVuSans")), "{fonts:?}");
        assert!(fonts.values().all(|is_inside| is_inside == true), "{fonts:?}");
        assert!(page["metadata"].get("CreationDate").is_none(), "{}", page["metadata"]);
    }
}

#[test]
fn pdf_png_and_svg_show_the_same() {
    let sandbox = digits();
    for name in ["edf", "metrics-1"] {
        let written = |kind: &str| {
            let file = format!("{name}.{kind}");
            figure(&sandbox, &[name, "--width", "84mm", "--output", &file]).expect(0);
            sandbox.join(file)
        };
        let image = Pixmap::decode_png(&std::fs::read(written("png")).unwrap()).unwrap();
        let size = [image.width() / SCALE, image.height() / SCALE];
        let ours = shades(&image, size);
        let drawn = ours.iter().filter(|&&shade| shade < 250).count();
        let other = |theirs: &[u32]| {
            theirs.iter().zip(&ours).filter(|(theirs, ours)| theirs.abs_diff(**ours) > 10).count()
        };
        let browser = screenshot(&sandbox, &written("svg"), size);
        let differ = other(&shades(&browser, size));
        assert!(differ * 4 < drawn, "{name}, SVG: {differ} of {drawn} pixels differ");
        let file = written("pdf");
        let Some((_, picture, dots)) =
            pdfium(&sandbox, file.file_name().unwrap().to_str().unwrap())
        else {
            return;
        };
        let mut copy = Pixmap::new(size[0] * SCALE, size[1] * SCALE).unwrap();
        for (at, pixel) in copy.pixels_mut().iter_mut().enumerate() {
            let at = u32::try_from(at).unwrap();
            let (x, y) = (at % (size[0] * SCALE), at / (size[0] * SCALE));
            let (x, y) = (x.min(picture[0] - 1), y.min(picture[1] - 1));
            let dot = &dots[(y * picture[0] + x) as usize * 3..][..3];
            *pixel = resvg::tiny_skia::PremultipliedColorU8::from_rgba(dot[0], dot[1], dot[2], 255)
                .unwrap();
        }
        let differ = other(&shades(&copy, size));
        assert!(differ * 4 < drawn, "{name}, PDF: {differ} of {drawn} pixels differ");
    }
}

#[test]
fn the_same_figure_has_the_same_bytes_and_no_style_of_the_page() {
    let sandbox = digits();
    for kind in ["svg", "pdf", "png"] {
        let [first, second] = ["first", "second"].map(|name| {
            let file = format!("{name}.{kind}");
            figure(&sandbox, &["edf", "--height", "2in", "--font-size", "9pt", "-o", &file])
                .expect(0);
            std::fs::read(sandbox.join(file)).unwrap()
        });
        assert!(first == second, "{kind}");
    }
    let svg = sandbox.read("first.svg");
    assert!(svg.contains("height=\"192\""), "{svg}");
    for foreign in ["var(", "<script", "prefers-color-scheme", "url("] {
        assert!(!svg.contains(foreign), "{foreign}");
    }
    assert!(
        !sandbox.join("sweeps/digits/optim/analysis.html").exists(),
        "the report is not written"
    );
}

#[test]
fn figures_are_listed_and_a_misspelt_one_finds_its_neighbours() {
    let sandbox = digits();
    let list = figure(&sandbox, &["list"]).expect(0).stdout;
    for line in ["edf ", "metrics-1 ", "metrics-2 ", "best "] {
        assert!(list.lines().any(|listed| listed.starts_with(line)), "{list}");
    }
    let error = |args: &[&str]| figure(&sandbox, args).expect(2).stderr;
    assert!(error(&["efd"]).contains("did you mean `edf`?"));
    assert!(error(&["metrics"]).contains("did you mean `metrics-1`, `metrics-2`?"));
    assert!(error(&["nonsense"]).contains("`--figure list`"));
    assert!(error(&["edf", "--width", "3.3"]).contains("a length has a unit: 3.3in"));
    assert!(error(&["edf", "--width", "0.5in"]).contains("leaves no room"));
    assert!(error(&["edf", "--output", "edf.jpg"]).contains("end in .svg, .pdf or .png"));
    assert!(error(&["edf", "--font", "sweep.yaml"]).contains("sweep.yaml is not a font"));
    assert!(error(&["edf", "--summary"]).contains("cannot be used with"));
}

#[test]
fn what_cannot_be_drawn_narrow_says_how_small_its_text_is() {
    let sandbox = digits();
    let run =
        figure(&sandbox, &["correlations", "--width", "40mm", "--font-size", "4pt"]).expect(0);
    assert!(run.stderr.contains("`correlations` is only made smaller"), "{}", run.stderr);
}
