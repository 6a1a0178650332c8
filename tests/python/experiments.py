"""Experiments in one Python file: sweepkit.Experiment and `sweepkit run study.py:Study`. Run by tests/python/run."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import sweepkit
from support import expect, refused, run_all
from sweepkit import _binaries
from sweepkit.experiment import Experiment, int_range, log, power2, search, uniform

STUDY = """
from sweepkit.experiment import Experiment, int_range, log, search, uniform

class Study(Experiment):
    minimize = "loss"
    steps: int = 10
    lr: float = log(1e-4, 1e-1)
    layers = [8, 4]

    def run(self):
        self.layers.append(2)
        print("layers", self.layers)
        return {"loss": self.lr * self.steps, "name": self.name}
"""


def _run(here, *words, code=None, text=STUDY, file="study.py", **variables):
    """Runs `sweepkit run` in a directory; gives its exit code and what it said."""
    if text is not None:
        (here / file).write_text(text)
    environment = {**os.environ, **variables}
    # As in an environment that is active: jobs find its `python`.
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment["PATH"]])
    words = [_binaries.find("sweepkit"), "run", *words]
    done = subprocess.run(words, cwd=here, env=environment, capture_output=True, text=True, timeout=120)
    said = done.stdout + done.stderr
    if code is not None:
        expect(done.returncode == code, f"exit code {done.returncode}\n{said}")
    return done.returncode, said


def _of_job(sweep, job, file):
    return (sweep / "logs" / f"{job:06}" / file).read_text()


def _metrics(sweep, job):
    return [json.loads(line) for line in _of_job(sweep, job, "metrics.jsonl").splitlines()]


def _attempts(sweep, job):
    """How the attempts at a job ended."""
    lines = [json.loads(line) for line in _of_job(sweep, job, "attempts.jsonl").splitlines()]
    return [(line["outcome"], line.get("reason", "")) for line in lines if line["event"] == "end"]


def _configs(sweep):
    return [json.loads(path.read_text()) for path in sorted((sweep / "cfgs").glob("*.json"))]


class _Adam(Experiment):
    lr: float = search(0.1, 0.2)
    betas = (0.9, 0.99)


class _Sgd(Experiment):
    lr: float = 1.0
    momentum: float = search(0, 0.5)


def _relu(value):
    return max(value, 0)


def _gelu(value):
    return value / 2


def settings_are_all_combinations_and_the_last_field_changes_fastest(_):
    class Grid(Experiment):
        steps: int = 100
        batch: int = search(16, 32)
        path: str = "data/{source}"
        source: str = search("a", "b", "c")

    expect(len(Grid()) == 6 and Grid().is_finite(), len(Grid()))
    found = [(it.batch, it.source, it.path, it.steps) for it in Grid()]
    expect(found == [(b, s, f"data/{s}", 100) for b in (16, 32) for s in "abc"], found)
    expect([it.name for it in Grid()][:2] == ["Grid-0", "Grid-1"], "names")
    expect([it.batch for it in Grid(batch=search(2, 4), source="z")] == [2, 4], "given")
    expect(Grid(steps=3).steps == 3 and Grid().steps == 100, "one instance does not change another")
    with refused("Grid has no field 'bach'; it has steps, batch, path, source"):
        Grid(bach=3)


def mutable_defaults_belong_to_each_instance(_):
    class Lists(Experiment):
        layers = [1, 2]
        options: dict = {"a": [1]}
        width: int = search(1, 2)

    one, two = Lists(), Lists()
    one.layers.append(3)
    one.options["a"].append(2)
    expect((two.layers, two.options, Lists().layers) == ([1, 2], {"a": [1]}, [1, 2]), two)
    first, second = Lists()
    first.layers.append(9)
    expect(second.layers == [1, 2], second)


def decorated_and_derived_classes_are_experiments_too(_):
    @dataclasses.dataclass
    class Base(Experiment):
        steps: int = 100
        batch: int = search(16, 32)
        layers: list = [1]
        tags: list = dataclasses.field(default_factory=lambda: ["x"])
        opt: object = _Adam()

        def __post_init__(self):
            self.total = None if self.steps is None else self.steps * 2

    @dataclasses.dataclass
    class More(Base):
        depth: int = search(1, 2)

    expect(list(More._fields) == ["steps", "batch", "layers", "tags", "opt", "depth"], More._fields)
    settings = list(More(steps=5))
    expect(len(settings) == 8 and settings[0].total == 10 and settings[0].tags == ["x"], settings)
    expect([(it.batch, it.opt.lr, it.depth) for it in settings][:3] == [(16, 0.1, 1), (16, 0.1, 2), (16, 0.2, 1)], settings)


def experiments_among_the_values_stand_for_all_of_their_settings(here):
    class Outer(Experiment):
        width: int = search(1, 2)
        opt: object = search(_Adam(), _Sgd(), None)
        act: object = search(_relu, _gelu)

    expect(len(Outer()) == 2 * 5 * 2, len(Outer()))
    opts = [it.opt for it in Outer(width=1, act=_relu)]
    expect([type(it).__name__ for it in opts] == ["_Adam", "_Adam", "_Sgd", "_Sgd", "NoneType"], opts)
    expect(opts[0].betas == (0.9, 0.99) and opts[3].momentum == 0.5, opts)
    expect(next(iter(Outer())).act is _relu, "functions are themselves")


def conditions_leave_fields_out(_):
    class Deep(Experiment):
        opt: str = search("sgd", "adam", "lion")
        momentum: float = search(0.5, 0.9).when(opt="sgd")
        beta: float = search(1, 2).when(opt=["adam", "lion"]).otherwise(-1)
        extra: int = search(7, 8).when("opt == 'lion' and beta > 1")

    found = [(it.opt, it.momentum, it.beta, it.extra) for it in Deep()]
    expect(found[:2] == [("sgd", 0.5, -1, None), ("sgd", 0.9, -1, None)], found)
    expect(found[2:] == [("adam", None, 1, None), ("adam", None, 2, None), ("lion", None, 1, None), ("lion", None, 2, 7), ("lion", None, 2, 8)], found)


def ranges_are_drawn_and_not_counted(_):
    class Ranges(Experiment):
        lr: float = log(1e-4, 1e-1)
        depth: int = int_range(1, 3)

    expect(not Ranges().is_finite() and Ranges(lr=1).is_finite() and len(Ranges(lr=1)) == 3, "finite")
    with refused("Ranges.lr is log(0.0001, 0.1), so that its settings cannot be counted; draw some: sweep(64)"):
        list(Ranges())
    for wrong in [lambda: log(1, 0.1), lambda: uniform("a", 2), lambda: int_range(3, 1), lambda: uniform(0, float("inf")), search]:
        with refused(""):
            wrong()


def what_belongs_to_every_experiment_is_no_field(_):
    with refused("Odd.rank: this name belongs to every experiment"):

        class Odd(Experiment):
            rank: int = 3

    class Named(Experiment):
        name: str = "w{width}"
        width: int = search(1, 2)

    expect([it.name for it in Named()] == ["w1", "w2"], "a name of its own")
    expect((Named().rank, Named().n_proc) == (0, 1), "outside of a job")


def one_command_runs_a_file_and_again_runs_what_is_new(here):
    _, said = _run(here, "study.py:Study", "--jobs", "4", "--workers", "2", "--name", "s")
    expect("4 of 4 jobs done" in said, said)
    config = (here / "s.yaml").read_text()
    for part in ["lr: {log: [0.0001, 0.1]}", "BASE_CFG: {steps: 10, layers: [8, 4]}", "READERS: [jsonl]", "KEEP_ALIVE: true", "GOAL: minimize"]:
        expect(part in config, config)
    sweep = here / "sweeps" / "s"
    for job in range(4):
        config = _configs(sweep)[job]
        expect(_metrics(sweep, job) == [{"loss": config["lr"] * 10, "name": f"Study-{job}"}], _metrics(sweep, job))
        expect(_of_job(sweep, job, "stdout.log") == "layers [8, 4, 2]\n", "a job does not see the list of another")
    before = _configs(sweep)
    _, said = _run(here, "study.py:Study", "--jobs", "6", "--workers", "2", "--name", "s")
    expect(_configs(sweep)[:4] == before and len(_configs(sweep)) == 6, said)
    expect([len(_attempts(sweep, job)) for job in range(6)] == [1] * 6, "nothing ran twice")
    _, said = _run(here, "study.py:Study", "--jobs", "2", "--param", "steps=1,2", "--param", "lr=0.5", "--name", "t")
    expect(sorted(it["steps"] for it in _configs(here / "sweeps" / "t")) == [1, 2], said)
    expect("BASE_CFG: {layers: [8, 4]}" in (here / "t.yaml").read_text(), said)


def the_guide_runs_as_it_stands(here):
    guide = (Path(__file__).resolve().parents[2] / "docs/guide/experiment.md").read_text()
    study, _, curve = (part.split("```")[0] for part in guide.split("```python\n")[1:4])
    _, said = _run(here, "study.py:Study", "--jobs", "6", "--workers", "2", "--name", "s", text=study)
    expect("6 of 6 jobs done" in said, said)
    for job, config in enumerate(_configs(here / "sweeps" / "s")):
        expect(_metrics(here / "sweeps" / "s", job)[0]["size"] == 96, "its result")
        expect(("momentum" in config) == (config["optimizer"] == "sgd"), config)
    curve = "from sweepkit import Experiment\nclass Study(Experiment):\n" + "".join(f"    {line}\n" for line in curve.splitlines())
    _, said = _run(here, "study.py:Study", "--name", "t", text=curve)
    expect(len(_metrics(here / "sweeps" / "t", 0)) == 11, said)


def a_generator_is_a_curve_and_what_it_returns_the_result(here):
    text = """
