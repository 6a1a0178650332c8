"""Runs jobs of an experiment: `python -m sweepkit._serve FILE.py:Class`.

One job, whose config SWEEP_CFG names; or, where SWEEP_KEEP_ALIVE is set, one after another, which a worker hands over on standard
input (docs/reference/keep-alive.md). Between jobs, the environment, the current directory, standard output and error, and `sys.argv`
are as the file left them when it was loaded.
"""

from __future__ import annotations

import ctypes
import inspect
import json
import os
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

from . import _job
from ._errors import SweepError
from ._load import load


def main() -> int:
    target = sys.argv[1]
    path = target.rpartition(":")[0]
    sys.argv = [path]
    if not os.environ.get("SWEEP_KEEP_ALIVE"):
        return run_job(load(target))
    return Server().serve(target)


class Server:
    """Takes jobs from a worker until there are no more, or one has failed."""

    def __init__(self) -> None:
        # Nothing that a job starts or prints may reach the pipes to the worker.
        self.jobs = os.fdopen(os.dup(0), "rb")
        self.answers = os.dup(1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.close(nothing)
        os.dup2(2, 1)
        self.process = os.getpid()
        self.environment = dict(os.environ)
        self.directory = os.getcwd()
        self.streams = sys.stdout, sys.stderr
        self.arguments = list(sys.argv)
        self.flush_c = ctypes.CDLL(None).fflush

    def serve(self, target: str) -> int:
        study: type[Any] | None = None
        while True:
            line = self.jobs.readline()
            if not line:
                return 0
            order = json.loads(line)
            self.begin(order)
            if study is None:
                # Loaded in the first job, whose output then has what the file prints.
                study = load(target)
                self.note_start(order)
            code = self.run(study)
            self.flush()
            # What a failed job left (a GPU in an error, half-built state) must not reach the next.
            answer = {"job": order["job"], "attempt": order["attempt"], "exit_code": code, "last": code != 0}
            os.write(self.answers, (json.dumps(answer) + "\n").encode())
            if code:
                return 0

    def note_start(self, order: dict[str, Any]) -> None:
        """Notes how each job is to find the process: what the file of the experiment does when it is loaded holds for all."""
        self.directory = os.getcwd()
        self.environment = {name: value for name, value in os.environ.items() if name not in order["env"]}
        self.arguments = list(sys.argv)

    def begin(self, order: dict[str, Any]) -> None:
        """Makes this process that of a job."""
        os.chdir(self.directory)
        os.environ.clear()
        os.environ.update(self.environment)
        os.environ.update(order["env"])
        sys.argv = list(self.arguments)
        sys.stdout, sys.stderr = self.streams
        for name, number in (("stdout", 1), ("stderr", 2)):
            file = os.open(order[name], os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW)
            os.dup2(file, number)
            os.close(file)

    def run(self, study: type[Any]) -> int:
        before = set(threading.enumerate())
        try:
            code = run_job(study)
        finally:
            if os.getpid() != self.process:
                # A child of the job's that came back from run() is no second server.
                self.flush()
                os._exit(1)
        _join_threads(before)
        return code

    def flush(self) -> None:
        for stream in (*self.streams, sys.stdout, sys.stderr):
            try:
                stream.flush()
            except (OSError, ValueError):
                pass
        # What C code printed is in buffers of its own.
        self.flush_c(None)


def run_job(study: type[Any]) -> int:
    """Runs the job of the environment and returns its exit code. Errors are printed as by Python itself."""
    try:
        config = _config()
        setting = study()._with(config)
        setting._index = int(os.environ.get("SWEEP_INDEX") or 0)
        _record(setting.run())
    except SystemExit as end:
        return _exit_code(end.code)
    except KeyboardInterrupt:
        traceback.print_exc()
        return 130
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _exit_code(code: Any) -> int:
    """Returns the exit code of `sys.exit(code)`. One that means success is a failure here: there is no result."""
    if code is None or code == 0:
        print("sweepkit: run() called sys.exit() and so returned no result; return it instead", file=sys.stderr)
        return 1
    if isinstance(code, int):
        return code & 0xFF or 1
    print(code, file=sys.stderr)
    return 1


def _config() -> dict[str, Any]:
    path = os.environ.get(_job.CONFIG) or ""
    if not path.endswith(".json"):
        return _job.config()
    with open(path, encoding="utf-8") as file:
        found = json.load(file)
    if not isinstance(found, dict):
        raise SweepError(f"{path} holds no mapping")
    return found


def _record(result: Any) -> None:
    """Records what run() returned: a mapping, or a curve of mappings."""
    if isinstance(result, Mapping):
        _log(result)
    elif inspect.isgenerator(result):
        last, names = yield_all(result)
        if last is not None:
            last = _mapping(last, "the return value of the generator")
            # Beside a curve of its own, the name of a result would stand for two things.
            _log({"_type": "result", **last} if names & set(last) else last)
    elif hasattr(result, "to_dicts"):
        _rows(result.to_dicts())
    elif hasattr(result, "to_dict") and hasattr(result, "columns"):
        _rows(result.to_dict("records"))
    elif result is not None or not os.path.exists(_metrics()):
        raise SweepError(
            f"run() returned {_shown(result)}; return a dict of results such as {{'loss': 0.3}}, or yield one per epoch (or record them by "
            "sweepkit.log, and return nothing)"
        )


def yield_all(steps: Any) -> tuple[Any, set[str]]:
    """Records each mapping that a generator yields, with its number unless it has an `epoch` or `step`.

    Returns what the generator returns, and the names of the curve.
    """
    number = 0
    names: set[str] = set()
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            if not number and end.value is None:
                raise SweepError("run() yielded nothing; yield a dict such as {'loss': 0.3} per epoch") from None
            return end.value, names
        number += 1
        step = _mapping(step, "what run() yields")
        names.update(step)
        _log(step if "epoch" in step or "step" in step else {"step": number, **step})


def _rows(rows: list[dict[str, Any]]) -> None:
    def each() -> Iterator[dict[str, Any]]:
        yield from rows

    yield_all(each())


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise SweepError(f"{what} must be a dict such as {{'loss': 0.3}}, not {_shown(value)}")
    return value


def _shown(value: Any) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"


def _log(values: Mapping[str, Any]) -> None:
    if not values:
        raise SweepError("run() gave an empty dict; name its results: {'loss': 0.3}")
    _job.log(values)


def _metrics() -> str:
    return os.path.join(os.environ.get(_job.OUT_DIR) or ".", _job.METRICS)


def _join_threads(before: set[threading.Thread]) -> None:
    """Waits for the threads of a job, as Python does at its end; those of pools wait for work and are left to be."""
    pools = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {})
    for thread in threading.enumerate():
        if thread not in before and not thread.daemon and thread not in pools:
            thread.join()


if __name__ == "__main__":
    sys.exit(main())
