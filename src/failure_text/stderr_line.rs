//! The lines of a `stderr.log`, without colours, and those of each process apart.

use std::borrow::Cow;

use indexmap::IndexMap;

/// One line, without the label of its process and without its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct StderrLine<'a> {
    /// Its index among all lines, from 0.
    pub(super) at: usize,
    pub(super) text: &'a str,
}

impl<'a> StderrLine<'a> {
    /// Returns how many bytes of white space it begins with.
    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// Returns it without the white space around it.
    pub(super) fn words(&self) -> &'a str {
        self.text.trim()
    }
}

/// Removes the escape sequences that colour a text.
pub(super) fn without_colours(text: &str) -> Cow<'_, str> {
    const ESCAPE: &str = "\x1b[";
    if !text.contains(ESCAPE) {
        return Cow::Borrowed(text);
    }
    let mut pieces = text.split(ESCAPE);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let ends = |c: char| ('@'..='~').contains(&c);
        out.push_str(piece.find(ends).map_or("", |end| &piece[end + 1..]));
    }
    Cow::Owned(out)
}

/// Returns the number of lines, and the lines of each process that a launcher labelled, in order.
///
/// Several processes may print their tracebacks at once, line by line, which can be read only apart. A
/// carriage return ends a line too, since a progress bar has no other end.
pub(super) fn streams(text: &str) -> (usize, Vec<Vec<StderrLine<'_>>>) {
    let mut streams: IndexMap<&str, Vec<StderrLine<'_>>> = IndexMap::new();
    let mut count = 0;
    for (at, line) in text.split(['\n', '\r']).enumerate() {
        let (label, text) = label(line);
        streams.entry(label).or_default().push(StderrLine { at, text: text.trim_end() });
        count = at + 1;
    }
    (count, streams.into_values().collect())
}

/// Splits a line into the labels that launchers put before it, and the rest.
fn label(line: &str) -> (&str, &str) {
    let mut rest = line;
    // `srun --label torchrun …` labels twice.
    for _ in 0..2 {
        rest = unlabelled(rest).unwrap_or(rest);
    }
    (&line[..line.len() - rest.len()], rest)
}

/// Removes one label; `None` where there is none.
fn unlabelled(line: &str) -> Option<&str> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (label, rest) = match line.as_bytes().first()? {
        // torchrun: `[rank3]: text`, `[default3]:text`; mpirun: `[1,3]<stderr>: text`.
        b'[' => {
            let (label, rest) = line.split_once("]:").or_else(|| line.split_once("]<stderr>:"))?;
            let number = label[1..].trim_start_matches("rank").trim_start_matches("default");
            (number.strip_prefix("1,").unwrap_or(number), rest)
        }
        // ray: `(train pid=12, ip=…) text`.
        b'(' => {
            let (label, rest) = line.split_once(") ")?;
            let number = label.split_once("pid=")?.1;
            return digits(number.split(',').next()?).then_some(rest);
        }
        // srun --label: ` 3: text`.
        _ => {
            let (label, rest) = line.get(..8).unwrap_or(line).split_once(':')?;
            let whole = &line[line.len().min(label.len() + 1)..];
            (label.trim_start(), if rest.is_empty() { whole } else { whole.strip_prefix(' ')? })
        }
    };
    let is_label = digits(label) && !rest.starts_with('/');
    is_label.then(|| rest.strip_prefix(' ').filter(|_| line.starts_with('[')).unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<Vec<&str>> {
        let texts =
            |stream: &Vec<StderrLine<'static>>| stream.iter().map(|line| line.text).collect();
        streams(Box::leak(text.to_owned().into_boxed_str())).1.iter().map(texts).collect()
    }

    #[test]
    fn what_each_process_says_is_a_stream_of_its_own() {
        assert_eq!(
            of("[rank0]: a\n[rank1]:   b\n[rank0]:   c\nd"),
            [vec!["a", "  c"], vec!["  b"], vec!["d"]]
        );
        assert_eq!(of("[1,0]<stderr>: a\n[1,1]<stderr>:b"), [["a"], ["b"]]);
        assert_eq!(of("0: [rank0]:   a\n 1: b"), [["  a"], ["b"]]);
        assert_eq!(of("(train pid=12, ip=10.0.0.1)   a"), [["  a"]]);
        assert_eq!(of("[default3]:a"), [["a"]]);
    }

    #[test]
    fn what_only_looks_like_a_label_stays() {
        for text in ["[E 12]: a", "12:30 a", "404:Not", "(see pid=x) a", "日本: 語語語", "[]: a"]
        {
            assert_eq!(of(text), [[text]], "{text}");
        }
    }

    #[test]
    fn a_carriage_return_ends_a_line_and_colours_are_left_out() {
        assert_eq!(of("1%\r2%\r\nend"), [["1%", "2%", "", "end"]]);
        assert_eq!(without_colours("\x1b[1;31merror\x1b[0m: é\x1b["), "error: é");
    }
}
