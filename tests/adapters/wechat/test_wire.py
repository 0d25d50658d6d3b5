from __future__ import annotations

import pytest

from adapters._weixin.guard import parse
from adapters.wechat.wire import read
from core import parts
from core.adapter import Refused
from core.message import Inbound
from core.parts import Card, Event, Link, Text, Video, Voice
from tests.adapters.wechat.host import NOW
from tests.standins.wechat import WeChat


def message(kind: str, **fields: str) -> Inbound:
    found = read(parse(WeChat().message("oUser", kind, **fields)), NOW)
    assert found
    return found


def event(name: str, inner: str = "", **fields: str) -> Inbound:
    head = WeChat().message("oUser", "event", Event=name, MsgId="", **fields)
    found = read(parse(head.replace("</xml>", f"{inner}</xml>")), NOW)
    assert found
    return found


def test_other_kinds_of_message() -> None:
    video = message("shortvideo", MediaId="v", ThumbMediaId="t")
    link = message("link", Title="标题", Description="说明", Url="https://e.cn")
    card = message("miniprogrampage", Title="商品", AppId="wx1", PagePath="p/q", ThumbUrl="u")
    assert video.parts == (Video(media_id="v", thumb_id="t"),)
    assert link.parts == (Link("https://e.cn", "标题", "说明"),)
    data = {"app_id": "wx1", "path": "p/q", "picture": "u"}
    assert card.parts == (Card("miniprogram", "商品", data=data),)
    assert {m.trigger for m in (video, link, card)} == {"message"}


def test_voice_without_recognition_has_no_words() -> None:
    for said in (message("voice", MediaId="m"), message("voice", MediaId="m", Recognition="")):
        assert said.parts == (Voice(media_id="m"),)
        assert said.text == ""


@pytest.mark.parametrize("content", ["", " \n "])
def test_blank_text_is_an_empty_string(content: str) -> None:
    assert message("text", Content=content).parts == (Text(""),)


def test_a_menu_answer_is_a_choice_and_counts_as_a_click() -> None:
    chosen = message("text", Content="有用", bizmsgmenuid="101")
    assert chosen.parts == (Text("有用"), Event("choice", "101"))
    assert chosen.trigger == "click"


def test_an_unknown_type_is_kept() -> None:
    strange = message("hologram", Depth="3")
    assert strange.event
    assert (strange.event.name, strange.event.key) == ("unknown", "hologram")
    assert strange.event.data["depth"] == "3"
    assert parts.load(parts.dump(strange.parts)) == strange.parts


def test_the_scene_prefix_is_stripped_once() -> None:
    followed = event("subscribe", EventKey="qrscene_qrscene_1")
    assert followed.event
    assert followed.event.key == "qrscene_1"


@pytest.mark.parametrize(
    ("name", "trigger"),
    [
        ("scancode_push", "click"),
        ("scancode_waitmsg", "click"),
        ("LOCATION", ""),
        ("view_miniprogram", ""),
        ("pic_weixin", ""),
        ("MASSSENDJOBFINISH", ""),
        ("brand_new_event", ""),
    ],
)
def test_other_events_keep_their_name(name: str, trigger: str) -> None:
    happened = event(name)
    assert happened.event
    assert (happened.event.name, happened.trigger) == (name.lower(), trigger)


def test_a_single_list_is_a_list_of_one() -> None:
    one = "<A><List><TemplateId>t1</TemplateId></List></A>"
    two = "<A><List><TemplateId>t1</TemplateId></List><List><TemplateId>t2</TemplateId></List></A>"
    lists = [event("subscribe_msg_popup_event", inner).event for inner in (one, two)]
    assert [found and found.data["a"]["list"] for found in lists] == [
        [{"template_id": "t1"}],
        [{"template_id": "t1"}, {"template_id": "t2"}],
    ]


def test_two_events_of_one_second_do_not_collide() -> None:
    keys = {
        event("subscribe", CreateTime="1").key,
        event("TEMPLATESENDJOBFINISH", CreateTime="1", MsgID="1").key,
        event("TEMPLATESENDJOBFINISH", CreateTime="1", MsgID="2").key,
        event("VIEW", CreateTime="1", EventKey="https://a.cn/" + "x" * 500).key,
        event("VIEW", CreateTime="1", EventKey="https://a.cn/" + "x" * 501).key,
    }
    assert len(keys) == 5
    assert max(map(len, keys)) <= 190


