//! The commit of the code and its uncommitted changes. A directory without git is fine.

use std::path::Path;
use std::process::{Command, Stdio};

use sweep_config::records::GitRecord;

/// The greatest size of a diff that is kept, in bytes.
const MOST: usize = 10_000_000;

/// Returns the state of the repository; `None` without git or a repository, or if git refuses to read it.
pub(super) fn facts(dir: &Path) -> Option<GitRecord> {
    let commit = git(dir, &["rev-parse", "HEAD"])?;
    let branch = git(dir, &["rev-parse", "--abbrev-ref", "HEAD"]).filter(|name| name != "HEAD");
    let status = git(dir, &["status", "--porcelain", "--", "."]).unwrap_or_default();
    let remote =
        git(dir, &["remote", "get-url", "origin"]).and_then(|url| without_credentials(&url));
    Some(GitRecord { commit, branch, is_dirty: !status.is_empty(), remote })
}

/// Returns the uncommitted changes as a patch, with the names of untracked files.
pub(super) fn diff(dir: &Path) -> String {
    let mut text =
        git(dir, &["diff", "HEAD", "--no-color", "--no-ext-diff", "--no-textconv", "--", "."])
            .unwrap_or_default();
    if text.len() > MOST {
        let end = text.floor_char_boundary(MOST);
        text.truncate(end);
        text.push_str("\n# the rest of the diff was left out");
    }
    if !text.is_empty() {
        text.push('\n');
    }
    let others =
        git(dir, &["ls-files", "--others", "--exclude-standard", "--", "."]).unwrap_or_default();
    for name in others.lines() {
        text.push_str("# not in git: ");
        text.push_str(name);
        text.push('\n');
    }
    text
}

/// Runs git and returns its output without the last line break; `None` if it fails.
fn git(dir: &Path, args: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    // A hook that called us has its own repository in mind.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(name);
    }
    // To look at a repository must run no program of its own.
    let output = command
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"])
        .arg(dir)
        .args(args)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_PAGER", "cat")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
    output.status.success().then_some(text)
}

/// Returns an address without user, password and query; `None` for one that runs a program (`ext::…`).
fn without_credentials(url: &str) -> Option<String> {
    if url.contains("::") {
        return None;
    }
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), url),
    };
    // A password may hold anything, an `@` or a `/` too.
    let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    Some(scheme + host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_recorded() {
        let bare = |url: &str| without_credentials(url).unwrap_or_default();
        assert_eq!(bare("https://me:secret@host.org/a/b.git"), "https://host.org/a/b.git");
        assert_eq!(
            bare("https://me:se/cr@t@host.org/a.git?private_token=1"),
            "https://host.org/a.git"
        );
        assert_eq!(bare("git@host.org:a/b.git"), "host.org:a/b.git");
        assert_eq!(bare("/home/me/code.git"), "/home/me/code.git");
        assert_eq!(bare("ext::sh -c 'echo secret'"), "");
    }
}
