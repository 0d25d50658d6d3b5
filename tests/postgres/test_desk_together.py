"""What staff save at the desk of one process, the process that answers customers says."""

from __future__ import annotations

import asyncio
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from core.parts import Text
from tests.core.stage import until
from tests.plugins.console.desk import PLUGINS, Office, Person, open_desk
from tests.postgres.test_wecom_together import MOCK, end, serve

HERE = ["gateway", "sender", "scheduler", "console"]
FAQ = {"encoder": "none", "facts": {"客服时间": "9 点到 21 点"}}
ENTRY = {"id": "hours", "question": "客服几点上班？", "answer": "亲，客服时间是 {客服时间}。"}
WHO = itertools.count(1)


async def until_heard(office: Office, asked: str, answer: str) -> None:
    """Customers ask, one after the other, until one hears the answer."""
    async with asyncio.timeout(30):
        while True:
            customer = office.shop.customer(f"customer-{next(WHO)}")
            await customer.drops(Text(asked))
            await until(lambda who=customer: bool(who.replies))
            if answer in customer.replies[0]:
                return


async def publish(tao: Person, entry: dict[str, Any]) -> None:
    here = f"/knowledge/entries/{entry['id']}"
    drafted = await tao.puts(f"{here}/draft", entry=entry, stamp="new")
    done = await tao.posts(f"{here}/publish", stamp=drafted["stamp"], sure=True)
    assert (done["version"], done["published"]["answer"]) == (1, entry["answer"])


@pytest.mark.timeout(150)  # a second process starts
async def test_an_entry_a_sentence_and_a_setting_saved_here_are_said_there(
    tmp_path: Path,
) -> None:
    plugins, table = (*PLUGINS, "faq"), {"roles": HERE, "plugins": {"faq": FAQ}}
    async with open_desk(plugins=plugins, settings=table) as office:
        there, url = tmp_path / "settings.json", office.shop.app.settings.database.url
        enabled = {"enabled": plugins, "faq": FAQ}
        other = {"channels": {"shop": {"adapter": MOCK}}, "plugins": enabled}
        place = {"data": str(tmp_path), "server": {"port": 0}}
        there.write_text(json.dumps({"database": {"url": url}, **other, **place}))
        worker, _ = await serve(str(there), "worker")
        try:
            tao = await office.opens("tao", "trainer", "supervisor")
            await publish(tao, ENTRY)
            await until_heard(office, "客服几点上班", "亲，客服时间是 9 点到 21 点。")
            await tao.puts("/settings/faq/facts", value={"客服时间": "8 点到 22 点"})
            await until_heard(office, "客服几点上班", "亲，客服时间是 8 点到 22 点。")
            await tao.puts("/sentences/zh_CN/faq.hello", text="宝子来啦，想看点什么？")
            await until_heard(office, "你好", "宝子来啦")
        finally:
            await end(worker)
