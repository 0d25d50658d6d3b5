"""What an enquiry was about, for people: the classes of topics and their names.

A topic is kept as it was told (``entry:<id>``, ``complaint:<kind>``, ``orders``, ``incident``,
``missed``, or nothing); entries are added up by their category, as it is called now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plugins.console.numbers.source import Say, Source
from plugins.faq.face import KnowledgeEntry

PLAIN = {"": "none", "orders": "orders", "incident": "incident", "missed": "missed"}
PIECE = 500  # entries asked for at once


@dataclass(frozen=True, slots=True)
class Topics:
    """Names of topics; ``entries`` has category and question of each that was named."""

    say: Say
    entries: dict[str, tuple[str, str]]

    @classmethod
    async def of(cls, source: Source, topics: Iterable[str]) -> Topics:
        """Those that are needed."""
        wanted = sorted({t.removeprefix("entry:") for t in topics if t.startswith("entry:")})
        found: dict[str, tuple[str, str]] = {}
        for first in range(0, len(wanted) if source.knows else 0, PIECE):
            rows = KnowledgeEntry.filter(id__in=wanted[first : first + PIECE])
            for number, category, question in await rows.values_list("id", "category", "question"):
                found[str(number)] = str(category), str(question)
        return cls(source.say, found)

    def class_of(self, topic: str) -> str:
        """The class a topic is added up in."""
        kind, _, name = topic.partition(":")
        return f"faq:{self.entries.get(name, ('', ''))[0]}" if kind == "entry" else topic

    def text(self, key: str) -> str:
        """A topic or a class, in words."""
        kind, _, name = key.partition(":")
        if kind == "complaint":
            return self.say("console.topic.complaint", kind=self.say(f"complaints.kind_{name}"))
        if kind == "faq":
            return name or self.say("console.topic.faq")
        if kind == "entry":
            return self.entries.get(name, ("", name))[1]
        return self.say(f"console.topic.{PLAIN.get(kind, 'none')}")
