//! Imports: reads a source, and writes what it shows as a sweep directory, or what has changed of one.

use std::path::{Path, PathBuf};

use clap::ValueEnum as _;
use sweep_config::fs;
use sweep_config::records::{FORMAT_VERSION, ImportRecord, SetupRecord};
use sweep_config::{Sweep, SweepDir};

use super::config_text::{config_text, digest, with_setup_of};
use super::imported_run::ImportedSource;
use super::job_files::{ImportedFile, ImportedFiles, setup_record, sweep_files};
use super::kept_runs::keep_numbers;
use super::options::{FoundSource, ImportOptions, SourceKind};
use super::space::ImportedSpace;
use super::{present, store};
use crate::app::{Failure, Printer, VERSION};

/// An import of the same source into the same directory, which went before.
struct EarlierImport {
    dir: SweepDir,
    record: ImportRecord,
    overrides: Vec<String>,
}

/// A source that was read, and the design space that it shows.
struct ReadSource {
    found: FoundSource,
    source: ImportedSource,
    space: ImportedSpace,
}

/// Imports a store into a sweep directory, which is new or that of an earlier import of the same store.
///
/// # Errors
///
/// When the store cannot be read, or the directory is another sweep's.
pub fn import(options: &ImportOptions, printer: Printer) -> Result<(), Failure> {
    let found = SourceKind::find(&options.source, options.kind)?;
    let into = std::path::absolute(&options.into)
        .map_err(|e| fs::FsError::new("find", &options.into, e))?;
    let into: PathBuf = into.components().collect();
    refuse_inside(&found, &into)?;
    fs::create_dir_all(into.parent().unwrap_or(&into))?;
    let _lock = store::lock(&into)?;
    let dir = SweepDir::new(&into);
    if let Some(earlier) = earlier(&dir, options)? {
        if Path::new(&earlier.record.source) != found.path {
            return Err(Failure::usage(
                format!("`{}` was imported from `{}`", into.display(), earlier.record.source),
                "name another directory with `--into`; `sweep_analyze` compares the two",
            ));
        }
        update(found, options, &earlier, printer)?;
        return Ok(());
    }
    let staging = store::staging_beside(&into);
    fs::remove_dir_all(&staging)?;
    let mut read = ReadSource::read(found, options, None)?;
    let files = read.files(&SweepDir::new(&staging), options, &into, None);
    let created = files.and_then(|files| Ok(store::create(&into, &staging, &files)?));
    if let Err(failure) = created {
        // Nothing is left of it; what cannot be removed, the next import removes.
        let _ = fs::remove_dir_all(&staging);
        return Err(failure);
    }
    printer.note(present::summary(&read.found, &into, &read.source, &read.space, 0));
    Ok(())
}

/// Reads the source of an imported sweep again and takes over what is new; true if anything was.
///
/// # Errors
///
/// When the source cannot be read or the directory cannot be written to.
pub fn refresh(dir: &SweepDir, printer: Printer) -> Result<bool, Failure> {
    let Some(record) = ImportRecord::read(&dir.import_json())? else { return Ok(false) };
    let kind = SourceKind::from_str(&record.kind, true).map_err(|_| Failure::Damaged {
        message: format!("`{}`: there is no kind `{}`", dir.import_json().display(), record.kind),
        hint: Some("it may be of a newer version of sweepkit".to_owned()),
    })?;
    let options = ImportOptions {
        source: PathBuf::from(&record.source),
        into: dir.path().to_owned(),
        kind: Some(kind),
        experiment: record.experiment.clone(),
        params: record.params.clone(),
        metrics: record.metrics.clone(),
        overrides: Vec::new(),
    };
    let path = fs::canonicalize(&options.source)?;
    let _lock = store::lock(dir.path())?;
    let Some(earlier) = earlier(dir, &options)? else { return Ok(false) };
    update(FoundSource { kind, path }, &options, &earlier, printer)
}

/// Refuses a sweep directory in the store itself.
fn refuse_inside(found: &FoundSource, into: &Path) -> Result<(), Failure> {
    let mut above = into.ancestors().skip(1).filter_map(|path| path.canonicalize().ok());
    let is_inside =
        found.path.is_dir() && above.next().is_some_and(|path| path.starts_with(&found.path));
    if !is_inside {
        return Ok(());
    }
    Err(Failure::usage(
        format!(
            "`{}` is within `{}`, which an import never writes to",
            into.display(),
            found.path.display()
        ),
        "name a directory elsewhere with `--into`",
    ))
}

/// Returns what a directory was imported from before; `None` of one that is new or empty.
fn earlier(dir: &SweepDir, options: &ImportOptions) -> Result<Option<EarlierImport>, Failure> {
    if dir.path().is_dir() {
        store::finish(dir)?;
    }
    let Some(record) = ImportRecord::read(&dir.import_json())? else {
        if fs::list_or_empty(dir.path())?.is_empty() {
            return Ok(None);
        }
        return Err(Failure::usage(
            format!("`{}` is there, and nothing was imported into it", dir.path().display()),
            "name a new directory with `--into`",
        ));
    };
    let setup = SetupRecord::read(&dir.setup_json())?;
    let mut overrides = setup.map(|setup| setup.overrides).unwrap_or_default();
    overrides.extend(options.overrides.iter().cloned());
    Ok(Some(EarlierImport { dir: dir.clone(), record, overrides }))
}

