//! Decides what the words of a failed program mean for its job (pure).

use sweep_config::records::PermanentCause;

use crate::failure_text::{FailureReading, Symptom};

/// Returns the cause if the job's config is certainly to blame.
pub(super) fn cause(
    reading: &FailureReading<'_>,
    exit_code: Option<i32>,
) -> Option<PermanentCause> {
    if matches!(exit_code, Some(126 | 127))
        || (exit_code == Some(2) && reading.shows(Symptom::CommandLine))
    {
        Some(PermanentCause::Usage)
    } else if reading.shows(Symptom::GpuMemory) {
        Some(PermanentCause::CudaOutOfMemory)
    } else if reading.shows(Symptom::NotANumber) {
        Some(PermanentCause::NotANumber)
    } else if reading.shows(Symptom::BrokenCode) {
        Some(PermanentCause::Code)
    } else {
        None
    }
}

/// True if the memory of the host did not suffice. `is_oom_kill`: the kernel has killed a process of
/// this worker's control group meanwhile for want of memory, and `is_killed`: the program ended by
/// SIGKILL.
pub(super) fn ran_out_of_memory(
    reading: &FailureReading<'_>,
    is_oom_kill: bool,
    is_killed: bool,
) -> bool {
    reading.shows(Symptom::HostMemory)
        || (is_oom_kill && (is_killed || reading.shows(Symptom::KilledProcess)))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::worker::attempt::output::AttemptOutput;

    fn cause(output: &AttemptOutput, exit_code: Option<i32>) -> Option<PermanentCause> {
        super::cause(&FailureReading::of(&output.stdout, &output.stderr), exit_code)
    }

    fn ran_out_of_memory(output: &AttemptOutput) -> bool {
        super::ran_out_of_memory(&FailureReading::of(&output.stdout, &output.stderr), false, false)
    }

    fn last_words(output: &AttemptOutput) -> String {
        FailureReading::of(&output.stdout, &output.stderr).headline()
    }

    fn stderr(text: &str) -> AttemptOutput {
        AttemptOutput { stderr: text.to_owned(), ..AttemptOutput::default() }
    }

    fn run(program: &str, args: &[&str]) -> (AttemptOutput, Option<i32>) {
        let run = Command::new(program).args(args).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (AttemptOutput { stdout: text(run.stdout), stderr: text(run.stderr) }, run.status.code())
    }

    fn python(script: &str, args: &[&str]) -> (AttemptOutput, Option<i32>) {
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
    const JAX: &str = "  File \"/env/lib/python3.9/context-packages/jax/_src/dispatch.py\", line 895, in _execute_compiled
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
        let other = "Traceback (most recent call last):\n  File \"train.py\", line 12, in <module>\n\
                     KeyError: 'weights'\n";
        let text = format!("{TORCH}retrying with batch 16\n{other}");
        assert_eq!(cause(&stderr(&text), Some(1)), None);
        assert_eq!(last_words(&stderr(&text)), "KeyError: 'weights'");
        let stdout =
            AttemptOutput { stdout: "loss is nan\n1\n2\n3\n".into(), ..AttemptOutput::default() };
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
        let deit = AttemptOutput {
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
        assert_eq!(cause(&AttemptOutput::default(), Some(2)), None, "nothing said");
        assert_eq!(cause(&AttemptOutput::default(), Some(127)), Some(PermanentCause::Usage));
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
        let output = AttemptOutput { stdout: "only here\n".into(), ..AttemptOutput::default() };
        assert_eq!(last_words(&output), "only here");
    }
}
