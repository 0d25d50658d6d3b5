"""``xiaoer wechat`` as a person types it, with the platform on the other side."""

from __future__ import annotations

import asyncio
import json
import tomllib
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from adapters.wechat.menu import outline
from adapters.wechat.settings import WeChatSettings
from core.cli.root import build
from core.cli.tongue import locale, texts
from core.clock import SystemClock
from core.testing import open_shop
from tests.standins.toml import document
from tests.standins.wechat import WeChat

MENU: list[dict[str, Any]] = tomllib.loads("""
menu = [
    { name = "我的订单", key = "orders" },
    { name = "服务", items = [
        { name = "人工客服", key = "person" },
        { name = "官网", url = "https://shop.cn" },
        { name = "扫一扫", kind = "scancode_waitmsg", key = "scan" },
        { name = "小程序", app_id = "wx1", path = "pages/i", url = "https://shop.cn/m" },
        { name = "说明书", kind = "media_id", key = "m-1" },
    ] },
]
""")["menu"]
Types = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def wechat() -> AsyncGenerator[WeChat]:
    platform = WeChat()
    await platform.start()
    yield platform
    await platform.stop()


@pytest.fixture
def types(wechat: WeChat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Types:
    """Type a command in the shop's folder; exit code and what was printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XIAOER_LANG", "en")
    locale.cache_clear()
    texts.cache_clear()

    async def typed(*words: str, **changes: object) -> tuple[int, str]:
        channel = {"adapter": "wechat", **wechat.settings(menu=MENU), **changes}
        database = {"url": f"sqlite://{tmp_path}/shop.db", "synchronous": "normal"}
        table: dict[str, Any] = {"data": tmp_path, "database": database}
        table |= {"plugins": {"enabled": []}, "channels": {"oa": channel}}
        (tmp_path / "settings.toml").write_text(document(table))

        def work() -> tuple[int, str]:
            ended = CliRunner().invoke(build(words), list(words))
            problem = ended.exception
            said = "" if problem is None or isinstance(problem, SystemExit) else str(problem)
            return ended.exit_code, ended.output + said

        return await asyncio.to_thread(work)

    return typed


async def test_the_menu_is_compared_pushed_and_shown(types: Types, wechat: WeChat) -> None:
    assert await types("wechat", "menu", "show") == (
        0,
        "There is no menu yet. Write menu into the settings, then xiaoer wechat menu push\n",
    )
    code, plan = await types("wechat", "menu", "diff")
    assert (code, wechat.desk.menu) == (1, None)
    assert "+ 我的订单  [click orders]" in plan
    assert "+   小程序  [miniprogram wx1 pages/i https://shop.cn/m]" in plan
    code, said = await types("wechat", "menu", "push")
    assert code == 0
    assert "within 24 hours" in said
    assert wechat.desk.menu
    assert wechat.desk.menu["button"][1]["sub_button"][4] == {
        "type": "media_id",
        "name": "说明书",
        "media_id": "m-1",
    }
    assert (await types("wechat", "menu", "diff"))[0] == 0
    before = wechat.calls["menu"]
    assert "what the settings say" in (await types("wechat", "menu", "push"))[1]
    assert wechat.calls["menu"] == before + 1  # it only looked
    code, plan = await types("wechat", "menu", "diff", menu=[{"name": "我的订单", "key": "mine"}])
    assert "- 我的订单  [click orders]" in plan
    assert "+ 我的订单  [click mine]" in plan


@pytest.mark.parametrize(
    "menu",
    [
        [{"name": "一二三四五六", "key": "k"}],  # 18 bytes
        [{"name": "a", "key": "k"}] * 4,
        [{"name": "a", "items": [{"name": "b", "key": "k"}] * 6}],
        [{"name": "a", "key": "k" * 129}],
        [{"name": "a"}],
        [{"name": "a", "app_id": "wx1", "path": "p"}],
        [{"name": "", "key": "k"}],
        [{"name": "a", "items": [{"name": "b", "items": [{"name": "c", "key": "k"}]}]}],
    ],
)
def test_a_menu_the_platform_would_refuse_stops_the_start(menu: list[dict[str, Any]]) -> None:
    with pytest.raises(ValidationError):
        WeChatSettings.model_validate({"token": "abc", "mode": "plain", "menu": menu})


def test_a_strange_answer_has_no_outline() -> None:
    for odd in (None, "x", {"list": 1}, [1, "a"], [{"name": "a", "sub_button": 7}]):
        assert len(list(outline(odd))) <= 1


async def test_a_code_remembers_its_source(types: Types, wechat: WeChat) -> None:
    code, said = await types("wechat", "qr", "live-7", "--days", "7")
    assert code == 0
    assert "showqrcode?ticket=ticket%2B1%2Ft" in said
    assert (await types("wechat", "qr", "shop-door", "--forever"))[0] == 0
    first, second = wechat.desk.codes.values()
    assert (first["action_name"], first["expire_seconds"]) == ("QR_STR_SCENE", 7 * 86400)
    assert second["action_name"] == "QR_LIMIT_STR_SCENE"
    assert second["action_info"] == {"scene": {"scene_str": "shop-door"}}
    code, said = await types("wechat", "qr", "x" * 65)
    assert (code, "1 to 64" in said) == (1, True)


async def test_followers_their_sources_tags_and_files(
    types: Types, wechat: WeChat, tmp_path: Path
) -> None:
    picture = b"\xff\xd8\xff" + bytes(100)
    channel = {"adapter": "wechat", **wechat.settings()}
    async with open_shop(channels={"oa": channel}, folder=tmp_path) as shop:
        wechat.clock, wechat.hook = shop.clock, f"{shop.app.server.url}/hooks/oa"
        for openid, scene in (("o1", "live-7"), ("o2", "live-7"), ("o3", "door"), ("o4", "")):
            await wechat.push_event(openid, "subscribe", f"qrscene_{scene}" if scene else "")
        media = wechat.desk.keep("image", picture)
        await wechat.deliver(wechat.message("o1", "image", MediaId=media, PicUrl="http://x/"))
        await shop.settle()
        number = (await shop.conversation("o1", "oa")).id
    code, said = await types("wechat", "sources", "--json")
    rows = [json.loads(line) for line in said.splitlines()]
    assert rows == [{"source": "live-7", "contacts": 2}, {"source": "door", "contacts": 1}]
    assert (await types("wechat", "tag", str(number), "老客户"))[0] == 0
    assert wechat.desk.tagged["o1"] == {100}
    assert "老客户" in (await types("wechat", "tags"))[1]
    wechat.desk.people["o1"] = {"subscribe_scene": "ADD_SCENE_QR_CODE", "remark": ""}
    facts = json.loads((await types("wechat", "user", str(number)))[1])
    assert (facts["tagid_list"], facts["subscribe_scene"]) == ([100], "ADD_SCENE_QR_CODE")
    assert "nickname" not in facts  # the platform sends it empty
    assert (await types("wechat", "tag", str(number), "老客户", "--remove"))[0] == 0
    assert wechat.desk.tagged["o1"] == set()
    code, said = await types("wechat", "tag", str(number), "没有", "--remove")
    assert (code, "no tag" in said) == (1, True)
    assert (await types("wechat", "media", "5", "a.jpg"))[0] == 0
    assert (tmp_path / "a.jpg").read_bytes() == picture
    assert "no picture" in (await types("wechat", "media", "1", "b.jpg"))[1]
    assert (await types("wechat", "notice", str(number), "p", "已发出", "order=A1"))[0] == 0
    ledger = (await types("ledger", "list", "--json"))[1]
    assert json.loads(ledger.splitlines()[-1])["text"] == "已发出"


async def test_a_mass_message_is_looked_at_sent_once_and_counted(
    types: Types, wechat: WeChat, tmp_path: Path
) -> None:
    channel = {"adapter": "wechat", **wechat.settings()}
    async with open_shop(channels={"oa": channel}, folder=tmp_path) as shop:
        wechat.clock, wechat.hook = shop.clock, f"{shop.app.server.url}/hooks/oa"
        for openid in ("o1", "o2"):
            await wechat.push_event(openid, "subscribe", "qrscene_live-7")
        await shop.settle()
        number = (await shop.conversation("o1", "oa")).id
    wechat.clock = SystemClock()
    mass, tonight = ("wechat", "mass"), "今晚直播"
    wechat.mass.drafts["d1"] = "秋冬新品"
    drafts = json.loads((await types(*mass, "drafts", "--json"))[1])
    assert drafts == {"title": "秋冬新品", "media_id": "d1"}
    assert "No mass message yet" in (await types(*mass, "status"))[1]
    assert (await types(*mass, "preview", str(number), tonight))[0] == 0
    assert (await types(*mass, "preview", "boss-wx", "--article", "d1"))[0] == 0
    shown = wechat.mass.previews
    assert (shown[0]["touser"], shown[1]["towxname"]) == ("o1", "boss-wx")
    assert "exactly one" in (await types(*mass, "send", tonight))[1]
    assert "exactly one" in (await types(*mass, "send", "--all"))[1]
    assert "a list has 2" in (await types(*mass, "send", tonight, "--source", "door"))[1]
    code, said = await types(*mass, "send", tonight, "--source", "live-7")  # nobody says yes
    assert (code, "To: 2" in said, "Used 0 of the 4" in said) == (1, True, True)
    surely = (*mass, "send", tonight, "--source", "live-7", "--yes")
    assert (await types(*surely))[0] == 0
    assert "same today" in (await types(*surely))[1]
    today = datetime.now(UTC)
    async with open_shop(channels={"oa": channel}, folder=tmp_path, start=today) as shop:
        await shop.settle()
    (sent,) = wechat.mass.posts
    assert (sent.text, sent.payload["touser"]) == (tonight, ["o1", "o2"])
    row = json.loads((await types(*mass, "status", "--json"))[1])
    assert (row["audience"], row["state"]) == ("a list of 2", "WeChat is sending it")
    async with open_shop(channels={"oa": channel}, folder=tmp_path, start=today) as shop:
        wechat.clock, wechat.hook = shop.clock, f"{shop.app.server.url}/hooks/oa"
        await wechat.finish_mass(sent.msg_id, sent=1, missed=1)
    row = json.loads((await types(*mass, "status", "--json"))[1])
    assert (row["state"], row["reached"], row["missed"]) == ("finished", 1, 1)
    once = {"account": "subscription"}
    said = (await types(*mass, "send", "又一条", "--source", "live-7", "--yes", **once))[1]
    assert "Today's 1 mass messages are used up" in said


async def test_the_link_of_a_one_time_subscription(
    types: Types, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = {"template_id": "T", "kind": "once", "title": "开播", "fields": {"content": "{what}"}}
    plain: dict[str, Any] = {"template_id": "T", "fields": {}}
    forms = {"live.start": once, "order.shipped": plain}
    asked = ("wechat", "subscribe", "live.start")
    assert "public_url" in (await types(*asked, notices=forms))[1]
    monkeypatch.setenv("XIAOER__SERVER__PUBLIC_URL", "https://bot.shop.cn")
    code, said = await types(*asked, notices=forms)
    assert (code, "redirect_url=https%3A%2F%2Fbot.shop.cn%2Fchat%2Foa%2Fsubscribed" in said) == (
        0,
        True,
    )
    assert "no notice order.shipped" in (await types(*asked[:2], "order.shipped", notices=forms))[1]


async def test_what_the_platform_refuses_is_said_in_words(types: Types, wechat: WeChat) -> None:
    wechat.fail("menu", 48001)
    code, said = await types("wechat", "menu", "show")
    assert (code, "48001" in said, "rid: 6f3a-48001" in said) == (1, True, True)
    assert "Cannot reach" in (await types("wechat", "tags", api_base="http://127.0.0.1:9"))[1]
    assert "app_secret" in (await types("wechat", "tags", app_secret=""))[1]
    assert "--channel" in (await types("wechat", "tags", "--channel", "other"))[1]
    assert "no conversation 99" in (await types("wechat", "user", "99"))[1]
