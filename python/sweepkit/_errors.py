"""The errors and warnings that users see."""

from __future__ import annotations

import os
import sys
import warnings


class SweepError(Exception):
    """A stage of a sweep refused or failed; the text is what its program said, and names the next step.

    `exit_code` is that of the program, or None if no program was started.
    """

    def __init__(self, text: str, exit_code: int | None = None) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def warn(text: str) -> None:
    """Warns of something in the line of the user's code that called this package."""
    here, level = os.path.dirname(__file__) + os.sep, 2
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(here):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, stacklevel=level)
