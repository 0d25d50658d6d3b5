"""The access token of an official account.

``stable_token`` hands out the same token while it is valid, so several owners do not kill each
other's; ``force_refresh`` is limited to 20 a day ("Get stable access token").
"""

from __future__ import annotations

from adapters._weixin.access import AccessToken, ask_for_token
from adapters._weixin.transport import Transport
from adapters.wechat.settings import WeChatSettings
from core.clock import Clock

_FORCE_EVERY = 4500.0  # seconds: 20 a day would be one in 4,320


class StableToken(AccessToken):
    """The token of one account."""

    def __init__(self, settings: WeChatSettings, transport: Transport, clock: Clock) -> None:
        """Ask for nothing yet."""
        super().__init__(clock)
        self._settings = settings
        self._transport = transport
        self._forced: float | None = None

    async def ask(self, refused: str) -> tuple[str, float]:
        """The platform's token; by force where it hands out the refused one again."""
        token, lasts = await self._ask(force=False)
        if token == refused and self._may_force():
            return await self._ask(force=True)
        return token, lasts

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
        return await ask_for_token(self._transport, "/cgi-bin/stable_token", {}, body)
