//! Names that say that their values are credentials.

/// The certainty with which a name tells that its value is a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CredentialName {
    /// It is one: `api_key`, `db-password`, `HF_TOKEN`.
    Certain,
    /// It is the one word `token`, which has other meanings.
    Token,
    /// It may be one: `my_token`; those of language models, such as `pad_token`, are none.
    Likely,
}

/// The ends of names that are certain, without what divides words.
const CERTAIN: [&str; 19] = [
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
    "authkey",
    "apisecret",
    "clientsecret",
    "accesstoken",
    "authtoken",
    "apitoken",
    "hftoken",
    "hubtoken",
    "wandbtoken",
    "githubtoken",
    "refreshtoken",
    "bearertoken",
];

/// The words before `token` that say that it is one of a text.
const OF_TEXT: [&str; 16] = [
    "pad", "eos", "bos", "unk", "cls", "sep", "mask", "special", "stop", "start", "end", "image",
    "next", "max", "per", "num",
];

impl CredentialName {
    /// Returns what the last part of a dotted name says; none if it is no name of a credential.
    pub(super) fn of(name: &str) -> Option<Self> {
        let words = words(name.rsplit('.').next()?);
        let plain = words.concat();
        if CERTAIN.iter().any(|end| plain.ends_with(end)) || plain == "secret" {
            return Some(Self::Certain);
        }
        match words.as_slice() {
            [token] if token == "token" => Some(Self::Token),
            [.., before, token] if token == "token" && OF_TEXT.contains(&before.as_str()) => None,
            _ => (plain.ends_with("token") || plain.ends_with("secret")).then_some(Self::Likely),
        }
    }
}

/// Returns the words of a name in lower case: `apiKey`, `api-key` and `API_KEY` have two.
fn words(name: &str) -> Vec<String> {
    let (mut words, mut was_lower) = (vec![String::new()], false);
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (was_lower && c.is_ascii_uppercase()) {
            words.push(String::new());
        }
        was_lower = c.is_ascii_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_ascii_alphanumeric()) {
            word.push(c.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_told_from_those_of_tokens_of_a_text() {
        for name in ["api-key", "WANDB_API_KEY", "apiKey", "db.password", "HF_TOKEN", "secret"] {
            assert_eq!(CredentialName::of(name), Some(CredentialName::Certain), "{name}");
        }
        assert_eq!(CredentialName::of("token"), Some(CredentialName::Token));
        assert_eq!(CredentialName::of("my-token"), Some(CredentialName::Likely));
        for name in
            ["tokenizer", "max_tokens", "pad_token", "eosToken", "key", "keypoints", "monkey", "lr"]
        {
            assert_eq!(CredentialName::of(name), None, "{name}");
        }
    }
}
