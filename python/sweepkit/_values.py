"""Asks the program `sweepkit` what files hold: configs, the place of a sweep, tables."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from typing import Any

from . import _binaries
from ._errors import SweepError


def read_config(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Returns the mapping that a YAML, JSON or TOML file holds, as the stages of a sweep read it."""
    found = _ask("config", path, None)
    if not isinstance(found, dict):
        raise SweepError(f"{os.fspath(path)} holds no mapping")
    return found


def sweep_place(source: str | os.PathLike[str], cwd: str | os.PathLike[str]) -> tuple[str, str]:
    """Returns the directory and the name of the sweep that a sweep config or a sweep directory means."""
    found = _ask("sweep", source, cwd)
    return str(found["directory"]), str(found["name"])


def table_columns(path: str | os.PathLike[str]) -> dict[str, list[Any]]:
    """Returns the columns of a Parquet file that a collect wrote."""
    columns: dict[str, list[Any]] = _ask("table", path, None)
    return columns


def _ask(what: str, path: str | os.PathLike[str], cwd: str | os.PathLike[str] | None) -> Any:
    return typed_json(_binaries.run("sweepkit", "__python", what, path, cwd=cwd))


def typed_json(text: str) -> Any:
    """Reads JSON that keeps types, as in `sampled.jsonl`."""
    return json.loads(text, object_hook=_revive)


def _revive(found: dict[str, Any]) -> Any:
    """Returns what JSON has no word for: `{"$float": "nan"}` and `{"$date": "2001-12-14"}`."""
    if len(found) == 1:
        if isinstance(found.get("$float"), str):
            return float(found["$float"])
        if isinstance(found.get("$date"), str):
            return _date(found["$date"])
    return found


def _date(text: str) -> date | datetime | str:
    """Returns a date, or the text if Python cannot hold it."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return text