/// Takes over what has changed since an earlier import; true if anything has.
fn update(
    found: FoundSource,
    options: &ImportOptions,
    earlier: &EarlierImport,
    printer: Printer,
) -> Result<bool, Failure> {
    let mut read = ReadSource::read(found, options, Some(earlier))?;
    let into = earlier.dir.path();
    let files = read.files(&earlier.dir, options, into, Some(earlier))?;
    let changed = store::update(&earlier.dir, files)? > 0;
    if changed {
        let before = earlier.record.runs.len();
        printer.note(present::summary(&read.found, into, &read.source, &read.space, before));
    }
    Ok(changed)
}

impl ReadSource {
    fn read(
        found: FoundSource,
        options: &ImportOptions,
        earlier: Option<&EarlierImport>,
    ) -> Result<Self, Failure> {
        let mut source = found.kind.read(&found.path, options)?;
        if let Some(earlier) = earlier {
            keep_numbers(&mut source, &earlier.record, &earlier.dir)?;
        }
        if source.runs.is_empty() {
            let left_out = source.left_out.iter().map(|it| format!("{} {}", it.runs, it.reason));
            let left_out = left_out.collect::<Vec<_>>().join(", ");
            let left_out =
                if left_out.is_empty() { left_out } else { format!(" (left out: {left_out})") };
            return Err(Failure::usage(
                format!(
                    "{} `{}` has no run to import{left_out}",
                    found.kind.title(),
                    found.path.display()
                ),
                "name the directory or file that has the runs",
            ));
        }
        let space = ImportedSpace::of(&source);
        Ok(Self { found, source, space })
    }

    /// Returns all files of the sweep, by their paths in a directory.
    fn files(
        &mut self,
        dir: &SweepDir,
        options: &ImportOptions,
        into: &Path,
        earlier: Option<&EarlierImport>,
    ) -> Result<ImportedFiles, Failure> {
        let Self { found, source, space } = self;
        let mut files = sweep_files(dir, found.kind, source, space);
        let overrides =
            earlier.map_or_else(|| options.overrides.clone(), |it| it.overrides.clone());
        let name = into.file_name().unwrap_or_default().to_string_lossy();
        let origin = format!("{} {}", found.kind.title(), found.path.display());
        let mut config = config_text(&name, &origin, source, space, true);
        if let Err(problem) = accepts(&config, &[]) {
            source.notes.push(format!(
                "the sweep config has no samplers, which no sweep config could have: {problem}"
            ));
            config = config_text(&name, &origin, source, space, false);
        }
        let config_digest = digest(&config);
        if let Some(edited) = earlier.and_then(EarlierImport::edited_config) {
            config = with_setup_of(&edited, &config)
                .filter(|text| accepts(text, &[]).is_ok())
                .unwrap_or(edited);
        }
        accepts(&config, &overrides)?;
        let record = ImportRecord {
            format_version: FORMAT_VERSION,
            tool_version: VERSION.to_owned(),
            source: found.path.display().to_string(),
            kind: found.kind.name().to_owned(),
            experiment: options.experiment.clone(),
            params: options.params.clone(),
            metrics: options.metrics.clone(),
            config: config_digest,
            runs: source.runs.iter().map(|run| run.id.clone()).collect(),
            left_out: source.left_out.clone(),
        };
        let setup = setup_record(source.runs.len(), space, overrides);
        let mut add = |path, bytes| files.push((path, ImportedFile::Text(bytes)));
        add(dir.setup_json(), json(&setup));
        add(dir.sweep_cfg(), config.into_bytes());
        add(dir.import_json(), json(&record));
        Ok(files)
    }
}

/// Returns the text of a record.
fn json(record: &impl serde::Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(record).expect("a record is plain data");
    text.push(b'\n');
    text
}

impl EarlierImport {
    /// Returns the sweep config, if somebody edited it.
    fn edited_config(&self) -> Option<String> {
        let text = fs::read_to_string(&self.dir.sweep_cfg()).ok()?;
        (digest(&text) != self.record.config).then_some(text)
    }
}

/// Returns what is wrong with the text of a sweep config with overrides, if anything is.
fn accepts(text: &str, overrides: &[String]) -> Result<(), Failure> {
    let folder =
        tempfile::tempdir().map_err(|e| fs::FsError::new("make", &std::env::temp_dir(), e))?;
    let path = folder.path().join("sweep_cfg.yaml");
    fs::write_staged(&path, text.as_bytes())?;
    Sweep::load(&path, overrides)?;
    Ok(())
}
