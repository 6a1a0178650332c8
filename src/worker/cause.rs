//! What a failed program itself says of its failure (pure).
//!
//! A program may print `out of memory` and go on with a smaller batch. So only what it said last
//! counts: the last exception that it named, or else its last lines.

use sweep_config::records::PermanentCause;

use super::output::Output;

/// How many lines at the end count where no exception is named: a launcher may add some.
const LAST: usize = 3;

/// How many lines at the end may hold what SLURM adds, or a command line parser.
const BELOW: usize = 12;

/// Exceptions by which a launcher tells that its program failed: what the program said is above.
const OF_LAUNCHERS: [&str; 2] = ["ChildFailedError", "CalledProcessError"];

/// What the config of the job is to blame for, if that is sure.
pub(super) fn cause(output: &Output, exit_code: Option<i32>) -> Option<PermanentCause> {
    if matches!(exit_code, Some(126 | 127))
        || (exit_code == Some(2) && refuses_command_line(&output.stderr))
    {
        return Some(PermanentCause::Usage);
    }
    let said: Vec<String> = telling(output).iter().map(|line| line.to_lowercase()).collect();
    if said.iter().any(|line| names_gpu_memory(line)) {
        Some(PermanentCause::CudaOutOfMemory)
    } else if said.iter().any(|line| names_nan(line)) {
        Some(PermanentCause::NotANumber)
    } else {
        None
    }
}

/// True if and only if the program, or SLURM, says that the host's memory did not suffice.
pub(super) fn ran_out_of_memory(output: &Output) -> bool {
    let of_slurm = last_lines(&output.stderr, BELOW).any(|line| {
        (line.contains("Detected") && (line.contains("oom_kill") || line.contains("oom-kill")))
            || line.contains("Exceeded job memory limit")
            || (line.starts_with("srun: error: ") && line.ends_with(": Out Of Memory"))
    });
    of_slurm || telling(output).iter().any(|line| names_host_memory(line))
}

/// True if and only if the program says that a process of its own was killed.
pub(super) fn lost_a_process(output: &Output) -> bool {
    telling(output).iter().any(|line| line.contains("is killed by signal: Killed"))
}

/// The line that tells best why the program failed; empty where it printed nothing.
pub(super) fn last_words(output: &Output) -> &str {
    let last = |text| last_lines(text, 1).next();
    exception(&output.stderr)
        .or_else(|| last(&output.stderr))
        .or_else(|| last(&output.stdout))
        .unwrap_or_default()
}

/// The lines that say why the program failed.
fn telling(output: &Output) -> Vec<&str> {
    // A C++ program that ends by an exception shows it so.
    let what = last_lines(&output.stderr, BELOW)
        .map(str::trim_start)
        .filter(|line| line.starts_with("what():"));
    let mut lines: Vec<&str> = exception(&output.stderr).into_iter().chain(what).collect();
    if lines.is_empty() {
        lines.extend(last_lines(&output.stderr, LAST));
        lines.extend(last_lines(&output.stdout, LAST));
    }
    lines
}

/// The last exception that is named, `package.Name: what happened`, unless it is a launcher's.
fn exception(text: &str) -> Option<&str> {
    let named = |line: &&str| {
        let line = without_rank(line);
        let name = line.split_once(':').map_or(line, |(name, _)| name);
        let last = name.rsplit('.').next().unwrap_or_default();
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
        name.chars().all(word)
            && ["Error", "Exception"].iter().any(|end| last.ends_with(end))
            && !OF_LAUNCHERS.contains(&last)
    };
    last_lines(text, usize::MAX).find(named).map(without_rank)
}

/// `torchrun` and `srun --label` put the number of the process before each line.
fn without_rank(line: &str) -> &str {
    let rest = line.strip_prefix("[rank").and_then(|rest| rest.split_once("]: "));
    let (rank, rest) = match rest.or_else(|| line.split_once(": ")) {
        Some((rank, rest)) => (rank.trim(), rest),
        None => return line,
    };
    let is_rank = !rank.is_empty() && rank.bytes().all(|byte| byte.is_ascii_digit());
    if is_rank { rest } else { line }
}

/// The last lines that are not blank, the very last first.
fn last_lines(text: &str, n: usize) -> impl Iterator<Item = &str> {
    text.lines().rev().map(str::trim_end).filter(|line| !line.is_empty()).take(n)
}

