from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from adapters.wechat import check
from core.adapter import Finding
from tests.adapters.wechat.host import Line, adapter_for
from tests.standins.wechat import WeChat

LOCALES = Path(__file__).parents[3] / "locales"


async def last_finding(wechat: WeChat, line: Line, **settings: object) -> Finding:
    adapter = adapter_for(wechat.settings(**settings), line)
    found = await adapter.check()
    for locale in ("zh_CN", "en"):
        for finding in found:
            assert sentence(locale, finding.key).format(**finding.values)
    return found[-1]


def sentence(locale: str, key: str) -> str:
    with (LOCALES / locale / "wechat.po").open("rb") as file:
        message = read_po(file, locale).get(key)
    assert message, key
    return str(message.string)


async def test_all_is_well(wechat: WeChat, line: Line) -> None:
    assert await last_finding(wechat, line) == Finding(ok=True, key="wechat.token_ok")


async def test_a_passive_account_asks_nothing(wechat: WeChat, line: Line) -> None:
    assert (await last_finding(wechat, line, can_push=False)).key == "wechat.passive_only"
    assert not wechat.calls


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (40164, "wechat.ip_not_listed"),
        (89503, "wechat.ip_to_confirm"),
        (89506, "wechat.ip_refused"),
        (48001, "wechat.no_permission"),
        (45009, "wechat.api_error"),
    ],
)
async def test_a_refusal_is_named(wechat: WeChat, line: Line, code: int, key: str) -> None:
    wechat.fail("token", code)
    finding = await last_finding(wechat, line)
    assert (finding.ok, finding.key) == (False, key)


async def test_wrong_credentials_are_named(wechat: WeChat, line: Line) -> None:
    assert (await last_finding(wechat, line, app_secret="other")).key == "wechat.wrong_secret"
    assert (await last_finding(wechat, line, app_id="wxother")).key == "wechat.wrong_app_id"


async def test_an_unreachable_platform_is_named(wechat: WeChat, line: Line) -> None:
    finding = await last_finding(wechat, line, api_base="http://127.0.0.1:9")
    assert finding.key == "wechat.unreachable"
    assert finding.values["host"] == "127.0.0.1"


def test_every_sentence_exists_in_both_languages() -> None:
    keys = {*check.MENDABLE.values(), "wechat.mode_plain", "wechat.mode_compatible"}
    for key in keys:
        assert sentence("zh_CN", key) != sentence("en", key)
