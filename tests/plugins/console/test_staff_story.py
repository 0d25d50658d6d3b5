"""Who leaves the shop leaves no customer behind, and is given no other."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plugins.console.desk import Office, Person, Refused, open_desk


async def owner(office: Office, customer: str) -> str:
    await office.shop.settle()
    return (await office.shop.conversation(customer)).owner


async def asks_for_a_person(office: Office, customer: str) -> str:
    await office.shop.customer(customer).says("人工")
    return await owner(office, customer)


async def changes(boss: Person, login: str, **what: Any) -> None:
    await boss.asks("PATCH", f"/staff/{login}", json=what)


async def test_who_no_longer_serves_keeps_no_customer_and_is_given_no_other() -> None:
    async with open_desk() as office:
        boss = await office.opens("boss", "admin")
        people = {login: await office.opens(login) for login in ("li", "wang")}
        for login, loss in (("li", {"active": False}), ("wang", {"roles": ["community"]})):
            await people[login].puts("/presence", state="online")
            assert await asks_for_a_person(office, f"{login}-Mei") == f"agent:{login}"
            await changes(boss, login, **loss)
            assert await asks_for_a_person(office, f"{login}-Ann") == "queue"
            await office.shop.advance(minutes=4)  # like anybody's who left
            assert await owner(office, f"{login}-Mei") == "queue"
            for customer in ("Mei", "Ann"):
                number = await office.number(f"{login}-{customer}")
                await boss.posts(f"/conversations/{number}/close", result="no-answer")
        me = await people["wang"].signs_in()
        assert me["presence"] == "offline"
        await people["wang"].puts("/presence", state="online")  # for the groups
        assert await asks_for_a_person(office, "Eve") == "queue"


async def test_a_place_more_is_filled_at_once_and_a_place_less_stays_empty() -> None:
    async with open_desk() as office:
        boss, li = await office.opens("boss", "admin"), await office.opens("li", capacity=1)
        await li.puts("/presence", state="online")
        assert await asks_for_a_person(office, "Mei") == "agent:li"
        assert await asks_for_a_person(office, "Ann") == "queue"
        await changes(boss, "li", capacity=2)
        assert await owner(office, "Ann") == "agent:li"
        await changes(boss, "li", capacity=1, name="李姐")
        await li.posts(f"/conversations/{await office.number('Ann')}/close", result="solved")
        assert await asks_for_a_person(office, "Eve") == "queue"
        await li.posts(f"/conversations/{await office.number('Mei')}/close", result="solved")
        assert await owner(office, "Eve") == "agent:li"
        assert "我是客服李姐" in office.shop.posts("Eve")[-1]


async def test_a_lead_who_closes_twice_has_closed_once() -> None:
    async with open_desk() as office:
        li, lead = await office.opens("li"), await office.opens("lead", "supervisor")
        await office.shop.customer("Mei").says("人工")
        number = await office.number("Mei")
        await li.says(number, "来了", take=True)
        await lead.posts(f"/conversations/{number}/close", result="solved", ask=True)
        await office.shop.settle()
        heard = office.shop.posts("Mei")
        for act, body in (("close", {"result": "solved", "ask": True}), ("return", {})):
            with pytest.raises(Refused, match="with-bot") as refused:
                await lead.posts(f"/conversations/{number}/{act}", **body)
            assert refused.value.error["message"] == "机器人已经在接待了，不用再交回或结束。"
        await office.shop.settle()
        assert office.shop.posts("Mei") == heard
        assert len(await office.shop.events("desk.closed")) == 1
