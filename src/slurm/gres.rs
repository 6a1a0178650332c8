//! Generic resources, as nodes have them and as tasks ask for them (pure).

/// A number of generic resources, such as GPUs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericResource {
    /// The name: `gpu`.
    pub name: String,
    /// The type: `volta`; none for any.
    pub kind: Option<String>,
    /// The number of them.
    pub count: u64,
}

impl GenericResource {
    /// Parses `gpu:volta:2(S:0-1),gpu:1,shard`, with or without `gres:` or `gres/` before each.
    pub(super) fn parse_list(text: &str) -> Vec<Self> {
        // What stands in parentheses may hold commas.
        let mut depth = 0_i32;
        let plain: String = text
            .chars()
            .filter(|c| {
                depth += i32::from(*c == '(') - i32::from(*c == ')');
                depth == 0 && *c != ')'
            })
            .collect();
        plain.split(',').filter_map(Self::parse).collect()
    }

    fn parse(text: &str) -> Option<Self> {
        let text = ["gres:", "gres/"].iter().find_map(|it| text.strip_prefix(it)).unwrap_or(text);
        let mut parts: Vec<&str> =
            text.split([':', '=']).filter(|it| *it != "no_consume").collect();
        let count = parts.last().and_then(|last| number(last));
        if count.is_some() {
            parts.pop();
        }
        let (name, kind) = (parts.first()?, parts.get(1));
        let is_name = !name.is_empty() && !["none", "null"].contains(&name.to_lowercase().as_str());
        is_name.then(|| Self {
            name: (*name).to_owned(),
            kind: kind.map(|kind| (*kind).to_owned()),
            count: count.unwrap_or(1),
        })
    }

    /// True if and only if a node with these resources may have so many of this one.
    pub(crate) fn is_within(&self, there: &[Self]) -> bool {
        self.count == 0 || self.count <= self.count_in(there)
    }

    /// Counts what a node with these resources has of this one. Where a node names no types, each may be the one.
    pub(crate) fn count_in(&self, there: &[Self]) -> u64 {
        let same = there.iter().filter(|it| it.name == self.name);
        let same =
            same.filter(|it| it.kind.is_none() || self.kind.is_none() || it.kind == self.kind);
        same.map(|it| it.count).fold(0, u64::saturating_add)
    }
}

/// Parses `2`, `4K`, `1G`.
fn number(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let power = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" => 0,
        "K" => 1,
        "M" => 2,
        "G" => 3,
        "T" => 4,
        "P" => 5,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1024_u64.pow(power))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let list = GenericResource::parse_list(text);
        let texts = list.iter().map(|it| {
            format!("{}/{}/{}", it.name, it.kind.as_deref().unwrap_or_default(), it.count)
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_a_node_has_and_what_a_task_asks_for_is_read() {
        assert_eq!(read("gpu:volta:2(S:0,1),gpu:1,shard"), "gpu/volta/2 gpu//1 shard//1");
        assert_eq!(read("gres:gpu:a100:1,gres/license:2K"), "gpu/a100/1 license//2048");
        assert_eq!(read("bandwidth:lustre:no_consume:4G"), "bandwidth/lustre/4294967296");
        assert_eq!(read("gpu:a100"), "gpu/a100/1");
        assert_eq!(read("(null)") + &read("none") + &read(""), "");
    }

    #[test]
    fn a_type_is_only_missing_where_types_are_named() {
        let fits = |asked: &str, there: &str| {
            GenericResource::parse_list(asked)[0].is_within(&GenericResource::parse_list(there))
        };
        assert!(fits("gpu:3", "gpu:volta:2,gpu:a100:1") && fits("gpu:a100:2", "gpu:2"));
        assert!(!fits("gpu:a100:2", "gpu:volta:4") && !fits("gpu:3", "gpu:2") && !fits("gpu", ""));
        assert!(fits("gpu:0", ""));
    }
}
