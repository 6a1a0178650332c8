//! The secret part of the address, which only those know who were told.

use std::fs::File;
use std::hint::black_box;
use std::io::{self, Read};

/// The number of random bytes.
const BYTES: usize = 16;

/// A random word that every address begins with.
#[derive(Debug)]
pub(super) struct AccessToken(String);

impl AccessToken {
    /// Draws one from the random source of the system.
    pub(super) fn random() -> io::Result<Self> {
        let mut bytes = [0; BYTES];
        File::open("/dev/urandom")?.read_exact(&mut bytes)?;
        Ok(Self(format!("{:032x}", u128::from_be_bytes(bytes))))
    }

    /// Returns its text.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// True if a text is the token. The time that this takes says nothing of where they differ.
    pub(super) fn is(&self, given: &str) -> bool {
        let (own, given) = (self.0.as_bytes(), given.as_bytes());
        let differ = own.iter().zip(given).fold(0, |differ, (a, b)| black_box(differ | (a ^ b)));
        own.len() == given.len() && differ == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_128_random_bits_and_only_itself() {
        let token = AccessToken::random().unwrap();
        let other = AccessToken::random().unwrap();
        assert_eq!(token.text().len(), 32);
        assert_ne!(token.text(), other.text());
        assert!(token.is(token.text()) && !token.is(other.text()));
        for wrong in ["", &token.text()[..31], &format!("{}0", token.text())] {
            assert!(!token.is(wrong));
        }
    }
}
