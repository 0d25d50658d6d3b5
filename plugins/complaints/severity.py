"""How serious is it? Pure reading of one text by the graded lexicon; no model, no network.

A review-sentiment model is the wrong tool here: it calls most ordinary customer messages negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from plugins.complaints.lexicon import Grade, Lexicon, lexicon


class Severity(IntEnum):
    """The four grades of a message."""

    NONE = 0
    MILD = 1
    CLEAR = 2
    SEVERE = 3

    @property
    def score(self) -> float:
        """The grade as the mark ``severity``: 0, 0.34, 0.67, 1."""
        return (0.0, 0.34, 0.67, 1.0)[self]


OTHER = "other"
URGENT_KIND = "safety"  # danger to people cannot wait, whatever the words


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text says. ``kind``: delivery, quality, refund, attitude, wrong_item, safety, other.

    ``phrases`` are the expressions that counted, for ``explain`` and the complaint's notes.
    """

    severity: Severity = Severity.NONE
    urgent: bool = False
    emotion: float = 0.0
    kind: str = OTHER
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    grade: Grade
    severity: int
    phrase: str


_CLAUSES = re.compile(
    r"[,\uff0c.\u3002;\uff1b:\uff1a\n~\uff5e]+|(?<=[!?\uff01\uff1f])(?![!?\uff01\uff1f])"
)
_INNER_SPACE = re.compile(r"(?<=[^\x00-\x7f])[^\S\n]+(?=[^\x00-\x7f])")
_FULL_MARKS = str.maketrans({0xFF01: "!", 0xFF1F: "?"})


def read(text: str) -> Reading:
    """Grade a normalised text (lower case, half width)."""
    lex = lexicon()
    plain = _INNER_SPACE.sub("", text.lower().translate(_FULL_MARKS))
    hits = [hit for clause in _CLAUSES.split(plain) for hit in _hits(lex, clause)]
    severity = max((hit.severity for hit in hits), default=0)
    if severity == Severity.MILD and not _all_soft(lex, plain) and lex.raised.search(plain):
        severity = Severity.CLEAR
    kind = _kind(lex, hits, plain)
    urgent = bool(lex.urgent.search(lex.calm.sub("", lex.harmless.sub(" ", plain))))
    return Reading(
        Severity(severity),
        urgent or (severity == Severity.SEVERE and kind == URGENT_KIND),
        max((hit.grade.emotion for hit in hits), default=0.0),
        kind,
        tuple(dict.fromkeys(hit.phrase for hit in hits)),
    )


def _hits(lex: Lexicon, clause: str) -> Iterator[_Hit]:
    """Expressions of one clause that nothing takes back."""
    if not clause or lex.elsewhere.search(clause):
        return
    masked = lex.harmless.sub(lambda m: " " * len(m.group()), clause)
    imagined = lex.hypothetical.search(clause.rstrip("!?")) is not None
    asked = lex.asked.search(clause) is not None
    for grade in lex.grades:
        if imagined and not grade.firm:
            continue
        for match in grade.found.finditer(masked):
            before = masked[max(0, match.start() - 10) : match.start()]
            if lex.negation.search(before) or lex.retraction.search(masked[match.end() :]):
                continue
            softly = (asked and not grade.firm) or lex.softened.search(before)
            soft = softly and grade.severity < Severity.SEVERE
            yield _Hit(grade, Severity.MILD if soft else grade.severity, match.group())


def _all_soft(lex: Lexicon, plain: str) -> bool:
    return any(
        lex.softened.search(plain[: m.start()]) for g in lex.grades for m in g.found.finditer(plain)
    )


def _kind(lex: Lexicon, hits: list[_Hit], plain: str) -> str:
    """The kind of the most serious expression that tells one, else the topic that is named."""
    if not hits:
        return OTHER
    for hit in sorted(hits, key=lambda h: -h.severity):
        if hit.grade.kind:
            return hit.grade.kind
    named = (kind for kind, words in lex.topics.items() if any(word in plain for word in words))
    return next(named, OTHER)
