"""The desk: where people and the bot work together."""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from core.channels import Lines
from core.clock import Clock
from core.due import Due
from core.message import ConversationKind
from core.plugin import Plugin
from core.route.rules import Rank
from core.settings import ShopSettings
from core.store.commit import Commit
from core.store.models import Contact
from core.store.writer import Writer
from core.texts import Texts
from core.turn import Turn
from plugins.complaints.face import ComplaintSettings
from plugins.console import rating
from plugins.console.ask import House, Services
from plugins.console.fold import agent_of
from plugins.console.models import Thread
from plugins.console.settings import ConsoleSettings
from plugins.console.site import site
from plugins.console.sla.clocks import What
from plugins.console.sla.keep import WARN, load
from plugins.handoff.face import HandoffSettings, tell_staff
from plugins.orders.face import OrderSource

plugin = Plugin(
    "console",
    settings=ConsoleSettings,
    requires=("handoff", "complaints", "orders", "groups"),
    models="plugins.console.models",
    cli="plugins.console.commands:app",
    package=__package__ or "",
)


@plugin.provides
async def house(
    clock: Clock, texts: Texts, commit: Commit, writer: Writer, lines: Lines
) -> AsyncIterator[House]:
    """What of the core the desk works with."""
    yield House(clock, texts, commit, writer, lines)


@plugin.serves("/desk")
def desk(
    house: House,
    shop: ShopSettings,
    settings: ConsoleSettings,
    complaints: ComplaintSettings,
    orders: OrderSource,
) -> web.Application:
    """Everything below ``/desk``."""
    return site(Services(house, shop, settings, complaints, orders))


@plugin.on(event="choice", kinds=ConversationKind.DIRECT, owners=("bot", "queue", "agent"))
async def rated(turn: Turn) -> None:
    """A button of the rating card."""
    await rating.rate(turn)


@plugin.on(exact=("1", "2", "3", "4", "5"), kinds=ConversationKind.DIRECT, rank=Rank.COMMAND)
async def rated_in_words(turn: Turn) -> None:
    """A bare number right after the card, where a channel has no buttons.

    Asked before menus of the FAQ, which know the same numbers; it declines when no card is open.
    """
    await rating.rate(turn)


@plugin.due()
async def sla_due(due: Due, settings: HandoffSettings) -> None:
    """A promise is nearly over, or broken: the journal says so, and staff are told."""
    thread = await Thread.get_or_none(conversation_id=due.data["conversation"])
    target = load(thread.clocks).get(What(due.data["what"])) if thread is not None else None
    if thread is None or target is None or not target.runs:
        return
    warned = due.data["step"] == WARN
    facts = {"conversation": thread.conversation_id, "what": str(target.what)}
    due.emit("sla.warned" if warned else "sla.breached", **facts, owner=thread.owner)
    contact = await Contact.get_or_none(id=thread.contact_id or 0)
    texts = due.texts
    tell_staff(
        due,
        settings.staff,
        f"console.sla_{due.data['step']}",
        key=f"sla:{due.key}:{due.due_at.timestamp():.0f}",
        conversation=thread.conversation_id,
        name=(contact.name if contact else "") or texts.render("handoff.visitor", texts.default),
        what=texts.render(f"console.sla_{target.what}", texts.default),
        owner=agent_of(thread.owner) or texts.render("console.sla_nobody", texts.default),
    )
