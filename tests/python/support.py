"""What the tests of the Python package share."""

import contextlib
import os
import sys
import tempfile
import traceback
from pathlib import Path

import sweepkit


def expect(condition, what):
    """Fails unless the condition holds."""
    if not condition:
        raise AssertionError(what)


@contextlib.contextmanager
def refused(*parts, kind=sweepkit.SweepError):
    """Expects an error whose text has all these parts."""
    try:
        yield
    except kind as error:
        lacking = [part for part in parts if part not in str(error)]
        expect(not lacking, f"{lacking} is not in: {error}")
    else:
        raise AssertionError(f"no error that says {parts}")


@contextlib.contextmanager
def variables(**changed):
    """Sets environment variables for a while; None removes one."""
    before = dict(os.environ)
    os.environ.update({name: value for name, value in changed.items() if value is not None})
    for name in [name for name, value in changed.items() if value is None]:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def study(name="study", jobs=4, command="echo val_acc: {{lr}}", **launch):
    """A sweep config of some jobs that print a metric."""
    return {
        "NAME": name,
        "SETUP": {"NUM_CONFIGS": jobs, "SAMPLERS": {"lr": {"log": [1e-4, 0.1]}, "opt": ["sgd", "adam"]}},
        "LAUNCH": {"EXECUTOR": "local", "LOCAL_WORKERS": 2, "COMMAND": command, **launch},
        "ANALYZE": {"OBJECTIVE": {"METRIC": "val_acc", "GOAL": "maximize"}},
    }


def python(script):
    """The command line that runs a script by this Python."""
    return f"{sys.executable} {script} "


def run_all(names):
    """Runs the tests of a script, its own functions, each in a directory of its own; words of the command line choose some."""
    tests = [it for name, it in names.items() if name[0] != "_" and getattr(it, "__module__", "") == "__main__"]
    failed, chosen = 0, sys.argv[1:]
    for test in (test for test in tests if not chosen or any(word in test.__name__ for word in chosen)):
        with tempfile.TemporaryDirectory(prefix="python-") as folder:
            here = Path(folder).resolve()
            os.chdir(here)
            try:
                test(here)
                told = "ok"
            except Exception:
                traceback.print_exc()
                failed, told = failed + 1, "FAILED"
            os.chdir("/")
        print(f"{test.__name__.replace('_', ' ')}: {told}", flush=True)
    sys.exit(1 if failed else 0)
