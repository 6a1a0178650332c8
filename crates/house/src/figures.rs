//! Sums the measured files up (pure).

use std::collections::BTreeMap;

use crate::circles::{file_circles, top_circles};
use crate::measure::MeasuredFile;
use crate::names::{is_one_word_function, is_one_word_type, type_places};

/// The lengths of files or functions, in lines.
#[derive(Debug, Default)]
pub(crate) struct LengthSummary {
    /// The middle length.
    pub(crate) median: usize,
    /// The length that nine of ten do not exceed.
    pub(crate) p90: usize,
    /// The greatest length.
    pub(crate) max: usize,
    /// The path or name of what has the greatest length.
    pub(crate) longest: String,
}

/// A number out of a total.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartOfTotal {
    /// The part.
    pub(crate) part: usize,
    /// The total.
    pub(crate) total: usize,
}

/// The figures of a workspace.
#[derive(Debug)]
pub(crate) struct HouseFigures {
    /// The number of files.
    pub(crate) files: usize,
    /// The number of lines of code.
    pub(crate) code_lines: usize,
    /// The number of lines of doc comments.
    pub(crate) doc_lines: usize,
    /// The lengths of files.
    pub(crate) file_lengths: LengthSummary,
    /// The lengths of functions.
    pub(crate) function_lengths: LengthSummary,
    /// The number of functions over 60 lines.
    pub(crate) over_60: usize,
    /// The number of functions over 40 lines.
    pub(crate) over_40: usize,
    /// The number of public items.
    pub(crate) public_items: usize,
    /// The depth of the deepest module.
    pub(crate) deepest: usize,
    /// The number of circles between top modules.
    pub(crate) top_circles: usize,
    /// The number of circles between files.
    pub(crate) file_circles: usize,
    /// The types whose name is one word.
    pub(crate) one_word_types: PartOfTotal,
    /// The types that share their name with another type of any crate.
    pub(crate) shared_types: PartOfTotal,
    /// The types that share their name with another type of their crate.
    pub(crate) shared_in_crate: PartOfTotal,
    /// The number of names that several types have.
    pub(crate) shared_names: usize,
    /// The functions whose name is one word.
    pub(crate) one_word_functions: PartOfTotal,
    /// The number of doc comments.
    pub(crate) docs: usize,
}

/// Groups the files by crate.
pub(crate) fn by_member<'a>(
    files: impl IntoIterator<Item = &'a MeasuredFile>,
) -> BTreeMap<&'a str, Vec<&'a MeasuredFile>> {
    let mut members: BTreeMap<&str, Vec<&MeasuredFile>> = BTreeMap::new();
    for file in files {
        members.entry(&file.member).or_default().push(file);
    }
    members
}

/// Sums the files of the toolkit up; examples and this tool are left out.
pub(crate) fn figures(files: &[MeasuredFile]) -> HouseFigures {
    let files: Vec<&MeasuredFile> = files.iter().filter(|file| is_of_toolkit(file)).collect();
    let members = by_member(files.iter().copied());
    let functions = || files.iter().flat_map(|file| &file.functions);
    let over = |limit| functions().filter(|function| function.length > limit).count();
    let types = type_names(&files).count();
    let in_crate = members.values().flat_map(|files| shared_counts(files)).sum();
    let anywhere = shared_counts(&files);
    HouseFigures {
        files: files.len(),
        code_lines: files.iter().map(|file| file.code_lines).sum(),
        doc_lines: files.iter().map(|file| file.doc_lines).sum(),
        file_lengths: summary(files.iter().map(|f| (f.length, f.path.display().to_string()))),
        function_lengths: summary(functions().map(|f| (f.length, f.name.clone()))),
        over_60: over(60),
        over_40: over(40),
        public_items: files.iter().map(|file| file.public_items).sum(),
        deepest: files.iter().map(|file| file.module.len()).max().unwrap_or_default(),
        top_circles: members.values().map(|files| top_circles(files).len()).sum(),
        file_circles: members.values().map(|files| file_circles(files).len()).sum(),
        one_word_types: share(type_names(&files), is_one_word_type),
        shared_types: PartOfTotal { part: anywhere.iter().sum(), total: types },
        shared_in_crate: PartOfTotal { part: in_crate, total: types },
        shared_names: anywhere.len(),
        one_word_functions: share(functions(), |function| is_one_word_function(&function.name)),
        docs: files.iter().map(|file| file.docs.len()).sum(),
    }
}

fn is_of_toolkit(file: &MeasuredFile) -> bool {
    !file.path.starts_with("examples") && !file.path.starts_with("crates/house")
}

fn type_names<'a>(files: &[&'a MeasuredFile]) -> impl Iterator<Item = &'a str> {
    files.iter().flat_map(|file| &file.types).map(|found| found.name.as_str())
}

/// Returns how many types have each of the names that several have.
fn shared_counts(files: &[&MeasuredFile]) -> Vec<usize> {
    type_places(files).values().map(Vec::len).filter(|count| *count > 1).collect()
}

fn share<T>(all: impl Iterator<Item = T>, is_part: impl Fn(T) -> bool) -> PartOfTotal {
    let mut share = PartOfTotal { part: 0, total: 0 };
    for one in all {
        share.total += 1;
        share.part += usize::from(is_part(one));
    }
    share
}

fn summary(lengths: impl Iterator<Item = (usize, String)>) -> LengthSummary {
    let mut lengths: Vec<(usize, String)> = lengths.collect();
    lengths.sort();
    let at = |percent: usize| {
        let index = (lengths.len() * percent).div_ceil(100).saturating_sub(1);
        lengths.get(index).map_or(0, |(length, _)| *length)
    };
    let (max, longest) = lengths.last().cloned().unwrap_or_default();
    LengthSummary { median: at(50), p90: at(90), max, longest }
}
