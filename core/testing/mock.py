"""A platform for tests: a channel that remembers what was sent and can misbehave on command."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, ClassVar

from core.adapter import Adapter, AdapterSettings, Capabilities, Channel, Outcome, Receipt
from core.message import Outbound


class MockSettings(AdapterSettings):
    """What the mock platform can do."""

    push: bool = True
    caller_id: bool = False
    max_text: int = 2048
    parts: tuple[str, ...] = ("text", "menu")


class MockAdapter(Adapter):
    """Register a channel with ``adapter = "mock"``; read :attr:`sent`, feed :attr:`outcomes`."""

    Settings: ClassVar[type[AdapterSettings]] = MockSettings

    def __init__(self, settings: Any, channel: Channel) -> None:  # noqa: ANN401
        """Nothing sent yet; every send is accepted until :attr:`outcomes` says otherwise."""
        super().__init__(settings, channel)
        own: MockSettings = settings
        self.capabilities = Capabilities(
            as_of="2026-11-21",
            parts=frozenset(own.parts),
            max_text=own.max_text,
            push=own.push,
            caller_id=own.caller_id,
        )
        self.sent: list[Outbound] = []
        self.outcomes: deque[Receipt] = deque()
        self.gate: asyncio.Event | None = None

    async def send(self, message: Outbound) -> Receipt:
        """Remember the message, unless the next planned outcome says that it never arrived."""
        if self.gate is not None:
            await self.gate.wait()
        receipt = self.outcomes.popleft() if self.outcomes else Receipt.accepted()
        if receipt.outcome in {Outcome.ACCEPTED, Outcome.DELIVERED, Outcome.UNKNOWN}:
            self.sent.append(message)
        return receipt
