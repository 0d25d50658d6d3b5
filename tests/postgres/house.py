"""What the processes of these tests have in common: a platform over HTTP, and a plugin that echoes.

Run as ``python -m tests.postgres.house URL PLATFORM CHANNEL ROLE ...`` it is one process of the
shop; CHANNEL is JSON: further settings of the platform's channel.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar

from aiohttp import ClientError, ClientSession, ClientTimeout

from core.adapter import Adapter, AdapterSettings, Capabilities, Channel, Outcome, Receipt
from core.app import App
from core.logs import set_up
from core.message import Outbound
from core.plugin import Plugin, PluginSettings
from core.settings import LogSettings, Settings, build
from core.turn import Turn

CHANNEL, DESK = "till", "desk"
PASSIVE = {"adapter": "tests.core.counter:CounterAdapter", "push": False}  # answers when asked


class TillSettings(AdapterSettings):
    """Where the platform is, and whether it shows a repeated key once."""

    url: str
    caller_id: bool = True


class TillAdapter(Adapter):
    """Hands messages to the stand-in."""

    Settings: ClassVar[type[AdapterSettings]] = TillSettings

    def __init__(self, settings: Any, channel: Channel) -> None:
        super().__init__(settings, channel)
        self.till: TillSettings = settings
        self.capabilities = Capabilities(as_of="2026-11-21", caller_id=self.till.caller_id)
        self.session: ClientSession | None = None

    async def start(self) -> None:
        self.session = ClientSession(timeout=ClientTimeout(5))

    async def stop(self) -> None:
        if self.session is not None:
            await self.session.close()

    async def send(self, message: Outbound) -> Receipt:
        assert self.session is not None
        said = {"key": message.key, "to": message.conversation, "text": message.text}
        try:
            async with self.session.post(f"{self.till.url}/send", json=said) as answer:
                return Receipt(Outcome.ACCEPTED if answer.ok else Outcome.RETRY)
        except (ClientError, TimeoutError):
            return Receipt(Outcome.UNKNOWN, "line-cut")


class EchoSettings(PluginSettings):
    """Whom to tell that a handler began."""

    url: str


plugin = Plugin("echo", settings=EchoSettings)


@plugin.provides
async def line() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@plugin.on(always=True)
async def echo(turn: Turn, settings: EchoSettings, session: ClientSession) -> None:
    """Count in the conversation's memory, and say what was heard with the count."""
    async with session.post(f"{settings.url}/began", json={"text": turn.text}):
        pass
    turn.memory["heard"] = turn.memory.get("heard", 0) + 1
    turn.say(f"{turn.text} #{turn.memory['heard']}")
    turn.emit("echo.heard", text=turn.text)


def settings(url: str, platform: str, roles: Sequence[str], **channel: Any) -> Settings:
    """The settings of one process."""
    adapter = {"adapter": "tests.postgres.house:TillAdapter", "url": platform, **channel}
    return build(
        {
            "database": {"url": url},
            "server": {"port": 0},
            "roles": roles,
            "channels": {CHANNEL: adapter, DESK: PASSIVE},
            "plugins": {"enabled": ["tests.postgres.house:plugin"], "echo": {"url": platform}},
        }
    )


async def main(url: str, platform: str, channel: str, *roles: str) -> None:
    set_up(LogSettings(level="error"))
    app = App(settings(url, platform, roles, **json.loads(channel)))
    await app.start()
    print("ready", flush=True)  # noqa: T201 - the town waits for it
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
