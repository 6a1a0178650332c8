//! Finds circles of imports: between files, and between the modules at the top of a crate.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::MeasuredFile;

/// A directed graph of names.
type ImportGraph = BTreeMap<String, BTreeSet<String>>;

/// Returns the circles between the files of one crate, each as the sorted paths of its files. A file
/// that names its own children makes no circle.
pub(crate) fn file_circles(files: &[&MeasuredFile]) -> Vec<Vec<String>> {
    let modules: BTreeMap<&[String], &MeasuredFile> =
        files.iter().map(|file| (file.module.as_slice(), *file)).collect();
    let mut graph = ImportGraph::new();
    for file in files {
        let targets = file.imports.iter().filter_map(|path| target(path, &modules));
        let targets = targets.filter(|target| !target.module.starts_with(&file.module));
        graph.insert(name(file), targets.map(name).collect());
    }
    circles(&graph)
}

/// Returns the circles between the top modules of one crate.
pub(crate) fn top_circles(files: &[&MeasuredFile]) -> Vec<Vec<String>> {
    let tops: BTreeSet<&String> = files.iter().filter_map(|file| file.module.first()).collect();
    let mut graph = ImportGraph::new();
    for file in files {
        let Some(top) = file.module.first() else { continue };
        let named = file.imports.iter().filter_map(|path| path.first());
        let named = named.filter(|name| *name != top && tops.contains(name));
        graph.entry(top.clone()).or_default().extend(named.cloned());
    }
    circles(&graph)
}

/// Returns the file of the longest module path that `path` begins with.
fn target<'a>(
    path: &[String],
    modules: &BTreeMap<&[String], &'a MeasuredFile>,
) -> Option<&'a MeasuredFile> {
    (0..=path.len()).rev().find_map(|length| modules.get(&path[..length]).copied())
}

fn name(file: &MeasuredFile) -> String {
    file.path.display().to_string()
}

/// Returns the strongly connected components of more than one node.
fn circles(graph: &ImportGraph) -> Vec<Vec<String>> {
    let reached: BTreeMap<&String, BTreeSet<&String>> =
        graph.keys().map(|node| (node, reachable(graph, node))).collect();
    let mut found = BTreeSet::new();
    for (node, targets) in &reached {
        let circle: Vec<String> = targets
            .iter()
            .filter(|other| reached.get(**other).is_some_and(|back| back.contains(node)))
            .map(|other| (*other).clone())
            .collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// Returns every node that a walk of at least one step from `start` comes to.
fn reachable<'a>(graph: &'a ImportGraph, start: &String) -> BTreeSet<&'a String> {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&String> = graph.get(start).into_iter().flatten().collect();
    while let Some(node) = open.pop() {
        if seen.insert(node) {
            open.extend(graph.get(node).into_iter().flatten());
        }
    }
    seen
}
