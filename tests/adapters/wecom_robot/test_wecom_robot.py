from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from pydantic import ValidationError

from adapters.wecom_robot.adapter import WeComRobotAdapter
from adapters.wecom_robot.settings import WeComRobotSettings
from core.adapter import Channel, Outcome, Receipt
from core.clock import TestClock
from core.message import ConversationKind, Outbound
from core.parts import AnyPart, Card, Image, Link, Text
from tests.standins.wecom_robot import WeComRobotStandIn

START = datetime(2026, 11, 21, tzinfo=UTC)
NO_CHANNEL = cast("Channel", None)  # a robot only sends: it asks nothing of the core


@pytest.fixture
async def wecom() -> AsyncIterator[WeComRobotStandIn]:
    async with WeComRobotStandIn(clock=TestClock(START)).run() as stand_in:
        yield stand_in


def robot(wecom: WeComRobotStandIn, **settings: Any) -> WeComRobotAdapter:
    known = {"webhook_key": wecom.key, "api_base": wecom.base, "timeout": 5.0}
    return WeComRobotAdapter(WeComRobotSettings.model_validate({**known, **settings}), NO_CHANNEL)


async def send(
    adapter: WeComRobotAdapter, *parts: AnyPart, mention: tuple[str, ...] = ()
) -> Receipt:
    message = Outbound(1, "k1", "group", ConversationKind.GROUP, "group", parts, mention=mention)
    await adapter.start()
    try:
        return await adapter.send(message)
    finally:
        await adapter.stop()


async def test_text_notifies_people_phones_and_everyone(wecom: WeComRobotStandIn) -> None:
    mention = ("zhang", "13800000000", "@all")
    receipt = await send(robot(wecom), Text("有投诉要处理"), mention=mention)

    assert receipt.outcome is Outcome.ACCEPTED
    assert wecom.posts == [
        {
            "msgtype": "text",
            "text": {
                "content": "有投诉要处理",
                "mentioned_list": ["zhang", "@all"],
                "mentioned_mobile_list": ["13800000000"],
            },
        }
    ]


async def test_markdown_calls_people_by_name(wecom: WeComRobotStandIn) -> None:
    await send(robot(wecom, format="markdown"), Text("**到货**"), mention=("zhang",))

    assert wecom.posts[0]["markdown"] == {"content": "**到货**\n<@zhang>"}


async def test_markdown_cannot_call_everyone_so_text_does(wecom: WeComRobotStandIn) -> None:
    await send(robot(wecom, format="markdown"), Text("开会"), mention=("@all",))

    assert wecom.posts[0]["msgtype"] == "text"


async def test_a_link_alone_is_a_preview_with_cut_words(wecom: WeComRobotStandIn) -> None:
    receipt = await send(robot(wecom), Link("https://a.example/1", "苹果" * 50, "脆甜" * 300))

    article = wecom.posts[0]["news"]["articles"][0]
    assert receipt.outcome is Outcome.ACCEPTED
    assert article["title"].endswith("…")
    assert len(article["title"].encode()) <= 128
    assert len(article["description"].encode()) <= 512


async def test_a_card_brings_its_picture(wecom: WeComRobotStandIn) -> None:
    data = {"image": "https://a.example/1.jpg"}
    await send(robot(wecom), Card("product", "苹果", "https://a.example/1", data))

    assert wecom.posts[0]["news"]["articles"][0]["picurl"] == "https://a.example/1.jpg"


async def test_a_link_beside_words_joins_them(wecom: WeComRobotStandIn) -> None:
    await send(robot(wecom), Text("今日团购"), Link("https://a.example/1", "苹果"))

    assert wecom.posts[0]["text"]["content"] == "今日团购\n苹果 https://a.example/1"


async def test_a_picture_is_fetched_and_posted(wecom: WeComRobotStandIn) -> None:
    receipt = await send(robot(wecom), Image(url=f"{wecom.base}/picture"))

    assert receipt.outcome is Outcome.ACCEPTED
    assert wecom.posts[0]["msgtype"] == "image"


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"GIF89a", "image-type"), (b"\xff\xd8\xff" + bytes(2 * 1024**2), "image-too-big")],
)
async def test_an_unfit_picture_is_final(
    wecom: WeComRobotStandIn, data: bytes, reason: str
) -> None:
    wecom.picture = data

    receipt = await send(robot(wecom), Image(url=f"{wecom.base}/picture"))

    assert receipt == Receipt(Outcome.FINAL, reason)
    assert wecom.calls == 0


