"""Loads an experiment from its file."""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import Any

from ._errors import SweepError


def load(target: str) -> type[Any]:
    """Returns the class that `FILE.py:Class` names. What the file itself raises goes through."""
    from .experiment import Experiment

    path, colon, name = target.rpartition(":")
    if not colon or not name.isidentifier():
        raise SweepError(f"{target!r} names no experiment; write FILE.py:Class")
    if not os.path.isfile(path):
        raise SweepError(f"there is no file {path!r} in {os.getcwd()}")
    module = _module(os.path.abspath(path))
    found = getattr(module, name, None)
    if found is None:
        known = [key for key, value in vars(module).items() if _is_experiment(value, Experiment)]
        raise SweepError(f"{path} has no {name}; its experiments are {', '.join(known) or 'none'}")
    if not _is_experiment(found, Experiment):
        raise SweepError(f"{target} is not an experiment: write `class {name}(sweepkit.Experiment):`")
    return found  # type: ignore[no-any-return]


def _is_experiment(value: Any, base: type[Any]) -> bool:
    return isinstance(value, type) and issubclass(value, base) and value is not base


def _module(path: str) -> Any:
    """Imports a file as `python FILE` would, but under its own name."""
    directory, file = os.path.split(path)
    name = os.path.splitext(file)[0]
    if directory not in sys.path:
        sys.path.insert(0, directory)
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SweepError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    # Where the module is known, multiprocessing finds its functions by name.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
