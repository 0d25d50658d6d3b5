"""The FAQ: answers from the shop's own knowledge (S-001..S-006, S-022, S-028).

It asks back when it is unsure, and says so when it does not know.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from core.clock import Clock
from core.message import ConversationKind
from core.plugin import Plugin
from core.route.rules import Rank
from core.settings import Settings, ShopSettings
from core.store.models import JournalEntry
from core.texts import Texts
from core.turn import Turn
from core.understand.normalise import bare
from plugins.faq.about import about
from plugins.faq.bands import Bands
from plugins.faq.editor import Editor
from plugins.faq.encoder import Remembering, encoder
from plugins.faq.keeps import HOLDINGS
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.menus import NONE, PERSON, PICK, REPLIES, USEFUL, WORDS, chosen
from plugins.faq.mind import Mind
from plugins.faq.page import HelpPage
from plugins.faq.remote import RemoteEncoder
from plugins.faq.replies import answer, answer_all, miss, suggest, verdict, wordless
from plugins.faq.settings import FaqSettings
from plugins.faq.store import CHANGED
from plugins.handoff.face import Triage, request

plugin = Plugin(
    "faq",
    settings=FaqSettings,
    requires=("handoff",),
    models="plugins.faq.models",
    cli="plugins.faq.commands:app",
    package="plugins.faq",
    live=(
        "precision",
        "public_precision",
        "helpful",
        "candidates",
        "menu_minutes",
        "facts",
        "tone",
        "help_page",
    ),
)
plugin.holds(*HOLDINGS)
DIRECT = ConversationKind.DIRECT


@plugin.provides
async def knowledge(
    settings: FaqSettings, clock: Clock, whole: Settings
) -> AsyncIterator[KnowledgeBase]:
    """The knowledge base, loaded."""
    chosen = encoder(settings.encoder)
    if settings.encoder == "remote":
        chosen = Remembering(RemoteEncoder(settings.embeddings))
    mind = Mind(chosen, whole.data / "faq")
    try:
        base = KnowledgeBase(mind, clock, whole.shop.zone)
        await base.load()
        yield base
    finally:
        await mind.close()


@plugin.provides
async def editor(base: KnowledgeBase, settings: FaqSettings) -> AsyncIterator[Editor]:
    """What those work with who write the knowledge, at the desk."""
    yield Editor(base, settings)


@plugin.started
async def warm(base: KnowledgeBase) -> None:
    """Begin to read the meanings before the first customer asks."""
    base.warm()


@plugin.serves("/help")
def help_page(
    base: KnowledgeBase, settings: FaqSettings, shop: ShopSettings, texts: Texts
) -> web.Application:
    """The knowledge for everybody to read, where the shop wants it."""
    site = web.Application()
    site.router.add_get("", HelpPage(base, settings, shop, texts).serve)
    return site


@plugin.follows(CHANGED)
async def reload(entry: JournalEntry, base: KnowledgeBase) -> None:
    """Know what has changed."""
    await base.load()


@plugin.on(always=True, rank=Rank.SCORE)
async def ask(turn: Turn, base: KnowledgeBase, settings: FaqSettings) -> None:
    """Answer when sure; in a direct chat ask back when unsure; leave the rest to others."""
    if turn.event is not None or not turn.text:
        turn.decline("no words")
    direct = turn.conversation.kind is DIRECT
    if not direct and not any(word in turn.text for word in WORDS["asking"]):
        turn.decline("no question")
    wanted = settings.precision if direct else settings.public_precision
    bands = Bands(wanted, settings.helpful, settings.candidates)
    known = about(turn, base.special.values())
    decision = await base.decide(turn.text, bands, known)
    if direct and not turn.conversation.form:
        careful = Bands(settings.public_precision, settings.helpful, settings.candidates)
        sure = [base.get(m.entry_id) for m in await base.answers(turn.text, careful, known)]
        several = [entry for entry in sure if entry]  # one may have gone in between
        if len(several) > 1 or (several and decision.band != "answer"):
            answer_all(turn, several, settings, turn.message.id)
            return
    if not decision.offered:
        turn.decline("nothing alike enough")
    best = decision.offered[0]
    turn.note(entry=best.entry_id, score=best.score, why=best.why)
    near = [entry for match in decision.offered if (entry := base.get(match.entry_id))]
    if decision.band == "answer" and near:
        answer(turn, near[0], settings, turn.message.id, best.score)
        return
    if not direct or turn.conversation.form or not near:
        turn.decline(f"not sure: {best.score:.2f}")
    suggest(turn, near)


@plugin.on(always=True, rank=Rank.FALLBACK, kinds=DIRECT)
async def unknown(turn: Turn, triage: Triage) -> None:
    """Say honestly that we do not know; after some misses in a row a person takes over (S-028)."""
    if turn.event is not None:
        turn.decline("no words")
    if turn.conversation.form:
        turn.decline("a form is open: it asks again")
    if not turn.text:
        wordless(turn)
    elif bare(turn.text):
        await miss(turn, triage, turn.message.id)
    else:
        turn.reply("faq.signs")  # a smile or a question mark: heard, but nothing to look up


@plugin.on(event="choice", exact=REPLIES, rank=Rank.EXACT)
async def choose(turn: Turn, base: KnowledgeBase, settings: FaqSettings, triage: Triage) -> None:
    """What the customer chose from one of our menus."""
    choice = chosen(turn, settings.menu_minutes)
    if choice is None:
        turn.decline("not from a menu of the FAQ")
        return
    turn.memory.pop("menu", None)
    if choice.act == PERSON:
        request(turn, "faq-asked")
    elif choice.act == NONE:
        await miss(turn, triage, choice.asked)
    elif choice.act == PICK:
        entry = base.get(choice.entry_id)
        if entry is None:
            turn.reply("faq.gone")
            return
        turn.emit("faq.picked", entry=entry.id, question=choice.asked)
        answer(turn, entry, settings, choice.asked, 1.0)
    else:
        verdict(turn, choice, useful=choice.act == USEFUL)


@plugin.on(exact=WORDS["robot"], kinds=DIRECT)
async def robot(turn: Turn) -> None:
    """Say honestly what we are."""
    turn.reply("faq.robot")


@plugin.on(exact=WORDS["hello"], kinds=DIRECT)
async def hello(turn: Turn) -> None:
    """Greet back."""
    turn.reply("faq.hello")


@plugin.on(exact=(*WORDS["thanks"], *WORDS["fine"]), kinds=DIRECT)
async def welcome(turn: Turn) -> None:
    """A courtesy is no question, and no miss."""
    if turn.conversation.form:
        turn.decline("a form is open: it asks again")
    turn.reply("faq.welcome")
