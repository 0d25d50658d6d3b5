"""The webhook in three modes, played by the platform with another implementation of the cipher."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.clock import TestClock
from core.parts import Event
from tests.adapters.wechat.host import Line, hosted, say
from tests.standins.wechat import WeChat

MODES = pytest.mark.parametrize("mode", ["plain", "compatible", "safe"])
SEALED = pytest.mark.parametrize("mode", ["compatible", "safe"])


@MODES
async def test_a_message_is_answered_in_its_own_request(
    mode: str, wechat: WeChat, line: Line
) -> None:
    wechat.mode = mode
    async with hosted(wechat.settings(), line, say("在的]]>，亲")) as host:
        wechat.hook = host.url
        delivery = await wechat.push_text("oUser", "在吗")
    assert delivery.text == "在的]]>，亲"
    assert delivery.reply
    assert delivery.reply["ToUserName"] == "oUser"
    assert delivery.reply["FromUserName"] == wechat.original_id
    assert [message.text for message in line.accepted] == ["在吗"]


@MODES
async def test_an_event_without_an_answer_is_acknowledged_in_plain(
    mode: str, wechat: WeChat, line: Line
) -> None:
    wechat.mode = mode
    async with hosted(wechat.settings(), line) as host:
        wechat.hook = host.url
        delivery = await wechat.push_event("oUser", "CLICK", "MENU_ORDER")
    assert [answer.body for answer in delivery.answers] == ["success"]
    assert line.accepted[0].event == Event("click", "MENU_ORDER")


async def test_an_answer_that_cannot_be_shown_is_an_acknowledgement(
    wechat: WeChat, line: Line
) -> None:
    async with hosted(wechat.settings(), line, lambda _: [Event("typing")]) as host:
        wechat.hook = host.url
        delivery = await wechat.push_text("oUser", "在吗")
    assert delivery.answers[0].body == "success"


@MODES
async def test_the_console_verifies_the_address_in_plain(
    mode: str, wechat: WeChat, line: Line
) -> None:
    wechat.mode = mode
    async with hosted(wechat.settings(), line) as host:
        wechat.hook = host.url
        assert (await wechat.verify("4375120948345356249")).body == "4375120948345356249"
        for wrong in ({"signature": "0" * 40}, {"nonce": "1"}, {"timestamp": "1"}):
            answer = await wechat.verify(**wrong)
            assert (answer.status, answer.body) == (403, "")


async def test_after_a_key_change_the_answer_uses_the_key_of_the_question(
    wechat: WeChat, line: Line
) -> None:
    changed = {"encoding_aes_key": "b" * 43, "previous_encoding_aes_key": wechat.key}
    async with hosted(wechat.settings(**changed), line, say("好")) as host:
        wechat.hook = host.url
        assert (await wechat.push_text("oUser", "旧钥匙")).text == "好"
        wechat.key = "b" * 43
        assert (await wechat.push_text("oUser", "新钥匙")).text == "好"
        wechat.key = "c" * 43
        assert (await wechat.push_text("oUser", "别的钥匙")).unavailable


@SEALED
async def test_a_body_that_goes_around_the_cipher_is_refused(
    mode: str, wechat: WeChat, line: Line
) -> None:
    wechat.mode = "plain"
    async with hosted(wechat.settings(mode=mode), line) as host:
        wechat.hook = host.url
        assert (await wechat.push_text("oUser", "明文")).answers[0].status == 403
    assert line.refused == ["not-encrypted"]


async def test_only_the_sealed_copy_counts_in_compatible_mode(wechat: WeChat, line: Line) -> None:
    wechat.mode = "compatible"
    async with hosted(wechat.settings(), line) as host:
        wechat.hook = host.url
        query, body = wechat.sign(wechat.message("oUser", "text", Content="真"))
        await wechat.post(query, body.replace("真", "假"))
    assert line.accepted[0].text == "真"


async def test_a_plain_channel_says_that_the_console_encrypts(wechat: WeChat, line: Line) -> None:
    async with hosted(wechat.settings(mode="plain"), line) as host:
        wechat.hook = host.url
        assert (await wechat.push_text("oUser", "密文")).answers[0].status == 403
    assert line.refused == ["encrypted-but-mode-is-plain"]


@MODES
async def test_a_request_stays_fresh_for_max_age(mode: str, wechat: WeChat, line: Line) -> None:
    assert isinstance(line.clock, TestClock)
    wechat.mode = mode
    async with hosted(wechat.settings(max_age=600), line) as host:
        wechat.hook = host.url
        request = wechat.sign(wechat.message("oUser", "text", Content="在吗"))
        statuses: list[int] = []
        for seconds in (0, 600, 1):
            line.clock.move_to(line.clock.now() + timedelta(seconds=seconds))
            statuses.append((await wechat.post(*request)).status)
    assert statuses == [200, 200, 403]
    assert line.refused == ["stale"]


async def test_a_message_for_another_account_is_not_dispatched(wechat: WeChat, line: Line) -> None:
    async with hosted(wechat.settings(original_id="gh_other"), line) as host:
        wechat.hook = host.url
        assert (await wechat.push_text("oUser", "在吗")).answers[0].body == ""
    assert line.accepted == []
    assert line.refused == ["other-account"]
