"""Calls of the iLink API. There is no written manual: this follows the reference client 2.4.9."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from typing import Any, cast

import aiohttp
import msgspec
from pydantic import HttpUrl, SecretStr

_VERSION = (2, 4, 9)  # of the reference client
_BASE_INFO = {"channel_version": ".".join(map(str, _VERSION)), "bot_agent": "xiaoer"}
SECONDS = 10.0
POLL_SECONDS = 45.0  # the platform holds a poll for about 35
STALE = -14
TOO_MUCH = -2  # too often, a context that is too old, or a text that is too long: one code for all


class NotSentError(Exception):
    """The request never left, or was turned away unread."""


class UnsureError(Exception):
    """Nobody knows whether it arrived."""


class SaidNoError(Exception):
    """The platform answered and said no, with HTTP 200 as always."""

    def __init__(self, code: int) -> None:
        """``code`` is ``ret``, or ``errcode`` where that is 0."""
        super().__init__(str(code))
        self.code = code


TROUBLE = (NotSentError, UnsureError, SaidNoError)
Trouble = NotSentError | UnsureError | SaidNoError


class Client:
    """A session that proves us by the bot's token; nothing of it is ever logged."""

    def __init__(self, api_base: HttpUrl | str, token: SecretStr | None) -> None:
        """Open nothing yet. Without a ``token`` only the login is possible."""
        self._base, self._token = str(api_base).rstrip("/"), token
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the session, unless it is there."""
        self._session = self._session or aiohttp.ClientSession()

    async def close(self) -> None:
        """Close it, if there is one."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def post(
        self, path: str, body: Mapping[str, Any], seconds: float = SECONDS
    ) -> dict[str, Any]:
        """The answer to a call; raises one of :data:`TROUBLE`, and :class:`TimeoutError`."""
        return await self._ask("POST", path, {**body, "base_info": _BASE_INFO}, seconds)

    async def get(self, path: str, seconds: float = POLL_SECONDS) -> dict[str, Any]:
        """The same for a question."""
        return await self._ask("GET", path, None, seconds)

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, seconds: float
    ) -> dict[str, Any]:
        if self._session is None:
            raise NotSentError("closed")
        try:
            async with self._session.request(
                method,
                f"{self._base}/{path}",
                data=None if body is None else msgspec.json.encode(body),
                headers=self._headers(),
                timeout=aiohttp.ClientTimeout(total=seconds, connect=5),
                allow_redirects=False,
            ) as response:
                return _answer(response.status, await response.read())
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotSentError("unreachable") from None
        except aiohttp.ClientError:
            raise UnsureError("connection-lost") from None

    def _headers(self) -> dict[str, str]:
        major, minor, patch = _VERSION
        number = str(secrets.randbelow(2**32)).encode()  # a new one for each request
        headers = {
            "Content-Type": "application/json",
            "X-WECHAT-UIN": base64.b64encode(number).decode(),
            "iLink-App-Id": "bot",
            "iLink-App-ClientVersion": str(major << 16 | minor << 8 | patch),
        }
        if self._token is not None:
            headers["AuthorizationType"] = "ilink_bot_token"
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        return headers


def _answer(status: int, body: bytes) -> dict[str, Any]:
    if status in {401, 403, 429}:
        raise NotSentError(f"http-{status}")
    if status != 200:
        raise UnsureError(f"http-{status}")
    try:
        answer: object = msgspec.json.decode(body)  # ids have 64 bits: no floats on the way
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UnsureError("not-json") from None
    if not isinstance(answer, dict):
        raise UnsureError("not-json")
    told = cast("dict[str, Any]", answer)
    for name in ("ret", "errcode"):
        if code := told.get(name):
            raise SaidNoError(code if isinstance(code, int) else -1)
    return told
