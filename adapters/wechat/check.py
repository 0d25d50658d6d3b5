"""What ``xiaoer doctor`` says about an official account."""

from __future__ import annotations

import re

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import ApiError, NotSentError, UnsureError
from adapters.wechat.settings import WeChatSettings
from core.adapter import Finding

_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]{2,}")
_NO_RIGHT = 48001
# Codes that a shop can mend itself, with the sentence that says how.
MENDABLE = {
    40001: "wechat.wrong_secret",
    40013: "wechat.wrong_app_id",
    40125: "wechat.wrong_secret",
    40164: "wechat.ip_not_listed",
    _NO_RIGHT: "wechat.no_permission",
    89501: "wechat.ip_to_confirm",
    89503: "wechat.ip_to_confirm",
    89506: "wechat.ip_refused",
    89507: "wechat.ip_refused",
}


async def findings(settings: WeChatSettings, client: ApiClient) -> list[Finding]:
    """The settings first, then whether the platform takes our credentials."""
    found = [Finding(ok=True, key=f"wechat.mode_{settings.mode}")]
    if not settings.pushes:
        return [*found, Finding(ok=True, key="wechat.passive_only")]
    if not settings.has_secret:
        return [*found, Finding(ok=False, key="wechat.no_secret")]
    return [*found, await _reach(settings, client)]


async def _reach(settings: WeChatSettings, client: ApiClient) -> Finding:
    """Ask for the platform's own addresses, then for a right; neither changes anything."""
    try:
        await client.call("/cgi-bin/getcallbackip")
        await _may_send(client)
    except ApiError as no:
        key = MENDABLE.get(no.code, "wechat.api_error")
        address = _IP.search(no.words)
        values = {"code": no.code, "rid": no.rid, "ip": address[0] if address else "?"}
        return Finding(ok=False, key=key, values=values)
    except (NotSentError, UnsureError) as trouble:
        values = {"host": settings.api_base.host or "", "reason": str(trouble)}
        return Finding(ok=False, key="wechat.unreachable", values=values)
    return Finding(ok=True, key="wechat.token_ok")


async def _may_send(client: ApiClient) -> None:
    """Raise where the account has no customer-service messages; the platform minds nobody else."""
    try:
        await client.call("/cgi-bin/message/custom/typing", {"touser": "-", "command": "Typing"})
    except ApiError as no:
        if no.code == _NO_RIGHT:
            raise
