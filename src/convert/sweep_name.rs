//! The name of a converted sweep, as a directory may have it (pure).

use sweep_config::Value;
use sweep_config::yaml::{self, SourceMark};

use super::draft::DraftEntry;
use super::note::ConversionNote;

/// Returns the entry of `NAME`: the name that the file gives at its key, or else the name of the file.
pub(super) fn entry(given: Option<(&str, &str, SourceMark)>, stem: &str) -> DraftEntry {
    let (name, key, mark) = given.unwrap_or((stem, "", SourceMark::default()));
    let safe = safe(name);
    let entry = DraftEntry::line("NAME", yaml::flow(&Value::Str(safe.clone())));
    if given.is_none() {
        return entry;
    }
    if safe == name {
        entry.with(ConversionNote::kept(key, mark, ""))
    } else {
        let why = format!("`{name}` as the name of a directory");
        entry.with(ConversionNote::approximated(key, mark, why))
    }
}

/// Returns a name with only what every file system takes.
fn safe(name: &str) -> String {
    let mut safe = String::new();
    for c in name.trim().chars() {
        let is_plain = c.is_ascii_alphanumeric() || "._-".contains(c);
        if is_plain {
            safe.push(c);
        } else if !safe.ends_with('-') {
            safe.push('-');
        }
    }
    let trimmed = safe.trim_matches(|c| c == '-' || c == '.');
    if trimmed.is_empty() { "sweep".to_owned() } else { trimmed.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn a_name_becomes_the_name_of_a_directory() {
        for (name, right) in [
            ("digits", "digits"),
            ("my sweep (v2)", "my-sweep-v2"),
            ("../../etc", "etc"),
            ("a/b", "a-b"),
            ("", "sweep"),
            ("…", "sweep"),
        ] {
            assert_eq!(safe(name), right, "{name}");
        }
    }
}
