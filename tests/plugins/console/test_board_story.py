"""Complaints, contacts, wording, numbers: what an agent works with beside the chat."""

from __future__ import annotations

from datetime import date

import pytest

from core.effects import Effects
from core.store.commit import by_hand
from plugins.console.folder import Folder
from plugins.console.models import Tally, Thread
from plugins.console.settings import SlaSettings
from plugins.orders.face import Order, store
from tests.plugins.console.desk import Office, Refused, open_desk

ORDER = Order.model_validate(
    {
        "number": "A20261123001",
        "phone": "13812345678",
        "status": "paid",
        "customer_id": "c-42",
        "items": [{"title": "羽绒服", "count": 1}],
    }
)


async def stock(office: Office) -> None:
    effects = Effects(office.shop.clock, office.shop.app.texts, "zh_CN")

    async def write() -> None:
        await store([ORDER], office.shop.clock)

    effects.write(write)
    await office.shop.app.commit.write(effects, by_hand())


async def test_a_complaint_cannot_be_closed_without_cause_blame_and_solution() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        await office.shop.customer("Mei").says("太生气了，质量这么差，我要投诉你们")
        (case,) = (await li.gets("/complaints"))["items"]
        assert (case["next"], case["state"]) == ("soothe", "open")
        assert [clock["what"] for clock in case["clocks"]] == ["soothe", "plan", "close"]
        steps = f"/complaints/{case['number']}/steps"
        soothed = await li.posts(steps, rung="soothe", text="已致歉，安抚好了")
        assert (soothed["next"], soothed["clocks"][0]["state"]) == ("plan", "met")
        assert [note["by"] for note in soothed["notes"]] == ["顾客", "Li"]
        (card,) = (await li.gets("/conversations", view="queue"))["items"]
        texts = (await li.gets("/texts", locale="en"))["texts"]
        assert texts[f"console.page.case.kind.{card['complaint_kind']}"] == "quality"
        with pytest.raises(Refused) as refused:
            await li.posts(steps, rung="close", text="退款")
        assert set(refused.value.error["fields"]) == {"cause", "blame", "solution"}
        closed = await li.posts(
            steps,
            rung="close",
            text="顾客同意退款",
            cause="quality",
            blame="仓库质检漏检",
            solution="全额退款并补偿 10 元券",
            agreed=True,
        )
        assert (closed["state"], closed["cause"]) == ("closed", "quality")
        again = await li.posts(
            steps, rung="close", text="再来", cause="attitude", blame="x", solution="y"
        )
        assert again["cause"] == "quality"
        assert (await li.gets("/complaints"))["items"] == []
        found = await li.gets("/complaints", state="all", q=case["number"])
        assert len(found["items"]) == 1


async def test_a_phone_is_masked_until_it_is_asked_for_and_that_is_written_down() -> None:
    async with open_desk() as office:
        await stock(office)
        li, boss = await office.opens("li"), await office.opens("boss", "admin")
        mei = office.shop.customer("Mei", proven={"customer_id": "c-42"})
        await mei.says("在吗")
        (card,) = (await li.gets("/conversations"))["items"]
        opened = await li.gets(f"/conversations/{card['id']}")
        assert opened["verified"] is True
        contact = await li.gets(f"/contacts/{card['contact']['id']}")
        assert contact["orders"][0]["phone"] == "138****5678"
        assert contact["orders"][0]["items"] == [{"title": "羽绒服", "count": 1}]
        reveal = f"/contacts/{contact['id']}/reveal"
        with pytest.raises(Refused, match="not-found"):
            await li.posts(reveal, order="A99999", reason="试试别人的")
        phone = await li.posts(reveal, order=ORDER.number, reason="快递员联系不上")
        assert phone == {"phone": "13812345678"}
        line = (await boss.gets("/audit", q="phone-revealed"))["items"][0]
        assert (line["who"], line["name"], line["data"]["reason"]) == ("li", "Li", "快递员联系不上")
        assert "13812345678" not in str(await boss.gets("/audit"))


async def test_what_staff_know_of_a_contact_moves_the_queue() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        plain, gold = office.shop.customer("Plain"), office.shop.customer("Gold")
        await plain.says("人工")
        await gold.says("人工")
        cards = (await li.gets("/conversations", view="queue", order="rank"))["items"]
        assert [card["title"] for card in cards] == ["Plain", "Gold"]
        contact = await li.puts(f"/contacts/{cards[1]['contact']['id']}", tier=3, tags=["老顾客"])
        assert (contact["tier"], contact["tags"]) == (3, ["老顾客"])
        cards = (await li.gets("/conversations", view="queue", order="rank"))["items"]
        assert [card["title"] for card in cards] == ["Gold", "Plain"]
        assert cards[0]["why"][0]["code"] == "value"


async def test_the_coach_warns_of_what_hurts_and_stops_what_is_unlawful() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        found = (await li.posts("/coach", text="😀亲，我们规定不能退，很抱歉给您带来不便"))[
            "findings"
        ]
        assert [f["rule"] for f in found] == ["rules", "template"]
        assert all(f["level"] == "warn" and f["better"] for f in found)
        assert found[0]["start"] == 4  # an emoji is two units of a page's string
        await office.shop.customer("Mei").says("人工")
        number = await office.number("Mei")
        with pytest.raises(Refused) as refused:
            await li.says(number, "这款全网第一，五星好评返现5元", take=True)
        assert refused.value.code == "banned-words"
        assert (await office.shop.conversation("Mei")).owner == "queue"
        await li.says(number, "我们规定不能退", take=True)  # a warning is only a warning


