//! Lists of nodes as SLURM writes them: `n1`, `n[01-04,7]`, `a,b[1-2]-ib` (pure).

/// The most names that a list is written out to; SLURM itself takes no more of a range.
const MOST: usize = 65_536;

/// Returns the names in a list; none where it names a file, is longer than SLURM takes, or is no list.
pub(super) fn node_names(list: &str) -> Option<Vec<String>> {
    if list.contains('/') {
        return None;
    }
    let mut names = Vec::new();
    for item in items(list)?.into_iter().filter(|item| !item.is_empty()) {
        names.extend(expand(item)?);
        if names.len() > MOST {
            return None;
        }
    }
    Some(names)
}

/// Splits a list at the commas that are in no brackets; none where brackets do not match.
fn items(list: &str) -> Option<Vec<&str>> {
    let (mut depth, mut from) = (0_i32, 0);
    let mut items = Vec::new();
    for (at, c) in list.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                items.push(list[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
        if !(0..=1).contains(&depth) {
            return None;
        }
    }
    items.push(list[from..].trim());
    (depth == 0).then_some(items)
}

/// Returns the names of an item such as `b[1-2]-ib[0,3]`.
fn expand(item: &str) -> Option<Vec<String>> {
    let Some((before, rest)) = item.split_once('[') else { return Some(vec![item.to_owned()]) };
    let (inside, after) = rest.split_once(']')?;
    let mut numbers = Vec::new();
    for range in inside.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(first) || !is_number(last) {
            return None;
        }
        let (low, high): (usize, usize) = (first.parse().ok()?, last.parse().ok()?);
        if high < low || high - low >= MOST {
            return None;
        }
        let width = first.len();
        numbers.extend((low..=high).map(|number| format!("{number:0width$}")));
    }
    let ends = expand(after)?;
    if numbers.len().saturating_mul(ends.len()) > MOST {
        return None;
    }
    let all =
        numbers.iter().flat_map(|it| ends.iter().map(move |end| format!("{before}{it}{end}")));
    Some(all.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_written_out_as_slurm_does() {
        for (list, names) in [
            ("n1", "n1"),
            ("n1, n2,", "n1 n2"),
            ("n[1-3]", "n1 n2 n3"),
            ("n[08-10,3],m", "n08 n09 n10 n3 m"),
            ("r[1-2]c[0,3]-ib", "r1c0-ib r1c3-ib r2c0-ib r2c3-ib"),
            ("", ""),
        ] {
            assert_eq!(node_names(list).unwrap().join(" "), names, "{list}");
        }
    }

    #[test]
    fn what_is_no_list_of_names_is_none() {
        for list in
            ["/home/u/nodes", "n[1-", "n1]", "n[[1]]", "n[a-b]", "n[2-1]", "n[1-99999999]", "n[]"]
        {
            assert_eq!(node_names(list), None, "{list}");
        }
    }
}