async def test_pictures_without_or_behind_a_dead_address(wecom: WeComRobotStandIn) -> None:
    dead = await send(robot(wecom), Image(url="http://127.0.0.1:1/x.png"))
    missing = await send(robot(wecom), Image(url=f"{wecom.base}/none.png"))
    without = await send(robot(wecom), Image(media_id="m"))

    assert dead == Receipt(Outcome.RETRY, "image-unreachable")
    assert missing == Receipt(Outcome.FINAL, "image-404")
    assert without == Receipt(Outcome.FINAL, "image-without-address")


async def test_the_limit_counts_bytes(wecom: WeComRobotStandIn) -> None:
    fits = await send(robot(wecom), Text("好" * 682 + "ab"))
    too_long = await send(robot(wecom), Text("好" * 683))

    assert fits.outcome is Outcome.ACCEPTED
    assert too_long == Receipt(Outcome.FINAL, "too-long")
    assert wecom.calls == 1


async def test_the_21st_post_of_a_minute_waits(wecom: WeComRobotStandIn) -> None:
    adapter = robot(wecom)
    early = [await send(adapter, Text(f"{n}")) for n in range(20)]
    late = await send(adapter, Text("20"))

    assert {r.outcome for r in early} == {Outcome.ACCEPTED}
    assert late == Receipt(Outcome.RETRY, "45009", retry_after=60.0)
    assert adapter.capabilities.rate == (20, 60.0)


@pytest.mark.parametrize(
    ("behaviour", "outcome", "reason"),
    [
        (93000, Outcome.FINAL, "93000"),
        (93004, Outcome.FINAL, "93004"),
        (40058, Outcome.FINAL, "40058"),
        (45033, Outcome.RETRY, "45033"),
        (-1, Outcome.RETRY, "-1"),
        ("error", Outcome.UNKNOWN, "http-502"),
        ("garbage", Outcome.UNKNOWN, "unreadable"),
        ("drop", Outcome.UNKNOWN, "no-answer"),
    ],
)
async def test_answers_become_receipts(
    wecom: WeComRobotStandIn, behaviour: str | int, outcome: Outcome, reason: str
) -> None:
    wecom.behaviour = behaviour

    receipt = await send(robot(wecom), Text("hi"))

    assert (receipt.outcome, receipt.reason) == (outcome, reason)
    assert len(wecom.posts) == (behaviour == "drop")  # recorded, and nobody knows


async def test_no_answer_in_time_is_unknown(wecom: WeComRobotStandIn) -> None:
    wecom.behaviour = "hang"

    receipt = await send(robot(wecom, timeout=0.2), Text("hi"))

    assert receipt == Receipt(Outcome.UNKNOWN, "no-answer")


async def test_nobody_there_may_be_tried_again(wecom: WeComRobotStandIn) -> None:
    adapter = robot(wecom, api_base="http://127.0.0.1:1")

    receipt = await send(adapter, Text("hi"))
    (finding,) = await adapter.check()

    assert receipt == Receipt(Outcome.RETRY, "unreachable")
    assert not finding.ok


async def test_a_wrong_key_is_final_and_never_shown(wecom: WeComRobotStandIn) -> None:
    adapter = robot(wecom, webhook_key="wrong-secret")

    receipt = await send(adapter, Text("hi"))
    (finding,) = await adapter.check()

    assert receipt == Receipt(Outcome.FINAL, "93000")
    assert finding.ok
    assert "wrong-secret" not in f"{receipt} {finding} {adapter.settings!r}"


@pytest.mark.parametrize("base", ["ftp://x", "https://x/", "https://x?key=1"])
def test_a_strange_base_is_refused(base: str) -> None:
    with pytest.raises(ValidationError):
        WeComRobotSettings(webhook_key="k", api_base=base)  # type: ignore[arg-type]