from sweepkit import Experiment, search
class Study(Experiment):
    minimize = "loss"
    width: int = search(1, 2)
    own = search("number", "epoch")
    def run(self):
        for n in range(3):
            yield {"loss": self.width / (n + 1), **({"epoch": 10 * n} if self.own == "epoch" else {})}
        return {"test": self.width}
"""
    _, said = _run(here, "study.py:Study", "--name", "s", text=text)
    sweep = here / "sweeps" / "s"
    expect(_metrics(sweep, 0) == [{"step": 1, "loss": 1.0}, {"step": 2, "loss": 0.5}, {"step": 3, "loss": 1 / 3}, {"test": 1}], said)
    expect([it.get("epoch") for it in _metrics(sweep, 3)] == [0, 10, 20, None], said)
    entries = [json.loads(line) for line in (sweep / "sweep.json").read_text().splitlines() if '"job_id"' in line or '"cfg"' in line]
    found = json.dumps(entries) + (sweep / "sweep.json").read_text()
    expect("loss" in found and "test" in found, found[:400])
    if find_spec("pandas"):
        frame = sweepkit.Sweep("s.yaml").curves()
        curve = frame[(frame["job"] == 0) & frame["loss"].notna()]
        expect(curve["loss"].tolist() == [1.0, 0.5, 1 / 3], curve)


def what_a_job_does_to_its_process_reaches_no_other(here):
    text = """
