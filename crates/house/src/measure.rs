//! Measures each source file (reads files; everything after it is pure).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;

use crate::imports::{ImportPaths, imports};
use crate::lines::LineCensus;
use crate::sources::{SourceError, SourceText, sources};
use crate::syntax::{DocComment, FileDefinitions, TypeName, definitions};

/// A function and its length.
#[derive(Debug, Clone)]
pub(crate) struct FunctionLength {
    /// Its name.
    pub(crate) name: String,
    /// The line where it begins.
    pub(crate) line: usize,
    /// The number of its lines from its signature to its closing brace, blank ones included.
    pub(crate) length: usize,
}

/// A source file with what is counted in it; code of tests is left out.
#[derive(Debug)]
pub(crate) struct MeasuredFile {
    /// The path below the root of the workspace.
    pub(crate) path: PathBuf,
    /// The folder of its crate, `.` for the root.
    pub(crate) member: String,
    /// Its module path in the crate.
    pub(crate) module: Vec<String>,
    /// The number of all its lines.
    pub(crate) length: usize,
    /// The number of lines of code.
    pub(crate) code_lines: usize,
    /// The number of lines of doc comments.
    pub(crate) doc_lines: usize,
    /// The number of public items and methods.
    pub(crate) public_items: usize,
    /// The types that it defines.
    pub(crate) types: Vec<TypeName>,
    /// The functions that it defines.
    pub(crate) functions: Vec<FunctionLength>,
    /// Its doc comments.
    pub(crate) docs: Vec<DocComment>,
    /// The module paths that it names.
    pub(crate) imports: ImportPaths,
}

impl MeasuredFile {
    /// Returns the room of the file: the first folder below `src`, or the crate.
    pub(crate) fn room(&self) -> String {
        let prefix = if self.member == "." { "src".to_owned() } else { self.member.clone() };
        match self.module.first() {
            Some(first) if self.member == "." => format!("{prefix}/{first}"),
            Some(first) if self.module.len() > 1 => format!("{prefix}/src/{first}"),
            _ => prefix,
        }
    }
}

/// Measures all source files of the workspace below `root`.
pub(crate) fn measure(root: &Path) -> Result<Vec<MeasuredFile>, SourceError> {
    let mut measured = Vec::new();
    let mut tests = BTreeSet::new();
    for source in sources(root)? {
        let (file, defined) = measure_file(source)?;
        for name in defined {
            let mut module = file.module.clone();
            module.push(name);
            tests.insert((file.member.clone(), module));
        }
        measured.push(file);
    }
    measured.retain(|file| !is_below(file, &tests));
    Ok(measured)
}

/// Tells whether a file is a module that only tests compile, or below one.
fn is_below(file: &MeasuredFile, tests: &BTreeSet<(String, Vec<String>)>) -> bool {
    (1..=file.module.len())
        .any(|depth| tests.contains(&(file.member.clone(), file.module[..depth].to_vec())))
}

/// Measures one file; returns the names of its modules that only tests compile with it.
fn measure_file(source: SourceText) -> Result<(MeasuredFile, Vec<String>), SourceError> {
    let (tokens, tree) = parse(&source)?;
    let FileDefinitions { types, functions, docs, public_items, test_lines, test_modules } =
        definitions(&tree);
    let census = LineCensus::new(&tokens, &test_lines);
    let functions = functions
        .into_iter()
        .map(|found| FunctionLength {
            name: found.name,
            line: found.first,
            length: found.last + 1 - found.first,
        })
        .collect();
    let imports = imports(&tokens, &source.module, &test_lines);
    let file = MeasuredFile {
        length: source.text.lines().count(),
        path: source.path,
        member: source.member,
        module: source.module,
        code_lines: census.code(),
        doc_lines: census.docs(),
        public_items,
        types,
        functions,
        docs,
        imports,
    };
    Ok((file, test_modules))
}

fn parse(source: &SourceText) -> Result<(TokenStream, syn::File), SourceError> {
    let failed = |error| SourceError::Parse { path: source.path.clone(), error };
    let tokens: TokenStream =
        source.text.parse().map_err(|error: proc_macro2::LexError| failed(error.into()))?;
    let tree = syn::parse2(tokens.clone()).map_err(failed)?;
    Ok((tokens, tree))
}
