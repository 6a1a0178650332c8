"""What the program of a job calls: sweepkit.log, config and should_stop. Run by tests/python/run."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec

import sweepkit
from support import expect, python, refused, run_all, study, variables


def _read(path):
    """The lines of a metrics.jsonl."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def the_import_loads_nothing_but_the_package(_):
    code = "import sys; before = set(sys.modules); import sweepkit; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    expect(set(done.stdout.split()) <= {"sweepkit", "__future__"}, done.stdout)
    code = "import sweepkit; assert {*sweepkit.__all__} <= {*dir(sweepkit)}; print(sweepkit.__version__, sweepkit.nope)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    expect("module 'sweepkit' has no attribute 'nope'" in done.stderr, done.stderr)


def metrics_are_lines_below_the_directory_of_the_job(here):
    with variables(SWEEP_OUT_DIR=str(here / "out")):
        (here / "out").mkdir()
        sweepkit.log(loss=0.1 + 0.2, epoch=1, good=True, note="é", none=None, count=2**60)
        sweepkit.log({"val/loss": math.nan, "box": (1.5, 2)}, step=7, worst=-math.inf)
    first, second = _read(here / "out" / "metrics.jsonl")
    expect(first == {"loss": 0.1 + 0.2, "epoch": 1, "good": True, "note": "é", "none": None, "count": 2**60}, first)
    expect(math.isnan(second.pop("val/loss")), second)
    expect(second == {"box": [1.5, 2], "step": 7, "worst": -math.inf}, second)


def what_is_no_metric_is_refused_in_words(_):
    with refused("loss is of type set", kind=TypeError):
        sweepkit.log(loss={1})
    with refused("log(loss=0.31", kind=TypeError):
        sweepkit.log(0.5)
    with refused("the name of a metric is a string, not 3", kind=TypeError):
        sweepkit.log({3: 0.5})
    with refused("nothing to record", kind=ValueError):
        sweepkit.log()


def scalars_of_other_libraries_are_numbers(here):
    class Tensor:
        """A scalar as torch has it."""

        def item(self):
            return 0.25

    class Several:
        """An array as numpy has it."""

        size = 2

        def item(self):
            raise ValueError("can only convert an array of size 1 to a Python scalar")

        def tolist(self):
            return [1, 2]

    values = {"a": Tensor(), "b": Several()}
    if find_spec("numpy"):
        import numpy

        values.update(c=numpy.float32(0.5), d=numpy.int64(3), e=numpy.bool_(True), f=numpy.array(2.5), g=numpy.arange(2.0))
    with variables(SWEEP_OUT_DIR=str(here)):
        sweepkit.log(values)
    expected = {"a": 0.25, "b": [1, 2], "c": 0.5, "d": 3, "e": True, "f": 2.5, "g": [0.0, 1.0]}
    expect(_read(here / "metrics.jsonl") == [{name: expected[name] for name in values}], _read(here / "metrics.jsonl"))


def lines_of_several_processes_stay_whole(here):
    code = "import sweepkit, sys\nfor step in range(300): sweepkit.log(text='x' * 500, step=step, rank=int(sys.argv[1]))"
    environment = {**os.environ, "SWEEP_OUT_DIR": str(here)}
    ranks = [subprocess.Popen([sys.executable, "-c", code, str(rank)], env=environment) for rank in range(4)]
    expect([rank.wait() for rank in ranks] == [0] * 4, "a rank failed")
    rows = _read(here / "metrics.jsonl")
    seen = sorted((row["rank"], row["step"]) for row in rows)
    expect(seen == [(rank, step) for rank in range(4) for step in range(300)], len(rows))


def a_line_that_a_kill_has_torn_takes_no_other_along(here):
    (here / "metrics.jsonl").write_text('{"loss": 1.0, "epoch": 1}\n{"loss": 0.')
    with variables(SWEEP_OUT_DIR=str(here)):
        sweepkit.log(loss=0.5, epoch=2)
        sweepkit.log(loss=0.25, epoch=3)
    lines = (here / "metrics.jsonl").read_text().splitlines()
    expect(lines[1] == '{"loss": 0.' and [json.loads(line)["loss"] for line in lines[2:]] == [0.5, 0.25], lines)


def outside_a_job_it_is_said_once_where_metrics_go(here):
    code = "import sweepkit; sweepkit.log(a=1); sweepkit.log(a=2); print(sweepkit.should_stop()); sweepkit.config()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SWEEP_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=here)
    expect(done.stderr.count("not in a job of a sweep (SWEEP_OUT_DIR is not set)") == 1, done.stderr)
    expect("SWEEP_CFG is not set" in done.stderr and done.stdout == "False\n", done)
    expect(_read(here / "metrics.jsonl") == [{"a": 1}, {"a": 2}], "the file is in the current directory")