async def test_ready_answers() -> None:
    async with open_desk() as office:
        lead, li = await office.opens("lead", "supervisor"), await office.opens("li")
        await lead.puts("/canned/发货", title="发货时间", text="今天 16 点前付款，今天发出")
        assert (await li.gets("/canned", q="16 点"))["items"][0]["shortcut"] == "发货"
        with pytest.raises(Refused, match="bad-request"):
            await lead.puts("/canned/a b", title="x", text="y")
        await lead.asks("DELETE", "/canned/发货")
        assert (await li.gets("/canned"))["items"] == []


async def test_drafts_notes_and_what_was_seen_stay_on_the_server() -> None:
    async with open_desk() as office:
        li, wang = await office.opens("li"), await office.opens("wang", name="小王")
        mei = office.shop.customer("Mei")
        await mei.says("在吗")
        await mei.says("人呢")
        number = await office.number("Mei")
        (card,) = (await li.gets("/conversations"))["items"]
        assert (card["unread"], card["draft"]) == (2, False)
        await li.puts(f"/conversations/{number}/seen", message=card["last_message"])
        await li.puts(f"/conversations/{number}/draft", text="稍等，我查")
        (card,) = (await li.gets("/conversations"))["items"]
        assert (card["unread"], card["draft"]) == (0, True)
        assert (await wang.gets("/conversations"))["items"][0]["unread"] == 2
        assert (await li.gets(f"/conversations/{number}"))["draft"] == "稍等，我查"
        await li.posts(f"/conversations/{number}/notes", text="顾客很急", mention=["wang"])
        notes = (await wang.gets(f"/conversations/{number}/notes"))["items"]
        assert [(n["by"], n["text"]) for n in notes] == [("li", "顾客很急")]
        mei.hears_nothing()


async def test_a_message_sent_twice_by_a_shaky_page_is_sent_once() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        mei = office.shop.customer("Mei")
        await mei.says("人工")
        number = await office.number("Mei")
        sent = [await li.says(number, "来了", take=True, client="same-id-1") for _ in range(3)]
        assert len({message["id"] for message in sent}) == 1
        assert mei.replies.count("来了") == 1


async def test_a_colleagues_conversation_is_theirs_until_a_lead_takes_it() -> None:
    async with open_desk() as office:
        li, wang = await office.opens("li"), await office.opens("wang")
        lead = await office.opens("lead", "supervisor")
        await office.shop.customer("Mei").says("人工")
        number = await office.number("Mei")
        await li.posts(f"/conversations/{number}/claim")
        for act in ("claim", "release", "return"):
            with pytest.raises(Refused) as refused:
                await wang.posts(f"/conversations/{number}/{act}")
            assert refused.value.code in {"taken", "not-yours"}
        with pytest.raises(Refused, match="not-yours"):
            await wang.says(number, "我也来", take=True)
        with pytest.raises(Refused, match="taken"):
            await wang.posts(f"/conversations/{number}/claim", force=True)
        await li.posts(f"/conversations/{number}/transfer", to="wang", reason="需要支援")
        assert (await office.shop.conversation("Mei")).owner == "agent:wang"
        await lead.posts(f"/conversations/{number}/claim", force=True)
        wall = await lead.gets("/wall")
        assert {a["login"]: a["load"] for a in wall["agents"]} == {"li": 0, "wang": 0, "lead": 1}


async def test_numbers_are_counted_as_it_happens_and_rebuilt_to_the_same() -> None:
    async with open_desk() as office:
        shop = office.shop
        li, lead = await office.opens("li"), await office.opens("lead", "supervisor")
        for name in ("Mei", "Bo"):
            await shop.customer(name).says("人工")
            await shop.advance(minutes=2)
            number = await office.number(name)
            await li.says(number, "来了", take=True)
            await shop.advance(minutes=10)
            await li.posts(f"/conversations/{number}/close", result="solved", ask=True)
            await shop.settle()
        await shop.customer("Mei").says("5")
        report = await lead.gets("/numbers", by="agent")
        values = {row["key"]: row["values"] for row in report["rows"]}["li"]
        assert values["first_response"]["count"] == 2
        assert values["first_response"]["mean"] == 120
        assert values["first_response"]["p50"] == pytest.approx(120, rel=0.1)
        assert values["resolution"]["mean"] == 720
        assert (values["closed.solved"]["count"], values["rated"]["sum"]) == (2, 5)
        sheet = (await lead.gets("/numbers.csv", by="channel"))["text"]
        assert sheet.startswith("\ufeffchannel,")
        assert "\r\nshop," in sheet
        before = await snapshot()
        policy = SlaSettings().policy(shop.app.texts.zone)
        await Folder(shop.app.writer, shop.clock, policy).rebuild()
        assert await snapshot() == before


SPOT = ("day", "hour", "channel", "agent", "metric", "bucket")


async def snapshot() -> list[dict[str, object]]:
    tallies = await Tally.all().order_by(*SPOT).values()
    threads = await Thread.all().order_by("conversation_id").values()
    return [{k: v for k, v in row.items() if k != "id"} for row in (*tallies, *threads)]


async def test_a_report_of_days_that_make_no_sense_is_refused() -> None:
    async with open_desk() as office:
        lead = await office.opens("lead", "supervisor")
        for span in ({"from": "2026-11-30", "to": "2026-11-01"}, {"from": str(date.min)}):
            with pytest.raises(Refused, match="bad-request"):
                await lead.gets("/numbers", **span)
