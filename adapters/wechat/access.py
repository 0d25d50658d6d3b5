"""The access token: one owner, one request at a time, renewed before it dies.

``stable_token`` hands out the same token while it is valid, so several owners do not kill each
other's; ``force_refresh`` is limited to 20 a day ("Get stable access token").
"""

from __future__ import annotations

import asyncio

from adapters.wechat.errors import NotSentError, UnsureError, raise_for
from adapters.wechat.settings import WeChatSettings
from adapters.wechat.transport import Transport
from core.clock import Clock

_MARGIN = 300.0  # seconds left at which a token is renewed
_FORCE_EVERY = 4500.0  # seconds: 20 a day would be one in 4,320


class AccessToken:
    """The token of one account."""

    def __init__(self, settings: WeChatSettings, transport: Transport, clock: Clock) -> None:
        """Ask for nothing yet."""
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._token = ""
        self._dies = 0.0
        self._refused = ""
        self._forced: float | None = None
        self._flight: asyncio.Task[str] | None = None

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
        token, lasts = await self._ask(force=False)
        if token == self._refused and self._may_force():
            token, lasts = await self._ask(force=True)
        self._token, self._dies = token, self._clock.monotonic() + lasts
        return token

    def _may_force(self) -> bool:
        """Whether the last forced renewal is long enough ago; if so, this is the next one."""
        now = self._clock.monotonic()
        if self._forced is not None and now - self._forced < _FORCE_EVERY:
            return False
        self._forced = now
        return True

    async def _ask(self, *, force: bool) -> tuple[str, float]:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret.get_secret_value(),
            "force_refresh": force,
        }
        try:
            answer = await self._transport.exchange("/cgi-bin/stable_token", {}, body)
        except UnsureError as trouble:  # the token is unsure, the message was certainly not sent
            raise NotSentError(f"token-{trouble}") from None
        raise_for(answer)
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts, int):
            raise NotSentError("token-missing")
        return token, float(lasts)
