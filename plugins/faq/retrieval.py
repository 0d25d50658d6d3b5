"""What the matcher finds for a message, for plugins that answer from it in their own way."""

from __future__ import annotations

from dataclasses import dataclass

from core.message import ConversationKind
from core.turn import Turn
from plugins.faq.about import about
from plugins.faq.bands import Band, Bands
from plugins.faq.entry import Entry
from plugins.faq.knowledge import KnowledgeBase
from plugins.faq.settings import FaqSettings


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The band, the entries (best first), and the sure ones where a message asks several things."""

    band: Band
    entries: tuple[Entry, ...]
    several: tuple[Entry, ...] = ()


async def retrieve(
    turn: Turn, base: KnowledgeBase, settings: FaqSettings, most: int = 0
) -> Retrieved:
    """What the FAQ would decide on; ``most`` entries where it offers some at all."""
    direct = turn.conversation.kind is ConversationKind.DIRECT
    wanted = settings.precision if direct else settings.public_precision
    known = about(turn, base.special.values())
    bands = Bands(wanted, settings.helpful, max(settings.candidates, most))
    decision = await base.decide(turn.text, bands, known)
    careful = Bands(settings.public_precision, settings.helpful, settings.candidates)
    several = await base.answers(turn.text, careful, known)
    entries = [base.get(match.entry_id) for match in decision.offered]
    sure = [base.get(match.entry_id) for match in several]
    return Retrieved(
        decision.band,
        tuple(entry for entry in entries if entry),
        tuple(entry for entry in sure if entry),
    )
