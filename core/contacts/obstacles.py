"""Why somebody must not be erased now, as whoever asked hears it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Bar:
    """A reason: a sentence's ``key`` with its values. Whoever insists may pass it by."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])


class Barred(Exception):  # noqa: N818 - a fact, not a fault
    """Nothing was erased; ``bars`` say why."""

    def __init__(self, bars: Sequence[Bar]) -> None:
        """With every reason."""
        super().__init__(", ".join(bar.key for bar in bars))
        self.bars = tuple(bars)


class OnTheWay(Exception):  # noqa: N818 - a fact, not a fault
    """A message of the person is just being handled or sent: try again in a moment."""
