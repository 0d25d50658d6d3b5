"""Pigeon Post: a webhook in, a REST call out."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from core.adapter import Adapter, Arrival, Capabilities, Channel, Receipt, Refused
from core.message import Outbound

from .client import send
from .settings import PigeonSettings
from .wire import body_of, parse, verify


class PigeonAdapter(Adapter):
    """One account; its webhook is ``/hooks/<channel>``."""

    Settings = PigeonSettings
    capabilities = Capabilities(
        as_of="2026-11-21",  # the day the facts below were read in the platform's manual
        max_text=500,
        rate=(10, 1.0),
        caller_id=True,
    )
    settings: PigeonSettings

    def __init__(self, settings: PigeonSettings, channel: Channel) -> None:
        """Open nothing yet."""
        super().__init__(settings, channel)
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the session."""
        timeout = aiohttp.ClientTimeout(total=self.settings.timeout)
        self._session = aiohttp.ClientSession(timeout=timeout)

    async def stop(self) -> None:
        """Close it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def receive(self, request: web.Request) -> Arrival:
        """Verify, then parse: nothing of an unsigned body is looked at."""
        if request.method != "POST":
            raise Refused("method", 405)
        body = await request.read()
        verify(body, request.headers, self.settings, self.channel.clock.now())
        return Arrival([parse(body)])

    async def send(self, message: Outbound) -> Receipt:
        """Hand it to the platform."""
        assert self._session is not None  # noqa: S101 - the core sends between start and stop
        return await send(self._session, self.settings, body_of(message))
