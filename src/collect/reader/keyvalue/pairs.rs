//! Finds `name: number` and `name=number` in a printed line.
//!
//! Lookalikes are passed over: a time of day, a date, a place in the code (`train.py:12`), a version, a
//! number with a unit, a share of a progress bar, `3 of 10`.

use std::borrow::Cow;

/// A named number of a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NumberPair {
    /// Its name with the words before it that belong to it: `best_val_acc`.
    pub(super) name: String,
    /// The number as it is printed.
    pub(super) number: String,
    /// The number behind a slash, as in `epoch: 3/10`.
    pub(super) of: Option<String>,
    /// Nothing but blanks stands between its name and the number: it counts if the name is surely a metric's.
    pub(super) is_bare: bool,
}

/// Words before a name that belong to it.
const QUALIFIERS: [&str; 25] = [
    "train",
    "training",
    "val",
    "valid",
    "validation",
    "test",
    "testing",
    "eval",
    "evaluation",
    "best",
    "final",
    "avg",
    "average",
    "mean",
    "median",
    "total",
    "min",
    "max",
    "last",
    "current",
    "top1",
    "top5",
    "top-1",
    "top-5",
    "overall",
];

/// Names of what is logged beside metrics and tells nothing of them.
const PASSED_OVER: [&str; 3] = ["v_num", "eta", "pid"];

/// Returns the line without colours, backspaces and other control characters.
pub(super) fn plain(line: &[u8]) -> Cow<'_, str> {
    let text = String::from_utf8_lossy(line);
    if !text.contains(|c: char| c.is_control() && c != '\t') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                if chars.clone().next() == Some('[') {
                    chars.next();
                    chars.by_ref().find(|c| ('@'..='~').contains(c));
                }
            }
            '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.into()
}

/// Returns the pairs of a line, in order.
pub(super) fn pairs(line: &str) -> Vec<NumberPair> {
    let mut found = Vec::new();
    if is_table_of_bars(line) {
        return found;
    }
    let mut from = 0;
    for (at, mark) in line.char_indices().filter(|(_, c)| matches!(c, ':' | '=')) {
        if at < from {
            continue;
        }
        if let Some((pair, end)) = pair(line, from, at, mark) {
            from = end;
            found.push(pair);
        }
    }
    if found.is_empty() {
        found = columns(line);
    }
    for bare in bare_pairs(line) {
        if found.iter().all(|pair| pair.name != bare.name) {
            found.push(bare);
        }
    }
    found
}

/// Returns the names that fractions follow without a mark, as `print("epoch", 3, "val_acc", 0.5)` has them:
/// `epoch 3 val_acc 0.5`, `step 250: train loss 1.9, val loss 2.0`.
fn bare_pairs(line: &str) -> Vec<NumberPair> {
    let (mut found, mut end, mut last) = (Vec::new(), 0, None);
    for word in line.split_inclusive([' ', '\t']) {
        let (start, text) = (end, word.trim_end_matches([' ', '\t']));
        end += word.len();
        if text.is_empty() {
            continue;
        }
        found.extend(last.and_then(|(at, name)| bare_pair(&line[..at], name, text)));
        last = Some((start, text));
    }
    found
}

/// Returns the pair of two words in a row; `front` is what stands before them.
fn bare_pair(front: &str, name: &str, text: &str) -> Option<NumberPair> {
    let (number, rest) = number(text, ' ')?;
    let is_fraction = number.contains(|c: char| !c.is_ascii_digit());
    let is_of_word = |c: char| c.is_alphanumeric() || "_-./@".contains(c);
    let is_word = name.starts_with(char::is_alphabetic) && name.chars().all(is_of_word);
    // `0.5%|###` is a bar, `0.5x` something else.
    let is_end = rest.strip_prefix('%').unwrap_or(rest);
    let is_end = matches!(is_end, "" | "," | ";" | "." | ")" | "]");
    if !is_fraction || !is_word || !is_end || name.ends_with(['.', '-', '/']) {
        return None;
    }
    let (name, front) = qualified(front, name);
    // In prose, words stand before it: `Start training from score -0.09`.
    let is_item = front.trim_end().chars().next_back().is_none_or(|c| !c.is_alphabetic());
    let number = number.to_owned();
    is_item.then_some(NumberPair { name, number, of: None, is_bare: true })
}

