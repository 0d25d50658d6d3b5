"""The channels of ``xiaoer chat``: the terminal, and those that are only overheard."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

from core.adapter import Adapter, AdapterSettings, Capabilities, Channel, Receipt
from core.cli.show import console
from core.cli.tongue import say
from core.message import Inbound, Outbound, Sender
from core.parts import AnyPart, Event, Menu, Option, Text, as_text

ALL_PARTS = frozenset({"text", "menu", "link", "card", "image", "file", "location"})


class TerminalSettings(AdapterSettings):
    """``locale`` is the language the person at the terminal is answered in."""

    locale: str = ""


class Terminal(Adapter):
    """Prints what is sent; a bare number picks from the newest menu."""

    Settings = TerminalSettings
    capabilities = Capabilities(as_of="2026-11-21", parts=ALL_PARTS, max_text=1_000_000)

    def __init__(self, settings: Any, channel: Channel) -> None:  # noqa: ANN401 - own Settings class
        """Nothing said yet."""
        super().__init__(settings, channel)
        self._locale: str = settings.locale
        self._numbers = itertools.count(1)
        self._life = f"{datetime.now(UTC):%Y%m%d%H%M%S%f}"
        self._options: tuple[Option, ...] = ()

    async def said(self, words: str) -> None:
        """Put what was typed into the ledger."""
        await self.channel.accept(
            [
                Inbound(
                    key=f"{self._life}-{next(self._numbers)}",
                    conversation="terminal",
                    sender=Sender(id="terminal", name=say("cli.chat.you"), locale=self._locale),
                    parts=self._meant(words),
                    sent_at=self.channel.clock.now(),
                )
            ]
        )

    def _meant(self, words: str) -> tuple[AnyPart, ...]:
        place = int(words) - 1 if words.isdecimal() and len(words) < 3 else -1
        if 0 <= place < len(self._options):
            chosen = self._options[place]
            return (Text(chosen.label), Event("choice", chosen.id))
        return (Text(words),)

    async def send(self, message: Outbound) -> Receipt:
        """Print it."""
        for part in message.parts:
            if isinstance(part, Menu):
                self._options = part.options
        console().print(show(message.parts), style="cyan", markup=False)
        return Receipt.accepted()


class Overheard(Adapter):
    """Stands for a channel of the shop: shows what would have been sent there."""

    capabilities = Terminal.capabilities

    async def send(self, message: Outbound) -> Receipt:
        """Print where it would have gone, and what."""
        place = say("cli.chat.to", channel=self.channel.name, conversation=message.conversation)
        console().print(f"  {place} {show(message.parts)}", style="dim", markup=False)
        return Receipt.accepted()


def show(parts: tuple[AnyPart, ...]) -> str:
    """Parts as the terminal shows them; menus as numbered choices."""
    return "\n".join(filter(None, map(as_text, parts)))
