"""The life of a room: start, stay on the line, beat, come back, and end it on the way out.

Everything waits on the channel's clock. The reactions to codes are in :mod:`.codes`, the
reconnect practice is that of the platform's page "WebSocket" and its open implementations:
the addresses of the start answer in turn, and a new start after each full round of failures.
"""

from __future__ import annotations

import asyncio
import random

import aiohttp
import structlog

from adapters.bilibili.client import Game, NoAnswerError, OpenLive, PlatformError
from adapters.bilibili.codes import ALREADY_OPEN, CLOCK_WRONG, Reaction, reaction
from adapters.bilibili.line import MAX_MESSAGE, Ended, Line
from adapters.bilibili.race import first
from adapters.bilibili.room import Room
from adapters.bilibili.settings import BilibiliSettings
from core.adapter import Channel

COOL_DOWN = 10.0
"""Seconds the platform wants between a session and the next start of the room (7001, 7002)."""
START_DELAY_MAX = 60.0
STEADY = 60.0
"""Seconds after which a session counts as a good one, and its successor starts without delay."""
END_TIMEOUT = 3.0
# aiohttp makes this class with a decorator that the type checker cannot look into
_WS_TIMEOUT = aiohttp.ClientWSTimeout(ws_close=2.0)  # pyright: ignore[reportCallIssue]
log = structlog.stdlib.get_logger(__name__)


class Session:
    """One channel's stay in its room; :meth:`run` until cancelled."""

    def __init__(
        self,
        api: OpenLive,
        http: aiohttp.ClientSession,
        settings: BilibiliSettings,
        channel: Channel,
    ) -> None:
        self._api = api
        self._http = http
        self._settings = settings
        self._channel = channel
        self._clock = channel.clock
        self._starting: asyncio.Task[Game] | None = None
        self._game: Game | None = None
        self._lost_at: float | None = None

    async def run(self) -> None:
        """Stay in the room, of all processes of the shop the only one; end the session at last.

        Another process takes the place when this one has left, or when the engine sees it dead.
        """
        async with self._channel.alone("room"):
            try:
                await self._sessions()
            finally:
                await self._close()

    async def _sessions(self) -> None:
        """One after another, until a code says that a person must change something."""
        fruitless = 0
        while True:
            began = self._clock.monotonic()
            try:
                await self._one_session()
            except PlatformError as error:
                await self._refused(error)
                return
            except Exception:  # a fault of ours, or a ledger that is away: the room must go on
                log.exception("bilibili.session_failed", channel=self._channel.name)
            fruitless = 0 if self._clock.monotonic() - began >= STEADY else fruitless + 1
            if fruitless > 1:
                await self._clock.sleep(self._delay(fruitless - 1, START_DELAY_MAX))

    async def _close(self) -> None:
        """End the open session, so that the next start is not refused."""
        try:
            async with asyncio.timeout(END_TIMEOUT):
                if self._starting:  # cancelled in mid-start: the platform may have opened it
                    self._game = await self._starting
                if self._game and self._game.game_id:
                    await self._api.end(self._game.game_id)
        except (PlatformError, NoAnswerError, TimeoutError) as error:
            log.warning("bilibili.end_failed", channel=self._channel.name, error=str(error))

    async def _one_session(self) -> None:
        game = await self._open()
        room = Room(self._channel, game)
        ended = await first(self._keep_alive(game), self._stay(game, room))
        await self._lost(game, ended)

    async def _open(self) -> Game:
        """A new session; raises :class:`PlatformError` for codes that no waiting cures."""
        tries, told = 0, ""
        while True:
            tries += 1
            wait = self._delay(tries, START_DELAY_MAX)
            try:
                return await self._start()
            except NoAnswerError as error:
                reason = str(error)
            except PlatformError as error:
                wait = max(wait, await self._before_retry(error))
                reason = "clock" if error.code == CLOCK_WRONG else str(error.code)
            if reason != told:
                told = reason
                await self._channel.board("session_delayed", {"reason": reason})
            await self._clock.sleep(wait)

    async def _start(self) -> Game:
        self._starting = asyncio.ensure_future(self._api.start())
        try:
            game = await asyncio.shield(self._starting)
        except (PlatformError, NoAnswerError):
            self._starting = None
            raise
        self._starting, self._game = None, game
        if self._lost_at is None:
            about = {"room": game.room_id, "host": game.host_name}
            await self._channel.board("session_started", about)
        return game

    async def _before_retry(self, error: PlatformError) -> float:
        """The least wait in seconds that this code asks for; raises it when it is final."""
        match reaction(error.code):
            case Reaction.STOP:
                raise error
            case Reaction.COOL_DOWN:
                if error.code == ALREADY_OPEN:
                    await self._close()
                return COOL_DOWN
            case _:
                return 0.0

    async def _keep_alive(self, game: Game) -> Ended:
        while True:
            await self._clock.sleep(self._settings.app_heartbeat)
            if not game.game_id:  # an unpublished application has nothing to keep
                continue
            try:
                await self._api.heartbeat(game.game_id)
            except NoAnswerError as error:
                log.warning("bilibili.heartbeat", channel=self._channel.name, error=str(error))
            except PlatformError as error:
                log.warning("bilibili.heartbeat", channel=self._channel.name, error=str(error))
                if reaction(error.code) is Reaction.STOP:
                    raise
                if reaction(error.code) is Reaction.RESTART:
                    return Ended.SESSION_OVER

    async def _stay(self, game: Game, room: Room) -> Ended:
        """Lines one after another; returns when only a new start can help."""
        failures, round_of = 0, max(3, len(game.links))
        while True:
            ended, heard = await self._line(game, room, game.links[failures % len(game.links)])
            if ended in {Ended.AUTH_REFUSED, Ended.SESSION_OVER}:
                return ended
            await self._lost(game, ended)
            failures = 1 if heard else failures + 1
            if failures % round_of == 0:
                return ended
            await self._clock.sleep(self._delay(failures, self._settings.reconnect_max))

    async def _line(self, game: Game, room: Room, url: str) -> tuple[Ended, bool]:
        try:
            ws = await self._http.ws_connect(url, timeout=_WS_TIMEOUT, max_msg_size=MAX_MESSAGE)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("bilibili.connect", channel=self._channel.name, error=str(error))
            return Ended.CLOSED, False
        line = Line(ws, self._settings, self._channel, room.take, self._back)
        return await line.run(game.auth_body), line.heard

    async def _lost(self, game: Game, ended: Ended) -> None:
        """Tell once per gap that comments are being missed: the platform keeps no history."""
        if self._lost_at is None:
            self._lost_at = self._clock.monotonic()
            await self._channel.board("line_lost", {"room": game.room_id, "reason": str(ended)})

    async def _back(self) -> None:
        if self._lost_at is not None and self._game:
            gap = round(self._clock.monotonic() - self._lost_at, 1)
            self._lost_at = None
            await self._channel.board("line_back", {"room": self._game.room_id, "seconds": gap})

    async def _refused(self, error: PlatformError) -> None:
        log.error("bilibili.refused", channel=self._channel.name, code=error.code)
        await self._channel.board("session_refused", {"reason": "config_error", "code": error.code})

    def _delay(self, failures: int, longest: float) -> float:
        """Seconds: doubled with each failure up to ``longest``, with a fifth of jitter."""
        grown = self._settings.reconnect * 2.0 ** min(failures - 1, 16)
        return min(grown, longest) * random.uniform(0.8, 1.2)
