"""Reads configs with the types of their files."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from . import _binaries
from ._errors import SweepError


def read_config(path: Path) -> dict[str, Any]:
    """Returns the mapping that a YAML, JSON or TOML file holds, as the stages of a sweep read it."""
    found = typed_json(_binaries.run("sweepkit", "__json", path))
    if not isinstance(found, dict):
        raise SweepError(f"{path} holds no mapping")
    return found


def typed_json(text: str) -> Any:
    """Reads JSON in which `{"$float": "nan"}` and `{"$date": "2001-12-14"}` are what JSON lacks."""
    return json.loads(text, object_hook=_revive)


def _revive(found: dict[str, Any]) -> Any:
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
