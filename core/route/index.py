"""The rule index: finds the few candidates of a message without looking at the others.

All words of all rules sit in one Aho-Corasick automaton, so one pass over the text finds them
however many rules there are, and a message that matches nothing costs one pass.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ahocorasick
import msgspec

from core.message import ConversationKind
from core.route.rules import Rank, Rule
from core.understand import Understanding
from core.understand.normalise import bare, normalise


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One indexed handler: its place among all, its rank, and how to call it."""

    name: str
    plugin: str
    rule: Rule
    rank: Rank
    order: int
    call: Callable[..., Any]
    seconds: float = 10.0

    @property
    def place(self) -> tuple[int, int]:
        """The sorting key: rank first, then the order of plugins."""
        return (self.rank, self.order)


class Situation(msgspec.Struct, frozen=True):
    """Where a message was said: what rules may be limited by."""

    kind: ConversationKind
    channel: str
    owner: str
    role: str = "customer"
    event: str = ""
    event_key: str = ""


class Index:
    """Compiled once from all rules; asked once for each message."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Compile. Entries with a bad regular expression raise :class:`re.error` here, at start."""
        self.entries = tuple(sorted(entries, key=lambda e: e.place))
        self._words: dict[str, list[tuple[str, Entry]]] = defaultdict(list)
        self._events: dict[str, list[Entry]] = defaultdict(list)
        self._intents: dict[str, list[Entry]] = defaultdict(list)
        self._marks: list[Entry] = []
        self._always: list[Entry] = []
        self._patterns: dict[Entry, re.Pattern[str]] = {}
        for entry in self.entries:
            self._enter(entry)
        self._automaton = _automaton(self._words)

    def _enter(self, entry: Entry) -> None:
        rule = entry.rule
        asks = (
            ("command", rule.command),
            ("exact", rule.exact),
            ("prefix", rule.prefix),
            ("keyword", rule.keywords),
            ("pattern", rule.literals),
        )
        for how, many in asks:
            for word in many:
                self._words[normalise(word) if how != "exact" else bare(normalise(word))].append(
                    (how, entry)
                )
        if rule.pattern:
            self._patterns[entry] = re.compile(rule.pattern)
        if rule.event:
            self._events[rule.event].append(entry)
        if rule.intent:
            self._intents[rule.intent].append(entry)
        if rule.mark:
            self._marks.append(entry)
        if rule.always:
            self._always.append(entry)

    def candidates(self, heard: Understanding, where: Situation) -> list[tuple[Entry, str]]:
        """Who may answer, best first, each with the ask that made it a candidate."""
        found: dict[Entry, str] = {}
        if where.event:
            self._by_event(where, found)
        if heard.plain:
            self._by_words(heard.plain, found)
        for intent in heard.intents:
            for entry in self._intents.get(intent, ()):
                found.setdefault(entry, f"intent {intent}")
        if heard.marks:
            self._by_marks(heard, found)
        for entry in self._always:
            found.setdefault(entry, "always")
        chosen = [(entry, why) for entry, why in found.items() if allows(entry.rule, where)]
        if len(chosen) > 1:
            chosen.sort(key=lambda pair: pair[0].place)
        return chosen

    def _by_event(self, where: Situation, found: dict[Entry, str]) -> None:
        for name in (where.event, f"{where.event}:{where.event_key}"):
            for entry in self._events.get(name, ()):
                found.setdefault(entry, f"event {name}")

    def _by_words(self, plain: str, found: dict[Entry, str]) -> None:
        if self._automaton is None:
            return
        for _end, word in self._automaton.iter(plain):
            for how, entry in self._words[word]:
                if entry not in found and self._fits(how, word, plain, entry):
                    found[entry] = f"{how} {word}"

    def _fits(self, how: str, word: str, plain: str, entry: Entry) -> bool:
        match how:
            case "keyword":
                return True
            case "pattern":
                return self._patterns[entry].search(plain) is not None
            case "prefix":
                return plain.startswith(word)
            case "exact":
                return bare(plain) == word
            case _:  # a command: the whole message, or the word and then an argument
                return bare(plain) == bare(word) or plain.startswith(f"{word} ")

    def _by_marks(self, heard: Understanding, found: dict[Entry, str]) -> None:
        for entry in self._marks:
            score = heard.marks.get(entry.rule.mark, 0.0)
            if score >= entry.rule.at_least:
                found.setdefault(entry, f"mark {entry.rule.mark} {score:.2f}")


def allows(rule: Rule, where: Situation) -> bool:
    """Whether the rule's limits admit the situation."""
    return (
        where.owner.split(":", 1)[0] in rule.owners
        and (not rule.kinds or where.kind in rule.kinds)
        and (not rule.channels or where.channel in rule.channels)
        and (not rule.roles or where.role in rule.roles)
    )


def shadows(entries: Iterable[Entry]) -> list[tuple[str, Entry, Entry]]:
    """Words that two handlers of the same rank claim: (word, who wins, who is shadowed)."""
    claimed: dict[tuple[str, str, Rank], Entry] = {}
    doubles: list[tuple[str, Entry, Entry]] = []
    for entry in sorted(entries, key=lambda e: e.place):
        for how, many in (("command", entry.rule.command), ("exact", entry.rule.exact)):
            for word in many:
                first = claimed.setdefault((how, normalise(word), entry.rank), entry)
                if first is not entry and _overlap(first.rule, entry.rule):
                    doubles.append((word, first, entry))
    return doubles


def _overlap(one: Rule, other: Rule) -> bool:
    pairs = ((one.kinds, other.kinds), (one.channels, other.channels), (one.roles, other.roles))
    limits = all(not a or not b or a & b for a, b in pairs)
    return limits and bool(one.owners & other.owners)


def _automaton(words: Iterable[str]) -> Any | None:  # noqa: ANN401 - the library is untyped
    automaton: Any = ahocorasick.Automaton()
    count = 0
    for word in words:
        if word:
            automaton.add_word(word, word)
            count += 1
    if not count:
        return None
    automaton.make_automaton()
    return automaton
