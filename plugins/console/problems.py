"""What a request cannot have, as the page hears it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Problem(Exception):  # noqa: N818 - a fact of the request, not a fault of ours
    """Answered as ``{"error": {"code", "message", ...}}``; the message is a sentence of ours."""

    def __init__(self, status: int, code: str, **more: Any) -> None:  # noqa: ANN401 - plain JSON
        """``code`` names the sentence ``console.error.<code>``; ``more`` goes beside it."""
        super().__init__(code)
        self.status, self.code = status, code
        self.more: Mapping[str, Any] = more
        self.retry_after: int | None = None


def not_found() -> Problem:
    """It is not there, or not for this person's eyes: the two look the same."""
    return Problem(404, "not-found")


def slow_down(seconds: float) -> Problem:
    """Too many tries."""
    problem = Problem(429, "slow-down")
    problem.retry_after = max(1, round(seconds))
    return problem
