"""What is kept of people, as data: a table, which rows are a person's, what erasing leaves of them.

The core declares its own tables (``core/contacts/kept.py``), a plugin its own by ``plugin.holds``.
Showing, export and erasing are made of these.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from core.contacts.person import Person, among

Blank = Mapping[str, Any] | Callable[[Any, datetime], Mapping[str, Any]]
By = str | Callable[[Person], Awaitable[Sequence[Q]]]


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows of ``model`` that belong to a person.

    ``by``: a column with numbers of contacts, conversations or messages, told by its name, or a
    function that gives conditions. ``blank``: what columns become when the person is erased, fixed
    or by row and time; empty when nothing in the row is personal; ``None``: the rows are deleted.
    ``told``: how keys of messages begin that tell others of a row: ``"complaint:{number}:"``.
    ``others``: a column that names other people too, so that nobody is shown it.
    """

    model: type[Model]
    by: By
    blank: Blank | None = None
    told: str = ""
    others: str = ""

    @property
    def name(self) -> str:
        """``"<app>.<Model>"``."""
        return f"{self.model._meta.app}.{self.model.__name__}"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] - the library's own way

    async def conditions(self, person: Person) -> Sequence[Q]:
        """Which rows are the person's, in pieces of bearable length."""
        if not isinstance(self.by, str):
            return await self.by(person)
        kinds = {
            "contact": person.contacts,
            "conversation": person.conversations,
            "message": person.messages,
        }
        return among(self.by, next(found for kind, found in kinds.items() if kind in self.by))

    async def rows(self, person: Person) -> list[dict[str, Any]]:
        """All of them, whole."""
        found: dict[Any, dict[str, Any]] = {}
        for condition in await self.conditions(person):
            found |= {row["id"]: row for row in await self.model.filter(condition).values()}
        return [{k: v for k, v in row.items() if k != self.others} for row in found.values()]

    async def erase(self, conditions: Iterable[Q], now: datetime) -> int:
        """Take the person out of the rows; how many there were. Inside a transaction."""
        count = 0
        for condition in conditions:
            rows = self.model.filter(condition)
            if self.blank is None:
                count += await rows.delete()
            elif isinstance(self.blank, Mapping):
                count += await (rows.update(**self.blank) if self.blank else rows.count())
            else:
                for row in await rows:
                    await row.update_from_dict(dict(self.blank(row, now))).save()
                    count += 1
        return count


async def beginnings(holdings: Iterable[Holding], person: Person) -> set[str]:
    """How the keys begin of messages that tell others of this person."""
    found: set[str] = set()
    for holding in holdings:
        if holding.told:
            found |= {holding.told.format(**row) for row in await holding.rows(person)}
    return found
