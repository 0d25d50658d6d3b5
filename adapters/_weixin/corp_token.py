"""The access token of an app's secret: one owner, however many processes serve the shop.

``gettoken`` gives one token for each secret (page 91039). Who asks for it often is throttled, and a
new one may kill the old, so the processes share what the last of them was given: sealed with the
secret itself, in a note of the channel.
"""

from __future__ import annotations

import msgspec
import structlog

from adapters._weixin.access import AccessToken, ask_for_token
from adapters._weixin.client import ApiClient
from adapters._weixin.corp import CorpSettings
from adapters._weixin.errors import TROUBLE, NotSentError
from adapters._weixin.seal import Seal
from adapters._weixin.transport import Transport
from core.adapter import Channel

_log = structlog.stdlib.get_logger(__name__)
_NOTE = "token"
_LEAST = 300.0  # seconds that a shared token must have left


class _Kept(msgspec.Struct, frozen=True):
    token: str
    dies: float  # seconds since the epoch


class CorpToken(AccessToken):
    """Asks the platform alone (``doctor``), or with :attr:`shared` set for the whole shop."""

    def __init__(self, settings: CorpSettings, transport: Transport, channel: Channel) -> None:
        """Ask for nothing yet."""
        super().__init__(channel.clock)
        self._settings, self._transport, self._channel = settings, transport, channel
        self._seal = Seal(settings)
        self.shared = False

    async def ask(self, refused: str) -> tuple[str, float]:
        """What another process was given, or else what the platform gives."""
        if not self.shared:
            return await self._gettoken()
        try:
            async with self._channel.alone(_NOTE):
                kept = self._open(await self._channel.recall(_NOTE))
                left = kept.dies - self._channel.clock.now().timestamp()
                if kept.token != refused and left > _LEAST:
                    return kept.token, left
                token, lasts = await self._gettoken()
                await self._channel.remember(_NOTE, self._close(token, lasts))
                return token, lasts
        except TROUBLE:
            raise
        except Exception as error:  # noqa: BLE001 - the ledger: surely nothing was sent
            _log.warning("wecom.token_not_shared", channel=self._channel.name, exc_info=error)
            raise NotSentError("token-not-shared") from None

    async def _gettoken(self) -> tuple[str, float]:
        secret = self._settings.secret.get_secret_value()
        query = {"corpid": self._settings.corp_id, "corpsecret": secret}
        return await ask_for_token(self._transport, "/cgi-bin/gettoken", query)

    def _close(self, token: str, lasts: float) -> str:
        kept = _Kept(token, self._channel.clock.now().timestamp() + lasts)
        return self._seal.close(msgspec.json.encode(kept))

    def _open(self, note: str) -> _Kept:
        """The note; a dead token where there is none, or one of another secret."""
        kept = self._seal.open(note)
        return _Kept("", 0.0) if kept is None else msgspec.json.decode(kept, type=_Kept)


class CorpClient(ApiClient):
    """The outgoing side of one app."""

    def __init__(self, settings: CorpSettings, channel: Channel) -> None:
        """Nothing is open yet."""
        self.transport = Transport(settings.api_base)
        self.token = CorpToken(settings, self.transport, channel)
        super().__init__(self.transport, self.token)

    async def open_shop(self) -> None:
        """Open for a running shop: from now on its processes share the token."""
        self.token.shared = True
        await self.open()
