"""Everything nameable in a text: identifiers first, then amounts, links and sizes around them."""

from __future__ import annotations

from collections.abc import Callable

from core.understand.identifiers import identifiers
from core.understand.links import links
from core.understand.prices import prices
from core.understand.sizes import sizes
from core.understand.understanding import Entity

# In this order: what an earlier one claimed, a later one cannot read as something else.
_FINDERS: tuple[Callable[[str], list[Entity]], ...] = (identifiers, prices, links, sizes)


def entities(plain: str) -> list[Entity]:
    """The entities of a normalised text in the order in which they stand; none overlap."""
    found: list[Entity] = []
    for finder in _FINDERS:
        found += [e for e in finder(plain) if not any(_overlap(e, other) for other in found)]
    return sorted(found, key=lambda e: e.start) if len(found) > 1 else found


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end
