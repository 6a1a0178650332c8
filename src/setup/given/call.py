"""Calls an entrypoint and prints its rows as JSON, one a line. What it prints itself goes to stderr."""

import importlib
import json
import os
import sys


def plain(value):
    """What JSON has no word for, where it is plain what is meant: NumPy's numbers and arrays, paths."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    raise TypeError(f"{value!r} is no number, text, list or mapping")


def pairs(row):
    return list(row.items() if hasattr(row, "items") else row)


def main(entrypoint, directory):
    rows = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.path[0:1] = [directory, os.getcwd()]
    module, _, function = entrypoint.rpartition(".")
    for row in getattr(importlib.import_module(module), function)():
        text = json.dumps([[str(key), value] for key, value in pairs(row)], default=plain, allow_nan=False)
        rows.write(text + "\n")
    rows.close()


main(sys.argv[1], sys.argv[2])
