"""Writes a dictionary as a sweep config that means the same: YAML, in which each value reads back as it was."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from ._errors import SweepError

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
# The longest mapping in one line, with its key.
_LONG = 100
# YAML 1.1 takes these for something else than text.
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"}
# JSON leaves them as they are, and YAML takes them for line breaks or refuses them.
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def config_text(config: Mapping[str, Any]) -> str:
    """Returns the YAML of a config; raises SweepError naming the first value that it cannot hold."""
    try:
        return _block(plain(config, ""), "")
    except RecursionError:
        raise SweepError("the sweep config contains itself") from None


def plain(value: Any, path: str) -> Any:
    """Returns a value as mappings, lists and scalars of Python; those of numpy become numbers, paths and tuples text and lists."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if _LONE_SURROGATE.search(value):
            raise SweepError(f"{_named(path)} has characters that are not Unicode: {value!r}")
        return str.__str__(value)
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise SweepError(f"{_named(path)} is {value}, which does not fit into 64 bits")
        return int(value)
    if isinstance(value, (float, date)):
        return float(value) if isinstance(value, float) else value
    if isinstance(value, os.PathLike):
        return plain(os.fspath(value), path)
    if isinstance(value, Mapping):
        return {_key(key, path): plain(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple, range)):
        return [plain(item, f"{path}[{number}]") for number, item in enumerate(value)]
    if hasattr(value, "tolist") and type(value).__module__.split(".")[0] in {"numpy", "torch", "jax", "jaxlib"}:
        return plain(value.tolist(), path)
    kind = type(value).__name__
    known = "numbers, booleans, strings, paths, dates, None, lists and mappings"
    hint = "; write it as a list" if isinstance(value, (set, frozenset)) else ""
    raise SweepError(f"{_named(path)} is of type {kind}: a sweep config holds {known}{hint}")


def _key(key: Any, path: str) -> str:
    if isinstance(key, str):
        return str(plain(key, path))
    raise SweepError(f"{_named(path)} has the key {key!r}, which is not a string; write it in quotes")


def _named(path: str) -> str:
    return f"`{path}`" if path else "the sweep config"


def _block(config: dict[str, Any], indent: str) -> str:
    """Returns the lines of a mapping: a section for each mapping in it, or a line if that is short."""
    lines = []
    for key, value in config.items():
        line = f"{indent}{_key_text(key)}: {_flow(value)}\n"
        if isinstance(value, dict) and value and (not indent or len(line) > _LONG):
            line = f"{indent}{_key_text(key)}:\n{_block(value, indent + '  ')}"
        lines.append(line)
    return "".join(lines)


def _flow(value: Any) -> str:
    """Returns a value in one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key_text(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return "null" if value is None else str(value).lower()


def _key_text(key: str) -> str:
    return key if _PLAIN_KEY.fullmatch(key) and key.lower() not in _WORDS else _text(key)


def _text(text: str) -> str:
    """Returns a text in quotes, which is JSON and YAML alike."""
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _float(number: float) -> str:
    """Returns a float that reads back to the same bits: with a point, by which YAML tells it from text."""
    if number != number:
        return ".nan"
    if number in (float("inf"), float("-inf")):
        return ".inf" if number > 0 else "-.inf"
    digits, exponent, power = repr(number).partition("e")
    return f"{digits if '.' in digits else digits + '.0'}{exponent}{power}"
