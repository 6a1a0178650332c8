//! A regular expression with named groups, for programs that only print: every match is a row whose
//! metrics are the groups.

use std::borrow::Cow;

use regex::bytes::Regex;

use super::{LineFormat, RecordSink, generic};

/// The reader of printed lines.
pub(crate) struct PatternReader(Regex);

impl PatternReader {
    /// Compiles an expression, which must have at least one named group.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the expression.
    pub(crate) fn new(pattern: &str) -> Result<Self, String> {
        let regex = Regex::new(pattern).map_err(|e| e.to_string())?;
        if regex.capture_names().flatten().next().is_none() {
            return Err("it has no named group such as `(?P<loss>\\S+)`".to_owned());
        }
        Ok(Self(regex))
    }
}

impl LineFormat for PatternReader {
    fn needs_end(&self) -> bool {
        true
    }

    fn line(&self, number: u64, text: &[u8], _is_last: bool, sink: &mut RecordSink<'_>) {
        for captures in self.0.captures_iter(text) {
            let names = self.0.capture_names().flatten();
            let matched = names.filter_map(|name| Some((name, captures.name(name)?)));
            let row = matched.map(|(name, found)| {
                let text = String::from_utf8_lossy(found.as_bytes());
                (Cow::Owned(name.to_owned()), generic::log_value(&text))
            });
            generic::add(sink, None, row.collect(), number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::reader::{LoggedType, read_text};

    #[test]
    fn every_match_is_a_row() {
        let pattern = PatternReader::new(r"epoch (?P<epoch>\d+).* loss=(?P<loss>\S+)").unwrap();
        let text = b"start\n=> epoch 1 | loss=0.5\n=> epoch 2 | loss=nan\n=> epoch 3 | loss=0.2";
        let (log, _) = read_text(&pattern, "train", text);
        let Some(LoggedType::Series(series)) = log.get("train") else { panic!("no train") };
        assert_eq!(series.rows().len(), 2, "the last line may not be whole");
        assert!(series.rows()[1].value(1).number().unwrap().is_nan());
    }

    #[test]
    fn an_expression_must_name_what_it_finds() {
        assert!(PatternReader::new("loss=(.*)").is_err());
        assert!(PatternReader::new("(?P<a>").is_err());
    }
}
