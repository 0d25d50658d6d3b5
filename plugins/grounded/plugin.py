"""Grounded answers: a model may rephrase and combine what the knowledge says, and nothing else.

Off until ``[plugins.grounded] url`` names an endpoint. It stands before the FAQ: where it has
nothing to say (and whenever the model fails, lies or is not to be asked) the FAQ answers by itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp

from core.channels import Lines
from core.clock import Clock
from core.contacts.holding import Holding
from core.delivery.breaker import Breaker
from core.masking import mask
from core.message import ConversationKind
from core.metrics import Metrics
from core.plugin import Plugin
from core.route.rules import Rank
from core.settings import Problem, Settings, SettingsError, ShopSettings
from core.store.writer import Writer
from core.turn import Declined, Turn
from plugins.faq.face import Entry, FaqSettings, KnowledgeBase, Retrieved, retrieve, shown
from plugins.grounded.answerer import Answerer, Grounded, NotGrounded
from plugins.grounded.brief import Brief, brief, instructions
from plugins.grounded.budget import Budget
from plugins.grounded.check import check
from plugins.grounded.endpoint import Endpoint
from plugins.grounded.facts import LookUp
from plugins.grounded.gauges import Gauges
from plugins.grounded.models import Spending
from plugins.grounded.settings import GroundedSettings
from plugins.grounded.show import writing
from plugins.orders.face import CourierDesk, OrderSource

plugin = Plugin(
    "grounded",
    settings=GroundedSettings,
    requires=("faq",),
    uses=("orders",),
    models="plugins.grounded.models",
    package="plugins.grounded",
)
plugin.checked(check)
plugin.holds(Holding(Spending, "contact_id"))  # a customer's counts; the shop's own stay
CLEAR = 0.6  # mark "severity": from a clear complaint on, people find the words
PATIENCE = 30.0  # facts and endpoint have limits of their own, of 21 seconds at most
SHOWN = 80  # characters of a line that was not believed, in the decision


@plugin.provides
async def answerer(
    *,
    settings: GroundedSettings,
    whole: Settings,
    shop: ShopSettings,
    writer: Writer,
    clock: Clock,
    metrics: Metrics,
) -> AsyncIterator[Answerer]:
    """Whoever asks the model."""
    if settings.behind(whole.plugins.enabled):
        words = "'grounded' must stand before 'faq'"
        raise SettingsError([Problem.of("plugins.enabled", "grounded.setting_order", words)])
    gauges = Gauges(metrics.registry)
    try:
        async with aiohttp.ClientSession() as session:
            yield Answerer(
                Endpoint(session, settings),
                Budget(settings, shop, writer, clock),
                Breaker(clock),
                gauges,
                prompt=_prompt(settings),
                room=settings.max_tokens,
            )
    finally:
        gauges.close()


@plugin.on(always=True, rank=Rank.SCORE, kinds=ConversationKind.DIRECT, seconds=PATIENCE)
async def ask(
    turn: Turn,
    *,
    settings: GroundedSettings,
    base: KnowledgeBase,
    faq: FaqSettings,
    answerer: Answerer,
    lines: Lines,
    orders: OrderSource | None,
    couriers: CourierDesk | None,
) -> None:
    """Let the model answer where the matcher would ask back, or has several answers to give."""
    if not settings.on:
        turn.decline("off")
    if turn.event is not None or not turn.text or turn.conversation.form:
        turn.decline("no question")
    if turn.understanding.marks.get("severity", 0.0) >= CLEAR:
        turn.decline("a complaint")
    found = await retrieve(turn, base, faq, settings.entries)
    entries = _wanted(found, settings)
    if not entries:
        turn.decline(f"the matcher's own: {found.band}")
    look = LookUp(orders if settings.orders else None, couriers)
    asked = brief(turn, entries, faq, await look.facts(turn))
    turn.note(model=settings.model, given=list(asked.sources))
    grounded = await _answered(turn, answerer, asked, lines)
    titles = [asked.sources[cite].title for cite in grounded.cites]
    _say(turn, asked.filled(grounded.text), titles)
    _tell(turn, grounded, entries, settings)


async def _answered(turn: Turn, answerer: Answerer, asked: Brief, lines: Lines) -> Grounded:
    """The verified answer; declines where there is none."""
    try:
        async with writing(turn, lines) as show:
            return await answerer.answer(turn.message.id, turn.contact.id, asked, show)
    except NotGrounded as why:
        if why.line:
            turn.note(not_believed=mask(why.line[:SHOWN]))
        raise Declined(why.reason) from why


def _wanted(found: Retrieved, settings: GroundedSettings) -> tuple[Entry, ...]:
    """The entries to answer from; none where the matcher shall answer by itself."""
    if len(found.several) > 1:
        return found.several[: settings.entries] if "several" in settings.when else ()
    unsure = found.band == "clarify" and not found.several
    return found.entries[: settings.entries] if unsure and "unsure" in settings.when else ()


def _say(turn: Turn, text: str, titles: list[str]) -> None:
    """The answer with its sources, marked as made by a machine.

    The mark is owed (Measures for Labelling AI-Generated Synthetic Content, in force since
    2025-09-01, art. 4; wording after GB 45438-2025).
    """
    comma = turn.texts.render("grounded.comma", turn.locale)
    sources = comma.join(dict.fromkeys(titles))
    turn.say(text + "\n" + turn.texts.render("grounded.sources", turn.locale, sources=sources))


def _tell(
    turn: Turn, grounded: Grounded, entries: tuple[Entry, ...], settings: GroundedSettings
) -> None:
    """What goes with the answer, and what the journal and ``explain`` keep of it."""
    cited = [entry for entry in entries if entry.id in grounded.cites]
    extras = [part for entry in cited for part in shown(turn, entry)]
    if extras:
        turn.say("", *extras)
    turn.note(cites=list(grounded.cites), tokens=grounded.tokens)
    turn.emit(
        "grounded.answered",
        entries=list(grounded.cites),
        model=settings.model,
        tokens=grounded.tokens,
        question=turn.message.id,
    )


def _prompt(settings: GroundedSettings) -> str:
    try:
        return instructions(settings.prompt)
    except OSError as error:
        name, kind = "plugins.grounded.prompt", "grounded.setting_prompt"
        given, words = f" = {settings.prompt!r}", str(error.strerror)
        raise SettingsError([Problem.of(name, kind, words, given, error=words)]) from error
