//! Reads options of `sbatch` as it does: from the lines of a script, in every spelling that it takes (pure).
//!
//! The names are those of SLURM 22.05 to 24.11. A name may be cut short where only one begins so.

/// The names of options that need a value.
const WITH_VALUE: &str = "account acctg-freq argv array autocomplete batch bb bbf begin chdir cluster cluster-constraint \
     clusters comment constraint container container-id context core-spec cores-per-socket cpu-freq \
     cpus-per-gpu cpus-per-task deadline delay-boot dependency distribution environment error exclude \
     export export-file extra extra-node-info gid gpu-bind gpu-freq gpus gpus-per-node gpus-per-socket \
     gpus-per-task gres gres-flags hint input job-name kill-on-invalid-dep licenses mail-type mail-user \
     mcs-label mem mem-bind mem-per-cpu mem-per-gpu mincpus network nodefile nodelist nodes ntasks \
     ntasks-per-core ntasks-per-gpu ntasks-per-node ntasks-per-socket ntasks-per-tres open-mode output \
     partition power prefer priority profile qos reservation segment signal sockets-per-node switches \
     tasks-per-node thread-spec threads-per-core time time-min tmp tres-bind tres-per-task uid \
     wait-all-nodes wckey wrap";

/// The names of options that may have a value, behind a `=`.
const WITH_OR_WITHOUT: &str =
    "exclusive get-user-env nice no-kill oom-kill-step propagate resv-ports";

/// The names of options without a value.
const WITHOUT_VALUE: &str = "contiguous help hold ignore-pbs no-requeue overcommit oversubscribe parsable quiet reboot requeue \
     spread-job stepmgr test-only usage use-min-nodes verbose version wait";

/// The letters of options, and their names.
const LETTERS: [(char, &str); 34] = [
    ('A', "account"),
    ('a', "array"),
    ('B', "extra-node-info"),
    ('b', "begin"),
    ('C', "constraint"),
    ('c', "cpus-per-task"),
    ('D', "chdir"),
    ('d', "dependency"),
    ('e', "error"),
    ('F', "nodefile"),
    ('G', "gpus"),
    ('H', "hold"),
    ('h', "help"),
    ('i', "input"),
    ('J', "job-name"),
    ('k', "no-kill"),
    ('L', "licenses"),
    ('M', "clusters"),
    ('m', "distribution"),
    ('N', "nodes"),
    ('n', "ntasks"),
    ('O', "overcommit"),
    ('o', "output"),
    ('p', "partition"),
    ('Q', "quiet"),
    ('q', "qos"),
    ('S', "core-spec"),
    ('s', "oversubscribe"),
    ('t', "time"),
    ('V', "version"),
    ('v', "verbose"),
    ('W', "wait"),
    ('w', "nodelist"),
    ('x', "exclude"),
];

/// Names of one option.
const ALIASES: [(&str, &str); 2] = [("tasks-per-node", "ntasks-per-node"), ("cluster", "clusters")];

/// An option of `sbatch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubmitOption {
    /// The full name, without dashes.
    pub name: String,
    /// The value; empty where the option has none.
    pub value: String,
}

/// The way in which an option takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OptionValue {
    Needed,
    Optional,
    Never,
}

/// Returns the options in the `#SBATCH` lines of a script, in order. Only those before the first command count, and
/// those of the first component of a heterogeneous job.
pub fn script_options(script: &str) -> Vec<SubmitOption> {
    let comments = script.lines().take_while(|line| {
        let line = line.trim_start();
        line.is_empty() || line.starts_with('#')
    });
    let options = comments.filter_map(|line| line.strip_prefix("#SBATCH"));
    read_options(options.take_while(|line| !["hetjob", "packjob"].contains(&line.trim())))
}

/// Returns the options in lines as they stand behind `#SBATCH`, in order; none behind a word that is no option.
pub fn read_options<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<SubmitOption> {
    let mut words = lines.into_iter().flat_map(words).collect::<Vec<_>>().into_iter();
    let mut options = Vec::new();
    while let Some(word) = words.next() {
        match word.strip_prefix('-') {
            None | Some("" | "-") => break,
            Some(rest) => match rest.strip_prefix('-') {
                Some(long) => options.extend(long_option(long, &mut words)),
                None => letters(rest, &mut words, &mut options),
            },
        }
    }
    options
}

