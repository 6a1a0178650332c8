"""sweepkit.Sweep and sweepkit.frame, by the installed programs. Run by tests/python/run."""

import json
import math
import os
import random
import signal
import struct
import subprocess
import sys
import time
import warnings
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import sweepkit
from support import expect, python, refused, run_all, study, variables


def a_dictionary_means_the_same_as_a_file_to_the_last_bit(_):
    draw = random.Random(1)
    floats = [struct.unpack("d", draw.randbytes(8))[0] for _ in range(2000)]
    texts = ["on", "1e-5", "~", "", " a ", "a: b", "#", "é☃😀", "tab\tline\n", "\x7f\x85\u2028\ufeff", "'\"\\", "- x", "2001-12-14", "{{lr}}"]
    base = {
        "floats": [x for x in floats if math.isfinite(x)],
        "odd": [1e16, 1e-5, -0.0, 5e-324, math.inf, -math.inf, 100.0],
        "ints": [0, -(2**63), 2**63 - 1],
        "texts": texts,
        "keys": {key: number for number, key in enumerate(text for text in texts if text)},
        "deep": {"a": {"b": {"c": [{"d": [[]]}, {}]}}, "none": None, "yes": True},
        "day": date(2001, 12, 14),
    }
    config = {**study(), "SETUP": {"NUM_CONFIGS": 1, "BASE_CFG": base}}
    found = sweepkit.Sweep(config).setup().config
    expect(found == config, [key for key in base if found["SETUP"]["BASE_CFG"][key] != base[key]])
    expect(str(found["SETUP"]["BASE_CFG"]["odd"]) == str(base["odd"]), "types and signs, too")
    # Not-a-number is unequal to itself.
    expect(math.isnan(sweepkit.Sweep({"NAME": "nan", "X": math.nan}).config["X"]), "nan")


def values_of_python_become_those_of_a_config(here):
    config = study()
    config["SETUP"]["BASE_CFG"] = {"path": here / "data", "pair": (1, 2), "range": range(3)}
    if find_spec("numpy"):
        import numpy

        config["SETUP"]["BASE_CFG"].update(real=numpy.float64(0.1), whole=numpy.int32(3), many=numpy.array([1.5, 2]), yes=numpy.bool_(True))
    expected = {"path": str(here / "data"), "pair": [1, 2], "range": [0, 1, 2], "real": 0.1, "whole": 3, "many": [1.5, 2.0], "yes": True}
    found = sweepkit.Sweep(config).config["SETUP"]["BASE_CFG"]
    expect(found == {key: expected[key] for key in config["SETUP"]["BASE_CFG"]}, found)


def what_no_config_can_hold_is_refused_by_its_path(_):
    def of(value):
        return sweepkit.Sweep({"NAME": "bad", "SETUP": {"BASE_CFG": {"a": [0, value]}}})

    with refused("`SETUP.BASE_CFG.a[1]`", "of type set", "write it as a list"):
        of({1, 2})
    with refused("`SETUP.BASE_CFG.a[1]`", "of type object"):
        of(object())
    with refused("`SETUP.BASE_CFG.a[1]`", "does not fit into 64 bits"):
        of(2**63)
    with refused("`SETUP.BASE_CFG.a[1]`", "has the key 3, which is not a string"):
        of({3: 4})
    with refused("not Unicode"):
        of("\ud800")
    round_and_round = {}
    round_and_round["again"] = round_and_round
    with refused("contains itself"):
        of(round_and_round)
    with refused("NAME of the sweep config is missing"):
        sweepkit.Sweep({"SETUP": {}})
    with refused("nope.yaml does not exist"):
        sweepkit.Sweep("nope.yaml")
    with refused("is not a sweep directory"):
        sweepkit.Sweep.open(".")


def mistakes_are_told_in_the_words_of_the_program(here):
    config = study()
    config["SETUP"]["NUM_CONFIG"] = config["SETUP"].pop("NUM_CONFIGS")
    with refused("study.yaml:", "NUM_CONFIG", "did you mean"):
        sweepkit.Sweep(config).setup()
    sweep = sweepkit.Sweep(study(command="echo {{momentum}}"))
    with refused("call setup() first"):
        sweep.launch()
    with refused("contains no job configs"):
        sweep.status()
    try:
        sweep.setup().launch()
    except sweepkit.SweepError as error:
        expect(error.exit_code == 2 and "momentum" in str(error) and "Traceback" not in str(error), error)
        expect(not str(error).startswith("error:") and "launcher: process" not in str(error), error)
    else:
        raise AssertionError("a command that names no parameter was launched")
    with refused("unknown library 'numpy' for a frame"):
        sweep.frame("numpy")
    (here / "old").mkdir()
    with refused("has no sweep below it"):
        sweepkit.frame("old")


