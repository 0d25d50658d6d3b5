"""The puller of one account: page after page of ``sync_msg``, from where the last one ended.

The cursor is stored only after its page is durable in the ledger: a process that dies in between
reads the page again, and the ledger knows the keys. Of several processes one pulls at a time; what
rang meanwhile is looked for after it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import TROUBLE, ApiError, NotSentError, Trouble
from adapters.wecom_kf.errors import BAD_TOKEN, CONFIGURATION, pause_of
from adapters.wecom_kf.intake import Intake
from adapters.wecom_kf.item import items
from adapters.wecom_kf.settings import WeComKfSettings
from core.adapter import Channel
from core.clock import wait_for

log = structlog.stdlib.get_logger(__name__)
_LIMIT = 1000  # entries of a page, the most there may be
_LEDGER_PAUSE = 5.0  # seconds
_STANDS = 3  # pages in a row that may leave the cursor where it is although there is more
_TOKEN_LIVES = 540.0  # seconds: the platform says ten minutes


class Puller:
    """One task, one pull at a time; a callback in the middle of a pull means another one after."""

    def __init__(
        self,
        account: str,
        client: ApiClient,
        channel: Channel,
        intake: Intake,
        settings: WeComKfSettings,
    ) -> None:
        """Idle until :meth:`start`."""
        self._account, self._client, self._channel = account, client, channel
        self._intake, self._settings = intake, settings
        self._note = f"cursor:{account}"
        self._rung = asyncio.Event()
        self._token, self._token_dies = "", 0.0
        self._failures = 0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look what came while nobody was here, then wait for callbacks."""
        self._task = asyncio.create_task(self._run(), name=f"kf-{self._account}")

    async def stop(self) -> None:
        """End, in the middle of a page if need be: it is read again."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def ring(self, token: str) -> None:
        """A callback said that there is something; its token lifts a strict limit of calls."""
        self._token = token
        self._token_dies = self._channel.clock.monotonic() + _TOKEN_LIVES
        self._rung.set()

    async def _run(self) -> None:
        poll = self._settings.poll_minutes * 60
        while True:
            self._rung.clear()
            try:
                pause = await self._round()
            except Exception:  # the ledger, most likely: the page is read again
                log.exception("wecom_kf.pull_failed", account=self._account)
                pause = _LEDGER_PAUSE
            if pause:
                await self._channel.clock.sleep(pause)
                continue
            with suppress(TimeoutError):
                await wait_for(self._channel.clock, self._rung.wait(), poll)

    async def _round(self) -> float:
        """One pull; seconds to wait when the platform let it fail."""
        try:
            async with self._channel.alone(f"pull:{self._account}"):
                await self._pull()
        except TROUBLE as trouble:
            return await self._failed(trouble)
        self._failures = 0
        return 0.0

    async def _pull(self) -> None:
        """All pages there are; raises what the platform says."""
        cursor = await self._channel.recall(self._note)
        since = None if cursor else self._oldest()
        more, stands = True, 0
        while more:
            body = {
                "open_kfid": self._account,
                "cursor": cursor,
                "token": self._living_token(),
                "limit": _LIMIT,
            }
            body = {name: value for name, value in body.items() if value != ""}
            answer = await self._client.call("/cgi-bin/kf/sync_msg", body)
            await self._intake.take(items(answer, self._account), since)
            following, more = str(answer.get("next_cursor") or cursor), answer.get("has_more") == 1
            stands = stands + 1 if following == cursor else 0
            if stands > _STANDS and more:
                raise NotSentError("cursor-stands-still")
            if following != cursor:
                await self._channel.remember(self._note, following)
            cursor = following

    def _oldest(self) -> datetime:
        """Without a cursor the platform gives three days, long answered by other means."""
        return self._channel.clock.now() - timedelta(seconds=self._settings.ignore_older)

    def _living_token(self) -> str:
        return self._token if self._channel.clock.monotonic() < self._token_dies else ""

    async def _failed(self, trouble: Trouble) -> float:
        """Seconds to wait; people are told at the first failure that only they can mend."""
        self._failures += 1
        reason = str(trouble)
        log.info("wecom_kf.not_pulled", account=self._account, reason=reason)
        code = trouble.code if isinstance(trouble, ApiError) else 0
        if code == BAD_TOKEN:
            self._token = ""
        if code in CONFIGURATION and self._failures == 1:
            await self._channel.board("kf.misconfigured", {"account": self._account, "code": code})
        return pause_of(trouble, self._failures)
