"""An access token: one request at a time however many need it, renewed before it dies."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from adapters._weixin.errors import NotSentError, UnsureError, raise_for
from adapters._weixin.transport import Transport
from core.clock import Clock

_MARGIN = 300.0  # seconds left at which a token is renewed


class AccessToken(ABC):
    """The token of one secret."""

    def __init__(self, clock: Clock) -> None:
        """Ask for nothing yet."""
        self._clock = clock
        self._token = ""
        self._dies = 0.0
        self._refused = ""
        self._flight: asyncio.Task[str] | None = None

    @abstractmethod
    async def ask(self, refused: str) -> tuple[str, float]:
        """A token from the platform and its life in seconds; ``refused`` is known to be dead.

        Raises what :class:`~adapters._weixin.transport.Transport` raises, but never that the
        outcome is unsure: a token may be unsure, the message that wants it was certainly not sent.
        """

    async def get(self) -> str:
        """A token with more than five minutes to live, or what the platform gives."""
        if self._token and self._dies - self._clock.monotonic() > _MARGIN:
            return self._token
        return await self._shared()

    async def renew(self, refused: str) -> str:
        """The token to use after the platform refused ``refused``.

        Somebody else may have renewed it meanwhile; then nothing is asked.
        """
        if self._token == refused:
            self._token, self._refused = "", refused
        return await self.get()

    async def close(self) -> None:
        """Wait for no answer any more."""
        if self._flight and not self._flight.done():
            self._flight.cancel()
            await asyncio.gather(self._flight, return_exceptions=True)

    async def _shared(self) -> str:
        """All who need a token while one is asked for share its outcome, good or bad."""
        if self._flight is None or self._flight.done():
            self._flight = asyncio.create_task(self._fetch())
        # The shield: one caller's cancellation must not take the token from the others.
        return await asyncio.shield(self._flight)

    async def _fetch(self) -> str:
        token, lasts = await self.ask(self._refused)
        self._token, self._dies = token, self._clock.monotonic() + lasts
        return token


async def ask_for_token(
    transport: Transport, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None
) -> tuple[str, float]:
    """Ask for a token and read the answer; an unsure outcome becomes "not sent"."""
    try:
        answer = await transport.exchange(path, query, body)
    except UnsureError as trouble:  # the token is unsure, the message was certainly not sent
        raise NotSentError(f"token-{trouble}") from None
    raise_for(answer)
    token, lasts = answer.get("access_token"), answer.get("expires_in")
    if not isinstance(token, str) or not isinstance(lasts, int):
        raise NotSentError("token-missing")
    return token, float(lasts)