def warnings_of_the_programs_are_those_of_python(_):
    config = study(jobs=10)
    config["SETUP"]["SAMPLERS"] = {"opt": ["sgd", "adam"]}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sweep = sweepkit.Sweep(config).setup()
    expect(len(sweep.points()) == 2, sweep.points())
    expect(told and "10" in str(told[0].message) and told[0].filename == __file__, [str(it.message) for it in told])


def a_missing_program_is_told_with_what_to_do(here):
    (here / "bin").mkdir()
    with variables(SWEEPKIT_BIN_DIR=str(here / "bin")), refused("sweep", "is not a program", "SWEEPKIT_BIN_DIR must name the directory"):
        sweepkit.Sweep(study()).setup()
    code = "import sweepkit; sweepkit.Sweep({'NAME': 'a'}).setup()"
    package = Path(sweepkit.__file__).parents[1]
    environment = {"PATH": str(here / "bin"), "HOME": str(here), "PYTHONPATH": str(package)}
    # A Python that has the package by its path only, and no programs beside itself.
    bare = Path(os.path.realpath(sys.executable))
    if not (bare.parent / "sweepkit").exists() and not (package / "bin" / "sweepkit").exists():
        done = subprocess.run([str(bare), "-c", code], env=environment, capture_output=True, text=True, cwd=here)
        expect("`sweepkit` was not found in" in done.stderr and "install the wheel of sweepkit" in done.stderr, done.stderr)


def files_of_others_are_never_replaced(here):
    (here / "study.yaml").write_text("NAME: mine\n")
    with refused("study.yaml exists and is not what Sweep wrote"):
        sweepkit.Sweep(study()).setup()
    expect((here / "study.yaml").read_text() == "NAME: mine\n", "it is as it was")
    sweepkit.Sweep(study("other")).setup()
    text = (here / "other.yaml").read_text()
    sweepkit.Sweep(study("other", jobs=5)).setup()
    expect((here / "other.yaml").read_text() != text, "a dictionary that changed is written again")
    (here / "other.yaml").write_text((here / "other.yaml").read_text().replace("5", "6"))
    with refused("other.yaml exists and is not what Sweep wrote"):
        sweepkit.Sweep(study("other", jobs=7)).setup()


def a_sweep_that_was_launched_with_another_setup_is_refused_by_its_difference(_):
    sweep = sweepkit.Sweep(study(jobs=3)).setup().launch(wait=True)
    rows = sweep.frame("rows")
    expect(sweep.setup().frame("rows") == rows, "the same setup is no change")
    expect(sweepkit.Sweep(study(jobs=3, LOCAL_WORKERS=1)).setup().launch(wait=True).frame("rows") == rows, "nor is another launch")
    more = sweepkit.Sweep(study(jobs=5))
    with refused("already launched", "NUM_CONFIGS: 3, now 5", "extend() appends"):
        more.setup()
    with refused("set up with another SETUP: NUM_CONFIGS: 3, now 5", "call setup()"):
        more.launch()
    expect(len(more.extend(2).setup().launch(wait=True).frame("rows")) == 5, "what an extension has reached is no difference")
    expect(more.points()[:3] == sweep.points()[:3] and len(more.points()) == 5, "the old jobs stay")
    other = study(jobs=5)
    other["SETUP"]["SAMPLERS"]["lr"] = {"log": [1e-3, 0.1]}
    with refused("SAMPLERS.lr.log: [0.0001, 0.1], now [0.001, 0.1]"):
        sweepkit.Sweep(other).launch()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sweepkit.Sweep(other).status()
    expect(len(told) == 1 and "another SETUP" in str(told[0].message) and told[0].filename == __file__, told)


