//! The address to listen at, as it is typed.

use std::convert::Infallible;
use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::str::FromStr;

use super::Failure;

/// The word that follows `--serve`: an address, or what was meant to be a sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServeAddress {
    /// An address and a port; port 0 is any that is free.
    At {
        /// The name or number of this machine.
        host: String,
        /// The port.
        port: u16,
    },
    /// No address, but the next word of the command line: the name of a sweep.
    Sweep(PathBuf),
}

impl ServeAddress {
    /// The address if none is typed.
    pub const DEFAULT: &str = "127.0.0.1:0";

    /// Listens there; returns the name of the host, too.
    ///
    /// # Errors
    ///
    /// When the address is not of this machine, or taken.
    pub fn listen(&self) -> Result<(TcpListener, String), Failure> {
        let Self::At { host, port } = self else {
            return Err(Failure::usage("--serve has no address", "type it as ADDR:PORT"));
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let listener = TcpListener::bind((bare, *port)).map_err(|error| {
            Failure::usage(
                format!("cannot listen at {host}:{port}: {error}"),
                "leave out the address for a free port on 127.0.0.1",
            )
        })?;
        Ok((listener, host.clone()))
    }

    /// Returns the address to open.
    #[must_use]
    pub fn url(&self, listener: &TcpListener, token: &str) -> String {
        let at = listener.local_addr().ok();
        let port = at.map_or(0, |at| at.port());
        let host = match (self, at.map(|at| at.ip())) {
            (_, Some(ip)) if ip.is_unspecified() => "127.0.0.1".to_owned(),
            (Self::At { host, .. }, _) => host.clone(),
            (Self::Sweep(_), _) => String::new(),
        };
        format!("http://{host}:{port}/{token}/")
    }

    /// Returns how to open the page from elsewhere, or a warning if everybody can reach it.
    #[must_use]
    pub fn advice(&self, listener: &TcpListener) -> String {
        let Ok(at) = listener.local_addr() else { return String::new() };
        let port = at.port();
        if at.ip().is_loopback() {
            format!(
                "from another machine: ssh -L {port}:127.0.0.1:{port} THIS_HOST, then open the same address"
            )
        } else {
            "others on the network can reach this, and read the address on its way: it is not encrypted".to_owned()
        }
    }
}

impl Default for ServeAddress {
    fn default() -> Self {
        Self::At { host: "127.0.0.1".to_owned(), port: 0 }
    }
}

impl FromStr for ServeAddress {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let (host, port) = text.rsplit_once(':').unwrap_or(("", text));
        let host = if host.is_empty() { "127.0.0.1" } else { host };
        let is_host =
            host.starts_with('[') || host.parse::<IpAddr>().is_ok() || !host.contains(['/', ':']);
        match port.parse() {
            Ok(port) if is_host => Ok(Self::At { host: host.to_owned(), port }),
            _ => Ok(Self::Sweep(PathBuf::from(text))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_port_and_all_else_is_a_sweep() {
        let read = |text: &str| text.parse::<ServeAddress>().unwrap();
        let at = |host: &str, port| ServeAddress::At { host: host.to_owned(), port };
        assert_eq!(read(ServeAddress::DEFAULT), at("127.0.0.1", 0));
        assert_eq!(read("8080"), at("127.0.0.1", 8080));
        assert_eq!(read(":8080"), at("127.0.0.1", 8080));
        assert_eq!(read("0.0.0.0:80"), at("0.0.0.0", 80));
        assert_eq!(read("[::1]:80"), at("[::1]", 80));
        assert_eq!(read("node7:80"), at("node7", 80));
        for text in ["sweep.yaml", "sweeps/a", "a/b:80", "99999", "x:"] {
            assert_eq!(read(text), ServeAddress::Sweep(text.into()), "{text}");
        }
    }
}