import ctypes, os, sys, threading, time
from sweepkit import Experiment, search
print("loading")
os.environ["OF_THE_FILE"] = "1"
class Study(Experiment):
    what = search("chdir", "environ", "stdout", "c", "thread", "argv", "child")
    def run(self):
        assert os.getcwd() == os.environ["HERE"], os.getcwd()
        assert "LEAK" not in os.environ and os.environ["OF_THE_FILE"] == "1" and sys.argv == ["study.py"], sys.argv
        print("start", self.what)
        if self.what == "chdir": os.chdir("/")
        if self.what == "environ": os.environ["LEAK"] = "1"
        if self.what == "stdout": sys.stdout = open(os.devnull, "w")
        if self.what == "argv": sys.argv.append("x")
        if self.what == "c":
            libc = ctypes.CDLL(None)
            libc.printf(b"from C\\n")
            os.system("echo from a shell; echo of errors >&2")
        if self.what == "child": assert input == input and not sys.stdin.read(), "no input"
        if self.what == "thread":
            def late():
                time.sleep(0.2)
                print("from a thread")
            threading.Thread(target=late).start()
        return {"pid": os.getpid()}
"""
    _, said = _run(here, "study.py:Study", "--name", "s", "--workers", "1", text=text, HERE=str(here))
    sweep = here / "sweeps" / "s"
    whats = [it["what"] for it in _configs(sweep)]
    expect("7 of 7 jobs done" in said, said + "".join(_of_job(sweep, job, "stderr.log") for job in range(7)))
    logs = {what: _of_job(sweep, job, "stdout.log") for job, what in enumerate(whats)}
    expect(sorted(logs["c"].splitlines()) == ["from C", "from a shell", "start c"], logs)
    expect(_of_job(sweep, whats.index("c"), "stderr.log") == "of errors\n", "standard error")
    expect(logs["thread"] == "start thread\nfrom a thread\n", logs)
    expect(logs["chdir"].splitlines()[-1] == "start chdir" and "loading" in logs[whats[0]], logs)
    pids = {_metrics(sweep, job)[0]["pid"] for job in range(7)}
    expect(len(pids) == 1, f"one process ran all: {pids}")


def a_job_that_fails_is_told_and_the_next_one_gets_a_new_process(here):
    text = """