def points_of_ones_own_become_jobs_with_exactly_these_values(_):
    sweep = sweepkit.Sweep(study(jobs=2, command="echo val_acc: {{lr}}")).setup().launch(wait=True)
    drawn = sweep.points()
    own = [{"lr": 0.1 + 0.2, "opt": "adam"}, {**drawn[1], "lr": 1e-300}]
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sweep.add(own)
    expect(len(told) == 1 and "`lr` is outside of SETUP.SAMPLERS" in str(told[0].message) and told[0].filename == __file__, told)
    sweep.launch(wait=True)
    expect(sweep.points() == drawn + own, sweep.points())
    expect([row["stdout.val_acc"] for row in sweep.frame("rows")] == [point["lr"] for point in drawn + own], sweep.frame("rows"))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        sweep.add(iter([own[0]]))
    expect("row 1 is job 000002 already" in str(told[-1].message), told)
    expect(len(sweep.points()) == 4, "what is a job is not made again")
    expect(sweep.setup().status().done == 4, "what was added is no other SETUP")
    with refused("add takes a list of points"):
        sweep.add({"lr": 0.1})
    with refused("each a mapping"):
        sweep.add([0.1])
    with refused("`points[0].lr` is of type set"):
        sweep.add([{"lr": {1}}])
    with refused("momentum"):
        sweep.add([{"lr": 0.1, "opt": "sgd", "momentum": 0.9}])
    with refused("extend takes a number"):
        sweep.extend()
    seeds = study("seeds", jobs=2)
    seeds["SETUP"]["REPLICATES"] = 2
    seeds = sweepkit.Sweep(seeds).setup().extend(replicates=1)
    expect(seeds.status().jobs == 6, seeds.status())


def suggestions_follow_from_what_ran_and_from_what_is_told(_):
    config = study("tuned", jobs=12)
    config["SETUP"].update(STRATEGY="tpe", TUNE={"STARTUP": 4, "CONTROL": 0.0})
    sweep = sweepkit.Sweep(config).setup()
    # A launch of all jobs would spend the whole budget.
    sweep.launch(only=[0, 1, 2, 3], wait=True)
    first = sweep.suggest(2)
    expect([(one["job"], one["kind"]) for one in first] == [(4, "tuned"), (5, "tuned")], first)
    expect([one["values"] for one in first] == sweep.points()[4:], first)
    sweep.tell({4: 0.9, 5: {"val_acc": 0.1}}).tell({5: None})
    expect([one["job"] for one in sweep.suggest()] == [6], "one")
    told = [json.loads(line) for line in (sweep.directory / "told.jsonl").read_text().splitlines()]
    expect(told[0]["values"] == {"val_acc": 0.9} and told[2] == {"job": 5, "state": "failed"}, told)
    with refused("there is no job 99"):
        sweep.tell({99: 0.5})
    expect(sweep.launch(wait=True).status().done == 12, sweep.status())
    with refused("SETUP.STRATEGY is `random`"):
        sweepkit.Sweep(study("plain")).setup().suggest()


def jobs_are_chosen_as_in_the_shell(_):
    command = "test {{index}} = 1 && test ! -e {{out_dir}}/again && touch {{out_dir}}/again && exit 3; echo val_acc: {{lr}}"
    sweep = sweepkit.Sweep(study(command=command, MAX_RETRY=0)).setup()
    sweep.launch(only=[0, 1], wait=True)
    status = sweep.status()
    expect(dict(status.states) == {"done": 1, "failed": 1, "waiting": 2} and status.open == 2, status)
    expect([group["jobs"] for group in status.failures] == [[1]], status.failures)
    sweep.launch(state="failed", wait=True).launch(where="lr > 0", wait=True)
    expect(dict(sweep.status().states) == {"done": 4}, sweep.status())
    expect(len(list((sweep.directory / "launches").iterdir())) == 3, "three launches")
    # Nothing is left: no error, and no launch.
    expect(sweep.launch(wait=True).status().done == 4, "done")


