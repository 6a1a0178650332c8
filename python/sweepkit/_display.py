"""A status that a notebook shows while a cell waits."""

from __future__ import annotations

import sys
from typing import Any


class LiveDisplay:
    """One output of the running cell, shown again whenever it changes; nothing outside a notebook."""

    def __init__(self) -> None:
        self._handle: Any = None
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
        self._has_notebook = hasattr(shell, "kernel")

    def show(self, thing: Any) -> None:
        """Shows it in place of what was shown before."""
        if not self._has_notebook:
            return
        if self._handle is not None:
            self._handle.update(thing)
            return
        from importlib import import_module

        self._handle = import_module("IPython.display").display(thing, display_id=True)

    def clear(self) -> None:
        """Shows nothing: the result of the cell says how it ended."""
        if self._handle is not None:
            from importlib import import_module

            self._handle.update(import_module("IPython.display").HTML(""))
