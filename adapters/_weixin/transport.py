"""One exchange with the platform's API, and an honest word on whether it may have happened."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import aiohttp
import msgspec
from pydantic import HttpUrl

from adapters._weixin.errors import NotSentError, UnsureError
from core.adapter import Media

# Seconds. The platform answers in well under one; ten without an answer is an unknown outcome.
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_FILE_TIMEOUT = aiohttp.ClientTimeout(total=60, connect=5)
_BUSY_STATUS = 429
_MAX_ANSWER = 64 * 1024  # bytes of JSON where a file was asked for
_MAX_FILE = 20 << 20  # the largest file of a customer is a video of 10 MB


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be handed over instead of JSON; one on disk is read while it is sent."""

    name: str
    data: bytes | Path
    content_type: str

    def form(self) -> aiohttp.FormData:
        """As the platform wants it: a form with the field ``media``."""
        form = aiohttp.FormData()
        data = self.data.open("rb") if isinstance(self.data, Path) else self.data
        form.add_field("media", data, filename=self.name, content_type=self.content_type)
        return form


Body = Mapping[str, Any] | Upload | None
_JSON = {"Content-Type": "application/json; charset=utf-8"}


class Transport:
    """A session bound to ``api_base``. Never logs an address: the token is part of it."""

    def __init__(self, api_base: HttpUrl, timeout: aiohttp.ClientTimeout = _TIMEOUT) -> None:
        """Open nothing yet; :meth:`open` does."""
        self._base = str(api_base).rstrip("/")
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self.told = ""  # the platform's own time, as its last answer gave it

    @property
    def is_open(self) -> bool:
        """Whether there is a session."""
        return self._session is not None

    async def open(self) -> None:
        """Make the session, unless it is there."""
        self._session = self._session or aiohttp.ClientSession(timeout=self._timeout)

    async def close(self) -> None:
        """Close the session, if there is one."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def exchange(
        self, path: str, query: Mapping[str, str], body: Body = None
    ) -> dict[str, Any]:
        """GET, or POST when there is a ``body``; the decoded answer.

        Chinese goes out as UTF-8: the platform shows escaped characters literally.
        Raise :class:`NotSentError` or :class:`UnsureError`.
        """
        if self._session is None:
            raise NotSentError("closed")
        try:
            async with self._session.request(
                "GET" if body is None else "POST",
                self._base + path,
                params=query,
                data=_encoded(body),
                headers=None if isinstance(body, Upload) else _JSON,
                allow_redirects=False,
            ) as response:
                self.told = response.headers.get("Date", "")
                return _answer(response.status, await response.read())
        # "from None" throughout: aiohttp's messages may carry the address and so the token.
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NotSentError("unreachable") from None
        except TimeoutError:
            raise UnsureError("timeout") from None
        except aiohttp.ClientError:
            raise UnsureError("connection-lost") from None

    @asynccontextmanager
    async def download(
        self, path: str, query: Mapping[str, str]
    ) -> AsyncGenerator[Media | dict[str, Any], None]:
        """A file while it arrives, or the JSON that the platform gave instead of one.

        Raise :class:`NotSentError`; so do the chunks.
        """
        if self._session is None:
            raise NotSentError("closed")
        try:
            async with self._session.get(
                self._base + path, params=query, allow_redirects=False, timeout=_FILE_TIMEOUT
            ) as response:
                if response.status != 200:
                    raise NotSentError(f"http-{response.status}")
                if response.content_type in {"application/json", "text/plain"}:
                    yield _answer(response.status, await response.content.read(_MAX_ANSWER))
                    return
                named = response.content_disposition
                name = named.filename if named and named.filename else ""
                yield Media(name, response.content_type, _pieces(response))
        except (aiohttp.ClientError, TimeoutError):  # what may carry the address is not handed on
            raise NotSentError("connection-lost") from None


async def _pieces(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    seen = 0
    async for piece in response.content.iter_chunked(1 << 16):
        seen += len(piece)
        if seen > _MAX_FILE:
            raise NotSentError("too-large")
        yield piece


def _encoded(body: Body) -> bytes | aiohttp.FormData | None:
    if isinstance(body, Upload):
        return body.form()
    return None if body is None else msgspec.json.encode(body)


def _answer(status: int, body: bytes) -> dict[str, Any]:
    """The platform says everything with status 200; another one comes from something between."""
    if status == _BUSY_STATUS:
        raise NotSentError("http-429")
    if status != 200:
        raise UnsureError(f"http-{status}")
    try:
        answer: object = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UnsureError("not-json") from None
    if not isinstance(answer, dict):
        raise UnsureError("not-json")
    return cast("dict[str, Any]", answer)
