"""A shop that compensates: its staff and customers; how one of the staff proposes and decides."""

from __future__ import annotations

from core.effects import Effects
from core.store.commit import by_hand
from core.testing import Shop
from plugins.compensation import face
from plugins.compensation.face import CompensationSettings, Person, Proposal, Wish

STAFF = {"channel": "shop", "conversation": "staff"}
PLUGINS = ["handoff", "compensation"]
SETTINGS = {"plugins": {"compensation": {"staff": STAFF}}}
RULES = CompensationSettings.model_validate({"staff": STAFF})
LI, WANG = Person("li", frozenset({"agent"})), Person("wang", frozenset({"agent"}))
LEAD, BOSS = Person("lead", frozenset({"supervisor"})), Person("boss", frozenset({"admin"}))


async def people(shop: Shop, *names: str) -> list[int]:
    """Customers who have said a word; the numbers of their contacts."""
    numbers: list[int] = []
    for name in names:
        await shop.customer(name).says("在吗")
        numbers.append((await shop.conversation(name)).contact_id or 0)
    return numbers


def effects(shop: Shop) -> Effects:
    """An empty collection."""
    return Effects(shop.clock, shop.app.texts, "zh_CN")


async def proposes(shop: Shop, by: Person, wish: Wish) -> Proposal:
    """Propose, and see what became of it."""
    made = effects(shop)
    proposal = await face.propose(made, wish, by, RULES)
    await shop.app.commit.write(made, by_hand())
    await shop.settle()
    return await Proposal.get(number=proposal.number)


async def approves(shop: Shop, number: str, by: Person) -> None:
    """Say yes."""
    made = effects(shop)
    await face.approve(made, number, by, RULES)
    await shop.app.commit.write(made, by_hand())
    await shop.settle()


async def refuses(shop: Shop, number: str, by: Person, why: str) -> None:
    """Say no."""
    made = effects(shop)
    await face.refuse(made, number, by, why, RULES)
    await shop.app.commit.write(made, by_hand())
    await shop.settle()
