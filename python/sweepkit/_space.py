"""The spaces that fields of an experiment are drawn from."""

from __future__ import annotations

import enum
import math
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ._errors import SweepError


class Space:
    """The values that a field may have, instead of one."""

    condition: str | None = None
    fallback: Any = None

    def when(self, condition: str | None = None, /, **equal: Any) -> Any:
        """Draws the field only where fields before it have these values; elsewhere it is None, or what `otherwise` says.

            momentum: float = uniform(0.5, 0.99).when(optimizer="sgd")
            warmup: int = int_range(1, 5).when("epochs > 10 and optimizer == 'adam'")

        A list is any of its items. The text is an expression in the words of Python.
        """
        if (condition is None) == (not equal):
            raise SweepError('when() takes a condition: when(optimizer="sgd"), or when("epochs > 10")')
        self.needs = tuple(equal)
        self.condition = condition or " and ".join(_equality(name, value) for name, value in equal.items())
        return self

    def otherwise(self, value: Any) -> Any:
        """Sets the value of the field where its condition does not hold."""
        self.fallback = value
        return self

    # The fields that a condition by names needs.
    needs: tuple[str, ...] = ()

    def entry(self, where: str) -> tuple[str, dict[str, Any]]:
        """Returns the key and the sampler of the sweep config."""
        key, sampler = self._entry(where)
        return key, sampler if self.condition is None else {**sampler, "WHEN" if "TYPE" in sampler else "when": self.condition}

    def _entry(self, where: str) -> tuple[str, dict[str, Any]]:
        raise NotImplementedError

    def is_countable(self) -> bool:
        """Returns whether a grid has all values."""
        raise NotImplementedError

    def points(self) -> Iterator[Any] | None:
        """Returns all values, or None if only `sweepkit` knows them."""
        raise NotImplementedError

    def revive(self, value: Any) -> Any:
        """Returns what a value of a job config stands for."""
        return value


class Choice(Space):
    """Some values. An experiment among them stands for all of its settings."""

    def __init__(self, given: tuple[Any, ...]) -> None:
        if not given:
            raise SweepError("search() needs values, such as search(16, 32)")
        self.given = given

    def __repr__(self) -> str:
        return f"search({', '.join(map(repr, self.given))})"

    def points(self) -> Iterator[Any] | None:
        lists = [_points_of(value) for value in self.given]
        if any(points is None for points in lists):
            return None
        return (point for points in lists if points is not None for point in points)

    def is_countable(self) -> bool:
        return all(value.is_countable() for value in self.given if isinstance(value, Space) or _is_experiment(value))

    def _entry(self, where: str) -> tuple[str, dict[str, Any]]:
        if any(isinstance(value, Space) or _is_experiment(value) for value in self.given):
            # The key of a union is none of the job config, in which `where` is.
            return f"{where}_points", {"TYPE": "union_sampler", "BRANCHES": self._branches(where)}
        return where, {"TYPE": "value_sampler", "VALUES": [plain(value, where) for value in self.given]}

    def _branches(self, where: str) -> dict[str, Any]:
        """Returns a branch for each experiment and range, and one for each value beside them."""
        branches: dict[str, Any] = {}
        for number, value in enumerate(self.given):
            if _is_experiment(value):
                name, branch = type(value).__name__, value._branch(where)
            elif isinstance(value, Space):
                name, branch = repr(value), dict([value.entry(where)])
            else:
                name, branch = label(value), {where: constant(plain(value, where))}
            branches[f"{name} #{number}" if name in branches else name] = branch
        return branches

    def revive(self, value: Any) -> Any:
        """Returns the point that a value stands for: what is a name in the job config is the object itself."""
        if isinstance(value, Mapping) and "class" in value:
            for point in self.given:
                if _is_experiment(point) and type(point).__name__ == value["class"]:
                    return point._with({name: it for name, it in value.items() if name != "class"})
        for point in self.given:
            if isinstance(point, Choice):
                found = point.revive(value)
                if found is not value:
                    return found
            elif not isinstance(point, Space) and not _is_experiment(point):
                if is_written_as(point, value):
                    return point
        return value


