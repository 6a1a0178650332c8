//! Credentials in a text of any kind, by the marks that people and programs write before them: `--token X`,
//! `api_key: "X"`, `wandb login X`, `Authorization: Bearer X`, `https://user:X@host`, and tokens of known forms.
//!
//! A text without such a mark stays as it is. References such as `$TOKEN` stay as well: they hide the value already.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Match, Regex};

use super::MASK;
use super::credential_name::CredentialName;

/// Returns the text with [`MASK`] for each credential in it.
///
/// JSON stays JSON: no quote and no backslash is ever replaced.
#[must_use]
pub fn without_credentials(text: &str) -> Cow<'_, str> {
    let found = credentials(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len()), 0);
    for Range { start, end } in found {
        out.push_str(&text[done..start]);
        out.push_str(MASK);
        done = end;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// Returns where the credentials of a text are, in its order, without overlap.
pub(super) fn credentials(text: &str) -> Vec<Range<usize>> {
    // Most texts have no mark at all.
    if !PATTERNS.hint.is_match(text) {
        return Vec::new();
    }
    let mut found: Vec<Range<usize>> =
        PATTERNS.finders.iter().flat_map(|find| find(text)).collect();
    found.sort_by_key(|range| (range.start, range.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for range in found {
        match apart.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push(range),
        }
    }
    apart
}

/// A way to find credentials.
type CredentialFinder = fn(&str) -> Vec<Range<usize>>;

/// The patterns of all marks.
struct CredentialPatterns {
    /// It matches wherever one of the others may.
    hint: Regex,
    option: Regex,
    named: Regex,
    login: Regex,
    curl: Regex,
    header: Regex,
    url: Regex,
    known: Regex,
    finders: [CredentialFinder; 7],
}

/// A value: quoted, or without white space.
const VALUE: &str = r#"(?:\\?"(?P<double>[^"\\\n]+)|\\?'(?P<single>[^'"\\\n]+)|(?P<plain>[^\s"'\\<>;&|`-][^\s"'\\<>;&|`]*))"#;

/// A name that may be that of a credential: `CredentialName` tells.
const NAME: &str =
    r"(?P<name>(?:[A-Za-z][\w.-]*)?(?i:token|secret|password|passwd|passphrase|key))";

/// Tokens whose form tells what they are: of Hugging Face, GitHub, Slack, AWS and others.
const KNOWN: &str = r"\b(?:hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|sk-[A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]{19,}|xox[abprs]-[A-Za-z0-9-]{10,}|AKIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35})";

static PATTERNS: LazyLock<CredentialPatterns> = LazyLock::new(|| {
    let regex = |text: &str| Regex::new(text).expect("a pattern of ours");
    CredentialPatterns {
        hint: regex(
            r"(?i)token|secret|passw|passphrase|(?:api|access|private|auth)[\W_]*key|authorization|bearer|login|://[^\s/]*@|curl|hf_|gh[pousr]_|github_pat_|glpat-|sk-|xox[abprs]-|AKIA|AIza",
        ),
        option: regex(&format!(
            r#"(?:^|[\s"'(\[,;=])--?{NAME}\\?["']?,?[ \t]+(?:\\\n[ \t]*)?{VALUE}"#
        )),
        named: regex(&format!(r#"{NAME}(?P<quote>\\?["'])?[ \t]*(?P<sign>[:=])[ \t]*{VALUE}"#)),
        login: regex(
            r"\b(?:wandb|docker|podman|apptainer|singularity|huggingface-cli|hf|auth|comet|neptune)[ \t]+login\b(?P<words>[^\n;|&]*)",
        ),
        curl: regex(
            r#"\bcurl\b[^\n;|&]*?[ \t](?:-u|--user)[ =]?["']?[^\s:"']+:(?P<plain>[^\s"'\\]+)"#,
        ),
        header: regex(&format!(
            r#"(?i)\b(?:authorization\\?["']?[ \t]*[:=][ \t]*\\?["']?(?:(?P<scheme>bearer|basic|digest)[ \t]+|token[ \t]+)?|bearer[ \t]+){VALUE}"#
        )),
        url: regex(
            r#"\b[A-Za-z][A-Za-z0-9+.-]*://(?:[^\s/@:"'\\<>]*:(?P<plain>[^\s/@"'\\<>]+)|(?P<user>[^\s/@:"'\\<>]+))@"#,
        ),
        known: regex(KNOWN),
        finders: [of_options, of_names, of_logins, of_curl, of_headers, of_urls, of_known_forms],
    }
});

/// Returns the value of a match, without what may end a clause after it.
fn value<'t>(captures: &Captures<'t>) -> Option<Match<'t>> {
    ["double", "single", "plain"].iter().find_map(|name| captures.name(name))
}

/// Returns the place of a value, if it is one to hide.
fn place(value: Match<'_>, is_secret: impl Fn(&str) -> bool) -> Option<Range<usize>> {
    let text = value.as_str().trim_end_matches([',', '.', ':', ')', ']', '}']);
    (!is_reference(text) && is_secret(text)).then(|| value.start()..value.start() + text.len())
}

/// `--token X`.
fn of_options(text: &str) -> Vec<Range<usize>> {
    let find = |found: Captures<'_>| {
        let name = CredentialName::of(&found["name"])?;
        place(value(&found)?, |value| match name {
            CredentialName::Certain | CredentialName::Token => !is_option(value),
            CredentialName::Likely => is_odd(value),
        })
    };
    PATTERNS.option.captures_iter(text).filter_map(find).collect()
}

/// `token=X`, `"token": "X"`.
fn of_names(text: &str) -> Vec<Range<usize>> {
    let find = |found: Captures<'_>| {
        let name = CredentialName::of(&found["name"])?;
        let is_option = text[..found.get(0)?.start()].ends_with('-');
        // JSON without quotes around the value is no text.
        let is_text = found.name("quote").is_some() && found.name("plain").is_none();
        let is_assigned = &found["sign"] == "=" || is_text;
        place(value(&found)?, |value| match name {
            CredentialName::Certain if is_assigned => true,
            CredentialName::Token if is_option && &found["sign"] == "=" => true,
            _ => is_odd(value),
        })
    };
    PATTERNS.named.captures_iter(text).filter_map(find).collect()
}

