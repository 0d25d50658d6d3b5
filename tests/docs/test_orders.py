"""``docs/orders.md`` and the README's first shop are true: files and answers are understood."""

import json
import re

import aiohttp
from pydantic import SecretStr

from core.settings import load
from plugins.orders import files
from plugins.orders.http_source import HttpOrders
from plugins.orders.order import Order, Status
from plugins.orders.settings import HttpSourceSettings
from tests.docs.documents import ROOT
from tests.standins.order_source import TOKEN, order_system

PAGE = (ROOT / "docs/orders.md").read_text("utf-8")
EXAMPLES = ROOT / "docs" / "examples"
FILE = EXAMPLES / "orders" / "orders.csv"
ONE = (EXAMPLES / "orders" / "order.json").read_text("utf-8")


def test_the_first_shop_has_a_chat_page_and_all_that_is_on_by_default() -> None:
    settings = load(EXAMPLES / "shop" / "settings.toml")
    assert [table["adapter"] for table in settings.channels.values()] == ["webchat"]
    assert {"console", "faq", "orders"} <= set(settings.plugins.enabled)


async def test_the_answer_over_http_is_the_first_order_of_the_file() -> None:
    async with order_system() as system, aiohttp.ClientSession() as session:
        system.orders.append(json.loads(ONE))
        settings = HttpSourceSettings(url=system.url, token=SecretStr(TOKEN))
        source = HttpOrders(session, settings)
        first, *_ = files.read(FILE)
        assert await source.find("YT8800000000001") == await source.latest("u-1001") == first


def test_a_list_of_such_orders_is_a_file() -> None:
    assert files.parse(f"[{ONE}]", ".json", "orders.json") == files.read(FILE)[:1]


def test_every_column_and_every_status_has_its_row() -> None:
    names = re.findall(r"^\| `([a-z_]+)` ", PAGE, re.MULTILINE)
    assert names == [*Order.model_fields, "status", *Status]
