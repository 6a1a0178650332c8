//! Values that others must not see: those of `LAUNCH.ENV`, what `LAUNCH.PRE_COMMANDS` assign, and credentials in plain words.
//!
//! - `credential`: credentials in any text, by the marks before them,
//! - `shell`: the assignments of a command,
//! - `text`: the text of a config,
//! - `values`: such values where programs print them.
//!
//! Reports and journals name the variables and show [`MASK`] for their values. The config itself and the scripts hold
//! the values, and are written for their owner alone ([`Sweep::file_access`]). `LAUNCH.COMMAND` is no place for a secret: the
//! ledger has it, and what it gives to programs all users of the machine see.

mod credential;
mod credential_name;
mod shell;
mod text;
mod values;

use std::os::unix::fs::PermissionsExt;

use crate::config::canonical_key;
use crate::fs::FileAccess;
use crate::{LaunchConfig, Sweep};
pub use credential::without_credentials;
pub use values::SecretValues;

/// The text that stands for a value.
pub const MASK: &str = "***";

/// The keys whose values are secrets.
const KEYS: [&str; 2] = ["LAUNCH.ENV", "LAUNCH.PRE_COMMANDS"];

/// The bits of a directory's mode by which its owner has opened it to its group: setgid, and that the group may write.
const OPENED: u32 = 0o2020;

impl LaunchConfig {
    /// Returns the keys as others may see them: with the names of variables, and not their values.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut masked = self.clone();
        for (_, value) in &mut masked.env {
            MASK.clone_into(value);
        }
        for command in &mut masked.pre_commands {
            *command = without_credentials(&shell::masked(command)).into_owned();
        }
        masked.command = without_credentials(&masked.command).into_owned();
        masked
    }
}

impl Sweep {
    /// Returns the sweep as others may see it: the text, the overrides and the values without secrets.
    #[must_use]
    pub fn masked(&self) -> Self {
        let mut masked = self.clone();
        masked.launch = self.launch.masked();
        masked.overrides = self.overrides.iter().map(|set| masked_override(set)).collect();
        let text = text::masked(&self.text);
        masked.text = self.secret_values().without_secrets(&text);
        masked
    }

    /// Returns the values that are secrets by their names, to be found where programs print them.
    #[must_use]
    pub fn secret_values(&self) -> SecretValues {
        let LaunchConfig { env, pre_commands, command, .. } = &self.launch;
        let assigned = pre_commands.iter().flat_map(|text| shell::assignments(text));
        let texts = pre_commands.iter().chain([command]);
        let credentials = texts.flat_map(|text| {
            let found = credential::credentials(text).into_iter();
            found.map(|range| ("TOKEN".to_owned(), text[range].to_owned()))
        });
        SecretValues::of(env.iter().cloned().chain(assigned).chain(credentials))
    }

    /// Returns who may read a file that holds the whole config or a script made from it.
    ///
    /// With secrets in it, its owner alone; the group too where the owner has opened the sweep directory to it (setgid, or
    /// the group may write there). Never more than the umask allows.
    #[must_use]
    pub fn file_access(&self) -> FileAccess {
        let LaunchConfig { env, pre_commands, command, .. } = &self.launch;
        let holds_none = credential::credentials(command).is_empty();
        if env.is_empty() && pre_commands.is_empty() && holds_none {
            return FileAccess::Everyone;
        }
        let mode = std::fs::metadata(self.dir().path()).map_or(0, |meta| meta.permissions().mode());
        if mode & OPENED == 0 { FileAccess::Owner } else { FileAccess::Group }
    }

    /// Returns who may read a file that holds these overrides, but not the config.
    #[must_use]
    pub fn record_access(&self, overrides: &[String]) -> FileAccess {
        let holds_secret = |set: &String| masked_override(set) != *set;
        if overrides.iter().any(holds_secret) { self.file_access() } else { FileAccess::Everyone }
    }
}

/// Returns an argument `KEY.PATH=VALUE` as others may see it.
#[must_use]
pub fn masked_override(set: &str) -> String {
    let Some((written, _)) = set.split_once('=') else { return set.to_owned() };
    let key = canonical_key(written);
    let is_below = |above: &str| key.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'));
    let holds = |secret: &&str| key == *secret || is_below(secret) || key == "LAUNCH";
    if KEYS.iter().any(holds) {
        return format!("{written}={MASK}");
    }
    without_credentials(set).into_owned()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn an_override_keeps_its_key_and_loses_its_value_if_that_is_a_secret() {
        for (given, shown) in [
            ("LAUNCH.ENV.HF_TOKEN=hf_1", "LAUNCH.ENV.HF_TOKEN=***"),
            ("LAUNCH.ENV={A: b}", "LAUNCH.ENV=***"),
            ("LAUNCH.PRE_COMMANDS=[export A=b]", "LAUNCH.PRE_COMMANDS=***"),
            ("LAUNCH={ENV: {A: b}}", "LAUNCH=***"),
            ("launch.env.HF_TOKEN=hf_1", "launch.env.HF_TOKEN=***"),
            ("LAUNCH.MODE=train", "LAUNCH.MODE=train"),
            ("LAUNCH.COMMAND=x --token word", "LAUNCH.COMMAND=x --token ***"),
            ("SETUP.BASE_CFG.ENV=1", "SETUP.BASE_CFG.ENV=1"),
        ] {
            assert_eq!(masked_override(given), shown);
        }
    }

    #[test]
    fn files_are_for_their_owner_unless_the_directory_was_opened() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("s.yaml");
        let load = |launch: &str| {
            let text = format!(
                "NAME: s\nROOT_DIR: {}\nSETUP: {{NUM_CONFIGS: 1}}\nLAUNCH: {{COMMAND: x{launch}}}\n",
                root.path().display()
            );
            crate::fs::write_atomic(&path, text.as_bytes()).unwrap();
            Sweep::load(Path::new(&path), &[]).unwrap()
        };
        assert_eq!(load("").file_access(), FileAccess::Everyone);
        let sweep = load(", ENV: {A: b}");
        assert_eq!(sweep.file_access(), FileAccess::Owner);
        let dir = root.path().join("s");
        std::fs::create_dir(&dir).unwrap();
        for (mode, access) in
            [(0o755, FileAccess::Owner), (0o775, FileAccess::Group), (0o2750, FileAccess::Group)]
        {
            std::fs::set_permissions(&dir, PermissionsExt::from_mode(mode)).unwrap();
            assert_eq!(sweep.file_access(), access, "{mode:o}");
        }
        assert_eq!(sweep.record_access(&["A=1".to_owned()]), FileAccess::Everyone);
        assert_eq!(load(" --token word").file_access(), FileAccess::Group);
        assert_eq!(load(", PRE_COMMANDS: [module list]").file_access(), FileAccess::Group);
    }
}
