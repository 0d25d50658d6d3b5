"""After the closing: the follow-up task (S-178), and the pack for who judges it (S-184)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest

from core.cli.office import Desk
from core.cli.problems import Refusal
from core.parts import Image, Text
from core.testing import open_shop
from plugins.complaints.commands import follow, take_step
from plugins.complaints.evidence import pack
from plugins.complaints.follow_up import open_tasks
from plugins.complaints.ladder import Rung
from plugins.complaints.models import Complaint, Result
from plugins.orders.face import OrderSource
from plugins.orders.models import OrderRow

LEVELS = [{"name": "一线", "channel": "shop", "conversation": "level-1"}]
SETTINGS = {"plugins": {"complaints": {"levels": LEVELS, "hand_over_from": 3}}}
PLUGINS = ["handoff", "complaints", "orders"]


async def test_closing_leaves_a_task_that_ends_with_what_the_customer_said() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        desk = Desk(shop.app, "zh_CN")
        await shop.customer("Mei").says("太生气了，我要投诉")
        number = (await Complaint.get()).number
        with pytest.raises(Refusal):
            await follow(desk, number, Result.SATISFIED, "", "li")
        await take_step(desk, number, Rung.CLOSE, "", "li")
        (task,) = await open_tasks()
        assert (task.number, str(task.due_on)) == (number, "2026-11-26")
        await shop.advance(days=3, minutes=1)
        assert "回访" in shop.posts("level-1")[-1]
        told = len(shop.posts("level-1"))
        await follow(desk, number, Result.UNREACHED, "没人接", "li")
        (task,) = await open_tasks()
        assert (task.tries, str(task.due_on)) == (1, "2026-11-27")
        await shop.advance(days=1)
        assert len(shop.posts("level-1")) == told + 1  # not done: once more
        await follow(desk, number, Result.UNSATISFIED, "钱还没到账", "li")
        await shop.settle()
        assert "钱还没到账" in shop.posts("level-1")[-1]
        assert await open_tasks() == []
        with pytest.raises(Refusal):
            await follow(desk, number, Result.SATISFIED, "", "li")
        await shop.advance(days=5)
        assert len(shop.posts("level-1")) == told + 2


async def test_the_evidence_pack_holds_all_of_it_and_nothing_of_others() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        desk = Desk(shop.app, "zh_CN")
        for number, who in (("A1001", "c-1"), ("B2002", "c-2")):
            await OrderRow.create(
                number=number,
                phone="13812345678",
                status="shipped",
                customer_id=who,
                updated_at=shop.clock.now(),
            )
        mei = shop.customer("Mei", proven={"customer_id": "c-1"})
        await shop.customer("Bo", proven={"customer_id": "c-2"}).says("在吗")
        await mei.says("杯子碎了，太气人了，我要投诉，B2002 也是碎的")
        await mei.sends(Image(url="https://pic.example/1.jpg", media_id="m-1"), Text("照片"))
        case = await Complaint.get()
        await take_step(desk, case.number, Rung.PLAN, "给您补发一个", "li")
        await shop.settle()
        case = await Complaint.get()
        source = desk.service(OrderSource)
        body = await pack(case, source, desk.texts, shop.clock.now())
        assert body == await pack(case, source, desk.texts, shop.clock.now())
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        for line in files.pop("SHA256SUMS").decode().splitlines():
            digest, name = line.split("  ")
            assert hashlib.sha256(files.pop(name)).hexdigest() == digest
        assert not files  # every file has its hash
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            orders, pictures, timeline = (
                archive.read(name).decode()
                for name in ("orders.json", "pictures.json", "timeline.txt")
            )
        assert [order["number"] for order in json.loads(orders)["orders"]] == ["A1001"]
        assert "13812345678" not in orders
        assert json.loads(pictures)[0]["media_id"] == "m-1"
        words = ("杯子碎了", "给您补发一个", "li · 处理")
        assert [word for word in words if word not in timeline] == []
