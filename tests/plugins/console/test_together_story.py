"""Several at one conversation, and one that is put off: what each sees, may do, and hears."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest
import pytest_asyncio

from plugins.console.models import AuditLine
from tests.plugins.console.desk import Office, Person, Refused, open_desk

pytestmark = pytest.mark.asyncio(loop_scope="module")
MINUTES = {"first_minutes": 10, "next_minutes": 10, "resolution_minutes": 60}
HANDOFF = {"policy": "manual", "skills": [{"skill": "质检", "topics": ["quality"]}]}
SETTINGS = {"plugins": {"console": {"sla": MINUTES}, "handoff": HANDOFF}}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office() -> AsyncGenerator[Office]:
    async with open_desk(settings=SETTINGS) as office:
        for login, role in (("li", "agent"), ("ai", "agent"), ("wang", "supervisor")):
            await office.hires(login, role)
        yield office


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def people(office: Office) -> tuple[Person, Person, Person]:
    """Li has the conversations, Ai knows more, Wang leads."""
    found = [office.person(login, "correct horse battery") for login in ("li", "ai", "wang")]
    for person in found:
        await person.signs_in()
    li, ai, wang = found
    return li, ai, wang


async def asked(office: Office, li: Person, name: str) -> int:
    """A customer whom Li serves."""
    await office.shop.customer(name).says("人工")
    number = await office.number(name)
    await li.says(number, "您好，我是小李", take=True)
    return number


async def listed(person: Person, view: str) -> list[int]:
    found = await person.gets("/conversations", view=view)
    assert found["counts"][view] == len(found["items"])
    return [card["id"] for card in found["items"]]


async def test_what_is_put_off_is_out_of_sight_until_its_time_and_its_clock_stands(
    office: Office, people: tuple[Person, Person, Person]
) -> None:
    li, shop = people[0], office.shop
    number = await asked(office, li, "Mei")
    until = (shop.clock.now() + timedelta(hours=3)).isoformat()
    opened = await li.posts(f"/conversations/{number}/snooze", until=until)
    assert opened["card"]["snoozed_until"] is not None
    assert opened["clocks"][1]["state"] == "paused"
    assert (await listed(li, "mine"), await listed(li, "snoozed")) == ([], [number])
    await shop.advance(hours=3)
    assert (await listed(li, "mine"), await listed(li, "snoozed")) == ([number], [])
    woken = [e["to"] for e in await shop.events("desk.woke") if e["conversation"] == number]
    assert woken == [["li"]]
    opened = await li.gets(f"/conversations/{number}")
    assert opened["clocks"][1]["state"] == "running"
    with pytest.raises(Refused, match="bad-request"):
        await li.posts(f"/conversations/{number}/snooze", until=until)
    await li.posts(f"/conversations/{number}/close", result="solved")


async def test_the_customers_next_word_brings_it_back(
    office: Office, people: tuple[Person, Person, Person]
) -> None:
    li = people[0]
    number = await asked(office, li, "Bo")
    await li.posts(f"/conversations/{number}/snooze")
    await office.shop.customer("Bo").says("我找到订单号了")
    assert await listed(li, "mine") == [number]
    await li.posts(f"/conversations/{number}/snooze")
    assert (await li.posts(f"/conversations/{number}/wake"))["card"]["snoozed_until"] is None
    await li.posts(f"/conversations/{number}/close", result="solved")


async def test_a_colleague_is_asked_and_answers_while_it_stays_whose_it_is(
    office: Office, people: tuple[Person, Person, Person]
) -> None:
    li, ai, _ = people
    number = await asked(office, li, "An")
    path = f"/conversations/{number}"
    given = await li.posts(f"{path}/consult", to="ai", text="这批羽绒服充绒量是多少？")
    assert [(g["login"], g["part"]) for g in given["items"]] == [("ai", "consult")]
    assert await listed(ai, "helping") == [number]
    with pytest.raises(Refused, match="not-yours"):
        await ai.says(number, "90 克")
    answer = await ai.posts(f"{path}/notes", text="90 克，含绒量 90%")
    assert (answer["kind"], answer["mention"]) == ("answer", ["li"])
    kinds = [note["kind"] for note in (await li.gets(f"{path}/notes"))["items"]]
    assert kinds == ["consult", "answer"]
    assert (await li.gets(path))["card"]["owner"]["kind"] == "me"
    await li.asks("DELETE", f"{path}/guests/ai")
    assert await listed(ai, "helping") == []
    with pytest.raises(Refused, match="bad-request"):
        await li.posts(f"{path}/consult", to="li", text="我自己？")
    await li.posts(f"{path}/close", result="solved")


async def test_a_lead_observes_whispers_joins_and_takes_over(
    office: Office, people: tuple[Person, Person, Person]
) -> None:
    li, ai, wang = people
    number = await asked(office, li, "Zhou")
    path = f"/conversations/{number}"
    line = await li.listens()
    with pytest.raises(Refused, match="not-allowed"):
        await ai.posts(f"{path}/watch", part="observe")
    assert (await wang.gets(path))["may"]["watch"]
    await wang.posts(f"{path}/watch", part="observe")
    with pytest.raises(Refused, match="not-yours"):
        await wang.says(number, "您好")
    await wang.posts(f"{path}/whisper", text="先道歉，再给方案")
    heard = await line.event("desk.whisper")
    assert heard["data"]["to"] == ["li"]
    assert (await li.gets(f"{path}/notes"))["items"][0]["text"] == "先道歉，再给方案"
    zhou = office.shop.customer("Zhou")
    await wang.posts(f"{path}/watch", part="join")
    assert (await wang.says(number, "我是店长，这边一起帮您看"))["author"] == "Wang"
    zhou.hears("我是店长")
    assert not any("道歉" in text for text in office.shop.posts("Zhou"))
    opened = await li.gets(path)
    assert (opened["card"]["owner"]["kind"], opened["may"]["reply"]) == ("me", True)
    assert [(g["login"], g["part"]) for g in opened["guests"]] == [("wang", "join")]
    taken = await wang.posts(f"{path}/claim", force=True)
    assert (taken["card"]["owner"]["kind"], taken["guests"]) == ("me", [])
    acts = await AuditLine.filter(about=str(number)).order_by("id").values_list("act", flat=True)
    assert acts == ["observed", "joined", "took-over"]
    await line.close()


async def test_who_takes_over_sees_what_was_said_why_it_waits_and_the_red_tag(
    office: Office, people: tuple[Person, Person, Person]
) -> None:
    li, shop = people[0], office.shop
    xu = shop.customer("Xu")
    await xu.says("订单 20261120001 的裙子开线了")
    await xu.says("太生气了，质量这么差，我要投诉你们")
    number = (await shop.conversation("Xu")).id
    cards = (await li.gets("/conversations", view="queue"))["items"]
    card = next(card for card in cards if card["id"] == number)
    assert (card["high"], card["skill"]) == (True, "质检")
    handoff = (await li.gets(f"/conversations/{card['id']}"))["handoff"]
    assert (handoff["skill"], handoff["text"]) == ("质检", "投诉")
    assert handoff["why"][0]["points"] == 30
    assert handoff["brief"]["said"][0] == "订单 20261120001 的裙子开线了"
    assert handoff["brief"]["orders"] == ["20261120001"]
    assert handoff["brief"]["answered"] >= 1
    assert [case["state"] for case in handoff["brief"]["complaints"]] == ["open"]


async def test_a_trigger_is_edited_at_the_desk_and_skills_are_given_there(
    office: Office, people: tuple[Person, Person, Person]
) -> None:
    _, ai, wang = people
    shop = office.shop
    wu = shop.customer("Wu")
    await wu.says("帮我搭配一套秋装")
    assert (await shop.conversation("Wu")).owner == "bot"
    await wang.puts(
        "/settings/handoff/triggers", value=[{"reason": "advice", "words": ["帮我搭配"]}]
    )
    await wu.says("帮我搭配一套秋装")
    assert (await shop.conversation("Wu")).owner == "queue"
    await wang.asks("DELETE", "/settings/handoff/triggers")
    chief = await office.opens("chief", "admin")
    changed = await chief.asks("PATCH", "/staff/ai", json={"skills": ["质检", "羽绒"]})
    assert changed["staff"]["skills"] == ["质检", "羽绒"]
    known = {each["login"]: each["skills"] for each in (await ai.gets("/colleagues"))["items"]}
    assert known["ai"] == ["质检", "羽绒"]
    assert await AuditLine.filter(act="staff-trained", about="ai").count() == 1
