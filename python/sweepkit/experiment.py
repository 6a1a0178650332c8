"""One Python file for an experiment: its fields are the space, `run` is one job.

    from sweepkit.experiment import Experiment, log, search

    class Study(Experiment):
        minimize = "loss"
        steps: int = 100
        lr: float = log(1e-4, 1e-1)
        optimizer: str = search("sgd", "adam")

        def run(self):
            return {"loss": train(self.lr, self.optimizer, self.steps)}

`sweepkit run study.py:Study --jobs 64 --workers 4` runs it, and so does `Study().sweep(64, workers=4)`.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

from ._errors import SweepError
from ._space import Space, constant, int_range, is_written_as, log, plain, plain_or_none, power2, search, space_of, uniform

if TYPE_CHECKING:
    from ._sketch import Study

__all__ = ["Experiment", "int_range", "log", "power2", "search", "uniform"]

# What describes a study and is no field of it.
SETTINGS = ("maximize", "minimize", "keep_alive")


class Experiment:
    """A study whose fields are constants and spaces. Subclasses define `run`, which is one job.

    A field is each public attribute of the class that is no method; the annotation is up to you. Every instance has copies of its
    own, so lists and mappings are fine. Texts may name other fields: "data/{dataset}". An instance with fields that are spaces
    is the whole study: it can be counted and iterated over if it is finite, and `sweep` runs it.
    """

    # The metric by which jobs are ranked, and whether one process runs many jobs.
    maximize: ClassVar[str | None] = None
    minimize: ClassVar[str | None] = None
    keep_alive: ClassVar[bool] = True

    _fields: ClassVar[dict[str, Any]] = {}
    _index: int | None = None

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        own = _own_fields(cls)
        for name in own:
            if hasattr(Experiment, name) and name != "name":
                raise SweepError(f"{cls.__name__}.{name}: this name belongs to every experiment; choose another for the field")
        cls._fields = {**cls._fields, **own}
        notes = _annotations(cls)
        for name, value in own.items():
            # A decorator `@dataclass` refuses what has no hash; each instance gets a copy anyway.
            if name in notes and type(value).__hash__ is None and value is cls.__dict__.get(name):
                import dataclasses

                setattr(cls, name, dataclasses.field(default_factory=partial(copy.deepcopy, value)))

    def __new__(cls, *_given: Any, **_more: Any) -> Experiment:
        self = super().__new__(cls)
        for name, value in cls._fields.items():
            if value is not _MISSING:
                self.__dict__[name] = _own_copy(value)
        return self

    def __init__(self, **given: Any) -> None:
        for name, value in given.items():
            if name not in self._fields:
                raise SweepError(f"{type(self).__name__} has no field {name!r}; it has {', '.join(self._fields)}")
            setattr(self, name, value)

    def run(self) -> Any:
        """Runs one job with the values of the fields.

        Returns a mapping, the result. A generator yields mappings, the curve, and may return the result at its end.
        """
        raise NotImplementedError(f"{type(self).__name__} has no run(); define it: it is one job, and returns its result as a dict")

    def as_dict(self) -> dict[str, Any]:
        """Returns the values of the fields."""
        return {name: self.__dict__[name] for name in self._fields if name in self.__dict__}

    @property
    def index(self) -> int | None:
        """The number of this setting: of the job, or in the order of iteration."""
        return self._index

    @property
    def name(self) -> str:
        """The name of this setting, `Study-17`. A field `name` replaces it, and may name other fields."""
        given = self.__dict__.get("name")
        if given is not None:
            return str(given)
        number = "" if self._index is None else f"-{self._index}"
        return f"{type(self).__name__}{number}"

    @name.setter
    def name(self, name: str) -> None:
        self.__dict__["name"] = name

    @property
    def rank(self) -> int:
        """The number of this job's worker, from 0, among those that run at once."""
        return int(os.environ.get("SWEEP_RANK") or os.environ.get("SWEEP_SLOT") or 0)

    @property
    def n_proc(self) -> int:
        """The number of workers that run at once."""
        return int(os.environ.get("SWEEP_WORKERS") or 1)

    @property
    def out_dir(self) -> Path:
        """The directory of this job: checkpoints and other files belong here. Outside of a job, the current one."""
        return Path(os.environ.get("SWEEP_OUT_DIR") or ".")

    @property
    def attempt(self) -> int:
        """The number of this attempt at the job, from 1."""
        return int(os.environ.get("SWEEP_ATTEMPT") or 1)

    def is_finite(self) -> bool:
        """Returns whether the settings can be counted: no field is drawn from a range of fractions."""
        return all(_points(value) is not None for value in self.as_dict().values())

    def is_countable(self) -> bool:
        """Returns whether a sweep can run all settings: a range of fractions has steps or points."""
        spaces = [space_of(value) for value in self.as_dict().values()]
        return all(space.is_countable() for space in spaces if space is not None)

    def __iter__(self) -> Iterator[Any]:
        """All settings, the last field changing fastest."""
        self._require_finite()
        for number, values in enumerate(self._settings(list(self._fields), {})):
            setting = self._with(values)
            setting._index = number
            yield setting

    def __len__(self) -> int:
        self._require_finite()
        return sum(1 for _ in self._settings(list(self._fields), {}))

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.as_dict().items())})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Experiment) and type(self) is type(other) and self.as_dict() == other.as_dict()

    __hash__ = None  # type: ignore[assignment]

    def sweep(self, jobs: int | None = None, **more: Any) -> Study:
        """Runs the study as a sweep, as `sweepkit run` does, and returns a handle on its results.

        `jobs` is the number of settings to draw; without it, all of them. More are `workers`, `maximize`, `minimize`, `name`,
        `seeds`, `slurm` and `settings`, a mapping from keys of the sweep config to values. Called again, it continues.
        """
        from ._sketch import sweep

        return sweep(self, jobs, **more)

    def _require_finite(self) -> None:
        for name, value in self.as_dict().items():
            if _points(value) is None:
                raise SweepError(f"{type(self).__name__}.{name} is {value!r}, so that its settings cannot be counted; draw some: sweep(64)")

    def _settings(self, names: list[str], values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yields the values of the fields of these names, after those that are there."""
        if not names:
            yield dict(values)
            return
        name, later = names[0], names[1:]
        value = self.__dict__.get(name)
        points: Iterator[Any] | None = _points(value)
        if isinstance(value, Space) and value.condition is not None and not _holds(value.condition, values):
            points = iter([value.fallback])
        for point in points or ():
            yield from self._settings(later, {**values, name: point})

    def _with(self, values: Mapping[str, Any]) -> Any:
        """Returns a setting with these values; a field that has none is not drawn there."""
        setting = type(self).__new__(type(self))
        setting.__dict__.update(_own_copies(self.as_dict()))
        for name, value in values.items():
            there = setting.__dict__.get(name, _MISSING)
            space = space_of(there)
            if space is not None:
                setting.__dict__[name] = _own_copy(space.revive(value))
            elif there is _MISSING or not is_written_as(there, value):
                setting.__dict__[name] = _own_copy(value)
        for name, value in setting.as_dict().items():
            if isinstance(value, Space):
                setting.__dict__[name] = value.fallback
        for name, value in setting.as_dict().items():
            if isinstance(value, str):
                setting.__dict__[name] = _formatted(value, setting)
        finish = getattr(setting, "__post_init__", None)
        if finish is not None:
            finish()
        return setting

    def _branch(self, where: str) -> dict[str, Any]:
        """Returns the parameters of this experiment as the branch of a choice."""
        branch: dict[str, Any] = {f"{where}.class": type(self).__name__}
        for name, value in self.as_dict().items():
            path = f"{where}.{name}"
            space = space_of(value)
            if space is not None:
                if space.condition is not None:
                    raise SweepError(f"{path}: conditions are not possible in an experiment within another one")
                branch.update([space.entry(path)])
            elif plain_or_none(value) is not None:
                branch[path] = constant(plain(value, path))
        return branch


class _Missing:
    def __repr__(self) -> str:
        return "(no value)"


_MISSING = _Missing()


def _own_fields(cls: type) -> dict[str, Any]:
    """Returns the fields that the body of a class defines, in its order."""
    notes = _annotations(cls)
    fields: dict[str, Any] = {}
    waiting = [name for name, note in notes.items() if _is_field(name) and not _is_class_variable(note)]
    for name, value in list(cls.__dict__.items()):
        if not _is_field(name) or (name in notes and name not in waiting) or (name not in notes and _is_no_value(value)):
            continue
        if name in waiting:
            while waiting[0] != name:
                fields[waiting.pop(0)] = _MISSING
            waiting.pop(0)
        fields[name] = _default_of(value)
    fields.update(dict.fromkeys(waiting, _MISSING))
    return fields


def _default_of(value: Any) -> Any:
    """Returns what `dataclasses.field(default_factory=...)` stands for."""
    if type(value).__module__ != "dataclasses" or type(value).__name__ != "Field":
        return value
    import dataclasses

    if value.default_factory is not dataclasses.MISSING:
        return value.default_factory()
    return _MISSING if value.default is dataclasses.MISSING else value.default


def _annotations(cls: type) -> dict[str, Any]:
    try:
        from annotationlib import Format, get_annotations  # type: ignore[import-not-found]
    except ImportError:
        return dict(cls.__dict__.get("__annotations__", {}))
    return dict(get_annotations(cls, format=Format.FORWARDREF))


def _is_field(name: str) -> bool:
    return not name.startswith("_") and name not in SETTINGS


def _is_class_variable(note: Any) -> bool:
    if isinstance(note, str):
        return note.split("[")[0].split(".")[-1] == "ClassVar"
    return note is ClassVar or get_origin(note) is ClassVar


def _is_no_value(value: Any) -> bool:
    """Methods, properties and classes within the class are no fields unless they are annotated."""
    return callable(value) or hasattr(type(value), "__get__")


def _points(value: Any) -> Iterator[Any] | None:
    space = space_of(value)
    return iter([value]) if space is None else space.points()


def _own_copies(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _own_copy(value) for name, value in values.items()}


def _own_copy(value: Any) -> Any:
    """Returns a copy of what can be changed, and the thing itself if it cannot be copied."""
    if isinstance(value, (Space, str, int, float, type(None))):
        return value
    try:
        return copy.deepcopy(value)
    except Exception:
        return value


def _formatted(text: str, setting: Experiment) -> str:
    """Returns the text with the values of other fields for their names; a text that names something else stays as it is."""
    try:
        names = {name.split(".")[0].split("[")[0] for _, name, _, _ in Formatter().parse(text) if name is not None}
        return text.format(**{name: getattr(setting, name) for name in names}) if names else text
    except (ValueError, KeyError, IndexError, AttributeError, TypeError):
        return text


def _holds(condition: str, values: Mapping[str, Any]) -> bool:
    """Evaluates a condition over the fields before."""
    names = {name: plain_or_none(value) for name, value in values.items()}
    try:
        return bool(eval(condition, {"__builtins__": {}}, names))
    except Exception as error:
        raise SweepError(f"the condition {condition!r} cannot be evaluated: {error}; it may name fields before its own") from None
