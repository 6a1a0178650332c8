"""The status of a sweep, as text and as a notebook shows it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The states of jobs that have not ended, in the order of showing.
_OPEN = ("running", "queued", "waiting")
_COLORS = {"done": "#2a9d5c", "running": "#2f7fd1", "queued": "#8fb8e0", "waiting": "#c9ced6"}
_FAILED = "#d1495b"
_MOST = 5


@dataclass(frozen=True)
class Status:
    """How far a sweep is, as `sweep_collect` found it."""

    name: str
    #: The number of jobs in each state, such as `{"done": 60, "failed": 4}`.
    states: Mapping[str, int]
    #: All that `sweep_collect --json` says.
    details: Mapping[str, Any]

    @property
    def jobs(self) -> int:
        """The number of jobs."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """The number of jobs that are done."""
        return self.states.get("done", 0)

    @property
    def open(self) -> int:
        """The number of jobs that run, are queued, or wait for a launch."""
        return sum(self.states.get(state, 0) for state in _OPEN)

    @property
    def failed(self) -> int:
        """The number of jobs that ended and are not done, for whatever reason."""
        return self.jobs - self.done - self.open

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The groups of failed jobs, by cause: `error`, `jobs`, `in_common`, `rerun`, …."""
        return list(self.details.get("failures", []))

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {state}" for state, count in self._shown())
        lines = [f"{self.name}: {counts or 'no jobs'}{self._left()}"]
        lines += [f"  {len(group['jobs'])} × {group['error']} (jobs {_numbers(group['jobs'])})" for group in self.failures[:_MOST]]
        return "\n".join([*lines, *(f"  {note}" for note in self._notes())])

    __repr__ = __str__

    def _shown(self) -> list[tuple[str, int]]:
        """The states that have jobs: done, then those that went wrong, then what is open."""
        order = {"done": -1, **{state: number for number, state in enumerate(_OPEN, start=1)}}
        return sorted(((state, count) for state, count in self.states.items() if count), key=lambda it: order.get(it[0], 0))

    def _left(self) -> str:
        seconds = self.details.get("pace", {}).get("seconds_left")
        if not seconds or not self.open:
            return ""
        return f", about {_span(seconds)} left"

    def _notes(self) -> list[str]:
        """What keeps results from being used."""
        notes = []
        objective = self.details.get("objective", {})
        if self.done and not objective.get("valued"):
            notes.append("no job has a value of the objective (ANALYZE.OBJECTIVE)")
            notes += [f"  {candidate['line']}" for candidate in self.details.get("objective_candidates", [])[:_MOST] if "line" in candidate]
        if self.details.get("diverged"):
            notes.append(f"{self.details['diverged']} diverged")
        return notes

    def _repr_html_(self) -> str:
        total = max(self.jobs, 1)
        shown = self._shown()
        bar = "".join(
            f'<span style="width:{100 * count / total:.3f}%;background:{_COLORS.get(state, _FAILED)}" title="{count} {html.escape(state)}"></span>'
            for state, count in shown
        )
        counts = " · ".join(f"<b>{count:,}</b> {html.escape(state)}" for state, count in shown) or "no jobs"
        rows = "".join(
            f"<tr><td style='text-align:right'>{len(group['jobs']):,}</td><td style='text-align:left'><code>{html.escape(str(group['error']))}</code></td>"
            f"<td style='text-align:left'>jobs {_numbers(group['jobs'])}</td></tr>"
            for group in self.failures[:_MOST]
        )
        more = len(self.failures) - _MOST
        notes = "".join(f"<div>{html.escape(note)}</div>" for note in self._notes())
        return (
            "<style>.sweepkit-bar{display:flex;height:10px;max-width:40em;border-radius:5px;overflow:hidden;margin:4px 0}"
            ".sweepkit-bar span{display:block}</style>"
            f"<div><b>{html.escape(self.name)}</b>: {counts}{html.escape(self._left())}</div>"
            f'<div class="sweepkit-bar">{bar}</div>{notes}'
            + (f"<table><thead><tr><th>failed</th><th style='text-align:left'>cause</th><th></th></tr></thead><tbody>{rows}</tbody></table>" if rows else "")
            + (f"<div>and {more} more causes</div>" if more > 0 else "")
        )


def _numbers(jobs: list[int]) -> str:
    text = ", ".join(map(str, jobs[:_MOST]))
    return f"{text}, …" if len(jobs) > _MOST else text


def _span(seconds: float) -> str:
    for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.0f} {name}"
    return f"{seconds / 86_400:.0f} days"
