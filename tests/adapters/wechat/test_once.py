"""One-time subscriptions: the link, the page after it, and one notice for one consent."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientSession
from pydantic import ValidationError

from adapters.wechat import once
from adapters.wechat.notice import NoticeForm
from adapters.wechat.settings import WeChatSettings
from core.parts import Notice
from core.store.models import Message
from tests.adapters.wechat.test_house import street
from tests.adapters.wechat.test_notice import tell

FORM = {
    "template_id": "once-1",
    "kind": "once",
    "scene": 7,
    "title": "开播提醒",
    "fields": {"content": "{what}"},
    "url": "https://shop.cn/live",
}
LIVE = Notice("live.start", "直播开始了：秋冬新品", {"what": "秋冬新品"})


async def test_a_consent_is_good_for_one_notice() -> None:
    async with street(notices={"live.start": FORM}) as (shop, wechat):
        held = await tell(shop, LIVE, "live:1")
        assert (held.state, held.error) == ("queued", "held: 43101:6f3a-43101")
        wechat.desk.consents["oUser", "7"] = 2  # the person agreed twice: still one message
        for key, state in (("live:2", "sent"), ("live:3", "queued")):
            assert (await tell(shop, LIVE, key)).state == state
        (notice,) = wechat.desk.notices
        assert notice.payload == {
            "touser": "oUser",
            "template_id": "once-1",
            "scene": "7",
            "title": "开播提醒",
            "data": {"content": {"value": "秋冬新品"}},
            "url": "https://shop.cn/live",
        }
        assert await Message.filter(direction="out", state="queued").count() == 2


async def test_the_link_leads_to_wechat_and_back_to_a_page_that_only_it_opens() -> None:
    async with street(notices={"live.start": FORM}) as (shop, _), ClientSession() as browser:
        line = shop.app.lines.get("oa")
        assert line is not None
        back = f"{shop.app.server.url}/chat/oa/{once.BACK}"
        url = once.link(NoticeForm.model_validate(FORM), "wx1", back, line.secret("once"))
        assert url.endswith("#wechat_redirect")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["action"], asked["scene"], asked["redirect_url"]) == (
            "get_confirm",
            "7",
            back,
        )
        said = {"scene": "7", "template_id": "once-1", "reserved": asked["reserved"]}
        for action, words in (("confirm", "订好了"), ("cancel", "不通知")):
            async with browser.get(back, params={**said, "action": action}) as page:
                assert words in await page.text()
        for other in ({"reserved": "forged"}, {"scene": "8"}):
            async with browser.get(back, params={**said, **other}) as page:
                assert page.status == 404
        async with browser.get(f"{shop.app.server.url}/chat/oa") as page:
            assert page.status == 404
        assert await Message.all().count() == 0


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"title": "字" * 16}, {"scene": 10_001}, {"fields": {"thing1": "{what}"}}],
)
def test_a_form_that_the_platform_would_refuse_stops_the_start(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        NoticeForm.model_validate({**FORM, **change})


def test_two_purposes_of_one_scene_stop_the_start() -> None:
    with pytest.raises(ValidationError, match="different scenes"):
        WeChatSettings.model_validate(
            {"token": "abc", "mode": "plain", "notices": {"a": FORM, "b": FORM}}
        )
