"""The menus of the FAQ, and what a customer meant by choosing from one.

An option's id says it all (``faq.pick:shop-001``), so a button pressed a week later still works. A
number typed means the last menu, remembered for a while; a word means the option so labelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.parts import Menu, Option
from core.turn import Turn
from core.words import words
from plugins.faq.entry import Entry
from plugins.faq.terms import flatten

WORDS = words("plugins.faq")
PICK, NONE, PERSON = "faq.pick", "faq.none", "faq.person"
USEFUL, USELESS = "faq.useful", "faq.useless"
ACTS = frozenset({PICK, NONE, PERSON, USEFUL, USELESS})
SPOKEN = {USEFUL: WORDS["useful"], USELESS: WORDS["useless"], NONE: WORDS["none"]}
REPLIES = (*WORDS["numbers"], *(word for spoken in SPOKEN.values() for word in spoken))


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: the act, the entry it is about, and the question it followed."""

    act: str
    entry_id: str = ""
    asked: int = 0

    @property
    def id(self) -> str:
        """As an option's id; about 60 characters at most."""
        return f"{self.act}:{self.entry_id}:{self.asked or ''}".rstrip(":")


def read_choice(key: str) -> Choice | None:
    """The choice behind an option's id; ``None`` for other plugins' options."""
    act, entry_id, asked = (*key.split(":"), "", "")[:3]
    if act not in ACTS:
        return None
    return Choice(act, entry_id, int(asked) if asked.isdecimal() else 0)


def offer(turn: Turn, head: str, choices: Sequence[tuple[Choice, str]]) -> Menu:
    """A menu with these labelled choices, remembered so that a number typed finds them."""
    turn.memory["menu"] = {
        "ids": [choice.id for choice, _ in choices],
        "at": turn.clock.now().isoformat(),
    }
    options = tuple(Option(choice.id, label) for choice, label in choices)
    return Menu(turn.texts.render(head, turn.locale) if head else "", options)


def labelled(turn: Turn, *choices: Choice) -> list[tuple[Choice, str]]:
    """Choices with the label of their act."""
    return [(choice, turn.texts.render(choice.act, turn.locale)) for choice in choices]


def picks(entries: Sequence[Entry], asked: int) -> list[tuple[Choice, str]]:
    """Entries as choices, labelled with their questions."""
    return [(Choice(PICK, entry.id, asked), entry.question) for entry in entries]


def chosen(turn: Turn, minutes: int) -> Choice | None:
    """What this message chooses, by button, number or word; ``None`` if it is no choice of ours."""
    if (event := turn.event) is not None:
        return read_choice(event.key) if event.name == "choice" else None
    menu = turn.memory.get("menu")
    if not menu or turn.clock.now() - datetime.fromisoformat(menu["at"]) > timedelta(
        minutes=minutes
    ):
        return None
    ids: list[str] = menu["ids"]
    word = flatten(turn.text)
    if word in WORDS["numbers"]:
        place = WORDS["numbers"].index(word) % PER_LIST
        return read_choice(ids[place]) if place < len(ids) else None
    acts = {act for act, spoken in SPOKEN.items() if word in spoken}
    return next((c for c in map(read_choice, ids) if c and c.act in acts), None)


PER_LIST = 6  # WORDS["numbers"] counts from one to six, once in each way of writing