fn names_gpu_memory(line: &str) -> bool {
    let says = |words: &str| line.contains(words);
    says("cuda out of memory")
        || says("cuda error: out of memory")
        || says("hip out of memory")
        || says("torch.cuda.outofmemoryerror")
        || says("cuda_error_out_of_memory")
        || says("cublas_status_alloc_failed")
        || ((says("resource_exhausted") || says("resourceexhaustederror"))
            && (says("out of memory") || says("oom when allocating")))
}

fn names_nan(line: &str) -> bool {
    let says = |words: &str| line.contains(words);
    line.starts_with("floatingpointerror")
        || says("got nan loss")
        || says("loss is nan")
        || says("nan or inf found")
        || (says("loss returned in `training_step` is") && says("nan"))
}

fn names_host_memory(line: &str) -> bool {
    let name = line.split_once(':').map_or(line, |(name, _)| name);
    let last = name.rsplit('.').next().unwrap_or_default();
    matches!(last, "MemoryError" | "_ArrayMemoryError")
        || line.contains("std::bad_alloc")
        || line.contains("Cannot allocate memory")
}

/// True if and only if a parser of command lines wrote this: `usage:` and an error.
fn refuses_command_line(stderr: &str) -> bool {
    let starts = |line: &str, word: &str| {
        line.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
    };
    let usage = last_lines(stderr, usize::MAX).any(|line| starts(line, "usage:"));
    let error =
        last_lines(stderr, BELOW).any(|line| starts(line, "error:") || line.contains(": error: "));
    usage && error
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn stderr(text: &str) -> Output {
        Output { stderr: text.to_owned(), ..Output::default() }
    }

    fn run(program: &str, args: &[&str]) -> (Output, Option<i32>) {
        let run = Command::new(program).args(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (Output { stdout: text(run.stdout), stderr: text(run.stderr) }, run.status.code())
    }

    fn python(script: &str, args: &[&str]) -> (Output, Option<i32>) {
        let mut all = vec!["-c", script];
        all.extend(args);
        run("python3", &all)
    }

    /// pytorch/pytorch#16417, a comment of 2024, below the traceback that Python prints.
    const TORCH: &str = "Traceback (most recent call last):
  File \"train.py\", line 9, in <module>
torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 22.00 MiB. GPU 0 has a total \
capacity of 23.65 GiB of which 11.06 MiB is free. Including non-PyTorch memory, this process has \
23.60 GiB memory in use.
";

    /// jax-ml/jax#13428.
    const JAX: &str = "  File \"/env/lib/python3.9/site-packages/jax/_src/dispatch.py\", line 895, in _execute_compiled
    out_flat = compiled.execute(in_flat)
jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 6291456 bytes.
BufferAssignment OOM Debugging.
BufferAssignment stats:
             parameter allocation:    6.00MiB
              constant allocation:         0B
        maybe_live_out allocation:    6.00MiB
     preallocated temp allocation:         0B
                 total allocation:   12.00MiB
              total fragmentation:         0B (0.00%)
Peak buffers:
        Buffer 1:
                Size: 6.00MiB
                XLA Label: concatenate
                Shape: f32[4096,128,3]
                ==========================
";

    #[test]
    fn a_gpu_without_enough_memory_is_known_by_what_torch_and_jax_say() {
        for text in [TORCH, JAX] {
            assert_eq!(
                cause(&stderr(text), Some(1)),
                Some(PermanentCause::CudaOutOfMemory),
                "{text}"
            );
            assert!(!ran_out_of_memory(&stderr(text)), "it is not the host's memory");
        }
        // pytorch/pytorch#16417 in its first form, as torchrun labels and ends it.
        let old = "[rank1]: RuntimeError: CUDA out of memory. Tried to allocate 12.50 MiB (GPU 0)\n\
                   torch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n";
        assert_eq!(cause(&stderr(old), Some(1)), Some(PermanentCause::CudaOutOfMemory));
    }

    #[test]
    fn a_program_that_caught_it_and_died_of_something_else_is_not_blamed_for_it() {
        let text = format!("{TORCH}retrying with batch 16\nKeyError: 'weights'\n");
        assert_eq!(cause(&stderr(&text), Some(1)), None);
        assert_eq!(last_words(&stderr(&text)), "KeyError: 'weights'");
        let stdout = Output { stdout: "loss is nan\n1\n2\n3\n".into(), ..Output::default() };
        assert_eq!(cause(&stdout, Some(1)), None);
    }

    #[test]
    fn a_loss_that_is_no_number_is_known() {
        // facebookresearch/SlowFast slowfast/utils/misc.py (as pycls had it); Lightning's
        // `detect_nan_parameters`; facebookresearch/deit engine.py, on standard output.
        let slowfast = "RuntimeError: ERROR: Got NaN losses 2020-01-31 12:00:00.123456\n";
        assert_eq!(cause(&stderr(slowfast), Some(1)), Some(PermanentCause::NotANumber));
        let lightning = "ValueError: The loss returned in `training_step` is nan or inf.\n";
        assert_eq!(cause(&stderr(lightning), Some(1)), Some(PermanentCause::NotANumber));
        let deit = Output {
            stdout: "Loss is nan, stopping training\n".into(),
            stderr: "UserWarning: lr_scheduler\n".into(),
        };
        assert_eq!(cause(&deit, Some(1)), Some(PermanentCause::NotANumber));
        let (output, code) = python("raise FloatingPointError('invalid value in jit(loss)')", &[]);
        assert_eq!(cause(&output, code), Some(PermanentCause::NotANumber));
    }

    #[test]
    fn a_command_line_that_the_program_does_not_know_is_known_by_what_parsers_say() {
        let script = "import argparse, sys\np = argparse.ArgumentParser()\n\
                      p.add_argument('--lr', required=True)\np.parse_args()";
        for args in [&["--lr", "1", "--wd", "2"][..], &[]] {
            let (output, code) = python(script, args);
            assert_eq!(cause(&output, code), Some(PermanentCause::Usage), "{output:?}");
        }
        // What clap prints, here for `sweep_worker --foo`.
        let clap = "error: unexpected argument '--foo' found\n\n  tip: to pass '--foo' as a value, use \
                    '-- --foo'\n\nUsage: sweep_worker [OPTIONS] --sweep-cfg <PATH>\n\nFor more \
                    information, try '--help'.\n";
        assert_eq!(cause(&stderr(clap), Some(2)), Some(PermanentCause::Usage));
        assert_eq!(cause(&stderr(clap), Some(1)), None, "another exit code");
        assert_eq!(cause(&Output::default(), Some(2)), None, "nothing said");
        assert_eq!(cause(&Output::default(), Some(127)), Some(PermanentCause::Usage));
    }

    #[test]
    fn memory_that_python_cpp_or_slurm_miss_is_the_hosts() {
        let (output, code) = python("[0] * (1 << 60)", &[]);
        assert_eq!((output.stderr.contains("MemoryError"), code), (true, Some(1)));
        assert!(ran_out_of_memory(&output));
        // libstdc++'s own words.
        let cpp = "terminate called after throwing an instance of 'std::bad_alloc'\n  what():  \
                   std::bad_alloc\n";
        assert!(ran_out_of_memory(&stderr(cpp)));
        // snakemake/snakemake-executor-plugin-slurm#371, lanl/PyBNF#118.
        for text in [
            "slurmstepd: error: Detected 2 oom_kill events in StepId=77.13. Some of the step tasks \
             have been OOM Killed.\nsrun: error: n1: task 0: Out Of Memory\n",
            "slurmstepd: error: Detected 2 oom-kill event(s) in step 3756240.batch cgroup.\n",
        ] {
            assert!(ran_out_of_memory(&stderr(text)), "{text}");
        }
        assert!(!ran_out_of_memory(&stderr("RuntimeError: memory leak detected\n")));
    }

    #[test]
    fn the_last_words_are_the_exception_or_else_the_last_line() {
        let launched =
            "ModuleNotFoundError: No module named 'tmp'\nsrun: error: n1: task 0: Exited\n";
        assert_eq!(last_words(&stderr(launched)), "ModuleNotFoundError: No module named 'tmp'");
        assert_eq!(last_words(&stderr("a\nb\n\n")), "b");
        let output = Output { stdout: "only here\n".into(), ..Output::default() };
        assert_eq!(last_words(&output), "only here");
    }
}