def frames_hold_what_the_jobs_logged(here):
    (here / "job.py").write_text("""
import sweepkit
config = sweepkit.config()
for epoch in (1, 2): sweepkit.log(val_acc=config["lr"] * epoch, bad=float("nan"), ok=True, epoch=epoch)
""")
    sweep = sweepkit.Sweep(study(command=python("job.py"))).setup().launch(wait=True)
    points = sweep.points()
    rows = sweep.frame("rows")
    expect([row["cfg.lr"] for row in rows] == [point["lr"] for point in points], rows)
    expect([row["metrics.val_acc"] for row in rows] == [2 * point["lr"] for point in points], rows)
    expect(all(type(row["job"]) is int and row["metrics.ok"] is True and math.isnan(row["metrics.bad"]) for row in rows), rows)
    expect([(row["job"], row["epoch"]) for row in sweep.curves("rows")] == [(job, epoch) for job in range(4) for epoch in (1, 2)], "curves")
    short = sweep.frame("rows", short=True)
    expect([row["lr"] for row in short] == [point["lr"] for point in points], short)
    expect(set(short[0]) == {"job", "state", "seconds", "lr", "opt", "val_acc", "val_acc.min", "val_acc.mean"}
           or set(short[0]) == {"job", "state", "lr", "opt", "val_acc", "val_acc.min", "val_acc.mean"}, short[0])
    for library in filter(find_spec, ["pandas", "polars"]):
        table = sweep.frame(library)
        expect(type(table).__module__.startswith(library), type(table))
        expect(list(table.columns) == list(rows[0]), table.columns)
        expect(table["metrics.val_acc"].to_list() == [row["metrics.val_acc"] for row in rows], table)
        expect(list(sweep.frame(library, short=True).columns) == list(short[0]), sweep.frame(library, short=True))
    if find_spec("pandas"):
        expect(type(sweep.frame()).__module__.startswith("pandas"), "pandas comes first")
    elif not find_spec("polars"):
        expect(sweep.frame() == rows or str(sweep.frame()) == str(rows), "neither is there")


def whole_numbers_are_exact_or_refused(here):
    (here / "job.py").write_text("import sweepkit; sweepkit.log(val_acc=1.0, count=2**53 - 1, **({'big': 2**60 + 1} if sweepkit.config()['big'] else {}))")
    config = study("small", 1, python("job.py"))
    config["SETUP"]["BASE_CFG"] = {"big": False}
    expect(sweepkit.Sweep(config).setup().launch(wait=True).frame("rows")[0]["metrics.count"] == 2**53 - 1, "exact")
    config["NAME"], config["SETUP"]["BASE_CFG"] = "big", {"big": True}
    sweep = sweepkit.Sweep(config).setup().launch(wait=True)
    with refused("the column metrics.big", "more than 53 bits", "read it with polars, or pandas with pyarrow"):
        sweep.frame("rows")
    if find_spec("pandas"):
        expect(sweep.frame("pandas")["metrics.big"].to_list() == [2**60 + 1], "pandas reads it")


def all_past_runs_are_one_frame(here):
    first = sweepkit.Sweep(study("grids/first", jobs=2)).setup().launch(wait=True)
    other = study("grids/second", jobs=3)
    other["SETUP"]["SAMPLERS"]["width"] = [8, 16]
    second = sweepkit.Sweep(other).setup().launch(wait=True)
    rows = sweepkit.frame("sweeps", "rows")
    expect([(row["sweep"], row["job"]) for row in rows] == [("grids/first", 0), ("grids/first", 1)] + [("grids/second", job) for job in range(3)], rows)
    expect([row["cfg.width"] for row in rows] == [None, None] + [point["width"] for point in second.points()], rows)
    expect([row["cfg.lr"] for row in rows] == [point["lr"] for point in first.points() + second.points()], rows)
    expect(sweepkit.frame([second, first.directory], "rows")[0]["sweep"] == "grids/second", "in the order in which they are named")
    for library in filter(find_spec, ["pandas", "polars"]):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            table = sweepkit.frame("sweeps", library)
            short = sweepkit.frame("sweeps", library, short=True)
        expect(list(table.columns) == list(rows[0]) and len(table) == 5, table.columns)
        expect(short["lr"].to_list() == [row["cfg.lr"] for row in rows] and "width" in short.columns, short)


def names_are_shortened_to_their_unique_ends(_):
    from sweepkit._frames import short_names

    names = ["job", "cfg.opt.lr", "cfg.lr", "cfg.seed", "train.loss", "val.loss", "val.loss.min", "cfg.max"]
    expected = ["job", "opt.lr", "cfg.lr", "seed", "train.loss", "val.loss", "loss.min", "cfg.max"]
    expect(list(short_names(names).values()) == expected, short_names(names))


