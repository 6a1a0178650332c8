"""Calls an entrypoint and prints its rows as JSON, one a line. What it prints itself goes to stderr."""

import importlib
import json
import math
import os
import sys
from collections.abc import Mapping, Sequence


class NotRows(Exception):
    """What was returned is no rows, or holds what no job config can have."""


def plain(value, place):
    """The value as JSON has it; NumPy's numbers and arrays, and paths, are meant as what they hold."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise NotRows(f"{place} is {value}, which does not fit into 64 bits")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotRows(f"{place} is {value}: rows are JSON, which has finite numbers only")
        return value
    if isinstance(value, Mapping):
        return {text(key, f"a key of {place}"): plain(item, f"{place}.{key}") for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [plain(item, f"{place}[{number}]") for number, item in enumerate(value)]
    if hasattr(value, "tolist"):
        return plain(value.tolist(), place)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise NotRows(f"{place} is {value!r}, which is not a number, text, list or mapping")


def text(key, place):
    if not isinstance(key, str):
        raise NotRows(f"{place} is {key!r}: rows are JSON, whose keys are text")
    return key


def pairs(row, number):
    wrong = f"row {number} is {row!r}: a row is a mapping, or a list of (key, value) pairs"
    if isinstance(row, (str, bytes)) or not hasattr(row, "__iter__"):
        raise NotRows(wrong)
    found = list(row.items() if hasattr(row, "items") else row)
    if not all(isinstance(pair, (list, tuple)) and len(pair) == 2 for pair in found):
        raise NotRows(wrong)
    return [[text(key, f"a key of row {number}"), plain(value, key)] for key, value in found]


def rows_of(returned, entrypoint):
    example = "return a list of rows, such as [{'lr': 0.1}, {'lr': 0.01}]"
    if returned is None or isinstance(returned, (Mapping, str, bytes)) or not hasattr(returned, "__iter__"):
        raise NotRows(f"{entrypoint} returned {type(returned).__name__}: {example}")
    return returned


def main(entrypoint, directory):
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[0:1] = [directory, os.getcwd()]
    module, _, function = entrypoint.rpartition(".")
    returned = getattr(importlib.import_module(module), function)()
    try:
        for number, row in enumerate(rows_of(returned, entrypoint), 1):
            out.write(json.dumps(pairs(row, number)) + "\n")
    except NotRows as why:
        sys.exit(str(why))
    out.close()


main(sys.argv[1], sys.argv[2])
