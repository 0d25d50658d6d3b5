"""One-time subscription messages (一次性订阅消息): the link that asks, and the page after it.

A person who agrees may be told one thing, following or not, whenever it happens; agreeing again
under the same scene before that adds nothing ("One-time subscription messages"). The platform
keeps the consents: what comes back to our page proves nothing about who opened it, so nothing is
remembered of it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from adapters.wechat.notice import NoticeForm

_ASK = "https://mp.weixin.qq.com/mp/subscribemsg"
BACK = "subscribed"  # the page's name below /chat/<channel>
_PAGE = """<!doctype html><html lang="zh-CN"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{words}</title>
<body style="font:18px system-ui;margin:30vh 2em;text-align:center">{words}</body></html>
"""


def link(form: NoticeForm, app_id: str, back: str, secret: str) -> str:
    """Where a person agrees; to be opened inside WeChat. ``back``: our page, as the web sees it.

    The host of ``back`` must be registered with the account (业务域名).
    """
    asked = {
        "action": "get_confirm",
        "appid": app_id,
        "scene": str(form.scene),
        "template_id": form.template_id,
        "redirect_url": back,
        "reserved": _sign(form, secret),
    }
    return f"{_ASK}?{urlencode(asked)}#wechat_redirect"


def answer(
    query: Mapping[str, str], forms: Mapping[str, NoticeForm], secret: str
) -> tuple[str, bool] | None:
    """For which purpose somebody said yes or no; ``None`` for what no link of ours led to."""
    for purpose, form in forms.items():
        ours = form.kind == "once" and query.get("scene") == str(form.scene)
        sign = query.get("reserved", "").encode()
        if ours and hmac.compare_digest(_sign(form, secret).encode(), sign):
            return purpose, query.get("action") == "confirm"
    return None


def page(words: str) -> str:
    """What the person sees then."""
    return _PAGE.format(words=escape(words))


def _sign(form: NoticeForm, secret: str) -> str:
    """At most 128 of ``[a-zA-Z0-9]``."""
    said = f"{form.scene}:{form.template_id}".encode()
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()[:32]
