"""Which products a message is about, so that entries on other products do not answer (S-042).

What is said beats what is seen: a product or link named in the message, else the product looked at
or the link on air, as the channel tells it in the message's context (``product``, ``on_air_link``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from core.turn import Turn
from plugins.faq.entry import Entry
from plugins.faq.matcher import Match, Verdict
from plugins.faq.terms import flatten

SEEN = ("product", "product_id", "on_air_link")


def about(turn: Turn, entries: Iterable[Entry]) -> frozenset[str]:
    """The products, as entries name them; empty when nothing is known."""
    flat = flatten(turn.text)
    named = {product for entry in entries for product in entry.products}
    links = {link for link in turn.understanding.all("link") if link in named}
    said = {name for name in named if not name.isdecimal() and flatten(name) in flat} | links
    seen = {str(turn.message.context[key]) for key in SEEN if turn.message.context.get(key)}
    return frozenset(said or seen)


def fitting(verdict: Verdict, known: Collection[str], entries: dict[str, Entry]) -> Verdict:
    """The verdict without entries on other products; the rest are as likely as they are then."""
    if not known:
        return verdict
    fits = [m for m in verdict.matches if _fits(entries.get(m.entry_id), known)]
    gone = sum(m.score for m in verdict.matches) - sum(m.score for m in fits)
    left = max(1 - gone, 1e-6)
    kept = [Match(m.entry_id, round(min(m.score / left, 1.0), 4), m.why) for m in fits]
    return replace(verdict, matches=kept, none=min(verdict.none / left, 1.0))


def _fits(entry: Entry | None, known: Collection[str]) -> bool:
    return entry is None or not entry.products or bool(set(entry.products) & set(known))