class Range(Space):
    """The numbers between two ends."""

    def __init__(self, law: str, low: float, high: float, step: float | None, points: int | None) -> None:
        for end in (low, high):
            if isinstance(end, bool) or not isinstance(end, (int, float)) or not math.isfinite(end):
                raise SweepError(f"{law}({low!r}, {high!r}): both ends must be numbers")
        if low > high:
            raise SweepError(f"{law}({low!r}, {high!r}): the lower end comes first")
        self.law, self.low, self.high, self.step, self.count = law, low, high, step, points

    def __repr__(self) -> str:
        return f"{self.law}({self.low!r}, {self.high!r})"

    def points(self) -> Iterator[Any] | None:
        if self.law == "int" and not self.count:
            return iter(range(int(self.low), int(self.high) + 1, int(self.step or 1)))
        return None

    def is_countable(self) -> bool:
        return self.law in ("int", "power2") or self.step is not None or self.count is not None

    def _entry(self, where: str) -> tuple[str, dict[str, Any]]:
        more = {"step": self.step, "points": self.count}
        return where, {self.law: [self.low, self.high], **{key: value for key, value in more.items() if value is not None}}


def search(*points: Any) -> Any:
    """A field that is each of these values: numbers, texts, lists, functions and classes, experiments with all of their settings."""
    return Choice(points)


def uniform(low: float, high: float, *, step: float | None = None, points: int | None = None) -> Any:
    """A field between two numbers; `points=5` are five of them, for a grid."""
    return Range("uniform", low, high, step, points)


def log(low: float, high: float, *, step: float | None = None, points: int | None = None) -> Any:
    """A field between two numbers whose logarithm is uniform."""
    return Range("log", low, high, step, points)


def int_range(low: int, high: int, *, step: int | None = None, log: bool = False, points: int | None = None) -> Any:
    """A whole number between two, which are possible, too; `log=True`: its logarithm is uniform."""
    return Range("log_int" if log else "int", low, high, step, points)


def power2(low: int, high: int) -> Any:
    """A power of two between two, which are possible, too."""
    return Range("power2", low, high, None, None)


def constant(value: Any) -> Any:
    """Returns a value as a branch of a sampler has it: a list or a mapping could be taken for a sampler."""
    return {"TYPE": "value_sampler", "VALUES": [value]} if isinstance(value, (list, dict)) else value


def label(value: Any) -> str:
    """Returns the name of a value in messages and branches."""
    return str(plain_or_none(value) if plain_or_none(value) is not None else value)


def plain(value: Any, where: str) -> Any:
    """Returns a value as a job config can have it, or raises SweepError. Functions, classes and enums are their names."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise SweepError(f"{where}: a job config cannot hold {value}; search a text or None, and turn it into this number in run()")
        return float(value)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise SweepError(f"{where}: the keys of a mapping must be texts, unlike in {value!r}")
        return {key: plain(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item, f"{where}[{number}]") for number, item in enumerate(value)]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    name = getattr(value, "__name__", None)
    if callable(value) and isinstance(name, str) and name != "<lambda>":
        return name
    if hasattr(value, "item") and getattr(value, "size", 1) == 1:
        return plain(value.item(), where)
    raise SweepError(
        f"{where}: {value!r} cannot be part of a job config, which holds numbers, texts, booleans, None, lists and mappings, and "
        "functions and classes by their names; search for a name, and make the object in run()"
    )


def plain_or_none(value: Any) -> Any:
    """Returns a value as a job config can have it; None if it cannot."""
    try:
        return plain(value, "")
    except SweepError:
        return None


def is_written_as(value: Any, written: Any) -> bool:
    """Returns whether a job config has a value in this form."""
    form = plain_or_none(value)
    return type(form) is type(written) and bool(form == written) and (form is not None or value is None)


def space_of(value: Any) -> Space | None:
    """Returns the space of a field with this value; None of a constant. An experiment is the space of its settings."""
    if isinstance(value, Space):
        return value
    return Choice((value,)) if _is_experiment(value) else None


def _equality(name: str, value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"{name} in {[plain(item, name) for item in value]!r}"
    value = plain(value, name)
    return f"{name} is None" if value is None else f"{name} == {value!r}"


def _is_experiment(value: Any) -> bool:
    return hasattr(type(value), "_branch")


def _points_of(value: Any) -> Iterator[Any] | None:
    if isinstance(value, Space):
        return value.points()
    if _is_experiment(value):
        return iter(value) if value.is_finite() else None
    return iter([value])


