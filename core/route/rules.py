"""Rules: what a handler answers to, said as data so that an index can be built of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from core.message import ConversationKind


class Rank(IntEnum):
    """Who is asked first. Ties go by the order of plugins in the settings."""

    FORM = 0
    OWNER = 1
    COMMAND = 2
    EXACT = 3
    URGENT = 4
    INTENT = 5
    SCORE = 6
    FALLBACK = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """When a handler is a candidate: any of the *asks*, and all of the *limits*.

    Asks: ``command`` (the whole message, or its first word followed by an argument), ``exact`` (the
    whole message without punctuation), ``prefix``, ``keywords`` (anywhere), ``pattern`` (a regular
    expression on the normalised text; ``literals`` are words of which one must occur for it to be
    tried), ``intent`` (a recogniser's), ``mark`` (a recogniser's score of at least ``at_least``),
    ``event`` (an event's name, or ``name:key``), ``always``.

    Limits: ``kinds`` of conversation, ``channels`` by name, ``owners`` (``bot``, ``queue``,
    ``agent``: who owns the conversation), ``roles`` of the sender. Empty sets limit nothing;
    ``owners`` is the bot alone unless said otherwise, so the bot is silent beside a person.
    """

    command: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    prefix: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    pattern: str = ""
    literals: tuple[str, ...] = ()
    intent: str = ""
    mark: str = ""
    at_least: float = 0.5
    event: str = ""
    always: bool = False
    kinds: frozenset[ConversationKind] = frozenset()
    channels: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset({"bot"})
    roles: frozenset[str] = frozenset()
    rank: Rank | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that nothing could ever match, or that would be scanned for each text."""
        asks = (self.command, self.exact, self.prefix, self.keywords, self.pattern)
        if not any((*asks, self.intent, self.mark, self.event, self.always)):
            raise ValueError(
                "a rule needs at least one of: command, exact, prefix, keywords, "
                "pattern, intent, mark, event, always"
            )
        if self.pattern and not self.literals:
            raise ValueError(
                f"pattern {self.pattern!r} needs literals: words of which one must occur"
            )

    @property
    def precedence(self) -> Rank:
        """The rank asked for, or the one that follows from the strongest ask."""
        if self.rank is not None:
            return self.rank
        if self.command or self.event:
            return Rank.COMMAND
        if self.exact:
            return Rank.EXACT
        return Rank.FALLBACK if self.always else Rank.INTENT
