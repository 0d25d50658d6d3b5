"""Which of an entry's answers is said, with the facts of the moment in it (S-042, S-043).

An answer may name facts in braces: those of the settings (``[plugins.faq.facts]``), the customer's
name and the product looked at. ``words.toml`` lists the names that stand for these two.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from core.message import ConversationKind
from core.parts import AnyPart, Card, Image
from core.texts import nearest
from core.turn import Turn
from core.words import words
from plugins.faq.entry import Entry
from plugins.faq.settings import FaqSettings

WORDS = words("plugins.faq")
PERSONAL = (*WORDS["fact_name"], *WORDS["fact_product"])
FACT = re.compile(r"\{(\w+)\}")


def fitting(entry: Entry, listener: Collection[str]) -> str:
    """The answer for a listener of whom these words are true; the most specific one wins."""
    fits = [key for key in entry.answers if set(key.split()) <= set(listener)]
    return entry.answers[max(fits, key=lambda key: len(key.split()))] if fits else entry.answer


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its facts; a name nobody knows stays as it is."""
    return FACT.sub(lambda found: facts.get(found[1], found[0]), text)


def unknown_facts(entry: Entry, settings: FaqSettings) -> Iterator[str]:
    """Names in braces that nobody will fill in."""
    known = {*settings.facts, *PERSONAL}
    for text in (entry.answer, *entry.answers.values()):
        yield from (name for name in FACT.findall(text) if name not in known)


def worded(turn: Turn, entry: Entry, settings: FaqSettings) -> str:
    """What this customer hears."""
    return fill(unnamed(turn, entry, settings), personal(turn))


def unnamed(turn: Turn, entry: Entry, settings: FaqSettings) -> str:
    """The same, with names in braces where something personal belongs."""
    kind = turn.conversation.kind.value
    tone = settings.tones.get(turn.conversation.channel, settings.tone)
    listener = {kind, turn.conversation.channel, nearest(turn.locale, turn.texts.default), tone}
    return fill(fitting(entry, listener), settings.facts)


def personal(turn: Turn) -> dict[str, str]:
    """What the names in braces stand for that differ by customer."""
    product = turn.message.context.get("product")
    facts = dict.fromkeys(WORDS["fact_name"], turn.contact.name)
    return facts | dict.fromkeys(WORDS["fact_product"], product if isinstance(product, str) else "")


def shown(turn: Turn, entry: Entry) -> list[AnyPart]:
    """The pictures and cards that go with it, where there is room for them: not in a live room."""
    if turn.conversation.kind is ConversationKind.LIVE:
        return []
    cards = [Card("link", card.title, card.url) for card in entry.cards]
    return [*(Image(url) for url in entry.pictures), *cards]
