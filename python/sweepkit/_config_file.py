"""The sweep config of a dictionary on disk, and how it differs from what a sweep was set up with."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ._config_text import config_text as config_text
from ._config_text import plain
from ._errors import SweepError
from ._values import read_config

_HEADER = "# Written by sweepkit.Sweep from a dictionary, and written again when that changes: copy it before you edit it. "


def points_text(points: Iterable[Mapping[str, Any]]) -> str:
    """Returns points as the JSON that a setup reads."""
    if isinstance(points, Mapping):
        raise SweepError("add takes a list of points: [{'lr': 0.1}]")
    listed = [plain(point, f"points[{number}]") for number, point in enumerate(points)]
    if not all(isinstance(point, dict) for point in listed):
        raise SweepError("add takes a list of points, each a mapping of parameters to values: [{'lr': 0.1}]")
    try:
        return json.dumps(listed)
    except TypeError as error:
        raise SweepError(f"add takes what JSON can hold: {error}") from None


def results_lines(results: Mapping[int, float | Mapping[str, float] | None], config: Mapping[str, Any]) -> str:
    """Returns results by job as the lines that a setup takes."""
    objective = (config.get("ANALYZE") or {}).get("OBJECTIVE")
    metric = objective.get("METRIC") if isinstance(objective, Mapping) else None
    lines = []
    for job, result in results.items():
        values = result if isinstance(result, Mapping) or result is None else {metric: result}
        if values is not None and None in values:
            raise SweepError("tell takes {job: {METRIC: value}} where ANALYZE.OBJECTIVE is not one METRIC")
        named = {name: float(value) for name, value in (values or {}).items()}
        is_measured = bool(named) and all(math.isfinite(value) for value in named.values())
        lines.append(json.dumps({"job": int(job), **({"values": named} if is_measured else {"state": "failed"})}))
    return "\n".join(lines)


def file_name(config: Mapping[str, Any]) -> str:
    """Returns the name of the file for a dictionary: `NAME.yaml`."""
    name = config.get("NAME", config.get("name"))
    if not isinstance(name, str) or not name:
        raise SweepError('NAME of the sweep config is missing: it is the name of the sweep and its directory, such as {"NAME": "study", …}')
    return f"{name.replace('/', '-')}.yaml"


def write(path: Path, config: Mapping[str, Any]) -> None:
    """Writes a dictionary as a sweep config, unless the file holds it already. Raises SweepError rather than replace a file of others."""
    body = config_text(config)
    text = f"{_HEADER}{_digest(body)}\n{body}"
    try:
        existing = path.read_text(encoding="utf-8") if path.exists() else text[:0]
    except (OSError, UnicodeDecodeError) as error:
        raise SweepError(f"{path} cannot be read: {error}") from None
    if existing == text:
        return
    if existing and not _is_ours(existing):
        raise SweepError(f"{path} exists and is not what Sweep wrote from a dictionary; use Sweep({path.name!r}), or choose another NAME")
    draft = path.with_name(f".tmp-{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise SweepError(f"the sweep config {path} cannot be written: {error}") from None


def _digest(body: str) -> str:
    return f"[{hashlib.sha256(body.encode()).hexdigest()[:16]}]"


def _is_ours(text: str) -> bool:
    """Returns whether a file is as it was written."""
    first, _, body = text.partition("\n")
    return first == f"{_HEADER}{_digest(body)}"


def difference(source: Path, directory: Path) -> list[str] | None:
    """Returns what differs between the `SETUP` of a sweep config and the one that the sweep was set up with: `NUM_CONFIGS: 6, now 8`.

    None means that the sweep is not set up. A number of configs that an extension has reached is no difference.
    """
    kept = directory / "sweep_cfg.yaml"
    if not kept.is_file():
        return None
    if source.is_dir() or source.read_bytes() == kept.read_bytes():
        return []
    changes = _changes(_setup(kept), _setup(source), "")
    return [f"{key}: {_short(old)}, now {_short(new)}" for key, old, new in changes if (key.upper(), new) != (COUNT, _configs(directory))]


COUNT = "NUM_CONFIGS"


def is_longer(differences: list[str]) -> bool:
    """Returns whether a sweep differs by its number of configs only."""
    return len(differences) == 1 and differences[0].upper().startswith(f"{COUNT}:")


def _configs(directory: Path) -> int | None:
    """Returns the number of configs of a sweep, of which each may have several jobs."""
    try:
        record = json.loads((directory / "setup.json").read_text(encoding="utf-8"))
        return int(record["kept"]) // int((record.get("replicates") or {}).get("count", 1))
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError):
        return None


_ABSENT = object()


def _setup(path: Path) -> Any:
    config = read_config(path)
    return next((value for key, value in config.items() if key.upper() == "SETUP"), {})


def _changes(old: Any, new: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """Returns the dotted keys whose values differ, and both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _changes(old.get(key, _ABSENT), new.get(key, _ABSENT), f"{path}.{key}" if path else key)
    elif type(old) is not type(new) or (old != new and not (old != old and new != new)):
        yield path, old, new


def _short(value: Any) -> str:
    if value is _ABSENT:
        return "not there"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
