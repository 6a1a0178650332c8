//! A line of `cfgs_summary.yaml`: what was sampled for a job, and the network that it makes.

const ARROW: &str = " -> ";
/// The beginnings of the part behind the arrow; no sampled value begins so.
const NETWORKS: [&str; 2] = ["ANYNET.", "EN."];

/// Returns the line of a job from the sampled values and its network, which is empty where the values
/// say all.
#[must_use]
pub fn line(sampled: &str, network: &str) -> String {
    if network.is_empty() { sampled.to_owned() } else { format!("{sampled}{ARROW}{network}") }
}

/// Returns the sampled values of a line.
#[must_use]
pub fn sampled(line: &str) -> &str {
    match line.rsplit_once(ARROW) {
        Some((sampled, network)) if NETWORKS.iter().any(|name| network.starts_with(name)) => {
            sampled
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sampled_is_found_again() {
        for text in ["REGNET.W0 8", "A a -> b", ""] {
            assert_eq!(sampled(&line(text, "ANYNET.DEPTHS [1] ANYNET.WIDTHS [8]")), text);
            assert_eq!(sampled(&line(text, "")), text);
        }
    }
}
