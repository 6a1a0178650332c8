//! The rules that a machine can check, and what breaks them (pure).

use std::collections::BTreeMap;

use crate::circles::file_circles;
use crate::figures::by_member;
use crate::glossary::WordGlossary;
use crate::measure::MeasuredFile;
use crate::names::{is_one_word_type, type_places};

/// The greatest length of a function in lines.
const LONGEST: usize = 60;
/// The length that a function should not exceed.
const LONG: usize = 40;

/// The beginnings of doc comments that leave their subject in the dark.
const RIDDLES: [&str; 6] = ["What", "The same", "Of", "So", "As", "Whether"];

/// The type names that several types of a crate may have: the crate, the name and the reason.
const ALLOWED: [(&str, &str, &str); 0] = [];

/// A rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum HouseRule {
    /// A type name is unique in its crate.
    UniqueTypeName,
    /// A type name has two words or is in the glossary.
    TwoWordTypeName,
    /// Files do not import each other in a circle.
    NoFileCircle,
    /// A function has 60 lines at most.
    FunctionLength,
    /// A doc comment begins with a verb or its subject.
    DocBeginning,
    /// A function should have 40 lines at most; more is told, and no failure.
    LongFunction,
}

impl HouseRule {
    /// Returns the heading under which the rule's breaches are listed.
    pub(crate) fn heading(self) -> &'static str {
        match self {
            Self::UniqueTypeName => "type names that several types of a crate have",
            Self::TwoWordTypeName => "type names of one word that docs/glossary.md does not define",
            Self::NoFileCircle => "files that import each other in a circle",
            Self::FunctionLength => "functions over 60 lines",
            Self::DocBeginning => {
                "doc comments that begin with What, The same, Of, So, As or Whether"
            }
            Self::LongFunction => "functions over 40 lines (a hint)",
        }
    }

    /// Tells whether a breach fails the check.
    pub(crate) fn is_strict(self) -> bool {
        self != Self::LongFunction
    }
}

/// The breaches of the rules: by rule and room, one line each.
#[derive(Debug, Default)]
pub(crate) struct BrokenRules(pub(crate) BTreeMap<(HouseRule, String), Vec<String>>);

impl BrokenRules {
    /// Tells whether no strict rule is broken.
    pub(crate) fn is_empty(&self) -> bool {
        !self.0.keys().any(|(rule, _)| rule.is_strict())
    }

    fn add(&mut self, rule: HouseRule, room: String, line: String) {
        self.0.entry((rule, room)).or_default().push(line);
    }
}

/// Checks all rules.
pub(crate) fn broken(files: &[MeasuredFile], glossary: &WordGlossary) -> BrokenRules {
    let mut broken = BrokenRules::default();
    for (member, files) in by_member(files) {
        check_types(&mut broken, member, &files);
        check_circles(&mut broken, &files);
    }
    for file in files {
        check_words(&mut broken, file, glossary);
        check_functions(&mut broken, file);
        check_docs(&mut broken, file);
    }
    broken
}

fn check_types(broken: &mut BrokenRules, member: &str, files: &[&MeasuredFile]) {
    for (name, places) in type_places(files) {
        let allowed =
            ALLOWED.iter().any(|(crate_name, known, _)| *crate_name == member && *known == name);
        if places.len() > 1 && !allowed {
            broken.add(
                HouseRule::UniqueTypeName,
                member.to_owned(),
                format!("{name}: {}", places.join(" ")),
            );
        }
    }
}

fn check_circles(broken: &mut BrokenRules, files: &[&MeasuredFile]) {
    for circle in file_circles(files) {
        let room = files
            .iter()
            .find(|file| file.path.display().to_string() == circle[0])
            .map_or_else(String::new, |file| file.room());
        broken.add(HouseRule::NoFileCircle, room, circle.join(" <-> "));
    }
}

fn check_words(broken: &mut BrokenRules, file: &MeasuredFile, glossary: &WordGlossary) {
    for found in &file.types {
        if is_one_word_type(&found.name) && !glossary.contains(&found.name) {
            let line = format!("{}:{} {}", file.path.display(), found.line, found.name);
            broken.add(HouseRule::TwoWordTypeName, file.room(), line);
        }
    }
}

fn check_functions(broken: &mut BrokenRules, file: &MeasuredFile) {
    for function in file.functions.iter().filter(|function| function.length > LONG) {
        let rule = if function.length > LONGEST {
            HouseRule::FunctionLength
        } else {
            HouseRule::LongFunction
        };
        let place = format!("{}:{}", file.path.display(), function.line);
        broken.add(
            rule,
            file.room(),
            format!("{place} {}: {} lines", function.name, function.length),
        );
    }
}

fn check_docs(broken: &mut BrokenRules, file: &MeasuredFile) {
    for doc in file.docs.iter().filter(|doc| is_riddle(&doc.text, doc.of_field)) {
        let line = format!("{}:{} {}", file.path.display(), doc.line, doc.text);
        broken.add(HouseRule::DocBeginning, file.room(), line);
    }
}

/// Tells whether a doc comment begins as none should; `Whether` is good for a field.
fn is_riddle(text: &str, of_field: bool) -> bool {
    RIDDLES.iter().any(|riddle| {
        let rest = text.strip_prefix(riddle);
        let ends = rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()));
        ends && !(of_field && *riddle == "Whether")
    })
}