import atexit, os, signal, sys, time
from sweepkit import Experiment, search
atexit.register(time.sleep, 0.3)  # A process that ends slowly gets no job meanwhile.
class Study(Experiment):
    what = search("good", "raises", "exits", "exits 0", "dies", "none", "number", "empty", "yields none", "fork", "kill", "good again")
    def run(self):
        if self.what == "raises": raise FloatingPointError("loss is NaN")
        if self.what == "exits": sys.exit(5)
        if self.what == "exits 0": sys.exit()
        if self.what == "dies": os._exit(0)
        if self.what == "none": return None
        if self.what == "number": return 0.5
        if self.what == "empty": return {}
        if self.what == "yields none": return iter_none()
        if self.what == "kill": os.kill(os.getpid(), signal.SIGKILL)
        if self.what == "fork":
            child = os.fork()
            if not child:
                raise RuntimeError("in the child")
            os.waitpid(child, 0)
        return {"pid": os.getpid()}
def iter_none():
    yield None
"""
    _, said = _run(here, "study.py:Study", "--name", "s", "--workers", "1", "--set", "LAUNCH.MAX_RETRY=0", text=text, code=1)
    sweep = here / "sweeps" / "s"
    whats = [it["what"] for it in _configs(sweep)]
    ends = {what: _attempts(sweep, job) for job, what in enumerate(whats)}
    errors = {what: _of_job(sweep, job, "stderr.log") for job, what in enumerate(whats)}
    expect([what for what in whats if ends[what][0][0] == "done"] == ["good", "fork", "good again"], ends)
    expect(ends["exits"] == [("failed", "exited with code 5")], ends)
    expect(ends["dies"] == [("failed", "its program exited with code 0 before it answered")], ends)
    expect(ends["kill"] == [("failed", "killed by signal 9 (SIGKILL)")], ends)
    expect("the loss is NaN" in ends["raises"][0][1] and "FloatingPointError" in errors["raises"], ends)
    for what, told in [
        ("exits 0", "called sys.exit() and so returned no result"),
        ("none", "run() returned None; return a dict of results"),
        ("number", "run() returned a value of type float"),
        ("empty", "run() gave an empty dict"),
        ("yields none", "what run() yields must be a dict such as {'loss': 0.3}, not None"),
    ]:
        expect(ends[what] == [("failed", "exited with code 1")] and told in errors[what], f"{what}: {ends[what]} {errors[what]}")
    expect("in the child" in errors["fork"] and len(_metrics(sweep, whats.index("fork"))) == 1, "the child of a job serves no jobs")
    # Resumed, only what failed runs again.
    (here / "study.py").write_text(text.replace("def run(self):", "def run(self):\n        return {'pid': 1}", 1))
    _run(here, "study.py:Study", "--name", "s", "--workers", "1", text=None)
    ends = {what: _attempts(sweep, job) for job, what in enumerate(whats)}
    expect(all(it[-1][0] == "done" for it in ends.values()) and len(ends["good"]) == 1 and len(ends["none"]) == 2, ends)


def a_process_that_is_killed_in_mid_job_costs_one_attempt(here):
    text = """
import os, time
from sweepkit import Experiment, search
class Study(Experiment):
    n = search(*range(6))
    def run(self):
        if self.n == 3 and self.attempt == 1:
            open("pid", "w").write(str(os.getpid()))
            time.sleep(100)
        return {"n": self.n, "worker": self.rank, "of": self.n_proc}
