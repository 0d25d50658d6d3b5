"""The outgoing side of the app: ``gettoken`` gives one token for each secret (page 91039)."""

from __future__ import annotations

from adapters._weixin.access import AccessToken, ask_for_token
from adapters._weixin.client import ApiClient
from adapters._weixin.transport import Transport
from adapters.wecom_kf.settings import WeComKfSettings
from core.clock import Clock


class CorpToken(AccessToken):
    """The token of the app's secret. The platform throttles who asks for it often."""

    def __init__(self, settings: WeComKfSettings, transport: Transport, clock: Clock) -> None:
        """Ask for nothing yet."""
        super().__init__(clock)
        self._settings = settings
        self._transport = transport

    async def ask(self, refused: str) -> tuple[str, float]:
        """What the platform gives; it alone decides whether that is a new one."""
        secret = self._settings.secret.get_secret_value()
        query = {"corpid": self._settings.corp_id, "corpsecret": secret}
        return await ask_for_token(self._transport, "/cgi-bin/gettoken", query)


def client_of(settings: WeComKfSettings, clock: Clock) -> ApiClient:
    """The client of one app; nothing is open yet."""
    transport = Transport(settings.api_base)
    return ApiClient(transport, CorpToken(settings, transport, clock))
