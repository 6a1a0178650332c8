//! `sweepkit convert`: the file of another tool as a sweep config.
//!
//! A planner for each tool reads the file and decides what each key becomes, or what keeps it from being converted (pure);
//! one writer prints all drafts. Nothing changes its meaning in silence: each key that means only nearly the same, or has
//! no counterpart, is a comment in place; what a comment cannot answer for is an error. Nothing is run here, and no other
//! tool is needed.
//!
//! - `convert_args`: the arguments,
//! - `source`: the file with its places, and all its problems at once,
//! - `note`, `draft`, `draft_text`: what became of each key, the sweep config under way, and its text,
//! - `parameter`: a parameter and its sampler,
//! - `wandb`, `seml`, `hydra`, `nni`, `ray`: the planners,
//! - `grid_values`, `stepped`: numbers as NumPy computes them.

mod convert_args;
mod draft;
mod draft_text;
mod grid_values;
mod hydra;
mod nni;
mod note;
mod parameter;
mod ray;
mod seml;
mod source;
mod stepped;
mod sweep_name;
mod wandb;

use std::io::Read;
use std::path::{Path, PathBuf};

use sweep_config::yaml::{YamlEntry, YamlFault, YamlNode, read_text, read_tree};
use sweep_config::{ConfigProblems, ForeignTool, Sweep, foreign_tool, fs};

use crate::app::{Exit, Failure, Printer, count};
pub(crate) use convert_args::ConvertArgs;
use convert_args::NamedTool;
use draft::SweepDraft;
use note::KeyFate;
use source::SourceReader;

/// The choices of the user about a conversion.
#[derive(Debug, Clone, Default)]
struct ConversionChoices {
    /// The name of the file without its extension, which a sweep without a name gets.
    stem: String,
    /// The number of configs, for a search that names none.
    jobs: Option<u64>,
}

/// The number of configs of a search for which nobody says it.
const USUAL_JOBS: u64 = 64;

impl ConversionChoices {
    /// Returns the number of configs of a search that names none.
    fn jobs(&self) -> u64 {
        self.jobs.unwrap_or(USUAL_JOBS)
    }
}

/// Converts a file.
///
/// # Errors
///
/// When it cannot be read or recognized, has what cannot be converted, or the output exists already.
pub(crate) fn run(args: &ConvertArgs, printer: Printer) -> Result<Exit, Failure> {
    if let Some(path) = &args.output
        && path.symlink_metadata().is_ok()
    {
        let message = format!("`{}` exists already", path.display());
        return Err(Failure::usage(message, "choose another file: `--output other.yaml`"));
    }
    let (path, draft, from) = draft(args)?;
    let converted = draft_text::text(&draft, &from);
    check(&converted, &path)?;
    for note in draft.notes().into_iter().filter(|note| note.fate != KeyFate::Kept) {
        printer.note(format_args!("{}:{}: {}", path.display(), note.mark.line, note.comment()));
    }
    let [kept, near, lost] =
        [KeyFate::Kept, KeyFate::Approximated, KeyFate::Dropped].map(|fate| draft.count(fate));
    printer.note(format_args!(
        "{}: {} kept, {near} approximated, {lost} dropped",
        path.display(),
        count(kept, "key")
    ));
    let Some(output) = &args.output else {
        printer.data(converted.trim_end());
        return Ok(Exit::Done);
    };
    fs::write_atomic(output, converted.as_bytes())?;
    let shown = output.display();
    printer.note(format_args!("next: read the comments, then `sweepkit setup {shown} --preview`"));
    printer.data(shown);
    Ok(Exit::Done)
}

