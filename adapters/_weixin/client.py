"""Calls of the platform's API with the access token: refreshed once, retried once, never more."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from adapters._weixin.access import AccessToken
from adapters._weixin.errors import TOKEN_CODES, ApiError, code_of, raise_for
from adapters._weixin.transport import Body, Transport
from core.adapter import Media


class ApiClient:
    """The outgoing side of one account."""

    def __init__(self, transport: Transport, access: AccessToken) -> None:
        """Open nothing yet; :meth:`open` does."""
        self._transport = transport
        self._access = access

    async def open(self) -> None:
        """Make the session; asking again is harmless."""
        await self._transport.open()

    async def close(self) -> None:
        """Close the session."""
        await self._access.close()
        await self._transport.close()

    @property
    def told(self) -> str:
        """The platform's own time, as the header ``Date`` of its last answer gave it."""
        return self._transport.told

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None, None]:
        """Open for one question, and closed after it if it was closed before."""
        was_open = self._transport.is_open
        await self.open()
        try:
            yield
        finally:
            if not was_open:
                await self.close()

    async def call(self, path: str, body: Body = None) -> dict[str, Any]:
        """The platform's answer to a POST of ``body``, or to a GET without one.

        Raises:
            ApiError: it said no; nothing was done.
            NotSentError: it was not reached; nothing was done.
            UnsureError: nobody knows whether it was done.
        """
        token = await self._access.get()
        try:
            return await self._ask(path, body, token)
        except ApiError as trouble:
            if trouble.code not in TOKEN_CODES:
                raise
        return await self._ask(path, body, await self._access.renew(token))

    @asynccontextmanager
    async def download(self, path: str) -> AsyncGenerator[Media | dict[str, Any], None]:
        """A file of the platform's, streamed; a mapping where it only says where the file is.

        Raises :class:`ApiError` and :class:`NotSentError`, also while the chunks are read.
        """
        token = await self._access.get()
        for attempt in (1, 2):
            async with self._transport.download(path, {"access_token": token}) as found:
                code = 0 if isinstance(found, Media) else code_of(found)
                if code not in TOKEN_CODES or attempt == 2:
                    if not isinstance(found, Media):
                        raise_for(found)
                    yield found
                    return
            token = await self._access.renew(token)

    async def _ask(self, path: str, body: Body, token: str) -> dict[str, Any]:
        answer = await self._transport.exchange(path, {"access_token": token}, body)
        raise_for(answer)
        return answer
