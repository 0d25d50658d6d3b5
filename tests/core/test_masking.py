import re
from datetime import UTC, datetime
from typing import cast

import pytest
import structlog
from hypothesis import example, given
from hypothesis import strategies as st

from core.masking import mask, masking_processor

PHONES = st.integers(0, 7 * 10**9 - 1).map(lambda n: f"1{3 + n // 10**9}{n % 10**9:09}")
AROUND = st.text(max_size=15) | st.text("0123456789一三xX+-@.=: 路号", max_size=15)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我的电话13812345678谢谢", "我的电话138****5678谢谢"),
        ("138 1234-5678", "138****5678"),
        ("138.1234.5678", "138****5678"),
        ("一三八一二三四五六七八", "一三八****五六七八"),
        ("+8613812345678", "+****5678"),
        ("021-65432100", "021-****2100"),
        ("订单6994474605474270197", "订单****0197"),
        ("SF1627736039879", "SF****9879"),
        ("11010119900307001X", "****001X"),
        ("写信给 li.lei@example.com", "写信给 ***@example.com"),
        ("openid oABCD1234567890abcdefghijklm", "openid o***jklm"),
        ("浙江省杭州市西湖区文三路100号3栋201室", "浙江省杭州市西湖区***"),
        ("/cgi-bin/user?access_token=abc&lang=zh", "/cgi-bin/user?access_token=***&lang=zh"),
        ("Authorization: Bearer abc.def", "Authorization: ***"),
        ('{"password": "x y", "n": 1}', '{"password": ***, "n": 1}'),
        ("send?key=0a1b-2c", "send?key=***"),
    ],
)
def test_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21T20:00:00.123456Z",
        "2026-11-21 20:15:33",
        "192.168.100.200:8080",
        "走路3公里",
        "monkey=3",
        "200 in 35 ms",
        "一号链接三件",
    ],
)
def test_left_alone(text: str) -> None:
    assert mask(text) == text


@given(AROUND, PHONES, AROUND)
def test_no_phone_survives_in_any_text(before: str, phone: str, after: str) -> None:
    masked = mask(before + phone + after)
    assert phone not in masked
    assert not re.search(r"\d{9}", masked)


@given(PHONES, st.sampled_from(["", " ", "-", "_", "\u200b", " - "]))
def test_no_phone_survives_grouping(phone: str, gap: str) -> None:
    digits = re.sub(r"\D", "", mask(gap.join((phone[:3], phone[3:7], phone[7:]))))
    assert digits == phone[:3] + phone[7:] or gap == " - "


NESTED = st.recursive(
    PHONES | PHONES.map(int) | st.binary(max_size=3) | st.none() | st.booleans(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=5) | PHONES, inner, max_size=3)
    ),
    max_leaves=8,
)


@given(NESTED)
@example({"_": "13000000000"})  # only the log's own keys begin so, and only at the top
@example({"level": "13000000000"})
def test_no_phone_survives_in_any_structure(value: object) -> None:
    event = masking_processor(None, "info", {"event": "heard", "value": value})
    assert not re.search(r"1[3-9]\d{9}", repr(event))


def test_secrets_go_and_names_stay() -> None:
    when = datetime(2026, 11, 21, tzinfo=UTC)
    event = masking_processor(
        None,
        "info",
        {
            "event": "sent",
            "channel": "shop-13812345678",
            "message_id": 24523456789012345,
            "at": when,
            "wait_s": 0.5,
            "app_secret": "s",
            "accessToken": "t",
            "headers": {"Authorization": "Bearer x", "X-Api-Key": 1, "Set-Cookie": ["c"]},
            "monkey": "m",
        },
    )
    assert event == {
        "event": "sent",
        "channel": "shop-13812345678",
        "message_id": 24523456789012345,
        "at": when,
        "wait_s": 0.5,
        "app_secret": "***",
        "accessToken": "***",
        "headers": {"Authorization": "***", "X-Api-Key": "***", "Set-Cookie": "***"},
        "monkey": "m",
    }


def test_bounded_and_never_raising() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError("13812345678")

    deep: list[object] = []
    deep.append(deep)
    event = masking_processor(None, "info", {"deep": deep, "long": "a" * 99_999, "many": [0] * 999})
    assert len(str(event)) < 12_000
    assert masking_processor(None, "info", {"event": "x", "odd": Odd()}) == {
        "event": "log entry dropped by masking",
        "error": "RuntimeError",
    }


def test_works_inside_structlog() -> None:
    out: list[structlog.typing.EventDict] = []

    def keep(_: object, __: str, event: structlog.typing.EventDict) -> str:
        out.append(event)
        raise structlog.DropEvent

    bare_logger = structlog.wrap_logger(
        structlog.PrintLogger(), [structlog.processors.format_exc_info, masking_processor, keep]
    )
    log = cast("structlog.typing.FilteringBoundLogger", bare_logger)
    try:
        int("13812345678x")
    except ValueError:
        log.exception("failed", phone="13812345678")
    assert out[0]["phone"] == "138****5678"
    assert "ValueError" in out[0]["exception"]
    assert "13812345678" not in out[0]["exception"]
