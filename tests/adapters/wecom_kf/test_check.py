"""What ``xiaoer doctor`` finds, and that it can say so in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from pydantic import ValidationError

from adapters.wecom_kf.settings import WeComKfSettings
from core.adapter import Finding
from core.testing import Shop
from tests.adapters.wecom_kf.town import town
from tests.standins.wecom import WeCom

LOCALES = Path(__file__).parents[3] / "locales"
GOOD = WeCom().settings(api_base="http://127.0.0.1:9")


async def findings(shop: Shop) -> list[Finding]:
    line = shop.app.lines.get("kf")
    assert line is not None
    found = list(await line.adapter.check())
    for locale in ("zh_CN", "en"):
        for finding in found:
            assert sentence(locale, finding.key).format(**finding.values)
    return found


def sentence(locale: str, key: str) -> str:
    with (LOCALES / locale / "wecom_kf.po").open("rb") as file:
        message = read_po(file, locale).get(key)
    assert message, key
    return str(message.string)


async def test_all_is_well() -> None:
    async with town() as (shop, _):
        found = await findings(shop)
    assert [finding.key.removeprefix("wecom_kf.") for finding in found] == [
        "token_ok",
        "accounts",
        "servicers",
    ]
    assert all(finding.ok for finding in found)


async def test_nobody_to_take_over_is_named() -> None:
    async with town() as (shop, wecom):
        wecom.servicers = {}
        last = (await findings(shop))[-1]
        assert (last.ok, last.key) == (False, "wecom_kf.no_servicer")
    async with town(handoff="desk") as (shop, _):
        assert (await findings(shop))[-1].key == "wecom_kf.desk"


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (40013, "wrong_corp_id"),
        (48002, "no_permission"),
        (60011, "outside_range"),
        (60020, "ip_not_trusted"),
        (95011, "wrong_mode"),
        (95012, "wrong_mode"),
        (95017, "api_switched_off"),
        (45009, "api_error"),
    ],
)
async def test_a_refusal_is_named(code: int, key: str) -> None:
    async with town() as (shop, wecom):
        wecom.fail("account/list", code)
        (finding,) = await findings(shop)
    assert (finding.ok, finding.key) == (False, f"wecom_kf.{key}")
    assert finding.values["ip"] == "203.0.113.7"


async def test_wrong_settings_are_named() -> None:
    async with town(secret="other") as (shop, _):
        assert (await findings(shop))[0].key == "wecom_kf.wrong_secret"
    async with town(corp_id="wwOther") as (shop, _):
        assert (await findings(shop))[0].key == "wecom_kf.wrong_corp_id"
    async with town(accounts=["wkOther"]) as (shop, _):
        assert (await findings(shop))[-1].key == "wecom_kf.unknown_account"


async def test_a_picture_that_is_gone_is_named() -> None:
    async with town(link_picture="nowhere.png") as (shop, _):
        (finding,) = await findings(shop)
    assert (finding.ok, finding.key) == (False, "wecom_kf.no_picture")


async def test_an_unreachable_platform_is_named() -> None:
    async with town(api_base="http://127.0.0.1:9") as (shop, _):
        (finding,) = await findings(shop)
    assert (finding.key, finding.values["host"]) == ("wecom_kf.unreachable", "127.0.0.1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"corp_id": ""},
        {"corp_id": "has space"},
        {"secret": ""},
        {"token": ""},
        {"encoding_aes_key": "short"},
        {"accounts": ["a/b"]},
        {"handoff": "nobody"},
        {"poll_minutes": 0},
        {"tokn": "x"},
    ],
)
def test_wrong_settings_are_refused_at_start(wrong: dict[str, object]) -> None:
    assert WeComKfSettings.model_validate(GOOD)
    with pytest.raises(ValidationError):
        WeComKfSettings.model_validate(GOOD | wrong)
