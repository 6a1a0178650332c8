use std::path::Path;

use proptest::prelude::*;

use super::*;

#[test]
fn what_follows_a_mark_is_hidden() {
    for (text, shown) in [
        ("wandb login 0123456789abcdef", "wandb login ***"),
        (
            "python -m wandb login --relogin 0123456789abcdef && ls",
            "python -m wandb login --relogin *** && ls",
        ),
        ("docker login -u me -p word registry", "docker login -u me -p *** registry"),
        ("huggingface-cli login --token hf_word", "huggingface-cli login --token ***"),
        ("x --token=word --lr 0.1", "x --token=*** --lr 0.1"),
        ("x --verbose --api-key 'two words' y", "x --verbose --api-key '***' y"),
        ("x --api-key \\\n  word", "x --api-key \\\n  ***"),
        ("['x', '--token', 'word', '--lr', '0.1']", "['x', '--token', '***', '--lr', '0.1']"),
        ("x --hf_token abc12345, failed", "x --hf_token ***, failed"),
        (
            "curl -H 'Authorization: Bearer abc' https://x",
            "curl -H 'Authorization: Bearer ***' https://x",
        ),
        ("{\"Authorization\": \"Basic dXNlcjp4\"}", "{\"Authorization\": \"Basic ***\"}"),
        ("curl -u me:word https://x", "curl -u me:*** https://x"),
        ("git clone https://me:word@host/x.git", "git clone https://me:***@host/x.git"),
        ("pip install git+https://abcd1234@host/x", "pip install git+https://***@host/x"),
        ("postgresql://me:a:b@host:5432/db", "postgresql://me:***@host:5432/db"),
        ("ERROR:root:token=abc12345", "ERROR:root:token=***"),
        ("init(api_key='word', x=1)", "init(api_key='***', x=1)"),
        ("{\"api_key\": \"word\", \"x\": 1}", "{\"api_key\": \"***\", \"x\": 1}"),
        ("{\\\"password\\\": \\\"word\\\"}", "{\\\"password\\\": \\\"***\\\"}"),
        ("https://host/x?token=abc12345&y=1", "https://host/x?token=***&y=1"),
        ("HF_TOKEN=word python x.py", "HF_TOKEN=*** python x.py"),
        ("loaded hf_abcdefghij0123456789", "loaded ***"),
    ] {
        assert_eq!(without_credentials(text), shown);
    }
}

#[test]
fn ordinary_words_and_references_stay() {
    for text in [
        "x --token $HF_TOKEN --api-key=\"${KEY}\" --password {{PASSWORD}}",
        "curl -H \"Authorization: Bearer $TOKEN\" https://x",
        "git clone git@github.com:me/x.git ssh://git@host/x https://host:8080/@me",
        "--tokenizer bert-base-2024 --max-tokens 512 --pad-token <pad> --eos_token_id 50256",
        "unexpected token: <eof> is no token of 12345678 tokens; time_per_token=0.0123456789",
        "{\"token\": null, \"use_auth_token\": true, \"password\": 12345678}",
        "KeyError: 'password' not found; Password: incorrect; secret: none",
        "--key 12345678a --monkey=a1234567 keypoints=a1234567",
        "Last login from node-0123456789a",
        "see https://wandb.ai/me/x/runs/abcd1234 and me@host1234.org",
        "x --use-auth-token True --no-token --lr 0.1",
    ] {
        assert_eq!(without_credentials(text), text);
        assert!(matches!(without_credentials(text), Cow::Borrowed(_)));
    }
}

/// Reads logs and errors that many programs really printed.
#[test]
fn no_log_of_the_fixtures_changes() {
    fn visit(path: &Path, seen: &mut u32) {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, seen);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let text = String::from_utf8_lossy(&bytes);
            assert_eq!(without_credentials(&text), text, "{}", path.display());
            *seen += 1;
        }
    }
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    let mut seen = 0;
    for folder in ["stderr", "programs", "slurm"] {
        visit(&fixtures.join(folder), &mut seen);
    }
    assert!(seen > 50, "{seen}");
}

proptest! {
    #[test]
    fn a_text_without_a_mark_is_unchanged(text in "([a-jl-rt-z0-9 .,:;='\"/{}\\[\\]\n-]|\\PC){0,80}") {
        let marks = ["token", "secret", "passw", "passphrase", "key", "authorization", "bearer", "login", "@", "curl",
            "hf_", "gh", "glpat", "sk-", "xox", "AKIA", "AIza"];
        let lower = text.to_lowercase();
        prop_assume!(!marks.iter().any(|mark| lower.contains(&mark.to_lowercase())));
        prop_assert_eq!(without_credentials(&text), text.as_str());
    }

    #[test]
    fn no_credential_after_a_mark_shows(
        before in "([ -~]{0,12}[ \n])?",
        mark in "(--token |--api-key=|--password '|wandb login |Authorization: Bearer |https://me:|HF_TOKEN=)",
        value in "[a-z]{4}[0-9]{4}[a-zA-Z0-9]{4,12}",
        after in "[ '\n][ -~]{0,12}",
    ) {
        let after = if mark.starts_with("https") { format!("@host {after}") } else { after };
        // An open quote or a line of a shell's before it may make another text of it.
        prop_assume!(!before.contains(['"', '\'', '\\', '`', '$', '{', '*', '%', '<', '>', '(', '[', '=', ':', '-', '@', '/']));
        let text = format!("{before}{mark}{value}{after}");
        let shown = without_credentials(&text);
        prop_assert!(!shown.contains(&value), "{} is shown as {}", text, shown);
        prop_assert_eq!(without_credentials(&shown), shown.as_ref());
    }

    #[test]
    fn json_stays_json(
        key in "(token|api_key|password|x)",
        value in "([a-z0-9\"'\\\\ =:{}\\[\\],\n-]|--token |api_key=|https://a:b@c|\\PC){0,40}",
        number in any::<f64>(),
    ) {
        let json = serde_json::json!({ key.clone(): value, "n": { key.clone(): number, "o": { key: [1, 2] } } });
        let printed = json.to_string();
        let shown = without_credentials(&printed);
        let read: serde_json::Value = serde_json::from_str(&shown).unwrap();
        prop_assert_eq!(&read["n"], &json["n"]);
    }
}
