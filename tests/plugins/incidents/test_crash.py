"""A house that dies in the middle of telling hundreds says nothing twice and leaves nobody out."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from core.cli.office import Desk
from core.store.models import Contact, Conversation, Deadline, Message
from core.testing import Shop, open_shop
from plugins.incidents import deeds
from plugins.incidents.cases import NOTIFY, Opening
from plugins.incidents.models import Affected, Incident, Kind
from plugins.incidents.notices import NEWS, key_of

PLUGINS = ("handoff", "compensation", "incidents", "complaints", "orders", "groups")
SETTINGS = {"plugins": {"incidents": {"look_seconds": 7200}}}
PEOPLE = 220  # more than two pages
WORDS = "正在抢修，请稍等。"


async def test_a_crash_between_two_pages_and_a_page_told_again_double_nothing(
    tmp_path: Path,
) -> None:
    async with open_shop(plugins=PLUGINS, settings=SETTINGS, folder=tmp_path) as shop:
        number = await crowd(shop)
        await deeds.notify(Desk(shop.app, "zh_CN"), number, WORDS, (), "li")
    # the doors closed at once: what was committed is all there is
    async with open_shop(plugins=PLUGINS, settings=SETTINGS, folder=tmp_path) as shop:
        await shop.settle()
        assert await told(number) == {1: PEOPLE}
        assert await Affected.filter(notified_at=None).count() == 0
        # the worst of all: the words are out, and every stamp of them is lost
        await Affected.all().update(notified_at=None, route="")
        await Deadline.filter(name=NOTIFY).update(state="waiting", attempts=0)
        shop.app.deadlines.wake()
        await shop.settle()
        assert await told(number) == {1: PEOPLE}
        assert await Affected.filter(route="direct").count() == PEOPLE
        sent = Counter(message.conversation for message in shop.channel().sent)
        assert set(sent) <= set(names())
        assert max(sent.values(), default=1) == 1


def names() -> list[str]:
    return [f"c{n}" for n in range(PEOPLE)]


async def crowd(shop: Shop) -> str:
    """An open incident of people who once wrote to the shop."""
    now = shop.clock.now()
    await Contact.bulk_create([Contact(name=name, created_at=now) for name in names()])
    people = await Contact.all().order_by("id")
    await Conversation.bulk_create(
        Conversation(
            channel="shop", external_id=one.name, kind="direct", contact_id=one.id, created_at=now
        )
        for one in people
    )
    desk = Desk(shop.app, "zh_CN")
    incident = await deeds.open_(desk, "", Opening(Kind.FAULT, "付款故障"), "li")
    await deeds.add(desk, incident.number, [one.id for one in people], ())
    return incident.number


async def told(number: str) -> dict[int, int]:
    """How many people have the words so many times."""
    incident = await Incident.get(number=number)
    rows = await Affected.filter(incident_id=incident.id)
    keys = {key_of(number, NEWS, row.contact_id) for row in rows}
    queued = Message.filter(direction="out", key__startswith=f"incident:{number}:{NEWS}:")
    found = Counter(message.key for message in await queued)
    assert set(found) == keys
    return dict(Counter(found.values()))
