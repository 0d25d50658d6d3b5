"""The one interface behind which questions find their entry.

Anything that fulfils :class:`Matcher` can stand here; ``plugins/faq/ladder.py`` is the one that
ships.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Topic:
    """What a matcher learns of an entry."""

    entry_id: str
    questions: tuple[str, ...]  # the standard question first
    answer: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate: how sure, from 0 to 1 over all candidates together, and why."""

    entry_id: str
    score: float
    why: dict[str, float | str] = field(default_factory=dict[str, float | str])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a matcher thinks of a question: candidates, best first, and that none is meant."""

    matches: list[Match]
    none: float = 1.0  # the probability that no entry is meant
    dense: bool = False  # whether meaning took part
    apart: bool = False  # whether the knowledge is on other subjects than those of most shops


class Matcher(Protocol):
    """Finds entries for a text."""

    def learn(self, topics: Sequence[Topic]) -> None:
        """Forget everything and know these."""
        ...

    def change(self, topics: Sequence[Topic], gone: Sequence[str] = ()) -> None:
        """Know these as well or anew, and forget those; fast when they are few."""
        ...

    def judge(self, text: str, limit: int) -> Verdict:
        """The best entries first, at most ``limit``; none when nothing is alike."""
        ...
