"""What ``xiaoer doctor`` says about customer service in WeCom."""

from __future__ import annotations

import re
from typing import Any

from adapters._weixin.client import ApiClient
from adapters._weixin.errors import ApiError, NotSentError, UnsureError
from adapters.wecom_kf.settings import WeComKfSettings
from core.adapter import Finding

_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:]{2,}")
_MOST = 100  # accounts of one answer
# Codes that a shop can mend itself, with the sentence that says how (page 90313).
MENDABLE = {
    40001: "wecom_kf.wrong_secret",
    40013: "wecom_kf.wrong_corp_id",
    48002: "wecom_kf.no_permission",
    60011: "wecom_kf.outside_range",
    60020: "wecom_kf.ip_not_trusted",
    95011: "wecom_kf.wrong_mode",
    95012: "wecom_kf.wrong_mode",
    95017: "wecom_kf.api_switched_off",
}


async def findings(settings: WeComKfSettings, client: ApiClient) -> list[Finding]:
    """Whether the app may call the accounts, which there are, and who could take over."""
    picture = settings.link_picture
    if picture and not picture.is_file():
        return [Finding(ok=False, key="wecom_kf.no_picture", values={"file": str(picture)})]
    try:
        body = {"offset": 0, "limit": _MOST}
        answer = await client.call("/cgi-bin/kf/account/list", body)
        accounts = {a["open_kfid"]: a.get("name", "") for a in answer.get("account_list") or ()}
        found = [Finding(ok=True, key="wecom_kf.token_ok"), *_accounts(settings, accounts)]
        if settings.handoff == "desk":
            return [*found, Finding(ok=True, key="wecom_kf.desk")]
        served = settings.accounts or tuple(accounts)
        return [*found, *[await _people(client, a) for a in served if a in accounts]]
    except ApiError as no:
        key = MENDABLE.get(no.code, "wecom_kf.api_error")
        address = _IP.search(no.words)
        values = {"code": no.code, "ip": address[0] if address else "?"}
        return [Finding(ok=False, key=key, values=values)]
    except (NotSentError, UnsureError) as trouble:
        values = {"host": settings.api_base.host or "", "reason": str(trouble)}
        return [Finding(ok=False, key="wecom_kf.unreachable", values=values)]


def _accounts(settings: WeComKfSettings, known: dict[str, str]) -> list[Finding]:
    if not known:
        return [Finding(ok=False, key="wecom_kf.no_account")]
    strange = [account for account in settings.accounts if account not in known]
    if strange:
        named = ", ".join(f"{name} ({account})" for account, name in known.items())
        values = {"account": ", ".join(strange), "known": named}
        return [Finding(ok=False, key="wecom_kf.unknown_account", values=values)]
    served = settings.accounts or tuple(known)
    named = ", ".join(f"{known[account]} ({account})" for account in served)
    return [Finding(ok=True, key="wecom_kf.accounts", values={"accounts": named})]


async def _people(client: ApiClient, account: str) -> Finding:
    answer: dict[str, Any] = await client.call(f"/cgi-bin/kf/servicer/list?open_kfid={account}")
    number = len(answer.get("servicer_list") or ())
    key = "wecom_kf.servicers" if number else "wecom_kf.no_servicer"
    return Finding(ok=bool(number), key=key, values={"account": account, "number": number})
