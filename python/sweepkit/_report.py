"""The report of a sweep, as a notebook shows it."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# A notebook holds what its cells show: larger reports are only linked.
_MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Report:
    """The report `analysis.html`, and its main results."""

    #: The page.
    path: Path
    #: All that `sweep_analyze --json` says: the best jobs and ranges, comparisons, warnings.
    summary: Mapping[str, Any]
    #: The height of the page in a notebook, in pixels.
    height: int = 640

    @property
    def best_jobs(self) -> list[dict[str, Any]]:
        """The best jobs of the sweep, the best first: `job`, `value`, `sampled`."""
        sweeps = self.summary.get("sweeps", [])
        return list(sweeps[0].get("best_jobs", [])) if sweeps else []

    def __str__(self) -> str:
        lines = [str(self.path)]
        if self.best_jobs:
            best = self.best_jobs[0]
            lines.append(f"best: job {best['job']}, {best['value']:.6g} ({self.summary['objective']}): {best['sampled']}")
        return "\n".join([*lines, *(f"warning: {text}" for text in self.summary.get("warnings", []))])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        page = self.path.read_text(encoding="utf-8")
        link = f'<div>{html.escape(str(self.path))}</div>'
        if len(page) > _MOST_BYTES:
            return f"{link}<div>The report has {len(page) / 1e6:.0f} MB, too much for a notebook: open the file in a browser.</div>"
        # Without it, links within the page would lead to the notebook's own page.
        page = page.replace("<head>", '<head><base href="about:srcdoc">', 1)
        # What a viewer shows that removes frames, as notebooks that are not trusted and GitHub do.
        instead = html.escape(" · ".join(str(self).splitlines()[1:]))
        return (
            f'{link}<iframe srcdoc="{html.escape(page)}" sandbox="allow-scripts allow-downloads allow-popups" '
            f'style="width:100%;height:{self.height}px;border:1px solid #ccc" title="report">{instead}</iframe>'
        )
