import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.understand.entities import entities
from core.understand.normalise import normalise

DATA = Path(__file__).parents[2] / "data" / "understand"
IDENTIFIERS = {"order_no", "tracking_no", "phone"}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def found(text: str) -> list[tuple[str, str]]:
    return [(e.type, e.value) for e in entities(normalise(text))]


def of(text: str, kind: str) -> list[str]:
    return [value for type_, value in found(text) if type_ == kind]


@pytest.mark.parametrize("name", ["entities.jsonl", "odd.jsonl"])
def test_identifiers(name: str) -> None:
    wrong = {
        row["text"]: got
        for row in rows(name)
        if (got := {f for f in found(row["text"]) if f[0] in IDENTIFIERS})
        != {(e["type"], e["value"]) for e in row["entities"]}
    }
    assert wrong == {}


def test_slots_of_live_comments() -> None:
    wrong = [
        (row["text"], kind, got)
        for row in rows("live_slots.jsonl")
        for kind in ("size", "link", "order_no", "tracking_no")
        if (got := of(row["text"], kind)) != ([row[kind]] if kind in row else [])
    ]
    assert wrong == []


def test_waybill_vectors() -> None:
    for row in rows("waybills.jsonl"):
        assert of(row["text"], "tracking_no") == row["numbers"], row["text"]


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("一共付了99.9元", ["9990"]),
        ("1,299.00元", ["129900"]),
        ("￥59.9", ["5990"]),
        ("9块9包邮", ["990"]),
        ("三块五", ["350"]),
        ("五十块钱", ["5000"]),
        ("两百五十元", ["25000"]),
        ("3百块吗", ["30000"]),
        ("2万元", ["2000000"]),
        ("5毛", ["50"]),
        ("满199减20", ["19900", "2000"]),
        ("10块钱3个", ["1000"]),
        ("三块香皂", []),
        ("一块买", []),
        ("3件59", []),
    ],
)
def test_money(text: str, fen: list[str]) -> None:
    assert of(text, "money") == fen


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3号链接", ["3"]),
        ("链接3", ["3"]),
        ("三号链接多少钱", ["3"]),
        ("十二号链接", ["12"]),
        ("第三个链接", ["3"]),
        ("小黄车5号", ["5"]),
        ("２号多少钱", ["2"]),
        ("过 一下5号🥰", ["5"]),
        ("扣3", []),
        ("几号链接", []),
        ("11月3号到", []),
        ("明天27号能到吗", []),
        ("3号发货吗", []),
        ("5号电池", []),
        ("我在3号楼", []),
        ("订单号12", []),
    ],
)
def test_link(text: str, number: list[str]) -> None:
    assert of(text, "link") == number


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("有XXL码吗", ["XXL"]),
        ("2xl", ["XXL"]),
        ("XXXXL还有吗", ["4XL"]),
        ("Ｍ断码了吗", ["M"]),
        ("要S还是M", ["S", "M"]),
        ("有没有均码", ["均码"]),
        ("连衣裙大码有货不", ["大码"]),
        ("有大码吗 28", ["28"]),
        ("37.5码", ["37.5"]),
        ("2号30还有没有", ["30"]),
        ("165/88A", ["165/88A"]),
        ("eu 38", ["EU38"]),
        ("75b有吗", ["75B"]),
        ("do you have size M", ["M"]),
        ("160/50kg", []),
        ("最大码是多少", []),
        ("it's me, i'm here", []),
        ("30块", []),
        ("5L一桶", []),
    ],
)
def test_size(text: str, size: list[str]) -> None:
    assert of(text, "size") == size


@given(st.text("1389一三 -.*xsf订单电话快递号链接块元码\n:", max_size=60))
def test_places_are_true_and_apart(raw: str) -> None:
    plain = normalise(raw)
    end = 0
    for entity in entities(plain):
        assert end <= entity.start < entity.end <= len(plain)
        end = entity.end


@given(
    st.integers(0, 6 * 10**9).map(lambda n: f"1{3 + n // 10**9}{n % 10**9:09}"),
    st.sampled_from(["", " ", "-", "."]),
)
def test_any_mobile_number_in_any_grouping(phone: str, gap: str) -> None:
    typed = gap.join((phone[:3], phone[3:7], phone[7:]))
    assert of(f"我的手机{typed}谢谢", "phone") == [phone]


@pytest.mark.parametrize("piece", ["1 ", "138 ", "1-", "1", "一三", "3号", "3块", "1,111", "a1 "])
def test_a_hostile_text_is_quick(piece: str) -> None:
    plain = normalise(piece * 8000)
    began = time.perf_counter()
    entities(plain)
    assert time.perf_counter() - began < 1
