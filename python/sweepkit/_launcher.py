"""The process of a launch, which outlives the one that started it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from . import _binaries
from ._errors import SweepError

LOG = "launch.log"
_BEGIN = "launcher: process "
_NAMED = re.compile(_BEGIN + r"(?P<pid>\d+) on (?P<host>\S+), [-: 0-9]+, (?P<words>.*)")
# What a launch has begun to do after this time is done in the background.
_PATIENCE = 60.0

# Of those that were started here, each is asked whether it has ended, so that it leaves no zombie.
_started: list[subprocess.Popen[bytes]] = []


def start(source: Path, words: list[str], directory: Path, cwd: Path) -> None:
    """Starts `sweep_launch`, and returns when it runs jobs or has ended; raises SweepError if it refused."""
    program = _binaries.find("sweep_launch")
    if not directory.is_dir():
        raise SweepError(f"{directory} does not exist: call setup() first")
    before = _ledger(directory)
    log = directory / LOG
    begin = log.stat().st_size if log.exists() else 0
    with log.open("ab") as output:
        # In a session of its own: no signal to the terminal, kernel or server of this process reaches it.
        process = subprocess.Popen(
            [program, str(source), *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=_binaries.environment(),
            start_new_session=True,
        )
        now = time.strftime("%Y-%m-%d %H:%M:%S")
        output.write(f"{_BEGIN}{process.pid} on {socket.gethostname()}, {now}, {' '.join(words)}\n".encode())
    _started.append(process)
    end = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < end and not _runs_jobs(directory, before):
        time.sleep(0.02)
    code = process.poll()
    if code not in (None, 0, 1):
        assert code is not None
        with log.open("rb") as printed:
            printed.seek(begin)
            text = printed.read().decode(errors="replace")
        raise SweepError(_binaries.error_text("sweep_launch", _without_begin(text), code), code)


def _without_begin(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(_BEGIN))


def _ledger(directory: Path) -> set[str]:
    """The launches that are recorded."""
    try:
        return set(os.listdir(directory / "launches"))
    except FileNotFoundError:
        return set()


def _runs_jobs(directory: Path, before: set[str]) -> bool:
    """Returns whether a launch on this machine has begun; one on SLURM is over once all is submitted."""
    for name in _ledger(directory) - before:
        try:
            record = json.loads((directory / "launches" / name / "submission.json").read_text())
        except (OSError, ValueError):
            continue
        if record.get("executor") != "slurm":
            return True
    return False


def is_alive(directory: Path) -> bool:
    """Returns whether the last launcher that was started from Python is running, on this machine."""
    return _last_launcher(directory) is not None


def of_all_jobs(directory: Path) -> int | None:
    """Returns the process of that launcher if it is running and runs all jobs, those that are appended meanwhile among them."""
    found = _last_launcher(directory)
    return found[0] if found and found[1] == "--yes" else None


def stop(directory: Path, cancel: Callable[[], object]) -> None:
    """Ends the last launch of a sweep directory."""
    found = _last_launcher(directory)
    if found:
        os.kill(found[0], signal.SIGTERM)
        return
    records = [directory / "launches" / name / "submission.json" for name in sorted(_ledger(directory))]
    executors = [json.loads(record.read_text()).get("executor") for record in records if record.is_file()]
    if "slurm" in executors:
        cancel()


def _last_launcher(directory: Path) -> tuple[int, str] | None:
    """Returns the process of the launcher that the log names last, and its options, if it is running on this machine."""
    _started[:] = [process for process in _started if process.poll() is None]
    try:
        lines = (directory / LOG).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return None
    named = [_NAMED.fullmatch(line) for line in lines if line.startswith(_BEGIN)]
    last = named[-1] if named else None
    if last is None or last["host"] != socket.gethostname():
        return None
    try:
        command = Path(f"/proc/{last['pid']}/cmdline").read_bytes()
    except OSError:
        return None
    return (int(last["pid"]), last["words"]) if b"sweep_launch" in command else None
