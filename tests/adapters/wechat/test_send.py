from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from pydantic import HttpUrl

from adapters._weixin.errors import UnsureError
from adapters._weixin.transport import Transport
from adapters.wechat.adapter import WeChatAdapter
from core.adapter import Outcome, Receipt
from core.clock import TestClock
from core.parts import Event, Image, Text
from tests.adapters.wechat.host import Line, adapter_for, outbound
from tests.standins.wechat import WeChat

HELLO = outbound(Text("在的，亲"))


def advance(line: Line, seconds: float) -> None:
    assert isinstance(line.clock, TestClock)
    line.clock.move_to(line.clock.now() + timedelta(seconds=seconds))


async def many(adapter: WeChatAdapter, count: int) -> list[Receipt]:
    return await asyncio.gather(
        *(adapter.send(outbound(Text(str(n)), to=f"o{n}")) for n in range(count))
    )


async def test_a_text_reaches_the_platform(adapter: WeChatAdapter, wechat: WeChat) -> None:
    assert await adapter.send(HELLO) == Receipt.accepted()
    (sent,) = wechat.sent
    assert (sent.openid, sent.text) == ("oUser", "在的，亲")


async def test_an_expired_token_under_200_sends_is_fetched_once(
    adapter: WeChatAdapter, wechat: WeChat
) -> None:
    for n in range(200):
        wechat.quotas.open(f"o{n}", "message")
    assert {r.outcome for r in await many(adapter, 200)} == {Outcome.ACCEPTED}
    assert wechat.calls["token"] == 1
    wechat.tokens.expire()
    assert {r.outcome for r in await many(adapter, 200)} == {Outcome.ACCEPTED}
    assert wechat.calls["token"] == 2


async def test_a_token_is_renewed_before_it_dies(
    adapter: WeChatAdapter, wechat: WeChat, line: Line
) -> None:
    await adapter.send(HELLO)
    advance(line, 6000)
    await adapter.send(HELLO)
    assert wechat.tokens.issued == 1
    advance(line, 1000)
    await adapter.send(HELLO)
    assert wechat.tokens.issued == 2
    assert wechat.calls["send"] == 3


@pytest.mark.parametrize("code", [40001, 40014, 41001, 42001])
async def test_a_refused_token_is_renewed_once(
    adapter: WeChatAdapter, wechat: WeChat, code: int
) -> None:
    wechat.fail("send", code)
    assert (await adapter.send(HELLO)).outcome is Outcome.ACCEPTED
    assert wechat.calls["send"] == 2


async def test_a_token_refused_for_ever_never_loops(adapter: WeChatAdapter, wechat: WeChat) -> None:
    wechat.fail("send", 40001, times=100)
    for _ in range(3):
        receipt = await adapter.send(HELLO)
        assert (receipt.outcome, receipt.retry_after) == (Outcome.RETRY, 60)
    assert wechat.calls["send"] == 6
    assert wechat.tokens.issued <= 2  # one forced renewal, not one a message
    assert wechat.calls["token"] <= 6


async def test_a_failing_token_is_asked_for_once_by_all_who_wait(
    adapter: WeChatAdapter, wechat: WeChat
) -> None:
    wechat.fail("token", 40164)
    receipts = await many(adapter, 20)
    assert {r.outcome for r in receipts} == {Outcome.FINAL}
    assert {r.reason for r in receipts} == {"40164:6f3a-40164"}
    assert (wechat.calls["token"], wechat.calls["send"]) == (1, 0)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (-1, Receipt(Outcome.RETRY)),
        (45011, Receipt(Outcome.RETRY, retry_after=60)),
        (45015, Receipt(Outcome.FINAL, closes_window=True)),
        (45047, Receipt(Outcome.FINAL, closes_window=True)),
        (40003, Receipt(Outcome.FINAL)),
        (43004, Receipt(Outcome.FINAL)),
        (45002, Receipt(Outcome.FINAL)),
        (48001, Receipt(Outcome.FINAL)),
        (12345, Receipt(Outcome.FINAL)),
    ],
)
async def test_the_error_table(
    adapter: WeChatAdapter, wechat: WeChat, code: int, wanted: Receipt
) -> None:
    wechat.fail("send", code)
    assert await adapter.send(HELLO) == replace(wanted, reason=f"{code}:6f3a-{code}")
    assert wechat.calls["send"] == 1


