"""Reads the tables of sweeps into pandas, polars, or lists of dictionaries where neither is installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ._errors import SweepError
from ._values import table_columns

LIBRARIES = ("pandas", "polars", "rows")
# They stay however few values they have.
_ALWAYS = ("sweep", "job", "state")
# What the attempts of a job were, in more words than a table has room for.
_BOOKKEEPING = {"sampled", "host", "started", "ended", "exit_code", "signal", "reason", "error_line", "epoch_ind", "epoch_max"}
# What collect adds to the name of a metric.
_OVER = ("min", "max", "mean")


def choose(library: str | None) -> str:
    """Returns the library that is meant: the one that was asked for, or the first that is installed."""
    if library is None:
        return next((known for known in LIBRARIES if known == "rows" or find_spec(known)), "rows")
    if library not in LIBRARIES:
        raise SweepError(f"unknown library {library!r} for a frame; choose one of {', '.join(LIBRARIES)}")
    if library != "rows" and not find_spec(library):
        raise SweepError(f"{library} is not installed (`pip install {library}`); library='rows' gives a list of dictionaries")
    return library


def read(path: Path, library: str) -> Any:
    """Reads a table."""
    if library == "polars":
        return _polars().read_parquet(path)
    if library == "pandas":
        if find_spec("pyarrow") or find_spec("fastparquet"):
            return _pandas().read_parquet(path)
        return _pandas().DataFrame(table_columns(path))
    return _rows(table_columns(path))


def _pandas() -> Any:
    return import_module("pandas")


def _polars() -> Any:
    return import_module("polars")


def _rows(columns: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    names = list(columns)
    return [dict(zip(names, values)) for values in zip(*columns.values())]


def joined(named: Iterable[tuple[str, Any]], library: str) -> Any:
    """Puts the tables of several sweeps below each other, with the name of each in the first column, `sweep`."""
    tables = list(named)
    if library == "polars":
        polars = _polars()
        frames = [table.select(polars.lit(name).alias("sweep"), polars.all()) for name, table in tables]
        return polars.concat(frames, how="diagonal_relaxed") if frames else polars.DataFrame()
    if library == "pandas":
        return _joined_pandas(tables)
    rows: list[dict[str, Any]] = [{"sweep": name, **row} for name, table in tables for row in table]
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name) for name in names} for row in rows]


def _joined_pandas(tables: Sequence[tuple[str, Any]]) -> Any:
    pandas = _pandas()
    columns = dict.fromkeys(["sweep", *(column for _, table in tables for column in table.columns)])
    # An empty column has no type to impose on those of other sweeps.
    frames = [table.dropna(axis="columns", how="all").assign(sweep=name) for name, table in tables if len(table)]
    whole = pandas.concat(frames, ignore_index=True) if frames else pandas.DataFrame()
    return whole.reindex(columns=list(columns))


def shortened(table: Any, library: str) -> Any:
    """Returns the columns that tell rows apart, by short names: parameters, metrics, and how a job fared, not when and where."""
    if library == "rows":
        columns = {name: [row[name] for row in table] for name in (table[0] if table else ())}
        renamed = _chosen(columns)
        return [{short: row[name] for name, short in renamed.items()} for row in table]
    renamed = _chosen({name: table[name].to_list() for name in table.columns})
    if library == "polars":
        return table.select(list(renamed)).rename(renamed)
    return table[list(renamed)].rename(columns=renamed)


def _chosen(columns: Mapping[str, Sequence[Any]]) -> dict[str, str]:
    """Returns the columns to keep, with their short names."""

    def is_kept(name: str) -> bool:
        if name in _ALWAYS:
            return True
        base, _, last = name.rpartition(".")
        if name in _BOOKKEEPING or not columns[name] or last in ("epoch_ind", "epoch_max") or _are_same(columns[name], columns.get("job")):
            return False
        # A metric that is logged once is its own minimum, maximum and mean.
        is_repeated = last in _OVER and _are_same(columns[name], columns.get(base))
        return not is_repeated and not _are_same(columns[name], [columns[name][0]] * len(columns[name]))

    return short_names([name for name in columns if is_kept(name)])


def _are_same(values: Sequence[Any], others: Sequence[Any] | None) -> bool:
    """Returns whether two columns are equal. Not-a-number is a missing value, and true is not 1."""
    return others is not None and all(
        (one is None or one != one) if other is None or other != other else one == other and type(one) is type(other)
        for one, other in zip(values, others)
    )


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Returns the shortest unique end of each dotted name: `lr` for `cfg.OPTIM.lr`, `val_acc.max` for `metrics.val_acc.max`."""
    ends = {name: _ends(name) for name in names}
    counts: dict[str, int] = {}
    for some in ends.values():
        for end in some:
            counts[end] = counts.get(end, 0) + 1
    return {name: next((end for end in some if counts[end] == 1), name) for name, some in ends.items()}


def _ends(name: str) -> list[str]:
    """Returns the dotted ends of a name, the shortest first; no one is only `max`."""
    words = name.split(".")
    least = 2 if words[-1] in _OVER and len(words) > 1 else 1
    return [".".join(words[-count:]) for count in range(least, len(words) + 1)]
