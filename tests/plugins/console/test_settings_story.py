"""Settings and sentences at the desk: seen, changed while the shop is open, taken back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, TypeVar

import pytest
import pytest_asyncio

from plugins.console.models import AuditLine
from plugins.faq.face import FaqSettings
from plugins.groups.settings import DAYS
from tests.plugins.console.desk import PASSWORD, PLUGINS, Office, Person, Refused, open_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
SETTINGS = {
    "plugins": {
        "faq": {"encoder": "none", "embeddings": {"key": "sk-very-secret"}},
        "handoff": {"policy": "manual"},
        "console": {"sla": {"first_minutes": 10}},
        "groups": {"groups": {"moms": {"channel": "shop", "conversation": "moms"}}, "quiet": None},
    }
}
T = TypeVar("T")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(settings=SETTINGS, plugins=(*PLUGINS, "faq")) as office:
        await office.hires("wang", "supervisor")
        await office.hires("li", "agent")
        yield office


async def enters(office: Office, login: str) -> Person:
    person = office.person(login, PASSWORD)
    await person.signs_in()
    return person


async def shown(who: Person, plugin: str, key: str) -> dict[str, Any]:
    sections = (await who.gets("/settings"))["items"]
    (section,) = (one for one in sections if one["name"] == plugin)
    (setting,) = (one for one in section["items"] if one["key"] == key)
    return setting


def held(office: Office, model: type[T]) -> T:
    return office.shop.app.registry.services[model]


async def test_a_setting_is_changed_holds_at_once_and_goes_back_to_the_file(
    office: Office,
) -> None:
    wang = await enters(office, "wang")
    before = await shown(wang, "faq", "help_page")
    assert (before["value"], before["live"], before["kind"]) == (False, True, "switch")
    assert await help_page(wang) == 404
    await wang.puts("/settings/faq/help_page", value=True)
    assert await help_page(wang) == 200
    changes = AuditLine.filter(act="setting-changed", about="faq.help_page").order_by("-id")
    line = await changes.first()
    assert line is not None
    assert (line.about, line.data) == ("faq.help_page", {"value": True})
    changed = await shown(wang, "faq", "help_page")
    assert (changed["value"], changed["original"], changed["by"]) == (True, False, "wang")
    await wang.asks("DELETE", "/settings/faq/help_page")
    assert await help_page(wang) == 404
    with pytest.raises(Refused, match="not-found"):
        await wang.asks("DELETE", "/settings/faq/help_page")


async def help_page(who: Person) -> int:
    async with who.browser.get(f"{who.shop.app.server.url}/help") as response:
        return response.status


async def test_what_cannot_be_is_refused_in_the_words_of_the_file_and_secrets_stay_hidden(
    office: Office,
) -> None:
    wang, li = await enters(office, "wang"), await enters(office, "li")
    candidates = await shown(wang, "faq", "candidates")
    assert (candidates["kind"], candidates["least"], candidates["most"]) == ("integer", 1, 5)
    with pytest.raises(Refused) as refused:
        await wang.puts("/settings/faq/precision", value=2)
    words = "plugins.faq.precision = 2：不能大于 0.99"
    assert refused.value.error["fields"] == {"value": words}
    assert held(office, FaqSettings).precision == FaqSettings().precision
    for key in ("encoder", "nowhere", "embeddings.key"):
        with pytest.raises(Refused, match="not-found"):
            await wang.puts(f"/settings/faq/{key}", value="none")
    with pytest.raises(Refused, match="not-allowed"):
        await li.gets("/settings")
    seen = str(await wang.gets("/settings"))
    assert "sk-very-secret" not in seen
    assert "'name': 'database'" in seen


async def test_the_shop_greets_in_its_own_words_and_keeps_its_braces(office: Office) -> None:
    wang = await enters(office, "wang")
    (hello,) = (await wang.gets("/sentences", q="faq.hello"))["items"]
    assert hello["by"] == ""
    await wang.puts("/sentences/zh_CN/faq.hello", text="宝子来啦，想看点什么？")
    lan = office.shop.customer("Lan")
    await lan.says("你好")
    lan.hears("宝子来啦")
    (own,) = (await wang.gets("/sentences", own="true"))["items"]
    assert (own["by"], own["original"]) == ("wang", hello["text"])
    for broken in ("还有{stock}件", "还有{", "{0.__class__}", "{name:zzz}"):
        with pytest.raises(Refused, match="bad-braces"):
            await wang.puts("/sentences/zh_CN/faq.hello", text=broken)
    for staffs in ("console.error.csrf", "handoff.cli_name"):  # no customer hears these
        with pytest.raises(Refused, match="not-found"):
            await wang.puts(f"/sentences/zh_CN/{staffs}", text="x")
    await wang.asks("DELETE", "/sentences/zh_CN/faq.hello")
    ann = office.shop.customer("Ann")
    await ann.says("你好")
    ann.hears(hello["text"])


async def test_a_weekly_post_that_is_moved_at_the_desk_goes_out_at_its_new_hour_only(
    office: Office,
) -> None:
    shop, zhou = office.shop, await office.opens("zhou", "community")
    (section,) = (await zhou.gets("/settings"))["items"]
    editable = [(one["key"], one["kind"]) for one in section["items"] if one["live"]]
    assert (section["name"], editable) == ("groups", [("slots", "slots")])
    first, moved = (in_shop_time(office, hours) for hours in (2, 3))
    recipe = {"name": "recipes", "groups": ["moms"], "text": "今晚辅食教程：南瓜米糊"}
    for unfit, words in (
        ({**recipe, **first, "groups": ["dads"]}, "dads"),
        ({**recipe, **first, "text": "全网最低价"}, "最低价"),
        ({**recipe, **first, "text": "", "file": "settings.toml"}, "settings.toml"),
    ):
        with pytest.raises(Refused) as refused:
            await zhou.puts("/settings/groups/slots", value=[unfit])
        assert words in refused.value.error["fields"]["value"]
    with pytest.raises(Refused, match="not-found"):
        await zhou.puts("/settings/groups/per_day", value=9)
    await zhou.puts("/settings/groups/slots", value=[{**recipe, **first}])
    await zhou.puts("/settings/groups/slots", value=[{**recipe, **moved}])
    await shop.advance(hours=2)
    assert shop.posts("moms") == []
    await shop.advance(hours=1)
    assert shop.posts("moms") == ["今晚辅食教程：南瓜米糊"]
    await zhou.signs_in()
    await zhou.asks("DELETE", "/settings/groups/slots")
    await shop.advance(days=7)
    assert len(shop.posts("moms")) == 1
    acts = [line.act for line in await AuditLine.filter(about="groups.slots").order_by("id")]
    assert acts == ["setting-changed", "setting-changed", "setting-reset"]


def in_shop_time(office: Office, hours: int) -> dict[str, str]:
    at = office.shop.clock.now() + timedelta(hours=hours)
    local = at.astimezone(office.shop.app.texts.zone)
    return {"day": DAYS[local.weekday()], "time": f"{local:%H:%M:%S}"}


async def test_every_setting_that_may_change_now_exists(office: Office) -> None:
    for plugin in office.shop.app.registry.plugins:
        for key in plugin.live:
            assert key.partition(".")[0] in plugin.settings.model_fields, (plugin.name, key)
