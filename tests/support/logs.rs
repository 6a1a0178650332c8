//! A sweep with real logs to collect, and its results as tests look at them.

#![allow(dead_code, reason = "each test program uses its own part of this module")]
#![allow(clippy::disallowed_methods, reason = "a test may write a file in the plainest way")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

use crate::bin;
use crate::common::{Run, Sandbox};

/// A sweep directory in a sandbox.
pub struct Logs {
    pub sandbox: Sandbox,
    /// The sweep directory below the sandbox.
    dir: &'static str,
}

/// A table read back: its columns' names, and the rows.
pub struct Table {
    pub columns: Vec<String>,
    rows: Vec<Vec<Field>>,
}

impl Logs {
    /// The 64 jobs of `digits_optim`.
    pub fn optim() -> Self {
        Self::unpack("digits-logs/digits_optim.tar.gz", "sweeps/digits/optim")
    }

    /// The 12 jobs of `digits_best`.
    pub fn best() -> Self {
        Self::unpack("digits-logs/digits_best.tar.gz", "sweeps/digits/best")
    }

    /// The odd jobs of `sweep200`.
    pub fn sweep200() -> Self {
        Self::unpack("sweep200/sweep200_subset.tar.gz", "syn/sweep200")
    }

    /// The first four jobs of `digits_best`; 2 and 3 have 10 epochs, 0 and 1 have 3.
    pub fn four() -> Self {
        let logs = Self::best();
        for job in 4..12 {
            fs::remove_dir_all(logs.path(format!("logs/{job:06}"))).unwrap();
            fs::remove_file(logs.path(format!("cfgs/{job:06}.yaml"))).unwrap();
        }
        logs
    }

    /// A sweep without jobs, with more of a config.
    pub fn empty(config: &str) -> Self {
        let logs = Self { sandbox: Sandbox::new(), dir: "sweeps/empty" };
        let text = format!("NAME: empty\nSETUP: {{NUM_CONFIGS: 1, NUM_SAMPLES: 1}}\n{config}");
        logs.sandbox.write("sweeps/empty/sweep_cfg.yaml", text);
        fs::create_dir_all(logs.path("cfgs")).unwrap();
        logs
    }

    /// The sweep that a test has made in a sandbox.
    pub fn at(sandbox: Sandbox, dir: &'static str) -> Self {
        Self { sandbox, dir }
    }

    fn unpack(fixture: &str, dir: &'static str) -> Self {
        let sandbox = Sandbox::new();
        sandbox.unpack(fixture);
        Self { sandbox, dir }
    }

    /// The path of a file in the sweep directory.
    pub fn path(&self, path: impl AsRef<Path>) -> PathBuf {
        self.sandbox.join(self.dir).join(path)
    }

    /// The path of a job's file.
    pub fn of_job(&self, job: u32, file: &str) -> PathBuf {
        self.path(format!("logs/{job:06}/{file}"))
    }

    /// Changes what a job printed.
    pub fn edit(&self, job: u32, edit: impl FnOnce(String) -> Vec<u8>) {
        let path = self.of_job(job, "stdout.log");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, edit(text)).unwrap();
    }

    /// The arguments that say which sweep.
    pub fn args(&self) -> Vec<String> {
        let root = self.dir.split_once('/').map_or(self.dir, |(root, _)| root);
        let root = self.sandbox.join(root);
        // The archives were made below `/data/sweeps` and `/data/syn`, whose sweeps have the names
        // `digits/…` and `syn/…`.
        let root = if self.dir.starts_with("syn") { self.sandbox.path() } else { &root };
        vec![
            "--sweep-cfg".to_owned(),
            self.path("sweep_cfg.yaml").display().to_string(),
            format!("--set=ROOT_DIR={}", root.display()),
        ]
    }

    /// Collects, with more arguments.
    pub fn collect(&self, more: &[&str]) -> Run {
        let mut args = self.args();
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        self.sandbox.run(bin!("sweep_collect"), &args)
    }

    /// Collects and gives the status that `--json` prints.
    #[track_caller]
    pub fn status(&self, code: i32) -> Value {
        let run = self.collect(&["--json"]).expect(code);
        serde_json::from_str(&run.stdout).expect("JSON on stdout")
    }

    /// The entries of a `sweep.json`; strict JSON, so that `NaN` is refused.
    #[track_caller]
    pub fn entries(&self, file: &str) -> Vec<Value> {
        serde_json::from_slice(&fs::read(self.path(file)).unwrap()).expect("strict JSON")
    }

    /// The entry of one job in `sweep.json`.
    #[track_caller]
    pub fn entry(&self, job: u32) -> Value {
        let mut entries = self.entries("sweep.json").into_iter();
        entries.find(|entry| entry["job"] == job).unwrap_or_else(|| panic!("no entry of job {job}"))
    }

    /// The bytes of the three files; `None` for one that is not there.
    pub fn outputs(&self) -> [Option<Vec<u8>>; 3] {
        OUTPUTS.map(|name| fs::read(self.path(name)).ok())
    }

    /// A table read back.
    #[track_caller]
    pub fn table(&self, name: &str) -> Table {
        let reader = SerializedFileReader::new(File::open(self.path(name)).unwrap()).unwrap();
        let schema = reader.metadata().file_metadata().schema().clone();
        let columns = schema.get_fields().iter().map(|field| field.name().to_owned()).collect();
        let rows = reader.get_row_iter(None).unwrap();
        let fields = |row: parquet::record::Row| {
            row.get_column_iter().map(|(_, field)| field.clone()).collect::<Vec<_>>()
        };
        Table { columns, rows: rows.map(|row| fields(row.unwrap())).collect() }
    }
}