/// `wandb login X`.
fn of_logins(text: &str) -> Vec<Range<usize>> {
    let words = PATTERNS.login.captures_iter(text).filter_map(|found| found.name("words"));
    let mut places = Vec::new();
    for words in words {
        let mut start = words.start();
        let mut is_password = false;
        for word in words.as_str().split([' ', '\t', '"', '\'', '\\']) {
            if (is_password || is_odd(word)) && !is_option(word) && !is_reference(word) {
                places.push(start..start + word.len());
            }
            is_password = word == "-p" || (is_password && word.is_empty());
            start += word.len() + 1;
        }
    }
    places
}

/// `curl -u user:X`.
fn of_curl(text: &str) -> Vec<Range<usize>> {
    let find = |found: Captures<'_>| place(value(&found)?, |_| true);
    PATTERNS.curl.captures_iter(text).filter_map(find).collect()
}

/// `Authorization: Bearer X`.
fn of_headers(text: &str) -> Vec<Range<usize>> {
    let find = |found: Captures<'_>| {
        let is_sure = found.name("scheme").is_some();
        place(value(&found)?, |value| is_sure || is_odd(value))
    };
    PATTERNS.header.captures_iter(text).filter_map(find).collect()
}

/// `https://user:X@host`, `https://X@host`.
fn of_urls(text: &str) -> Vec<Range<usize>> {
    let find = |found: Captures<'_>| match found.name("user") {
        Some(user) => place(user, is_odd),
        None => place(value(&found)?, |_| true),
    };
    PATTERNS.url.captures_iter(text).filter_map(find).collect()
}

fn of_known_forms(text: &str) -> Vec<Range<usize>> {
    PATTERNS.known.find_iter(text).map(|found| found.range()).collect()
}

/// True for what stands for a value that is elsewhere, for a mask, and for what only says whether there is one.
fn is_reference(value: &str) -> bool {
    let words = ["true", "false", "yes", "no", "none", "null", "on", "off"];
    value.is_empty()
        || value.starts_with(['$', '%', '*', '[', '(', '{'])
        || words.iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn is_option(word: &str) -> bool {
    word.starts_with('-')
}

/// The length from which a word may be a credential if nothing else says so.
const SHORTEST: usize = 8;

/// True for what is no word and no number: letters and digits mixed, and no path.
fn is_odd(value: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.+=~".contains(c);
    value.len() >= SHORTEST
        && !is_option(value)
        && value.chars().all(is_part)
        && value.contains(|c: char| c.is_ascii_digit())
        && value.contains(|c: char| c.is_ascii_alphabetic())
        && value.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests;