async def test_the_platforms_own_quota_closes_the_window(
    adapter: WeChatAdapter, wechat: WeChat
) -> None:
    receipts = [await adapter.send(HELLO) for _ in range(6)]
    assert [r.outcome for r in receipts] == [Outcome.ACCEPTED] * 5 + [Outcome.FINAL]
    assert receipts[-1].reason.startswith("45047")
    assert receipts[-1].closes_window
    stranger = await adapter.send(outbound(Text("嗨"), to="oStranger"))
    assert stranger.reason.startswith("45015")


async def test_a_lost_answer_is_unknown(adapter: WeChatAdapter, wechat: WeChat) -> None:
    wechat.drop("send")
    assert await adapter.send(HELLO) == Receipt(Outcome.UNKNOWN, "connection-lost")
    assert len(wechat.sent) == 1


@pytest.mark.parametrize("status", [500, 502, 404])
async def test_a_broken_gateway_is_unknown(
    adapter: WeChatAdapter, wechat: WeChat, status: int
) -> None:
    wechat.break_http("send", status)
    assert await adapter.send(HELLO) == Receipt(Outcome.UNKNOWN, f"http-{status}")


async def test_trouble_with_the_token_means_nothing_was_sent(
    adapter: WeChatAdapter, wechat: WeChat
) -> None:
    wechat.drop("token")
    assert await adapter.send(HELLO) == Receipt(Outcome.RETRY, "token-connection-lost")
    wechat.break_http("token", 502)
    assert await adapter.send(HELLO) == Receipt(Outcome.RETRY, "token-http-502")
    assert wechat.sent == []


async def test_an_unreachable_platform_is_tried_again(line: Line, wechat: WeChat) -> None:
    adapter = adapter_for(wechat.settings(api_base="http://127.0.0.1:9"), line)
    assert await adapter.send(HELLO) == Receipt(Outcome.RETRY, "closed")
    await adapter.start()
    assert await adapter.send(HELLO) == Receipt(Outcome.RETRY, "unreachable")
    await adapter.stop()


async def test_no_answer_in_time_is_unsure(wechat: WeChat) -> None:
    transport = Transport(HttpUrl(wechat.url), aiohttp.ClientTimeout(total=0.05))
    await transport.open()
    wechat.hang("callbackip")
    token, _ = wechat.tokens.current()
    with pytest.raises(UnsureError, match="timeout"):
        await transport.exchange("/cgi-bin/getcallbackip", {"access_token": token})
    await transport.close()


async def test_what_cannot_be_shown_is_not_sent(adapter: WeChatAdapter, wechat: WeChat) -> None:
    assert (await adapter.send(outbound(Event("typing")))).reason == "nothing-to-show"
    assert (await adapter.send(outbound(Image()))).reason == "nothing-to-show"
    assert wechat.sent == []


async def test_an_account_without_the_right_sends_nothing(line: Line, wechat: WeChat) -> None:
    adapter = adapter_for(wechat.settings(can_push=False), line)
    await adapter.start()
    assert adapter.capabilities.outlet == "passive"
    assert (await adapter.send(HELLO)).reason == "no-push"
    await adapter.typing("oUser")
    await adapter.stop()
    assert not wechat.calls


async def test_the_typing_mark_is_shown_and_its_errors_are_no_fault(
    adapter: WeChatAdapter, wechat: WeChat
) -> None:
    await adapter.typing("oUser")
    wechat.fail("typing", 45081)
    await adapter.typing("oUser")
    wechat.drop("typing")
    await adapter.typing("oUser")
    assert wechat.calls["typing"] == 3


async def test_secrets_are_in_no_log_and_no_repr(
    adapter: WeChatAdapter,
    wechat: WeChat,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    wechat.fail("send", 45009)
    wechat.drop("send")
    for _ in range(2):
        await adapter.send(HELLO)
    seen = caplog.text + "".join(capsys.readouterr()) + repr(adapter.settings)
    for secret in (wechat.app_secret, wechat.key, wechat.token, "access_token", "token-1-"):
        assert secret not in seen
