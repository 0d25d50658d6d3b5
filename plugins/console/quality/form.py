"""The score form: one mark a criterion, 0 to 5 or not at all, and the words beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypedDict

from plugins.console.problems import Problem

BEST = 5


class Mark(TypedDict):
    """One line of the form."""

    name: str
    text: str
    score: int | None
    comment: str


Given = Mapping[str, tuple[int | None, str]]  # the score and the comment by the criterion's name


def text_of(name: str, say: Callable[[str], str]) -> str:
    """What is scored, in words: one of ours, or as the shop wrote it."""
    key = f"console.criterion_{name}"
    words = say(key)
    return name if words == key else words


def blank(names: Iterable[str], say: Callable[[str], str]) -> list[Mark]:
    """The form before anybody has filled it."""
    return [Mark(name=one, text=text_of(one, say), score=None, comment="") for one in names]


def filled(form: Sequence[Mark], given: Given) -> list[Mark]:
    """The form with what was given; raises :class:`Problem` unless it fits line by line."""
    if set(given) != {mark["name"] for mark in form}:
        raise Problem(400, "bad-request", fields={"marks": "criteria"})
    if all(score is None for score, _ in given.values()):
        raise Problem(400, "bad-request", fields={"marks": "scores"})
    return [
        Mark(name=mark["name"], text=mark["text"], score=score, comment=comment)
        for mark in form
        for score, comment in (given[mark["name"]],)
    ]


def mean(marks: Iterable[Mapping[str, Any]]) -> float | None:
    """Of what was scored at all."""
    scores = [int(mark["score"]) for mark in marks if mark["score"] is not None]
    return round(sum(scores) / len(scores), 2) if scores else None