def a_launch_outlives_whoever_started_it(here):
    """As a notebook's kernel that is killed with all its process group, in the middle of launch()."""
    (here / "start.py").write_text(f"""
import os, signal, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from support import study
import sweepkit
from sweepkit import _launcher
# What launch() asks first once the launcher was started.
_launcher._runs_jobs = lambda *_: os.killpg(0, signal.SIGKILL)
sweepkit.Sweep(study(jobs=4, command="sleep 0.4; echo val_acc: 1")).setup().launch()
""")
    program = subprocess.Popen([sys.executable, "start.py"], start_new_session=True)
    expect(program.wait(60) == -signal.SIGKILL, "it was not killed")
    sweep = sweepkit.Sweep.open("sweeps/study")
    expect(sweep.status().done < 4, "it was killed in the middle")
    expect(dict(sweep.wait(60).status().states) == {"done": 4}, sweep.status())
    log = (sweep.directory / "launch.log").read_text()
    expect("launcher: process" in log and "4 of 4 jobs done" in log, log)


def a_launch_that_is_running_is_not_started_twice(here):
    command = "for i in $(seq 1200); do test -e go && break; sleep 0.05; done; echo val_acc: 1"
    sweep = sweepkit.Sweep(study(jobs=3, command=command)).setup().launch()
    # As a notebook does whose cells are run again, perhaps by another kernel.
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = sweepkit.Sweep(study(jobs=3, command=command)).setup().launch()
    expect(len(told) == 1 and "is already running the jobs" in str(told[0].message) and told[0].filename == __file__, told)
    # Appended jobs are taken by the launch that is running.
    again.extend(1)
    (here / "go").touch()
    expect(dict(again.wait(60).status().states) == {"done": 4}, again.status())
    expect(len(list((sweep.directory / "launches").iterdir())) == 1, "one launch")


def waiting_ends_in_time(_):
    sweep = sweepkit.Sweep(study(jobs=1, command="sleep 600")).setup().launch()
    begin = time.monotonic()
    with refused("after 0.2 s: study: 1 ", kind=TimeoutError):
        sweep.wait(0.2)
    expect(time.monotonic() - begin < 60, "soon")
    # It was stopped before or after its worker began it.
    expect(dict(sweep.stop().wait(60).status().states) in [{"cancelled": 1}, {"waiting": 1}], sweep.status())
    sweep.stop()


def status_and_report_show_themselves_in_a_notebook(here):
    sweep = sweepkit.Sweep(study(jobs=6, command="test {{index}} = 2 && echo '<b>&bad' >&2 && exit 3; echo val_acc: {{lr}}")).setup()
    expect("<b>6</b> waiting" in sweep._repr_html_(), sweep._repr_html_())
    sweep.launch(wait=True)
    page = sweep.status()._repr_html_()
    expect("<b>5</b> done" in page and "<b>1</b> failed" in page and "&lt;b&gt;&amp;bad" in page and "<b>&bad" not in page, page)
    expect(str(sweep.status()).splitlines() == ["study: 5 done, 1 failed", "  1 × <b>&bad (jobs 2)"], str(sweep.status()))
    report = sweep.report(height=500)
    best = max((point["lr"], job) for job, point in enumerate(sweep.points()) if job != 2)
    expect((report.best_jobs[0]["value"], report.best_jobs[0]["job"]) == best, report.best_jobs)
    expect(str(report).startswith(f"{sweep.directory / 'analysis.html'}\nbest: job {best[1]}, "), report)
    shown = report._repr_html_()
    expect("<iframe srcdoc=" in shown and "&lt;!DOCTYPE html&gt;" in shown and "height:500px" in shown, shown[:300])
    expect("&lt;base href=&quot;about:srcdoc&quot;&gt;" in shown, "links within the page stay within it")
    expect(sweepkit.Sweep(study("none"))._repr_html_().count("contains no job configs") == 1, "an error is shown, too")


def commands_run_where_the_sweep_was_made(here):
    (here / "project").mkdir()
    (here / "project" / "job.sh").write_text("echo val_acc: 0.5\n")
    os.chdir("project")
    sweep = sweepkit.Sweep(study(jobs=1, command="sh job.sh")).setup()
    os.chdir(here)
    expect(dict(sweep.launch(wait=True).status().states) == {"done": 1}, sweep.status())
    expect(sweep.directory == here / "project" / "sweeps" / "study" and sweep.name == "study", sweep.directory)


run_all(globals())
