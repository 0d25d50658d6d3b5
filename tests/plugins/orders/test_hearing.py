"""What is heard as a question about one's own order, and what is left to the knowledge."""

from pathlib import Path

import pytest

from core.understand.reader import Reader
from plugins.faq.face import read
from plugins.orders.hearing import TAIL, TRACK, hear, wants_to_know

reader = Reader((hear,))
DATA = Path(__file__).parents[2] / "data" / "faq"
NUMBER = "6799774500556622756"


@pytest.mark.parametrize(
    "text",
    [
        "我的快递到哪了",
        "帮我查一下物流",
        "发货了吗？",
        "怎么还没发货啊",
        "我的包裹呢",
        "Where is my parcel?",
        NUMBER,
        f"订单号：{NUMBER} 谢谢",
        "YT8800000000001到哪了",
    ],
)
def test_the_wish_is_heard(text: str) -> None:
    assert reader.read(text).intents[TRACK] > 0.5


@pytest.mark.parametrize(
    "text", ["快递多久能到", "我要投诉", f"{NUMBER}这个订单我想退货退款", "1号链接"]
)
def test_other_wishes_are_not(text: str) -> None:
    assert TRACK not in reader.read(text).intents


def test_no_standard_question_of_the_shop_is_taken_away() -> None:
    taken = [e.question for e in read(DATA / "shop_faq.yaml") if wants_to_know(e.question)]
    assert taken == []


@pytest.mark.parametrize(
    ("text", "tail"),
    [
        ("0001", "0001"),
        (f"{NUMBER} 0001", "0001"),
        ("尾号是1234", "1234"),
        ("手机13800005678", "5678"),
        ("我花了2000元买的", None),
        ("2026款的羽绒服", None),
        (NUMBER, None),
        ("0001 0002", None),
    ],
)
def test_a_tail_is_heard_where_it_can_be_nothing_else(text: str, tail: str | None) -> None:
    assert reader.read(text).first(TAIL) == tail
