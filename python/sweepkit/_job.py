"""What the program of a job calls: its config, its metrics, and whether it should save and stop."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from types import FrameType
from typing import Any

from ._errors import SweepError

# Set by the worker for each job (docs/reference/attempts.md).
OUT_DIR, CONFIG, SIGNAL = "SWEEP_OUT_DIR", "SWEEP_CFG", "SWEEP_SIGNAL"
METRICS = "metrics.jsonl"

_written: set[str] = set()
_is_told_to_stop = False
_listening = False


def config() -> dict[str, Any]:
    """Returns the config of this job, as its file has it (`SWEEP_CFG`). Raises SweepError outside a job."""
    path = os.environ.get(CONFIG)
    if not path:
        raise SweepError(
            f"not in a job of a sweep: {CONFIG} is not set; jobs get it from their worker (try it with `{CONFIG}=cfgs/000000.yaml`)"
        )
    from ._values import read_config

    return read_config(path)


def log(metrics: Mapping[str, Any] | None = None, /, **more: Any) -> None:
    """Records metrics of this job: one line of `metrics.jsonl` in its directory (`SWEEP_OUT_DIR`).

        sweepkit.log(loss=0.31, acc=0.88, epoch=3)
        sweepkit.log({"val/loss": 0.4}, step=1200)

    `epoch` and `step` say where in the training it was. Values are numbers (of numpy or torch, too), booleans, strings, None, lists
    of numbers and mappings of these; NaN and infinities are kept. Outside a job, the file is in the current directory.
    """
    if isinstance(metrics, (int, float)):
        raise TypeError("sweepkit.log records metrics, such as log(loss=0.31, epoch=3); a logarithmic range is log(1e-4, 1e-1) of sweepkit.experiment")
    if metrics is not None and not isinstance(metrics, Mapping):
        raise TypeError(f"sweepkit.log takes names and values, such as log(loss=0.31, epoch=3), not {metrics!r}")
    line = _line({**(metrics or {}), **more})
    directory = os.environ.get(OUT_DIR)
    if not directory:
        directory = "."
        if METRICS not in _written:
            where = os.path.abspath(METRICS)
            print(f"sweepkit.log: not in a job of a sweep ({OUT_DIR} is not set); writing to {where}", file=sys.stderr)
    _append(os.path.join(directory, METRICS) if directory != "." else METRICS, line)


def _line(values: Mapping[str, Any]) -> bytes:
    """Returns the line of these values, with its end."""
    if not values:
        raise ValueError("sweepkit.log has nothing to record; name a metric: log(loss=0.31)")
    plain = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise TypeError(f"sweepkit.log: the name of a metric is a string, not {name!r}")
        plain[name] = _plain(name, value)
    return (json.dumps(plain) + "\n").encode()


def _plain(name: str, value: Any) -> Any:
    """Returns a value as JSON has it. Scalars of numpy, torch and others become numbers by `.item()`."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(f"{name}.{key}", item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(f"{name}.{number}", item) for number, item in enumerate(value)]
    scalar = _item(value)
    if scalar is not None:
        return scalar
    if hasattr(value, "tolist"):
        return _plain(name, value.tolist())
    raise TypeError(f"sweepkit.log: {name} is of type {type(value).__name__}; numbers, booleans, strings, lists and mappings can be recorded")


def _item(value: Any) -> bool | int | float | str | None:
    """Returns the one number that an array or tensor holds, or None."""
    if getattr(value, "size", 1) == 0 or not hasattr(value, "item"):
        return None
    try:
        scalar = value.item()
    except (TypeError, ValueError, RuntimeError):
        return None  # It holds several.
    return scalar if isinstance(scalar, (bool, int, float, str)) else None


def _append(path: str, line: bytes) -> None:
    """Appends a line by one write, which no other process can split."""
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        if path not in _written:
            size = os.fstat(file).st_size
            # A process that was killed may have left half a line.
            if size and os.pread(file, 1, size - 1) != b"\n":
                line = b"\n" + line
        while line:
            line = line[os.write(file, line) :]
    finally:
        os.close(file)
    _written.add(path)


def should_stop() -> bool:
    """Returns whether this job was told to save its work and end: before a time limit or at a Ctrl-C of the launch.

    The first call makes the program listen, so call it before the training starts: a program that does not listen gets no
    warning. On SLURM it comes `LAUNCH.SIGNAL_BEFORE` seconds before the limit; here, SIGTERM comes 10 seconds before SIGKILL.
    Outside a job it is false, and nothing is installed.
    """
    if not _listening and os.environ.get(OUT_DIR):
        _listen()
    return _is_told_to_stop


def _listen() -> None:
    """Installs the handlers, before those that are there."""
    global _listening
    if threading.current_thread() is not threading.main_thread():
        raise SweepError("the first call of sweepkit.should_stop() must be in the main thread, which alone receives signals")
    for name in dict.fromkeys(["TERM", os.environ.get(SIGNAL) or "TERM"]):
        number = getattr(signal, f"SIG{name}", None)
        if isinstance(number, signal.Signals):
            _chain(number)
    os.register_at_fork(before=_hold_signals, after_in_parent=_release_signals, after_in_child=_forget_signals)
    _listening = True


# The signals that are handled here: the handler, and the one before it.
_handlers: dict[signal.Signals, tuple[Any, Any]] = {}
_masks = threading.local()


def _chain(number: signal.Signals) -> None:
    """Handles a signal here, and then as it was handled before."""
    earlier = signal.getsignal(number)

    # No lock is taken: another signal may interrupt the handler.
    def handle(received: int, frame: FrameType | None) -> None:
        global _is_told_to_stop
        _is_told_to_stop = True
        if callable(earlier) and earlier is not signal.default_int_handler:
            earlier(received, frame)

    signal.signal(number, handle)
    _handlers[number] = handle, earlier


# A process that is forked from this one, such as one of a pool, is to end at SIGTERM as it would without us, also if that comes
# right after the fork, when Python forgets what has arrived.


def _hold_signals() -> None:
    _masks.before = signal.pthread_sigmask(signal.SIG_BLOCK, _handlers)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _masks.before)


def _forget_signals() -> None:
    for number, (own, earlier) in _handlers.items():
        if signal.getsignal(number) is own and earlier is not None:
            signal.signal(number, earlier)
    _release_signals()
