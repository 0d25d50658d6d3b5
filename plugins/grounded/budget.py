"""The budget: requests and tokens by day, for the shop and for each contact.

A call reserves what it may cost at most before it is made, in a transaction of its own: a message
whose handler declines leaves no effects, and a crash must not make calls free. What it did cost is
set right afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.clock import Clock
from core.settings import ShopSettings
from core.store.sql import Work, insert
from core.store.writer import Writer
from plugins.grounded.models import SHOP, Spending
from plugins.grounded.settings import GroundedSettings

_TABLE = "grounded_spending"
_ROW = "day = ? AND contact_id = ?"
_ADD = f"UPDATE {_TABLE} SET requests = requests + ?, tokens = tokens + ? WHERE {_ROW}"  # noqa: S608 - our names
_TAKE = f"{_ADD} AND requests < ? AND tokens <= ? RETURNING id"


@dataclass(frozen=True, slots=True)
class Reserved:
    """What a call may cost, by whom and when."""

    day: int
    contacts: tuple[int, ...]
    tokens: int


class Budget:
    """Keeps count in the ledger."""

    def __init__(
        self, settings: GroundedSettings, shop: ShopSettings, writer: Writer, clock: Clock
    ) -> None:
        """Days begin at midnight in the shop."""
        self._settings, self._writer, self._clock, self._zone = settings, writer, clock, shop.zone

    @property
    def today(self) -> int:
        """The day in the shop, as a number to read: 20261123."""
        return int(self._clock.now().astimezone(self._zone).strftime("%Y%m%d"))

    async def reserve(self, contact: int, tokens: int) -> Reserved | None:
        """Room for one more request of so many tokens; nothing where a limit would be passed.

        Contact 0 is a rehearsal (``xiaoer explain``): it counts for the shop alone.
        """
        wanted = Reserved(self.today, (contact, SHOP) if contact else (SHOP,), tokens)
        granted = await self._writer.run(lambda: self._take(wanted))
        return wanted if granted else None

    async def settle(self, reserved: Reserved, tokens: int) -> None:
        """What the call did cost."""
        await self._writer.run(
            lambda: _give_back(reserved, reserved.contacts, 0, reserved.tokens - tokens)
        )

    async def spent(self, who: int = SHOP) -> tuple[int, int]:
        """Requests and tokens today, of the shop or of a contact."""
        row = await Spending.get_or_none(day=self.today, contact_id=who)
        return (row.requests, row.tokens) if row else (0, 0)

    def _take(self, wanted: Reserved) -> Work[bool]:
        taken: list[int] = []
        for who in wanted.contacts:
            fresh = {"day": wanted.day, "contact_id": who, "requests": 0, "tokens": 0}
            yield from insert(_TABLE, fresh, unless="day, contact_id")
            requests, tokens = self._limits(who)
            given = (1, wanted.tokens, wanted.day, who, requests, tokens - wanted.tokens)
            if not (yield _TAKE, given):
                yield from _give_back(wanted, tuple(taken), 1, wanted.tokens)
                return False
            taken.append(who)
        return True

    def _limits(self, who: int) -> tuple[int, int]:
        own = self._settings
        if who == SHOP:
            return own.requests_per_day, own.tokens_per_day
        return own.contact_requests_per_day, own.contact_tokens_per_day


def _give_back(reserved: Reserved, who: tuple[int, ...], requests: int, tokens: int) -> Work[None]:
    """Take back so many requests and tokens."""
    for one in who:
        yield _ADD, (-requests, -tokens, reserved.day, one)
