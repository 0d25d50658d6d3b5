"""The signed HTTP calls of a live session: start, heartbeat, end (platform page "life cycle")."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from adapters.bilibili.codes import SESSION_OVER, Reaction, reaction
from adapters.bilibili.fields import Data, part, text, texts
from adapters.bilibili.settings import BilibiliSettings
from adapters.bilibili.sign import Keys, signed_headers
from core.clock import Clock

_MAX_ANSWER = 256 * 1024
_STEP = 16 * 1024
_RESIGN_AFTER = 1.0
TIMEOUT = aiohttp.ClientTimeout(total=10)


class PlatformError(Exception):
    """The platform refused a call with a business ``code``."""

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(f"{code} {message}".strip())
        self.code = code


class NoAnswerError(Exception):
    """No usable answer came: no connection, time over, or something that is not the platform's."""


@dataclass(frozen=True, slots=True)
class Game:
    """A session as ``/v2/app/start`` opened it.

    ``game_id`` is empty while the application is not published: then nothing is beaten or ended.
    """

    game_id: str
    auth_body: bytes
    links: tuple[str, ...]
    room_id: str
    host_id: str
    host_name: str


class OpenLive:
    """One application's calls; every call signs anew."""

    def __init__(
        self, http: aiohttp.ClientSession, settings: BilibiliSettings, clock: Clock
    ) -> None:
        self._http = http
        self._base = str(settings.api_base).rstrip("/")
        self._keys = Keys(settings.access_key_id, settings.access_key_secret.get_secret_value())
        self._app_id = settings.app_id
        self._code = settings.code.get_secret_value()
        self._clock = clock

    async def start(self) -> Game:
        """Open a session. Raises :class:`PlatformError` or :class:`NoAnswerError`."""
        data = await self._call("start", {"code": self._code, "app_id": self._app_id})
        line, host = part(data, "websocket_info"), part(data, "anchor_info")
        links = tuple(texts(line, "wss_link"))
        if not links:
            raise NoAnswerError("start: no address in the answer")
        return Game(
            game_id=text(part(data, "game_info"), "game_id"),
            auth_body=text(line, "auth_body").encode(),
            links=links,
            room_id=text(host, "room_id"),
            host_id=text(host, "open_id"),
            host_name=text(host, "uname"),
        )

    async def heartbeat(self, game_id: str) -> None:
        """Keep a session open: every 20 s, or the platform ends it after about a minute."""
        await self._call("heartbeat", {"game_id": game_id})

    async def end(self, game_id: str) -> None:
        """Close a session; one that is over already counts as closed."""
        try:
            await self._call("end", {"app_id": self._app_id, "game_id": game_id})
        except PlatformError as error:
            if error.code not in SESSION_OVER:
                raise

    async def _call(self, verb: str, body: Mapping[str, Any]) -> Data:
        """One call; signed once more, a second later, when the stamp or nonce was refused."""
        try:
            return await self._once(verb, body)
        except PlatformError as error:
            if reaction(error.code) is not Reaction.RESIGN:
                raise
        await self._clock.sleep(_RESIGN_AFTER)  # a new second, or the new stamp equals the old
        return await self._once(verb, body)

    async def _once(self, verb: str, body: Mapping[str, Any]) -> Data:
        sent = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
        stamp = int(self._clock.now().timestamp())
        headers = signed_headers(self._keys, sent, str(uuid.uuid4()), stamp)
        url = f"{self._base}/v2/app/{verb}"
        try:
            async with self._http.post(url, data=sent, headers=headers, timeout=TIMEOUT) as answer:
                if answer.status != 200:
                    raise NoAnswerError(f"{verb}: HTTP {answer.status}")
                raw = await _bounded(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoAnswerError(f"{verb}: {error or type(error).__name__}") from error
        return _data(verb, raw)


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for piece in answer.content.iter_chunked(_STEP):
        raw += piece
        if len(raw) > _MAX_ANSWER:
            raise NoAnswerError("answer larger than 256 KiB")
    return bytes(raw)


def _data(verb: str, raw: bytes) -> Data:
    try:
        answer: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NoAnswerError(f"{verb}: the answer is not JSON") from error
    body = part({"answer": answer}, "answer")
    code = body.get("code")
    if not isinstance(code, int):
        raise NoAnswerError(f"{verb}: the answer has no code")
    if code != 0:
        raise PlatformError(code, text(body, "message"))
    return part(body, "data")
