//! Which names of this host a request may use (pure).
//!
//! A page of another site can make a browser resolve that site's name to this machine (DNS rebinding) and read what
//! comes back; its requests then bear that name. A name of this machine or a number cannot be bent so.

use std::net::IpAddr;

/// The names that mean this machine everywhere. Their port is any: `ssh -L` forwards another one.
const OWN: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The names that requests may use.
#[derive(Debug, Clone)]
pub(super) struct HostRule {
    /// The name that the server was told to listen at; may be a number.
    named: String,
}

impl HostRule {
    /// Allows the name that the server was told to listen at, too.
    pub(super) fn new(named: &str) -> Self {
        Self { named: named.to_ascii_lowercase() }
    }

    /// True if a request that came to the address `local` may name this host.
    pub(super) fn accepts(&self, host: &str, local: IpAddr) -> bool {
        let Some(name) = without_port(host) else { return false };
        let name = name.to_ascii_lowercase();
        let number = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        OWN.contains(&name.as_str())
            || (!self.named.is_empty() && name == self.named)
            || number.is_ok_and(|number| number == local)
    }
}

/// Returns the name without its port; `None` if what follows is no port.
fn without_port(host: &str) -> Option<&str> {
    let end = if host.starts_with('[') {
        host.find(']')? + 1
    } else {
        host.find(':').unwrap_or(host.len())
    };
    let (name, port) = host.split_at(end);
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    (port.is_empty() || port.strip_prefix(':').is_some_and(is_port)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_host_may_be_named_at_any_port() {
        let (rule, local) = (HostRule::new("node7"), IpAddr::from([10, 0, 0, 7]));
        for host in [
            "localhost",
            "localhost:8080",
            "LOCALHOST:1",
            "127.0.0.1:5",
            "[::1]:9",
            "10.0.0.7:80",
            "node7",
            "NODE7:1",
        ] {
            assert!(rule.accepts(host, local), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "evil.example:80",
            "127.0.0.1.evil.example",
            "localhost:",
            "localhost:x",
            "127.0.0.2",
            "10.0.0.8",
            "[::1",
            "[::2]:1",
            "localhost:80:80",
            "user@localhost",
            "localhost.",
        ] {
            assert!(!rule.accepts(host, local), "{host}");
        }
    }
}
