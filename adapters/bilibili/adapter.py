"""The Bilibili live adapter: comments come in; answers go to the live board.

The platform offers no interface to post a comment (its list of live abilities has none), so the
channel declares neither push nor passive replies and the core keeps answers in the journal, for
the host, an overlay page or the desk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp

from adapters.bilibili.client import TIMEOUT, OpenLive
from adapters.bilibili.doctor import findings
from adapters.bilibili.session import Session
from adapters.bilibili.settings import BilibiliSettings
from core.adapter import Adapter, Capabilities, Channel, Finding


class BilibiliAdapter(Adapter):
    """One application in one streamer's room."""

    Settings = BilibiliSettings
    capabilities = Capabilities(as_of="2026-11-21", push=False)

    def __init__(self, settings: BilibiliSettings, channel: Channel) -> None:
        """Keep both; nothing is opened before :meth:`start`."""
        super().__init__(settings, channel)
        self._http: aiohttp.ClientSession | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin the stay in the room, in a task of its own."""
        self._http = aiohttp.ClientSession(timeout=TIMEOUT)
        api = OpenLive(self._http, self.settings, self.channel.clock)
        stay = Session(api, self._http, self.settings, self.channel).run()
        self._task = asyncio.create_task(stay, name=f"bilibili:{self.channel.name}")

    async def stop(self) -> None:
        """Leave the room and end the session, or the next start would have to wait."""
        task, self._task = self._task, None
        http, self._http = self._http, None
        if task:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if http:
            await http.close()

    async def check(self) -> Sequence[Finding]:
        """The code's shape, and whether the platform knows the keys; opens no session."""
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            api = OpenLive(http, self.settings, self.channel.clock)
            return await findings(api, self.settings)
