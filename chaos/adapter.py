"""The shop's side of the stand-in's protocol: JSON over HTTP, both ways.

In: ``POST /hooks/<channel> {"messages": [{"key", "who"}]}``, answered 200 once durable. Out:
``POST <url>/send/<channel> {"key", "to", "text", "attempt"}``. Both sides carry ``X-Process``, so
that the kit can kill exactly the process that is talking.
"""

from __future__ import annotations

import os
from typing import Any, ClassVar

import aiohttp
import msgspec
from aiohttp import web

from chaos.plan import KEYED
from core.adapter import (
    Adapter,
    AdapterSettings,
    Arrival,
    Capabilities,
    Channel,
    Outcome,
    Receipt,
    Refused,
)
from core.message import Inbound, Outbound, Sender
from core.parts import Text

PROCESS = "X-Process"
PATIENCE = 2.0  # seconds that a call may take


class Said(msgspec.Struct):
    """A message of the customer ``who``."""

    key: str
    who: str


class Delivery(msgspec.Struct):
    """The body of a webhook."""

    messages: list[Said]


class ChaosSettings(AdapterSettings):
    """Where the platform is, and its kind (:data:`chaos.plan.CHANNELS`)."""

    url: str
    kind: str


class ChaosAdapter(Adapter):
    """One channel of the shop."""

    Settings: ClassVar[type[AdapterSettings]] = ChaosSettings

    def __init__(self, settings: Any, channel: Channel) -> None:  # noqa: ANN401 - as the base says
        """Keep both."""
        super().__init__(settings, channel)
        self._own: ChaosSettings = settings
        self._session: aiohttp.ClientSession | None = None
        self._process = {PROCESS: str(os.getpid())}
        self.capabilities = Capabilities(as_of="2026-11-22", caller_id=self._own.kind == KEYED)

    async def start(self) -> None:
        """Open the line."""
        connector = aiohttp.TCPConnector(limit=0)
        timeout = aiohttp.ClientTimeout(PATIENCE)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout)

    async def stop(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()

    async def receive(self, request: web.Request) -> Arrival:
        """Parse a delivery; an answer says which process gave it."""
        try:
            found = msgspec.json.decode(await request.read(), type=Delivery).messages
        except msgspec.MsgspecError as error:
            raise Refused("bad-shape", 400) from error
        now = self.channel.clock.now()
        said = [Inbound(m.key, m.who, Sender(m.who), (Text(m.key),), now) for m in found]
        return Arrival(said, lambda: web.Response(headers=self._process))

    async def send(self, message: Outbound) -> Receipt:
        """Refused is refused; whatever is not said clearly is unknown."""
        assert self._session is not None  # noqa: S101 - started by the house
        said = {
            "key": message.key,
            "to": message.conversation,
            "text": message.text,
            "attempt": message.attempt,
        }
        url = f"{self._own.url}/send/{self.channel.name}"
        try:
            async with self._session.post(url, json=said, headers=self._process) as answer:
                return _receipt(answer)
        except aiohttp.ClientConnectorError:
            return Receipt(Outcome.RETRY, "unreachable")
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            return Receipt(Outcome.UNKNOWN, type(error).__name__)


def _receipt(answer: aiohttp.ClientResponse) -> Receipt:
    match answer.status:
        case 200:
            return Receipt.accepted()
        case 429:
            return Receipt(Outcome.RETRY, "429", retry_after=float(answer.headers["Retry-After"]))
        case 503:
            return Receipt(Outcome.RETRY, "503")
        case status:
            return Receipt(Outcome.UNKNOWN, str(status))