def a_job_gets_its_config_with_its_types_in_each_format(here):
    (here / "job.py").write_text("import json, sweepkit\nconfig = sweepkit.config()\nsweepkit.log(config, best=config['lr'], epoch=1)\n")
    values = {"name": "on", "width": 3, "rate": 1.0, "tiny": 1e-300, "deep": {"list": [1, 2.5], "flag": False}}
    for form in ["yaml", "json", "toml"]:
        config = study(form, 2, python("job.py"))
        config["SETUP"].update(BASE_CFG=values, FORMAT=form)
        sweep = sweepkit.Sweep(config).setup().launch(wait=True)
        for job, point in enumerate(sweep.points()):
            row = _read(sweep.directory / "logs" / f"{job:06}" / "metrics.jsonl")[0]
            expect({name: row[name] for name in values} == values, row)
            expect(type(row["rate"]) is float and row["best"] == point["lr"] and row["opt"] == point["opt"], row)
        rows = sweep.frame("rows")
        expect([row["metrics.best"] for row in rows] == [point["lr"] for point in sweep.points()], rows)


def the_signal_that_the_worker_names_is_heard_and_handed_on(_):
    code = """
import os, signal, sweepkit
signal.signal(signal.SIGUSR2, lambda *_: os.write(1, b"mine\\n"))
assert not sweepkit.should_stop()
print("ready", flush=True)
while not sweepkit.should_stop(): signal.pause()
print("saved", signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL)
"""
    environment = {**os.environ, "SWEEP_OUT_DIR": ".", "SWEEP_SIGNAL": "USR2"}
    program = subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, text=True)
    expect(program.stdout.readline() == "ready\n", "it did not start")
    # What the worker asks before it warns: is the signal caught?
    masks = [line.split()[1] for line in open(f"/proc/{program.pid}/status") if line.startswith("SigCgt:")]
    expect(int(masks[0], 16) >> (signal.SIGUSR2 - 1) & 1, masks)
    program.send_signal(signal.SIGUSR2)
    told, _ = program.communicate(timeout=60)
    expect(told == "mine\nsaved True\n", told)


def processes_that_a_job_forks_end_as_they_would_without_it(_):
    code = """
import multiprocessing, os, signal, sweepkit, time
sweepkit.should_stop()
ends = set()
for _ in range(20):
    child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
    child.start()
    child.terminate()
    child.join(60)
    ends.add(child.exitcode)
print(*ends, flush=True)
for number in (signal.SIGTERM, signal.SIGUSR1): os.kill(os.getpid(), number)
print(sweepkit.should_stop())
"""
    environment = {**os.environ, "SWEEP_OUT_DIR": ".", "SWEEP_SIGNAL": "USR1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120)
    expect(done.stdout == f"{-signal.SIGTERM}\nTrue\n", done)


def outside_a_job_no_signal_is_caught(_):
    code = "import signal, sweepkit; print(sweepkit.should_stop(), signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SWEEP_")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    expect(done.stdout == "False True\n", done)


def a_thread_cannot_be_the_first_to_ask(_):
    code = """
import threading, sweepkit
def ask():
    try: sweepkit.should_stop()
    except sweepkit.SweepError as error: print(error)
thread = threading.Thread(target=ask); thread.start(); thread.join()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "SWEEP_OUT_DIR": "."})
    expect("must be in the main thread" in done.stdout, done)


def a_job_that_is_stopped_saves_and_goes_on_with_the_next_launch(here):
    (here / "job.py").write_text("""
import os, pathlib, time, sweepkit
saved = pathlib.Path(os.environ["SWEEP_OUT_DIR"], "saved")
sweepkit.should_stop()
sweepkit.log(val_acc=0.5, epoch=1)
while not saved.exists():
    time.sleep(0.01)
    if sweepkit.should_stop():
        saved.write_text("here")
        raise SystemExit
sweepkit.log(val_acc=0.75, epoch=2)
""")
    sweep = sweepkit.Sweep(study(jobs=1, command=python("job.py"))).setup().launch()
    log = sweep.directory / "logs" / "000000" / "metrics.jsonl"
    end = time.monotonic() + 60
    while not log.exists() and time.monotonic() < end:
        time.sleep(0.02)
    status = sweep.stop().wait(60).status()
    expect(dict(status.states) == {"cancelled": 1} and status.failed == 1, status)
    sweep.launch(wait=True)
    expect([row["metrics.val_acc"] for row in sweep.frame("rows")] == [0.75], sweep.frame("rows"))
    curve = [(row["epoch"], row["val_acc"]) for row in sweep.curves("rows")]
    expect(curve == [(1, 0.5), (2, 0.75)], curve)


run_all(globals())
