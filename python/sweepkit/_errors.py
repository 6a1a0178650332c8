"""The error that users see."""

from __future__ import annotations


class SweepError(Exception):
    """A stage of a sweep refused or failed; the text is what its program said, and names the next step.

    `exit_code` is that of the program, or None if no program was started.
    """

    def __init__(self, text: str, exit_code: int | None = None) -> None:
        super().__init__(text)
        self.exit_code = exit_code