/// Box-drawing of a table that a progress bar is in tells no metric.
fn is_table_of_bars(line: &str) -> bool {
    !line.contains(|c: char| c.is_ascii_digit()) && !line.contains("nan") && !line.contains("inf")
}

/// Returns the pair around a mark, and where it ends; `from` is where the last one did.
fn pair(line: &str, from: usize, at: usize, mark: char) -> Option<(NumberPair, usize)> {
    let (before, after) = (&line[from..at], &line[at + mark.len_utf8()..]);
    let is_spaced = after.starts_with([' ', '\t']);
    let (number, rest) = number_behind(before, after.trim_start_matches([' ', '\t']), mark)?;
    let (name, front) = name(before.trim_end())?;
    let is_whole = number.bytes().all(|b| b.is_ascii_digit());
    // `train.py:12`, `__main__:main:12`, `host:8080`: a place, not a metric.
    let is_place =
        mark == ':' && !is_spaced && is_whole && (front.ends_with(':') || name.contains('.'));
    let last = name.rsplit(['.', '/']).next().unwrap_or(name);
    if is_place || PASSED_OVER.contains(&last) || front.ends_with(['\\', '~']) {
        return None;
    }
    let (of, rest) = out_of(rest);
    if !ends_number(rest, of.is_some()) {
        return None;
    }
    let end = line.len() - rest.len();
    let (name, _) = qualified(front, name);
    Some((NumberPair { name, number: number.to_owned(), of, is_bare: false }, end))
}

/// Returns the number behind a name and its mark, and what follows; behind a name in quotes it may have quotes, too.
fn number_behind<'l>(name: &str, text: &'l str, mark: char) -> Option<(&'l str, &'l str)> {
    let quote = name.trim_end().chars().next_back().filter(|c| matches!(c, '"' | '\''));
    let Some((quote, inner)) = quote.and_then(|quote| Some((quote, text.strip_prefix(quote)?)))
    else {
        return number(text, mark);
    };
    let (number, rest) = number(inner, mark)?;
    Some((number, rest.strip_prefix(quote)?))
}

/// Returns the name at the end of a text, and what is before it.
fn name(text: &str) -> Option<(&str, &str)> {
    let text = text.strip_suffix(['"', '\'']).unwrap_or(text);
    let is_of_name = |c: char| c.is_alphanumeric() || "_-./@()%+#".contains(c);
    let start = text.char_indices().rev().take_while(|(_, c)| is_of_name(*c)).last()?.0;
    let (front, mut name) = text.split_at(start);
    name = name.trim_start_matches(|c: char| !c.is_alphabetic() && c != '_');
    if name.matches('(').count() != name.matches(')').count() {
        name = name.rsplit('(').next()?;
    }
    let is_name = name.chars().any(char::is_alphabetic)
        && !name.contains("//")
        && !name.ends_with(['.', '/', '-']);
    // The letter of a drive or of an exponent, a level of loguru.
    let is_short = name.len() > 80;
    let front = front.strip_suffix(['"', '\'']).unwrap_or(front);
    (is_name && !is_short).then_some((name, front))
}

