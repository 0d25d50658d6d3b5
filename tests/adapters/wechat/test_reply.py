from __future__ import annotations

from typing import Any

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from adapters.wechat.outgoing import payload
from adapters.wechat.reply import render
from adapters.wechat.shape import clean
from core.parts import AnyPart, Event, Image, Link, Location, Menu, Option, Text, Video, Voice

MENU = Menu("有帮助吗", (Option("1", "有用"), Option("2", "没用")), "谢谢")


def rendered(*parts: AnyPart) -> dict[str, Any]:
    document = render(parts, "oUser", "gh_1", 1_700_000_000)
    assert document
    found: dict[str, Any] = xmltodict.parse(document, strip_whitespace=False)["xml"]
    return found


@given(st.text(min_size=1).filter(lambda words: clean(words).strip()))
def test_any_text_comes_back_unchanged_but_for_control_characters(words: str) -> None:
    fields = rendered(Text(words))
    assert set(fields) == {"ToUserName", "FromUserName", "CreateTime", "MsgType", "Content"}
    assert fields["Content"] == clean(words).replace("\r\n", "\n").replace("\r", "\n")


def test_a_customers_text_cannot_add_elements() -> None:
    evil = "hi]]></Content><FuncFlag>1</FuncFlag><Content><![CDATA[evil"
    assert rendered(Text(evil))["Content"] == evil
    assert "FuncFlag" not in rendered(Text(evil))


def test_the_platforms_own_shapes() -> None:
    assert rendered(Image(media_id="m"))["Image"] == {"MediaId": "m"}
    assert rendered(Voice(media_id="m"))["Voice"] == {"MediaId": "m"}
    assert rendered(Video(media_id="m"))["Video"] == {"MediaId": "m"}
    news = rendered(Link("https://e.cn", "标题", "说明"))
    assert news["ArticleCount"] == "1"
    assert news["Articles"]["item"]["Url"] == "https://e.cn"


def test_what_has_no_shape_becomes_text() -> None:
    assert rendered(MENU)["Content"] == "有帮助吗\n1. 有用\n2. 没用\n谢谢"
    assert rendered(Image(url="https://e.cn/1.png"))["Content"] == "https://e.cn/1.png"
    assert rendered(Text("a"), Location(1, 2, "店里"))["Content"] == "a\n店里"
    assert render((Event("typing"),), "o", "g", 1) is None
    assert render((Text("\x01 "),), "o", "g", 1) is None


@pytest.mark.parametrize(
    ("part", "kind", "content"),
    [
        (Text("好\x07"), "text", {"content": "好"}),
        (Image(media_id="m"), "image", {"media_id": "m"}),
        (Voice(media_id="m"), "voice", {"media_id": "m"}),
        (Video(media_id="m", thumb_id="t"), "video", {"media_id": "m", "thumb_media_id": "t"}),
        (
            Link("https://e.cn", "标题"),
            "news",
            {"articles": [{"title": "标题", "description": "", "url": "https://e.cn"}]},
        ),
        (
            MENU,
            "msgmenu",
            {
                "head_content": "有帮助吗",
                "list": [{"id": "1", "content": "有用"}, {"id": "2", "content": "没用"}],
                "tail_content": "谢谢",
            },
        ),
        (
            Menu("订单", (Option("1", "催一下"), Option("https://e.cn/?a=1&b=2", "看订单"))),
            "msgmenu",
            {
                "head_content": "订单",
                "list": [{"id": "1", "content": "催一下"}],
                "tail_content": '<a href="https://e.cn/?a=1&amp;b=2">看订单</a>',
            },
        ),
        (
            Menu("订单", (Option("https://e.cn", "看订单"),)),
            "text",
            {"content": "订单\n1. 看订单 https://e.cn"},
        ),
    ],
)
def test_the_apis_shapes(part: AnyPart, kind: str, content: dict[str, Any]) -> None:
    assert payload("o", (part,)) == {"touser": "o", "msgtype": kind, kind: content}


def test_nothing_to_show_is_nothing_to_send() -> None:
    assert payload("o", (Event("typing"),)) is None
