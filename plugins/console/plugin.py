"""The desk: where people and the bot work together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from core.channels import Lines
from core.clock import Clock
from core.contacts.office import Contacts
from core.due import Due
from core.message import ConversationKind
from core.overrides import Overrides
from core.plugin import Plugin
from core.route.rules import Rank
from core.settings import Settings, ShopSettings
from core.store.commit import Commit
from core.store.models import JournalEntry
from core.store.writer import Writer
from core.texts import Texts
from core.turn import Turn
from core.words import words
from plugins.compensation.face import CompensationSettings
from plugins.complaints.face import ComplaintSettings
from plugins.console import rating
from plugins.console.ask import House, Services
from plugins.console.cards import tier_of
from plugins.console.fold import agent_of
from plugins.console.keeps import HOLDINGS, farewell
from plugins.console.models import Thread
from plugins.console.numbers import schedule
from plugins.console.overlay import CHANGED, Overlay
from plugins.console.quality import consent, plan
from plugins.console.settings import ConsoleSettings, SlaSettings
from plugins.console.site import site
from plugins.console.sla.alerts import tell
from plugins.console.sla.clocks import What
from plugins.console.sla.keep import load
from plugins.faq.face import Editor
from plugins.handoff.face import HandoffSettings, Triage
from plugins.incidents.face import IncidentSettings
from plugins.orders.face import OrderSource

ALL = ("bot", "queue", "agent")
WORDS = words(f"{__package__}.quality")

plugin = Plugin(
    "console",
    settings=ConsoleSettings,
    requires=("handoff", "complaints", "orders", "groups"),
    uses=("faq", "compensation", "incidents"),
    models="plugins.console.models",
    cli="plugins.console.commands:app",
    package=__package__ or "",
    live=(
        "capacity",
        "monitoring_notice",
        "quality.per_agent",
        "quality.keep_days",
        "quality.criteria",
        "sla.first_minutes",
        "sla.next_minutes",
        "sla.resolution_minutes",
        "sla.warn_share",
    ),
)
plugin.holds(*HOLDINGS)
plugin.bids_farewell(farewell)


@plugin.provides
async def house(
    *, clock: Clock, texts: Texts, commit: Commit, writer: Writer, lines: Lines, contacts: Contacts
) -> AsyncIterator[House]:
    """What of the core the desk works with."""
    yield House(clock, texts, commit, writer, lines, contacts)


@plugin.started
async def value(triage: Triage, settings: ConsoleSettings) -> None:
    """Whoever matters most is known here, and goes first in the queue (S-033).

    And whoever is called a person hears that chats may be reviewed (S-376).
    """
    triage.tier_of = tier_of
    triage.greet = partial(consent.tell_waiting, settings=settings)


@plugin.started
async def nights(clock: Clock, texts: Texts) -> None:
    """The first night of the sampling plan."""
    await plan.arm(clock.now(), texts.zone)


@plugin.provides
async def overlay(overrides: Overrides, whole: Settings, texts: Texts) -> AsyncIterator[Overlay]:
    """What staff changed of settings and sentences, in force before anybody asks for them."""
    changed = Overlay(overrides, whole, texts)
    await changed.load()
    yield changed


@plugin.follows(CHANGED)
async def settings_changed(entry: JournalEntry, overlay: Overlay) -> None:
    """Somebody changed a setting, perhaps at the desk of another process."""
    await overlay.load()


@plugin.serves("/desk")
def desk(
    *,
    house: House,
    shop: ShopSettings,
    settings: ConsoleSettings,
    complaints: ComplaintSettings,
    orders: OrderSource,
    overlay: Overlay,
    handoff: HandoffSettings,
    knowledge: Editor | None,
    compensation: CompensationSettings | None,
    incidents: IncidentSettings | None,
) -> web.Application:
    """Everything below ``/desk``."""
    return site(
        Services(
            house,
            shop,
            settings,
            complaints,
            orders,
            overlay,
            handoff,
            knowledge,
            compensation,
            incidents,
        )
    )


@plugin.on(event="choice", kinds=ConversationKind.DIRECT, owners=ALL)
async def rated(turn: Turn) -> None:
    """A button of the rating card."""
    await rating.rate(turn)


@plugin.on(exact=("1", "2", "3", "4", "5"), kinds=ConversationKind.DIRECT, rank=Rank.COMMAND)
async def rated_in_words(turn: Turn) -> None:
    """A bare number right after the card, where a channel has no buttons.

    Asked before menus of the FAQ, which know the same numbers; it declines when no card is open.
    """
    await rating.rate(turn)


@plugin.on(exact=WORDS["object"], kinds=ConversationKind.DIRECT, owners=ALL, rank=Rank.COMMAND)
async def objects(turn: Turn) -> None:
    """The customer does not want to be reviewed; said beside a person too."""
    consent.answer(turn, consent.OBJECTED)


@plugin.on(exact=WORDS["agree"], kinds=ConversationKind.DIRECT, owners=ALL, rank=Rank.COMMAND)
async def agrees(turn: Turn) -> None:
    """The customer does not mind after all."""
    consent.answer(turn, consent.AGREED)


@plugin.due()
async def quality_round(due: Due, settings: ConsoleSettings) -> None:
    """One night of the sampling plan."""
    await plan.round_off(due, settings)


@plugin.started
async def reports(clock: Clock, texts: Texts, settings: ConsoleSettings) -> None:
    """The next report of a week and of a month."""
    await schedule.arm(clock.now(), settings.report_at, texts.zone)


@plugin.due()
async def report(
    due: Due,
    *,
    writer: Writer,
    settings: ConsoleSettings,
    shop: ShopSettings,
    handoff: HandoffSettings,
    knowledge: Editor | None,
) -> None:
    """A week or a month is over: its report is written and kept, and those who lead hear of it."""
    source = schedule.source_of(due, writer, knows=knowledge is not None)
    await schedule.produce(due, source, settings.report_at, shop.name, handoff.staff)


@plugin.due()
async def woken(due: Due) -> None:
    """What was put off is due: back into the list, and its owner hears of it."""
    thread = await Thread.get_or_none(conversation_id=due.data["conversation"])
    if thread is not None and thread.snoozed_until is not None:
        number = thread.conversation_id
        due.emit("desk.woke", conversation=number, by="", to=[agent_of(thread.owner)])


@plugin.due()
async def sla_due(due: Due, settings: ConsoleSettings, handoff: HandoffSettings) -> None:
    """A promise is nearly over, or broken: the journal says so, and those are told who hear it."""
    thread = await Thread.get_or_none(conversation_id=due.data["conversation"])
    target = load(thread.clocks).get(What(due.data["what"])) if thread is not None else None
    if thread is None or target is None or not target.runs:
        return
    if target.breached_at is not None and target.breached_at < due.due_at:
        return  # told when it was broken; new terms made it due again
    await tell(due, thread, target, settings.sla or SlaSettings(), handoff.staff)
