"""The outgoing side of an official account."""

from __future__ import annotations

from adapters._weixin.client import ApiClient
from adapters._weixin.transport import Transport
from adapters.wechat.access import StableToken
from adapters.wechat.settings import WeChatSettings
from core.clock import Clock


def client_of(settings: WeChatSettings, clock: Clock) -> ApiClient:
    """The client of one account; nothing is open yet."""
    transport = Transport(settings.api_base)
    return ApiClient(transport, StableToken(settings, transport, clock))