/// Plans the conversion of the line or the file; returns also its name for messages, and what it is in words.
fn draft(args: &ConvertArgs) -> Result<(PathBuf, SweepDraft, String), Failure> {
    if let Some(line) = &args.hydra {
        let path = PathBuf::from("--hydra");
        let draft = of_line(args, &path, line)?;
        return Ok((path, draft, format!("the command line of Hydra `{}`", line.trim())));
    }
    let (path, text) = read(args.file.as_deref())?;
    if args.from == Some(NamedTool::Hydra) {
        let draft = of_line(args, &path, &text)?;
        let from = format!("{}, {}", path.display(), ForeignTool::Hydra.title());
        return Ok((path, draft, from));
    }
    let (draft, tool) = plan(args, &path, &text)?;
    let from = format!("{}, {}", path.display(), tool.title());
    Ok((path, draft, from))
}

/// Plans the conversion of a command line of Hydra.
fn of_line(args: &ConvertArgs, path: &Path, line: &str) -> Result<SweepDraft, Failure> {
    let choices = ConversionChoices { stem: "hydra".to_owned(), jobs: args.jobs };
    let reader = SourceReader::new(path, Vec::new());
    let draft = hydra::plan(&reader, line, &choices);
    reader.finish()?;
    Ok(draft)
}

/// Reads the file, or the standard input.
fn read(file: Option<&Path>) -> Result<(PathBuf, String), Failure> {
    match file {
        Some(path) if path != Path::new("-") => Ok((path.to_owned(), read_text(path)?)),
        _ => {
            let mut bytes = Vec::new();
            let path = PathBuf::from("stdin");
            let unreadable = |message: String| Failure::usage(message, "name a file instead");
            std::io::stdin().read_to_end(&mut bytes).map_err(|error| {
                unreadable(format!("the standard input cannot be read: {error}"))
            })?;
            let text = String::from_utf8(bytes)
                .map_err(|_| unreadable("the standard input is not UTF-8".to_owned()))?;
            Ok((path, text))
        }
    }
}

/// Plans the conversion of a file by the tool that it is of.
fn plan(args: &ConvertArgs, path: &Path, text: &str) -> Result<(SweepDraft, ForeignTool), Failure> {
    let (root, faults) = read_tree(path, text)?;
    let tool = match args.from {
        Some(tool) => tool.into(),
        None => foreign_tool(&root).ok_or_else(|| unknown(path, &root))?,
    };
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let choices = ConversionChoices { stem, jobs: args.jobs };
    // SEML has a tag of its own, which every value with a fault here is.
    let is_ours =
        |fault: &YamlFault| tool == ForeignTool::Seml && fault.message.contains("`!remove`");
    let reader =
        SourceReader::new(path, faults.into_iter().filter(|fault| !is_ours(fault)).collect());
    let draft = match tool {
        ForeignTool::Wandb => wandb::plan(&reader, &root, &choices),
        ForeignTool::Seml => seml::plan(&reader, &root, &choices),
        ForeignTool::Nni => nni::plan(&reader, &root, &choices),
        ForeignTool::Ray => ray::plan(&reader, &root, &choices),
        ForeignTool::Hydra => return Err(unknown(path, &root)),
    };
    reader.finish()?;
    Ok((draft, tool))
}

fn unknown(path: &Path, root: &YamlNode) -> Failure {
    let is_ours = |entry: &YamlEntry| ["NAME", "SETUP"].contains(&entry.key.as_str());
    if root.entries().is_some_and(|entries| entries.iter().any(is_ours)) {
        let message = format!("`{}` is a sweep config already", path.display());
        return Failure::usage(message, "set it up: `sweepkit setup`");
    }
    let found = root.found();
    let message = format!(
        "`{}` ({found}) is not recognized as a file of Weights & Biases, SEML, NNI or Ray Tune",
        path.display()
    );
    Failure::usage(message, "if it is one, name the tool: `--from wandb` (seml, nni, ray, hydra)")
}

/// Refuses a converted config that no stage would take.
fn check(converted: &str, path: &Path) -> Result<(), ConfigProblems> {
    let named = PathBuf::from(format!("{} (converted)", path.display()));
    Sweep::parse(&named, converted.to_owned(), &[]).map(|_| ())
}
