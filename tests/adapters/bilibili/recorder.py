"""What the adapter's own tests need instead of a core: a ledger in a dict, and time on rails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from core.adapter import HistoryItem
from core.clock import Clock, TestClock
from core.message import Inbound

START = datetime(2026, 11, 21, 6, tzinfo=UTC)


def _ignore(kind: str, value: object) -> None:
    """Nobody watches."""


class RecordingChannel:
    """A :class:`core.adapter.Channel` that remembers; a key that is known is dropped."""

    def __init__(self, clock: TestClock, name: str = "live") -> None:
        self.name = name
        self.clock: Clock = clock
        self.time = clock
        self.ledger: dict[str, Inbound] = {}
        self.offered = 0
        self.boards: list[tuple[str, dict[str, Any]]] = []
        self.refused: list[str] = []
        self.fail: Exception | None = None
        self.on_event: Callable[[str, object], None] = _ignore

    async def accept(self, messages: Sequence[Inbound]) -> None:
        if self.fail:
            error, self.fail = self.fail, None
            raise error
        for message in messages:
            self.offered += 1
            if message.key not in self.ledger:
                self.ledger[message.key] = message
                self.on_event("emit", message)

    async def history(
        self, conversation: str, after: int = 0, limit: int = 50
    ) -> list[HistoryItem]:
        found = [
            HistoryItem(number, "in", m.key, m.parts, "accepted", str(m.sent_at))
            for number, m in enumerate(self.ledger.values(), 1)
            if m.conversation == conversation
        ]
        return found[-limit:]

    async def mark(self, message_id: int, state: str, reason: str = "") -> None:
        raise NotImplementedError

    async def remember(self, key: str, value: str) -> None:
        raise NotImplementedError

    async def recall(self, key: str) -> str:
        raise NotImplementedError

    async def owners(self) -> Mapping[str, str]:
        return {}

    def alone(self, what: str) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def board(self, kind: str, data: Mapping[str, Any]) -> None:
        self.boards.append((kind, dict(data)))
        self.on_event("report", data.get("reason"))

    def refuse(self, reason: str) -> None:
        self.refused.append(reason)

    def secret(self, purpose: str) -> str:
        return purpose

    def text(self, key: str, locale: str, **values: object) -> str:
        return key

    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.boards]


async def settle() -> None:
    """Let everything happen that can happen without time: loopback delivers at once."""
    for _ in range(200):
        await asyncio.sleep(0)


async def advance(clock: TestClock, seconds: float) -> None:
    """Move time, stopping at every moment somebody waits for."""
    end = clock.now() + timedelta(seconds=seconds)
    await settle()
    while (wake := clock.next_wake()) is not None and wake <= end:
        clock.move_to(wake)
        await settle()
    clock.move_to(end)
    await settle()