"""
    (here / "study.py").write_text(text)
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    words = [_binaries.find("sweepkit"), "run", "study.py:Study", "--name", "s", "--workers", "2"]
    process = subprocess.Popen(words, cwd=here, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.time() + 60
    while not (here / "pid").exists() or not (here / "pid").read_text():
        expect(time.time() < until, "job 3 never ran")
        time.sleep(0.05)
    os.kill(int((here / "pid").read_text()), signal.SIGKILL)
    expect(process.wait(60) in (0, 1), process.returncode)
    sweep = here / "sweeps" / "s"
    expect(_attempts(sweep, 3) == [("failed", "killed by signal 9 (SIGKILL)"), ("done", "")], _attempts(sweep, 3))
    rows = [_metrics(sweep, job)[0] for job in range(6)]
    expect(all(row["of"] == 2 and row["worker"] in (0, 1) for row in rows), rows)


def one_process_per_job_is_a_line_of_the_class(here):
    text = STUDY.replace('minimize = "loss"', "keep_alive = False").replace('"name": self.name', '"pid": __import__("os").getpid()')
    _run(here, "study.py:Study", "--jobs", "3", "--name", "s", "--workers", "1", text=text)
    sweep = here / "sweeps" / "s"
    expect(len({_metrics(sweep, job)[0]["pid"] for job in range(3)}) == 3, "a process each")


def what_is_wrong_in_the_file_is_told_before_anything_is_written(here):
    head = "from sweepkit.experiment import Experiment, search, log, uniform\n"
    for text, target, told in [
        ("raise ValueError('no data')", "study.py:Study", "study.py:Study cannot be loaded: ValueError: no data"),
        ("x = (", "study.py:Study", "SyntaxError"),
        (head + "class Other(Experiment): x = 1", "study.py:Study", "study.py has no Study; its experiments are Other"),
        ("class Study: pass", "study.py:Study", "study.py:Study is not an experiment"),
        (head + "class Study(Experiment):\n    x = search(object())", "study.py:Study", "Study.x: <object object at"),
        (head + "class Study(Experiment):\n    x = search(lambda: 1)", "study.py:Study", "cannot be part of a job config"),
        (head + "class Study(Experiment):\n    x = search(float('nan'), 1)", "study.py:Study", "a job config cannot hold nan"),
        (head + "class Study(Experiment):\n    x = search({1: 2})", "study.py:Study", "the keys of a mapping must be texts"),
        (head + "class Study(Experiment):\n    x: int\n    y = 2", "study.py:Study", "Study.x has no value"),
        (
            head + "class Study(Experiment):\n    opt = search('a', 'b')\n    m = uniform(0, 1).when(optimizer='a')",
            "study.py:Study",
            "Study.m depends on `optimizer`, which Study does not have; its fields are opt, m",
        ),
        (head + "class Study(Experiment):\n    m = uniform(0, 1).when(o='a')\n    o = search('a')", "study.py:Study", "`o`, which comes after it"),
        (head + "class Study(Experiment):\n    x = log(1, 2)", "study.py:Study", "say how many settings to draw"),
        (head + "class Study(Experiment):\n    minimize = maximize = 'x'\n    x = search(1)", "study.py:Study", "both `maximize` and `minimize`"),
        (head, "nothing.py:Study", "there is no file 'nothing.py'"),
        (head, "study.py", "`study.py` is not an experiment"),
    ]:
        code, said = _run(here, target, text=text)
        expect(code == 2 and told in said, f"{text}\n{told}\n{said}")
    _, said = _run(here, "study.py:Study", "--jobs", "2", "--param", "lr2=1,2", code=2)
    expect("Study has no such field" in said and "its fields are steps, lr, layers" in said, said)
    expect(sorted(path.name for path in here.iterdir() if path.name != "__pycache__") == ["study.py"], list(here.iterdir()))


def from_python_a_study_is_a_sweep_and_what_was_given_to_it_holds(here):
    (here / "mine.py").write_text(STUDY.replace("class Study", "class Mine"))
    sys.path.insert(0, str(here))
    try:
        from mine import Mine

        sweep = Mine(lr=search(0.5, 0.25), steps=2).sweep(workers=2, name="s")
        expect(sorted(it["lr"] for it in _configs(here / "sweeps" / "s")) == [0.25, 0.5], "the values of the instance")
        expect(sorted(_metrics(here / "sweeps" / "s", job)[0]["loss"] for job in (0, 1)) == [0.5, 1.0], "its constants")
        if find_spec("pandas"):
            expect(sorted(sweep.frame()["metrics.loss"]) == [0.5, 1.0], sweep.frame())
        with refused("cannot be part of a job config"):
            Mine(layers=object()).sweep(2)
        with refused("say how many settings to draw"):
            Mine().sweep()
    finally:
        sys.path.remove(str(here))

    class Local(Experiment):
        x = search(1, 2)

    with refused("jobs cannot find Local, which is at the top of no file", "%%writefile study.py"):
        Local().sweep()


SUPERPARAMS = """
import dataclasses as dc, json, os, sys
{imports}

