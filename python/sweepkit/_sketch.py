"""Describes an experiment for `sweepkit run`, which makes a sweep of it: `python -m sweepkit._sketch FILE.py:Class`."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from . import _binaries
from ._errors import SweepError
from ._load import load
from ._space import plain, plain_or_none, space_of
from .experiment import Experiment

# The handle on a sweep, whose module is loaded when it is needed.
Study = Any


def described(study: Experiment, target: str) -> str:
    """Returns the sketch as JSON that is YAML, too."""
    return json.dumps(sketch(study, target), ensure_ascii=False)


def sketch(study: Experiment, target: str) -> dict[str, Any]:
    """Returns the parts of the sweep config: samplers and constants by field, the command and the objective."""
    name = type(study).__name__
    if study.maximize and study.minimize:
        raise SweepError(f"{name} has both `maximize` and `minimize`; remove one")
    samplers: list[tuple[str, Any]] = []
    base: dict[str, Any] = {}
    fields: list[str] = []
    for field, value in study.as_dict().items():
        space = space_of(value)
        try:
            if space is not None:
                _check_needs(study, field, space.needs, fields)
                key, sampler = space.entry(field)
                samplers.append((key, sampler["VALUES"] if set(sampler) == {"TYPE", "VALUES"} else sampler))
            elif value is None or plain_or_none(value) is not None:
                base[field] = plain(value, field)
            elif not _is_own_copy(value, study._fields.get(field)):
                # The job makes the study anew from its class, which does not have this value.
                plain(value, field)
        except SweepError as error:
            raise SweepError(f"{name}.{error}") from None
        fields.append(field)
    missing = [field for field in study._fields if field not in fields]
    if missing:
        raise SweepError(f"{name}.{missing[0]} has no value; give it one in the class, or {name}({missing[0]}=...)")
    return {
        "name": name,
        "fields": fields,
        "samplers": samplers,
        "base": base,
        "command": f"{_python()} -m sweepkit._serve {shlex.quote(target)}{'' if study.keep_alive else ' {{cfg}}'}",
        "keep_alive": bool(study.keep_alive),
        "countable": study.is_countable(),
        "maximize": study.maximize,
        "minimize": study.minimize,
    }


def _check_needs(study: Experiment, field: str, needs: tuple[str, ...], before: list[str]) -> None:
    name = type(study).__name__
    for need in needs:
        if need not in study._fields:
            raise SweepError(f"{field} depends on `{need}`, which {name} does not have; its fields are {', '.join(study._fields)}")
        if need not in before:
            raise SweepError(f"{field} depends on `{need}`, which comes after it; move `{need}` before `{field}`")


def _is_own_copy(value: Any, default: Any) -> bool:
    """Returns whether a value may be the copy that an instance has of its class's, which not everything can be compared with."""
    return value is default or type(value) is type(default)


def _python() -> str:
    """Returns the command of this interpreter: plain `python` if that finds it."""
    for name in ("python", "python3"):
        found = shutil.which(name)
        if found and os.path.realpath(found) == os.path.realpath(sys.executable) and _same_place(found):
            return name
    return shlex.quote(sys.executable)


def _same_place(found: str) -> bool:
    """Two environments may share one interpreter by links."""
    return os.path.dirname(os.path.abspath(found)) == os.path.dirname(os.path.abspath(sys.executable))


def sweep(
    study: Experiment,
    jobs: int | None,
    *,
    workers: int | None = None,
    maximize: str | None = None,
    minimize: str | None = None,
    name: str | None = None,
    seeds: int | None = None,
    seed_key: str | None = None,
    slurm: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> Any:
    """Runs `sweepkit run` for a study and shows what it says."""
    target = _target(study)
    description = described(study, target)
    words = [_binaries.find("sweepkit"), "run", target, "--sketch", "-"]
    options = {"jobs": jobs, "workers": workers, "maximize": maximize, "minimize": minimize, "name": name, "seeds": seeds, "seed-key": seed_key}
    words += [f"--{option}={value}" for option, value in options.items() if value is not None]
    words += ["--slurm"] if slurm else []
    for key, value in (settings or {}).items():
        words += ["--set", f"{key}={json.dumps(value)}"]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
    assert process.stdin is not None and process.stdout is not None
    with process.stdin as pipe:
        pipe.write(description)
    config, said = None, []
    for line in process.stdout:
        print(line, end="", file=sys.stderr, flush=True)
        said.append(line)
        if line.startswith("Sweep config: "):
            config = line[len("Sweep config: ") :].rsplit(" (", 1)[0]
    code = process.wait()
    if code not in (0, 1) or config is None:
        raise SweepError(_binaries.error_text("sweepkit run", "".join(said), code), code)
    import sweepkit

    return sweepkit.Sweep(config)


def _target(study: Experiment) -> str:
    """Returns `FILE.py:Class`, by which jobs find the class."""
    cls = type(study)
    module = sys.modules.get(cls.__module__)
    path = getattr(module, "__file__", None)
    if path is None or "." in cls.__qualname__ or "<locals>" in cls.__qualname__:
        raise SweepError(
            f"jobs cannot find {cls.__name__}, which is at the top of no file; write it into one (in a notebook: a cell that begins "
            f"with %%writefile study.py) and import it: from study import {cls.__name__}"
        )
    relative = os.path.relpath(path)
    return f"{path if relative.startswith('..') else relative}:{cls.__name__}"


def main() -> int:
    """Prints the description as JSON; an error goes to stderr as `error: …`."""
    target = sys.argv[1]
    # What the file prints when it is loaded is no part of the description.
    answer = os.dup(1)
    os.dup2(2, 1)
    try:
        text = described(load(target)(), target).encode()
    except SweepError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        traceback.print_exc()
        print(f"error: {target} cannot be loaded: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
