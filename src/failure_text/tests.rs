use proptest::prelude::*;

use super::FailureCause;
use super::cause::SHOWN;
use super::read_cause;

macro_rules! recorded {
    ($($name:literal: $headline:expr, $place:expr;)*) => {
        &[$((
            $name,
            include_str!(concat!("../../tests/fixtures/stderr/", $name, ".log")),
            $headline,
            $place,
        )),*]
    };
}

/// What programs that really failed wrote, why they did, and where.
const RECORDED: &[(&str, &str, &str, &str)] = recorded! {
    "asan": "AddressSanitizer: heap-use-after-free", "heap.c:2 in read_last";
    "assert_c": "assert: assert.c:2: check: Assertion `n > 3 && \"too few\"' failed.", "assert.c:2";
    "assertion": "AssertionError (assert width % groups == 0)", "assertion.py:2 in check";
    "caught": "FATAL: checkpoint of epoch 20 is corrupt", "";
    "chained": "KeyError: 'weights-17'", "chained.py:5 in load";
    "command_not_found": "missing.sh: line 4: trainn: command not found", "";
    "direct": "ConfigError: bad width: '12x'", "direct.py:8 in parse";
    "disk_full": "disk.sh: line 2: echo: write error: No space left on device", "";
    "double_free": "free(): double free detected in tcache 2", "";
    "faulthandler": "Fatal Python error: Segmentation fault", "crash.py:5 in touch";
    "full": "OSError: [Errno 28] No space left on device", "full.py:2 in save";
    "futures": "RuntimeError: sample 0 is broken", "futures.py:4 in work";
    "group": "ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions): \
              ValueError: shard 1 is empty", "group.py:4 in fetch";
    "hydra_group": "In 'config': Could not find 'model/nope'", "";
    "hydra_override": "Key 'degree' is not in struct", "";
    "ignored": "KeyError: 'weights'", "ignored.py:7 in main";
    "imports": "SyntaxError: invalid syntax", "syntax.py:1";
    "interrupt": "KeyboardInterrupt", "interrupt.py:4 in train";
    "no_module": "/opt/env/bin/python: No module named trainer12", "";
    "options": "options.py: error: the following arguments are required: --lr", "";
    "panic": "panicked: index out of bounds: the len is 3 but the index is 7", "panic.rs:2";
    "panic_backtrace": "panicked: index out of bounds: the len is 3 but the index is 7", "panic.rs:2";
    "panic_join": "panicked: called `Result::unwrap()` on an `Err` value: \
                   ParseIntError { kind: InvalidDigit }", "join.rs:2";
    "pool": "ZeroDivisionError: division by zero", "pool.py:4 in work";
    "progress": "FloatingPointError: loss is nan at step 400", "progress.py:5 in step";
    "recursion": "RecursionError: maximum recursion depth exceeded", "depth.py:2 in descend";
    "shapes": "numpy.linalg.LinAlgError: Last 2 dimensions of the array must be square",
        "shapes.py:4 in forward";
    "syntax": "SyntaxError: invalid syntax", "syntax.py:1";
    "terminate": "std::runtime_error: cannot open /data/mesh_12.bin", "";
    "thread": "RuntimeError: broken batch 7", "thread.py:9 in main";
};

/// pytorch/pytorch#16417, below a traceback.
const OUT_OF_MEMORY: &str = "Traceback (most recent call last):
  File \"/home/u/train.py\", line 41, in step
    loss.backward()
  File \"/opt/env/lib/python3.11/site-packages/torch/_tensor.py\", line 492, in backward
    torch.autograd.backward(
RuntimeError: CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 7.80 GiB total capacity)
";

/// pytorch's summary, as in Facico/Chinese-Vicuna#113.
const ELASTIC: &str = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: 1)
Traceback (most recent call last):
  File \"/opt/env/bin/torchrun\", line 8, in <module>
    sys.exit(main())
torch.distributed.elastic.multiprocessing.errors.ChildFailedError: 
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
  <NO_OTHER_FAILURES>
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2023-04-15_19:02:51
  host      : n1
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 130182)
  error_file: <N/A>
  traceback : To enable traceback see: https://pytorch.org/docs/stable/elastic/errors.html
============================================================
";

/// chrisknewman/tusas#149.
const SLURM_MEMORY: &str =
    "slurmstepd: error: Detected 1 oom_kill event in StepId=440575.0. Some of \
the step tasks have been OOM Killed.
srun: error: nid001277: tasks 1-3: Out Of Memory
srun: Terminating StepId=440575.0
slurmstepd: error: *** STEP 440575.0 ON nid001277 CANCELLED AT 2023-12-05T07:16:01 ***
";

const SLURM_TIME: &str =
    "slurmstepd: error: *** JOB 12 ON n1 CANCELLED AT 2024-05-08T08:47:31 DUE TO TIME LIMIT ***\n";

fn of(tail: &str) -> FailureCause {
    read_cause(tail).unwrap()
}