@dc.dataclass
class Hyperparams(Experiment):
    steps: int = 100
    batch_size: int = search(16, 32)
    dataset_path: str = 'data/raw/{{dataset_name}}'
    dataset_name: str = search('alphabet', 'numbers')
    def run(self):
        return {{'total samples': self.batch_size * self.steps, 'path': self.dataset_path}}

@dc.dataclass
class Lists(Experiment):
    iterable: list = search([1, 2, 3])
    ratio: float = search(0.5, 1.0, None)
    flag: bool = search(True, False)
    def run(self):
        return {{'length': len(self.iterable), 'ratio': self.ratio, 'flag': self.flag}}

@dc.dataclass
class Inner(Experiment):
    rate: float = search(0.1, 0.2)
    kind: str = 'inner'
    def run(self): pass

@dc.dataclass
class Outer(Experiment):
    width: int = search(1, 2)
    inner: object = search(Inner(), 3)
    label: str = 'w{{width}}'
    def run(self):
        return {{'width': self.width, 'label': self.label, 'rate': getattr(self.inner, 'rate', None)}}
"""

EXPANDED = """
import json, sys
import params
def plain(setting):
    values = dict(vars(setting))
    return {name: plain(value) if hasattr(value, "run") else value for name, value in values.items() if not name.startswith("_")}
studies = [params.Hyperparams(), params.Hyperparams(batch_size=params.search(2, 4, 8)), params.Lists(), params.Outer()]
print(json.dumps([[len(study), [[plain(setting), setting.run()] for setting in study]] for study in studies]))
"""


def the_settings_are_those_that_superparams_makes(here):
    if not find_spec("superparams"):
        print("  left out: superparams needs Python 3.11 and polars")
        return
    told = {}
    for name, imports in [("superparams", "from superparams import Experiment, search"), ("ours", "from sweepkit import Experiment, search")]:
        (here / name).mkdir()
        (here / name / "params.py").write_text(SUPERPARAMS.format(imports=imports))
        (here / name / "expand.py").write_text(EXPANDED)
        done = subprocess.run([sys.executable, "expand.py"], cwd=here / name, capture_output=True, text=True)
        expect(done.returncode == 0, done.stderr)
        told[name] = json.loads(done.stdout)
    expect([count for count, _ in told["superparams"]] == [4, 6, 6, 6], told["superparams"])
    expect(told["ours"] == told["superparams"], told)
    # And the jobs of a sweep are these, in this order.
    for number, name in [(0, "Hyperparams"), (2, "Lists"), (3, "Outer")]:
        _run(here / "ours", f"params.py:{name}", "--name", name, text=None)
        sweep = here / "ours" / "sweeps" / name
        theirs = [result for _, result in told["superparams"][number][1]]
        expect([_metrics(sweep, job)[0] for job in range(len(theirs))] == theirs, name)


def samplers_of_all_kinds_are_what_their_names_say(here):
    text = """
from sweepkit.experiment import Experiment, int_range, log, power2, search, uniform
class Inner(Experiment):
    lr = log(1e-3, 1)
    kind = search("a", "b")
class Study(Experiment):
    a = uniform(0, 1, step=0.25)
    b = int_range(1, 100, log=True)
    c = power2(8, 64)
    d = log(1e-3, 1e3, points=3)
    e = search(Inner(), uniform(5, 6), "none")
    f = uniform(0, 1).when(e="none").otherwise(7)
    def run(self):
        e = self.e
        good = self.a in (0, 0.25, 0.5, 0.75, 1) and self.b in range(1, 101) and self.c in (8, 16, 32, 64) and self.d in (1e-3, 1, 1e3)
        inner = type(e) is Inner and 1e-3 <= e.lr <= 1 and e.kind in ("a", "b")
        range_ = isinstance(e, float) and 5 <= e <= 6
        assert good and (inner or range_ or e == "none"), self
        assert (0 <= self.f <= 1) if e == "none" else self.f == 7, self
        return {"e": "inner" if inner else "range" if range_ else e}
"""
    _, said = _run(here, "study.py:Study", "--jobs", "40", "--name", "s", text=text)
    sweep = here / "sweeps" / "s"
    expect("40 of 40 jobs done" in said, said + _of_job(sweep, 0, "stderr.log"))
    expect({_metrics(sweep, job)[0]["e"] for job in range(40)} == {"inner", "range", "none"}, "all branches")


if __name__ == "__main__":
    run_all(globals())
