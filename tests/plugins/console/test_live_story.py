"""The live line: nothing missed, nothing twice, nothing that is not for these eyes."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress

from core.parts import Text
from tests.plugins.console.desk import LOST, open_desk


async def test_a_word_of_the_customer_and_one_of_ours_come_as_they_happen() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        line = await li.listens()
        await office.shop.customer("Mei").says("人工")
        asked = await line.message("人工")
        assert (await line.event("handoff.requested"))["conversation"] == asked["conversation"]
        card = await line.until("card")
        assert card["card"]["owner"]["kind"] == "queue"
        number = asked["conversation"]
        sent = await li.says(number, "来了", take=True, client="my-own-id-1")
        ours = await line.message("来了")
        assert ours["client"] == "my-own-id-1"
        assert ours["id"] == sent["id"]
        state = ours["state"]
        while state != "sent":  # told with the message, or when it changes
            state = (await line.until("state", message=sent["id"]))["state"]
        await line.close()


async def test_a_reconnect_replays_what_was_missed_once() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        mei = office.shop.customer("Mei")
        line = await li.listens()
        await mei.says("一")
        await line.message("一")
        await line.close()
        for word in ("二", "三", "四"):
            await mei.says(word)
        again = await li.listens(line.cursor)
        await mei.says("五")
        await again.message("五")
        assert [word for word in again.said() if word in "一二三四五"] == ["二", "三", "四", "五"]
        assert any(frame["t"] == "replayed" for frame in again.heard)
        await again.close()


async def test_a_hundred_torn_lines_miss_nothing_and_double_nothing() -> None:
    chance = random.Random(7)
    async with open_desk() as office:
        li = await office.opens("li")
        mei, heard, cursor = office.shop.customer("Mei"), list[str](), ""
        line = await li.listens()

        async def talk() -> None:
            for number in range(100):
                await mei.drops(Text(f"word-{number}"))
                await asyncio.sleep(0.002)

        talking = asyncio.create_task(talk())
        for _ in range(100):
            for _ in range(chance.randrange(3)):
                with suppress(TimeoutError):  # nothing more for now
                    await line.frame(patience=0.02)
            cursor = line.cursor
            heard += [text for text in line.said() if text.startswith("word-")]
            await line.close()
            line = await li.listens(cursor)
        await talking
        while "word-99" not in heard:
            line.heard.clear()
            await line.until("message")
            heard += [text for text in line.said() if text.startswith("word-")]
        assert heard == [f"word-{number}" for number in range(100)]


async def test_nobody_hears_what_the_role_may_not_see() -> None:
    async with open_desk() as office:
        li = await office.opens("li", "agent")
        line = await li.listens()
        await office.shop.member("Bo", "fans").says("群里的悄悄话")
        await office.shop.customer("Mei").says("在吗")
        await line.message("在吗")
        assert "群里的悄悄话" not in line.said()
        again = await li.listens("0.0")
        await again.until("replayed")
        assert "在吗" in again.said()
        assert "群里的悄悄话" not in again.said()


async def test_who_sees_no_conversation_hears_what_staff_change_and_nothing_else() -> None:
    async with open_desk() as office:
        tao, wang = await office.opens("tao", "trainer"), await office.opens("wang", "supervisor")
        line = await tao.listens()
        await office.shop.customer("Mei").says("人工")
        await wang.puts("/settings/complaints/nudges", value=2)
        changed = await line.event("settings.changed")
        assert changed["data"] == {"setting": "complaints.nudges", "by": "wang"}
        assert {frame["t"] for frame in line.heard} == {"hello", "event"}
        again = await tao.listens("0.0")
        await again.until("replayed")
        kinds = {frame["event"]["kind"] for frame in again.heard if frame["t"] == "event"}
        assert kinds == {"settings.changed"}
        await line.close()


async def test_signing_out_ends_the_line() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        line = await li.listens()
        await li.asks("DELETE", "/session")
        await line.socket.receive(LOST)
        assert line.socket.close_code == 4401


async def test_colleagues_see_each_other_looking() -> None:
    async with open_desk() as office:
        li, wang = await office.opens("li"), await office.opens("wang")
        await office.shop.customer("Mei").says("在吗")
        number = await office.number("Mei")
        mine, theirs = await li.listens(), await wang.listens()
        await li.gets("/conversations")
        await mine.socket.send_json({"t": "look", "conversation": number})
        await mine.until("viewers")
        await theirs.socket.send_json({"t": "look", "conversation": number, "typing": True})
        seen = await mine.until("viewers")
        assert [(v["login"], v["typing"]) for v in seen["people"]] == [
            ("li", False),
            ("wang", True),
        ]
        await theirs.close()
        left = await mine.until("viewers")
        assert [v["login"] for v in left["people"]] == ["li"]


async def test_an_old_or_foreign_cursor_means_fetch_anew() -> None:
    async with open_desk() as office:
        li = await office.opens("li")
        for cursor in ("999999.0", "nonsense", "1.2.3"):
            line = await li.listens(cursor)
            await line.until("reload")
            await line.close()
