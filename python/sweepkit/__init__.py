"""Sweeps of training jobs, from Python: `Sweep` sets up, launches and reads a sweep, and a job reports by `log`.

    import sweepkit

    sweep = sweepkit.Sweep("study.yaml").setup().launch()     # in a notebook
    sweep.frame()

    config = sweepkit.config()                                # in the program of a job
    sweepkit.log(loss=0.31, epoch=1)

Names are loaded when they are first used, so that the import takes a few milliseconds.
"""

from __future__ import annotations

# That of `typing`, whose import takes longer than all the rest here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._errors import SweepError as SweepError
    from ._job import config as config
    from ._job import log as log
    from ._job import should_stop as should_stop
    from ._report import Report as Report
    from ._status import Status as Status
    from ._sweep import Sweep as Sweep
    from ._sweep import frame as frame
    from .experiment import Experiment as Experiment
    from .experiment import int_range as int_range
    from .experiment import search as search
    from .experiment import uniform as uniform

    __version__: str

# Each public name and the module that has it.
_MODULES = {
    "Experiment": "experiment",
    "Report": "_report",
    "Status": "_status",
    "Sweep": "_sweep",
    "SweepError": "_errors",
    "config": "_job",
    "frame": "_sweep",
    "int_range": "experiment",
    "log": "_job",
    "search": "experiment",
    "should_stop": "_job",
    "uniform": "experiment",
}

__all__ = [
    "Experiment",
    "Report",
    "Status",
    "Sweep",
    "SweepError",
    "config",
    "frame",
    "int_range",
    "log",
    "search",
    "should_stop",
    "uniform",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("sweepkit")
    elif name in _MODULES:
        from importlib import import_module

        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES, "__version__"})