/// Reads `name=value`, or `name` with its value in the next word.
fn long_option(long: &str, rest: &mut impl Iterator<Item = String>) -> Option<SubmitOption> {
    let (given, value) = long.split_once('=').map_or((long, None), |(name, it)| (name, Some(it)));
    let (name, needs) = full_name(given)?;
    let value = match (value, needs) {
        (Some(value), _) => value.to_owned(),
        (None, OptionValue::Needed) => rest.next()?,
        (None, _) => String::new(),
    };
    Some(SubmitOption { name: name.to_owned(), value })
}

/// Reads `-t5`, `-t` with its value in the next word, or several letters without value in one word.
fn letters(word: &str, rest: &mut impl Iterator<Item = String>, options: &mut Vec<SubmitOption>) {
    for (at, letter) in word.char_indices() {
        let Some((_, name)) = LETTERS.iter().find(|(it, _)| *it == letter) else { continue };
        let behind = &word[at + letter.len_utf8()..];
        let value = match full_name(name).map(|(_, needs)| needs) {
            Some(OptionValue::Needed) if behind.is_empty() => rest.next().unwrap_or_default(),
            Some(OptionValue::Needed | OptionValue::Optional) => behind.to_owned(),
            Some(OptionValue::Never) | None => String::new(),
        };
        let has_all = !matches!(full_name(name), Some((_, OptionValue::Never)));
        options.push(SubmitOption { name: (*name).to_owned(), value });
        if has_all {
            return;
        }
    }
}

/// Finds the option of that name, or the only one that begins so.
fn full_name(given: &str) -> Option<(&'static str, OptionValue)> {
    let kinds = [
        (WITH_VALUE, OptionValue::Needed),
        (WITH_OR_WITHOUT, OptionValue::Optional),
        (WITHOUT_VALUE, OptionValue::Never),
    ];
    let all =
        || kinds.into_iter().flat_map(|(names, kind)| names.split(' ').map(move |it| (it, kind)));
    let mut alike = all().filter(|(name, _)| name.starts_with(given));
    let only = alike.next().filter(|_| alike.next().is_none());
    let (name, kind) = all().find(|(name, _)| *name == given).or(only)?;
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    Some((alias.map_or(name, |(_, name)| name), kind))
}

/// Cuts a line into words: quotes and backslashes keep blanks, and `#` begins a comment.
fn words(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut word: Option<String> = None;
    let (mut quote, mut is_escaped) = (None, false);
    for c in line.chars() {
        match c {
            _ if is_escaped => {
                is_escaped = false;
                word.get_or_insert_default().push(c);
            }
            '\\' => is_escaped = true,
            c if quote == Some(c) => quote = None,
            c if quote.is_some() => word.get_or_insert_default().push(c),
            '"' | '\'' => quote = Some(c),
            '#' => break,
            c if c.is_ascii_whitespace() => found.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    found.extend(word);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> String {
        let texts = read_options(lines.iter().copied());
        let texts = texts.into_iter().map(|it| format!("{}={}", it.name, it.value));
        texts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_option_is_read_in_every_spelling() {
        for line in ["--time=5", "--time 5", "-t5", "-t 5", "-t '5'", "  --time=\\5 # minutes"] {
            assert_eq!(read(&[line]), "time=5", "{line}");
        }
        assert_eq!(read(&["--partit=a", "--tasks-per-node 2"]), "partition=a ntasks-per-node=2");
        assert_eq!(read(&["--tim=5"]), "", "two options begin so");
        assert_eq!(read(&["-Hst5 --nice -k"]), "hold= oversubscribe= time=5 nice= no-kill=");
        assert_eq!(
            read(&["--comment=\"a b\" --mem=2G", "-A lab"]),
            "comment=a b mem=2G account=lab"
        );
        assert_eq!(read(&["--time", "5"]), "time=5", "the words of all lines are one command line");
        assert_eq!(
            read(&["--exclusive=user --exclusive -c4"]),
            "exclusive=user exclusive= cpus-per-task=4"
        );
        assert_eq!(read(&["--new-thing=3 --time=5"]), "time=5");
        assert_eq!(read(&["word --time=5"]), "");
    }

    #[test]
    fn only_the_lines_before_the_first_command_count() {
        let script = "#!/bin/sh\n# --time=1\n\n#SBATCH --time=2\n  # more\n#SBATCH -p a\necho\n#SBATCH --time=3\n";
        let options = script_options(script);
        let texts: Vec<&str> = options.iter().map(|it| it.value.as_str()).collect();
        assert_eq!(texts, ["2", "a"]);
        assert_eq!(script_options("#SBATCH -t1\n#SBATCH hetjob\n#SBATCH -t2\n").len(), 1);
    }
}
