"""The long poll: what came since the cursor, one process of the shop at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog

from adapters.ilink.client import POLL_SECONDS, STALE, TROUBLE, Client, SaidNoError, Trouble
from adapters.ilink.contexts import Contexts
from adapters.ilink.wire import said, update
from core.adapter import Channel

log = structlog.stdlib.get_logger(__name__)
_NOTE = "updates"
# Seconds, as the reference client waits: after a failure, after three in a row, when the login is
# void.
_SHORT, _LONG, _VOID = 2.0, 30.0, 3600.0
_MANY = 3


class Line:
    """Polls until it is stopped. The cursor is kept after its messages are durable."""

    def __init__(
        self, client: Client, channel: Channel, contexts: Contexts, ignore_older: int
    ) -> None:
        """Poll nothing yet."""
        self._client, self._channel, self._contexts = client, channel, contexts
        self._older, self._failures = timedelta(seconds=ignore_older), 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run(), name="ilink")

    async def stop(self) -> None:
        """End, in the middle of a poll."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                pause = await self._round()
            except Exception:
                log.exception("ilink.poll_failed", channel=self._channel.name)
                pause = _SHORT  # the ledger, most likely: the same is polled again
            if pause:
                await self._channel.clock.sleep(pause)

    async def _round(self) -> float:
        """One poll; seconds to wait after one that failed."""
        try:
            async with self._channel.alone("poll"):
                await self._poll()
        except TROUBLE as trouble:
            return await self._failed(trouble)
        self._failures = 0
        return 0.0

    async def _poll(self) -> None:
        """One poll; nothing new is no failure."""
        cursor = await self._channel.recall(_NOTE)
        try:
            body = {"get_updates_buf": cursor}
            answer = await self._client.post("ilink/bot/getupdates", body, POLL_SECONDS)
        except TimeoutError:
            return
        await self._take(answer, first=not cursor)
        following = answer.get("get_updates_buf")
        if isinstance(following, str) and following and following != cursor:
            await self._channel.remember(_NOTE, following)

    async def _take(self, answer: dict[str, Any], *, first: bool) -> None:
        since = self._channel.clock.now() - self._older
        messages: list[Any] = []
        for entry in answer.get("msgs") or ():
            found = update(entry)
            if found is None:
                self._channel.refuse("bad-update")
                continue
            message = said(found)
            if message is None or (first and message.sent_at < since):
                continue
            await self._contexts.put(found.from_user_id, found.context_token)
            messages.append(message)
        await self._channel.accept(messages)

    async def _failed(self, trouble: Trouble) -> float:
        """Seconds to wait; people are told once that the bot must be logged in anew."""
        self._failures += 1
        log.info("ilink.not_polled", channel=self._channel.name, reason=str(trouble))
        if isinstance(trouble, SaidNoError) and trouble.code == STALE:
            if self._failures == 1:
                await self._channel.board("ilink.login_needed", {})
            return _VOID
        return _LONG if self._failures >= _MANY else _SHORT
