"""Show 7: five hundred customers, told on three routes, compensated once each, state of each."""

from __future__ import annotations

import asyncio
from collections import Counter

from core.cli.office import Desk
from core.effects import Effects
from core.parts import Text
from core.store.commit import by_hand
from core.store.models import Contact, Conversation
from core.testing import Shop, open_shop
from core.testing.shop import Customer
from plugins.compensation.face import CompensationSettings, Grant, Person, Proposal, Wish, approve
from plugins.complaints.models import Complaint
from plugins.incidents import deeds
from plugins.incidents.cases import Opening
from plugins.incidents.commands import people
from plugins.incidents.models import Incident, Kind, State

PLUGINS = ("handoff", "compensation", "incidents", "complaints", "orders", "groups")
LEVELS = [{"name": "值班", "channel": "shop", "conversation": "staff"}]
LOUD = {"count": 50, "people": 40, "look_seconds": 600}
SETTINGS = {"plugins": {"complaints": {"levels": LEVELS}, "incidents": LOUD}}
CHATS, MEMBERS, VIEWERS = 60, 60, 40  # who say it: in chats, in three groups, in a live room
BUYERS = 340  # who have not said a word of it, and wrote to us some other day
NEWS, OVER = "付款通道出了故障，正在抢修，扣的钱会原路退回。", "付款已恢复，让您久等了。"
LEAD, BOSS = Person("lead", frozenset({"supervisor"})), Person("boss", frozenset({"admin"}))


async def test_five_hundred_customers_are_each_told_compensated_and_closed_once() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        desk, crowd = Desk(shop.app, "zh_CN"), await outcry(shop)
        number = (await Incident.get(state=State.DRAFT)).number
        assert "位顾客在说“付不了款”" in shop.posts("staff")[-1]
        await deeds.add(desk, number, await buyers(shop), ())
        await deeds.open_(desk, number, Opening(Kind.FAULT, "付款故障"), "lead")
        await deeds.notify(desk, number, NEWS, (), "lead")
        await shop.settle()
        assert await standings() == everybody("notified")

        for person in crowd[:20]:
            await person.drops(Text("到底怎么回事，气死我了，我要投诉"))
        await shop.settle()
        assert not await Complaint.exists()
        assert (await standings())["answered", "direct"] == 20

        wish = Wish("", (), 1000, "付款故障，耽误下单", priority=True)
        proposal = await deeds.compensate(desk, number, wish, LEAD)
        assert not await Grant.exists()  # 5000 yuan in all: not alone
        await two_say_yes(shop, proposal.number)
        assert (await Proposal.get()).state == "granted"
        assert await Grant.all().count() == 500
        assert await standings() == everybody("compensated")

        await deeds.resolve(desk, number, OVER, "lead")
        await shop.settle()
        assert await standings() == everybody("closed")
        chats = [
            f"{kind}{n}" for kind, count in (("c", CHATS), ("b", BUYERS)) for n in range(count)
        ]
        places = [*chats, "fans-0", "fans-1", "fans-2", "room"]
        assert {shop_says(shop, NEWS)[place] for place in places} == {1}
        assert {shop_says(shop, OVER)[place] for place in places} == {1}
        assert {shop_says(shop, "无门槛券")[place] for place in chats} == {1}


async def outcry(shop: Shop) -> list[Customer]:
    """The crowd, having said it, those in chats first."""
    crowd = [shop.customer(f"c{n}") for n in range(CHATS)]
    crowd += [shop.member(f"m{n}", f"fans-{n % 3}") for n in range(MEMBERS)]
    crowd += [shop.viewer(f"v{n}", "room") for n in range(VIEWERS)]
    for person in crowd:
        await person.drops(Text("怎么付不了款"))
    await shop.advance(minutes=10)
    return crowd


async def buyers(shop: Shop) -> list[int]:
    """Contacts with a chat of some other day."""
    now = shop.clock.now()
    names = [f"b{n}" for n in range(BUYERS)]
    await Contact.bulk_create([Contact(name=name, created_at=now) for name in names])
    rows = await Contact.filter(name__in=names)
    await Conversation.bulk_create(
        Conversation(
            channel="shop", external_id=row.name, kind="direct", contact_id=row.id, created_at=now
        )
        for row in rows
    )
    return [row.id for row in rows]


async def two_say_yes(shop: Shop, number: str) -> None:
    """At the same moment: one of them counts."""
    yes = [Effects(shop.clock, shop.app.texts, "zh_CN") for _ in range(2)]
    for effects in yes:
        await approve(effects, number, BOSS, CompensationSettings.model_validate({}))
    commits = (shop.app.commit.write(effects, by_hand()) for effects in yes)
    done = await asyncio.gather(*commits, return_exceptions=True)
    assert sum(isinstance(one, Exception) for one in done) == 1
    await shop.settle()


async def standings() -> Counter[tuple[str, str]]:
    """How many people stand where, by the route on which they heard of it."""
    return Counter((row["standing"], row["route"]) for row in await people(await Incident.get()))


def everybody(standing: str) -> dict[tuple[str, str], int]:
    routes = {"direct": CHATS + BUYERS, "group": MEMBERS, "live": VIEWERS}
    return {(standing, route): count for route, count in routes.items()}


def shop_says(shop: Shop, words: str) -> Counter[str]:
    """How often each conversation was told these words."""
    sent = shop.channel().sent
    return Counter(
        message.conversation
        for message in sent
        if any(isinstance(part, Text) and words in part.text for part in message.parts)
    )