/// What collect writes.
pub const OUTPUTS: [&str; 3] = ["sweep.json", "sweep.parquet", "curves.parquet"];

impl Table {
    /// The values of a metric of a job in one phase, by epoch or step, of a table of curves.
    pub fn curve(&self, job: i64, phase: &str, metric: &str) -> Vec<(i64, f64)> {
        let rows = self.ints("job").into_iter().zip(self.texts("phase"));
        let places = self.ints("epoch").into_iter().zip(self.doubles(metric));
        let wanted = (Some(job), Some(phase.to_owned()));
        let found = rows.zip(places).filter(|(row, _)| *row == wanted);
        found.filter_map(|(_, (epoch, value))| Some((epoch?, value?))).collect()
    }

    /// How many rows it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// A column's values.
    #[track_caller]
    pub fn column(&self, name: &str) -> Vec<Field> {
        let at = self.columns.iter().position(|column| column == name);
        let at = at.unwrap_or_else(|| panic!("no column `{name}` in {:?}", self.columns));
        self.rows.iter().map(|row| row[at].clone()).collect()
    }

    /// A column of text.
    #[track_caller]
    pub fn texts(&self, name: &str) -> Vec<Option<String>> {
        self.column(name)
            .into_iter()
            .map(|field| match field {
                Field::Null => None,
                Field::Str(text) => Some(text),
                other => panic!("`{name}` holds {other:?}"),
            })
            .collect()
    }

    /// A column of 64-bit floats.
    #[track_caller]
    pub fn doubles(&self, name: &str) -> Vec<Option<f64>> {
        self.column(name)
            .into_iter()
            .map(|field| match field {
                Field::Null => None,
                Field::Double(number) => Some(number),
                other => panic!("`{name}` holds {other:?}"),
            })
            .collect()
    }

    /// A column of integers.
    #[track_caller]
    pub fn ints(&self, name: &str) -> Vec<Option<i64>> {
        self.column(name)
            .into_iter()
            .map(|field| match field {
                Field::Null => None,
                Field::Long(number) => Some(number),
                other => panic!("`{name}` holds {other:?}"),
            })
            .collect()
    }
}

/// A sweep of these jobs, each with its files.
pub fn jobs(config: &str, jobs: &[&[(&str, &str)]]) -> Logs {
    let logs = Logs::empty(config);
    for (job, files) in (0..).zip(jobs) {
        fs::write(logs.path(format!("cfgs/{job:06}.yaml")), "LR: 0.1\n").unwrap();
        for (file, text) in [("stdout.log", ""), ("stderr.log", "")].iter().chain(*files) {
            let path = logs.of_job(job, file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    logs
}

/// A sweep of one job with these files.
pub fn one_job(config: &str, files: &[(&str, &str)]) -> Logs {
    jobs(config, &[files])
}

/// The number in a column of the first job.
#[track_caller]
pub fn number(table: &Table, column: &str) -> Option<f64> {
    match table.column(column).remove(0) {
        Field::Long(int) => Some(f64::from(i32::try_from(int).unwrap())),
        Field::Double(number) => Some(number),
        _ => None,
    }
}

/// The values of a metric in one phase, by epoch or step.
#[track_caller]
pub fn curve(logs: &Logs, phase: &str, metric: &str) -> Vec<(i64, f64)> {
    let curves = logs.table("curves.parquet");
    let rows = curves.texts("phase").into_iter().zip(curves.ints("epoch"));
    let rows = rows.zip(curves.doubles(metric));
    let wanted = rows.filter(|((found, _), _)| found.as_deref() == Some(phase));
    wanted.filter_map(|((_, epoch), value)| Some((epoch?, value?))).collect()
}

/// Lines as the text of a file.
pub fn text_of<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// An entry as pycls would have it: without our own keys, its paths from `logs/` on.
pub fn as_pycls(entry: &Value) -> Value {
    let mut entry = entry.clone();
    let map = entry.as_object_mut().expect("an object");
    map.remove("job");
    map.remove("state");
    for key in ["log_file", "err_file"] {
        let path = map[key].as_str().expect("a path");
        let from = path.find("logs/").expect("below logs/");
        map[key] = Value::from(&path[from..]);
    }
    entry
}

/// Copies a directory with all that is below it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
