"""A sweep: set up, launched, watched and read by the programs of its stages."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import _binaries, _config_file, _frames, _launcher
from ._display import LiveDisplay
from ._errors import SweepError, warn
from ._report import Report
from ._status import Status
from ._values import read_config, sweep_place, typed_json


# The seconds in which a launch by others begins its next job.
_CALM = 5.0


class Sweep:
    """A sweep of jobs.

        sweep = Sweep({"NAME": "study", "SETUP": {…}, "LAUNCH": {…}})      # or Sweep("study.yaml"), Sweep.open("sweeps/study")
        sweep.setup().launch()
        sweep.frame()

    A dictionary is written to `NAME.yaml` in the current directory, where the commands of a shell find it. All commands run in the
    directory in which the object was made. They raise SweepError with what the program said.
    """

    def __init__(self, config: Mapping[str, Any] | str | os.PathLike[str]) -> None:
        self._cwd = Path.cwd()
        self._launched = False
        self._config = dict(config) if isinstance(config, Mapping) else None
        if isinstance(config, Mapping):
            self._source = self._cwd / _config_file.file_name(config)
            _config_file.config_text(config)
        else:
            self._source = self._cwd / Path(config).expanduser()
            if not self._source.exists():
                raise SweepError(f"{self._source} does not exist; Sweep takes a sweep config, a sweep directory or a dictionary")

    @classmethod
    def open(cls, directory: str | os.PathLike[str]) -> Sweep:
        """Returns the sweep of a sweep directory, with the config that is kept there."""
        path = Path(directory).expanduser()
        if not (path / "sweep_cfg.yaml").is_file():
            raise SweepError(f"{path.absolute()} is not a sweep directory: it has no sweep_cfg.yaml")
        return cls(path)

    @property
    def directory(self) -> Path:
        """The sweep directory, which setup() creates."""
        return Path(sweep_place(self._written(), self._cwd)[0])

    @property
    def name(self) -> str:
        """The name of the sweep."""
        return sweep_place(self._written(), self._cwd)[1]

    @property
    def config(self) -> dict[str, Any]:
        """The sweep config, as a dictionary of its own: change it and make another Sweep of it."""
        source = self._written()
        return read_config(source / "sweep_cfg.yaml" if source.is_dir() else source)

    def points(self) -> list[dict[str, Any]]:
        """Returns the sampled values of each job, in the order of the jobs."""
        path = self.directory / "sampled.jsonl"
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            raise SweepError(f"{path} does not exist: call setup() first") from None
        return [typed_json(line)["sampled"] for line in lines]

    def setup(self, *, yes: bool = False) -> Sweep:
        """Samples the job configs. Does nothing for a sweep that was launched with the same `SETUP`, and refuses another one.

        `yes` agrees to whatever the program would ask, such as more than 10,000 configs of a grid.
        """
        source = self._written()
        difference = _config_file.difference(source, self.directory)
        if difference != [] or not (self.directory / "launches").is_dir():
            try:
                self._run("sweep_setup", source, *(["--yes"] if yes else []), good=(0, 1))
            except SweepError as error:
                if not difference:
                    raise
                more = "; extend() appends configs to it" if _config_file.is_longer(difference) else ""
                text = f"{error}\n  it was set up with another SETUP: {', '.join(difference)}{more}"
                raise SweepError(text, error.exit_code) from None
        return self

    def extend(self, count: int | None = None, *, replicates: int | None = None, yes: bool = False) -> Sweep:
        """Appends this many new configs to the sweep, launched or not, or this many more seeds of each of its configs."""
        given = {"--extend": count, "--extend-replicates": replicates}
        words = [word for option, number in given.items() if number is not None for word in (option, str(number))]
        if len(words) != 2:
            raise SweepError("extend takes a number of configs, extend(8), or of seeds, extend(replicates=2)")
        self._run("sweep_setup", self._written(), *words, *(["--yes"] if yes else []), good=(0, 1))
        return self

    def add(self, points: Iterable[Mapping[str, Any]], *, yes: bool = False) -> Sweep:
        """Appends jobs of exactly these values to the sweep, launched or not; those that are jobs already are not made again.

            sweep.add([{"lr": 0.003, "opt": "adam"}, {**sweep.points()[17], "lr": 0.004}])
        """
        given = _config_file.points_text(points)
        self._run("sweep_setup", self._written(), "--add", "-", *(["--yes"] if yes else []), good=(0, 1), given=given)
        return self

    def suggest(self, count: int = 1) -> list[dict[str, Any]]:
        """Appends this many configs that the results so far suggest, and returns them: `job`, `kind` and `values` of each.

        It needs `STRATEGY: tpe`. Jobs that ran are collected first; `tell` takes results that were measured elsewhere.
        """
        source = self._written()
        if (self.directory / "logs").is_dir():
            self._run("sweep_collect", source, "--quiet", good=(0, 1))
        answer = self._run("sweep_setup", source, "--suggest", str(count), "--json", good=(0, 1))
        suggestions: list[dict[str, Any]] = typed_json(answer)["suggestions"]
        return suggestions

    def tell(self, results: Mapping[int, float | Mapping[str, float] | None]) -> Sweep:
        """Takes results that were measured elsewhere, by job: the value of the objective, or of each by its METRIC.

        None and values that are not finite stand for jobs that failed.

            sweep.tell({12: 0.31, 13: {"val_loss": 0.29, "size": 1.5}, 14: None})
        """
        lines = _config_file.results_lines(results, self.config)
        self._run("sweep_setup", self._written(), "--tell", "-", "--quiet", given=lines)
        return self

    def launch(
        self,
        *,
        wait: bool = False,
        only: str | Iterable[int] | None = None,
        state: str | None = None,
        where: str | None = None,
        canary: int | None = None,
    ) -> Sweep:
        """Runs the jobs that are not done, on this machine or on SLURM as `LAUNCH` says.

        The launcher is a separate process that continues when this one ends; what it prints is in `launch.log` of the sweep directory.
        `only` (`"3,7-9"` or numbers), `state` (`"failed"`), `where` (`"lr < 0.1"`) and `canary` choose jobs as in the shell.
        """
        source = self._written()
        difference = _config_file.difference(source, self.directory)
        if difference:
            raise SweepError(
                f"{self.directory} was set up with another SETUP: {', '.join(difference)}\n  call setup(), which sets it up again if it was not "
                f"launched; launch what is there by Sweep.open({str(self.directory)!r})"
            )
        words = ["--yes"]
        if only is not None:
            words += ["--only", only if isinstance(only, str) else ",".join(str(int(job)) for job in only)]
        for option, value in (("--state", state), ("--where", where), ("--canary", canary)):
            words += [option, str(value)] if value is not None else []
        running = _launcher.of_all_jobs(self.directory) if words == ["--yes"] else None
        if running is None:
            _launcher.start(source, words, self.directory, self._cwd)
        else:
            warn(f"process {running} is already running the jobs of {self.directory}; stop() ends it")
        self._launched = True
        return self.wait() if wait else self

    def stop(self) -> Sweep:
        """Ends the launch: of this machine as Ctrl-C does, on SLURM by cancelling the queued and running tasks."""
        _launcher.stop(self.directory, lambda: self._run("sweep_launch", self._written(), "--cancel", "--yes"))
        return self

    def wait(self, timeout: float | None = None, *, interval: float = 2.0) -> Sweep:
        """Returns when no job runs or is queued any more. Raises TimeoutError after `timeout` seconds; the jobs continue.

        It looks every `interval` seconds, and more often in the beginning; a notebook shows the status meanwhile.
        """
        end = None if timeout is None else time.monotonic() + timeout
        calm_since, pause, display = None, 0.1, LiveDisplay()
        while True:
            begin = time.monotonic()
            is_alive = _launcher.is_alive(self.directory)
            status = self.status()
            if is_alive or status.states.get("running") or status.states.get("queued"):
                calm_since = None
            elif calm_since is None:
                calm_since = begin
            # Of a launch from a shell, nothing is seen between two jobs.
            if calm_since is not None and (self._launched or not status.open or begin - calm_since > _CALM):
                display.clear()
                return self
            display.show(status)
            if end is not None and time.monotonic() >= end:
                raise TimeoutError(f"after {timeout} s: {status}")
            # A status of many jobs takes its time, and should not take all of it.
            pause = min(2 * pause, interval)
            time.sleep(max(pause, 4 * (time.monotonic() - begin)))

    def status(self) -> Status:
        """Reads the logs and returns how far the sweep is."""
        details = json.loads(self._run("sweep_collect", self._checked(), "--json", good=(0, 1)))
        return Status(self.name, details["states"], details)

    def frame(self, library: str | None = None, *, short: bool = False, collect: bool = True) -> Any:
        """Returns a row for each job, as the columns of `sweep.parquet` (docs/reference/files.md).

        `library` is "pandas", "polars" or "rows" (a list of dictionaries); by default the first that is installed. `short` leaves out
        columns in which all rows agree, and shortens names. `collect=False` reads what the last collect wrote.
        """
        return self._table("sweep.parquet", library, short, collect)

    def curves(self, library: str | None = None, *, collect: bool = True) -> Any:
        """Returns a row for each job, type and epoch: the columns of `curves.parquet`."""
        return self._table("curves.parquet", library, False, collect)

    def _table(self, file: str, library: str | None, short: bool, collect: bool) -> Any:
        chosen = _frames.choose(library)
        if collect:
            self._run("sweep_collect", self._checked(), "--quiet", good=(0, 1))
        path = self.directory / file
        if not path.is_file():
            raise SweepError(f"{path} does not exist; it is written by a collect")
        table = _frames.read(path, chosen)
        return _frames.shortened(table, chosen) if short else table

    def report(self, *, height: int = 640) -> Report:
        """Writes the report `analysis.html` and returns it; a notebook shows the page, `height` pixels high."""
        source = self._checked()
        self._run("sweep_collect", source, "--quiet", good=(0, 1))
        summary = json.loads(self._run("sweep_analyze", source, "--json", "--quiet", good=(0, 1)))
        return Report(self._cwd / summary["report"], summary, height)

    def __repr__(self) -> str:
        return f"Sweep({str(self._source)!r})"

    def _repr_html_(self) -> str:
        import html

        try:
            return self.status()._repr_html_()
        except SweepError as error:
            return f"<code>{html.escape(repr(self))}</code><pre>{html.escape(str(error))}</pre>"

    def _written(self) -> Path:
        """Returns the sweep config, written again if its dictionary has changed."""
        if self._config is not None:
            _config_file.write(self._source, self._config)
        return self._source

    def _checked(self) -> Path:
        """Returns the sweep config; warns if the sweep was set up with another `SETUP`."""
        source = self._written()
        difference = _config_file.difference(source, self.directory)
        if difference and not _config_file.is_longer(difference):
            warn(f"{self.directory} was set up with another SETUP: {', '.join(difference)}; what is there is shown")
        return source

    def _run(self, program: str, source: Path, *words: str, good: tuple[int, ...] = (0,), given: str = "") -> str:
        return _binaries.run(program, source, *words, good=good, cwd=self._cwd, given=given)


def frame(
    sweeps: Sweep | str | os.PathLike[str] | Iterable[Sweep | str | os.PathLike[str]],
    library: str | None = None,
    *,
    short: bool = False,
    collect: bool = True,
) -> Any:
    """Returns a row for each job of several sweeps, with the name of its sweep in the column `sweep`.

        sweepkit.frame("sweeps", short=True)      # all sweeps below a directory

    `sweeps` are Sweep objects, sweep directories, or directories with sweeps below them; the rest is as in `Sweep.frame`.
    """
    chosen = _frames.choose(library)
    listed: list[Sweep | str | os.PathLike[str]]
    listed = [sweeps] if isinstance(sweeps, (Sweep, str, os.PathLike)) else list(sweeps)
    found = [sweep for entry in listed for sweep in ([entry] if isinstance(entry, Sweep) else _below(Path(entry).expanduser()))]
    tables = [(sweep.name, sweep.frame(chosen, collect=collect)) for sweep in found]
    table = _frames.joined(tables, chosen)
    return _frames.shortened(table, chosen) if short else table


def _below(folder: Path) -> list[Sweep]:
    """Returns the sweeps of a directory, in the order of their paths: the directory itself, or those below it."""
    if (folder / "sweep_cfg.yaml").is_file():
        return [Sweep.open(folder)]
    if not folder.is_dir():
        raise SweepError(f"{folder.absolute()} is not a directory of sweeps")
    found: list[Sweep] = []
    for path, folders, files in os.walk(folder):
        if "sweep_cfg.yaml" in files:
            found.append(Sweep.open(path))
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
    if not found:
        raise SweepError(f"{folder.absolute()} has no sweep below it")
    return found
