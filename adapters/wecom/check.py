"""What ``xiaoer doctor`` says about a self-built app in WeCom."""

from __future__ import annotations

import re

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import ApiError, NotSentError, UnsureError
from adapters.wecom.settings import WeComSettings
from core.adapter import Finding

_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]{2,}")
# Codes that a shop can mend itself, with the sentence that says how (page 90313).
MENDABLE = {
    40001: "wecom.wrong_secret",
    40013: "wecom.wrong_corp_id",
    40056: "wecom.wrong_agent",
    301002: "wecom.wrong_agent",
    48002: "wecom.no_permission",
    60011: "wecom.outside_range",
    60020: "wecom.ip_not_trusted",
    84074: "wecom.no_contact_permission",
}
_AGENT = "/cgi-bin/agent/get?agentid={id}"
_FOLLOWERS = "/cgi-bin/externalcontact/get_follow_user_list"


async def findings(settings: WeComSettings, client: ApiClient) -> list[Finding]:
    """Whether the app may speak to members, and whether it may make posts to customer groups."""
    try:
        agent = await client.call(_AGENT.format(id=settings.agent_id))
        found = [Finding(ok=True, key="wecom.app_ok", values={"name": agent.get("name", "")})]
    except (ApiError, NotSentError, UnsureError) as trouble:
        return [_trouble(settings, trouble)]
    try:
        members = (await client.call(_FOLLOWERS)).get("follow_user") or ()
    except ApiError as no:
        if no.code not in {48002, 84074}:
            return [*found, _trouble(settings, no)]
        return [*found, Finding(ok=True, key="wecom.staff_only")]
    except (NotSentError, UnsureError) as trouble:
        return [*found, _trouble(settings, trouble)]
    key = "wecom.contact_ok" if members else "wecom.nobody_in_contact"
    return [*found, Finding(ok=bool(members), key=key, values={"number": len(members)})]


def _trouble(settings: WeComSettings, trouble: Exception) -> Finding:
    if isinstance(trouble, ApiError):
        address = _IP.search(trouble.words)
        values = {"code": trouble.code, "ip": address[0] if address else "?"}
        key = MENDABLE.get(trouble.code, "wecom.api_error")
        return Finding(ok=False, key=key, values=values)
    values = {"host": settings.api_base.host or "", "reason": str(trouble)}
    return Finding(ok=False, key="wecom.unreachable", values=values)