/// Returns a name with the words before it that belong to it, and what is before these.
fn qualified<'l>(front: &'l str, name: &str) -> (String, &'l str) {
    let mut words = vec![name];
    let mut rest = front;
    while let Some(before) = rest.strip_suffix(' ') {
        let word = before
            .rsplit(|c: char| c.is_whitespace() || "([{|,;:".contains(c))
            .next()
            .unwrap_or("");
        let plain = word.strip_suffix("'s").unwrap_or(word);
        let is_qualifier = QUALIFIERS.iter().any(|known| plain.eq_ignore_ascii_case(known))
            || (word.ends_with("'s") && !plain.is_empty());
        if !is_qualifier {
            break;
        }
        words.push(plain);
        rest = &before[..before.len() - word.len()];
    }
    words.reverse();
    (words.join("_"), rest)
}

/// Returns the number at the beginning of a text and what follows it: `nan`, `tensor(0.5`, `np.float64(0.5` too.
pub(super) fn number(text: &str, mark: char) -> Option<(&str, &str)> {
    let wrapped = ["tensor(", "np.float64(", "np.float32(", "np.int64(", "array("];
    let text = wrapped.iter().find_map(|head| text.strip_prefix(head)).unwrap_or(text);
    // `a == 1`, `a := 1`, `a::1` are code.
    if text.starts_with(['=', ':']) || (mark == '=' && text.is_empty()) {
        return None;
    }
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let word = ["nan", "inf", "infinity"].iter().rev().find(|word| {
        text.get(sign..sign + word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    });
    if let Some(word) = word {
        return Some(text.split_at(sign + word.len()));
    }
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = digits(sign);
    let mut end = sign + whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        if whole + fraction == 0 {
            return None;
        }
        end += 1 + fraction;
    } else if whole == 0 {
        return None;
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'-' | b'+')));
        let exponent = bytes.get(signed..).map_or(0, |_| digits(signed));
        if exponent > 0 {
            end = signed + exponent;
        }
    }
    Some(text.split_at(end))
}

/// Returns the number behind a slash, and what follows.
pub(super) fn out_of(rest: &str) -> (Option<String>, &str) {
    let Some(behind) = rest.trim_start_matches(' ').strip_prefix('/') else { return (None, rest) };
    let behind = behind.trim_start_matches(' ');
    let len = behind.bytes().take_while(u8::is_ascii_digit).count();
    if len == 0 { (None, rest) } else { (Some(behind[..len].to_owned()), &behind[len..]) }
}

/// True if nothing follows that makes something else of a number.
fn ends_number(rest: &str, has_of: bool) -> bool {
    let share = rest.strip_prefix('%');
    let rest = share.unwrap_or(rest);
    // `10%|███   |` and `10% ━━━━` are bars.
    let is_bar =
        |rest: &str| rest.trim_start().starts_with(|c| ('\u{2500}'..='\u{259f}').contains(&c));
    if (rest.starts_with('|') && !has_of) || share.is_some_and(is_bar) {
        return false;
    }
    match rest.chars().next() {
        None => true,
        Some(c) if c.is_whitespace() => !rest.trim_start().starts_with("%|"),
        Some('.' | ':') => !rest[1..].starts_with(|c: char| c.is_alphanumeric()),
        Some(c) => ",;|)]}>(\"".contains(c) || (has_of && c == '['),
    }
}

/// Returns the pairs of a line of columns, `| loss 9.8 | ppl 12 |`: nothing but a name and a number stands between
/// two bars.
fn columns(line: &str) -> Vec<NumberPair> {
    if line.matches(" | ").count() < 2 {
        return Vec::new();
    }
    let pair = |column: &str| {
        let mut words = column.split_whitespace();
        let (name, text, None) = (words.next()?, words.next()?, words.next()) else { return None };
        cell_pair(self::name(name).filter(|(_, front)| front.is_empty())?.0, text)
    };
    line.split('|').filter_map(pair).collect()
}

