"""Show 7: five hundred customers, told on three routes, compensated once each, state of each."""

from __future__ import annotations

import asyncio
from collections import Counter

from core.cli.office import Desk
from core.effects import Effects
from core.parts import Text
from core.store.commit import by_hand
from core.testing import open_shop
from plugins.compensation.face import CompensationSettings, Grant, Person, Proposal, Wish, approve
from plugins.complaints.models import Complaint
from plugins.incidents import deeds
from plugins.incidents.affected import counts
from plugins.incidents.cases import Opening
from plugins.incidents.commands import people
from plugins.incidents.models import Incident, Kind, State

PLUGINS = ("handoff", "compensation", "incidents", "complaints", "orders", "groups")
LEVELS = [{"name": "值班", "channel": "shop", "conversation": "staff"}]
SETTINGS = {
    "plugins": {
        "complaints": {"levels": LEVELS},
        "incidents": {"count": 50, "people": 40, "look_seconds": 600},
    }
}
CHATS, MEMBERS, VIEWERS = 300, 120, 80
NEWS, OVER = "付款通道出了故障，正在抢修，扣的钱会原路退回。", "付款已恢复，让您久等了。"
LEAD, BOSS = Person("lead", frozenset({"supervisor"})), Person("boss", frozenset({"admin"}))


async def test_five_hundred_customers_are_each_told_compensated_and_closed_once() -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS) as shop:
        desk = Desk(shop.app, "zh_CN")
        crowd = [shop.customer(f"c{n}") for n in range(CHATS)]
        crowd += [shop.member(f"m{n}", f"fans-{n % 3}") for n in range(MEMBERS)]
        crowd += [shop.viewer(f"v{n}", "room") for n in range(VIEWERS)]
        for person in crowd:
            await person.drops(Text("怎么付不了款"))
        await shop.settle()
        await shop.advance(minutes=10)

        draft = await Incident.get(state=State.DRAFT)
        assert "位顾客在说“付不了款”" in shop.posts("staff")[-1]
        assert (await counts(draft))["noted"] == 500
        await deeds.open_(desk, draft.number, Opening(Kind.FAULT, "付款故障"), "lead")
        await deeds.notify(desk, draft.number, NEWS, (), "lead")
        await shop.settle()
        assert await standings() == {("notified", "direct"): 300, **rooms("notified")}

        for person in crowd[:40]:
            await person.drops(Text("到底怎么回事，气死我了，我要投诉"))
        await shop.settle()
        assert not await Complaint.exists()
        assert (await standings())["answered", "direct"] == 40

        wish = Wish("", (), 1000, "付款故障，耽误下单", priority=True)
        proposal = await deeds.compensate(desk, draft.number, wish, LEAD)
        assert not await Grant.exists()  # 5000 yuan: more than one pair of eyes may give
        yes = [Effects(shop.clock, shop.app.texts, "zh_CN") for _ in range(2)]
        for effects in yes:  # two say yes at the same moment
            await approve(effects, proposal.number, BOSS, CompensationSettings.model_validate({}))
        commits = (shop.app.commit.write(effects, by_hand()) for effects in yes)
        done = await asyncio.gather(*commits, return_exceptions=True)
        assert sum(isinstance(one, Exception) for one in done) == 1
        await shop.settle()
        assert (await Proposal.get()).state == "granted"
        assert await Grant.all().count() == 500
        assert (await standings())["compensated", "direct"] == 300

        await deeds.resolve(desk, draft.number, OVER, "lead")
        await shop.settle()
        assert await standings() == {("closed", "direct"): 300, **rooms("closed")}

        heard = Counter(
            (message.conversation, word)
            for message in shop.channel().sent
            for word in (NEWS, OVER, "无门槛券")
            if word in "".join(getattr(part, "text", "") for part in message.parts)
        )
        places = [*(f"fans-{n}" for n in range(3)), "room"]
        chats = [f"c{n}" for n in range(CHATS)]
        assert {heard[place, NEWS] for place in (*chats, *places)} == {1}
        assert {heard[place, OVER] for place in (*chats, *places)} == {1}
        assert {heard[place, "无门槛券"] for place in chats} == {1}
        assert await shop.balance() == {"handled": 540}


async def standings() -> dict[tuple[str, str], int]:
    rows = await people(await Incident.get())
    return dict(Counter((row["standing"], row["route"]) for row in rows))


def rooms(standing: str) -> dict[tuple[str, str], int]:
    return {(standing, "group"): MEMBERS, (standing, "live"): VIEWERS}
