//! The state of decoding one config: its problems, and the keys that the code knows.

use std::cell::RefCell;
use std::path::Path;

use super::included::IncludedFile;
use super::shape::KeyShape;
use super::suggest;
use crate::yaml::{SourceMark, YamlFault};
use crate::{ConfigProblem, ConfigProblems, SourceLocation};

/// The most problems that one report lists; a file with more is of another kind.
const MOST_PROBLEMS: usize = 100;

/// The state of decoding one config: its problems, and the keys that the code knows.
pub(super) struct ConfigDecoder<'a> {
    path: &'a Path,
    overrides: &'a [String],
    problems: RefCell<Vec<(SourceMark, ConfigProblem)>>,
    known: RefCell<Vec<(String, KeyShape)>>,
    replaced: RefCell<Vec<String>>,
    unknown: RefCell<Vec<UnknownKey>>,
    warnings: RefCell<Vec<(SourceMark, ConfigProblem)>>,
    included: RefCell<Vec<IncludedFile>>,
}

/// A key that the code did not ask for; it is reported at the end, when all known keys are known.
struct UnknownKey {
    mark: SourceMark,
    section: String,
    key: String,
}

impl<'a> ConfigDecoder<'a> {
    pub(super) fn new(path: &'a Path, overrides: &'a [String]) -> Self {
        Self {
            path,
            overrides,
            problems: RefCell::default(),
            known: RefCell::default(),
            replaced: RefCell::default(),
            unknown: RefCell::default(),
            warnings: RefCell::default(),
            included: RefCell::default(),
        }
    }

    /// Returns the path of the sweep config.
    pub(super) fn sweep_cfg(&self) -> &'a Path {
        self.path
    }

    /// Notes a file that stands in place of a key, and returns its [`SourceMark::source`].
    pub(super) fn include(&self, file: IncludedFile) -> usize {
        let mut included = self.included.borrow_mut();
        included.push(file);
        self.overrides.len() + included.len()
    }

    /// Takes the file that was included last, if any: the others were replaced.
    pub(super) fn take_included(&self) -> Option<IncludedFile> {
        self.included.take().pop()
    }

    /// Reports a problem of `key` at a place.
    pub(super) fn problem(
        &self,
        mark: SourceMark,
        key: &str,
        message: String,
        hint: Option<String>,
    ) {
        self.problems.borrow_mut().push((mark, self.placed(mark, key, message, hint)));
    }

    /// Notes what is no mistake for certain, but should be seen.
    pub(super) fn warn(&self, mark: SourceMark, key: &str, message: String, hint: Option<String>) {
        self.warnings.borrow_mut().push((mark, self.placed(mark, key, message, hint)));
    }

    /// Takes the warnings, in the order of their places.
    pub(super) fn take_warnings(&self) -> Vec<ConfigProblem> {
        let mut warnings = self.warnings.take();
        warnings.sort_by_key(|(mark, _)| *mark);
        warnings.into_iter().map(|(_, warning)| warning).collect()
    }

    fn placed(
        &self,
        mark: SourceMark,
        key: &str,
        message: String,
        hint: Option<String>,
    ) -> ConfigProblem {
        let SourceMark { source, line, column } = mark;
        let file = |path: &Path| SourceLocation::File { path: path.to_owned(), line, column };
        let place = match self.overrides.get(source.wrapping_sub(1)) {
            None if source == 0 => file(self.path),
            None => file(&self.included.borrow()[source - self.overrides.len() - 1].path),
            Some(text) => SourceLocation::Override { text: text.clone() },
        };
        ConfigProblem { place, key: key.to_owned(), message, hint }
    }

    /// Names a place within this config: `line 5`, or the override.
    pub(super) fn place(&self, mark: SourceMark) -> String {
        match self.overrides.get(mark.source.wrapping_sub(1)) {
            None if mark.source == 0 => format!("line {}", mark.line),
            None => self.location(mark),
            Some(text) => format!("--set {text}"),
        }
    }

    /// Names a place with its file: `sweep.yaml:5:3`, or the override.
    pub(super) fn location(&self, mark: SourceMark) -> String {
        self.placed(mark, "", String::new(), None).place.to_string()
    }

    /// Notes a key that the code asks for, as a dotted path, and the form that its value is to have.
    pub(super) fn add_known(&self, path: String, shape: KeyShape) {
        self.known.borrow_mut().push((path, shape));
    }

    /// Notes a key, as a dotted path, in whose value `~` or a variable was replaced.
    pub(super) fn add_replaced(&self, path: &str) {
        let key = path.split('[').next().unwrap_or_default();
        let mut replaced = self.replaced.borrow_mut();
        if replaced.last().is_none_or(|last| last != key) {
            replaced.push(key.to_owned());
        }
    }

    /// Takes the keys in whose values `~` or a variable was replaced.
    pub(super) fn take_replaced(&self) -> Vec<String> {
        self.replaced.take()
    }

    /// Notes a key that the code has not asked for.
    pub(super) fn add_unknown(&self, mark: SourceMark, section: &str, key: &str) {
        let unknown = UnknownKey { mark, section: section.to_owned(), key: key.to_owned() };
        self.unknown.borrow_mut().push(unknown);
    }

    /// Reports what was found while the YAML was read; `source` as in [`SourceMark`].
    pub(super) fn faults(&self, faults: Vec<YamlFault>) {
        for YamlFault { mark, key, message, hint } in faults {
            self.problem(mark, &key, message, hint);
        }
    }

    /// Returns all problems in the order of their places as the error.
    pub(super) fn finish(self) -> Result<(), ConfigProblems> {
        let mut unknown = self.unknown.take();
        let total = unknown.len() + self.problems.borrow().len();
        unknown.sort_by_key(|unknown| unknown.mark);
        let known: Vec<String> = self.known.take().into_iter().map(|(path, _)| path).collect();
        for UnknownKey { mark, section, key } in unknown.into_iter().take(MOST_PROBLEMS) {
            let hint = suggest::key(&key, &section, &known);
            self.problem(mark, &join(&section, &key), "unknown key".to_owned(), hint);
        }
        let path = self.path;
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|(mark, _)| *mark);
        problems.truncate(MOST_PROBLEMS);
        let mut problems: Vec<ConfigProblem> =
            problems.into_iter().map(|(_, problem)| problem).collect();
        if problems.is_empty() {
            return Ok(());
        }
        if total > problems.len() {
            let message = format!("and {} more problems", total - problems.len());
            problems.extend(ConfigProblems::of_file(path, message, None).0);
        }
        Err(ConfigProblems(problems))
    }

    /// Takes the keys that were asked for, as dotted paths, with the forms of their values.
    pub(super) fn take_known(&self) -> Vec<(String, KeyShape)> {
        self.known.take()
    }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
