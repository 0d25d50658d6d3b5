"""The app's callback: the shared vectors through HTTP, odd fields, and what doctor says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from babel.messages.pofile import read_po
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters._weixin.guard import Field
from adapters.wecom.wire import read
from core.adapter import Finding, Refused
from core.testing import START, Shop, open_shop
from tests.adapters.wechat.vectors import Row, account, name_of, rows
from tests.adapters.wecom.firm import firm, heard
from tests.standins.wecom_app import WeComApp

VERIFY = [r for r in rows("valid") if r["kind"] == "url_verify" and r["account"] == "corp"]
LOCALES = Path(__file__).parents[3] / "locales"


def channel(row: Row, **more: object) -> dict[str, object]:
    mine: dict[str, object] = {
        "adapter": "wecom",
        "corp_id": account(row)["receive_id"],
        "secret": "nobody-asks",
        "agent_id": 1,
        "token": account(row)["token"],
        "encoding_aes_key": account(row)["encoding_aes_key"],
        "api_base": "http://127.0.0.1:9",
        "max_age": 0,
    }
    return mine | more


async def ask(shop: Shop, method: str, query: dict[str, str], body: str = "") -> tuple[int, str]:
    url = f"{shop.app.server.url}/hooks/wecom"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, params=query, data=body.encode()) as response,
    ):
        return response.status, await response.text()


@pytest.mark.parametrize("row", VERIFY, ids=name_of)
async def test_the_console_gets_its_echo(row: Row) -> None:
    async with open_shop(channels={"wecom": channel(row)}) as shop:
        assert await ask(shop, "GET", row["query"]) == (200, row["expect_response_body"])
        assert await ask(shop, "GET", row["query"] | {"nonce": "1"}) == (403, "")


TEXTS = st.text(max_size=40)
FIELDS: st.SearchStrategy[Field] = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3)
)
KNOWN = st.sampled_from(
    [
        "MsgType", "Event", "ChangeType", "FromUserName", "CreateTime", "MemChangeList", "EventKey",
        "ChatId", "ExternalUserID", "UpdateDetail", "Location_X", "MemChangeCnt", "MsgId", "TaskId",
    ]
)  # fmt: skip
WORDS = st.sampled_from(
    ["event", "text", "location", "change_external_chat", "change_external_contact", "update",
     "add_member", "template_card_event", "sys", "1", "²"]
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KNOWN | TEXTS, WORDS | FIELDS, max_size=12))
def test_odd_fields_are_read_or_refused(fields: dict[str, Field]) -> None:
    try:
        message = read(fields, START)
    except Refused:
        return
    assert 0 < len(message.key) <= 200


async def test_a_type_nobody_knows_is_kept_whole() -> None:
    async with firm() as (shop, wecom):
        await wecom.writes("zhangsan", "x", MsgType="hologram")
        await wecom.pushes(FromUserName="sys", MsgType="event", Event="change_contact", Id="7")
        await shop.settle()
        kinds = [row.parts for row in await heard()]
        assert ["hologram" in kinds[0], "change_contact" in kinds[1]] == [True, True]


async def findings(shop: Shop) -> list[Finding]:
    line = shop.app.lines.get("wecom")
    assert line is not None
    found = list(await line.adapter.check())
    for locale in ("zh_CN", "en"):
        with (LOCALES / locale / "wecom.po").open("rb") as file:
            book = read_po(file, locale)
        for finding in found:
            message = book.get(finding.key)
            assert message, finding.key
            assert str(message.string).format(**finding.values)
    return found


async def test_doctor_says_what_is_well_and_what_is_not() -> None:
    async with firm() as (shop, wecom):
        assert [f.key for f in await findings(shop)] == ["wecom.app_ok", "wecom.contact_ok"]
        wecom.may_contact = False
        assert [f.key for f in await findings(shop)] == ["wecom.app_ok", "wecom.staff_only"]
        wecom.may_contact, wecom.members = True, []
        assert not (await findings(shop))[-1].ok
        for code, key in [(60020, "ip_not_trusted"), (48002, "no_permission"), (7, "api_error")]:
            wecom.fail("agent/get", code)
            assert [f.key for f in await findings(shop)] == [f"wecom.{key}"]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"secret": "other"}, "wrong_secret"),
        ({"corp_id": "wwOther"}, "wrong_corp_id"),
        ({"agent_id": 5}, "wrong_agent"),
        ({"api_base": "http://127.0.0.1:9"}, "unreachable"),
    ]
    for wrong, key in cases:
        wecom = WeComApp()
        await wecom.start()
        async with firm(wecom=wecom, **wrong) as (shop, _):
            assert [f.key for f in await findings(shop)] == [f"wecom.{key}"]
        await wecom.stop()
