from __future__ import annotations

import gzip
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters._weixin.guard import MAX_BODY, decode, parse, text
from adapters.wechat.wire import read
from core.adapter import Refused
from core.message import Inbound
from tests.adapters.wechat.host import NOW, Line, adapter_for, hosted
from tests.standins.wechat import WeChat

HEAD = "<FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"


def letter(inner: str) -> str:
    return f"<xml>{HEAD}<MsgType>text</MsgType>{inner}</xml>"


def take(body: bytes) -> Inbound | None:
    return read(parse(decode(body)), NOW)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "malformed-xml"),
        (b"{}", "malformed-xml"),
        (b"\xff\xfe<", "not-utf8"),
        (b"<xml/>", "not-wechat-xml"),
        (b"<xml>words</xml>", "not-wechat-xml"),
        (b"<html><MsgType>text</MsgType></html>", "not-wechat-xml"),
        (b"<!DOCTYPE xml><xml><MsgType>text</MsgType></xml>", "dtd-forbidden"),
        (b"<xml><MsgType/></xml>", "no-type"),
        (b"<xml><MsgType>text</MsgType></xml>", "no-sender"),
        (letter("<MsgType>image</MsgType>").encode(), "not-text"),
        (letter("<Content>a</Content><Content>b</Content>").encode(), "not-text"),
        (letter("<Content>a<b>c</b></Content>").encode(), "not-text"),
        (letter("<MsgId><a>1</a></MsgId>").encode(), "not-text"),
        (letter("<Content>\x00</Content>").encode(), "malformed-xml"),
        (b"<xml>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</xml>", "too-complex"),
        (b"<xml>" + b"<a/>" * 100_000 + b"</xml>", "too-complex"),
        (b" " * (MAX_BODY + 1), "too-large"),
    ],
)
def test_bad_bodies_are_refused_by_name(body: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        take(body)


def test_harmless_oddities_pass() -> None:
    said = '<Content a="1"><![CDATA[<!DOCTYPE html> ]]>]]&gt;<![CDATA[ end]]></Content>'
    message = take(b"\xef\xbb\xbf" + letter(said).encode())
    assert message
    assert message.text == "<!DOCTYPE html> ]]> end"


def test_another_declared_encoding_does_not_change_the_text() -> None:
    body = '<?xml version="1.0" encoding="gbk"?>' + letter("<Content>在吗</Content>")
    message = take(body.encode())
    assert message
    assert message.text == "在吗"


def test_a_long_text_is_quick() -> None:
    body = letter(f"<Content>{'长' * 300_000}</Content>").encode()
    began = time.perf_counter()
    assert take(body)
    assert time.perf_counter() - began < 1


def test_text_of_a_missing_field_is_empty() -> None:
    assert text({}, "Content") == ""


ELEMENTS = """
MsgType Event EventKey MsgId Content CreateTime FromUserName ToUserName MsgDataId
Location_X Location_Y bizmsgmenuid item List
"""
NAMES = st.sampled_from(ELEMENTS.split())
VALUES = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["text", "event", "voice", "location", "SCAN", "subscribe", "nan", "1e999"]),
)
PIECES = st.recursive(
    VALUES.map(lambda v: f"<![CDATA[{v}]]>"),
    lambda inner: st.lists(st.tuples(NAMES, inner), max_size=6).map(
        lambda children: "".join(f"<{n}>{c}</{n}>" for n, c in children),
    ),
    max_leaves=12,
)


@given(PIECES)
def test_whatever_arrives_is_read_or_refused(inner: str) -> None:
    try:
        take(f"<xml>{inner}</xml>".encode("utf-8", "surrogatepass"))
    except Refused as why:
        assert why.status in {200, 400, 413}  # noqa: PT017 - any other exception fails the test


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(Refused):
        take(noise)


ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.dictionaries(
        st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "echostr"]), ODD
    ),
    st.binary(max_size=100),
    st.sampled_from(["plain", "safe"]),
)
def test_forged_requests_meet_a_closed_door(query: dict[str, str], body: bytes, mode: str) -> None:
    door = adapter_for(WeChat(mode=mode).settings(api_base="http://x"), Line()).door
    with pytest.raises(Refused):
        door.open(query, body)
    with pytest.raises(Refused):
        door.echo(query)


async def test_an_oversized_body_is_a_413_compressed_or_not() -> None:
    wechat = WeChat(mode="plain")
    async with hosted(wechat.settings(api_base="http://127.0.0.1:9", max_age=0)) as host:
        query, _ = wechat.sign("")
        big = b"x" * (MAX_BODY + 1)
        bomb = gzip.compress(b"x" * 50_000_000)
        for data, headers in ((big, {}), (bomb, {"Content-Encoding": "gzip"})):
            sent = host.session.post(host.url, params=query, data=io.BytesIO(data), headers=headers)
            async with sent as response:
                assert response.status == 413
        broken = {"Content-Encoding": "gzip"}
        sent = host.session.post(host.url, params=query, data=b"no gzip", headers=broken)
        async with sent as response:
            assert response.status == 400
        async with host.session.put(host.url, params=query) as response:
            assert response.status == 405
    assert host.line.refused == ["too-large", "too-large", "broken-body", "wrong-method"]