def test_without_a_message_id_the_content_tells_apart() -> None:
    def key(words: str, msg_id: str) -> str:
        return message("text", Content=words, MsgId=msg_id, CreateTime="7").key

    assert key("a", "") == key("a", "")
    assert len({key("a", ""), key("b", ""), key("c", "0"), key("d", "0")}) == 4


@pytest.mark.parametrize("stamp", ["", "soon", "-1", "1" * 30, "１２"])
def test_an_odd_time_becomes_the_time_of_receipt(stamp: str) -> None:
    assert message("text", Content="x", CreateTime=stamp).sent_at == NOW


@pytest.mark.parametrize("degrees", ["", "north", "nan", "1e999"])
def test_a_place_without_numbers_is_refused(degrees: str) -> None:
    with pytest.raises(Refused, match="bad-location"):
        message("location", Location_X=degrees, Location_Y="1")


def test_an_article_is_remembered_as_context() -> None:
    assert message("text", Content="x", MsgDataId="9", Idx="1").context == {
        "article": "9",
        "article_index": "1",
    }


def test_sessions_with_wechats_servicers_say_whose_the_customer_is() -> None:
    taken = event("kf_create_session", KfAccount="tang@gh_1")
    given = event("kf_switch_session", FromKfAccount="tang@gh_1", ToKfAccount="mei@gh_1")
    ended = event("kf_close_session", KfAccount="mei@gh_1")
    said = [(m.event and m.event.key, m.owner, m.sender.role) for m in (taken, given, ended)]
    assert said == [
        ("taken", "agent:tang@gh_1", "staff"),
        ("transferred", "agent:mei@gh_1", "staff"),
        ("ended", "bot", "staff"),
    ]
    assert {m.event and m.event.name for m in (taken, given, ended)} == {"session"}


def test_who_came_by_a_code_proves_where_from() -> None:
    assert event("subscribe", EventKey="qrscene_live-7").sender.proven == {"source": "live-7"}
    assert event("SCAN", EventKey="door").sender.proven == {"scanned": "door"}
    assert event("subscribe").sender.proven == {}


BAR_CODE = """<ScanCodeInfo><ScanType>barcode</ScanType>
<ScanResult>CODE_128,6799774500556622701</ScanResult></ScanCodeInfo>"""
POPUP = """<SubscribeMsgPopupEvent><List><TemplateId>t1</TemplateId>
<SubscribeStatusString>accept</SubscribeStatusString></List></SubscribeMsgPopupEvent>"""
CHANGE = """<SubscribeMsgChangeEvent><List><TemplateId>t1</TemplateId>
<SubscribeStatusString>reject</SubscribeStatusString></List><List>
<TemplateId>t2</TemplateId></List></SubscribeMsgChangeEvent>"""


@pytest.mark.parametrize(
    ("name", "inner", "wanted"),
    [
        ("TEMPLATESENDJOBFINISH", "<Status>success</Status>", {"result": "delivered"}),
        ("TEMPLATESENDJOBFINISH", "<Status>failed:user block</Status>", {"result": "refused"}),
        ("TEMPLATESENDJOBFINISH", "<Status>failed: system failed</Status>", {"result": "failed"}),
        (
            "MASSSENDJOBFINISH",
            "<TotalCount>9</TotalCount><SentCount>7</SentCount><ErrorCount>x</ErrorCount>",
            {"total_count": 9, "sent_count": 7, "error_count": "x"},
        ),
        (
            "LOCATION",
            "<Latitude>23.137466</Latitude><Longitude>-113.352425</Longitude>",
            {"latitude": 23.137466, "longitude": -113.352425},
        ),
        ("scancode_waitmsg", BAR_CODE, {"result": "6799774500556622701"}),
        (
            "scancode_push",
            "<ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>a,b</ScanResult></ScanCodeInfo>",
            {"result": "a,b"},
        ),
        ("subscribe_msg_popup_event", POPUP, {"consents": {"t1": True}}),
        ("subscribe_msg_change_event", CHANGE, {"consents": {"t1": False, "t2": False}}),
    ],
)
def test_events_carry_their_facts_typed(name: str, inner: str, wanted: dict[str, object]) -> None:
    found = event(name, inner).event
    assert found
    assert {key: found.data[key] for key in wanted} == wanted


def test_opening_a_mini_programs_conversation_lets_us_send_two() -> None:
    opened = event("user_enter_tempsession", SessionFrom="order:A1")
    assert opened.event
    assert (opened.event.name, opened.trigger) == ("enter", "enter")
    assert opened.event.data == {"session_from": "order:A1"}