/// Returns the pair of a name and a cell that is nothing but a number.
pub(super) fn cell_pair(name: &str, cell: &str) -> Option<NumberPair> {
    let (number, rest) = number(cell, ' ')?;
    let is_whole = rest.is_empty() && !name.is_empty();
    is_whole.then(|| NumberPair {
        name: name.to_owned(),
        number: number.to_owned(),
        of: None,
        is_bare: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Vec<String> {
        let line = plain(line.as_bytes()).into_owned();
        pairs(&line).into_iter().map(|pair| format!("{} {}", pair.name, pair.number)).collect()
    }

    #[test]
    fn pairs_are_found_however_programs_print_them() {
        for (line, expected) in [
            ("val_acc: 0.93", &["val_acc 0.93"][..]),
            ("epoch=3, loss=1.5e-3, lr = 5e-05", &["epoch 3", "loss 1.5e-3", "lr 5e-05"]),
            ("{'loss': 1.2, 'eval/acc': -0.5, 'n': 3}", &["loss 1.2", "eval/acc -0.5", "n 3"]),
            ("{\"loss\": NaN, \"x\": -inf}", &["loss NaN", "x -inf"]),
            ("{'loss': '0.7029', 'epoch': '0.375'}", &["loss 0.7029", "epoch 0.375"]),
            ("best val_acc: 0.93", &["best_val_acc 0.93"]),
            ("Final Test Accuracy: 91.5%", &["Final_Test_Accuracy 91.5"]),
            (
                "[10]\ttraining's l2: 0.5\tvalid_1's l2: 0.25",
                &["training_l2 0.5", "valid_1_l2 0.25"],
            ),
            ("[10]\ttrain-rmse:0.5\ttest-rmse:0.25", &["train-rmse 0.5", "test-rmse 0.25"]),
            ("100/100 - 1s 5ms/step - loss: 1.9 - val_loss: 1.7", &["loss 1.9", "val_loss 1.7"]),
            ("\u{1b}[1mloss\u{1b}[0m: \u{1b}[32m0.5\u{1b}[0m", &["loss 0.5"]),
            ("loss: tensor(0.5123, device='cuda:0')", &["loss 0.5123"]),
            ("{'acc': np.float64(0.5)}", &["acc 0.5"]),
            ("| epoch 001 | loss 9.8 | ppl 12 | done", &["epoch 001", "loss 9.8", "ppl 12"]),
            ("Epoch 0: 50%|#### | 5/10 [00:01<00:01, 4.9it/s, v_num=0, loss=0.5]", &["loss 0.5"]),
            ("metrics/mAP50(B): 0.4", &["metrics/mAP50(B) 0.4"]),
            ("epoch 3 val_acc 0.5", &["val_acc 0.5"]),
            ("step 250: train loss 1.9, val loss 2.0", &["train_loss 1.9", "val_loss 2.0"]),
            (
                "| end of epoch   1 | time: 38.02s | valid loss  5.60 | valid ppl   270.51",
                &["valid_loss 5.60", "valid_ppl 270.51"],
            ),
            ("Validation accuracy 91.5% (best 92.0)", &["Validation_accuracy 91.5"]),
        ] {
            assert_eq!(of(line), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_metric_is_none() {
        for line in [
            "2024-05-08 12:00:00,123 - INFO - begins",
            "2024-05-08 12:00:00.123 | INFO     | __main__:main:12 - begins",
            "I0508 12:00:00.123 1234 train.py:123] begins",
            "time: 12:30:01, date: 2024-05-08, version: 1.2.3, took: 0.1s, mem: 2.3G",
            "train: 10%|██        | 1/10",
            "mAP50-95): 100% ━━━━━━━━━━━━ 1/1 28.3it/s 0.0s",
            "eta: 3",
            "http://localhost:8080/",
            "x == 3, std::1",
            "[LightGBM] [Info] Start training from score -0.092506",
            "it has a loss 0.5",
            "name: words",
            "name: '1.2', {'name': '1.2.3', 'other': '1\"}",
            "",
        ] {
            assert_eq!(of(line), Vec::<String>::new(), "{line}");
        }
    }
}
