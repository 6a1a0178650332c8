//! The text of a config as others may see it: all of it, comments too, but for its secrets.

use granit_parser::{Event, Parser, ScalarStyle, Span};

use super::{MASK, shell, without_credentials};

/// Returns the text with [`MASK`] for each value of `LAUNCH.ENV`, with masked assignments in `LAUNCH.PRE_COMMANDS`, and without
/// credentials in these and in `LAUNCH.COMMAND`, however their scalars are written.
///
/// A text that is no YAML is no config, and nothing of it is shown.
pub(super) fn masked(text: &str) -> String {
    let mut finder = SecretFinder::default();
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => finder.hear(&event, &span, text),
            Err(_) => return format!("{MASK}\n"),
        }
    }
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    for (start, end, shown) in finder.found {
        if start >= done {
            out.push_str(&text[done..start]);
            out.push_str(&shown);
            done = end;
        }
    }
    out + &text[done..]
}

/// An open list or mapping.
struct OpenNode {
    /// The key of a mapping that waits for its value; `None` where a key comes next.
    key: Option<String>,
    is_mapping: bool,
}

/// The secrets that were found so far.
#[derive(Default)]
struct SecretFinder {
    open: Vec<OpenNode>,
    /// From where to where, in bytes, and what stands there instead; in the order of the text.
    found: Vec<(usize, usize, String)>,
}

impl SecretFinder {
    fn hear(&mut self, event: &Event<'_>, span: &Span, text: &str) {
        match event {
            Event::Scalar(value, ..) if self.expects_key() => {
                if let Some(last) = self.open.last_mut() {
                    last.key = Some(value.to_string());
                }
            }
            Event::Scalar(value, style, ..) => {
                self.scalar((value, *style), span, text);
                self.value_ends();
            }
            Event::Alias(..) => self.value_ends(),
            Event::SequenceStart(..) => self.open.push(OpenNode { key: None, is_mapping: false }),
            Event::MappingStart(..) => self.open.push(OpenNode { key: None, is_mapping: true }),
            Event::SequenceEnd | Event::MappingEnd => {
                self.open.pop();
                self.value_ends();
            }
            _ => {}
        }
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(|last| last.is_mapping && last.key.is_none())
    }

    fn value_ends(&mut self) {
        if let Some(last) = self.open.last_mut() {
            last.key = None;
        }
    }

    /// Notes a scalar that is a secret.
    fn scalar(&mut self, (value, style): (&str, ScalarStyle), span: &Span, text: &str) {
        let (Some(start), Some(end)) = (span.start.byte_offset(), span.end.byte_offset()) else {
            return;
        };
        // The span of a block ends on a later line.
        let written = text[start..end].trim_end();
        let masked = |command: &str| match self.secret_key() {
            Some("PRE_COMMANDS") => without_credentials(&shell::masked(command)).into_owned(),
            _ => without_credentials(command).into_owned(),
        };
        let shown = match self.secret_key() {
            // An empty value has nothing to hide.
            _ if written.is_empty() => return,
            None => return,
            Some("ENV") => MASK.to_owned(),
            _ if masked(value) == value => return,
            _ => match style {
                ScalarStyle::Literal => masked(written),
                _ => serde_json::Value::from(masked(value)).to_string(),
            },
        };
        self.found.push((start, start + written.len(), shown));
    }

    /// Returns the key of `LAUNCH` that the current value belongs to, if its values are secrets.
    fn secret_key(&self) -> Option<&str> {
        let keys: Vec<&str> = self.open.iter().filter_map(|node| node.key.as_deref()).collect();
        let at = keys.iter().position(|key| matches!(*key, "ENV" | "PRE_COMMANDS" | "COMMAND"))?;
        let is_launch = keys[..at].iter().all(|key| matches!(*key, "LAUNCH" | "<<"));
        (is_launch && at > 0).then(|| keys[at])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAUNCH: &str = "\
# a comment
NAME: x
LAUNCH:
  ENV:
    HF_TOKEN: hf_plain   # the token
    'QUOTED': \"hf_\\u0071uoted\"
    BLOCK: |
      hf_block
      more
    FOLDED: >-
      hf_folded

      more
    EMPTY:
    LONG: hf_one
      hf_two
  PRE_COMMANDS:
    - export A=hf_a && ls
    - 'B=\"hf_b\" x'
    - |
      export C=hf_c
      cd d
    - module load cuda
  COMMAND: python x.py
SETUP: {BASE_CFG: {ENV: {A: b}}}
";

    #[test]
    fn values_are_masked_however_they_are_written_and_all_else_stays() {
        insta::assert_snapshot!(masked(LAUNCH));
        let shown = masked(LAUNCH);
        assert!(!shown.contains("hf_"), "{shown}");
    }

    #[test]
    fn flow_style_merged_and_broken_configs_are_masked_too() {
        let flow = "LAUNCH: {ENV: {A: 1, B: \"hf_x\"}, PRE_COMMANDS: [export A=hf_y, ls]}\n";
        let shown = "LAUNCH: {ENV: {A: ***, B: ***}, PRE_COMMANDS: [\"export A=***\", ls]}\n";
        assert_eq!(masked(flow), shown);
        assert_eq!(masked("LAUNCH: {<<: {ENV: {A: hf_x}}}"), "LAUNCH: {<<: {ENV: {A: ***}}}");
        assert_eq!(masked("LAUNCH: {ENV: {A: hf_x}"), "***\n");
        assert_eq!(masked(""), "");
    }
}