#[test]
fn programs_that_really_failed_are_understood() {
    for (name, tail, headline, place) in RECORDED {
        let cause = of(tail);
        let found = (cause.headline.as_str(), cause.place.as_deref().unwrap_or_default());
        assert_eq!(found, (*headline, *place), "{name}");
    }
}

#[test]
fn a_launchers_summary_or_slurms_words_do_not_hide_what_the_program_said() {
    let exited = "srun: error: n1: task 0: Exited with exit code 1\n";
    let cancelled = "slurmstepd: error: *** STEP 12.0 ON n1 CANCELLED AT 2024-05-08T08:47:31 ***\n";
    let wandb = "wandb: ERROR failed to sync\nmake: *** [Makefile:3: run] Error 1\n";
    let after = [ELASTIC, exited, cancelled, wandb].concat();
    assert_eq!(of(&format!("{OUT_OF_MEMORY}{after}")), of(OUT_OF_MEMORY));
    assert_eq!(of(OUT_OF_MEMORY).fingerprint, "CUDA out of memory");
    assert_eq!(of(OUT_OF_MEMORY).place.as_deref(), Some("train.py:41 in step"));
    assert!(of(ELASTIC).headline.contains("ChildFailedError"), "nothing better was said");
    assert_eq!(of(exited).headline, exited.trim());
}

#[test]
fn slurms_limits_count_more_than_what_was_caught_before_and_what_they_cause() {
    let later = format!("{OUT_OF_MEMORY}retrying\n{SLURM_TIME}Terminated\n");
    let interrupted = "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\n\
                       KeyboardInterrupt\n";
    for tail in [&later, &format!("{SLURM_TIME}{interrupted}")] {
        assert_eq!(of(tail).fingerprint, "SLURM: cancelled due to TIME LIMIT");
    }
    let killed = format!("a.sh: line 3: 123 Killed python train.py\n{SLURM_MEMORY}");
    assert_eq!(of(&killed).fingerprint, "SLURM: out of memory");
}

#[test]
fn each_process_of_many_is_read_for_itself() {
    let lines =
        |rank: u32| OUT_OF_MEMORY.lines().map(move |line| format!("[rank{rank}]: {line}\n"));
    let mixed: String = lines(0).zip(lines(1)).map(|(a, b)| a + &b).collect();
    assert_eq!(of(&mixed), of(OUT_OF_MEMORY));
}

#[test]
fn causes_that_differ_in_numbers_places_and_nodes_only_are_the_same() {
    for (a, b) in [
        (OUT_OF_MEMORY.to_owned(), OUT_OF_MEMORY.replace("20.00 MiB", "1.5 GiB")),
        (SLURM_TIME.to_owned(), SLURM_TIME.replace("n1", "gpu-07").replace("12", "9")),
        ("KeyError: 3".to_owned(), "KeyError: 4".to_owned()),
    ] {
        assert_eq!(of(&a).fingerprint, of(&b).fingerprint);
    }
    assert_ne!(of("KeyError: 'a'").fingerprint, of("KeyError: 'b'").fingerprint);
}

#[test]
fn crashes_are_known_in_other_forms_too() {
    for (tail, expected) in [
        ("thread 'main' panicked at 'no config', src/main.rs:3:5\n", "panic: no config | main.rs"),
        ("Segmentation fault (core dumped)\n", "signal: Segmentation fault"),
        ("Bus error\n", "signal: Bus error"),
        ("ncclSystemError: NCCL error in: x.cpp:12\n", "ncclSystemError: NCCL error in: x.cpp:#"),
        (
            "mpirun noticed that process rank 3 with PID 12 on node n1 exited on signal 9 (Killed).",
            "MPI: signal 9 (Killed)",
        ),
        ("Error: no mesh\nMPI_ABORT was invoked on rank 0\n", "Error: no mesh"),
        ("Loading\nDone with 12\n", "Done with #"),
    ] {
        assert_eq!(of(tail).fingerprint, expected, "{tail}");
    }
    assert_eq!(read_cause(" \r\n\n"), None);
}

#[test]
fn a_headline_is_never_longer_than_is_shown() {
    let long = of(&"é".repeat(1000)).headline;
    assert_eq!((long.chars().count(), long.ends_with('…')), (SHOWN, true));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(tail in any::<String>()) {
        let _ = read_cause(&tail);
    }

    #[test]
    fn no_mixture_of_pieces_makes_it_panic(
        pieces in proptest::collection::vec((0..RECORDED.len(), any::<u16>(), any::<u16>()), 0..6),
        between in "[\\r\\n é#:'/\\[\\]|+\"]{0,4}",
    ) {
        let mut tail = String::new();
        for (at, from, to) in pieces {
            let text = RECORDED[at].1;
            let (from, to) = (usize::from(from) % text.len(), usize::from(to) % text.len());
            tail.extend(text.get(from.min(to)..from.max(to)));
            tail.push_str(&between);
        }
        let found = read_cause(&tail);
        prop_assert_eq!(found.is_none(), tail.trim().is_empty() || found.is_none());
        prop_assert!(found.is_none_or(|found| found.headline.chars().count() <= SHOWN));
    }
}
