"""Finds the programs of the toolkit, and runs them so that their errors are `SweepError`s."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ._errors import SweepError, warn

# A directory that is searched before any other.
BIN_DIR = "SWEEPKIT_BIN_DIR"


def find(program: str) -> str:
    """Returns the path of a program: `sweepkit`, `sweep_setup`, ….

    Searched are $SWEEPKIT_BIN_DIR and no other place if it is set; or else the scripts of this Python environment, and PATH.
    """
    chosen = os.environ.get(BIN_DIR)
    if chosen:
        path = Path(chosen) / program
        if _is_program(path):
            return str(path)
        raise SweepError(f"{path} is not a program; {BIN_DIR} must name the directory that has `{program}`, or be unset")
    places = list(dict.fromkeys(_places()))
    for place in places:
        if _is_program(place / program):
            return str(place / program)
    found = shutil.which(program)
    if found:
        return found
    searched = ", ".join(map(str, places))
    raise SweepError(
        f"the program `{program}` was not found in {searched} or PATH; install the wheel of sweepkit (it has the programs), "
        f"or set {BIN_DIR} to the directory that has them"
    )


def _places() -> Iterator[Path]:
    """The directories in which pip may have put the programs."""
    import sysconfig

    # `pip install --target DIR` puts them into DIR/bin.
    yield Path(__file__).resolve().parents[1] / "bin"
    yield Path(sysconfig.get_path("scripts"))
    yield Path(sys.executable).parent
    yield Path(sysconfig.get_path("scripts", "posix_user"))


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def run(
    program: str,
    *words: str | os.PathLike[str],
    good: Sequence[int] = (0,),
    cwd: str | os.PathLike[str] | None = None,
    given: str = "",
) -> str:
    """Runs a program to its end, with `given` as its stdin, and returns what it printed to stdout.

    Its warnings become warnings here. Raises SweepError with what it printed to stderr if its exit code is not one of `good`.
    """
    done = subprocess.run(
        [find(program), *(os.fspath(word) for word in words)],
        input=given,
        capture_output=True,
        env=environment(),
        encoding="utf-8",
        errors="replace",
        cwd=cwd,
    )
    if done.returncode not in good:
        raise SweepError(error_text(program, done.stderr or done.stdout, done.returncode), done.returncode)
    for text in _warnings(done.stderr):
        warn(text)
    return done.stdout


def _warnings(output: str) -> Iterator[str]:
    """The warnings that a program printed, each with the indented lines below it."""
    for found in re.finditer(r"^warning: (.*(?:\n +.*)*)", output, re.M):
        yield found[1]


def environment() -> dict[str, str]:
    """Returns the variables for programs: without those that a notebook's kernel has set for itself, which jobs would inherit.

    Such are colours for all output, and a backend of matplotlib that draws into the notebook.
    """
    variables = dict(os.environ)
    if "ipykernel" in sys.modules:
        for name in ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "JPY_PARENT_PID", "JPY_SESSION_NAME"):
            variables.pop(name, None)
        if variables.get("MPLBACKEND", "").startswith("module://"):
            del variables["MPLBACKEND"]
    return variables


def error_text(program: str, output: str, exit_code: int) -> str:
    """Returns the text of a program that failed, from its first `error:` on if it has one."""
    text = output.strip()
    start = text.find("error: ")
    if start == 0 or (start > 0 and text[start - 1] == "\n"):
        text = text[start + len("error: ") :]
    if text:
        return text
    how = f"ended by signal {-exit_code}" if exit_code < 0 else f"exited with code {exit_code}"
    return f"{program} {how} and said nothing"
