"""Order files: read whole, or refused with every mistake named by its line."""

import pytest

from plugins.imports import BrokenFile
from plugins.orders.files import parse

CSV = (
    "number,phone,status,buyer,items,parcels,paid_at\n"
    "6799774500556622756,13800000001,shipped,小满,羽绒服*1|围巾*2,"
    "yuantong:YT8800000000001,2026-11-20T20:00:00+08:00\n"
    "6799774500556622757,13800000002,unpaid,,,,\n"
)


def test_a_csv_is_read() -> None:
    first, second = parse(CSV, ".csv", "orders.csv")
    assert [(i.title, i.count) for i in first.items] == [("羽绒服", 1), ("围巾", 2)]
    assert first.parcels[0].courier == "yuantong"
    assert second.parcels == ()


@pytest.mark.parametrize("shape", ["[%s]", '{"orders": [%s]}'])
def test_a_json_is_read(shape: str) -> None:
    one = '{"number": "6799774500556622756", "phone": "13800000001", "status": "paid"}'
    assert parse(shape % one, ".json", "orders.json")[0].status == "paid"


def test_every_mistake_is_named_by_its_line() -> None:
    text = CSV + "6799774500556622758,12345,sent,,,,\n6799774500556622756,13800000001,paid,,,,\n"
    with pytest.raises(BrokenFile) as caught:
        parse(text, ".csv", "orders.csv")
    assert [line for line, _ in caught.value.problems] == [4, 4, 5]
    text = '[\n{"number": "6799774500556622756", "phone": "1", "status": "paid"},\n{"x": 1}\n]'
    with pytest.raises(BrokenFile) as caught:
        parse(text, ".json", "orders.json")
    assert {line for line, _ in caught.value.problems} == {2, 3}


@pytest.mark.parametrize("text", ["", "{}", "[", "[1]", "[{]", "[]", '[{"a":1}'])
def test_what_is_no_list_of_orders_is_refused(text: str) -> None:
    with pytest.raises(BrokenFile):
        parse(text, ".json", "orders.json")
